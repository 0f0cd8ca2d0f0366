//! Laws of seats, the reserve list and who may come.

use api::enrolment::Refusal;
use api::enrolment::rules::{
    Facts, LATE_HOURS, Missing, Obstacle, Placement, Purpose, Rank, Room, Waiting, can_withdraw, is_enough, is_late,
    is_over, is_placed, is_seated, moves_up, next, obstacles, place, promote, separate, step,
};
use api::scheduling::Clash;
use chrono::{DateTime, Duration, Utc};
use entity::catalogue::PrerequisiteAccepts as Accepts;
use entity::certification::CertificationStatus as Status;
use entity::enrolment::{EnrolmentState as State, QueueClass};
use entity::id::EnrolmentId;
use entity::scheduling::{ActivityState, EnrolmentMode};
use proptest::prelude::*;
use rstest::rstest;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

fn id(number: u128) -> EnrolmentId {
    Uuid::from_u128(number).into()
}

fn rank(number: u128, priority: QueueClass, second: i64) -> Rank {
    Rank::new(priority, at("2026-12-01T08:00:00Z") + Duration::seconds(second), id(number))
}

/// What somebody does, in the order in which it reaches the database.
#[derive(Clone, Debug)]
enum Command {
    Enrol(u8, QueueClass),
    Withdraw(u8),
    Capacity(u8),
    Hinder(u8, bool),
}

fn priority() -> impl Strategy<Value = QueueClass> {
    proptest::sample::select(QueueClass::ALL)
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        5 => (0_u8..12, priority()).prop_map(|(person, priority)| Command::Enrol(person, priority)),
        3 => (0_u8..12).prop_map(Command::Withdraw),
        1 => (0_u8..6).prop_map(Command::Capacity),
        1 => (0_u8..12, any::<bool>()).prop_map(|(person, hindered)| Command::Hinder(person, hindered)),
    ]
}

/// An activity run by the rules, as the service runs it.
#[derive(Default)]
struct ByRules {
    capacity: i32,
    reserve: Option<i32>,
    seated: BTreeSet<u8>,
    waiting: BTreeMap<u8, Rank>,
    hindered: BTreeSet<u8>,
    clock: i64,
}

impl ByRules {
    fn room(&self) -> Room {
        let count = |n: usize| i32::try_from(n).expect("a small number");
        Room {
            capacity: self.capacity,
            seated: count(self.seated.len()),
            reserve: self.reserve,
            waiting: count(self.waiting.len()),
        }
    }

    fn promote(&mut self) {
        let judged = |(person, rank): (&u8, &Rank)| Waiting { rank: *rank, eligible: !self.hindered.contains(person) };
        let promotion = promote(self.waiting.iter().map(judged).collect(), self.room().free());
        for one in promotion.promoted {
            let person = u8::try_from(one.0.as_u128()).expect("a person of the test");
            self.waiting.remove(&person);
            self.seated.insert(person);
        }
    }

    fn run(&mut self, command: &Command) {
        self.clock += 1;
        match *command {
            Command::Enrol(person, priority) => {
                let is_in = self.seated.contains(&person) || self.waiting.contains_key(&person);
                if is_in || self.hindered.contains(&person) {
                    return;
                }
                self.promote();
                match place(&self.room()) {
                    Ok(Placement::Seat) => drop(self.seated.insert(person)),
                    Ok(Placement::Reserve) => {
                        self.waiting.insert(person, rank(person.into(), priority, self.clock));
                    }
                    Err(_) => {}
                }
            }
            Command::Withdraw(person) => {
                self.waiting.remove(&person);
                if self.seated.remove(&person) {
                    self.promote();
                }
            }
            Command::Capacity(seats) => {
                self.capacity = seats.into();
                self.promote();
            }
            Command::Hinder(person, true) => drop(self.hindered.insert(person)),
            Command::Hinder(person, false) => drop(self.hindered.remove(&person)),
        }
    }
}

/// The same in the plainest way: one list of everybody, best first, and nothing remembered but the order.
#[derive(Default)]
struct Naive {
    capacity: usize,
    reserve: Option<usize>,
    seated: Vec<u8>,
    queue: Vec<(u8, QueueClass)>,
    hindered: Vec<u8>,
}

impl Naive {
    fn fill(&mut self) {
        while self.seated.len() < self.capacity {
            let mut best: Option<usize> = None;
            for (n, (person, priority)) in self.queue.iter().enumerate() {
                let better = best.is_none_or(|b| *priority > self.queue[b].1);
                if better && !self.hindered.contains(person) {
                    best = Some(n);
                }
            }
            let Some(n) = best else { break };
            self.seated.push(self.queue.remove(n).0);
        }
    }

    fn run(&mut self, command: &Command) {
        match *command {
            Command::Enrol(person, priority) => {
                let is_in = self.seated.contains(&person) || self.queue.iter().any(|(p, _)| *p == person);
                if is_in || self.hindered.contains(&person) {
                    return;
                }
                self.fill();
                if self.seated.len() < self.capacity {
                    self.seated.push(person);
                } else if self.reserve.is_none_or(|most| self.queue.len() < most) {
                    self.queue.push((person, priority));
                }
            }
            Command::Withdraw(person) => {
                let seats = self.seated.len();
                self.seated.retain(|p| *p != person);
                self.queue.retain(|(p, _)| *p != person);
                if self.seated.len() < seats {
                    self.fill();
                }
            }
            Command::Capacity(seats) => {
                self.capacity = seats.into();
                self.fill();
            }
            Command::Hinder(person, hindered) => {
                self.hindered.retain(|p| *p != person);
                if hindered {
                    self.hindered.push(person);
                }
            }
        }
    }
}

proptest! {
    /// Whatever people do, the rules seat the same persons as the naive model; a seat is never given beyond the
    /// capacity of that moment, and none stays free while somebody waits to whom nothing stands in the way.
    #[test]
    fn the_rules_do_what_a_naive_model_does(
        reserve in proptest::option::of(0_u8..5),
        capacity in 0_u8..5,
        commands in proptest::collection::vec(command(), 0..80),
    ) {
        let mut rules = ByRules { capacity: capacity.into(), reserve: reserve.map(Into::into), ..ByRules::default() };
        let mut naive = Naive { capacity: capacity.into(), reserve: reserve.map(Into::into), ..Naive::default() };
        for command in &commands {
            let before = rules.seated.len();
            rules.run(command);
            naive.run(command);

            let seated: BTreeSet<u8> = naive.seated.iter().copied().collect();
            prop_assert_eq!(&rules.seated, &seated, "after {:?}", command);
            let waiting: BTreeSet<u8> = naive.queue.iter().map(|(person, _)| *person).collect();
            prop_assert_eq!(rules.waiting.keys().copied().collect::<BTreeSet<_>>(), waiting);
            let most = usize::try_from(rules.capacity).expect("not negative").max(before);
            prop_assert!(rules.seated.len() <= most, "{:?} gave a seat too many", command);
            if !matches!(command, Command::Hinder(..)) {
                let eligible = rules.waiting.keys().any(|person| !rules.hindered.contains(person));
                let touched = matches!(command, Command::Capacity(_)) || rules.seated.len() != before;
                prop_assert!(!(touched && eligible && rules.room().free() > 0), "a seat stays free after {:?}", command);
            }
        }
    }

    /// Nobody to whom nothing stands in the way is passed over for somebody later.
    #[test]
    fn moving_up_never_passes_over_an_eligible_person(
        waiting in proptest::collection::vec((priority(), 0_i64..5, any::<bool>()), 0..20),
        free in 0_i32..8,
    ) {
        let waiting: Vec<Waiting> = (0_u128..)
            .zip(&waiting)
            .map(|(n, (priority, second, eligible))| Waiting { rank: rank(n, *priority, *second), eligible: *eligible })
            .collect();
        let promotion = promote(waiting.clone(), free);

        let up: BTreeSet<EnrolmentId> = promotion.promoted.iter().copied().collect();
        let eligible = waiting.iter().filter(|one| one.eligible).count();
        prop_assert_eq!(up.len(), eligible.min(usize::try_from(free).expect("not negative")));
        let last = waiting.iter().filter(|one| up.contains(&one.rank.enrolment())).map(|one| one.rank).max();
        for one in &waiting {
            let is_up = up.contains(&one.rank.enrolment());
            prop_assert!(!is_up || one.eligible);
            if let Some(last) = last.filter(|last| one.eligible && one.rank < *last) {
                prop_assert!(is_up, "{:?} stands before {:?}", one, last);
            }
        }
        for id in &promotion.passed_over {
            prop_assert!(waiting.iter().any(|one| one.rank.enrolment() == *id && !one.eligible));
        }
    }

    /// Within a class who came first goes first; a higher class goes before, whenever it came.
    #[test]
    fn the_queue_is_by_class_and_then_by_arrival(
        one in (priority(), 0_i64..9), other in (priority(), 0_i64..9),
    ) {
        let (a, b) = (rank(1, one.0, one.1), rank(2, other.0, other.1));
        let first = if one.0 == other.0 { one.1 <= other.1 } else { one.0 > other.0 };
        prop_assert_eq!(a < b, first);
    }

    /// A place is refused only when every seat and the whole reserve list are taken.
    #[test]
    fn a_place_is_given_while_there_is_one(
        capacity in 0_i32..6, seated in 0_i32..9, reserve in proptest::option::of(0_i32..4), waiting in 0_i32..6,
    ) {
        let room = Room { capacity, seated, reserve, waiting };
        match place(&room) {
            Ok(Placement::Seat) => prop_assert!(seated < capacity),
            Ok(Placement::Reserve) => prop_assert!(seated >= capacity && reserve.is_none_or(|most| waiting < most)),
            Err(_) => prop_assert!(seated >= capacity && reserve.is_some_and(|most| waiting >= most)),
        }
    }
}

fn facts() -> Facts {
    Facts {
        state: ActivityState::Planned,
        mode: EnrolmentMode::Open,
        closes_at: Some(at("2026-12-05T12:00:00Z")),
        starts_at: Some(at("2026-12-10T08:00:00Z")),
        in_service: true,
        on_staff: false,
        missing: vec![],
        clashes: vec![],
    }
}

fn words(found: &[Obstacle]) -> Vec<&'static str> {
    found.iter().map(Obstacle::word).collect()
}

#[test]
fn every_reason_is_named_and_not_only_the_first() {
    let clash = Clash {
        person_id: None,
        venue_id: None,
        who: "Anna".into(),
        activity_id: Uuid::from_u128(1).into(),
        activity: "Workshop".into(),
        session_id: Uuid::from_u128(2).into(),
        starts_at: at("2026-12-10T08:00:00Z"),
        ends_at: at("2026-12-10T10:00:00Z"),
    };
    let all = Facts {
        state: ActivityState::InProgress,
        mode: EnrolmentMode::Nomination,
        in_service: false,
        on_staff: true,
        missing: vec![Missing { scheme: "CS-1".into(), accepts: Accepts::Valid, status: Status::Expired }],
        clashes: vec![clash],
        ..facts()
    };

    let found = obstacles(&all, Purpose::Enrol, at("2026-12-11T08:00:00Z"));

    let every = [
        "not-in-service",
        "not-open",
        "nomination-only",
        "closed",
        "started",
        "on-staff",
        "prerequisite-missing",
        "clash",
    ];
    assert_eq!(words(&found), every);
    let entered = obstacles(&all, Purpose::Enter, at("2026-12-11T08:00:00Z"));
    assert_eq!(words(&entered), ["not-in-service", "on-staff", "prerequisite-missing", "clash"]);
}

#[rstest]
#[case::before("2026-12-05T11:59:59Z", Purpose::Enrol, &[])]
#[case::at_the_close("2026-12-05T12:00:00Z", Purpose::Enrol, &["closed"])]
#[case::nominated_too_late("2026-12-05T12:00:00Z", Purpose::Nominate, &["closed"])]
#[case::selected_afterwards("2026-12-06T12:00:00Z", Purpose::Select, &[])]
#[case::moving_up_afterwards("2026-12-10T07:59:59Z", Purpose::MoveUp, &[])]
#[case::at_the_start("2026-12-10T08:00:00Z", Purpose::MoveUp, &["started"])]
fn windows_close_on_the_second(#[case] now: &str, #[case] purpose: Purpose, #[case] expected: &[&str]) {
    assert_eq!(words(&obstacles(&facts(), purpose, at(now))), expected);
}

#[rstest]
#[case(ActivityState::Draft, false)]
#[case(ActivityState::Planned, true)]
#[case(ActivityState::Confirmed, true)]
#[case(ActivityState::InProgress, false)]
#[case(ActivityState::Delivered, false)]
#[case(ActivityState::Closed, false)]
#[case(ActivityState::Postponed, false)]
#[case(ActivityState::Suspended, false)]
#[case(ActivityState::Cancelled, false)]
fn the_reserve_list_moves_up_only_while_people_can_get_in(#[case] state: ActivityState, #[case] moves: bool) {
    let starts_at = Some(at("2026-12-10T08:00:00Z"));

    assert_eq!(moves_up(state, starts_at, at("2026-12-10T07:00:00Z")), moves);
    assert!(!moves_up(state, starts_at, at("2026-12-10T08:00:00Z")), "not once it has started");
}

#[rstest]
#[case(Accepts::Valid, &[Status::Valid])]
#[case(Accepts::ValidOrRenewable, &[Status::Valid, Status::Renewable])]
#[case(Accepts::ValidOrExpired, &[Status::Valid, Status::Renewable, Status::Expired])]
fn a_certificate_is_enough_as_the_course_says(#[case] accepts: Accepts, #[case] enough: &[Status]) {
    for status in Status::ALL {
        assert_eq!(is_enough(*status, accepts), enough.contains(status), "{status}");
    }
}

#[test]
fn nobody_gets_a_place_who_was_not_endorsed() {
    assert!(matches!(step(State::Nominated, State::Confirmed), Err(Refusal::NotEndorsed)));
    assert!(matches!(step(State::Nominated, State::Reserve), Err(Refusal::NotEndorsed)));
    assert!(step(State::Endorsed, State::Confirmed).is_ok());
    assert!(step(State::Endorsed, State::Reserve).is_ok());
}

#[test]
fn what_is_over_stays_over() {
    for state in State::ALL {
        assert_eq!(is_over(*state), next(*state).is_empty(), "{state}");
        assert!(!(is_over(*state) && is_placed(*state)), "{state}");
    }
}

#[test]
fn only_a_seat_leads_to_an_outcome_and_an_outcome_keeps_the_seat() {
    let outcomes = [State::AttendedFull, State::AttendedPartial, State::NoShow, State::Excused];
    for state in State::ALL {
        for outcome in outcomes.iter().filter(|outcome| next(*state).contains(outcome)) {
            assert!(is_seated(*state) && is_seated(*outcome), "{state} to {outcome}");
        }
    }
}

#[test]
fn two_persons_stand_behind_every_place() {
    let (anna, berta, carl) = (Uuid::from_u128(1).into(), Uuid::from_u128(2).into(), Uuid::from_u128(3).into());

    assert!(matches!(separate(anna, anna, None), Err(Refusal::OwnCase)));
    assert!(matches!(separate(berta, anna, Some(berta)), Err(Refusal::SamePerson)));
    assert!(separate(carl, anna, Some(berta)).is_ok());
}

#[test]
fn a_withdrawal_is_late_after_the_close_or_near_the_start_and_impossible_once_started() {
    let (closes, starts) = (Some(at("2026-12-05T12:00:00Z")), at("2026-12-10T08:00:00Z"));
    let near = starts - Duration::hours(LATE_HOURS);

    assert!(!is_late(closes, Some(starts), at("2026-12-05T11:00:00Z")));
    assert!(is_late(closes, Some(starts), at("2026-12-05T12:00:00Z")));
    assert!(!is_late(None, Some(starts), near));
    assert!(is_late(None, Some(starts), near + Duration::seconds(1)));
    assert!(can_withdraw(Some(starts), starts - Duration::seconds(1)).is_ok());
    assert!(matches!(can_withdraw(Some(starts), starts), Err(Refusal::Started { .. })));
}
