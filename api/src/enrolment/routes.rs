//! JSON door of enrolment.

use super::{EligibilityView, EnrolmentFilter, EnrolmentView, NewNomination, Selection, WithReason};
use crate::identity::routes::{Auth, Tag};
use crate::platform::{App, Created, Data, Fail, ListPage, Read, Tagged, Write};
use entity::enrolment::EnrolmentState;
use entity::id::{ActivityId, EnrolmentId, PersonId};
use poem::web::Data as Shared;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

/// Operations of enrolments.
pub struct EnrolmentApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Enrolment")]
impl EnrolmentApi {
    /// Nominate a person
    ///
    /// For an activity that takes people. Somebody else endorses the nomination as commander of the person's
    /// unit, and the coordinator selects. Whoever is in the activity already stays as they are.
    #[oai(path = "/activities/:activity_id/nominations", method = "post", operation_id = "nominatePerson")]
    async fn nominate(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The activity.
        activity_id: Path<ActivityId>,
        body: Json<NewNomination>,
    ) -> Result<Created<EnrolmentView>, Fail<Write>> {
        let view = super::nominate(&app, &auth, activity_id.0, body.0).await?;
        Ok(Created::at(format!("/api/v1/enrolments/{}", view.id), view))
    }

    /// Enrol yourself
    ///
    /// In an activity that is open: a seat if one is free, else the end of the reserve list. A refusal names
    /// every reason at once, in `facts.obstacles`. Enrolling twice is enrolling once.
    #[oai(path = "/activities/:activity_id/enrolments", method = "post", operation_id = "enrol")]
    async fn enrol(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The activity.
        activity_id: Path<ActivityId>,
    ) -> Result<Created<EnrolmentView>, Fail<Write>> {
        let view = super::enrol(&app, &auth, activity_id.0).await?;
        Ok(Created::at(format!("/api/v1/enrolments/{}", view.id), view))
    }

    /// List enrolments of an activity
    ///
    /// Newest first: all of them for its coordinator and staff, those of your own unit for a manager, your
    /// own for everybody else.
    #[oai(path = "/activities/:activity_id/enrolments", method = "get", operation_id = "listActivityEnrolments")]
    #[expect(clippy::too_many_arguments, reason = "one per query parameter")]
    async fn of_activity(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The activity.
        activity_id: Path<ActivityId>,
        /// In this state.
        state: Query<Option<EnrolmentState>>,
        /// Rows wanted, 1 to 200.
        limit: Query<Option<u64>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Data<ListPage<EnrolmentView>>, Fail<Read>> {
        let wanted = EnrolmentFilter { activity_id: Some(activity_id.0), state: state.0, ..EnrolmentFilter::default() };
        Ok(Data(super::activity_enrolments(&app, &auth, wanted, limit.0, cursor.0.as_deref()).await?))
    }

    /// See whether a person can get in
    ///
    /// You, or somebody you may nominate or select. Names everything that stands in the way, and where the
    /// person would be placed now. Nothing is changed.
    #[oai(path = "/activities/:activity_id/eligibility", method = "get", operation_id = "getEligibility")]
    async fn eligibility(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The activity.
        activity_id: Path<ActivityId>,
        /// The person; yourself when missing.
        person_id: Query<Option<PersonId>>,
    ) -> Result<Data<EligibilityView>, Fail<Read>> {
        Ok(Data(super::eligibility(&app, &auth, activity_id.0, person_id.0).await?))
    }

    /// List enrolments
    ///
    /// Newest first, narrowed to persons you may see: yourself, your unit, your organisation.
    #[oai(path = "/enrolments", method = "get", operation_id = "listEnrolments")]
    #[expect(clippy::too_many_arguments, reason = "one per query parameter")]
    async fn enrolments(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// Of this person.
        person_id: Query<Option<PersonId>>,
        /// In this state.
        state: Query<Option<EnrolmentState>>,
        /// Rows wanted, 1 to 200.
        limit: Query<Option<u64>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Data<ListPage<EnrolmentView>>, Fail<Read>> {
        let wanted = EnrolmentFilter { person_id: person_id.0, state: state.0, ..EnrolmentFilter::default() };
        Ok(Data(super::enrolments(&app, &auth, wanted, limit.0, cursor.0.as_deref()).await?))
    }

    /// Read an enrolment
    ///
    /// With every step that led there, and the place on the reserve list.
    #[oai(path = "/enrolments/:enrolment_id", method = "get", operation_id = "getEnrolment")]
    async fn enrolment(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The enrolment.
        enrolment_id: Path<EnrolmentId>,
    ) -> Result<Tagged<EnrolmentView>, Fail<Read>> {
        Ok(Tagged(super::enrolment(&app, &auth, enrolment_id.0).await?))
    }

    /// Endorse a nomination
    ///
    /// As commander of the person's unit. Never for yourself, and not a nomination you made.
    #[oai(path = "/enrolments/:enrolment_id/endorsement", method = "post", operation_id = "endorseNomination")]
    async fn endorse(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The enrolment.
        enrolment_id: Path<EnrolmentId>,
    ) -> Result<Tagged<EnrolmentView>, Fail<Write>> {
        Ok(Tagged(super::endorse(&app, &auth, enrolment_id.0).await?))
    }

    /// Select a person
    ///
    /// Gives a place to somebody endorsed: a seat if one is free, else a place on the reserve list. Never for
    /// yourself. A refusal names every reason at once, in `facts.obstacles`.
    #[oai(path = "/enrolments/:enrolment_id/selection", method = "post", operation_id = "selectParticipant")]
    async fn select(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The enrolment.
        enrolment_id: Path<EnrolmentId>,
        body: Json<Selection>,
    ) -> Result<Tagged<EnrolmentView>, Fail<Write>> {
        Ok(Tagged(super::select(&app, &auth, enrolment_id.0, body.0).await?))
    }

    /// Decline a nomination
    ///
    /// The commander of the unit declines a nomination, the coordinator also an endorsed one.
    #[oai(path = "/enrolments/:enrolment_id/decline", method = "post", operation_id = "declineNomination")]
    async fn decline(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The enrolment.
        enrolment_id: Path<EnrolmentId>,
        body: Json<WithReason>,
    ) -> Result<Tagged<EnrolmentView>, Fail<Write>> {
        Ok(Tagged(super::decline(&app, &auth, enrolment_id.0, body.0).await?))
    }

    /// Withdraw an enrolment
    ///
    /// Your own, or as manager or coordinator somebody else's, until the activity starts. A freed seat goes to
    /// the first on the reserve list to whom nothing stands in the way, at once.
    #[oai(path = "/enrolments/:enrolment_id/withdrawal", method = "post", operation_id = "withdrawEnrolment")]
    async fn withdraw(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The enrolment.
        enrolment_id: Path<EnrolmentId>,
        body: Json<WithReason>,
    ) -> Result<Tagged<EnrolmentView>, Fail<Write>> {
        Ok(Tagged(super::withdraw(&app, &auth, enrolment_id.0, body.0).await?))
    }
}
