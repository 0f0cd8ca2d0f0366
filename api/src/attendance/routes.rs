//! JSON door of attendance.

use super::{ActivityAttendanceView, Attestation, Correction, RollView, SheetView, TakenMarks};
use crate::identity::routes::{Auth, Tag};
use crate::platform::{App, Created, Data, Fail, ListPage, Read, Tagged, Write, expected_version};
use entity::id::{ActivityId, SessionId};
use poem::web::Data as Shared;
use poem_openapi::OpenApi;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;

/// Operations of attendance.
pub struct AttendanceApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Attendance")]
impl AttendanceApi {
    /// List attendance sheets
    ///
    /// Of sessions that have begun, by the end of the session, narrowed to activities within your reach.
    #[oai(path = "/attendance-sheets", method = "get", operation_id = "listAttendanceSheets")]
    async fn sheets(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// Only those whose session is over and that are not closed.
        overdue: Query<Option<bool>>,
        /// Rows wanted, 1 to 200.
        limit: Query<Option<u64>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Data<ListPage<SheetView>>, Fail<Read>> {
        let overdue = overdue.0.unwrap_or(false);
        Ok(Data(super::sheets(&app, &auth, overdue, limit.0, cursor.0.as_deref()).await?))
    }

    /// Read how much of an activity people attended
    ///
    /// Share of the minutes of its closed sheets; a session somebody was excused from does not count for them.
    #[oai(path = "/activities/:activity_id/attendance", method = "get", operation_id = "getActivityAttendance")]
    async fn activity_attendance(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The activity.
        activity_id: Path<ActivityId>,
    ) -> Result<Data<ActivityAttendanceView>, Fail<Read>> {
        Ok(Data(super::activity_attendance(&app, &auth, activity_id.0).await?))
    }

    /// Read the roll of a session
    ///
    /// Every participant within your reach with the mark that counts, and the marks it took the place of.
    #[oai(path = "/sessions/:session_id/attendance", method = "get", operation_id = "getAttendance")]
    async fn roll(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The session.
        session_id: Path<SessionId>,
    ) -> Result<Tagged<RollView>, Fail<Read>> {
        Ok(Tagged(super::roll(&app, &auth, session_id.0).await?))
    }

    /// Take marks
    ///
    /// From 15 minutes before the session until its sheet is closed. All or none; a mark that says what is there
    /// already is not written again, so a repeated call changes nothing. Nobody marks himself.
    #[oai(path = "/sessions/:session_id/attendance/marks", method = "post", operation_id = "takeAttendance")]
    async fn take(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The session.
        session_id: Path<SessionId>,
        body: Json<TakenMarks>,
    ) -> Result<Tagged<RollView>, Fail<Write>> {
        Ok(Tagged(super::take_marks(&app, &auth, session_id.0, body.0.marks).await?))
    }

    /// Close a sheet by attestation
    ///
    /// When the session is over and every participant has a mark. With the last sheet of an activity, outcomes are
    /// recorded with the enrolments, and the share attended as evidence.
    #[oai(path = "/sessions/:session_id/attendance/attestation", method = "post", operation_id = "closeAttendance")]
    async fn attest(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The session.
        session_id: Path<SessionId>,
        /// The `ETag` that was read, so that what is attested is what was seen; may be left out.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: Json<Attestation>,
    ) -> Result<Tagged<RollView>, Fail<Write>> {
        let version = if_match.0.as_deref().map(|text| expected_version(Some(text))).transpose()?;
        Ok(Tagged(super::attest(&app, &auth, session_id.0, version, body.0).await?))
    }

    /// Correct a mark
    ///
    /// On a closed sheet, with a reason, by somebody else than who attested it. The old mark stays visible.
    #[oai(path = "/sessions/:session_id/attendance/corrections", method = "post", operation_id = "correctAttendance")]
    async fn correct(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The session.
        session_id: Path<SessionId>,
        body: Json<Correction>,
    ) -> Result<Created<RollView>, Fail<Write>> {
        let view = super::correct_mark(&app, &auth, session_id.0, body.0).await?;
        Ok(Created::at(format!("/api/v1/sessions/{}/attendance", view.session_id), view))
    }
}
