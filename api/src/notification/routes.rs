//! JSON door of notification.

use super::MessageView;
use crate::identity::routes::{Auth, Tag};
use crate::platform::{App, Data, Fail, ListPage, Read};
use poem::web::Data as Shared;
use poem_openapi::OpenApi;
use poem_openapi::param::Query;

/// Operations of notification.
pub struct NotificationApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Session")]
impl NotificationApi {
    /// List messages to oneself
    ///
    /// What the service has written to you, newest first, and whether it went out.
    #[oai(path = "/me/messages", method = "get", operation_id = "listMyMessages")]
    async fn messages(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// Rows wanted, 1 to 200.
        limit: Query<Option<u64>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Data<ListPage<MessageView>>, Fail<Read>> {
        Ok(Data(super::messages(&app, &auth, limit.0, cursor.0.as_deref()).await?))
    }
}
