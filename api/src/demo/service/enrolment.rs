//! Who took part in the calendar, who takes part in what comes, who waits, and what is still to be decided.

use super::{Loader, read};
use crate::enrolment;
use crate::identity::Permit;
use crate::platform::{Problem, Tx};
use entity::id::{ActivityId, PersonId};
use serde::Deserialize;

#[derive(Deserialize)]
struct PersonRow {
    key: String,
    organisation: String,
    role: String,
}

/// Seats given in an activity: its code, persons of the implementer, persons of the partner.
type Run = (&'static str, usize, usize);

/// The calendar as it was planned; what was cancelled has nobody.
const HELD: &[Run] = &[
    ("A1.1", 12, 8),
    ("A1.2", 6, 6),
    ("A1.3", 6, 6),
    ("A1.4", 6, 6),
    ("A1.5", 6, 6),
    ("A1.6", 8, 8),
    ("A1.7", 20, 10),
    ("A2.1", 6, 8),
    ("A2.2", 8, 8),
    ("A2.3", 18, 6),
    ("A3.1", 14, 6),
    ("A3.2", 22, 4),
    ("A3.3", 6, 6),
    ("A4.1", 10, 8),
];
/// The same around today.
const AROUND_TODAY: &[Run] = &[("A1.6-", 8, 8), ("A2.1-", 6, 8), ("A3.3-", 6, 6), ("A1.7-", 18, 8), ("A3.2-", 10, 2)];
/// Activities ahead that are full, with a reserve list.
const FULL: &[Run] = &[("A2.3-", 6, 0), ("A1.2-", 8, 6)];
/// Nominated for an activity ahead by the coordinator: the activity, the person, whether the commander of the
/// Pāternieki control point has endorsed it.
const NOMINATED: &[(&str, &str, bool)] = &[
    ("A1.7-", "oskars-paraugmeistars", true),
    ("A1.7-", "tatjana-primere", false),
    ("A1.1-", "oskars-paraugmeistars", true),
    ("A1.1-", "tatjana-primere", true),
    ("A1.1-", "nina-megene", false),
    ("A1.1-", "ilze-piemera", false),
    ("A3.2-", "tatjana-primere", false),
];
/// Of these places are given by name, not by turn.
const NAMED: &[(&str, &str)] = &[("A1.7-", "janis-paraugs"), ("A1.2-", "janis-paraugs")];
/// Left out where persons come by turn: they are nominated, or may try for themselves.
const KEPT_FREE: &[&str] = &["oskars-paraugmeistars", "tatjana-primere", "janis-paraugs"];

/// Who comes by turn.
struct Crowd {
    home: Vec<PersonId>,
    partner: Vec<PersonId>,
}

/// Loads who takes part.
pub(super) async fn load(loader: &mut Loader) -> Result<(), Problem> {
    let crowd = crowd(loader)?;
    let tx = Permit::system("demo").begin(&loader.app).await?;
    for (code, person) in NAMED {
        let person = someone(loader, person)?;
        for activity in found(loader, code) {
            enrolment::add_place(&tx, activity, person).await?;
        }
    }
    for (turn, (code, home, partner)) in HELD.iter().chain(AROUND_TODAY).enumerate() {
        for activity in found(loader, code) {
            seat(&tx, activity, &crowd.home, (turn, *home)).await?;
            seat(&tx, activity, &crowd.partner, (turn, *partner)).await?;
        }
    }
    for (turn, (code, home, partner)) in FULL.iter().enumerate() {
        for activity in found(loader, code) {
            place(&tx, activity, &crowd.partner, (0, *partner)).await?;
            place(&tx, activity, &crowd.home, (turn * 9, *home)).await?;
        }
    }
    let (coordinator, commander) = (someone(loader, "liga-paraudzina")?, someone(loader, "andris-piemers")?);
    for (code, person, endorsed) in NOMINATED {
        let person = someone(loader, person)?;
        for activity in found(loader, code) {
            let by = (coordinator, endorsed.then_some(commander));
            enrolment::add_endorsed(&tx, activity, person, by).await?;
        }
    }
    tx.commit(()).await
}

fn crowd(loader: &Loader) -> Result<Crowd, Problem> {
    let rows: Vec<PersonRow> = read(include_str!("../../../demo/persons.json"))?;
    let of = |organisations: &[&str]| {
        let rows = rows.iter().filter(|row| row.role == "participant" && !KEPT_FREE.contains(&row.key.as_str()));
        let rows = rows.filter(|row| organisations.contains(&row.organisation.as_str()));
        rows.filter_map(|row| loader.persons.get(&row.key).copied()).collect::<Vec<_>>()
    };
    Ok(Crowd { home: of(&["LV-SBG"]), partner: of(&["BY-SBC", "BY-BSI"]) })
}

fn someone(loader: &Loader, key: &str) -> Result<PersonId, Problem> {
    loader.persons.get(key).copied().ok_or_else(|| Problem::internal(format!("no person {key}")))
}

/// The activity of a code, or the copies whose code begins like that and goes on with the year.
fn found(loader: &Loader, code: &str) -> Vec<ActivityId> {
    let fits = |known: &&String| if code.ends_with('-') { known.starts_with(code) } else { known.as_str() == code };
    loader.activities.keys().filter(fits).filter_map(|known| loader.activities.get(known).copied()).collect()
}

/// Gives seats to as many as are wanted, beginning elsewhere each turn; who works in the activity or is taken
/// at that time is left out.
async fn seat(
    tx: &Tx,
    activity: ActivityId,
    persons: &[PersonId],
    (turn, wanted): (usize, usize),
) -> Result<(), Problem> {
    let mut given = 0;
    for person in persons.iter().cycle().skip(turn * 5).take(persons.len()) {
        if given == wanted {
            break;
        }
        given += usize::from(unless_taken(enrolment::add_seat(tx, activity, *person).await)?);
    }
    Ok(())
}

/// As [`seat`], beginning with the one of this number: when the seats are gone, places on the reserve list.
async fn place(
    tx: &Tx,
    activity: ActivityId,
    persons: &[PersonId],
    (first, wanted): (usize, usize),
) -> Result<(), Problem> {
    let mut given = 0;
    for person in persons.iter().cycle().skip(first).take(persons.len()) {
        if given == wanted {
            break;
        }
        given += usize::from(unless_taken(enrolment::add_place(tx, activity, *person).await)?);
    }
    Ok(())
}

/// Whether it was done; that somebody is taken at that time is no mistake of the files.
fn unless_taken<T>(outcome: Result<T, Problem>) -> Result<bool, Problem> {
    match outcome {
        Ok(_) => Ok(true),
        Err(problem) if problem.is("enrolment/not-eligible") => Ok(false),
        Err(problem) => Err(problem),
    }
}
