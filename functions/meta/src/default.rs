//! `$default` – what no route matches: 405 where the path is known, 404 where it is not.

use http::{Method, Uri};
use rol_domain::{Error, Kind};
use rol_http::Problem;
use serde_json::Value;
use std::sync::LazyLock;

/// The methods of each path, from the document that the API serves.
static PATHS: LazyLock<Vec<(Vec<String>, String)>> = LazyLock::new(|| {
    let document: Value = serde_json::from_str(crate::OPENAPI).unwrap_or_default();
    let paths = document["paths"].as_object().cloned().unwrap_or_default();
    paths
        .into_iter()
        .map(|(path, item)| {
            let known = ["get", "put", "post", "patch", "delete"];
            let methods: Vec<String> =
                known.iter().filter(|method| item.get(*method).is_some()).map(|method| method.to_uppercase()).collect();
            (path.split('/').map(str::to_owned).collect(), methods.join(", "))
        })
        .collect()
});

pub(crate) async fn default(method: Method, uri: Uri) -> Problem {
    match methods_of(uri.path()) {
        Some(methods) if !methods.split(", ").any(|known| known == method) => Problem::method_not_allowed(methods),
        _ => Error::NotFound(Kind::Route).into(),
    }
}

/// The methods of the path that this one is; of two that fit, that with the fewest variables.
fn methods_of(path: &str) -> Option<&'static str> {
    let segments: Vec<&str> = path.split('/').collect();
    let is_variable = |part: &str| part.starts_with('{');
    let fits = |template: &[String]| {
        template.len() == segments.len()
            && template
                .iter()
                .zip(&segments)
                .all(|(part, found)| if is_variable(part) { !found.is_empty() } else { part == found })
    };
    let fitting = PATHS.iter().filter(|(template, _)| fits(template));
    let best = fitting.min_by_key(|(template, _)| template.iter().filter(|part| is_variable(part)).count());
    best.map(|(_, methods)| methods.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_path_has_methods() {
        assert_eq!(methods_of("/health"), Some("GET"));
        assert_eq!(methods_of("/v1/learning-records/x"), Some("GET, PATCH, DELETE"));
    }

    #[test]
    fn another_path_has_none() {
        for path in ["/", "/health/", "/v1/learning-records/", "/v1/learning-records/x/", "/V1/learning-records"] {
            assert_eq!(methods_of(path), None, "{path}");
        }
    }
}
