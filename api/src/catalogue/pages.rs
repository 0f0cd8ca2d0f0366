//! HTML door of catalogue: the courses, a course, and the form of its next version.

use super::{CourseFilter, CourseSummaryView, CourseView, Minutes, NewCourse, Prerequisite, Syllabus};
use crate::identity::pages::SignedIn;
use crate::identity::{Action, Scope};
use crate::platform::page::{Form, Page};
use crate::platform::problem::FieldError;
use crate::platform::{App, ListPage, Problem};
use askama::Template;
use entity::catalogue::{CourseState, PrerequisiteAccepts};
use entity::id::{CourseId, OrganisationId};
use poem::http::StatusCode;
use poem::web::{Data, Path, Query};
use poem::{Response, Route, get, handler, post};
use serde::{Deserialize, Deserializer};

/// The pages.
pub fn routes(route: Route) -> Route {
    route
        .at("/catalogue", get(courses))
        .at("/catalogue/new", get(new_form).post(write))
        .at("/catalogue/:id", get(course))
        .at("/catalogue/:id/draft", get(draft_form).post(change))
        .at("/catalogue/:id/publication", post(publish))
        .at("/catalogue/:id/retirement", post(retire))
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

/// The colour of a course's state.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
fn badge(state: &CourseState) -> &'static str {
    match state {
        CourseState::Draft => "info",
        CourseState::Published => "good",
        CourseState::Retired => "neutral",
    }
}

/// A length of time in hours and minutes.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
fn hours(page: &Page, minutes: &i32) -> String {
    let (hours, rest) = (minutes / 60, minutes % 60);
    let arguments = [("hours", hours.to_string()), ("minutes", rest.to_string())];
    let key = match (hours, rest) {
        (_, 0) => "catalogue-hours",
        (0, _) => "catalogue-minutes",
        _ => "catalogue-hours-minutes",
    };
    page.tn(key, &arguments)
}

/// Kinds of work that take time, with how long.
fn work(minutes: &Minutes) -> Vec<(&'static str, i32)> {
    let all = [
        ("lecture", minutes.lecture),
        ("practice", minutes.practice),
        ("exercise", minutes.exercise),
        ("e_learning", minutes.e_learning),
        ("self_study", minutes.self_study),
    ];
    all.into_iter().filter(|(_, minutes)| *minutes > 0).collect()
}

/// The field of the form that was refused.
fn faulty(fault: &FieldError) -> Option<&str> {
    let pointer = fault.pointer.as_deref()?;
    pointer.trim_start_matches("/syllabus").split('/').nth(1).filter(|field| !field.is_empty())
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    search: String,
    #[serde(default, deserialize_with = "chosen")]
    state: Option<CourseState>,
    #[serde(default)]
    cursor: Option<String>,
}

impl Wanted {
    /// The query of the next page, with the same filters.
    fn next(&self, cursor: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::from("?"));
        query.append_pair("search", &self.search);
        if let Some(state) = self.state {
            query.append_pair("state", state.word());
        }
        query.append_pair("cursor", cursor).finish()
    }
}

#[derive(Template)]
#[template(path = "catalogue/courses.html")]
struct CoursesPage<'a> {
    page: &'a Page,
    list: ListPage<CourseSummaryView>,
    wanted: &'a Wanted,
    states: &'static [CourseState],
    writes: bool,
}

#[handler]
async fn courses(page: Page, app: Data<&App>, me: SignedIn, Query(wanted): Query<Wanted>) -> Result<Response, Problem> {
    let filter = CourseFilter { search: Some(wanted.search.clone()), state: wanted.state, organisation_id: None };
    let list = super::courses(&app, &me, filter, None, wanted.cursor.as_deref()).await?;
    let writes = owner(&me).is_some();
    let states = CourseState::ALL.get(usize::from(!writes)..).unwrap_or_default();
    page.render(&CoursesPage { page: &page, list, wanted: &wanted, states, writes })
}

/// The organisation whose courses the reader may write: their own, if that is one.
fn owner(me: &SignedIn) -> Option<OrganisationId> {
    let own = me.may(Action::ManageCourses, &Scope::organisation(me.organisation)).then_some(me.organisation);
    own.or_else(|| me.reach(Action::ManageCourses).organisations.first().copied())
}

#[derive(Template)]
#[template(path = "catalogue/course.html")]
struct CoursePage<'a> {
    page: &'a Page,
    view: CourseView,
    writes: bool,
    problem: Option<&'a Problem>,
}

async fn show(
    page: &Page,
    app: &App,
    me: &SignedIn,
    id: CourseId,
    problem: Option<&Problem>,
) -> Result<Response, Problem> {
    let view = super::course(app, me, id).await?;
    let writes = me.may(Action::ManageCourses, &Scope::organisation(view.organisation_id));
    let status = problem.map_or(StatusCode::OK, Problem::status);
    page.render_with(status, &CoursePage { page, view, writes, problem })
}

#[handler]
async fn course(page: Page, app: Data<&App>, me: SignedIn, Path(id): Path<CourseId>) -> Result<Response, Problem> {
    show(&page, &app, &me, id, None).await
}

#[derive(Deserialize)]
struct Nothing {}

/// Whether a problem is shown on the page that caused it.
fn is_shown(problem: &Problem) -> bool {
    matches!(
        problem.status(),
        StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED | StatusCode::UNPROCESSABLE_ENTITY
    )
}

#[handler]
async fn publish(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<CourseId>,
    _: Form<Nothing>,
) -> Result<Response, Problem> {
    match super::publish_course(&app, &me, id).await {
        Ok(_) => Ok(page.see_other(&format!("/catalogue/{id}"), "catalogue-was-published")),
        Err(problem) if is_shown(&problem) => show(&page, &app, &me, id, Some(&problem)).await,
        Err(problem) => Err(problem),
    }
}

#[handler]
async fn retire(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<CourseId>,
    _: Form<Nothing>,
) -> Result<Response, Problem> {
    match super::retire(&app, &me, id).await {
        Ok(_) => Ok(page.see_other(&format!("/catalogue/{id}"), "catalogue-was-retired")),
        Err(problem) if is_shown(&problem) => show(&page, &app, &me, id, Some(&problem)).await,
        Err(problem) => Err(problem),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CourseForm {
    code: String,
    version: i64,
    title: String,
    title_lv: String,
    title_ru: String,
    summary: String,
    summary_lv: String,
    summary_ru: String,
    lecture: String,
    practice: String,
    exercise: String,
    e_learning: String,
    self_study: String,
    outcomes: String,
    languages: String,
    audience: String,
    scheme: Vec<String>,
    accepts: Vec<String>,
}

/// Rows for prerequisites that are offered beyond those there are.
const SPARE_ROWS: usize = 2;

impl CourseForm {
    fn of(view: &CourseView) -> Self {
        let Some(said) = view.draft.as_ref().or(view.syllabus()) else { return Self::default() };
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Self {
            code: view.code.clone(),
            version: view.version,
            title: said.title.clone(),
            title_lv: text(&said.title_lv),
            title_ru: text(&said.title_ru),
            summary: said.summary.clone(),
            summary_lv: text(&said.summary_lv),
            summary_ru: text(&said.summary_ru),
            lecture: said.minutes.lecture.to_string(),
            practice: said.minutes.practice.to_string(),
            exercise: said.minutes.exercise.to_string(),
            e_learning: said.minutes.e_learning.to_string(),
            self_study: said.minutes.self_study.to_string(),
            outcomes: said.outcomes.join(", "),
            languages: said.languages.join(", "),
            audience: said.audience.clone(),
            scheme: said.prerequisites.iter().map(|p| p.scheme.clone()).collect(),
            accepts: said.prerequisites.iter().map(|p| p.accepts.to_string()).collect(),
        }
    }

    /// What it asks for: scheme and how it must stand, and some rows to fill in.
    fn rows(&self) -> Vec<(&str, &str)> {
        let empty = (0..SPARE_ROWS).map(|_| ("", ""));
        let pairs = self.scheme.iter().zip(&self.accepts).map(|(scheme, accepts)| (scheme.as_str(), accepts.as_str()));
        pairs.filter(|(scheme, _)| !scheme.trim().is_empty()).chain(empty).collect()
    }

    /// The kinds of work: name of the field and what was typed.
    fn work(&self) -> [(&'static str, &str); 5] {
        [
            ("lecture", &self.lecture),
            ("practice", &self.practice),
            ("exercise", &self.exercise),
            ("e_learning", &self.e_learning),
            ("self_study", &self.self_study),
        ]
    }

    /// What was typed as a syllabus; the verb judges it.
    fn syllabus(&self) -> Result<Syllabus, Problem> {
        let mut problem = Problem::invalid();
        let mut minutes = [0; 5];
        for (slot, (field, typed)) in minutes.iter_mut().zip(self.work()) {
            match typed.trim() {
                "" => {}
                typed => match typed.parse() {
                    Ok(number) => *slot = number,
                    Err(_) => problem = problem.field(format!("/{field}"), "must be a number of minutes"),
                },
            }
        }
        problem.unless_clean()?;
        let [lecture, practice, exercise, e_learning, self_study] = minutes;
        let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let list = |text: &str| text.split([',', ' ', ';']).filter(|c| !c.is_empty()).map(str::to_owned).collect();
        let asked = |(scheme, accepts): (&str, &str)| {
            let scheme = text(scheme)?;
            Some(Prerequisite { scheme, accepts: accepts.parse().unwrap_or(PrerequisiteAccepts::Valid) })
        };
        Ok(Syllabus {
            title: self.title.trim().to_owned(),
            title_lv: text(&self.title_lv),
            title_ru: text(&self.title_ru),
            summary: self.summary.trim().to_owned(),
            summary_lv: text(&self.summary_lv),
            summary_ru: text(&self.summary_ru),
            minutes: Minutes { lecture, practice, exercise, e_learning, self_study },
            outcomes: list(&self.outcomes),
            languages: list(&self.languages),
            audience: self.audience.trim().to_owned(),
            prerequisites: self.rows().into_iter().filter_map(asked).collect(),
        })
    }
}

#[derive(Template)]
#[template(path = "catalogue/form.html")]
struct FormPage<'a> {
    page: &'a Page,
    form: &'a CourseForm,
    /// The course whose draft it is; nothing for a new one.
    of: Option<CourseId>,
    problem: Option<&'a Problem>,
}

#[handler]
async fn new_form(page: Page, me: SignedIn) -> Result<Response, Problem> {
    owner(&me).ok_or_else(Problem::not_found)?;
    page.render(&FormPage { page: &page, form: &CourseForm::default(), of: None, problem: None })
}

#[handler]
async fn write(page: Page, app: Data<&App>, me: SignedIn, Form(form): Form<CourseForm>) -> Result<Response, Problem> {
    let organisation_id = owner(&me).ok_or_else(Problem::not_found)?;
    let outcome = match form.syllabus() {
        Ok(syllabus) => {
            let new = NewCourse { code: form.code.trim().to_owned(), organisation_id, syllabus };
            super::new_course(&app, &me, new).await
        }
        Err(problem) => Err(problem),
    };
    match outcome {
        Ok(view) => Ok(page.see_other(&format!("/catalogue/{}", view.id), "catalogue-was-written")),
        Err(problem) if is_shown(&problem) => {
            let again = FormPage { page: &page, form: &form, of: None, problem: Some(&problem) };
            page.render_with(problem.status(), &again)
        }
        Err(problem) => Err(problem),
    }
}

#[handler]
async fn draft_form(page: Page, app: Data<&App>, me: SignedIn, Path(id): Path<CourseId>) -> Result<Response, Problem> {
    let view = super::course(&app, &me, id).await?;
    if !me.may(Action::ManageCourses, &Scope::organisation(view.organisation_id)) {
        return Err(Problem::forbidden("Your roles do not allow this here."));
    }
    page.render(&FormPage { page: &page, form: &CourseForm::of(&view), of: Some(id), problem: None })
}

#[handler]
async fn change(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<CourseId>,
    Form(form): Form<CourseForm>,
) -> Result<Response, Problem> {
    let outcome = match form.syllabus() {
        Ok(syllabus) => super::change_draft(&app, &me, id, form.version, syllabus).await,
        Err(problem) => Err(problem),
    };
    match outcome {
        Ok(_) => Ok(page.see_other(&format!("/catalogue/{id}"), "catalogue-was-written")),
        Err(problem) if is_shown(&problem) => {
            let again = FormPage { page: &page, form: &form, of: Some(id), problem: Some(&problem) };
            page.render_with(problem.status(), &again)
        }
        Err(problem) => Err(problem),
    }
}
