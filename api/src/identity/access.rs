//! The whole permission policy, on one page. Nothing else in the house decides who may do what.
//!
//! [`row`] is the table the customer signs: one line per action, one column per role. A grant gives a role
//! within a scope; the span in the table says how far that reaches. Queries take the actor's [`Reach`];
//! writes take a [`Permit`], which alone can open a transaction. What lies outside the reach of the
//! matching *view* action does not exist for the actor (404); what is seen but not allowed is 403.

use crate::platform::{App, Author, Problem, Tx};
use chrono::{DateTime, Duration, Utc};
use entity::id::{AccountId, ActivityId, LoginSessionId, OrganisationId, PersonId, UnitId};
use entity::identity::{Role, ScopeKind};
use std::collections::BTreeSet;

/// How far a role reaches with an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// Not at all.
    Nobody,
    /// The person's own things.
    Own,
    /// Activities the person is assigned to as trainer, examiner or evaluator.
    Assigned,
    /// The unit of the grant and all below it.
    Unit,
    /// The whole organisation of the grant.
    Organisation,
    /// The whole programme.
    Programme,
}

macro_rules! actions { ($($(#[doc = $doc:literal])+ $name:ident = [$($span:ident)+] $(second $second:tt)? $(step_up $step:tt)?;)+) => {
    /// One variant per act, named like the verb.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum Action { $($(#[doc = $doc])+ $name),+ }

    impl Action {
        /// Every action, in the order of the table.
        pub const ALL: &'static [Self] = &[$(Self::$name),+];
        /// The action's name, as recorded with events.
        #[must_use]
        pub const fn name(self) -> &'static str { match self { $(Self::$name => stringify!($name)),+ } }
        /// What it is, for the documentation.
        #[must_use]
        pub const fn meaning(self) -> &'static str { match self { $(Self::$name => concat!($($doc),+)),+ } }
        /// Whether a second person must confirm before it takes effect.
        #[must_use]
        pub const fn needs_second_person(self) -> bool { match self { $(Self::$name => false $(|| $second)?),+ } }
        /// Whether the person must have proved who they are within the last five minutes.
        #[must_use]
        pub const fn needs_step_up(self) -> bool { match self { $(Self::$name => false $(|| $step)?),+ } }
    }

    /// The table: the span of each role for an action, in the order of [`ROLES`].
    #[must_use]
    pub const fn row(action: Action) -> [Span; 11] {
        use short::*;
        match action { $(Action::$name => [$($span),+]),+ }
    }
} }

/// The columns of the table.
pub const ROLES: [Role; 11] = [
    Role::Administrator,
    Role::Coordinator,
    Role::Trainer,
    Role::Examiner,
    Role::Manager,
    Role::Participant,
    Role::Auditor,
    Role::CertificationOfficer,
    Role::FinanceOfficer,
    Role::DataProtectionOfficer,
    Role::Evaluator,
];

mod short {
    use super::Span;
    pub const NONE: Span = Span::Nobody;
    pub const OWN: Span = Span::Own;
    pub const RUN: Span = Span::Assigned;
    pub const UNIT: Span = Span::Unit;
    pub const ORG: Span = Span::Organisation;
    pub const PGM: Span = Span::Programme;
}

#[rustfmt::skip]
actions! {
    //                              ADM  COO  TRN  EXM  MGR  PAR  AUD  CER  FIN  DPO  EVA
    /// See organisations and units.
    ViewOrganisations           = [ PGM  PGM  PGM  PGM  PGM  PGM  PGM  PGM  PGM  PGM  PGM ];
    /// Create and change organisations.
    ManageOrganisations         = [ ORG  NONE NONE NONE NONE NONE NONE NONE NONE NONE NONE];
    /// Create, move and close units.
    ManageUnits                 = [ ORG  NONE NONE NONE NONE NONE NONE NONE NONE NONE NONE];
    /// See persons.
    ViewPersons                 = [ ORG  ORG  RUN  RUN  UNIT OWN  ORG  ORG  NONE ORG  NONE];
    /// Create and change persons and their memberships.
    ManagePersons               = [ ORG  NONE NONE NONE NONE NONE NONE NONE NONE NONE NONE];
    /// Import person lists.
    ImportPersons               = [ ORG  NONE NONE NONE NONE NONE NONE NONE NONE NONE NONE] step_up true;
    /// Export person lists.
    ExportPersons               = [ ORG  NONE NONE NONE NONE NONE NONE NONE NONE NONE NONE] step_up true;
    /// Invite, suspend and reset accounts, end their sessions.
    ManageAccounts              = [ ORG  NONE NONE NONE NONE NONE NONE NONE NONE NONE NONE] step_up true;
    /// Change one's own password, second factor, language, sessions and tokens.
    ManageOwnAccount            = [ OWN  OWN  OWN  OWN  OWN  OWN  OWN  OWN  OWN  OWN  OWN ];
    /// Set up or remove one's own second factor, make access tokens.
    ManageOwnSecrets            = [ OWN  OWN  OWN  OWN  OWN  OWN  OWN  OWN  OWN  OWN  OWN ] step_up true;
    /// See which roles are granted.
    ViewGrants                  = [ ORG  NONE NONE NONE NONE OWN  ORG  NONE NONE ORG  NONE];
    /// Grant and revoke ordinary roles, never to oneself.
    GrantRoles                  = [ ORG  NONE NONE NONE NONE NONE NONE NONE NONE NONE NONE] step_up true;
    /// Grant administrator or auditor; a second administrator confirms.
    GrantPrivilegedRoles        = [ ORG  NONE NONE NONE NONE NONE NONE NONE NONE NONE NONE] second true step_up true;
    /// See settings.
    ViewSettings                = [ ORG  NONE NONE NONE NONE NONE ORG  NONE NONE ORG  NONE];
    /// Change settings.
    ManageSettings              = [ ORG  NONE NONE NONE NONE NONE NONE NONE NONE NONE NONE] step_up true;
    /// Read and verify the audit trail.
    ViewAudit                   = [ NONE NONE NONE NONE NONE NONE ORG  NONE NONE ORG  NONE];
    /// See the programme, its components, deliverables and indicators.
    ViewProgramme               = [ PGM  PGM  PGM  PGM  PGM  PGM  PGM  PGM  PGM  PGM  PGM ];
    /// See budget lines and costs.
    ViewBudget                  = [ NONE ORG  NONE NONE NONE NONE ORG  NONE ORG  NONE NONE];
    /// Change the programme, deliverables and indicators.
    ManageProgramme             = [ NONE ORG  NONE NONE NONE NONE NONE NONE NONE NONE NONE];
    /// Change budget lines.
    ManageBudget                = [ NONE NONE NONE NONE NONE NONE NONE NONE ORG  NONE NONE];
    /// See frameworks, outcomes, profiles and published recommendations.
    ViewFrameworks              = [ PGM  PGM  PGM  PGM  PGM  PGM  PGM  PGM  PGM  PGM  PGM ];
    /// Write frameworks, outcomes and profiles.
    ManageFrameworks            = [ NONE ORG  NONE NONE NONE NONE NONE ORG  NONE NONE NONE];
    /// See recommendations and their state.
    ViewRecommendations         = [ NONE ORG  ORG  ORG  ORG  NONE ORG  ORG  NONE NONE ORG ];
    /// Record recommendations and what is done about them.
    ManageRecommendations       = [ NONE ORG  NONE NONE NONE NONE NONE NONE NONE NONE NONE];
    /// Verify that a recommendation is implemented; never one's own.
    VerifyRecommendations       = [ NONE NONE NONE NONE NONE NONE NONE NONE NONE NONE ORG ] second true;
    /// See certification schemes.
    ViewSchemes                 = [ PGM  PGM  PGM  PGM  PGM  PGM  PGM  PGM  PGM  PGM  PGM ];
    /// Write certification schemes.
    ManageSchemes               = [ NONE NONE NONE NONE NONE NONE NONE ORG  NONE NONE NONE];
    /// See certification status and certificates.
    ViewCertificates            = [ NONE ORG  NONE RUN  UNIT OWN  ORG  ORG  NONE NONE NONE];
    /// See the evidence behind a certificate.
    ViewEvidence                = [ NONE NONE NONE NONE NONE OWN  ORG  ORG  NONE NONE NONE];
    /// Record practical results and documents as evidence; never one's own.
    RecordEvidence              = [ NONE NONE NONE ORG  NONE NONE NONE ORG  NONE NONE NONE];
    /// Confirm evidence and issue a certificate; never one's own.
    IssueCertificate            = [ NONE NONE NONE NONE NONE NONE NONE ORG  NONE NONE NONE] step_up true;
    /// Suspend a certificate at once.
    SuspendCertificate          = [ NONE NONE NONE NONE NONE NONE NONE ORG  NONE NONE NONE];
    /// Revoke or reinstate a certificate; a second officer confirms.
    RevokeCertificate           = [ NONE NONE NONE NONE NONE NONE NONE ORG  NONE NONE NONE] second true step_up true;
    /// See the catalogue as it is published.
    ViewCatalogue               = [ PGM  PGM  PGM  PGM  PGM  PGM  PGM  PGM  PGM  PGM  PGM ];
    /// Write, publish and retire courses.
    ManageCourses               = [ NONE ORG  RUN  NONE NONE NONE NONE NONE NONE NONE NONE];
    /// See venues and border crossing points.
    ViewVenues                  = [ PGM  PGM  PGM  PGM  PGM  PGM  PGM  PGM  PGM  PGM  PGM ];
    /// Write venues and border crossing points.
    ManageVenues                = [ NONE ORG  NONE NONE NONE NONE NONE NONE NONE NONE NONE];
    /// See activities that are planned or later, everywhere in the programme.
    ViewActivities              = [ PGM  PGM  PGM  PGM  PGM  PGM  PGM  PGM  PGM  PGM  PGM ];
    /// See drafts too.
    ViewDrafts                  = [ NONE ORG  RUN  RUN  NONE NONE ORG  NONE NONE NONE NONE];
    /// Plan, publish, move, postpone and cancel activities and their sessions.
    ManageActivities            = [ NONE ORG  NONE NONE NONE NONE NONE NONE NONE NONE NONE];
    /// See who takes part in an activity.
    ViewRoster                  = [ NONE ORG  RUN  RUN  UNIT OWN  ORG  ORG  NONE NONE RUN ];
    /// Nominate a person for an activity.
    Nominate                    = [ NONE ORG  NONE NONE UNIT NONE NONE NONE NONE NONE NONE];
    /// Endorse a nomination as the unit's commander.
    Endorse                     = [ NONE NONE NONE NONE UNIT NONE NONE NONE NONE NONE NONE];
    /// Give or refuse a place to an endorsed person; never to oneself.
    SelectParticipants          = [ NONE ORG  NONE NONE NONE NONE NONE NONE NONE NONE NONE];
    /// Enrol oneself where the activity is open, confirm or withdraw.
    Enrol                       = [ OWN  OWN  OWN  OWN  OWN  OWN  OWN  OWN  OWN  OWN  OWN ];
    /// Withdraw somebody else.
    WithdrawOthers              = [ NONE ORG  NONE NONE UNIT NONE NONE NONE NONE NONE NONE];
    /// See attendance.
    ViewAttendance              = [ NONE ORG  RUN  RUN  UNIT OWN  ORG  ORG  NONE NONE RUN ];
    /// Take the roll of a session.
    TakeAttendance              = [ NONE ORG  RUN  RUN  NONE NONE NONE NONE NONE NONE NONE];
    /// Close an attendance sheet by attestation.
    CloseAttendance             = [ NONE ORG  RUN  RUN  NONE NONE NONE NONE NONE NONE NONE];
    /// Read items with their keys.
    ViewItems                   = [ NONE NONE ORG  RUN  NONE NONE NONE NONE NONE NONE NONE];
    /// Write items and banks.
    ManageItems                 = [ NONE NONE ORG  NONE NONE NONE NONE NONE NONE NONE NONE];
    /// See assessments and their settings, without items.
    ViewAssessments             = [ PGM  PGM  PGM  PGM  PGM  PGM  PGM  PGM  PGM  PGM  PGM ];
    /// Assemble, open and close assessments.
    ManageAssessments           = [ NONE NONE ORG  ORG  NONE NONE NONE NONE NONE NONE NONE];
    /// Start, answer and submit one's own attempt.
    SitAssessment               = [ OWN  OWN  OWN  OWN  OWN  OWN  OWN  OWN  OWN  OWN  OWN ];
    /// See results: score and pass.
    ViewResults                 = [ NONE NONE NONE ORG  UNIT OWN  ORG  ORG  NONE NONE NONE];
    /// See completion and readiness figures.
    ViewReports                 = [ NONE ORG  NONE NONE UNIT NONE ORG  ORG  ORG  NONE NONE];
    /// Export figures and lists.
    ExportReports               = [ NONE ORG  NONE NONE UNIT NONE ORG  NONE ORG  NONE NONE] step_up true;
    /// Export everything stored about oneself.
    ExportOwnRecord             = [ OWN  OWN  OWN  OWN  OWN  OWN  OWN  OWN  OWN  OWN  OWN ];
    /// Erase or restrict what is stored about a person.
    ErasePerson                 = [ NONE NONE NONE NONE NONE NONE NONE NONE NONE ORG  NONE] second true step_up true;
}

/// The span of a role for an action.
#[must_use]
pub fn allows(role: Role, action: Action) -> Span {
    let column = ROLES.iter().position(|r| *r == role).unwrap_or(5);
    row(action)[column]
}

/// The table as Markdown, for the documentation and for the review of a change.
#[must_use]
pub fn table() -> String {
    use std::fmt::Write;
    let mut out = String::from("| action |");
    for role in ROLES {
        write!(out, " {role} |").expect("a string takes any text");
    }
    out.push_str(" conditions | meaning |\n|---|");
    out.push_str(&"---|".repeat(ROLES.len() + 2));
    out.push('\n');
    for action in Action::ALL {
        write!(out, "| `{}` |", action.name()).expect("a string takes any text");
        for span in row(*action) {
            let word = match span {
                Span::Nobody => "-",
                Span::Own => "own",
                Span::Assigned => "assigned",
                Span::Unit => "unit",
                Span::Organisation => "organisation",
                Span::Programme => "programme",
            };
            write!(out, " {word} |").expect("a string takes any text");
        }
        let mut conditions = Vec::new();
        if action.needs_second_person() {
            conditions.push("second person");
        }
        if action.needs_step_up() {
            conditions.push("step-up");
        }
        writeln!(out, " {} |{} |", conditions.join(", "), action.meaning()).expect("a string takes any text");
    }
    out
}

/// A role in force, within a scope.
#[derive(Clone, Debug)]
pub struct ActiveGrant {
    /// The role.
    pub role: Role,
    /// What kind of scope it has.
    pub scope: ScopeKind,
    /// The organisation of the scope, when it is an organisation or a unit.
    pub organisation: Option<OrganisationId>,
    /// The unit of the scope and all below it.
    pub units: Vec<UnitId>,
    /// The activity of the scope.
    pub activity: Option<ActivityId>,
}

/// Who acts: an account with a person behind it, and the roles in force.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The account.
    pub account: AccountId,
    /// The person.
    pub person: PersonId,
    /// The person's organisation.
    pub organisation: OrganisationId,
    /// The person's unit today.
    pub unit: Option<UnitId>,
    /// The person's name.
    pub name: String,
    /// The interface language they chose.
    pub language: Option<String>,
    /// The roles in force besides participant, which everybody is.
    pub grants: Vec<ActiveGrant>,
    /// The sign-in session; nothing for an access token.
    pub session: Option<LoginSessionId>,
    /// When they last proved who they are; an access token never does.
    pub proved_at: Option<DateTime<Utc>>,
    /// Whether they may only read (a reduced token).
    pub read_only: bool,
    /// Whether a role of theirs needs a second factor that is not set up yet.
    pub second_factor_missing: bool,
}

/// How far an actor reaches with an action: what queries are narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Everything.
    pub everything: bool,
    /// All of these organisations.
    pub organisations: BTreeSet<OrganisationId>,
    /// All of these units.
    pub units: BTreeSet<UnitId>,
    /// These activities.
    pub activities: BTreeSet<ActivityId>,
    /// What belongs to this person.
    pub own: Option<PersonId>,
    /// Activities this person is assigned to.
    pub assigned: Option<PersonId>,
}

impl Reach {
    /// Whether it reaches nothing at all.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
    /// Whether it reaches persons, units or organisations beyond oneself and one's own activities.
    #[must_use]
    pub fn is_wide(&self) -> bool {
        self.everything || !self.organisations.is_empty() || !self.units.is_empty()
    }
    /// Whether it reaches what `scope` describes.
    #[must_use]
    pub fn covers(&self, scope: &Scope) -> bool {
        self.everything
            || scope.organisation.is_some_and(|o| self.organisations.contains(&o))
            || scope.unit.is_some_and(|u| self.units.contains(&u))
            || scope.activity.is_some_and(|a| self.activities.contains(&a))
            || (scope.person.is_some() && scope.person == self.own)
            || self.assigned.is_some_and(|p| scope.staff.contains(&p))
    }
}

/// What an act touches, as far as permission needs to know.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// The organisation it belongs to.
    pub organisation: Option<OrganisationId>,
    /// The unit it belongs to.
    pub unit: Option<UnitId>,
    /// The person it is about.
    pub person: Option<PersonId>,
    /// The activity it belongs to.
    pub activity: Option<ActivityId>,
    /// Persons assigned to that activity.
    pub staff: Vec<PersonId>,
}

impl Scope {
    /// Nothing in particular: only a reach over everything covers it.
    #[must_use]
    pub fn programme() -> Self {
        Self::default()
    }
    /// An organisation.
    #[must_use]
    pub fn organisation(id: OrganisationId) -> Self {
        Self { organisation: Some(id), ..Self::default() }
    }
    /// A unit of an organisation.
    #[must_use]
    pub fn unit(organisation: OrganisationId, unit: UnitId) -> Self {
        Self { organisation: Some(organisation), unit: Some(unit), ..Self::default() }
    }
    /// A person, with organisation and unit.
    #[must_use]
    pub fn person(person: PersonId, organisation: OrganisationId, unit: Option<UnitId>) -> Self {
        Self { organisation: Some(organisation), unit, person: Some(person), ..Self::default() }
    }
    /// An activity of an organisation, with the persons assigned to it.
    #[must_use]
    pub fn activity(activity: ActivityId, organisation: OrganisationId, staff: Vec<PersonId>) -> Self {
        Self { organisation: Some(organisation), activity: Some(activity), staff, ..Self::default() }
    }
}

/// How long a proof of identity counts for acts that ask for it.
pub const STEP_UP_MINUTES: i64 = 5;

impl Actor {
    /// The roles in force, participant included.
    pub fn roles(&self) -> impl Iterator<Item = Role> {
        let own: BTreeSet<Role> = self.grants.iter().map(|g| g.role).chain([Role::Participant]).collect();
        own.into_iter()
    }

    /// Whether the actor has a role anywhere.
    #[must_use]
    pub fn is(&self, role: Role) -> bool {
        self.roles().any(|r| r == role)
    }

    /// How far the actor reaches with an action.
    #[must_use]
    pub fn reach(&self, action: Action) -> Reach {
        let mut reach = Reach::default();
        if self.second_factor_missing && action != Action::ManageOwnAccount {
            // Until the second factor is there, the account is a participant's.
            self.add(&mut reach, allows(Role::Participant, action), None);
            return reach;
        }
        for grant in &self.grants {
            self.add(&mut reach, allows(grant.role, action), Some(grant));
        }
        self.add(&mut reach, allows(Role::Participant, action), None);
        reach
    }

    fn add(&self, reach: &mut Reach, span: Span, grant: Option<&ActiveGrant>) {
        match span {
            Span::Nobody => {}
            Span::Own => reach.own = Some(self.person),
            Span::Assigned => {
                reach.assigned = Some(self.person);
                reach.activities.extend(grant.and_then(|g| g.activity));
            }
            Span::Programme => reach.everything = true,
            Span::Unit | Span::Organisation => match grant {
                Some(g) if g.scope == ScopeKind::Programme => reach.everything = true,
                Some(g) if g.scope == ScopeKind::Activity => reach.activities.extend(g.activity),
                Some(g) if g.scope == ScopeKind::Organisation || span == Span::Organisation => {
                    reach.organisations.extend(g.organisation);
                }
                Some(g) => reach.units.extend(g.units.iter().copied()),
                None => {}
            },
        }
    }

    /// Whether the actor may do something to nothing in particular: for showing or hiding a button. The
    /// act itself asks again.
    #[must_use]
    pub fn may(&self, action: Action, scope: &Scope) -> bool {
        self.reach(action).covers(scope)
    }

    /// The permit for an act, which opens its transaction.
    ///
    /// # Errors
    /// 403 `forbidden` · `identity/read-only-token` · `identity/second-factor-missing` · `identity/step-up-required`
    pub fn permit(&self, action: Action, scope: &Scope, now: DateTime<Utc>) -> Result<Permit, Problem> {
        let forbid = |code: &'static str, detail: &str| Err(Problem::forbidden_as(code, detail));
        if self.read_only {
            return forbid("identity/read-only-token", "This access token may only read.");
        }
        if !self.reach(action).covers(scope) {
            if self.second_factor_missing {
                return forbid(
                    "identity/second-factor-missing",
                    "Your role needs a second factor. Set it up in your account first.",
                );
            }
            return Err(Problem::forbidden("Your roles do not allow this here."));
        }
        if action.needs_step_up() && self.proved_at.is_none_or(|at| now - at > Duration::minutes(STEP_UP_MINUTES)) {
            return forbid(
                "identity/step-up-required",
                "Confirm your password first; this is asked again after five minutes.",
            );
        }
        let author = Author { act: action.name().to_owned(), account: Some(self.account), person: Some(self.person) };
        Ok(Permit { author })
    }
}

/// Leave to do one act. The only way to a transaction.
#[derive(Debug)]
pub struct Permit {
    author: Author,
}

impl Permit {
    /// Leave for work that no person asked for: reactions to events, schedules, the command line. `why`
    /// appears in the audit trail.
    #[must_use]
    pub fn system(why: &str) -> Self {
        Self { author: Author { act: format!("system:{why}"), account: None, person: None } }
    }

    /// Opens the transaction of this act.
    ///
    /// # Errors
    /// 503 when the database does not take writes.
    #[expect(clippy::disallowed_methods, reason = "the permit is the way in")]
    pub async fn begin(self, app: &App) -> Result<Tx, Problem> {
        Tx::begin(app, self.author).await
    }
}

/// A place in the navigation, and what one must be able to see for it.
pub struct Place {
    /// Path.
    pub href: &'static str,
    /// Key of the label.
    pub key: &'static str,
    /// The action of looking at it.
    pub action: Action,
    /// Whether one's own part alone makes it worth a visit.
    pub own_is_enough: bool,
}

const fn place(href: &'static str, key: &'static str, action: Action, own_is_enough: bool) -> Place {
    Place { href, key, action, own_is_enough }
}

/// The navigation.
pub const NAV: &[Place] = &[
    place("/activities", "nav-activities", Action::ViewActivities, true),
    place("/enrolments", "nav-enrolments", Action::Enrol, true),
    place("/attendance", "nav-attendance", Action::TakeAttendance, false),
    place("/catalogue", "nav-catalogue", Action::ViewCatalogue, true),
    place("/assessments", "nav-assessments", Action::SitAssessment, true),
    place("/certificates", "nav-certificates", Action::ViewCertificates, true),
    place("/reports", "nav-reports", Action::ViewReports, false),
    place("/programme", "nav-programme", Action::ViewProgramme, true),
    place("/frameworks", "nav-frameworks", Action::ViewFrameworks, true),
    place("/people", "nav-people", Action::ViewPersons, false),
    place("/administration", "nav-administration", Action::ViewGrants, false),
    place("/audit", "nav-audit", Action::ViewAudit, false),
];

impl Place {
    /// Whether the actor has something to see there.
    #[must_use]
    pub fn is_for(&self, actor: &Actor) -> bool {
        let reach = actor.reach(self.action);
        reach.is_wide() || (self.own_is_enough && !reach.is_nothing())
    }
}
