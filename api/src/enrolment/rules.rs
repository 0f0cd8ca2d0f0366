//! Judgement of enrolment: who may come, where they are placed, who moves up, and what may follow what.

use super::Refusal;
use crate::scheduling::Clash;
use chrono::{DateTime, Duration, Utc};
use entity::catalogue::PrerequisiteAccepts;
use entity::certification::CertificationStatus;
use entity::enrolment::{EnrolmentState as State, QueueClass};
use entity::id::{EnrolmentId, PersonId};
use entity::scheduling::{ActivityState, EnrolmentMode};
use std::cmp::Reverse;

/// A withdrawal later than so long before the start is late.
///
/// Units: hours.
pub const LATE_HOURS: i64 = 72;

/// What somebody is about to do; each act asks for something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Propose somebody.
    Nominate,
    /// Consent as the unit's commander.
    Endorse,
    /// Give a place to somebody endorsed.
    Select,
    /// Take a place oneself.
    Enrol,
    /// Move up from the reserve list.
    MoveUp,
    /// Enter what happened elsewhere: windows and the state of the activity do not count.
    Enter,
}

/// A certificate that is asked for and not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Code of the scheme.
    pub scheme: String,
    /// How it must stand on the first day.
    pub accepts: PrerequisiteAccepts,
    /// How it will stand on that day, as far as is known.
    pub status: CertificationStatus,
}

/// What is known of a person and an activity.
#[derive(Clone, Debug)]
pub struct Facts {
    /// What the activity is.
    pub state: ActivityState,
    /// How people get in.
    pub mode: EnrolmentMode,
    /// When enrolment closes.
    pub closes_at: Option<DateTime<Utc>>,
    /// When it starts.
    pub starts_at: Option<DateTime<Utc>>,
    /// Whether the person is in service.
    pub in_service: bool,
    /// Whether the person is on its staff.
    pub on_staff: bool,
    /// Certificates asked for and not there.
    pub missing: Vec<Missing>,
    /// What the person has already accepted for the same time.
    pub clashes: Vec<Clash>,
}

/// A reason why somebody cannot get in.
#[derive(Clone, Debug)]
pub enum Obstacle {
    /// The person is not in service.
    NotInService,
    /// The activity takes nobody in this state.
    NotOpen {
        /// As it is.
        state: ActivityState,
    },
    /// People are nominated; nobody enrols themselves.
    NominationOnly,
    /// Enrolment has closed.
    Closed {
        /// When.
        closed_at: DateTime<Utc>,
    },
    /// It has started.
    Started {
        /// When.
        started_at: DateTime<Utc>,
    },
    /// The person is on its staff.
    OnStaff,
    /// A certificate is asked for and not there.
    Prerequisite(Missing),
    /// The person has accepted something else for the same time.
    Clash(Clash),
}

impl Obstacle {
    /// The word programs know it by; also the end of the key of its text.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::NotInService => "not-in-service",
            Self::NotOpen { .. } => "not-open",
            Self::NominationOnly => "nomination-only",
            Self::Closed { .. } => "closed",
            Self::Started { .. } => "started",
            Self::OnStaff => "on-staff",
            Self::Prerequisite(_) => "prerequisite-missing",
            Self::Clash(_) => "clash",
        }
    }
}

/// Whether people can get into an activity in this state at all.
#[must_use]
pub const fn is_open(state: ActivityState) -> bool {
    matches!(state, ActivityState::Planned | ActivityState::Confirmed)
}

/// Every reason that stands in the way, not only the first.
///
/// A nomination does not look at certificates and clashes: both can be put right until the place is given.
/// Certificates are judged at the start of the activity.
///
/// Source: features C20 and C21; demonstration requirement 2.
#[must_use]
pub fn obstacles(facts: &Facts, purpose: Purpose, now: DateTime<Utc>) -> Vec<Obstacle> {
    use Purpose::{Enrol, Enter, Nominate};
    let mut found = Vec::new();
    if !facts.in_service {
        found.push(Obstacle::NotInService);
    }
    if purpose != Enter && !is_open(facts.state) {
        found.push(Obstacle::NotOpen { state: facts.state });
    }
    if purpose == Enrol && facts.mode == EnrolmentMode::Nomination {
        found.push(Obstacle::NominationOnly);
    }
    let windowed = matches!(purpose, Nominate | Enrol);
    if let Some(closed_at) = facts.closes_at.filter(|at| windowed && now >= *at) {
        found.push(Obstacle::Closed { closed_at });
    }
    if let Some(started_at) = facts.starts_at.filter(|at| purpose != Enter && now >= *at) {
        found.push(Obstacle::Started { started_at });
    }
    if facts.on_staff {
        found.push(Obstacle::OnStaff);
    }
    if !matches!(purpose, Nominate | Purpose::Endorse) {
        found.extend(facts.missing.iter().cloned().map(Obstacle::Prerequisite));
        found.extend(facts.clashes.iter().cloned().map(Obstacle::Clash));
    }
    found
}

/// Whether a certificate that stands like this is enough.
#[must_use]
pub const fn is_enough(status: CertificationStatus, accepts: PrerequisiteAccepts) -> bool {
    use CertificationStatus::{Expired, Renewable, Valid};
    match accepts {
        PrerequisiteAccepts::Valid => matches!(status, Valid),
        PrerequisiteAccepts::ValidOrRenewable => matches!(status, Valid | Renewable),
        PrerequisiteAccepts::ValidOrExpired => matches!(status, Valid | Renewable | Expired),
    }
}

/// Where somebody is placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// On a seat.
    Seat,
    /// On the reserve list.
    Reserve,
}
impl Placement {
    /// The state of an enrolment that is placed there.
    #[must_use]
    pub const fn state(self) -> State {
        match self {
            Self::Seat => State::Confirmed,
            Self::Reserve => State::Reserve,
        }
    }
}

/// How full an activity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Seats there are.
    pub capacity: i32,
    /// Seats taken.
    pub seated: i32,
    /// Places on the reserve list; nothing: as many as come.
    pub reserve: Option<i32>,
    /// Persons on the reserve list.
    pub waiting: i32,
}
impl Room {
    /// Seats that are free; none while more are taken than there are.
    #[must_use]
    pub const fn free(&self) -> i32 {
        if self.capacity > self.seated { self.capacity - self.seated } else { 0 }
    }
    /// Seats taken, as far as there are seats: for a bar.
    #[must_use]
    pub const fn filled(&self) -> i32 {
        if self.seated > self.capacity { self.capacity } else { self.seated }
    }
}

/// Places somebody to whom nothing else stands in the way: on a seat while one is free, else on the reserve
/// list while that has room. Whoever waits has moved up before.
///
/// Source: demonstration requirements 4 and 5.
///
/// # Errors
/// `enrolment/reserve-full`
pub fn place(room: &Room) -> Result<Placement, Refusal> {
    if room.free() > 0 {
        Ok(Placement::Seat)
    } else if room.reserve.is_none_or(|most| room.waiting < most) {
        Ok(Placement::Reserve)
    } else {
        Err(Refusal::ReserveFull { capacity_seats: room.capacity, reserve_seats: room.reserve.unwrap_or_default() })
    }
}

/// A place in the queue: a higher class first, then who came first, then the older enrolment.
///
/// Source: features C8 and 3.9, invariant E3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank(Reverse<QueueClass>, DateTime<Utc>, EnrolmentId);
impl Rank {
    /// The rank of an enrolment; `joined_at` is never changed, so nobody loses a place.
    #[must_use]
    pub const fn new(priority: QueueClass, joined_at: DateTime<Utc>, id: EnrolmentId) -> Self {
        Self(Reverse(priority), joined_at, id)
    }
    /// Whose rank it is.
    #[must_use]
    pub const fn enrolment(&self) -> EnrolmentId {
        self.2
    }
}

/// Somebody on the reserve list, judged at this moment.
#[derive(Clone, Copy, Debug)]
pub struct Waiting {
    /// The place in the queue.
    pub rank: Rank,
    /// Whether nothing stands in the way.
    pub eligible: bool,
}

/// Who moves up, and who was passed over on the way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Promotion {
    /// They get a seat, in this order.
    pub promoted: Vec<EnrolmentId>,
    /// Something stood in their way; they keep their place.
    pub passed_over: Vec<EnrolmentId>,
}

/// Gives free seats to whoever waits, by rank. An eligible person is never passed over for a later one.
///
/// Source: features 3.9, promotion algorithm.
#[must_use]
pub fn promote(mut waiting: Vec<Waiting>, free: i32) -> Promotion {
    waiting.sort_by_key(|one| one.rank);
    let mut promotion = Promotion::default();
    let mut left = free;
    for one in waiting {
        if left <= 0 {
            break;
        }
        if one.eligible {
            promotion.promoted.push(one.rank.enrolment());
            left -= 1;
        } else {
            promotion.passed_over.push(one.rank.enrolment());
        }
    }
    promotion
}

/// Whether the reserve list moves up: while people can still get in, and not once it has started.
///
/// Source: features C6.
#[must_use]
pub fn moves_up(state: ActivityState, starts_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    is_open(state) && starts_at.is_none_or(|at| now < at)
}

/// What an enrolment may become from here.
///
/// Source: features 3.9.
#[must_use]
pub const fn next(state: State) -> &'static [State] {
    use State::{
        ActivityCancelled, AttendedFull, AttendedPartial, Confirmed, Declined, Endorsed, Excused, NoShow, Nominated,
        Reserve, Withdrawn,
    };
    match state {
        Nominated => &[Endorsed, Declined, Withdrawn, ActivityCancelled],
        Endorsed => &[Confirmed, Reserve, Declined, Withdrawn, ActivityCancelled],
        Reserve => &[Confirmed, Withdrawn, ActivityCancelled],
        Confirmed => &[Withdrawn, ActivityCancelled, AttendedFull, AttendedPartial, NoShow, Excused],
        // A corrected sheet reports again.
        AttendedFull => &[AttendedPartial, NoShow, Excused],
        AttendedPartial => &[AttendedFull, NoShow, Excused],
        NoShow => &[AttendedFull, AttendedPartial, Excused],
        Excused => &[AttendedFull, AttendedPartial, NoShow],
        Declined | Withdrawn | ActivityCancelled => &[],
    }
}

/// Allows or refuses a step.
///
/// # Errors
/// `enrolment/not-endorsed` · `enrolment/no-such-step`
pub fn step(from: State, to: State) -> Result<(), Refusal> {
    if next(from).contains(&to) {
        Ok(())
    } else if from == State::Nominated && matches!(to, State::Confirmed | State::Reserve) {
        Err(Refusal::NotEndorsed)
    } else {
        Err(Refusal::NoSuchStep { from, to })
    }
}

/// Whether an enrolment holds a seat.
#[must_use]
pub fn is_seated(state: State) -> bool {
    State::SEATED.contains(&state)
}

/// Whether an enrolment is placed: on a seat or on the reserve list.
#[must_use]
pub fn is_placed(state: State) -> bool {
    is_seated(state) || state == State::Reserve
}

/// Whether an enrolment is over, so that the same person may come anew.
#[must_use]
pub fn is_over(state: State) -> bool {
    State::OVER.contains(&state)
}

/// Separates the acts: nobody endorses or selects himself; who endorses did not propose, and who selects
/// did not endorse. So at least two persons stand behind every place that is given.
///
/// `before` is whoever took the step before.
///
/// Source: security, separation rules S1 and S2.
///
/// # Errors
/// `enrolment/own-case` · `enrolment/same-person`
pub fn separate(actor: PersonId, about: PersonId, before: Option<PersonId>) -> Result<(), Refusal> {
    if actor == about {
        Err(Refusal::OwnCase)
    } else if before == Some(actor) {
        Err(Refusal::SamePerson)
    } else {
        Ok(())
    }
}

/// Whether somebody still can withdraw: until it starts. Afterwards attendance says what became of them.
///
/// # Errors
/// `enrolment/started`
pub fn can_withdraw(starts_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<(), Refusal> {
    match starts_at.filter(|at| now >= *at) {
        Some(started_at) => Err(Refusal::Started { started_at }),
        None => Ok(()),
    }
}

/// Whether giving up a place now is late: enrolment has closed, or the start is near.
///
/// Source: features C12.
#[must_use]
pub fn is_late(closes_at: Option<DateTime<Utc>>, starts_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    closes_at.is_some_and(|at| now >= at) || starts_at.is_some_and(|at| now > at - Duration::hours(LATE_HOURS))
}

/// An obstacle as an English sentence that says what to do.
#[must_use]
pub fn words(obstacle: &Obstacle) -> String {
    match obstacle {
        Obstacle::NotInService => "The person is not in service. Ask the administrator.".to_owned(),
        Obstacle::NotOpen { state } => {
            format!("The activity is {} and takes nobody. Look for another date.", state.word().replace('_', " "))
        }
        Obstacle::NominationOnly => "People are nominated for this activity. Ask your manager.".to_owned(),
        Obstacle::Closed { closed_at } => {
            format!("Enrolment closed at {}. Ask the coordinator.", closed_at.format("%Y-%m-%d %H:%M UTC"))
        }
        Obstacle::Started { started_at } => {
            format!("The activity started at {}. Look for another date.", started_at.format("%Y-%m-%d %H:%M UTC"))
        }
        Obstacle::OnStaff => "The person is on the staff of this activity. Take them off the staff first.".to_owned(),
        Obstacle::Prerequisite(missing) => format!(
            "The certificate {} is asked for ({}) and will be {} on the first day. Earn or renew it before.",
            missing.scheme,
            missing.accepts.word().replace('_', " "),
            missing.status.word().replace('_', " ")
        ),
        Obstacle::Clash(clash) => format!(
            "At the same time the person takes part in \u{201c}{}\u{201d}, {} to {}. Withdraw there first.",
            clash.activity,
            clash.starts_at.format("%Y-%m-%d %H:%M UTC"),
            clash.ends_at.format("%Y-%m-%d %H:%M UTC")
        ),
    }
}
