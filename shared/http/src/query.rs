//! The query string, parsed once from its raw text: a map that joins equal keys with commas loses values with commas.

use crate::{Describe, Description, Problem};
use axum::extract::FromRequestParts;
use chrono::{DateTime, Utc};
use http::{StatusCode, request::Parts};
use rol_domain::{
    DateOrInstant, Error, FieldErrors, Result,
    limits::{MAX_FILTER_VALUES, MAX_QUERY_BYTES},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
};

/// The parameters of a route.
pub trait Parameters: Sized + Send {
    /// Takes each parameter from the query string. Whatever is left is unknown, and refused with all that was wrong.
    fn take(query: &mut QueryReader) -> Self;
}

impl Parameters for () {
    fn take(_: &mut QueryReader) {}
}

/// The parameters of the request; of a route without any, none.
#[derive(Debug)]
pub struct Query<P = ()>(pub P);

impl<S: Sync, P: Parameters> FromRequestParts<S> for Query<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let raw = parts.uri.query().unwrap_or_default();
        if raw.len() > MAX_QUERY_BYTES {
            return Err(
                Error::TooLarge { what: "a query string".into(), limit: MAX_QUERY_BYTES, found: raw.len() }.into()
            );
        }
        let mut reader = QueryReader::new(form_urlencoded::parse(raw.as_bytes()).into_owned().collect());
        let parameters = P::take(&mut reader);
        reader.finish()?;
        Ok(Self(parameters))
    }
}

impl<P: Parameters> Describe for Query<P> {
    fn describe(description: &mut Description) {
        let mut reader = QueryReader::new(Vec::new());
        P::take(&mut reader);
        description.read_parameters.extend(reader.known);
        description.response(StatusCode::BAD_REQUEST);
        description.response(StatusCode::PAYLOAD_TOO_LARGE);
    }
}

/// Takes parameters one by one, and keeps everything that is wrong with them.
#[derive(Debug)]
pub struct QueryReader {
    remaining: Vec<(String, String)>,
    /// What was asked for, given or not.
    known: BTreeSet<String>,
    errors: FieldErrors,
}

impl QueryReader {
    fn new(parameters: Vec<(String, String)>) -> Self {
        Self { remaining: parameters, known: BTreeSet::new(), errors: FieldErrors::default() }
    }

    /// Whether a parameter is given and not taken yet.
    pub fn has(&self, name: &str) -> bool {
        self.remaining.iter().any(|(key, _)| key == name)
    }

    /// Takes a parameter that may be given once.
    pub fn one<T, E: Display>(&mut self, name: &str, parse: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        self.known.insert(name.to_owned());
        let values: Vec<String> =
            self.remaining.extract_if(.., |(key, _)| key == name).map(|(_, value)| value).collect();
        match values.as_slice() {
            [] => None,
            [value] => parse(value).map_err(|error| self.errors.parameter(name, error)).ok(),
            many => {
                self.errors.parameter(name, format_args!("expected one value, found {}", many.len()));
                None
            }
        }
    }

    /// Takes a parameter that may be given several times, as `name` or as `name[]`: at most [`MAX_FILTER_VALUES`]
    /// distinct values, which may contain commas.
    pub fn many<T: Ord, E: Display>(&mut self, name: &str, parse: impl Fn(&str) -> Result<T, E>) -> BTreeSet<T> {
        self.known.insert(name.to_owned());
        let listed = format!("{name}[]");
        let given = self.remaining.extract_if(.., |(key, _)| key == name || *key == listed);
        let mut values = BTreeSet::new();
        for (_, value) in given.collect::<Vec<_>>() {
            match parse(&value) {
                Ok(value) => drop(values.insert(value)),
                Err(error) => self.errors.parameter(name, error),
            }
        }
        if values.len() > MAX_FILTER_VALUES {
            self.errors
                .parameter(name, format_args!("expected at most {MAX_FILTER_VALUES} values, found {}", values.len()));
        }
        values
    }

    /// Takes parameters `name[…]`, each of which may be given once.
    pub fn keyed<K: Ord, E: Display>(
        &mut self,
        name: &str,
        parse: impl Fn(&str) -> Result<K, E>,
    ) -> BTreeMap<K, String> {
        self.known.insert(format!("{name}[key]"));
        let mut values = BTreeMap::new();
        let keyed = |given: &str| Some(given.strip_prefix(name)?.strip_prefix('[')?.strip_suffix(']')?.to_owned());
        let given = self.remaining.extract_if(.., |(given, _)| keyed(given).is_some());
        for (given, value) in given.collect::<Vec<_>>() {
            match parse(&keyed(&given).unwrap_or_default()) {
                Ok(key) if values.contains_key(&key) => self.errors.parameter(given, "expected one value, found 2"),
                Ok(key) => drop(values.insert(key, value)),
                Err(error) => self.errors.parameter(given, error),
            }
        }
        values
    }

    /// Takes a yes or no: `true` or `false`.
    pub fn flag(&mut self, name: &str) -> Option<bool> {
        self.one(name, |text| text.parse().map_err(|_| format!("expected true or false, found {text:?}")))
    }

    /// Takes a switch: `true` or `false`, off where it is not given.
    pub fn switch(&mut self, name: &str) -> bool {
        self.flag(name).unwrap_or(false)
    }

    /// Takes an RFC 3339 instant.
    pub fn instant(&mut self, name: &str) -> Option<DateTime<Utc>> {
        self.one(name, |text| match DateOrInstant::parse(text) {
            Ok(DateOrInstant::Instant(instant)) => Ok(instant),
            _ => Err(format!("expected an RFC 3339 instant (2026-05-01T09:30:00Z), found {text:?}")),
        })
    }

    /// Notes something else that is wrong.
    pub fn refuse(&mut self, name: &str, detail: impl Display) {
        self.errors.parameter(name, detail);
    }

    /// Refuses what nobody took; the first such error says what the request takes.
    ///
    /// # Errors
    /// [`Error::Invalid`] with everything that was wrong.
    pub fn finish(mut self) -> Result<()> {
        let unknown: BTreeSet<String> = self.remaining.into_iter().map(|(name, _)| name).collect();
        for (i, name) in unknown.into_iter().enumerate() {
            match i {
                0 if self.known.is_empty() => self.errors.parameter(name, "unknown parameter: expected none"),
                0 => {
                    let known: Vec<&str> = self.known.iter().map(String::as_str).collect();
                    let detail = format_args!("unknown parameter: expected one of {}", known.join(", "));
                    self.errors.parameter(name, detail);
                }
                _ => self.errors.parameter(name, "unknown parameter"),
            }
        }
        self.errors.or(())
    }
}
