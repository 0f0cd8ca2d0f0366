//! Reading activities: one with everything, lists, whom they take.

use super::super::rules::{self, Span};
use super::super::{
    ActivityChangeView, ActivityFacts, ActivityFilter, ActivitySummaryView, ActivityView, ClashesView, CommitmentView,
    CrossingStatusView, SessionCrossingView, SessionView, StaffView, Trial,
};
use super::commit::{Wanted, against, parties, rooms, wanted};
use super::facts::{activity_facts, rows_of, venue_names, visible_activity};
use super::place::{kinds, status_view};
use super::session::{placed, timed_trial};
use crate::identity::rules::fold;
use crate::identity::{self, Action, Actor, ReachColumns};
use crate::platform::{App, ListPage, PageRequest, Problem};
use crate::{catalogue, programme};
use chrono::{DateTime, Days, NaiveTime, Utc};
use entity::id::{ActivityId, CommitmentId, CrossingPointId, PersonId, SessionId, VenueId};
use entity::scheduling::{
    ActivityState, SessionState, activity as table, activity_change, activity_party, activity_session, activity_staff,
    commitment, crossing_point, crossing_point_status, venue,
};
use sea_orm::sea_query::{Condition, Expr};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What an actor may know of: everything published, and the drafts within reach.
fn visible(actor: &Actor) -> Condition {
    let published = Condition::all()
        .add(table::Column::State.ne(ActivityState::Draft))
        .add(identity::filter(&actor.reach(Action::ViewActivities), columns()));
    let drafts = Condition::all()
        .add(table::Column::State.eq(ActivityState::Draft))
        .add(identity::filter(&actor.reach(Action::ViewDrafts), columns()));
    Condition::any().add(published).add(drafts)
}

fn columns() -> ReachColumns {
    ReachColumns {
        organisation: Some(Expr::col((table::Entity, table::Column::OrganisationId))),
        activity: Some(Expr::col((table::Entity, table::Column::Id))),
        assigned: Some(Box::new(|person| {
            let theirs = activity_staff::Entity::find()
                .select_only()
                .column(activity_staff::Column::ActivityId)
                .filter(activity_staff::Column::PersonId.eq(person));
            Expr::col((table::Entity, table::Column::Id)).in_subquery(theirs.into_query())
        })),
        ..ReachColumns::default()
    }
}

/// The query of a list, before its page.
fn filtered(actor: &Actor, wanted: &ActivityFilter) -> sea_orm::Select<table::Entity> {
    let mut query = table::Entity::find().filter(visible(actor));
    if let Some(state) = wanted.state {
        query = query.filter(table::Column::State.eq(state));
    }
    if let Some(kind) = wanted.kind {
        query = query.filter(table::Column::Kind.eq(kind));
    }
    if let Some(component) = wanted.component_id {
        query = query.filter(table::Column::ComponentId.eq(component));
    }
    if let Some(course) = wanted.course_id {
        query = query.filter(table::Column::CourseId.eq(course));
    }
    if let Some(from) = wanted.from_on {
        let from = from.and_time(NaiveTime::MIN).and_utc();
        let ends = Condition::any()
            .add(table::Column::EndsAt.gt(from))
            .add(Condition::all().add(table::Column::EndsAt.is_null()).add(table::Column::ListedAt.gte(from)));
        query = query.filter(ends);
    }
    if let Some(until) = wanted.until_on {
        let after = until.checked_add_days(Days::new(1)).unwrap_or(until).and_time(NaiveTime::MIN).and_utc();
        query = query.filter(table::Column::ListedAt.lt(after));
    }
    if let Some(text) = wanted.text.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        query = query.filter(table::Column::SearchText.contains(fold(text)));
    }
    query
}

/// Activities by start, narrowed to those the actor may know of.
///
/// # Errors
/// 400 for a bad limit or cursor
pub async fn activities(
    app: &App,
    actor: &Actor,
    wanted: ActivityFilter,
    limit: Option<u64>,
    cursor: Option<&str>,
) -> Result<ListPage<ActivitySummaryView>, Problem> {
    let list = format!("activities {wanted:?}");
    let request: PageRequest<(DateTime<Utc>, ActivityId)> = PageRequest::read(app, &list, limit, cursor)?;
    let mut query = filtered(actor, &wanted);
    if let Some((at, id)) = &request.after {
        let key = Expr::tuple([Expr::col(table::Column::ListedAt), Expr::col(table::Column::Id)]);
        let before = Expr::tuple([Expr::value(*at), Expr::value(id.0)]);
        query = query.filter(if wanted.latest_first { key.lt(before) } else { key.gt(before) });
    }
    let order = if wanted.latest_first { sea_orm::Order::Desc } else { sea_orm::Order::Asc };
    let rows = query
        .order_by(table::Column::ListedAt, order.clone())
        .order_by(table::Column::Id, order)
        .limit(request.limit + 1)
        .all(app.db())
        .await?;
    let places = places(app.db(), rows.iter().map(|row| row.id).collect()).await?;
    let page = request.page(
        app,
        &list,
        rows,
        |row| (row.listed_at, row.id),
        |row| {
            let (zone, places) = places.get(&row.id).cloned().unwrap_or_default();
            summary(row, zone, places)
        },
    );
    Ok(page)
}

/// The zone of the first session and the names of the places, by activity.
async fn places<C: ConnectionTrait>(
    db: &C,
    ids: Vec<ActivityId>,
) -> Result<HashMap<ActivityId, (Option<String>, Vec<String>)>, Problem> {
    let sessions = activity_session::Entity::find()
        .filter(activity_session::Column::ActivityId.is_in(ids))
        .order_by_asc(activity_session::Column::StartsAt)
        .all(db)
        .await?;
    let names = venue_names(db, sessions.iter().map(|s| s.venue_id).collect::<BTreeSet<_>>()).await?;
    let mut places: HashMap<ActivityId, (Option<String>, Vec<String>)> = HashMap::new();
    // What is to take place says where; what is cancelled only where nothing else does.
    let (planned, cancelled): (Vec<_>, Vec<_>) =
        sessions.into_iter().partition(|session| session.state == SessionState::Planned);
    let mut settled: BTreeSet<ActivityId> = BTreeSet::new();
    for session in &planned {
        settled.insert(session.activity_id);
    }
    for session in planned.into_iter().chain(cancelled.into_iter().filter(|s| !settled.contains(&s.activity_id))) {
        let (zone, venues) = places.entry(session.activity_id).or_default();
        zone.get_or_insert(session.zone);
        if let Some(name) = names.get(&session.venue_id).filter(|name| !venues.contains(name)) {
            venues.push(name.clone());
        }
    }
    Ok(places)
}

fn summary(row: table::Model, zone: Option<String>, places: Vec<String>) -> ActivitySummaryView {
    ActivitySummaryView {
        id: row.id,
        code: row.code,
        title: row.title,
        kind: row.kind,
        mode: row.mode,
        state: row.state,
        organisation_id: row.organisation_id,
        component_id: row.component_id,
        course_id: row.course_id,
        capacity_seats: row.capacity_seats,
        enrolment_mode: row.enrolment_mode,
        enrolment_closes_at: row.enrolment_closes_at,
        planned_from_on: row.planned_from_on,
        planned_until_on: row.planned_until_on,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        listed_at: row.listed_at,
        zone,
        places,
    }
}

/// An activity with its sessions, staff and history.
///
/// # Errors
/// `not-found`
pub async fn activity(app: &App, actor: &Actor, id: ActivityId) -> Result<ActivityView, Problem> {
    let facts = visible_activity(app, actor, id).await?;
    let mut view = stored(app.db(), id).await?;
    if !sees_people(app, actor, &facts).await? {
        view.staff.clear();
        for change in &mut view.changes {
            (change.person_id, change.person) = (None, None);
        }
    }
    Ok(view)
}

/// Whether an actor may know who works in an activity: those of its organisation, those who plan it or see its
/// roster, and those who are in it.
async fn sees_people(app: &App, actor: &Actor, facts: &ActivityFacts) -> Result<bool, Problem> {
    let scope = facts.scope();
    if actor.organisation == facts.organisation_id
        || facts.staff.contains(&actor.person)
        || actor.may(Action::ManageActivities, &scope)
        || actor.may(Action::ViewRoster, &scope)
    {
        return Ok(true);
    }
    let party = activity_party::Entity::find_by_id((facts.id, actor.person)).one(app.db()).await?;
    Ok(party.is_some())
}

/// An activity as it is stored, whoever asks.
pub(super) async fn stored<C: ConnectionTrait>(db: &C, id: ActivityId) -> Result<ActivityView, Problem> {
    let row = table::Entity::find_by_id(id).one(db).await?.ok_or_else(Problem::not_found)?;
    let sessions = session_views(db, rows_of(db, id).await?).await?;
    let course = match row.course_id {
        Some(course) => catalogue::courses_facts(db, &[course]).await?.remove(&course).map(|facts| facts.title),
        None => None,
    };
    let component = match row.component_id {
        Some(component) => programme::component(db, component).await?.map(|view| view.title),
        None => None,
    };
    let (staff, changes) = people(db, id).await?;
    Ok(ActivityView {
        id: row.id,
        code: row.code,
        title: row.title,
        kind: row.kind,
        mode: row.mode,
        state: row.state,
        state_reason: row.state_reason,
        organisation_id: row.organisation_id,
        host_organisation_id: row.host_organisation_id,
        component_id: row.component_id,
        component,
        course_id: row.course_id,
        course,
        summary: row.summary,
        languages: row.languages.split(',').filter(|code| !code.is_empty()).map(str::to_owned).collect(),
        capacity_seats: row.capacity_seats,
        reserve_seats: row.reserve_seats,
        enrolment_mode: row.enrolment_mode,
        enrolment_closes_at: row.enrolment_closes_at,
        planned_from_on: row.planned_from_on,
        planned_until_on: row.planned_until_on,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        sessions,
        staff,
        changes,
        version: row.version,
    })
}

/// Staff by role and name, and history by time, with names.
async fn people<C: ConnectionTrait>(
    db: &C,
    id: ActivityId,
) -> Result<(Vec<StaffView>, Vec<ActivityChangeView>), Problem> {
    let staff = activity_staff::Entity::find().filter(activity_staff::Column::ActivityId.eq(id)).all(db).await?;
    let changes = activity_change::Entity::find()
        .filter(activity_change::Column::ActivityId.eq(id))
        .order_by_asc(activity_change::Column::At)
        .order_by_asc(activity_change::Column::Id)
        .all(db)
        .await?;
    let persons: Vec<PersonId> =
        staff.iter().map(|row| row.person_id).chain(changes.iter().filter_map(|row| row.person_id)).collect();
    let names = identity::person_names(db, &persons).await?;
    let name = |person: PersonId| names.get(&person).map(identity::PersonView::name);
    let mut staff: Vec<StaffView> = staff
        .into_iter()
        .map(|row| StaffView {
            person_id: row.person_id,
            name: name(row.person_id).unwrap_or_default(),
            role: row.role,
        })
        .collect();
    staff.sort_by(|a, b| (a.role, &a.name).cmp(&(b.role, &b.name)));
    let changes = changes.into_iter().map(|row| ActivityChangeView {
        person: row.person_id.and_then(name),
        kind: row.kind,
        from_state: row.from_state,
        to_state: row.to_state,
        reason: row.reason,
        session_id: row.session_id,
        starts_before_at: row.starts_before_at,
        starts_after_at: row.starts_after_at,
        at: row.at,
        person_id: row.person_id,
    });
    Ok((staff, changes.collect()))
}

/// Crossing points by id, each with its statuses.
async fn crossings<C: ConnectionTrait>(
    db: &C,
    ids: BTreeSet<CrossingPointId>,
) -> Result<HashMap<CrossingPointId, (crossing_point::Model, Vec<crossing_point_status::Model>)>, Problem> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let points = crossing_point::Entity::find().filter(crossing_point::Column::Id.is_in(ids.clone())).all(db).await?;
    let rows = crossing_point_status::Entity::find()
        .filter(crossing_point_status::Column::CrossingPointId.is_in(ids))
        .all(db)
        .await?;
    let mut statuses: HashMap<CrossingPointId, Vec<crossing_point_status::Model>> = HashMap::new();
    for row in rows {
        statuses.entry(row.crossing_point_id).or_default().push(row);
    }
    let with_statuses = points.into_iter().map(|point| {
        let statuses = statuses.remove(&point.id).unwrap_or_default();
        (point.id, (point, statuses))
    });
    Ok(with_statuses.collect())
}

/// The status that holds on a day.
pub(super) fn status_on(rows: &[crossing_point_status::Model], day: chrono::NaiveDate) -> Option<CrossingStatusView> {
    let spans: Vec<_> = rows.iter().map(|row| (row.from_on, row.until_on)).collect();
    rules::on_day(&spans, day).map(|place| status_view(rows[place].clone()))
}

/// Sessions with their venues, and the status of the crossing point on the day of each.
pub(super) async fn session_views<C: ConnectionTrait>(
    db: &C,
    rows: Vec<activity_session::Model>,
) -> Result<Vec<SessionView>, Problem> {
    let ids: BTreeSet<VenueId> = rows.iter().map(|row| row.venue_id).collect();
    let venues = venue::Entity::find().filter(venue::Column::Id.is_in(ids)).all(db).await?;
    let venues: BTreeMap<VenueId, venue::Model> = venues.into_iter().map(|row| (row.id, row)).collect();
    let crossings = crossings(db, venues.values().filter_map(|row| row.crossing_point_id).collect()).await?;
    let view = |row: activity_session::Model| {
        let venue = venues.get(&row.venue_id);
        let crossing = venue.and_then(|venue| venue.crossing_point_id).and_then(|id| crossings.get(&id));
        let day = row.starts_local.date();
        let wall = |at: chrono::NaiveDateTime| at.format("%Y-%m-%dT%H:%M:%S").to_string();
        SessionView {
            venue: venue.map(|venue| venue.name.clone()).unwrap_or_default(),
            town: venue.and_then(|venue| venue.town.clone()),
            crossing_point: crossing.map(|(point, statuses)| SessionCrossingView {
                id: point.id,
                code: point.code.clone(),
                name: point.name.clone(),
                country: point.country.clone(),
                kinds: kinds(point),
                status: status_on(statuses, day),
            }),
            id: row.id,
            activity_id: row.activity_id,
            number: row.number,
            title: row.title,
            venue_id: row.venue_id,
            starts_local: wall(row.starts_local),
            ends_local: wall(row.ends_local),
            zone: row.zone,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            state: row.state,
            sequence: row.sequence,
            agenda: row.agenda,
            version: row.version,
        }
    };
    Ok(rows.into_iter().map(view).collect())
}

/// A session as it is stored, whoever asks.
pub(super) async fn session_view<C: ConnectionTrait>(db: &C, id: SessionId) -> Result<SessionView, Problem> {
    let row = activity_session::Entity::find_by_id(id).one(db).await?.ok_or_else(Problem::not_found)?;
    session_views(db, vec![row]).await?.pop().ok_or_else(Problem::not_found)
}

/// A session, if the actor may know of its activity.
///
/// # Errors
/// `not-found`
pub async fn session(app: &App, actor: &Actor, id: SessionId) -> Result<SessionView, Problem> {
    let view = session_view(app.db(), id).await?;
    visible_activity(app, actor, view.activity_id).await?;
    Ok(view)
}

/// Everything that stands against an activity's taking its people and rooms, before anything is saved: for all of
/// its sessions, or for one that is only thought of.
///
/// # Errors
/// 403 · `not-found` · 422
pub async fn activity_clashes(
    app: &App,
    actor: &Actor,
    id: ActivityId,
    trial: Option<Trial>,
) -> Result<ClashesView, Problem> {
    let seen = visible_activity(app, actor, id).await?;
    if !actor.may(Action::ManageActivities, &seen.scope()) {
        return Err(Problem::forbidden("Your roles do not allow this here."));
    }
    let db = app.db();
    let mut persons: BTreeSet<PersonId> = parties(db, id).await?.into_keys().collect();
    persons.extend(activity_facts(db, id).await?.staff);
    let mut overlapping = Vec::new();
    let taken = match trial {
        None => wanted(db, &rows_of(db, id).await?, app.now()).await?,
        Some(trial) => {
            let span: Span = placed(db, &timed_trial(&trial)).await?.span;
            let room = rooms(db, [trial.venue_id]).await?.into_iter().next();
            let others = rows_of(db, id).await?.into_iter().filter(|s| s.state == SessionState::Planned);
            let overlaps = |s: &activity_session::Model| {
                Some(s.id) != trial.session_id && span.overlaps(Span { starts_at: s.starts_at, ends_at: s.ends_at })
            };
            overlapping.extend(others.filter(overlaps).map(|s| s.id));
            vec![Wanted { session: trial.session_id, span, room }]
        }
    };
    let persons: Vec<PersonId> = persons.into_iter().collect();
    Ok(ClashesView { clashes: against(db, id, &taken, &persons).await?, overlapping_sessions: overlapping })
}

/// What a person is taken for, by start, if the actor may know of the person.
///
/// # Errors
/// `not-found` · 400 for a bad limit or cursor
pub async fn commitments(
    app: &App,
    actor: &Actor,
    person: PersonId,
    from: Option<DateTime<Utc>>,
    limit: Option<u64>,
    cursor: Option<&str>,
) -> Result<ListPage<CommitmentView>, Problem> {
    let list = format!("commitments {person} {from:?}");
    let request: PageRequest<(DateTime<Utc>, CommitmentId)> = PageRequest::read(app, &list, limit, cursor)?;
    if person != actor.person {
        identity::person(app, actor, person).await?;
    }
    let mut query = commitment::Entity::find().filter(commitment::Column::PersonId.eq(person));
    if let Some(from) = from {
        query = query.filter(commitment::Column::EndsAt.gt(from));
    }
    if let Some((at, id)) = &request.after {
        let key = Expr::tuple([Expr::col(commitment::Column::StartsAt), Expr::col(commitment::Column::Id)]);
        query = query.filter(key.gt(Expr::tuple([Expr::value(*at), Expr::value(id.0)])));
    }
    let rows = query
        .order_by_asc(commitment::Column::StartsAt)
        .order_by_asc(commitment::Column::Id)
        .limit(request.limit + 1)
        .all(app.db())
        .await?;
    let activities: Vec<ActivityId> = rows.iter().map(|row| row.activity_id).collect();
    let activities = super::activities_facts(app.db(), &activities).await?;
    let sessions: Vec<SessionId> = rows.iter().map(|row| row.session_id).collect();
    let sessions =
        activity_session::Entity::find().filter(activity_session::Column::Id.is_in(sessions)).all(app.db()).await?;
    let sessions: HashMap<SessionId, SessionView> =
        session_views(app.db(), sessions).await?.into_iter().map(|view| (view.id, view)).collect();
    let view = |row: commitment::Model| {
        let activity = activities.get(&row.activity_id);
        let session = sessions.get(&row.session_id);
        CommitmentView {
            activity_id: row.activity_id,
            activity_code: activity.map(|facts| facts.code.clone()).unwrap_or_default(),
            activity: activity.map(|facts| facts.title.clone()).unwrap_or_default(),
            session_id: row.session_id,
            session: session.map(|session| session.title.clone()).unwrap_or_default(),
            venue: session.map(|session| session.venue.clone()).unwrap_or_default(),
            zone: session.map(|session| session.zone.clone()).unwrap_or_default(),
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            role: row.role,
        }
    };
    Ok(request.page(app, &list, rows, |row| (row.starts_at, row.id), view))
}
