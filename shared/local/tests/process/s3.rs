//! S3's stand-in, through URLs that the SDK signs.

use crate::support::{Answer, Place, Stack, send};
use aws_credential_types::Credentials;
use aws_sdk_s3::{
    Client,
    config::{BehaviorVersion, Region},
    presigning::{PresignedRequest, PresigningConfig},
};
use std::{sync::Barrier, thread, time::Duration};

/// How many uploads of one file are sent at once.
const UPLOADS_AT_ONCE: usize = 20;

const CONTENT: &[u8] = b"%PDF-1.7\nevidence";

fn client(stack: &Stack, secret: &str) -> Client {
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("local", secret, None, None, "test"))
        .endpoint_url(stack.at("s3_endpoint"))
        .force_path_style(true);
    Client::from_conf(config.build())
}

fn an_hour() -> PresigningConfig {
    PresigningConfig::expires_in(Duration::from_secs(3_600)).expect("a lifetime")
}

async fn put(stack: &Stack, secret: &str, key: &str) -> PresignedRequest {
    let put = client(stack, secret).put_object().bucket(stack.at("bucket")).key(key);
    put.content_type("application/pdf").if_none_match("*").presigned(an_hour()).await.expect("a signed request")
}

async fn get(stack: &Stack, key: &str) -> PresignedRequest {
    let get = client(stack, "local-secret").get_object().bucket(stack.at("bucket")).key(key);
    get.presigned(an_hour()).await.expect("a signed request")
}

fn follow(request: &PresignedRequest, body: &[u8]) -> Answer {
    // The client sets the length by itself.
    let headers: Vec<_> = request.headers().filter(|(name, _)| *name != "content-length").collect();
    send(request.method(), request.uri(), &headers, body)
}

#[tokio::test]
async fn what_a_presigned_url_puts_another_one_gets() {
    let place = Place::new();
    let stack = place.start_kept();
    let upload = put(&stack, "local-secret", "files/a b.pdf").await;
    let answer = follow(&upload, CONTENT);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let answer = follow(&get(&stack, "files/a b.pdf").await, b"");
    assert_eq!((answer.status, answer.body.as_slice()), (200, CONTENT));
    assert_eq!(answer.header("content-type"), Some("application/pdf"));
    // The signed condition holds: an upload happens once.
    assert_eq!(follow(&upload, CONTENT).status, 412);

    stack.stop("INT");
    let again = place.start_kept();
    assert_eq!(follow(&get(&again, "files/a b.pdf").await, b"").body, CONTENT);
}

#[tokio::test]
async fn of_many_uploads_to_one_url_at_once_one_succeeds() {
    let place = Place::new();
    let stack = place.start(&["--ephemeral"]);
    for round in 0..5 {
        let key = format!("files/{round}");
        let upload = put(&stack, "local-secret", &key).await;
        let start = Barrier::new(UPLOADS_AT_ONCE);
        let contents: Vec<Vec<u8>> =
            (0..UPLOADS_AT_ONCE).map(|n| format!("content {n}").repeat(1_000).into()).collect();
        let statuses: Vec<u16> = thread::scope(|scope| {
            let send = |content| {
                let (start, upload) = (&start, &upload);
                scope.spawn(move || {
                    start.wait();
                    follow(upload, content).status
                })
            };
            let sent: Vec<_> = contents.iter().map(|content| send(content)).collect();
            sent.into_iter().map(|sent| sent.join().expect("an answer")).collect()
        });
        let winners: Vec<usize> = (0..UPLOADS_AT_ONCE).filter(|n| statuses[*n] == 200).collect();
        let [winner] = winners[..] else { panic!("round {round}: {statuses:?}") };
        assert!(statuses.iter().all(|status| matches!(status, 200 | 412)), "{statuses:?}");
        assert_eq!(follow(&get(&stack, &key).await, b"").body, contents[winner], "round {round}");
    }
}

#[tokio::test]
async fn only_a_right_signature_opens_it() {
    let place = Place::new();
    let stack = place.start(&["--ephemeral"]);
    let forged = follow(&put(&stack, "another secret", "files/a").await, CONTENT);
    assert_eq!(forged.status, 403, "{}", forged.text());
    assert_eq!(follow(&get(&stack, "files/a").await, b"").status, 404, "nothing was put");
}

#[test]
fn a_browser_may_put_and_read_the_etag() {
    let place = Place::new();
    let stack = place.start(&["--ephemeral"]);
    let url = format!("{}/{}/files/a", stack.at("s3_endpoint"), stack.at("bucket"));
    let asked = [
        ("origin", "https://app.example.com"),
        ("access-control-request-method", "PUT"),
        ("access-control-request-headers", "content-type,if-none-match"),
    ];
    let preflight = send("OPTIONS", &url, &asked, b"");
    assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (200, Some("*")));
    assert_eq!(preflight.header("access-control-allow-methods"), Some("*"));
    assert_eq!(preflight.header("access-control-allow-headers"), Some("*"));
    let answer = send("GET", &url, &asked[..1], b"");
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert_eq!(answer.header("access-control-expose-headers"), Some("etag"));
}
