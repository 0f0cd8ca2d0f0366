//! JSON door of identity, and the key to every other: [`Auth`].

mod administration;
mod own;
mod people;

use super::access::Actor;
use crate::platform::Problem;
use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaSecurityScheme, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions, Tags};
use std::ops::Deref;
use std::sync::Arc;

/// Parts of the API.
#[derive(Tags)]
pub enum Tag {
    /// Signing in, and one's own account.
    Session,
    /// Organisations, units and persons.
    People,
    /// Accounts, roles and settings.
    Administration,
    /// The grant-funded programme: components, budget, deliverables, indicators.
    Programme,
    /// Competence frameworks, profiles and recommendations.
    Frameworks,
    /// Schemes, evidence, certificates and their verification.
    Certification,
    /// Courses.
    Catalogue,
    /// Venues, crossing points, activities and sessions.
    Scheduling,
    /// Nomination, endorsement, seats and the reserve list.
    Enrolment,
    /// Presence at sessions.
    Attendance,
    /// Question banks, assessments, attempts and results.
    Assessment,
    /// Completion and readiness figures.
    Reports,
    /// The audit trail.
    Audit,
}

/// The signed-in actor of an operation: by session or access token, as bearer or as cookie.
pub struct Auth(pub Arc<Actor>);

impl Deref for Auth {
    type Target = Actor;
    fn deref(&self) -> &Actor {
        &self.0
    }
}

impl<'a> ApiExtractor<'a> for Auth {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        let scheme = |ty: &'static str, description: &'static str| MetaSecurityScheme {
            ty,
            description: Some(description),
            name: None,
            key_in: None,
            scheme: None,
            bearer_format: None,
            flows: None,
            openid_connect_url: None,
        };
        let mut bearer = scheme("http", "The token of `POST /sign-in`, or a personal access token (`wmk_…`).");
        bearer.scheme = Some("bearer");
        registry.create_security_scheme("bearer", bearer);
        let mut cookie = scheme("apiKey", "The session cookie of the pages; `__Host-waymark` over https.");
        cookie.name = Some("waymark");
        cookie.key_in = Some("cookie");
        registry.create_security_scheme("session", cookie);
    }

    fn security_schemes() -> Vec<&'static str> {
        vec!["bearer", "session"]
    }

    async fn from_request(request: &'a Request, _: &mut RequestBody, _: ExtractParamOptions<()>) -> poem::Result<Self> {
        let actor = request.data::<Arc<Actor>>().ok_or_else(Problem::unauthenticated)?;
        Ok(Self(actor.clone()))
    }
}

/// Operations of identity: one's own account, people, administration.
pub type IdentityApi = (own::OwnApi, people::PeopleApi, administration::AdministrationApi);

/// The operations of identity.
#[must_use]
pub const fn api() -> IdentityApi {
    (own::OwnApi, people::PeopleApi, administration::AdministrationApi)
}
