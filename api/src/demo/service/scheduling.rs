//! Crossing points, venues, the historical calendar of activities, and a copy of it around today.

use super::{Loader, read};
use crate::identity::Permit;
use crate::platform::{Problem, Tx};
use crate::programme;
use crate::scheduling::{
    self, NewActivity, NewCrossingPoint, NewCrossingStatus, NewSession, NewVenue, StateChange, rules,
};
use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveDateTime, Utc};
use entity::id::{ComponentId, VenueId};
use entity::scheduling::{
    ActivityKind, ActivityMode, ActivityState, CrossingKind, CrossingStatus, EnrolmentMode, StaffRole, VenueKind,
};
use serde::Deserialize;
use std::collections::HashMap;

#[derive(Deserialize)]
struct CrossingPoint {
    code: String,
    name: String,
    native_name: Option<String>,
    country: String,
    kinds: Vec<CrossingKind>,
    iata: Option<String>,
    icao: Option<String>,
    unlocode: Option<String>,
    zone: String,
    latitude: Option<f64>,
    longitude: Option<f64>,
    note: Option<String>,
    pair: Option<String>,
    statuses: Vec<Status>,
}

#[derive(Deserialize)]
struct Status {
    #[serde(rename = "status")]
    word: CrossingStatus,
    from: NaiveDate,
    until: Option<NaiveDate>,
    classes: Option<String>,
    source_note: String,
}

#[derive(Deserialize)]
struct File {
    venues: Vec<Venue>,
    activities: Vec<Activity>,
    around_today: Vec<Copy>,
}

#[derive(Deserialize)]
struct Venue {
    key: String,
    name: String,
    kind: VenueKind,
    organisation: Option<String>,
    address: Option<String>,
    town: Option<String>,
    country: Option<String>,
    zone: String,
    crossing_point: Option<String>,
}

#[derive(Clone, Deserialize)]
struct Activity {
    code: String,
    component: String,
    title: String,
    kind: ActivityKind,
    mode: ActivityMode,
    organisation: String,
    host: Option<String>,
    course: Option<String>,
    summary: String,
    languages: Vec<String>,
    seats: i32,
    reserve: Option<i32>,
    enrolment: EnrolmentMode,
    sessions: Vec<Session>,
    history: Vec<Step>,
    staff: Vec<Staff>,
}

#[derive(Clone, Deserialize)]
struct Session {
    title: String,
    venue: String,
    starts: String,
    ends: String,
}

#[derive(Clone, Deserialize)]
struct Staff {
    person: String,
    role: StaffRole,
}

/// What happened next: another state, another mode, or new sessions.
#[derive(Clone, Deserialize)]
struct Step {
    at: DateTime<Utc>,
    state: Option<ActivityState>,
    convert: Option<ActivityMode>,
    reason: Option<String>,
    #[serde(default)]
    sessions: Vec<Session>,
}

/// An activity of the calendar held again, so many weeks from this one.
#[derive(Deserialize)]
struct Copy {
    of: String,
    week: i64,
    state: ActivityState,
    enrolment: Option<EnrolmentMode>,
    seats: Option<i32>,
    reserve: Option<i32>,
    staff: Vec<Staff>,
}

/// Loads crossing points, venues and activities.
pub(super) async fn load(loader: &mut Loader) -> Result<(), Problem> {
    let file: File = read(include_str!("../../../demo/activities.json"))?;
    let components = components(loader).await?;
    let tx = Permit::system("demo").begin(&loader.app).await?;
    crossing_points(loader, &tx).await?;
    let mut venues = HashMap::new();
    for venue in file.venues {
        let (key, new) = (venue.key.clone(), new_venue(loader, venue));
        venues.insert(key, scheduling::add_venue(&tx, new).await?);
    }
    let known = Known { components, venues };
    let today = rules::zone("Europe/Riga")
        .map_or_else(|| tx.now().date_naive(), |zone| tx.now().with_timezone(&zone).date_naive());
    let mut copies = Vec::new();
    for copy in file.around_today {
        let original = file.activities.iter().find(|activity| activity.code == copy.of);
        let original = original.ok_or_else(|| Problem::internal(format!("no activity {}", copy.of)))?;
        copies.push(moved(original.clone(), copy, today, tx.now())?);
    }
    for activity in file.activities.into_iter().chain(copies) {
        add(loader, &tx, &known, activity).await?;
    }
    tx.commit(()).await
}

/// What the file names by a code and the loader does not know.
struct Known {
    components: HashMap<String, ComponentId>,
    venues: HashMap<String, VenueId>,
}

async fn components(loader: &Loader) -> Result<HashMap<String, ComponentId>, Problem> {
    let coordinator = loader.actor("coordinator").await?;
    let programmes = programme::programmes(&loader.app, &coordinator, Some(200), None).await?.items;
    let components = programmes.into_iter().flat_map(|programme| programme.components);
    Ok(components.map(|component| (component.code, component.id)).collect())
}

async fn crossing_points(loader: &mut Loader, tx: &Tx) -> Result<(), Problem> {
    for point in read::<Vec<CrossingPoint>>(include_str!("../../../demo/crossing_points.json"))? {
        let new = NewCrossingPoint {
            code: point.code.clone(),
            name: point.name,
            native_name: point.native_name,
            country: point.country,
            kinds: point.kinds,
            iata: point.iata,
            icao: point.icao,
            unlocode: point.unlocode,
            zone: point.zone,
            latitude: point.latitude,
            longitude: point.longitude,
            note: point.note,
            pair_code: point.pair,
        };
        let id = scheduling::add_crossing_point(tx, new).await?;
        for status in point.statuses {
            let new = NewCrossingStatus {
                status: status.word,
                from_on: status.from,
                until_on: status.until,
                classes: status.classes,
                source_note: status.source_note,
            };
            scheduling::add_status(tx, id, new).await?;
        }
        loader.crossing_points.insert(point.code, id);
    }
    Ok(())
}

fn new_venue(loader: &Loader, venue: Venue) -> NewVenue {
    NewVenue {
        name: venue.name,
        kind: venue.kind,
        organisation_id: venue.organisation.and_then(|code| loader.organisations.get(&code).copied()),
        address: venue.address,
        town: venue.town,
        country: venue.country,
        zone: venue.zone,
        crossing_point_id: venue.crossing_point.and_then(|code| loader.crossing_points.get(&code).copied()),
        exclusive: None,
        note: None,
    }
}

/// The states that lead to one.
fn way(to: ActivityState) -> &'static [ActivityState] {
    use ActivityState as State;
    match to {
        State::Planned => &[State::Planned],
        State::Confirmed => &[State::Planned, State::Confirmed],
        State::InProgress => &[State::Planned, State::Confirmed, State::InProgress],
        State::Delivered => &[State::Planned, State::Confirmed, State::InProgress, State::Delivered],
        State::Closed => &[State::Planned, State::Confirmed, State::InProgress, State::Delivered, State::Closed],
        _ => &[],
    }
}

/// An activity on the same days of another week, with the year in its code. Whole weeks apart, copies never
/// take the same people twice.
fn moved(original: Activity, copy: Copy, today: NaiveDate, now: DateTime<Utc>) -> Result<Activity, Problem> {
    let wall = |text: &str| rules::wall_time(text).ok_or_else(|| Problem::internal(format!("no time {text}")));
    let first = original.sessions.first().map(|session| wall(&session.starts)).transpose()?;
    let first: NaiveDateTime = first.ok_or_else(|| Problem::internal("no session"))?;
    let monday = |day: NaiveDate| day - Duration::days(i64::from(day.weekday().num_days_from_monday()));
    let shift = monday(today) + Duration::weeks(copy.week) - monday(first.date());
    let mut sessions = original.sessions;
    for session in &mut sessions {
        for text in [&mut session.starts, &mut session.ends] {
            *text = (wall(text)? + shift).format("%Y-%m-%dT%H:%M").to_string();
        }
    }
    let (begins, ends) = (first + shift, sessions.last().map(|session| wall(&session.ends)).transpose()?);
    let begins_at = begins.and_utc();
    let ends_at = ends.unwrap_or(begins).and_utc();
    let step = |state: &ActivityState| Step {
        at: match state {
            ActivityState::Planned => begins_at - Duration::days(42),
            ActivityState::Confirmed => begins_at - Duration::days(14),
            ActivityState::InProgress => begins_at - Duration::hours(3),
            ActivityState::Delivered => ends_at + Duration::hours(2),
            _ => ends_at + Duration::days(14),
        }
        .min(now),
        state: Some(*state),
        convert: None,
        reason: None,
        sessions: vec![],
    };
    Ok(Activity {
        code: format!("{}-{}", original.code, begins.year()),
        seats: copy.seats.unwrap_or(original.seats),
        reserve: copy.reserve.or(original.reserve),
        enrolment: copy.enrolment.unwrap_or(original.enrolment),
        history: way(copy.state).iter().map(step).collect(),
        staff: copy.staff,
        sessions,
        ..original
    })
}

fn new_session(known: &Known, session: Session) -> Result<NewSession, Problem> {
    let venue = known.venues.get(&session.venue).copied();
    Ok(NewSession {
        title: session.title,
        venue_id: venue.ok_or_else(|| Problem::internal(format!("no venue {}", session.venue)))?,
        starts_local: session.starts,
        ends_local: session.ends,
        zone: None,
        starts_fold: None,
        ends_fold: None,
        agenda: None,
    })
}

async fn add(loader: &mut Loader, tx: &Tx, known: &Known, activity: Activity) -> Result<(), Problem> {
    let organisation = |code: &str| loader.organisations.get(code).copied();
    let organisation_id =
        organisation(&activity.organisation).ok_or_else(|| Problem::internal(&activity.organisation))?;
    let new = NewActivity {
        code: activity.code.clone(),
        title: activity.title,
        kind: activity.kind,
        mode: activity.mode,
        organisation_id,
        host_organisation_id: activity.host.as_deref().and_then(organisation),
        component_id: known.components.get(&activity.component).copied(),
        course_id: activity.course.and_then(|code| loader.courses.get(&code).copied()),
        summary: Some(activity.summary),
        languages: activity.languages,
        capacity_seats: activity.seats,
        reserve_seats: activity.reserve,
        enrolment_mode: activity.enrolment,
        enrolment_closes_at: None,
        planned_from_on: None,
        planned_until_on: None,
    };
    let id = scheduling::add_activity(tx, new).await?;
    for session in activity.sessions {
        scheduling::add_session(tx, id, new_session(known, session)?).await?;
    }
    for Staff { person, role } in activity.staff {
        let person = loader.persons.get(&person).copied().ok_or_else(|| Problem::internal(person))?;
        scheduling::add_staff(tx, id, person, role).await?;
    }
    for step in activity.history {
        for session in step.sessions {
            scheduling::add_session(tx, id, new_session(known, session)?).await?;
        }
        if let Some(state) = step.state {
            let reason = step.reason.clone();
            scheduling::change_state_at(tx, id, StateChange { state, reason, at: step.at }).await?;
        }
        if let Some(mode) = step.convert {
            scheduling::convert(tx, id, mode, step.reason.unwrap_or_default(), step.at).await?;
        }
    }
    loader.activities.insert(activity.code, id);
    Ok(())
}
