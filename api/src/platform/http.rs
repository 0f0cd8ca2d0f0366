//! The HTTP shell: one guard around everything that is served.
//!
//! It names the request, finds the client's real address, bounds body and time, refuses forged requests
//! from other sites, replays keyed requests, catches panics, turns every refusal into a problem (JSON under
//! `/api`, a page elsewhere), and puts the security headers on every answer.

use super::db::{IdempotencyClaim, REQUEST, RequestContext};
use super::page::Page;
use super::problem::FieldError;
use super::{App, Problem, new_id};
use entity::platform::idempotency;
use futures_util::FutureExt;
use poem::error::{MethodNotAllowedError, NotFoundError, ParsePathError as PoemParsePathError, ReadBodyError};
use poem::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use poem::{Body, Endpoint, IntoResponse, Request, Response};
use poem_openapi::error::{
    AuthorizationError, ContentTypeError, ParseMultipartError, ParseParamError, ParsePathError,
    ParseRequestPayloadError,
};
use sea_orm::{ActiveValue::Set, EntityTrait};
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// The client's address: of the peer, or what a trusted proxy says of it.
#[derive(Clone, Copy, Debug)]
pub struct ClientAddress(pub IpAddr);

/// What the floors above tell the shell.
#[async_trait::async_trait]
pub trait House: Send + Sync + 'static {
    /// Finds out who asks, leaves it in the request and says whether it is somebody.
    ///
    /// # Errors
    /// 401 for a credential that is not good · 503 when the database cannot say.
    async fn identify(&self, request: &mut Request) -> Result<bool, Problem>;
    /// The methods a path takes, for `Allow`.
    fn methods(&self, path: &str) -> Vec<Method>;
    /// All faults of a JSON body for an operation, with pointers.
    fn faults(&self, operation: Option<&str>, body: &[u8]) -> Vec<FieldError>;
    /// The problem as a page.
    fn page(&self, page: &Page, problem: &Problem) -> Response;
}

const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'";

/// The shell around `inner`.
pub struct Shell<E> {
    inner: E,
    app: App,
    house: Arc<dyn House>,
}

impl<E> Shell<E> {
    /// Wraps `inner`.
    pub fn new(app: App, house: Arc<dyn House>, inner: E) -> Self {
        Self { inner, app, house }
    }
}

impl<E: Endpoint> Endpoint for Shell<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let started = Instant::now();
        let id = new_id(self.app.now());
        let method = request.method().clone();
        let path = request.uri().path().to_owned();
        let work = async {
            let outcome = AssertUnwindSafe(self.serve(request)).catch_unwind().await;
            let statements = REQUEST.with(|r| r.statements.load(std::sync::atomic::Ordering::Relaxed));
            (outcome, statements)
        };
        let work = REQUEST.scope(RequestContext::new(id), work);
        let mut statements = 0;
        let mut response =
            match tokio::time::timeout(Duration::from_secs(self.app.config().request_timeout_seconds), work).await {
                Ok((Ok(response), sent)) => {
                    statements = sent;
                    response
                }
                Ok((Err(_), _)) => {
                    metrics::counter!("waymark_panics_total").increment(1);
                    tracing::error!(request = %id, "a handler panicked");
                    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal")
                        .detail("Something went wrong on our side. It has been recorded.")
                        .into_json_response()
                }
                Err(_) => Problem::unavailable("This took too long and was stopped. Read again before you repeat it.")
                    .into_json_response(),
            };
        self.finish(&mut response, &path, id);
        let status = response.status().as_u16();
        let seconds = started.elapsed().as_secs_f64();
        let door = if path.starts_with("/api/") { "api" } else { "page" };
        metrics::counter!("waymark_requests_total", "method" => label(&method), "status" => status.to_string(), "door" => door).increment(1);
        metrics::counter!("waymark_request_statements_total", "door" => door).increment(statements as u64);
        metrics::histogram!("waymark_request_seconds", "door" => door).record(seconds);
        let pattern = response.data::<poem::PathPattern>().map_or("-", |p| &p.0);
        tracing::info!(request = %id, method = label(&method), pattern, status, statements, millis = (seconds * 1e3).round(), "served");
        Ok(response)
    }
}

impl<E: Endpoint> Shell<E> {
    async fn serve(&self, mut request: Request) -> Response {
        let address = client_address(&self.app, &request);
        request.set_data(ClientAddress(address));
        let path = request.uri().path().to_owned();
        let is_api = path.starts_with("/api/");
        let identified = self.house.identify(&mut request).await;
        let page = Page::of(&self.app, &request);
        let (outcome, body) = match identified {
            Ok(known) => self.guarded(request, known).await,
            Err(problem) => (Err(problem.into()), None),
        };
        let problem = match outcome {
            Ok(response) => return response,
            Err(error) if error.is_from_response() => return error.into_response(),
            Err(error) if !error.status().is_client_error() && !error.status().is_server_error() => {
                return error.into_response();
            }
            Err(error) => problem_of(error, body.as_deref(), &*self.house),
        };
        if !is_api && problem.status() == StatusCode::UNAUTHORIZED {
            return page.to_sign_in();
        }
        let status = problem.status();
        let mut response = if is_api { problem.into_json_response() } else { self.house.page(&page, &problem) };
        if status == StatusCode::METHOD_NOT_ALLOWED {
            let allowed = self.house.methods(&path).iter().map(Method::as_str).collect::<Vec<_>>().join(", ");
            if let Ok(value) = HeaderValue::from_str(&allowed) {
                response.headers_mut().insert(header::ALLOW, value);
            }
        }
        response
    }

    /// The request with its body bounded and its origin checked, then the handler; also the JSON body, to
    /// explain a refusal by. Only somebody who is `known` may upload or ask for an answer to be kept.
    async fn guarded(&self, mut request: Request, known: bool) -> (poem::Result<Response>, Option<Vec<u8>>) {
        if request.uri().to_string().contains("%00") {
            return (Err(Problem::malformed("The address has a character that no text may have.").into()), None);
        }
        let unsafe_method = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE);
        if unsafe_method && let Err(problem) = super::page::same_site(&self.app, &request) {
            return (Err(problem.into()), None);
        }
        let body = match self.bounded(&mut request, known).await {
            Ok(body) => body,
            Err(problem) => return (Err(problem.into()), None),
        };
        let json = request.content_type().is_some_and(|c| c.contains("json"));
        let form = request.content_type().is_some_and(|c| c.starts_with("application/x-www-form-urlencoded"));
        if json && contains_nul(&body) || form && body.windows(3).any(|w| w == b"%00") {
            return (Err(Problem::malformed("A text has the character U+0000, which no text may have.").into()), None);
        }
        let kept = json.then(|| body.to_vec());
        let claim = match claim(&self.app, &request, &body) {
            Ok(claim) => claim.filter(|_| known),
            Err(problem) => return (Err(problem.into()), None),
        };
        request.set_body(body);
        let Some(claim) = claim else {
            return (self.inner.call(request).await.map(IntoResponse::into_response), kept);
        };
        (self.once(claim, request).await, kept)
    }

    async fn bounded(&self, request: &mut Request, known: bool) -> Result<bytes::Bytes, Problem> {
        let config = self.app.config();
        let kind = request.content_type().unwrap_or_default();
        let upload = ["multipart/", "text/csv", "application/vnd.", "application/octet-stream"]
            .iter()
            .any(|k| kind.starts_with(k));
        let limit = if upload && known { config.upload_limit_bytes } else { config.body_limit_bytes };
        let too_large = || {
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large")
                .detail(format!("The body is larger than {limit} bytes."))
        };
        let announced = request.header(header::CONTENT_LENGTH).and_then(|text| text.parse::<usize>().ok());
        if announced.is_some_and(|bytes| bytes > limit) {
            return Err(too_large());
        }
        request.take_body().into_bytes_limit(limit).await.map_err(|e| match e {
            ReadBodyError::PayloadTooLarge => too_large(),
            other => Problem::malformed(other.to_string()),
        })
    }

    /// Answers a keyed request: with the answer kept, or by doing it and keeping the answer.
    async fn once(&self, claim: IdempotencyClaim, request: Request) -> poem::Result<Response> {
        if let Some(answer) = self.kept_answer(&claim).await? {
            return Ok(answer);
        }
        REQUEST.with(|r| *r.key.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(claim.clone()));
        match self.inner.call(request).await.map(IntoResponse::into_response) {
            Ok(response) if response.status().is_success() => self.keep_answer(&claim, response).await,
            Err(error) if error.downcast_ref::<Problem>().is_some_and(|p| p.is("idempotency/repeated")) => {
                self.kept_answer(&claim).await?.ok_or_else(|| {
                    Problem::refused("idempotency/in-progress", "The first request with this key is still running.")
                        .into()
                })
            }
            other => other,
        }
    }

    async fn kept_answer(&self, claim: &IdempotencyClaim) -> Result<Option<Response>, Problem> {
        let row = idempotency::Entity::find_by_id((claim.scope.clone(), claim.key.clone())).one(self.app.db()).await?;
        let Some(row) = row else { return Ok(None) };
        if row.request_hash != claim.request_hash {
            return Err(Problem::invalid()
                .detail("This idempotency key was used for another request.")
                .parameter("Idempotency-Key", "use a new key for a new request"));
        }
        if row.status.is_some() && row.body.is_none() {
            return Err(Problem::refused(
                "idempotency/answered-once",
                "This was done before. Its answer held a secret, which is shown once.",
            ));
        }
        let status = row
            .status
            .and_then(|s| u16::try_from(s).ok())
            .and_then(|s| StatusCode::from_u16(s).ok())
            .unwrap_or(StatusCode::OK);
        let mut response = Response::builder()
            .status(status)
            .header(header::CONTENT_TYPE, row.content_type.as_deref().unwrap_or("application/json"))
            .header("idempotency-replayed", "true")
            .body(row.body.unwrap_or_default());
        if let Some(location) = row.location.and_then(|l| HeaderValue::from_str(&l).ok()) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        Ok(Some(response))
    }

    async fn keep_answer(&self, claim: &IdempotencyClaim, mut response: Response) -> poem::Result<Response> {
        let body = response.take_body().into_bytes().await.map_err(Problem::internal)?;
        let secret = REQUEST.with(|r| r.secret.load(std::sync::atomic::Ordering::Relaxed));
        let text = |name: HeaderName| response.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
        let row = idempotency::ActiveModel {
            scope: Set(claim.scope.clone()),
            key: Set(claim.key.clone()),
            status: Set(Some(i32::from(response.status().as_u16()))),
            content_type: Set(text(header::CONTENT_TYPE)),
            location: Set(text(header::LOCATION)),
            body: Set((!secret).then(|| body.to_vec())),
            ..Default::default()
        };
        // The body was kept with the change itself; only status and headers are added here, so a crash
        // in between costs nothing but the exact status of a repeat.
        if let Ok(tx) = super::Tx::of_platform(&self.app, "idempotency").await
            && idempotency::Entity::update_many().set(row).filter_key(claim).exec(&tx).await.is_ok()
        {
            tx.commit(()).await.ok();
        }
        response.set_body(Body::from_bytes(body));
        Ok(response)
    }

    fn finish(&self, response: &mut Response, path: &str, id: uuid::Uuid) {
        let https = self.app.config().is_https();
        let headers = response.headers_mut();
        let mut put = |name: HeaderName, value: &'static str| {
            headers.entry(name).or_insert(HeaderValue::from_static(value));
        };
        put(header::CONTENT_SECURITY_POLICY, CSP);
        put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        put(header::X_FRAME_OPTIONS, "DENY");
        put(header::REFERRER_POLICY, "same-origin");
        put(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=()");
        put(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
        put(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
        if https {
            put(header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains");
        }
        if !path.starts_with("/static/") {
            put(header::CACHE_CONTROL, "no-store");
        }
        if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
            headers.insert("x-request-id", value);
        }
    }
}

fn claim(app: &App, request: &Request, body: &[u8]) -> Result<Option<IdempotencyClaim>, Problem> {
    let Some(key) = request.header("idempotency-key").filter(|_| *request.method() == Method::POST) else {
        return Ok(None);
    };
    if key.is_empty() || key.len() > 200 {
        return Err(Problem::malformed("The idempotency key is not usable.")
            .parameter("Idempotency-Key", "must have 1 to 200 characters"));
    }
    // The key belongs to whoever sent it: hashed, since a credential is never stored.
    let credential =
        request.header(header::AUTHORIZATION).map(str::to_owned).or_else(|| super::page::session_cookie(app, request));
    let mut hash = Sha256::new();
    hash.update(format!("{} {}\n", request.method(), request.uri()));
    hash.update(body);
    Ok(Some(IdempotencyClaim {
        scope: credential.map_or_else(|| "nobody".to_owned(), |c| hex::encode(Sha256::digest(c))),
        key: key.to_owned(),
        request_hash: hex::encode(hash.finalize()),
    }))
}

trait ByKey {
    fn filter_key(self, claim: &IdempotencyClaim) -> Self;
}
impl ByKey for sea_orm::UpdateMany<idempotency::Entity> {
    fn filter_key(self, claim: &IdempotencyClaim) -> Self {
        use sea_orm::{ColumnTrait, QueryFilter};
        self.filter(idempotency::Column::Scope.eq(&claim.scope)).filter(idempotency::Column::Key.eq(&claim.key))
    }
}

/// `\u0000` as JSON spells it, or the byte itself: PostgreSQL stores neither.
fn contains_nul(body: &[u8]) -> bool {
    body.contains(&0) || body.windows(6).any(|w| w == b"\\u0000")
}

/// A method as a label: a client must not be able to make up new ones.
fn label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// The peer's address, or, when the peer is a trusted proxy, the last address in `X-Forwarded-For` that is
/// not one: a client may write what it likes in front of that.
fn client_address(app: &App, request: &Request) -> IpAddr {
    let peer = request.remote_addr().as_socket_addr().map_or(IpAddr::from([0, 0, 0, 0]), std::net::SocketAddr::ip);
    let trusted = &app.config().trusted_proxies;
    if !trusted.contains(&peer) {
        return peer;
    }
    let forwarded = request
        .headers()
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|v| v.to_str().ok())
        .collect::<Vec<_>>()
        .join(",");
    let hops = forwarded.rsplit(',').map_while(|hop| hop.trim().parse::<IpAddr>().ok());
    hops.into_iter().find(|hop| !trusted.contains(hop)).unwrap_or(peer)
}

fn problem_of(error: poem::Error, body: Option<&[u8]>, house: &dyn House) -> Problem {
    let operation = error.data::<poem_openapi::OperationId>().map(|o| o.0);
    let error = match error.downcast::<Problem>() {
        Ok(problem) => return problem,
        Err(other) => other,
    };
    if error.is::<ParseRequestPayloadError>() {
        let readable = body.is_some_and(|b| serde_json::from_slice::<serde::de::IgnoredAny>(b).is_ok());
        if !readable {
            return Problem::malformed("The body is not JSON that can be read.");
        }
        let errors = body.map(|b| house.faults(operation, b)).unwrap_or_default();
        let problem = Problem::invalid().fields(errors);
        return if problem.errors().is_empty() {
            problem.field("", "does not have the form this operation takes")
        } else {
            problem
        };
    }
    if let Some(e) = error.downcast_ref::<ParseParamError>() {
        return Problem::malformed("A parameter is not right.")
            .parameter(e.name, "does not have the form this operation takes");
    }
    if error.is::<ParsePathError>() || error.is::<NotFoundError>() || error.is::<PoemParsePathError>() {
        // A malformed id names nothing that exists.
        return Problem::not_found();
    }
    if error.is::<ParseMultipartError>() {
        return Problem::invalid().field("", "does not have the form this operation takes");
    }
    if let Some(e) = error.downcast_ref::<ContentTypeError>() {
        return Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type").detail(match e {
            ContentTypeError::NotSupported { .. } => "This media type is not supported here.",
            ContentTypeError::ExpectContentType => "Say the media type of the body in `Content-Type`.",
        });
    }
    if error.is::<AuthorizationError>() {
        return Problem::unauthenticated();
    }
    if error.is::<MethodNotAllowedError>() {
        return Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed")
            .detail("This method is not for this path.");
    }
    let status = error.status();
    if status.is_server_error() {
        return Problem::internal(error);
    }
    Problem::new(status, "malformed").detail("The request cannot be read.")
}

static METRICS: OnceLock<metrics_exporter_prometheus::PrometheusHandle> = OnceLock::new();

/// The recorder of this process, installed at first use.
pub(super) fn metrics_handle() -> metrics_exporter_prometheus::PrometheusHandle {
    METRICS
        .get_or_init(|| {
            let recorder = metrics_exporter_prometheus::PrometheusBuilder::new()
                .set_buckets(&[0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0])
                .expect("there are buckets")
                .build_recorder();
            let handle = recorder.handle();
            metrics::set_global_recorder(recorder).ok();
            handle
        })
        .clone()
}

/// Folds what was measured into its buckets now and then, whether or not anybody reads `/metrics`: until
/// then every measurement is kept.
pub async fn keep_metrics(app: App) {
    loop {
        tokio::time::sleep(Duration::from_secs(5)).await;
        app.0.metrics.run_upkeep();
    }
}

/// `/healthz`: the process answers. Needs no database.
#[poem::handler]
pub fn healthz() -> &'static str {
    "ok"
}

/// `/readyz`: a write was stored just now.
///
/// # Errors
/// 503 when it was not.
#[poem::handler]
pub async fn readyz(app: poem::web::Data<&App>) -> Result<&'static str, Problem> {
    let tx = super::Tx::of_platform(&app, "ready").await?;
    let row = entity::platform::setting::ActiveModel {
        key: Set("ready".into()),
        value: Set(serde_json::Value::Null),
        version: Set(0),
        changed_at: Set(tx.now()),
    };
    let update = sea_orm::sea_query::OnConflict::column(entity::platform::setting::Column::Key)
        .update_column(entity::platform::setting::Column::ChangedAt)
        .to_owned();
    entity::platform::setting::Entity::insert(row).on_conflict(update).exec_without_returning(&tx).await?;
    tx.commit("ready").await
}

/// `/metrics`, for the addresses that may read it.
///
/// # Errors
/// `not-found` for everybody else.
#[poem::handler]
pub fn prometheus(app: poem::web::Data<&App>, address: poem::web::Data<&ClientAddress>) -> Result<Response, Problem> {
    if app.config().metrics_allow.contains(&address.0.0) {
        let text = app.0.0.metrics.render();
        Ok(Response::builder().content_type("text/plain; version=0.0.4; charset=utf-8").body(text))
    } else {
        Err(Problem::not_found())
    }
}
