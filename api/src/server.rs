//! Serving: the listener with its limits, the workers, and a stop that cuts nobody off.

use crate::house::assemble;
use crate::platform::{self, App, job};
use poem::http::uri::Scheme;
use poem::listener::{Acceptor, Listener};
use poem::web::{LocalAddr, RemoteAddr};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinHandle;

/// A server that is running.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    stop: watch::Sender<bool>,
    server: JoinHandle<io::Result<()>>,
    worker: Option<JoinHandle<()>>,
    upkeep: JoinHandle<()>,
    app: App,
}

impl Running {
    /// Stops: no new connection, running requests end, jobs are finished or handed back.
    pub async fn stop(self) {
        self.stop.send(true).ok();
        self.server.await.ok();
        if let Some(worker) = self.worker {
            worker.await.ok();
        }
        self.upkeep.abort();
        self.app.close().await;
    }
}

/// Serves on the configured address. `with_worker` also runs jobs and seals events.
///
/// # Errors
/// When the address cannot be listened on.
pub async fn serve(app: App, with_worker: bool) -> io::Result<Running> {
    let listener = TcpListener::bind(app.config().listen).await?;
    let address = listener.local_addr()?;
    let (stop, stopped) = watch::channel(false);
    let patience = Duration::from_secs(app.config().request_timeout_seconds + app.config().idle_timeout_seconds);
    let acceptor = Limited { listener, slots: Arc::new(Semaphore::new(app.config().max_connections)), patience };
    let mut signal = stopped.clone();
    let server = poem::Server::new_with_acceptor(acceptor)
        .idle_timeout(Duration::from_secs(app.config().idle_timeout_seconds))
        .run_with_graceful_shutdown(
            assemble(app.clone()),
            async move { drop(signal.wait_for(|stopping| *stopping).await) },
            Some(Duration::from_secs(app.config().stop_seconds)),
        );
    let server = tokio::spawn(server);
    let worker = with_worker.then(|| tokio::spawn(job::work(app.clone(), stopped)));
    let upkeep = tokio::spawn(platform::http::keep_metrics(app.clone()));
    Ok(Running { address, stop, server, worker, upkeep, app })
}

/// Accepts no more connections than there are slots, and does not spin when the process has no more files.
struct Limited {
    listener: TcpListener,
    slots: Arc<Semaphore>,
    patience: Duration,
}

impl Acceptor for Limited {
    type Io = Held;

    fn local_addr(&self) -> Vec<LocalAddr> {
        self.listener.local_addr().map(|address| LocalAddr(address.into())).into_iter().collect()
    }

    async fn accept(&mut self) -> io::Result<(Held, LocalAddr, RemoteAddr, Scheme)> {
        let slot = self.slots.clone().acquire_owned().await.map_err(io::Error::other)?;
        loop {
            match self.listener.accept().await {
                Ok((stream, peer)) => {
                    stream.set_nodelay(true).ok();
                    let Ok(local) = stream.local_addr().map(|address| LocalAddr(address.into())) else { continue };
                    let held = Held { stream, _slot: slot, asking: None, patience: self.patience };
                    return Ok((held, local, RemoteAddr(peer.into()), Scheme::HTTP));
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }
}

impl Listener for Limited {
    type Acceptor = Self;
    async fn into_acceptor(self) -> io::Result<Self> {
        Ok(self)
    }
}

/// A connection and the slot it takes. One that began to ask and never finished, silent or with a byte now
/// and then, is given up: the server below waits for the rest of a request for ever.
struct Held {
    stream: TcpStream,
    _slot: OwnedSemaphorePermit,
    /// Ends when whatever was asked must have been answered; begins with the first byte after an answer.
    asking: Option<Pin<Box<tokio::time::Sleep>>>,
    patience: Duration,
}

impl AsyncRead for Held {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let outcome = Pin::new(&mut self.stream).poll_read(cx, buffer);
        let patience = self.patience;
        if buffer.filled().len() > before {
            self.asking.get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        }
        let given_up = self.asking.as_mut().is_some_and(|asking| asking.as_mut().poll(cx).is_ready());
        if given_up { Poll::Ready(Err(io::ErrorKind::TimedOut.into())) } else { outcome }
    }
}

impl AsyncWrite for Held {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.asking = None;
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.asking = None;
        Pin::new(&mut self.stream).poll_write_vectored(cx, bytes)
    }
    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
