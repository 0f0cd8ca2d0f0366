//! Enrolment's verbs, one file per use case. Every one that writes locks the activity first, then reads the
//! enrolment: acts upon one activity come one after the other, so what is counted stays counted.

mod nominate;
mod outcome;
mod place;
mod react;
mod read;
mod roster;
mod withdraw;

pub use nominate::{add_endorsed, decline, endorse, nominate};
pub use outcome::record_outcome;
pub use place::{add_place, add_seat, enrol, select};
pub use react::{on_activity_cancelled, on_activity_postponed, on_activity_published, on_capacity_changed};
pub use read::{
    activity_enrolments, eligibility, enrolment, enrolments, is_participant, participants, place_of, seats_of_person,
};
pub use roster::{candidates, own_enrolments, roster, to_endorse};
pub use withdraw::withdraw;

use super::rules::{self, Facts, Missing, Obstacle, Purpose, Room};
use super::{EnrolmentView, Refusal};
use crate::catalogue;
use crate::certification;
use crate::identity::{self, Action, Actor, Scope};
use crate::platform::{App, Problem, Tx};
use crate::scheduling::{self, ActivityFacts};
use chrono::{DateTime, Utc};
use entity::certification::CertificationStatus;
use entity::enrolment::{EnrolmentState, QueueClass, enrolment as table, enrolment_step as step};
use entity::id::{ActivityId, EnrolmentId, PersonId};
use entity::identity::PersonState;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use std::collections::HashMap;

/// An enrolment the actor may know of, with what permission needs to know of it.
struct Case {
    activity: ActivityFacts,
    row: table::Model,
    person: Scope,
}

/// The enrolment, if the actor may see it: as part of an activity or of a person within reach.
async fn visible(app: &App, actor: &Actor, id: EnrolmentId) -> Result<Case, Problem> {
    let row = table::Entity::find_by_id(id).one(app.db()).await?.ok_or_else(Problem::not_found)?;
    let activity = scheduling::activity_facts(app.db(), row.activity_id).await?;
    let person = identity::person_scope(app.db(), row.person_id).await?;
    let reach = actor.reach(Action::ViewRoster);
    if reach.covers(&person) || reach.covers(&activity.scope()) {
        Ok(Case { activity, row, person })
    } else {
        Err(Problem::not_found())
    }
}

/// Locks the activity and reads the enrolment again.
async fn reread(tx: &Tx, id: EnrolmentId, activity: ActivityId) -> Result<(ActivityFacts, table::Model), Problem> {
    let activity = scheduling::lock_activity(tx, activity).await?;
    let row = table::Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or_else(Problem::not_found)?;
    Ok((activity, row))
}

/// The person's enrolment in the activity that is not over.
async fn standing<C: ConnectionTrait>(
    db: &C,
    activity: ActivityId,
    person: PersonId,
) -> Result<Option<table::Model>, Problem> {
    let found = table::Entity::of_activity(activity)
        .filter(table::Column::PersonId.eq(person))
        .filter(table::Column::State.is_not_in(EnrolmentState::OVER.iter().copied()));
    Ok(found.one(db).await?)
}

/// How full the activity is.
async fn room<C: ConnectionTrait>(db: &C, activity: &ActivityFacts) -> Result<Room, Problem> {
    let counts: Vec<(EnrolmentState, i64)> = table::Entity::of_activity(activity.id)
        .select_only()
        .column(table::Column::State)
        .column_as(table::Column::Id.count(), "persons")
        .group_by(table::Column::State)
        .into_tuple()
        .all(db)
        .await?;
    let sum = |wanted: &dyn Fn(EnrolmentState) -> bool| {
        let found: i64 = counts.iter().filter(|(state, _)| wanted(*state)).map(|(_, persons)| *persons).sum();
        i32::try_from(found).unwrap_or(i32::MAX)
    };
    Ok(Room {
        capacity: activity.capacity_seats,
        seated: sum(&rules::is_seated),
        reserve: activity.reserve_seats,
        waiting: sum(&|state| state == EnrolmentState::Reserve),
    })
}

/// Certificates that the activity's course asks for and that will not be there on its first day.
async fn missing<C: ConnectionTrait>(
    db: &C,
    activity: &ActivityFacts,
    person: PersonId,
    now: DateTime<Utc>,
) -> Result<Vec<Missing>, Problem> {
    let Some(course) = activity.course_id else { return Ok(vec![]) };
    let asked = catalogue::course_facts(db, course).await?.prerequisites;
    if asked.is_empty() {
        return Ok(vec![]);
    }
    let on = certification::rules::local_day(activity.starts_at.unwrap_or(now));
    let codes: Vec<&str> = asked.iter().map(|one| one.scheme.as_str()).collect();
    let statuses = certification::statuses(db, person, &codes, on).await?;
    let status = |code: &str| statuses.get(code).copied().unwrap_or(CertificationStatus::NotHeld);
    let judged = asked.into_iter().map(|one| {
        let status = status(&one.scheme);
        Missing { scheme: one.scheme, accepts: one.accepts, status }
    });
    Ok(judged.filter(|one| !rules::is_enough(one.status, one.accepts)).collect())
}

/// What is known of a person and an activity.
async fn facts<C: ConnectionTrait>(
    db: &C,
    activity: &ActivityFacts,
    person: PersonId,
    now: DateTime<Utc>,
) -> Result<Facts, Problem> {
    let people = identity::person_names(db, &[person]).await?;
    Ok(Facts {
        state: activity.state,
        mode: activity.enrolment_mode,
        closes_at: activity.enrolment_closes_at,
        starts_at: activity.starts_at,
        in_service: people.get(&person).is_some_and(|view| view.state == PersonState::Active),
        on_staff: activity.staff.contains(&person),
        missing: missing(db, activity, person, now).await?,
        clashes: scheduling::clashes(db, person, activity.id).await?,
    })
}

/// Refuses by everything that stands in the way.
async fn clear(tx: &Tx, activity: &ActivityFacts, person: PersonId, purpose: Purpose) -> Result<(), Problem> {
    let facts = facts(tx, activity, person, tx.now()).await?;
    let found: Vec<Obstacle> = rules::obstacles(&facts, purpose, tx.now());
    if found.is_empty() { Ok(()) } else { Err(Refusal::NotEligible(found).into()) }
}

/// An enrolment that begins, with organisation and unit of the person as they are now.
fn fresh(tx: &Tx, activity: ActivityId, person: &Scope, state: EnrolmentState) -> Result<table::Model, Problem> {
    let (Some(person_id), Some(organisation_id)) = (person.person, person.organisation) else {
        return Err(Problem::internal("the scope of a person names both"));
    };
    Ok(table::Model {
        id: tx.id(),
        activity_id: activity,
        person_id,
        organisation_id,
        unit_id: person.unit,
        state,
        priority: QueueClass::Ordinary,
        joined_at: None,
        nominated_by: None,
        endorsed_by: None,
        decided_by: None,
        reason: None,
        late: false,
        version: 1,
        created_at: tx.now(),
    })
}

/// Writes an enrolment as it has become, and the step that led there. `from` is the state it is in so far;
/// nothing when it begins.
async fn write(
    tx: &Tx,
    mut row: table::Model,
    from: Option<EnrolmentState>,
    reason: Option<&str>,
) -> Result<table::Model, Problem> {
    if from.is_some() {
        row.version += 1;
        let mut change = row.clone().into_active_model();
        change.state = Set(row.state);
        change.priority = Set(row.priority);
        change.joined_at = Set(row.joined_at);
        change.endorsed_by = Set(row.endorsed_by);
        change.decided_by = Set(row.decided_by);
        change.reason = Set(row.reason.clone());
        change.late = Set(row.late);
        change.version = Set(row.version);
        table::Entity::update(change).exec(tx).await?;
    } else {
        table::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx).await?;
    }
    note(tx, &row, from, reason).await?;
    Ok(row)
}

/// Keeps a step.
async fn note(tx: &Tx, row: &table::Model, from: Option<EnrolmentState>, reason: Option<&str>) -> Result<(), Problem> {
    let person_id = tx.author().person;
    let kept = step::Model {
        id: tx.id(),
        enrolment_id: row.id,
        from_state: from,
        to_state: row.state,
        person_id,
        on_behalf_of: person_id.filter(|who| *who != row.person_id).map(|_| row.person_id),
        reason: reason.map(str::to_owned),
        at: tx.now(),
    };
    step::Entity::insert(kept.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// The view of what was written, for the answer of the act.
async fn told(tx: &Tx, row: table::Model) -> Result<EnrolmentView, Problem> {
    read::one(tx, row).await
}

/// Keeps a step that changes nothing for each of these, unless it is the last thing kept.
async fn note_once(tx: &Tx, rows: &[&table::Model], words: &HashMap<EnrolmentId, String>) -> Result<(), Problem> {
    if rows.is_empty() {
        return Ok(());
    }
    let kept = step::Entity::find()
        .filter(step::Column::EnrolmentId.is_in(rows.iter().map(|row| row.id)))
        .order_by_asc(step::Column::At)
        .order_by_asc(step::Column::Id)
        .all(tx)
        .await?;
    let last: HashMap<EnrolmentId, Option<String>> = kept.into_iter().map(|s| (s.enrolment_id, s.reason)).collect();
    for row in rows {
        let reason = words.get(&row.id);
        if last.get(&row.id).and_then(Option::as_ref) != reason {
            note(tx, row, Some(row.state), reason.map(String::as_str)).await?;
        }
    }
    Ok(())
}
