//! `tenants.create`, as its operator invokes it.

use crate::support::{Caller, Provider, SigningKey, Stack, cost, with};
use rol_domain::{TenantId, api_key::KeyText};
use rstest::rstest;
use serde_json::{Value, json};

const FUNCTION: &str = "tenants.create";

async fn created(stack: &Stack, event: Value) -> Value {
    stack.invoke(FUNCTION, event).await.expect("a tenant")
}

/// Why an invocation fails.
async fn refusal(stack: &Stack, event: Value) -> String {
    stack.invoke(FUNCTION, event).await.expect_err("a failure").to_string()
}

fn issuer() -> Value {
    json!({"issuer": "https://id.example", "audience": "api", "jwks_url": "https://id.example/keys"})
}

/// A wish for a tenant with these issuers.
fn named(issuers: Value) -> Value {
    json!({"name": "Acme", "issuers": issuers})
}

#[tokio::test]
async fn a_tenant_comes_with_an_admin_key() {
    let stack = Stack::start();
    let made = created(&stack, json!({"name": "Acme"})).await;
    insta::assert_json_snapshot!(made, {
        ".key" => insta::dynamic_redaction(|value, _| {
            assert!(KeyText::parse(value.as_str().expect("a text")).is_ok());
            "[key]"
        }),
        ".key_id" => "[key id]",
        ".tenant_id" => insta::dynamic_redaction(|value, _| {
            assert!(TenantId::parse(value.as_str().expect("a text")).is_ok());
            "[tenant id]"
        }),
    });
    let holder = Caller::bearer(&stack, made["key"].as_str().expect("a key"));
    let me = holder.get("/v1/me").send().await.json();
    assert_eq!((&me["tenant_id"], &me["actor"], &me["role"]), (&made["tenant_id"], &made["key_id"], &json!("admin")));
    let keys = holder.get("/v1/api-keys").send().await.json();
    assert_eq!(keys["data"][0]["created_by"], "operator");
    assert_eq!(keys["data"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn its_key_is_kept_as_a_hash() {
    let stack = Stack::start();
    let made = created(&stack, json!({"name": "Acme"})).await;
    let text = made["key"].as_str().expect("a key");
    let sent = stack.wire.sent();
    assert!(sent.contains(&KeyText::parse(text).expect("a key").hash().to_string()));
    assert!(!sent.contains(&text[31..51]), "nothing of the secret goes to the table");
}

#[tokio::test]
async fn its_providers_speak_for_it() {
    let stack = Stack::start();
    let provider = Provider::start(&stack, [SigningKey::Ed25519.jwk()]);
    let more = json!({"audience": "mobile", "algorithms": ["ES256", "RS256"]});
    let issuers = json!([provider.entry(), with(provider.entry(), more)]);
    let made = created(&stack, json!({"name": "Acme", "key_label": "ops", "issuers": issuers})).await;
    let all = with(provider.entry(), json!({"algorithms": ["RS256", "ES256", "EdDSA"]}));
    let some = with(provider.entry(), json!({"audience": "mobile", "algorithms": ["ES256", "RS256"]}));
    assert_eq!(made["issuers"], json!([all, some]));
    let me = provider.me(provider.draft(SigningKey::Ed25519).token()).await;
    assert_eq!((me.status.as_u16(), &me.json()["tenant_id"]), (200, &made["tenant_id"]));
    let unnamed = provider.me(provider.draft(SigningKey::Ed25519).with("aud", "mobile").token()).await;
    assert_eq!(unnamed.status, 401, "EdDSA is not among that audience's algorithms");
    let keys = Caller::bearer(&stack, made["key"].as_str().expect("a key")).get("/v1/api-keys").send().await.json();
    assert_eq!(keys["data"][0]["label"], "ops");
}

#[tokio::test]
async fn the_same_name_twice_is_two_tenants() {
    let stack = Stack::start();
    let event = json!({"name": "Acme"});
    let (first, second) = (created(&stack, event.clone()).await, created(&stack, event).await);
    for name in ["tenant_id", "key_id", "key"] {
        assert_ne!(first[name], second[name], "{name}");
    }
}

#[tokio::test]
async fn a_provider_of_another_tenant_is_a_conflict_and_nothing_is_made() {
    let stack = Stack::start();
    let provider = Provider::start(&stack, [SigningKey::Ed25519.jwk()]);
    let first = provider.tenant(provider.entry()).await;
    let fresh = Provider::start(&stack, [SigningKey::Ed25519.jwk()]);
    let stolen = with(provider.entry(), json!({"jwks_url": "https://evil.example/keys"}));
    let event = json!({"name": "Thief", "issuers": [fresh.entry(), stolen]});
    for _ in 0..2 {
        let why = refusal(&stack, event.clone()).await;
        assert_eq!(why, "the tenant, its key or one of its issuers exists already");
    }
    let token = |provider: &Provider<'_>| provider.draft(SigningKey::Ed25519).token();
    assert_eq!(provider.me(token(&provider)).await.json()["tenant_id"], json!(first), "it speaks for whom it did");
    assert_eq!(fresh.me(token(&fresh)).await.status, 401, "the other provider is not trusted either");
    fresh.tenant(fresh.entry()).await;
    assert_eq!(fresh.me(token(&fresh)).await.status, 200, "and is still free");
}

#[rstest]
#[case::nothing(json!({}), &["/name: expected a value: it is required"])]
#[case::null(json!({"name": null}), &["/name: expected a value, found null: it is required"])]
#[case::blank(json!({"name": "  "}), &["/name: expected a text, found only white space"])]
#[case::too_long(json!({"name": "n".repeat(101)}), &["/name: expected 1 to 100 characters, found 101"])]
#[case::unknown_field(json!({"name": "Acme", "plan": "free"}), &["/plan: unknown field"])]
#[case::key_label(json!({"name": "Acme", "key_label": ""}), &["/key_label: expected 1 to 100 characters, found 0"])]
#[case::issuers_of_another_type(json!({"name": "Acme", "issuers": "https://id.example"}), &["/issuers: "])]
#[case::issuer_incomplete(json!({"name": "Acme", "issuers": [{"issuer": "https://id.example"}]}), &["/issuers: "])]
#[case::issuer_with_more(named(json!([with(issuer(), json!({"tenant": "x"}))])), &["/issuers: "])]
#[case::unknown_algorithm(named(json!([with(issuer(), json!({"algorithms": ["HS256"]}))])), &["/issuers: "])]
#[case::none_algorithm(named(json!([with(issuer(), json!({"algorithms": ["none"]}))])), &["/issuers: "])]
#[case::everything(
    json!({
        "name": "", "key_label": "a\nb", "plan": 1,
        "issuers": [issuer(), {"issuer": "", "audience": "", "jwks_url": "ftp://id.example", "algorithms": []}],
    }),
    &[
        "/name: ", "/key_label: ", "/plan: ", "/issuers/1/issuer: ", "/issuers/1/audience: ", "/issuers/1/jwks_url: ",
        "/issuers/1/algorithms: ",
    ],
)]
#[case::too_many_issuers(named(json!(vec![issuer(); 11])), &["/issuers: expected at most 10, found 11"])]
#[case::an_issuer_twice(
    named(json!([issuer(), with(issuer(), json!({"jwks_url": "https://other.example"}))])),
    &["/issuers/1/audience: expected another one"],
)]
#[tokio::test]
async fn everything_that_is_wrong_is_said_at_once_and_nothing_is_made(#[case] event: Value, #[case] parts: &[&str]) {
    let stack = Stack::start();
    let why = refusal(&stack, event).await;
    assert!(why.starts_with("the request is invalid: "), "{why}");
    for part in parts {
        assert!(why.contains(part), "expected {part:?} in {why:?}");
    }
    assert_eq!(cost(&stack.wire.take()), (0, 0.0, 0.0));
}

#[rstest]
#[case::text(json!("Acme"))]
#[case::list(json!(["Acme"]))]
#[case::null(json!(null))]
#[tokio::test]
async fn another_event_is_none(#[case] event: Value) {
    let stack = Stack::start();
    let why = refusal(&stack, event).await;
    assert!(why.starts_with("the request is invalid: "), "{why}");
    assert!(stack.wire.take().is_empty());
}

#[rstest]
#[case::path("https://id.example/.well-known/jwks.json", true)]
#[case::port_and_query("https://id.example:8443/keys?tenant=1", true)]
#[case::this_machine("http://127.0.0.1:3000/keys", true)]
#[case::this_machine_by_name("http://localhost:3000/keys", true)]
#[case::without_tls("http://id.example/keys", false)]
#[case::private_without_tls("http://10.0.0.1/keys", false)]
#[case::metadata_of_the_instance("http://169.254.169.254/latest/meta-data", false)]
#[case::this_machine_in_another_spelling("http://127.1:3000/keys", false)]
#[case::this_machine_as_a_prefix("http://127.0.0.1.id.example:80/keys", false)]
#[case::this_machine_as_a_user("http://127.0.0.1:3000@id.example/keys", false)]
#[case::this_machine_as_a_user_by_name("http://localhost:x@id.example/keys", false)]
#[case::with_a_user("https://user:secret@id.example/keys", false)]
#[case::no_host("https://", false)]
#[case::no_host_but_a_path("https:///keys", false)]
#[case::white_space("https://id.example/a b", false)]
#[case::line_break("https://id.example/\r\nhost: x", false)]
#[case::this_machine_without_a_port("http://localhost/keys", true)]
#[case::fragment_for_a_host("https://#id.example/keys", false)]
#[case::file("file:///etc/passwd", false)]
#[case::data("data:application/json,{}", false)]
#[case::relative("/keys", false)]
#[case::nothing("", false)]
#[tokio::test]
async fn keys_come_by_tls_or_from_this_machine(#[case] url: &str, #[case] is_fine: bool) {
    let stack = Stack::start();
    let issuer = with(Provider::start(&stack, []).entry(), json!({"jwks_url": url}));
    let answer = stack.invoke(FUNCTION, json!({"name": "Acme", "issuers": [issuer]})).await;
    match answer {
        Ok(made) => assert!(is_fine, "{made}"),
        Err(why) => {
            let expected = "/issuers/0/jwks_url: expected an https URL (http on this machine only)";
            assert!(!is_fine && why.to_string().ends_with(expected), "{why}");
        }
    }
}

#[tokio::test]
async fn a_tenant_takes_one_call() {
    let stack = Stack::start();
    created(&stack, json!({"name": "Acme"})).await;
    // Tenant and key, which a transaction counts twice in the table and once in the index by tenant.
    assert_eq!(cost(&stack.wire.take()), (1, 0.0, 6.0));
    let provider = Provider::start(&stack, []);
    let entry = |n: usize| with(provider.entry(), json!({"audience": n.to_string()}));
    created(&stack, json!({"name": "Acme", "issuers": (0..10).map(entry).collect::<Vec<_>>()})).await;
    assert_eq!(cost(&stack.wire.take()), (1, 0.0, 26.0), "and two for each of ten issuers");
}
