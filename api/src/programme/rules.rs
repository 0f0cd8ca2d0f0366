//! Judgement of programme: money to the cent, and what may be over what.

use rust_decimal::{Decimal, prelude::ToPrimitive};

/// 100 %, in hundredths of a percent.
pub const WHOLE: i32 = 10_000;
/// Largest amount, cents: far above any grant and far below what arithmetic can hold.
pub const MOST_CENTS: i64 = 1_000_000_000_000;

/// A total cut in two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shares {
    /// The funder's share, cents.
    pub eu_cents: i64,
    /// The beneficiary's own share, cents.
    pub own_cents: i64,
}

/// The shares of a total at a grant rate: the funder's is rounded half up to the cent, one's own is the rest,
/// so that both add up to the total.
///
/// Units: `total_cents` in cents, not negative; `rate_hundredths` in hundredths of a percent, 0..=10000.
/// Source: grant agreement, 494,813.32 at 94.99 % = 470,023.17 + 24,790.15.
#[must_use]
pub fn shares(total_cents: i64, rate_hundredths: i32) -> Shares {
    let parts = i128::from(total_cents) * i128::from(rate_hundredths.clamp(0, WHOLE));
    let eu = (parts + i128::from(WHOLE) / 2).div_euclid(i128::from(WHOLE));
    let eu_cents = i64::try_from(eu).unwrap_or(total_cents);
    Shares { eu_cents, own_cents: total_cents - eu_cents }
}

/// Whether a stated share is what the rate, which is itself rounded to two decimals, can stand for.
///
/// Units: as [`shares`].
#[must_use]
pub fn agrees(total_cents: i64, eu_cents: i64, rate_hundredths: i32) -> bool {
    if total_cents == 0 {
        return eu_cents == 0;
    }
    let total = i128::from(total_cents);
    let rate = (i128::from(eu_cents) * i128::from(WHOLE) + total / 2).div_euclid(total);
    rate == i128::from(rate_hundredths)
}

/// Hundredths of a decimal number: cents of an amount, hundredths of a percent. Nothing where it has more
/// than two decimals or is out of reach.
#[must_use]
pub fn hundredths(number: Decimal) -> Option<i64> {
    let scaled = number.checked_mul(Decimal::ONE_HUNDRED)?;
    let whole = scaled.is_integer().then_some(scaled)?.to_i64()?;
    (whole.abs() <= MOST_CENTS).then_some(whole)
}

/// The decimal number of so many hundredths, with two decimals.
#[must_use]
pub fn decimal(hundredths: i64) -> Decimal {
    Decimal::new(hundredths, 2)
}

/// An amount as people write it: `494,813.32`, with the separators of a language.
///
/// Units: cents. Source: Unicode CLDR number symbols for en, lv, be, ru.
#[must_use]
pub fn money(cents: i64, lang: &str) -> String {
    let (group, point) = if lang == "en" { (',', '.') } else { ('\u{a0}', ',') };
    let whole = (cents.unsigned_abs() / 100).to_string();
    let mut text = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push(group);
        }
        text.push(digit);
    }
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{text}{point}{:02}", cents.unsigned_abs() % 100)
}

/// Whether parts fit into a whole.
///
/// Units: cents.
#[must_use]
pub fn fits(parts_cents: impl IntoIterator<Item = i64>, whole_cents: i64) -> bool {
    parts_cents.into_iter().map(i128::from).sum::<i128>() <= i128::from(whole_cents)
}

/// How far an indicator has come from its baseline to its target, in whole percent, rounded down; nothing
/// without a measurement or where the target is the baseline.
///
/// Units: hundredths of the indicator's unit; the result is percent, 0..=100.
#[must_use]
pub fn progress_percent(baseline: i64, target: i64, actual: Option<i64>) -> Option<i32> {
    let (way, gone) = (i128::from(target) - i128::from(baseline), i128::from(actual?) - i128::from(baseline));
    if way == 0 {
        return None;
    }
    i32::try_from((gone * 100).div_euclid(way).clamp(0, 100)).ok()
}
