//! HTML door of notification.

use super::MessageView;
use crate::identity::pages::SignedIn;
use crate::platform::page::Page;
use crate::platform::{App, ListPage, Problem};
use askama::Template;
use entity::notification::MessageState;
use poem::web::{Data, Query};
use poem::{Response, Route, get, handler};
use serde::Deserialize;

/// The pages.
pub fn routes(route: Route) -> Route {
    route.at("/messages", get(messages))
}

/// The colour of a message's state.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
fn badge(state: &MessageState) -> &'static str {
    match state {
        MessageState::Queued => "info",
        MessageState::Sent => "good",
        MessageState::Parked => "bad",
    }
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    cursor: Option<String>,
}

#[derive(Template)]
#[template(path = "notification/messages.html")]
struct MessagesPage<'a> {
    page: &'a Page,
    list: ListPage<MessageView>,
}

#[handler]
async fn messages(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let list = super::messages(&app, &me, None, wanted.cursor.as_deref()).await?;
    page.render(&MessagesPage { page: &page, list })
}
