//! The home page: what is asked of the reader, by role. Each part is one query, narrowed to the reader.

use super::super::rules::EXPIRING_DAYS;
use super::super::{ActivityAhead, CertificateAhead, HomeView, NominationAhead, ProposalAhead, SeatAhead};
use crate::identity::{self, Action, Actor, Reach, ReachColumns};
use crate::platform::{App, Problem};
use chrono::{DateTime, Days, NaiveDate, Utc};
use entity::certification::{ProposalState, certificate, period, proposal, scheme_version};
use entity::enrolment::{EnrolmentState, enrolment};
use entity::id::{ActivityId, CertificateId, ProposalId};
use entity::identity::person;
use entity::scheduling::{ActivityState, activity, activity_session};
use sea_orm::sea_query::{Condition, Expr};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, JoinType, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashMap;

/// Lines of each part; what is more is behind a link.
const LINES: u64 = 8;

/// What is asked of the reader.
///
/// # Errors
/// As the database.
pub async fn home(app: &App, actor: &Actor) -> Result<HomeView, Problem> {
    let today = app.now().with_timezone(&chrono_tz::Europe::Riga).date_naive();
    let own = Reach { own: Some(actor.person), ..Reach::default() };
    let reach = actor.reach(Action::ViewCertificates);
    let mut view = HomeView { certificates: ending(app, &own, today, actor).await?, ..HomeView::default() };
    if reach != own {
        view.expiring = ending(app, &Reach { own: None, ..reach }, today, actor).await?;
    }
    if !actor.reach(Action::IssueCertificate).is_nothing() {
        view.proposals = proposals(app, actor).await?;
    }
    view.seats = seats(app, actor).await?;
    if !actor.reach(Action::Endorse).is_nothing() {
        view.to_endorse = to_endorse(app, actor).await?;
    }
    if !actor.reach(Action::SelectParticipants).is_nothing() {
        view.activities = activities(app, actor).await?;
    }
    Ok(view)
}

/// An activity that is still to come, or has no time yet.
fn ahead(now: DateTime<Utc>) -> Condition {
    let over = [ActivityState::Draft, ActivityState::Delivered, ActivityState::Closed, ActivityState::Cancelled];
    Condition::all()
        .add(activity::Column::State.is_not_in(over))
        .add(Condition::any().add(activity::Column::EndsAt.gt(now)).add(activity::Column::EndsAt.is_null()))
}

/// The zone of the first session of each activity.
async fn zones(app: &App, ids: impl IntoIterator<Item = ActivityId>) -> Result<HashMap<ActivityId, String>, Problem> {
    let rows: Vec<(ActivityId, String)> = activity_session::Entity::find()
        .select_only()
        .column(activity_session::Column::ActivityId)
        .column(activity_session::Column::Zone)
        .filter(activity_session::Column::ActivityId.is_in(ids))
        .order_by_desc(activity_session::Column::StartsAt)
        .into_tuple()
        .all(app.db())
        .await?;
    Ok(rows.into_iter().collect())
}

/// Own places, places on reserve lists and nominations ahead, soonest first.
async fn seats(app: &App, actor: &Actor) -> Result<Vec<SeatAhead>, Problem> {
    use enrolment::Column as C;
    let to_activity = enrolment::Entity::belongs_to(activity::Entity).from(C::ActivityId).to(activity::Column::Id);
    let alive =
        [EnrolmentState::Nominated, EnrolmentState::Endorsed, EnrolmentState::Confirmed, EnrolmentState::Reserve];
    let rows: Vec<(ActivityId, String, Option<DateTime<Utc>>, EnrolmentState)> = enrolment::Entity::find()
        .select_only()
        .join(JoinType::InnerJoin, to_activity.into())
        .filter(C::PersonId.eq(actor.person))
        .filter(C::State.is_in(alive))
        .filter(ahead(app.now()))
        .column(activity::Column::Id)
        .column(activity::Column::Title)
        .column(activity::Column::StartsAt)
        .column(C::State)
        .order_by_asc(activity::Column::StartsAt)
        .order_by_asc(C::Id)
        .limit(LINES)
        .into_tuple()
        .all(app.db())
        .await?;
    let zones = zones(app, rows.iter().map(|row| row.0)).await?;
    let line = |(activity, title, starts_at, state): (ActivityId, String, _, EnrolmentState)| SeatAhead {
        zone: zones.get(&activity).cloned().unwrap_or_default(),
        activity,
        title,
        starts_at,
        state: state.word().to_owned(),
    };
    Ok(rows.into_iter().map(line).collect())
}

/// Nominations by others that wait for the reader as commander, oldest first.
async fn to_endorse(app: &App, actor: &Actor) -> Result<Vec<NominationAhead>, Problem> {
    use enrolment::Column as C;
    let to_activity = enrolment::Entity::belongs_to(activity::Entity).from(C::ActivityId).to(activity::Column::Id);
    let to_person = enrolment::Entity::belongs_to(person::Entity).from(C::PersonId).to(person::Column::Id);
    let within = identity::filter(&actor.reach(Action::Endorse), identity::person_columns());
    let rows: Vec<(ActivityId, String, String, String)> = enrolment::Entity::find()
        .select_only()
        .join(JoinType::InnerJoin, to_activity.into())
        .join(JoinType::InnerJoin, to_person.into())
        .filter(within)
        .filter(C::State.eq(EnrolmentState::Nominated))
        .filter(C::PersonId.ne(actor.person))
        .filter(Condition::any().add(C::NominatedBy.is_null()).add(C::NominatedBy.ne(actor.person)))
        .filter(ahead(app.now()))
        .column(activity::Column::Id)
        .column(activity::Column::Title)
        .column(person::Column::GivenName)
        .column(person::Column::FamilyName)
        .order_by_asc(C::Id)
        .limit(LINES)
        .into_tuple()
        .all(app.db())
        .await?;
    let line = |(activity, title, given, family): (ActivityId, String, String, String)| NominationAhead {
        activity,
        title,
        name: format!("{given} {family}"),
    };
    Ok(rows.into_iter().map(line).collect())
}

/// The next activities the reader selects for, with places taken and what waits for a decision.
async fn activities(app: &App, actor: &Actor) -> Result<Vec<ActivityAhead>, Problem> {
    let columns = ReachColumns {
        organisation: Some(Expr::col((activity::Entity, activity::Column::OrganisationId))),
        activity: Some(Expr::col((activity::Entity, activity::Column::Id))),
        ..ReachColumns::default()
    };
    let rows = activity::Entity::find()
        .filter(identity::filter(&actor.reach(Action::SelectParticipants), columns))
        .filter(ahead(app.now()))
        .filter(activity::Column::StartsAt.is_not_null())
        .order_by_asc(activity::Column::StartsAt)
        .order_by_asc(activity::Column::Id)
        .limit(LINES)
        .all(app.db())
        .await?;
    let counts: Vec<(ActivityId, EnrolmentState, i64)> = enrolment::Entity::find()
        .select_only()
        .column(enrolment::Column::ActivityId)
        .column(enrolment::Column::State)
        .column_as(enrolment::Column::Id.count(), "persons")
        .filter(enrolment::Column::ActivityId.is_in(rows.iter().map(|row| row.id)))
        .group_by(enrolment::Column::ActivityId)
        .group_by(enrolment::Column::State)
        .into_tuple()
        .all(app.db())
        .await?;
    let zones = zones(app, rows.iter().map(|row| row.id)).await?;
    let sum = |id: ActivityId, states: &[EnrolmentState]| {
        counts.iter().filter(|(activity, state, _)| *activity == id && states.contains(state)).map(|row| row.2).sum()
    };
    let line = |row: activity::Model| ActivityAhead {
        zone: zones.get(&row.id).cloned().unwrap_or_default(),
        activity: row.id,
        starts_at: row.starts_at,
        capacity: row.capacity_seats,
        seated: sum(row.id, EnrolmentState::SEATED),
        to_work: sum(row.id, &[EnrolmentState::Endorsed]),
        title: row.title,
    };
    Ok(rows.into_iter().map(line).collect())
}

/// Certificates that end within 90 days, or ended within the last 90, and were not renewed: soonest first.
async fn ending(app: &App, reach: &Reach, today: NaiveDate, actor: &Actor) -> Result<Vec<CertificateAhead>, Problem> {
    let days = Days::new(EXPIRING_DAYS);
    let (from, until) = (today.checked_sub_days(days).unwrap_or(today), today.checked_add_days(days).unwrap_or(today));
    let to_period =
        certificate::Entity::belongs_to(period::Entity).from(certificate::Column::PeriodId).to(period::Column::Id);
    let to_rule = period::Entity::belongs_to(scheme_version::Entity)
        .from(period::Column::SchemeVersionId)
        .to(scheme_version::Column::Id);
    let person = Expr::col((certificate::Entity, certificate::Column::PersonId));
    let mut query = certificate::Entity::find()
        .select_only()
        .join(JoinType::InnerJoin, to_period.into())
        .join(JoinType::InnerJoin, to_rule.into())
        .filter(identity::filter_by_person(reach, person))
        .filter(period::Column::RevokedAt.is_null())
        .filter(period::Column::ValidUntilOn.between(from, until))
        .filter(Expr::exists(super::completion::later()).not());
    if reach.own.is_none() {
        query = query.filter(certificate::Column::PersonId.ne(actor.person));
    }
    let rows: Vec<(CertificateId, String, String, NaiveDate)> = query
        .column(certificate::Column::Id)
        .column(certificate::Column::HolderName)
        .column(scheme_version::Column::Title)
        .column(period::Column::ValidUntilOn)
        .order_by_asc(period::Column::ValidUntilOn)
        .order_by_asc(certificate::Column::Id)
        .limit(LINES)
        .into_tuple()
        .all(app.db())
        .await?;
    let line =
        |(certificate, name, title, valid_until_on)| CertificateAhead { certificate, name, title, valid_until_on };
    Ok(rows.into_iter().map(line).collect())
}

/// What waits for the officer, oldest first.
async fn proposals(app: &App, actor: &Actor) -> Result<Vec<ProposalAhead>, Problem> {
    let to_person =
        proposal::Entity::belongs_to(person::Entity).from(proposal::Column::PersonId).to(person::Column::Id);
    let to_rule = proposal::Entity::belongs_to(scheme_version::Entity)
        .from(proposal::Column::SchemeId)
        .to(scheme_version::Column::SchemeId);
    let within = identity::filter(&actor.reach(Action::IssueCertificate), identity::person_columns());
    let rows: Vec<(ProposalId, String, String, String, String)> = proposal::Entity::find()
        .select_only()
        .join(JoinType::InnerJoin, to_person.into())
        .join(JoinType::InnerJoin, to_rule.into())
        .filter(within)
        .filter(Condition::all().add(proposal::Column::State.eq(ProposalState::Open)))
        .filter(Expr::exists(newer_rule()).not())
        .column(proposal::Column::Id)
        .column(person::Column::GivenName)
        .column(person::Column::FamilyName)
        .column(scheme_version::Column::Title)
        .column(proposal::Column::Kind)
        .order_by_asc(proposal::Column::CreatedAt)
        .order_by_asc(proposal::Column::Id)
        .limit(LINES)
        .into_tuple()
        .all(app.db())
        .await?;
    let line = |(proposal, given, family, title, kind): (ProposalId, String, String, String, String)| ProposalAhead {
        proposal,
        name: format!("{given} {family}"),
        title,
        kind,
    };
    Ok(rows.into_iter().map(line).collect())
}

/// A newer version of the same scheme's rule.
fn newer_rule() -> sea_orm::sea_query::SelectStatement {
    let newer = sea_orm::sea_query::Alias::new("newer");
    sea_orm::sea_query::Query::select()
        .expr(Expr::value(1))
        .from_as(scheme_version::Entity, newer.clone())
        .and_where(
            Expr::col((newer.clone(), scheme_version::Column::SchemeId))
                .equals((scheme_version::Entity, scheme_version::Column::SchemeId)),
        )
        .and_where(
            Expr::col((newer, scheme_version::Column::Number))
                .gt(Expr::col((scheme_version::Entity, scheme_version::Column::Number))),
        )
        .to_owned()
}
