//! Settings that administrators change while the program runs: a short list, typed, each with its bounds.

use super::super::access::{Action, Actor, Scope};
use super::super::{SettingChanged, SettingView};
use crate::platform::{App, Changes, Problem, setting as store};
use sea_orm::ConnectionTrait;

/// A setting: key, value while nobody has changed it, bounds, meaning.
struct Known {
    key: &'static str,
    default: i64,
    least: i64,
    greatest: i64,
    meaning: &'static str,
}

const KNOWN: &[Known] = &[
    Known {
        key: "import-leaving-percent",
        default: 10,
        least: 0,
        greatest: 100,
        meaning: "Share of an organisation's persons, in percent, that a list may take out of service without being \
                  confirmed.",
    },
    Known { key: "import-rows", default: 5_000, least: 1, greatest: 5_000, meaning: "Most rows of a person list." },
];

/// The value in force of a setting.
///
/// # Errors
/// As the database.
pub(super) async fn value<C: ConnectionTrait>(db: &C, key: &'static str) -> Result<i64, Problem> {
    let known = KNOWN.iter().find(|k| k.key == key).ok_or_else(|| Problem::internal(key))?;
    let stored = store::read(db, &[key]).await?;
    Ok(stored.get(key).and_then(|(value, _)| value.as_i64()).unwrap_or(known.default))
}

/// All settings.
///
/// # Errors
/// `not-found` for whom they are not meant
pub async fn setting_views(app: &App, actor: &Actor) -> Result<Vec<SettingView>, Problem> {
    if !actor.may(Action::ViewSettings, &Scope::programme()) {
        return Err(Problem::not_found());
    }
    let keys: Vec<&str> = KNOWN.iter().map(|k| k.key).collect();
    let stored = store::read(app.db(), &keys).await?;
    let view = |known: &Known| {
        let found = stored.get(known.key);
        SettingView {
            key: known.key.to_owned(),
            meaning: known.meaning.to_owned(),
            value: found.and_then(|(value, _)| value.as_i64()).unwrap_or(known.default),
            least: known.least,
            greatest: known.greatest,
            version: found.map_or(0, |(_, version)| *version),
        }
    };
    Ok(KNOWN.iter().map(view).collect())
}

/// A setting.
///
/// # Errors
/// `not-found`
pub async fn setting(app: &App, actor: &Actor, key: &str) -> Result<SettingView, Problem> {
    setting_views(app, actor).await?.into_iter().find(|s| s.key == key).ok_or_else(Problem::not_found)
}

/// Changes a setting.
///
/// # Errors
/// 403 · 412 · 422 · `not-found`
pub async fn change_setting(
    app: &App,
    actor: &Actor,
    key: &str,
    version: i64,
    value: i64,
) -> Result<SettingView, Problem> {
    let before = setting(app, actor, key).await?;
    let tx = actor.permit(Action::ManageSettings, &Scope::programme(), app.now())?.begin(app).await?;
    if !(before.least..=before.greatest).contains(&value) {
        let why = format!("must be {} to {}", before.least, before.greatest);
        return Err(Problem::invalid().field("/value", why));
    }
    store::write(&tx, key, value.into(), version).await?;
    let mut changes = Changes::default();
    changes.note("value", &before.value, &value);
    tx.emit_changes(&SettingChanged { key: key.to_owned() }, &changes).await?;
    tx.commit(SettingView { value, version: version + 1, ..before }).await
}
