//! Every page there is: by clicking, in four languages, without scripts, by keyboard, on a phone, on paper.

use rstest::rstest;
use serde_json::json;
use std::collections::BTreeMap;
use tests::browser::{Browser, PHONE};
use tests::demo::DemoHouse;
use thirtyfour::Key;

/// A path with what differs between things of a kind left out.
fn kind(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let is_name = |part: &str| part.len() > 20 || part.chars().any(|c| c.is_ascii_digit() || c.is_ascii_uppercase());
    path.split('/').map(|part| if is_name(part) { "one" } else { part }).collect::<Vec<_>>().join("/")
}

/// What a page leads to, files left out.
const LINKS: &str = "return [...document.querySelectorAll('a[href]:not([download])')].map((a) => a.href)
    .filter((href) => href.startsWith(location.origin)).map((href) => href.slice(location.origin.length))";

/// Leads to a file or out of the person's pages.
fn is_no_page(path: &str) -> bool {
    ["/api/", "/language/", "/static/"].iter().any(|start| path.starts_with(start))
        || ["document", ".ics", ".csv", ".xlsx", ".pdf", "format="].iter().any(|word| path.contains(word))
}

/// A person clicks whatever can be clicked; every kind of page is met once, at both widths.
#[rstest]
#[case("participant")]
#[case("manager")]
#[case("coordinator")]
#[case("trainer")]
#[case("certification_officer")]
#[case("administrator")]
#[case("auditor")]
#[tokio::test]
async fn every_page_a_person_can_click_to_is_sound(#[case] role: &str) {
    let house = DemoHouse::shared();
    let browser = Browser::open(house).await;
    let (email, password) = house.account(role);
    browser.sign_in(email, password).await;
    let mut ahead: Vec<String> = vec!["/".into()];
    let mut met: BTreeMap<String, String> = BTreeMap::new();

    while let Some(path) = ahead.pop() {
        if met.contains_key(&kind(&path)) || is_no_page(&path) {
            continue;
        }
        browser.go(&path).await;
        browser.portrait(&format!("{role}{}", kind(&path).replace('/', "-"))).await;
        met.insert(kind(&path), path);
        let links = browser.run(LINKS, vec![]).await;
        ahead.extend(links.as_array().into_iter().flatten().filter_map(|link| link.as_str()).map(str::to_owned));
    }

    assert!(met.len() >= 6, "{met:?}");
    browser.quit().await;
}

#[tokio::test]
async fn the_language_is_switched_on_every_page_and_kept() {
    let house = DemoHouse::shared();
    let browser = Browser::open(house).await;
    let (email, password) = house.account("manager");
    browser.sign_in(email, password).await;
    let mut seen = Vec::new();

    for (code, name, current) in [
        ("lv", "Latviešu", "English"),
        ("be", "Беларуская", "Latviešu"),
        ("ru", "Русский", "Беларуская"),
        ("en", "English", "Русский"),
    ] {
        browser.go("/reports").await;
        let script = "const [name] = arguments; [...document.querySelectorAll('.site-header summary')].find((s) => s.textContent.includes(name)).click()";
        browser.run(script, vec![json!(current)]).await;
        browser.press("link", name).await;
        assert_eq!(browser.path().await, "/reports");
        for path in [
            "/",
            "/reports",
            "/programme",
            "/frameworks",
            "/recommendations",
            "/certificates",
            "/schemes",
            "/activities",
            "/catalogue",
            "/assessments",
        ] {
            browser.go(path).await;
            assert_eq!(browser.run("return document.documentElement.lang", vec![]).await, code);
            if path == "/" || path == "/programme" || path == "/reports" {
                browser.portrait(&format!("{code}{}", path.replace('/', "-"))).await;
            }
        }
        seen.push(browser.run("return document.querySelector('h1').textContent", vec![]).await);
    }

    seen.dedup();
    assert_eq!(seen.len(), 4, "{seen:?}");
    browser.quit().await;
}

#[tokio::test]
async fn everything_works_without_scripts() {
    let house = DemoHouse::shared();
    let mut browser = Browser::open(house).await;
    browser.without_scripts().await;
    let (email, password) = house.account("coordinator");

    browser.sign_in(email, password).await;

    for path in
        ["/", "/programme", "/frameworks", "/recommendations", "/certificates", "/reports", "/activities", "/people"]
    {
        browser.go(path).await;
    }
    browser.width(PHONE).await;
    browser.press("button", "Menu").await;
    browser.press("link", "Reports").await;
    assert_eq!(browser.path().await, "/reports");
    browser.press("button", "Account").await;
    browser.press("button", "Sign out").await;
    assert_eq!(browser.path().await, "/sign-in");
    browser.go("/reports").await;
    assert_eq!(browser.path().await, "/sign-in?back=%2Freports");
    browser.quit().await;
}

#[tokio::test]
async fn the_keyboard_alone_is_enough() {
    let house = DemoHouse::shared();
    let browser = Browser::open(house).await;
    browser.go("/sign-in").await;
    let (email, password) = house.account("manager");

    browser.the("textbox", "E-mail").await.focus().await.expect("focused");
    browser.keys(email).await;
    browser.keys(Key::Tab).await;
    browser.keys(password).await;
    browser.keys(Key::Enter).await;
    browser.wait_for("home", "return location.pathname === '/'").await;
    browser.inspect().await;

    browser.go("/reports").await;
    browser.keys(Key::Tab).await;
    assert_eq!(browser.focused().await, "Skip to the content");
    browser.picture("keyboard-skip", 1280).await;
    browser.keys(Key::Enter).await;
    assert_eq!(browser.run("return document.activeElement.id", vec![]).await, "main");
    browser.go("/reports").await;
    for _ in 0..3 {
        browser.keys(Key::Tab).await;
    }
    assert!(browser.focused().await.starts_with("Language"), "{}", browser.focused().await);
    browser.keys(Key::Enter).await;
    let open = "return document.activeElement.closest('details').open";
    assert_eq!(browser.run(open, vec![]).await, true);
    browser.keys(Key::Escape).await;
    assert_eq!(browser.run(open, vec![]).await, false);
    assert!(browser.focused().await.starts_with("Language"), "the focus stays where it was");
    browser.quit().await;
}

#[tokio::test]
async fn anybody_checks_a_certificate_and_learns_nothing_else() {
    let house = DemoHouse::shared();
    let officer = Browser::open(house).await;
    let (email, password) = house.account("certification_officer");
    officer.sign_in(email, password).await;
    officer.go("/certificates").await;
    let first = "return document.querySelector('main a[href^=\"/certificates/\"]').getAttribute('href')";
    let certificate = officer.run(first, vec![]).await;
    officer.go(certificate.as_str().expect("a certificate")).await;
    let address = officer.run("return document.querySelector('a[href*=\"/verify/\"]').href", vec![]).await;
    let address = address.as_str().expect("an address").to_owned();
    let paper = officer.print().await;
    assert!(paper.starts_with(b"%PDF"), "it prints");
    officer.quit().await;
    let number = address.rsplit('/').next().expect("a number");

    let anybody = Browser::open(house).await;
    anybody.go("/verify").await;
    anybody.portrait("public-verify").await;
    anybody.fill("Number of the certificate", number).await;
    anybody.press("button", "Verify").await;
    anybody.sees("This certificate is genuine and valid").await;

    anybody.portrait("public-verified").await;
    assert!(!anybody.text().await.contains('@'), "an address is private");
    anybody.go("/verify/AAAABBBBCCCCDDDDEEEEFFFFGGGG").await;
    anybody.portrait("public-unknown").await;
    anybody.quit().await;
}

#[tokio::test]
async fn what_is_not_there_is_said_kindly() {
    let house = DemoHouse::shared();
    let browser = Browser::open(house).await;
    let (email, password) = house.account("participant");
    browser.sign_in(email, password).await;

    browser.go("/no/such/page").await;

    browser.portrait("error-404").await;
    browser.go("/audit").await;
    browser.portrait("error-403").await;
    browser.go("/").await;
    browser.quit().await;
}

#[tokio::test]
async fn pages_print_without_the_furniture() {
    let house = DemoHouse::shared();
    let browser = Browser::open(house).await;
    let (email, password) = house.account("manager");
    browser.sign_in(email, password).await;

    for path in ["/reports", "/programme", "/certificates"] {
        browser.go(path).await;
        let paper = browser.print().await;
        assert!(paper.starts_with(b"%PDF") && paper.len() > 5_000, "{path}: {} bytes", paper.len());
        browser.on_paper(true).await;
        let shown = "return [...document.querySelectorAll('.site-header details, .site-nav, .phone-nav, .page-actions a')].filter((e) => e.checkVisibility()).length";
        assert_eq!(browser.run(shown, vec![]).await, 0, "{path} prints its navigation");
        browser.picture(&format!("print{}", path.replace('/', "-")), 794).await;
        browser.on_paper(false).await;
        browser.width(1280).await;
    }
    browser.quit().await;
}
