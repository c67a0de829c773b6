//! Connections of the stack's ports: one on which nothing is said for long is ended, whether its client is idle, fell
//! silent in the middle of a request or never said anything.

use crate::engines::background;
use axum::{extract::connect_info::Connected, serve::IncomingStream};
use std::{
    io::{Error, ErrorKind, Result},
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf, copy_bidirectional},
    net::{TcpListener, TcpStream},
    time::{Instant, Sleep, sleep},
};

/// How long nothing may be said on a connection. No function runs that long, so that nobody waits for an answer; the
/// stack's own clients end theirs long before.
const SILENCE: Duration = Duration::from_secs(120);

/// A connection that ends when nothing was read or written for [`SILENCE`].
pub(crate) struct Connection<S> {
    socket: S,
    end: Pin<Box<Sleep>>,
}

impl<S> Connection<S> {
    fn new(socket: S) -> Self {
        Self { socket, end: Box::pin(sleep(SILENCE)) }
    }

    /// What came of reading or writing, which starts the silence anew; an error where it was too long.
    fn limit_silence<T>(&mut self, outcome: Poll<Result<T>>, cx: &mut Context<'_>) -> Poll<Result<T>> {
        if outcome.is_ready() {
            self.end.as_mut().reset(Instant::now() + SILENCE);
            return outcome;
        }
        ready!(self.end.as_mut().poll(cx));
        Poll::Ready(Err(Error::new(ErrorKind::TimedOut, "nothing was said for too long")))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Connection<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        let read = Pin::new(&mut self.socket).poll_read(cx, buffer);
        self.limit_silence(read, cx)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Connection<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write(cx, bytes);
        self.limit_silence(written, cx)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

/// A port whose connections end when they are silent for too long.
pub(crate) struct Listener(pub(crate) TcpListener);

impl axum::serve::Listener for Listener {
    type Io = Connection<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (socket, peer) = axum::serve::Listener::accept(&mut self.0).await;
        (Connection::new(socket), peer)
    }

    fn local_addr(&self) -> Result<Self::Addr> {
        self.0.local_addr()
    }
}

/// Who is at the other end of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

impl Connected<IncomingStream<'_, Listener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Listener>) -> Self {
        Self(*stream.remote_addr())
    }
}

/// Serves a port for a server that ends no connection by itself.
pub(crate) async fn relay(listener: TcpListener, server: SocketAddr) {
    let mut listener = Listener(listener);
    loop {
        let (client, _) = axum::serve::Listener::accept(&mut listener).await;
        background(async move {
            if let Err(error) = relay_one(client, server).await {
                tracing::debug!("ended a connection: {error}");
            }
        });
    }
}

async fn relay_one(mut client: Connection<TcpStream>, server: SocketAddr) -> Result<()> {
    let mut server = TcpStream::connect(server).await?;
    // What one side has sent by now is a part of a request or an answer, which the other one waits for.
    client.socket.set_nodelay(true)?;
    server.set_nodelay(true)?;
    copy_bidirectional(&mut client, &mut server).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Engines, Storage};
    use aws_smithy_runtime_api::client::{http::HttpConnector, orchestrator::HttpRequest};
    use aws_smithy_types::body::SdkBody;
    use http_body_util::BodyExt;
    use rstest::rstest;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    const MOMENT: Duration = Duration::from_millis(1);

    #[tokio::test(start_paused = true)]
    async fn a_connection_ends_when_nothing_was_said_for_too_long() {
        let (mut client, server) = duplex(64);
        let mut server = Connection::new(server);
        let mut byte = [0];
        // Whoever speaks, both have as long again.
        tokio::time::advance(SILENCE - MOMENT).await;
        client.write_all(b"a").await.expect("open");
        server.read_exact(&mut byte).await.expect("open");
        tokio::time::advance(SILENCE - MOMENT).await;
        server.write_all(b"b").await.expect("open");
        client.read_exact(&mut byte).await.expect("open");
        let said = Instant::now();
        let ended = server.read_exact(&mut byte).await.expect_err("nobody speaks");
        assert_eq!((ended.kind(), said.elapsed().as_secs()), (ErrorKind::TimedOut, SILENCE.as_secs()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_whose_other_end_reads_nothing_ends() {
        let (_client, server) = duplex(1);
        let ended = Connection::new(server).write_all(b"ab").await.expect_err("nobody reads");
        assert_eq!(ended.kind(), ErrorKind::TimedOut);
    }

    #[rstest]
    #[case::silent("")]
    #[case::silent_within_a_request("POST / HTTP/1.1\r\nhost: x\r\n")]
    #[case::silent_within_a_body("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nab")]
    #[case::idle("GET / HTTP/1.1\r\nhost: x\r\n\r\n")]
    #[tokio::test]
    async fn every_engine_ends_a_connection_that_is_silent(#[case] said: &str) {
        let engines = Engines::start(&Storage::Ephemeral, [127, 0, 0, 1].into(), 0).await.expect("engines");
        let mut clients = Vec::new();
        for url in [&engines.dynamodb, &engines.s3, &engines.issuer.url] {
            let mut client = TcpStream::connect(url.trim_start_matches("http://")).await.expect("a listener");
            client.write_all(said.as_bytes()).await.expect("open");
            if said.starts_with("GET") {
                client.read_exact(&mut [0; 12]).await.expect("an answer");
            }
            clients.push(client);
        }
        // From here on the clock goes on by itself while nobody has anything to do.
        tokio::time::pause();
        for mut client in clients {
            // With or without a last word.
            drop(client.read_to_end(&mut Vec::new()).await);
        }
    }

    #[tokio::test]
    async fn a_function_ends_a_connection_that_it_no_longer_uses_before_the_engine_does() {
        let engines = Engines::start(&Storage::Ephemeral, [127, 0, 0, 1].into(), 0).await.expect("engines");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let mut request = HttpRequest::new(SdkBody::empty());
        request.set_uri(format!("http://{}", listener.local_addr().expect("an address"))).expect("a URL");
        let connector = rol_runtime::connector(&engines.config());
        let serve = async {
            let (mut socket, _) = listener.accept().await.expect("a client");
            socket.read_exact(&mut [0; 16]).await.expect("a request");
            socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.expect("open");
            socket
        };
        let (answer, mut socket) = tokio::join!(connector.call(request), serve);
        answer.expect("an answer").into_body().collect().await.expect("a whole answer");
        tokio::time::pause();
        let answered = Instant::now();
        socket.read_to_end(&mut Vec::new()).await.expect("an end");
        assert!(answered.elapsed() < SILENCE / 2, "{:?}", answered.elapsed());
    }
}
