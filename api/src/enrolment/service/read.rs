//! Reading enrolments: one, a list, who takes part, and whether somebody could.

use super::super::rules::{self, Purpose, Rank};
use super::super::{
    EligibilityView, EnrolmentFilter, EnrolmentView, ObstacleView, Participant, PlaceOf, Prospect, StepView,
};
use super::place::rank;
use super::{facts, room, standing, step, visible};
use crate::identity::{self, Action, Actor, PersonView, Reach, ReachColumns, Scope};
use crate::platform::{App, ListPage, PageRequest, Problem, Tx};
use crate::scheduling::{self, ActivityFacts};
use entity::enrolment::{EnrolmentState, enrolment as table};
use entity::id::{ActivityId, EnrolmentId, PersonId};
use sea_orm::sea_query::{Condition, Expr};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::{BTreeSet, HashMap};

/// What views of enrolments are made of, loaded for all of them at once.
pub(super) struct Shelf {
    names: HashMap<PersonId, PersonView>,
    activities: HashMap<ActivityId, ActivityFacts>,
    positions: HashMap<EnrolmentId, i32>,
}

impl Shelf {
    pub(super) async fn load<C: ConnectionTrait>(db: &C, rows: &[table::Model]) -> Result<Self, Problem> {
        let persons: BTreeSet<PersonId> = rows.iter().map(|row| row.person_id).collect();
        let activities: BTreeSet<ActivityId> = rows.iter().map(|row| row.activity_id).collect();
        let waiting = rows.iter().filter(|row| row.state == EnrolmentState::Reserve);
        let waiting: BTreeSet<ActivityId> = waiting.map(|row| row.activity_id).collect();
        let (persons, activities) =
            (persons.into_iter().collect::<Vec<_>>(), activities.into_iter().collect::<Vec<_>>());
        Ok(Self {
            names: identity::person_names(db, &persons).await?,
            activities: scheduling::activities_facts(db, &activities).await?,
            positions: positions(db, waiting).await?,
        })
    }

    /// Family name, then given name: the order of lists.
    pub(super) fn order(&self, person: PersonId) -> (&str, &str) {
        self.names.get(&person).map_or(("", ""), |view| (&view.family_name, &view.given_name))
    }

    /// What permission needs to know of the person, as of today.
    pub(super) fn scope(&self, person: PersonId) -> Scope {
        self.names
            .get(&person)
            .map_or_else(Scope::programme, |view| Scope::person(view.id, view.organisation_id, view.unit_id))
    }

    pub(super) fn view(&self, row: table::Model) -> EnrolmentView {
        let activity = self.activities.get(&row.activity_id);
        EnrolmentView {
            activity: activity.map(|facts| facts.title.clone()).unwrap_or_default(),
            starts_at: activity.and_then(|facts| facts.starts_at),
            person: self.names.get(&row.person_id).map(PersonView::name).unwrap_or_default(),
            position: self.positions.get(&row.id).copied(),
            id: row.id,
            activity_id: row.activity_id,
            person_id: row.person_id,
            organisation_id: row.organisation_id,
            unit_id: row.unit_id,
            state: row.state,
            priority: row.priority,
            joined_at: row.joined_at,
            nominated_by: row.nominated_by,
            endorsed_by: row.endorsed_by,
            decided_by: row.decided_by,
            reason: row.reason,
            late: row.late,
            steps: None,
            version: row.version,
            created_at: row.created_at,
        }
    }
}

/// Places on the reserve lists of these activities.
async fn positions<C: ConnectionTrait>(
    db: &C,
    activities: BTreeSet<ActivityId>,
) -> Result<HashMap<EnrolmentId, i32>, Problem> {
    if activities.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = table::Entity::find()
        .filter(table::Column::ActivityId.is_in(activities))
        .filter(table::Column::State.eq(EnrolmentState::Reserve))
        .all(db)
        .await?;
    let mut lists: HashMap<ActivityId, Vec<Rank>> = HashMap::new();
    for row in &rows {
        lists.entry(row.activity_id).or_default().push(rank(row));
    }
    let mut found = HashMap::new();
    for mut list in lists.into_values() {
        list.sort_unstable();
        found.extend(list.iter().zip(1..).map(|(rank, position)| (rank.enrolment(), position)));
    }
    Ok(found)
}

/// Views of these enrolments, in their order.
pub(super) async fn views<C: ConnectionTrait>(db: &C, rows: Vec<table::Model>) -> Result<Vec<EnrolmentView>, Problem> {
    let shelf = Shelf::load(db, &rows).await?;
    Ok(rows.into_iter().map(|row| shelf.view(row)).collect())
}

async fn with_steps<C: ConnectionTrait>(db: &C, row: table::Model) -> Result<EnrolmentView, Problem> {
    let id = row.id;
    let mut view = Shelf::load(db, std::slice::from_ref(&row)).await?.view(row);
    let rows = step::Entity::find()
        .filter(step::Column::EnrolmentId.eq(id))
        .order_by_asc(step::Column::At)
        .order_by_asc(step::Column::Id)
        .all(db)
        .await?;
    let people: Vec<PersonId> = rows.iter().filter_map(|row| row.person_id).collect();
    let names = identity::person_names(db, &people).await?;
    let steps = rows.into_iter().map(|row| StepView {
        person: row.person_id.and_then(|person| names.get(&person)).map(PersonView::name),
        id: row.id,
        from_state: row.from_state,
        to_state: row.to_state,
        person_id: row.person_id,
        on_behalf_of: row.on_behalf_of,
        reason: row.reason,
        at: row.at,
    });
    view.steps = Some(steps.collect());
    Ok(view)
}

/// An enrolment as it is within a transaction.
pub(super) async fn one(tx: &Tx, row: table::Model) -> Result<EnrolmentView, Problem> {
    with_steps(tx, row).await
}

/// An enrolment with what led there.
///
/// # Errors
/// `not-found`
pub async fn enrolment(app: &App, actor: &Actor, id: EnrolmentId) -> Result<EnrolmentView, Problem> {
    let case = visible(app, actor, id).await?;
    with_steps(app.db(), case.row).await
}

/// What a reach shows: enrolments of persons within it, and those of its activities.
pub(super) fn narrowed(reach: &Reach) -> Condition {
    let column = |column: table::Column| Expr::col((table::Entity, column));
    let of_person = identity::filter_by_person(reach, column(table::Column::PersonId));
    let columns = ReachColumns { activity: Some(column(table::Column::ActivityId)), ..ReachColumns::default() };
    Condition::any().add(of_person).add(identity::filter(reach, columns))
}

/// Enrolments, newest first, narrowed to those of persons the actor may see.
///
/// # Errors
/// 400 for a bad limit or cursor
pub async fn enrolments(
    app: &App,
    actor: &Actor,
    wanted: EnrolmentFilter,
    limit: Option<u64>,
    cursor: Option<&str>,
) -> Result<ListPage<EnrolmentView>, Problem> {
    let within = narrowed(&actor.reach(Action::ViewRoster));
    listed(app, within, wanted, limit, cursor).await
}

/// Enrolments of an activity, newest first: all of them for its coordinator and staff, those of persons
/// within reach for everybody else.
///
/// # Errors
/// `not-found` · 400 for a bad limit or cursor
pub async fn activity_enrolments(
    app: &App,
    actor: &Actor,
    wanted: EnrolmentFilter,
    limit: Option<u64>,
    cursor: Option<&str>,
) -> Result<ListPage<EnrolmentView>, Problem> {
    let id = wanted.activity_id.ok_or_else(Problem::not_found)?;
    let activity = scheduling::visible_activity(app, actor, id).await?;
    let reach = actor.reach(Action::ViewRoster);
    let within = if reach.covers(&activity.scope()) { Condition::all() } else { narrowed(&reach) };
    listed(app, within, wanted, limit, cursor).await
}

async fn listed(
    app: &App,
    within: Condition,
    wanted: EnrolmentFilter,
    limit: Option<u64>,
    cursor: Option<&str>,
) -> Result<ListPage<EnrolmentView>, Problem> {
    let list = format!("enrolments {wanted:?}");
    let request: PageRequest<EnrolmentId> = PageRequest::read(app, &list, limit, cursor)?;
    let mut query = table::Entity::find().filter(within);
    if let Some(id) = wanted.activity_id {
        query = query.filter(table::Column::ActivityId.eq(id));
    }
    if let Some(id) = wanted.person_id {
        query = query.filter(table::Column::PersonId.eq(id));
    }
    if let Some(state) = wanted.state {
        query = query.filter(table::Column::State.eq(state));
    }
    if let Some(id) = request.after {
        query = query.filter(table::Column::Id.lt(id));
    }
    let rows = query.order_by_desc(table::Column::Id).limit(request.limit + 1).all(app.db()).await?;
    let views = views(app.db(), rows).await?;
    Ok(request.page(app, &list, views, |view| view.id, |view| view))
}

/// Whether a person can get into an activity now, with every reason that stands in the way. About oneself;
/// about others for those who nominate or select them.
///
/// # Errors
/// `not-found`
pub async fn eligibility(
    app: &App,
    actor: &Actor,
    activity: ActivityId,
    person: Option<PersonId>,
) -> Result<EligibilityView, Problem> {
    let activity = scheduling::visible_activity(app, actor, activity).await?;
    let person = person.unwrap_or(actor.person);
    let own = person == actor.person;
    let scope = identity::person_scope(app.db(), person).await?;
    if !own && !actor.may(Action::Nominate, &scope) && !actor.may(Action::SelectParticipants, &activity.scope()) {
        return Err(Problem::not_found());
    }
    let now = app.now();
    let facts = facts(app.db(), &activity, person, now).await?;
    // Who is proposed by somebody else needs what a nomination needs, and in the end a place.
    let mut found = rules::obstacles(&facts, if own { Purpose::Enrol } else { Purpose::Nominate }, now);
    if !own {
        let seen: Vec<&str> = found.iter().map(rules::Obstacle::word).collect();
        let more = rules::obstacles(&facts, Purpose::Select, now);
        let more: Vec<_> = more.into_iter().filter(|one| !seen.contains(&one.word())).collect();
        found.extend(more);
    }
    let room = room(app.db(), &activity).await?;
    let existing = standing(app.db(), activity.id, person).await?;
    let prospect = match rules::place(&room) {
        Ok(rules::Placement::Seat) => Prospect::Seat,
        Ok(rules::Placement::Reserve) => Prospect::Reserve,
        Err(_) => Prospect::Full,
    };
    Ok(EligibilityView {
        activity_id: activity.id,
        person_id: person,
        eligible: found.is_empty(),
        obstacles: found.iter().map(ObstacleView::of).collect(),
        prospect,
        capacity_seats: room.capacity,
        taken_seats: room.seated,
        waiting: room.waiting,
        enrolment_id: existing.as_ref().map(|row| row.id),
        state: existing.map(|row| row.state),
    })
}

/// Who holds a seat in an activity, or held one until it was over; by name.
///
/// # Errors
/// As the database.
pub async fn participants<C: ConnectionTrait>(db: &C, activity: ActivityId) -> Result<Vec<Participant>, Problem> {
    let rows = table::Entity::of_activity_in(activity, EnrolmentState::SEATED).all(db).await?;
    let persons: Vec<PersonId> = rows.iter().map(|row| row.person_id).collect();
    let names = identity::person_names(db, &persons).await?;
    let order = |row: &table::Model| names.get(&row.person_id).map(|view| (&view.family_name, &view.given_name));
    let mut rows = rows;
    rows.sort_by(|a, b| order(a).cmp(&order(b)).then(a.id.cmp(&b.id)));
    let participant = |row: table::Model| Participant {
        enrolment_id: row.id,
        name: names.get(&row.person_id).map(PersonView::name).unwrap_or_default(),
        person_id: row.person_id,
        organisation_id: row.organisation_id,
        unit_id: row.unit_id,
        state: row.state,
    };
    Ok(rows.into_iter().map(participant).collect())
}

/// Whether a person holds a seat in an activity now, or held one until it was over.
///
/// # Errors
/// As the database.
pub async fn is_participant<C: ConnectionTrait>(
    db: &C,
    activity: ActivityId,
    person: PersonId,
) -> Result<bool, Problem> {
    let found = standing(db, activity, person).await?;
    Ok(found.is_some_and(|row| rules::is_seated(row.state)))
}

/// The seats of a person, newest first: the activity, and what has become of it.
///
/// # Errors
/// As the database.
pub async fn seats_of_person<C: ConnectionTrait>(
    db: &C,
    person: PersonId,
) -> Result<Vec<(ActivityId, EnrolmentState)>, Problem> {
    let rows = table::Entity::find()
        .filter(table::Column::PersonId.eq(person))
        .filter(table::Column::State.is_in(EnrolmentState::SEATED.iter().copied()))
        .order_by_desc(table::Column::Id)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.activity_id, row.state)).collect())
}

/// Where an enrolment stands, for a message about it.
///
/// # Errors
/// `not-found`
pub async fn place_of<C: ConnectionTrait>(db: &C, id: EnrolmentId) -> Result<PlaceOf, Problem> {
    let row = table::Entity::find_by_id(id).one(db).await?.ok_or_else(Problem::not_found)?;
    let view = Shelf::load(db, std::slice::from_ref(&row)).await?.view(row);
    Ok(PlaceOf { title: view.activity, state: view.state, position: view.position })
}
