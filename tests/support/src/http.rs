//! A browser reduced to what the API needs: one request at a time, cookies, JSON.

use crate::tls;
use http_body_util::{BodyExt, Full};
use hyper::header::{CONTENT_TYPE, COOKIE, HOST, ORIGIN, SET_COOKIE};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::net::SocketAddr;

/// Talks to one server, remembers its cookie.
#[derive(Clone)]
pub struct Http {
    address: SocketAddr,
    origin: String,
    /// Sent as `Origin`; None leaves the header out.
    pub sent_origin: Option<String>,
    /// Sent as `Cookie`.
    pub cookie: Option<String>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Response {
    /// Status code.
    pub status: u16,
    /// Header names in lower case, with their values, as they came.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("not JSON ({error}): {}", String::from_utf8_lossy(&self.body)))
    }

    /// The first header of a name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The `code` of an error body, after a look that it is `{code, message}` and nothing else.
    pub fn error_code(&self) -> String {
        let body = self.json();
        let fields = body.as_object().expect("an error is an object");
        assert_eq!(fields.len(), 2, "an error has two fields: {body}");
        let sentence = body["message"].as_str().expect("a message");
        assert!(sentence.len() > 8, "the message is a sentence: {body}");
        let code = body["code"].as_str().expect("a code").to_owned();
        let snake = |c: char| c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit();
        assert!(!code.is_empty() && code.chars().all(snake), "the code is in snake_case: {body}");
        code
    }
}

impl Http {
    /// A browser without a cookie whose pages come from the server itself.
    pub fn new(address: SocketAddr, origin: &str) -> Self {
        Self { address, origin: origin.to_owned(), sent_origin: Some(origin.to_owned()), cookie: None }
    }

    /// Sends a request and reads the whole answer; keeps the cookie it sets.
    pub async fn request(&mut self, method: &str, path: &str, body: Option<&Value>) -> Response {
        let bytes = body.map(|body| body.to_string().into_bytes());
        let kind = bytes.is_some().then_some("application/json");
        self.raw(method, path, kind, bytes.unwrap_or_default()).await
    }

    /// The same with any body at all.
    pub async fn raw(&mut self, method: &str, path: &str, kind: Option<&str>, body: Vec<u8>) -> Response {
        let kind: Vec<_> = kind.map(|kind| (CONTENT_TYPE.as_str(), kind)).into_iter().collect();
        self.send(method, path, &kind, body).await
    }

    /// The same with any headers.
    pub async fn send(&mut self, method: &str, path: &str, more: &[(&str, &str)], body: Vec<u8>) -> Response {
        let host = self.origin.strip_prefix("https://").unwrap_or(&self.origin).to_owned();
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let mut request = Request::builder().method(method).uri(path).header(HOST, host);
        for (name, value) in [(ORIGIN, &self.sent_origin), (COOKIE, &self.cookie)] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        for (name, value) in more {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(bytes::Bytes::from(body))).expect("a request");
        let exchange = async {
            let stream = tls::connect(self.address, None).await.expect("the server accepts");
            let (mut sender, connection) =
                hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("HTTP begins");
            let carrying = tokio::spawn(connection);
            let response = sender.send_request(request).await.expect("an answer");
            let (head, body) = response.into_parts();
            let body = body.collect().await.expect("the whole body").to_bytes().to_vec();
            carrying.abort();
            let text =
                |value: &hyper::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
            let headers = head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value)));
            Response { status: head.status.as_u16(), headers: headers.collect(), body }
        };
        let response = crate::within(&format!("an answer to {path}"), exchange).await;
        if let Some(cookie) = response.header(SET_COOKIE.as_str()) {
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        response
    }

    /// `GET`.
    pub async fn get(&mut self, path: &str) -> Response {
        self.request("GET", path, None).await
    }

    /// `POST` of JSON.
    pub async fn post(&mut self, path: &str, body: &Value) -> Response {
        self.request("POST", path, Some(body)).await
    }
}
