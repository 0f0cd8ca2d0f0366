//! HTML door of audit.

use super::{EventFilter, EventView};
use crate::identity::pages::SignedIn;
use crate::platform::event::Verification;
use crate::platform::page::Page;
use crate::platform::{App, ListPage, Problem};
use askama::Template;
use entity::id::PersonId;
use poem::web::{Data, Query};
use poem::{Response, Route, get, handler};
use serde::Deserialize;
use uuid::Uuid;

/// The pages.
pub fn routes(route: Route) -> Route {
    route.at("/audit", get(events)).at("/audit/verification", get(verification))
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    person: String,
    #[serde(default)]
    cursor: Option<String>,
}

impl Wanted {
    /// An id as it was typed; one that is none finds nothing.
    fn id(text: &str) -> Option<Uuid> {
        Some(text.trim()).filter(|text| !text.is_empty()).map(|text| text.parse().unwrap_or(Uuid::nil()))
    }

    fn filter(&self) -> EventFilter {
        let kind = self.kind.trim();
        EventFilter {
            kind: Some(kind.to_owned()).filter(|kind| !kind.is_empty()),
            subject_id: Self::id(&self.subject),
            person_id: Self::id(&self.person).map(PersonId),
            ..EventFilter::default()
        }
    }

    /// The query of the next page, with the same filters.
    fn next(&self, cursor: &str) -> String {
        url::form_urlencoded::Serializer::new(String::from("?"))
            .append_pair("kind", &self.kind)
            .append_pair("subject", &self.subject)
            .append_pair("person", &self.person)
            .append_pair("cursor", cursor)
            .finish()
    }
}

#[derive(Template)]
#[template(path = "audit/events.html")]
struct EventsPage<'a> {
    page: &'a Page,
    list: ListPage<EventView>,
    wanted: &'a Wanted,
}

#[handler]
async fn events(page: Page, app: Data<&App>, me: SignedIn, Query(wanted): Query<Wanted>) -> Result<Response, Problem> {
    let list = super::events(&app, &me, wanted.filter(), None, wanted.cursor.as_deref()).await?;
    page.render(&EventsPage { page: &page, list, wanted: &wanted })
}

#[derive(Template)]
#[template(path = "audit/verification.html")]
struct VerificationPage<'a> {
    page: &'a Page,
    view: Verification,
}

#[handler]
async fn verification(page: Page, app: Data<&App>, me: SignedIn) -> Result<Response, Problem> {
    let view = super::verification(&app, &me).await?;
    page.render(&VerificationPage { page: &page, view })
}
