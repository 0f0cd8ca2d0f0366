//! One family of payloads that writes structs straight to JSON, without a tree of values in between.

use poem::http::{HeaderValue, StatusCode, header};
use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::payload::Payload;
use poem_openapi::registry::{MetaHeader, MetaMediaType, MetaResponse, MetaResponses, MetaSchemaRef, Registry};
use poem_openapi::types::{ToJSON, Type};
use serde::Serialize;

/// A view that people edit: its version is its `ETag`.
pub trait Versioned {
    /// The number that grows with each change.
    fn version(&self) -> i64;
}

struct Body<T>(std::marker::PhantomData<T>);
impl<T: Type + Send> Payload for Body<T> {
    const CONTENT_TYPE: &'static str = "application/json";
    fn schema_ref() -> MetaSchemaRef {
        T::schema_ref()
    }
    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

fn write(status: StatusCode, value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(bytes) => Response::builder().status(status).header(header::CONTENT_TYPE, "application/json").body(bytes),
        Err(e) => super::Problem::internal(e).into_json_response(),
    }
}

fn response<T: Type + Send>(status: u16, description: &'static str, headers: Vec<MetaHeader>) -> MetaResponses {
    let content = vec![MetaMediaType { content_type: Body::<T>::CONTENT_TYPE, schema: Body::<T>::schema_ref() }];
    MetaResponses {
        responses: vec![MetaResponse { description, status: Some(status), status_range: None, content, headers }],
    }
}

fn text_header(name: &str, description: &str) -> MetaHeader {
    MetaHeader {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        required: true,
        deprecated: false,
        schema: String::schema_ref(),
    }
}

/// 200 with a view.
pub struct Data<T>(pub T);
impl<T: Type + Send + Serialize> IntoResponse for Data<T> {
    fn into_response(self) -> Response {
        write(StatusCode::OK, &self.0)
    }
}
impl<T: ToJSON + Serialize + Send> ApiResponse for Data<T> {
    fn meta() -> MetaResponses {
        response::<T>(200, "Done", vec![])
    }
    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

/// 200 with a view that people edit, and its `ETag`.
pub struct Tagged<T>(pub T);
impl<T: Type + Send + Serialize + Versioned> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        let mut response = write(StatusCode::OK, &self.0);
        response.headers_mut().insert(header::ETAG, etag(self.0.version()));
        response
    }
}
impl<T: ToJSON + Serialize + Versioned + Send> ApiResponse for Tagged<T> {
    fn meta() -> MetaResponses {
        response::<T>(200, "Done", vec![text_header("ETag", "Version, for `If-Match`.")])
    }
    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

/// 201 with a view and where it is found from now on.
pub struct Created<T> {
    /// The view.
    pub view: T,
    /// Path of the new resource.
    pub location: String,
}
impl<T> Created<T> {
    /// `view`, found at `location` (a path such as `/api/v1/activities/…`).
    pub fn at(location: impl Into<String>, view: T) -> Self {
        Self { view, location: location.into() }
    }
}
impl<T: Type + Send + Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        let mut response = write(StatusCode::CREATED, &self.view);
        if let Ok(location) = HeaderValue::from_str(&self.location) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        response
    }
}
impl<T: ToJSON + Serialize + Send> ApiResponse for Created<T> {
    fn meta() -> MetaResponses {
        response::<T>(201, "Created", vec![text_header("Location", "Path of the new resource.")])
    }
    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

/// 204.
pub struct NoContent;
impl IntoResponse for NoContent {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}
impl ApiResponse for NoContent {
    fn meta() -> MetaResponses {
        let done = MetaResponse {
            description: "Done",
            status: Some(204),
            status_range: None,
            content: vec![],
            headers: vec![],
        };
        MetaResponses { responses: vec![done] }
    }
    fn register(_: &mut Registry) {}
}

/// 200 with a file to download.
pub struct File {
    /// Its bytes.
    pub bytes: bytes::Bytes,
    /// Its media type.
    pub media_type: String,
    /// The name it is saved under.
    pub name: String,
}
impl IntoResponse for File {
    fn into_response(self) -> Response {
        let name: String = self.name.chars().filter(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).collect();
        Response::builder()
            .header(header::CONTENT_TYPE, self.media_type)
            .header(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))
            .body(self.bytes)
    }
}
impl ApiResponse for File {
    fn meta() -> MetaResponses {
        let content = vec![MetaMediaType {
            content_type: "application/octet-stream",
            schema: poem_openapi::payload::Binary::<Vec<u8>>::schema_ref(),
        }];
        MetaResponses {
            responses: vec![MetaResponse {
                description: "The file",
                status: Some(200),
                status_range: None,
                content,
                headers: vec![],
            }],
        }
    }
    fn register(_: &mut Registry) {}
}

/// The `ETag` of a version.
#[must_use]
pub fn etag(version: i64) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{version}\"")).expect("digits and quotes are header text")
}

/// The version that `If-Match` names.
///
/// # Errors
/// 428 when it is missing · 412 when it names nothing of ours.
pub fn expected_version(if_match: Option<&str>) -> Result<i64, super::Problem> {
    let text = if_match.ok_or_else(|| {
        super::Problem::new(StatusCode::PRECONDITION_REQUIRED, "if-match-required")
            .detail("Send `If-Match` with the `ETag` you read.")
    })?;
    text.trim().trim_matches('"').parse().map_err(|_| super::Problem::changed_meanwhile())
}
