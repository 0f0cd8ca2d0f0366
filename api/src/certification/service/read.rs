//! Reading certificates, proposals and how somebody stands.

use super::super::rules::{self, Held, Verdict};
use super::super::{
    CertificateFilter, CertificateView, DecisionView, EvidenceView, NeedView, ProposalView, SchemeStandingView,
    StandingView,
};
use super::record::Record;
use super::{Rule, periods_of, schemes_in_force};
use crate::identity::{self, Action, Actor};
use crate::platform::{App, ListPage, PageRequest, Problem};
use chrono::{DateTime, NaiveDate, Utc};
use entity::certification::{
    CertificationStatus, DecisionKind, ProposalState, certificate, decision, evidence, period, period_evidence,
    proposal, scheme, scheme_version,
};
use entity::id::{CertificateId, PeriodId, PersonId, ProposalId, SchemeId, SchemeVersionId};
use sea_orm::sea_query::{Condition, Expr};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use std::collections::{HashMap, HashSet};

/// The certificate's row, if the actor may know of it.
pub(super) async fn visible_certificate(
    app: &App,
    actor: &Actor,
    id: CertificateId,
) -> Result<certificate::Model, Problem> {
    let person = Expr::col((certificate::Entity, certificate::Column::PersonId));
    let reach = actor.reach(Action::ViewCertificates);
    let found = certificate::Entity::find_by_id(id).filter(identity::filter_by_person(&reach, person));
    found.one(app.db()).await?.ok_or_else(Problem::not_found)
}

/// The proposal's row, if the actor decides about such.
pub(super) async fn visible_proposal(app: &App, actor: &Actor, id: ProposalId) -> Result<proposal::Model, Problem> {
    let person = Expr::col((proposal::Entity, proposal::Column::PersonId));
    let reach = actor.reach(Action::IssueCertificate);
    let found = proposal::Entity::find_by_id(id).filter(identity::filter_by_person(&reach, person));
    found.one(app.db()).await?.ok_or_else(Problem::not_found)
}

/// What views of certificates are made of, loaded for a whole page at once.
struct Shelf {
    periods: HashMap<PeriodId, period::Model>,
    versions: HashMap<SchemeVersionId, scheme_version::Model>,
    codes: HashMap<SchemeId, String>,
    latest: HashMap<(PersonId, SchemeId), NaiveDate>,
    today: NaiveDate,
    verify_at: String,
}

impl Shelf {
    async fn load<C: ConnectionTrait>(db: &C, app: &App, rows: &[certificate::Model]) -> Result<Self, Problem> {
        let persons: HashSet<_> = rows.iter().map(|row| row.person_id.0).collect();
        let schemes: HashSet<_> = rows.iter().map(|row| row.scheme_id.0).collect();
        let periods = period::Entity::find()
            .filter(period::Column::PersonId.is_in(persons))
            .filter(period::Column::SchemeId.is_in(schemes.clone()))
            .all(db)
            .await?;
        let versions: HashSet<_> = periods.iter().map(|p| p.scheme_version_id.0).collect();
        let versions =
            scheme_version::Entity::find().filter(scheme_version::Column::Id.is_in(versions)).all(db).await?;
        let schemes = scheme::Entity::find().filter(scheme::Column::Id.is_in(schemes)).all(db).await?;
        let mut latest = HashMap::new();
        for p in periods.iter().filter(|p| p.revoked_at.is_none()) {
            let day = latest.entry((p.person_id, p.scheme_id)).or_insert(p.valid_from_on);
            *day = Ord::max(p.valid_from_on, *day);
        }
        Ok(Self {
            periods: periods.into_iter().map(|p| (p.id, p)).collect(),
            versions: versions.into_iter().map(|v| (v.id, v)).collect(),
            codes: schemes.into_iter().map(|s| (s.id, s.code)).collect(),
            latest,
            today: rules::local_day(app.now()),
            verify_at: app.config().public_url.join("verify/").map_or_else(|_| "/verify/".into(), Into::into),
        })
    }

    fn view(&self, row: certificate::Model) -> CertificateView {
        let period = self.periods.get(&row.period_id).expect("a certificate has its period, loaded after it");
        let version = self.versions.get(&period.scheme_version_id).expect("a period has its rule, loaded after it");
        let renewed = self.latest.get(&(row.person_id, row.scheme_id)).is_some_and(|day| *day > period.valid_from_on);
        let status = match rules::standing(&held(period), self.today) {
            CertificationStatus::Renewable if renewed => CertificationStatus::Valid,
            status => status,
        };
        CertificateView {
            id: row.id,
            verification_url: format!("{}{}", self.verify_at, rules::grouped(&row.number)),
            number: rules::grouped(&row.number),
            person_id: row.person_id,
            name: row.holder_name,
            native_name: row.holder_native_name,
            scheme_id: row.scheme_id,
            scheme_code: self.codes.get(&row.scheme_id).cloned().unwrap_or_default(),
            scheme_title: version.title.clone(),
            title_lv: version.title_lv.clone(),
            title_ru: version.title_ru.clone(),
            level: version.level,
            awarding_body: version.awarding_body.clone(),
            status,
            completed_at: period.completed_at,
            valid_from_on: period.valid_from_on,
            valid_until_on: period.valid_until_on,
            renewable_from_on: period.renewable_from_on,
            issued_at: row.issued_at,
            issued_by_rule: row.issued_by.is_none(),
            document_sha256: row.document_hash,
            decisions: None,
        }
    }
}

pub(super) fn held(period: &period::Model) -> Held {
    Held {
        valid_from_on: period.valid_from_on,
        valid_until_on: period.valid_until_on,
        renewable_from_on: period.renewable_from_on,
        suspended: period.suspended_at.is_some(),
        revoked: period.revoked_at.is_some(),
    }
}

/// Certificates, newest first, narrowed to those the actor may know of.
///
/// # Errors
/// 400 for a bad limit or cursor
pub async fn certificates(
    app: &App,
    actor: &Actor,
    wanted: CertificateFilter,
    limit: Option<u64>,
    cursor: Option<&str>,
) -> Result<ListPage<CertificateView>, Problem> {
    let scope = format!("certificates {wanted:?}");
    let request: PageRequest<(DateTime<Utc>, CertificateId)> = PageRequest::read(app, &scope, limit, cursor)?;
    let person = Expr::col((certificate::Entity, certificate::Column::PersonId));
    let mut query =
        certificate::Entity::find().filter(identity::filter_by_person(&actor.reach(Action::ViewCertificates), person));
    if let Some(id) = wanted.person_id {
        query = query.filter(certificate::Column::PersonId.eq(id));
    }
    if let Some(id) = wanted.scheme_id {
        query = query.filter(certificate::Column::SchemeId.eq(id));
    }
    if let Some(status) = wanted.status {
        let periods = period::Entity::find()
            .select_only()
            .column(period::Column::Id)
            .filter(stands(status, rules::local_day(app.now())));
        query = query.filter(certificate::Column::PeriodId.in_subquery(periods.into_query()));
    }
    if let Some((at, id)) = &request.after {
        let key = Expr::tuple([Expr::col(certificate::Column::IssuedAt), Expr::col(certificate::Column::Id)]);
        query = query.filter(key.lt(Expr::tuple([Expr::value(*at), Expr::value(id.0)])));
    }
    let rows = query
        .order_by_desc(certificate::Column::IssuedAt)
        .order_by_desc(certificate::Column::Id)
        .limit(request.limit + 1)
        .all(app.db())
        .await?;
    let shelf = Shelf::load(app.db(), app, &rows).await?;
    Ok(request.page(app, &scope, rows, |row| (row.issued_at, row.id), |row| shelf.view(row)))
}

/// The condition on periods that stand so on a day; the same judgement as `rules::standing`, for a list.
fn stands(status: CertificationStatus, on: NaiveDate) -> Condition {
    use period::Column as C;
    let counts = Condition::all().add(C::RevokedAt.is_null());
    let not_over = Condition::any().add(C::ValidUntilOn.is_null()).add(C::ValidUntilOn.gte(on));
    let window_shut = Condition::any().add(C::RenewableFromOn.is_null()).add(C::RenewableFromOn.gt(on));
    let in_force = counts.clone().add(C::SuspendedAt.is_null()).add(not_over.clone()).add(C::ValidFromOn.lte(on));
    match status {
        CertificationStatus::Valid => in_force.add(window_shut),
        CertificationStatus::Renewable => in_force.add(C::RenewableFromOn.lte(on)),
        CertificationStatus::Expired => counts.add(C::ValidUntilOn.lt(on)),
        CertificationStatus::Suspended => counts.add(not_over).add(C::SuspendedAt.is_not_null()),
        CertificationStatus::Revoked => Condition::all().add(C::RevokedAt.is_not_null()),
        CertificationStatus::Upcoming => counts.add(C::SuspendedAt.is_null()).add(C::ValidFromOn.gt(on)),
        CertificationStatus::NotHeld => Condition::all().add(Expr::value(1).eq(0)),
    }
}

/// A certificate with what was decided about it.
///
/// # Errors
/// `not-found`
pub async fn certificate(app: &App, actor: &Actor, id: CertificateId) -> Result<CertificateView, Problem> {
    visible_certificate(app, actor, id).await?;
    certificate_by(app.db(), app, id).await
}

/// As [`certificate`], within a transaction.
pub(super) async fn certificate_in(tx: &crate::platform::Tx, id: CertificateId) -> Result<CertificateView, Problem> {
    certificate_by(tx, tx.app(), id).await
}

async fn certificate_by<C: ConnectionTrait>(db: &C, app: &App, id: CertificateId) -> Result<CertificateView, Problem> {
    let row = certificate::Entity::find_by_id(id).one(db).await?.ok_or_else(Problem::not_found)?;
    let shelf = Shelf::load(db, app, std::slice::from_ref(&row)).await?;
    let mut view = shelf.view(row);
    let decisions = decision::Entity::find()
        .filter(decision::Column::CertificateId.eq(id))
        .order_by_asc(decision::Column::At)
        .order_by_asc(decision::Column::Id)
        .all(db)
        .await?;
    let officers: Vec<PersonId> = decisions.iter().flat_map(|d| [d.proposed_by, d.decided_by]).flatten().collect();
    let names = identity::person_names(db, &officers).await?;
    let name = |id: Option<PersonId>| id.and_then(|id| names.get(&id)).map(identity::PersonView::name);
    let decided = |d: decision::Model| DecisionView {
        id: d.id,
        kind: d.kind,
        reason: d.reason,
        proposed_by: name(d.proposed_by),
        decided_by: name(d.decided_by),
        at: d.at,
    };
    view.decisions = Some(decisions.into_iter().map(decided).collect());
    Ok(view)
}

/// The facts a certificate rests on, oldest first.
///
/// # Errors
/// 403 · `not-found`
pub async fn evidence_of(app: &App, actor: &Actor, id: CertificateId) -> Result<Vec<EvidenceView>, Problem> {
    let row = visible_certificate(app, actor, id).await?;
    let scope = identity::person_scope(app.db(), row.person_id).await?;
    if !actor.may(Action::ViewEvidence, &scope) {
        return Err(Problem::forbidden("Your roles do not show the evidence behind a certificate."));
    }
    let grounds = period_evidence::Entity::find()
        .select_only()
        .column(period_evidence::Column::EvidenceId)
        .filter(period_evidence::Column::PeriodId.eq(row.period_id));
    let rows = evidence::Entity::find()
        .filter(evidence::Column::Id.in_subquery(grounds.into_query()))
        .order_by_asc(evidence::Column::At)
        .order_by_asc(evidence::Column::Id)
        .all(app.db())
        .await?;
    evidence_views(app.db(), rows).await
}

pub(super) async fn evidence_views<C: ConnectionTrait>(
    db: &C,
    rows: Vec<evidence::Model>,
) -> Result<Vec<EvidenceView>, Problem> {
    let recorders: Vec<PersonId> = rows.iter().filter_map(|row| row.recorded_by).collect();
    let names = identity::person_names(db, &recorders).await?;
    let view = |row: evidence::Model| EvidenceView {
        id: row.id,
        kind: row.kind,
        key: row.key,
        percent: row.percent_hundredths.map(|p| rust_decimal::Decimal::new(i64::from(p), 2).normalize()),
        source_id: row.source_id,
        at: row.at,
        note: row.note,
        recorded_by: row.recorded_by.and_then(|by| names.get(&by)).map(identity::PersonView::name),
        recorded_at: row.recorded_at,
    };
    Ok(rows.into_iter().map(view).collect())
}

/// What waits for an officer, or was decided, oldest first.
///
/// # Errors
/// 400 for a bad limit or cursor
pub async fn proposals(
    app: &App,
    actor: &Actor,
    state: ProposalState,
    limit: Option<u64>,
    cursor: Option<&str>,
) -> Result<ListPage<ProposalView>, Problem> {
    let scope = format!("proposals {state}");
    let request: PageRequest<(DateTime<Utc>, ProposalId)> = PageRequest::read(app, &scope, limit, cursor)?;
    let person = Expr::col((proposal::Entity, proposal::Column::PersonId));
    let mut query = proposal::Entity::find()
        .filter(identity::filter_by_person(&actor.reach(Action::IssueCertificate), person))
        .filter(proposal::Column::State.eq(state));
    if let Some((at, id)) = &request.after {
        let key = Expr::tuple([Expr::col(proposal::Column::CreatedAt), Expr::col(proposal::Column::Id)]);
        query = query.filter(key.gt(Expr::tuple([Expr::value(*at), Expr::value(id.0)])));
    }
    let mut rows = query
        .order_by_asc(proposal::Column::CreatedAt)
        .order_by_asc(proposal::Column::Id)
        .limit(request.limit + 1)
        .all(app.db())
        .await?;
    let page = request.page(app, &scope, rows.clone(), |row| (row.created_at, row.id), |row| row.id);
    rows.truncate(page.items.len());
    Ok(ListPage { items: proposal_views(app.db(), rows).await?, next_cursor: page.next_cursor })
}

/// A proposal.
///
/// # Errors
/// `not-found`
pub async fn proposal(app: &App, actor: &Actor, id: ProposalId) -> Result<ProposalView, Problem> {
    let row = visible_proposal(app, actor, id).await?;
    proposal_views(app.db(), vec![row]).await?.pop().ok_or_else(Problem::not_found)
}

pub(super) async fn proposal_views<C: ConnectionTrait>(
    db: &C,
    rows: Vec<proposal::Model>,
) -> Result<Vec<ProposalView>, Problem> {
    let people: Vec<PersonId> =
        rows.iter().flat_map(|r| [Some(r.person_id), r.proposed_by, r.decided_by]).flatten().collect();
    let names = identity::person_names(db, &people).await?;
    let name = |id: PersonId| names.get(&id).map(identity::PersonView::name);
    let schemes: HashMap<_, _> =
        schemes_in_force(db).await?.into_iter().map(|(s, v)| (s.id, (s.code, v.title))).collect();
    let view = |row: proposal::Model| {
        let (scheme_code, scheme_title) = schemes.get(&row.scheme_id).cloned().unwrap_or_default();
        ProposalView {
            id: row.id,
            kind: row.kind,
            person_id: row.person_id,
            name: name(row.person_id).unwrap_or_default(),
            scheme_id: row.scheme_id,
            scheme_code,
            scheme_title,
            certificate_id: row.certificate_id,
            reason: row.reason,
            proposed_by: row.proposed_by.and_then(name),
            state: row.state,
            decided_by: row.decided_by.and_then(name),
            decided_at: row.decided_at,
            answer: row.answer,
            created_at: row.created_at,
        }
    };
    Ok(rows.into_iter().map(view).collect())
}

/// How a person stands with every scheme, now or at another instant.
///
/// # Errors
/// `not-found`
pub async fn standing(
    app: &App,
    actor: &Actor,
    person: PersonId,
    as_of: Option<DateTime<Utc>>,
) -> Result<StandingView, Problem> {
    let scope = identity::person_scope(app.db(), person).await?;
    if !actor.may(Action::ViewCertificates, &scope) {
        return Err(Problem::not_found());
    }
    standing_in(app.db(), person, as_of.unwrap_or_else(|| app.now())).await
}

async fn standing_in<C: ConnectionTrait>(db: &C, person: PersonId, at: DateTime<Utc>) -> Result<StandingView, Problem> {
    let certificates = certificate::Entity::find().filter(certificate::Column::PersonId.eq(person)).all(db).await?;
    let decisions = decision::Entity::find()
        .filter(decision::Column::CertificateId.is_in(certificates.iter().map(|c| c.id.0)))
        .filter(decision::Column::At.lte(at))
        .all(db)
        .await?;
    let by_period: HashMap<PeriodId, CertificateId> = certificates.iter().map(|c| (c.period_id, c.id)).collect();
    let mut periods = periods_of(db, person).await?;
    periods.retain(|p| p.completed_at <= at);
    for period in &mut periods {
        let id = by_period.get(&period.id).copied();
        as_decided(period, decisions.iter().filter(|d| Some(d.certificate_id) == id));
    }
    let found = schemes_in_force(db).await?;
    let rules: Vec<Rule> = found.iter().map(|(s, v)| Rule::of(s.code.clone(), v)).collect::<Result<_, _>>()?;
    let mut known = Record::load(db, person).await?;
    known.as_of(at, periods.clone());
    let on = rules::local_day(at);
    let view = |((scheme, version), rule): ((scheme::Model, scheme_version::Model), &Rule)| {
        let own: Vec<&period::Model> = periods.iter().filter(|p| p.scheme_id == scheme.id).collect();
        let held: Vec<Held> = own.iter().map(|p| held(p)).collect();
        let (status, index) = rules::status(&held, on);
        let current = index.map(|i| own[i]);
        let verdict = known.verdict(rule, &rules, on);
        let needs =
            if let Verdict::StillNeeds(needs) = &verdict { needs.iter().map(NeedView::of).collect() } else { vec![] };
        SchemeStandingView {
            scheme_id: scheme.id,
            scheme_code: scheme.code,
            scheme_title: version.title,
            title_lv: version.title_lv,
            title_ru: version.title_ru,
            status,
            certificate_id: current.and_then(|p| by_period.get(&p.id).copied()),
            valid_from_on: current.map(|p| p.valid_from_on),
            valid_until_on: current.and_then(|p| p.valid_until_on),
            renewable_from_on: current.and_then(|p| p.renewable_from_on),
            awaits_officer: rule.needs_confirmation && matches!(verdict, Verdict::Award(_)),
            needs,
        }
    };
    let schemes = found.into_iter().zip(&rules).map(view).collect();
    Ok(StandingView { person_id: person, as_of: at, schemes })
}

/// Suspended and revoked as the decisions of one certificate say.
fn as_decided<'a>(period: &mut period::Model, decisions: impl Iterator<Item = &'a decision::Model>) {
    let mut decisions: Vec<&decision::Model> = decisions.collect();
    decisions.sort_by_key(|d| (d.at, d.id));
    period.revoked_at = None;
    period.suspended_at = None;
    for decision in decisions {
        match decision.kind {
            DecisionKind::Suspend => period.suspended_at = Some(decision.at),
            DecisionKind::Reinstate => period.suspended_at = None,
            DecisionKind::Revoke => period.revoked_at = Some(decision.at),
            DecisionKind::Issue => {}
        }
    }
}

/// How a person stands with these schemes on a local day, by the code of the scheme. A code that no scheme
/// has is missing.
///
/// # Errors
/// As the database.
pub async fn statuses<C: ConnectionTrait>(
    db: &C,
    person: PersonId,
    codes: &[&str],
    on: NaiveDate,
) -> Result<HashMap<String, CertificationStatus>, Problem> {
    let schemes = scheme::Entity::find().filter(scheme::Column::Code.is_in(codes.iter().copied())).all(db).await?;
    let periods = periods_of(db, person).await?;
    let status = |id: SchemeId| {
        let of_scheme: Vec<Held> = periods.iter().filter(|p| p.scheme_id == id).map(held).collect();
        rules::status(&of_scheme, on).0
    };
    Ok(schemes.into_iter().map(|scheme| (scheme.code, status(scheme.id))).collect())
}
