//! Public verification: anybody who has a number may ask, slowly.

use super::super::{VerificationView, rules};
use super::read::held;
use crate::platform::{App, Problem};
use chrono::{DateTime, Utc};
use entity::certification::{CertificationStatus, certificate, period, scheme_version};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;

/// Questions an address may ask at once.
const BURST: i64 = 30;
/// Seconds until an address may ask one more.
const SECONDS_EACH: i64 = 2;
/// Addresses remembered before those that have rested are forgotten.
const REMEMBERED: usize = 10_000;

/// Since when each address would have a full bucket again.
#[derive(Default)]
struct Buckets(Mutex<HashMap<IpAddr, DateTime<Utc>>>);

/// An IPv6 subscriber has a whole /64: it counts as one.
fn household(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => {
            let mut parts = v6.segments();
            parts[4..].fill(0);
            IpAddr::from(parts)
        }
        IpAddr::V4(_) => address,
    }
}

fn count(app: &App, address: IpAddr) -> Result<(), Problem> {
    let now = app.now();
    let memory = app.memory::<Buckets>();
    let mut buckets = memory.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if buckets.len() > REMEMBERED {
        buckets.retain(|_, full_at| *full_at > now);
    }
    let full_at = buckets.entry(household(address)).or_insert(now);
    let next = (*full_at).max(now) + chrono::Duration::seconds(SECONDS_EACH);
    let over = (next - now).num_seconds() - BURST * SECONDS_EACH;
    if over > 0 {
        return Err(Problem::too_many(u64::try_from(over).unwrap_or(1)));
    }
    *full_at = next;
    Ok(())
}

/// What anybody may know of a certificate by its number, also when it is over or revoked.
///
/// # Errors
/// `not-found` · 429
pub async fn verification(app: &App, number: &str, address: IpAddr) -> Result<VerificationView, Problem> {
    count(app, address)?;
    let unknown = || Problem::not_found().detail("There is no certificate with this number.");
    let number = rules::typed_number(number).ok_or_else(unknown)?;
    let row = certificate::Entity::find().filter(certificate::Column::Number.eq(number)).one(app.db()).await?;
    let row = row.ok_or_else(unknown)?;
    let period = period::Entity::find_by_id(row.period_id).one(app.db()).await?.ok_or_else(unknown)?;
    let rule = scheme_version::Entity::find_by_id(period.scheme_version_id).one(app.db()).await?;
    let rule = rule.ok_or_else(unknown)?;
    let status = match rules::standing(&held(&period), rules::local_day(app.now())) {
        // That it may be renewed is between holder and awarding body.
        CertificationStatus::Renewable => CertificationStatus::Valid,
        status => status,
    };
    Ok(VerificationView {
        name: row.holder_name,
        scheme_title: rule.title,
        valid_from_on: period.valid_from_on,
        valid_until_on: period.valid_until_on,
        status,
        awarding_body: rule.awarding_body,
    })
}
