//! HTML door of certification: one's own certificates, the officers' desk, public verification.

use super::{
    CertificateFilter, CertificateView, EvidenceByHand, EvidenceView, NeedView, ProposalView, SchemeView, StandingView,
};
use crate::identity::pages::SignedIn;
use crate::identity::{self, Action, Actor, Scope};
use crate::platform::http::ClientAddress;
use crate::platform::page::{Form, Page};
use crate::platform::{App, ListPage, Problem};
use askama::Template;
use entity::certification::{CertificationStatus, EvidenceKind, ProposalState};
use entity::id::{CertificateId, PersonId, ProposalId};
use poem::http::{HeaderValue, StatusCode};
use poem::web::{Data, Path, Query};
use poem::{Response, Route, get, handler, post};
use serde::Deserialize;

/// The pages.
pub fn routes(route: Route) -> Route {
    route
        .at("/certificates", get(certificates))
        .at("/certificates/:id", get(certificate))
        .at("/certificates/:id/suspension", post(suspend))
        .at("/certificates/:id/revocation", post(revoke))
        .at("/certificates/:id/reinstatement", post(reinstate))
        .at("/proposals/:id/confirmation", post(confirm))
        .at("/proposals/:id/refusal", post(refuse))
        .at("/standing/:person", get(standing_page).post(record))
        .at("/schemes", get(schemes))
        .at("/verify", get(verify_form))
        .at("/verify/:number", get(verify))
}

/// The colour of a status.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
fn badge(status: &CertificationStatus) -> &'static str {
    match status {
        CertificationStatus::Valid => "good",
        CertificationStatus::Renewable | CertificationStatus::Upcoming => "info",
        CertificationStatus::Suspended | CertificationStatus::Expired => "warn",
        CertificationStatus::Revoked => "bad",
        CertificationStatus::NotHeld => "neutral",
    }
}

/// A number with its word, as the language counts.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
fn counted(page: &Page, key: &str, number: &i32) -> String {
    page.count(key, *number)
}

/// A need in the reader's language.
fn need_words(page: &Page, need: &NeedView) -> String {
    let key = need.key.clone().unwrap_or_else(|| page.t("certification-any-course"));
    let number = |n: Option<String>| n.unwrap_or_default();
    let arguments = [
        ("key", key),
        ("percent", number(need.min_percent.map(|p| p.to_string()))),
        ("best", number(need.best_percent.map(|p| p.normalize().to_string()))),
    ];
    let mut words = page.tn(&format!("certification-need-{}", need.kind), &arguments);
    if need.best_percent.is_some() {
        words = format!("{words} {}", page.tn("certification-need-best", &arguments));
    }
    if need.choice.is_some() {
        words = format!("{words} {}", page.t("certification-need-choice"));
    }
    words
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    status: Option<CertificationStatus>,
    #[serde(default)]
    cursor: Option<String>,
}

#[derive(Template)]
#[template(path = "certification/certificates.html")]
struct CertificatesPage<'a> {
    page: &'a Page,
    standing: StandingView,
    mine: ListPage<CertificateView>,
    others: Option<ListPage<CertificateView>>,
    proposals: Vec<ProposalView>,
    status: Option<CertificationStatus>,
    me: &'a Actor,
}

#[handler]
async fn certificates(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let own = CertificateFilter { person_id: Some(me.person), ..CertificateFilter::default() };
    let mine = super::certificates(&app, &me, own, None, None).await?;
    let standing = super::standing(&app, &me, me.person, None).await?;
    let reach = me.reach(Action::ViewCertificates);
    let others = if reach == (crate::identity::Reach { own: reach.own, ..Default::default() }) {
        None
    } else {
        let all = CertificateFilter { status: wanted.status, ..CertificateFilter::default() };
        Some(super::certificates(&app, &me, all, None, wanted.cursor.as_deref()).await?)
    };
    let proposals = super::proposals(&app, &me, ProposalState::Open, Some(100), None).await?.items;
    let template = CertificatesPage { page: &page, standing, mine, others, proposals, status: wanted.status, me: &me };
    page.render(&template)
}

#[derive(Template)]
#[template(path = "certification/certificate.html")]
struct CertificatePage<'a> {
    page: &'a Page,
    view: CertificateView,
    evidence: Vec<EvidenceView>,
    may_suspend: bool,
    may_revoke: bool,
    problem: Option<&'a Problem>,
}

async fn show(
    page: &Page,
    app: &App,
    me: &Actor,
    id: CertificateId,
    problem: Option<&Problem>,
) -> Result<Response, Problem> {
    let view = super::certificate(app, me, id).await?;
    // Whose evidence is not shown to the reader is left out, not refused.
    let evidence = super::evidence_of(app, me, id).await.unwrap_or_default();
    let scope = Scope::organisation(me.organisation);
    let another = view.person_id != me.person && view.status != CertificationStatus::Revoked;
    let template = CertificatePage {
        page,
        evidence,
        may_suspend: another && me.may(Action::SuspendCertificate, &scope),
        may_revoke: another && me.may(Action::RevokeCertificate, &scope),
        view,
        problem,
    };
    page.render_with(problem.map_or(StatusCode::OK, |_| StatusCode::UNPROCESSABLE_ENTITY), &template)
}

#[handler]
async fn certificate(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<CertificateId>,
) -> Result<Response, Problem> {
    show(&page, &app, &me, id, None).await
}

#[derive(Deserialize)]
struct ReasonForm {
    reason: String,
}

/// A reason as the JSON door takes it.
fn reason(form: ReasonForm) -> Result<String, Problem> {
    let text = form.reason.trim();
    if (5..=1000).contains(&text.chars().count()) {
        Ok(text.to_owned())
    } else {
        Err(Problem::invalid().field("/reason", "must have 5 to 1000 characters"))
    }
}

/// After an act: on to the certificate, or the page again with what refused it.
async fn answer<T>(
    page: &Page,
    app: &App,
    me: &Actor,
    id: CertificateId,
    outcome: (Result<T, Problem>, &str),
) -> Result<Response, Problem> {
    match outcome {
        (Ok(_), message) => Ok(page.see_other(&format!("/certificates/{id}"), message)),
        (Err(problem), _) if matches!(problem.status(), StatusCode::NOT_FOUND | StatusCode::FORBIDDEN) => Err(problem),
        (Err(problem), _) => show(page, app, me, id, Some(&problem)).await,
    }
}

#[handler]
async fn suspend(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<CertificateId>,
    Form(form): Form<ReasonForm>,
) -> Result<Response, Problem> {
    let outcome = match reason(form) {
        Ok(reason) => super::suspend(&app, &me, id, reason).await,
        Err(problem) => Err(problem),
    };
    answer(&page, &app, &me, id, (outcome, "certification-suspended")).await
}

#[handler]
async fn revoke(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<CertificateId>,
    Form(form): Form<ReasonForm>,
) -> Result<Response, Problem> {
    let outcome = match reason(form) {
        Ok(reason) => super::propose_revocation(&app, &me, id, reason).await,
        Err(problem) => Err(problem),
    };
    answer(&page, &app, &me, id, (outcome, "certification-proposed")).await
}

#[handler]
async fn reinstate(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<CertificateId>,
    Form(form): Form<ReasonForm>,
) -> Result<Response, Problem> {
    let outcome = match reason(form) {
        Ok(reason) => super::propose_reinstatement(&app, &me, id, reason).await,
        Err(problem) => Err(problem),
    };
    answer(&page, &app, &me, id, (outcome, "certification-proposed")).await
}

#[handler]
async fn confirm(page: Page, app: Data<&App>, me: SignedIn, Path(id): Path<ProposalId>) -> Result<Response, Problem> {
    super::confirm(&app, &me, id).await?;
    Ok(page.see_other("/certificates", "certification-confirmed"))
}

#[handler]
async fn refuse(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<ProposalId>,
    Form(form): Form<ReasonForm>,
) -> Result<Response, Problem> {
    super::refuse(&app, &me, id, reason(form)?).await?;
    Ok(page.see_other("/certificates", "certification-refused"))
}

#[derive(Template)]
#[template(path = "certification/standing.html")]
struct StandingPage<'a> {
    page: &'a Page,
    person: PersonId,
    name: String,
    standing: Option<StandingView>,
    may_record: bool,
    problem: Option<&'a Problem>,
}

async fn show_standing(
    page: &Page,
    app: &App,
    me: &Actor,
    person: PersonId,
    problem: Option<&Problem>,
) -> Result<Response, Problem> {
    let scope = identity::person_scope(app.db(), person).await?;
    let may_record = me.person != person && me.may(Action::RecordEvidence, &scope);
    let standing = super::standing(app, me, person, None).await.ok();
    if standing.is_none() && !may_record {
        return Err(Problem::not_found());
    }
    let names = identity::person_names(app.db(), &[person]).await?;
    let name = names.get(&person).map(identity::PersonView::name).unwrap_or_default();
    let template = StandingPage { page, person, name, standing, may_record, problem };
    page.render_with(problem.map_or(StatusCode::OK, |_| StatusCode::UNPROCESSABLE_ENTITY), &template)
}

#[handler]
async fn standing_page(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(person): Path<PersonId>,
) -> Result<Response, Problem> {
    show_standing(&page, &app, &me, person, None).await
}

#[derive(Deserialize)]
struct EvidenceForm {
    kind: EvidenceKind,
    key: String,
    note: Option<String>,
}

impl EvidenceForm {
    /// As the JSON door takes it.
    fn checked(self) -> Result<EvidenceByHand, Problem> {
        let key = self.key.trim().to_owned();
        let note = self.note.map(|note| note.trim().to_owned()).filter(|note| !note.is_empty());
        if key.is_empty() || key.chars().count() > 200 || note.as_ref().is_some_and(|n| n.chars().count() > 1000) {
            return Err(Problem::invalid().field("/key", "must have 1 to 200 characters"));
        }
        Ok(EvidenceByHand { kind: self.kind, key, at: None, note })
    }
}

#[handler]
async fn record(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(person): Path<PersonId>,
    Form(form): Form<EvidenceForm>,
) -> Result<Response, Problem> {
    let outcome = match form.checked() {
        Ok(new) => super::record_by_hand(&app, &me, person, new).await,
        Err(problem) => Err(problem),
    };
    match outcome {
        Ok(_) => Ok(page.see_other(&format!("/standing/{person}"), "certification-recorded")),
        Err(problem) => show_standing(&page, &app, &me, person, Some(&problem)).await,
    }
}

#[derive(Template)]
#[template(path = "certification/schemes.html")]
struct SchemesPage<'a> {
    page: &'a Page,
    schemes: Vec<SchemeView>,
}

#[handler]
async fn schemes(page: Page, app: Data<&App>, me: SignedIn) -> Result<Response, Problem> {
    let schemes = super::schemes(&app, &me).await?;
    page.render(&SchemesPage { page: &page, schemes })
}

#[derive(Template)]
#[template(path = "certification/verify.html")]
struct VerifyPage<'a> {
    page: &'a Page,
    number: &'a str,
    found: Option<super::VerificationView>,
    unknown: bool,
}

#[derive(Deserialize)]
struct Typed {
    number: Option<String>,
}

#[handler]
async fn verify_form(page: Page, Query(typed): Query<Typed>) -> Result<Response, Problem> {
    let number = typed.number.unwrap_or_default();
    if let Some(good) = super::rules::typed_number(&number) {
        return Ok(page.see_other(&format!("/verify/{}", super::rules::grouped(&good)), ""));
    }
    let unknown = !number.is_empty();
    robots(page.render(&VerifyPage { page: &page, number: &number, found: None, unknown }))
}

#[handler]
async fn verify(
    page: Page,
    app: Data<&App>,
    address: Data<&ClientAddress>,
    Path(number): Path<String>,
) -> Result<Response, Problem> {
    let (found, status) = match super::verification(&app, &number, address.0.0).await {
        Ok(view) => (Some(view), StatusCode::OK),
        Err(problem) if problem.status() == StatusCode::NOT_FOUND => (None, StatusCode::NOT_FOUND),
        Err(problem) => return Err(problem),
    };
    let unknown = found.is_none();
    robots(page.render_with(status, &VerifyPage { page: &page, number: &number, found, unknown }))
}

/// Names of holders do not belong in search engines.
fn robots(response: Result<Response, Problem>) -> Result<Response, Problem> {
    let mut response = response?;
    response.headers_mut().insert("x-robots-tag", HeaderValue::from_static("noindex"));
    Ok(response)
}
