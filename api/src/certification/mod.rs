//! Floor 2: what is asked for a certificate, what was shown, and what follows.
//!
//! Owns: schemes and their immutable rule versions, evidence, periods, certificates and their documents,
//! decisions and proposals, public verification.
//! Tells: `EvidenceRecorded`, `CertificateIssued`, `CertificateSuspended`, `CertificateReinstated`,
//! `CertificateRevoked`, `CertificateProposed`.
//! Refuses to know: courses, sessions, attempts. Who stands above hands facts down with [`record`].

pub(crate) mod pages;
pub(crate) mod routes;
pub mod rules;
mod service;

pub use service::{
    add_scheme, certificate, certificates, confirm, document, evidence_of, holds, new_scheme, on_certificate_issued,
    proposal, proposals, propose_reinstatement, propose_revocation, record, record_by_hand, refuse, scheme, scheme_ids,
    scheme_version, schemes, standing, statuses, suspend, verification,
};

use crate::platform::Problem;
use chrono::{DateTime, NaiveDate, Utc};
use entity::certification as table;
use entity::certification::{CertificationStatus, DecisionKind, EvidenceKind, ProposalState};
use entity::id::{CertificateId, DecisionId, EvidenceId, PersonId, ProposalId, SchemeId};
use poem_openapi::Object;
use rules::{Need, Requirement};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A fact handed in by who stands above.
#[derive(Clone, Debug)]
pub struct NewEvidence {
    /// About whom.
    pub person: PersonId,
    /// What kind of fact.
    pub kind: EvidenceKind,
    /// Course, assessment, outcome or document code.
    pub key: String,
    /// Score, 0 to 100; nothing where there is none.
    pub percent: Option<Decimal>,
    /// What it is taken from: the same source of the same kind counts once for a person.
    pub source_id: Uuid,
    /// When it happened.
    pub at: DateTime<Utc>,
}

/// A new scheme, or a new version of one.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct NewScheme {
    /// Short code, unique.
    #[oai(validator(min_length = 2, max_length = 30, pattern = "^[A-Z0-9-]+$"))]
    pub code: String,
    /// English title.
    #[oai(validator(min_length = 2, max_length = 200))]
    pub title: String,
    /// Latvian title.
    #[oai(validator(max_length = 200))]
    pub title_lv: Option<String>,
    /// Russian title.
    #[oai(validator(max_length = 200))]
    pub title_ru: Option<String>,
    /// Level of the reference framework, 1 to 8; nothing where none is claimed.
    #[oai(validator(minimum(value = "1"), maximum(value = "8")))]
    pub level: Option<i32>,
    /// Calendar months; nothing: does not expire.
    #[oai(validator(minimum(value = "1"), maximum(value = "600")))]
    pub validity_months: Option<i32>,
    /// Days before the end in which it can be renewed.
    #[oai(validator(minimum(value = "0"), maximum(value = "730")))]
    pub renewal_window_days: i32,
    /// Whether an officer confirms before a certificate is issued; otherwise the rule issues it.
    #[oai(default)]
    pub needs_confirmation: bool,
    /// A sentence for the certificate.
    #[oai(validator(max_length = 500))]
    pub wording: Option<String>,
    /// Who awards it.
    #[oai(validator(min_length = 2, max_length = 200))]
    pub awarding_body: String,
    /// The requirement: `{"all": […]}`, `{"any": […]}`, `{"at_least": {"n": 2, "of": […]}}`,
    /// `{"attendance": {"min_percent": 90, "course": "C-DF4"}}`,
    /// `{"assessment": {"assessment": "POST-DF", "min_percent": 70}}`, `{"practical": {"outcome": "DF-2"}}`,
    /// `{"certificate": {"scheme": "CS-DF4"}}`, `{"document": {"code": "…"}}`, `{"external": {"what": "…"}}`.
    pub requirement: serde_json::Value,
}

/// Something still to be shown.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct NeedView {
    /// `attendance`, `assessment`, `practical`, `certificate`, `document` or `external`.
    pub kind: String,
    /// Course, assessment, outcome, scheme or document code; missing when any course counts.
    pub key: Option<String>,
    /// Least score, percent.
    pub min_percent: Option<u32>,
    /// Best score so far, percent.
    pub best_percent: Option<Decimal>,
    /// Needs with the same number are alternatives to one another.
    pub choice: Option<u32>,
    /// How many of the alternatives are still needed.
    pub choose: Option<u32>,
    /// The need as a sentence.
    pub words: String,
}
impl NeedView {
    fn of(need: &Need) -> Self {
        let (kind, key, min_percent) = match &need.leaf {
            Requirement::Attendance { min_percent, course } => ("attendance", course.clone(), Some(*min_percent)),
            Requirement::Assessment { assessment, min_percent } => {
                ("assessment", Some(assessment.clone()), Some(*min_percent))
            }
            Requirement::Practical { outcome } => ("practical", Some(outcome.clone()), None),
            Requirement::Certificate { scheme } => ("certificate", Some(scheme.clone()), None),
            Requirement::Document { code } => ("document", Some(code.clone()), None),
            Requirement::External { what } => ("external", Some(what.clone()), None),
            Requirement::All(_) | Requirement::Any(_) | Requirement::AtLeast { .. } => ("all", None, None),
        };
        Self {
            kind: kind.to_owned(),
            key,
            min_percent,
            best_percent: need.best_percent,
            choice: need.choice.map(|(number, _)| number),
            choose: need.choice.and_then(|(_, wanted)| u32::try_from(wanted).ok()),
            words: rules::words(need),
        }
    }
}

/// A certification scheme as it is in force.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct SchemeView {
    /// Its id.
    pub id: SchemeId,
    /// Short code.
    pub code: String,
    /// English title.
    pub title: String,
    /// Latvian title.
    pub title_lv: Option<String>,
    /// Russian title.
    pub title_ru: Option<String>,
    /// Level of the reference framework.
    pub level: Option<i32>,
    /// Calendar months; missing: does not expire.
    pub validity_months: Option<i32>,
    /// Days before the end in which it can be renewed.
    pub renewal_window_days: i32,
    /// Whether an officer confirms before a certificate is issued.
    pub needs_confirmation: bool,
    /// A sentence for the certificate.
    pub wording: Option<String>,
    /// Who awards it.
    pub awarding_body: String,
    /// Number of the rule version in force.
    pub version_number: i32,
    /// Since when this version is in force.
    pub since: DateTime<Utc>,
    /// The requirement tree.
    pub requirement: serde_json::Value,
    /// Everything the requirement asks for, in words.
    pub needs: Vec<NeedView>,
}
impl SchemeView {
    fn of(code: String, row: table::scheme_version::Model) -> Self {
        let leaves = serde_json::from_value::<Requirement>(row.requirement.clone());
        let nothing = rules::Facts::default();
        let validity = rules::Validity { months: None, renewal_window_days: 0 };
        let verdict = leaves.map(|r| rules::decide(&r, validity, &nothing, rules::local_day(row.created_at)));
        let needs = match verdict {
            Ok(rules::Verdict::StillNeeds(needs)) => needs.iter().map(NeedView::of).collect(),
            _ => vec![],
        };
        Self {
            id: row.scheme_id,
            code,
            title: row.title,
            title_lv: row.title_lv,
            title_ru: row.title_ru,
            level: row.level,
            validity_months: row.validity_months,
            renewal_window_days: row.renewal_window_days,
            needs_confirmation: row.needs_confirmation,
            wording: row.wording,
            awarding_body: row.awarding_body,
            version_number: row.number,
            since: row.created_at,
            requirement: row.requirement,
            needs,
        }
    }
    /// The title in a language, English where there is none.
    #[must_use]
    pub fn title_in(&self, language: &str) -> &str {
        title_in(language, &self.title, self.title_lv.as_deref(), self.title_ru.as_deref())
    }
}

fn title_in<'a>(language: &str, en: &'a str, lv: Option<&'a str>, ru: Option<&'a str>) -> &'a str {
    match language {
        "lv" => lv.unwrap_or(en),
        "ru" | "be" => ru.unwrap_or(en),
        _ => en,
    }
}

/// A reason, kept with the decision.
#[derive(Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct Reason {
    /// Why, in a sentence or two; the person may read it.
    #[oai(validator(min_length = 5, max_length = 1000))]
    pub reason: String,
}

/// A fact recorded by hand: a practical result, a document or something shown outside.
#[derive(Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct EvidenceByHand {
    /// `practical`, `document` or `external`; attendance and assessments are recorded by their own features.
    pub kind: EvidenceKind,
    /// Outcome or document code.
    #[oai(validator(min_length = 1, max_length = 200))]
    pub key: String,
    /// When it happened; now when missing.
    pub at: Option<DateTime<Utc>>,
    /// What was seen, for the officer.
    #[oai(validator(max_length = 1000))]
    pub note: Option<String>,
}

/// A decision about a certificate.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct DecisionView {
    /// Its id.
    pub id: DecisionId,
    /// What was decided.
    pub kind: DecisionKind,
    /// Why.
    pub reason: String,
    /// Who proposed it, where two officers are needed.
    pub proposed_by: Option<String>,
    /// Who decided; missing when the rule did.
    pub decided_by: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// A certificate.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct CertificateView {
    /// Its id.
    pub id: CertificateId,
    /// Its number in groups of four, as printed.
    pub number: String,
    /// Whose it is.
    pub person_id: PersonId,
    /// Their name at the time of issue.
    pub name: String,
    /// The same in its own script.
    pub native_name: Option<String>,
    /// The scheme.
    pub scheme_id: SchemeId,
    /// Its code.
    pub scheme_code: String,
    /// Its title when the certificate was issued.
    pub scheme_title: String,
    /// The title in Latvian.
    #[serde(skip)]
    #[oai(skip)]
    pub title_lv: Option<String>,
    /// The title in Russian.
    #[serde(skip)]
    #[oai(skip)]
    pub title_ru: Option<String>,
    /// Level of the reference framework.
    pub level: Option<i32>,
    /// Who awarded it.
    pub awarding_body: String,
    /// How it stands today.
    pub status: CertificationStatus,
    /// When the requirement was fulfilled.
    pub completed_at: DateTime<Utc>,
    /// First day.
    pub valid_from_on: NaiveDate,
    /// Last day; missing: does not expire.
    pub valid_until_on: Option<NaiveDate>,
    /// First day on which it can be renewed.
    pub renewable_from_on: Option<NaiveDate>,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// Whether the rule issued it, without an officer.
    pub issued_by_rule: bool,
    /// Where anybody can verify it.
    pub verification_url: String,
    /// Hex SHA-256 of its document, once rendered.
    pub document_sha256: Option<String>,
    /// What was decided about it, oldest first; only where one certificate is read.
    pub decisions: Option<Vec<DecisionView>>,
}
impl CertificateView {
    /// The title in a language, English where there is none.
    #[must_use]
    pub fn title_in(&self, language: &str) -> &str {
        title_in(language, &self.scheme_title, self.title_lv.as_deref(), self.title_ru.as_deref())
    }
}

/// Which certificates are wanted.
#[derive(Debug, Default)]
pub struct CertificateFilter {
    /// Of this person.
    pub person_id: Option<PersonId>,
    /// Of this scheme.
    pub scheme_id: Option<SchemeId>,
    /// That stand so today.
    pub status: Option<CertificationStatus>,
}

/// A fact that a certificate rests on.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct EvidenceView {
    /// Its id.
    pub id: EvidenceId,
    /// What kind of fact.
    pub kind: EvidenceKind,
    /// Course, assessment, outcome or document code.
    pub key: String,
    /// Score, percent.
    pub percent: Option<Decimal>,
    /// What it was taken from.
    pub source_id: Uuid,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What was noted.
    pub note: Option<String>,
    /// Who recorded it, unless it was the system or the person themself.
    pub recorded_by: Option<String>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

/// A decision that waits for an officer.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct ProposalView {
    /// Its id.
    pub id: ProposalId,
    /// What is proposed.
    pub kind: DecisionKind,
    /// About whom.
    pub person_id: PersonId,
    /// Their name.
    pub name: String,
    /// Under which scheme.
    pub scheme_id: SchemeId,
    /// Its code.
    pub scheme_code: String,
    /// Its title.
    pub scheme_title: String,
    /// The certificate, unless it is still to be issued.
    pub certificate_id: Option<CertificateId>,
    /// Why.
    pub reason: String,
    /// Who proposed it; missing when the rule did.
    pub proposed_by: Option<String>,
    /// Whether it waits.
    pub state: ProposalState,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// Why it was refused.
    pub answer: Option<String>,
    /// When it was proposed.
    pub created_at: DateTime<Utc>,
}

/// How a person stands with a scheme.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct SchemeStandingView {
    /// The scheme.
    pub scheme_id: SchemeId,
    /// Its code.
    pub scheme_code: String,
    /// Its title.
    pub scheme_title: String,
    /// The title in Latvian.
    #[serde(skip)]
    #[oai(skip)]
    pub title_lv: Option<String>,
    /// The title in Russian.
    #[serde(skip)]
    #[oai(skip)]
    pub title_ru: Option<String>,
    /// How the person stands.
    pub status: CertificationStatus,
    /// The certificate that says so.
    pub certificate_id: Option<CertificateId>,
    /// Its first day.
    pub valid_from_on: Option<NaiveDate>,
    /// Its last day; missing also when it does not expire.
    pub valid_until_on: Option<NaiveDate>,
    /// First day on which it can be renewed.
    pub renewable_from_on: Option<NaiveDate>,
    /// Whether everything is shown and an officer has to confirm.
    pub awaits_officer: bool,
    /// What is still needed for a certificate, or for the next one.
    pub needs: Vec<NeedView>,
}
impl SchemeStandingView {
    /// The title in a language, English where there is none.
    #[must_use]
    pub fn title_in(&self, language: &str) -> &str {
        title_in(language, &self.scheme_title, self.title_lv.as_deref(), self.title_ru.as_deref())
    }
}

/// How a person stands with every scheme at an instant.
#[derive(Clone, Debug, Object, Serialize)]
pub struct StandingView {
    /// The person.
    pub person_id: PersonId,
    /// The instant it is about.
    pub as_of: DateTime<Utc>,
    /// Every scheme, by code.
    pub schemes: Vec<SchemeStandingView>,
}

/// What anybody may know of a certificate whose number they have.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct VerificationView {
    /// The holder's name at the time of issue.
    pub name: String,
    /// Title of the scheme.
    pub scheme_title: String,
    /// First day.
    pub valid_from_on: NaiveDate,
    /// Last day; missing: does not expire.
    pub valid_until_on: Option<NaiveDate>,
    /// `valid`, `upcoming`, `expired`, `suspended` or `revoked`.
    pub status: CertificationStatus,
    /// Who awarded it.
    pub awarding_body: String,
}

/// Why a decision is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusal {
    CodeTaken,
    OwnCertificate,
    SecondOfficer,
    AssessedIt,
    NotOpen,
    NoLongerFulfilled,
    AlreadySuspended,
    NotSuspended,
    AlreadyRevoked,
    AlreadyProposed,
}
impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::CodeTaken => Self::refused("certification/code-taken", "There is a scheme with this code."),
            Refusal::OwnCertificate => Self::forbidden_as(
                "certification/own-certificate",
                "Nobody decides about their own evidence or certificate.",
            ),
            Refusal::SecondOfficer => Self::forbidden_as(
                "certification/second-officer-needed",
                "Another officer must confirm what you proposed.",
            ),
            Refusal::AssessedIt => Self::forbidden_as(
                "certification/assessor-is-not-issuer",
                "You recorded evidence for this; another officer must issue the certificate.",
            ),
            Refusal::NotOpen => Self::refused("certification/proposal-closed", "This proposal was decided already."),
            Refusal::NoLongerFulfilled => {
                Self::refused("certification/no-longer-fulfilled", "The requirement is not fulfilled as it stands now.")
            }
            Refusal::AlreadySuspended => {
                Self::refused("certification/already-suspended", "The certificate is suspended already.")
            }
            Refusal::NotSuspended => Self::refused("certification/not-suspended", "The certificate is not suspended."),
            Refusal::AlreadyRevoked => {
                Self::refused("certification/already-revoked", "The certificate was revoked; that is final.")
            }
            Refusal::AlreadyProposed => Self::refused(
                "certification/already-proposed",
                "A decision about this certificate waits for an officer already.",
            ),
        }
    }
}

crate::events! {
    /// A scheme got a rule: its first or a new one.
    SchemeWritten = "certification/scheme-written", "scheme", scheme { scheme: SchemeId, number: i32 }
    /// A fact was recorded.
    EvidenceRecorded = "certification/evidence-recorded", "evidence", evidence { evidence: EvidenceId, person: PersonId, kind: EvidenceKind }
    /// A certificate waits for an officer: to be issued, revoked or reinstated.
    CertificateProposed = "certification/certificate-proposed", "proposal", proposal { proposal: ProposalId, person: PersonId, scheme: SchemeId }
    /// A proposal was refused.
    ProposalRefused = "certification/proposal-refused", "proposal", proposal { proposal: ProposalId, person: PersonId, scheme: SchemeId }
    /// A certificate was issued.
    CertificateIssued = "certification/certificate-issued", "certificate", certificate { certificate: CertificateId, person: PersonId, scheme: SchemeId }
    /// A certificate was suspended.
    CertificateSuspended = "certification/certificate-suspended", "certificate", certificate { certificate: CertificateId, person: PersonId, scheme: SchemeId }
    /// A suspended certificate counts again.
    CertificateReinstated = "certification/certificate-reinstated", "certificate", certificate { certificate: CertificateId, person: PersonId, scheme: SchemeId }
    /// A certificate was revoked.
    CertificateRevoked = "certification/certificate-revoked", "certificate", certificate { certificate: CertificateId, person: PersonId, scheme: SchemeId }
    /// The document of a certificate was rendered.
    DocumentRendered = "certification/document-rendered", "certificate", certificate { certificate: CertificateId, hash: String }
}
