//! `$default` – what no route matches: 405 where the path is known, 404 where it is not.

use http::{Method, Uri};
use rol_domain::{Error, Kind};
use rol_http::Problem;

pub(crate) async fn default(method: Method, uri: Uri) -> Problem {
    let methods = methods_of(uri.path());
    if methods.is_empty() || methods.contains(&method.as_str()) {
        return Error::NotFound(Kind::Route).into();
    }
    Problem::method_not_allowed(methods.join(", "))
}

/// The methods of a path. Where two templates match, the one with fewer variables is meant.
fn methods_of(path: &str) -> Vec<&'static str> {
    let variables = |template: &str| template.matches('{').count();
    let matching: Vec<(&str, &str)> = routes().filter(|(_, template)| matches(template, path)).collect();
    let Some((_, best)) = matching.iter().min_by_key(|(_, template)| variables(template)) else { return Vec::new() };
    let mut methods: Vec<&str> =
        matching.iter().filter(|(_, template)| template == best).map(|(method, _)| *method).collect();
    methods.sort_by_key(|method| ["GET", "PUT", "POST", "PATCH", "DELETE"].iter().position(|known| known == method));
    methods
}

/// The method and the path of each operation.
fn routes() -> impl Iterator<Item = (&'static str, &'static str)> {
    crate::OPERATIONS.lines().filter_map(|line| {
        let mut columns = line.split_whitespace();
        columns.next().zip(columns.next())
    })
}

/// Whether a template (`/v1/people/{id}`) matches a path; a variable is never empty.
fn matches(template: &str, path: &str) -> bool {
    let (mut segments, mut parts) = (path.split('/'), template.split('/'));
    let all = parts.by_ref().all(|part| {
        segments.next().is_some_and(|segment| if part.starts_with('{') { !segment.is_empty() } else { part == segment })
    });
    all && segments.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_path_has_methods() {
        assert_eq!(methods_of("/health"), ["GET"]);
        assert_eq!(methods_of("/v1/learning-records/x"), ["GET", "PATCH", "DELETE"]);
        assert_eq!(methods_of("/v1/learning-records/batch"), ["POST"]);
    }

    #[test]
    fn another_path_has_none() {
        for path in ["/", "/health/", "/v1/learning-records/", "/v1/learning-records/x/", "/V1/learning-records"] {
            assert!(methods_of(path).is_empty(), "{path}");
        }
    }
}
