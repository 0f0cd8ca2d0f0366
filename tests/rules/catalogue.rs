//! Laws of courses.

use api::catalogue::rules::{change, faults, nearest, publish, retire, search_text, total};
use api::catalogue::{Minutes, Prerequisite, Refusal, Syllabus};
use entity::catalogue::{CourseState as State, PrerequisiteAccepts};
use proptest::prelude::*;
use rstest::rstest;

fn syllabus() -> Syllabus {
    Syllabus {
        title: "Border crossing".into(),
        title_lv: Some("Robežas šķērsošana".into()),
        title_ru: None,
        summary: "Two days at a crossing point.".into(),
        summary_lv: None,
        summary_ru: None,
        minutes: Minutes { lecture: 120, practice: 60, ..Minutes::default() },
        outcomes: vec!["BC-1".into(), "BC-2".into()],
        languages: vec!["lv".into()],
        audience: "First line".into(),
        prerequisites: vec![Prerequisite { scheme: "CS-DF4".into(), accepts: PrerequisiteAccepts::Valid }],
    }
}

fn pointers(syllabus: &Syllabus) -> Vec<String> {
    let found = faults(syllabus, |code| code.starts_with("BC-"), |code| code == "CS-DF4");
    found.into_iter().map(|(pointer, _)| pointer).collect()
}

#[test]
fn a_good_syllabus_has_no_fault() {
    assert_eq!(pointers(&syllabus()), Vec::<String>::new());
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let mut wrong = syllabus();
    wrong.title = " ".into();
    wrong.minutes = Minutes::default();
    wrong.outcomes = vec!["BC-1".into(), "XX-1".into(), "BC-1".into()];
    wrong.languages = vec!["LV".into()];
    wrong.prerequisites[0].scheme = "CS-NONE".into();

    let expected = ["/title", "/minutes", "/outcomes/1", "/outcomes/2", "/languages/0", "/prerequisites/0/scheme"];
    assert_eq!(pointers(&wrong), expected);
}

#[rstest]
#[case::without_diacritics("skersosana")]
#[case::with_diacritics("šķērsošana")]
#[case::capitals("ŠĶĒRSOŠANA")]
#[case::by_code("crs-1")]
fn a_course_is_found_whatever_the_diacritics(#[case] typed: &str) {
    let text = search_text("CRS-1", &syllabus());

    assert!(text.contains(&api::identity::rules::fold(typed)), "{text}");
}

#[test]
fn the_nearest_language_is_taken() {
    assert_eq!(nearest("lv", "en", Some("lv"), None), "lv");
    assert_eq!(nearest("be", "en", Some("lv"), Some("ru")), "ru");
    assert_eq!(nearest("ru", "en", Some("lv"), None), "en");
    assert_eq!(nearest("lv", "en", Some(""), None), "en");
}

fn states() -> impl Strategy<Value = State> {
    proptest::sample::select(State::ALL)
}

proptest! {
    #[test]
    fn versions_are_numbered_without_gaps(number in proptest::option::of(1_i32..1000)) {
        let state = if number.is_some() { State::Published } else { State::Draft };
        prop_assert_eq!(publish(state, number, true), Ok(number.unwrap_or(0) + 1));
        prop_assert_eq!(publish(state, number, false), Err(Refusal::NothingToPublish));
    }

    #[test]
    fn a_retired_course_never_changes_again(state in states(), has_draft: bool) {
        let retired = state == State::Retired;
        prop_assert_eq!(change(state).is_err(), retired);
        prop_assert_eq!(retire(state).is_ok(), state == State::Published);
        if retired {
            prop_assert_eq!(publish(state, Some(1), has_draft), Err(Refusal::Retired));
        }
    }

    #[test]
    fn hours_add_up_and_must_be_some(kinds in proptest::array::uniform5(0_i32..=60_000)) {
        let [lecture, practice, exercise, e_learning, self_study] = kinds;
        let mut wanted = syllabus();
        wanted.minutes = Minutes { lecture, practice, exercise, e_learning, self_study };
        prop_assert_eq!(total(wanted.minutes), kinds.iter().sum::<i32>());
        prop_assert_eq!(pointers(&wanted).is_empty(), kinds.iter().any(|minutes| *minutes > 0));
    }
}
