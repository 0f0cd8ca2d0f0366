//! Judgement of attendance: when marks are taken, what a mark may say, when a sheet can be closed, what share of
//! the time somebody was there and what that makes of the enrolment.

use super::{Refusal, Unmarked};
use crate::enrolment::Outcome;
use chrono::{DateTime, Duration, Utc};
use entity::attendance::{MarkStatus, SheetState};
use entity::id::PersonId;
use entity::scheduling::{ActivityState, SessionState};
use rust_decimal::Decimal;

/// So long before the start of a session marks are taken already.
///
/// Units: minutes.
pub const OPENS_MINUTES: i64 = 15;

/// From this share on, somebody attended in full.
///
/// Units: percent.
/// Source: attendance policy of training: more than 10 % missed is no full attendance.
pub const FULL_PERCENT: u32 = 90;

/// What is known of a session when marks are taken.
#[derive(Clone, Copy, Debug)]
pub struct Occasion {
    /// What the activity is.
    pub activity: ActivityState,
    /// Whether the session is to take place.
    pub session: SessionState,
    /// Start.
    pub starts_at: DateTime<Utc>,
    /// End.
    pub ends_at: DateTime<Utc>,
}
impl Occasion {
    /// From then on marks are taken.
    #[must_use]
    pub fn opens_at(self) -> DateTime<Utc> {
        self.starts_at - Duration::minutes(OPENS_MINUTES)
    }
    /// Length of the session, in whole minutes, one at least.
    #[must_use]
    pub fn minutes(self) -> i32 {
        i32::try_from((self.ends_at - self.starts_at).num_minutes()).unwrap_or(i32::MAX).max(1)
    }
}

/// Allows or refuses marks on a session at all.
///
/// # Errors
/// `attendance/not-published` · `attendance/session-cancelled` · `attendance/too-early`
pub fn held(occasion: Occasion, now: DateTime<Utc>) -> Result<(), Refusal> {
    if occasion.activity == ActivityState::Draft {
        return Err(Refusal::NotPublished);
    }
    if occasion.session == SessionState::Cancelled {
        return Err(Refusal::SessionCancelled);
    }
    if now < occasion.opens_at() {
        return Err(Refusal::TooEarly { opens_at: occasion.opens_at() });
    }
    Ok(())
}

/// Allows or refuses marks on a sheet in this state.
///
/// # Errors
/// `attendance/closed`
pub const fn take(state: SheetState) -> Result<(), Refusal> {
    match state {
        SheetState::Open => Ok(()),
        SheetState::Closed | SheetState::Corrected => Err(Refusal::Closed),
    }
}

/// Minutes a mark stands for.
///
/// # Errors
/// What is wrong with the minutes, in words.
pub fn minutes(status: MarkStatus, typed: Option<i32>, scheduled: i32) -> Result<i32, String> {
    match (status, typed) {
        (MarkStatus::Partial, Some(minutes)) if (1..scheduled).contains(&minutes) => Ok(minutes),
        (MarkStatus::Partial, None) => Err("is needed with `partial`".into()),
        (MarkStatus::Partial, Some(_)) => Err(format!("must be at least 1 and less than {scheduled}")),
        (_, Some(_)) => Err("goes with `partial` only".into()),
        (MarkStatus::Present, None) => Ok(scheduled),
        (MarkStatus::Absent | MarkStatus::Excused, None) => Ok(0),
    }
}

/// Allows or refuses to close a sheet. `takes_part` says whether who attests is a participant.
///
/// # Errors
/// `attendance/closed` · `attendance/not-over` · `attendance/own-sheet` · `attendance/marks-missing`
pub fn close(
    state: SheetState,
    occasion: Occasion,
    takes_part: bool,
    missing: Vec<Unmarked>,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    take(state)?;
    held(occasion, now)?;
    if now < occasion.ends_at {
        return Err(Refusal::NotOver { ends_at: occasion.ends_at });
    }
    if takes_part {
        return Err(Refusal::OwnSheet);
    }
    if missing.is_empty() { Ok(()) } else { Err(Refusal::Missing(missing)) }
}

/// Allows or refuses a correction. `by` and `attested_by` are persons; the system is nobody.
///
/// Source: Requirement 27: after attestation a change needs a second person and a reason.
///
/// # Errors
/// `attendance/not-closed` · `attendance/own-mark` · `attendance/second-person-needed`
pub fn correct(
    state: SheetState,
    by: Option<PersonId>,
    about: PersonId,
    attested_by: Option<PersonId>,
) -> Result<(), Refusal> {
    if state == SheetState::Open {
        return Err(Refusal::NotClosed);
    }
    if by == Some(about) {
        return Err(Refusal::OwnMark);
    }
    if by.is_some() && by == attested_by {
        return Err(Refusal::SecondPerson);
    }
    Ok(())
}

/// A session as it counts for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Length of the session.
    pub scheduled: i32,
    /// The mark and its minutes; a session without a mark was missed.
    pub mark: Option<(MarkStatus, i32)>,
}
impl Counted {
    const fn is_excused(self) -> bool {
        matches!(self.mark, Some((MarkStatus::Excused, _)))
    }
}

/// Minutes attended, and minutes that count: an excused session counts for neither, and nobody attends longer than
/// a session lasts.
#[must_use]
pub fn attended(sessions: &[Counted]) -> (i64, i64) {
    let counting = sessions.iter().filter(|session| !session.is_excused());
    counting.fold((0, 0), |(minutes, scheduled), session| {
        let there = session.mark.map_or(0, |(_, minutes)| minutes).clamp(0, session.scheduled.max(0));
        (minutes + i64::from(there), scheduled + i64::from(session.scheduled.max(0)))
    })
}

/// Share of the minutes that count, rounded down; nothing when none count.
///
/// Units: percent with two decimals, 0 to 100.
#[must_use]
pub fn share(sessions: &[Counted]) -> Option<Decimal> {
    let (minutes, scheduled) = attended(sessions);
    (scheduled > 0).then(|| Decimal::new(minutes * 10_000 / scheduled, 2).normalize())
}

/// What an activity's sessions make of an enrolment.
#[must_use]
pub fn outcome(sessions: &[Counted]) -> Outcome {
    match share(sessions) {
        None => Outcome::Excused,
        Some(share) if share >= Decimal::from(FULL_PERCENT) => Outcome::AttendedFull,
        Some(share) if share > Decimal::ZERO => Outcome::AttendedPartial,
        Some(_) => Outcome::NoShow,
    }
}
