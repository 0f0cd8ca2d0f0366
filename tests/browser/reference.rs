//! The reference of the API draws itself from this server alone.

use tests::browser::Browser;
use tests::demo::DemoHouse;

#[tokio::test]
async fn the_reference_draws_itself_and_shows_an_operation() {
    let browser = Browser::open(DemoHouse::shared()).await;

    browser.go_unread("/api/docs").await;
    browser.wait_for("operation", "return document.querySelectorAll('.opblock').length > 0").await;

    browser.asked_no_other_host().await;
    browser.sees("RFC 9457").await;
    browser.picture("reference", tests::browser::DESK).await;
    browser.run("document.querySelector('#operations-Session-signIn button').click()", vec![]).await;
    browser.wait_for("example", "return document.body.innerText.includes('anna.paraudzina@example.org')").await;
    browser.quiet("/api/docs").await;
    browser.quit().await;
}
