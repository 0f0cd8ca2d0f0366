//! Builders of what most tests need: an activity with sessions, published.

use crate::client::Client;
use crate::house::TestHouse;
use api::identity::Permit;
use api::scheduling::{self, NewActivity, NewSession, NewVenue};
use chrono::{Days, Duration, NaiveTime};
use entity::id::{ActivityId, CourseId, OrganisationId, SessionId, VenueId};
use entity::scheduling::{ActivityKind, ActivityMode, ActivityState, EnrolmentMode, VenueKind};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};

static NEXT: AtomicU64 = AtomicU64::new(1);

/// What an activity is to be like. Two plans made by default never share a day.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Seats there are.
    pub seats: i32,
    /// How many may wait.
    pub reserve_seats: Option<i32>,
    /// How people get in.
    pub mode: EnrolmentMode,
    /// The course it is a run of.
    pub course: Option<CourseId>,
    /// How many days from today the first session is held.
    pub days_ahead: u64,
    /// How many sessions, one each day from 09:00 to 16:00 in Riga.
    pub sessions: u64,
    /// Whether it is published, or stays a draft.
    pub published: bool,
}

impl Plan {
    /// A published activity of two sessions.
    #[must_use]
    pub fn new(seats: i32, mode: EnrolmentMode) -> Self {
        let days_ahead = 7 + 3 * NEXT.fetch_add(1, Ordering::Relaxed);
        Self { seats, reserve_seats: None, mode, course: None, days_ahead, sessions: 2, published: true }
    }
}

/// An activity of a test.
#[derive(Clone, Debug)]
pub struct TestActivity {
    /// Its id.
    pub id: ActivityId,
    /// Its sessions, in order.
    pub sessions: Vec<SessionId>,
    /// `/api/v1/activities/…`
    pub path: String,
}

impl TestHouse {
    /// A published activity of the coordinator's organisation, with two sessions on days of its own.
    pub async fn activity(&self, coordinator: &Client, seats: i32, mode: EnrolmentMode) -> TestActivity {
        self.planned(coordinator, Plan::new(seats, mode)).await
    }

    /// An activity of the coordinator's organisation, as the plan says.
    pub async fn planned(&self, coordinator: &Client, plan: Plan) -> TestActivity {
        let organisation: OrganisationId = coordinator.organisation.parse().expect("an organisation");
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let tx = Permit::system("test").begin(&self.app).await.expect("a transaction");
        let venue = scheduling::add_venue(&tx, venue(organisation)).await.expect("a venue");
        let new = new_activity(organisation, number, &plan);
        let id = scheduling::add_activity(&tx, new).await.expect("an activity");
        let first = self.app.now().date_naive() + Days::new(plan.days_ahead);
        let mut sessions = Vec::new();
        for day in 0..plan.sessions {
            let on = first + Days::new(day);
            let at = |hour| on.and_time(NaiveTime::from_hms_opt(hour, 0, 0).expect("a time"));
            let new = session(venue, at(9), at(16));
            sessions.push(scheduling::add_session(&tx, id, new).await.expect("a session"));
        }
        if plan.published {
            scheduling::change_state(&tx, id, ActivityState::Planned, None).await.expect("published");
        }
        tx.commit(()).await.expect("committed");
        TestActivity { id, sessions, path: format!("/api/v1/activities/{id}") }
    }
}

fn venue(organisation: OrganisationId) -> NewVenue {
    NewVenue {
        name: "Lecture hall".into(),
        kind: VenueKind::Classroom,
        organisation_id: Some(organisation),
        address: Some("Zavoloko iela 8".into()),
        town: Some("Rēzekne".into()),
        country: Some("LV".into()),
        zone: "Europe/Riga".into(),
        crossing_point_id: None,
        exclusive: None,
        note: None,
    }
}

fn new_activity(organisation: OrganisationId, number: u64, plan: &Plan) -> NewActivity {
    NewActivity {
        code: format!("T-{number}"),
        title: format!("Test activity {number}"),
        kind: ActivityKind::TrainingCourse,
        mode: ActivityMode::InPerson,
        organisation_id: organisation,
        host_organisation_id: None,
        component_id: None,
        course_id: plan.course,
        summary: None,
        languages: vec!["en".into()],
        capacity_seats: plan.seats,
        reserve_seats: plan.reserve_seats,
        enrolment_mode: plan.mode,
        enrolment_closes_at: None,
        planned_from_on: None,
        planned_until_on: None,
    }
}

/// A session from one wall time to another, in the zone of the venue.
#[must_use]
pub fn session(venue: VenueId, starts: chrono::NaiveDateTime, ends: chrono::NaiveDateTime) -> NewSession {
    NewSession {
        title: "Training day".into(),
        venue_id: venue,
        starts_local: starts.format("%Y-%m-%dT%H:%M").to_string(),
        ends_local: ends.format("%Y-%m-%dT%H:%M").to_string(),
        zone: None,
        starts_fold: None,
        ends_fold: None,
        agenda: None,
    }
}

/// An assessment of three questions, each with `yes` as the right answer, open for an activity for sixty days;
/// gives the ids of the assessment and of the opening. The examiner also writes the questions, in a bank of the
/// same code.
pub async fn open_assessment(house: &TestHouse, examiner: &Client, activity: &str, code: &str) -> (String, String) {
    let id = |view: &Value| view["id"].as_str().expect("a view has an id").to_owned();
    let bank = id(&examiner.post("/api/v1/banks", json!({"code": code, "title": "Documents"})).await.expect(201));
    for number in 0..4 {
        let stem = format!("Is sign {number} one of an altered visa?");
        let item = json!({"code": format!("DF-{number}"), "topic": "DF", "kind": "single", "key": [1], "texts": [
            {"language": "en", "stem": stem, "options": ["no", "yes", "never"]},
        ]});
        examiner.post(&format!("/api/v1/banks/{bank}/items"), item).await.expect(201);
    }
    let new = json!({"code": code, "title": "Document fraud, after the visit", "pass_percent": 70,
        "time_limit_minutes": 20, "max_attempts": 2, "hours_between_attempts": 24,
        "cells": [{"bank_id": bank, "topic": "DF", "count": 3}]});
    let assessment = id(&examiner.post("/api/v1/assessments", new).await.expect(201));
    examiner.act(&format!("/api/v1/assessments/{assessment}/publication")).await.expect(200);
    let now = house.app.now();
    let new = json!({"activity_id": activity, "opens_at": now, "closes_at": now + Duration::days(60)});
    let opening = examiner.post(&format!("/api/v1/assessments/{assessment}/openings"), new).await.expect(201);
    (assessment, id(&opening))
}
