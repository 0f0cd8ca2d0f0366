//! Sessions that have begun, for who takes the roll.

use super::super::SessionFacts;
use super::facts::{facts_of_sessions, venue_names};
use crate::identity::{self, Reach, ReachColumns};
use crate::platform::Problem;
use chrono::{DateTime, Utc};
use entity::id::SessionId;
use entity::scheduling::{ActivityState, SessionState, activity, activity_session as table, activity_staff};
use sea_orm::sea_query::{Expr, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

/// Which sessions are wanted.
pub struct BegunSessions<'a> {
    /// Of activities within this reach.
    pub reach: &'a Reach,
    /// Begun by this instant.
    pub begun_by: DateTime<Utc>,
    /// Over by this instant; nothing: also those that go on.
    pub over_by: Option<DateTime<Utc>>,
    /// Without these: a query for their ids.
    pub without: Option<SelectStatement>,
    /// After this one: its end and id.
    pub after: Option<(DateTime<Utc>, SessionId)>,
    /// So many at most.
    pub limit: u64,
}

fn columns() -> ReachColumns {
    ReachColumns {
        organisation: Some(Expr::col((activity::Entity, activity::Column::OrganisationId))),
        activity: Some(Expr::col((activity::Entity, activity::Column::Id))),
        assigned: Some(Box::new(|person| {
            let theirs = activity_staff::Entity::find()
                .select_only()
                .column(activity_staff::Column::ActivityId)
                .filter(activity_staff::Column::PersonId.eq(person));
            Expr::col((activity::Entity, activity::Column::Id)).in_subquery(theirs.into_query())
        })),
        ..ReachColumns::default()
    }
}

/// Sessions that have begun and were not cancelled, by their end.
///
/// # Errors
/// As the database.
pub async fn sessions_begun<C: ConnectionTrait>(
    db: &C,
    wanted: BegunSessions<'_>,
) -> Result<Vec<SessionFacts>, Problem> {
    let activities = activity::Entity::find()
        .select_only()
        .column(activity::Column::Id)
        .filter(activity::Column::State.is_not_in([ActivityState::Draft, ActivityState::Cancelled]))
        .filter(identity::filter(wanted.reach, columns()));
    let mut query = table::Entity::find()
        .filter(table::Column::State.eq(SessionState::Planned))
        .filter(table::Column::StartsAt.lte(wanted.begun_by))
        .filter(table::Column::ActivityId.in_subquery(activities.into_query()));
    if let Some(over_by) = wanted.over_by {
        query = query.filter(table::Column::EndsAt.lte(over_by));
    }
    if let Some(without) = wanted.without {
        query = query.filter(table::Column::Id.not_in_subquery(without));
    }
    if let Some((at, id)) = wanted.after {
        let key = Expr::tuple([Expr::col(table::Column::EndsAt), Expr::col(table::Column::Id)]);
        query = query.filter(key.gt(Expr::tuple([Expr::value(at), Expr::value(id.0)])));
    }
    let rows =
        query.order_by_asc(table::Column::EndsAt).order_by_asc(table::Column::Id).limit(wanted.limit).all(db).await?;
    let venues = venue_names(db, rows.iter().map(|row| row.venue_id)).await?;
    Ok(facts_of_sessions(rows, &venues))
}
