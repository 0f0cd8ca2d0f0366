//! Activities: drafting and changing them, their staff, and how far they have come.

use super::super::{
    ActivityChanged, ActivityDrafted, ActivityView, CapacityChanged, Conversion, NewActivity, NewSession, NewStaff,
    Refusal, rules,
};
use super::commit::{commit_person, release_person};
use super::facts::{lock_row, rows_of, visible_activity};
use super::read::stored;
use super::session::add_session;
use super::{is_code, length};
use crate::identity::rules::fold;
use crate::identity::{self, Action, Actor, Scope};
use crate::platform::{App, Changes, Problem, Tx};
use crate::{catalogue, programme};
use chrono::{DateTime, NaiveTime, Utc};
use entity::id::{ActivityId, PersonId};
use entity::scheduling::{
    ActivityChangeKind, ActivityMode, ActivityState, CommitmentRole, SessionState, StaffRole, activity,
    activity_change as change, activity_staff,
};
use sea_orm::sea_query::Condition;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

/// Refuses an activity that is described wrongly, by all fields at once.
pub(super) fn check(new: &NewActivity) -> Result<(), Problem> {
    let mut problem = Problem::invalid();
    if !is_code(&new.code, 40) {
        problem = problem.field("/code", "must be 2 to 40 capitals, digits, dots, hyphens and underscores");
    }
    problem = length(problem, "/title", &new.title, 2, 200);
    problem = length(problem, "/summary", new.summary.as_deref().unwrap_or_default(), 0, 4000);
    if !(0..=100_000).contains(&new.capacity_seats) {
        problem = problem.field("/capacity_seats", "must be 0 to 100000");
    }
    if new.reserve_seats.is_some_and(|seats| !(0..=100_000).contains(&seats)) {
        problem = problem.field("/reserve_seats", "must be 0 to 100000");
    }
    let is_language = |code: &String| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase());
    if let Some(n) = new.languages.iter().position(|code| !is_language(code)) {
        problem = problem.field(format!("/languages/{n}"), "must be two small letters, as in lv");
    }
    match (new.planned_from_on, new.planned_until_on) {
        (None, Some(_)) => problem = problem.field("/planned_from_on", "is needed with a last day"),
        (Some(from), Some(until)) if until < from => {
            problem = problem.field("/planned_until_on", "must not be before the first day");
        }
        _ => {}
    }
    problem.unless_clean()
}

/// Refuses a course that nobody published, and a component that is not there.
async fn check_references(tx: &Tx, new: &NewActivity) -> Result<(), Problem> {
    let mut problem = Problem::invalid();
    if let Some(course) = new.course_id
        && !catalogue::courses_facts(tx, &[course]).await?.contains_key(&course)
    {
        problem = problem.field("/course_id", "is no published course");
    }
    if let Some(component) = new.component_id
        && programme::component(tx, component).await?.is_none()
    {
        problem = problem.field("/component_id", "is no component of a programme");
    }
    problem.unless_clean()
}

fn search_text(code: &str, title: &str) -> String {
    fold(&format!("{code} {title}"))
}

/// Adds an activity as a draft.
///
/// # Errors
/// 422 · `scheduling/code-taken`
pub async fn add_activity(tx: &Tx, new: NewActivity) -> Result<ActivityId, Problem> {
    check(&new)?;
    check_references(tx, &new).await?;
    if activity::Entity::find().filter(activity::Column::Code.eq(&new.code)).one(tx).await?.is_some() {
        return Err(Refusal::CodeTaken.into());
    }
    let first_day = new.planned_from_on.map(|day| day.and_time(NaiveTime::MIN).and_utc());
    let row = activity::Model {
        id: tx.id(),
        search_text: search_text(&new.code, &new.title),
        code: new.code,
        title: new.title.trim().to_owned(),
        kind: new.kind,
        mode: new.mode,
        state: ActivityState::Draft,
        state_reason: None,
        organisation_id: new.organisation_id,
        host_organisation_id: new.host_organisation_id,
        component_id: new.component_id,
        course_id: new.course_id,
        summary: new.summary,
        languages: new.languages.join(","),
        capacity_seats: new.capacity_seats,
        reserve_seats: new.reserve_seats,
        enrolment_mode: new.enrolment_mode,
        enrolment_closes_at: new.enrolment_closes_at,
        planned_from_on: new.planned_from_on,
        planned_until_on: new.planned_until_on,
        starts_at: None,
        ends_at: None,
        listed_at: first_day.unwrap_or_else(|| tx.now()),
        version: 1,
        created_at: tx.now(),
    };
    let id = row.id;
    activity::Entity::insert(row.into_active_model()).exec_without_returning(tx).await?;
    tx.emit(&ActivityDrafted { activity: id }).await?;
    Ok(id)
}

/// Derives the dates of an activity from the sessions that are to take place, and counts its version on.
pub(super) async fn settle(tx: &Tx, mut row: activity::ActiveModel) -> Result<(), Problem> {
    let id = *row.id.as_ref();
    let sessions = rows_of(tx, id).await?;
    let planned = || sessions.iter().filter(|session| session.state == SessionState::Planned);
    let first = planned().map(|session| session.starts_at).min();
    let last = planned().map(|session| session.ends_at).max();
    if let (Some(first), Some(last)) = (first, last) {
        row.starts_at = Set(Some(first));
        row.ends_at = Set(Some(last));
        row.listed_at = Set(first);
    }
    row.version = Set(*row.version.as_ref() + 1);
    row.update(tx).await?;
    Ok(())
}

/// Writes a line of an activity's history.
pub(super) async fn note(tx: &Tx, line: change::Model) -> Result<(), Problem> {
    change::Entity::insert(line.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// A line of history of an activity whose state stays.
pub(super) fn line(tx: &Tx, activity: &activity::Model, kind: ActivityChangeKind) -> change::Model {
    change::Model {
        id: tx.id(),
        activity_id: activity.id,
        kind,
        from_state: activity.state,
        to_state: activity.state,
        reason: None,
        session_id: None,
        starts_before_at: None,
        starts_after_at: None,
        at: tx.now(),
        person_id: tx.author().person,
    }
}

/// Records that an activity is held in another mode from `at` on: history, not a state.
///
/// # Errors
/// `not-found` · 422 · `scheduling/over`
pub async fn convert(
    tx: &Tx,
    id: ActivityId,
    mode: ActivityMode,
    reason: String,
    at: DateTime<Utc>,
) -> Result<(), Problem> {
    length(Problem::invalid(), "/reason", &reason, 3, 2000).unless_clean()?;
    let before = lock_row(tx, id).await?;
    rules::changeable(before.state)?;
    if before.mode == mode {
        return Err(Problem::invalid().field("/mode", "is what it is already"));
    }
    let mut row = before.clone().into_active_model();
    row.mode = Set(mode);
    settle(tx, row).await?;
    let line = line(tx, &before, ActivityChangeKind::Converted);
    note(tx, change::Model { reason: Some(reason.trim().to_owned()), at, ..line }).await?;
    tx.emit(&ActivityChanged { activity: id }).await?;
    Ok(())
}

/// Adds somebody to the staff of an activity, and takes them for its sessions; in the same role twice is once.
///
/// # Errors
/// `not-found` · `scheduling/over` · `scheduling/other-part` · `scheduling/clash`
pub async fn add_staff(tx: &Tx, id: ActivityId, person: PersonId, role: StaffRole) -> Result<(), Problem> {
    let row = lock_row(tx, id).await?;
    if tx.author().person.is_some() {
        rules::changeable(row.state)?;
    }
    if activity_staff::Entity::find_by_id((id, person, role)).one(tx).await?.is_some() {
        return Ok(());
    }
    commit_person(tx, id, person, CommitmentRole::Staff).await?;
    let new = activity_staff::Model { activity_id: id, person_id: person, role };
    activity_staff::Entity::insert(new.into_active_model()).exec_without_returning(tx).await?;
    settle(tx, row.into_active_model()).await?;
    tx.emit(&ActivityChanged { activity: id }).await?;
    Ok(())
}

/// Opens the transaction of somebody who plans this activity.
///
/// # Errors
/// 403 · `not-found`
pub(super) async fn open(app: &App, actor: &Actor, id: ActivityId) -> Result<Tx, Problem> {
    let seen = visible_activity(app, actor, id).await?;
    actor.permit(Action::ManageActivities, &seen.scope(), app.now())?.begin(app).await
}

/// Drafts an activity.
///
/// # Errors
/// 403 · 422 · `scheduling/code-taken`
pub async fn new_activity(app: &App, actor: &Actor, new: NewActivity) -> Result<ActivityView, Problem> {
    let scope = Scope::organisation(new.organisation_id);
    let tx = actor.permit(Action::ManageActivities, &scope, app.now())?.begin(app).await?;
    let id = add_activity(&tx, new).await?;
    let view = stored(&tx, id).await?;
    tx.commit(view).await
}

/// Drafts an activity with its sessions, all of it or nothing.
///
/// # Errors
/// 403 · 422 · `scheduling/code-taken` · `scheduling/sessions-overlap`
pub async fn plan_activity(
    app: &App,
    actor: &Actor,
    new: NewActivity,
    sessions: Vec<NewSession>,
) -> Result<ActivityView, Problem> {
    let scope = Scope::organisation(new.organisation_id);
    let tx = actor.permit(Action::ManageActivities, &scope, app.now())?.begin(app).await?;
    let id = add_activity(&tx, new).await?;
    let mut faults = Problem::invalid();
    for (place, session) in sessions.into_iter().enumerate() {
        if let Err(problem) = add_session(&tx, id, session).await {
            if problem.errors().is_empty() {
                return Err(problem);
            }
            for fault in problem.errors() {
                let pointer = format!("/sessions/{place}{}", fault.pointer.as_deref().unwrap_or_default());
                faults = faults.field(pointer, fault.detail.clone());
            }
        }
    }
    faults.unless_clean()?;
    let view = stored(&tx, id).await?;
    tx.commit(view).await
}

/// What may not be changed any more, once an activity is published.
fn check_fixed(before: &activity::Model, new: &NewActivity) -> Result<(), Problem> {
    let mut problem = Problem::invalid();
    if before.code != new.code {
        problem = problem.field("/code", "cannot be changed");
    }
    if before.state != ActivityState::Draft {
        if before.course_id != new.course_id {
            problem = problem.field("/course_id", "cannot be changed once it is published");
        }
        if before.enrolment_mode != new.enrolment_mode {
            problem = problem.field("/enrolment_mode", "cannot be changed once it is published");
        }
        if new.capacity_seats < 1 {
            problem = problem.field("/capacity_seats", "must be at least 1");
        }
    }
    problem.unless_clean()
}

fn changed(before: &activity::Model, new: NewActivity) -> (activity::ActiveModel, Changes) {
    let mut changes = Changes::default();
    changes.note("title", &before.title, &new.title);
    changes.note("capacity_seats", &before.capacity_seats, &new.capacity_seats);
    changes.note("reserve_seats", &before.reserve_seats, &new.reserve_seats);
    changes.note("enrolment_closes_at", &before.enrolment_closes_at, &new.enrolment_closes_at);
    changes.note("organisation_id", &before.organisation_id, &new.organisation_id);
    changes.note("course_id", &before.course_id, &new.course_id);
    let mut row = before.clone().into_active_model();
    if before.state == ActivityState::Draft {
        row.planned_from_on = Set(new.planned_from_on);
        row.planned_until_on = Set(new.planned_until_on);
        if let Some(day) = new.planned_from_on.filter(|_| before.starts_at.is_none()) {
            row.listed_at = Set(day.and_time(NaiveTime::MIN).and_utc());
        }
    }
    row.search_text = Set(search_text(&new.code, &new.title));
    row.title = Set(new.title.trim().to_owned());
    row.kind = Set(new.kind);
    row.mode = Set(new.mode);
    row.organisation_id = Set(new.organisation_id);
    row.host_organisation_id = Set(new.host_organisation_id);
    row.component_id = Set(new.component_id);
    row.course_id = Set(new.course_id);
    row.summary = Set(new.summary);
    row.languages = Set(new.languages.join(","));
    row.capacity_seats = Set(new.capacity_seats);
    row.reserve_seats = Set(new.reserve_seats);
    row.enrolment_mode = Set(new.enrolment_mode);
    row.enrolment_closes_at = Set(new.enrolment_closes_at);
    (row, changes)
}

/// Changes what is said of an activity. Its days follow from its sessions, its state has paths of its own.
///
/// # Errors
/// 403 · `not-found` · 412 · 422 · `scheduling/over`
pub async fn change_activity(
    app: &App,
    actor: &Actor,
    id: ActivityId,
    version: i64,
    new: NewActivity,
) -> Result<ActivityView, Problem> {
    let seen = visible_activity(app, actor, id).await?;
    actor.permit(Action::ManageActivities, &seen.scope(), app.now())?;
    let scope = Scope::organisation(new.organisation_id);
    let tx = actor.permit(Action::ManageActivities, &scope, app.now())?.begin(app).await?;
    let before = lock_row(&tx, id).await?;
    if before.version != version {
        return Err(Problem::changed_meanwhile());
    }
    rules::changeable(before.state)?;
    check(&new)?;
    check_fixed(&before, &new)?;
    check_references(&tx, &new).await?;
    let seats = new.capacity_seats;
    let (row, changes) = changed(&before, new);
    settle(&tx, row).await?;
    tx.emit_changes(&ActivityChanged { activity: id }, &changes).await?;
    if before.capacity_seats != seats {
        tx.emit(&CapacityChanged { activity: id, capacity_seats: seats }).await?;
    }
    let view = stored(&tx, id).await?;
    tx.commit(view).await
}

/// Converts an activity to another mode.
///
/// # Errors
/// 403 · as [`convert`]
pub async fn convert_activity(
    app: &App,
    actor: &Actor,
    id: ActivityId,
    wish: Conversion,
) -> Result<ActivityView, Problem> {
    let tx = open(app, actor, id).await?;
    convert(&tx, id, wish.mode, wish.reason, tx.now()).await?;
    let view = stored(&tx, id).await?;
    tx.commit(view).await
}

/// Adds somebody to the staff of an activity.
///
/// # Errors
/// 403 · as [`add_staff`]
pub async fn new_staff(app: &App, actor: &Actor, id: ActivityId, new: NewStaff) -> Result<ActivityView, Problem> {
    let tx = open(app, actor, id).await?;
    if identity::person_scope(&tx, new.person_id).await.is_err() {
        return Err(Problem::invalid().field("/person_id", "is no person"));
    }
    add_staff(&tx, id, new.person_id, new.role).await?;
    let view = stored(&tx, id).await?;
    tx.commit(view).await
}

/// Takes somebody off the staff of an activity, from one task or from all; without any they are free again.
///
/// # Errors
/// 403 · `not-found` · `scheduling/over`
pub async fn remove_staff(
    app: &App,
    actor: &Actor,
    id: ActivityId,
    person: PersonId,
    role: Option<StaffRole>,
) -> Result<ActivityView, Problem> {
    let tx = open(app, actor, id).await?;
    let row = lock_row(&tx, id).await?;
    rules::changeable(row.state)?;
    let of_person = Condition::all()
        .add(activity_staff::Column::ActivityId.eq(id))
        .add(activity_staff::Column::PersonId.eq(person));
    let mut gone = activity_staff::Entity::delete_many().filter(of_person.clone());
    if let Some(role) = role {
        gone = gone.filter(activity_staff::Column::Role.eq(role));
    }
    if gone.exec(&tx).await?.rows_affected == 0 {
        return Err(Problem::not_found());
    }
    if activity_staff::Entity::find().filter(of_person).one(&tx).await?.is_none() {
        release_person(&tx, id, person).await?;
    }
    settle(&tx, row.into_active_model()).await?;
    tx.emit(&ActivityChanged { activity: id }).await?;
    let view = stored(&tx, id).await?;
    tx.commit(view).await
}
