//! An activity: planning it, reading it, and what becomes of it.

use super::{HOME_ZONE, Sheet, mendable, needed, span, to_the_minute};
use crate::identity::pages::SignedIn;
use crate::identity::{self, Action, Actor, PersonFilter, Scope};
use crate::platform::page::{Form, Page};
use crate::platform::{App, Problem};
use crate::scheduling::{ActivityView, Clash, Conversion, NewActivity, NewSession, NewStaff, VenueView, rules};
use askama::Template;
use chrono::{DateTime, NaiveDate, Utc};
use entity::id::{ActivityId, ComponentId, CourseId, OrganisationId, PersonId};
use entity::scheduling::{ActivityKind, ActivityMode, ActivityState, EnrolmentMode};
use poem::http::StatusCode;
use poem::web::{Data, Path};
use poem::{Response, handler};

/// Rows for sessions in the form of a new activity.
const SESSION_ROWS: usize = 4;

/// What the choices of the form are.
struct Choices {
    organisations: Vec<(OrganisationId, String)>,
    components: Vec<(ComponentId, String)>,
    courses: Vec<(CourseId, String)>,
    venues: Vec<VenueView>,
}

async fn choices(page: &Page, app: &App, me: &Actor) -> Result<Choices, Problem> {
    let organisations = identity::organisations(app, me, Some(200), None).await?.items;
    let wanted = crate::catalogue::CourseFilter::default();
    let courses = crate::catalogue::courses(app, me, wanted, Some(200), None).await?.items;
    let courses = courses.into_iter().filter(|course| course.number > 0);
    Ok(Choices {
        organisations: organisations.into_iter().map(|o| (o.id, format!("{} {}", o.code, o.name))).collect(),
        components: super::agenda::components(app, me).await?,
        courses: courses.map(|course| (course.id, course.title_in(page.lang()).to_owned())).collect(),
        venues: crate::scheduling::venues(app, me, None, Some(200), None).await?.items,
    })
}

#[derive(Template)]
#[template(path = "scheduling/plan.html")]
struct PlanPage<'a> {
    page: &'a Page,
    /// The activity that is changed; nothing for a new one.
    activity: Option<ActivityId>,
    form: &'a Sheet,
    choices: Choices,
    /// Numbers of the rows for sessions.
    rows: Vec<usize>,
    /// Whether it is published, so that some things stay.
    published: bool,
    problem: Option<&'a Problem>,
}

async fn plan_page(
    page: &Page,
    app: &App,
    me: &Actor,
    of: Option<&ActivityView>,
    form: &Sheet,
    problem: Option<&Problem>,
) -> Result<Response, Problem> {
    let status = problem.map_or(StatusCode::OK, Problem::status);
    let choices = choices(page, app, me).await?;
    let rows = if of.is_none() { (1..=SESSION_ROWS).collect() } else { vec![] };
    let published = of.is_some_and(|view| view.state != ActivityState::Draft);
    let activity = of.map(|view| view.id);
    page.render_with(status, &PlanPage { page, activity, form, choices, rows, published, problem })
}

/// Reads the form: what is said of the activity.
fn command(form: &Sheet) -> Result<NewActivity, Problem> {
    let mut problem = Problem::invalid();
    let kind: Option<ActivityKind> = needed(&mut problem, "/kind", form.read("kind"));
    let mode: Option<ActivityMode> = needed(&mut problem, "/mode", form.read("mode"));
    let organisation = needed(&mut problem, "/organisation_id", form.read("organisation_id"));
    let seats: Option<i32> = needed(&mut problem, "/capacity_seats", form.read("capacity_seats"));
    let enrolment: Option<EnrolmentMode> = needed(&mut problem, "/enrolment_mode", form.read("enrolment_mode"));
    let closes = closing(form, &mut problem);
    let (Some(kind), Some(mode), Some(organisation_id), Some(capacity_seats), Some(enrolment_mode), true) =
        (kind, mode, organisation, seats, enrolment, problem.errors().is_empty())
    else {
        return Err(problem);
    };
    Ok(NewActivity {
        code: form.get("code").to_owned(),
        title: form.get("title").to_owned(),
        kind,
        mode,
        organisation_id,
        host_organisation_id: form.read("host_organisation_id"),
        component_id: form.read("component_id"),
        course_id: form.read("course_id"),
        summary: form.text("summary"),
        languages: form.get("languages").split([',', ' ']).filter(|code| !code.is_empty()).map(str::to_owned).collect(),
        capacity_seats,
        reserve_seats: form.read("reserve_seats"),
        enrolment_mode,
        enrolment_closes_at: closes,
        planned_from_on: form.read("planned_from_on"),
        planned_until_on: form.read("planned_until_on"),
    })
}

fn closing(form: &Sheet, problem: &mut Problem) -> Option<DateTime<Utc>> {
    let text = form.text("enrolment_closes_at")?;
    let zone = rules::zone(HOME_ZONE)?;
    let read = rules::wall_time(&text).map(|wall| rules::instant(wall, zone, None));
    match read {
        Some(Ok(at)) => Some(at),
        fault => {
            let why = match fault {
                Some(Err(fault)) => fault.to_string(),
                _ => "must be a day and a time".to_owned(),
            };
            let told = std::mem::replace(problem, Problem::invalid());
            *problem = told.field("/enrolment_closes_at", why);
            None
        }
    }
}

/// Reads the rows for sessions that are filled in.
fn sessions(form: &Sheet) -> Result<Vec<NewSession>, Problem> {
    let mut problem = Problem::invalid();
    let mut sessions = Vec::new();
    for (place, row) in (1..=SESSION_ROWS).enumerate() {
        let field = |name: &str| form.row(&row, name).to_owned();
        if field("starts_local").is_empty() && field("ends_local").is_empty() && field("title").is_empty() {
            continue;
        }
        let pointer = format!("/sessions/{place}/venue_id");
        if let Some(venue_id) = needed(&mut problem, &pointer, field("venue_id").parse().ok()) {
            sessions.push(NewSession {
                title: field("title"),
                venue_id,
                starts_local: field("starts_local"),
                ends_local: field("ends_local"),
                zone: None,
                starts_fold: None,
                ends_fold: None,
                agenda: None,
            });
        }
    }
    problem.unless_clean()?;
    Ok(sessions)
}

#[handler]
pub(super) async fn new_form(page: Page, app: Data<&App>, me: SignedIn) -> Result<Response, Problem> {
    if me.reach(Action::ManageActivities).is_nothing() {
        return Err(Problem::not_found());
    }
    let mut form = Sheet::default();
    form.set("organisation_id", me.organisation);
    form.set("languages", "en");
    plan_page(&page, &app, &me, None, &form, None).await
}

#[handler]
pub(super) async fn save_plan(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Form(form): Form<Sheet>,
) -> Result<Response, Problem> {
    if me.reach(Action::ManageActivities).is_nothing() {
        return Err(Problem::not_found());
    }
    let outcome = match (command(&form), sessions(&form)) {
        (Ok(new), Ok(sessions)) => crate::scheduling::plan_activity(&app, &me, new, sessions).await,
        (Err(told), Err(more)) => Err(told.fields(more.errors().to_vec())),
        (Err(problem), _) | (_, Err(problem)) => Err(problem),
    };
    match outcome {
        Ok(view) => Ok(page.see_other(&format!("/activities/{}", view.id), "scheduling-planned")),
        Err(problem) if mendable(&problem) => plan_page(&page, &app, &me, None, &form, Some(&problem)).await,
        Err(problem) => Err(problem),
    }
}

/// The form as it is filled with an activity.
fn filled(view: &ActivityView) -> Sheet {
    let mut form = Sheet::default();
    form.set("version", view.version);
    form.set("code", &view.code);
    form.set("title", &view.title);
    form.set("kind", view.kind);
    form.set("mode", view.mode);
    form.set("organisation_id", view.organisation_id);
    form.set("summary", view.summary.as_deref().unwrap_or_default());
    form.set("languages", view.languages.join(", "));
    form.set("capacity_seats", view.capacity_seats);
    form.set("enrolment_mode", view.enrolment_mode);
    let optional = [
        ("host_organisation_id", view.host_organisation_id.map(|id| id.to_string())),
        ("component_id", view.component_id.map(|id| id.to_string())),
        ("course_id", view.course_id.map(|id| id.to_string())),
        ("reserve_seats", view.reserve_seats.map(|seats| seats.to_string())),
        ("planned_from_on", view.planned_from_on.map(|day| day.to_string())),
        ("planned_until_on", view.planned_until_on.map(|day| day.to_string())),
        (
            "enrolment_closes_at",
            view.enrolment_closes_at.map(|at| {
                let local = at.with_timezone(&chrono_tz::Europe::Riga);
                to_the_minute(&local.format("%Y-%m-%dT%H:%M").to_string())
            }),
        ),
    ];
    for (name, value) in optional {
        form.set(name, value.unwrap_or_default());
    }
    form
}

/// An activity that the reader may plan.
async fn planned(app: &App, me: &Actor, id: ActivityId) -> Result<ActivityView, Problem> {
    let view = crate::scheduling::activity(app, me, id).await?;
    if me.may(Action::ManageActivities, &scope(&view)) {
        Ok(view)
    } else {
        Err(Problem::forbidden("Your roles do not allow this here."))
    }
}

#[handler]
pub(super) async fn change_form(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<ActivityId>,
) -> Result<Response, Problem> {
    let view = planned(&app, &me, id).await?;
    plan_page(&page, &app, &me, Some(&view), &filled(&view), None).await
}

#[handler]
pub(super) async fn save_change(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<ActivityId>,
    Form(mut form): Form<Sheet>,
) -> Result<Response, Problem> {
    let view = planned(&app, &me, id).await?;
    // What the form does not offer once it is published stays.
    for (name, value) in filled(&view).0 {
        form.0.entry(name).or_insert(value);
    }
    let version = form.read("version").unwrap_or_default();
    let outcome = match command(&form) {
        Ok(new) => crate::scheduling::change_activity(&app, &me, id, version, new).await,
        Err(problem) => Err(problem),
    };
    match outcome {
        Ok(_) => Ok(page.see_other(&format!("/activities/{id}"), "scheduling-changed")),
        Err(problem) if mendable(&problem) => plan_page(&page, &app, &me, Some(&view), &form, Some(&problem)).await,
        Err(problem) => Err(problem),
    }
}

fn scope(view: &ActivityView) -> Scope {
    let staff = view.staff.iter().map(|one| one.person_id).collect();
    Scope::activity(view.id, view.organisation_id, staff)
}

#[derive(Template)]
#[template(path = "scheduling/activity.html")]
struct ActivityPage<'a> {
    page: &'a Page,
    view: ActivityView,
    organisation: String,
    host: Option<String>,
    plans: bool,
    sees_roster: bool,
    sees_attendance: bool,
    /// What the reader may move it to.
    steps: &'static [ActivityState],
    /// Whom the reader may add to the staff.
    people: Vec<(PersonId, String)>,
    /// What stands against publishing a draft.
    clashes: Vec<Clash>,
    now: DateTime<Utc>,
    problem: Option<&'a Problem>,
}

impl ActivityPage<'_> {
    /// Whether the reader may change sessions and staff.
    fn changes(&self) -> bool {
        self.plans && rules::changeable(self.view.state).is_ok()
    }
    /// From the start of the first session to the end of the last.
    fn days(&self) -> Option<String> {
        let (start, end) = (self.view.starts_at?, self.view.ends_at?);
        let zone = self.view.sessions.first().map_or(HOME_ZONE, |session| &session.zone);
        Some(span(self.page, start, end, zone))
    }
    /// Whether the days are not those first planned.
    fn is_moved(&self) -> bool {
        let first = self.view.sessions.iter().find(|session| session.state.word() == "planned");
        let day: Option<NaiveDate> =
            first.and_then(|session| session.starts_local.get(..10)).and_then(|day| day.parse().ok());
        matches!((day, self.view.planned_from_on), (Some(now), Some(then)) if now != then)
    }
}

async fn show(
    page: &Page,
    app: &App,
    me: &SignedIn,
    id: ActivityId,
    problem: Option<&Problem>,
) -> Result<Response, Problem> {
    let view = crate::scheduling::activity(app, me, id).await?;
    let scope = scope(&view);
    let plans = me.may(Action::ManageActivities, &scope);
    let sees = |action| me.may(action, &scope) || !me.reach(action).units.is_empty();
    let organisation = identity::organisation(app, me, view.organisation_id).await?.name;
    let host = match view.host_organisation_id {
        Some(host) => Some(identity::organisation(app, me, host).await?.name),
        None => None,
    };
    let (mut people, mut clashes) = (vec![], vec![]);
    if plans && rules::changeable(view.state).is_ok() {
        let found = identity::persons(app, me, PersonFilter::default(), Some(200), None).await?.items;
        people = found.into_iter().map(|person| (person.id, person.name())).collect();
        if view.state == ActivityState::Draft {
            clashes = crate::scheduling::activity_clashes(app, me, id, None).await?.clashes;
        }
    }
    let steps = if plans { rules::next(view.state) } else { &[] };
    let status = problem.map_or(StatusCode::OK, Problem::status);
    let shown = ActivityPage {
        page,
        organisation,
        host,
        plans,
        sees_roster: sees(Action::ViewRoster),
        sees_attendance: sees(Action::ViewAttendance),
        steps,
        people,
        clashes,
        now: app.now(),
        view,
        problem,
    };
    page.render_with(status, &shown)
}

#[handler]
pub(super) async fn show_activity(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<ActivityId>,
) -> Result<Response, Problem> {
    show(&page, &app, &me, id, None).await
}

/// Back to the activity: with good news, or with what was refused.
async fn answer(
    page: &Page,
    app: &App,
    me: &SignedIn,
    id: ActivityId,
    outcome: Result<ActivityView, Problem>,
) -> Result<Response, Problem> {
    match outcome {
        Ok(_) => Ok(page.see_other(&format!("/activities/{id}"), "scheduling-done")),
        Err(problem) if mendable(&problem) => show(page, app, me, id, Some(&problem)).await,
        Err(problem) => Err(problem),
    }
}

#[handler]
pub(super) async fn move_on(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<ActivityId>,
    Form(form): Form<Sheet>,
) -> Result<Response, Problem> {
    let outcome = match form.read("state") {
        Some(state) => crate::scheduling::move_on(&app, &me, id, state, form.text("reason")).await,
        None => Err(Problem::invalid().field("/state", "is required")),
    };
    answer(&page, &app, &me, id, outcome).await
}

#[handler]
pub(super) async fn convert(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<ActivityId>,
    Form(form): Form<Sheet>,
) -> Result<Response, Problem> {
    let outcome = match form.read("mode") {
        Some(mode) => {
            let wish = Conversion { mode, reason: form.get("reason").to_owned() };
            crate::scheduling::convert_activity(&app, &me, id, wish).await
        }
        None => Err(Problem::invalid().field("/mode", "is required")),
    };
    answer(&page, &app, &me, id, outcome).await
}

#[handler]
pub(super) async fn add_staff(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<ActivityId>,
    Form(form): Form<Sheet>,
) -> Result<Response, Problem> {
    let outcome = match (form.read("person_id"), form.read("role")) {
        (Some(person_id), Some(role)) => {
            crate::scheduling::new_staff(&app, &me, id, NewStaff { person_id, role }).await
        }
        _ => Err(Problem::invalid().field("/person_id", "is required")),
    };
    answer(&page, &app, &me, id, outcome).await
}

#[handler]
pub(super) async fn remove_staff(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<ActivityId>,
    Form(form): Form<Sheet>,
) -> Result<Response, Problem> {
    let outcome = match (form.read("person_id"), form.read("role")) {
        (Some(person), Some(role)) => crate::scheduling::remove_staff(&app, &me, id, person, Some(role)).await,
        _ => Err(Problem::invalid().field("/person_id", "is required")),
    };
    answer(&page, &app, &me, id, outcome).await
}
