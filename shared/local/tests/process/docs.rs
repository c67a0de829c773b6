//! The interactive documentation: everything that it needs comes from the stack.

use crate::support::{Answer, Place, Stack, send};
use serde_json::json;

fn get(stack: &Stack, path: &str) -> Answer {
    send("GET", &format!("{}{path}", stack.at("base_url")), &[], b"")
}

/// The values of an attribute, or the arguments of `url()`.
fn between<'a>(text: &'a str, start: &str, end: char) -> Vec<&'a str> {
    text.split(start).skip(1).filter_map(|rest| rest.split(end).next()).collect()
}

#[test]
fn the_page_and_all_that_it_refers_to_come_from_the_stack() {
    let place = Place::new();
    let stack = place.start(&["--ephemeral"]);
    let redirect = get(&stack, "/docs");
    assert_eq!((redirect.status, redirect.header("location")), (303, Some("/docs/")));
    let page = get(&stack, "/docs/");
    assert_eq!(page.status, 200);
    let html = page.text();
    assert!(!html.contains("://") && !html.contains("=\"//"), "{html}");
    let references = [between(&html, "src=\"", '"'), between(&html, "href=\"", '"')].concat();
    assert!(references.len() >= 5, "{references:?}");
    for reference in references {
        let path = format!("/docs/{}", reference.trim_start_matches("./"));
        let asset = get(&stack, &path);
        assert_eq!(asset.status, 200, "{path}");
        assert!(!asset.body.is_empty(), "{path}");
        let kind = asset.header("content-type").expect("a type");
        let expected = match path.rsplit('.').next() {
            Some("js") => "text/javascript",
            Some("css") => "text/css",
            Some("png") => "image/png",
            other => panic!("an asset of another kind: {other:?}"),
        };
        assert!(kind.starts_with(expected), "{path} is {kind}");
        if expected == "text/css" {
            let css = asset.text();
            assert!(!css.contains("@import") && !css.contains("@font-face"), "{path} loads more");
            for url in between(&css, "url(", ')') {
                assert!(url.trim_start_matches(['"', '\'']).starts_with("data:"), "{path} loads {url}");
            }
        }
    }
}

#[test]
fn the_page_shows_this_stacks_document_and_asks_nobody_to_validate_it() {
    let place = Place::new();
    let stack = place.start(&["--ephemeral"]);
    let settings = get(&stack, "/docs/swagger-initializer.js").text();
    assert!(settings.contains(r#""url": "/docs/openapi.json""#), "{settings}");
    assert!(settings.contains(r#""validatorUrl": "none""#), "{settings}");
    assert!(!settings.contains("://"), "{settings}");
    let document = get(&stack, "/docs/openapi.json").json();
    assert_eq!(document, get(&stack, "/openapi.json").json());
    // Relative, so that "try it out" asks this stack.
    assert_eq!(document["servers"], json!([{"url": "/"}]));
    assert_eq!(document["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
}
