//! Judgement of notification: when a message is tried again and when it is given up.

use chrono::Duration;

/// Refusals of the address itself after which it is given up.
pub const REFUSALS: i32 = 3;
/// Tries after which anything is given up: some two days.
pub const TRIES: i32 = 56;

/// What becomes of a message that could not be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Tried again after this time.
    Again(Duration),
    /// Given up, kept for people to see.
    Park,
}

/// How long to wait after so many tries: doubled from half a minute up to an hour.
#[must_use]
pub fn wait(attempts: i32) -> Duration {
    let doubled = 30_i64.saturating_mul(1_i64 << attempts.clamp(1, 16).saturating_sub(1));
    Duration::seconds(doubled.min(3600))
}

/// Judges a failed try. `refused` says that the mail server refused the address for good.
#[must_use]
pub fn after_failure(refused: bool, attempts: i32) -> Verdict {
    let most = if refused { REFUSALS } else { TRIES };
    if attempts >= most { Verdict::Park } else { Verdict::Again(wait(attempts)) }
}

/// The first of a person's languages that the service speaks; English otherwise.
#[must_use]
pub fn language<'a>(spoken: &'a [String], known: &[&str]) -> &'a str {
    spoken.iter().map(String::as_str).find(|code| known.contains(code)).unwrap_or("en")
}
