//! How many connections are open: beyond the limit whoever comes is told to come back, and far beyond it the line is cut
//! before anything is read, TLS included.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use axum::Router;
use axum_server::accept::Accept;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::Service;

/// Cut off without a word beyond so many times the limit: an answer costs a handshake.
const FAR: usize = 2;

/// Counts connections around another acceptor.
#[derive(Clone)]
pub(super) struct Counted<A> {
    inner: A,
    service: Arc<Service>,
    /// What those beyond the limit get.
    busy: Router,
}

impl<A> Counted<A> {
    pub fn new(inner: A, service: Arc<Service>, busy: Router) -> Counted<A> {
        Counted { inner, service, busy }
    }
}

impl<I, A> Accept<I, Router> for Counted<A>
where
    A: Accept<I, Router, Service = Router>,
    A::Future: Send + 'static,
{
    type Stream = Open<A::Stream>;
    type Service = Router;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Open<A::Stream>, Router)>> + Send>>;

    fn accept(&self, stream: I, routes: Router) -> Self::Future {
        let place = Place::take(&self.service);
        let (before, most) = (place.before, self.service.limits.connections.max(1));
        if before >= most.saturating_mul(FAR) {
            return Box::pin(async { Err(io::Error::other("too many connections")) });
        }
        let routes = if before < most { routes } else { self.busy.clone() };
        let accepted = self.inner.accept(stream, routes);
        Box::pin(async move {
            let (stream, routes) = accepted.await?;
            Ok((Open { stream, _place: place }, routes))
        })
    }
}

/// A connection's place in the count; given back when it is dropped.
struct Place {
    service: Arc<Service>,
    /// How many there were before it.
    before: usize,
}

impl Place {
    fn take(service: &Arc<Service>) -> Place {
        let before = service.connections.fetch_add(1, Ordering::Relaxed);
        Place { service: service.clone(), before }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.service.connections.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A connection that is counted while it is open.
pub(super) struct Open<S> {
    stream: S,
    _place: Place,
}

impl<S: AsyncRead + Unpin> AsyncRead for Open<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Open<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
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
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }
    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
