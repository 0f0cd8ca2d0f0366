//! The assembled house: the API in one service, the pages in one route, and the shell around both.

use crate::assessment::routes::AssessmentApi;
use crate::attendance::routes::AttendanceApi;
use crate::audit::routes::AuditApi;
use crate::catalogue::routes::CatalogueApi;
use crate::certification::routes::CertificationApi;
use crate::enrolment::routes::EnrolmentApi;
use crate::framework::routes::FrameworkApi;
use crate::identity::access::{Actor, NAV};
use crate::identity::routes::IdentityApi;
use crate::notification::routes::NotificationApi;
use crate::platform::http::{House, Shell, healthz, prometheus, readyz};
use crate::platform::page::{Page, Viewer, static_file};
use crate::platform::problem::FieldError;
use crate::platform::{App, Problem};
use crate::programme::routes::ProgrammeApi;
use crate::reference::{api_document, walk};
use crate::reporting::routes::ReportingApi;
use crate::scheduling::routes::SchedulingApi;
use crate::{
    assessment, attendance, audit, catalogue, certification, enrolment, framework, identity, notification, programme,
    reporting, scheduling,
};
use askama::Template;
use poem::endpoint::make_sync;
use poem::http::{Method, header};
use poem::{Endpoint, EndpointExt, IntoResponse, Request, Response, Route, get};
use poem_openapi::{ContactObject, LicenseObject, OpenApiService, ServerObject};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;

type Apis = (
    IdentityApi,
    CertificationApi,
    ReportingApi,
    ProgrammeApi,
    FrameworkApi,
    CatalogueApi,
    SchedulingApi,
    EnrolmentApi,
    AssessmentApi,
    AttendanceApi,
    AuditApi,
    NotificationApi,
);

/// The API as one service.
#[must_use]
pub fn service() -> OpenApiService<Apis, ()> {
    OpenApiService::new(
        (
            identity::routes::api(),
            CertificationApi,
            ReportingApi,
            ProgrammeApi,
            FrameworkApi,
            CatalogueApi,
            scheduling::routes::api(),
            EnrolmentApi,
            assessment::routes::api(),
            AttendanceApi,
            AuditApi,
            NotificationApi,
        ),
        "Waymark",
        env!("CARGO_PKG_VERSION"),
    )
    .description(include_str!("about.md"))
    .license(LicenseObject::new("EUPL-1.2").url("https://joinup.ec.europa.eu/collection/eupl/eupl-text-eupl-12"))
    .contact(ContactObject::new().name("Waymark").url("https://example.org/waymark"))
    .server(ServerObject::new("https://waymark.example.org").description("Your installation"))
}

/// The pages of every feature.
#[must_use]
pub fn pages(route: Route) -> Route {
    let route = identity::pages::routes(route);
    let route = certification::pages::routes(route);
    let route = programme::pages::routes(route);
    let route = framework::pages::routes(route);
    let route = catalogue::pages::routes(route);
    let route = scheduling::pages::routes(route);
    let route = enrolment::pages::routes(route);
    let route = assessment::pages::routes(route);
    let route = attendance::pages::routes(route);
    let route = audit::pages::routes(route);
    let route = notification::pages::routes(route);
    reporting::pages::routes(route)
}

/// What the shell asks of the floors above it.
struct Doors {
    app: App,
    /// Path pattern in segments, and its methods.
    patterns: Vec<(Vec<String>, Vec<Method>)>,
    schemas: HashMap<String, jsonschema::Validator>,
}

impl Doors {
    fn new(app: App) -> Self {
        let document = api_document();
        let mut patterns = Vec::new();
        let mut schemas = HashMap::new();
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            let mut methods = Vec::new();
            for (method, operation) in item.as_object().into_iter().flatten() {
                methods.extend(method.to_uppercase().parse::<Method>());
                let body = operation.pointer("/requestBody/content/application~1json/schema");
                if let (Some(schema), Some(id)) = (body, operation["operationId"].as_str())
                    && let Some(validator) = validator(document, schema)
                {
                    schemas.insert(id.to_owned(), validator);
                }
            }
            if methods.contains(&Method::GET) {
                methods.push(Method::HEAD);
            }
            patterns.push((path.split('/').map(str::to_owned).collect(), methods));
        }
        Self { app, patterns, schemas }
    }
}

/// A validator of one request schema: the document's components travel with it.
fn validator(document: &Value, schema: &Value) -> Option<jsonschema::Validator> {
    let mut root = schema.clone();
    root.as_object_mut()?.insert("components".into(), document["components"].clone());
    walk(&mut root, &mut |object| {
        if object.remove("nullable") == Some(Value::Bool(true))
            && let Some(kind) = object.get("type").cloned()
        {
            object.insert("type".into(), json!([kind, "null"]));
        }
    });
    jsonschema::options().should_validate_formats(true).build(&root).ok()
}

#[async_trait::async_trait]
impl House for Doors {
    async fn identify(&self, request: &mut Request) -> Result<bool, Problem> {
        let bearer = request
            .header(header::AUTHORIZATION)
            .map(|value| value.strip_prefix("Bearer ").unwrap_or_default().trim().to_owned());
        let by_cookie = bearer.is_none();
        let Some(token) = bearer.or_else(|| crate::platform::page::session_cookie(&self.app, request)) else {
            return Ok(false);
        };
        match identity::authenticate(&self.app, &token).await {
            Ok(actor) => {
                request.set_data(viewer(&actor));
                request.set_data(actor);
                Ok(true)
            }
            // A stale cookie makes nobody of its sender; a wrong bearer token is refused.
            Err(problem) if by_cookie && problem.is("unauthenticated") => Ok(false),
            Err(problem) => Err(problem),
        }
    }

    fn methods(&self, path: &str) -> Vec<Method> {
        let segments: Vec<&str> = path.split('/').collect();
        let fits = |pattern: &[String]| {
            pattern.len() == segments.len()
                && pattern.iter().zip(&segments).all(|(want, have)| want.starts_with('{') || want == have)
        };
        let found = self
            .patterns
            .iter()
            .filter(|(pattern, _)| fits(pattern))
            .flat_map(|(_, methods)| methods.clone())
            .collect::<Vec<_>>();
        if found.is_empty() { vec![Method::GET, Method::HEAD, Method::POST] } else { found }
    }

    fn faults(&self, operation: Option<&str>, body: &[u8]) -> Vec<FieldError> {
        let Some(validator) = operation.and_then(|id| self.schemas.get(id)) else { return vec![] };
        let Ok(value) = serde_json::from_slice::<Value>(body) else { return vec![] };
        let fault = |error: jsonschema::ValidationError<'_>| {
            use jsonschema::error::ValidationErrorKind as Kind;
            let at = error.instance_path().to_string();
            let named = |field: &str, detail: &str| FieldError {
                pointer: Some(format!("{at}/{field}")),
                parameter: None,
                detail: detail.into(),
            };
            match error.kind() {
                Kind::Required { property } => vec![named(property.as_str().unwrap_or_default(), "is required")],
                Kind::AdditionalProperties { unexpected } => {
                    unexpected.iter().map(|field| named(field, "is not known here")).collect()
                }
                // Masked: a message never repeats what was sent.
                _ => {
                    let detail = error.masked_with("the value").to_string();
                    vec![FieldError { pointer: Some(at.clone()), parameter: None, detail }]
                }
            }
        };
        let mut faults: Vec<FieldError> = validator.iter_errors(&value).flat_map(fault).take(100).collect();
        // The validator finds them in the order of the schema, which differs between builds.
        faults.sort_by(|a, b| a.pointer.cmp(&b.pointer));
        faults
    }

    fn page(&self, page: &Page, problem: &Problem) -> Response {
        // Not a refusal but a question: the reader answers it and comes back.
        if problem.is("identity/step-up-required") {
            return page.to_confirm();
        }
        let status = problem.status();
        let template = ProblemPage { page, status: status.as_u16(), problem, request: problem.body().instance };
        match page.render_with(status, &template) {
            Ok(mut response) => {
                problem.decorate(&mut response);
                response
            }
            Err(worse) => worse.into_json_response(),
        }
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    page: &'a Page,
    status: u16,
    problem: &'a Problem,
    request: String,
}

fn viewer(actor: &Actor) -> Viewer {
    Viewer {
        name: actor.name.clone(),
        roles: actor.roles().map(entity::identity::Role::word).collect(),
        nav: NAV.iter().filter(|place| place.is_for(actor)).map(|place| (place.href, place.key)).collect(),
        language: actor.language.clone(),
        second_factor_missing: actor.second_factor_missing,
    }
}

#[derive(Template)]
#[template(path = "reference.html")]
struct ReferencePage<'a> {
    page: &'a Page,
}

#[poem::handler]
fn reference(page: Page) -> Result<Response, Problem> {
    page.render(&ReferencePage { page: &page })
}

/// Everything that is served.
#[must_use]
pub fn assemble(app: App) -> impl Endpoint<Output = Response> + 'static {
    let mut document = api_document().clone();
    document["servers"] = json!([{ "url": app.config().base_url(), "description": "This installation" }]);
    let document = document.to_string();
    let doors = Arc::new(Doors::new(app.clone()));
    let routes = pages(Route::new())
        .at("/api/v1/openapi.json", get(make_sync(move |_| document.clone().with_content_type("application/json"))))
        .at("/api/docs", get(reference))
        .at("/static/*name", get(static_file))
        .at("/healthz", get(healthz))
        .at("/readyz", get(readyz))
        .at("/metrics", get(prometheus))
        .nest_no_strip("/api/v1", service());
    Shell::new(app.clone(), doors, routes.data(app).map_to_response())
}
