//! Giving places: to whoever comes of their own accord, to whom the coordinator selects, and to who waits.

use super::super::rules::{self, Placement, Purpose, Rank, Waiting};
use super::super::{EnrolmentView, Refusal, ReservePlaced, SeatPlaced, Selection};
use super::{clear, facts, fresh, note_once, reread, room, standing, told, visible, write};
use crate::identity::{self, Action, Actor, Scope};
use crate::platform::{App, Problem, Tx};
use crate::scheduling::{self, ActivityFacts, CommitmentRole};
use entity::enrolment::{EnrolmentState, enrolment as table};
use entity::id::{ActivityId, EnrolmentId, PersonId};
use std::collections::HashMap;

/// Takes a place in an open activity: a seat if one is free, else the end of the reserve list. Who is placed
/// already stays where they are.
///
/// # Errors
/// 403 · `not-found` · `enrolment/not-eligible` · `enrolment/reserve-full` · `scheduling/clash`
pub async fn enrol(app: &App, actor: &Actor, activity: ActivityId) -> Result<EnrolmentView, Problem> {
    let activity = scheduling::visible_activity(app, actor, activity).await?;
    let scope = Scope::person(actor.person, actor.organisation, actor.unit);
    let tx = actor.permit(Action::Enrol, &scope, app.now())?.begin(app).await?;
    let activity = scheduling::lock_activity(&tx, activity.id).await?;
    let before = standing(&tx, activity.id, actor.person).await?;
    if let Some(row) = before.clone().filter(|row| rules::is_placed(row.state)) {
        let view = told(&tx, row).await?;
        return tx.commit(view).await;
    }
    clear(&tx, &activity, actor.person, Purpose::Enrol).await?;
    let person = identity::person_scope(&tx, actor.person).await?;
    let from = before.as_ref().map(|row| row.state);
    let row = before.map_or_else(|| fresh(&tx, activity.id, &person, EnrolmentState::Reserve), Ok)?;
    let row = settle(&tx, &activity, row, from).await?;
    let view = told(&tx, row).await?;
    tx.commit(view).await
}

/// Gives a place to somebody endorsed: a seat if one is free, else the end of the reserve list.
///
/// # Errors
/// 403 · `not-found` · `enrolment/own-case` · `enrolment/same-person` · `enrolment/not-endorsed` ·
/// `enrolment/not-eligible` · `enrolment/reserve-full` · `scheduling/clash`
pub async fn select(app: &App, actor: &Actor, id: EnrolmentId, wanted: Selection) -> Result<EnrolmentView, Problem> {
    let case = visible(app, actor, id).await?;
    let tx = actor.permit(Action::SelectParticipants, &case.activity.scope(), app.now())?.begin(app).await?;
    let (activity, mut row) = reread(&tx, id, case.activity.id).await?;
    if !rules::is_placed(row.state) || row.decided_by != Some(actor.person) {
        rules::separate(actor.person, row.person_id, row.endorsed_by)?;
        rules::step(row.state, Placement::Reserve.state())?;
        clear(&tx, &activity, row.person_id, Purpose::Select).await?;
        let from = row.state;
        row.priority = wanted.priority.unwrap_or(row.priority);
        row.decided_by = Some(actor.person);
        row = settle(&tx, &activity, row, Some(from)).await?;
    }
    let view = told(&tx, row).await?;
    tx.commit(view).await
}

/// Enters a person on a seat at once: every rule holds but windows and the state of the activity.
///
/// # Errors
/// `not-found` · `enrolment/not-eligible` · `enrolment/full` · `scheduling/clash`
pub async fn add_seat(tx: &Tx, activity: ActivityId, person: PersonId) -> Result<EnrolmentId, Problem> {
    let activity = scheduling::lock_activity(tx, activity).await?;
    let before = standing(tx, activity.id, person).await?;
    if let Some(row) = before.as_ref().filter(|row| rules::is_seated(row.state)) {
        return Ok(row.id);
    }
    clear(tx, &activity, person, Purpose::Enter).await?;
    let room = room(tx, &activity).await?;
    if room.free() == 0 {
        return Err(Refusal::Full { capacity_seats: room.capacity }.into());
    }
    let scope = identity::person_scope(tx, person).await?;
    let from = before.as_ref().map(|row| row.state);
    let row = before.map_or_else(|| fresh(tx, activity.id, &scope, EnrolmentState::Confirmed), Ok)?;
    Ok(put(tx, row, from, Placement::Seat).await?.id)
}

/// Enters a person where there is room now, as the coordinator would: a seat, else the end of the reserve list.
///
/// # Errors
/// `not-found` · `enrolment/not-eligible` · `enrolment/reserve-full` · `scheduling/clash`
pub async fn add_place(tx: &Tx, activity: ActivityId, person: PersonId) -> Result<EnrolmentId, Problem> {
    let activity = scheduling::lock_activity(tx, activity).await?;
    let before = standing(tx, activity.id, person).await?;
    if let Some(row) = before.as_ref().filter(|row| rules::is_placed(row.state)) {
        return Ok(row.id);
    }
    clear(tx, &activity, person, Purpose::Select).await?;
    let scope = identity::person_scope(tx, person).await?;
    let from = before.as_ref().map(|row| row.state);
    let row = before.map_or_else(|| fresh(tx, activity.id, &scope, EnrolmentState::Reserve), Ok)?;
    Ok(settle(tx, &activity, row, from).await?.id)
}

/// Places somebody to whom nothing stands in the way, after whoever waits has moved up.
async fn settle(
    tx: &Tx,
    activity: &ActivityFacts,
    row: table::Model,
    from: Option<EnrolmentState>,
) -> Result<table::Model, Problem> {
    promote(tx, activity).await?;
    let placement = rules::place(&room(tx, activity).await?)?;
    put(tx, row, from, placement).await
}

/// Puts somebody on a seat, with the time it takes, or on the reserve list.
async fn put(
    tx: &Tx,
    mut row: table::Model,
    from: Option<EnrolmentState>,
    placement: Placement,
) -> Result<table::Model, Problem> {
    let (enrolment, activity, person) = (row.id, row.activity_id, row.person_id);
    if placement == Placement::Seat {
        scheduling::commit_person(tx, activity, person, CommitmentRole::Participant).await?;
    }
    row.state = placement.state();
    row.joined_at = row.joined_at.or(Some(tx.now()));
    let row = write(tx, row, from, None).await?;
    match placement {
        Placement::Seat => tx.emit(&SeatPlaced { enrolment, activity, person }).await?,
        Placement::Reserve => tx.emit(&ReservePlaced { enrolment, activity, person }).await?,
    };
    Ok(row)
}

/// Takes the person's time, unless somebody else took it since it was judged.
async fn hold(tx: &Tx, activity: ActivityId, person: PersonId) -> Result<bool, Problem> {
    match scheduling::commit_person(tx, activity, person, CommitmentRole::Participant).await {
        Err(problem) if problem.is("scheduling/clash") => {
            scheduling::release_person(tx, activity, person).await?;
            Ok(false)
        }
        outcome => outcome.map(|()| true),
    }
}

/// Gives free seats to whoever waits, by rank, in this transaction. The activity is locked. Each is judged
/// at this moment; who is passed over keeps the place, and the reason is kept as a step.
pub(super) async fn promote(tx: &Tx, activity: &ActivityFacts) -> Result<(), Problem> {
    let room = room(tx, activity).await?;
    if room.free() == 0 || room.waiting == 0 || !rules::moves_up(activity.state, activity.starts_at, tx.now()) {
        return Ok(());
    }
    let rows = table::Entity::of_activity_in(activity.id, &[EnrolmentState::Reserve]).all(tx).await?;
    let mut rows: Vec<(Rank, table::Model)> = rows.into_iter().map(|row| (rank(&row), row)).collect();
    rows.sort_by_key(|(rank, _)| *rank);
    let (mut judged, mut words, mut eligible) = (Vec::new(), HashMap::new(), 0);
    for (rank, row) in &rows {
        if eligible == room.free() {
            break;
        }
        let found = rules::obstacles(&facts(tx, activity, row.person_id, tx.now()).await?, Purpose::MoveUp, tx.now());
        let is_eligible = found.is_empty() && hold(tx, activity.id, row.person_id).await?;
        judged.push(Waiting { rank: *rank, eligible: is_eligible });
        eligible += i32::from(is_eligible);
        words.insert(row.id, found.iter().map(rules::words).collect::<Vec<_>>().join(" "));
    }
    let promotion = rules::promote(judged, room.free());
    let mut rows: HashMap<EnrolmentId, table::Model> = rows.into_iter().map(|(_, row)| (row.id, row)).collect();
    for id in promotion.promoted {
        if let Some(row) = rows.remove(&id) {
            put(tx, row, Some(EnrolmentState::Reserve), Placement::Seat).await?;
        }
    }
    let passed_over: Vec<&table::Model> = promotion.passed_over.iter().filter_map(|id| rows.get(id)).collect();
    note_once(tx, &passed_over, &words).await
}

/// The place of an enrolment in the queue.
pub(super) fn rank(row: &table::Model) -> Rank {
    Rank::new(row.priority, row.joined_at.unwrap_or(row.created_at), row.id)
}
