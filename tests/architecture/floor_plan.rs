//! The floor plan: who may import whom, which file may say what, whose tables are whose.
//!
//! Folders are floors: you may look down, never up or across unless the plan says so. Files are trades:
//! each speaks one foreign language and no other. The plan grows by a row or an allowance, in a commit
//! of its own that says why.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use architecture::{Kind, Word, lines_with, paths, words};

/// The complete truth: floor, module, and what it may import. `*` is every feature between identity and
/// the roof; `entity::…` is a table of somebody else's that it may read. Nobody imports the roof.
const PLAN: &str = "
    0  platform
    1  identity       platform
    2  programme      platform identity
    2  framework      platform identity
    2  certification  platform identity
    3  catalogue      platform identity framework certification
    4  scheduling     platform identity programme catalogue
    4  document       platform identity certification
    5  enrolment      platform identity catalogue certification scheduling
    6  attendance     platform identity catalogue certification scheduling enrolment
    6  assessment     platform identity framework certification scheduling enrolment
    7  exercise       platform identity framework certification scheduling enrolment
    7  deployment     platform identity framework certification scheduling
    8  notification   platform identity *
    8  audit          platform identity entity::platform::event
    8  reporting      platform identity entity::*
    8  integration    platform identity *
    8  demo           platform identity *
";
const ROOF: u8 = 8;

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| rows(PLAN));

/// One module of `api/src`: how high it stands and what it may import.
struct Row {
    floor: u8,
    module: &'static str,
    may: Vec<&'static str>,
}

fn rows(plan: &'static str) -> Vec<Row> {
    let row = |line: &'static str| {
        let mut words = line.split_whitespace();
        let floor = words.next()?.parse().expect("a row begins with its floor");
        Some(Row { floor, module: words.next().expect("a row names its module"), may: words.collect() })
    };
    plan.lines().filter_map(row).collect()
}

/// The files beside the modules, which put them together.
const ABOVE_THE_ROOF: &[&str] = &["lib.rs", "main.rs", "house.rs", "reference.rs", "server.rs", "operator.rs"];

/// The five trades, and the two names that exist once.
const TRADES: &[&str] = &["mod", "rules", "service", "routes", "pages"];
const SINGLE_TRADES: &[(&str, &str)] = &[("identity", "access"), ("notification", "mail")];

/// What a trade may not say. `entity::` stands for tables; ids and states are everybody's words.
const FOREIGN: &[(&str, &[&str])] = &[
    ("mod", &["sea_orm", "sea_query", "SQL"]),
    ("rules", &["async", "await", "sea_orm", "poem", "::Model", "::Entity", "App", "Utc::now"]),
    ("access", &["sea_orm", "poem", "::Model", "::Entity", "Utc::now"]),
    ("service", &["poem", "StatusCode", "Html"]),
    ("mail", &["poem", "sea_orm", "StatusCode", "Html"]),
    ("routes", &["sea_orm", "entity::", "Html"]),
    ("pages", &["sea_orm", "entity::", "poem_openapi"]),
];

/// What belongs to the table side of an entity; any other capitalised word is a state.
const TABLE_WORDS: &[&str] =
    &["Entity", "Model", "ModelEx", "ActiveModel", "ActiveModelEx", "Column", "PrimaryKey", "Relation"];

const LONG_LINES: usize = 600;
const TOO_LONG_LINES: usize = 900;

impl Row {
    fn of(module: &str) -> Option<&'static Row> {
        ROWS.iter().find(|row| row.module == module)
    }

    /// The modules the row names.
    fn modules(&self) -> impl Iterator<Item = &'static str> {
        self.may.iter().copied().filter(|word| *word != "*" && !word.starts_with("entity::"))
    }

    fn allows(&self, other: &str) -> bool {
        let feature = || Row::of(other).is_some_and(|row| row.floor > 1 && row.floor < ROOF);
        self.module == other || self.modules().any(|module| module == other) || (self.may.contains(&"*") && feature())
    }

    /// `path` begins with `entity`.
    fn reads_table(&self, path: &[String]) -> bool {
        let table = path.iter().take(3).map(String::as_str).collect::<Vec<_>>().join("::");
        path.get(1).is_some_and(|owner| owner == self.module)
            || self.may.iter().any(|word| *word == "entity::*" || *word == table)
    }
}

/// A source file of a module.
struct Source<'a> {
    row: &'static Row,
    /// Below `api/src`, for messages.
    name: String,
    /// `service` for `service.rs` and for everything in `service/`.
    trade: &'a str,
    /// How many `super` lead from here to the crate.
    depth: usize,
    words: Vec<Word>,
}

impl Source<'_> {
    /// Reads a file by its path below `api/src`; `None` if its module is not in the plan.
    fn read<'a>(relative: &'a Path, text: &str) -> Option<Source<'a>> {
        let parts: Vec<&str> = relative.iter().filter_map(|part| part.to_str()).collect();
        let row = Row::of(parts.first()?)?;
        let trade = parts.get(1)?.trim_end_matches(".rs");
        let is_mod = parts.last().is_some_and(|file| *file == "mod.rs");
        let depth = parts.len() - usize::from(is_mod);
        Some(Source { row, name: relative.display().to_string(), trade, depth, words: words(text) })
    }

    fn says(&self, line: usize, what: &str) -> String {
        format!("api/src/{}:{line}: {what}", self.name)
    }

    /// Modules of this crate the file names, with the line. A macro of the crate has no floor.
    fn imports(&self) -> Vec<(String, usize)> {
        let mut found = Vec::new();
        for path in paths(&self.words, "crate") {
            found.push((path.segments.get(1).cloned().unwrap_or_else(|| "*".to_owned()), path.line));
        }
        for path in paths(&self.words, "super") {
            let up = path.segments.iter().take_while(|segment| *segment == "super").count();
            if up >= self.depth && path.segments.len() > up {
                found.push((path.segments[up].clone(), path.line));
            }
        }
        found.retain(|(module, _)| !module.ends_with('!'));
        found
    }

    fn check_imports(&self, used: &mut BTreeSet<String>) -> Vec<String> {
        let mut wrong = Vec::new();
        for (module, line) in self.imports() {
            if self.row.allows(&module) {
                used.insert(module);
            } else if Row::of(&module).is_some() {
                let what = format!("`{}` may not import `{module}`: not in its row", self.row.module);
                wrong.push(self.says(line, &what));
            } else {
                wrong.push(self.says(line, &format!("`crate::{module}` is not a module of the plan")));
            }
        }
        wrong
    }

    fn check_tables(&self, used: &mut BTreeSet<String>) -> Vec<String> {
        let mut wrong = Vec::new();
        let door = FOREIGN.iter().any(|(trade, words)| *trade == self.trade && words.contains(&"entity::"))
            && self.row.module != "platform";
        for path in paths(&self.words, "entity") {
            let below = &path.segments[1..];
            let name = path.segments.join("::");
            let owner = below.first().map_or("", String::as_str);
            if owner == "id" {
                continue;
            }
            if is_state(below) {
                if self.row.allows(owner) || self.row.reads_table(&path.segments) {
                    used.insert(owner.to_owned());
                } else {
                    wrong.push(self.says(path.line, &format!("`{name}` is a state of a module not in the row")));
                }
            } else if door {
                wrong.push(self.says(path.line, &format!("a door does not touch tables: `{name}`")));
            } else if !self.row.reads_table(&path.segments) {
                wrong.push(self.says(path.line, &format!("`{name}` is another module's table")));
            }
        }
        wrong
    }

    fn check_words(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        if self.row.module == "platform" {
            return wrong;
        }
        let foreign = FOREIGN.iter().filter(|(trade, _)| *trade == self.trade).flat_map(|(_, words)| *words);
        for word in foreign {
            let lines = match *word {
                "SQL" => lines_with_sql(&self.words),
                // Tables are told from ids and states by `check_tables`.
                "entity::" => Vec::new(),
                word => lines_with(&self.words, word),
            };
            for line in lines {
                wrong.push(self.says(line, &format!("foreign word in `{}.rs`: {word}", self.trade)));
            }
        }
        if (self.row.module, self.trade) != ("notification", "mail") {
            for line in lines_with(&self.words, "lettre") {
                wrong.push(self.says(line, "foreign word: only `notification/mail.rs` speaks SMTP"));
            }
        }
        wrong
    }

    fn check_name(&self) -> Vec<String> {
        let single = SINGLE_TRADES.contains(&(self.row.module, self.trade));
        if self.row.module == "platform" || TRADES.contains(&self.trade) || single {
            return Vec::new();
        }
        vec![format!("api/src/{}: no such file name in a feature; there are {}", self.name, TRADES.join(", "))]
    }
}

/// `below` is a path below `entity`: does it name a state, and not a table?
fn is_state(below: &[String]) -> bool {
    below[1..]
        .iter()
        .find(|segment| segment.starts_with(char::is_uppercase))
        .is_some_and(|segment| !TABLE_WORDS.contains(&segment.as_str()))
}

fn lines_with_sql(words: &[Word]) -> Vec<usize> {
    const SQL: &[&str] = &["SELECT ", "INSERT INTO", "UPDATE ", "DELETE FROM", "CREATE TABLE", "ALTER TABLE"];
    let is_sql = |word: &&Word| word.kind == Kind::Text && SQL.iter().any(|sql| word.text.contains(sql));
    words.iter().filter(is_sql).map(|word| word.line).collect()
}

/// The plan against itself.
fn check_plan(plan: &[Row]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (at, row) in plan.iter().enumerate() {
        if plan[..at].iter().any(|earlier| earlier.module == row.module) {
            wrong.push(format!("plan: `{}` has two rows", row.module));
        }
        for other in row.modules() {
            match plan.iter().find(|candidate| candidate.module == other) {
                None => wrong.push(format!("plan: `{}` names `{other}`, which has no row", row.module)),
                Some(below) if below.floor >= row.floor => {
                    wrong.push(format!("plan: `{}` names `{other}`, which is not below it", row.module));
                }
                Some(_) => {}
            }
        }
    }
    wrong
}

/// One file of `api/src` by its path below it. What it uses of other modules is added to `used`.
fn check_file(relative: &Path, text: &str, used: &mut BTreeSet<String>) -> Vec<String> {
    let Some(source) = Source::read(relative, text) else {
        return Vec::new();
    };
    let mut wrong = source.check_name();
    wrong.extend(source.check_imports(used));
    wrong.extend(source.check_tables(used));
    wrong.extend(source.check_words());
    wrong
}

fn check_module(sources: &Path, row: &Row) -> Vec<String> {
    let (mut wrong, mut used) = (Vec::new(), BTreeSet::new());
    let folder = sources.join(row.module);
    for file in rust_files(&folder) {
        let relative = file.strip_prefix(sources).expect("found below it");
        wrong.extend(check_file(relative, &read(&file), &mut used));
    }
    // Before it has verbs a feature is still being built.
    if folder.join("service.rs").exists() || folder.join("service").exists() {
        for module in row.modules().filter(|module| !used.contains(*module)) {
            wrong.push(format!("plan: `{}` may import `{module}` and never does", row.module));
        }
    }
    wrong
}

/// What stands directly in `api/src`.
fn check_folders(sources: &Path) -> Vec<String> {
    let mut wrong = Vec::new();
    for entry in entries(sources) {
        let name = entry.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if entry.is_dir() && Row::of(name).is_none() {
            wrong.push(format!("api/src/{name}/: not in the plan"));
        } else if entry.extension().is_some_and(|end| end == "rs") && !ABOVE_THE_ROOF.contains(&name) {
            wrong.push(format!("api/src/{name}: beside the modules stand only {}", ABOVE_THE_ROOF.join(", ")));
        }
    }
    wrong
}

fn check_lengths(root: &Path) -> Vec<String> {
    let mut wrong = Vec::new();
    for folder in ["api/src", "entity/src", "migration/src"] {
        for file in rust_files(&root.join(folder)) {
            let name = file.strip_prefix(root).expect("found below it").display().to_string();
            let lines = read(&file).lines().count();
            if lines > TOO_LONG_LINES {
                wrong.push(format!("{name}: {lines} lines; split it by use case (more than {TOO_LONG_LINES})"));
            } else if lines > LONG_LINES {
                // Past the capture of the test runner: a warning nobody sees is none.
                let warning = format!("warning: {name}: {lines} lines, more than one sitting ({LONG_LINES})\n");
                std::io::stderr().write_all(warning.as_bytes()).expect("standard error is open");
            }
        }
    }
    wrong
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the workspace is there")
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("readable").path()).collect();
    found.sort();
    found
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let (folders, files): (Vec<_>, Vec<_>) = entries(folder).into_iter().partition(|path| path.is_dir());
    let mut found: Vec<PathBuf> =
        files.into_iter().filter(|file| file.extension().is_some_and(|end| end == "rs")).collect();
    found.extend(folders.iter().flat_map(|folder| rust_files(folder)));
    found
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

#[track_caller]
fn none(wrong: &[String]) {
    let mut message = format!("{} things are not as the floor plan says:\n", wrong.len());
    for line in wrong {
        writeln!(message, "  {line}").expect("memory does not refuse");
    }
    assert!(wrong.is_empty(), "{message}");
}

#[test]
fn every_row_looks_down() {
    none(&check_plan(&ROWS));
}

#[test]
fn every_folder_stands_in_the_plan() {
    none(&check_folders(&root().join("api/src")));
}

#[test]
fn every_module_keeps_to_its_row_and_every_file_to_its_trade() {
    let sources = root().join("api/src");
    none(&ROWS.iter().flat_map(|row| check_module(&sources, row)).collect::<Vec<_>>());
}

#[test]
fn every_file_can_be_read_in_one_sitting() {
    none(&check_lengths(&root()));
}

/// What the plan says of one file, without the place.
fn verdict(file: &str, text: &str) -> Vec<String> {
    let place = format!("api/src/{file}:");
    check_file(Path::new(file), text, &mut BTreeSet::new()).iter().map(|line| line.replacen(&place, "", 1)).collect()
}

#[test]
fn looking_up_or_across_is_seen_however_it_is_written() {
    let up = "1: `catalogue` may not import `enrolment`: not in its row";

    assert_eq!(verdict("catalogue/service.rs", "use crate::enrolment::seat;"), [up]);
    assert_eq!(verdict("catalogue/service.rs", "use crate::{identity, enrolment::{a, b}};"), [up, up]);
    assert_eq!(verdict("catalogue/service.rs", "fn f() { crate::enrolment::seat() }"), [up]);
    assert_eq!(verdict("catalogue/service.rs", "use super::super::enrolment::seat;"), [up]);
    assert_eq!(verdict("catalogue/mod.rs", "use super::enrolment::seat;"), [up]);
    assert_eq!(verdict("catalogue/service/add.rs", "use super::super::super::enrolment;"), [up]);
    assert_eq!(verdict("catalogue/service.rs", "use crate::*;"), ["1: `crate::*` is not a module of the plan"]);
    assert_eq!(verdict("catalogue/service.rs", "use crate as c;"), ["1: `crate::*` is not a module of the plan"]);
    assert_eq!(
        verdict("notification/service.rs", "use crate::audit::list;"),
        ["1: `notification` may not import `audit`: not in its row"]
    );
}

#[test]
fn looking_down_is_allowed_and_prose_is_not_an_import() {
    let text = "//! Like `crate::enrolment`.\nuse crate::{certification as c, identity};\n/* /* crate::audit */ */\n\
                const A: &str = \"crate::enrolment\"; const B: &str = r#\"a\"crate::audit\"#; const C: char = '\"';\n\
                fn f<'a>(x: &'a str) { super::rules::g(x.crate_); crate::events!(a) }";

    assert_eq!(verdict("catalogue/service.rs", text), Vec::<String>::new());
    assert_eq!(verdict("notification/service.rs", "use crate::enrolment::SeatPlaced;"), Vec::<String>::new());
}

#[test]
fn each_trade_refuses_its_foreign_words() {
    let foreign = |file: &str, text: &str| verdict(file, text).len();

    assert_eq!(foreign("catalogue/mod.rs", "use sea_orm::X; const Q: &str = \"SELECT 1\";"), 2);
    assert_eq!(foreign("catalogue/rules.rs", "async fn f(a: &App) { g().await; course::Entity; Utc::now() }"), 5);
    assert_eq!(foreign("catalogue/rules.rs", "use poem_openapi::Enum; use entity::catalogue::State;"), 0);
    assert_eq!(foreign("catalogue/service/add.rs", "use poem::http::StatusCode; fn f() -> Html {}"), 3);
    assert_eq!(foreign("catalogue/routes.rs", "use sea_orm::X; use entity::catalogue::course; fn f() -> Html {}"), 3);
    assert_eq!(foreign("catalogue/routes.rs", "use entity::{id::CourseId, catalogue::State};"), 0);
    assert_eq!(foreign("catalogue/pages.rs", "use poem_openapi::Object; use entity::catalogue::course::Model;"), 2);
    assert_eq!(foreign("catalogue/service.rs", "use lettre::Message;"), 1);
    assert_eq!(foreign("notification/mail.rs", "use lettre::Message;"), 0);
    assert_eq!(foreign("platform/http.rs", "use poem::http::StatusCode; use sea_orm::X;"), 0);
}

#[test]
fn tables_are_private_except_for_the_two_that_are_named() {
    let foreign = |file: &str, text: &str| verdict(file, text);

    assert_eq!(
        foreign("catalogue/service.rs", "use entity::{catalogue::course, enrolment::seat};"),
        ["1: `entity::enrolment::seat` is another module's table"]
    );
    assert_eq!(
        foreign("catalogue/service.rs", "use entity::enrolment::State;"),
        ["1: `entity::enrolment::State` is a state of a module not in the row"]
    );
    assert_eq!(foreign("enrolment/rules.rs", "use entity::scheduling::activity::State;"), Vec::<String>::new());
    assert_eq!(foreign("reporting/service.rs", "use entity::enrolment::seat;"), Vec::<String>::new());
    assert_eq!(foreign("audit/service.rs", "use entity::platform::event::{Column, Entity};"), Vec::<String>::new());
    assert_eq!(
        foreign("audit/service.rs", "use entity::platform::job;"),
        ["1: `entity::platform::job` is another module's table"]
    );
    assert_eq!(foreign("demo/service.rs", "use entity::identity::person;").len(), 1);
}

#[test]
fn only_the_names_of_the_trades_exist() {
    assert_eq!(verdict("catalogue/util.rs", "").len(), 1);
    assert_eq!(verdict("catalogue/access.rs", "").len(), 1);
    assert_eq!(verdict("identity/access.rs", "").len(), 0);
    assert_eq!(verdict("notification/mail.rs", "").len(), 0);
    assert_eq!(verdict("platform/clock.rs", "").len(), 0);
    assert_eq!(verdict("enrolment/service/withdraw.rs", "").len(), 0);
}

#[test]
fn a_plan_that_looks_up_refuses_itself() {
    let plan = rows("0 platform identity\n1 identity platform nowhere");

    assert_eq!(
        check_plan(&plan),
        [
            "plan: `platform` names `identity`, which is not below it",
            "plan: `identity` names `nowhere`, which has no row"
        ]
    );
}
