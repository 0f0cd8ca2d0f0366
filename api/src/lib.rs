//! Waymark: a learning-management service for a border-management training programme.
//!
//! This is the table of contents: modules in floor order, the API and the pages, and who hears of what.
//! A feature may import what stands below it; `tests/architecture` holds the floor plan.
#![deny(missing_docs)]

// floor 0
pub mod platform;
// floor 1
pub mod identity;
// floor 2
pub mod certification;
pub mod framework;
pub mod programme;
// floor 3
pub mod catalogue;
// floor 4
pub mod scheduling;
// floor 5
pub mod enrolment;
// floor 6
pub mod assessment;
pub mod attendance;

// roof
pub mod audit;
pub mod demo;
pub mod notification;
pub mod reporting;

mod house;
pub mod operator;
mod reference;
mod server;

pub use house::{pages, service};
pub use reference::api_document;
pub use server::{Running, serve};

use platform::Subscription;

/// Who hears of what. A handler runs after the transaction that told of the event, at least once.
pub static SUBSCRIPTIONS: &[Subscription] = &[
    job!(assessment::on_deadline),
    job!(identity::on_membership_due),
    job!(identity::on_reset_asked),
    job!(notification::deliver),
    job!(notification::send_link),
    subscribe!(certification::CertificateIssued => certification::on_certificate_issued),
    subscribe!(certification::CertificateIssued => notification::on_certificate_issued),
    subscribe!(scheduling::ActivityPublished => enrolment::on_activity_published),
    subscribe!(scheduling::CapacityChanged => enrolment::on_capacity_changed),
    subscribe!(scheduling::ActivityPostponed => enrolment::on_activity_postponed),
    subscribe!(scheduling::ActivityPostponed => notification::on_activity_postponed),
    subscribe!(scheduling::ActivityCancelled => enrolment::on_activity_cancelled),
    subscribe!(enrolment::SeatPlaced => notification::on_seat_placed),
    subscribe!(enrolment::ReservePlaced => notification::on_reserve_placed),
    subscribe!(enrolment::EnrolmentDeclined => notification::on_enrolment_declined),
    subscribe!(enrolment::EnrolmentWithdrawn => notification::on_enrolment_withdrawn),
    subscribe!(enrolment::EnrolmentCancelled => notification::on_enrolment_cancelled),
];

/// `subscribe!(EventType => feature::handler)`: one line of [`SUBSCRIPTIONS`].
#[macro_export]
macro_rules! subscribe {
    ($event:ty => $feature:ident::$verb:ident) => {
        $crate::platform::Subscription {
            kind: <$event as $crate::platform::Event>::KIND,
            handler: concat!(stringify!($feature), "::", stringify!($verb)),
            run: |app, payload| {
                Box::pin(async move {
                    let event: $event = serde_json::from_value(payload).map_err($crate::platform::Problem::internal)?;
                    $feature::$verb(&app, &event).await
                })
            },
        }
    };
}

/// `job!(feature::handler)`: a line of [`SUBSCRIPTIONS`] for a job that a feature leaves itself. The handler
/// takes the job's payload.
#[macro_export]
macro_rules! job {
    ($feature:ident::$verb:ident) => {
        $crate::platform::Subscription {
            kind: "",
            handler: concat!(stringify!($feature), "::", stringify!($verb)),
            run: |app, payload| Box::pin(async move { $feature::$verb(&app, payload).await }),
        }
    };
}
