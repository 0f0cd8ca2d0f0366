//! HTML door of assessment: what is open, the candidate's page, results; banks and assessments for authors.

use super::{
    AssessmentView, BankView, ItemFilter, ItemView, NewAttempt, NewResponse, OpeningView, PaperView, QuestionView,
    ResultView,
};
use crate::identity::pages::SignedIn;
use crate::identity::{Action, Scope};
use crate::platform::page::{Form, Page};
use crate::platform::{App, ListPage, Problem};
use askama::Template;
use entity::assessment::{AssessmentState, AttemptState, ItemKind, ItemState};
use entity::id::{AssessmentId, AttemptId, BankId, ItemId, OpeningId};
use poem::http::StatusCode;
use poem::web::{Data, Path, Query};
use poem::{Response, Route, get, handler, post};
use serde::Deserialize;

/// The pages.
pub fn routes(route: Route) -> Route {
    route
        .at("/assessments", get(overview))
        .at("/assessments/:id", get(assessment_page))
        .at("/assessments/:id/publication", post(publish))
        .at("/assessments/:id/closure", post(close))
        .at("/openings/:id", get(opening_page))
        .at("/openings/:id/attempts", post(begin))
        .at("/openings/:id/results", get(results_page))
        .at("/attempts/:id", get(paper_page))
        .at("/attempts/:id/responses/:position", post(answer))
        .at("/attempts/:id/submission", get(before_submission).post(submit))
        .at("/attempts/:id/result", get(result_page))
        .at("/banks/:id", get(bank_page))
        .at("/items/:id", get(item_page))
        .at("/items/:id/retirement", post(retire))
}

/// The colour of an attempt's end: of its state until results are released.
#[expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
fn badge(passed: &Option<bool>) -> &'static str {
    match passed {
        Some(true) => "good",
        Some(false) => "bad",
        None => "neutral",
    }
}

/// The key of the word for an attempt's end.
#[expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
fn outcome(state: &AttemptState, passed: &Option<bool>) -> &'static str {
    match (state, passed) {
        (AttemptState::InProgress, _) => "assessment-under-way",
        (_, Some(true)) => "assessment-passed",
        (_, Some(false)) => "assessment-not-passed",
        (_, None) => "assessment-handed-in",
    }
}

/// Minutes and seconds.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
fn clock(seconds: &i64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[derive(Deserialize)]
struct Cursor {
    cursor: Option<String>,
}

fn next(cursor: &str) -> String {
    url::form_urlencoded::Serializer::new(String::from("?")).append_pair("cursor", cursor).finish()
}

#[derive(Template)]
#[template(path = "assessment/overview.html")]
struct OverviewPage<'a> {
    page: &'a Page,
    open: Vec<OpeningView>,
    results: Vec<ResultView>,
    banks: Vec<BankView>,
    /// The catalogue of assessments; only for who manages them or sees results.
    assessments: Vec<AssessmentView>,
}

#[handler]
async fn overview(page: Page, app: Data<&App>, me: SignedIn) -> Result<Response, Problem> {
    let open = super::open_for_me(&app, &me, Some(50), None).await?.items;
    let results = super::attempts(&app, &me, Some(50), None).await?.items;
    let results = results.into_iter().filter(|result| result.state != AttemptState::InProgress).collect();
    let reads_items = !me.reach(Action::ViewItems).is_nothing();
    let banks = if reads_items { super::banks(&app, &me, Some(200), None).await?.items } else { vec![] };
    let manages = !me.reach(Action::ManageAssessments).is_nothing();
    let assessments = if manages { super::assessments(&app, &me, None, Some(200), None).await?.items } else { vec![] };
    page.render(&OverviewPage { page: &page, open, results, banks, assessments })
}

#[derive(Template)]
#[template(path = "assessment/assessment.html")]
struct AssessmentPage<'a> {
    page: &'a Page,
    view: AssessmentView,
    banks: Vec<BankView>,
    openings: Vec<OpeningView>,
    manages: bool,
    problem: Option<&'a Problem>,
}

impl AssessmentPage<'_> {
    fn bank(&self, id: &BankId) -> &str {
        self.banks.iter().find(|bank| bank.id == *id).map_or("–", |bank| &bank.code)
    }
}

async fn show_assessment(
    page: &Page,
    app: &App,
    me: &SignedIn,
    id: AssessmentId,
    problem: Option<&Problem>,
) -> Result<Response, Problem> {
    let view = super::assessment(app, me, id).await?;
    let scope = view.organisation_id.map_or_else(Scope::programme, Scope::organisation);
    let manages = me.may(Action::ManageAssessments, &scope);
    let openings = if manages { super::openings(app, me, id, Some(200), None).await?.items } else { vec![] };
    let reads_items = !me.reach(Action::ViewItems).is_nothing();
    let banks = if reads_items { super::banks(app, me, Some(200), None).await?.items } else { vec![] };
    let status = problem.map_or(StatusCode::OK, Problem::status);
    page.render_with(status, &AssessmentPage { page, view, banks, openings, manages, problem })
}

#[handler]
async fn assessment_page(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<AssessmentId>,
) -> Result<Response, Problem> {
    show_assessment(&page, &app, &me, id, None).await
}

#[derive(Deserialize)]
struct Nothing {}

async fn moved(
    page: &Page,
    app: &App,
    me: &SignedIn,
    id: AssessmentId,
    to: AssessmentState,
) -> Result<Response, Problem> {
    match super::move_assessment(app, me, id, to).await {
        Ok(_) => Ok(page.see_other(&format!("/assessments/{id}"), "assessment-moved")),
        Err(problem) if problem.status() == StatusCode::CONFLICT => {
            show_assessment(page, app, me, id, Some(&problem)).await
        }
        Err(problem) => Err(problem),
    }
}

#[handler]
async fn publish(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<AssessmentId>,
    _form: Form<Nothing>,
) -> Result<Response, Problem> {
    moved(&page, &app, &me, id, AssessmentState::Published).await
}

#[handler]
async fn close(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<AssessmentId>,
    _form: Form<Nothing>,
) -> Result<Response, Problem> {
    moved(&page, &app, &me, id, AssessmentState::Closed).await
}

#[derive(Template)]
#[template(path = "assessment/opening.html")]
struct OpeningPage<'a> {
    page: &'a Page,
    view: OpeningView,
    sees_results: bool,
    problem: Option<&'a Problem>,
}

impl OpeningPage<'_> {
    fn begin_words(&self) -> String {
        let number = (self.view.attempts.len() + 1).to_string();
        let of = self.view.assessment.max_attempts.to_string();
        self.page.tn("assessment-begin", &[("number", number), ("of", of)])
    }
}

async fn show_opening(
    page: &Page,
    app: &App,
    me: &SignedIn,
    id: OpeningId,
    problem: Option<&Problem>,
) -> Result<Response, Problem> {
    let view = super::opening(app, me, id).await?;
    let reach = me.reach(Action::ViewResults);
    let sees_results = reach.everything || !reach.organisations.is_empty() || !reach.units.is_empty();
    let status = problem.map_or(StatusCode::OK, Problem::status);
    page.render_with(status, &OpeningPage { page, view, sees_results, problem })
}

#[handler]
async fn opening_page(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<OpeningId>,
) -> Result<Response, Problem> {
    show_opening(&page, &app, &me, id, None).await
}

#[handler]
async fn begin(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<OpeningId>,
    _form: Form<Nothing>,
) -> Result<Response, Problem> {
    let assessment = super::opening(&app, &me, id).await?.assessment.id;
    match super::begin(&app, &me, assessment, NewAttempt { opening_id: id }).await {
        Ok(paper) => Ok(page.see_other(&format!("/attempts/{}", paper.id), "")),
        Err(problem) if problem.status() == StatusCode::CONFLICT => {
            show_opening(&page, &app, &me, id, Some(&problem)).await
        }
        Err(problem) => Err(problem),
    }
}

#[derive(Template)]
#[template(path = "assessment/results.html")]
struct ResultsPage<'a> {
    page: &'a Page,
    view: OpeningView,
    list: ListPage<ResultView>,
}

#[handler]
async fn results_page(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<OpeningId>,
    Query(wanted): Query<Cursor>,
) -> Result<Response, Problem> {
    let view = super::opening(&app, &me, id).await?;
    let list = super::results(&app, &me, id, None, wanted.cursor.as_deref()).await?;
    page.render(&ResultsPage { page: &page, view, list })
}

#[derive(Template)]
#[template(path = "assessment/paper.html")]
struct PaperPage<'a> {
    page: &'a Page,
    paper: &'a PaperView,
    question: &'a QuestionView,
    problem: Option<&'a Problem>,
}

impl PaperPage<'_> {
    fn answered(&self) -> usize {
        self.paper.questions.iter().filter(|question| question.is_answered()).count()
    }
    #[expect(clippy::needless_pass_by_value, reason = "templates pass values and references")]
    fn answered_words(&self, count: impl ToString) -> String {
        let of = self.paper.questions.len().to_string();
        self.page.tn("assessment-answered", &[("count", count.to_string()), ("of", of)])
    }
    fn question_words(&self) -> String {
        let (number, of) = (self.question.position.to_string(), self.paper.questions.len().to_string());
        self.page.tn("assessment-question-of", &[("number", number), ("of", of)])
    }
    fn is_last(&self) -> bool {
        self.paper.questions.last().is_some_and(|last| last.position == self.question.position)
    }
}

#[derive(Deserialize)]
struct At {
    question: Option<i32>,
}

/// The first question without an answer, or the first of all.
fn first_open(paper: &PaperView) -> Option<i32> {
    paper.unanswered().first().copied().or_else(|| paper.questions.first().map(|question| question.position))
}

#[handler]
async fn paper_page(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<AttemptId>,
    Query(at): Query<At>,
) -> Result<Response, Problem> {
    let paper = super::paper(&app, &me, id, Some(page.lang())).await?;
    let position = at.question.or_else(|| first_open(&paper));
    let Some(question) = paper.questions.iter().find(|question| Some(question.position) == position) else {
        return Ok(page.see_other(&format!("/attempts/{id}/result"), ""));
    };
    page.render(&PaperPage { page: &page, paper: &paper, question, problem: None })
}

/// What a form says as an answer: letters as they come, or for an ordering by the places given to them.
fn read(kind: ItemKind, fields: &[(String, String)]) -> Vec<String> {
    if kind != ItemKind::Ordering {
        return fields.iter().filter(|(name, _)| name == "answer").map(|(_, letter)| letter.clone()).collect();
    }
    let mut placed: Vec<(i32, &str)> =
        fields.iter().filter_map(|(name, place)| Some((place.parse().ok()?, name.strip_prefix("place-")?))).collect();
    placed.sort_unstable();
    // A place given twice is no order; a letter twice says so to the rule.
    let twice = placed.windows(2).any(|pair| pair[0].0 == pair[1].0);
    let mut letters: Vec<String> = placed.into_iter().map(|(_, letter)| letter.to_owned()).collect();
    if twice {
        letters.extend(letters.first().cloned());
    }
    letters
}

fn field<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
}

#[handler]
async fn answer(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path((id, position)): Path<(AttemptId, i32)>,
    form: Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let paper = super::paper(&app, &me, id, Some(page.lang())).await?;
    let Some(question) = paper.questions.iter().find(|question| question.position == position) else {
        return Ok(page.see_other_as(&format!("/attempts/{id}/result"), "warn", "assessment-over"));
    };
    let act = field(&form.0, "do");
    let given = if act == "clear" { vec![] } else { read(question.kind, &form.0) };
    let blank = given.iter().all(String::is_empty);
    let sequence = field(&form.0, "sequence").parse().unwrap_or(0);
    // Going on without an answer where none was given saves nothing.
    if !(blank && question.sequence == 0) {
        let new = NewResponse { sequence, answer: if blank { vec![] } else { given.clone() } };
        if let Err(problem) = super::answer(&app, &me, id, position, new).await {
            if !matches!(problem.status(), StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY) {
                return Err(problem);
            }
            let mut shown = question.clone();
            shown.answer = given;
            let status = problem.status();
            let template = PaperPage { page: &page, paper: &paper, question: &shown, problem: Some(&problem) };
            return page.render_with(status, &template);
        }
    }
    let after = paper.questions.iter().map(|question| question.position).find(|n| *n > position);
    let to = match (act, after) {
        ("next", Some(after)) => format!("/attempts/{id}?question={after}"),
        ("next", None) => format!("/attempts/{id}/submission"),
        _ => format!("/attempts/{id}?question={position}"),
    };
    Ok(page.see_other(&to, if act == "next" { "" } else { "assessment-saved" }))
}

#[derive(Template)]
#[template(path = "assessment/submission.html")]
struct SubmissionPage<'a> {
    page: &'a Page,
    paper: PaperView,
}

impl SubmissionPage<'_> {
    fn unanswered_words(&self) -> String {
        let count = i64::try_from(self.paper.unanswered().len()).unwrap_or(0);
        self.page.count("assessment-unanswered", count)
    }
}

#[handler]
async fn before_submission(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<AttemptId>,
) -> Result<Response, Problem> {
    let paper = super::paper(&app, &me, id, Some(page.lang())).await?;
    if paper.state != AttemptState::InProgress {
        return Ok(page.see_other(&format!("/attempts/{id}/result"), ""));
    }
    page.render(&SubmissionPage { page: &page, paper })
}

#[handler]
async fn submit(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<AttemptId>,
    _form: Form<Nothing>,
) -> Result<Response, Problem> {
    super::submit(&app, &me, id).await?;
    Ok(page.see_other(&format!("/attempts/{id}/result"), ""))
}

#[derive(Template)]
#[template(path = "assessment/result.html")]
struct ResultPage<'a> {
    page: &'a Page,
    view: ResultView,
    own: bool,
}

impl ResultPage<'_> {
    #[expect(clippy::needless_pass_by_value, reason = "templates pass values and references")]
    fn score_words(&self, score: impl ToString) -> String {
        let (score, pass) = (score.to_string(), self.view.pass_percent.to_string());
        let short = if score.contains('.') { score.trim_end_matches('0').trim_end_matches('.') } else { &score };
        self.page.tn("assessment-score-of", &[("score", short.to_owned()), ("pass", pass)])
    }
}

#[handler]
async fn result_page(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<AttemptId>,
) -> Result<Response, Problem> {
    let view = super::result(&app, &me, id).await?;
    let own = view.person_id == me.person;
    if own && view.state == AttemptState::InProgress {
        return Ok(page.see_other(&format!("/attempts/{id}"), ""));
    }
    page.render(&ResultPage { page: &page, view, own })
}

#[derive(Template)]
#[template(path = "assessment/bank.html")]
struct BankPage<'a> {
    page: &'a Page,
    view: BankView,
    topic: Option<&'a str>,
    list: ListPage<ItemView>,
}

impl BankPage<'_> {
    /// The query of the next page, within the same topic.
    fn next(&self, cursor: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::from("?"));
        if let Some(topic) = self.topic {
            query.append_pair("topic", topic);
        }
        query.append_pair("cursor", cursor).finish()
    }
}

#[derive(Deserialize)]
struct WantedItems {
    topic: Option<String>,
    cursor: Option<String>,
}

#[handler]
async fn bank_page(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<BankId>,
    Query(wanted): Query<WantedItems>,
) -> Result<Response, Problem> {
    let view = super::bank(&app, &me, id).await?;
    let topic = wanted.topic.as_deref().filter(|topic| !topic.is_empty());
    let filter = ItemFilter { topic: topic.map(str::to_owned), ..ItemFilter::default() };
    let list = super::items(&app, &me, id, filter, (None, wanted.cursor.as_deref())).await?;
    page.render(&BankPage { page: &page, view, topic, list })
}

#[derive(Template)]
#[template(path = "assessment/item.html")]
struct ItemPage<'a> {
    page: &'a Page,
    view: ItemView,
    bank: BankView,
    manages: bool,
}

impl ItemPage<'_> {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    fn is_right(&self, option: &usize) -> bool {
        self.view.key.iter().any(|key| usize::try_from(*key) == Ok(*option))
    }
    fn is_true(&self) -> bool {
        self.is_right(&1)
    }
    /// Options in the order of the key: an ordering as it should be.
    fn in_order(&self) -> Vec<&str> {
        let options = &self.view.text_in(self.page.lang()).options;
        let at = |key: &u32| usize::try_from(*key).ok().and_then(|n| options.get(n)).map(String::as_str);
        self.view.key.iter().filter_map(at).collect()
    }
}

#[handler]
async fn item_page(page: Page, app: Data<&App>, me: SignedIn, Path(id): Path<ItemId>) -> Result<Response, Problem> {
    let view = super::item(&app, &me, id).await?;
    let bank = super::bank(&app, &me, view.bank_id).await?;
    let scope = bank.organisation_id.map_or_else(Scope::programme, Scope::organisation);
    let manages = me.may(Action::ManageItems, &scope);
    page.render(&ItemPage { page: &page, view, bank, manages })
}

#[handler]
async fn retire(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<ItemId>,
    _form: Form<Nothing>,
) -> Result<Response, Problem> {
    super::retire(&app, &me, id).await?;
    Ok(page.see_other(&format!("/items/{id}"), "assessment-item-retired"))
}
