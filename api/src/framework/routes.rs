//! JSON door of framework.

use super::{
    FrameworkSummaryView, FrameworkView, NewFramework, NewRecommendation, NewStatusChange, RecommendationFilter,
    RecommendationView,
};
use crate::identity::routes::{Auth, Tag};
use crate::platform::{App, Created, Data, Fail, ListPage, Read, Tagged, Write, expected_version};
use entity::framework::{Priority, RecommendationState};
use entity::id::{FrameworkId, RecommendationId, UnitId};
use poem::web::Data as Shared;
use poem_openapi::OpenApi;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;

/// Operations of frameworks and recommendations.
pub struct FrameworkApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Frameworks")]
impl FrameworkApi {
    /// List framework editions
    ///
    /// Newest first. Drafts are shown to those who may write them.
    #[oai(path = "/frameworks", method = "get", operation_id = "listFrameworks")]
    async fn frameworks(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// Rows wanted, 1 to 200.
        limit: Query<Option<u64>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Data<ListPage<FrameworkSummaryView>>, Fail<Read>> {
        Ok(Data(super::frameworks(&app, &auth, limit.0, cursor.0.as_deref()).await?))
    }

    /// Write a framework edition
    ///
    /// As a draft, with its outcomes and job profiles.
    #[oai(path = "/frameworks", method = "post", operation_id = "createFramework")]
    async fn new_framework(
        &self,
        app: Shared<&App>,
        auth: Auth,
        body: Json<NewFramework>,
    ) -> Result<Created<FrameworkView>, Fail<Write>> {
        let view = super::new_framework(&app, &auth, body.0).await?;
        Ok(Created::at(format!("/api/v1/frameworks/{}", view.id), view))
    }

    /// Read a framework edition
    ///
    /// With its outcomes and job profiles, in the languages they are written in.
    #[oai(path = "/frameworks/:framework_id", method = "get", operation_id = "getFramework")]
    async fn framework(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The framework edition.
        framework_id: Path<FrameworkId>,
    ) -> Result<Tagged<FrameworkView>, Fail<Read>> {
        Ok(Tagged(super::framework(&app, &auth, framework_id.0).await?))
    }

    /// Write a draft anew
    ///
    /// Outcomes and profiles are replaced. A published edition is never changed.
    #[oai(path = "/frameworks/:framework_id", method = "put", operation_id = "changeFramework")]
    async fn change_framework(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The framework edition.
        framework_id: Path<FrameworkId>,
        /// The `ETag` that was read.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: Json<NewFramework>,
    ) -> Result<Tagged<FrameworkView>, Fail<Write>> {
        let version = expected_version(if_match.0.as_deref())?;
        Ok(Tagged(super::change_framework(&app, &auth, framework_id.0, version, body.0).await?))
    }

    /// Publish a framework edition
    ///
    /// The edition in force before is superseded.
    #[oai(path = "/frameworks/:framework_id/publication", method = "post", operation_id = "publishFramework")]
    async fn publish(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The framework edition.
        framework_id: Path<FrameworkId>,
    ) -> Result<Tagged<FrameworkView>, Fail<Write>> {
        Ok(Tagged(super::publish_framework(&app, &auth, framework_id.0).await?))
    }

    /// List recommendations
    ///
    /// By reference, narrowed to those you may know of. One is overdue when it is open and its due day has
    /// ended in the addressee's zone.
    #[oai(path = "/recommendations", method = "get", operation_id = "listRecommendations")]
    #[expect(clippy::too_many_arguments, reason = "one per query parameter")]
    async fn recommendations(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// In this state.
        state: Query<Option<RecommendationState>>,
        /// Overdue now, or not.
        overdue: Query<Option<bool>>,
        /// Of this priority.
        priority: Query<Option<Priority>>,
        /// Addressed to this unit.
        unit_id: Query<Option<UnitId>>,
        /// Rows wanted, 1 to 200.
        limit: Query<Option<u64>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Data<ListPage<RecommendationView>>, Fail<Read>> {
        let wanted =
            RecommendationFilter { state: state.0, overdue: overdue.0, priority: priority.0, unit_id: unit_id.0 };
        Ok(Data(super::recommendations(&app, &auth, wanted, limit.0, cursor.0.as_deref()).await?))
    }

    /// Record a recommendation
    ///
    /// Of an evaluation or a vulnerability assessment. It is open until somebody else verifies that it is implemented.
    #[oai(path = "/recommendations", method = "post", operation_id = "createRecommendation")]
    async fn new_recommendation(
        &self,
        app: Shared<&App>,
        auth: Auth,
        body: Json<NewRecommendation>,
    ) -> Result<Created<RecommendationView>, Fail<Write>> {
        let view = super::new_recommendation(&app, &auth, body.0).await?;
        Ok(Created::at(format!("/api/v1/recommendations/{}", view.id), view))
    }

    /// Read a recommendation
    ///
    /// With the history of what was done about it.
    #[oai(path = "/recommendations/:recommendation_id", method = "get", operation_id = "getRecommendation")]
    async fn recommendation(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The recommendation.
        recommendation_id: Path<RecommendationId>,
    ) -> Result<Tagged<RecommendationView>, Fail<Read>> {
        Ok(Tagged(super::recommendation(&app, &auth, recommendation_id.0).await?))
    }

    /// Change a recommendation
    ///
    /// Wording, addressee, due day, links. The reference cannot be changed; the state has a path of its own.
    #[oai(path = "/recommendations/:recommendation_id", method = "put", operation_id = "changeRecommendation")]
    async fn change_recommendation(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The recommendation.
        recommendation_id: Path<RecommendationId>,
        /// The `ETag` that was read.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: Json<NewRecommendation>,
    ) -> Result<Tagged<RecommendationView>, Fail<Write>> {
        let version = expected_version(if_match.0.as_deref())?;
        Ok(Tagged(super::change_recommendation(&app, &auth, recommendation_id.0, version, body.0).await?))
    }

    /// Move a recommendation to another state
    ///
    /// Who recorded that it is implemented cannot verify it. The history is never changed.
    #[oai(
        path = "/recommendations/:recommendation_id/status-changes",
        method = "post",
        operation_id = "createRecommendationStatusChange"
    )]
    async fn move_on(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The recommendation.
        recommendation_id: Path<RecommendationId>,
        body: Json<NewStatusChange>,
    ) -> Result<Created<RecommendationView>, Fail<Write>> {
        let view = super::move_on(&app, &auth, recommendation_id.0, body.0).await?;
        Ok(Created::at(format!("/api/v1/recommendations/{}", view.id), view))
    }
}
