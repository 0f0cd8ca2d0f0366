//! Roof: tells people by mail what concerns them, and keeps what was told.
//!
//! Owns: the outbox: messages, their state and their tries. A message is written in the transaction that
//! hears of its cause and sent by a job; the same cause writes once. Mails name the thing and link to it;
//! they never hold a result. Tells: nothing. Refuses to know: why something happened.

mod mail;
pub(crate) mod pages;
pub(crate) mod routes;
pub mod rules;
mod service;

pub use service::{
    deliver, hold_everything, messages, on_activity_postponed, on_certificate_issued, on_enrolment_cancelled,
    on_enrolment_declined, on_enrolment_withdrawn, on_reserve_placed, on_seat_placed, send_link,
};

use chrono::{DateTime, Utc};
use entity::id::MessageId;
use entity::notification::MessageState;
use poem_openapi::Object;
use serde::Serialize;

/// A message to oneself.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct MessageView {
    /// Its id.
    pub id: MessageId,
    /// What it is about.
    pub kind: String,
    /// Subject line.
    pub subject: String,
    /// The text; left out where it holds a link that lets in whoever has it.
    pub body: Option<String>,
    /// ISO 639-1.
    pub language: String,
    /// What has become of it.
    pub state: MessageState,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When the mail server took it.
    pub sent_at: Option<DateTime<Utc>>,
}
