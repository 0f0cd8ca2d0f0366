//! Schema steps, each for both databases. History never imports `entity`: rows move on.

pub use sea_orm_migration::prelude::MigratorTrait;
use sea_orm_migration::prelude::*;

mod m0001_platform_and_identity;
mod m0002_programme;
mod m0003_framework;
mod m0004_certification;
mod m0005_catalogue;
mod m0006_scheduling;
mod m0007_enrolment;
mod m0008_attendance;
mod m0009_assessment;
mod m0010_notification;
pub mod table;

/// All steps, oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_platform_and_identity::Migration),
            Box::new(m0002_programme::Migration),
            Box::new(m0003_framework::Migration),
            Box::new(m0004_certification::Migration),
            Box::new(m0005_catalogue::Migration),
            Box::new(m0006_scheduling::Migration),
            Box::new(m0007_enrolment::Migration),
            Box::new(m0008_attendance::Migration),
            Box::new(m0009_assessment::Migration),
            Box::new(m0010_notification::Migration),
        ]
    }
}
