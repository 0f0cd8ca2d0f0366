//! JSON door of programme.

use super::{
    AmendmentView, BudgetLineView, ComponentView, DeliverableView, IndicatorView, NewAmendment, NewBudgetLine,
    NewComponent, NewDeliverable, NewIndicator, NewProgramme, ProgrammeView,
};
use crate::identity::routes::{Auth, Tag};
use crate::platform::{App, Created, Data, Fail, ListPage, Read, Tagged, Write, expected_version};
use entity::id::{BudgetLineId, ComponentId, DeliverableId, IndicatorId, ProgrammeId};
use poem::web::Data as Shared;
use poem_openapi::OpenApi;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;

/// Operations of the programme.
pub struct ProgrammeApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Programme")]
impl ProgrammeApi {
    /// List programmes
    ///
    /// By code, each with its parts. Money is left out for those who may not see the budget.
    #[oai(path = "/programmes", method = "get", operation_id = "listProgrammes")]
    async fn programmes(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// Rows wanted, 1 to 200.
        limit: Query<Option<u64>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Data<ListPage<ProgrammeView>>, Fail<Read>> {
        Ok(Data(super::programmes(&app, &auth, limit.0, cursor.0.as_deref()).await?))
    }

    /// Create a programme
    ///
    /// Shares that are left out are computed from the rate; both always add up to the total, to the cent.
    #[oai(path = "/programmes", method = "post", operation_id = "createProgramme")]
    async fn new_programme(
        &self,
        app: Shared<&App>,
        auth: Auth,
        body: Json<NewProgramme>,
    ) -> Result<Created<ProgrammeView>, Fail<Write>> {
        let view = super::new_programme(&app, &auth, body.0).await?;
        Ok(Created::at(format!("/api/v1/programmes/{}", view.id), view))
    }

    /// Read a programme
    ///
    /// With its parts. Money is left out for those who may not see the budget.
    #[oai(path = "/programmes/:programme_id", method = "get", operation_id = "getProgramme")]
    async fn programme(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The programme.
        programme_id: Path<ProgrammeId>,
    ) -> Result<Tagged<ProgrammeView>, Fail<Read>> {
        Ok(Tagged(super::programme(&app, &auth, programme_id.0).await?))
    }

    /// Change a programme
    ///
    /// The version in `If-Match` must be the one you read.
    #[oai(path = "/programmes/:programme_id", method = "put", operation_id = "changeProgramme")]
    async fn change_programme(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The programme.
        programme_id: Path<ProgrammeId>,
        /// The `ETag` that was read.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: Json<NewProgramme>,
    ) -> Result<Tagged<ProgrammeView>, Fail<Write>> {
        let version = expected_version(if_match.0.as_deref())?;
        Ok(Tagged(super::change_programme(&app, &auth, programme_id.0, version, body.0).await?))
    }

    /// Record an amendment
    ///
    /// Amendments are never changed. One that moves the last day moves it in the programme.
    #[oai(path = "/programmes/:programme_id/amendments", method = "post", operation_id = "createAmendment")]
    async fn amend(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The programme.
        programme_id: Path<ProgrammeId>,
        body: Json<NewAmendment>,
    ) -> Result<Created<AmendmentView>, Fail<Write>> {
        let view = super::amend(&app, &auth, programme_id.0, body.0).await?;
        Ok(Created::at(format!("/api/v1/programmes/{}", programme_id.0), view))
    }

    /// Add a component
    ///
    /// Its code is unique within the programme.
    #[oai(path = "/programmes/:programme_id/components", method = "post", operation_id = "createComponent")]
    async fn new_component(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The programme.
        programme_id: Path<ProgrammeId>,
        body: Json<NewComponent>,
    ) -> Result<Created<ComponentView>, Fail<Write>> {
        let view = super::new_component(&app, &auth, programme_id.0, body.0).await?;
        Ok(Created::at(format!("/api/v1/components/{}", view.id), view))
    }

    /// Change a component
    ///
    /// `If-Match` takes its `version` in the programme. The code cannot be changed.
    #[oai(path = "/components/:component_id", method = "put", operation_id = "changeComponent")]
    async fn change_component(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The component.
        component_id: Path<ComponentId>,
        /// The version that was read.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: Json<NewComponent>,
    ) -> Result<Tagged<ComponentView>, Fail<Write>> {
        let version = expected_version(if_match.0.as_deref())?;
        Ok(Tagged(super::change_component(&app, &auth, component_id.0, version, body.0).await?))
    }

    /// Add a budget line
    ///
    /// Its code is unique within the programme.
    #[oai(path = "/programmes/:programme_id/budget-lines", method = "post", operation_id = "createBudgetLine")]
    async fn new_budget_line(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The programme.
        programme_id: Path<ProgrammeId>,
        body: Json<NewBudgetLine>,
    ) -> Result<Created<BudgetLineView>, Fail<Write>> {
        let view = super::new_budget_line(&app, &auth, programme_id.0, body.0).await?;
        Ok(Created::at(format!("/api/v1/budget-lines/{}", view.id), view))
    }

    /// Change a budget line
    ///
    /// `If-Match` takes its `version` in the programme. The code cannot be changed.
    #[oai(path = "/budget-lines/:budget_line_id", method = "put", operation_id = "changeBudgetLine")]
    async fn change_budget_line(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The budget line.
        budget_line_id: Path<BudgetLineId>,
        /// The version that was read.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: Json<NewBudgetLine>,
    ) -> Result<Tagged<BudgetLineView>, Fail<Write>> {
        let version = expected_version(if_match.0.as_deref())?;
        Ok(Tagged(super::change_budget_line(&app, &auth, budget_line_id.0, version, body.0).await?))
    }

    /// Add a deliverable
    ///
    /// Its code is unique within the programme.
    #[oai(path = "/programmes/:programme_id/deliverables", method = "post", operation_id = "createDeliverable")]
    async fn new_deliverable(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The programme.
        programme_id: Path<ProgrammeId>,
        body: Json<NewDeliverable>,
    ) -> Result<Created<DeliverableView>, Fail<Write>> {
        let view = super::new_deliverable(&app, &auth, programme_id.0, body.0).await?;
        Ok(Created::at(format!("/api/v1/deliverables/{}", view.id), view))
    }

    /// Change a deliverable
    ///
    /// `If-Match` takes its `version` in the programme. The code cannot be changed.
    #[oai(path = "/deliverables/:deliverable_id", method = "put", operation_id = "changeDeliverable")]
    async fn change_deliverable(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The deliverable.
        deliverable_id: Path<DeliverableId>,
        /// The version that was read.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: Json<NewDeliverable>,
    ) -> Result<Tagged<DeliverableView>, Fail<Write>> {
        let version = expected_version(if_match.0.as_deref())?;
        Ok(Tagged(super::change_deliverable(&app, &auth, deliverable_id.0, version, body.0).await?))
    }

    /// Add an indicator
    ///
    /// With baseline and target; what is measured is recorded by changing it.
    #[oai(path = "/programmes/:programme_id/indicators", method = "post", operation_id = "createIndicator")]
    async fn new_indicator(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The programme.
        programme_id: Path<ProgrammeId>,
        body: Json<NewIndicator>,
    ) -> Result<Created<IndicatorView>, Fail<Write>> {
        let view = super::new_indicator(&app, &auth, programme_id.0, body.0).await?;
        Ok(Created::at(format!("/api/v1/indicators/{}", view.id), view))
    }

    /// Change an indicator
    ///
    /// `If-Match` takes its `version` in the programme. The code cannot be changed.
    #[oai(path = "/indicators/:indicator_id", method = "put", operation_id = "changeIndicator")]
    async fn change_indicator(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The indicator.
        indicator_id: Path<IndicatorId>,
        /// The version that was read.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: Json<NewIndicator>,
    ) -> Result<Tagged<IndicatorView>, Fail<Write>> {
        let version = expected_version(if_match.0.as_deref())?;
        Ok(Tagged(super::change_indicator(&app, &auth, indicator_id.0, version, body.0).await?))
    }
}
