//! HTML door of attendance: the roll of a session, the sheet to sign on paper, what is overdue.

use super::{Attestation, Correction, MarkView, NewMark, RollLineView, RollView, SheetView};
use crate::identity::pages::SignedIn;
use crate::platform::page::{Form, Page};
use crate::platform::problem::FieldError;
use crate::platform::{App, ListPage, Problem};
use askama::Template;
use chrono::{DateTime, Utc};
use entity::attendance::{MarkStatus, SheetState};
use entity::id::{PersonId, SessionId};
use entity::scheduling::SessionState;
use poem::http::StatusCode;
use poem::web::{Data, Path, Query};
use poem::{Response, Route, get, handler, post};
use serde::Deserialize;
use std::collections::HashMap;

/// The pages.
pub fn routes(route: Route) -> Route {
    route
        .at("/attendance", get(sheets))
        .at("/sessions/:id/attendance", get(roll).post(take))
        .at("/sessions/:id/attendance/attestation", post(attest))
        .at("/sessions/:id/attendance/corrections", post(correct))
        .at("/sessions/:id/sign-in-sheet", get(sign_in_sheet))
}

/// The colour of a mark.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
fn tone(status: &MarkStatus) -> &'static str {
    match status {
        MarkStatus::Present => "good",
        MarkStatus::Partial => "warn",
        MarkStatus::Absent => "bad",
        MarkStatus::Excused => "neutral",
    }
}

/// The colour of a sheet's state.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
fn badge(state: &SheetState) -> &'static str {
    match state {
        SheetState::Open => "info",
        SheetState::Closed => "good",
        SheetState::Corrected => "warn",
    }
}

/// Who recorded a mark, when and why.
fn told(page: &Page, mark: &MarkView, zone: &str) -> String {
    let who = mark.recorder.clone().unwrap_or_else(|| page.t("attendance-system"));
    let mut words = format!("{}, {who}", page.instant(&mark.recorded_at, zone));
    if let Some(reason) = &mark.reason {
        words.push_str(": ");
        words.push_str(reason);
    }
    words
}

#[derive(Deserialize)]
struct Wanted {
    /// Anything here: closed sheets too.
    #[serde(default)]
    all: Option<String>,
    #[serde(default)]
    cursor: Option<String>,
}

#[derive(Template)]
#[template(path = "attendance/sheets.html")]
struct SheetsPage<'a> {
    page: &'a Page,
    list: ListPage<SheetView>,
    all: bool,
}
impl SheetsPage<'_> {
    fn next(&self, cursor: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::from("?"));
        if self.all {
            query.append_pair("all", "1");
        }
        query.append_pair("cursor", cursor).finish()
    }
}

#[handler]
async fn sheets(page: Page, app: Data<&App>, me: SignedIn, Query(wanted): Query<Wanted>) -> Result<Response, Problem> {
    let all = wanted.all.is_some();
    let list = super::sheets(&app, &me, !all, None, wanted.cursor.as_deref()).await?;
    page.render(&SheetsPage { page: &page, list, all })
}

/// What was typed into the form of the roll.
#[derive(Default)]
struct Typed {
    status: HashMap<PersonId, MarkStatus>,
    minutes: HashMap<PersonId, String>,
    /// Whether whoever has no mark is present.
    rest_present: bool,
}
impl Typed {
    fn of(pairs: &[(String, String)]) -> Self {
        let mut typed = Self::default();
        for (key, value) in pairs {
            if let Some(person) = key.strip_prefix("status-").and_then(|id| id.parse().ok()) {
                typed.status.extend(value.parse().ok().map(|status: MarkStatus| (person, status)));
            } else if let Some(person) = key.strip_prefix("minutes-").and_then(|id| id.parse().ok()) {
                typed.minutes.insert(person, value.trim().to_owned());
            } else if key == "rest" {
                typed.rest_present = true;
            }
        }
        typed
    }

    /// Lines of the roll that are marked, in order, and as what; never the reader's own.
    fn chosen<'a>(&'a self, view: &'a RollView, me: PersonId) -> impl Iterator<Item = (&'a RollLineView, MarkStatus)> {
        view.lines.iter().filter(move |line| line.person_id != me).filter_map(|line| {
            let rest = (self.rest_present && line.mark.is_none()).then_some(MarkStatus::Present);
            Some((line, self.status.get(&line.person_id).copied().or(rest)?))
        })
    }

    /// The marks, in the order of the roll.
    fn marks(&self, view: &RollView, me: PersonId) -> Result<Vec<NewMark>, Problem> {
        let mut problem = Problem::invalid();
        let mut marks = Vec::new();
        for (line, status) in self.chosen(view, me) {
            let text = self.minutes.get(&line.person_id).filter(|_| status == MarkStatus::Partial);
            let minutes = match text.map(String::as_str).filter(|text| !text.is_empty()).map(str::parse) {
                Some(Err(_)) => {
                    problem = problem.field(format!("/marks/{}/minutes", marks.len()), "must be a number");
                    None
                }
                Some(Ok(minutes)) => Some(minutes),
                None => None,
            };
            let person_id = line.person_id;
            marks.push(NewMark { person_id, status, minutes, method: None, client_at: None, reason: None });
        }
        problem.unless_clean()?;
        Ok(marks)
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CorrectionForm {
    person_id: String,
    status: String,
    minutes: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "attendance/roll.html")]
struct RollPage<'a> {
    page: &'a Page,
    view: RollView,
    me: PersonId,
    now: DateTime<Utc>,
    typed: &'a Typed,
    correction: &'a CorrectionForm,
    problem: Option<&'a Problem>,
}
impl RollPage<'_> {
    /// Whether the reader takes the roll now.
    fn takes(&self) -> bool {
        let open = self.view.state == SheetState::Open && self.view.session_state == SessionState::Planned;
        self.view.may_take
            && open
            && self.now >= self.view.opens_at
            && self.view.lines.iter().any(|l| l.person_id != self.me)
    }
    /// Whether the reader closes the sheet now: they do not take part themselves.
    fn closes(&self) -> bool {
        let open = self.view.state == SheetState::Open && self.view.session_state == SessionState::Planned;
        self.view.may_close && open && self.now >= self.view.ends_at && !self.takes_part()
    }
    /// Whether the reader corrects the sheet.
    fn corrects(&self) -> bool {
        self.view.may_close && self.view.state != SheetState::Open && self.view.attested_by != Some(self.me)
    }
    fn takes_part(&self) -> bool {
        self.view.lines.iter().any(|line| line.person_id == self.me)
    }
    fn missing(&self) -> Vec<&str> {
        self.view.lines.iter().filter(|line| line.mark.is_none()).map(|line| line.person.as_str()).collect()
    }
    /// Whom a fault of the roll is about.
    fn faulty(&self, fault: &FieldError) -> Option<&RollLineView> {
        let place = fault.pointer.as_deref()?.strip_prefix("/marks/")?.split('/').next()?.parse().ok()?;
        self.typed.chosen(&self.view, self.me).nth(place).map(|(line, _)| line)
    }
    /// The field of another form that was refused, and the key of its label.
    #[expect(clippy::unused_self, reason = "the template calls it on the page")]
    fn field<'f>(&self, fault: &'f FieldError) -> Option<(&'f str, &'static str)> {
        let field = fault.pointer.as_deref()?.strip_prefix('/')?;
        let key = match field {
            "person_id" => "attendance-person",
            "status" => "attendance-mark",
            "minutes" => "attendance-minutes-column",
            "reason" => "attendance-reason",
            "confirmed" => "attendance-close",
            _ => return None,
        };
        Some((field, key))
    }
    /// How many have no mark, in words.
    fn missing_words(&self) -> String {
        self.page.count("attendance-missing", i32::try_from(self.missing().len()).unwrap_or(i32::MAX))
    }
    /// Who closed the sheet, and when, in words.
    fn closed_words(&self, at: &DateTime<Utc>) -> String {
        let who = self.view.attester.clone().unwrap_or_else(|| self.page.t("attendance-system"));
        let when = self.page.instant(at, &self.view.zone);
        self.page.tn("attendance-closed-by", &[("who", who), ("when", when)])
    }
    /// Whether a choice is made on a line: as typed, else as marked.
    #[expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    fn is_chosen(&self, person: &PersonId, mark: &Option<MarkView>, status: &MarkStatus) -> bool {
        let chosen = self.typed.status.get(person).copied().or(mark.as_ref().map(|mark| mark.status));
        chosen == Some(*status)
    }
    /// The minutes on a line: as typed, else as marked in part.
    #[expect(clippy::ref_option, reason = "templates pass references")]
    fn minutes(&self, person: &PersonId, mark: &Option<MarkView>) -> String {
        let marked = mark.as_ref().filter(|mark| mark.status == MarkStatus::Partial);
        let typed = self.typed.minutes.get(person).cloned();
        typed.or(marked.map(|mark| mark.minutes.to_string())).unwrap_or_default()
    }
}

/// What was refused, to be shown with the roll again.
#[derive(Default)]
struct Again {
    typed: Typed,
    correction: CorrectionForm,
}

async fn show(
    page: &Page,
    app: &App,
    me: &SignedIn,
    id: SessionId,
    again: &Again,
    problem: Option<&Problem>,
) -> Result<Response, Problem> {
    let view = super::roll(app, me, id).await?;
    let status = problem.map_or(StatusCode::OK, Problem::status);
    let (typed, correction) = (&again.typed, &again.correction);
    let shown = RollPage { page, view, me: me.person, now: app.now(), typed, correction, problem };
    page.render_with(status, &shown)
}

#[handler]
async fn roll(page: Page, app: Data<&App>, me: SignedIn, Path(id): Path<SessionId>) -> Result<Response, Problem> {
    show(&page, &app, &me, id, &Again::default(), None).await
}

/// Whether a problem is shown on the page that caused it.
fn is_shown(problem: &Problem) -> bool {
    let rule = problem.code().starts_with("attendance/");
    rule || matches!(problem.status(), StatusCode::PRECONDITION_FAILED | StatusCode::UNPROCESSABLE_ENTITY)
}

#[handler]
async fn take(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<SessionId>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let view = super::roll(&app, &me, id).await?;
    let typed = Typed::of(&pairs);
    let outcome = match typed.marks(&view, me.person) {
        Ok(marks) if marks.is_empty() => {
            return Ok(page.see_other_as(&format!("/sessions/{id}/attendance"), "warn", "attendance-nothing"));
        }
        Ok(marks) => super::take_marks(&app, &me, id, marks).await,
        Err(problem) => Err(problem),
    };
    match outcome {
        Ok(_) => Ok(page.see_other(&format!("/sessions/{id}/attendance"), "attendance-saved")),
        Err(problem) if is_shown(&problem) => {
            let again = Again { typed, ..Again::default() };
            show(&page, &app, &me, id, &again, Some(&problem)).await
        }
        Err(problem) => Err(problem),
    }
}

#[derive(Deserialize)]
struct AttestationForm {
    version: i64,
    #[serde(default)]
    confirmed: Option<String>,
}

#[handler]
async fn attest(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<SessionId>,
    Form(form): Form<AttestationForm>,
) -> Result<Response, Problem> {
    let attestation = Attestation { confirmed: form.confirmed.is_some() };
    match super::attest(&app, &me, id, Some(form.version), attestation).await {
        Ok(_) => Ok(page.see_other(&format!("/sessions/{id}/attendance"), "attendance-was-closed")),
        Err(problem) if is_shown(&problem) => show(&page, &app, &me, id, &Again::default(), Some(&problem)).await,
        Err(problem) => Err(problem),
    }
}

impl CorrectionForm {
    fn command(&self) -> Result<Correction, Problem> {
        let mut problem = Problem::invalid();
        let person: Option<PersonId> = self.person_id.parse().ok();
        let status: Option<MarkStatus> = self.status.parse().ok();
        for (missing, pointer) in [(person.is_none(), "/person_id"), (status.is_none(), "/status")] {
            if missing {
                problem = problem.field(pointer, "must be chosen");
            }
        }
        let partial = status == Some(MarkStatus::Partial);
        let minutes = match Some(self.minutes.trim()).filter(|text| partial && !text.is_empty()).map(str::parse) {
            Some(Err(_)) => {
                problem = problem.field("/minutes", "must be a number");
                None
            }
            Some(Ok(minutes)) => Some(minutes),
            None => None,
        };
        match (person, status) {
            (Some(person_id), Some(status)) if problem.errors().is_empty() => {
                Ok(Correction { person_id, status, minutes, method: None, reason: self.reason.clone() })
            }
            _ => Err(problem),
        }
    }
}

#[handler]
async fn correct(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<SessionId>,
    Form(form): Form<CorrectionForm>,
) -> Result<Response, Problem> {
    let outcome = match form.command() {
        Ok(new) => super::correct_mark(&app, &me, id, new).await,
        Err(problem) => Err(problem),
    };
    match outcome {
        Ok(_) => Ok(page.see_other(&format!("/sessions/{id}/attendance"), "attendance-was-corrected")),
        Err(problem) if is_shown(&problem) => {
            let again = Again { correction: form, ..Again::default() };
            show(&page, &app, &me, id, &again, Some(&problem)).await
        }
        Err(problem) => Err(problem),
    }
}

#[derive(Template)]
#[template(path = "attendance/sign_in_sheet.html")]
struct SignInSheetPage<'a> {
    page: &'a Page,
    view: RollView,
}

#[handler]
async fn sign_in_sheet(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<SessionId>,
) -> Result<Response, Problem> {
    let view = super::roll(&app, &me, id).await?;
    if !view.is_whole {
        return Err(Problem::forbidden("The sheet names everybody; your roles do not allow that here."));
    }
    page.render(&SignInSheetPage { page: &page, view })
}
