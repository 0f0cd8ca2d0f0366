//! Facts come in, certificates come out.

use super::super::rules::{self, Award, Facts, LastPeriod, Span, Verdict};
use super::super::{CertificateIssued, CertificateProposed, EvidenceRecorded, NewEvidence};
use super::{Rule, lock_person, periods_of, rules_in_force};
use crate::identity;
use crate::platform::{Problem, Tx};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::NaiveDate;
use entity::certification::{
    DecisionKind, ProposalState, certificate, decision, evidence, period, period_evidence, proposal,
};
use entity::id::{CertificateId, PersonId, SchemeId};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, TryInsertResult};
use std::collections::VecDeque;

/// Takes a fact, once for each person, kind and source, and does what follows: a certificate is issued by
/// rule, or proposed to an officer where the scheme wants it confirmed. Gives the certificates issued.
///
/// Callers who record for several persons in one transaction do so in the order of their ids.
///
/// # Errors
/// `not-found` for an unknown person
pub async fn record(tx: &Tx, new: NewEvidence) -> Result<Vec<CertificateId>, Problem> {
    Ok(record_noted(tx, new, None).await?.1)
}

/// As [`record`], with a note for the officer; also gives the row, unless it was there before.
pub(super) async fn record_noted(
    tx: &Tx,
    new: NewEvidence,
    note: Option<String>,
) -> Result<(Option<evidence::Model>, Vec<CertificateId>), Problem> {
    lock_person(tx, new.person).await?;
    let author = tx.author().person.filter(|author| *author != new.person);
    let row = evidence::Model {
        id: tx.id(),
        person_id: new.person,
        kind: new.kind,
        key: new.key,
        percent_hundredths: new.percent.map(hundredths),
        source_id: new.source_id,
        at: new.at,
        note,
        recorded_at: tx.now(),
        recorded_by: author,
    };
    let conflict =
        OnConflict::columns([evidence::Column::PersonId, evidence::Column::Kind, evidence::Column::SourceId])
            .do_nothing()
            .to_owned();
    let inserted = evidence::Entity::insert(row.clone().into_active_model())
        .on_conflict(conflict)
        .try_insert()
        .exec_without_returning(tx)
        .await?;
    if !matches!(inserted, TryInsertResult::Inserted(1)) {
        return Ok((None, vec![]));
    }
    tx.emit(&EvidenceRecorded { evidence: row.id, person: row.person_id, kind: row.kind }).await?;
    let rules = rules_in_force(tx).await?;
    let touched = |rule: &Rule| rule.requirement.is_touched_by(row.kind, &row.key);
    let touched: VecDeque<usize> = (0..rules.len()).filter(|i| touched(&rules[*i])).collect();
    let issued = evaluate(tx, row.person_id, &rules, touched).await?;
    Ok((Some(row), issued))
}

fn hundredths(percent: Decimal) -> i32 {
    let exact = (percent * Decimal::from(100)).trunc();
    exact.to_i32().unwrap_or(0).clamp(0, 10_000)
}

/// What is known of a person, loaded once for all schemes.
pub(super) struct Record {
    evidence: Vec<rules::Evidence>,
    pub(super) recorded_by: Vec<(entity::id::EvidenceId, PersonId)>,
    periods: Vec<period::Model>,
}

impl Record {
    pub(super) async fn load<C: ConnectionTrait>(db: &C, person: PersonId) -> Result<Self, Problem> {
        let rows = evidence::Entity::find().filter(evidence::Column::PersonId.eq(person)).all(db).await?;
        let recorded_by = rows.iter().filter_map(|row| row.recorded_by.map(|by| (row.id, by))).collect();
        Ok(Self { evidence: rows.into_iter().map(fact).collect(), recorded_by, periods: periods_of(db, person).await? })
    }

    /// Forgets what was shown after an instant, and takes the periods as they stood then.
    pub(super) fn as_of(&mut self, at: chrono::DateTime<chrono::Utc>, periods: Vec<period::Model>) {
        self.evidence.retain(|e| e.at <= at);
        self.periods = periods;
    }

    pub(super) fn verdict(&self, rule: &Rule, rules: &[Rule], today: NaiveDate) -> Verdict {
        let of_scheme = |p: &&period::Model| p.scheme_id == rule.scheme;
        let last = self.periods.iter().filter(of_scheme).rfind(|p| p.revoked_at.is_none());
        if last.is_some_and(|p| p.suspended_at.is_some()) {
            // A suspension ends by a decision, never by being renewed.
            return Verdict::AlreadyHeld;
        }
        let counting = self.periods.iter().filter(|p| p.revoked_at.is_none() && p.suspended_at.is_none());
        let span = |p: &period::Model| {
            let other = rules.iter().find(|r| r.scheme == p.scheme_id)?;
            Some(Span {
                scheme: other.code.clone(),
                from_on: p.valid_from_on,
                until_on: p.valid_until_on,
                completed_at: p.completed_at,
            })
        };
        let facts = Facts {
            evidence: self.evidence.clone(),
            spans: counting.filter_map(span).collect(),
            last: last.map(|p| LastPeriod { valid_until_on: p.valid_until_on, renewable_from_on: p.renewable_from_on }),
            revoked_at: self.periods.iter().filter(of_scheme).filter_map(|p| p.revoked_at).max(),
        };
        rules::decide(&rule.requirement, rule.validity, &facts, today)
    }
}

fn fact(row: evidence::Model) -> rules::Evidence {
    let percent = row.percent_hundredths.map(|p| Decimal::new(i64::from(p), 2));
    rules::Evidence { id: row.id, kind: row.kind, key: row.key, percent, at: row.at }
}

/// Judges schemes and, when one is awarded, those that ask for it.
pub(super) async fn evaluate(
    tx: &Tx,
    person: PersonId,
    rules: &[Rule],
    mut open: VecDeque<usize>,
) -> Result<Vec<CertificateId>, Problem> {
    let mut issued = Vec::new();
    if open.is_empty() {
        return Ok(issued);
    }
    let mut known = Record::load(tx, person).await?;
    let today = rules::local_day(tx.now());
    while let Some(index) = open.pop_front() {
        let rule = &rules[index];
        let Verdict::Award(award) = known.verdict(rule, rules, today) else { continue };
        if rule.needs_confirmation {
            propose_issue(tx, person, rule.scheme).await?;
            continue;
        }
        let (id, period) = issue(tx, person, rule, &award, None).await?;
        issued.push(id);
        known.periods.push(period);
        open.extend((0..rules.len()).filter(|i| rules[*i].requirement.asks_for_scheme(&rule.code)));
    }
    Ok(issued)
}

/// Leaves a certificate to an officer, once.
async fn propose_issue(tx: &Tx, person: PersonId, scheme: SchemeId) -> Result<(), Problem> {
    let waiting = proposal::Entity::find()
        .filter(proposal::Column::PersonId.eq(person))
        .filter(proposal::Column::SchemeId.eq(scheme))
        .filter(proposal::Column::Kind.eq(DecisionKind::Issue))
        .filter(proposal::Column::State.eq(ProposalState::Open))
        .one(tx)
        .await?;
    if waiting.is_some() {
        return Ok(());
    }
    let row = proposal::Model {
        id: tx.id(),
        kind: DecisionKind::Issue,
        person_id: person,
        scheme_id: scheme,
        certificate_id: None,
        reason: "The requirement is fulfilled.".into(),
        proposed_by: None,
        state: ProposalState::Open,
        decided_by: None,
        decided_at: None,
        answer: None,
        created_at: tx.now(),
    };
    proposal::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx).await?;
    tx.emit(&CertificateProposed { proposal: row.id, person, scheme }).await?;
    Ok(())
}

/// Writes period, certificate and decision of an award.
pub(super) async fn issue(
    tx: &Tx,
    person: PersonId,
    rule: &Rule,
    award: &Award,
    officer: Option<PersonId>,
) -> Result<(CertificateId, period::Model), Problem> {
    let period = period::Model {
        id: tx.id(),
        person_id: person,
        scheme_id: rule.scheme,
        scheme_version_id: rule.version,
        completed_at: award.completed_at,
        valid_from_on: award.valid_from_on,
        valid_until_on: award.valid_until_on,
        renewable_from_on: award.renewable_from_on,
        suspended_at: None,
        revoked_at: None,
        created_at: tx.now(),
    };
    period::Entity::insert(period.clone().into_active_model()).exec_without_returning(tx).await?;
    let grounds: Vec<_> = award
        .evidence
        .iter()
        .map(|id| period_evidence::Model { period_id: period.id, evidence_id: *id }.into_active_model())
        .collect();
    if !grounds.is_empty() {
        period_evidence::Entity::insert_many(grounds).exec_without_returning(tx).await?;
    }
    let holder = identity::person_names(tx, &[person]).await?.remove(&person).ok_or_else(Problem::not_found)?;
    let random = URL_SAFE_NO_PAD.decode(crate::platform::new_secret()).map_err(Problem::internal)?;
    let row = certificate::Model {
        id: tx.id(),
        person_id: person,
        scheme_id: rule.scheme,
        period_id: period.id,
        number: rules::number(&random),
        holder_name: holder.name(),
        holder_native_name: holder.native_name,
        issued_at: tx.now(),
        issued_by: officer,
        document_hash: None,
    };
    certificate::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx).await?;
    let reason = if officer.is_some() { "Confirmed by an officer." } else { "Issued by rule." };
    let decision = decision::Model {
        id: tx.id(),
        certificate_id: row.id,
        kind: DecisionKind::Issue,
        reason: reason.into(),
        proposed_by: None,
        decided_by: officer,
        at: tx.now(),
    };
    decision::Entity::insert(decision.into_active_model()).exec_without_returning(tx).await?;
    tx.emit(&CertificateIssued { certificate: row.id, person, scheme: rule.scheme }).await?;
    Ok((row.id, period))
}

/// Which of these schemes the person holds on a local day: in force, neither suspended nor revoked.
///
/// # Errors
/// As the database.
pub async fn holds<C: ConnectionTrait>(
    db: &C,
    person: PersonId,
    schemes: &[SchemeId],
    on: NaiveDate,
) -> Result<Vec<SchemeId>, Problem> {
    if schemes.is_empty() {
        return Ok(vec![]);
    }
    let until = Expr::col((period::Entity, period::Column::ValidUntilOn));
    let rows = period::Entity::find()
        .filter(period::Column::PersonId.eq(person))
        .filter(period::Column::SchemeId.is_in(schemes.iter().map(|s| s.0)))
        .filter(period::Column::RevokedAt.is_null())
        .filter(period::Column::SuspendedAt.is_null())
        .filter(period::Column::ValidFromOn.lte(on))
        .filter(until.clone().is_null().or(until.gte(on)))
        .all(db)
        .await?;
    Ok(schemes.iter().copied().filter(|s| rows.iter().any(|row| row.scheme_id == *s)).collect())
}
