//! One `Problem` for everything that goes wrong: RFC 9457 `application/problem+json` for programs, a page
//! for people. Features turn their refusals into it; `http.rs` turns the framework's own into it.

use super::db::is_storage_error;
use poem::http::{HeaderValue, StatusCode, header};
use poem::{IntoResponse, Response};
use poem_openapi::payload::Payload;
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchemaRef, Registry};
use poem_openapi::types::Type;
use poem_openapi::{ApiResponse, Object};
use sea_orm::{DbErr, SqlErr};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::marker::PhantomData;

/// One field that was refused, and why.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct FieldError {
    /// JSON pointer (RFC 6901) into the body.
    pub pointer: Option<String>,
    /// Name of the parameter, when it is not in the body.
    pub parameter: Option<String>,
    /// What is wrong with it.
    pub detail: String,
}

/// A problem as it is sent.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
#[oai(rename = "Problem")]
pub struct ProblemBody {
    /// Stable URI of the kind of problem.
    #[serde(rename = "type")]
    #[oai(rename = "type")]
    pub type_uri: String,
    /// The kind of problem in words, always the same for a code.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// Stable code for programs.
    pub code: String,
    /// What happened in this case.
    pub detail: Option<String>,
    /// `urn:uuid:` and the request id, to quote when asking for help.
    pub instance: String,
    /// All fields that were refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// Facts about this case, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, serde_json::Value>,
}

/// What went wrong, on its way to a door.
#[derive(Debug)]
pub struct Problem(Box<Inner>);

#[derive(Debug)]
struct Inner {
    status: StatusCode,
    code: Cow<'static, str>,
    detail: Option<String>,
    errors: Vec<FieldError>,
    facts: BTreeMap<String, serde_json::Value>,
    retry_after_seconds: Option<u64>,
}

impl Problem {
    /// A problem of any status.
    #[must_use]
    pub fn new(status: StatusCode, code: impl Into<Cow<'static, str>>) -> Self {
        let inner = Inner {
            status,
            code: code.into(),
            detail: None,
            errors: vec![],
            facts: BTreeMap::new(),
            retry_after_seconds: None,
        };
        Self(Box::new(inner))
    }
    /// 401: nobody is signed in.
    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated").detail("Sign in first.")
    }
    /// 403: seen, but not allowed.
    #[must_use]
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden").detail(detail)
    }
    /// 403 with a code of its own.
    #[must_use]
    pub fn forbidden_as(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code).detail(detail)
    }
    /// 401 with a code of its own.
    #[must_use]
    pub fn unauthorised(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code).detail(detail)
    }
    /// 404: missing, or not to be known of.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found").detail("There is nothing here for you.")
    }
    /// 409: a rule refuses it. `code` is `feature/what-is-the-case`.
    #[must_use]
    pub fn refused(code: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code).detail(detail)
    }
    /// 422: fields are wrong; add each with [`Problem::field`].
    #[must_use]
    pub fn invalid() -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "validation").detail("Some fields are not right.")
    }
    /// 400: cannot be read.
    #[must_use]
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed").detail(detail)
    }
    /// 412: changed by somebody else since it was read.
    #[must_use]
    pub fn changed_meanwhile() -> Self {
        Self::new(StatusCode::PRECONDITION_FAILED, "changed-meanwhile")
            .detail("Somebody changed this since you read it. Read it again and repeat your change.")
    }
    /// 429: too many tries; come back in so many seconds.
    #[must_use]
    pub fn too_many(retry_after_seconds: u64) -> Self {
        let mut problem =
            Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many-requests").detail("Too many tries. Wait a little.");
        problem.0.retry_after_seconds = Some(retry_after_seconds.max(1));
        problem
    }
    /// 503: not now; nothing was kept.
    #[must_use]
    pub fn unavailable(detail: impl Into<String>) -> Self {
        let mut problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable").detail(detail);
        problem.0.retry_after_seconds = Some(2);
        problem
    }
    /// 500: our mistake. The source goes to the log with the request id and is never shown.
    #[must_use]
    pub fn internal(source: impl std::fmt::Display) -> Self {
        tracing::error!(error = %source, "internal error");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal")
            .detail("Something went wrong on our side. It has been recorded.")
    }
    /// Says what happened in this case.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        let mut text: String = detail.into();
        if let Some((cut, _)) = text.char_indices().nth(300) {
            text.truncate(cut);
        }
        self.0.detail = Some(text);
        self
    }
    /// Adds a field that was refused, by its JSON pointer (`/title`).
    #[must_use]
    pub fn field(mut self, pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        self.0.errors.push(FieldError { pointer: Some(pointer.into()), parameter: None, detail: detail.into() });
        self
    }
    /// Adds a parameter that was refused.
    #[must_use]
    pub fn parameter(mut self, name: impl Into<String>, detail: impl Into<String>) -> Self {
        self.0.errors.push(FieldError { pointer: None, parameter: Some(name.into()), detail: detail.into() });
        self
    }
    /// Adds refused fields found elsewhere.
    #[must_use]
    pub fn fields(mut self, errors: Vec<FieldError>) -> Self {
        self.0.errors.extend(errors);
        self
    }
    /// Adds a fact about this case.
    #[must_use]
    pub fn fact(mut self, name: &str, value: impl Serialize) -> Self {
        self.0.facts.insert(name.to_owned(), serde_json::to_value(value).unwrap_or_default());
        self
    }
    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }
    /// The code.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.0.code
    }
    /// The detail, or the title when there is none.
    #[must_use]
    pub fn message(&self) -> String {
        self.0.detail.clone().unwrap_or_else(|| self.title())
    }
    /// The refused fields.
    #[must_use]
    pub fn errors(&self) -> &[FieldError] {
        &self.0.errors
    }
    /// `Ok` when no field was refused: the end of a validation that collects everything first.
    ///
    /// # Errors
    /// This problem, when it has refused fields.
    pub fn unless_clean(self) -> Result<(), Self> {
        if self.0.errors.is_empty() { Ok(()) } else { Err(self) }
    }
    /// Whether this is a refusal of that code.
    #[must_use]
    pub fn is(&self, code: &str) -> bool {
        self.0.code == code
    }
    fn title(&self) -> String {
        // The code after its feature, as words: `enrolment/reserve-full` → `Reserve full`.
        let words = self.0.code.rsplit('/').next().unwrap_or_default().replace('-', " ");
        let mut letters = words.chars();
        letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
    }
    /// The problem as it is sent.
    #[must_use]
    pub fn body(&self) -> ProblemBody {
        let request = super::db::REQUEST.try_with(|r| r.id).unwrap_or_default();
        ProblemBody {
            type_uri: format!("/problems/{}", self.0.code),
            title: self.title(),
            status: self.0.status.as_u16(),
            code: self.0.code.to_string(),
            detail: self.0.detail.clone(),
            instance: format!("urn:uuid:{request}"),
            errors: self.0.errors.clone(),
            facts: self.0.facts.clone(),
        }
    }
    /// Headers that belong to the status.
    pub fn decorate(&self, response: &mut Response) {
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.0.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.0.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"waymark\""));
        }
    }
    /// The problem for a program.
    #[must_use]
    pub fn into_json_response(self) -> Response {
        let mut response = ProblemJson(self.body()).into_response();
        self.decorate(&mut response);
        response
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.0.code, self.message())
    }
}
impl std::error::Error for Problem {}

impl From<DbErr> for Problem {
    fn from(error: DbErr) -> Self {
        if is_storage_error(&error) {
            tracing::error!(error = %error, "database");
            return Self::unavailable("The database cannot answer at the moment. Nothing of this request was kept.");
        }
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => {
                Self::refused("already-there", "Something with the same key is already there.")
            }
            Some(SqlErr::ForeignKeyConstraintViolation(_)) => Self::refused(
                "still-referenced",
                "Something else refers to this, or this refers to something that is not there.",
            ),
            _ => Self::internal(error),
        }
    }
}

impl From<Problem> for poem::Error {
    fn from(problem: Problem) -> Self {
        let status = problem.status();
        poem::Error::new(problem, status)
    }
}

/// The payload: its content type is what lands in the document.
pub struct ProblemJson(pub ProblemBody);

impl Payload for ProblemJson {
    const CONTENT_TYPE: &'static str = "application/problem+json";
    fn schema_ref() -> MetaSchemaRef {
        ProblemBody::schema_ref()
    }
    fn register(registry: &mut Registry) {
        ProblemBody::register(registry);
    }
}
impl IntoResponse for ProblemJson {
    fn into_response(self) -> Response {
        Response::builder()
            .status(StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
            .header(header::CONTENT_TYPE, Self::CONTENT_TYPE)
            .body(serde_json::to_vec(&self.0).unwrap_or_default())
    }
}

/// Which statuses a family of operations documents.
pub trait Family: Send + Sync + 'static {
    /// Status and description.
    const STATUSES: &'static [(u16, &'static str)];
}
macro_rules! families { ($($(#[$doc:meta])* $name:ident = [$($status:literal $text:literal),+ $(,)?];)+) => { $(
    $(#[$doc])*
    #[derive(Debug)]
    pub struct $name;
    impl Family for $name { const STATUSES: &'static [(u16, &'static str)] = &[$(($status, $text)),+]; }
)+ } }
families! {
    /// Operations that anybody may call.
    Public = [400 "The request cannot be read", 404 "There is no such thing", 405 "The method is not for this path",
        406 "No acceptable answer", 429 "Too many tries", 500 "Our mistake", 503 "Not available at the moment"];
    /// Operations that only read.
    Read = [400 "The request cannot be read", 401 "Nobody is signed in", 403 "Not allowed", 404 "There is no such thing, or you may not know of it",
        405 "The method is not for this path", 406 "No acceptable answer", 429 "Too many tries", 500 "Our mistake", 503 "Not available at the moment"];
    /// Operations that change something.
    Write = [400 "The request cannot be read", 401 "Nobody is signed in", 403 "Not allowed", 404 "There is no such thing, or you may not know of it",
        405 "The method is not for this path", 406 "No acceptable answer", 409 "A rule refuses it", 412 "Changed by somebody else meanwhile",
        413 "The body is too large", 415 "The media type is not supported", 422 "Fields are not right", 428 "`If-Match` is required",
        429 "Too many tries", 500 "Our mistake", 503 "Not available at the moment; nothing was kept"];
    /// Operations that anybody may call and that change something.
    PublicWrite = [400 "The request cannot be read", 401 "The credentials are not right", 403 "Not allowed", 404 "There is no such thing", 405 "The method is not for this path",
        406 "No acceptable answer", 409 "A rule refuses it", 413 "The body is too large", 415 "The media type is not supported",
        422 "Fields are not right", 429 "Too many tries", 500 "Our mistake", 503 "Not available at the moment; nothing was kept"];
}

/// The error type of every API operation: `Result<_, Fail<Write>>` documents the statuses of `Write`.
pub struct Fail<F: Family>(Problem, PhantomData<F>);

impl<F: Family, E: Into<Problem>> From<E> for Fail<F> {
    fn from(problem: E) -> Self {
        Self(problem.into(), PhantomData)
    }
}
impl<F: Family> From<Fail<F>> for poem::Error {
    fn from(fail: Fail<F>) -> Self {
        fail.0.into()
    }
}
impl<F: Family> ApiResponse for Fail<F> {
    fn meta() -> MetaResponses {
        let response = |&(status, description): &(u16, &'static str)| MetaResponse {
            description,
            status: Some(status),
            status_range: None,
            content: vec![MetaMediaType { content_type: ProblemJson::CONTENT_TYPE, schema: ProblemJson::schema_ref() }],
            headers: vec![],
        };
        MetaResponses { responses: F::STATUSES.iter().map(response).collect() }
    }
    fn register(registry: &mut Registry) {
        ProblemJson::register(registry);
    }
}
