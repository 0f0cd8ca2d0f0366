//! A browser that is led the way a person goes: by role and accessible name. Every page it comes to is
//! inspected: axe finds nothing, the console is silent, nothing is asked of another host, nothing is wider
//! than the window, no text is missing in the language.

use crate::database::variable;
use crate::demo::DemoHouse;
use base64::Engine as _;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::Duration;
use thirtyfour::common::capabilities::chromium::ChromiumLikeCapabilities;
use thirtyfour::prelude::*;

/// The width of a phone.
pub const PHONE: u32 = 390;
/// The width of a desk.
pub const DESK: u32 = 1280;

/// Rules of axe that every page keeps.
const RULES: &[&str] = &["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const ROLES: &str = r#"
const [role, path] = arguments;
const [name, group] = path.split(" › ").reverse();
const kinds = {
  link: "a[href]", button: "button, input[type=submit], summary", heading: "h1, h2, h3",
  textbox: "textarea, input:not([type=checkbox]):not([type=radio]):not([type=hidden]):not([type=submit])",
  combobox: "select", checkbox: "input[type=checkbox]", radio: "input[type=radio]", region: "section, nav, form, table",
};
const tidy = (text) => (text ?? "").replace(/\s+/g, " ").trim();
const byIds = (ids) => (ids ?? "").split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
const nameOf = (element) => tidy(element.getAttribute("aria-label"))
  || tidy(byIds(element.getAttribute("aria-labelledby")))
  || tidy([...(element.labels ?? [])].map((label) => label.textContent).join(" "))
  || tidy(element.tagName === "INPUT" ? element.value : element.textContent);
const seen = (element) => element.checkVisibility({ visibilityProperty: true }) || element.type === "radio" || element.type === "checkbox";
const grouped = (element) => !group || tidy(element.closest("fieldset")?.querySelector("legend")?.textContent) === group;
const all = [...document.querySelectorAll(kinds[role])].filter(seen).filter(grouped);
return all.find((element) => nameOf(element) === name) ?? all.find((element) => nameOf(element).startsWith(name)) ?? null;
"#;

const WORDS: &str = r"
const walk = document.createTreeWalker(document.querySelector('main') ?? document.body, NodeFilter.SHOW_TEXT);
const found = [];
while (walk.nextNode()) {
  const text = walk.currentNode.textContent.trim();
  if (/^[a-z]+(-[a-z0-9]+)+$/.test(text) && !walk.currentNode.parentElement.closest('code, [translate=no], .mono')) found.push(text);
}
return found;
";

/// A browser of one person.
pub struct Browser {
    driver: WebDriver,
    base: String,
    scripted: bool,
}

impl Browser {
    /// A fresh browser at the demonstration.
    pub async fn open(house: &DemoHouse) -> Self {
        Self::at(&house.base).await
    }

    /// A fresh browser at an address (`http://127.0.0.1:…`), as wide as a desk.
    pub async fn at(base: &str) -> Self {
        let mut options = DesiredCapabilities::chrome();
        if let Some(binary) = variable("WAYMARK_TEST_BROWSER") {
            options.set_binary(&binary).expect("an option");
        }
        options.add_arg("--lang=en").expect("an option");
        options.add_arg("--force-prefers-reduced-motion").expect("an option");
        options.set("goog:loggingPrefs", json!({ "browser": "ALL", "performance": "ALL" })).expect("an option");
        let server = variable("WAYMARK_TEST_WEBDRIVER");
        let server = server.expect("WAYMARK_TEST_WEBDRIVER names a driver; `tests/run` brings one up");
        let driver = WebDriver::new(&server, options).await.expect("a browser");
        driver.set_script_timeout(Duration::from_mins(1)).await.expect("set");
        let browser = Self { driver, base: base.to_owned(), scripted: true };
        browser.width(DESK).await;
        browser
    }

    /// Closes it.
    pub async fn quit(self) {
        self.driver.quit().await.expect("closed");
    }

    /// Turns scripts of pages off.
    pub async fn without_scripts(&mut self) {
        self.cdp("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
        self.scripted = false;
    }

    /// Makes the window so wide.
    pub async fn width(&self, width: u32) {
        let size = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.cdp("Emulation.setDeviceMetricsOverride", size).await;
    }

    async fn cdp(&self, method: &str, parameters: Value) -> Value {
        self.driver.cdp().send_raw(method, parameters).await.unwrap_or_else(|e| panic!("{method}: {e}"))
    }

    /// Goes to a path and inspects the page.
    pub async fn go(&self, path: &str) {
        self.driver.goto(format!("{}{path}", self.base)).await.unwrap_or_else(|e| panic!("{path}: {e}"));
        self.inspect().await;
    }

    /// Goes to a path; for pages that are somebody else's work inside.
    pub async fn go_unread(&self, path: &str) {
        self.driver.goto(format!("{}{path}", self.base)).await.unwrap_or_else(|e| panic!("{path}: {e}"));
    }

    /// Waits until a script gives `true`, ten seconds at most.
    pub async fn wait_for(&self, what: &str, script: &str) {
        for _ in 0..100 {
            if self.run(script, vec![]).await == true {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{what} did not come on {}:\n{}", self.path().await, self.text().await);
    }

    /// Shows the page as it is printed, or as on a screen again.
    pub async fn on_paper(&self, yes: bool) {
        self.cdp("Emulation.setEmulatedMedia", json!({ "media": if yes { "print" } else { "" } })).await;
    }

    /// Where the browser is.
    pub async fn path(&self) -> String {
        let url = self.driver.current_url().await.expect("an address");
        url.as_str().trim_start_matches(&self.base).to_owned()
    }

    /// What a script gives.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        let given = self.driver.execute(script, arguments).await.unwrap_or_else(|e| panic!("{script}: {e}"));
        given.json().clone()
    }

    /// The element of a role with a name, or one whose name begins so; `Session 1 › Title` is the one within
    /// the group called `Session 1`.
    pub async fn find(&self, role: &str, name: &str) -> Option<WebElement> {
        let found = self.driver.execute(ROLES, vec![json!(role), json!(name)]).await.expect("the search runs");
        if found.json().is_null() { None } else { found.element().ok() }
    }

    /// As [`Browser::find`]; fails with the page's text when there is none.
    pub async fn the(&self, role: &str, name: &str) -> WebElement {
        match self.find(role, name).await {
            Some(element) => element,
            None => panic!("no {role} `{name}` on {}:\n{}", self.path().await, self.text().await),
        }
    }

    /// Clicks a link or button and inspects the page that follows.
    pub async fn press(&self, role: &str, name: &str) {
        self.the(role, name).await.click().await.unwrap_or_else(|e| panic!("{role} `{name}`: {e}"));
        self.inspect().await;
    }

    /// Fills in a field.
    pub async fn fill(&self, label: &str, text: &str) {
        let field = self.the("textbox", label).await;
        let kind = field.attr("type").await.expect("read").unwrap_or_default();
        if matches!(kind.as_str(), "date" | "time" | "datetime-local" | "number") {
            // How such a field is typed differs by the browser's language.
            let script = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('change', { bubbles: true }));";
            let arguments = vec![field.to_json().expect("an element"), json!(text)];
            self.driver.execute(script, arguments).await.expect("filled in");
        } else {
            field.clear().await.expect("cleared");
            field.send_keys(text).await.unwrap_or_else(|e| panic!("`{label}`: {e}"));
        }
    }

    /// Chooses an option of a list by its text, or by the beginning of it.
    pub async fn choose(&self, label: &str, option: &str) {
        let list = self.the("combobox", label).await;
        let script = "const [list, text] = arguments; const tidy = (o) => o.textContent.replace(/\\s+/g, ' ').trim();
            const options = [...list.options]; const found = options.find((o) => tidy(o) === text) ?? options.find((o) => tidy(o).startsWith(text));
            if (!found) return options.map(tidy).join(' | '); list.value = found.value; list.dispatchEvent(new Event('change', { bubbles: true })); return null;";
        let missed = self.run(script, vec![list.to_json().expect("an element"), json!(option)]).await;
        assert!(missed.is_null(), "`{label}` has no `{option}`: {missed}");
    }

    /// Ticks a box or chooses a radio button.
    pub async fn tick(&self, role: &str, label: &str) {
        let field = self.the(role, label).await;
        if !field.is_selected().await.expect("read") {
            // The words are the target; the box itself may be drawn small.
            let script = "(arguments[0].labels[0] ?? arguments[0]).click()";
            self.driver.execute(script, vec![field.to_json().expect("an element")]).await.expect("clicked");
        }
    }

    /// Types keys at wherever the focus is.
    pub async fn keys(&self, keys: impl Into<thirtyfour::TypingData>) {
        let focused = self.driver.active_element().await.expect("something has the focus");
        focused.send_keys(keys).await.expect("typed");
    }

    /// The text of what has the focus.
    pub async fn focused(&self) -> String {
        let script = "const e = document.activeElement; return (e.getAttribute('aria-label') || e.textContent || e.id).replace(/\\s+/g, ' ').trim()";
        self.run(script, vec![]).await.as_str().unwrap_or_default().to_owned()
    }

    /// The text of the page as it is seen.
    pub async fn text(&self) -> String {
        self.run("return document.body.innerText", vec![]).await.as_str().unwrap_or_default().to_owned()
    }

    /// Fails unless the page shows a text.
    pub async fn sees(&self, text: &str) {
        let page = self.text().await;
        assert!(page.contains(text), "`{text}` is not on {}:\n{page}", self.path().await);
    }

    /// Signs in through the form.
    pub async fn sign_in(&self, email: &str, password: &str) {
        self.go("/sign-in").await;
        self.fill("E-mail", email).await;
        self.fill("Password", password).await;
        self.press("button", "Sign in").await;
        assert!(!self.path().await.starts_with("/sign-in"), "{email} was not signed in:\n{}", self.text().await);
    }

    /// Holds the page against what every page must be.
    pub async fn inspect(&self) {
        let path = self.path().await;
        self.quiet(&path).await;
        self.asked_no_other_host().await;
        let shape = self.run(
            "const d = document; return { lang: d.documentElement.lang, title: d.title, headings: d.querySelectorAll('h1').length, \
             name: d.querySelector('h1')?.textContent.trim(), wide: Math.max(d.documentElement.scrollWidth, d.body.scrollWidth) - d.documentElement.clientWidth }",
            vec![],
        );
        let shape = shape.await;
        assert_eq!(shape["headings"], 1, "{path}: {shape}");
        assert!(shape["lang"].as_str().is_some_and(|l| l.len() == 2), "{path}: {shape}");
        assert!(shape["name"].as_str().is_some_and(|t| !t.is_empty()), "{path}: {shape}");
        assert!(shape["wide"].as_i64().is_some_and(|more| more <= 1), "{path} is wider than the window: {shape}");
        let keys = self.run(WORDS, vec![]).await;
        assert_eq!(keys, json!([]), "{path} shows names of texts");
        self.axe(&path).await;
    }

    /// Fails when the console has said anything, a refusal of the content security policy included. That
    /// an error page has the status of an error is nothing to say.
    pub async fn quiet(&self, path: &str) {
        let log = self.driver.browser_log().await.expect("a log");
        let expected = |message: &str| message.contains("Failed to load resource") && message.contains(&self.base);
        let said = log.iter().filter(|e| e.level != "DEBUG" && e.level != "INFO" && !expected(&e.message));
        let said: Vec<_> = said.map(|entry| &entry.message).collect();
        assert!(said.is_empty(), "{path}: the console says {said:?}");
    }

    /// Fails when something was asked of another host.
    pub async fn asked_no_other_host(&self) {
        let path = self.path().await;
        let events = self.driver.get_log("performance").await.expect("a log");
        for event in events.iter().filter(|event| event.message.contains("Network.requestWillBeSent\"")) {
            let event: Value = serde_json::from_str(&event.message).expect("an event");
            let url = event["message"]["params"]["request"]["url"].as_str().unwrap_or_default();
            let own = url.starts_with(&self.base) || url.starts_with("data:") || url.starts_with("about:");
            assert!(own || url.starts_with("chrome"), "{path} asks {url}");
        }
    }

    async fn axe(&self, path: &str) {
        let tools = variable("WAYMARK_TEST_TOOLS")
            .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/tools")), PathBuf::from);
        let source = tools.join("node_modules/axe-core/axe.min.js");
        let source = std::fs::read_to_string(&source).expect("axe is installed; `tests/run` installs it");
        if !self.scripted {
            self.cdp("Emulation.setScriptExecutionDisabled", json!({ "value": false })).await;
        }
        self.driver.execute(source, vec![]).await.expect("axe loads");
        let script = "const [rules, done] = arguments; axe.run(document, { runOnly: rules, resultTypes: ['violations'] }).then(
            (found) => done(found.violations.map((v) => `${v.id}: ${v.help}: ` + v.nodes.map((n) => n.html + ' ' + n.failureSummary).join('; '))),
            (error) => done([String(error)]))";
        let found = self.driver.execute_async(script, vec![json!(RULES)]).await.expect("axe runs");
        let found: Vec<String> = found.convert().expect("a list");
        if !self.scripted {
            self.cdp("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
        }
        assert!(found.is_empty(), "{path}: axe finds\n{}", found.join("\n"));
    }

    /// Takes a picture of the whole page at a width: `target/screenshots/<name>-<width>.png`.
    pub async fn picture(&self, name: &str, width: u32) {
        self.width(width).await;
        let metrics = self.cdp("Page.getLayoutMetrics", json!({})).await;
        let height = metrics["cssContentSize"]["height"].as_f64().unwrap_or(900.0).clamp(900.0, 6000.0);
        let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 1 });
        let shot = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let shot = self.cdp("Page.captureScreenshot", shot).await;
        let bytes = base64_bytes(shot["data"].as_str().expect("a picture"));
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/screenshots");
        std::fs::create_dir_all(folder).expect("a folder");
        std::fs::write(format!("{folder}/{name}-{width}.png"), bytes).expect("written");
    }

    /// Inspects the page as a phone shows it, and takes pictures of both.
    pub async fn portrait(&self, name: &str) {
        self.picture(name, DESK).await;
        self.picture(name, PHONE).await;
        self.inspect().await;
        self.width(DESK).await;
    }

    /// The page as a PDF.
    pub async fn print(&self) -> Vec<u8> {
        let printed = self.cdp("Page.printToPDF", json!({ "paperWidth": 8.27, "paperHeight": 11.69 })).await;
        base64_bytes(printed["data"].as_str().expect("a document"))
    }

    /// Whether scripts run on pages.
    #[must_use]
    pub fn is_scripted(&self) -> bool {
        self.scripted
    }
}

fn base64_bytes(text: &str) -> Vec<u8> {
    base64::engine::general_purpose::STANDARD.decode(text).expect("the driver writes base64")
}
