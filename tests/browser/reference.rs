//! The reference of the API draws itself from this server alone.

use tests::browser::Browser;
use tests::demo::DemoHouse;

#[tokio::test]
async fn the_reference_draws_itself_and_shows_an_operation() {
    let browser = Browser::open(DemoHouse::shared()).await;

    browser.go_unread("/api/docs#/Session/signIn").await;
    browser.wait_for("the operation", "return document.querySelector('#operations-Session-signIn') !== null").await;

    browser.asked_no_other_host().await;
    browser.sees("RFC 9457").await;
    browser.picture("reference", tests::browser::DESK).await;
    browser.wait_for("example", "return document.body.innerText.includes('anna.paraudzina@example.org')").await;
    browser.quiet("/api/docs").await;
    browser.quit().await;
}
