//! Lists: keyset pages that stay stable while rows come and go.

use super::{App, Problem};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use poem_openapi::Object;
use poem_openapi::types::{ParseFromJSON, ToJSON, Type};
use serde::{Serialize, de::DeserializeOwned};
use sha2::Sha256;

/// Rows on a page when the client does not say.
pub const DEFAULT_LIMIT: u64 = 50;
/// Most rows on a page.
pub const MAX_LIMIT: u64 = 200;

/// A page of a list.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct Page<T: Send + Sync + Type + ParseFromJSON + ToJSON + Serialize> {
    /// The rows.
    pub items: Vec<T>,
    /// Send it as `cursor` to get the next page; missing on the last one.
    pub next_cursor: Option<String>,
}

/// Where a page begins and how long it is.
#[derive(Clone, Debug)]
pub struct PageRequest<K> {
    /// The key of the last row of the page before.
    pub after: Option<K>,
    /// Rows wanted.
    pub limit: u64,
}

impl<K: Serialize + DeserializeOwned> PageRequest<K> {
    /// Reads what the client sent. `scope` names the list and its filters: a cursor made for another
    /// list is refused.
    ///
    /// # Errors
    /// 400 for a limit outside 1 to 200 or a cursor that is not ours.
    pub fn read(app: &App, scope: &str, limit: Option<u64>, cursor: Option<&str>) -> Result<Self, Problem> {
        let limit = limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(Problem::malformed("The limit is not in range.").parameter("limit", "must be 1 to 200"));
        }
        let after = cursor.filter(|text| !text.is_empty()).map(|text| decode(app, scope, text)).transpose()?;
        Ok(Self { after, limit })
    }

    /// Makes the page from one row more than was wanted; `key` gives the key of a row.
    pub fn page<M, T>(
        &self,
        app: &App,
        scope: &str,
        mut rows: Vec<M>,
        key: impl Fn(&M) -> K,
        view: impl Fn(M) -> T,
    ) -> Page<T>
    where
        T: Send + Sync + Type + ParseFromJSON + ToJSON + Serialize,
    {
        let wanted = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = rows.len() > wanted;
        rows.truncate(wanted);
        let next_cursor = rows.last().filter(|_| more).map(|last| encode(app, scope, &key(last)));
        Page { items: rows.into_iter().map(view).collect(), next_cursor }
    }
}

fn tag(app: &App, scope: &str, body: &[u8]) -> [u8; 8] {
    let mut mac = Hmac::<Sha256>::new_from_slice(app.secret()).expect("any length of key is accepted");
    mac.update(b"cursor\0");
    mac.update(scope.as_bytes());
    mac.update(&[0]);
    mac.update(body);
    let full = mac.finalize().into_bytes();
    full[..8].try_into().expect("a SHA-256 has 32 bytes")
}

fn encode<K: Serialize>(app: &App, scope: &str, key: &K) -> String {
    let mut bytes = serde_json::to_vec(key).expect("a key is plain data");
    let tag = tag(app, scope, &bytes);
    bytes.extend(tag);
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decode<K: DeserializeOwned>(app: &App, scope: &str, text: &str) -> Result<K, Problem> {
    let refuse = || {
        Problem::malformed("The cursor is not of this list.")
            .parameter("cursor", "use `next_cursor` of the page before, with the same filters")
    };
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| refuse())?;
    let (body, sent) = bytes.split_at_checked(bytes.len().saturating_sub(8)).ok_or_else(refuse)?;
    if !bool::from(subtle::ConstantTimeEq::ct_eq(sent, &tag(app, scope, body)[..])) {
        return Err(refuse());
    }
    serde_json::from_slice(body).map_err(|_| refuse())
}
