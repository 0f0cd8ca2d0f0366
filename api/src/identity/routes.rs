//! JSON door of identity, and the key to every other: [`Auth`].

use super::access::Actor;
use super::{Credentials, MeView, NewPerson, PersonFilter, PersonView, SignInView};
use crate::platform::http::ClientAddress;
use crate::platform::{App, Created, Data, Fail, ListPage, NoContent, Problem, PublicWrite, Read, Tagged, Write};
use entity::id::{OrganisationId, PersonId, UnitId};
use poem::web::Data as Shared;
use poem::{Request, RequestBody};
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::registry::{MetaSecurityScheme, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions, OpenApi, Tags};
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

/// Operations of identity.
pub struct IdentityApi;

#[OpenApi(prefix_path = "/api/v1")]
impl IdentityApi {
    /// Sign in
    ///
    /// Gives a session token for e-mail address and password, and for the code where a second factor is set up.
    /// Guesses are counted by account and by address; after a wrong one the next must wait.
    #[oai(path = "/sign-in", method = "post", tag = "Tag::Session", operation_id = "signIn")]
    async fn sign_in(
        &self,
        app: Shared<&App>,
        request: &Request,
        address: Shared<&ClientAddress>,
        body: Json<Credentials>,
    ) -> Result<Data<SignInView>, Fail<PublicWrite>> {
        let agent = request.header("user-agent").unwrap_or_default();
        Ok(Data(super::sign_in(&app, body.0, address.0.0, agent).await?))
    }

    /// End this session
    #[oai(path = "/sign-out", method = "post", tag = "Tag::Session", operation_id = "signOut")]
    async fn sign_out(&self, app: Shared<&App>, auth: Auth) -> Result<NoContent, Fail<Write>> {
        super::sign_out(&app, &auth).await?;
        Ok(NoContent)
    }

    /// Who is signed in
    #[oai(path = "/me", method = "get", tag = "Tag::Session", operation_id = "me")]
    async fn me(&self, app: Shared<&App>, auth: Auth) -> Result<Data<MeView>, Fail<Read>> {
        Ok(Data(super::me(&app, &auth).await?))
    }

    /// List persons
    ///
    /// Narrowed to whom you may know of, by family name.
    #[oai(path = "/persons", method = "get", tag = "Tag::People", operation_id = "listPersons")]
    #[expect(clippy::too_many_arguments, reason = "one per filter of the list")]
    async fn persons(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// Only this organisation.
        organisation_id: Query<Option<OrganisationId>>,
        /// Only this unit.
        unit_id: Query<Option<UnitId>>,
        /// Only names that have this in them, whatever case and diacritics.
        search: Query<Option<String>>,
        /// Rows wanted, 1 to 200.
        limit: Query<Option<u64>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Data<ListPage<PersonView>>, Fail<Read>> {
        let wanted = PersonFilter { organisation_id: organisation_id.0, unit_id: unit_id.0, search: search.0 };
        Ok(Data(super::persons(&app, &auth, wanted, limit.0, cursor.0.as_deref()).await?))
    }

    /// Create a person
    #[oai(path = "/persons", method = "post", tag = "Tag::People", operation_id = "createPerson")]
    async fn new_person(
        &self,
        app: Shared<&App>,
        auth: Auth,
        body: Json<NewPerson>,
    ) -> Result<Created<PersonView>, Fail<Write>> {
        let view = super::new_person(&app, &auth, body.0).await?;
        Ok(Created::at(format!("/api/v1/persons/{}", view.id), view))
    }

    /// Read a person
    #[oai(path = "/persons/:person_id", method = "get", tag = "Tag::People", operation_id = "getPerson")]
    async fn person(
        &self,
        app: Shared<&App>,
        auth: Auth,
        person_id: Path<PersonId>,
    ) -> Result<Tagged<PersonView>, Fail<Read>> {
        Ok(Tagged(super::person(&app, &auth, person_id.0).await?))
    }
}
