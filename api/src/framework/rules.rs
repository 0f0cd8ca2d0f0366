//! Judgement of framework: what a recommendation may become, and when it is overdue.

use super::Refusal;
use chrono::{DateTime, Days, Duration, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use entity::framework::RecommendationState as State;

/// The zone in which a due day ends where the addressee names none.
pub const DEFAULT_ZONE: Tz = chrono_tz::Europe::Riga;

/// The instant at which a day ends in a zone: the first one of the day after.
///
/// Source: Demonstration register, REC-2020-10: not overdue until the day ends in the addressee's zone.
#[must_use]
pub fn end_of_day(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let next = day.checked_add_days(Days::new(1)).unwrap_or(day).and_time(NaiveTime::MIN);
    // Where clocks jump over midnight, the day begins when they arrive.
    (0..=8)
        .find_map(|quarter| zone.from_local_datetime(&(next + Duration::minutes(15 * quarter))).earliest())
        .map_or_else(|| Utc.from_utc_datetime(&next), |at| at.with_timezone(&Utc))
}

/// Whether something is still to be done about it.
#[must_use]
pub const fn is_open(state: State) -> bool {
    matches!(state, State::Received | State::Accepted | State::PartiallyAccepted | State::InProgress)
}

/// Whether a recommendation is overdue: open, and its due day is over.
#[must_use]
pub fn overdue(state: State, due_until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    is_open(state) && due_until.is_some_and(|end| now >= end)
}

/// What a recommendation may become from here.
///
/// Source: management response and key actions of evaluation practice.
#[must_use]
pub const fn next(state: State) -> &'static [State] {
    match state {
        State::Received => &[State::Accepted, State::PartiallyAccepted, State::Rejected],
        State::Accepted | State::PartiallyAccepted => &[State::InProgress, State::Implemented],
        State::InProgress => &[State::Implemented],
        State::Implemented => &[State::VerifiedClosed, State::InProgress],
        State::Rejected => &[State::Received],
        State::VerifiedClosed => &[],
    }
}

/// Whether a step is part of verifying, which belongs to somebody else than doing.
#[must_use]
pub const fn is_verification(to: State) -> bool {
    matches!(to, State::VerifiedClosed)
}

/// Allows or refuses a step. `implemented_it` says whether whoever takes the step ever recorded that the
/// recommendation is implemented.
///
/// # Errors
/// `framework/no-such-step` · `framework/own-implementation`
pub fn step(from: State, to: State, implemented_it: bool) -> Result<(), Refusal> {
    if !next(from).contains(&to) {
        return Err(Refusal::NoSuchStep { from, to });
    }
    if is_verification(to) && implemented_it {
        return Err(Refusal::OwnImplementation);
    }
    Ok(())
}
