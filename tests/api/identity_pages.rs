//! The pages of people, accounts and settings, as a browser uses them: cookies, forms, and their token.

use chrono::{Days, Duration};
use entity::identity::{Role, ScopeKind};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use rstest::rstest;
use serde_json::json;
use tests::house::PASSWORD;
use tests::smtp::MailServer;
use tests::{Answer, Backend, Client, TestHouse};

/// A browser: keeps cookies, knows the page it is on, sends the token of its forms.
struct Browser {
    client: Client,
    page: String,
}

impl Browser {
    fn new(house: &TestHouse) -> Self {
        let http = reqwest::Client::builder()
            .cookie_store(true)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        Self { client: Client { http, ..house.nobody() }, page: "/".to_owned() }
    }
    /// A browser in which somebody has signed in by the form.
    async fn of(house: &TestHouse, who: &Client) -> Self {
        let mut browser = Self::new(house);
        browser.sign_in(&who.email, PASSWORD, None).await.leads_to("/");
        browser
    }
    async fn sign_in(&mut self, email: &str, password: &str, code: Option<&str>) -> Shown {
        self.see("/sign-in").await.text(200);
        let mut fields = vec![("email", email), ("password", password), ("back", "/")];
        fields.extend(code.map(|code| ("code", code)));
        self.submit("/sign-in", &fields).await
    }
    async fn see(&mut self, path: &str) -> Shown {
        self.page = path.to_owned();
        Shown(self.client.get(path).await)
    }
    /// Sends a form of the page the browser is on, with its token.
    async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Shown {
        let token = self.token().await;
        let mut fields = fields.to_vec();
        fields.push(("_csrf", &token));
        let from = format!("{}{}", self.client.base, self.page);
        let request = self.client.request(Method::POST, path).header("referer", from).form(&fields);
        Shown(self.client.send(request).await)
    }
    async fn upload(&self, path: &str, fields: &[(&str, &str)], list: Option<&str>) -> Shown {
        let mut form = Form::new().text("_csrf", self.token().await);
        for (name, value) in fields {
            form = form.text((*name).to_owned(), (*value).to_owned());
        }
        if let Some(list) = list {
            form = form.part("file", Part::bytes(list.as_bytes().to_vec()).file_name("list.csv"));
        }
        Shown(self.client.send(self.client.request(Method::POST, path).multipart(form)).await)
    }
    /// The token of the forms: of the page the browser is on, or of one that always opens.
    async fn token(&self) -> String {
        for page in [self.page.as_str(), "/certificates"] {
            if let Some(token) = hidden(&self.client.get(page).await.text(), "_csrf") {
                return token;
            }
        }
        String::new()
    }
}

/// A page that was shown, or where it leads.
struct Shown(Answer);

impl Shown {
    #[track_caller]
    fn text(&self, status: u16) -> String {
        assert_eq!(self.0.status, status, "{} {}", self.0.header("location"), self.0.text());
        self.0.text()
    }
    #[track_caller]
    fn leads_to(&self, place: &str) {
        assert_eq!((self.0.status, self.0.header("location")), (303, place), "{}", self.0.text());
    }
    #[track_caller]
    fn leads_below(&self, place: &str) -> String {
        let location = self.0.header("location").to_owned();
        assert!(self.0.status == 303 && location.starts_with(place), "{location} {}", self.0.text());
        location
    }
}

fn hidden(page: &str, name: &str) -> Option<String> {
    let start = page.split(&format!("name=\"{name}\" value=\"")).nth(1)?;
    Some(start.split('"').next()?.to_owned())
}

fn unescaped(text: &str) -> String {
    text.replace("&#34;", "\"").replace("&#38;", "&").replace("&quot;", "\"").replace("&amp;", "&")
}

/// The list in the form of a plan, as a browser would send it.
fn list_in(page: &str) -> String {
    let start = page.split("<textarea name=\"list\"").nth(1).expect("a list");
    let inside = start.split_once(">\n").expect("its text").1;
    unescaped(inside.split("</textarea>").next().expect("its end"))
}

#[rstest]
#[tokio::test]
async fn people_sign_in_and_out_by_a_form(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let anna = house.participant().await;
    let mut browser = Browser::new(&house);

    browser.see("/account").await.leads_to("/sign-in?back=%2Faccount");
    let wrong = browser.sign_in(&anna.email, "some other long password", None).await.text(422);
    assert!(wrong.contains("role=\"alert\"") && wrong.contains(&anna.email), "{wrong}");
    house.clock_advance(Duration::seconds(5));
    browser.sign_in(&anna.email, PASSWORD, None).await.leads_to("/");
    let account = browser.see("/account").await.text(200);
    assert!(account.contains("Žanete") && account.contains(&anna.email), "{account}");
    browser.submit("/sign-out", &[]).await.leads_to("/sign-in");
    browser.see("/account").await.leads_to("/sign-in?back=%2Faccount");
}

#[rstest]
#[tokio::test]
async fn each_page_opens_to_whom_it_is_for(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let administrator = house.client(Role::Administrator).await;
    let auditor = house.client(Role::Auditor).await;
    let manager = house.manager().await;
    let participant = house.participant().await;
    let stranger = house.stranger().await;
    let mut nobody = Browser::new(&house);
    let unit = house.home.1;
    let own = format!("/people/{}", participant.person);
    let change = format!("{own}/change");
    let account = format!("/administration/accounts/{}", participant.account);
    let (unit_page, organisation) = (format!("/units/{unit}"), format!("/organisations/{}/change", house.home.0));
    // administrator, auditor, manager of the unit, the participant, somebody of another organisation
    let expected: &[(&str, [u16; 5])] = &[
        ("/people", [200, 200, 200, 404, 404]),
        ("/people/new", [200, 404, 404, 404, 404]),
        (&own, [200, 200, 200, 200, 404]),
        (&change, [200, 403, 403, 403, 404]),
        ("/people/import", [200, 404, 404, 404, 404]),
        ("/people/export", [200, 404, 404, 404, 404]),
        ("/organisations", [200, 200, 200, 200, 200]),
        ("/organisations/new", [200, 403, 403, 403, 403]),
        (&organisation, [200, 403, 403, 403, 403]),
        ("/units", [200, 200, 200, 200, 200]),
        ("/units/new", [200, 403, 403, 403, 403]),
        (&unit_page, [200, 200, 200, 200, 200]),
        ("/administration", [200, 200, 404, 404, 404]),
        (&account, [200, 200, 404, 404, 404]),
        ("/administration/settings", [200, 200, 404, 404, 404]),
        ("/account", [200, 200, 200, 200, 200]),
        ("/account/second-factor", [200, 200, 200, 200, 200]),
    ];
    let mut browsers = Vec::new();
    for who in [&administrator, &auditor, &manager, &participant, &stranger] {
        browsers.push(Browser::of(&house, who).await);
    }

    for (path, statuses) in expected {
        for (browser, status) in browsers.iter_mut().zip(statuses) {
            let answer = browser.see(path).await.0;
            assert_eq!(answer.status, *status, "{path}: {}", answer.text());
            assert_eq!(answer.header("cache-control"), "no-store", "{path}");
            assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        }
        nobody.see(path).await.leads_below("/sign-in?back=%2F");
    }
    let menu = |page: String| (page.contains("href=\"/people\""), page.contains("href=\"/administration\""));
    assert_eq!(menu(browsers[0].see("/").await.text(200)), (true, true));
    assert_eq!(menu(browsers[2].see("/").await.text(200)), (true, false));
    assert_eq!(menu(browsers[3].see("/").await.text(200)), (false, false));
}

#[rstest]
#[tokio::test]
async fn a_form_with_faults_comes_back_with_all_of_them(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let administrator = house.client(Role::Administrator).await;
    let mut browser = Browser::of(&house, &administrator).await;
    browser.see("/people/new").await.text(200);
    let organisation = house.home.0.to_string();
    let fields = [
        ("organisation_id", organisation.as_str()),
        ("service_number", ""),
        ("given_name", "Līga"),
        ("family_name", ""),
        ("email", "nobody at home"),
        ("gender", "female"),
        ("languages", "latvian"),
    ];

    let page = browser.submit("/people/new", &fields).await.text(422);

    for field in ["service_number", "family_name", "email", "languages"] {
        assert!(page.contains(&format!("href=\"#{field}\"")), "{field}: {page}");
        assert!(page.contains(&format!("id=\"{field}-error\"")), "{field}: {page}");
    }
    assert!(page.contains("value=\"Līga\"") && page.contains("value=\"nobody at home\""), "{page}");
    let unit = [("organisation_id", organisation.as_str()), ("code", "x"), ("level", "local")];
    let unit = browser.submit("/units/new", &unit).await.text(422);
    assert!(unit.contains("id=\"code-error\"") && unit.contains("id=\"name-error\""), "{unit}");
    let abroad = [("code", "XX-1"), ("name", "X"), ("country", "Latvia"), ("role", "partner")];
    let abroad = browser.submit("/organisations/new", &abroad).await.text(422);
    assert!(abroad.contains("id=\"name-error\"") && abroad.contains("id=\"country-error\""), "{abroad}");
}

#[rstest]
#[tokio::test]
async fn a_person_is_added_changed_moved_and_taken_out_of_service(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let administrator = house.client(Role::Administrator).await;
    let mut browser = Browser::of(&house, &administrator).await;
    let (organisation, unit) = (house.home.0.to_string(), house.home.1.to_string());
    browser.see("/units/new").await.text(200);
    let fields =
        [("organisation_id", organisation.as_str()), ("code", "LV-U2"), ("name", "Border point"), ("level", "local")];
    let other = browser.submit("/units/new", &fields).await.leads_below("/units/");
    let other = other.trim_start_matches("/units/").to_owned();
    let mut fields = vec![
        ("organisation_id", organisation.as_str()),
        ("unit_id", unit.as_str()),
        ("service_number", "S-77"),
        ("given_name", "Līga"),
        ("family_name", "Ozola"),
        ("gender", "female"),
        ("languages", "lv, en"),
    ];
    let path = browser.submit("/people/new", &fields).await.leads_below("/people/");
    assert!(browser.submit("/people/new", &fields).await.text(409).contains("service number"));

    let form = browser.see(&format!("{path}/change")).await.text(200);
    let version = hidden(&form, "version").expect("a version");
    fields.extend([("version", version.as_str()), ("rank", "major")]);
    browser.submit(&format!("{path}/change"), &fields).await.leads_to(&path);
    browser.submit(&format!("{path}/change"), &fields).await.text(412);
    let tomorrow = (house.app.now().date_naive() + Days::new(1)).to_string();
    let step = [("unit_id", other.as_str()), ("from_on", tomorrow.as_str())];
    browser.submit(&format!("{path}/memberships"), &step).await.leads_to(&path);
    let page = browser.see(&path).await.text(200);
    assert!(page.contains("major") && page.contains("Unit of LV-HOME") && page.contains("Border point"), "{page}");
    let early = [("unit_id", unit.as_str()), ("from_on", "2020-01-01")];
    assert!(browser.submit(&format!("{path}/memberships"), &early).await.text(409).contains("role=\"alert\""));
    browser.submit(&format!("{path}/deactivation"), &[]).await.leads_to(&path);
    assert!(!browser.see("/people?search=ozola").await.text(200).contains("Ozola, L"));
    assert!(browser.see("/people?search=ozola&state=any").await.text(200).contains("Ozola, L"));
    browser.submit(&format!("{path}/reactivation"), &[]).await.leads_to(&path);
    assert!(browser.see("/people?search=OZOLA&unit=&organisation=").await.text(200).contains("Ozola, L"));
    let own = format!("/people/{}/deactivation", administrator.person);
    browser.submit(&own, &[]).await.text(403);
}

#[rstest]
#[tokio::test]
async fn people_are_listed_page_by_page(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let administrator = house.client(Role::Administrator).await;
    let rows = (0..60).map(|number| format!("N-{number:03},Anna,Liepa{number:03}\n"));
    let list: String = std::iter::once("service_number,given_name,family_name\n".to_owned()).chain(rows).collect();
    let base = format!("/api/v1/person-imports?organisation_id={}&partial=true", house.home.0);
    let send =
        |path: String| administrator.request(Method::POST, &path).header("content-type", "text/csv").body(list.clone());
    let plan = administrator.send(send(base.clone())).await.expect(200);
    let plan = plan["plan"].as_str().expect("a plan");
    administrator.send(send(format!("{base}&plan={plan}"))).await.expect(200);
    let mut browser = Browser::of(&house, &administrator).await;

    let first = browser.see("/people?search=liepa").await.text(200);
    let next = first.split("rel=\"next\" href=\"").nth(1).and_then(|t| t.split('"').next()).expect("a next page");
    let second = browser.see(&unescaped(next)).await.text(200);

    assert!(first.contains("Liepa000") && first.contains("Liepa049") && !first.contains("Liepa050"));
    assert!(second.contains("Liepa050") && second.contains("Liepa059") && !second.contains("Liepa049"));
    assert!(!second.contains("rel=\"next\""));
}

#[rstest]
#[tokio::test]
async fn a_list_is_looked_at_and_then_exactly_that_is_carried_out(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let administrator = house.client(Role::Administrator).await;
    let leaving = house.participant().await;
    let mut browser = Browser::of(&house, &administrator).await;
    browser.see("/people/import").await.text(200);
    let organisation = house.home.0.to_string();
    let fields = [("organisation_id", organisation.as_str())];
    let me = administrator.get(&format!("/api/v1/persons/{}", administrator.person)).await.expect(200);
    let keep = format!("{},{},{}", me["service_number"].as_str().expect("a number"), "Žanete", "\"Jauna, Uzvārds\"");
    let good = format!("service_number,given_name,family_name\n{keep}\nNEW-1,Juris,Kalns\n");
    let bad = format!("{good}NEW-2,,Kalns\n");

    assert!(browser.upload("/people/import", &fields, None).await.text(422).contains("href=\"#file\""));
    assert!(browser.upload("/people/import", &fields, Some("a,b\n1,2\n")).await.text(422).contains("role=\"alert\""));
    let refused = browser.upload("/people/import", &fields, Some(&bad)).await.text(200);
    assert!(refused.contains("is required") && !refused.contains("name=\"plan\""), "{refused}");
    let page = browser.upload("/people/import", &fields, Some(&good)).await.text(200);
    assert!(page.contains("<ins>Jauna, Uzvārds</ins>") && page.contains("Juris Kalns"), "{page}");
    assert!(page.contains("name=\"confirmed\""), "one of two leaves: {page}");
    assert_eq!(administrator.get("/api/v1/persons?search=Kalns").await.expect(200)["items"], json!([]));

    let (plan, list) = (hidden(&page, "plan").expect("a plan"), list_in(&page));
    let mut sent = vec![fields[0], ("plan", plan.as_str()), ("list", list.as_str())];
    let stopped = browser.upload("/people/import/plan", &sent, None).await.text(409);
    assert!(stopped.contains("name=\"confirmed\""), "{stopped}");
    sent.push(("confirmed", "true"));
    let other = list.replace("Juris", "Pēteris");
    let changed = [fields[0], ("plan", plan.as_str()), ("list", other.as_str()), ("confirmed", "true")];
    browser.upload("/people/import/plan", &changed, None).await.text(409);
    browser.upload("/people/import/plan", &sent, None).await.leads_to("/people");

    let added = administrator.get("/api/v1/persons?search=Kalns").await.expect(200);
    assert_eq!(added["items"][0]["given_name"], "Juris");
    let left = administrator.get(&format!("/api/v1/persons/{}", leaving.person)).await.expect(200);
    assert_eq!(left["state"], "deactivated");
    browser.upload("/people/import/plan", &sent, None).await.text(409);
}

#[rstest]
#[tokio::test]
async fn an_export_asks_for_the_password_and_leads_back(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let administrator = house.client(Role::Administrator).await;
    let mut browser = Browser::of(&house, &administrator).await;
    let organisation = house.home.0.to_string();
    let wanted = [("organisation_id", organisation.as_str()), ("format", "csv")];
    browser.see("/people/export").await.text(200);
    house.clock_advance(Duration::minutes(6));

    browser.submit("/people/export", &wanted).await.leads_to("/confirm?back=%2Fpeople%2Fexport");
    let form = browser.see("/confirm?back=%2Fpeople%2Fexport").await.text(200);
    assert_eq!(hidden(&form, "back").as_deref(), Some("/people/export"));
    let wrong = [("password", "not the password at all"), ("back", "/people/export")];
    assert!(browser.submit("/confirm", &wrong).await.text(422).contains("id=\"password-error\""));
    house.clock_advance(Duration::seconds(5));
    browser.submit("/confirm", &[("password", PASSWORD), ("back", "/people/export")]).await.leads_to("/people/export");
    browser.submit("/confirm", &[("password", PASSWORD), ("back", "//evil.example")]).await.leads_to("/");
    let csv = browser.submit("/people/export", &wanted).await;
    assert!(csv.text(200).contains("T-0001"));
    assert_eq!(csv.0.header("content-disposition"), "attachment; filename=\"persons.csv\"");
    let xlsx = browser.submit("/people/export", &[wanted[0], ("format", "xlsx")]).await.0;
    assert!(xlsx.bytes.starts_with(b"PK"));
}

#[rstest]
#[tokio::test]
async fn an_invitation_leads_to_a_password_and_works_once(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mail = MailServer::start().await;
    let house = TestHouse::with(backend, &[("smtp_url", &mail.url)]).await;
    let administrator = house.client(Role::Administrator).await;
    let mut browser = Browser::of(&house, &administrator).await;
    let fields = [
        ("organisation_id", house.home.0.to_string()),
        ("service_number", "S-1".to_owned()),
        ("given_name", "Līga".to_owned()),
        ("family_name", "Ozola".to_owned()),
        ("gender", "female".to_owned()),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let person = browser.submit("/people/new", &fields).await.leads_below("/people/");
    let invite = format!("{person}/account");
    assert!(browser.submit(&invite, &[("email", "nobody at home")]).await.text(422).contains("id=\"email-error\""));
    let account =
        browser.submit(&invite, &[("email", "liga@example.org")]).await.leads_below("/administration/accounts/");
    assert!(browser.see(&account).await.text(200).contains("liga@example.org"));
    house.drain().await;

    let taken = mail.taken();
    assert_eq!(taken[0].to, "liga@example.org");
    let token = taken[0].text.split("/links/").nth(1).and_then(|t| t.split_whitespace().next()).expect("a link");
    let link = format!("/links/{token}");
    let mut liga = Browser::new(&house);
    liga.see(&link).await.text(200);
    let again = [("password", "three grey herons at dusk"), ("again", "three grey herons at dawn")];
    assert!(liga.submit(&link, &again).await.text(422).contains("id=\"again-error\""));
    let weak = [("password", "liga@example.org"), ("again", "liga@example.org")];
    assert!(liga.submit(&link, &weak).await.text(422).contains("id=\"password-error\""));
    let good = [("password", "three grey herons at dusk"), ("again", "three grey herons at dusk")];
    liga.submit(&link, &good).await.leads_to("/sign-in");
    assert!(liga.see(&link).await.text(409).contains("/forgotten-password"));
    liga.submit(&link, &good).await.text(409);
    liga.sign_in("liga@example.org", "three grey herons at dusk", None).await.leads_to("/");
}

#[rstest]
#[tokio::test]
async fn a_forgotten_password_is_answered_alike_for_everybody(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mail = MailServer::start().await;
    let house = TestHouse::with(backend, &[("smtp_url", &mail.url)]).await;
    let anna = house.participant().await;
    let mut browser = Browser::new(&house);
    browser.see("/forgotten-password").await.text(200);

    let known = browser.submit("/forgotten-password", &[("email", &anna.email)]).await.text(200);
    let unknown = browser.submit("/forgotten-password", &[("email", "nobody@example.org")]).await.text(200);
    house.drain().await;

    assert_eq!(known, unknown);
    assert_eq!(mail.taken().len(), 1);
    assert_eq!(mail.taken()[0].to, anna.email);
}

/// The code of a second factor at the house's time.
fn code(house: &TestHouse, secret: &str) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret.replace(' ', "")).expect("a secret");
    let totp = totp_rs::Builder::new()
        .with_secret(secret)
        .with_account_name("anna")
        .with_issuer(Some("Waymark"))
        .build()
        .expect("a generator");
    totp.generate(u64::try_from(house.app.now().timestamp()).expect("after 1970")).to_string()
}

#[rstest]
#[tokio::test]
async fn who_needs_a_second_factor_is_led_to_set_it_up(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::with(backend, &[("require_second_factor", "true")]).await;
    let administrator = house.client(Role::Administrator).await;
    let mut browser = Browser::new(&house);

    browser.sign_in(&administrator.email, PASSWORD, None).await.leads_to("/account/second-factor");
    browser.see("/people").await.text(404);
    assert!(browser.see("/").await.text(200).contains("href=\"/account/second-factor\""));
    browser.see("/account/second-factor").await.text(200);
    let page = browser.submit("/account/second-factor", &[]).await.text(200);
    assert!(page.contains("<svg"), "{page}");
    let secret = page.split("<code class=\"secret\">").nth(1).and_then(|t| t.split('<').next()).expect("a secret");
    let wrong = browser.submit("/account/second-factor/confirmation", &[("code", "000000")]).await.text(422);
    assert!(wrong.contains("id=\"code-error\""), "{wrong}");
    house.clock_advance(Duration::seconds(40));
    let now = code(&house, secret);
    browser.submit("/account/second-factor/confirmation", &[("code", &now)]).await.leads_to("/");
    browser.see("/people").await.text(200);

    let mut again = Browser::new(&house);
    let asked = again.sign_in(&administrator.email, PASSWORD, None).await.text(422);
    assert!(asked.contains("name=\"code\""), "{asked}");
    house.clock_advance(Duration::seconds(40));
    again.sign_in(&administrator.email, PASSWORD, Some(&code(&house, secret))).await.leads_to("/");
    again.see("/people").await.text(200);
    again.submit("/account/second-factor/removal", &[]).await.leads_to("/account");
    again.see("/people").await.text(404);
}

#[rstest]
#[tokio::test]
async fn one_ends_sessions_and_makes_and_takes_back_tokens(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let anna = house.participant().await;
    let mut here = Browser::of(&house, &anna).await;
    let mut there = Browser::of(&house, &anna).await;

    let page = here.see("/account").await.text(200);
    let other = page.split("action=\"/account/sessions/").nth(1).and_then(|t| t.split('"').next()).expect("a session");
    here.submit(&format!("/account/sessions/{other}"), &[]).await.leads_to("/account");
    here.submit("/account/sessions", &[]).await.leads_to("/account");
    there.see("/account").await.leads_below("/sign-in");
    anna.get("/api/v1/me").await.expect(401);

    let late = [("name", "my script"), ("expires_at", "2099-01-01"), ("read_only", "true")];
    assert!(here.submit("/account/tokens", &late).await.text(422).contains("id=\"expires_at-error\""));
    let day = (house.app.now().date_naive() + Days::new(30)).to_string();
    let page = here.submit("/account/tokens", &[late[0], ("expires_at", &day), late[2]]).await.text(200);
    let token = page.split("<code class=\"secret\">").nth(1).and_then(|t| t.split('<').next()).expect("a token");
    let program = Client { token: Some(token.to_owned()), ..house.nobody() };
    program.get("/api/v1/me").await.expect(200);
    program.put("/api/v1/me/language", json!({"language": "lv"})).await.problem("identity/read-only-token");
    let page = here.see("/account").await.text(200);
    assert!(page.contains("my script") && !page.contains(token), "shown once");
    let id = page.split("action=\"/account/tokens/").nth(1).and_then(|t| t.split('"').next()).expect("its id");
    here.submit(&format!("/account/tokens/{id}"), &[]).await.leads_to("/account");
    program.get("/api/v1/me").await.expect(401);

    let stranger = house.stranger().await;
    let foreign = Browser::of(&house, &stranger).await;
    foreign.submit(&format!("/account/tokens/{id}"), &[]).await.text(404);
    let record = here.see("/account/record").await;
    assert!(record.text(200).contains(&anna.email));
    assert!(!record.text(200).contains("hash"));
    here.submit("/account/language", &[("language", "lv")]).await.leads_to("/account");
    assert!(here.see("/account").await.text(200).contains("Mans konts"));
}

#[rstest]
#[tokio::test]
async fn one_changes_the_password_and_is_told_why_it_will_not_do(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let anna = house.participant().await;
    let mut browser = Browser::of(&house, &anna).await;
    browser.see("/account").await.text(200);
    let change = |current: &'static str, new: &'static str| [("current", current), ("new", new), ("again", new)];

    let weak = browser.submit("/account/password", &change(PASSWORD, "password123")).await.text(422);
    assert!(weak.contains("id=\"new-error\"") && weak.contains("15 characters"), "{weak}");
    house.clock_advance(Duration::seconds(5));
    let wrong = browser.submit("/account/password", &change("not it", "three grey herons at dusk")).await.text(422);
    assert!(wrong.contains("id=\"current-error\""), "{wrong}");
    house.clock_advance(Duration::seconds(5));
    browser.submit("/account/password", &change(PASSWORD, "three grey herons at dusk")).await.leads_to("/account");

    browser.see("/account").await.text(200);
    anna.get("/api/v1/me").await.expect(401);
}

#[rstest]
#[tokio::test]
async fn an_administrator_waits_for_a_second_administrator(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let first = house.client(Role::Administrator).await;
    let second = house.client(Role::Administrator).await;
    let anna = house.participant().await;
    let account = format!("/administration/accounts/{}", anna.account);
    let mut one = Browser::of(&house, &first).await;
    let mut two = Browser::of(&house, &second).await;
    one.see(&account).await.text(200);
    let last = (house.app.now().date_naive() + Days::new(100)).to_string();
    let unit = format!("unit:{}", house.home.1);
    let role = |role: &'static str, scope: &'static str| [("role", role), ("scope", scope)];

    let faults = one.submit(&format!("{account}/grants"), &[("role", "manager"), ("scope", ""), ("ends_at", "")]).await;
    let faults = faults.text(422);
    assert!(faults.contains("href=\"#scope_id\"") && faults.contains("href=\"#ends_at\""), "{faults}");
    let over = [role("manager", "programme")[0], role("manager", "programme")[1], ("ends_at", "2099-01-01")];
    assert!(one.submit(&format!("{account}/grants"), &over).await.text(422).contains("id=\"ends_at-error\""));
    let manager = [("role", "manager"), ("scope", unit.as_str()), ("ends_at", last.as_str())];
    one.submit(&format!("{account}/grants"), &manager).await.leads_to(&account);
    let administrator = [role("administrator", "programme")[0], ("scope", "programme"), ("ends_at", last.as_str())];
    one.submit(&format!("{account}/grants"), &administrator).await.leads_to(&account);

    let own = one.see("/administration").await.text(200);
    assert!(!own.contains("/confirmation\""), "who granted it does not confirm it");
    let waiting = two.see("/administration").await.text(200);
    let start = waiting.split("action=\"/administration/grants/").nth(1).expect("a grant that waits");
    let id = start.split('/').next().expect("its id");
    one.submit(&format!("/administration/grants/{id}/confirmation"), &[]).await.text(403);
    let of_anna = Browser::of(&house, &anna).await;
    of_anna.submit(&format!("/administration/grants/{id}/confirmation"), &[]).await.text(403);
    two.submit(&format!("/administration/grants/{id}/confirmation"), &[]).await.leads_to(&account);
    let mut anna_again = Browser::of(&house, &anna).await;
    anna_again.see("/administration").await.text(200);
    two.submit(&format!("/administration/grants/{id}/revocation"), &[]).await.leads_to(&account);
    anna_again.see("/administration").await.leads_below("/sign-in");
    let mine = format!("/administration/accounts/{}/grants", first.account);
    one.submit(&mine, &manager).await.text(403);
}

#[rstest]
#[tokio::test]
async fn an_account_is_suspended_and_comes_back(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let administrator = house.client(Role::Administrator).await;
    let anna = house.participant().await;
    let account = format!("/administration/accounts/{}", anna.account);
    let mut browser = Browser::of(&house, &administrator).await;
    browser.see(&account).await.text(200);

    browser.submit(&format!("{account}/suspension"), &[]).await.leads_to(&account);
    anna.get("/api/v1/me").await.expect(401);
    assert!(browser.see("/administration?state=suspended").await.text(200).contains(&anna.email));
    assert!(browser.submit(&format!("{account}/link"), &[]).await.text(409).contains("role=\"alert\""));
    browser.submit(&format!("{account}/reactivation"), &[]).await.leads_to(&account);
    browser.submit(&format!("{account}/link"), &[]).await.leads_to(&account);
    let mut again = anna.clone();
    house.sign_in(&mut again).await;
    browser.submit(&format!("{account}/sessions"), &[]).await.leads_to(&account);
    again.get("/api/v1/me").await.expect(401);
    let own = format!("/administration/accounts/{}/suspension", administrator.account);
    browser.submit(&own, &[]).await.text(403);
}

#[rstest]
#[tokio::test]
async fn a_setting_is_changed_within_its_bounds(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let administrator = house.client(Role::Administrator).await;
    let mut browser = Browser::of(&house, &administrator).await;
    let path = "/administration/settings/import-leaving-percent";
    browser.see("/administration/settings").await.text(200);

    let over = browser.submit(path, &[("value", "101"), ("version", "0")]).await.text(422);
    assert!(over.contains("value=\"101\"") && over.contains("0 to 100"), "{over}");
    browser.submit(path, &[("value", "25"), ("version", "0")]).await.leads_to("/administration/settings");
    browser.submit(path, &[("value", "30"), ("version", "0")]).await.text(412);

    let stored = administrator.get("/api/v1/settings/import-leaving-percent").await.expect(200);
    assert_eq!(stored["value"], 25);
}

#[rstest]
#[tokio::test]
async fn a_unit_moves_and_closes_on_its_day(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let administrator = house.client(Role::Administrator).await;
    let mut browser = Browser::of(&house, &administrator).await;
    let (organisation, top) = (house.home.0.to_string(), house.home.1.to_string());
    let fields = [
        ("organisation_id", organisation.as_str()),
        ("code", "LV-U2"),
        ("name", "Border point"),
        ("level", "local"),
        ("from_on", "2026-01-01"),
    ];
    let path = browser.submit("/units/new", &fields).await.leads_below("/units/");

    let step = [("parent_id", top.as_str()), ("from_on", "2026-02-01")];
    browser.submit(&format!("{path}/moves"), &step).await.leads_to(&path);
    let cycle = [("parent_id", path.trim_start_matches("/units/")), ("from_on", "2026-03-01")];
    assert!(browser.submit(&format!("/units/{top}/moves"), &cycle).await.text(409).contains("role=\"alert\""));
    assert!(browser.submit(&format!("/units/{top}/closure"), &[("on", "")]).await.text(409).contains("role=\"alert\""));
    let page = browser.see(&path).await.text(200);
    let version = hidden(&page, "version").expect("a version");
    let change = [("name", "Crossing point"), ("level", "local"), ("kind", "road"), ("version", version.as_str())];
    browser.submit(&format!("{path}/change"), &change).await.leads_to(&path);
    browser.submit(&format!("{path}/closure"), &[("on", "2026-04-01")]).await.leads_to(&path);

    let tree = browser.see("/units").await.text(200);
    assert!(tree.contains("Crossing point") && tree.contains("Unit of LV-HOME"), "{tree}");
    let moves = administrator.get(&format!("/api/v1{path}/moves")).await.expect(200);
    assert_eq!(moves[1]["until_on"], "2026-04-01");
}

#[rstest]
#[tokio::test]
async fn a_form_without_its_token_changes_nothing(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let administrator = house.client(Role::Administrator).await;
    let anna = house.participant().await;
    let browser = Browser::of(&house, &administrator).await;
    let suspension = format!("/administration/accounts/{}/suspension", anna.account);
    let import = "/people/import";

    let bare = browser.client.request(Method::POST, &suspension);
    assert_eq!(browser.client.send(bare).await.status, 403);
    let foreign = browser.client.request(Method::POST, &suspension).header("origin", "https://evil.example");
    assert_eq!(browser.client.send(foreign).await.status, 403);
    let upload = browser.client.request(Method::POST, import).multipart(Form::new().text("_csrf", "0"));
    assert_eq!(browser.client.send(upload).await.status, 403);

    anna.get("/api/v1/me").await.expect(200);
}

#[rstest]
#[tokio::test]
async fn the_first_administrator_begins_with_a_link(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::with(backend, &[("require_second_factor", "true")]).await;
    let name = ("Ilze", "Bērziņa");
    let role = Some(Role::Administrator);
    let link = api::identity::create_by_operator(&house.app, "ilze@example.org", name, "LV-NEW", role).await;
    let link = link.expect("a link");
    let path = link.split_once("/links/").map(|(_, token)| format!("/links/{token}")).expect("a path");
    let mut browser = Browser::new(&house);

    browser.see(&path).await.text(200);
    let good = [("password", "three grey herons at dusk"), ("again", "three grey herons at dusk")];
    browser.submit(&path, &good).await.leads_to("/sign-in");
    let first = browser.sign_in("ilze@example.org", "three grey herons at dusk", None).await;
    first.leads_to("/account/second-factor");
    let page = browser.submit("/account/second-factor", &[]).await.text(200);
    let secret = page.split("<code class=\"secret\">").nth(1).and_then(|t| t.split('<').next()).expect("a secret");
    browser.submit("/account/second-factor/confirmation", &[("code", &code(&house, secret))]).await.leads_to("/");

    browser.see("/people/new").await.text(200);
    browser.see("/administration").await.text(200);
    let lost = api::identity::reset_by_operator(&house.app, "ilze@example.org", true).await.expect("a link");
    browser.see("/people").await.leads_below("/sign-in");
    let path = lost.split_once("/links/").map(|(_, token)| format!("/links/{token}")).expect("a path");
    browser.see(&path).await.text(200);
    browser.submit(&path, &good).await.leads_to("/sign-in");
    let again = browser.sign_in("ilze@example.org", "three grey herons at dusk", None).await;
    again.leads_to("/account/second-factor");
}

#[rstest]
#[tokio::test]
async fn a_role_that_ended_opens_no_page(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let anna = house.someone(house.home, &[(Role::Manager, ScopeKind::Unit, Some(house.home.1.0))]).await;
    let mut browser = Browser::of(&house, &anna).await;
    browser.see("/people").await.text(200);

    house.clock_advance(Duration::days(301));

    let mut browser = Browser::of(&house, &anna).await;
    browser.see("/people").await.text(404);
}
