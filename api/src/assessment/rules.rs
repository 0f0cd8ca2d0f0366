//! Judgement of assessment: which paper a seed draws, what an answer is worth, when an attempt may begin and
//! when it is over.

use super::Refusal;
use chrono::{DateTime, Duration, Utc};
use entity::assessment::ItemKind;
use hmac::{Hmac, KeyInit, Mac};
use rust_decimal::Decimal;
use sha2::Sha256;

/// How long after the deadline answers that were on their way are still taken.
///
/// Source: features 3.1; a slow line or a busy server costs nobody an answer.
pub const GRACE_SECONDS: i64 = 60;
/// Most options an item may have: one letter each.
pub const MAX_OPTIONS: usize = 26;

/// Numbers that look like chance to whoever does not know the seed, and are the same again for who does.
struct Chance {
    seed: String,
    purpose: String,
    counter: u64,
}

impl Chance {
    fn new(seed: &str, purpose: &str) -> Self {
        Self { seed: seed.to_owned(), purpose: purpose.to_owned(), counter: 0 }
    }

    fn next(&mut self) -> u64 {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.seed.as_bytes()).expect("any length of key is accepted");
        mac.update(self.purpose.as_bytes());
        mac.update(&self.counter.to_be_bytes());
        self.counter += 1;
        let full = mac.finalize().into_bytes();
        u64::from_be_bytes(full[..8].try_into().expect("a SHA-256 has 32 bytes"))
    }

    /// A number below `count`, each equally likely.
    fn below(&mut self, count: usize) -> usize {
        let count = u64::try_from(count.max(1)).unwrap_or(1);
        // The last, incomplete run of numbers would make the small ones likelier.
        let fair = u64::MAX - u64::MAX % count;
        loop {
            let number = self.next();
            if number < fair {
                return usize::try_from(number % count).unwrap_or(0);
            }
        }
    }
}

/// The numbers below `count` in an order that only the seed decides.
#[must_use]
pub fn shuffled(seed: &str, purpose: &str, count: usize) -> Vec<usize> {
    let mut chance = Chance::new(seed, purpose);
    let mut order: Vec<usize> = (0..count).collect();
    for last in (1..count).rev() {
        order.swap(last, chance.below(last + 1));
    }
    order
}

/// A cell of a blueprint with the items it may draw, by their numbers.
#[derive(Clone, Debug)]
pub struct Cell {
    /// How many items it wants.
    pub count: usize,
    /// The items that fit.
    pub pool: Vec<usize>,
}

/// Draws a paper: each cell gets what it wants, no item comes twice, and cells that share items do not starve
/// one another. Items the person has seen less often come first; `times` tells how often, by item.
///
/// The key of an item is not among what it is given, so it cannot decide anything.
///
/// # Errors
/// `assessment/too-few-items`
///
/// Source: features 3.5.
pub fn draw(seed: &str, cells: &[Cell], times: &[u32]) -> Result<Vec<usize>, Refusal> {
    let mut rank = vec![0; times.len()];
    for (place, item) in shuffled(seed, "items", times.len()).into_iter().enumerate() {
        rank[item] = place;
    }
    let mut slots: Vec<Vec<usize>> = Vec::new();
    for cell in cells {
        let mut pool: Vec<usize> = cell.pool.iter().copied().filter(|item| *item < times.len()).collect();
        pool.sort_by_key(|item| (times[*item], rank[*item]));
        pool.dedup();
        slots.extend(std::iter::repeat_n(pool, cell.count));
    }
    let mut holder: Vec<Option<usize>> = vec![None; times.len()];
    for slot in 0..slots.len() {
        if !place(slot, &slots, &mut holder, &mut vec![false; times.len()]) {
            return Err(Refusal::TooFewItems);
        }
    }
    let drawn: Vec<usize> = (0..times.len()).filter(|item| holder[*item].is_some()).collect();
    Ok(shuffled(seed, "paper", drawn.len()).into_iter().map(|at| drawn[at]).collect())
}

/// Finds an item for a slot, moving others to another item of theirs where that helps.
fn place(slot: usize, slots: &[Vec<usize>], holder: &mut [Option<usize>], tried: &mut [bool]) -> bool {
    for item in &slots[slot] {
        if tried[*item] {
            continue;
        }
        tried[*item] = true;
        if holder[*item].is_none_or(|other| place(other, slots, holder, tried)) {
            holder[*item] = Some(slot);
            return true;
        }
    }
    false
}

/// What of an item decides how an answer looks; the key is not part of it.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// What it asks for.
    pub kind: ItemKind,
    /// How many options it has; 2 for true or false.
    pub options: usize,
    /// How many prompts, each to be given an option.
    pub prompts: usize,
}

/// The order in which options are shown. True comes before false; everything else is left to the seed.
#[must_use]
pub fn option_order(seed: &str, position: usize, shape: Shape) -> Vec<usize> {
    match shape.kind {
        ItemKind::TrueFalse => vec![1, 0],
        _ => shuffled(seed, &format!("options {position}"), shape.options),
    }
}

/// The letter of an option by its place on the paper.
#[must_use]
pub fn letter(shown: usize) -> String {
    u8::try_from(shown)
        .ok()
        .filter(|n| usize::from(*n) < MAX_OPTIONS)
        .map_or(String::new(), |n| char::from(b'a' + n).to_string())
}

fn shown(letter: &str) -> Option<usize> {
    match letter.as_bytes() {
        [byte @ b'a'..=b'z'] => Some(usize::from(byte - b'a')),
        _ => None,
    }
}

/// What is wrong with an answer as it was sent; nothing when it can be kept. No answer can always be kept.
#[must_use]
pub fn answer_fault(shape: Shape, answer: &[String]) -> Option<&'static str> {
    if answer.is_empty() {
        return None;
    }
    let known = |letter: &String| shown(letter).is_some_and(|n| n < shape.options);
    let once = || {
        let mut sorted: Vec<&String> = answer.iter().collect();
        sorted.sort_unstable();
        sorted.windows(2).all(|pair| pair[0] != pair[1])
    };
    let (fits, why) = match shape.kind {
        ItemKind::Single | ItemKind::TrueFalse => {
            (answer.len() == 1 && answer.iter().all(known), "must be the letter of one option")
        }
        ItemKind::Multiple => (answer.iter().all(known) && once(), "must be letters of options, each once"),
        ItemKind::Ordering => (
            answer.len() == shape.options && answer.iter().all(known) && once(),
            "must be the letters of all options, each once, in order",
        ),
        ItemKind::Matching => (
            answer.len() == shape.prompts && answer.iter().all(|letter| letter.is_empty() || known(letter)),
            "must be the letter of an option for each prompt, or an empty text",
        ),
    };
    (!fits).then_some(why)
}

/// Whether an answer says anything at all.
#[must_use]
pub fn is_answered(answer: &[String]) -> bool {
    answer.iter().any(|letter| !letter.is_empty())
}

/// The part of an item's point that an answer earns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// What was earned.
    pub earned: u32,
    /// Of how much.
    pub of: u32,
}

/// What an answer is worth.
///
/// One choice, true or false: all or nothing. Several choices: right ones less wrong ones, of the right ones,
/// never below nothing, so that ticking everything does not pay. Matching: prompts that are right. Ordering:
/// options in their right place.
///
/// Source: features 3.4: net scoring for certification.
#[must_use]
pub fn worth(shape: Shape, key: &[u32], order: &[usize], answer: &[String]) -> Share {
    let given = |letter: &String| shown(letter).and_then(|n| order.get(n)).and_then(|n| u32::try_from(*n).ok());
    let count = |n: usize| u32::try_from(n).unwrap_or(0);
    if answer_fault(shape, answer).is_some() {
        return Share { earned: 0, of: 1 };
    }
    match shape.kind {
        ItemKind::Single | ItemKind::TrueFalse => {
            let right = answer.first().and_then(given).is_some_and(|n| key.first() == Some(&n));
            Share { earned: u32::from(right), of: 1 }
        }
        ItemKind::Multiple => {
            let right = answer.iter().filter_map(given).filter(|n| key.contains(n)).count();
            let wrong = answer.len() - right;
            Share { earned: count(right.saturating_sub(wrong)), of: count(key.len()).max(1) }
        }
        ItemKind::Matching | ItemKind::Ordering => {
            let right = key.iter().zip(answer).filter(|(want, letter)| given(letter) == Some(**want)).count();
            Share { earned: count(right), of: count(key.len()).max(1) }
        }
    }
}

/// The score of a paper on which every item counts alike.
///
/// Units: hundredths of a percent, 0 to 10,000. Cut, never rounded up: who is a hair below the limit is below
/// it everywhere. An empty paper scores 0.
#[must_use]
pub fn score(shares: &[Share]) -> i32 {
    // Over the common denominator the sum is exact.
    let common = shares.iter().fold(1_u128, |all, share| lcm(all, u128::from(share.of.max(1))));
    let sum: u128 = shares.iter().map(|s| u128::from(s.earned.min(s.of)) * common / u128::from(s.of.max(1))).sum();
    let whole = common * u128::try_from(shares.len()).unwrap_or(0);
    (10_000 * sum).checked_div(whole).and_then(|n| i32::try_from(n).ok()).unwrap_or(0)
}

fn lcm(a: u128, b: u128) -> u128 {
    let (mut x, mut y) = (a, b);
    while y > 0 {
        (x, y) = (y, x % y);
    }
    a / x * b
}

/// A score as percent, exact.
#[must_use]
pub fn percent(hundredths: i32) -> Decimal {
    Decimal::new(i64::from(hundredths), 2)
}

/// Whether a score passes. Units: `hundredths` of a percent, `pass_percent` whole percent.
#[must_use]
pub const fn passes(hundredths: i32, pass_percent: i32) -> bool {
    hundredths >= pass_percent * 100
}

/// The best of several scores.
#[must_use]
pub fn best(scores: impl IntoIterator<Item = i32>) -> Option<i32> {
    scores.into_iter().max()
}

/// When an attempt that begins now must be handed in: after the time limit, and never after the assessment
/// closes.
#[must_use]
pub fn deadline(now: DateTime<Utc>, limit_minutes: i32, closes_at: DateTime<Utc>) -> DateTime<Utc> {
    (now + Duration::minutes(i64::from(limit_minutes))).min(closes_at)
}

/// The instant from which nothing is taken any more.
#[must_use]
pub fn over_at(deadline: DateTime<Utc>) -> DateTime<Utc> {
    deadline + Duration::seconds(GRACE_SECONDS)
}

/// Whether time is up, grace included. The end itself is over.
#[must_use]
pub fn is_over(deadline: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now >= over_at(deadline)
}

/// What decides whether somebody may begin.
#[derive(Clone, Copy, Debug)]
pub struct StartFacts {
    /// Whether the assessment is published, and not closed since.
    pub published: bool,
    /// When it opens here.
    pub opens_at: DateTime<Utc>,
    /// When it closes here.
    pub closes_at: DateTime<Utc>,
    /// How many attempts are allowed.
    pub max_attempts: i32,
    /// How long to wait after one.
    pub hours_between: i32,
    /// How many attempts there were; all are over.
    pub attempts: i32,
    /// When the last one was handed in.
    pub last_at: Option<DateTime<Utc>>,
}

/// The number of the attempt that somebody may begin now.
///
/// # Errors
/// `assessment/not-open` · `assessment/no-attempts-left` · `assessment/too-soon`
pub fn begin(facts: &StartFacts, now: DateTime<Utc>) -> Result<i32, Refusal> {
    if !facts.published || now < facts.opens_at || now >= facts.closes_at {
        return Err(Refusal::NotOpen { opens_at: facts.opens_at, closes_at: facts.closes_at });
    }
    if facts.attempts >= facts.max_attempts {
        return Err(Refusal::NoAttemptsLeft { max_attempts: facts.max_attempts });
    }
    let wait = Duration::hours(i64::from(facts.hours_between));
    if let Some(from) = facts.last_at.map(|at| at + wait).filter(|from| now < *from) {
        return Err(Refusal::TooSoon { from });
    }
    Ok(facts.attempts + 1)
}

/// Whether participants may see results now.
#[must_use]
pub fn results_shown(results_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    results_at.is_none_or(|at| now >= at)
}

/// What is wrong with an item's shape and key: pointers and reasons.
#[must_use]
pub fn item_faults(shape: Shape, key: &[u32]) -> Vec<(&'static str, &'static str)> {
    let mut faults = Vec::new();
    let distinct = |key: &[u32]| key.iter().collect::<std::collections::BTreeSet<_>>().len() == key.len();
    let known = key.iter().all(|n| usize::try_from(*n).is_ok_and(|n| n < shape.options));
    let least = if shape.kind == ItemKind::TrueFalse { 2 } else { 1 + usize::from(shape.kind != ItemKind::Matching) };
    if !(least..=MAX_OPTIONS).contains(&shape.options) {
        faults.push(("/texts/0/options", "must be 2 to 26; true or false has none of its own"));
    }
    if (shape.kind == ItemKind::Matching) != (1..=MAX_OPTIONS).contains(&shape.prompts) {
        faults.push(("/texts/0/prompts", "are for matching, 1 to 26"));
    }
    let fits = known
        && match shape.kind {
            ItemKind::Single | ItemKind::TrueFalse => key.len() == 1,
            ItemKind::Multiple => !key.is_empty() && distinct(key),
            ItemKind::Ordering => key.len() == shape.options && distinct(key),
            ItemKind::Matching => key.len() == shape.prompts,
        };
    if !fits {
        faults.push(("/key", "must name options by their numbers from 0, as the kind wants it"));
    }
    faults
}

/// The first language there is of those a reader takes, best first.
///
/// Source: brief of the programme: Belarusian falls back to Russian, everything to English.
#[must_use]
pub fn language_at(wanted: &str, there: &[&str]) -> usize {
    let chain: &[&str] = match wanted {
        "be" => &["be", "ru", "en"],
        "lv" => &["lv", "en"],
        "ru" => &["ru", "en"],
        _ => &["en"],
    };
    chain.iter().find_map(|code| there.iter().position(|have| have == code)).unwrap_or(0)
}
