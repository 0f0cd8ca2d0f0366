//! HTML door of identity, one file per use case, and the key to every other page: [`SignedIn`].

mod administration;
mod list;
mod organise;
mod own;
mod people;
mod setting;
mod sign_in;

use super::access::Actor;
use super::{OrganisationView, UnitView};
use crate::platform::page::Page;
use crate::platform::{App, Problem};
use chrono::{DateTime, Days, Duration, NaiveDate, NaiveTime, TimeZone, Utc};
use entity::id::{OrganisationId, UnitId};
use entity::identity::{AccountState, ImportOutcome, PersonState};
use poem::http::{HeaderValue, StatusCode, header};
use poem::{FromRequest, Request, RequestBody, Response, Route};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::ops::Deref;
use std::str::FromStr;
use std::sync::Arc;

/// The zone in which days of the pages begin and end.
const ZONE: chrono_tz::Tz = chrono_tz::Europe::Riga;

/// The signed-in actor of a page; nobody is led to the sign-in page.
pub struct SignedIn(pub Arc<Actor>);

impl Deref for SignedIn {
    type Target = Actor;
    fn deref(&self) -> &Actor {
        &self.0
    }
}

impl<'a> FromRequest<'a> for SignedIn {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        let actor = request.data::<Arc<Actor>>().ok_or_else(Problem::unauthenticated)?;
        Ok(Self(actor.clone()))
    }
}

/// The pages.
pub fn routes(route: Route) -> Route {
    let route = sign_in::routes(route);
    let route = own::routes(route);
    let route = people::routes(route);
    let route = list::routes(route);
    let route = organise::routes(route);
    let route = administration::routes(route);
    setting::routes(route)
}

/// A form without fields.
#[derive(Deserialize)]
struct Bare {}

/// What refused a form, for showing it again with every fault in its place.
#[derive(Clone, Copy, Default)]
pub struct Refused<'a>(Option<&'a Problem>);

impl<'a> Refused<'a> {
    fn by(problem: &'a Problem) -> Self {
        Self(Some(problem))
    }
    /// The problem itself.
    pub fn problem(self) -> Option<&'a Problem> {
        self.0
    }
    /// What is wrong with a field, in one line; nothing when it will do.
    pub fn of(self, field: &str) -> String {
        let faults = self.0.map(Problem::errors).unwrap_or_default().iter();
        let here = faults.filter(|f| f.pointer.as_deref().is_some_and(|p| p.strip_prefix('/') == Some(field)));
        here.map(|f| f.detail.as_str()).collect::<Vec<_>>().join("; ")
    }
    /// The status of the answer.
    fn status(self) -> StatusCode {
        self.0.map_or(StatusCode::OK, Problem::status)
    }
}

/// Whether a form is shown again with what was refused; any other problem is a page of its own.
fn is_for_the_form(problem: &Problem) -> bool {
    matches!(problem.status(), StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY)
}

/// The field that a fault is about.
pub fn faulty(fault: &crate::platform::problem::FieldError) -> Option<&str> {
    fault.pointer.as_deref().and_then(|pointer| pointer.split('/').nth(1)).filter(|field| !field.is_empty())
}

/// Reads the texts of a form and collects what does not fit, by field.
#[derive(Default)]
struct Reading(Vec<(&'static str, String)>);

impl Reading {
    /// A value that may be left out; an empty text is none.
    fn maybe<T: FromStr>(&mut self, field: &'static str, text: &str) -> Option<T> {
        let text = text.trim();
        let value = text.parse().ok();
        if value.is_none() && !text.is_empty() {
            self.0.push((field, "does not have the right form".to_owned()));
        }
        value.filter(|_| !text.is_empty())
    }
    /// A value that must be there.
    fn one<T: FromStr>(&mut self, field: &'static str, text: &str) -> Option<T> {
        if text.trim().is_empty() {
            self.0.push((field, "is required".to_owned()));
        }
        self.maybe(field, text)
    }
    /// The problem of everything collected.
    fn problem(self) -> Problem {
        self.0.into_iter().fold(Problem::invalid(), |p, (field, why)| p.field(format!("/{field}"), why))
    }
}

/// A text of a form; an empty one is none.
fn text(typed: &str) -> Option<String> {
    Some(typed.trim().to_owned()).filter(|text| !text.is_empty())
}

/// The instant at which a day ends.
fn end_of(day: NaiveDate) -> DateTime<Utc> {
    let next = day.checked_add_days(Days::new(1)).unwrap_or(day).and_time(NaiveTime::MIN);
    ZONE.from_local_datetime(&next).earliest().map_or_else(|| next.and_utc(), |at| at.with_timezone(&Utc))
}

/// The day on which an instant falls.
fn day_of(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&ZONE).date_naive()
}

/// One choice of a select.
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// Whether it is the one chosen.
    pub picked: bool,
}

impl Choice {
    fn new(value: impl ToString, label: impl Into<String>, chosen: &str) -> Self {
        let value = value.to_string();
        Self { picked: value == chosen, value, label: label.into() }
    }
}

/// States or kinds in the reader's language.
fn words<T: Copy + ToString>(page: &Page, family: &str, all: &[T], chosen: &str) -> Vec<Choice> {
    all.iter().map(|one| Choice::new(one.to_string(), page.word(family, *one), chosen)).collect()
}

/// As [`words`], after a choice of none.
fn words_or_none<T: Copy + ToString>(page: &Page, family: &str, all: &[T], chosen: &str) -> Vec<Choice> {
    let mut choices = vec![Choice::new("", page.t("identity-not-said"), chosen)];
    choices.extend(words(page, family, all, chosen));
    choices
}

/// Choices under a heading.
pub struct Group {
    /// The heading.
    pub label: String,
    /// What is below it.
    pub choices: Vec<Choice>,
}

/// What organisations and units there are, for choosing one and for saying where somebody belongs.
pub struct Places {
    /// By code.
    pub organisations: Vec<OrganisationView>,
    /// By code.
    pub units: Vec<UnitView>,
}

impl Places {
    async fn read(app: &App, me: &Actor) -> Result<Self, Problem> {
        let organisations = super::organisations(app, me, Some(200), None).await?.items;
        Ok(Self { organisations, units: super::all_units(app, me).await? })
    }
    /// The name of an organisation.
    pub fn organisation(&self, id: &OrganisationId) -> &str {
        self.organisations.iter().find(|o| o.id == *id).map_or("", |o| o.name.as_str())
    }
    /// The name of a unit.
    pub fn unit(&self, id: &UnitId) -> &str {
        self.units.iter().find(|u| u.id == *id).map_or("", |u| u.name.as_str())
    }
    /// Where a unit stands, highest first.
    pub fn path(&self, id: &UnitId) -> String {
        super::unit_path(&self.units, *id).join(" › ")
    }
    /// The organisations that are in question, as choices.
    fn choose_organisation(&self, chosen: &str, fits: impl Fn(OrganisationId) -> bool) -> Vec<Choice> {
        let fitting = self.organisations.iter().filter(|o| fits(o.id));
        fitting.map(|o| Choice::new(o.id, o.name.as_str(), chosen)).collect()
    }
    /// The units of the organisations that are in question, each set in as deep as it stands.
    fn choose_unit(&self, chosen: &str, fits: impl Fn(&UnitView) -> bool) -> Vec<Group> {
        let group = |o: &OrganisationView| Group {
            label: o.name.clone(),
            choices: self
                .tree(&o.id)
                .into_iter()
                .filter(|(_, unit)| fits(unit))
                .map(|(depth, unit)| {
                    Choice::new(unit.id, format!("{}{} ({})", "– ".repeat(depth), unit.name, unit.code), chosen)
                })
                .collect(),
        };
        self.organisations.iter().map(group).filter(|group| !group.choices.is_empty()).collect()
    }
    /// The units of an organisation as they stand in the tree today, with their depth.
    pub fn tree(&self, organisation: &OrganisationId) -> Vec<(usize, &UnitView)> {
        let here: Vec<&UnitView> = self.units.iter().filter(|u| u.organisation_id == *organisation).collect();
        let known: HashMap<UnitId, &UnitView> = here.iter().map(|u| (u.id, *u)).collect();
        let mut below: BTreeMap<Option<UnitId>, Vec<&UnitView>> = BTreeMap::new();
        for unit in &here {
            below.entry(unit.parent_id.filter(|id| known.contains_key(id))).or_default().push(unit);
        }
        let mut tree = Vec::with_capacity(here.len());
        let mut ahead: Vec<(usize, &UnitView)> =
            below.get(&None).into_iter().flatten().rev().map(|u| (0, *u)).collect();
        while let Some((depth, unit)) = ahead.pop().filter(|_| tree.len() < here.len()) {
            tree.push((depth, unit));
            ahead.extend(below.get(&Some(unit.id)).into_iter().flatten().rev().map(|u| (depth + 1, *u)));
        }
        tree
    }
}

/// A file to be kept by the reader.
fn download(bytes: Vec<u8>, media_type: &str, name: &str) -> Response {
    let mut response = Response::builder().header(header::CONTENT_TYPE, media_type).body(bytes);
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// The query of a list's next page: its filters, as they are not empty, and the cursor.
fn next_query(filters: &[(&str, &str)], cursor: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::from("?"));
    query.extend_pairs(filters.iter().filter(|(_, value)| !value.is_empty()));
    query.append_pair("cursor", cursor).finish()
}

/// The colour of a person's state.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
pub fn person_badge(state: &PersonState) -> &'static str {
    match state {
        PersonState::Active => "good",
        PersonState::Deactivated => "neutral",
    }
}

/// The colour of an account's state.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
pub fn account_badge(state: &AccountState) -> &'static str {
    match state {
        AccountState::Invited => "info",
        AccountState::Active => "good",
        AccountState::Suspended => "warn",
    }
}

/// The colour of what an import does.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
pub fn import_badge(outcome: &ImportOutcome) -> &'static str {
    match outcome {
        ImportOutcome::Created => "good",
        ImportOutcome::Changed => "info",
        ImportOutcome::Unchanged => "neutral",
        ImportOutcome::Deactivated => "warn",
        ImportOutcome::Refused => "bad",
    }
}

/// An instant as these pages show it.
pub fn at(page: &Page, instant: &DateTime<Utc>) -> String {
    page.instant(instant, ZONE.name())
}

/// The day on which an instant falls, or the last one of what ends then.
pub fn day(page: &Page, instant: &DateTime<Utc>) -> String {
    page.date(&day_of(*instant - Duration::seconds(1)))
}

/// The last day before one on which something no longer holds.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
pub fn day_before(page: &Page, until: &NaiveDate) -> String {
    page.date(&until.pred_opt().unwrap_or(*until))
}

/// How deep a row is set in, as far as the stylesheet goes.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
pub fn shallow(depth: &usize) -> usize {
    *depth.min(&6)
}

/// A secret in groups of four, easier to type.
pub fn in_fours(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// Whether the reader's navigation leads there.
pub fn leads(page: &Page, href: &str) -> bool {
    page.nav().iter().any(|item| item.href == href)
}

/// What a program that signed in is, as it calls itself: browser and system, where they are known.
pub fn device(page: &Page, agent: &str) -> String {
    const BROWSERS: &[(&str, &str)] =
        &[("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")];
    const SYSTEMS: &[(&str, &str)] = &[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let find = |known: &[(&str, &'static str)]| known.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, n)| *n);
    match (find(BROWSERS), find(SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) if agent.is_empty() => page.t("identity-unknown-device"),
        (None, None) => agent.chars().take(60).collect(),
    }
}
