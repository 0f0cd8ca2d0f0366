//! A generated client signs in, reads, writes, and gets problems as values.

use tests::house::PASSWORD;
use tests::{Backend, TestHouse};
use waymark_client::types::{Credentials, LanguageChoice};
use waymark_client::{Client, Error};

fn credentials(email: &str, password: &str) -> Credentials {
    Credentials { email: email.parse().expect("short"), password: password.parse().expect("short"), code: None }
}

#[tokio::test]
async fn the_generated_rust_client_signs_in_reads_and_writes() {
    let house = TestHouse::new(Backend::Sqlite).await;
    let anna = house.participant().await;

    let session = Client::new(&house.base)
        .sign_in()
        .body(credentials(&anna.email, PASSWORD))
        .send()
        .await
        .expect("signed in")
        .into_inner();

    let bearer = format!("Bearer {}", session.token).parse().expect("a header");
    let http =
        reqwest::Client::builder().default_headers([(reqwest::header::AUTHORIZATION, bearer)].into_iter().collect());
    let client = Client::new_with_client(&house.base, http.build().expect("a client"));
    let me = client.me().send().await.expect("read").into_inner();
    assert_eq!((me.name.as_str(), me.person_id.to_string()), (session.me.name.as_str(), anna.person.clone()));
    let choice = LanguageChoice { language: "lv".parse().expect("a language") };
    client.choose_language().body(choice).send().await.expect("changed");
    assert_eq!(client.me().send().await.expect("read").language.as_deref(), Some("lv"));
}

#[tokio::test]
async fn the_generated_rust_client_gives_problems_as_values() {
    let house = TestHouse::new(Backend::Sqlite).await;
    let anna = house.participant().await;

    let refused = Client::new(&house.base).sign_in().body(credentials(&anna.email, "not this one")).send().await;

    let Err(Error::ErrorResponse(problem)) = refused else { panic!("expected a problem, got {refused:?}") };
    assert_eq!((problem.status().as_u16(), problem.code.as_str()), (401, "identity/wrong-credentials"));
}
