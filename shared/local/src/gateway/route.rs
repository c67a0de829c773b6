//! Which route a request takes.

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

/// The routes of an HTTP API.
#[derive(Debug)]
pub(super) struct Routes {
    routes: Vec<Route>,
    default: Option<String>,
}

#[derive(Debug)]
struct Route {
    key: String,
    method: String,
    segments: Vec<String>,
    function: String,
}

/// Where a request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    /// The route's key: `GET /v1/learning-records/{id}`, `$default`.
    pub(super) key: String,
    /// The function behind it.
    pub(super) function: String,
    /// The values of the path's variables, decoded.
    pub(super) parameters: Map<String, Value>,
}

impl Routes {
    /// Routes from their keys and functions. A path consists of literal segments and `{variables}` of one segment: the
    /// template has no `ANY` and no `{variable+}`.
    pub(super) fn new(keys: impl IntoIterator<Item = (String, String)>) -> Self {
        let (mut routes, mut default) = (Vec::new(), None);
        for (key, function) in keys {
            match key.split_once(' ') {
                Some((method, path)) => {
                    let (method, segments) = (method.to_owned(), path.split('/').map(str::to_owned).collect());
                    routes.push(Route { key, method, segments, function });
                }
                None => default = Some(function),
            }
        }
        Self { routes, default }
    }

    /// The route that fits best: the trailing slash counts, a variable is never empty, a literal segment goes before a
    /// variable. What fits none goes to `$default`.
    pub(super) fn find(&self, method: &str, path: &str) -> Option<Target> {
        let segments: Vec<&str> = path.split('/').collect();
        let fitting = self.routes.iter().filter(|route| route.method == method && route.fits(&segments));
        let best = fitting.min_by_key(|route| route.variables().collect::<Vec<bool>>());
        match (best, &self.default) {
            (Some(route), _) => Some(Target {
                key: route.key.clone(),
                function: route.function.clone(),
                parameters: route.parameters(&segments),
            }),
            (None, Some(function)) => {
                Some(Target { key: "$default".to_owned(), function: function.clone(), parameters: Map::new() })
            }
            (None, None) => None,
        }
    }
}

impl Route {
    /// Whether each segment is a variable.
    fn variables(&self) -> impl Iterator<Item = bool> {
        self.segments.iter().map(|segment| variable(segment).is_some())
    }

    fn fits(&self, segments: &[&str]) -> bool {
        let fits = |(part, found): (&String, &&str)| match variable(part) {
            Some(_) => !found.is_empty(),
            None => part == found,
        };
        self.segments.len() == segments.len() && self.segments.iter().zip(segments).all(fits)
    }

    fn parameters(&self, segments: &[&str]) -> Map<String, Value> {
        let pairs = self.segments.iter().zip(segments);
        pairs.filter_map(|(part, found)| Some((variable(part)?.to_owned(), json!(decoded(found))))).collect()
    }
}

/// The name in `{name}`.
fn variable(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

/// Percent-decoded; what is no UTF-8 then becomes U+FFFD.
pub(super) fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::Template;
    use rstest::rstest;

    const KEYS: [&str; 7] = [
        "GET /things/{id}",
        "GET /things/{id}/parts/{part}",
        "GET /things/newest",
        "GET /things",
        "POST /things",
        "GET /{kind}/newest",
        "GET /",
    ];

    /// Routes whose functions are called like their keys.
    fn routes(keys: &[&str]) -> Routes {
        Routes::new(keys.iter().map(|key| ((*key).to_owned(), format!("function of {key}"))))
    }

    #[rstest]
    #[case::literal("GET", "/things", "GET /things", json!({}))]
    #[case::the_root("GET", "/", "GET /", json!({}))]
    #[case::another_method("POST", "/things", "POST /things", json!({}))]
    #[case::variable("GET", "/things/7", "GET /things/{id}", json!({"id": "7"}))]
    #[case::two_variables("GET", "/things/7/parts/x", "GET /things/{id}/parts/{part}", json!({"id": "7", "part": "x"}))]
    #[case::literal_before_variable("GET", "/things/newest", "GET /things/newest", json!({}))]
    #[case::variable_before_literal("GET", "/people/newest", "GET /{kind}/newest", json!({"kind": "people"}))]
    #[case::decoded_variable("GET", "/things/a%20b%C3%A9+c", "GET /things/{id}", json!({"id": "a bé+c"}))]
    #[case::encoded_slash_within_a_variable("GET", "/things/a%2Fb", "GET /things/{id}", json!({"id": "a/b"}))]
    #[case::decoded_once("GET", "/things/a%252Fb", "GET /things/{id}", json!({"id": "a%2Fb"}))]
    #[case::no_utf_8("GET", "/things/%FF", "GET /things/{id}", json!({"id": "\u{fffd}"}))]
    #[case::a_template_as_value("GET", "/things/{id}", "GET /things/{id}", json!({"id": "{id}"}))]
    fn finds(#[case] method: &str, #[case] path: &str, #[case] key: &str, #[case] parameters: Value) {
        let found = routes(&KEYS).find(method, path).expect("a route");
        assert_eq!((found.key.as_str(), Value::from(found.parameters)), (key, parameters));
        assert_eq!(found.function, format!("function of {key}"));
    }

    #[rstest]
    #[case::trailing_slash("GET", "/things/")]
    #[case::trailing_slash_after_a_variable("GET", "/things/7/")]
    #[case::empty_variable("GET", "/things//parts/x")]
    #[case::empty_variable_at_the_end("GET", "/things/7/parts/")]
    #[case::no_leading_slash("GET", "things")]
    #[case::doubled_slash("GET", "//things")]
    #[case::another_case("GET", "/Things")]
    #[case::a_segment_too_many("GET", "/things/7/parts/x/y")]
    #[case::a_segment_too_few("GET", "/things/7/parts")]
    #[case::unrouted_method("DELETE", "/things/7")]
    #[case::method_in_lower_case("get", "/things")]
    #[case::head_is_not_get("HEAD", "/things")]
    #[case::unknown("GET", "/nothing")]
    fn what_fits_no_route_goes_to_the_default(#[case] method: &str, #[case] path: &str) {
        assert_eq!(routes(&KEYS).find(method, path), None);
        let keys: Vec<&str> = KEYS.into_iter().chain(["$default"]).collect();
        let found = routes(&keys).find(method, path).expect("the default");
        let expected =
            Target { key: "$default".into(), function: "function of $default".into(), parameters: Map::new() };
        assert_eq!(found, expected);
    }

    #[test]
    fn the_order_of_the_routes_does_not_matter() {
        let reversed: Vec<&str> = KEYS.into_iter().rev().collect();
        for path in ["/things/newest", "/things/7", "/people/newest", "/", "/things/7/parts/x"] {
            assert_eq!(routes(&KEYS).find("GET", path), routes(&reversed).find("GET", path), "{path}");
        }
    }

    #[test]
    fn the_template_has_no_route_that_is_not_understood_here() {
        let functions = Template::load().and_then(|template| template.functions()).expect("the template is readable");
        let keys: Vec<String> = functions.into_iter().flat_map(|function| function.routes).collect();
        assert!(keys.iter().any(|key| key == "GET /v1/learning-records/{id}"), "{keys:?}");
        for key in keys {
            assert!(!key.starts_with("ANY ") && !key.contains("+}"), "{key}");
        }
    }
}
