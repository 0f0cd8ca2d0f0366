//! Laws of certification.

use api::certification::rules::{
    Award, Evidence, Facts, Held, LastPeriod, NUMBER_LENGTH, Requirement, Span, Validity, Verdict, dates, decide,
    grouped, local_day, months_later, number, standing, status, typed_number,
};
use chrono::{DateTime, Datelike, Days, NaiveDate, TimeZone, Utc};
use entity::certification::{CertificationStatus, EvidenceKind};
use proptest::prelude::*;
use rstest::rstest;

const TWO_YEARS: Validity = Validity { months: Some(24), renewal_window_days: 90 };

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// Noon of a day, Europe/Riga.
fn noon(text: &str) -> DateTime<Utc> {
    Utc.from_utc_datetime(&day(text).and_hms_opt(10, 0, 0).expect("a time"))
}

fn passed(number: u128, key: &str, percent: i64, on: &str) -> Evidence {
    let (kind, percent) = (EvidenceKind::Assessment, Some(percent.into()));
    Evidence { id: uuid::Uuid::from_u128(number).into(), kind, key: key.into(), percent, at: noon(on) }
}

fn requirement(json: serde_json::Value) -> Requirement {
    serde_json::from_value(json).expect("a requirement")
}

fn quiz() -> Requirement {
    requirement(serde_json::json!({"assessment": {"assessment": "POST-DF", "min_percent": 70}}))
}

#[expect(clippy::unnecessary_wraps, reason = "cases name a last period or none")]
fn until(on: &str) -> Option<LastPeriod> {
    let end = day(on);
    Some(LastPeriod { valid_until_on: Some(end), renewable_from_on: end.checked_sub_days(Days::new(90)) })
}

fn award(verdict: Verdict) -> Award {
    match verdict {
        Verdict::Award(award) => award,
        other => panic!("not an award: {other:?}"),
    }
}

#[rstest]
#[case::first_time(None, "2026-05-10", "2026-05-10", "2028-05-10")]
#[case::in_the_window(until("2026-06-30"), "2026-05-10", "2026-07-01", "2028-05-10")]
#[case::on_the_last_day(until("2026-06-30"), "2026-06-30", "2026-07-01", "2028-06-30")]
#[case::late(until("2026-06-30"), "2026-07-15", "2026-07-15", "2028-07-15")]
#[case::twenty_months_late(until("2026-06-30"), "2028-03-01", "2028-03-01", "2030-03-01")]
fn validity_counts_from_the_completion(
    #[case] last: Option<LastPeriod>,
    #[case] done: &str,
    #[case] from: &str,
    #[case] end: &str,
) {
    let facts = Facts { evidence: vec![passed(1, "POST-DF", 80, done)], last, ..Facts::default() };

    let award = award(decide(&quiz(), TWO_YEARS, &facts, day(done)));

    assert_eq!((award.valid_from_on, award.valid_until_on), (day(from), Some(day(end))));
}

#[test]
fn what_is_shown_before_the_window_opens_does_not_renew() {
    let evidence = vec![passed(1, "POST-DF", 80, "2026-01-15")];
    let facts = Facts { evidence, last: until("2026-06-30"), ..Facts::default() };

    assert_eq!(decide(&quiz(), TWO_YEARS, &facts, day("2026-01-15")), Verdict::AlreadyHeld);
    assert!(matches!(decide(&quiz(), TWO_YEARS, &facts, day("2026-05-01")), Verdict::StillNeeds(_)));
}

#[test]
fn what_does_not_expire_is_held_for_good() {
    let last = Some(LastPeriod { valid_until_on: None, renewable_from_on: None });
    let facts = Facts { evidence: vec![passed(1, "POST-DF", 80, "2026-01-15")], last, ..Facts::default() };

    assert_eq!(decide(&quiz(), TWO_YEARS, &facts, day("2046-01-15")), Verdict::AlreadyHeld);
}

#[test]
fn nothing_shown_before_a_revocation_counts_after_it() {
    let revoked_at = Some(noon("2026-02-01"));
    let old = passed(1, "POST-DF", 90, "2026-01-15");
    let facts = Facts { evidence: vec![old.clone()], revoked_at, ..Facts::default() };
    let again = Facts { evidence: vec![old, passed(2, "POST-DF", 90, "2026-03-01")], revoked_at, ..Facts::default() };

    assert!(matches!(decide(&quiz(), TWO_YEARS, &facts, day("2026-02-02")), Verdict::StillNeeds(_)));
    assert_eq!(award(decide(&quiz(), TWO_YEARS, &again, day("2026-03-02"))).completed_at, noon("2026-03-01"));
}

#[rstest]
#[case("2026-01-31", 1, "2026-02-28")]
#[case("2028-01-31", 1, "2028-02-29")]
#[case("2028-02-29", 12, "2029-02-28")]
#[case("2026-08-31", 1, "2026-09-30")]
#[case("2026-12-31", 24, "2028-12-31")]
fn a_day_the_month_lacks_becomes_its_last_one(#[case] from: &str, #[case] months: u32, #[case] to: &str) {
    assert_eq!(months_later(day(from), months), day(to));
}

#[test]
fn the_day_is_the_one_in_riga() {
    let late_evening_utc = Utc.with_ymd_and_hms(2026, 6, 30, 21, 30, 0).single().expect("an instant");

    assert_eq!(local_day(late_evening_utc), day("2026-07-01"));
}

#[test]
fn the_first_line_scheme_says_what_is_missing_and_awards_when_it_is_there() {
    let tree = requirement(serde_json::json!({"all": [
        {"attendance": {"min_percent": 90, "course": "C-DF4"}},
        {"assessment": {"assessment": "POST-DF", "min_percent": 70}},
        {"practical": {"outcome": "DF-2"}},
    ]}));
    let fact = |number: u128, kind, key: &str, percent: Option<i64>, on| Evidence {
        id: uuid::Uuid::from_u128(number).into(),
        kind,
        key: key.into(),
        percent: percent.map(Into::into),
        at: noon(on),
    };
    let mut facts = Facts {
        evidence: vec![
            fact(1, EvidenceKind::Attendance, "C-DF4", Some(95), "2026-03-01"),
            fact(2, EvidenceKind::Assessment, "POST-DF", Some(69), "2026-03-02"),
            fact(3, EvidenceKind::Attendance, "C-OTHER", Some(100), "2026-03-03"),
        ],
        ..Facts::default()
    };

    let Verdict::StillNeeds(needs) = decide(&tree, TWO_YEARS, &facts, day("2026-03-04")) else {
        panic!("awarded too early");
    };
    let words: Vec<String> = needs.iter().map(api::certification::rules::words).collect();
    assert_eq!(words, ["Pass POST-DF with at least 70 % (best so far: 69 %)", "Show DF-2 in practice"]);

    facts.evidence.push(fact(4, EvidenceKind::Practical, "DF-2", None, "2026-03-05"));
    facts.evidence.push(fact(5, EvidenceKind::Assessment, "POST-DF", Some(70), "2026-03-04"));
    let award = award(decide(&tree, TWO_YEARS, &facts, day("2026-03-06")));
    assert_eq!(award.completed_at, noon("2026-03-05"));
    assert_eq!(award.evidence.iter().map(|id| id.0.as_u128()).collect::<Vec<_>>(), [1, 4, 5]);
}

#[test]
fn a_certificate_that_is_asked_for_must_be_in_force_when_the_rest_is_there() {
    let tree = requirement(serde_json::json!({"all": [
        {"certificate": {"scheme": "CS-DF4"}},
        {"assessment": {"assessment": "POST-DF", "min_percent": 70}},
    ]}));
    let span = Span {
        scheme: "CS-DF4".into(),
        from_on: day("2024-01-01"),
        until_on: Some(day("2025-12-31")),
        completed_at: noon("2024-01-01"),
    };
    let facts =
        |on| Facts { evidence: vec![passed(1, "POST-DF", 80, on)], spans: vec![span.clone()], ..Facts::default() };

    assert_eq!(
        award(decide(&tree, TWO_YEARS, &facts("2025-12-31"), day("2026-02-01"))).completed_at,
        noon("2025-12-31")
    );
    assert!(matches!(decide(&tree, TWO_YEARS, &facts("2026-01-01"), day("2026-02-01")), Verdict::StillNeeds(_)));
}

#[test]
fn of_a_choice_only_what_is_still_open_is_named() {
    let tree = requirement(serde_json::json!({"at_least": {"n": 2, "of": [
        {"practical": {"outcome": "EX-1"}}, {"practical": {"outcome": "EX-2"}}, {"practical": {"outcome": "EX-3"}},
    ]}}));
    let shown = Evidence {
        id: uuid::Uuid::from_u128(1).into(),
        kind: EvidenceKind::Practical,
        key: "EX-2".into(),
        percent: None,
        at: noon("2026-01-01"),
    };
    let facts = Facts { evidence: vec![shown], ..Facts::default() };

    let Verdict::StillNeeds(needs) = decide(&tree, TWO_YEARS, &facts, day("2026-01-02")) else { panic!("awarded") };

    assert_eq!(needs.iter().map(|n| n.choice).collect::<Vec<_>>(), [Some((1, 1)), Some((1, 1))]);
}

#[rstest]
#[case(serde_json::json!({"all": []}))]
#[case(serde_json::json!({"at_least": {"n": 3, "of": [{"practical": {"outcome": "A"}}]}}))]
#[case(serde_json::json!({"assessment": {"assessment": "A", "min_percent": 101}}))]
#[case(serde_json::json!({"practical": {"outcome": ""}}))]
fn a_tree_that_cannot_be_fulfilled_is_refused(#[case] tree: serde_json::Value) {
    assert_eq!(requirement(tree).faults().len(), 1);
}

fn period(from: &str, end: &str) -> Held {
    let last = day(end);
    Held {
        valid_from_on: day(from),
        valid_until_on: Some(last),
        renewable_from_on: last.checked_sub_days(Days::new(90)),
        suspended: false,
        revoked: false,
    }
}

#[rstest]
#[case::before("2023-12-31", CertificationStatus::Upcoming)]
#[case::first_day("2024-01-01", CertificationStatus::Valid)]
#[case::before_the_window("2025-10-01", CertificationStatus::Valid)]
#[case::window_opens("2025-10-02", CertificationStatus::Renewable)]
#[case::last_day("2025-12-31", CertificationStatus::Renewable)]
#[case::over("2026-01-01", CertificationStatus::Expired)]
fn a_period_stands_by_the_day(#[case] on: &str, #[case] expected: CertificationStatus) {
    let held = period("2024-01-01", "2025-12-31");

    assert_eq!(standing(&held, day(on)), expected);
    assert_eq!(standing(&Held { revoked: true, ..held }, day(on)), CertificationStatus::Revoked);
}

#[test]
fn a_renewed_certificate_is_valid_and_a_suspended_one_is_not() {
    let old = period("2024-01-01", "2025-12-31");
    let new = period("2026-01-01", "2027-11-30");

    assert_eq!(status(&[old, new], day("2025-12-01")), (CertificationStatus::Valid, Some(0)));
    assert_eq!(status(&[old, new], day("2026-01-01")), (CertificationStatus::Valid, Some(1)));
    assert_eq!(status(&[Held { suspended: true, ..old }], day("2024-06-01")).0, CertificationStatus::Suspended);
    assert_eq!(status(&[Held { revoked: true, ..old }], day("2024-06-01")).0, CertificationStatus::Revoked);
    assert_eq!(status(&[old, Held { revoked: true, ..new }], day("2026-06-01")).0, CertificationStatus::Revoked);
    assert_eq!(status(&[], day("2024-06-01")), (CertificationStatus::NotHeld, None));
}

#[test]
fn a_number_survives_being_typed() {
    let printed = grouped(&number(&[7_u8; 32]));

    assert_eq!(printed.len(), NUMBER_LENGTH + 6);
    assert_eq!(typed_number(&format!(" {} ", printed.to_lowercase())), Some(number(&[7_u8; 32])));
    assert_eq!(typed_number("7777"), None);
    assert_eq!(typed_number(&"U".repeat(NUMBER_LENGTH)), None);
}

fn any_day() -> impl Strategy<Value = NaiveDate> {
    (0_u64..20_000).prop_map(|days| NaiveDate::from_ymd_opt(2000, 1, 1).expect("a day") + Days::new(days))
}

proptest! {
    #[test]
    fn months_never_leave_the_month_they_lead_to(from in any_day(), months in 0_u32..240) {
        let to = months_later(from, months);
        let expected = (from.month0() + months) % 12;

        prop_assert_eq!(to.month0(), expected);
        prop_assert!(to.day() <= from.day());
    }

    #[test]
    fn a_renewal_never_shares_a_day_with_what_it_renews(end in any_day(), late in -89_i64..800, months in 1_u32..61) {
        let validity = Validity { months: Some(months), renewal_window_days: 90 };
        let done = Utc.from_utc_datetime(&(end + chrono::Duration::days(late)).and_hms_opt(10, 0, 0).expect("a time"));
        let last = LastPeriod { valid_until_on: Some(end), renewable_from_on: end.checked_sub_days(Days::new(90)) };

        let (from, until, window) = dates(validity, done, Some(last));

        prop_assert!(from > end);
        // On time: not a day is lost. Late: it begins at the completion.
        prop_assert_eq!(from, if late <= 0 { end + Days::new(1) } else { local_day(done) });
        if let (Some(until), Some(window)) = (until, window) && until >= from {
            prop_assert!(window <= until);
        }
    }

    #[test]
    fn more_evidence_never_takes_an_award_away(percents in prop::collection::vec(0_i64..=100, 1..8), extra in 0_i64..=100) {
        let list = |percents: &[i64]| -> Vec<Evidence> {
            percents.iter().zip(1_u128..).map(|(p, n)| passed(n, "POST-DF", *p, "2026-03-01")).collect()
        };
        let verdict = |percents: &[i64]| {
            let facts = Facts { evidence: list(percents), ..Facts::default() };
            matches!(decide(&quiz(), TWO_YEARS, &facts, day("2026-03-02")), Verdict::Award(_))
        };

        prop_assert_eq!(verdict(&percents), percents.iter().any(|p| *p >= 70));
        let more: Vec<i64> = percents.iter().copied().chain([extra]).collect();
        prop_assert!(!verdict(&percents) || verdict(&more));
    }

    #[test]
    fn deciding_again_on_the_same_evidence_gives_the_same_dates(on in any_day(), later in 0_u64..60) {
        let at = Utc.from_utc_datetime(&on.and_hms_opt(10, 0, 0).expect("a time"));
        let evidence = vec![Evidence { at, ..passed(1, "POST-DF", 90, "2026-01-01") }];
        let facts = Facts { evidence, ..Facts::default() };

        prop_assert_eq!(decide(&quiz(), TWO_YEARS, &facts, on), decide(&quiz(), TWO_YEARS, &facts, on + Days::new(later)));
    }
}
