//! The HTTP servers, given their listeners: the real one, the one on port 80 that only points to it, and the private
//! one for exact figures.

use crate::board::Carrier;
use crate::detachable::Connection;
use crate::entrance::{self, Entrance};
use crate::guard;
use crate::metrics;
use crate::routes;
use crate::state::Edge;
use actix_http::HttpService;
use actix_service::{IntoServiceFactory, ServiceFactoryExt, map_config};
use actix_web::dev::{AppConfig, Server, ServerHandle};
use actix_web::http::header;
use actix_web::middleware::from_fn;
use actix_web::web::{self, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use actors::load::SharedMeter;
use actors::sfu::MediaHub;
use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;
use tokio_rustls::TlsAcceptor;

/// A request's head has to be here within this (slowloris).
const HEAD_PATIENCE: Duration = Duration::from_secs(8);
/// An idle connection is closed after this; sockets have their own rules.
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// Connections of one worker; more wait in the listener's queue. A participant needs two or three.
const CONNECTIONS_MAX: usize = 8_000;
/// How long a connection that we ended waits for the other end's close. A browser reports a socket as closed only when
/// the TCP connection is, and its client comes back only then: 2 s here were 1.7 s of every reconnect.
const LINGER: Duration = Duration::from_millis(200);
/// How long open requests have to end when the server stops.
const STOP_SECONDS: u64 = 2;

/// A server at work on its own task.
pub struct Running {
    server: ServerHandle,
    /// What goes on beside the server with connections of its.
    carrier: Option<Data<Carrier>>,
}

impl Running {
    fn start(server: Server) -> Self {
        let handle = server.handle();
        // What ends it with an error is told to whoever stops it; there is nobody else to tell.
        actix_web::rt::spawn(server);
        Self { server: handle, carrier: None }
    }

    /// Takes nobody new, waits a little (`STOP_SECONDS`) for those who are served, then closes.
    pub async fn stop(self) {
        self.server.stop(true).await;
        if let Some(carrier) = self.carrier {
            // A panic in there has been told.
            actix_web::rt::task::spawn_blocking(move || carrier.stop()).await.ok();
        }
    }
}

/// Serves everything over TLS, HTTP/2 and HTTP/1.1, and hands connections that begin with an ICE check over to
/// `media`, if there is TCP for media. Signals are the caller's business.
///
/// Put together by hand as `actix_web::HttpServer::listen_rustls_0_23` would, because that lets nobody look at a
/// connection before TLS.
pub fn serve(
    edge: Arc<Edge>,
    listener: TcpListener,
    tls: rustls::ServerConfig,
    workers: usize,
    media: Option<MediaHub>,
) -> io::Result<Running> {
    let carrier = Data::new(Carrier::start(workers)?);
    let edge = Data::from(edge);
    let carried = carrier.clone();
    let directory = Data::new(edge.directory.clone());
    let app = move || {
        App::new()
            .app_data(edge.clone())
            .app_data(directory.clone())
            .app_data(carried.clone())
            .configure(routes::configure)
            .wrap(from_fn(guard::around))
    };
    let tls = TlsAcceptor::from(Arc::new(with_protocols(tls)));
    let builder = actix_server::Server::build()
        .workers(workers)
        .worker_max_blocking_threads(4)
        .max_concurrent_connections(CONNECTIONS_MAX)
        .shutdown_timeout(STOP_SECONDS)
        .disable_signals();
    let stopping = builder.graceful_shutdown_signal();
    let builder = builder.listen("https", listener, move || {
        let stopping = stopping.clone();
        let app = app().into_factory().map_err(|error: actix_web::Error| error.error_response());
        let https = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .keep_alive(KEEP_ALIVE)
            .client_request_timeout(HEAD_PATIENCE)
            .client_disconnect_timeout(LINGER)
            .on_connect_ext(|connection: &Connection, data| {
                data.insert(connection.detachable());
            })
            // Says what scheme, host and address requests came by. Nothing here asks: that is configuration.
            .finish(map_config(app, |()| AppConfig::default()));
        Entrance::new(https, tls.clone(), media.clone())
    })?;
    Ok(Running { carrier: Some(carrier), ..Running::start(builder.run()) })
}

/// Offers HTTP/2 before HTTP/1.1 (ALPN, RFC 7301).
fn with_protocols(mut tls: rustls::ServerConfig) -> rustls::ServerConfig {
    tls.alpn_protocols = vec![entrance::HTTP_2.to_vec(), b"http/1.1".to_vec()];
    tls
}

/// Sends whoever comes by plain HTTP to the configured address, whatever `Host` they wrote.
pub fn redirect(public_url: String, listener: TcpListener) -> io::Result<Running> {
    let target = Data::new(public_url);
    let app = move || App::new().app_data(target.clone()).default_service(web::to(point_to));
    let server = HttpServer::new(app)
        .workers(1)
        .keep_alive(Duration::from_secs(5))
        .client_request_timeout(HEAD_PATIENCE)
        .max_connections(1_000)
        .shutdown_timeout(STOP_SECONDS)
        .disable_signals()
        .listen(listener)?;
    Ok(Running::start(server.run()))
}

/// Tells exact figures to whoever reaches the listener.
pub fn metrics(meter: SharedMeter, listener: TcpListener) -> io::Result<Running> {
    let registry = metrics::registry(meter).map_err(io::Error::other)?;
    metrics::serve(listener, registry).map(Running::start)
}

async fn point_to(request: HttpRequest, public_url: Data<String>) -> HttpResponse {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    // `//host/…` behind the origin would still be our own origin, but nobody honest asks for it.
    let path = if path.starts_with('/') { path } else { "/" };
    HttpResponse::PermanentRedirect()
        .insert_header((header::LOCATION, format!("{}{path}", public_url.as_str())))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'"))
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test;

    #[actix_web::test]
    async fn plain_http_is_only_a_signpost() {
        let target = Data::new("https://kegeln.example".to_owned());
        let app = App::new().app_data(target).default_service(web::to(point_to));
        let app = test::init_service(app).await;
        let request =
            test::TestRequest::post().uri("/r/abc?x=1").insert_header((header::HOST, "evil.example"));
        let answer = test::call_service(&app, request.to_request()).await;
        assert_eq!(answer.status(), 308);
        assert_eq!(answer.headers().get(header::LOCATION).unwrap(), "https://kegeln.example/r/abc?x=1");
    }
}
