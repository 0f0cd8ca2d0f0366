//! Typed ids. An `ActivityId` cannot be passed where a `PersonId` is meant.

/// Declares a UUIDv7 newtype that is at once a column, a JSON string and a path parameter.
macro_rules! id {
    ($($(#[$doc:meta])* $name:ident;)+) => { $(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord,
            sea_orm::DeriveValueType, poem_openapi::NewType, serde::Serialize, serde::Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub uuid::Uuid);

        impl sea_orm::TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($name)))
            }
        }
        impl From<uuid::Uuid> for $name {
            fn from(id: uuid::Uuid) -> Self { Self(id) }
        }
        impl From<$name> for uuid::Uuid {
            fn from(id: $name) -> Self { id.0 }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }
        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> { text.parse().map(Self) }
        }
    )+ };
}

/// Declares a fieldless state that is stored, sent and shown as the same lower-case word.
#[macro_export]
macro_rules! states {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord,
            sea_orm::EnumIter, sea_orm::DeriveActiveEnum, poem_openapi::Enum,
            serde::Serialize, serde::Deserialize,
        )]
        #[sea_orm(rs_type = "String", db_type = "Text")]
        pub enum $name { $(
            $(#[$vdoc])*
            #[sea_orm(string_value = $word)]
            #[oai(rename = $word)]
            #[serde(rename = $word)]
            $variant
        ),+ }

        impl $name {
            /// The word stored in the database and sent in JSON.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
            /// Every value, in the order declared.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.word()) }
        }
        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text { $($word => Ok(Self::$variant),)+ other => Err(format!("`{other}` is not one of: {}", [$($word),+].join(", "))) }
            }
        }
    };
}

id! {
    /// An event: one act, recorded.
    EventId;
    /// A job: one thing to do later.
    JobId;
    /// An organisation that sends, hosts or funds.
    OrganisationId;
    /// A unit in an organisation's tree.
    UnitId;
    /// A person.
    PersonId;
    /// A span of time in which a person belongs to a unit.
    MembershipId;
    /// An account: what signs in.
    AccountId;
    /// A role granted to an account within a scope.
    GrantId;
    /// A sign-in session.
    LoginSessionId;
    /// A personal access token.
    AccessTokenId;
    /// A grant-funded programme.
    ProgrammeId;
    /// A component of a programme.
    ComponentId;
    /// An amendment of a programme's grant agreement.
    AmendmentId;
    /// A budget line.
    BudgetLineId;
    /// A deliverable.
    DeliverableId;
    /// An indicator.
    IndicatorId;
    /// A competence framework version.
    FrameworkId;
    /// A learning outcome.
    OutcomeId;
    /// A job profile.
    ProfileId;
    /// A recommendation.
    RecommendationId;
    /// A change of a recommendation's state.
    StatusChangeId;
    /// A certification scheme.
    SchemeId;
    /// A piece of evidence.
    EvidenceId;
    /// A certification period.
    PeriodId;
    /// A certificate.
    CertificateId;
    /// An immutable version of a scheme's rule.
    SchemeVersionId;
    /// A decision about a certificate.
    DecisionId;
    /// A decision that waits for an officer.
    ProposalId;
    /// A course.
    CourseId;
    /// An immutable version of a course.
    CourseVersionId;
    /// A venue.
    VenueId;
    /// A border crossing point.
    CrossingPointId;
    /// A span of days in which a crossing point has a status.
    CrossingStatusId;
    /// A scheduled activity.
    ActivityId;
    /// Something that happened to an activity.
    ActivityChangeId;
    /// A session of an activity.
    SessionId;
    /// A commitment of a person, room or asset.
    CommitmentId;
    /// An enrolment of a person in an activity.
    EnrolmentId;
    /// A change of an enrolment, or why it was passed over.
    EnrolmentStepId;
    /// An attendance sheet.
    SheetId;
    /// An attendance mark.
    MarkId;
    /// A question bank.
    BankId;
    /// An item.
    ItemId;
    /// An immutable version of an item.
    ItemVersionId;
    /// An assessment.
    AssessmentId;
    /// An assessment open for an activity.
    OpeningId;
    /// An attempt at an assessment.
    AttemptId;
    /// A message to a person.
    MessageId;
}
