//! Reading sheets: the roll of a session, lists, how much of an activity people attended.

use super::super::rules;
use super::super::{ActivityAttendanceView, MarkView, PresenceView, RollLineView, RollView, SheetView};
use super::close::Count;
use super::{marks_of, occasion, visible};
use crate::enrolment::{self, Participant};
use crate::identity::{self, Action, Actor, PersonView, Reach, Scope};
use crate::platform::{App, ListPage, PageRequest, Problem};
use crate::scheduling::{self, ActivityFacts, BegunSessions, SessionFacts};
use chrono::{DateTime, Duration, Utc};
use entity::attendance::{SheetState, attendance_mark as mark, attendance_sheet as table};
use entity::id::{ActivityId, EnrolmentId, PersonId, SessionId, SheetId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryTrait};
use std::collections::HashMap;

/// Participants the reader may see: all of an activity within reach, or those within reach themselves. Nobody at
/// all is nothing to know of.
fn within(
    reach: &Reach,
    activity: &ActivityFacts,
    participants: Vec<Participant>,
) -> Result<(bool, Vec<Participant>), Problem> {
    if reach.covers(&activity.scope()) {
        return Ok((true, participants));
    }
    let seen = |one: &Participant| reach.covers(&Scope::person(one.person_id, one.organisation_id, one.unit_id));
    let some: Vec<Participant> = participants.into_iter().filter(seen).collect();
    if some.is_empty() { Err(Problem::not_found()) } else { Ok((false, some)) }
}

fn mark_view(row: mark::Model, names: &HashMap<PersonId, PersonView>) -> MarkView {
    MarkView {
        id: row.id,
        status: row.status,
        minutes: row.minutes,
        method: row.method,
        client_at: row.client_at,
        recorded_at: row.recorded_at,
        recorder: row.recorded_by.and_then(|person| names.get(&person)).map(PersonView::name),
        recorded_by: row.recorded_by,
        reason: row.reason,
        correction: row.correction,
    }
}

/// The sheet of a session as the actor may see it.
pub(super) async fn sheet_of<C: ConnectionTrait>(
    db: &C,
    actor: &Actor,
    activity: &ActivityFacts,
    session: SessionFacts,
) -> Result<RollView, Problem> {
    let participants = enrolment::participants(db, activity.id).await?;
    let (is_whole, participants) = within(&actor.reach(Action::ViewAttendance), activity, participants)?;
    let sheet = table::Entity::find().filter(table::Column::SessionId.eq(session.id)).one(db).await?;
    let known: Vec<SheetId> = sheet.iter().map(|sheet| sheet.id).collect();
    let rows = marks_of(db, &known).await?;
    let attested_by = sheet.as_ref().and_then(|sheet| sheet.attested_by);
    let people: Vec<PersonId> = rows.iter().filter_map(|row| row.recorded_by).chain(attested_by).collect();
    let names = identity::person_names(db, &people).await?;
    let mut marks: HashMap<EnrolmentId, Vec<MarkView>> = HashMap::new();
    for row in rows {
        marks.entry(row.enrolment_id).or_default().push(mark_view(row, &names));
    }
    let line = |one: Participant| {
        let mut replaced = marks.remove(&one.enrolment_id).unwrap_or_default();
        let mark = replaced.pop();
        RollLineView { enrolment_id: one.enrolment_id, person_id: one.person_id, person: one.name, mark, replaced }
    };
    let lines = participants.into_iter().map(line).collect();
    let occasion = occasion(activity, &session);
    let scheduled = sheet.as_ref().and_then(|sheet| sheet.scheduled_minutes);
    Ok(RollView {
        session_id: session.id,
        number: session.number,
        session: session.title,
        activity_id: activity.id,
        activity: activity.title.clone(),
        venue: session.venue,
        zone: session.zone,
        starts_at: session.starts_at,
        ends_at: session.ends_at,
        opens_at: occasion.opens_at(),
        scheduled_minutes: scheduled.unwrap_or_else(|| occasion.minutes()),
        state: sheet.as_ref().map_or(SheetState::Open, |sheet| sheet.state),
        session_state: session.state,
        attested_by,
        attester: attested_by.and_then(|person| names.get(&person)).map(PersonView::name),
        closed_at: sheet.as_ref().and_then(|sheet| sheet.closed_at),
        is_whole,
        may_take: actor.may(Action::TakeAttendance, &activity.scope()),
        may_close: actor.may(Action::CloseAttendance, &activity.scope()),
        lines,
        version: sheet.map_or(0, |sheet| sheet.version),
    })
}

/// The roll of a session: every participant within reach, with the marks made.
///
/// # Errors
/// `not-found`
pub async fn roll(app: &App, actor: &Actor, id: SessionId) -> Result<RollView, Problem> {
    let (session, activity) = visible(app, actor, id).await?;
    sheet_of(app.db(), actor, &activity, session).await
}

/// Sheets of sessions that have begun, by the end of the session: those that are overdue, or with `overdue` false
/// all. Narrowed to activities whose roll the actor may take, or whose attendance the actor may see as a whole.
///
/// # Errors
/// 400 for a bad limit or cursor
pub async fn sheets(
    app: &App,
    actor: &Actor,
    overdue: bool,
    limit: Option<u64>,
    cursor: Option<&str>,
) -> Result<ListPage<SheetView>, Problem> {
    let list = format!("attendance-sheets {overdue}");
    let request: PageRequest<(DateTime<Utc>, SessionId)> = PageRequest::read(app, &list, limit, cursor)?;
    let now = app.now();
    let reach = actor.reach(Action::ViewAttendance);
    let wanted = BegunSessions {
        reach: &reach,
        begun_by: now + Duration::minutes(rules::OPENS_MINUTES),
        over_by: overdue.then_some(now),
        without: overdue.then(|| table::Entity::closed_sessions().into_query()),
        after: request.after,
        limit: request.limit + 1,
    };
    let sessions = scheduling::sessions_begun(app.db(), wanted).await?;
    let views = summaries(app.db(), sessions, now).await?;
    Ok(request.page(app, &list, views, |view| (view.ends_at, view.session_id), |view| view))
}

async fn summaries<C: ConnectionTrait>(
    db: &C,
    sessions: Vec<SessionFacts>,
    now: DateTime<Utc>,
) -> Result<Vec<SheetView>, Problem> {
    let activities: Vec<ActivityId> = sessions.iter().map(|session| session.activity_id).collect();
    let activities = scheduling::activities_facts(db, &activities).await?;
    let ids = sessions.iter().map(|session| session.id);
    let rows = table::Entity::find().filter(table::Column::SessionId.is_in(ids)).all(db).await?;
    let states: HashMap<SessionId, SheetState> = rows.into_iter().map(|row| (row.session_id, row.state)).collect();
    let view = |session: SessionFacts| {
        let state = states.get(&session.id).copied().unwrap_or(SheetState::Open);
        SheetView {
            session_id: session.id,
            number: session.number,
            session: session.title,
            activity: activities.get(&session.activity_id).map(|a| a.title.clone()).unwrap_or_default(),
            activity_id: session.activity_id,
            venue: session.venue,
            zone: session.zone,
            starts_at: session.starts_at,
            ends_at: session.ends_at,
            state,
            overdue: state == SheetState::Open && session.ends_at <= now,
        }
    };
    Ok(sessions.into_iter().map(view).collect())
}

/// How much of an activity people attended, by what its closed sheets say.
///
/// # Errors
/// `not-found`
pub async fn activity_attendance(app: &App, actor: &Actor, id: ActivityId) -> Result<ActivityAttendanceView, Problem> {
    let activity = scheduling::visible_activity(app, actor, id).await?;
    let participants = enrolment::participants(app.db(), id).await?;
    let (_, participants) = within(&actor.reach(Action::ViewAttendance), &activity, participants)?;
    let count = Count::load(app.db(), &activity).await?;
    let whole = |number: i64| i32::try_from(number).unwrap_or(i32::MAX);
    let person = |one: Participant| {
        let sessions = count.of(one.enrolment_id);
        let (minutes, scheduled) = rules::attended(&sessions);
        PresenceView {
            person_id: one.person_id,
            person: one.name,
            minutes: whole(minutes),
            scheduled_minutes: whole(scheduled),
            share_percent: rules::share(&sessions),
            state: one.state,
        }
    };
    Ok(ActivityAttendanceView {
        activity_id: id,
        activity: activity.title.clone(),
        sessions: i32::try_from(count.sessions).unwrap_or(i32::MAX),
        closed_sessions: i32::try_from(count.closed()).unwrap_or(i32::MAX),
        people: participants.into_iter().map(person).collect(),
    })
}
