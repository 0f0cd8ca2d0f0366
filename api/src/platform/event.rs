//! Events: one row written inside the transaction is both the audit trail and the outbox.
//!
//! A sealer gives events gapless numbers and chains them: each link's hash covers its event and the link
//! before, so a changed, missing or exchanged row shows, and where. The detail of an event (before and
//! after) is a row of its own that can be erased; the event keeps a salted hash of it.

use super::clock::new_secret;
use super::db::{Author, REQUEST, Tx};
use super::{App, Problem};
use entity::id::EventId;
use entity::platform::{event, event_detail, event_link, event_tail, job};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use uuid::Uuid;

/// Something that happened. Past tense; ids and the few facts a reader needs.
pub trait Event: Serialize + DeserializeOwned + Send + Sync {
    /// `feature/what-happened`, stable.
    const KIND: &'static str;
    /// What it happened to: a word and an id.
    fn subject(&self) -> (&'static str, Uuid);
}

/// What was changed, for the audit trail: field, before, after.
#[derive(Default, Debug)]
pub struct Changes(Vec<(&'static str, serde_json::Value, serde_json::Value)>);

impl Changes {
    /// Notes a field if its value changed.
    pub fn note<T: Serialize + PartialEq>(&mut self, field: &'static str, before: &T, after: &T) {
        if before != after {
            let value = |v: &T| serde_json::to_value(v).unwrap_or_default();
            self.0.push((field, value(before), value(after)));
        }
    }
    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Declares a feature's events: name, kind, word and field of the subject, fields.
#[macro_export]
macro_rules! events { ($($(#[$doc:meta])* $name:ident = $kind:literal, $subject:literal, $of:ident { $($field:ident: $t:ty),+ $(,)? })+) => { $(
    $(#[$doc])*
    #[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
    #[expect(missing_docs, reason = "the fields are ids named like what they name")]
    pub struct $name { $(pub $field: $t),+ }
    impl $crate::platform::Event for $name {
        const KIND: &'static str = $kind;
        fn subject(&self) -> (&'static str, uuid::Uuid) { ($subject, self.$of.0) }
    }
)+ } }

impl Tx {
    /// Records an event, and a job for each subscriber, in this transaction.
    ///
    /// # Errors
    /// As the database.
    pub async fn emit<E: Event>(&self, event: &E) -> Result<EventId, Problem> {
        self.emit_changes(event, &Changes::default()).await
    }

    /// As [`Tx::emit`], with what was there before and after.
    ///
    /// # Errors
    /// As the database.
    pub async fn emit_changes<E: Event>(&self, event: &E, changes: &Changes) -> Result<EventId, Problem> {
        let id: EventId = self.id();
        let (subject_kind, subject_id) = event.subject();
        let payload = serde_json::to_value(event).map_err(Problem::internal)?;
        let Author { act, account, person } = self.author().clone();
        let mut detail_hash = String::new();
        if !changes.is_empty() {
            let salt = new_secret();
            let detail = serde_json::to_string(&changes.0).map_err(Problem::internal)?;
            detail_hash = hex::encode(Sha256::digest(format!("{salt}\n{detail}")));
            let row = event_detail::ActiveModel { event_id: Set(id), salt: Set(salt), detail: Set(detail) };
            event_detail::Entity::insert(row).exec_without_returning(self).await?;
        }
        let row = event::ActiveModel {
            id: Set(id),
            at: Set(self.now()),
            kind: Set(E::KIND.to_owned()),
            act: Set(act),
            account_id: Set(account),
            person_id: Set(person),
            subject_kind: Set(subject_kind.to_owned()),
            subject_id: Set(subject_id),
            request_id: Set(REQUEST.try_with(|r| r.id).ok()),
            payload: Set(payload.clone()),
            changed: Set(changes.0.iter().map(|c| c.0).collect::<Vec<_>>().join(",")),
            detail_hash: Set(detail_hash),
        };
        event::Entity::insert(row).exec_without_returning(self).await?;
        event_tail::Entity::insert(event_tail::ActiveModel { event_id: Set(id) }).exec_without_returning(self).await?;
        let jobs: Vec<_> = self
            .app()
            .subscriptions()
            .iter()
            .filter(|s| s.kind == E::KIND)
            .map(|s| super::job::row(self, s.handler, Some(id), payload.clone(), self.now(), None))
            .collect();
        if !jobs.is_empty() {
            self.wake_workers();
            job::Entity::insert_many(jobs).exec_without_returning(self).await?;
        }
        Ok(id)
    }
}

/// What the chain's hash covers of an event: every column, in one fixed spelling.
fn canonical(number: i64, e: &event::Model) -> String {
    // Columns are strings and ids only; JSON with sorted keys makes the payload's spelling the same on
    // both databases, and in whatever order a build of this program keeps keys.
    let mut payload = e.payload.clone();
    payload.sort_all_objects();
    serde_json::json!([
        number,
        e.id,
        e.at.timestamp_micros(),
        e.kind,
        e.act,
        e.account_id,
        e.person_id,
        e.subject_kind,
        e.subject_id,
        e.request_id,
        payload,
        e.changed,
        e.detail_hash,
    ])
    .to_string()
}

fn link_hash(before: &str, number: i64, event: &event::Model) -> String {
    hex::encode(Sha256::digest(format!("{before}\n{}", canonical(number, event))))
}

/// Links up to 1,000 unsealed events to the chain and says how many it linked.
///
/// # Errors
/// As the database; two sealers at once: the later one is refused by the unique number and tries again.
pub async fn seal(app: &App) -> Result<usize, Problem> {
    let waiting = event_tail::Entity::find().limit(1).one(app.db()).await?;
    if waiting.is_none() {
        return Ok(0);
    }
    let tx = Tx::of_platform(app, "seal").await?;
    let tail = event_tail::Entity::find().order_by_asc(event_tail::Column::EventId).limit(1000).all(&tx).await?;
    let ids: Vec<EventId> = tail.iter().map(|t| t.event_id).collect();
    let events = event::Entity::find()
        .filter(event::Column::Id.is_in(ids.clone()))
        .order_by_asc(event::Column::Id)
        .all(&tx)
        .await?;
    let last = event_link::Entity::find().order_by_desc(event_link::Column::Number).one(&tx).await?;
    let (mut number, mut hash) = last.map_or((0, String::new()), |l| (l.number, l.hash));
    let mut links = Vec::with_capacity(events.len());
    for event in &events {
        number += 1;
        hash = link_hash(&hash, number, event);
        links.push(event_link::ActiveModel { number: Set(number), event_id: Set(event.id), hash: Set(hash.clone()) });
    }
    let count = links.len();
    if count > 0 {
        event_link::Entity::insert_many(links).exec_without_returning(&tx).await?;
    }
    event_tail::Entity::delete_many().filter(event_tail::Column::EventId.is_in(ids)).exec(&tx).await?;
    tx.commit(count).await
}

/// What the check of the chain found.
#[derive(Debug, Serialize, poem_openapi::Object)]
pub struct Verification {
    /// Links that hold.
    pub sealed: i64,
    /// Events waiting for the sealer.
    pub unsealed: u64,
    /// Hash of the last link: kept outside, it shows later that nothing was cut off.
    pub head: String,
    /// What is wrong, one sentence each; empty when all is well.
    pub findings: Vec<String>,
}

/// Walks the whole chain and names every changed, missing or foreign row.
///
/// # Errors
/// As the database.
pub async fn verify(app: &App) -> Result<Verification, Problem> {
    let db = app.report_db();
    let mut findings = Vec::new();
    let (mut number, mut head) = (0_i64, String::new());
    loop {
        let links = event_link::Entity::find()
            .filter(event_link::Column::Number.gt(number))
            .order_by_asc(event_link::Column::Number)
            .limit(1000)
            .all(db)
            .await?;
        if links.is_empty() {
            break;
        }
        let ids: Vec<EventId> = links.iter().map(|l| l.event_id).collect();
        let events: HashMap<EventId, event::Model> = event::Entity::find()
            .filter(event::Column::Id.is_in(ids))
            .all(db)
            .await?
            .into_iter()
            .map(|e| (e.id, e))
            .collect();
        for link in links {
            if link.number != number + 1 {
                findings.push(format!("links {} to {} are missing", number + 1, link.number - 1));
            }
            number = link.number;
            match events.get(&link.event_id) {
                None => findings.push(format!("event {} (number {number}) is missing", link.event_id)),
                Some(e) if link_hash(&head, number, e) != link.hash => {
                    findings.push(format!(
                        "event {} (number {number}, {} at {}) or its link was changed",
                        e.id, e.kind, e.at
                    ));
                }
                Some(_) => {}
            }
            // Goes on from the stored hash, so that one change is reported once.
            head = link.hash;
        }
    }
    let details = changed_details(app).await?;
    findings.extend(details);
    let unsealed = strays(app, &mut findings).await?;
    Ok(Verification { sealed: number, unsealed, head, findings })
}

/// Whether a link of the chain has this hash: a head noted down earlier.
///
/// # Errors
/// As the database.
pub async fn has_head(app: &App, head: &str) -> Result<bool, Problem> {
    let found = event_link::Entity::find().filter(event_link::Column::Hash.eq(head)).one(app.report_db()).await?;
    Ok(found.is_some())
}

/// Details that no longer match the hash in their event.
async fn changed_details(app: &App) -> Result<Vec<String>, Problem> {
    let mut findings = Vec::new();
    let mut after: Option<EventId> = None;
    loop {
        let mut query = event_detail::Entity::find().order_by_asc(event_detail::Column::EventId).limit(1000);
        if let Some(id) = after {
            query = query.filter(event_detail::Column::EventId.gt(id));
        }
        let rows = query.all(app.report_db()).await?;
        let Some(last) = rows.last() else { return Ok(findings) };
        after = Some(last.event_id);
        let ids: Vec<EventId> = rows.iter().map(|d| d.event_id).collect();
        let events = event::Entity::find().filter(event::Column::Id.is_in(ids)).all(app.report_db()).await?;
        let hashes: HashMap<EventId, String> = events.into_iter().map(|e| (e.id, e.detail_hash)).collect();
        for detail in rows {
            let hash = hex::encode(Sha256::digest(format!("{}\n{}", detail.salt, detail.detail)));
            if hashes.get(&detail.event_id) != Some(&hash) {
                findings.push(format!("the detail of event {} was changed", detail.event_id));
            }
        }
    }
}

/// Events that are neither linked nor waiting: slipped in behind the program's back.
async fn strays(app: &App, findings: &mut Vec<String>) -> Result<u64, Problem> {
    use sea_orm::{ConnectionTrait, Statement};
    let db = app.report_db();
    let sql = "SELECT e.id AS id FROM event e LEFT JOIN event_link l ON l.event_id = e.id \
               LEFT JOIN event_tail t ON t.event_id = e.id WHERE l.event_id IS NULL AND t.event_id IS NULL ORDER BY e.id LIMIT 100";
    for row in db.query_all_raw(Statement::from_string(app.backend(), sql)).await? {
        let id: Uuid = row.try_get("", "id")?;
        findings.push(format!("event {id} is in no link of the chain"));
    }
    let sql = "SELECT count(*) AS n FROM event_tail";
    let row = db.query_one_raw(Statement::from_string(app.backend(), sql)).await?;
    let count = row.map_or(Ok(0_i64), |r| r.try_get("", "n"))?;
    Ok(u64::try_from(count).unwrap_or(0))
}
