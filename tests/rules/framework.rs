//! Laws of recommendations.

use api::framework::Refusal;
use api::framework::rules::{DEFAULT_ZONE, end_of_day, is_open, next, overdue, step};
use chrono::{DateTime, Days, Duration, NaiveDate, Utc};
use entity::framework::RecommendationState as State;
use proptest::prelude::*;
use rstest::rstest;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

/// REC-2020-10 is due on 15 December 2020, and that day ends in Riga at 22:00 UTC.
#[rstest]
#[case::that_morning("2020-12-15T06:00:00Z", false)]
#[case::the_last_second("2020-12-15T21:59:59Z", false)]
#[case::midnight_in_riga("2020-12-15T22:00:00Z", true)]
#[case::the_next_day("2020-12-16T09:00:00Z", true)]
fn a_recommendation_is_not_overdue_until_its_day_ends(#[case] now: &str, #[case] late: bool) {
    let due_until = Some(end_of_day(day("2020-12-15"), DEFAULT_ZONE));

    assert_eq!(overdue(State::InProgress, due_until, at(now)), late);
    assert!(!overdue(State::Implemented, due_until, at(now)));
    assert!(!overdue(State::InProgress, None, at(now)));
}

#[rstest]
#[case::summer("2020-06-30", "2020-06-30T21:00:00Z")]
#[case::clocks_go_forward("2020-03-28", "2020-03-28T22:00:00Z")]
#[case::clocks_go_back("2020-10-25", "2020-10-25T22:00:00Z")]
fn a_day_ends_at_midnight_of_its_zone(#[case] due: &str, #[case] end: &str) {
    assert_eq!(end_of_day(day(due), DEFAULT_ZONE), at(end));
}

#[test]
fn a_day_without_midnight_begins_when_the_clocks_arrive() {
    let zone = "America/Sao_Paulo".parse().expect("a zone");

    assert_eq!(end_of_day(day("2018-11-03"), zone), at("2018-11-04T03:00:00Z"));
}

#[test]
fn who_recorded_the_implementation_cannot_verify_it() {
    assert_eq!(step(State::Implemented, State::VerifiedClosed, true), Err(Refusal::OwnImplementation));
    assert_eq!(step(State::Implemented, State::VerifiedClosed, false), Ok(()));
}

#[test]
fn nothing_is_verified_that_was_not_implemented() {
    for from in State::ALL.iter().filter(|state| **state != State::Implemented) {
        assert!(step(*from, State::VerifiedClosed, false).is_err(), "{from}");
    }
    assert!(next(State::VerifiedClosed).is_empty());
}

fn states() -> impl Strategy<Value = State> {
    proptest::sample::select(State::ALL)
}

proptest! {
    #[test]
    fn a_step_is_allowed_only_where_it_is_offered(from in states(), to in states(), own: bool) {
        prop_assert_eq!(step(from, to, own).is_ok(), next(from).contains(&to) && !(own && to == State::VerifiedClosed));
        prop_assert!(step(from, from, own).is_err());
    }

    #[test]
    fn what_is_overdue_stays_so_until_its_state_changes(state in states(), days in 0_u64..4000, hours in 0_i64..500) {
        let due = end_of_day(day("2019-10-01") + Days::new(days), DEFAULT_ZONE);
        prop_assert!(!overdue(state, Some(due), due - Duration::seconds(1)));
        prop_assert_eq!(overdue(state, Some(due), due + Duration::hours(hours)), is_open(state));
    }
}
