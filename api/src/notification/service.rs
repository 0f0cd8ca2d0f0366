//! Verbs of notification: hearing, writing, delivering, reading.

use super::MessageView;
use super::mail::{self, Mail, Sent};
use super::rules::{self, Verdict};
use crate::certification::CertificateIssued;
use crate::enrolment::{self, EnrolmentCancelled, EnrolmentDeclined, EnrolmentWithdrawn, ReservePlaced, SeatPlaced};
use crate::identity::{self, Actor, Permit};
use crate::platform::page::{LANGUAGES, text};
use crate::platform::{App, ListPage, PageRequest, Problem, Tx};
use crate::scheduling::{self, ActivityPostponed};
use chrono::Duration;
use entity::enrolment::EnrolmentState;
use entity::id::{MessageId, PersonId};
use entity::notification::{MessageState, message};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, TryInsertResult,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// How often the outbox looks whether there is a relay now, minutes.
const RELAY_MINUTES: i64 = 15;

fn speaks(code: &str) -> bool {
    LANGUAGES.iter().any(|(known, _)| *known == code)
}

/// A message to be written.
struct Letter<'a> {
    person: Option<PersonId>,
    email: Option<&'a str>,
    name: Option<&'a str>,
    language: &'a str,
    /// What it is about; also the stem of its texts: `notification-<stem>-subject`, `…-body`.
    stem: &'a str,
    kind: &'a str,
    title: &'a str,
    /// What else its texts name.
    facts: &'a [(&'static str, &'a str)],
    link: &'a str,
    secret: bool,
    cause: String,
}

/// Writes a message in this transaction and leaves its delivery to a job. The same cause writes once.
async fn write(tx: &Tx, letter: Letter<'_>) -> Result<(), Problem> {
    let say = |key: &str| {
        let key = format!("notification-{}-{key}", letter.stem);
        let arguments: Vec<_> = [("title", letter.title)].into_iter().chain(letter.facts.iter().copied()).collect();
        text(letter.language, &key, &arguments)
    };
    let greeting = match letter.name {
        Some(name) => text(letter.language, "notification-greeting", &[("name", name)]),
        None => text(letter.language, "notification-greeting-nobody", &[]),
    };
    let footer = text(letter.language, "notification-footer", &[]);
    let body = format!("{greeting}\n\n{}\n{}\n\n-- \nWaymark\n{footer}\n", say("body"), letter.link);
    let id: MessageId = tx.id();
    let config = tx.app().config();
    let row = message::Model {
        id,
        person_id: letter.person,
        email: letter.email.map(str::to_owned),
        kind: letter.kind.to_owned(),
        subject: say("subject"),
        body,
        secret: letter.secret,
        language: letter.language.to_owned(),
        dedup_key: letter.cause,
        message_id: format!("<{id}@{}>", config.public_url.host_str().unwrap_or("waymark.invalid")),
        state: if letter.email.is_some() { MessageState::Queued } else { MessageState::Parked },
        attempts: 0,
        last_error: letter.email.is_none().then(|| "no address".to_owned()),
        created_at: tx.now(),
        sent_at: None,
    };
    let queued = row.state == MessageState::Queued;
    let conflict = OnConflict::column(message::Column::DedupKey).do_nothing().to_owned();
    let written = message::Entity::insert(row.into_active_model())
        .on_conflict(conflict)
        .try_insert()
        .exec_without_returning(tx)
        .await?;
    if queued && matches!(written, TryInsertResult::Inserted(1)) {
        tx.later("notification::deliver", json!({ "message": id }), tx.now(), None).await?;
    }
    Ok(())
}

/// What a message to a person is about.
struct News<'a> {
    stem: &'a str,
    kind: &'a str,
    title: &'a str,
    path: String,
    cause: String,
}

/// Writes a message to a person, in their language.
async fn tell(app: &App, person: PersonId, news: News<'_>) -> Result<(), Problem> {
    tell_with(app, person, news, &[]).await
}

/// As [`tell`], with what else the texts name.
async fn tell_with(app: &App, person: PersonId, news: News<'_>, facts: &[(&'static str, &str)]) -> Result<(), Problem> {
    let people = identity::person_names(app.db(), &[person]).await?;
    let Some(view) = people.get(&person) else { return Ok(()) };
    let tx = Permit::system("notification").begin(app).await?;
    let known: Vec<&str> = LANGUAGES.iter().map(|(code, _)| *code).collect();
    let letter = Letter {
        person: Some(person),
        email: view.email.as_deref(),
        name: Some(&view.name()),
        language: rules::language(&view.languages, &known),
        stem: news.stem,
        kind: news.kind,
        title: news.title,
        facts,
        link: &format!("{}{}", app.config().base_url(), news.path),
        secret: false,
        cause: news.cause,
    };
    write(&tx, letter).await?;
    tx.commit(()).await
}

/// Tells the person that a certificate was issued.
///
/// # Errors
/// As the database.
pub async fn on_certificate_issued(app: &App, event: &CertificateIssued) -> Result<(), Problem> {
    let news = News {
        stem: "certificate",
        kind: "certification/certificate-issued",
        title: "",
        path: format!("/certificates/{}", event.certificate),
        cause: format!("certificate-issued {}", event.certificate),
    };
    tell(app, event.person, news).await
}

/// Tells the person that there is a seat for them, unless it is given up already.
///
/// # Errors
/// As the database.
pub async fn on_seat_placed(app: &App, event: &SeatPlaced) -> Result<(), Problem> {
    let place = enrolment::place_of(app.db(), event.enrolment).await?;
    if place.state != EnrolmentState::Confirmed {
        return Ok(());
    }
    let news = News {
        stem: "seat",
        kind: "enrolment/seat-placed",
        title: &place.title,
        path: format!("/activities/{}", event.activity),
        cause: format!("seat-placed {}", event.enrolment),
    };
    tell(app, event.person, news).await
}

/// Tells the person where they stand on the reserve list, unless they have moved up already.
///
/// # Errors
/// As the database.
pub async fn on_reserve_placed(app: &App, event: &ReservePlaced) -> Result<(), Problem> {
    let place = enrolment::place_of(app.db(), event.enrolment).await?;
    let Some(position) = place.position else { return Ok(()) };
    let news = News {
        stem: "reserve",
        kind: "enrolment/reserve-placed",
        title: &place.title,
        path: format!("/activities/{}/roster", event.activity),
        cause: format!("reserve-placed {}", event.enrolment),
    };
    tell_with(app, event.person, news, &[("position", &position.to_string())]).await
}

/// Tells the person that the nomination was declined.
///
/// # Errors
/// As the database.
pub async fn on_enrolment_declined(app: &App, event: &EnrolmentDeclined) -> Result<(), Problem> {
    let place = enrolment::place_of(app.db(), event.enrolment).await?;
    let news = News {
        stem: "declined",
        kind: "enrolment/declined",
        title: &place.title,
        path: format!("/activities/{}/roster", event.activity),
        cause: format!("enrolment-declined {}", event.enrolment),
    };
    tell(app, event.person, news).await
}

/// Tells the person that somebody else withdrew them.
///
/// # Errors
/// As the database.
pub async fn on_enrolment_withdrawn(app: &App, event: &EnrolmentWithdrawn) -> Result<(), Problem> {
    if event.by_self {
        return Ok(());
    }
    let place = enrolment::place_of(app.db(), event.enrolment).await?;
    let news = News {
        stem: "withdrawn",
        kind: "enrolment/withdrawn",
        title: &place.title,
        path: format!("/activities/{}/roster", event.activity),
        cause: format!("enrolment-withdrawn {}", event.enrolment),
    };
    tell(app, event.person, news).await
}

/// Tells everybody who was in the activity that it does not take place.
///
/// # Errors
/// As the database.
pub async fn on_enrolment_cancelled(app: &App, event: &EnrolmentCancelled) -> Result<(), Problem> {
    let place = enrolment::place_of(app.db(), event.enrolment).await?;
    let news = News {
        stem: "cancelled",
        kind: "enrolment/cancelled",
        title: &place.title,
        path: format!("/activities/{}", event.activity),
        cause: format!("enrolment-cancelled {}", event.enrolment),
    };
    tell(app, event.person, news).await
}

/// Tells everybody who holds a seat that the activity is postponed and the seat is kept.
///
/// # Errors
/// As the database.
pub async fn on_activity_postponed(app: &App, event: &ActivityPostponed) -> Result<(), Problem> {
    let activity = scheduling::activity_facts(app.db(), event.activity).await?;
    let first_day = activity.starts_at.map_or_else(String::new, |at| at.date_naive().to_string());
    for participant in enrolment::participants(app.db(), event.activity).await? {
        let news = News {
            stem: "postponed",
            kind: "scheduling/activity-postponed",
            title: &activity.title,
            path: format!("/activities/{}", event.activity),
            // Postponed again later is another cause.
            cause: format!("activity-postponed {} {first_day}", participant.enrolment_id),
        };
        tell(app, participant.person_id, news).await?;
    }
    Ok(())
}

/// A link to be sent, as identity leaves it.
#[derive(Deserialize)]
struct LinkWanted {
    email: String,
    purpose: String,
    url: String,
    language: String,
}

/// Sends the one-time link that identity made. The text is forgotten once it was sent.
///
/// # Errors
/// As the database.
pub async fn send_link(app: &App, payload: Value) -> Result<(), Problem> {
    let wanted: LinkWanted = serde_json::from_value(payload).map_err(Problem::internal)?;
    let tx = Permit::system("notification").begin(app).await?;
    let language = if speaks(&wanted.language) { wanted.language.as_str() } else { "en" };
    let letter = Letter {
        person: None,
        email: Some(&wanted.email),
        name: None,
        language,
        stem: if wanted.purpose == "invitation" { "invitation" } else { "password-reset" },
        kind: "identity/link-issued",
        title: "",
        facts: &[],
        link: &wanted.url,
        secret: true,
        // The link itself is the cause; only its hash is kept.
        cause: format!("link {}", hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&wanted.url))),
    };
    write(&tx, letter).await?;
    tx.commit(()).await
}

#[derive(Serialize, Deserialize)]
struct Delivery {
    message: MessageId,
}

/// Hands a message to the mail relay; a job. One that fails is tried again later and later, and parked when
/// its address is refused or it has been tried too often. A repeat goes out under the same message id.
///
/// # Errors
/// As the database.
pub async fn deliver(app: &App, payload: Value) -> Result<(), Problem> {
    let wanted: Delivery = serde_json::from_value(payload.clone()).map_err(Problem::internal)?;
    let found = message::Entity::find_by_id(wanted.message).one(app.db()).await?;
    let Some(row) = found.filter(|row| row.state == MessageState::Queued) else { return Ok(()) };
    let letter = Mail {
        to: row.email.as_deref().unwrap_or_default(),
        subject: &row.subject,
        body: &row.body,
        language: &row.language,
        message_id: &row.message_id,
        written_at: row.created_at,
    };
    let outcome = mail::send(app, &letter).await;
    let tx = Permit::system("notification").begin(app).await?;
    let mut after = row.clone();
    match outcome {
        Ok(Sent::NoRelay) => {
            tx.later("notification::deliver", payload, tx.now() + Duration::minutes(RELAY_MINUTES), None).await?;
            return tx.commit(()).await;
        }
        Ok(Sent::Sent) => {
            after.attempts += 1;
            after.state = MessageState::Sent;
            after.sent_at = Some(tx.now());
            after.last_error = None;
        }
        Err(failure) => {
            // What the relay says may name the person; it is kept with the message, not logged.
            tracing::warn!(message = %row.id, refused = failure.refused, "a mail did not go");
            after.attempts += 1;
            after.last_error = Some(failure.what.chars().take(500).collect());
            match rules::after_failure(failure.refused, after.attempts) {
                Verdict::Park => after.state = MessageState::Parked,
                Verdict::Again(wait) => tx.later("notification::deliver", payload, tx.now() + wait, None).await?,
            }
        }
    }
    if after.secret && after.state != MessageState::Queued {
        after.body = String::new();
    }
    message::Entity::update(after.into_active_model().reset_all()).exec(&tx).await?;
    tx.commit(()).await
}

/// Parks all mail that waits: after a restore nobody knows whether it was sent.
///
/// # Errors
/// As the database.
pub async fn hold_everything(app: &App) -> Result<(), Problem> {
    let why = "restored from a backup: it may have been sent";
    let tx = Permit::system("restore").begin(app).await?;
    message::Entity::update_many()
        .filter(message::Column::State.eq(MessageState::Queued))
        .col_expr(message::Column::State, Expr::value(MessageState::Parked))
        .col_expr(message::Column::LastError, Expr::value(Some(why)))
        .exec(&tx)
        .await?;
    tx.give_up_jobs("notification", why).await?;
    tx.commit(()).await
}

/// Messages to oneself, newest first.
///
/// # Errors
/// 400 for a bad limit or cursor
pub async fn messages(
    app: &App,
    actor: &Actor,
    limit: Option<u64>,
    cursor: Option<&str>,
) -> Result<ListPage<MessageView>, Problem> {
    let list = format!("messages {}", actor.person);
    let request: PageRequest<MessageId> = PageRequest::read(app, &list, limit, cursor)?;
    let mut query = message::Entity::find().filter(message::Column::PersonId.eq(actor.person));
    if let Some(id) = &request.after {
        query = query.filter(message::Column::Id.lt(*id));
    }
    let rows = query.order_by_desc(message::Column::Id).limit(request.limit + 1).all(app.db()).await?;
    let view = |row: message::Model| MessageView {
        id: row.id,
        kind: row.kind,
        subject: row.subject,
        body: (!row.secret).then_some(row.body),
        language: row.language,
        state: row.state,
        created_at: row.created_at,
        sent_at: row.sent_at,
    };
    Ok(request.page(app, &list, rows, |row| row.id, view))
}
