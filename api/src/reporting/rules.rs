//! Judgement of reporting: rates and the geometry of charts.

use rust_decimal::{Decimal, RoundingStrategy};

/// Days ahead within which a certificate counts as expiring.
pub const EXPIRING_DAYS: u64 = 90;

/// Completion in percent: those who completed, of those who had accepted a place and were not excused. One
/// decimal, rounded half up. Nothing when nobody was expected.
///
/// Units: whole persons; the result is percent 0..=100.
/// Source: indicator definition of the programme's completion rate.
#[must_use]
pub fn completion_percent(accepted: i64, excused: i64, completed: i64) -> Option<Decimal> {
    let expected = accepted - excused;
    if expected <= 0 {
        return None;
    }
    let share = Decimal::from(completed.clamp(0, expected)) * Decimal::from(100) / Decimal::from(expected);
    Some(share.round_dp_with_strategy(1, RoundingStrategy::MidpointAwayFromZero))
}

/// Length of a bar on a scale from 0 to `most`.
///
/// Units: pixels of a chart that is `width` wide.
#[must_use]
pub fn bar(value: Decimal, most: Decimal, width: u32) -> u32 {
    use rust_decimal::prelude::ToPrimitive;
    if most <= Decimal::ZERO {
        return 0;
    }
    (value.clamp(Decimal::ZERO, most) * Decimal::from(width) / most).round().to_u32().unwrap_or(0)
}
