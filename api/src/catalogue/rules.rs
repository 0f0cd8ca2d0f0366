//! Judgement of catalogue: what a syllabus must have, which step a course may take, how it is found.

use super::{Minutes, Refusal, Syllabus};
use crate::identity::rules::fold;
use entity::catalogue::CourseState;
use std::collections::HashSet;

/// Longest kind of work, in minutes: a thousand hours.
const MOST_MINUTES: i32 = 60_000;

/// Minutes of all kinds of work together.
#[must_use]
pub const fn total(minutes: Minutes) -> i32 {
    minutes.lecture + minutes.practice + minutes.exercise + minutes.e_learning + minutes.self_study
}

/// A text in the reader's language, or the nearest there is.
#[must_use]
pub fn nearest<'a>(lang: &str, en: &'a str, lv: Option<&'a str>, ru: Option<&'a str>) -> &'a str {
    let own = match lang {
        "lv" => lv,
        "be" | "ru" => ru,
        _ => None,
    };
    own.filter(|text| !text.is_empty()).unwrap_or(en)
}

/// What a course is found by: code and titles, without case and diacritics.
#[must_use]
pub fn search_text(code: &str, syllabus: &Syllabus) -> String {
    let titles = [Some(&syllabus.title), syllabus.title_lv.as_ref(), syllabus.title_ru.as_ref()];
    let words: Vec<&str> = std::iter::once(code).chain(titles.into_iter().flatten().map(String::as_str)).collect();
    fold(&words.join(" "))
}

/// Whether a code of a language looks like one.
fn is_language(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// What is wrong with a syllabus, all of it: JSON pointer and reason. `outcomes` and `schemes` say whether
/// there is such a code.
#[must_use]
pub fn faults(
    syllabus: &Syllabus,
    outcomes: impl Fn(&str) -> bool,
    schemes: impl Fn(&str) -> bool,
) -> Vec<(String, String)> {
    let mut faults = wording_faults(syllabus);
    let schemes_asked: Vec<&str> = syllabus.prerequisites.iter().map(|p| p.scheme.as_str()).collect();
    let outcomes_taught: Vec<&str> = syllabus.outcomes.iter().map(String::as_str).collect();
    let languages: Vec<&str> = syllabus.languages.iter().map(String::as_str).collect();
    if languages.is_empty() {
        faults.push(("/languages".into(), "must name one language at least".into()));
    }
    let mut codes = |list: &[&str], pointer: &dyn Fn(usize) -> String, known: &dyn Fn(&str) -> bool, why: &str| {
        let mut seen = HashSet::new();
        for (n, code) in list.iter().enumerate() {
            if !seen.insert(*code) {
                faults.push((pointer(n), "is there twice".into()));
            } else if !known(code) {
                faults.push((pointer(n), why.into()));
            }
        }
    };
    let unknown_outcome = "is no outcome of a framework edition in force";
    codes(&outcomes_taught, &|n| format!("/outcomes/{n}"), &outcomes, unknown_outcome);
    codes(&languages, &|n| format!("/languages/{n}"), &is_language, "must be two small letters, as in `lv`");
    codes(&schemes_asked, &|n| format!("/prerequisites/{n}/scheme"), &schemes, "is no certification scheme");
    faults
}

/// What is wrong with the texts and the minutes.
fn wording_faults(syllabus: &Syllabus) -> Vec<(String, String)> {
    let mut faults = Vec::new();
    let texts = [
        ("title", Some(&syllabus.title), 2, 200),
        ("title_lv", syllabus.title_lv.as_ref(), 0, 200),
        ("title_ru", syllabus.title_ru.as_ref(), 0, 200),
        ("summary", Some(&syllabus.summary), 2, 4000),
        ("summary_lv", syllabus.summary_lv.as_ref(), 0, 4000),
        ("summary_ru", syllabus.summary_ru.as_ref(), 0, 4000),
        ("audience", Some(&syllabus.audience), 2, 500),
    ];
    for (field, text, least, most) in texts {
        if text.is_some_and(|text| !(least..=most).contains(&text.trim().chars().count())) {
            faults.push((format!("/{field}"), format!("must have {least} to {most} characters")));
        }
    }
    let minutes = syllabus.minutes;
    let kinds = [minutes.lecture, minutes.practice, minutes.exercise, minutes.e_learning, minutes.self_study];
    if kinds.iter().any(|minutes| !(0..=MOST_MINUTES).contains(minutes)) {
        faults.push(("/minutes".into(), format!("must be 0 to {MOST_MINUTES} of each kind")));
    } else if total(minutes) == 0 {
        faults.push(("/minutes".into(), "must not all be 0".into()));
    }
    faults
}

/// Allows or refuses a change of the draft: a retired course is changed no more.
///
/// # Errors
/// `catalogue/retired`
pub const fn change(state: CourseState) -> Result<(), Refusal> {
    match state {
        CourseState::Draft | CourseState::Published => Ok(()),
        CourseState::Retired => Err(Refusal::Retired),
    }
}

/// Number of the version that is published next.
///
/// # Errors
/// `catalogue/retired` · `catalogue/nothing-to-publish`
pub fn publish(state: CourseState, current_number: Option<i32>, has_draft: bool) -> Result<i32, Refusal> {
    change(state)?;
    if has_draft { Ok(current_number.unwrap_or(0) + 1) } else { Err(Refusal::NothingToPublish) }
}

/// Allows or refuses to retire a course.
///
/// # Errors
/// `catalogue/retired` · `catalogue/not-published`
pub const fn retire(state: CourseState) -> Result<(), Refusal> {
    match state {
        CourseState::Published => Ok(()),
        CourseState::Draft => Err(Refusal::NotPublished),
        CourseState::Retired => Err(Refusal::Retired),
    }
}
