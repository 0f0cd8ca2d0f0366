//! JSON door of reporting.

use super::{CompletionReport, Figure, PersonFigures, ReportFilter};
use crate::identity::routes::{Auth, Tag};
use crate::platform::{App, Data, Fail, ListPage, Read};
use entity::id::{CourseId, SchemeId, UnitId};
use poem::web::Data as Shared;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};

/// Operations of reporting.
pub struct ReportingApi;

#[OpenApi(prefix_path = "/api/v1")]
impl ReportingApi {
    /// Read the completion report
    ///
    /// By unit: persons, places, completion rate, certificates in force, renewable and expiring within 90
    /// days, narrowed to the units within your reach.
    #[oai(path = "/reports/completion", method = "get", tag = "Tag::Reports", operation_id = "getCompletionReport")]
    async fn completion(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// This unit and all below it.
        unit_id: Query<Option<UnitId>>,
        /// Places in activities of this course.
        course_id: Query<Option<CourseId>>,
        /// Certificates of this scheme.
        scheme_id: Query<Option<SchemeId>>,
    ) -> Result<Data<CompletionReport>, Fail<Read>> {
        let filter = ReportFilter { unit_id: unit_id.0, course_id: course_id.0, scheme_id: scheme_id.0 };
        Ok(Data(super::completion(&app, &auth, filter).await?))
    }

    /// List the persons behind a figure
    ///
    /// Of one unit, without those below it, by name.
    #[oai(
        path = "/reports/completion/:unit_id/people",
        method = "get",
        tag = "Tag::Reports",
        operation_id = "listCompletionPeople"
    )]
    #[expect(clippy::too_many_arguments, reason = "one per query parameter")]
    async fn people(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The unit.
        unit_id: Path<UnitId>,
        /// The figure; everybody when missing.
        figure: Query<Option<Figure>>,
        /// Places in activities of this course.
        course_id: Query<Option<CourseId>>,
        /// Certificates of this scheme.
        scheme_id: Query<Option<SchemeId>>,
        /// Rows wanted, 1 to 200.
        limit: Query<Option<u64>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Data<ListPage<PersonFigures>>, Fail<Read>> {
        let filter = ReportFilter { unit_id: Some(unit_id.0), course_id: course_id.0, scheme_id: scheme_id.0 };
        let figure = figure.0.unwrap_or(Figure::People);
        let part = (limit.0, cursor.0.as_deref());
        Ok(Data(super::completion_people(&app, &auth, filter, figure, part).await?))
    }
}
