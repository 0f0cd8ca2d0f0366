//! Roof: the audit trail, for those who may read and verify it.
//!
//! Owns: nothing; it reads the events that every change left. Tells: nothing.
//! Refuses to know: the details of an event, which can be erased.

pub(crate) mod pages;
pub(crate) mod routes;
mod service;

pub use service::{events, verification};

use chrono::{DateTime, Utc};
use entity::id::{AccountId, EventId, PersonId};
use poem_openapi::Object;
use serde::Serialize;
use uuid::Uuid;

/// Something that happened, as recorded.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
#[oai(rename = "AuditEvent")]
pub struct EventView {
    /// Its id.
    pub id: EventId,
    /// When.
    pub at: DateTime<Utc>,
    /// What: `feature/what-happened`.
    pub kind: String,
    /// Under which permit: the name of an action, or `system:` and a reason.
    pub act: String,
    /// The account that did it; nothing for the system.
    pub account_id: Option<AccountId>,
    /// The person behind the account.
    pub person_id: Option<PersonId>,
    /// Their name today.
    pub person: Option<String>,
    /// What kind of thing it happened to.
    pub subject_kind: String,
    /// The id of that thing.
    pub subject_id: Uuid,
    /// The request in which it happened.
    pub request_id: Option<Uuid>,
    /// Names of the fields that changed.
    pub changed: Vec<String>,
    /// Ids and facts recorded with it.
    pub payload: serde_json::Value,
}

/// Which events are wanted.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// Of this kind, or of this feature when it ends in `/`.
    pub kind: Option<String>,
    /// That happened to this thing.
    pub subject_id: Option<Uuid>,
    /// That this person caused.
    pub person_id: Option<PersonId>,
    /// From this instant on.
    pub from: Option<DateTime<Utc>>,
    /// Before this instant.
    pub until: Option<DateTime<Utc>>,
}
