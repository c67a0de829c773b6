//! Files whose bytes are at hand: no route of ours takes them yet, so the use case is asked itself.

use super::{PAGE, files_of};
use crate::support::{Stack, record};
use rol_app::{App, InlineFile};
use rol_domain::{Error, attachment::Filename, limits::MAX_FILE_BYTES};
use serde_json::json;

fn app(stack: &Stack, scans_uploads: bool) -> App {
    let config = rol_runtime::Config { scans_uploads, ..stack.engines.config() };
    rol_runtime::service(&config, rol_runtime::connector(&config), rol_runtime::wall_clock())
}

fn file(name: &str, content: &[u8]) -> InlineFile {
    InlineFile { filename: Filename::parse(name).expect("a name"), content: content.to_vec(), attribute_key: None }
}

#[tokio::test]
async fn bytes_at_hand_are_attached_in_one_request() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&record("ada", "x")).await;
    let id = made["id"].as_str().expect("an id").parse().expect("an id");
    let attached =
        app(&stack, false).attach_inline(&tenant.cx(), id, vec![file("a.pdf", PAGE), file("b.pdf", PAGE)]).await;
    let states: Vec<&str> = attached.expect("attached").iter().map(|file| file.state.name()).collect();
    assert_eq!(states, ["ready", "ready"]);
    // The bucket tells of them too.
    stack.route().await;
    assert_eq!(tenant.admin().read(&made["id"]).await["attachments_count"], 2);
}

#[tokio::test]
async fn where_uploads_are_scanned_they_wait_like_every_other() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&record("ada", "x")).await;
    let id = made["id"].as_str().expect("an id").parse().expect("an id");
    let attached =
        app(&stack, true).attach_inline(&tenant.cx(), id, vec![file("a.pdf", PAGE)]).await.expect("attached");
    assert_eq!(attached[0].state.name(), "pending");
}

#[tokio::test]
async fn what_is_no_pdf_or_too_large_is_refused_before_any_is_attached() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&record("ada", "x")).await;
    let id = made["id"].as_str().expect("an id").parse().expect("an id");
    let app = app(&stack, false);
    let refused = app.attach_inline(&tenant.cx(), id, vec![file("a.pdf", PAGE), file("b.pdf", b"no pdf")]).await;
    let Err(Error::Invalid(errors)) = refused else { panic!("{refused:?}") };
    assert_eq!(errors.pointers(), ["/files/1"]);
    let large = vec![b' '; usize::try_from(MAX_FILE_BYTES).expect("in range") + 1];
    let refused = app.attach_inline(&tenant.cx(), id, vec![file("a.pdf", &large)]).await;
    assert!(matches!(refused, Err(Error::TooLarge { .. })), "{refused:?}");
    assert_eq!(tenant.admin().get(files_of(&made)).send().await.json()["data"], json!([]));
}
