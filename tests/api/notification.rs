//! The outbox: what is told, once, in whose language, and what happens when mail does not go.

use api::certification::CertificateIssued;
use api::identity::Permit;
use api::platform::App;
use chrono::Duration;
use entity::notification::{MessageState, message};
use rstest::rstest;
use sea_orm::EntityTrait;
use serde_json::json;
use tests::smtp::{MailServer, Mood};
use tests::{Backend, Client, TestHouse};

async fn house(backend: Backend) -> (TestHouse, MailServer) {
    let mail = MailServer::start().await;
    let settings = [("smtp_url", mail.url.as_str()), ("public_url", "http://waymark.test:8080")];
    (TestHouse::with(backend, &settings).await, mail)
}

fn event(client: &Client) -> CertificateIssued {
    CertificateIssued {
        certificate: uuid::Uuid::from_u128(7).into(),
        person: client.person.parse().expect("an id"),
        scheme: uuid::Uuid::from_u128(8).into(),
    }
}

async fn hear(app: &App, client: &Client) {
    api::notification::on_certificate_issued(app, &event(client)).await.expect("heard");
}

async fn only_message(app: &App) -> message::Model {
    let mut rows = message::Entity::find().all(app.db()).await.expect("rows");
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

#[rstest]
#[tokio::test]
async fn a_person_hears_once_in_their_language(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let (house, mail) = house(backend).await;
    let anna = house.participant().await;

    hear(&house.app, &anna).await;
    hear(&house.app, &anna).await;
    house.drain().await;

    let taken = mail.taken();
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].to, anna.email);
    let row = only_message(&house.app).await;
    assert!(taken[0].text.contains(&format!("Message-ID: {}", row.message_id)), "{}", taken[0].text);
    assert!(taken[0].text.contains("Auto-Submitted: auto-generated"));
    assert_eq!(row.subject, "Jums ir izsniegts sertifikāts");
    assert!(row.body.contains("http://waymark.test:8080/certificates/"), "{}", row.body);
    let own = anna.get("/api/v1/me/messages").await.expect(200);
    assert_eq!(own["items"][0]["state"], "sent");
    let stranger = house.stranger().await;
    assert_eq!(stranger.get("/api/v1/me/messages").await.expect(200)["items"], json!([]));
    assert!(anna.get("/messages").await.text().contains("izsniegts"));
}

#[rstest]
#[tokio::test]
async fn nothing_is_sent_for_a_change_that_was_rolled_back(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let (house, mail) = house(backend).await;
    let anna = house.participant().await;

    let tx = Permit::system("test").begin(&house.app).await.expect("a transaction");
    tx.emit(&event(&anna)).await.expect("told");
    drop(tx);
    house.drain().await;

    assert!(mail.taken().is_empty());
    assert!(message::Entity::find().all(house.app.db()).await.expect("rows").is_empty());
}

#[rstest]
#[tokio::test]
async fn a_busy_relay_is_tried_again_under_the_same_message_id(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let (house, mail) = house(backend).await;
    let anna = house.participant().await;
    mail.be(Mood::Busy);

    hear(&house.app, &anna).await;
    house.drain().await;
    let waiting = only_message(&house.app).await;
    assert_eq!((waiting.state, waiting.attempts), (MessageState::Queued, 1));
    mail.be(Mood::Kind);
    house.drain().await;
    assert!(mail.taken().is_empty(), "not before its time");
    house.clock_advance(Duration::seconds(31));
    house.drain().await;

    let sent = only_message(&house.app).await;
    assert_eq!((sent.state, sent.message_id), (MessageState::Sent, waiting.message_id));
    assert_eq!(mail.taken().len(), 1);
}

#[rstest]
#[tokio::test]
async fn a_bad_address_is_parked(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let (house, mail) = house(backend).await;
    let anna = house.participant().await;
    mail.be(Mood::Refusing);

    hear(&house.app, &anna).await;
    for _ in 0..5 {
        house.drain().await;
        house.clock_advance(Duration::hours(1));
    }

    let parked = only_message(&house.app).await;
    assert_eq!((parked.state, parked.attempts), (MessageState::Parked, 3));
    assert!(parked.last_error.expect("a reason").contains("no such person"));
}

#[rstest]
#[tokio::test]
async fn without_a_relay_mail_waits(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let anna = house.participant().await;

    hear(&house.app, &anna).await;
    house.drain().await;

    let waiting = only_message(&house.app).await;
    assert_eq!((waiting.state, waiting.attempts), (MessageState::Queued, 0));
}

#[rstest]
#[tokio::test]
async fn a_link_is_sent_and_then_forgotten(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let (house, mail) = house(backend).await;
    let link = "http://waymark.test:8080/links/s3cret";
    let wanted = json!({"email": "new@example.org", "purpose": "invitation", "url": link, "language": "en"});

    api::notification::send_link(&house.app, wanted).await.expect("left");
    house.drain().await;

    let taken = mail.taken();
    assert_eq!(taken[0].to, "new@example.org");
    assert!(taken[0].text.contains(link), "{}", taken[0].text);
    let kept = only_message(&house.app).await;
    assert_eq!(kept.body, "");
    assert!(!kept.dedup_key.contains("s3cret"));
}
