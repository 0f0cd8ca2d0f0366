//! The one SMTP speaker.

use crate::platform::App;
use chrono::{DateTime, Utc};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use secrecy::ExposeSecret;
use std::time::Duration;
use tokio::sync::OnceCell;

/// How long the relay may take to answer, seconds.
const PATIENCE_SECONDS: u64 = 20;

/// A mail, ready to go.
pub struct Mail<'a> {
    /// To whom.
    pub to: &'a str,
    /// Subject line.
    pub subject: &'a str,
    /// Plain text.
    pub body: &'a str,
    /// ISO 639-1.
    pub language: &'a str,
    /// Internet message id, with its angle brackets.
    pub message_id: &'a str,
    /// When it was written.
    pub written_at: DateTime<Utc>,
}

/// Why a mail did not go.
#[derive(Debug)]
pub struct Failure {
    /// Whether the address or the mail itself was refused for good.
    pub refused: bool,
    /// What the relay said, for the operator.
    pub what: String,
}

impl Failure {
    fn for_good(error: impl std::fmt::Display) -> Self {
        Self { refused: true, what: error.to_string() }
    }
}

/// The connections to the relay, made at first use.
#[derive(Default)]
pub struct Speaker(OnceCell<AsyncSmtpTransport<Tokio1Executor>>);

impl Speaker {
    async fn transport(&self, url: &str) -> Result<&AsyncSmtpTransport<Tokio1Executor>, Failure> {
        let open = async {
            let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
                .map_err(|e| Failure { refused: false, what: format!("smtp_url: {e}") })?;
            Ok(builder.timeout(Some(Duration::from_secs(PATIENCE_SECONDS))).build())
        };
        self.0.get_or_try_init(|| open).await
    }
}

fn compose(from: &str, mail: &Mail<'_>) -> Result<Message, Failure> {
    let from: Mailbox = from.parse().map_err(|e| Failure { refused: false, what: format!("mail_from: {e}") })?;
    let to: Mailbox = mail.to.parse().map_err(Failure::for_good)?;
    let header =
        |name: &'static str, value: &str| HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned());
    let mut message = Message::builder()
        .from(from)
        .to(to)
        .subject(mail.subject)
        .date(mail.written_at.into())
        .message_id(Some(mail.message_id.to_owned()))
        .header(ContentType::TEXT_PLAIN)
        .body(mail.body.to_owned())
        .map_err(Failure::for_good)?;
    message.headers_mut().insert_raw(header("Auto-Submitted", "auto-generated"));
    message.headers_mut().insert_raw(header("Content-Language", mail.language));
    Ok(message)
}

/// Hands a mail to the relay. Nothing is told when there is no relay.
///
/// # Errors
/// What the relay answered, or that it could not be reached.
pub async fn send(app: &App, mail: &Mail<'_>) -> Result<Sent, Failure> {
    let Some(url) = &app.config().smtp_url else { return Ok(Sent::NoRelay) };
    let message = compose(&app.config().mail_from, mail)?;
    let speaker = app.memory::<Speaker>();
    let transport = speaker.transport(url.expose_secret()).await?;
    match transport.send(message).await {
        Ok(_) => Ok(Sent::Sent),
        Err(e) => Err(Failure { refused: e.is_permanent(), what: e.to_string() }),
    }
}

/// What happened to a mail that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// The relay took it.
    Sent,
    /// There is no relay; it waits.
    NoRelay,
}
