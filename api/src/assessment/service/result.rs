//! Results: of oneself, and of those one may see.

use super::super::ResultView;
use super::super::rules;
use super::{grade, open};
use crate::identity::{self, Action, Actor, PersonView, Reach};
use crate::platform::{App, ListPage, PageRequest, Problem};
use chrono::{DateTime, Utc};
use entity::assessment::{AttemptState, assessment as table, assessment_opening as opening, attempt};
use entity::id::{AttemptId, CertificateId, OpeningId, PersonId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashMap;

/// Attempts with what is needed to show them, loaded once for a page of them.
struct Shelf {
    openings: HashMap<OpeningId, opening::Model>,
    assessments: HashMap<entity::id::AssessmentId, table::Model>,
    persons: HashMap<PersonId, PersonView>,
}

impl Shelf {
    async fn load<C: ConnectionTrait>(db: &C, rows: &[attempt::Model]) -> Result<Self, Problem> {
        let ids = rows.iter().map(|row| row.opening_id);
        let openings = opening::Entity::find().filter(opening::Column::Id.is_in(ids)).all(db).await?;
        let ids = openings.iter().map(|row| row.assessment_id);
        let assessments = table::Entity::find().filter(table::Column::Id.is_in(ids)).all(db).await?;
        let persons: Vec<PersonId> = rows.iter().map(|row| row.person_id).collect();
        Ok(Self {
            openings: openings.into_iter().map(|row| (row.id, row)).collect(),
            assessments: assessments.into_iter().map(|row| (row.id, row)).collect(),
            persons: identity::person_names(db, &persons).await?,
        })
    }

    /// A result as far as the reader may see it: one's own from its release on; of others whether it is passed,
    /// and the score where the reach is over their organisation.
    fn view(&self, row: attempt::Model, reader: &Reader) -> Result<ResultView, Problem> {
        let found = self.openings.get(&row.opening_id).ok_or_else(Problem::not_found)?;
        let assessment = self.assessments.get(&found.assessment_id).ok_or_else(Problem::not_found)?;
        let person = self.persons.get(&row.person_id);
        let own = row.person_id == reader.person;
        let released = rules::results_shown(found.results_at, reader.now);
        let home = person.map(|person| person.organisation_id);
        let whole = reader.reach.everything || home.is_some_and(|id| reader.reach.organisations.contains(&id));
        let (sees_score, sees_pass) = if own { (released, released) } else { (whole, true) };
        let certificates = row.certificates.map(serde_json::from_value::<Vec<CertificateId>>).transpose();
        let certificates = certificates.map_err(Problem::internal)?.unwrap_or_default();
        let title = match reader.language.as_str() {
            "lv" => assessment.title_lv.as_ref(),
            "be" | "ru" => assessment.title_ru.as_ref(),
            _ => None,
        };
        Ok(ResultView {
            id: row.id,
            opening_id: row.opening_id,
            code: assessment.code.clone(),
            title: title.unwrap_or(&assessment.title).clone(),
            person_id: row.person_id,
            name: person.map_or(String::new(), PersonView::name),
            number: row.number,
            state: row.state,
            started_at: row.started_at,
            submitted_at: row.submitted_at,
            pass_percent: row.pass_percent,
            score_percent: row.score_hundredths.filter(|_| sees_score).map(rules::percent),
            passed: row.passed.filter(|_| sees_pass),
            results_at: found.results_at.filter(|_| !released),
            certificates: if sees_pass { certificates } else { vec![] },
        })
    }
}

/// Who reads, and when.
struct Reader {
    person: PersonId,
    reach: Reach,
    language: String,
    now: DateTime<Utc>,
}

impl Reader {
    fn of(actor: &Actor, now: DateTime<Utc>) -> Self {
        let language = actor.language.clone().unwrap_or_else(|| "en".to_owned());
        Self { person: actor.person, reach: actor.reach(Action::ViewResults), language, now }
    }
}

pub(super) async fn one<C: ConnectionTrait>(
    db: &C,
    actor: &Actor,
    id: AttemptId,
    now: DateTime<Utc>,
) -> Result<ResultView, Problem> {
    let reader = Reader::of(actor, now);
    let person = Expr::col((attempt::Entity, attempt::Column::PersonId));
    let found =
        attempt::Entity::find_by_id(id).filter(identity::filter_by_person(&reader.reach, person)).one(db).await?;
    let row = found.ok_or_else(Problem::not_found)?;
    let shelf = Shelf::load(db, std::slice::from_ref(&row)).await?;
    shelf.view(row, &reader)
}

/// The result of an attempt: one's own, or of a person whose results one may see.
///
/// # Errors
/// `not-found`
pub async fn result(app: &App, actor: &Actor, id: AttemptId) -> Result<ResultView, Problem> {
    let view = one(app.db(), actor, id, app.now()).await?;
    if view.person_id == actor.person && view.state == AttemptState::InProgress {
        grade::settled(app, actor, id).await?;
        return one(app.db(), actor, id, app.now()).await;
    }
    Ok(view)
}

/// Results of those who sat what is open, in the order they began, narrowed to persons whose results the actor
/// may see.
///
/// # Errors
/// `not-found` · 400 for a bad limit or cursor
pub async fn results(
    app: &App,
    actor: &Actor,
    opening: OpeningId,
    limit: Option<u64>,
    cursor: Option<&str>,
) -> Result<ListPage<ResultView>, Problem> {
    open::opening(app, actor, opening).await?;
    let list = format!("results {opening}");
    let request: PageRequest<AttemptId> = PageRequest::read(app, &list, limit, cursor)?;
    let reader = Reader::of(actor, app.now());
    let person = Expr::col((attempt::Entity, attempt::Column::PersonId));
    let mut query = attempt::Entity::find()
        .filter(attempt::Column::OpeningId.eq(opening))
        .filter(identity::filter_by_person(&reader.reach, person));
    if let Some(id) = request.after {
        query = query.filter(attempt::Column::Id.gt(id));
    }
    let rows = query.order_by_asc(attempt::Column::Id).limit(request.limit + 1).all(app.db()).await?;
    let shelf = Shelf::load(app.db(), &rows).await?;
    let views = rows.into_iter().map(|row| shelf.view(row, &reader)).collect::<Result<Vec<_>, _>>()?;
    Ok(request.page(app, &list, views, |view| view.id, |view| view))
}

/// One's own attempts, latest first.
///
/// # Errors
/// 400 for a bad limit or cursor
pub async fn attempts(
    app: &App,
    actor: &Actor,
    limit: Option<u64>,
    cursor: Option<&str>,
) -> Result<ListPage<ResultView>, Problem> {
    grade::settle(app, actor.person).await?;
    let request: PageRequest<(DateTime<Utc>, AttemptId)> = PageRequest::read(app, "own attempts", limit, cursor)?;
    let reader = Reader::of(actor, app.now());
    let mut query = attempt::Entity::find().filter(attempt::Column::PersonId.eq(actor.person));
    if let Some((at, id)) = &request.after {
        let key = Expr::tuple([Expr::col(attempt::Column::StartedAt), Expr::col(attempt::Column::Id)]);
        query = query.filter(key.lt(Expr::tuple([Expr::value(*at), Expr::value(id.0)])));
    }
    let rows = query
        .order_by_desc(attempt::Column::StartedAt)
        .order_by_desc(attempt::Column::Id)
        .limit(request.limit + 1)
        .all(app.db())
        .await?;
    let shelf = Shelf::load(app.db(), &rows).await?;
    let views = rows.into_iter().map(|row| shelf.view(row, &reader)).collect::<Result<Vec<_>, _>>()?;
    Ok(request.page(app, "own attempts", views, |view| (view.started_at, view.id), |view| view))
}
