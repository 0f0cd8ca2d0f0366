//! Certification schemes, and certificates earned before the programme's own activities.

use super::{Loader, read};
use crate::certification::rules::Requirement;
use crate::certification::{self, NewEvidence, NewScheme};
use crate::identity::Permit;
use crate::platform::{Problem, Tx};
use chrono::{DateTime, Duration, Utc};
use entity::certification::EvidenceKind;
use entity::id::PersonId;
use serde::Deserialize;

#[derive(Deserialize)]
struct Titles {
    en: String,
    lv: Option<String>,
    ru: Option<String>,
}

#[derive(Deserialize)]
struct SchemeRow {
    code: String,
    title: Titles,
    level: Option<i32>,
    validity_months: Option<i32>,
    renewal_window_days: i32,
    wording: Option<String>,
    requirement: serde_json::Value,
    awarding_body: Option<String>,
    needs_confirmation: Option<bool>,
}

fn rows() -> Result<Vec<SchemeRow>, Problem> {
    read(include_str!("../../../demo/schemes.json"))
}

/// From this level on an officer confirms, unless the file says otherwise.
const CONFIRMED_FROM_LEVEL: i32 = 5;

/// Loads the schemes; one that asks for another comes after it in the file.
pub(super) async fn load(loader: &mut Loader) -> Result<(), Problem> {
    let tx = Permit::system("demo").begin(&loader.app).await?;
    for row in rows()? {
        let new = NewScheme {
            code: row.code.clone(),
            title: row.title.en,
            title_lv: row.title.lv,
            title_ru: row.title.ru,
            level: row.level,
            validity_months: row.validity_months,
            renewal_window_days: row.renewal_window_days,
            needs_confirmation: row
                .needs_confirmation
                .unwrap_or_else(|| row.level.is_some_and(|level| level >= CONFIRMED_FROM_LEVEL)),
            wording: row.wording,
            awarding_body: row.awarding_body.unwrap_or_else(|| "State Border Guard College".into()),
            requirement: row.requirement,
        };
        let scheme = certification::add_scheme(&tx, new).await?;
        loader.schemes.insert(row.code, scheme.id);
    }
    tx.commit(()).await
}

/// Records what some of the persons showed earlier, so that certificates in force, in their window and over
/// are there from the first day.
pub(super) async fn load_standing(loader: &mut Loader) -> Result<(), Problem> {
    let mut schemes = Vec::new();
    for row in rows()? {
        let tree: Requirement = serde_json::from_value(row.requirement).map_err(Problem::internal)?;
        let leaves: Vec<Requirement> = tree.leaves().into_iter().cloned().collect();
        if leaves.iter().all(|leaf| !matches!(leaf, Requirement::Certificate { .. })) {
            schemes.push((leaves, row.validity_months));
        }
    }
    let mut persons: Vec<PersonId> = loader.persons.values().copied().collect();
    persons.sort_unstable();
    let tx = Permit::system("demo").begin(&loader.app).await?;
    for (number, person) in persons.into_iter().enumerate().filter(|(number, _)| number % 5 != 4) {
        let (round, turn) = (number / schemes.len().max(1), number % schemes.len().max(1));
        let Some((leaves, months)) = schemes.get(turn) else { break };
        let life = i64::from(months.unwrap_or(24)) * 30;
        // A third is in force, a third in its window, and of the rest some are over.
        let age_days = match round % 4 {
            0 => life / 4,
            1 => life - 40,
            2 => life / 2,
            _ => life + 60,
        };
        let at = tx.now() - Duration::days(age_days);
        for leaf in leaves {
            show(&tx, person, leaf, at).await?;
        }
    }
    tx.commit(()).await
}

async fn show(tx: &Tx, person: PersonId, leaf: &Requirement, at: DateTime<Utc>) -> Result<(), Problem> {
    let (kind, key, percent) = match leaf {
        Requirement::Attendance { course, .. } => {
            (EvidenceKind::Attendance, course.clone().unwrap_or_else(|| "EARLIER-COURSE".into()), Some(100))
        }
        Requirement::Assessment { assessment, .. } => (EvidenceKind::Assessment, assessment.clone(), Some(88)),
        Requirement::Practical { outcome } => (EvidenceKind::Practical, outcome.clone(), None),
        Requirement::Document { code } => (EvidenceKind::Document, code.clone(), None),
        Requirement::External { what } => (EvidenceKind::External, what.clone(), None),
        Requirement::All(_) | Requirement::Any(_) | Requirement::AtLeast { .. } | Requirement::Certificate { .. } => {
            return Ok(());
        }
    };
    let percent = percent.map(Into::into);
    certification::record(tx, NewEvidence { person, kind, key, percent, source_id: tx.id(), at }).await?;
    Ok(())
}
