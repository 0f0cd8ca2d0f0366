//! JSON door of audit.

use super::{EventFilter, EventView};
use crate::identity::routes::{Auth, Tag};
use crate::platform::event::Verification;
use crate::platform::{App, Data, Fail, ListPage, Read};
use chrono::{DateTime, Utc};
use entity::id::PersonId;
use poem::web::Data as Shared;
use poem_openapi::OpenApi;
use poem_openapi::param::Query;
use uuid::Uuid;

/// Operations of the audit trail.
pub struct AuditApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Audit")]
impl AuditApi {
    /// List events
    ///
    /// Everything that was changed, by whom and under which permit; newest first.
    #[oai(path = "/audit/events", method = "get", operation_id = "listAuditEvents")]
    #[expect(clippy::too_many_arguments, reason = "one per query parameter")]
    async fn events(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// Of this kind (`enrolment/seat-placed`), or of this feature when it ends in a slash (`enrolment/`).
        #[oai(validator(max_length = 80))]
        kind: Query<Option<String>>,
        /// That happened to the thing with this id.
        subject_id: Query<Option<Uuid>>,
        /// That this person caused.
        person_id: Query<Option<PersonId>>,
        /// From this instant on.
        from: Query<Option<DateTime<Utc>>>,
        /// Before this instant.
        until: Query<Option<DateTime<Utc>>>,
        /// Rows wanted, 1 to 200.
        limit: Query<Option<u64>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Data<ListPage<EventView>>, Fail<Read>> {
        let wanted = EventFilter {
            kind: kind.0,
            subject_id: subject_id.0,
            person_id: person_id.0,
            from: from.0,
            until: until.0,
        };
        Ok(Data(super::events(&app, &auth, wanted, limit.0, cursor.0.as_deref()).await?))
    }

    /// Verify the audit trail
    ///
    /// Walks the chain of events from its beginning. Events written within the last seconds are not sealed
    /// into it yet and are counted as such. Keep `head`: a later chain that does not contain it was cut off.
    #[oai(path = "/audit/verification", method = "get", operation_id = "verifyAuditTrail")]
    async fn verification(&self, app: Shared<&App>, auth: Auth) -> Result<Data<Verification>, Fail<Read>> {
        Ok(Data(super::verification(&app, &auth).await?))
    }
}
