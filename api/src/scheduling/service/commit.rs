//! Commitments: taking persons and rooms for sessions, finding what stands against it, letting them go.

use super::super::rules::{self, Span};
use super::super::{Clash, Refusal};
use super::facts::{lock_row, rows_of, venue_names};
use crate::identity;
use crate::platform::{Problem, Tx};
use chrono::{DateTime, Utc};
use entity::id::{ActivityId, PersonId, SessionId, VenueId};
use entity::scheduling::{
    CommitmentRole, CommitmentSubject, SessionState, activity, activity_party, activity_session, commitment, venue,
};
use sea_orm::sea_query::Condition;
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Rows written by one statement: far below the variables either database takes.
const ROWS_AT_ONCE: usize = 1000;

/// A session that takes, or would take, whoever is in the activity.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    /// The session; nothing for one that is only thought of.
    pub session: Option<SessionId>,
    /// Its time.
    pub span: Span,
    /// The room it takes, where it takes one.
    pub room: Option<VenueId>,
}

/// Sessions as what they take: those that are to take place and are not over yet.
pub(super) async fn wanted<C: ConnectionTrait>(
    db: &C,
    sessions: &[activity_session::Model],
    now: DateTime<Utc>,
) -> Result<Vec<Wanted>, Problem> {
    let ahead: Vec<_> = sessions.iter().filter(|s| s.state == SessionState::Planned && s.ends_at > now).collect();
    let rooms = rooms(db, ahead.iter().map(|session| session.venue_id)).await?;
    let wanted = |session: &&activity_session::Model| Wanted {
        session: Some(session.id),
        span: Span { starts_at: session.starts_at, ends_at: session.ends_at },
        room: Some(session.venue_id).filter(|venue| rooms.contains(venue)),
    };
    Ok(ahead.iter().map(wanted).collect())
}

/// Which of these venues hold one session at a time.
pub(super) async fn rooms<C: ConnectionTrait>(
    db: &C,
    venues: impl IntoIterator<Item = VenueId>,
) -> Result<HashSet<VenueId>, Problem> {
    let rows = venue::Entity::find()
        .filter(venue::Column::Id.is_in(venues))
        .filter(venue::Column::Exclusive.eq(true))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Everything that stands against an activity's taking these persons and rooms, by start.
pub(super) async fn against<C: ConnectionTrait>(
    db: &C,
    activity: ActivityId,
    wanted: &[Wanted],
    persons: &[PersonId],
) -> Result<Vec<Clash>, Problem> {
    let first = wanted.iter().map(|wanted| wanted.span.starts_at).min();
    let last = wanted.iter().map(|wanted| wanted.span.ends_at).max();
    let (Some(first), Some(last)) = (first, last) else { return Ok(vec![]) };
    let rooms: BTreeSet<VenueId> = wanted.iter().filter_map(|wanted| wanted.room).collect();
    let subject = Condition::any()
        .add(commitment::Column::PersonId.is_in(persons.iter().copied()))
        .add(commitment::Column::VenueId.is_in(rooms));
    let rows = commitment::Entity::find()
        .filter(subject)
        .filter(commitment::Column::ActivityId.ne(activity))
        .filter(commitment::Column::StartsAt.lt(last))
        .filter(commitment::Column::EndsAt.gt(first))
        .order_by_asc(commitment::Column::StartsAt)
        .order_by_asc(commitment::Column::Id)
        .all(db)
        .await?;
    let stands = |row: &commitment::Model| {
        let span = Span { starts_at: row.starts_at, ends_at: row.ends_at };
        wanted.iter().any(|w| w.span.overlaps(span) && (row.venue_id.is_none() || row.venue_id == w.room))
    };
    named(db, rows.into_iter().filter(stands).collect()).await
}

async fn named<C: ConnectionTrait>(db: &C, rows: Vec<commitment::Model>) -> Result<Vec<Clash>, Problem> {
    if rows.is_empty() {
        return Ok(vec![]);
    }
    let activities: BTreeSet<ActivityId> = rows.iter().map(|row| row.activity_id).collect();
    let titles = activity::Entity::find().filter(activity::Column::Id.is_in(activities)).all(db).await?;
    let titles: HashMap<ActivityId, String> = titles.into_iter().map(|row| (row.id, row.title)).collect();
    let persons: Vec<PersonId> = rows.iter().filter_map(|row| row.person_id).collect();
    let names = identity::person_names(db, &persons).await?;
    let venues = venue_names(db, rows.iter().filter_map(|row| row.venue_id)).await?;
    let clash = |row: commitment::Model| Clash {
        who: match (row.person_id, row.venue_id) {
            (Some(person), _) => names.get(&person).map(identity::PersonView::name),
            (None, Some(venue)) => venues.get(&venue).cloned(),
            (None, None) => None,
        }
        .unwrap_or_default(),
        person_id: row.person_id,
        venue_id: row.venue_id,
        activity: titles.get(&row.activity_id).cloned().unwrap_or_default(),
        activity_id: row.activity_id,
        session_id: row.session_id,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
    };
    Ok(rows.into_iter().map(clash).collect())
}

/// What would refuse [`commit_person`].
///
/// # Errors
/// `not-found`
pub async fn clashes<C: ConnectionTrait>(db: &C, person: PersonId, id: ActivityId) -> Result<Vec<Clash>, Problem> {
    let sessions = rows_of(db, id).await?;
    // Nobody says what time it is: a session that is over, and what stood against it, are told too.
    let wanted = wanted(db, &sessions, DateTime::<Utc>::MIN_UTC).await?;
    against(db, id, &wanted, &[person]).await
}

/// Makes those who take the same persons or rooms at the same moment come one after the other, so that the later
/// one sees what the earlier one took and can say so. The constraint on the table holds without it.
async fn queue(tx: &Tx, persons: &[PersonId], wanted: &[Wanted]) -> Result<(), Problem> {
    if tx.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let rooms = wanted.iter().filter_map(|wanted| wanted.room.map(uuid::Uuid::from));
    let subjects: BTreeSet<uuid::Uuid> = persons.iter().map(|person| person.0).chain(rooms).collect();
    if subjects.is_empty() {
        return Ok(());
    }
    let keys: Vec<String> = subjects.iter().map(|id| format!("('{id}')")).collect();
    let sql = format!(
        "SELECT pg_advisory_xact_lock(hashtextextended(subject, 6)) FROM (VALUES {}) AS taken(subject)",
        keys.join(",")
    );
    tx.execute_unprepared(&sql).await?;
    Ok(())
}

/// The refusal behind a constraint that two at once ran into.
fn refused(error: DbErr) -> Problem {
    let text = error.to_string();
    if text.contains("ex_commitment_") || text.contains("commitment overlaps") {
        return Refusal::Clash(vec![]).into();
    }
    error.into()
}

/// Takes persons, and the rooms, for sessions of an activity; all of them or none.
///
/// # Errors
/// `scheduling/clash`, with everything that stands against it
async fn take(
    tx: &Tx,
    activity: ActivityId,
    wanted: &[Wanted],
    parties: &BTreeMap<PersonId, CommitmentRole>,
    with_rooms: bool,
) -> Result<(), Problem> {
    let wanted: Vec<Wanted> = wanted.iter().map(|w| Wanted { room: w.room.filter(|_| with_rooms), ..*w }).collect();
    let persons: Vec<PersonId> = parties.keys().copied().collect();
    queue(tx, &persons, &wanted).await?;
    let clashes = against(tx, activity, &wanted, &persons).await?;
    if !clashes.is_empty() {
        return Err(Refusal::Clash(clashes).into());
    }
    let row = |wanted: &Wanted, session_id: SessionId| commitment::Model {
        id: tx.id(),
        subject: CommitmentSubject::Venue,
        person_id: None,
        venue_id: wanted.room,
        activity_id: activity,
        session_id,
        starts_at: wanted.span.starts_at,
        ends_at: wanted.span.ends_at,
        role: None,
    };
    let mut rows = Vec::new();
    for wanted in &wanted {
        let Some(session) = wanted.session else { continue };
        if wanted.room.is_some() {
            rows.push(row(wanted, session).into_active_model());
        }
        rows.extend(parties.iter().map(|(person, role)| {
            let taken = commitment::Model {
                subject: CommitmentSubject::Person,
                person_id: Some(*person),
                venue_id: None,
                role: Some(*role),
                ..row(wanted, session)
            };
            taken.into_active_model()
        }));
    }
    for some in rows.chunks(ROWS_AT_ONCE) {
        commitment::Entity::insert_many(some.to_vec()).exec_without_returning(tx).await.map_err(refused)?;
    }
    Ok(())
}

/// Takes a person for every session of an activity that is not over, as participant or staff. Sessions added or
/// moved later take them too. Taken twice in the same role is taken once.
///
/// # Errors
/// `not-found` · `scheduling/other-part` · `scheduling/clash`, with every clash in `facts`
pub async fn commit_person(tx: &Tx, id: ActivityId, person: PersonId, role: CommitmentRole) -> Result<(), Problem> {
    let activity = lock_row(tx, id).await?;
    match activity_party::Entity::find_by_id((id, person)).one(tx).await? {
        Some(party) if party.role != role => return Err(Refusal::OtherPart.into()),
        Some(_) => {}
        None => {
            let party = activity_party::Model { activity_id: id, person_id: person, role };
            activity_party::Entity::insert(party.into_active_model()).exec_without_returning(tx).await?;
        }
    }
    if !rules::commits(activity.state) {
        return Ok(());
    }
    let taken = commitment::Entity::find()
        .filter(commitment::Column::ActivityId.eq(id))
        .filter(commitment::Column::PersonId.eq(person))
        .all(tx)
        .await?;
    let taken: HashSet<SessionId> = taken.into_iter().map(|row| row.session_id).collect();
    let mut wanted = wanted(tx, &rows_of(tx, id).await?, tx.now()).await?;
    wanted.retain(|wanted| wanted.session.is_none_or(|session| !taken.contains(&session)));
    take(tx, id, &wanted, &BTreeMap::from([(person, role)]), false).await
}

/// Lets a person go: sessions that are not over take them no more.
///
/// # Errors
/// As the database.
pub async fn release_person(tx: &Tx, id: ActivityId, person: PersonId) -> Result<(), Problem> {
    activity_party::Entity::delete_by_id((id, person)).exec(tx).await?;
    commitment::Entity::delete_many()
        .filter(commitment::Column::ActivityId.eq(id))
        .filter(commitment::Column::PersonId.eq(person))
        .filter(commitment::Column::EndsAt.gt(tx.now()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Who is in an activity, as what.
pub(super) async fn parties<C: ConnectionTrait>(
    db: &C,
    id: ActivityId,
) -> Result<BTreeMap<PersonId, CommitmentRole>, Problem> {
    let rows = activity_party::Entity::find().filter(activity_party::Column::ActivityId.eq(id)).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.person_id, row.role)).collect())
}

/// Takes persons and rooms for these sessions of an activity, letting go what the sessions took before.
///
/// # Errors
/// `scheduling/clash`
pub(super) async fn retake(
    tx: &Tx,
    activity: &activity::Model,
    sessions: &[activity_session::Model],
) -> Result<(), Problem> {
    let ids: Vec<SessionId> = sessions.iter().map(|session| session.id).collect();
    let_go(tx, &ids).await?;
    if !rules::commits(activity.state) {
        return Ok(());
    }
    let wanted = wanted(tx, sessions, tx.now()).await?;
    take(tx, activity.id, &wanted, &parties(tx, activity.id).await?, true).await
}

/// Lets go whoever these sessions took, as far as it is not over.
pub(super) async fn let_go(tx: &Tx, sessions: &[SessionId]) -> Result<(), Problem> {
    commitment::Entity::delete_many()
        .filter(commitment::Column::SessionId.is_in(sessions.iter().copied()))
        .filter(commitment::Column::EndsAt.gt(tx.now()))
        .exec(tx)
        .await?;
    Ok(())
}
