//! Laws of programme: money to the cent.

use api::programme::rules::{WHOLE, agrees, decimal, fits, hundredths, money, progress_percent, shares};
use proptest::prelude::*;
use rstest::rstest;

#[test]
fn the_grant_of_the_agreement_adds_up_to_the_cent() {
    let shares = shares(49_481_332, 9499);

    assert_eq!(shares.eu_cents, 47_002_317);
    assert_eq!(shares.own_cents, 2_479_015);
    assert!(agrees(49_481_332, 47_002_317, 9499));
    assert!(!agrees(49_481_332, 47_002_317, 9500));
}

#[rstest]
#[case::half_goes_up(1, 5000, 1)]
#[case::below_half_goes_down(1, 4999, 0)]
#[case::nothing(0, 9499, 0)]
#[case::everything(12_345, 10_000, 12_345)]
fn the_share_is_rounded_half_up(#[case] total: i64, #[case] rate: i32, #[case] eu: i64) {
    assert_eq!(shares(total, rate).eu_cents, eu);
}

#[rstest]
#[case("en", "494,813.32")]
#[case("lv", "494\u{a0}813,32")]
#[case("be", "494\u{a0}813,32")]
#[case("ru", "494\u{a0}813,32")]
fn money_is_written_as_the_language_does(#[case] lang: &str, #[case] text: &str) {
    assert_eq!(money(49_481_332, lang), text);
}

#[rstest]
#[case(0, 12_000, Some(7_400), Some(61))]
#[case(0, 300, Some(300), Some(100))]
#[case(0, 300, Some(900), Some(100))]
#[case(100, 300, Some(0), Some(0))]
#[case(0, 300, None, None)]
#[case(300, 300, Some(300), None)]
#[case(300, 100, Some(200), Some(50))]
fn progress_is_the_way_gone(
    #[case] baseline: i64,
    #[case] target: i64,
    #[case] actual: Option<i64>,
    #[case] percent: Option<i32>,
) {
    assert_eq!(progress_percent(baseline, target, actual), percent);
}

#[test]
fn a_third_decimal_is_no_amount() {
    assert_eq!(hundredths("1.001".parse().expect("a number")), None);
    assert_eq!(hundredths("1.000".parse().expect("a number")), Some(100));
}

proptest! {
    #[test]
    fn shares_always_add_up(total in 0_i64..1_000_000_000_000, rate in 0..=WHOLE) {
        let shares = shares(total, rate);
        prop_assert_eq!(shares.eu_cents + shares.own_cents, total);
        prop_assert!(shares.eu_cents >= 0 && shares.own_cents >= 0);
        prop_assert!((i128::from(shares.eu_cents) * 10_000 - i128::from(total) * i128::from(rate)).abs() <= 5_000);
    }

    #[test]
    fn an_amount_survives_its_way_out_and_in(cents in -1_000_000_000_000_i64..1_000_000_000_000) {
        prop_assert_eq!(hundredths(decimal(cents)), Some(cents));
    }

    #[test]
    fn parts_fit_exactly_up_to_the_whole(parts in proptest::collection::vec(0_i64..1_000_000, 0..20)) {
        let sum: i64 = parts.iter().sum();
        prop_assert!(fits(parts.clone(), sum));
        prop_assert!(!fits(parts.into_iter().chain([1]), sum));
    }
}
