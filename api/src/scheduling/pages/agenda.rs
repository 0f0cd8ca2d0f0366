//! The agenda: what is ahead, month by month.

use crate::identity::pages::SignedIn;
use crate::identity::{Action, Actor};
use crate::platform::page::Page;
use crate::platform::{App, ListPage, Problem};
use crate::scheduling::{ActivityFilter, ActivitySummaryView};
use askama::Template;
use chrono::{Datelike, NaiveDate};
use entity::id::ComponentId;
use entity::scheduling::{ActivityKind, ActivityState};
use poem::web::{Data, Query};
use poem::{Response, handler};
use serde::{Deserialize, Deserializer};

/// A choice of a form; an empty one is none.
fn chosen<'de, D: Deserializer<'de>, T: std::str::FromStr>(deserializer: D) -> Result<Option<T>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.filter(|text| !text.is_empty()).and_then(|text| text.parse().ok()))
}

/// What is asked of the agenda.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    pub past: bool,
    pub text: String,
    #[serde(deserialize_with = "chosen")]
    pub kind: Option<ActivityKind>,
    #[serde(deserialize_with = "chosen")]
    pub state: Option<ActivityState>,
    #[serde(deserialize_with = "chosen")]
    pub component: Option<ComponentId>,
    #[serde(deserialize_with = "chosen")]
    pub from: Option<NaiveDate>,
    #[serde(deserialize_with = "chosen")]
    pub until: Option<NaiveDate>,
    pub cursor: Option<String>,
}

impl Asked {
    /// The query of the next page, with the same filters.
    fn next(&self, cursor: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::from("?"));
        if self.past {
            query.append_pair("past", "true");
        }
        if !self.text.is_empty() {
            query.append_pair("text", &self.text);
        }
        let pairs = [
            ("kind", self.kind.map(|kind| kind.to_string())),
            ("state", self.state.map(|state| state.to_string())),
            ("component", self.component.map(|component| component.to_string())),
            ("from", self.from.map(|day| day.to_string())),
            ("until", self.until.map(|day| day.to_string())),
        ];
        for (name, value) in pairs {
            if let Some(value) = value {
                query.append_pair(name, &value);
            }
        }
        query.append_pair("cursor", cursor).finish()
    }
    fn filter(&self, today: NaiveDate) -> ActivityFilter {
        let (from_on, until_on) = if self.past {
            (self.from, Some(self.until.unwrap_or(today)))
        } else {
            (Some(self.from.unwrap_or(today)), self.until)
        };
        ActivityFilter {
            state: self.state,
            kind: self.kind,
            from_on,
            until_on,
            text: Some(self.text.clone()),
            component_id: self.component,
            course_id: None,
            latest_first: self.past,
        }
    }
}

/// A month of the agenda.
struct Month {
    title: String,
    activities: Vec<ActivitySummaryView>,
}

fn months(page: &Page, activities: Vec<ActivitySummaryView>) -> Vec<Month> {
    let mut months: Vec<((i32, u32), Month)> = Vec::new();
    for activity in activities {
        let zone = activity.zone.as_deref().and_then(crate::scheduling::rules::zone);
        let day = activity.listed_at.with_timezone(&zone.unwrap_or(chrono_tz::Europe::Riga)).date_naive();
        let key = (day.year(), day.month());
        if let Some((_, month)) = months.last_mut().filter(|(last, _)| *last == key) {
            month.activities.push(activity);
        } else {
            let title = format!("{} {}", page.t(&format!("scheduling-month-{}", key.1)), key.0);
            months.push((key, Month { title, activities: vec![activity] }));
        }
    }
    months.into_iter().map(|(_, month)| month).collect()
}

#[derive(Template)]
#[template(path = "scheduling/agenda.html")]
struct AgendaPage<'a> {
    page: &'a Page,
    months: Vec<Month>,
    next: Option<String>,
    asked: &'a Asked,
    components: Vec<(ComponentId, String)>,
    plans: bool,
}

/// Components of every programme, as choices.
pub(super) async fn components(app: &App, actor: &Actor) -> Result<Vec<(ComponentId, String)>, Problem> {
    let programmes = crate::programme::programmes(app, actor, Some(200), None).await?.items;
    let choice =
        |component: crate::programme::ComponentView| (component.id, format!("{} {}", component.code, component.title));
    Ok(programmes.into_iter().flat_map(|programme| programme.components).map(choice).collect())
}

#[handler]
pub(super) async fn agenda(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let today = app.now().with_timezone(&chrono_tz::Europe::Riga).date_naive();
    let filter = asked.filter(today);
    let list: ListPage<ActivitySummaryView> =
        crate::scheduling::activities(&app, &me, filter, None, asked.cursor.as_deref()).await?;
    let next = list.next_cursor.as_deref().map(|cursor| asked.next(cursor));
    let plans = !me.reach(Action::ManageActivities).is_nothing();
    let components = components(&app, &me).await?;
    page.render(&AgendaPage { page: &page, months: months(&page, list.items), next, asked: &asked, components, plans })
}
