//! HTML door of framework: competence frameworks, and the register of recommendations.

use super::{
    FrameworkSummaryView, FrameworkView, NewRecommendation, NewStatusChange, OutcomeView, RecommendationFilter,
    RecommendationView, rules,
};
use crate::identity::pages::SignedIn;
use crate::identity::{Action, Scope};
use crate::platform::page::{Form, Page};
use crate::platform::problem::FieldError;
use crate::platform::{App, ListPage, Problem};
use askama::Template;
use chrono::NaiveDate;
use entity::framework::{FrameworkState, Priority, RecommendationState, SourceType};
use entity::id::{FrameworkId, RecommendationId};
use poem::http::StatusCode;
use poem::web::{Data, Path, Query};
use poem::{Response, Route, get, handler, post};
use serde::{Deserialize, Deserializer};

/// The pages.
pub fn routes(route: Route) -> Route {
    route
        .at("/frameworks", get(frameworks))
        .at("/recommendations", get(recommendations))
        .at("/recommendations/new", get(new_form).post(record))
        .at("/recommendations/:id", get(recommendation))
        .at("/recommendations/:id/status-changes", post(move_on))
}

/// A choice of a form; an empty one is none.
fn chosen<'de, D: Deserializer<'de>, T: std::str::FromStr>(deserializer: D) -> Result<Option<T>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.filter(|text| !text.is_empty()).and_then(|text| text.parse().ok()))
}

/// Whether a choice of a form is this one.
#[expect(clippy::ref_option, reason = "templates pass references")]
fn is<T: PartialEq>(choice: &Option<T>, value: &T) -> bool {
    choice.as_ref() == Some(value)
}

/// The colour of a recommendation's state.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
fn badge(state: &RecommendationState) -> &'static str {
    match state {
        RecommendationState::Received | RecommendationState::Rejected => "neutral",
        RecommendationState::Accepted | RecommendationState::PartiallyAccepted | RecommendationState::InProgress => {
            "info"
        }
        RecommendationState::Implemented => "warn",
        RecommendationState::VerifiedClosed => "good",
    }
}

/// The colour of a priority.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
fn urgency(priority: &Priority) -> &'static str {
    match priority {
        Priority::Low => "neutral",
        Priority::Medium => "info",
        Priority::High => "warn",
    }
}

/// The field of the form that was refused.
fn faulty(fault: &FieldError) -> Option<&str> {
    fault.pointer.as_deref().and_then(|pointer| pointer.split('/').nth(1)).filter(|field| !field.is_empty())
}

/// Outcomes of a framework by area, in order.
fn areas(view: &FrameworkView) -> Vec<(&str, Vec<&OutcomeView>)> {
    let mut areas: Vec<(&str, Vec<&OutcomeView>)> = Vec::new();
    for outcome in &view.outcomes {
        match areas.iter_mut().find(|(area, _)| *area == outcome.area) {
            Some((_, outcomes)) => outcomes.push(outcome),
            None => areas.push((&outcome.area, vec![outcome])),
        }
    }
    areas
}

#[derive(Deserialize)]
struct Edition {
    #[serde(default, deserialize_with = "chosen")]
    id: Option<FrameworkId>,
}

#[derive(Template)]
#[template(path = "framework/frameworks.html")]
struct FrameworksPage<'a> {
    page: &'a Page,
    editions: Vec<FrameworkSummaryView>,
    view: Option<FrameworkView>,
    sees_recommendations: bool,
}

#[handler]
async fn frameworks(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Query(wanted): Query<Edition>,
) -> Result<Response, Problem> {
    let editions = super::frameworks(&app, &me, Some(200), None).await?.items;
    let in_force = editions.iter().find(|edition| edition.state == FrameworkState::Published);
    let id = wanted.id.or(in_force.or(editions.first()).map(|edition| edition.id));
    let view = match id {
        Some(id) => Some(super::framework(&app, &me, id).await?),
        None => None,
    };
    let sees_recommendations = !me.reach(Action::ViewRecommendations).is_nothing();
    page.render(&FrameworksPage { page: &page, editions, view, sees_recommendations })
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default, deserialize_with = "chosen")]
    state: Option<RecommendationState>,
    #[serde(default, deserialize_with = "chosen")]
    priority: Option<Priority>,
    #[serde(default, deserialize_with = "chosen")]
    overdue: Option<bool>,
    #[serde(default)]
    cursor: Option<String>,
}

impl Wanted {
    /// The query of the next page, with the same filters.
    fn next(&self, cursor: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::from("?"));
        if let Some(state) = self.state {
            query.append_pair("state", state.word());
        }
        if let Some(priority) = self.priority {
            query.append_pair("priority", priority.word());
        }
        if let Some(overdue) = self.overdue {
            query.append_pair("overdue", if overdue { "true" } else { "false" });
        }
        query.append_pair("cursor", cursor).finish()
    }
}

#[derive(Template)]
#[template(path = "framework/recommendations.html")]
struct RecommendationsPage<'a> {
    page: &'a Page,
    list: ListPage<RecommendationView>,
    wanted: &'a Wanted,
    manages: bool,
}

#[handler]
async fn recommendations(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let filter = RecommendationFilter {
        state: wanted.state,
        overdue: wanted.overdue.filter(|overdue| *overdue),
        priority: wanted.priority,
        unit_id: None,
    };
    let list = super::recommendations(&app, &me, filter, None, wanted.cursor.as_deref()).await?;
    let manages = !me.reach(Action::ManageRecommendations).is_nothing();
    page.render(&RecommendationsPage { page: &page, list, wanted: &wanted, manages })
}

#[derive(Template)]
#[template(path = "framework/recommendation.html")]
struct RecommendationPage<'a> {
    page: &'a Page,
    view: RecommendationView,
    /// What the reader may move it to.
    steps: Vec<RecommendationState>,
    reason: &'a str,
    problem: Option<&'a Problem>,
}

async fn show(
    page: &Page,
    app: &App,
    me: &SignedIn,
    id: RecommendationId,
    refused: Option<(&str, &Problem)>,
) -> Result<Response, Problem> {
    let view = super::recommendation(app, me, id).await?;
    let scope = match (view.organisation_id, view.unit_id) {
        (Some(organisation), Some(unit)) => Scope::unit(organisation, unit),
        (Some(organisation), None) => Scope::organisation(organisation),
        (None, _) => Scope::programme(),
    };
    let (manages, verifies) =
        (me.may(Action::ManageRecommendations, &scope), me.may(Action::VerifyRecommendations, &scope));
    let may = |to: &RecommendationState| {
        if rules::is_verification(*to) {
            verifies
        } else {
            manages || (verifies && view.state == RecommendationState::Implemented)
        }
    };
    let steps = rules::next(view.state).iter().copied().filter(may).collect();
    let (reason, problem) = (refused.map_or("", |r| r.0), refused.map(|r| r.1));
    let status = problem.map_or(StatusCode::OK, Problem::status);
    page.render_with(status, &RecommendationPage { page, view, steps, reason, problem })
}

#[handler]
async fn recommendation(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<RecommendationId>,
) -> Result<Response, Problem> {
    show(&page, &app, &me, id, None).await
}

#[derive(Deserialize)]
struct Step {
    state: RecommendationState,
    #[serde(default)]
    reason: String,
}

#[handler]
async fn move_on(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<RecommendationId>,
    Form(form): Form<Step>,
) -> Result<Response, Problem> {
    let reason = form.reason.trim().to_owned();
    if !(3..=2000).contains(&reason.chars().count()) {
        let problem = Problem::invalid().field("/reason", page.t("framework-reason-needed"));
        return show(&page, &app, &me, id, Some((&form.reason, &problem))).await;
    }
    match super::move_on(&app, &me, id, NewStatusChange { state: form.state, reason }).await {
        Ok(_) => Ok(page.see_other(&format!("/recommendations/{id}"), "framework-moved")),
        Err(problem) if problem.status() == StatusCode::CONFLICT => {
            show(&page, &app, &me, id, Some((&form.reason, &problem))).await
        }
        Err(problem) => Err(problem),
    }
}

#[derive(Default, Deserialize)]
struct RecordForm {
    reference: String,
    #[serde(default, deserialize_with = "chosen")]
    source_type: Option<SourceType>,
    theme: String,
    text: String,
    #[serde(default)]
    addressee: String,
    #[serde(default, deserialize_with = "chosen")]
    priority: Option<Priority>,
    #[serde(default, deserialize_with = "chosen")]
    due_on: Option<NaiveDate>,
    #[serde(default)]
    links: String,
}

impl RecordForm {
    /// The command; faults of length are the same as at the other door.
    fn command(&self, me: &SignedIn) -> Result<NewRecommendation, Problem> {
        let mut problem = Problem::invalid();
        let mut length = |pointer: &str, text: &str, least: usize, most: usize| {
            if !(least..=most).contains(&text.trim().chars().count()) {
                let told = std::mem::replace(&mut problem, Problem::invalid());
                problem = told.field(pointer, format!("must have {least} to {most} characters"));
            }
        };
        length("/reference", &self.reference, 2, 40);
        length("/theme", &self.theme, 2, 100);
        length("/text", &self.text, 5, 4000);
        length("/addressee", &self.addressee, 0, 200);
        problem.unless_clean()?;
        let programme_wide = me.may(Action::ManageRecommendations, &Scope::programme());
        Ok(NewRecommendation {
            reference: self.reference.trim().to_owned(),
            source_type: self.source_type.unwrap_or(SourceType::Other),
            theme: self.theme.trim().to_owned(),
            text: self.text.trim().to_owned(),
            organisation_id: (!programme_wide).then_some(me.organisation),
            unit_id: None,
            addressee: Some(self.addressee.trim().to_owned()).filter(|text| !text.is_empty()),
            priority: self.priority.unwrap_or(Priority::Medium),
            due_on: self.due_on,
            zone: None,
            links: self.links.split([',', ' ']).filter(|code| !code.is_empty()).map(str::to_owned).collect(),
        })
    }
}

#[derive(Template)]
#[template(path = "framework/record.html")]
struct RecordPage<'a> {
    page: &'a Page,
    form: &'a RecordForm,
    problem: Option<&'a Problem>,
}

#[handler]
async fn new_form(page: Page, me: SignedIn) -> Result<Response, Problem> {
    if me.reach(Action::ManageRecommendations).is_nothing() {
        return Err(Problem::not_found());
    }
    page.render(&RecordPage { page: &page, form: &RecordForm::default(), problem: None })
}

#[handler]
async fn record(page: Page, app: Data<&App>, me: SignedIn, Form(form): Form<RecordForm>) -> Result<Response, Problem> {
    let outcome = match form.command(&me) {
        Ok(new) => super::new_recommendation(&app, &me, new).await,
        Err(problem) => Err(problem),
    };
    match outcome {
        Ok(view) => Ok(page.see_other(&format!("/recommendations/{}", view.id), "framework-recorded")),
        Err(problem) if matches!(problem.status(), StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY) => {
            page.render_with(problem.status(), &RecordPage { page: &page, form: &form, problem: Some(&problem) })
        }
        Err(problem) => Err(problem),
    }
}
