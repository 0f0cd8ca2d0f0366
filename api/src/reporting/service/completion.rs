//! Completion and certification figures by unit, and the persons behind each figure.

use super::super::rules::EXPIRING_DAYS;
use super::super::{
    Choice, Choices, CompletionReport, DEFINITION, Figure, Figures, PersonFigures, ReportFilter, UnitFigures,
};
use crate::identity::{self, Action, Actor, Reach, person_columns};
use crate::platform::{App, ListPage, PageRequest, Problem};
use chrono::{DateTime, Days, NaiveDate, Utc};
use entity::catalogue::{course, course_version};
use entity::certification::{period, scheme, scheme_version};
use entity::enrolment::{EnrolmentState, enrolment};
use entity::id::{PersonId, UnitId};
use entity::identity::{PersonState, person, unit};
use entity::scheduling::{ActivityState, activity};
use sea_orm::sea_query::{Alias, Condition, Expr, Func, Query, SelectStatement, SimpleExpr};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
};
use std::collections::HashMap;

/// The persons a report is about: in service, within reach, in the unit asked for or below.
struct Frame {
    persons: Condition,
    today: NaiveDate,
    now: DateTime<Utc>,
    filter: ReportFilter,
}

impl Frame {
    async fn new<C: ConnectionTrait>(db: &C, app: &App, reach: &Reach, filter: ReportFilter) -> Result<Self, Problem> {
        let now = app.now();
        let mut persons = Condition::all()
            .add(identity::filter(reach, person_columns()))
            .add(person::Column::State.eq(PersonState::Active));
        if let Some(unit) = filter.unit_id {
            let units = identity::units_below(db, unit, now).await?;
            persons = persons.add(person::Column::UnitId.is_in(units.into_iter().map(|u| u.0)));
        }
        Ok(Self { persons, today: now.with_timezone(&chrono_tz::Europe::Riga).date_naive(), now, filter })
    }

    fn persons(&self) -> Select<person::Entity> {
        person::Entity::find().select_only().filter(self.persons.clone())
    }

    /// The condition on a period that belongs to a figure.
    fn certificates(&self, figure: Figure) -> Condition {
        use period::Column as C;
        let counts = Condition::all().add(C::RevokedAt.is_null());
        let not_over = Condition::any().add(C::ValidUntilOn.is_null()).add(C::ValidUntilOn.gte(self.today));
        let in_force = counts.clone().add(C::SuspendedAt.is_null()).add(C::ValidFromOn.lte(self.today)).add(not_over);
        let soon = self.today.checked_add_days(Days::new(EXPIRING_DAYS)).unwrap_or(self.today);
        let not_renewed = Expr::exists(later()).not();
        match figure {
            Figure::Renewable => in_force.add(C::RenewableFromOn.lte(self.today)).add(not_renewed),
            Figure::Expiring => in_force.add(C::ValidUntilOn.lte(soon)).add(not_renewed),
            Figure::Expired => counts.add(C::ValidUntilOn.lt(self.today)).add(not_renewed),
            Figure::People | Figure::Seats | Figure::Completed | Figure::Valid => in_force,
        }
    }

    /// Periods of the persons, narrowed to the scheme asked for.
    fn periods(&self) -> Select<period::Entity> {
        let to_person =
            period::Entity::belongs_to(person::Entity).from(period::Column::PersonId).to(person::Column::Id);
        let query = period::Entity::find()
            .select_only()
            .join(JoinType::InnerJoin, to_person.into())
            .filter(self.persons.clone());
        match self.filter.scheme_id {
            Some(id) => query.filter(period::Column::SchemeId.eq(id)),
            None => query,
        }
    }

    /// Places accepted by the persons in activities that have taken place, narrowed to the course asked for.
    fn places(&self) -> Select<enrolment::Entity> {
        use enrolment::Column as C;
        let to_person = enrolment::Entity::belongs_to(person::Entity).from(C::PersonId).to(person::Column::Id);
        let to_activity = enrolment::Entity::belongs_to(activity::Entity).from(C::ActivityId).to(activity::Column::Id);
        let query = enrolment::Entity::find()
            .select_only()
            .join(JoinType::InnerJoin, to_person.into())
            .join(JoinType::InnerJoin, to_activity.into())
            .filter(self.persons.clone())
            .filter(C::State.is_in(EnrolmentState::SEATED.iter().copied()))
            .filter(activity::Column::State.is_in([ActivityState::Delivered, ActivityState::Closed]));
        match self.filter.course_id {
            Some(id) => query.filter(activity::Column::CourseId.eq(id)),
            None => query,
        }
    }
}

/// What became of accepted places.
fn became(state: EnrolmentState) -> Condition {
    Condition::all().add(enrolment::Column::State.eq(state))
}

/// A later period of the same person and scheme that counts.
pub(super) fn later() -> SelectStatement {
    let later = Alias::new("later");
    let same = |column: period::Column| Expr::col((later.clone(), column)).equals((period::Entity, column));
    Query::select()
        .expr(Expr::value(1))
        .from_as(period::Entity, later.clone())
        .and_where(same(period::Column::PersonId))
        .and_where(same(period::Column::SchemeId))
        .and_where(Expr::col((later.clone(), period::Column::RevokedAt)).is_null())
        .and_where(
            Expr::col((later, period::Column::ValidFromOn))
                .gt(Expr::col((period::Entity, period::Column::ValidFromOn))),
        )
        .to_owned()
}

/// How many rows fulfil a condition, as a column.
fn counted(condition: Condition) -> SimpleExpr {
    Func::coalesce([Func::sum(Expr::case(condition, Expr::value(1)).finally(Expr::value(0))).into(), Expr::value(0)])
        .cast_as(Alias::new("bigint"))
}

#[derive(FromQueryResult)]
struct Certificates<K: sea_orm::TryGetable> {
    key: K,
    valid: i64,
    renewable: i64,
    expiring: i64,
    expired: i64,
}

impl<K: sea_orm::TryGetable> Certificates<K> {
    fn put(&self, figures: &mut Figures) {
        figures.certificates_valid = self.valid;
        figures.certificates_renewable = self.renewable;
        figures.certificates_expiring = self.expiring;
        figures.certificates_expired = self.expired;
    }
}

/// Certificates of the persons, counted by a column of theirs.
async fn certificates<K, C>(
    db: &C,
    frame: &Frame,
    by: person::Column,
    only: Option<Condition>,
) -> Result<Vec<Certificates<K>>, Problem>
where
    K: sea_orm::TryGetable + Send + Sync,
    C: ConnectionTrait,
{
    let query = frame
        .periods()
        .filter(only.unwrap_or_else(Condition::all))
        .column_as(Expr::col((person::Entity, by)), "key")
        .column_as(counted(frame.certificates(Figure::Valid)), "valid")
        .column_as(counted(frame.certificates(Figure::Renewable)), "renewable")
        .column_as(counted(frame.certificates(Figure::Expiring)), "expiring")
        .column_as(counted(frame.certificates(Figure::Expired)), "expired")
        .group_by(Expr::col((person::Entity, by)));
    Ok(query.into_model::<Certificates<K>>().all(db).await?)
}

#[derive(FromQueryResult)]
struct Places<K: sea_orm::TryGetable> {
    key: K,
    seats: i64,
    excused: i64,
    completed: i64,
}

impl<K: sea_orm::TryGetable> Places<K> {
    fn put(&self, figures: &mut Figures) {
        figures.seats = self.seats;
        figures.excused = self.excused;
        figures.completed = self.completed;
    }
}

/// Places of the persons, counted by a column of theirs.
async fn places<K, C>(
    db: &C,
    frame: &Frame,
    by: person::Column,
    only: Option<Condition>,
) -> Result<Vec<Places<K>>, Problem>
where
    K: sea_orm::TryGetable + Send + Sync,
    C: ConnectionTrait,
{
    let query = frame
        .places()
        .filter(only.unwrap_or_else(Condition::all))
        .column_as(Expr::col((person::Entity, by)), "key")
        .column_as(enrolment::Column::Id.count(), "seats")
        .column_as(counted(became(EnrolmentState::Excused)), "excused")
        .column_as(counted(became(EnrolmentState::AttendedFull)), "completed")
        .group_by(Expr::col((person::Entity, by)));
    Ok(query.into_model::<Places<K>>().all(db).await?)
}

fn reach(actor: &Actor) -> Result<Reach, Problem> {
    let reach = actor.reach(Action::ViewReports);
    if reach.is_nothing() { Err(Problem::forbidden("Your roles do not show reports.")) } else { Ok(reach) }
}

/// Completion and certification figures by unit.
///
/// # Errors
/// 403
pub async fn completion(app: &App, actor: &Actor, filter: ReportFilter) -> Result<CompletionReport, Problem> {
    let db = app.snapshot().await?;
    let frame = Frame::new(&db, app, &reach(actor)?, filter).await?;
    let people: Vec<(Option<UnitId>, i64)> = frame
        .persons()
        .column(person::Column::UnitId)
        .column_as(person::Column::Id.count(), "people")
        .group_by(person::Column::UnitId)
        .into_tuple()
        .all(&db)
        .await?;
    let mut by_unit: HashMap<Option<UnitId>, Figures> = HashMap::new();
    for (unit, people) in people {
        by_unit.entry(unit).or_default().people = people;
    }
    for row in certificates::<Option<UnitId>, _>(&db, &frame, person::Column::UnitId, None).await? {
        row.put(by_unit.entry(row.key).or_default());
    }
    for row in places::<Option<UnitId>, _>(&db, &frame, person::Column::UnitId, None).await? {
        row.put(by_unit.entry(row.key).or_default());
    }
    let ids = by_unit.keys().flatten().map(|unit| unit.0);
    let units = unit::Entity::find().filter(unit::Column::Id.is_in(ids)).all(&db).await?;
    let units: HashMap<UnitId, unit::Model> = units.into_iter().map(|u| (u.id, u)).collect();
    let mut total = Figures::default();
    let mut lines = Vec::with_capacity(by_unit.len());
    for (id, figures) in by_unit {
        total.add(&figures);
        let unit = id.and_then(|id| units.get(&id));
        lines.push(UnitFigures {
            unit_id: id,
            unit: unit.map_or_else(|| "–".to_owned(), |u| u.name.clone()),
            organisation_id: unit.map(|u| u.organisation_id),
            figures: figures.rated(),
        });
    }
    lines.sort_by(|a, b| (&a.unit, a.unit_id).cmp(&(&b.unit, b.unit_id)));
    Ok(CompletionReport { as_of: frame.now, definition: DEFINITION.to_owned(), total: total.rated(), units: lines })
}

/// The persons behind a figure of a unit, by name.
///
/// # Errors
/// 400 for a bad limit or cursor · 403
pub async fn completion_people(
    app: &App,
    actor: &Actor,
    filter: ReportFilter,
    figure: Figure,
    (limit, cursor): (Option<u64>, Option<&str>),
) -> Result<ListPage<PersonFigures>, Problem> {
    let scope = format!("completion {filter:?} {figure:?}");
    let request: PageRequest<(String, PersonId)> = PageRequest::read(app, &scope, limit, cursor)?;
    let reach = reach(actor)?;
    let db = app.snapshot().await?;
    // The line of a unit counts its own persons, and so does the list behind it.
    let frame = Frame::new(&db, app, &reach, ReportFilter { unit_id: None, ..filter }).await?;
    let mut query = person::Entity::find().filter(frame.persons.clone());
    if let Some(unit) = filter.unit_id {
        query = query.filter(person::Column::UnitId.eq(unit));
    }
    if let Some((name, id)) = &request.after {
        let key = Expr::tuple([Expr::col(person::Column::SearchName), Expr::col(person::Column::Id)]);
        query = query.filter(key.gt(Expr::tuple([Expr::value(name.clone()), Expr::value(id.0)])));
    }
    if let Some(behind) = behind(&frame, figure) {
        query = query.filter(person::Column::Id.in_subquery(behind));
    }
    let rows = query
        .order_by_asc(person::Column::SearchName)
        .order_by_asc(person::Column::Id)
        .limit(request.limit + 1)
        .all(&db)
        .await?;
    let ids: Vec<uuid::Uuid> = rows.iter().map(|row| row.id.0).collect();
    let only = Condition::all().add(person::Column::Id.is_in(ids));
    let mut figures: HashMap<PersonId, Figures> = HashMap::new();
    for row in certificates::<PersonId, _>(&db, &frame, person::Column::Id, Some(only.clone())).await? {
        row.put(figures.entry(row.key).or_default());
    }
    for row in places::<PersonId, _>(&db, &frame, person::Column::Id, Some(only)).await? {
        row.put(figures.entry(row.key).or_default());
    }
    let view = |row: person::Model| PersonFigures {
        person_id: row.id,
        name: format!("{} {}", row.given_name, row.family_name),
        rank: row.rank,
        figures: Figures { people: 1, ..figures.get(&row.id).cloned().unwrap_or_default() }.rated(),
    };
    Ok(request.page(app, &scope, rows, |row| (row.search_name.clone(), row.id), view))
}

/// The ids of the persons behind a figure; nothing where it is everybody.
fn behind(frame: &Frame, figure: Figure) -> Option<SelectStatement> {
    match figure {
        Figure::People => None,
        Figure::Seats => Some(frame.places().column(enrolment::Column::PersonId).into_query()),
        Figure::Completed => {
            let completed = frame.places().filter(became(EnrolmentState::AttendedFull));
            Some(completed.column(enrolment::Column::PersonId).into_query())
        }
        Figure::Valid | Figure::Renewable | Figure::Expiring | Figure::Expired => {
            let periods = frame.periods().filter(frame.certificates(figure)).column(period::Column::PersonId);
            Some(periods.into_query())
        }
    }
}

/// What a report can be filtered by: units within reach, courses, schemes.
///
/// # Errors
/// 403
pub async fn completion_choices(app: &App, actor: &Actor) -> Result<Choices, Problem> {
    let frame = Frame::new(app.report_db(), app, &reach(actor)?, ReportFilter::default()).await?;
    let units = frame.persons().column(person::Column::UnitId).into_query();
    let units = unit::Entity::find()
        .filter(unit::Column::Id.in_subquery(units))
        .order_by_asc(unit::Column::Name)
        .all(app.report_db())
        .await?;
    let to_version = scheme::Entity::belongs_to(scheme_version::Entity)
        .from(scheme::Column::Id)
        .to(scheme_version::Column::SchemeId);
    let schemes: Vec<(uuid::Uuid, String)> = scheme::Entity::find()
        .select_only()
        .join(JoinType::InnerJoin, to_version.into())
        .filter(
            Expr::col((scheme_version::Entity, scheme_version::Column::Number))
                .equals((scheme::Entity, scheme::Column::CurrentNumber)),
        )
        .column(scheme::Column::Id)
        .column(scheme_version::Column::Title)
        .order_by_asc(scheme::Column::Code)
        .into_tuple()
        .all(app.report_db())
        .await?;
    let to_version = course::Entity::belongs_to(course_version::Entity)
        .from(course::Column::Id)
        .to(course_version::Column::CourseId);
    let courses: Vec<(uuid::Uuid, String)> = course::Entity::find()
        .select_only()
        .join(JoinType::InnerJoin, to_version.into())
        .filter(
            Expr::col((course_version::Entity, course_version::Column::Number))
                .equals((course::Entity, course::Column::CurrentNumber)),
        )
        .column(course::Column::Id)
        .column(course_version::Column::Title)
        .order_by_asc(course::Column::Code)
        .into_tuple()
        .all(app.report_db())
        .await?;
    let choice = |(id, name)| Choice { id, name };
    Ok(Choices {
        units: units.into_iter().map(|u| Choice { id: u.id.0, name: u.name }).collect(),
        courses: courses.into_iter().map(choice).collect(),
        schemes: schemes.into_iter().map(choice).collect(),
    })
}
