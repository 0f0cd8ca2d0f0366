//! Judgements about secrets, names and lists: which passwords will do, how long a guesser waits, how names
//! fold, when a role may run, what a person list changes.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use entity::identity::{AdministrativeLevel, Gender, ImportOutcome};
use poem_openapi::Object;
use serde::Serialize;

/// Least characters of a password that is the only factor. Source: NIST SP 800-63B-4.
pub const PASSWORD_MIN_CHARS: usize = 15;
/// Most characters accepted. Source: at least 64 by NIST SP 800-63B-4; more only costs hashing time.
pub const PASSWORD_MAX_CHARS: usize = 256;
/// Wrong guesses at one account in a day after which it stays shut until the day ends. Source: NIST SP 800-63B-4.
pub const ACCOUNT_GUESSES_A_DAY: i32 = 100;
/// Wrong guesses from one address in a day after which it stays shut until the day ends.
pub const ADDRESS_GUESSES_A_DAY: i32 = 1000;
/// Wrong guesses an address may make before it has to wait: many people share one.
pub const ADDRESS_FREE_GUESSES: i32 = 100;
/// Least guesses, as a power of ten, that a password must be expected to take. Source: the class "somewhat
/// guessable" of the zxcvbn estimate ends at 10^8.
pub const PASSWORD_MIN_GUESSES_LOG10: f64 = 8.0;
/// Longest a role is granted for.
pub const GRANT_MAX_DAYS: i64 = 366;
/// Longest an access token lives.
pub const TOKEN_MAX_DAYS: i64 = 366;
/// Most rows of a person list.
pub const LIST_MAX_ROWS: usize = 5_000;

/// Everything that is wrong with a password, in words; empty when it will do.
///
/// `context` are words an attacker would try first: names, e-mail address, service number, organisation.
/// Source: NIST SP 800-63B-4 3.1.1.2: length and a blocklist, no rules of composition.
#[must_use]
pub fn password_faults(password: &str, context: &[&str]) -> Vec<String> {
    let mut faults = Vec::new();
    let chars = password.chars().count();
    if chars < PASSWORD_MIN_CHARS {
        faults.push(format!("must have at least {PASSWORD_MIN_CHARS} characters; this has {chars}"));
    }
    if chars > PASSWORD_MAX_CHARS {
        faults.push(format!("must have at most {PASSWORD_MAX_CHARS} characters"));
    }
    let folded = fold(password);
    let distinct = folded.chars().collect::<std::collections::BTreeSet<_>>().len();
    if distinct < 5 {
        faults.push("repeats the same few characters".to_owned());
    }
    if is_run(&folded) {
        faults.push("is a run of neighbouring characters".to_owned());
    }
    let words: Vec<String> = context.iter().map(|w| fold(w)).filter(|w| w.chars().count() >= 4).collect();
    let is_little = |rest: &str| rest.len() < folded.len() && rest.chars().filter(|c| c.is_alphabetic()).count() < 6;
    for word in words.iter().filter(|word| is_little(&folded.replace(word.as_str(), ""))) {
        faults.push(format!("is little more than “{word}”"));
    }
    if faults.is_empty() && is_little(&words.iter().fold(folded.clone(), |rest, word| rest.replace(word.as_str(), "")))
    {
        faults.push("is little more than what is known of you".to_owned());
    }
    let letters: String = folded.chars().filter(|c| c.is_alphabetic()).collect();
    let common = COMMON.iter().any(|common| is_made_of(&letters, common) || folded == *common);
    if common || (faults.is_empty() && is_guessable(password, context)) {
        faults.push("is one of the commonest passwords, or is put together from common words".to_owned());
    }
    faults
}

/// Whether a text is a word again and again, the last time maybe cut.
fn is_made_of(text: &str, word: &str) -> bool {
    !text.is_empty() && word.chars().cycle().zip(text.chars()).all(|(a, b)| a == b)
}

/// Whether lists of leaked passwords, names, words, keyboard walks and dates lead to it within
/// [`PASSWORD_MIN_GUESSES_LOG10`]. Such lists hold some 30,000 passwords; what is put together from them
/// is guessed from them.
fn is_guessable(password: &str, context: &[&str]) -> bool {
    let start: String = password.chars().take(64).collect();
    zxcvbn::zxcvbn(&start, context).guesses_log10() < PASSWORD_MIN_GUESSES_LOG10
}

const COMMON: &[&str] = &[
    "password",
    "qwertyuiop",
    "qwertyuiopasdfghjkl",
    "asdfghjkl",
    "letmein",
    "iloveyou",
    "administrator",
    "changeme",
    "correcthorsebatterystaple",
    "waymark",
    "borderguard",
    "robezsardze",
    "robezsargs",
    "valstsrobezsardze",
    "latvija",
    "latvia",
    "belarus",
    "welcome",
    "passwordqwerty",
    "parole",
    "manaparole",
    "slepenaparole",
    "mansdarbs",
    "пароль",
    "мойпароль",
    "йцукенгшщзхъ",
    "йцукенгшщзфывапролд",
    "граница",
    "пограничник",
    "мяжа",
    "памежнік",
    "беларусь",
];

fn is_run(text: &str) -> bool {
    let codes: Vec<u32> = text.chars().map(u32::from).collect();
    codes.len() > 3 && (codes.windows(2).all(|w| w[1] == w[0] + 1) || codes.windows(2).all(|w| w[0] == w[1] + 1))
}

/// How long the next guess must wait after so many wrong ones. `free` guesses cost nothing; then 1, 3, 5
/// and 10 seconds; from `a_day` on until the day that began at `since` has ended.
///
/// Source: the ladder of kanidm's soft lock, as the security requirements ask (SR-05).
#[must_use]
pub fn wait_after(failures: i32, free: i32, a_day: i32, since: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
    if failures >= a_day {
        return since + Duration::days(1);
    }
    let seconds = match failures - free {
        i32::MIN..=0 => 0,
        1 => 1,
        2 => 3,
        3 => 5,
        _ => 10,
    };
    now + Duration::seconds(seconds)
}

/// A text without case and without the diacritics of Latin letters, for search, order and comparison.
#[must_use]
pub fn fold(text: &str) -> String {
    text.to_lowercase().chars().map(plain).collect()
}

/// The letter without its diacritic. Latvian, Polish, Slovak and Lithuanian letters; others stay.
fn plain(letter: char) -> char {
    const PAIRS: &[(&str, char)] = &[
        ("āáäâàąăãå", 'a'),
        ("čćç", 'c'),
        ("ďđ", 'd'),
        ("ēéěëèęė", 'e'),
        ("ģğ", 'g'),
        ("īíîïį", 'i'),
        ("ķ", 'k'),
        ("ļĺľł", 'l'),
        ("ņńňñ", 'n'),
        ("ōóôöòőõø", 'o'),
        ("ŗŕř", 'r'),
        ("šśş", 's'),
        ("ťţț", 't'),
        ("ūúůüùűųŭ", 'u'),
        ("ýÿ", 'y'),
        ("žźż", 'z'),
        ("ё", 'е'),
    ];
    PAIRS.iter().find(|(letters, _)| letters.contains(letter)).map_or(letter, |(_, plain)| *plain)
}

/// The name a person is found and ordered by: family name, given name, name in native script.
#[must_use]
pub fn search_name(family: &str, given: &str, native: Option<&str>) -> String {
    fold(&format!("{family} {given} {}", native.unwrap_or_default())).trim().to_owned()
}

/// What is wrong with the span of a grant; empty when it will do.
///
/// `starts_at` may lie in the past by a minute: clocks differ. Source: no role without an end, at most
/// twelve months on.
#[must_use]
pub fn grant_faults(
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Vec<(&'static str, &'static str)> {
    let mut faults = Vec::new();
    if starts_at < now - Duration::minutes(1) {
        faults.push(("/starts_at", "must not be in the past"));
    }
    if ends_at <= starts_at || ends_at <= now {
        faults.push(("/ends_at", "must be after the beginning"));
    }
    if ends_at - starts_at > Duration::days(GRANT_MAX_DAYS) {
        faults.push(("/ends_at", "must be twelve months after the beginning at the latest"));
    }
    faults
}

/// A span of days, half-open; no end while it lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First day.
    pub from_on: NaiveDate,
    /// First day after it.
    pub until_on: Option<NaiveDate>,
}

impl Span {
    /// Whether it holds on a day.
    #[must_use]
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.from_on <= day && self.until_on.is_none_or(|until| day < until)
    }
}

/// How a new span follows the last one of a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Succession {
    /// The last one ends where the new one begins.
    Follows,
    /// It begins on the same day and replaces it.
    Replaces,
    /// It would rewrite what lies before.
    TooEarly,
}

/// How a span that begins on `from_on` follows `last`.
#[must_use]
pub fn succession(last: &Span, from_on: NaiveDate) -> Succession {
    if from_on < last.from_on || last.until_on.is_some_and(|until| from_on < until) {
        Succession::TooEarly
    } else if from_on == last.from_on {
        Succession::Replaces
    } else {
        Succession::Follows
    }
}

/// What is wrong with a text: its length, or characters that no name has.
#[must_use]
pub fn text_fault(text: &str, least: usize, most: usize) -> Option<String> {
    let chars = text.trim().chars().count();
    if chars < least {
        Some(if least == 1 { "is required".to_owned() } else { format!("must have at least {least} characters") })
    } else if chars > most {
        Some(format!("must have at most {most} characters"))
    } else if text.chars().any(char::is_control) {
        Some("must be one line without control characters".to_owned())
    } else {
        None
    }
}

/// Whether a text has the form of an e-mail address.
#[must_use]
pub fn is_email(text: &str) -> bool {
    let parts = text.split_once('@');
    parts.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'))
        && text.chars().count() <= 254
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

/// Whether a text is a code of an organisation or unit: capitals, digits and hyphens.
#[must_use]
pub fn is_code(text: &str, most: usize) -> bool {
    (2..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-')
}

/// A person as a list, a form or a program describes them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Described {
    /// Unique within the organisation.
    pub service_number: String,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// The whole name in its own script.
    pub native_name: Option<String>,
    /// E-mail address for notices.
    pub email: Option<String>,
    /// As the person stated it.
    pub gender: Option<Gender>,
    /// Service rank.
    pub rank: Option<String>,
    /// Post held.
    pub post: Option<String>,
    /// Level of administration.
    pub level: Option<AdministrativeLevel>,
    /// Working languages, ISO 639-1.
    pub languages: Vec<String>,
    /// Code of the unit.
    pub unit: Option<String>,
}

/// Columns of a person list, in the order of an export. The first three must be there; of the others, a
/// missing one changes nothing.
pub const LIST_COLUMNS: [&str; 11] = [
    "service_number",
    "given_name",
    "family_name",
    "native_name",
    "email",
    "gender",
    "rank",
    "post",
    "level",
    "languages",
    "unit",
];

impl Described {
    /// The values as texts, in the order of [`LIST_COLUMNS`].
    #[must_use]
    pub fn texts(&self) -> [String; 11] {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        [
            self.service_number.clone(),
            self.given_name.clone(),
            self.family_name.clone(),
            text(&self.native_name),
            text(&self.email),
            self.gender.unwrap_or(Gender::NotStated).word().to_owned(),
            text(&self.rank),
            text(&self.post),
            self.level.map(AdministrativeLevel::word).unwrap_or_default().to_owned(),
            self.languages.join(","),
            text(&self.unit),
        ]
    }

    /// Reads a row of a list over what is stored; a column that is not there keeps its value.
    ///
    /// # Errors
    /// The words that are none of ours, by column.
    pub fn read(cells: &[(&str, &str)], stored: Option<&Self>) -> Result<Self, Vec<String>> {
        let mut person = stored.cloned().unwrap_or_default();
        let mut faults = Vec::new();
        for (column, cell) in cells {
            let cell = cell.trim();
            let optional = (!cell.is_empty()).then(|| cell.to_owned());
            match *column {
                "service_number" => cell.clone_into(&mut person.service_number),
                "given_name" => cell.clone_into(&mut person.given_name),
                "family_name" => cell.clone_into(&mut person.family_name),
                "native_name" => person.native_name = optional,
                "email" => person.email = optional,
                "rank" => person.rank = optional,
                "post" => person.post = optional,
                "unit" => person.unit = optional,
                "languages" => {
                    let parts = cell.split([',', ';', ' ']).map(str::trim).filter(|part| !part.is_empty());
                    person.languages = parts.map(str::to_lowercase).collect();
                }
                "gender" => match optional.as_deref().map_or(Ok(Gender::NotStated), str::parse) {
                    Ok(gender) => person.gender = Some(gender),
                    Err(fault) => faults.push(format!("gender: {fault}")),
                },
                "level" => match optional.map(|word| word.parse()).transpose() {
                    Ok(level) => person.level = level,
                    Err(fault) => faults.push(format!("level: {fault}")),
                },
                _ => {}
            }
        }
        if faults.is_empty() { Ok(person) } else { Err(faults) }
    }

    /// Everything that is wrong with it, by field; the same for a row of a list as for what is typed.
    #[must_use]
    pub fn faults(&self) -> Vec<(&'static str, String)> {
        let mut faults = Vec::new();
        let optional = |text: &Option<String>, most| text.as_deref().and_then(|t| text_fault(t, 0, most));
        let checks = [
            ("service_number", text_fault(&self.service_number, 1, 40)),
            ("given_name", text_fault(&self.given_name, 1, 100)),
            ("family_name", text_fault(&self.family_name, 1, 100)),
            ("native_name", optional(&self.native_name, 200)),
            ("rank", optional(&self.rank, 100)),
            ("post", optional(&self.post, 100)),
        ];
        faults.extend(checks.into_iter().filter_map(|(field, fault)| fault.map(|fault| (field, fault))));
        if self.email.as_deref().is_some_and(|email| !is_email(email)) {
            faults.push(("email", "is not an e-mail address".to_owned()));
        }
        let is_language = |code: &String| code.len() == 2 && code.bytes().all(|b| b.is_ascii_lowercase());
        if self.languages.len() > 12 || !self.languages.iter().all(is_language) {
            faults.push(("languages", "must be at most 12 codes of two letters".to_owned()));
        }
        faults
    }

    /// What differs between what is stored and this.
    #[must_use]
    pub fn differences(&self, stored: &Self) -> Vec<ImportDifference> {
        let pairs = LIST_COLUMNS.iter().zip(stored.texts().into_iter().zip(self.texts()));
        pairs
            .filter(|(_, (before, after))| before != after)
            .map(|(field, (before, after))| ImportDifference { field: (*field).to_owned(), before, after })
            .collect()
    }
}

/// A cell of a spreadsheet that no program takes for a formula. Source: CWE-1236.
#[must_use]
pub fn harmless_cell(text: &str) -> String {
    let risky = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if risky { format!("'{text}") } else { text.to_owned() }
}

/// Whether an import that deactivates so many must be confirmed. `limit_percent` of those in service may
/// go without.
#[must_use]
pub fn too_many_leave(leaving: usize, in_service: usize, limit_percent: i64) -> bool {
    let (leaving, in_service) = (u128::try_from(leaving).unwrap_or(0), u128::try_from(in_service).unwrap_or(0));
    leaving > 0 && leaving * 100 > in_service * u128::try_from(limit_percent).unwrap_or(0)
}

/// A field that an import changes.
#[derive(Clone, Debug, Object, Serialize)]
pub struct ImportDifference {
    /// The column.
    pub field: String,
    /// What is stored.
    pub before: String,
    /// What the list says.
    pub after: String,
}

/// What an import does with one row of the list, or with one person who is not in it.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct ImportRowView {
    /// Row of the list, the heading being row 1; nothing for a person who is not in it.
    pub row: Option<u32>,
    /// The person's service number.
    pub service_number: String,
    /// The person's name.
    pub name: String,
    /// What is done.
    pub outcome: ImportOutcome,
    /// What changes.
    pub differences: Vec<ImportDifference>,
    /// What is wrong with the row.
    pub faults: Vec<String>,
}

/// What an import does, or did.
#[derive(Clone, Debug, Object, Serialize)]
pub struct ImportView {
    /// Names exactly this plan: send it with the import itself.
    pub plan: String,
    /// Whether it was carried out.
    pub applied: bool,
    /// Persons created.
    pub created: u32,
    /// Persons changed.
    pub changed: u32,
    /// Persons who stay as they are.
    pub unchanged: u32,
    /// Persons deactivated.
    pub deactivated: u32,
    /// Rows that are wrong; nothing is carried out while there is one.
    pub refused: u32,
    /// Whether so many would be deactivated that it must be confirmed.
    pub needs_confirmation: bool,
    /// Row by row; those that change nothing are left out.
    pub rows: Vec<ImportRowView>,
}
