//! Judgement of certification: what a requirement still needs, when a certificate begins and ends, how a
//! person stands on a day.

use chrono::{DateTime, Days, Months, NaiveDate, Utc};
use chrono_tz::Europe::Riga;
use entity::certification::{CertificationStatus, EvidenceKind};
use entity::id::EvidenceId;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Deepest tree of requirements that is taken.
pub const MAX_DEPTH: usize = 6;
/// Most leaves of a tree that is taken.
pub const MAX_LEAVES: usize = 40;

/// What a scheme asks for: a tree of facts to be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Requirement {
    /// Everything below.
    All(Vec<Requirement>),
    /// One of those below.
    Any(Vec<Requirement>),
    /// Some of those below.
    AtLeast {
        /// How many.
        n: usize,
        /// Of these.
        of: Vec<Requirement>,
    },
    /// Presence at a course.
    Attendance {
        /// Percent of the scheduled minutes.
        min_percent: u32,
        /// Code of the course; any course when missing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        course: Option<String>,
    },
    /// An assessment passed.
    Assessment {
        /// Code of the assessment.
        assessment: String,
        /// Percent of the points.
        min_percent: u32,
    },
    /// A learning outcome shown in practice.
    Practical {
        /// Code of the outcome.
        outcome: String,
    },
    /// Another certificate, in force when everything else is there.
    Certificate {
        /// Code of its scheme.
        scheme: String,
    },
    /// A document handed in and accepted.
    Document {
        /// Code of the document.
        code: String,
    },
    /// Something shown outside.
    External {
        /// What it is.
        what: String,
    },
}

impl Requirement {
    /// The leaves of the tree, from left to right.
    #[must_use]
    pub fn leaves(&self) -> Vec<&Self> {
        match self {
            Self::All(of) | Self::Any(of) | Self::AtLeast { of, .. } => of.iter().flat_map(Self::leaves).collect(),
            leaf => vec![leaf],
        }
    }

    fn depth(&self) -> usize {
        match self {
            Self::All(of) | Self::Any(of) | Self::AtLeast { of, .. } => {
                1 + of.iter().map(Self::depth).max().unwrap_or(0)
            }
            _ => 1,
        }
    }

    /// What is wrong with the tree, one sentence each; empty when it can be used.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.depth() > MAX_DEPTH {
            faults.push(format!("may be {MAX_DEPTH} levels deep"));
        }
        if self.leaves().len() > MAX_LEAVES {
            faults.push(format!("may have {MAX_LEAVES} leaves"));
        }
        self.collect_faults(&mut faults);
        faults
    }

    fn collect_faults(&self, faults: &mut Vec<String>) {
        let code = |text: &String| !text.is_empty() && text.chars().count() <= 200;
        match self {
            Self::All(of) | Self::Any(of) if of.is_empty() => faults.push("a branch must have something in it".into()),
            Self::AtLeast { n, of } if *n == 0 || *n > of.len() => {
                faults.push("`at_least` must ask for one at the least and for no more than there are".into());
            }
            Self::Attendance { min_percent, .. } | Self::Assessment { min_percent, .. }
                if !(1..=100).contains(min_percent) =>
            {
                faults.push("`min_percent` must be 1 to 100".into());
            }
            Self::Attendance { course: Some(text), .. }
            | Self::Assessment { assessment: text, .. }
            | Self::Practical { outcome: text }
            | Self::Certificate { scheme: text }
            | Self::Document { code: text }
            | Self::External { what: text }
                if !code(text) =>
            {
                faults.push("a code must have 1 to 200 characters".into());
            }
            _ => {}
        }
        if let Self::All(of) | Self::Any(of) | Self::AtLeast { of, .. } = self {
            for below in of {
                below.collect_faults(faults);
            }
        }
    }

    /// Whether a fact of that kind and key can count towards it.
    #[must_use]
    pub fn is_touched_by(&self, kind: EvidenceKind, key: &str) -> bool {
        self.leaves().into_iter().any(|leaf| leaf.concerns(kind, key))
    }

    /// Whether a certificate of that scheme can count towards it.
    #[must_use]
    pub fn asks_for_scheme(&self, code: &str) -> bool {
        self.leaves().into_iter().any(|leaf| matches!(leaf, Self::Certificate { scheme } if scheme == code))
    }

    fn concerns(&self, kind: EvidenceKind, key: &str) -> bool {
        match (self, kind) {
            (Self::Attendance { course, .. }, EvidenceKind::Attendance) => course.as_ref().is_none_or(|c| c == key),
            (Self::Assessment { assessment, .. }, EvidenceKind::Assessment) => assessment == key,
            (Self::Practical { outcome }, EvidenceKind::Practical) => outcome == key,
            (Self::Document { code }, EvidenceKind::Document) => code == key,
            (Self::External { what }, EvidenceKind::External) => what == key,
            _ => false,
        }
    }

    fn min_percent(&self) -> Option<u32> {
        match self {
            Self::Attendance { min_percent, .. } | Self::Assessment { min_percent, .. } => Some(*min_percent),
            _ => None,
        }
    }
}

/// A fact that was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Its id.
    pub id: EvidenceId,
    /// What kind of fact.
    pub kind: EvidenceKind,
    /// Course, assessment, outcome or document code.
    pub key: String,
    /// Score, 0 to 100.
    pub percent: Option<Decimal>,
    /// When it happened.
    pub at: DateTime<Utc>,
}

/// Days on which another certificate was in force, both ends included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Code of its scheme.
    pub scheme: String,
    /// First day.
    pub from_on: NaiveDate,
    /// Last day; nothing: for good.
    pub until_on: Option<NaiveDate>,
    /// When its requirement was fulfilled.
    pub completed_at: DateTime<Utc>,
}

/// How long a certificate holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// Calendar months; nothing: for good.
    pub months: Option<u32>,
    /// Days before the end in which it can be renewed.
    pub renewal_window_days: u32,
}

/// The latest period of the person under the same scheme that has not been revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastPeriod {
    /// Last day; nothing: for good.
    pub valid_until_on: Option<NaiveDate>,
    /// First day of the renewal window.
    pub renewable_from_on: Option<NaiveDate>,
}

/// What is known of a person when a scheme is evaluated.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Everything shown.
    pub evidence: Vec<Evidence>,
    /// Other certificates.
    pub spans: Vec<Span>,
    /// The latest period that counts.
    pub last: Option<LastPeriod>,
    /// When the latest period was revoked, if one was: evidence from before counts no more.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A certificate to be issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Award {
    /// When the requirement was fulfilled.
    pub completed_at: DateTime<Utc>,
    /// What it rests on.
    pub evidence: BTreeSet<EvidenceId>,
    /// First day.
    pub valid_from_on: NaiveDate,
    /// Last day; nothing: for good.
    pub valid_until_on: Option<NaiveDate>,
    /// First day of the renewal window.
    pub renewable_from_on: Option<NaiveDate>,
}

/// Something still to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// The leaf of the requirement.
    pub leaf: Requirement,
    /// The best score shown so far, 0 to 100.
    pub best_percent: Option<Decimal>,
    /// Number of the choice it belongs to, and how many of that choice are still needed; nothing when it is
    /// needed whatever else is shown.
    pub choice: Option<(u32, usize)>,
}

/// What follows from the facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Everything is there.
    Award(Award),
    /// This is missing.
    StillNeeds(Vec<Need>),
    /// A certificate is in force and cannot be renewed yet, or what was shown would not prolong it.
    AlreadyHeld,
}

/// The local day of an instant, Europe/Riga.
#[must_use]
pub fn local_day(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&Riga).date_naive()
}

/// A day so many calendar months later; a day that the month lacks becomes its last one: 31 January and one
/// month is 28 or 29 February.
///
/// Units: `months` are calendar months.
#[must_use]
pub fn months_later(day: NaiveDate, months: u32) -> NaiveDate {
    day.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX)
}

/// First day, last day and first day of the renewal window of a certificate whose requirement was fulfilled
/// at `completed_at`. The validity counts from the completion. A renewal within the window begins the day
/// after the old certificate ends, so that no day is lost and none is held twice; a late one begins at the
/// completion.
///
/// Source: certification policy, base `completion`.
#[must_use]
pub fn dates(
    validity: Validity,
    completed_at: DateTime<Utc>,
    last: Option<LastPeriod>,
) -> (NaiveDate, Option<NaiveDate>, Option<NaiveDate>) {
    let day = local_day(completed_at);
    let until = validity.months.map(|months| months_later(day, months));
    let contiguous = last.and_then(|last| last.valid_until_on).filter(|end| day <= *end);
    let from = contiguous.and_then(|end| end.succ_opt()).unwrap_or(day);
    let window = until.map(|end| {
        let opens = end.checked_sub_days(Days::new(u64::from(validity.renewal_window_days))).unwrap_or(end);
        // A window longer than the validity itself opens the day after the certificate begins.
        opens.max(from.succ_opt().unwrap_or(from)).min(end)
    });
    (from, until, window)
}

/// Decides whether a requirement is fulfilled and what follows.
///
/// Evidence counts for a renewal from the day on which the renewal window opens; nothing shown before a
/// revocation counts after it. `today` is the local day.
///
/// Source: certification policy 4.4; features 3.8.
#[must_use]
pub fn decide(requirement: &Requirement, validity: Validity, facts: &Facts, today: NaiveDate) -> Verdict {
    if facts.last.is_some_and(|last| last.valid_until_on.is_none()) {
        return Verdict::AlreadyHeld;
    }
    let opens_on = facts.last.and_then(|last| last.renewable_from_on.or(last.valid_until_on));
    let counts = |e: &&Evidence| {
        opens_on.is_none_or(|day| local_day(e.at) >= day) && facts.revoked_at.is_none_or(|at| e.at > at)
    };
    let case = Case { evidence: facts.evidence.iter().filter(counts).collect(), spans: &facts.spans, today };
    let mut instants: Vec<DateTime<Utc>> =
        case.evidence.iter().map(|e| e.at).chain(facts.spans.iter().map(|s| s.completed_at)).collect();
    instants.retain(|at| opens_on.is_none_or(|day| local_day(*at) >= day) && facts.revoked_at.is_none_or(|r| *at > r));
    instants.sort_unstable();
    instants.dedup();
    let first = instants.into_iter().find_map(|at| case.shown(requirement, at).map(|ids| (at, ids)));
    if let Some((at, ids)) = first {
        let (valid_from_on, valid_until_on, renewable_from_on) = dates(validity, at, facts.last);
        if valid_until_on.is_some_and(|end| end < valid_from_on) {
            return Verdict::AlreadyHeld;
        }
        return Verdict::Award(Award {
            completed_at: at,
            evidence: ids,
            valid_from_on,
            valid_until_on,
            renewable_from_on,
        });
    }
    if opens_on.is_some_and(|day| today < day) {
        return Verdict::AlreadyHeld;
    }
    let mut needs = Vec::new();
    case.missing(requirement, None, &mut needs);
    Verdict::StillNeeds(needs)
}

/// What counts in one decision.
struct Case<'a> {
    evidence: Vec<&'a Evidence>,
    spans: &'a [Span],
    today: NaiveDate,
}

impl Case<'_> {
    /// The evidence that fulfils a requirement at an instant, or nothing when it is not fulfilled then.
    fn shown(&self, requirement: &Requirement, at: DateTime<Utc>) -> Option<BTreeSet<EvidenceId>> {
        match requirement {
            Requirement::All(of) => {
                of.iter().try_fold(BTreeSet::new(), |ids, below| Some(&ids | &self.shown(below, at)?))
            }
            Requirement::Any(of) => of.iter().find_map(|below| self.shown(below, at)),
            Requirement::AtLeast { n, of } => {
                let found: Vec<_> = of.iter().filter_map(|below| self.shown(below, at)).take(*n).collect();
                (found.len() == *n).then(|| found.into_iter().flatten().collect())
            }
            Requirement::Certificate { scheme } => self.holds_on(scheme, local_day(at)).then(BTreeSet::new),
            leaf => {
                let fits = |e: &&&Evidence| {
                    e.at <= at
                        && leaf.concerns(e.kind, &e.key)
                        && leaf.min_percent().is_none_or(|min| e.percent.is_some_and(|have| have >= Decimal::from(min)))
                };
                self.evidence.iter().filter(fits).min_by_key(|e| (e.at, e.id)).map(|e| BTreeSet::from([e.id]))
            }
        }
    }

    fn holds_on(&self, scheme: &str, day: NaiveDate) -> bool {
        let covers = |s: &Span| s.from_on <= day && s.until_on.is_none_or(|end| day <= end);
        self.spans.iter().any(|s| s.scheme == scheme && covers(s))
    }

    fn is_shown(&self, requirement: &Requirement) -> bool {
        match requirement {
            Requirement::Certificate { scheme } => self.holds_on(scheme, self.today),
            other => self.shown(other, DateTime::<Utc>::MAX_UTC).is_some(),
        }
    }

    /// Collects the leaves that are missing; those of an open choice share its number.
    fn missing(&self, requirement: &Requirement, choice: Option<(u32, usize)>, needs: &mut Vec<Need>) {
        match requirement {
            Requirement::All(of) => {
                for below in of {
                    self.missing(below, choice, needs);
                }
            }
            Requirement::Any(of) | Requirement::AtLeast { of, .. } => {
                let wanted = if let Requirement::AtLeast { n, .. } = requirement { *n } else { 1 };
                let have = of.iter().filter(|below| self.is_shown(below)).count();
                if have >= wanted {
                    return;
                }
                let next = needs.iter().filter_map(|n| n.choice).map(|(number, _)| number).max().unwrap_or(0) + 1;
                let choice = choice.or((wanted < of.len()).then_some((next, wanted - have)));
                for below in of.iter().filter(|below| !self.is_shown(below)) {
                    self.missing(below, choice, needs);
                }
            }
            leaf if !self.is_shown(leaf) => {
                let concerning = self.evidence.iter().filter(|e| leaf.concerns(e.kind, &e.key));
                let best_percent = concerning.filter_map(|e| e.percent).max();
                needs.push(Need { leaf: leaf.clone(), best_percent, choice });
            }
            _ => {}
        }
    }
}

/// A need as an English sentence.
#[must_use]
pub fn words(need: &Need) -> String {
    let best = need.best_percent.map_or(String::new(), |p| format!(" (best so far: {} %)", p.normalize()));
    match &need.leaf {
        Requirement::Attendance { min_percent, course: Some(course) } => {
            format!("Attend {course}: at least {min_percent} % of the scheduled time{best}")
        }
        Requirement::Attendance { min_percent, course: None } => {
            format!("Attend a course: at least {min_percent} % of the scheduled time{best}")
        }
        Requirement::Assessment { assessment, min_percent } => {
            format!("Pass {assessment} with at least {min_percent} %{best}")
        }
        Requirement::Practical { outcome } => format!("Show {outcome} in practice"),
        Requirement::Certificate { scheme } => format!("Hold a valid certificate {scheme}"),
        Requirement::Document { code } => format!("Hand in {code} and have it accepted"),
        Requirement::External { what } => format!("Show: {what}"),
        Requirement::All(_) | Requirement::Any(_) | Requirement::AtLeast { .. } => String::new(),
    }
}

/// A period and what was decided about it, as far as the status needs to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// First day.
    pub valid_from_on: NaiveDate,
    /// Last day; nothing: for good.
    pub valid_until_on: Option<NaiveDate>,
    /// First day of the renewal window.
    pub renewable_from_on: Option<NaiveDate>,
    /// Whether it is suspended at the instant asked for.
    pub suspended: bool,
    /// Whether it is revoked at the instant asked for.
    pub revoked: bool,
}

/// How one period stands on a day, by itself.
#[must_use]
pub fn standing(held: &Held, on: NaiveDate) -> CertificationStatus {
    if held.revoked {
        CertificationStatus::Revoked
    } else if held.valid_until_on.is_some_and(|end| on > end) {
        CertificationStatus::Expired
    } else if held.suspended {
        CertificationStatus::Suspended
    } else if on < held.valid_from_on {
        CertificationStatus::Upcoming
    } else if held.renewable_from_on.is_some_and(|opens| on >= opens) {
        CertificationStatus::Renewable
    } else {
        CertificationStatus::Valid
    }
}

/// How a person stands with a scheme on a day: by the period that covers it, else by the latest one. A
/// period in its window that has been renewed already is simply valid. Also says which period it is.
///
/// Source: features 3.8, `status(person, cert, t)`.
#[must_use]
pub fn status(periods: &[Held], on: NaiveDate) -> (CertificationStatus, Option<usize>) {
    let covers = |held: &Held| held.valid_from_on <= on && held.valid_until_on.is_none_or(|end| on <= end);
    let counting = |index: &usize| !periods[*index].revoked;
    let order = |index: &usize| periods[*index].valid_from_on;
    let all = || 0..periods.len();
    let current = all().filter(counting).filter(|i| covers(&periods[*i])).max_by_key(order);
    let past = || all().filter(counting).filter(|i| periods[*i].valid_from_on <= on).max_by_key(order);
    let next = || all().filter(counting).min_by_key(order);
    let revoked = || all().filter(|i| periods[*i].valid_from_on <= on).max_by_key(order);
    // A revocation that came after the last period that counts says more than that one's expiry.
    let after = |index: usize| revoked().filter(|r| order(r) > order(&index)).unwrap_or(index);
    let found = current.or_else(|| past().map(after)).or_else(revoked).or_else(next);
    let Some(index) = found else { return (CertificationStatus::NotHeld, None) };
    let renewed = all().filter(counting).any(|i| order(&i) > order(&index));
    match standing(&periods[index], on) {
        CertificationStatus::Renewable if renewed => (CertificationStatus::Valid, Some(index)),
        status => (status, Some(index)),
    }
}

/// Characters of a certificate number: digits and letters that cannot be taken for one another.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of a certificate number, 5 random bits each: 140 bits.
pub const NUMBER_LENGTH: usize = 28;

/// A certificate number from random bytes.
#[must_use]
pub fn number(random: &[u8]) -> String {
    random.iter().take(NUMBER_LENGTH).map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect()
}

/// A number in groups of four, as it is printed.
#[must_use]
pub fn grouped(number: &str) -> String {
    let letters: Vec<char> = number.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// A number as somebody typed it, as it is stored; nothing when it cannot be one.
#[must_use]
pub fn typed_number(text: &str) -> Option<String> {
    let letter = |c: char| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let number: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').map(letter).collect();
    let fits = number.len() == NUMBER_LENGTH && number.bytes().all(|b| ALPHABET.contains(&b));
    fits.then_some(number)
}
