//! Judgements about secrets and names: which passwords will do, how long a guesser waits, how names fold.

use chrono::{DateTime, Duration, Utc};

/// Least characters of a password that is the only factor. Source: NIST SP 800-63B-4.
pub const PASSWORD_MIN_CHARS: usize = 15;
/// Most characters accepted. Source: at least 64 by NIST SP 800-63B-4; more only costs hashing time.
pub const PASSWORD_MAX_CHARS: usize = 256;
/// Wrong guesses at one account in a day after which it stays shut until the day ends. Source: NIST SP 800-63B-4.
pub const ACCOUNT_GUESSES_A_DAY: i32 = 100;
/// Wrong guesses from one address in a day after which it stays shut until the day ends.
pub const ADDRESS_GUESSES_A_DAY: i32 = 1000;
/// Wrong guesses an address may make before it has to wait: many people share one.
pub const ADDRESS_FREE_GUESSES: i32 = 20;

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
    for word in context.iter().map(|w| fold(w)).filter(|w| w.chars().count() >= 4) {
        let rest = folded.replace(&word, "");
        if rest.len() < folded.len() && rest.chars().filter(|c| c.is_alphabetic()).count() < 6 {
            faults.push(format!("is little more than “{word}”"));
        }
    }
    let letters: String = folded.chars().filter(|c| c.is_alphabetic()).collect();
    if COMMON.iter().any(|common| letters == *common || letters == common.repeat(2) || folded == *common) {
        faults.push("is one of the commonest passwords".to_owned());
    }
    faults
}

const COMMON: &[&str] = &[
    "password",
    "passwordpassword",
    "qwertyuiop",
    "qwertyuiopasdfghjkl",
    "letmein",
    "iloveyou",
    "administrator",
    "changeme",
    "correcthorsebatterystaple",
    "waymark",
    "borderguard",
    "robezsardze",
    "welcome",
    "passwordqwerty",
    "parole",
    "пароль",
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
