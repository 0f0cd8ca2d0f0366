//! Judgement of scheduling: wall time and instants, spans that overlap, what an activity may become.

pub mod calendar;

use super::Refusal;
use chrono::{DateTime, LocalResult, NaiveDate, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use entity::scheduling::{ActivityState as State, Fold, VenueKind};

/// Why a wall time is no instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeFault {
    /// Clocks go forward over it: it never comes.
    Gap,
    /// Clocks go back: it comes twice, and nobody said which is meant.
    Twice {
        /// The first time.
        earlier: DateTime<Utc>,
        /// The second time.
        later: DateTime<Utc>,
    },
}
impl std::fmt::Display for TimeFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Gap => f.write_str("does not exist: clocks go forward over it that night"),
            Self::Twice { earlier, later } => write!(
                f,
                "comes twice that night: at {} (earlier) and at {} (later); say which is meant",
                earlier.format("%Y-%m-%dT%H:%M:%SZ"),
                later.format("%Y-%m-%dT%H:%M:%SZ")
            ),
        }
    }
}

/// The instant of a wall time in a zone. `fold` counts only where the wall time comes twice.
///
/// # Errors
/// A wall time that never comes, or that comes twice when nobody says which is meant.
///
/// Source: Requirements 1 and B6: wall time and zone are the truth, instants follow.
pub fn instant(local: NaiveDateTime, zone: Tz, fold: Option<Fold>) -> Result<DateTime<Utc>, TimeFault> {
    match zone.from_local_datetime(&local) {
        LocalResult::None => Err(TimeFault::Gap),
        LocalResult::Single(at) => Ok(at.with_timezone(&Utc)),
        LocalResult::Ambiguous(earlier, later) => {
            let (earlier, later) = (earlier.with_timezone(&Utc), later.with_timezone(&Utc));
            match fold {
                Some(Fold::Earlier) => Ok(earlier),
                Some(Fold::Later) => Ok(later),
                None => Err(TimeFault::Twice { earlier, later }),
            }
        }
    }
}

/// A wall time as people and forms write it: `2026-12-01T09:00`, with or without seconds.
#[must_use]
pub fn wall_time(text: &str) -> Option<NaiveDateTime> {
    ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"].iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
}

/// A zone by its IANA name, under its present name.
#[must_use]
pub fn zone(name: &str) -> Option<Tz> {
    // Renamed in the zone data of 2022b; both resolve, the new one is kept.
    let name = if name == "Europe/Kiev" { "Europe/Kyiv" } else { name };
    name.parse().ok()
}

/// A half-open span of time: its end is not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its first instant.
    pub starts_at: DateTime<Utc>,
    /// The first instant after it.
    pub ends_at: DateTime<Utc>,
}

impl Span {
    /// Whether both share an instant.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.starts_at < other.ends_at && other.starts_at < self.ends_at
    }
}

/// What an activity may become from here.
///
/// Source: Decision 15: moved and converted are history, not states; nothing leaves closed or cancelled.
#[must_use]
pub const fn next(state: State) -> &'static [State] {
    match state {
        State::Draft | State::Postponed => &[State::Planned, State::Cancelled],
        State::Planned => &[State::Confirmed, State::Postponed, State::Suspended, State::Cancelled],
        State::Confirmed => &[State::InProgress, State::Postponed, State::Suspended, State::Cancelled],
        State::InProgress => &[State::Delivered, State::Suspended, State::Cancelled],
        State::Delivered => &[State::Closed],
        State::Suspended => &[State::Planned, State::InProgress, State::Delivered, State::Cancelled],
        State::Closed | State::Cancelled => &[],
    }
}

/// Whether an activity may take a step.
///
/// # Errors
/// `scheduling/over` · `scheduling/no-such-step`
pub fn step(from: State, to: State) -> Result<(), Refusal> {
    if next(from).is_empty() {
        return Err(Refusal::Over);
    }
    if next(from).contains(&to) { Ok(()) } else { Err(Refusal::NoSuchStep { from, to }) }
}

/// Whether a reason must be given for becoming this.
#[must_use]
pub const fn needs_reason(to: State) -> bool {
    matches!(to, State::Postponed | State::Suspended | State::Cancelled)
}

/// Whether facts, staff and sessions may still be changed.
///
/// # Errors
/// `scheduling/over`
pub const fn changeable(state: State) -> Result<(), Refusal> {
    match state {
        State::Delivered | State::Closed | State::Cancelled => Err(Refusal::Over),
        _ => Ok(()),
    }
}

/// Whether persons and rooms are taken by the sessions of an activity in this state. A draft takes nobody, nor
/// does what stands still until it is planned anew.
#[must_use]
pub const fn commits(state: State) -> bool {
    !matches!(state, State::Draft | State::Postponed | State::Suspended | State::Cancelled)
}

/// What publication looks at.
#[derive(Clone, Copy, Debug)]
pub struct PublicationFacts {
    /// Seats there are.
    pub capacity_seats: i32,
    /// Start of the first session that is to take place.
    pub first_session_at: Option<DateTime<Utc>>,
    /// Whether it may begin in the past: only history that is loaded may.
    pub may_be_past: bool,
}

/// Whether everything that publication needs is there.
///
/// # Errors
/// `scheduling/not-ready`, with everything that is missing.
pub fn publishable(facts: PublicationFacts, now: DateTime<Utc>) -> Result<(), Refusal> {
    let mut missing = Vec::new();
    if facts.capacity_seats < 1 {
        missing.push("seats");
    }
    match facts.first_session_at {
        None => missing.push("session"),
        Some(at) if at <= now && !facts.may_be_past => missing.push("future-date"),
        Some(_) => {}
    }
    if missing.is_empty() { Ok(()) } else { Err(Refusal::NotReady(missing)) }
}

/// Whether a venue holds one session at a time, where nobody says.
#[must_use]
pub const fn is_exclusive(kind: VenueKind) -> bool {
    matches!(kind, VenueKind::Classroom | VenueKind::Conference)
}

/// The place in a list of spans of days, begun and first day not included any more, that holds a day.
#[must_use]
pub fn on_day(spans: &[(NaiveDate, Option<NaiveDate>)], day: NaiveDate) -> Option<usize> {
    spans.iter().position(|(from, until)| *from <= day && until.is_none_or(|until| day < until))
}
