//! Person lists: reading CSV and XLSX, planning what a list changes, carrying exactly that plan out, export.

use super::super::access::{Action, Actor, Scope};
use super::super::rules::{self, Described, LIST_COLUMNS};
use super::super::{ImportRowView, ImportView, ImportWish, ListFormat, NewPerson, PersonsExported, PersonsImported};
use super::organise::unit_codes;
use super::people::{add_person, filter, person_columns};
use super::personnel::{described, place_person, retire, take_back, write_person};
use super::{forget_actors, setting};
use crate::platform::{App, Problem, Tx};
use calamine::{Data, DataType, Reader, Xlsx};
use entity::id::{OrganisationId, PersonId, UnitId};
use entity::identity::{Gender, ImportOutcome, PersonState, organisation, person, unit};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::io::Cursor;

/// Most bytes an XLSX file may say it has when unpacked.
const UNPACKED_BYTES: u64 = 64 * 1024 * 1024;

type Rows = Vec<Vec<String>>;

/// The rows of a file, heading first. XLSX is told from CSV by its first bytes.
fn read_rows(bytes: &[u8]) -> Result<Rows, String> {
    if bytes.starts_with(b"PK") { read_xlsx(bytes) } else { read_csv(bytes) }
}

fn read_csv(bytes: &[u8]) -> Result<Rows, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "The list is not UTF-8 text.".to_owned())?;
    let text = text.trim_start_matches('\u{feff}');
    let heading = text.lines().next().unwrap_or_default();
    let by = |mark: char| heading.matches(mark).count();
    let delimiter = if by(';') > by(',') && by(';') >= by('\t') {
        b';'
    } else if by('\t') > by(',') {
        b'\t'
    } else {
        b','
    };
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| format!("The list cannot be read: {e}"))?;
        rows.push(record.iter().map(str::to_owned).collect());
        if rows.len() > rules::LIST_MAX_ROWS + 1 {
            break;
        }
    }
    Ok(rows)
}

/// What the parts of a ZIP file say they have when unpacked, bytes; nothing for a file without a directory.
fn unpacked_bytes(bytes: &[u8]) -> Option<u64> {
    let number = |at: usize, len: usize| {
        let part = bytes.get(at..at + len)?;
        part.iter().rev().try_fold(0_u64, |sum, byte| Some((sum << 8) | u64::from(*byte)))
    };
    let end = bytes.windows(4).rposition(|w| w == b"PK\x05\x06")?;
    let (count, mut at) = (number(end + 10, 2)?, usize::try_from(number(end + 16, 4)?).ok()?);
    let mut sum = 0_u64;
    for _ in 0..count {
        if bytes.get(at..at + 4)? != b"PK\x01\x02" {
            return None;
        }
        sum = sum.saturating_add(number(at + 24, 4)?);
        let tail = number(at + 28, 2)? + number(at + 30, 2)? + number(at + 32, 2)?;
        at += 46 + usize::try_from(tail).ok()?;
    }
    Some(sum)
}

fn read_xlsx(bytes: &[u8]) -> Result<Rows, String> {
    if unpacked_bytes(bytes).is_none_or(|sum| sum > UNPACKED_BYTES) {
        return Err("The workbook is too large, or is none.".to_owned());
    }
    let fail = |e: calamine::XlsxError| format!("The workbook cannot be read: {e}");
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.to_vec())).map_err(fail)?;
    let sheet = book.worksheet_range_at(0).ok_or_else(|| "The workbook has no sheet.".to_owned())?.map_err(fail)?;
    let cell = |data: &Data| match data {
        Data::Float(number) if number.fract() == 0.0 => format!("{number:.0}"),
        other => other.as_string().unwrap_or_default(),
    };
    Ok(sheet.rows().take(rules::LIST_MAX_ROWS + 2).map(|row| row.iter().map(cell).collect()).collect())
}

/// A file as CSV text, for showing a form again with the list in it.
///
/// # Errors
/// 422 for a file that cannot be read
pub async fn readable_list(bytes: Vec<u8>) -> Result<String, Problem> {
    let rows = rows_of(bytes).await?;
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(vec![]);
    for row in rows {
        writer.write_record(row).map_err(Problem::internal)?;
    }
    String::from_utf8(writer.into_inner().map_err(Problem::internal)?).map_err(Problem::internal)
}

async fn rows_of(bytes: Vec<u8>) -> Result<Rows, Problem> {
    let rows = tokio::task::spawn_blocking(move || read_rows(&bytes)).await.map_err(Problem::internal)?;
    rows.map_err(|why| Problem::invalid().field("", why))
}

/// The columns of a list by position.
fn columns(heading: &[String]) -> Result<Vec<(usize, &'static str)>, Problem> {
    let mut found: Vec<(usize, &'static str)> = Vec::new();
    let mut problem = Problem::invalid();
    for (at, name) in heading.iter().enumerate() {
        let name = name.trim().to_lowercase().replace([' ', '-'], "_");
        match LIST_COLUMNS.iter().find(|column| **column == name) {
            Some(column) if found.iter().any(|(_, other)| other == column) => {
                problem = problem.field(format!("/{column}"), "is there twice");
            }
            Some(column) => found.push((at, column)),
            None if name.is_empty() => {}
            None => {
                let known = LIST_COLUMNS.join(", ");
                let name: String = name.chars().take(40).collect();
                problem =
                    problem.field(format!("/{name}"), format!("is no column of a person list; there are {known}"));
            }
        }
    }
    for column in &LIST_COLUMNS[..3] {
        if !found.iter().any(|(_, other)| other == column) {
            problem = problem.field(format!("/{column}"), "is required as a column");
        }
    }
    problem.unless_clean()?;
    Ok(found)
}

/// One thing an import does.
struct Step {
    view: ImportRowView,
    /// Who it is done to, as stored when it was planned.
    stored: Option<person::Model>,
    now: Described,
}

struct Stored {
    persons: HashMap<String, person::Model>,
    units: HashMap<String, UnitId>,
    codes: HashMap<UnitId, String>,
}

async fn stored<C: ConnectionTrait>(db: &C, id: OrganisationId) -> Result<Stored, Problem> {
    let rows = person::Entity::find().filter(person::Column::OrganisationId.eq(id)).all(db).await?;
    let units = unit_codes(db, id).await?;
    Ok(Stored {
        persons: rows.into_iter().map(|p| (p.service_number.clone(), p)).collect(),
        codes: units.iter().map(|(code, id)| (*id, code.clone())).collect(),
        units,
    })
}

impl Stored {
    fn described(&self, row: &person::Model) -> Described {
        described(row, row.unit_id.and_then(|id| self.codes.get(&id).cloned()))
    }

    /// What one row does.
    fn step(&self, row: u32, cells: &[(&str, &str)]) -> Step {
        let number = cells.iter().find(|(column, _)| *column == "service_number").map_or("", |(_, cell)| cell.trim());
        let stored = self.persons.get(number).cloned();
        let before = stored.as_ref().map(|p| self.described(p));
        let (now, mut faults) = match Described::read(cells, before.as_ref()) {
            Ok(now) => {
                let faults = now.faults().into_iter().map(|(field, why)| format!("{field}: {why}")).collect();
                (now, faults)
            }
            Err(faults) => (Described { service_number: number.to_owned(), ..Described::default() }, faults),
        };
        if now.unit.as_ref().is_some_and(|code| !self.units.contains_key(code)) {
            faults.push("unit: is no unit of this organisation".to_owned());
        }
        if before.as_ref().is_some_and(|b| b.unit.is_some()) && now.unit.is_none() {
            faults.push("unit: a person cannot lose their unit without another".to_owned());
        }
        let returns = stored.as_ref().is_some_and(|p| p.state == PersonState::Deactivated);
        let differences = before.as_ref().map(|b| now.differences(b)).unwrap_or_default();
        let outcome = match &stored {
            _ if !faults.is_empty() => ImportOutcome::Refused,
            None => ImportOutcome::Created,
            Some(_) if differences.is_empty() && !returns => ImportOutcome::Unchanged,
            Some(_) => ImportOutcome::Changed,
        };
        let view = ImportRowView {
            row: Some(row),
            service_number: number.chars().take(40).collect(),
            name: format!("{} {}", now.given_name, now.family_name).chars().take(200).collect(),
            outcome,
            differences,
            faults,
        };
        Step { view, stored, now }
    }
}

/// Everything a list does.
fn plan(rows: &Rows, stored: &Stored, partial: bool) -> Result<Vec<Step>, Problem> {
    let heading = rows.first().ok_or_else(|| Problem::invalid().field("", "The list is empty."))?;
    let columns = columns(heading)?;
    let mut steps = Vec::new();
    let mut seen = HashSet::new();
    for (at, row) in rows.iter().enumerate().skip(1) {
        if row.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let cells: Vec<(&str, &str)> =
            columns.iter().map(|(at, column)| (*column, row.get(*at).map_or("", String::as_str))).collect();
        let mut step = stored.step(u32::try_from(at + 1).unwrap_or(u32::MAX), &cells);
        if !seen.insert(step.view.service_number.clone()) {
            step.view.outcome = ImportOutcome::Refused;
            step.view.faults.push("service_number: is in the list twice".to_owned());
        }
        steps.push(step);
    }
    if !partial {
        let mut leaving: Vec<&person::Model> = stored
            .persons
            .values()
            .filter(|p| p.state == PersonState::Active && !seen.contains(&p.service_number))
            .collect();
        leaving.sort_by(|a, b| a.service_number.cmp(&b.service_number));
        steps.extend(leaving.into_iter().map(|row| Step {
            view: ImportRowView {
                row: None,
                service_number: row.service_number.clone(),
                name: format!("{} {}", row.given_name, row.family_name),
                outcome: ImportOutcome::Deactivated,
                differences: vec![],
                faults: vec![],
            },
            stored: Some(row.clone()),
            now: stored.described(row),
        }));
    }
    Ok(steps)
}

fn count(steps: &[Step], outcome: ImportOutcome) -> usize {
    steps.iter().filter(|s| s.view.outcome == outcome).count()
}

/// The plan as it is shown, with the hash that names it: of what is done, to whom, over which version.
fn view(organisation: OrganisationId, stored: &Stored, steps: &[Step], limit_percent: i64) -> ImportView {
    let number = |outcome| u32::try_from(count(steps, outcome)).unwrap_or(u32::MAX);
    let in_service = stored.persons.values().filter(|p| p.state == PersonState::Active).count();
    let mut hash = Sha256::new();
    hash.update(organisation.to_string());
    for step in steps {
        let version = step.stored.as_ref().map(|p| p.version);
        hash.update(format!("\n{:?} {version:?} {:?}", step.view.outcome, step.now.texts()));
    }
    ImportView {
        plan: hex::encode(hash.finalize()),
        applied: false,
        created: number(ImportOutcome::Created),
        changed: number(ImportOutcome::Changed),
        unchanged: number(ImportOutcome::Unchanged),
        deactivated: number(ImportOutcome::Deactivated),
        refused: number(ImportOutcome::Refused),
        needs_confirmation: rules::too_many_leave(count(steps, ImportOutcome::Deactivated), in_service, limit_percent),
        rows: steps.iter().filter(|s| s.view.outcome != ImportOutcome::Unchanged).map(|s| s.view.clone()).collect(),
    }
}

/// Imports a person list of an organisation: without a plan, says what it would do; with the plan of such a
/// dry run, does exactly that, all of it or nothing.
///
/// # Errors
/// 403 · 422 for a list or rows that are wrong · `not-found` · `identity/plan-stale` ·
/// `identity/many-would-leave` · `identity/not-oneself`
pub async fn import_persons(app: &App, actor: &Actor, list: Vec<u8>, wish: ImportWish) -> Result<ImportView, Problem> {
    let id = wish.organisation_id.unwrap_or(actor.organisation);
    let permit = actor.permit(Action::ImportPersons, &Scope::organisation(id), app.now())?;
    organisation::Entity::find_by_id(id).one(app.db()).await?.ok_or_else(Problem::not_found)?;
    let rows = rows_of(list).await?;
    let most = usize::try_from(setting::value(app.db(), "import-rows").await?).unwrap_or(0);
    if rows.len() > most + 1 {
        return Err(Problem::invalid().field("", format!("A list has at most {most} rows; split it.")));
    }
    let limit_percent = setting::value(app.db(), "import-leaving-percent").await?;
    let Some(planned) = wish.plan else {
        let stored = stored(app.db(), id).await?;
        let steps = plan(&rows, &stored, wish.partial)?;
        return Ok(view(id, &stored, &steps, limit_percent));
    };
    let tx = permit.begin(app).await?;
    organisation::Entity::find_by_id(id).lock_exclusive().one(&tx).await?.ok_or_else(Problem::not_found)?;
    let stored = stored(&tx, id).await?;
    let steps = plan(&rows, &stored, wish.partial)?;
    let mut view = view(id, &stored, &steps, limit_percent);
    refuse(&view, &planned, wish.confirmed)?;
    if steps.iter().any(|s| {
        s.view.outcome == ImportOutcome::Deactivated && s.stored.as_ref().is_some_and(|p| p.id == actor.person)
    }) {
        return Err(Problem::forbidden_as("identity/not-oneself", "This list would take you yourself out of service."));
    }
    for step in steps {
        carry_out(&tx, id, &stored.units, step).await?;
    }
    view.applied = true;
    let event = PersonsImported {
        organisation: id,
        created: view.created,
        changed: view.changed,
        deactivated: view.deactivated,
    };
    tx.emit(&event).await?;
    let view = tx.commit(view).await?;
    forget_actors(app);
    Ok(view)
}

fn refuse(view: &ImportView, planned: &str, confirmed: bool) -> Result<(), Problem> {
    if view.plan != planned {
        return Err(Problem::refused(
            "identity/plan-stale",
            "The list or the stored persons are not those of the dry run. Look at a new one.",
        ));
    }
    let wrong = view.rows.iter().filter(|r| r.outcome == ImportOutcome::Refused);
    let pointer = |r: &ImportRowView| format!("/rows/{}", r.row.unwrap_or(0));
    let faults = wrong.flat_map(|r| r.faults.iter().map(move |fault| (pointer(r), fault.clone()))).take(100);
    faults.fold(Problem::invalid(), |p, (pointer, fault)| p.field(pointer, fault)).unless_clean()?;
    if view.needs_confirmation && !confirmed {
        return Err(Problem::refused(
            "identity/many-would-leave",
            "Unusually many persons would be taken out of service. Confirm that this is meant.",
        )
        .fact("deactivated", view.deactivated));
    }
    Ok(())
}

/// One step, written. A person who was taken out of service and is in the list again comes back.
async fn carry_out(
    tx: &Tx,
    organisation_id: OrganisationId,
    units: &HashMap<String, UnitId>,
    step: Step,
) -> Result<(), Problem> {
    let unit_id = step.now.unit.as_ref().and_then(|code| units.get(code).copied());
    match (step.view.outcome, step.stored) {
        (ImportOutcome::Created, _) => add_person(tx, new_person(organisation_id, unit_id, step.now)).await.map(|_| ()),
        (ImportOutcome::Deactivated, Some(row)) => retire(tx, row).await.map(|_| ()),
        (ImportOutcome::Changed, Some(mut row)) => {
            if row.state == PersonState::Deactivated {
                row = take_back(tx, row).await?;
            }
            if step.view.differences.iter().any(|d| d.field != "unit") {
                row = write_person(tx, row, &step.now).await?;
            }
            match unit_id.filter(|id| row.unit_id != Some(*id)) {
                Some(unit) => place_person(tx, &row, unit, tx.now().date_naive()).await,
                None => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

fn new_person(organisation_id: OrganisationId, unit_id: Option<UnitId>, from: Described) -> NewPerson {
    NewPerson {
        organisation_id,
        unit_id,
        member_from_on: None,
        service_number: from.service_number,
        given_name: from.given_name,
        family_name: from.family_name,
        native_name: from.native_name,
        email: from.email,
        gender: from.gender.unwrap_or(Gender::NotStated),
        rank: from.rank,
        post: from.post,
        level: from.level,
        languages: from.languages,
    }
}

/// Persons in service as a list that can be imported again, narrowed to whom the actor may export.
///
/// # Errors
/// 403 · 403 `identity/step-up-required`
pub async fn export_persons(
    app: &App,
    actor: &Actor,
    organisation_id: Option<OrganisationId>,
    format: ListFormat,
) -> Result<Vec<u8>, Problem> {
    let scope = Scope::organisation(organisation_id.unwrap_or(actor.organisation));
    let tx = actor.permit(Action::ExportPersons, &scope, app.now())?.begin(app).await?;
    let rows = person::Entity::find()
        .filter(filter(&actor.reach(Action::ExportPersons), person_columns()))
        .filter(person::Column::OrganisationId.eq(organisation_id.unwrap_or(actor.organisation)))
        .filter(person::Column::State.eq(PersonState::Active))
        .order_by_asc(person::Column::SearchName)
        .order_by_asc(person::Column::Id)
        .limit(100_000)
        .all(app.db())
        .await?;
    let units = unit::Entity::find().all(app.db()).await?;
    let codes: HashMap<UnitId, String> = units.into_iter().map(|u| (u.id, u.code)).collect();
    let table: Vec<[String; 11]> =
        rows.iter().map(|row| described(row, row.unit_id.and_then(|id| codes.get(&id).cloned())).texts()).collect();
    let by: PersonId = actor.person;
    tx.emit(&PersonsExported { by, rows: u32::try_from(table.len()).unwrap_or(u32::MAX) }).await?;
    tx.commit(()).await?;
    let written = tokio::task::spawn_blocking(move || match format {
        ListFormat::Csv => write_csv(&table),
        ListFormat::Xlsx => write_xlsx(&table),
    });
    written.await.map_err(Problem::internal)?.map_err(Problem::internal)
}

fn write_csv(table: &[[String; 11]]) -> Result<Vec<u8>, String> {
    let mut out = "\u{feff}".as_bytes().to_vec();
    let mut writer = csv::Writer::from_writer(&mut out);
    writer.write_record(LIST_COLUMNS).map_err(|e| e.to_string())?;
    for row in table {
        writer.write_record(row.iter().map(|cell| rules::harmless_cell(cell))).map_err(|e| e.to_string())?;
    }
    writer.flush().map_err(|e| e.to_string())?;
    drop(writer);
    Ok(out)
}

fn write_xlsx(table: &[[String; 11]]) -> Result<Vec<u8>, String> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let fail = |e: rust_xlsxwriter::XlsxError| e.to_string();
    for (column, name) in (0_u16..).zip(LIST_COLUMNS) {
        sheet.write_string(0, column, name).map_err(fail)?;
    }
    for (row, cells) in (1_u32..).zip(table) {
        for (column, cell) in (0_u16..).zip(cells) {
            // A text cell, which no program takes for a formula.
            sheet.write_string(row, column, cell).map_err(fail)?;
        }
    }
    book.save_to_buffer().map_err(fail)
}
