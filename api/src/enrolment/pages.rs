//! HTML door of enrolment: the roster of an activity, and one's own enrolments.

use super::{
    Candidate, EligibilityView, EnrolmentView, NewNomination, ObstacleView, Prospect, RosterLine, RosterView,
    Selection, WithReason,
};
use crate::identity::pages::SignedIn;
use crate::platform::page::{Form, Page};
use crate::platform::{App, Problem};
use askama::Template;
use chrono::DateTime;
use entity::enrolment::{EnrolmentState, QueueClass};
use entity::id::{ActivityId, EnrolmentId, PersonId};
use poem::http::StatusCode;
use poem::web::{Data, Path};
use poem::{Response, Route, get, handler, post};
use serde::Deserialize;

/// The zone in which instants are shown that belong to no session.
const ZONE: &str = "Europe/Riga";

/// The pages.
pub fn routes(route: Route) -> Route {
    route
        .at("/activities/:id/roster", get(roster))
        .at("/activities/:id/enrolments", post(enrol))
        .at("/activities/:id/nominations", post(nominate))
        .at("/enrolments", get(mine))
        .at("/enrolments/:id/endorsement", post(endorse))
        .at("/enrolments/:id/selection", post(select))
        .at("/enrolments/:id/decline", post(decline))
        .at("/enrolments/:id/withdrawal", post(withdraw))
}

/// The colour of an enrolment's state.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
fn badge(state: &EnrolmentState) -> &'static str {
    match state {
        EnrolmentState::Nominated | EnrolmentState::Endorsed => "info",
        EnrolmentState::Confirmed | EnrolmentState::AttendedFull => "good",
        EnrolmentState::Reserve | EnrolmentState::AttendedPartial => "warn",
        EnrolmentState::NoShow | EnrolmentState::ActivityCancelled => "bad",
        EnrolmentState::Declined | EnrolmentState::Withdrawn | EnrolmentState::Excused => "neutral",
    }
}

/// An obstacle in the reader's language, with its facts as people write them.
fn obstacle(page: &Page, view: &ObstacleView) -> String {
    let word = |name: &str, family: &str, value: &str| match name {
        "state" | "status" | "accepts" => page.word(family, value),
        _ => {
            DateTime::parse_from_rfc3339(value).map_or_else(|_| value.to_owned(), |at| page.instant(&at.to_utc(), ZONE))
        }
    };
    let facts: Vec<(&str, String)> = view
        .facts
        .iter()
        .map(|(name, value)| {
            let family = match name.as_str() {
                "state" => "state",
                "status" => "enrolment-standing",
                _ => "enrolment-accepts",
            };
            (name.as_str(), word(name, family, value.as_str().unwrap_or_default()))
        })
        .collect();
    let stem = view.code.rsplit('/').next().unwrap_or_default();
    page.tn(&format!("enrolment-obstacle-{stem}"), &facts)
}

/// Why an act was refused, in the reader's language, one sentence each.
fn refusals(page: &Page, problem: &Problem) -> Vec<String> {
    let body = problem.body();
    if let Some(obstacles) = body.facts.get("obstacles") {
        let views: Vec<ObstacleView> = serde_json::from_value(obstacles.clone()).unwrap_or_default();
        return views.iter().map(|view| obstacle(page, view)).collect();
    }
    let key = format!("enrolment-refusal-{}", body.code.rsplit('/').next().unwrap_or_default());
    let text = page.t(&key);
    if text != key {
        return vec![text];
    }
    let faults: Vec<String> = problem.errors().iter().map(|fault| fault.detail.clone()).collect();
    if faults.is_empty() { vec![problem.message()] } else { faults }
}

#[derive(Template)]
#[template(path = "enrolment/roster.html")]
struct RosterPage<'a> {
    page: &'a Page,
    view: RosterView,
    candidates: Vec<Candidate>,
    /// Whether the reader can get in; nothing when they are in.
    eligibility: Option<EligibilityView>,
    refusals: Vec<String>,
}

impl RosterPage<'_> {
    /// The lists that have somebody on them: what waits for a decision first.
    fn sections(&self) -> Vec<(&'static str, &[RosterLine])> {
        let view = &self.view;
        let all: [(&str, &[RosterLine]); 5] = [
            ("endorsed", &view.endorsed),
            ("nominated", &view.nominated),
            ("seated", &view.seated),
            ("reserve", &view.reserve),
            ("over", &view.over),
        ];
        all.into_iter().filter(|(_, lines)| !lines.is_empty()).collect()
    }
    /// Whether the reader sees more than themselves.
    fn sees_others(&self) -> bool {
        let own = self.view.own.as_ref().map(|own| own.view.id);
        let mut lines = self.sections().into_iter().flat_map(|(_, lines)| lines);
        self.view.is_whole || lines.any(|line| Some(line.view.id) != own)
    }
}

async fn show(
    page: &Page,
    app: &App,
    me: &SignedIn,
    id: ActivityId,
    problem: Option<&Problem>,
) -> Result<Response, Problem> {
    let view = super::roster(app, me, id).await?;
    let eligibility = match view.own {
        Some(_) => None,
        None => Some(super::eligibility(app, me, id, None).await?),
    };
    let candidates = super::candidates(app, me, id).await?;
    let refusals = problem.map(|problem| refusals(page, problem)).unwrap_or_default();
    let status = problem.map_or(StatusCode::OK, Problem::status);
    page.render_with(status, &RosterPage { page, view, candidates, eligibility, refusals })
}

#[handler]
async fn roster(page: Page, app: Data<&App>, me: SignedIn, Path(id): Path<ActivityId>) -> Result<Response, Problem> {
    show(&page, &app, &me, id, None).await
}

/// Leads on after an act, or shows the roster again with what refused it.
async fn after(
    page: &Page,
    app: &App,
    me: &SignedIn,
    activity: ActivityId,
    outcome: Result<EnrolmentView, Problem>,
    message: &str,
) -> Result<Response, Problem> {
    match outcome {
        Ok(view) => {
            let message = match (message, view.state) {
                ("enrolment-placed", EnrolmentState::Reserve) => "enrolment-placed-reserve",
                (message, _) => message,
            };
            Ok(page.see_other(&format!("/activities/{activity}/roster"), message))
        }
        Err(problem) if matches!(problem.status(), StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY) => {
            show(page, app, me, activity, Some(&problem)).await
        }
        Err(problem) => Err(problem),
    }
}

#[derive(Deserialize)]
struct Nothing {}

#[handler]
async fn enrol(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<ActivityId>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, Problem> {
    let outcome = super::enrol(&app, &me, id).await;
    after(&page, &app, &me, id, outcome, "enrolment-placed").await
}

#[derive(Deserialize)]
struct NominationForm {
    #[serde(default)]
    person_id: String,
    #[serde(default)]
    priority: String,
    #[serde(default)]
    reason: String,
}

impl NominationForm {
    fn command(&self, page: &Page) -> Result<NewNomination, Problem> {
        let person_id: PersonId = self
            .person_id
            .parse()
            .map_err(|_| Problem::invalid().field("/person_id", page.t("enrolment-choose-person")))?;
        let reason = Some(self.reason.trim().to_owned()).filter(|text| !text.is_empty());
        if reason.as_ref().is_some_and(|text| text.chars().count() > 1000) {
            return Err(Problem::invalid().field("/reason", page.t("enrolment-reason-needed")));
        }
        Ok(NewNomination { person_id, priority: self.priority.parse().ok(), reason })
    }
}

#[handler]
async fn nominate(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<ActivityId>,
    Form(form): Form<NominationForm>,
) -> Result<Response, Problem> {
    let outcome = match form.command(&page) {
        Ok(wish) => super::nominate(&app, &me, id, wish).await,
        Err(problem) => Err(problem),
    };
    after(&page, &app, &me, id, outcome, "enrolment-nominated").await
}

#[handler]
async fn endorse(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<EnrolmentId>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, Problem> {
    let activity = super::enrolment(&app, &me, id).await?.activity_id;
    let outcome = super::endorse(&app, &me, id).await;
    after(&page, &app, &me, activity, outcome, "enrolment-endorsed").await
}

#[derive(Deserialize)]
struct SelectionForm {
    #[serde(default)]
    priority: String,
}

#[handler]
async fn select(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<EnrolmentId>,
    Form(form): Form<SelectionForm>,
) -> Result<Response, Problem> {
    let activity = super::enrolment(&app, &me, id).await?.activity_id;
    let outcome = super::select(&app, &me, id, Selection { priority: form.priority.parse().ok() }).await;
    after(&page, &app, &me, activity, outcome, "enrolment-selected").await
}

#[derive(Deserialize)]
struct ReasonForm {
    #[serde(default)]
    reason: String,
}

impl ReasonForm {
    fn command(&self, page: &Page) -> Result<WithReason, Problem> {
        let reason = self.reason.trim().to_owned();
        if (3..=1000).contains(&reason.chars().count()) {
            Ok(WithReason { reason })
        } else {
            Err(Problem::invalid().field("/reason", page.t("enrolment-reason-needed")))
        }
    }
}

#[handler]
async fn decline(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<EnrolmentId>,
    Form(form): Form<ReasonForm>,
) -> Result<Response, Problem> {
    let activity = super::enrolment(&app, &me, id).await?.activity_id;
    let outcome = match form.command(&page) {
        Ok(wanted) => super::decline(&app, &me, id, wanted).await,
        Err(problem) => Err(problem),
    };
    after(&page, &app, &me, activity, outcome, "enrolment-declined").await
}

#[handler]
async fn withdraw(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<EnrolmentId>,
    Form(form): Form<ReasonForm>,
) -> Result<Response, Problem> {
    let activity = super::enrolment(&app, &me, id).await?.activity_id;
    let outcome = match form.command(&page) {
        Ok(wanted) => super::withdraw(&app, &me, id, wanted).await,
        Err(problem) => Err(problem),
    };
    after(&page, &app, &me, activity, outcome, "enrolment-withdrawn").await
}

#[derive(Template)]
#[template(path = "enrolment/own.html")]
struct OwnPage<'a> {
    page: &'a Page,
    own: Vec<EnrolmentView>,
    to_endorse: Vec<EnrolmentView>,
    commands: bool,
}

#[handler]
async fn mine(page: Page, app: Data<&App>, me: SignedIn) -> Result<Response, Problem> {
    let own = super::own_enrolments(&app, &me).await?;
    let to_endorse = super::to_endorse(&app, &me).await?;
    let commands = !me.reach(crate::identity::Action::Endorse).is_nothing();
    page.render(&OwnPage { page: &page, own, to_endorse, commands })
}
