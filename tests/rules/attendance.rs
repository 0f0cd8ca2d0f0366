//! Laws of attendance.

use api::attendance::rules::{
    Counted, FULL_PERCENT, Occasion, attended, close, correct, held, minutes, outcome, share, take,
};
use api::attendance::{Refusal, Unmarked};
use api::enrolment::Outcome;
use chrono::{DateTime, Duration, Utc};
use entity::attendance::{MarkStatus as Status, SheetState};
use entity::id::PersonId;
use entity::scheduling::{ActivityState, SessionState};
use proptest::prelude::*;
use rstest::rstest;
use sea_orm::prelude::Decimal;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

fn occasion() -> Occasion {
    Occasion {
        activity: ActivityState::Confirmed,
        session: SessionState::Planned,
        starts_at: at("2026-11-27T09:00:00Z"),
        ends_at: at("2026-11-27T16:00:00Z"),
    }
}

fn person(number: u128) -> PersonId {
    PersonId(uuid::Uuid::from_u128(number))
}

#[rstest]
#[case::sixteen_minutes_before("2026-11-27T08:44:59Z", false)]
#[case::a_quarter_of_an_hour_before("2026-11-27T08:45:00Z", true)]
#[case::the_day_after("2026-11-28T09:00:00Z", true)]
fn marks_are_taken_from_a_quarter_of_an_hour_before(#[case] now: &str, #[case] taken: bool) {
    assert_eq!(held(occasion(), at(now)).is_ok(), taken);
}

#[test]
fn what_is_cancelled_or_a_draft_has_no_attendance() {
    let late = at("2026-12-01T00:00:00Z");

    let cancelled = Occasion { session: SessionState::Cancelled, ..occasion() };
    assert_eq!(held(cancelled, late), Err(Refusal::SessionCancelled));
    let draft = Occasion { activity: ActivityState::Draft, ..occasion() };
    assert_eq!(held(draft, late), Err(Refusal::NotPublished));
}

#[rstest]
#[case::present(Status::Present, None, Ok(420))]
#[case::absent(Status::Absent, None, Ok(0))]
#[case::excused(Status::Excused, None, Ok(0))]
#[case::in_part(Status::Partial, Some(419), Ok(419))]
#[case::in_part_for_how_long(Status::Partial, None, Err(()))]
#[case::in_part_all_the_time(Status::Partial, Some(420), Err(()))]
#[case::in_part_not_at_all(Status::Partial, Some(0), Err(()))]
#[case::present_for_less(Status::Present, Some(60), Err(()))]
fn minutes_go_with_partial_alone(
    #[case] status: Status,
    #[case] typed: Option<i32>,
    #[case] expected: Result<i32, ()>,
) {
    assert_eq!(minutes(status, typed, 420).map_err(drop), expected);
}

/// Three days of seven hours; the figures of the demonstration.
#[rstest]
#[case::all_three(&[Some((Status::Present, 420)); 3], "100", Outcome::AttendedFull)]
#[case::two_hours_late(&[Some((Status::Present, 420)), Some((Status::Present, 420)), Some((Status::Partial, 300))], "90.47", Outcome::AttendedFull)]
#[case::half_a_day_missed(&[Some((Status::Present, 420)), Some((Status::Present, 420)), Some((Status::Partial, 210))], "83.33", Outcome::AttendedPartial)]
#[case::a_day_excused(&[Some((Status::Present, 420)), Some((Status::Present, 420)), Some((Status::Excused, 0))], "100", Outcome::AttendedFull)]
#[case::a_day_without_a_mark(&[Some((Status::Present, 420)), Some((Status::Present, 420)), None], "66.66", Outcome::AttendedPartial)]
#[case::never_there(&[Some((Status::Absent, 0)); 3], "0", Outcome::NoShow)]
fn a_share_is_minutes_attended_over_minutes_that_count(
    #[case] marks: &[Option<(Status, i32)>],
    #[case] expected: &str,
    #[case] becomes: Outcome,
) {
    let sessions: Vec<Counted> = marks.iter().map(|mark| Counted { scheduled: 420, mark: *mark }).collect();

    assert_eq!(share(&sessions), Some(expected.parse().expect("a decimal")));
    assert_eq!(outcome(&sessions), becomes);
}

#[test]
fn who_was_excused_from_everything_is_excused() {
    let sessions = [Counted { scheduled: 420, mark: Some((Status::Excused, 0)) }; 2];

    assert_eq!((share(&sessions), outcome(&sessions)), (None, Outcome::Excused));
}

#[test]
fn a_sheet_is_closed_when_the_session_is_over_and_everybody_has_a_mark() {
    let (during, after) = (at("2026-11-27T15:59:59Z"), at("2026-11-27T16:00:00Z"));
    let one = vec![Unmarked { person_id: person(1), person: "Anna".into() }];

    assert_eq!(close(SheetState::Open, occasion(), false, vec![], after), Ok(()));
    assert!(matches!(close(SheetState::Open, occasion(), false, vec![], during), Err(Refusal::NotOver { .. })));
    assert_eq!(close(SheetState::Open, occasion(), false, one.clone(), after), Err(Refusal::Missing(one)));
    assert_eq!(close(SheetState::Open, occasion(), true, vec![], after), Err(Refusal::OwnSheet));
}

fn statuses() -> impl Strategy<Value = Status> {
    proptest::sample::select(Status::ALL)
}

/// A session with any mark, or none; minutes as the database may hold them.
fn counted() -> impl Strategy<Value = Counted> {
    (1_i32..=600, proptest::option::of((statuses(), 0_i32..=900)))
        .prop_map(|(scheduled, mark)| Counted { scheduled, mark })
}

proptest! {
    #[test]
    fn a_share_is_from_0_to_100(sessions in proptest::collection::vec(counted(), 0..12)) {
        let (minutes, scheduled) = attended(&sessions);
        prop_assert!(0 <= minutes && minutes <= scheduled);
        if let Some(share) = share(&sessions) {
            prop_assert!(share >= Decimal::ZERO && share <= Decimal::from(100));
        } else {
            prop_assert_eq!(scheduled, 0);
        }
    }

    #[test]
    fn more_minutes_never_lower_a_share(
        sessions in proptest::collection::vec(counted(), 1..12), more in 0_i32..600, which: prop::sample::Index,
    ) {
        let mut better = sessions.clone();
        let session = &mut better[which.index(sessions.len())];
        if let Some((status, minutes)) = session.mark {
            session.mark = Some((status, minutes + more));
        }
        prop_assert!(share(&better) >= share(&sessions));
    }

    #[test]
    fn an_excuse_never_counts_less_than_an_absence(
        sessions in proptest::collection::vec(counted(), 1..12), which: prop::sample::Index,
    ) {
        let (mut absent, mut excused) = (sessions.clone(), sessions);
        let at = which.index(absent.len());
        absent[at].mark = Some((Status::Absent, 0));
        excused[at].mark = Some((Status::Excused, 0));
        let (absent, excused) = (share(&absent), share(&excused));
        prop_assert!(excused.is_none() || excused >= absent);
    }

    #[test]
    fn the_order_of_sessions_does_not_matter(sessions in proptest::collection::vec(counted(), 0..12)) {
        let mut turned = sessions.clone();
        turned.reverse();
        prop_assert_eq!(share(&sessions), share(&turned));
        prop_assert_eq!(outcome(&sessions), outcome(&turned));
    }

    #[test]
    fn full_attendance_begins_at_its_threshold(sessions in proptest::collection::vec(counted(), 1..12)) {
        let full = share(&sessions).is_some_and(|share| share >= Decimal::from(FULL_PERCENT));
        prop_assert_eq!(outcome(&sessions) == Outcome::AttendedFull, full);
    }

    #[test]
    fn a_sheet_is_closed_once(state in proptest::sample::select(SheetState::ALL), days in 0_i64..400) {
        let now = occasion().ends_at + Duration::days(days);
        let open = state == SheetState::Open;
        prop_assert_eq!(close(state, occasion(), false, vec![], now).is_ok(), open);
        prop_assert_eq!(take(state).is_ok(), open);
    }

    #[test]
    fn a_correction_is_made_by_a_second_person_and_never_about_oneself(
        state in proptest::sample::select(SheetState::ALL), by in 0_u128..4, about in 0_u128..4, attester in 0_u128..4,
    ) {
        let allowed = correct(state, Some(person(by)), person(about), Some(person(attester)));
        prop_assert_eq!(allowed.is_ok(), state != SheetState::Open && by != about && by != attester);
    }
}
