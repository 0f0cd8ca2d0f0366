//! JSON door of scheduling.

use super::{
    ActivityFilter, ActivitySummaryView, ActivityView, Because, ClashesView, CommitmentView, Conversion,
    CrossingPointFilter, CrossingPointView, NewActivity, NewCrossingPoint, NewCrossingStatus, NewSession, NewStaff,
    NewState, NewVenue, SessionView, Trial, VenueView,
};
use crate::identity::routes::{Auth, Tag};
use crate::platform::{App, Created, Data, Fail, File, ListPage, Problem, Read, Tagged, Write, expected_version};
use chrono::{DateTime, NaiveDate, Utc};
use entity::id::{ActivityId, ComponentId, CourseId, CrossingPointId, PersonId, SessionId, VenueId};
use entity::scheduling::{ActivityKind, ActivityState, CrossingKind, StaffRole};
use poem::web::Data as Shared;
use poem_openapi::OpenApi;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;

/// Operations of scheduling.
pub type SchedulingApi = (PlaceApi, ActivityApi);

/// The operations, assembled.
#[must_use]
pub const fn api() -> SchedulingApi {
    (PlaceApi, ActivityApi)
}

/// Operations of venues and crossing points.
pub struct PlaceApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Scheduling")]
impl PlaceApi {
    /// List crossing points
    ///
    /// By code, each with its status on the day asked for, or today.
    #[oai(path = "/crossing-points", method = "get", operation_id = "listCrossingPoints")]
    #[expect(clippy::too_many_arguments, reason = "one per query parameter")]
    async fn crossing_points(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// In this country, ISO 3166-1 alpha-2.
        #[oai(validator(max_length = 2))]
        country: Query<Option<String>>,
        /// Of this kind.
        kind: Query<Option<CrossingKind>>,
        /// The day whose status is wanted.
        as_of: Query<Option<NaiveDate>>,
        /// Rows wanted, 1 to 200.
        limit: Query<Option<u64>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Data<ListPage<CrossingPointView>>, Fail<Read>> {
        let wanted = CrossingPointFilter { country: country.0, kind: kind.0, as_of: as_of.0 };
        Ok(Data(super::crossing_points(&app, &auth, wanted, limit.0, cursor.0.as_deref()).await?))
    }

    /// Create a crossing point
    ///
    /// For those who write the crossing points of the whole programme. Its status is recorded next.
    #[oai(path = "/crossing-points", method = "post", operation_id = "createCrossingPoint")]
    async fn new_crossing_point(
        &self,
        app: Shared<&App>,
        auth: Auth,
        body: Json<NewCrossingPoint>,
    ) -> Result<Created<CrossingPointView>, Fail<Write>> {
        let view = super::new_crossing_point(&app, &auth, body.0).await?;
        Ok(Created::at(format!("/api/v1/crossing-points/{}", view.id), view))
    }

    /// Read a crossing point
    ///
    /// With every status recorded, each with its validity and source, and the one of the day asked for.
    #[oai(path = "/crossing-points/:crossing_point_id", method = "get", operation_id = "getCrossingPoint")]
    async fn crossing_point(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The crossing point.
        crossing_point_id: Path<CrossingPointId>,
        /// The day whose status is wanted.
        as_of: Query<Option<NaiveDate>>,
    ) -> Result<Tagged<CrossingPointView>, Fail<Read>> {
        Ok(Tagged(super::crossing_point(&app, &auth, crossing_point_id.0, as_of.0).await?))
    }

    /// Change a crossing point
    ///
    /// Its code stays; its status has a path of its own.
    #[oai(path = "/crossing-points/:crossing_point_id", method = "put", operation_id = "changeCrossingPoint")]
    async fn change_crossing_point(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The crossing point.
        crossing_point_id: Path<CrossingPointId>,
        /// The `ETag` that was read.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: Json<NewCrossingPoint>,
    ) -> Result<Tagged<CrossingPointView>, Fail<Write>> {
        let version = expected_version(if_match.0.as_deref())?;
        Ok(Tagged(super::change_crossing_point(&app, &auth, crossing_point_id.0, version, body.0).await?))
    }

    /// Record the status of a crossing point
    ///
    /// From a day on. A status that held until further notice ends on that day; history is not rewritten.
    #[oai(
        path = "/crossing-points/:crossing_point_id/statuses",
        method = "post",
        operation_id = "createCrossingPointStatus"
    )]
    async fn new_status(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The crossing point.
        crossing_point_id: Path<CrossingPointId>,
        body: Json<NewCrossingStatus>,
    ) -> Result<Created<CrossingPointView>, Fail<Write>> {
        let view = super::new_status(&app, &auth, crossing_point_id.0, body.0).await?;
        Ok(Created::at(format!("/api/v1/crossing-points/{}", view.id), view))
    }

    /// List venues
    ///
    /// By name.
    #[oai(path = "/venues", method = "get", operation_id = "listVenues")]
    async fn venues(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// At this crossing point.
        crossing_point_id: Query<Option<CrossingPointId>>,
        /// Rows wanted, 1 to 200.
        limit: Query<Option<u64>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Data<ListPage<VenueView>>, Fail<Read>> {
        Ok(Data(super::venues(&app, &auth, crossing_point_id.0, limit.0, cursor.0.as_deref()).await?))
    }

    /// Create a venue
    ///
    /// Rooms hold one session at a time; crossing points, training grounds and meetings online any number.
    #[oai(path = "/venues", method = "post", operation_id = "createVenue")]
    async fn new_venue(
        &self,
        app: Shared<&App>,
        auth: Auth,
        body: Json<NewVenue>,
    ) -> Result<Created<VenueView>, Fail<Write>> {
        let view = super::new_venue(&app, &auth, body.0).await?;
        Ok(Created::at(format!("/api/v1/venues/{}", view.id), view))
    }

    /// Read a venue
    ///
    /// With its zone, in which its sessions are announced.
    #[oai(path = "/venues/:venue_id", method = "get", operation_id = "getVenue")]
    async fn venue(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The venue.
        venue_id: Path<VenueId>,
    ) -> Result<Tagged<VenueView>, Fail<Read>> {
        Ok(Tagged(super::venue(&app, &auth, venue_id.0).await?))
    }

    /// Change a venue
    ///
    /// Sessions keep the zone they were announced in.
    #[oai(path = "/venues/:venue_id", method = "put", operation_id = "changeVenue")]
    async fn change_venue(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The venue.
        venue_id: Path<VenueId>,
        /// The `ETag` that was read.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: Json<NewVenue>,
    ) -> Result<Tagged<VenueView>, Fail<Write>> {
        let version = expected_version(if_match.0.as_deref())?;
        Ok(Tagged(super::change_venue(&app, &auth, venue_id.0, version, body.0).await?))
    }
}

/// Operations of activities and their sessions.
pub struct ActivityApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Scheduling")]
impl ActivityApi {
    /// List activities
    ///
    /// By start, narrowed to those you may know of: drafts are shown to those who plan them.
    #[oai(path = "/activities", method = "get", operation_id = "listActivities")]
    #[expect(clippy::too_many_arguments, reason = "one per query parameter")]
    async fn activities(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// In this state.
        state: Query<Option<ActivityState>>,
        /// Of this kind.
        kind: Query<Option<ActivityKind>>,
        /// Not over before this day.
        from: Query<Option<NaiveDate>>,
        /// Begun by this day.
        until: Query<Option<NaiveDate>>,
        /// With this in code or title.
        #[oai(validator(max_length = 100))]
        text: Query<Option<String>>,
        /// Of this component of the programme.
        component_id: Query<Option<ComponentId>>,
        /// Runs of this course.
        course_id: Query<Option<CourseId>>,
        /// The latest first.
        latest_first: Query<Option<bool>>,
        /// Rows wanted, 1 to 200.
        limit: Query<Option<u64>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Data<ListPage<ActivitySummaryView>>, Fail<Read>> {
        let wanted = ActivityFilter {
            state: state.0,
            kind: kind.0,
            from_on: from.0,
            until_on: until.0,
            text: text.0,
            component_id: component_id.0,
            course_id: course_id.0,
            latest_first: latest_first.0.unwrap_or(false),
        };
        Ok(Data(super::activities(&app, &auth, wanted, limit.0, cursor.0.as_deref()).await?))
    }

    /// Draft an activity
    ///
    /// Nobody but those who plan sees it before it is published.
    #[oai(path = "/activities", method = "post", operation_id = "createActivity")]
    async fn new_activity(
        &self,
        app: Shared<&App>,
        auth: Auth,
        body: Json<NewActivity>,
    ) -> Result<Created<ActivityView>, Fail<Write>> {
        let view = super::new_activity(&app, &auth, body.0).await?;
        Ok(Created::at(format!("/api/v1/activities/{}", view.id), view))
    }

    /// Read an activity
    ///
    /// With its sessions, staff and history.
    #[oai(path = "/activities/:activity_id", method = "get", operation_id = "getActivity")]
    async fn activity(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The activity.
        activity_id: Path<ActivityId>,
    ) -> Result<Tagged<ActivityView>, Fail<Read>> {
        Ok(Tagged(super::activity(&app, &auth, activity_id.0).await?))
    }

    /// Change an activity
    ///
    /// Its days follow from its sessions; its state has a path of its own.
    #[oai(path = "/activities/:activity_id", method = "put", operation_id = "changeActivity")]
    async fn change_activity(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The activity.
        activity_id: Path<ActivityId>,
        /// The `ETag` that was read.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: Json<NewActivity>,
    ) -> Result<Tagged<ActivityView>, Fail<Write>> {
        let version = expected_version(if_match.0.as_deref())?;
        Ok(Tagged(super::change_activity(&app, &auth, activity_id.0, version, body.0).await?))
    }

    /// Publish an activity
    ///
    /// Needs a session in the future and at least one seat. Staff and rooms are taken from now on; if any of them
    /// is taken already, it is refused with every clash. Publishes anew what was postponed.
    #[oai(path = "/activities/:activity_id/publication", method = "post", operation_id = "publishActivity")]
    async fn publish(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The activity.
        activity_id: Path<ActivityId>,
    ) -> Result<Tagged<ActivityView>, Fail<Write>> {
        Ok(Tagged(super::move_on(&app, &auth, activity_id.0, ActivityState::Planned, None).await?))
    }

    /// Postpone an activity
    ///
    /// Sessions that have not begun are cancelled; whoever they took is free. The days first planned stay.
    #[oai(path = "/activities/:activity_id/postponement", method = "post", operation_id = "postponeActivity")]
    async fn postpone(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The activity.
        activity_id: Path<ActivityId>,
        body: Json<Because>,
    ) -> Result<Tagged<ActivityView>, Fail<Write>> {
        let (to, reason) = (ActivityState::Postponed, Some(body.0.reason));
        Ok(Tagged(super::move_on(&app, &auth, activity_id.0, to, reason).await?))
    }

    /// Cancel an activity
    ///
    /// For good: nothing leaves this state.
    #[oai(path = "/activities/:activity_id/cancellation", method = "post", operation_id = "cancelActivity")]
    async fn cancel(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The activity.
        activity_id: Path<ActivityId>,
        body: Json<Because>,
    ) -> Result<Tagged<ActivityView>, Fail<Write>> {
        let (to, reason) = (ActivityState::Cancelled, Some(body.0.reason));
        Ok(Tagged(super::move_on(&app, &auth, activity_id.0, to, reason).await?))
    }

    /// Move an activity to another state
    ///
    /// Which states follow is told when one is refused.
    #[oai(path = "/activities/:activity_id/state-changes", method = "post", operation_id = "createActivityStateChange")]
    async fn move_on(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The activity.
        activity_id: Path<ActivityId>,
        body: Json<NewState>,
    ) -> Result<Created<ActivityView>, Fail<Write>> {
        let view = super::move_on(&app, &auth, activity_id.0, body.0.state, body.0.reason).await?;
        Ok(Created::at(format!("/api/v1/activities/{}", view.id), view))
    }

    /// Convert an activity
    ///
    /// To be held online, in person or both: history, not a state.
    #[oai(path = "/activities/:activity_id/conversion", method = "post", operation_id = "convertActivity")]
    async fn convert(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The activity.
        activity_id: Path<ActivityId>,
        body: Json<Conversion>,
    ) -> Result<Tagged<ActivityView>, Fail<Write>> {
        Ok(Tagged(super::convert_activity(&app, &auth, activity_id.0, body.0).await?))
    }

    /// Add somebody to the staff
    ///
    /// They are taken for every session, and sessions added later; a clash refuses it.
    #[oai(path = "/activities/:activity_id/staff", method = "post", operation_id = "addActivityStaff")]
    async fn add_staff(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The activity.
        activity_id: Path<ActivityId>,
        body: Json<NewStaff>,
    ) -> Result<Created<ActivityView>, Fail<Write>> {
        let view = super::new_staff(&app, &auth, activity_id.0, body.0).await?;
        Ok(Created::at(format!("/api/v1/activities/{}", view.id), view))
    }

    /// Take somebody off the staff
    ///
    /// From one task, or from all; without any they are free again.
    #[oai(path = "/activities/:activity_id/staff/:person_id", method = "delete", operation_id = "removeActivityStaff")]
    async fn remove_staff(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The activity.
        activity_id: Path<ActivityId>,
        /// The person.
        person_id: Path<PersonId>,
        /// The task; all of them when missing.
        role: Query<Option<StaffRole>>,
    ) -> Result<Tagged<ActivityView>, Fail<Write>> {
        Ok(Tagged(super::remove_staff(&app, &auth, activity_id.0, person_id.0, role.0).await?))
    }

    /// See what stands against it
    ///
    /// Every person of the activity and every room that is taken by another one, before anything is saved: for all
    /// of its sessions, or, with a time and a venue, for one that is only thought of.
    #[oai(path = "/activities/:activity_id/clashes", method = "get", operation_id = "getActivityClashes")]
    #[expect(clippy::too_many_arguments, reason = "one per query parameter")]
    async fn clashes(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The activity.
        activity_id: Path<ActivityId>,
        /// The session that would be moved.
        session_id: Query<Option<SessionId>>,
        /// Where it would be held; needed with a time.
        venue_id: Query<Option<VenueId>>,
        /// When it would begin on the wall clock, as `2026-12-01T09:00`.
        #[oai(validator(max_length = 19))]
        starts_local: Query<Option<String>>,
        /// When it would end.
        #[oai(validator(max_length = 19))]
        ends_local: Query<Option<String>>,
        /// IANA name of the zone; that of the venue when missing.
        #[oai(validator(max_length = 60))]
        zone: Query<Option<String>>,
    ) -> Result<Data<ClashesView>, Fail<Read>> {
        let trial = match (venue_id.0, starts_local.0, ends_local.0) {
            (None, None, None) => None,
            (Some(venue_id), Some(starts_local), Some(ends_local)) => {
                Some(Trial { session_id: session_id.0, venue_id, starts_local, ends_local, zone: zone.0 })
            }
            _ => {
                return Err(Problem::malformed("A trial needs venue, start and end.")
                    .parameter("venue_id", "is needed together with `starts_local` and `ends_local`")
                    .into());
            }
        };
        Ok(Data(super::activity_clashes(&app, &auth, activity_id.0, trial).await?))
    }

    /// Download the calendar of an activity
    ///
    /// iCalendar: one event for each session, cancelled ones too.
    #[oai(path = "/activities/:activity_id/calendar.ics", method = "get", operation_id = "getActivityCalendar")]
    async fn calendar(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The activity.
        activity_id: Path<ActivityId>,
    ) -> Result<File, Fail<Read>> {
        let (name, text) = super::calendar(&app, &auth, activity_id.0).await?;
        Ok(File { bytes: text.into(), media_type: "text/calendar; charset=utf-8".into(), name })
    }

    /// Add a session
    ///
    /// Wall time and zone are what counts; the instants follow. A wall time that clocks jump over is refused; one
    /// that comes twice needs `starts_fold` or `ends_fold`.
    #[oai(path = "/activities/:activity_id/sessions", method = "post", operation_id = "createSession")]
    async fn new_session(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The activity.
        activity_id: Path<ActivityId>,
        body: Json<NewSession>,
    ) -> Result<Created<SessionView>, Fail<Write>> {
        let view = super::new_session(&app, &auth, activity_id.0, body.0).await?;
        Ok(Created::at(format!("/api/v1/sessions/{}", view.id), view))
    }

    /// Read a session
    ///
    /// With its wall time, its instants, and the status of its crossing point on that day.
    #[oai(path = "/sessions/:session_id", method = "get", operation_id = "getSession")]
    async fn session(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The session.
        session_id: Path<SessionId>,
    ) -> Result<Tagged<SessionView>, Fail<Read>> {
        Ok(Tagged(super::session(&app, &auth, session_id.0).await?))
    }

    /// Change or move a session
    ///
    /// Everybody in the activity moves with it, or it is refused with every clash.
    #[oai(path = "/sessions/:session_id", method = "put", operation_id = "changeSession")]
    async fn change_session(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The session.
        session_id: Path<SessionId>,
        /// The `ETag` that was read.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: Json<NewSession>,
    ) -> Result<Tagged<SessionView>, Fail<Write>> {
        let version = expected_version(if_match.0.as_deref())?;
        Ok(Tagged(super::change_session(&app, &auth, session_id.0, version, body.0).await?))
    }

    /// Cancel a session
    ///
    /// One that has not begun, for good. The last session of a published activity is not cancelled: postpone or
    /// cancel the activity.
    #[oai(path = "/sessions/:session_id/cancellation", method = "post", operation_id = "cancelSession")]
    async fn cancel_session(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The session.
        session_id: Path<SessionId>,
        body: Json<Because>,
    ) -> Result<Tagged<SessionView>, Fail<Write>> {
        Ok(Tagged(super::cancel_session(&app, &auth, session_id.0, body.0.reason).await?))
    }

    /// List what a person is taken for
    ///
    /// By start, for those who may know of the person.
    #[oai(path = "/persons/:person_id/commitments", method = "get", operation_id = "listCommitments")]
    #[expect(clippy::too_many_arguments, reason = "one per query parameter")]
    async fn commitments(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The person.
        person_id: Path<PersonId>,
        /// Not over before this instant.
        from: Query<Option<DateTime<Utc>>>,
        /// Rows wanted, 1 to 200.
        limit: Query<Option<u64>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Data<ListPage<CommitmentView>>, Fail<Read>> {
        let page = super::commitments(&app, &auth, person_id.0, from.0, limit.0, cursor.0.as_deref()).await?;
        Ok(Data(page))
    }
}
