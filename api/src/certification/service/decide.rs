//! What officers decide: confirming what the rule proposes, suspending, revoking, reinstating.

use super::super::rules::{self, Verdict};
use super::super::{
    CertificateProposed, CertificateReinstated, CertificateRevoked, CertificateSuspended, CertificateView,
    EvidenceByHand, EvidenceView, NewEvidence, ProposalRefused, ProposalView, Refusal,
};
use super::record::{Record, evaluate, issue, record_noted};
use super::{lock_person, read, rules_in_force};
use crate::identity::{self, Action, Actor, Scope};
use crate::platform::{App, Problem, Tx};
use entity::certification::{DecisionKind, EvidenceKind, ProposalState, certificate, decision, period, proposal};
use entity::id::{CertificateId, PersonId, ProposalId};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

/// Records a practical result, a document or something shown outside, and does what follows.
///
/// # Errors
/// 403 · `not-found` · 422 · `certification/own-certificate`
pub async fn record_by_hand(
    app: &App,
    actor: &Actor,
    person: PersonId,
    new: EvidenceByHand,
) -> Result<EvidenceView, Problem> {
    let scope = identity::person_scope(app.db(), person).await?;
    if !actor.may(Action::RecordEvidence, &scope) && !actor.may(Action::ViewCertificates, &scope) {
        return Err(Problem::not_found());
    }
    not_own(actor, person)?;
    if matches!(new.kind, EvidenceKind::Attendance | EvidenceKind::Assessment) {
        return Err(Problem::invalid().field("/kind", "must be practical, document or external"));
    }
    if new.at.is_some_and(|at| at > app.now()) {
        return Err(Problem::invalid().field("/at", "must not be in the future"));
    }
    let tx = actor.permit(Action::RecordEvidence, &scope, app.now())?.begin(app).await?;
    let at = new.at.unwrap_or_else(|| tx.now());
    let fact = NewEvidence { person, kind: new.kind, key: new.key, percent: None, source_id: tx.id(), at };
    let (row, _) = record_noted(&tx, fact, new.note).await?;
    let row = row.ok_or_else(|| Problem::internal("a fresh id was there before"))?;
    let view = read::evidence_views(&tx, vec![row]).await?.pop().ok_or_else(Problem::not_found)?;
    tx.commit(view).await
}

fn not_own(actor: &Actor, person: PersonId) -> Result<(), Problem> {
    if actor.person == person { Err(Refusal::OwnCertificate.into()) } else { Ok(()) }
}

/// Confirms a proposal: the certificate is issued, revoked or reinstated.
///
/// # Errors
/// 403 · `not-found` · `certification/proposal-closed` · `certification/no-longer-fulfilled` ·
/// `certification/own-certificate` · `certification/second-officer-needed` · `certification/assessor-is-not-issuer`
pub async fn confirm(app: &App, actor: &Actor, id: ProposalId) -> Result<ProposalView, Problem> {
    let (tx, row) = take(app, actor, id).await?;
    match row.kind {
        DecisionKind::Issue => confirm_issue(&tx, actor, &row).await?,
        DecisionKind::Revoke | DecisionKind::Reinstate | DecisionKind::Suspend => {
            let id = row.certificate_id.ok_or(Refusal::NotOpen)?;
            decide(&tx, id, row.kind, &row.reason, row.proposed_by).await?;
            if row.kind == DecisionKind::Reinstate {
                catch_up(&tx, &row).await?;
            }
        }
    }
    let row = close(&tx, row, ProposalState::Confirmed, None).await?;
    let view = read::proposal_views(&tx, vec![row]).await?.pop().ok_or_else(Problem::not_found)?;
    tx.commit(view).await
}

/// Refuses a proposal; nothing changes for the certificate.
///
/// # Errors
/// 403 · `not-found` · `certification/proposal-closed` · `certification/own-certificate`
pub async fn refuse(app: &App, actor: &Actor, id: ProposalId, reason: String) -> Result<ProposalView, Problem> {
    let (tx, row) = take(app, actor, id).await?;
    let (person, scheme) = (row.person_id, row.scheme_id);
    let row = close(&tx, row, ProposalState::Refused, Some(reason)).await?;
    tx.emit(&ProposalRefused { proposal: row.id, person, scheme }).await?;
    let view = read::proposal_views(&tx, vec![row]).await?.pop().ok_or_else(Problem::not_found)?;
    tx.commit(view).await
}

/// Opens the transaction in which a proposal is decided, with everything locked and read again.
async fn take(app: &App, actor: &Actor, id: ProposalId) -> Result<(Tx, proposal::Model), Problem> {
    let row = read::visible_proposal(app, actor, id).await?;
    let scope = identity::person_scope(app.db(), row.person_id).await?;
    let action = if row.kind == DecisionKind::Issue { Action::IssueCertificate } else { Action::RevokeCertificate };
    not_own(actor, row.person_id)?;
    if row.proposed_by == Some(actor.person) {
        return Err(Refusal::SecondOfficer.into());
    }
    let tx = actor.permit(action, &scope, app.now())?.begin(app).await?;
    lock_person(&tx, row.person_id).await?;
    let row = proposal::Entity::find_by_id(id).one(&tx).await?.ok_or_else(Problem::not_found)?;
    if row.state != ProposalState::Open {
        return Err(Refusal::NotOpen.into());
    }
    Ok((tx, row))
}

async fn close(
    tx: &Tx,
    row: proposal::Model,
    state: ProposalState,
    answer: Option<String>,
) -> Result<proposal::Model, Problem> {
    let change = proposal::ActiveModel {
        id: Set(row.id),
        state: Set(state),
        decided_by: Set(tx.author().person),
        decided_at: Set(Some(tx.now())),
        answer: Set(answer),
        ..Default::default()
    };
    Ok(proposal::Entity::update(change).exec(tx).await?)
}

async fn confirm_issue(tx: &Tx, actor: &Actor, row: &proposal::Model) -> Result<(), Problem> {
    let rules = rules_in_force(tx).await?;
    let rule = rules.iter().find(|rule| rule.scheme == row.scheme_id).ok_or_else(Problem::not_found)?;
    let known = Record::load(tx, row.person_id).await?;
    let Verdict::Award(award) = known.verdict(rule, &rules, rules::local_day(tx.now())) else {
        return Err(Refusal::NoLongerFulfilled.into());
    };
    if known.recorded_by.iter().any(|(id, by)| *by == actor.person && award.evidence.contains(id)) {
        return Err(Refusal::AssessedIt.into());
    }
    issue(tx, row.person_id, rule, &award, Some(actor.person)).await?;
    let asking = (0..rules.len()).filter(|i| rules[*i].requirement.asks_for_scheme(&rule.code)).collect();
    evaluate(tx, row.person_id, &rules, asking).await?;
    Ok(())
}

/// What was shown during a suspension counts once it is over.
async fn catch_up(tx: &Tx, row: &proposal::Model) -> Result<(), Problem> {
    let rules = rules_in_force(tx).await?;
    let Some(code) = rules.iter().find(|rule| rule.scheme == row.scheme_id).map(|rule| rule.code.clone()) else {
        return Ok(());
    };
    let concerned = |i: &usize| rules[*i].code == code || rules[*i].requirement.asks_for_scheme(&code);
    evaluate(tx, row.person_id, &rules, (0..rules.len()).filter(concerned).collect()).await?;
    Ok(())
}

/// Suspends a certificate at once.
///
/// # Errors
/// 403 · `not-found` · `certification/already-suspended` · `certification/already-revoked` ·
/// `certification/own-certificate`
pub async fn suspend(app: &App, actor: &Actor, id: CertificateId, reason: String) -> Result<CertificateView, Problem> {
    let (row, scope) = of_another(app, actor, id).await?;
    let tx = actor.permit(Action::SuspendCertificate, &scope, app.now())?.begin(app).await?;
    lock_person(&tx, row.person_id).await?;
    decide(&tx, id, DecisionKind::Suspend, &reason, None).await?;
    let view = read::certificate_in(&tx, id).await?;
    tx.commit(view).await
}

/// Proposes to revoke a certificate; another officer confirms.
///
/// # Errors
/// 403 · `not-found` · `certification/already-revoked` · `certification/already-proposed` ·
/// `certification/own-certificate`
pub async fn propose_revocation(
    app: &App,
    actor: &Actor,
    id: CertificateId,
    reason: String,
) -> Result<ProposalView, Problem> {
    propose(app, actor, id, DecisionKind::Revoke, reason).await
}

/// Proposes that a suspended certificate counts again; another officer confirms.
///
/// # Errors
/// 403 · `not-found` · `certification/not-suspended` · `certification/already-revoked` ·
/// `certification/already-proposed` · `certification/own-certificate`
pub async fn propose_reinstatement(
    app: &App,
    actor: &Actor,
    id: CertificateId,
    reason: String,
) -> Result<ProposalView, Problem> {
    propose(app, actor, id, DecisionKind::Reinstate, reason).await
}

async fn of_another(app: &App, actor: &Actor, id: CertificateId) -> Result<(certificate::Model, Scope), Problem> {
    let row = read::visible_certificate(app, actor, id).await?;
    let scope = identity::person_scope(app.db(), row.person_id).await?;
    not_own(actor, row.person_id)?;
    Ok((row, scope))
}

async fn propose(
    app: &App,
    actor: &Actor,
    id: CertificateId,
    kind: DecisionKind,
    reason: String,
) -> Result<ProposalView, Problem> {
    let (row, scope) = of_another(app, actor, id).await?;
    let tx = actor.permit(Action::RevokeCertificate, &scope, app.now())?.begin(app).await?;
    lock_person(&tx, row.person_id).await?;
    check(&period_of(&tx, id).await?, kind)?;
    let waiting = proposal::Entity::find()
        .filter(proposal::Column::CertificateId.eq(id))
        .filter(proposal::Column::State.eq(ProposalState::Open))
        .one(&tx)
        .await?;
    if waiting.is_some() {
        return Err(Refusal::AlreadyProposed.into());
    }
    let new = proposal::Model {
        id: tx.id(),
        kind,
        person_id: row.person_id,
        scheme_id: row.scheme_id,
        certificate_id: Some(id),
        reason,
        proposed_by: Some(actor.person),
        state: ProposalState::Open,
        decided_by: None,
        decided_at: None,
        answer: None,
        created_at: tx.now(),
    };
    proposal::Entity::insert(new.clone().into_active_model()).exec_without_returning(&tx).await?;
    tx.emit(&CertificateProposed { proposal: new.id, person: row.person_id, scheme: row.scheme_id }).await?;
    let view = read::proposal_views(&tx, vec![new]).await?.pop().ok_or_else(Problem::not_found)?;
    tx.commit(view).await
}

async fn period_of(tx: &Tx, id: CertificateId) -> Result<period::Model, Problem> {
    let row = certificate::Entity::find_by_id(id).one(tx).await?.ok_or_else(Problem::not_found)?;
    period::Entity::find_by_id(row.period_id).one(tx).await?.ok_or_else(Problem::not_found)
}

fn check(period: &period::Model, kind: DecisionKind) -> Result<(), Refusal> {
    match kind {
        _ if period.revoked_at.is_some() => Err(Refusal::AlreadyRevoked),
        DecisionKind::Suspend if period.suspended_at.is_some() => Err(Refusal::AlreadySuspended),
        DecisionKind::Reinstate if period.suspended_at.is_none() => Err(Refusal::NotSuspended),
        _ => Ok(()),
    }
}

/// Writes a decision and what follows for the period. The person is locked.
async fn decide(
    tx: &Tx,
    id: CertificateId,
    kind: DecisionKind,
    reason: &str,
    proposed_by: Option<PersonId>,
) -> Result<(), Problem> {
    let before = period_of(tx, id).await?;
    check(&before, kind)?;
    let mut change = period::ActiveModel { id: Set(before.id), ..Default::default() };
    match kind {
        DecisionKind::Suspend => change.suspended_at = Set(Some(tx.now())),
        DecisionKind::Reinstate => change.suspended_at = Set(None),
        DecisionKind::Revoke => change.revoked_at = Set(Some(tx.now())),
        DecisionKind::Issue => return Err(Refusal::NotOpen.into()),
    }
    period::Entity::update(change).exec(tx).await?;
    let row = decision::Model {
        id: tx.id(),
        certificate_id: id,
        kind,
        reason: reason.to_owned(),
        proposed_by,
        decided_by: tx.author().person,
        at: tx.now(),
    };
    decision::Entity::insert(row.into_active_model()).exec_without_returning(tx).await?;
    let (certificate, person, scheme) = (id, before.person_id, before.scheme_id);
    match kind {
        DecisionKind::Suspend => tx.emit(&CertificateSuspended { certificate, person, scheme }).await?,
        DecisionKind::Reinstate => tx.emit(&CertificateReinstated { certificate, person, scheme }).await?,
        DecisionKind::Revoke | DecisionKind::Issue => {
            tx.emit(&CertificateRevoked { certificate, person, scheme }).await?
        }
    };
    Ok(())
}
