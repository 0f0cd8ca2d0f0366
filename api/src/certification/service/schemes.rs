//! Schemes: writing their rules and reading them.

use super::super::rules::Requirement;
use super::super::{NewScheme, Refusal, SchemeView, SchemeWritten};
use super::schemes_in_force;
use crate::identity::{Action, Actor, Scope};
use crate::platform::{App, Problem, Tx};
use entity::certification::{scheme, scheme_version};
use entity::id::SchemeId;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect};
use std::collections::{HashMap, HashSet};

/// Adds a scheme with its first rule.
///
/// # Errors
/// 422 · `certification/code-taken`
pub async fn add_scheme(tx: &Tx, new: NewScheme) -> Result<SchemeView, Problem> {
    if scheme::Entity::find().filter(scheme::Column::Code.eq(&new.code)).one(tx).await?.is_some() {
        return Err(Refusal::CodeTaken.into());
    }
    check(tx, &new).await?;
    let row = scheme::Model { id: tx.id(), code: new.code.clone(), current_number: 1, created_at: tx.now() };
    scheme::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx).await?;
    write_version(tx, row.id, 1, new).await
}

/// Creates a scheme.
///
/// # Errors
/// 403 · 422 · `certification/code-taken`
pub async fn new_scheme(app: &App, actor: &Actor, new: NewScheme) -> Result<SchemeView, Problem> {
    let scope = Scope::organisation(actor.organisation);
    let tx = actor.permit(Action::ManageSchemes, &scope, app.now())?.begin(app).await?;
    let view = add_scheme(&tx, new).await?;
    tx.commit(view).await
}

/// Writes the next version of a scheme's rule. Certificates issued before keep theirs; `code` must stay.
///
/// # Errors
/// 403 · `not-found` · 422
pub async fn scheme_version(app: &App, actor: &Actor, id: SchemeId, new: NewScheme) -> Result<SchemeView, Problem> {
    scheme(app, actor, id).await?;
    let scope = Scope::organisation(actor.organisation);
    let tx = actor.permit(Action::ManageSchemes, &scope, app.now())?.begin(app).await?;
    let before = scheme::Entity::find_by_id(id).lock_exclusive().one(&tx).await?.ok_or_else(Problem::not_found)?;
    if before.code != new.code {
        return Err(Problem::invalid().field("/code", "cannot be changed"));
    }
    let view = replace_rule(&tx, before, new).await?;
    tx.commit(view).await
}

/// Every scheme as it is in force, by code.
///
/// # Errors
/// As the database.
pub async fn schemes(app: &App, actor: &Actor) -> Result<Vec<SchemeView>, Problem> {
    if actor.reach(Action::ViewSchemes).is_nothing() {
        return Ok(vec![]);
    }
    let found = schemes_in_force(app.db()).await?;
    Ok(found.into_iter().map(|(scheme, version)| SchemeView::of(scheme.code, version)).collect())
}

/// Ids of all schemes by code, for features that name schemes.
///
/// # Errors
/// As the database.
pub async fn scheme_ids<C: ConnectionTrait>(db: &C) -> Result<HashMap<String, SchemeId>, Problem> {
    let rows = scheme::Entity::find().all(db).await?;
    Ok(rows.into_iter().map(|row| (row.code, row.id)).collect())
}

/// A scheme as it is in force.
///
/// # Errors
/// `not-found`
pub async fn scheme(app: &App, actor: &Actor, id: SchemeId) -> Result<SchemeView, Problem> {
    schemes(app, actor).await?.into_iter().find(|scheme| scheme.id == id).ok_or_else(Problem::not_found)
}

async fn replace_rule(tx: &Tx, before: scheme::Model, new: NewScheme) -> Result<SchemeView, Problem> {
    check(tx, &new).await?;
    let number = before.current_number + 1;
    let id = before.id;
    let change = scheme::ActiveModel { id: Set(id), current_number: Set(number), ..Default::default() };
    scheme::Entity::update(change).exec(tx).await?;
    write_version(tx, id, number, new).await
}

async fn write_version(tx: &Tx, scheme: SchemeId, number: i32, new: NewScheme) -> Result<SchemeView, Problem> {
    let code = new.code;
    let row = scheme_version::Model {
        id: tx.id(),
        scheme_id: scheme,
        number,
        title: new.title,
        title_lv: new.title_lv,
        title_ru: new.title_ru,
        level: new.level,
        validity_months: new.validity_months,
        renewal_window_days: new.renewal_window_days,
        needs_confirmation: new.needs_confirmation,
        wording: new.wording,
        awarding_body: new.awarding_body,
        requirement: new.requirement,
        created_at: tx.now(),
    };
    scheme_version::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx).await?;
    tx.emit(&SchemeWritten { scheme, number }).await?;
    Ok(SchemeView::of(code, row))
}

/// The tree can be read, names schemes that exist, and does not ask for itself in a circle.
async fn check(tx: &Tx, new: &NewScheme) -> Result<(), Problem> {
    let mut problem = Problem::invalid();
    let requirement: Requirement = match serde_json::from_value(new.requirement.clone()) {
        Ok(requirement) => requirement,
        Err(error) => return Err(problem.field("/requirement", error.to_string())),
    };
    for fault in requirement.faults() {
        problem = problem.field("/requirement", fault);
    }
    let mut asks: HashMap<String, Vec<String>> = HashMap::new();
    for (scheme, version) in schemes_in_force(tx).await? {
        let tree: Requirement = serde_json::from_value(version.requirement).map_err(Problem::internal)?;
        asks.insert(scheme.code, asked(&tree));
    }
    let wanted = asked(&requirement);
    for code in wanted.iter().filter(|code| **code != new.code && !asks.contains_key(*code)) {
        problem = problem.field("/requirement", format!("there is no scheme {code}"));
    }
    let (mut open, mut seen) = (wanted, HashSet::new());
    while let Some(code) = open.pop() {
        if code == new.code {
            problem = problem.field("/requirement", "a scheme cannot ask for itself, directly or through others");
            break;
        }
        if seen.insert(code.clone()) {
            open.extend(asks.get(&code).cloned().unwrap_or_default());
        }
    }
    problem.unless_clean()
}

fn asked(requirement: &Requirement) -> Vec<String> {
    let scheme = |leaf: &Requirement| match leaf {
        Requirement::Certificate { scheme } => Some(scheme.clone()),
        _ => None,
    };
    requirement.leaves().into_iter().filter_map(scheme).collect()
}
