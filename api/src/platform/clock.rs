//! The one clock, and the one source of ids. Tests move it; nothing else in the house reads the time.

use chrono::{DateTime, Duration, SubsecRound, Utc};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use uuid::{ContextV7, Timestamp, Uuid};

/// The clock. Clones share their offset.
#[derive(Clone, Default)]
pub struct Clock {
    ahead_micros: Arc<AtomicI64>,
}

impl Clock {
    /// The current instant, cut to microseconds: what is written is then what is read, on both databases.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one clock")]
    pub fn now(&self) -> DateTime<Utc> {
        let ahead = Duration::microseconds(self.ahead_micros.load(Ordering::Relaxed));
        (Utc::now() + ahead).trunc_subsecs(6)
    }

    /// A clock that runs ahead of the machine's.
    #[must_use]
    pub fn ahead(by: Duration) -> Self {
        let clock = Self::default();
        clock.advance(by);
        clock
    }

    /// Moves the clock by `by`, which may be negative.
    pub fn advance(&self, by: Duration) {
        self.ahead_micros.fetch_add(by.num_microseconds().unwrap_or(0), Ordering::Relaxed);
    }
}

static ORDER: std::sync::Mutex<ContextV7> = std::sync::Mutex::new(ContextV7::new());

/// A fresh `UUIDv7` for the instant `at`; ids made in one process for growing instants grow too.
#[must_use]
pub fn new_id(at: DateTime<Utc>) -> Uuid {
    let order = ORDER.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let seconds = u64::try_from(at.timestamp()).unwrap_or(0);
    Uuid::new_v7(Timestamp::from_unix(&*order, seconds, at.timestamp_subsec_nanos()))
}

/// 32 bytes from the operating system, as URL-safe text: a secret, unlike an id.
#[must_use]
pub fn new_secret() -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).expect("the operating system has randomness once it has booted");
    URL_SAFE_NO_PAD.encode(bytes)
}
