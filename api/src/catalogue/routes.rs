//! JSON door of catalogue.

use super::{CourseFilter, CourseSummaryView, CourseView, NewCourse, Syllabus};
use crate::identity::routes::{Auth, Tag};
use crate::platform::{App, Created, Data, Fail, ListPage, Read, Tagged, Write, expected_version};
use entity::catalogue::CourseState;
use entity::id::{CourseId, OrganisationId};
use poem::web::Data as Shared;
use poem_openapi::OpenApi;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;

/// Operations of the course catalogue.
pub struct CatalogueApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Catalogue")]
impl CatalogueApi {
    /// List courses
    ///
    /// By code. Courses that were never published are shown to those who may write them.
    #[oai(path = "/courses", method = "get", operation_id = "listCourses")]
    #[expect(clippy::too_many_arguments, reason = "one per query parameter")]
    async fn courses(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// Code or title contains this; case and diacritics do not matter (`skersosana` finds `šķērsošana`).
        #[oai(validator(max_length = 200))]
        search: Query<Option<String>>,
        /// In this state.
        state: Query<Option<CourseState>>,
        /// Owned by this organisation.
        organisation_id: Query<Option<OrganisationId>>,
        /// Rows wanted, 1 to 200.
        limit: Query<Option<u64>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Data<ListPage<CourseSummaryView>>, Fail<Read>> {
        let wanted = CourseFilter { search: search.0, state: state.0, organisation_id: organisation_id.0 };
        Ok(Data(super::courses(&app, &auth, wanted, limit.0, cursor.0.as_deref()).await?))
    }

    /// Write a course
    ///
    /// As a draft; it is offered once it is published.
    #[oai(path = "/courses", method = "post", operation_id = "createCourse")]
    async fn new_course(
        &self,
        app: Shared<&App>,
        auth: Auth,
        body: Json<NewCourse>,
    ) -> Result<Created<CourseView>, Fail<Write>> {
        let view = super::new_course(&app, &auth, body.0).await?;
        Ok(Created::at(format!("/api/v1/courses/{}", view.id), view))
    }

    /// Read a course
    ///
    /// Its published version; also the draft of the next one for those who may write it.
    #[oai(path = "/courses/:course_id", method = "get", operation_id = "getCourse")]
    async fn course(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The course.
        course_id: Path<CourseId>,
    ) -> Result<Tagged<CourseView>, Fail<Read>> {
        Ok(Tagged(super::course(&app, &auth, course_id.0).await?))
    }

    /// Write the draft of a course
    ///
    /// What the next version is to say. A published version is never changed.
    #[oai(path = "/courses/:course_id/draft", method = "put", operation_id = "changeCourseDraft")]
    async fn change_draft(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The course.
        course_id: Path<CourseId>,
        /// The `ETag` that was read.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: Json<Syllabus>,
    ) -> Result<Tagged<CourseView>, Fail<Write>> {
        let version = expected_version(if_match.0.as_deref())?;
        Ok(Tagged(super::change_draft(&app, &auth, course_id.0, version, body.0).await?))
    }

    /// Publish the draft of a course
    ///
    /// It becomes the next version, bound to the framework editions in force now.
    #[oai(path = "/courses/:course_id/publication", method = "post", operation_id = "publishCourse")]
    async fn publish(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The course.
        course_id: Path<CourseId>,
    ) -> Result<Tagged<CourseView>, Fail<Write>> {
        Ok(Tagged(super::publish_course(&app, &auth, course_id.0).await?))
    }

    /// Retire a course
    ///
    /// It is offered no more. Whoever takes part finishes, and certificates stay verifiable.
    #[oai(path = "/courses/:course_id/retirement", method = "post", operation_id = "retireCourse")]
    async fn retire(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The course.
        course_id: Path<CourseId>,
    ) -> Result<Tagged<CourseView>, Fail<Write>> {
        Ok(Tagged(super::retire(&app, &auth, course_id.0).await?))
    }
}
