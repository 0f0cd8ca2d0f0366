//! Reads of the audit trail.

use super::{EventFilter, EventView};
use crate::identity::{self, Action, Actor};
use crate::platform::event::Verification;
use crate::platform::{App, ListPage, PageRequest, Problem};
use chrono::{DateTime, Utc};
use entity::id::{EventId, PersonId};
use entity::platform::event;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect};

/// The trail is one for the whole programme: only a reach over all of it shows it.
fn check(actor: &Actor) -> Result<(), Problem> {
    if actor.reach(Action::ViewAudit).everything {
        return Ok(());
    }
    Err(Problem::forbidden("Your roles do not allow this here."))
}

/// Events, newest first.
///
/// # Errors
/// 403 · 400 for a bad limit or cursor
pub async fn events(
    app: &App,
    actor: &Actor,
    wanted: EventFilter,
    limit: Option<u64>,
    cursor: Option<&str>,
) -> Result<ListPage<EventView>, Problem> {
    check(actor)?;
    let list = format!("events {wanted:?}");
    let request: PageRequest<(DateTime<Utc>, EventId)> = PageRequest::read(app, &list, limit, cursor)?;
    let mut query = event::Entity::find();
    if let Some(kind) = &wanted.kind {
        query = query.filter(if kind.ends_with('/') {
            event::Column::Kind.starts_with(kind)
        } else {
            event::Column::Kind.eq(kind)
        });
    }
    if let Some(subject) = wanted.subject_id {
        query = query.filter(event::Column::SubjectId.eq(subject));
    }
    if let Some(person) = wanted.person_id {
        query = query.filter(event::Column::PersonId.eq(person));
    }
    if let Some(from) = wanted.from {
        query = query.filter(event::Column::At.gte(from));
    }
    if let Some(until) = wanted.until {
        query = query.filter(event::Column::At.lt(until));
    }
    if let Some((at, id)) = &request.after {
        let key = Expr::tuple([Expr::col(event::Column::At), Expr::col(event::Column::Id)]);
        query = query.filter(key.lt(Expr::tuple([Expr::value(*at), Expr::value(id.0)])));
    }
    let rows = query
        .order_by_desc(event::Column::At)
        .order_by_desc(event::Column::Id)
        .limit(request.limit + 1)
        .all(app.db())
        .await?;
    let people: Vec<PersonId> = rows.iter().filter_map(|row| row.person_id).collect();
    let names = identity::person_names(app.db(), &people).await?;
    let view = |row: event::Model| EventView {
        person: row.person_id.and_then(|person| names.get(&person)).map(identity::PersonView::name),
        id: row.id,
        at: row.at,
        kind: row.kind,
        act: row.act,
        account_id: row.account_id,
        person_id: row.person_id,
        subject_kind: row.subject_kind,
        subject_id: row.subject_id,
        request_id: row.request_id,
        changed: row.changed.split(',').filter(|field| !field.is_empty()).map(str::to_owned).collect(),
        payload: row.payload,
    };
    Ok(request.page(app, &list, rows, |row| (row.at, row.id), view))
}

/// Walks the whole chain of events and says what is wrong with it.
///
/// # Errors
/// 403
pub async fn verification(app: &App, actor: &Actor) -> Result<Verification, Problem> {
    check(actor)?;
    crate::platform::event::verify(app).await
}
