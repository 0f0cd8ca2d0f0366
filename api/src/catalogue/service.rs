//! Verbs of catalogue.

use super::rules;
use super::{
    CourseFacts, CourseFilter, CourseOutcomeView, CoursePublished, CourseRetired, CourseSummaryView, CourseVersionView,
    CourseView, CourseWritten, Minutes, NewCourse, Prerequisite, PublicationView, Refusal, Syllabus,
};
use crate::identity::{self, Action, Actor, ReachColumns, Scope};
use crate::platform::{App, ListPage, PageRequest, Problem, Tx};
use crate::{certification, framework};
use entity::catalogue::{CourseState, course as table, course_outcome, course_prerequisite, course_version};
use entity::id::{CourseId, CourseVersionId, OutcomeId};
use sea_orm::sea_query::{Condition, Expr, LikeExpr};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect,
};
use std::collections::HashMap;

/// Refuses a syllabus by everything that is wrong with it; gives the outcomes it names by code.
async fn check(tx: &Tx, under: &str, syllabus: &Syllabus) -> Result<HashMap<String, OutcomeId>, Problem> {
    let outcomes = framework::outcome_codes(tx).await?;
    let schemes = certification::scheme_ids(tx).await?;
    let faults = rules::faults(syllabus, |code| outcomes.contains_key(code), |code| schemes.contains_key(code));
    let problem = Problem::invalid();
    faults.into_iter().fold(problem, |p, (pointer, why)| p.field(format!("{under}{pointer}"), why)).unless_clean()?;
    Ok(outcomes)
}

/// Adds a course with the draft of its first version.
///
/// # Errors
/// 422 · `catalogue/code-taken`
pub async fn add_course(tx: &Tx, new: NewCourse) -> Result<CourseId, Problem> {
    if !identity::rules::is_code(&new.code, 40) {
        return Err(Problem::invalid().field("/code", "must be 2 to 40 capitals, digits and hyphens"));
    }
    check(tx, "/syllabus", &new.syllabus).await?;
    if table::Entity::find().filter(table::Column::Code.eq(&new.code)).one(tx).await?.is_some() {
        return Err(Refusal::CodeTaken.into());
    }
    let row = table::Model {
        id: tx.id(),
        search_text: rules::search_text(&new.code, &new.syllabus),
        code: new.code,
        organisation_id: new.organisation_id,
        state: CourseState::Draft,
        current_number: None,
        draft: Some(serde_json::to_value(&new.syllabus).map_err(Problem::internal)?),
        version: 1,
        created_at: tx.now(),
    };
    let id = row.id;
    table::Entity::insert(row.into_active_model()).exec_without_returning(tx).await?;
    tx.emit(&CourseWritten { course: id }).await?;
    Ok(id)
}

/// Writes a course as a draft.
///
/// # Errors
/// 403 · 422 · `catalogue/code-taken`
pub async fn new_course(app: &App, actor: &Actor, new: NewCourse) -> Result<CourseView, Problem> {
    let scope = Scope::organisation(new.organisation_id);
    let tx = actor.permit(Action::ManageCourses, &scope, app.now())?.begin(app).await?;
    let id = add_course(&tx, new).await?;
    let row = lock(&tx, id).await?;
    let view = view(&tx, actor, row).await?;
    tx.commit(view).await
}

async fn lock(tx: &Tx, id: CourseId) -> Result<table::Model, Problem> {
    table::Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or_else(Problem::not_found)
}

/// Writes what the next version is to say, from the version that was read. A published version stays as it is.
///
/// # Errors
/// 403 · `not-found` · 412 · 422 · `catalogue/retired`
pub async fn change_draft(
    app: &App,
    actor: &Actor,
    id: CourseId,
    version: i64,
    syllabus: Syllabus,
) -> Result<CourseView, Problem> {
    let seen = visible(app, actor, id).await?;
    let scope = Scope::organisation(seen.organisation_id);
    let tx = actor.permit(Action::ManageCourses, &scope, app.now())?.begin(app).await?;
    let before = lock(&tx, id).await?;
    if before.version != version {
        return Err(Problem::changed_meanwhile());
    }
    rules::change(before.state)?;
    check(&tx, "", &syllabus).await?;
    let never_published = before.current_number.is_none();
    let search_text = rules::search_text(&before.code, &syllabus);
    let mut row = before.into_active_model();
    row.draft = Set(Some(serde_json::to_value(&syllabus).map_err(Problem::internal)?));
    if never_published {
        row.search_text = Set(search_text);
    }
    row.version = Set(version + 1);
    let row = row.update(&tx).await?;
    tx.emit(&CourseWritten { course: id }).await?;
    let view = view(&tx, actor, row).await?;
    tx.commit(view).await
}

/// Makes the draft the version that is offered from now on.
///
/// # Errors
/// `not-found` · 422 · `catalogue/retired` · `catalogue/nothing-to-publish`
pub async fn publish(tx: &Tx, id: CourseId) -> Result<(), Problem> {
    let before = lock(tx, id).await?;
    let number = rules::publish(before.state, before.current_number, before.draft.is_some())?;
    let syllabus = draft_of(&before)?.ok_or(Refusal::NothingToPublish)?;
    let outcomes = check(tx, "", &syllabus).await?;
    write_version(tx, id, number, &syllabus, &outcomes).await?;
    let (version, code) = (before.version, before.code.clone());
    let mut row = before.into_active_model();
    row.state = Set(CourseState::Published);
    row.current_number = Set(Some(number));
    row.draft = Set(None);
    row.search_text = Set(rules::search_text(&code, &syllabus));
    row.version = Set(version + 1);
    row.update(tx).await?;
    tx.emit(&CoursePublished { course: id, number }).await?;
    Ok(())
}

async fn write_version(
    tx: &Tx,
    course_id: CourseId,
    number: i32,
    syllabus: &Syllabus,
    outcomes: &HashMap<String, OutcomeId>,
) -> Result<(), Problem> {
    let row = course_version::Model {
        id: tx.id(),
        course_id,
        number,
        title: syllabus.title.clone(),
        title_lv: syllabus.title_lv.clone(),
        title_ru: syllabus.title_ru.clone(),
        summary: syllabus.summary.clone(),
        summary_lv: syllabus.summary_lv.clone(),
        summary_ru: syllabus.summary_ru.clone(),
        lecture_minutes: syllabus.minutes.lecture,
        practice_minutes: syllabus.minutes.practice,
        exercise_minutes: syllabus.minutes.exercise,
        e_learning_minutes: syllabus.minutes.e_learning,
        self_study_minutes: syllabus.minutes.self_study,
        languages: syllabus.languages.join(","),
        audience: syllabus.audience.clone(),
        published_at: tx.now(),
        published_by: tx.author().person,
    };
    let version_id = row.id;
    course_version::Entity::insert(row.into_active_model()).exec_without_returning(tx).await?;
    let known = syllabus.outcomes.iter().filter_map(|code| outcomes.get(code).copied());
    let taught: Vec<_> = (0..)
        .zip(known)
        .map(|(position, outcome_id)| course_outcome::Model { version_id, outcome_id, position }.into_active_model())
        .collect();
    if !taught.is_empty() {
        course_outcome::Entity::insert_many(taught).exec_without_returning(tx).await?;
    }
    let asked = |p: &Prerequisite| {
        course_prerequisite::Model { version_id, scheme: p.scheme.clone(), accepts: p.accepts }.into_active_model()
    };
    let asked: Vec<_> = syllabus.prerequisites.iter().map(asked).collect();
    if !asked.is_empty() {
        course_prerequisite::Entity::insert_many(asked).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Publishes the draft of a course as its next version.
///
/// # Errors
/// 403 · `not-found` · 422 · `catalogue/retired` · `catalogue/nothing-to-publish`
pub async fn publish_course(app: &App, actor: &Actor, id: CourseId) -> Result<CourseView, Problem> {
    let seen = visible(app, actor, id).await?;
    let scope = Scope::organisation(seen.organisation_id);
    let tx = actor.permit(Action::ManageCourses, &scope, app.now())?.begin(app).await?;
    publish(&tx, id).await?;
    let row = lock(&tx, id).await?;
    let view = view(&tx, actor, row).await?;
    tx.commit(view).await
}

/// Takes a course out of the catalogue's offer; its versions stay readable, a draft is given up.
///
/// # Errors
/// 403 · `not-found` · `catalogue/retired` · `catalogue/not-published`
pub async fn retire(app: &App, actor: &Actor, id: CourseId) -> Result<CourseView, Problem> {
    let seen = visible(app, actor, id).await?;
    let scope = Scope::organisation(seen.organisation_id);
    let tx = actor.permit(Action::ManageCourses, &scope, app.now())?.begin(app).await?;
    let before = lock(&tx, id).await?;
    rules::retire(before.state)?;
    let version = before.version + 1;
    let mut row = before.into_active_model();
    row.state = Set(CourseState::Retired);
    row.draft = Set(None);
    row.version = Set(version);
    let row = row.update(&tx).await?;
    tx.emit(&CourseRetired { course: id }).await?;
    let view = view(&tx, actor, row).await?;
    tx.commit(view).await
}

/// What an actor may know of: everything but the drafts of others.
fn narrowed(actor: &Actor) -> Condition {
    if actor.reach(Action::ViewCatalogue).is_nothing() {
        return Condition::all().add(Expr::value(1).eq(0));
    }
    let columns = ReachColumns {
        organisation: Some(Expr::col((table::Entity, table::Column::OrganisationId))),
        ..ReachColumns::default()
    };
    let manages = identity::filter(&actor.reach(Action::ManageCourses), columns);
    Condition::any().add(table::Column::State.ne(CourseState::Draft)).add(manages)
}

async fn visible(app: &App, actor: &Actor, id: CourseId) -> Result<table::Model, Problem> {
    table::Entity::find_by_id(id).filter(narrowed(actor)).one(app.db()).await?.ok_or_else(Problem::not_found)
}

/// A course: its published version and, for those who may write it, the draft of the next.
///
/// # Errors
/// `not-found`
pub async fn course(app: &App, actor: &Actor, id: CourseId) -> Result<CourseView, Problem> {
    let row = visible(app, actor, id).await?;
    view(app.db(), actor, row).await
}

/// Courses by code; drafts only for those who may write them.
///
/// # Errors
/// 400 for a bad limit or cursor
pub async fn courses(
    app: &App,
    actor: &Actor,
    wanted: CourseFilter,
    limit: Option<u64>,
    cursor: Option<&str>,
) -> Result<ListPage<CourseSummaryView>, Problem> {
    let list = format!("courses {wanted:?}");
    let request: PageRequest<String> = PageRequest::read(app, &list, limit, cursor)?;
    let mut query = table::Entity::find().filter(narrowed(actor));
    if let Some(state) = wanted.state {
        query = query.filter(table::Column::State.eq(state));
    }
    if let Some(organisation) = wanted.organisation_id {
        query = query.filter(table::Column::OrganisationId.eq(organisation));
    }
    if let Some(text) = wanted.search.filter(|text| !text.trim().is_empty()) {
        let folded = identity::rules::fold(text.trim());
        let literal = folded.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let column = Expr::col((table::Entity, table::Column::SearchText));
        query = query.filter(column.like(LikeExpr::new(format!("%{literal}%")).escape('\\')));
    }
    if let Some(code) = &request.after {
        query = query.filter(table::Column::Code.gt(code));
    }
    let rows = query.order_by_asc(table::Column::Code).limit(request.limit + 1).all(app.db()).await?;
    let mut versions = current_versions(app.db(), &rows).await?;
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let version = versions.remove(&row.id);
        views.push(summary(row, version)?);
    }
    Ok(request.page(app, &list, views, |view| view.code.clone(), |view| view))
}

fn summary(row: table::Model, version: Option<course_version::Model>) -> Result<CourseSummaryView, Problem> {
    let syllabus = match version {
        Some(version) => Some(said(version, vec![], vec![])),
        None => draft_of(&row)?,
    };
    let syllabus = syllabus.ok_or_else(|| Problem::internal("a course has a version or a draft"))?;
    Ok(CourseSummaryView {
        id: row.id,
        code: row.code,
        state: row.state,
        number: row.current_number.unwrap_or(0),
        minutes_total: rules::total(syllabus.minutes),
        title: syllabus.title,
        title_lv: syllabus.title_lv,
        title_ru: syllabus.title_ru,
        languages: syllabus.languages,
        audience: syllabus.audience,
    })
}

fn draft_of(row: &table::Model) -> Result<Option<Syllabus>, Problem> {
    row.draft.clone().map(|draft| serde_json::from_value(draft).map_err(Problem::internal)).transpose()
}

/// The published versions of courses, by course.
async fn current_versions<C: ConnectionTrait>(
    db: &C,
    rows: &[table::Model],
) -> Result<HashMap<CourseId, course_version::Model>, Problem> {
    let mut any = Condition::any();
    for (id, number) in rows.iter().filter_map(|row| row.current_number.map(|number| (row.id, number))) {
        any = any.add(course_version::Column::CourseId.eq(id).and(course_version::Column::Number.eq(number)));
    }
    if any.is_empty() {
        return Ok(HashMap::new());
    }
    let versions = course_version::Entity::find().filter(any).all(db).await?;
    Ok(versions.into_iter().map(|version| (version.course_id, version)).collect())
}

/// What a version says.
fn said(row: course_version::Model, outcomes: Vec<String>, prerequisites: Vec<Prerequisite>) -> Syllabus {
    Syllabus {
        title: row.title,
        title_lv: row.title_lv,
        title_ru: row.title_ru,
        summary: row.summary,
        summary_lv: row.summary_lv,
        summary_ru: row.summary_ru,
        minutes: Minutes {
            lecture: row.lecture_minutes,
            practice: row.practice_minutes,
            exercise: row.exercise_minutes,
            e_learning: row.e_learning_minutes,
            self_study: row.self_study_minutes,
        },
        outcomes,
        languages: row.languages.split(',').filter(|code| !code.is_empty()).map(str::to_owned).collect(),
        audience: row.audience,
        prerequisites,
    }
}

/// Prerequisites of versions, by scheme.
async fn prerequisites<C: ConnectionTrait>(
    db: &C,
    versions: &[CourseVersionId],
) -> Result<HashMap<CourseVersionId, Vec<Prerequisite>>, Problem> {
    let rows = course_prerequisite::Entity::find()
        .filter(course_prerequisite::Column::VersionId.is_in(versions.iter().copied()))
        .order_by_asc(course_prerequisite::Column::Scheme)
        .all(db)
        .await?;
    let mut found: HashMap<CourseVersionId, Vec<Prerequisite>> = HashMap::new();
    for row in rows {
        let prerequisite = Prerequisite { scheme: row.scheme, accepts: row.accepts };
        found.entry(row.version_id).or_default().push(prerequisite);
    }
    Ok(found)
}

async fn taught<C: ConnectionTrait>(db: &C, version: CourseVersionId) -> Result<Vec<CourseOutcomeView>, Problem> {
    let rows = course_outcome::Entity::find()
        .filter(course_outcome::Column::VersionId.eq(version))
        .order_by_asc(course_outcome::Column::Position)
        .all(db)
        .await?;
    let ids: Vec<OutcomeId> = rows.iter().map(|row| row.outcome_id).collect();
    let mut outcomes = framework::outcomes(db, &ids).await?;
    let found = rows.iter().filter_map(|row| outcomes.remove(&row.outcome_id));
    Ok(found.map(|(edition, outcome)| CourseOutcomeView { edition, outcome }).collect())
}

async fn view<C: ConnectionTrait>(db: &C, actor: &Actor, row: table::Model) -> Result<CourseView, Problem> {
    let rows = course_version::Entity::find()
        .filter(course_version::Column::CourseId.eq(row.id))
        .order_by_asc(course_version::Column::Number)
        .all(db)
        .await?;
    let versions = rows.iter().map(|v| PublicationView { number: v.number, published_at: v.published_at }).collect();
    let current = rows.into_iter().find(|version| Some(version.number) == row.current_number);
    let published = match current {
        Some(version) => {
            let (number, published_at) = (version.number, version.published_at);
            let outcomes = taught(db, version.id).await?;
            let asked = prerequisites(db, &[version.id]).await?.remove(&version.id).unwrap_or_default();
            let codes = outcomes.iter().map(|one| one.outcome.code.clone()).collect();
            let syllabus = said(version, codes, asked);
            let minutes_total = rules::total(syllabus.minutes);
            Some(CourseVersionView { number, published_at, syllabus, minutes_total, outcomes })
        }
        None => None,
    };
    let writes = actor.may(Action::ManageCourses, &Scope::organisation(row.organisation_id));
    Ok(CourseView {
        draft: if writes { draft_of(&row)? } else { None },
        id: row.id,
        code: row.code,
        organisation_id: row.organisation_id,
        state: row.state,
        published,
        versions,
        version: row.version,
    })
}

/// What other features need to know of a course: its published version, also when it is retired.
///
/// # Errors
/// `not-found` for a course that is not there or was never published
pub async fn course_facts<C: ConnectionTrait>(db: &C, id: CourseId) -> Result<CourseFacts, Problem> {
    courses_facts(db, &[id]).await?.remove(&id).ok_or_else(Problem::not_found)
}

/// As [`course_facts`], for several; those that were never published are missing.
///
/// # Errors
/// As the database.
pub async fn courses_facts<C: ConnectionTrait>(
    db: &C,
    ids: &[CourseId],
) -> Result<HashMap<CourseId, CourseFacts>, Problem> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = table::Entity::find().filter(table::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    let mut versions = current_versions(db, &rows).await?;
    let of: Vec<CourseVersionId> = versions.values().map(|version| version.id).collect();
    let mut asked = prerequisites(db, &of).await?;
    let facts = |row: table::Model| {
        let version = versions.remove(&row.id)?;
        let prerequisites = asked.remove(&version.id).unwrap_or_default();
        let said = said(version, vec![], vec![]);
        let minutes = rules::total(said.minutes);
        Some((row.id, CourseFacts { id: row.id, code: row.code, title: said.title, minutes, prerequisites }))
    };
    Ok(rows.into_iter().filter_map(facts).collect())
}
