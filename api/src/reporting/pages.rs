//! HTML door of reporting: the home page, the dashboard and the lists behind its figures.

use super::{Choice, CompletionReport, Figure, Figures, HomeView, PersonFigures, ReportFilter, rules};
use crate::identity::pages::SignedIn;
use crate::identity::{self, Action, Actor};
use crate::platform::page::Page;
use crate::platform::{App, ListPage, Problem};
use askama::Template;
use entity::id::{CourseId, SchemeId, UnitId};
use poem::web::{Data, Path, Query};
use poem::{Response, Route, get, handler};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer};

/// The pages.
pub fn routes(route: Route) -> Route {
    route.at("/", get(home)).at("/reports", get(reports)).at("/reports/completion/:unit/people", get(people))
}

#[derive(Template)]
#[template(path = "reporting/home.html")]
struct HomePage<'a> {
    page: &'a Page,
    me: &'a Actor,
    view: HomeView,
    /// Roles that wait for the reader as the second administrator.
    roles_waiting: i64,
    /// The figures of everybody within the reader's reach.
    report: Option<CompletionReport>,
}

#[handler]
async fn home(page: Page, app: Data<&App>, me: SignedIn) -> Result<Response, Problem> {
    let view = super::home(&app, &me).await?;
    let report = if me.reach(Action::ViewReports).is_nothing() {
        None
    } else {
        Some(super::completion(&app, &me, ReportFilter::default()).await?)
    };
    let roles_waiting = roles_waiting(&app, &me).await?;
    page.render(&HomePage { page: &page, me: &me, view, roles_waiting, report })
}

/// How many roles the reader may confirm that another administrator granted.
async fn roles_waiting(app: &App, me: &Actor) -> Result<i64, Problem> {
    if me.reach(Action::GrantPrivilegedRoles).is_nothing() {
        return Ok(0);
    }
    let waiting = identity::grants_to_confirm(app, me).await?.into_iter();
    let others = waiting.filter(|g| g.grant.granted_by != Some(me.account) && g.grant.account_id != me.account);
    Ok(i64::try_from(others.count()).unwrap_or(i64::MAX))
}

/// An id of a filter; an empty choice is none.
fn chosen<'de, D: Deserializer<'de>, T: std::str::FromStr>(deserializer: D) -> Result<Option<T>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.filter(|text| !text.is_empty()).and_then(|text| text.parse().ok()))
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default, deserialize_with = "chosen")]
    unit: Option<UnitId>,
    #[serde(default, deserialize_with = "chosen")]
    course: Option<CourseId>,
    #[serde(default, deserialize_with = "chosen")]
    scheme: Option<SchemeId>,
    #[serde(default)]
    figure: Option<Figure>,
    #[serde(default)]
    cursor: Option<String>,
}

impl Wanted {
    fn filter(&self) -> ReportFilter {
        ReportFilter { unit_id: self.unit, course_id: self.course, scheme_id: self.scheme }
    }
}

/// The filters of a report as the rest of an address.
fn rest(filter: &ReportFilter) -> String {
    let course = filter.course_id.map_or(String::new(), |id| format!("&course={id}"));
    let scheme = filter.scheme_id.map_or(String::new(), |id| format!("&scheme={id}"));
    format!("{course}{scheme}")
}

/// The figures of a line that have a list behind them: key of the label, word of the figure, number.
fn counts(figures: &Figures) -> [(&'static str, &'static str, i64); 7] {
    [
        ("reporting-people", Figure::People.word(), figures.people),
        ("reporting-seats", Figure::Seats.word(), figures.seats),
        ("reporting-completed", Figure::Completed.word(), figures.completed),
        ("reporting-valid", Figure::Valid.word(), figures.certificates_valid),
        ("reporting-renewable", Figure::Renewable.word(), figures.certificates_renewable),
        ("reporting-expiring", Figure::Expiring.word(), figures.certificates_expiring),
        ("reporting-expired", Figure::Expired.word(), figures.certificates_expired),
    ]
}

/// Percent as people write it.
#[expect(clippy::ref_option, reason = "templates pass references")]
fn percent(value: &Option<Decimal>) -> String {
    value.map_or_else(|| "–".to_owned(), |p| format!("{} %", p.normalize()))
}

/// A bar of the chart: label, words of the value, its length and its place.
struct Bar {
    label: String,
    value: String,
    length: u32,
    y: u32,
}

/// Width of the longest bar, pixels of the drawing.
const WIDTH: u32 = 420;
/// Height of a line, pixels of the drawing.
const LINE: u32 = 28;

fn bars(report: &CompletionReport) -> Vec<Bar> {
    let rate = |f: &Figures| f.completion_percent.unwrap_or_default();
    let known = report.units.iter().filter(|line| line.figures.completion_percent.is_some());
    let bar = |(line, y): (&super::UnitFigures, u32)| Bar {
        label: line.unit.clone(),
        value: percent(&line.figures.completion_percent),
        length: rules::bar(rate(&line.figures), Decimal::from(100), WIDTH),
        y: y * LINE,
    };
    known.zip(0..).map(bar).collect()
}

#[derive(Template)]
#[template(path = "reporting/reports.html")]
struct ReportsPage<'a> {
    page: &'a Page,
    report: CompletionReport,
    bars: Vec<Bar>,
    height: u32,
    choices: super::Choices,
    filter: ReportFilter,
}

impl ReportsPage<'_> {
    fn is_chosen(&self, choice: &Choice) -> bool {
        [self.filter.unit_id.map(|i| i.0), self.filter.course_id.map(|i| i.0), self.filter.scheme_id.map(|i| i.0)]
            .contains(&Some(choice.id))
    }
    fn rest(&self) -> String {
        rest(&self.filter)
    }
}

#[handler]
async fn reports(page: Page, app: Data<&App>, me: SignedIn, Query(wanted): Query<Wanted>) -> Result<Response, Problem> {
    let filter = wanted.filter();
    let report = super::completion(&app, &me, filter).await?;
    let choices = super::completion_choices(&app, &me).await?;
    let bars = bars(&report);
    let height = bars.last().map_or(0, |bar| bar.y + LINE);
    page.render(&ReportsPage { page: &page, report, bars, height, choices, filter })
}

#[derive(Template)]
#[template(path = "reporting/people.html")]
struct PeoplePage<'a> {
    page: &'a Page,
    figure: Figure,
    unit: UnitId,
    list: ListPage<PersonFigures>,
    rest: String,
}

#[handler]
async fn people(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(unit): Path<UnitId>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let filter = ReportFilter { unit_id: Some(unit), ..wanted.filter() };
    let figure = wanted.figure.unwrap_or(Figure::People);
    let list = super::completion_people(&app, &me, filter, figure, (None, wanted.cursor.as_deref())).await?;
    page.render(&PeoplePage { page: &page, figure, unit, list, rest: rest(&filter) })
}
