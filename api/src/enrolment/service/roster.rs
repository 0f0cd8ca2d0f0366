//! What the pages show: the roster of an activity, one's own enrolments, nominations that wait.

use super::super::{Candidate, EnrolmentView, RosterLine, RosterView, rules};
use super::read::{Shelf, narrowed, views};
use super::room;
use crate::identity::{self, Action, Actor, PersonFilter};
use crate::platform::{App, Problem};
use crate::scheduling::{self, ActivityFacts};
use entity::enrolment::{EnrolmentState, enrolment as table};
use entity::id::ActivityId;
use entity::identity::PersonState;
use entity::scheduling::EnrolmentMode;
use sea_orm::sea_query::{Condition, Expr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashSet;

/// Lines of a list on a page that has no further pages.
const LINES: u64 = 500;

/// What the actor may do about one enrolment of an activity.
fn line(
    actor: &Actor,
    activity: &ActivityFacts,
    shelf: &Shelf,
    row: table::Model,
    now: chrono::DateTime<chrono::Utc>,
) -> RosterLine {
    let scope = shelf.scope(row.person_id);
    let own = row.person_id == actor.person;
    let selects = actor.may(Action::SelectParticipants, &activity.scope()) && !own;
    let endorses = actor.may(Action::Endorse, &scope) && !own;
    let withdraws =
        own || actor.may(Action::WithdrawOthers, &scope) || actor.may(Action::WithdrawOthers, &activity.scope());
    let takes = rules::moves_up(activity.state, activity.starts_at, now);
    let is_nominated = row.state == EnrolmentState::Nominated;
    let is_endorsed = row.state == EnrolmentState::Endorsed;
    RosterLine {
        may_endorse: takes && is_nominated && endorses && row.nominated_by != Some(actor.person),
        may_select: takes && is_endorsed && selects && row.endorsed_by != Some(actor.person),
        may_decline: (is_nominated && (endorses || selects)) || (is_endorsed && selects),
        may_withdraw: withdraws
            && rules::next(row.state).contains(&EnrolmentState::Withdrawn)
            && rules::can_withdraw(activity.starts_at, now).is_ok(),
        view: shelf.view(row),
    }
}

/// Who takes part in an activity, as far as the actor may see, and how full it is.
///
/// # Errors
/// `not-found`
pub async fn roster(app: &App, actor: &Actor, id: ActivityId) -> Result<RosterView, Problem> {
    let activity = scheduling::visible_activity(app, actor, id).await?;
    let reach = actor.reach(Action::ViewRoster);
    let is_whole = reach.covers(&activity.scope());
    let within = if is_whole { Condition::all() } else { narrowed(&reach) };
    let rows = table::Entity::of_activity(id)
        .filter(within)
        .order_by_asc(table::Column::Id)
        .limit(LINES)
        .all(app.db())
        .await?;
    let mut shelf_rows = rows;
    let shelf = Shelf::load(app.db(), &shelf_rows).await?;
    shelf_rows.sort_by(|a, b| shelf.order(a.person_id).cmp(&shelf.order(b.person_id)).then(a.id.cmp(&b.id)));
    let first = scheduling::sessions_of(app.db(), id).await?.into_iter().next();
    let mut view = RosterView {
        activity_id: activity.id,
        title: activity.title.clone(),
        starts_at: activity.starts_at,
        closes_at: activity.enrolment_closes_at,
        zone: first.map_or_else(|| "Europe/Riga".to_owned(), |session| session.zone),
        is_open: activity.enrolment_mode == EnrolmentMode::Open,
        room: room(app.db(), &activity).await?,
        seated: vec![],
        reserve: vec![],
        nominated: vec![],
        endorsed: vec![],
        over: vec![],
        own: None,
        is_whole,
    };
    let now = app.now();
    for row in shelf_rows {
        let line = line(actor, &activity, &shelf, row, now);
        let state = line.view.state;
        if line.view.person_id == actor.person && !rules::is_over(state) {
            view.own = Some(line.clone());
        }
        match state {
            EnrolmentState::Nominated => view.nominated.push(line),
            EnrolmentState::Endorsed => view.endorsed.push(line),
            EnrolmentState::Reserve => view.reserve.push(line),
            state if rules::is_over(state) => view.over.push(line),
            _ => view.seated.push(line),
        }
    }
    view.reserve.sort_by_key(|line| line.view.position);
    Ok(view)
}

/// Persons the actor could nominate for an activity: in service, within reach, and not in it.
///
/// # Errors
/// As the database.
pub async fn candidates(app: &App, actor: &Actor, id: ActivityId) -> Result<Vec<Candidate>, Problem> {
    if actor.reach(Action::Nominate).is_nothing() {
        return Ok(vec![]);
    }
    let taken = table::Entity::of_activity(id)
        .filter(table::Column::State.is_not_in(EnrolmentState::OVER.iter().copied()))
        .all(app.db())
        .await?;
    let taken: HashSet<_> = taken.into_iter().map(|row| row.person_id).collect();
    let wanted = PersonFilter { state: Some(PersonState::Active), ..PersonFilter::default() };
    let persons = identity::persons(app, actor, wanted, Some(200), None).await?.items;
    let could = persons.into_iter().filter(|person| {
        let scope = identity::Scope::person(person.id, person.organisation_id, person.unit_id);
        !taken.contains(&person.id) && actor.may(Action::Nominate, &scope)
    });
    let candidate = |person: identity::PersonView| Candidate {
        person_id: person.id,
        name: format!("{} {}", person.family_name, person.given_name),
    };
    Ok(could.map(candidate).collect())
}

/// The actor's own enrolments, newest first.
///
/// # Errors
/// As the database.
pub async fn own_enrolments(app: &App, actor: &Actor) -> Result<Vec<EnrolmentView>, Problem> {
    let rows = table::Entity::find()
        .filter(table::Column::PersonId.eq(actor.person))
        .order_by_desc(table::Column::Id)
        .limit(LINES)
        .all(app.db())
        .await?;
    views(app.db(), rows).await
}

/// Nominations that wait for the actor as commander, oldest first.
///
/// # Errors
/// As the database.
pub async fn to_endorse(app: &App, actor: &Actor) -> Result<Vec<EnrolmentView>, Problem> {
    let reach = actor.reach(Action::Endorse);
    if reach.is_nothing() {
        return Ok(vec![]);
    }
    let person = Expr::col((table::Entity, table::Column::PersonId));
    let by_others =
        Condition::any().add(table::Column::NominatedBy.is_null()).add(table::Column::NominatedBy.ne(actor.person));
    let rows = table::Entity::find()
        .filter(table::Column::State.eq(EnrolmentState::Nominated))
        .filter(identity::filter_by_person(&reach, person))
        .filter(table::Column::PersonId.ne(actor.person))
        .filter(by_others)
        .order_by_asc(table::Column::Id)
        .limit(LINES)
        .all(app.db())
        .await?;
    views(app.db(), rows).await
}
