//! The second factor: time-based one-time codes (RFC 6238, 30 s, six digits). A code works once.

use chrono::{DateTime, Utc};
use entity::identity::account;
use totp_rs::{Builder, Secret, Totp};

/// The generator of an account's codes; nothing for a secret that cannot be read.
pub(super) fn generator(secret_base32: &str, email: &str) -> Option<Totp> {
    let secret = Secret::try_from_base32(secret_base32).ok()?;
    Builder::new().with_secret(secret).with_account_name(email).with_issuer(Some("Waymark")).build().ok()
}

/// Checks a code and gives the time step to remember; nothing for an account without a second factor.
pub(super) fn use_code(account: &account::Model, code: Option<&str>, now: DateTime<Utc>) -> Result<Option<i64>, ()> {
    if account.totp_confirmed_at.is_none() {
        return Ok(None);
    }
    let secret = account.totp_secret.as_deref().unwrap_or_default();
    let step = matching_step(secret, &account.email, code.unwrap_or_default(), now).ok_or(())?;
    if account.totp_last_step.is_some_and(|last| step <= last) { Err(()) } else { Ok(Some(step)) }
}

/// The time step whose code this is: the current one, or a neighbour.
pub(super) fn matching_step(secret: &str, email: &str, code: &str, now: DateTime<Utc>) -> Option<i64> {
    let at = u64::try_from(now.timestamp()).ok()?;
    generator(secret, email)?.check(code.trim(), at).and_then(|step| i64::try_from(step).ok())
}
