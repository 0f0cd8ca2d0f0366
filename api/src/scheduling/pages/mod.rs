//! HTML door of scheduling: the agenda, an activity and its sessions, venues and crossing points.

mod activities;
mod agenda;
mod places;
mod sessions;

use super::{ActivitySummaryView, Clash, SessionView};
use crate::platform::Problem;
use crate::platform::page::Page;
use crate::platform::problem::FieldError;
use chrono::{DateTime, Utc};
use entity::scheduling::{ActivityState, CrossingStatus};
use poem::http::StatusCode;
use poem::{Route, get, post};
use serde::Deserialize;
use std::collections::HashMap;
use std::str::FromStr;

/// The pages.
pub fn routes(route: Route) -> Route {
    route
        .at("/activities", get(agenda::agenda))
        .at("/activities/new", get(activities::new_form).post(activities::save_plan))
        .at("/activities/:id", get(activities::show_activity))
        .at("/activities/:id/change", get(activities::change_form).post(activities::save_change))
        .at("/activities/:id/state-changes", post(activities::move_on))
        .at("/activities/:id/conversion", post(activities::convert))
        .at("/activities/:id/staff", post(activities::add_staff))
        .at("/activities/:id/staff/removal", post(activities::remove_staff))
        .at("/activities/:id/sessions/new", get(sessions::new_form).post(sessions::add))
        .at("/sessions/:id/change", get(sessions::change_form).post(sessions::change))
        .at("/sessions/:id/cancellation", get(sessions::cancel_form).post(sessions::cancel))
        .at("/venues", get(places::venue_list))
        .at("/venues/new", get(places::new_venue_form).post(places::add_venue))
        .at("/crossing-points", get(places::point_list))
        .at("/crossing-points/:id", get(places::show_point))
        .at("/crossing-points/:id/statuses", post(places::add_status))
}

/// What was typed into a form, by the names of its fields.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Sheet(HashMap<String, String>);

impl Sheet {
    /// What stands in a field.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |text| text.trim())
    }
    /// What stands in a field of a numbered row.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    pub(crate) fn row(&self, number: &usize, name: &str) -> &str {
        self.get(&format!("session-{number}-{name}"))
    }
    /// Whether a choice is this one.
    pub(crate) fn is<T: ToString>(&self, name: &str, value: &T) -> bool {
        self.get(name) == value.to_string()
    }
    fn set(&mut self, name: &str, value: impl ToString) {
        self.0.insert(name.to_owned(), value.to_string());
    }
    fn text(&self, name: &str) -> Option<String> {
        Some(self.get(name).to_owned()).filter(|text| !text.is_empty())
    }
    fn read<T: FromStr>(&self, name: &str) -> Option<T> {
        self.get(name).parse().ok()
    }
}

/// Notes a field that is missing or cannot be read.
fn needed<T>(problem: &mut Problem, pointer: &str, value: Option<T>) -> Option<T> {
    if value.is_none() {
        let told = std::mem::replace(problem, Problem::invalid());
        *problem = told.field(pointer, "is required");
    }
    value
}

/// Whether a problem belongs back into its form.
fn mendable(problem: &Problem) -> bool {
    matches!(
        problem.status(),
        StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY | StatusCode::PRECONDITION_FAILED
    )
}

/// The field of a form that was refused: `/sessions/0/starts_local` is `session-1-starts_local`.
pub(crate) fn faulty(fault: &FieldError) -> Option<String> {
    let parts: Vec<&str> = fault.pointer.as_deref()?.split('/').skip(1).collect();
    match parts.as_slice() {
        ["sessions", row, field] => row.parse::<usize>().ok().map(|row| format!("session-{}-{field}", row + 1)),
        [field, ..] if !field.is_empty() => Some((*field).to_owned()),
        _ => None,
    }
}

/// The label of a refused field.
pub(crate) fn label(page: &Page, field: &str) -> String {
    let mut parts = field.splitn(3, '-');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("session"), Some(row), Some(name)) => {
            format!("{} {row}, {}", page.t("scheduling-session"), page.word("scheduling", name))
        }
        _ => page.word("scheduling", field),
    }
}

/// The clashes a refusal tells, as `who: activity, from – until`.
pub(crate) fn told_clashes(page: &Page, problem: &Problem) -> Vec<String> {
    let facts = problem.body().facts;
    let clashes = facts.get("clashes").and_then(|value| value.as_array().cloned()).unwrap_or_default();
    let line = |clash: serde_json::Value| {
        let text = |name: &str| clash[name].as_str().unwrap_or_default().to_owned();
        let at = |name: &str| text(name).parse::<DateTime<Utc>>().map(|at| page.instant(&at, HOME_ZONE));
        let from = at("starts_at").unwrap_or_default();
        format!("{}: {}, {from}", text("who"), text("activity"))
    };
    clashes.into_iter().map(line).collect()
}

/// A clash in a line.
pub(crate) fn clash_line(page: &Page, clash: &Clash) -> String {
    format!("{}: {}, {}", clash.who, clash.activity, page.instant(&clash.starts_at, HOME_ZONE))
}

/// The zone of what belongs to no place.
pub(crate) const HOME_ZONE: &str = "Europe/Riga";

/// When a session is held, on the wall clock of its zone.
pub(crate) fn when(page: &Page, session: &SessionView) -> String {
    span(page, session.starts_at, session.ends_at, &session.zone)
}

/// A span of time: day and times, or two days.
pub(crate) fn span(page: &Page, starts_at: DateTime<Utc>, ends_at: DateTime<Utc>, zone: &str) -> String {
    let tz = super::rules::zone(zone).unwrap_or(chrono_tz::Europe::Riga);
    let (first, last) = (starts_at.with_timezone(&tz).date_naive(), ends_at.with_timezone(&tz).date_naive());
    if first == last {
        format!("{}, {}–{}", page.date(&first), page.time(&starts_at, zone), page.time(&ends_at, zone))
    } else {
        format!("{} – {}", page.date(&first), page.date(&last))
    }
}

/// How far a zone is from UTC at an instant, as `UTC+02:00`.
pub(crate) fn offset(at: &DateTime<Utc>, zone: &str) -> String {
    let tz = super::rules::zone(zone).unwrap_or(chrono_tz::Europe::Riga);
    format!("UTC{}", at.with_timezone(&tz).format("%:z"))
}

/// The colour of a crossing point's status.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
pub(crate) fn crossing_badge(status: &CrossingStatus) -> &'static str {
    match status {
        CrossingStatus::Open => "good",
        CrossingStatus::Restricted | CrossingStatus::Suspended => "warn",
        CrossingStatus::Closed => "bad",
    }
}

/// Zones offered first in forms; any other IANA name may be typed.
pub(crate) const ZONES: &[&str] = &[
    "Europe/Riga",
    "Europe/Minsk",
    "Europe/Kyiv",
    "Europe/Warsaw",
    "Europe/Vienna",
    "Europe/Bratislava",
    "Europe/Vilnius",
    "Europe/Tallinn",
];

/// A wall time in the form of a field `datetime-local`.
fn to_the_minute(wall: &str) -> String {
    wall.get(..16).unwrap_or(wall).to_owned()
}

/// The days of an activity in a list.
pub(crate) fn days(page: &Page, one: &ActivitySummaryView) -> String {
    match (one.starts_at, one.ends_at, one.planned_from_on) {
        (Some(start), Some(end), _) => span(page, start, end, one.zone.as_deref().unwrap_or(HOME_ZONE)),
        (_, _, Some(day)) => page.date(&day),
        _ => "–".to_owned(),
    }
}

/// The day of a session on the wall calendar of its zone.
pub(crate) fn day_of(session: &SessionView) -> &str {
    session.starts_local.get(..10).unwrap_or_default()
}

/// A number of seats in words.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
pub(crate) fn seats(page: &Page, seats: &i32) -> String {
    page.count("scheduling-seats", *seats)
}

/// A number of places on the reserve list in words.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
pub(crate) fn reserve(page: &Page, seats: &i32) -> String {
    page.count("scheduling-reserve", *seats)
}

/// Whether a step asks for a reason.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
pub(crate) fn asks_why(state: &ActivityState) -> bool {
    super::rules::needs_reason(*state)
}

/// The text of a refusal in the reader's language.
pub(crate) fn reason_key(problem: &Problem) -> String {
    match problem.code().strip_prefix("scheduling/") {
        Some(code) => format!("scheduling-refused-{code}"),
        None if problem.is("changed-meanwhile") => "problem-text-412".to_owned(),
        None => "problem-text-422".to_owned(),
    }
}
