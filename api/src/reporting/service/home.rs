//! The home page: what is asked of the reader, by role. Each part is one query, narrowed to the reader.

use super::super::rules::EXPIRING_DAYS;
use super::super::{CertificateAhead, HomeView, ProposalAhead};
use crate::identity::{self, Action, Actor, Reach};
use crate::platform::{App, Problem};
use chrono::{Days, NaiveDate};
use entity::certification::{ProposalState, certificate, period, proposal, scheme_version};
use entity::id::{CertificateId, ProposalId};
use entity::identity::person;
use sea_orm::sea_query::{Condition, Expr};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, JoinType, QueryFilter, QueryOrder, QuerySelect};

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
    Ok(view)
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
