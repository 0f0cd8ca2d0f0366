//! Nobody and strangers get nothing: every operation of the API document and every page, asked as nobody and
//! as a person of another organisation about real things of the home organisation.
//!
//! An operation that is added is asked from then on. Bodies and parameters come from the document's examples,
//! with the ids of home objects put in, so that the answer is one of permission. A 400, 409, 412, 422 or 428
//! to a stranger is a failure here: either the body did not reach the judgement, or something was judged
//! before it. What anybody may do is listed by name; the lists may only grow by review.

use api::api_document;
use entity::identity::{Role, ScopeKind};
use entity::scheduling::EnrolmentMode;
use reqwest::Method;
use rstest::rstest;
use sea_orm::{ConnectionTrait, DatabaseConnection, QueryResult, Statement};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tests::{Answer, Backend, Client, TestHouse, open_assessment};
use uuid::Uuid;

/// Operations that ask for no credential.
const PUBLIC: &[&str] = &["askPasswordReset", "choosePassword", "signIn", "verifyCertificate"];

/// Operations by which a stranger reads what the programme shares with everybody in it.
const SHARED: &[&str] = &[
    "getActivity",
    "getActivityCalendar",
    "getAssessment",
    "getCourse",
    "getCrossingPoint",
    "getEligibility",
    "getFramework",
    "getOrganisation",
    "getProgramme",
    "getScheme",
    "getSession",
    "getUnit",
    "getVenue",
    "listActivityEnrolments",
    "listUnitMoves",
];

/// Operations on nothing but one's own account.
const OWN: &[&str] = &[
    "enrol",
    "changeOwnPassword",
    "chooseLanguage",
    "confirmSecondFactor",
    "createToken",
    "endOtherSessions",
    "removeSecondFactor",
    "signOut",
    "startSecondFactor",
    "stepUp",
];

/// Pages that ask for no credential.
const PUBLIC_PAGES: &[&str] = &[
    "GET /forgotten-password",
    "GET /language/:code",
    "GET /links/:token",
    "GET /sign-in",
    "GET /verify",
    "GET /verify/:number",
    "POST /forgotten-password",
    "POST /links/:token",
    "POST /sign-in",
];

/// Pages about something by which a stranger reads what the programme shares with everybody in it.
const SHARED_PAGES: &[&str] = &[
    "GET /activities/:id",
    "GET /activities/:id/roster",
    "GET /assessments/:id",
    "GET /catalogue/:id",
    "GET /crossing-points/:id",
    "GET /units/:id",
];

/// Pages on nothing but one's own account.
const OWN_PAGES: &[&str] =
    &["POST /account/second-factor", "POST /account/sessions", "POST /activities/:id/enrolments", "POST /sign-out"];

/// Tables whose rows everybody in the programme may know of. Of every other table not even an id may reach
/// a stranger.
const SHARED_TABLES: &[&str] = &[
    "activity",
    "activity_session",
    "amendment",
    "assessment",
    "component",
    "course",
    "course_version",
    "crossing_point",
    "deliverable",
    "framework",
    "indicator",
    "job_profile",
    "organisation",
    "outcome",
    "programme",
    "programme_amendment",
    "scheme",
    "scheme_version",
    "unit",
    "unit_placement",
    "venue",
];

/// Parameters whose name does not say the table.
const TABLES: &[(&str, &str)] = &[("token", "access_token"), ("grant", "role_grant"), ("key", "setting")];

/// One thing to ask.
pub struct Question {
    /// Its operation id.
    pub name: String,
    /// Its method.
    pub method: Method,
    /// With `{parameter}`s.
    pattern: String,
    /// What the document says of it.
    pub operation: &'static Value,
}

/// Every operation of the document.
pub fn operations() -> Vec<Question> {
    let mut found = Vec::new();
    for (path, item) in api_document()["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("an item") {
            found.push(Question {
                name: operation["operationId"].as_str().expect("an operation has an id").to_owned(),
                method: method.to_uppercase().parse().expect("a method"),
                pattern: path.clone(),
                operation,
            });
        }
    }
    found
}

/// The demonstration, and how to find things in it.
pub struct Home {
    /// The house it is in.
    pub house: TestHouse,
    db: DatabaseConnection,
    tables: BTreeMap<String, Vec<String>>,
    /// What may never reach a stranger.
    canaries: BTreeSet<String>,
}

impl Home {
    /// Loads the demonstration and what it lacks.
    pub async fn new(backend: Backend) -> Self {
        let house = TestHouse::new(backend).await;
        api::demo::load(&house.app).await.expect("the demonstration loads");
        add_what_the_demonstration_lacks(&house).await;
        house.drain().await;
        let db = tests::database::outside(house.database_url()).await;
        let tables = tables(&db, backend).await;
        let canaries = canaries(&db, &tables).await;
        assert!(canaries.len() > 200, "the demonstration has things to leak: {}", canaries.len());
        Self { house, db, tables, canaries }
    }

    /// Parameters for which no home object is found.
    async fn unreal(&self) -> BTreeSet<String> {
        let mut unreal = BTreeSet::new();
        for question in operations() {
            for (name, value) in self.fill(&question.pattern).await {
                let asked = question.pattern.contains(&format!("{{{name}}}"));
                if asked && (value == Uuid::nil().to_string() || value == "none") {
                    unreal.insert(format!("{name} of {}", question.pattern));
                }
            }
        }
        // Settings are rows once somebody has changed them.
        unreal.retain(|name| !name.starts_with("key of /api/v1/settings"));
        unreal
    }

    /// Real ids for the parameters of a pattern, those of a child chosen to belong to its parent.
    async fn fill(&self, pattern: &str) -> BTreeMap<String, String> {
        let mut values: BTreeMap<String, String> = BTreeMap::new();
        let segments: Vec<&str> = pattern.split('/').collect();
        for (at, segment) in segments.iter().enumerate().rev() {
            let Some(name) = segment.strip_prefix(':').or_else(|| segment.strip_prefix('{')) else { continue };
            let name = name.trim_end_matches('}');
            if values.contains_key(name) {
                continue;
            }
            if name == "position" {
                values.insert(name.to_owned(), "1".into());
                continue;
            }
            let before = if at > 0 { singular(segments[at - 1]) } else { String::new() };
            let column = match name {
                "key" | "number" | "code" => name,
                _ => "id",
            };
            let owner = if matches!(name, "id" | "number" | "code") { before.as_str() } else { name };
            let owner = owner.strip_suffix("_id").unwrap_or(owner);
            let own = pattern.contains("/me/") || pattern.contains("/account/");
            let owner = if own && owner == "session" { "login_session" } else { owner };
            let row = match self.table(if name == "number" { "certificate" } else { owner }) {
                Some(table) => first(&self.db, &self.tables, &table).await.map(|row| (table, row)),
                None => None,
            };
            let Some((table, row)) = row else {
                values.insert(name.to_owned(), if column == "id" { Uuid::nil().to_string() } else { "none".into() });
                continue;
            };
            for column in self.tables[&table].iter().filter(|column| column.ends_with("_id")) {
                if let Ok(Some(id)) = row.try_get::<Option<Uuid>>("", column) {
                    values.entry(column.clone()).or_insert_with(|| id.to_string());
                }
            }
            let value = row.try_get::<Uuid>("", column).map(|id| id.to_string());
            let value = value.or_else(|_| row.try_get::<String>("", column));
            values.insert(name.to_owned(), value.unwrap_or_else(|e| panic!("{table}.{column}: {e}")));
        }
        values
    }

    /// The table of a thing.
    fn table(&self, thing: &str) -> Option<String> {
        let thing = TABLES.iter().find(|(word, _)| *word == thing).map_or(thing, |(_, table)| table);
        let exact = self.tables.keys().find(|table| *table == thing);
        exact.or_else(|| self.tables.keys().find(|table| table.ends_with(&format!("_{thing}")))).cloned()
    }

    /// Everything the database holds, in few characters; the time of last use of a credential left out.
    async fn fingerprint(&self) -> BTreeMap<String, String> {
        let backend = self.house.backend;
        let parts = self.tables.iter().map(|(table, columns)| {
            let columns: Vec<_> = columns.iter().filter(|c| !matches!(c.as_str(), "seen_at" | "used_at")).collect();
            match backend {
                Backend::Sqlite => {
                    let row = columns.iter().map(|c| format!("quote(\"{c}\")")).collect::<Vec<_>>().join("||','||");
                    format!("SELECT '{table}' AS name, (SELECT group_concat(r) FROM (SELECT {row} AS r FROM \"{table}\" ORDER BY r)) AS content")
                }
                Backend::Postgres => {
                    let row = columns.iter().map(|c| format!("\"{c}\"")).collect::<Vec<_>>().join(",");
                    format!("SELECT '{table}' AS name, (SELECT md5(string_agg(ROW({row})::text, ',' ORDER BY ROW({row})::text)) FROM \"{table}\") AS content")
                }
            }
        });
        let sql = parts.collect::<Vec<_>>().join(" UNION ALL ");
        let rows = query(&self.db, &sql).await;
        let pair = |row: &QueryResult| {
            let content: Option<String> = row.try_get("", "content").expect("content");
            let content = content.unwrap_or_default();
            (row.try_get("", "name").expect("a name"), format!("{} {:x}", content.len(), hash(content.as_bytes())))
        };
        rows.iter().map(pair).collect()
    }

    /// Fails when a denial left a trace.
    async fn unchanged(&self, before: &BTreeMap<String, String>, name: &str) {
        let after = self.fingerprint().await;
        let changed: Vec<_> = before.iter().filter(|(table, was)| after.get(*table) != Some(was)).collect();
        assert!(changed.is_empty(), "{name} was denied and yet changed {changed:?}");
    }

    /// The first thing in an answer that a stranger may not know of and did not say.
    fn leak(&self, answer: &Answer) -> Option<String> {
        let text = answer.text();
        self.canaries.iter().find(|canary| text.contains(*canary) && !answer.what.contains(*canary)).cloned()
    }

    /// The request a question makes, with ids of home objects wherever ids are asked for.
    pub async fn ask(&self, client: &Client, question: &Question, with_query: bool) -> Answer {
        let values = self.fill(&question.pattern).await;
        let mut path = question.pattern.clone();
        for (name, value) in &values {
            path = path.replace(&format!("{{{name}}}"), value);
        }
        let mut request = client.request(question.method.clone(), &path);
        for parameter in question.operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap_or("");
            let example = self.home_ids(name, parameter["example"].clone()).await;
            let text = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
            match parameter["in"].as_str() {
                Some("header") if name == "If-Match" => request = request.header("if-match", text),
                Some("query") if name != "cursor" && (with_query || parameter["required"] == true) => {
                    request = request.query(&[(name, text)]);
                }
                _ => {}
            }
        }
        let content = question.operation["requestBody"]["content"].as_object();
        request = match content.and_then(|content| content.iter().next()) {
            Some((kind, media)) if kind == "application/json" => {
                request.json(&self.home_ids("", resolve(&media["schema"])["example"].clone()).await)
            }
            Some((kind, _)) => request.header("content-type", kind).body("service_number;given_name\nX-1;Anna\n"),
            None => request,
        };
        client.send(request).await
    }

    /// A value with the ids in it replaced by those of home objects.
    async fn home_ids(&self, name: &str, value: Value) -> Value {
        match value {
            Value::Object(fields) => {
                let mut filled = Map::new();
                for (name, value) in fields {
                    filled.insert(name.clone(), Box::pin(self.home_ids(&name, value)).await);
                }
                Value::Object(filled)
            }
            Value::Array(items) => {
                let mut filled = Vec::new();
                for item in items {
                    filled.push(Box::pin(self.home_ids(name, item)).await);
                }
                Value::Array(filled)
            }
            Value::String(text) if Uuid::parse_str(&text).is_ok() => {
                let thing = name.trim_end_matches('s').trim_end_matches("_id");
                let Some(table) = self.table(thing) else { return Value::String(text) };
                let row = first(&self.db, &self.tables, &table).await;
                row.and_then(|row| row.try_get::<Uuid>("", "id").ok()).map_or(Value::String(text), |id| json!(id))
            }
            other => other,
        }
    }
}

/// Things of home that the demonstration may not have: open sessions, tokens, a proposal, a budget line, an
/// attempt at an assessment.
async fn add_what_the_demonstration_lacks(house: &TestHouse) {
    let officer = house.client(Role::CertificationOfficer).await;
    let token =
        json!({ "name": "of home", "read_only": true, "expires_at": house.app.now() + chrono::Duration::days(30) });
    let made = officer.post("/api/v1/me/tokens", token).await;
    assert!(made.is_success(), "{}", made.text());
    let listed = officer.get("/api/v1/certificates?status=valid").await.expect(200);
    let certificate = listed["items"][0]["id"].as_str().expect("the demonstration has a certificate").to_owned();
    let reason = json!({ "reason": "Issued to the wrong person." });
    officer.post(&format!("/api/v1/certificates/{certificate}/revocation"), reason).await.expect(201);
    let finance = house.client(Role::FinanceOfficer).await;
    let programme = finance.get("/api/v1/programmes").await.expect(200)["items"][0]["id"].clone();
    let programme = programme.as_str().expect("the demonstration has a programme");
    let line = json!({ "code": "B-1", "title": "Travel", "planned": "100.00", "spent": "0.00" });
    finance.post(&format!("/api/v1/programmes/{programme}/budget-lines"), line).await.expect(201);
    let coordinator = house.client(Role::Coordinator).await;
    let visit = house.activity(&coordinator, 2, EnrolmentMode::Open).await;
    let staff = [(Role::Trainer, ScopeKind::Programme, None), (Role::Examiner, ScopeKind::Programme, None)];
    let examiner = house.someone(house.home, &staff).await;
    let (assessment, opening) = open_assessment(house, &examiner, &visit.id.to_string(), "T-DF").await;
    let anna = house.participant().await;
    anna.act(&format!("{}/enrolments", visit.path)).await.expect(201);
    anna.post(&format!("/api/v1/assessments/{assessment}/attempts"), json!({ "opening_id": opening }))
        .await
        .expect(201);
}

fn resolve(schema: &'static Value) -> &'static Value {
    match schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        Some(name) => &api_document()["components"]["schemas"][name],
        None => schema,
    }
}

fn singular(word: &str) -> String {
    let word = word.replace('-', "_");
    match word.as_str() {
        "standing" | "people" => "person".into(),
        "activities" => "activity".into(),
        "catalogue" => "course".into(),
        _ => word.strip_suffix('s').unwrap_or(&word).to_owned(),
    }
}

fn hash(bytes: &[u8]) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}

async fn query(db: &DatabaseConnection, sql: &str) -> Vec<QueryResult> {
    db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.expect("the database answers")
}

async fn tables(db: &DatabaseConnection, backend: Backend) -> BTreeMap<String, Vec<String>> {
    let sql = match backend {
        Backend::Sqlite => {
            "SELECT m.name AS t, c.name AS c FROM sqlite_master m JOIN pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' ORDER BY m.name, c.cid"
        }
        Backend::Postgres => {
            "SELECT table_name::text AS t, column_name::text AS c FROM information_schema.columns \
             WHERE table_schema = 'public' ORDER BY table_name, ordinal_position"
        }
    };
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in query(db, sql).await {
        tables.entry(row.try_get("", "t").expect("t")).or_default().push(row.try_get("", "c").expect("c"));
    }
    tables
}

/// The oldest row of a table: of home, since the stranger comes last.
async fn first(db: &DatabaseConnection, tables: &BTreeMap<String, Vec<String>>, table: &str) -> Option<QueryResult> {
    let order = &tables[table][0];
    query(db, &format!("SELECT * FROM \"{table}\" ORDER BY \"{order}\" LIMIT 1")).await.into_iter().next()
}

/// Ids of every row of a table that is not shared, and what says who a person is.
async fn canaries(db: &DatabaseConnection, tables: &BTreeMap<String, Vec<String>>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let private = tables.iter().filter(|(table, _)| !SHARED_TABLES.contains(&table.as_str()));
    for (table, columns) in private.filter(|(_, columns)| columns[0] == "id") {
        // What is addressed to no organisation is addressed to all.
        let owned = columns.iter().any(|column| column == "organisation_id");
        let condition = if owned { "WHERE organisation_id IS NOT NULL" } else { "" };
        let rows = query(db, &format!("SELECT id FROM \"{table}\" {condition}")).await;
        found.extend(rows.iter().filter_map(|row| row.try_get::<Uuid>("", "id").ok()).map(|id| id.to_string()));
    }
    let people = "SELECT given_name || ' ' || family_name AS a, service_number AS b, email AS c FROM person";
    for row in query(db, people).await {
        for column in ["a", "b", "c"] {
            found.extend(row.try_get::<Option<String>>("", column).ok().flatten());
        }
    }
    for row in query(db, "SELECT number FROM certificate").await {
        found.extend(row.try_get::<String>("", "number"));
    }
    found
}

#[rstest]
#[tokio::test]
async fn nobody_gets_401_from_every_operation_and_is_led_to_sign_in_from_every_page(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let home = Home::new(backend).await;
    let nobody = home.house.nobody();
    let before = home.fingerprint().await;
    let mut wrong = Vec::new();

    for question in operations().iter().filter(|question| !PUBLIC.contains(&question.name.as_str())) {
        let answer = home.ask(&nobody, question, true).await;
        if answer.status != 401 || home.leak(&answer).is_some() {
            wrong.push(format!("{}: {} {}", question.name, answer.status, answer.text()));
        }
    }
    for page in pages().iter().filter(|page| !PUBLIC_PAGES.contains(&page.as_str())) {
        let answer = open(&home, &nobody, page).await;
        if answer.status != 303 || !answer.header("location").starts_with("/sign-in?back=") {
            wrong.push(format!("{page}: {} {}", answer.status, answer.header("location")));
        }
    }

    home.unchanged(&before, "nobody").await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[rstest]
#[tokio::test]
async fn a_stranger_gets_nothing_of_home_from_any_operation(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let home = Home::new(backend).await;
    assert_eq!(home.unreal().await, BTreeSet::new(), "the demonstration has none of these to ask for");
    let stranger = home.house.stranger().await;
    let before = home.fingerprint().await;
    let mut wrong = Vec::new();

    for question in operations() {
        let name = question.name.as_str();
        if PUBLIC.contains(&name) || OWN.contains(&name) {
            continue;
        }
        let is_read = question.method == Method::GET;
        let is_list = is_read && !question.pattern.contains('{');
        for with_query in [false, true] {
            let answer = home.ask(&stranger, &question, with_query).await;
            let denied = matches!(answer.status, 403 | 404);
            let shared = SHARED.contains(&name);
            let allowed = is_read && answer.status == 200 && (is_list || shared);
            let leak = home.leak(&answer);
            if !allowed && (shared && !with_query || !denied) || leak.is_some() {
                let text: String = answer.text().chars().take(400).collect();
                wrong.push(format!("{name}: {} leaks {leak:?}: {text}", answer.status));
            }
        }
        home.unchanged(&before, name).await;
    }

    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[rstest]
#[tokio::test]
async fn a_foreign_coordinator_reads_and_everybody_manages_an_account_without_a_trace_of_home(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let home = Home::new(backend).await;
    let place = home.house.abroad;
    let grant = (Role::Coordinator, ScopeKind::Organisation, Some(place.0.0));
    let foreigner = home.house.someone(place, &[grant]).await;

    for question in operations().iter().filter(|question| question.method == Method::GET) {
        if !PUBLIC.contains(&question.name.as_str()) {
            let answer = home.ask(&foreigner, question, false).await;
            assert_eq!(home.leak(&answer), None, "{}", question.name);
        }
    }

    for question in operations().iter().filter(|question| OWN.contains(&question.name.as_str())) {
        let stranger = home.house.stranger().await;
        let answer = home.ask(&stranger, question, true).await;
        assert!(answer.status < 500, "{}: {}", question.name, answer.text());
        assert_eq!(home.leak(&answer), None, "{}", question.name);
    }
}

#[test]
fn every_name_on_the_lists_is_an_operation() {
    let known: BTreeSet<_> = operations().into_iter().map(|question| question.name).collect();

    let listed = [PUBLIC, SHARED, OWN].concat();
    let gone: Vec<_> = listed.iter().filter(|name| !known.contains(**name)).collect();

    assert!(gone.is_empty(), "{gone:?} are no operations");
    for question in operations() {
        let is_public = question.operation["security"] == json!([]);
        assert_eq!(is_public, PUBLIC.contains(&question.name.as_str()), "{}", question.name);
    }
}

/// Every page, `GET /path/:id`, as the doors declare them.
fn pages() -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../api/src"))];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.iter().any(|part| part == "pages" || part == "pages.rs") {
                let text = std::fs::read_to_string(&path).expect("source");
                for route in text.split(".at(").skip(1) {
                    let mut parts = route.trim_start().trim_start_matches('"').splitn(2, '"');
                    let path = parts.next().expect("a path");
                    let verbs = parts.next().unwrap_or_default().split([';', '}']).next().unwrap_or_default();
                    let verbs = verbs.rsplit_once(')').map_or(verbs, |(head, _)| head);
                    for (verb, word) in [("GET", "get("), ("POST", "post(")] {
                        if verbs.contains(word) {
                            found.push(format!("{verb} {path}"));
                        }
                    }
                }
            }
        }
    }
    found.sort();
    found
}

#[test]
fn every_page_is_found() {
    let found = pages();

    let listed = [PUBLIC_PAGES, SHARED_PAGES, OWN_PAGES].concat();
    let gone: Vec<_> = listed.iter().filter(|page| !found.contains(&(**page).to_owned())).collect();

    assert!(found.len() > 25, "{found:?}");
    assert!(gone.is_empty(), "{gone:?} are no pages");
}

/// A form sent empty is answered 422 where it is read before anything else; the verbs behind it are those of
/// the API, whose answers the tests above judge.
#[rstest]
#[tokio::test]
async fn a_stranger_gets_nothing_of_home_from_any_page(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let home = Home::new(backend).await;
    let stranger = home.house.stranger().await;
    let before = home.fingerprint().await;
    let mut wrong = Vec::new();

    for page in pages() {
        let name = page.as_str();
        if PUBLIC_PAGES.contains(&name) || OWN_PAGES.contains(&name) {
            continue;
        }
        let answer = open(&home, &stranger, name).await;
        let denied = matches!(answer.status, 403 | 404) || (name.starts_with("POST") && answer.status == 422);
        let shared = SHARED_PAGES.contains(&name);
        let allowed = name.starts_with("GET") && answer.status == 200 && (shared || !name.contains(':'));
        let leak = home.leak(&answer);
        if !allowed && (shared || !denied) || leak.is_some() {
            wrong.push(format!("{name}: {} leaks {leak:?}", answer.status));
        }
        home.unchanged(&before, name).await;
    }

    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

async fn open(home: &Home, client: &Client, page: &str) -> Answer {
    let (verb, pattern) = page.split_once(' ').expect("verb and path");
    let mut path = pattern.to_owned();
    for (name, value) in home.fill(pattern).await {
        path = path.replace(&format!(":{name}"), &value);
    }
    let request = client.request(verb.parse().expect("a method"), &path);
    client.send(if verb == "POST" { request.form(&[("_csrf", "")]) } else { request }).await
}

#[test]
fn the_permission_table_is_the_one_that_was_agreed() {
    insta::assert_snapshot!("permissions", api::identity::access::table());
}
