//! JSON door of assessment.

use super::{
    AssessmentView, BankView, ItemFilter, ItemView, NewAssessment, NewAttempt, NewBank, NewItem, NewOpening,
    NewResponse, OpeningView, PaperView, ResponseView, ResultView,
};
use crate::identity::routes::{Auth, Tag};
use crate::platform::{App, Created, Data, Fail, ListPage, Read, Tagged, Write, expected_version};
use entity::assessment::{AssessmentState, ItemKind, ItemState};
use entity::id::{AssessmentId, AttemptId, BankId, ItemId, OpeningId};
use poem::web::Data as Shared;
use poem_openapi::OpenApi;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;

/// Operations of banks, assessments, attempts and results.
pub type AssessmentApi = (BankApi, AssemblyApi, SittingApi);

/// The operations of assessment.
#[must_use]
pub const fn api() -> AssessmentApi {
    (BankApi, AssemblyApi, SittingApi)
}

/// Operations of banks and items.
pub struct BankApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Assessment")]
impl BankApi {
    /// List question banks
    ///
    /// By code, for whoever may read items. Participants have no way to items but their own open attempt.
    #[oai(path = "/banks", method = "get", operation_id = "listBanks")]
    async fn banks(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// Rows wanted, 1 to 200.
        limit: Query<Option<u64>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Data<ListPage<BankView>>, Fail<Read>> {
        Ok(Data(super::banks(&app, &auth, limit.0, cursor.0.as_deref()).await?))
    }

    /// Create a question bank
    ///
    /// It belongs to an organisation, or to the programme.
    #[oai(path = "/banks", method = "post", operation_id = "createBank")]
    async fn new_bank(
        &self,
        app: Shared<&App>,
        auth: Auth,
        body: Json<NewBank>,
    ) -> Result<Created<BankView>, Fail<Write>> {
        let view = super::new_bank(&app, &auth, body.0).await?;
        Ok(Created::at(format!("/api/v1/banks/{}", view.id), view))
    }

    /// Read a question bank
    ///
    /// With its topics and how many items of each may be drawn.
    #[oai(path = "/banks/:bank_id", method = "get", operation_id = "getBank")]
    async fn bank(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The bank.
        bank_id: Path<BankId>,
    ) -> Result<Data<BankView>, Fail<Read>> {
        Ok(Data(super::bank(&app, &auth, bank_id.0).await?))
    }

    /// List items of a bank
    ///
    /// By code, with their keys, for whoever may read items.
    #[oai(path = "/banks/:bank_id/items", method = "get", operation_id = "listItems")]
    #[expect(clippy::too_many_arguments, reason = "one per query parameter")]
    async fn items(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The bank.
        bank_id: Path<BankId>,
        /// Of this topic.
        topic: Query<Option<String>>,
        /// Of this kind.
        kind: Query<Option<ItemKind>>,
        /// In this state.
        state: Query<Option<ItemState>>,
        /// Rows wanted, 1 to 200.
        limit: Query<Option<u64>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Data<ListPage<ItemView>>, Fail<Read>> {
        let wanted = ItemFilter { topic: topic.0, kind: kind.0, state: state.0 };
        Ok(Data(super::items(&app, &auth, bank_id.0, wanted, (limit.0, cursor.0.as_deref())).await?))
    }

    /// Write an item
    ///
    /// With its words in one to four languages, English first, and its key.
    #[oai(path = "/banks/:bank_id/items", method = "post", operation_id = "createItem")]
    async fn new_item(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The bank.
        bank_id: Path<BankId>,
        body: Json<NewItem>,
    ) -> Result<Created<ItemView>, Fail<Write>> {
        let view = super::new_item(&app, &auth, bank_id.0, body.0).await?;
        Ok(Created::at(format!("/api/v1/items/{}", view.id), view))
    }

    /// Read an item
    ///
    /// With its key.
    #[oai(path = "/items/:item_id", method = "get", operation_id = "getItem")]
    async fn item(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The item.
        item_id: Path<ItemId>,
    ) -> Result<Tagged<ItemView>, Fail<Read>> {
        Ok(Tagged(super::item(&app, &auth, item_id.0).await?))
    }

    /// Write an item anew
    ///
    /// A new wording is drawn from now on; papers drawn before keep theirs. The code cannot be changed.
    #[oai(path = "/items/:item_id", method = "put", operation_id = "changeItem")]
    async fn change_item(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The item.
        item_id: Path<ItemId>,
        /// The `ETag` that was read.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: Json<NewItem>,
    ) -> Result<Tagged<ItemView>, Fail<Write>> {
        let version = expected_version(if_match.0.as_deref())?;
        Ok(Tagged(super::change_item(&app, &auth, item_id.0, version, body.0).await?))
    }

    /// Take an item out of use
    ///
    /// It is no longer drawn; papers that have it keep it.
    #[oai(path = "/items/:item_id/retirement", method = "post", operation_id = "retireItem")]
    async fn retire(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The item.
        item_id: Path<ItemId>,
    ) -> Result<Tagged<ItemView>, Fail<Write>> {
        Ok(Tagged(super::retire(&app, &auth, item_id.0).await?))
    }
}

/// Operations of assessments and where they are open.
pub struct AssemblyApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Assessment")]
impl AssemblyApi {
    /// List assessments
    ///
    /// By code, with their rules and without their items. Drafts are shown to those who may manage them.
    #[oai(path = "/assessments", method = "get", operation_id = "listAssessments")]
    async fn assessments(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// In this state.
        state: Query<Option<AssessmentState>>,
        /// Rows wanted, 1 to 200.
        limit: Query<Option<u64>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Data<ListPage<AssessmentView>>, Fail<Read>> {
        Ok(Data(super::assessments(&app, &auth, state.0, limit.0, cursor.0.as_deref()).await?))
    }

    /// Write an assessment
    ///
    /// As a draft, with its rules and the blueprint that says what it draws.
    #[oai(path = "/assessments", method = "post", operation_id = "createAssessment")]
    async fn new_assessment(
        &self,
        app: Shared<&App>,
        auth: Auth,
        body: Json<NewAssessment>,
    ) -> Result<Created<AssessmentView>, Fail<Write>> {
        let view = super::new_assessment(&app, &auth, body.0).await?;
        Ok(Created::at(format!("/api/v1/assessments/{}", view.id), view))
    }

    /// Read an assessment
    ///
    /// Its rules; the blueprint only for who may manage it.
    #[oai(path = "/assessments/:assessment_id", method = "get", operation_id = "getAssessment")]
    async fn assessment(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The assessment.
        assessment_id: Path<AssessmentId>,
    ) -> Result<Tagged<AssessmentView>, Fail<Read>> {
        Ok(Tagged(super::assessment(&app, &auth, assessment_id.0).await?))
    }

    /// Write a draft anew
    ///
    /// Rules and blueprint are replaced. Once published an assessment is not changed.
    #[oai(path = "/assessments/:assessment_id", method = "put", operation_id = "changeAssessment")]
    async fn change_assessment(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The assessment.
        assessment_id: Path<AssessmentId>,
        /// The `ETag` that was read.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: Json<NewAssessment>,
    ) -> Result<Tagged<AssessmentView>, Fail<Write>> {
        let version = expected_version(if_match.0.as_deref())?;
        Ok(Tagged(super::change_assessment(&app, &auth, assessment_id.0, version, body.0).await?))
    }

    /// Publish an assessment
    ///
    /// Its rules are fixed from now on. Refused when the banks do not have what the blueprint wants.
    #[oai(path = "/assessments/:assessment_id/publication", method = "post", operation_id = "publishAssessment")]
    async fn publish(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The assessment.
        assessment_id: Path<AssessmentId>,
    ) -> Result<Tagged<AssessmentView>, Fail<Write>> {
        Ok(Tagged(super::move_assessment(&app, &auth, assessment_id.0, AssessmentState::Published).await?))
    }

    /// Close an assessment
    ///
    /// No attempt can begin any more; those under way go on.
    #[oai(path = "/assessments/:assessment_id/closure", method = "post", operation_id = "closeAssessment")]
    async fn close(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The assessment.
        assessment_id: Path<AssessmentId>,
    ) -> Result<Tagged<AssessmentView>, Fail<Write>> {
        Ok(Tagged(super::move_assessment(&app, &auth, assessment_id.0, AssessmentState::Closed).await?))
    }

    /// List where an assessment is open
    ///
    /// Newest first, for who manages assessments or sees results. What is open for oneself: `GET /openings`.
    #[oai(path = "/assessments/:assessment_id/openings", method = "get", operation_id = "listAssessmentOpenings")]
    async fn openings(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The assessment.
        assessment_id: Path<AssessmentId>,
        /// Rows wanted, 1 to 200.
        limit: Query<Option<u64>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Data<ListPage<OpeningView>>, Fail<Read>> {
        Ok(Data(super::openings(&app, &auth, assessment_id.0, limit.0, cursor.0.as_deref()).await?))
    }

    /// Open an assessment for an activity
    ///
    /// Those who take part in the activity may sit it between two instants; once for each activity.
    #[oai(path = "/assessments/:assessment_id/openings", method = "post", operation_id = "openAssessment")]
    async fn new_opening(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The assessment.
        assessment_id: Path<AssessmentId>,
        body: Json<NewOpening>,
    ) -> Result<Created<OpeningView>, Fail<Write>> {
        let view = super::new_opening(&app, &auth, assessment_id.0, body.0).await?;
        Ok(Created::at(format!("/api/v1/openings/{}", view.id), view))
    }

    /// Begin an attempt
    ///
    /// Draws a paper and sets the deadline. While an attempt is under way this gives that one, however often it
    /// is repeated.
    #[oai(path = "/assessments/:assessment_id/attempts", method = "post", operation_id = "beginAttempt")]
    async fn begin(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The assessment.
        assessment_id: Path<AssessmentId>,
        body: Json<NewAttempt>,
    ) -> Result<Created<PaperView>, Fail<Write>> {
        let view = super::begin(&app, &auth, assessment_id.0, body.0).await?;
        Ok(Created::at(format!("/api/v1/attempts/{}", view.id), view))
    }
}

/// Operations of openings, attempts and results.
pub struct SittingApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Assessment")]
impl SittingApi {
    /// List what is open for oneself
    ///
    /// Assessments of the activities one takes part in, with one's own attempts; those that close last come
    /// first, also those that are over.
    #[oai(path = "/openings", method = "get", operation_id = "listOwnOpenings")]
    async fn open_for_me(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// Rows wanted, 1 to 200.
        limit: Query<Option<u64>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Data<ListPage<OpeningView>>, Fail<Read>> {
        Ok(Data(super::open_for_me(&app, &auth, limit.0, cursor.0.as_deref()).await?))
    }

    /// Read an opening
    ///
    /// With the rules of the assessment and one's own attempts.
    #[oai(path = "/openings/:opening_id", method = "get", operation_id = "getOpening")]
    async fn opening(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The opening.
        opening_id: Path<OpeningId>,
    ) -> Result<Tagged<OpeningView>, Fail<Read>> {
        Ok(Tagged(super::opening(&app, &auth, opening_id.0).await?))
    }

    /// Change an opening
    ///
    /// Its times; attempts under way keep the deadline they have.
    #[oai(path = "/openings/:opening_id", method = "put", operation_id = "changeOpening")]
    async fn change_opening(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The opening.
        opening_id: Path<OpeningId>,
        /// The `ETag` that was read.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: Json<NewOpening>,
    ) -> Result<Tagged<OpeningView>, Fail<Write>> {
        let version = expected_version(if_match.0.as_deref())?;
        Ok(Tagged(super::change_opening(&app, &auth, opening_id.0, version, body.0).await?))
    }

    /// List results of an opening
    ///
    /// In the order the attempts began, narrowed to persons whose results you may see. A manager sees whether
    /// an attempt is passed, and not the score.
    #[oai(path = "/openings/:opening_id/results", method = "get", operation_id = "listResults")]
    async fn results(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The opening.
        opening_id: Path<OpeningId>,
        /// Rows wanted, 1 to 200.
        limit: Query<Option<u64>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Data<ListPage<ResultView>>, Fail<Read>> {
        Ok(Data(super::results(&app, &auth, opening_id.0, limit.0, cursor.0.as_deref()).await?))
    }

    /// List one's own attempts
    ///
    /// Latest first, with their results as far as they are released.
    #[oai(path = "/attempts", method = "get", operation_id = "listOwnAttempts")]
    async fn attempts(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// Rows wanted, 1 to 200.
        limit: Query<Option<u64>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Data<ListPage<ResultView>>, Fail<Read>> {
        Ok(Data(super::attempts(&app, &auth, limit.0, cursor.0.as_deref()).await?))
    }

    /// Read the paper of one's own attempt
    ///
    /// Its questions are there only while it is under way, with the answers kept so far.
    #[oai(path = "/attempts/:attempt_id", method = "get", operation_id = "getPaper")]
    async fn paper(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The attempt.
        attempt_id: Path<AttemptId>,
        /// `en`, `lv`, `be` or `ru`; one's own language when missing.
        #[oai(validator(pattern = "^(en|lv|be|ru)$"))]
        language: Query<Option<String>>,
    ) -> Result<Data<PaperView>, Fail<Read>> {
        Ok(Data(super::paper(&app, &auth, attempt_id.0, language.0.as_deref()).await?))
    }

    /// Save an answer
    ///
    /// Acknowledged only once it is kept for good. Of two answers the one with the greater number stands,
    /// whichever came first; the same one may be sent again. Answers are taken until 60 seconds after the
    /// deadline.
    #[oai(path = "/attempts/:attempt_id/responses/:position", method = "put", operation_id = "saveAnswer")]
    async fn answer(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The attempt.
        attempt_id: Path<AttemptId>,
        /// The question's place on the paper, from 1.
        position: Path<i32>,
        body: Json<NewResponse>,
    ) -> Result<Data<ResponseView>, Fail<Write>> {
        Ok(Data(super::answer(&app, &auth, attempt_id.0, position.0, body.0).await?))
    }

    /// Hand in an attempt
    ///
    /// Grades what was saved. Handing in again gives the same result; so does handing in after time ran out.
    #[oai(path = "/attempts/:attempt_id/submission", method = "post", operation_id = "submitAttempt")]
    async fn submit(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The attempt.
        attempt_id: Path<AttemptId>,
    ) -> Result<Data<ResultView>, Fail<Write>> {
        Ok(Data(super::submit(&app, &auth, attempt_id.0).await?))
    }

    /// Read the result of an attempt
    ///
    /// Score and pass once results are released, and the certificates that were issued by it.
    #[oai(path = "/attempts/:attempt_id/result", method = "get", operation_id = "getResult")]
    async fn result(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The attempt.
        attempt_id: Path<AttemptId>,
    ) -> Result<Data<ResultView>, Fail<Read>> {
        Ok(Data(super::result(&app, &auth, attempt_id.0).await?))
    }
}
