//! A person as a client of the API.

use crate::house::PASSWORD;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::Value;

/// Somebody, or nobody, who calls the API.
#[derive(Clone)]
pub struct Client {
    /// The HTTP client, for what the verbs below do not cover.
    pub http: reqwest::Client,
    /// `http://127.0.0.1:…`
    pub base: String,
    /// The session token.
    pub token: Option<String>,
    /// The person's id, when there is one.
    pub person: String,
    /// The account's id, when there is one.
    pub account: String,
    /// The person's organisation.
    pub organisation: String,
    /// The person's unit.
    pub unit: String,
    /// What they sign in with.
    pub email: String,
}

/// An answer, read to the end.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: reqwest::header::HeaderMap,
    /// The body.
    pub bytes: Vec<u8>,
    /// Method and address of the request.
    pub what: String,
}

impl Client {
    /// A request with this person's token.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }
    /// Sends a request and reads the answer.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let request = request.build().expect("a request");
        let what = format!("{} {}", request.method(), request.url().as_str().trim_start_matches(&self.base));
        let response = self.http.execute(request).await.unwrap_or_else(|e| panic!("{what}: {e}"));
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.map(|b| b.to_vec()).unwrap_or_default();
        Answer { status, headers, bytes, what }
    }
    /// Signs in anew with the password of everybody.
    pub async fn sign_in_again(&mut self) {
        self.token = None;
        let body = serde_json::json!({ "email": self.email, "password": PASSWORD });
        let session = self.post("/api/v1/sign-in", body).await.expect(200);
        self.token = Some(session["token"].as_str().expect("a token").to_owned());
    }
    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }
    /// POST with a JSON body.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::POST, path).json(&body)).await
    }
    /// POST without a body.
    pub async fn act(&self, path: &str) -> Answer {
        self.send(self.request(Method::POST, path)).await
    }
    /// POST with an `Idempotency-Key`.
    pub async fn post_once(&self, path: &str, key: &str, body: Value) -> Answer {
        self.send(self.request(Method::POST, path).header("idempotency-key", key).json(&body)).await
    }
    /// PUT with a JSON body.
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::PUT, path).json(&body)).await
    }
    /// PUT with `If-Match`.
    pub async fn put_matching(&self, path: &str, version: &Value, body: Value) -> Answer {
        self.send(self.request(Method::PUT, path).header("if-match", format!("\"{version}\"")).json(&body)).await
    }
    /// PATCH with a JSON body.
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::PATCH, path).json(&body)).await
    }
    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }
}

impl Answer {
    /// The body as JSON, once the status is as expected.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}: {}", self.what, self.text());
        if self.bytes.is_empty() { Value::Null } else { serde_json::from_slice(&self.bytes).unwrap_or(Value::Null) }
    }
    /// The problem, once its code is as expected.
    #[track_caller]
    pub fn problem(&self, code: &str) -> Value {
        let body: Value = serde_json::from_slice(&self.bytes).unwrap_or(Value::Null);
        assert_eq!(body["code"], code, "{}: {} {}", self.what, self.status, self.text());
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.what);
        body
    }
    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
    /// A header, or nothing.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }
    /// Whether it succeeded.
    #[must_use]
    pub fn is_success(&self) -> bool {
        StatusCode::from_u16(self.status).is_ok_and(|s| s.is_success())
    }
}
