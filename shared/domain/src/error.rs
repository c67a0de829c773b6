//! The one vocabulary of failure. It knows no HTTP: `rol-http` maps it to problems, each dialect to its own shape.

use std::{borrow::Cow, fmt};

/// The result of everything that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A cause that is logged and never shown.
pub type Source = Box<dyn std::error::Error + Send + Sync>;

/// What went wrong. A variant exists only where a client would act differently on it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The input breaks rules: all of them at once.
    #[error("the request is invalid: {0}")]
    Invalid(FieldErrors),
    /// Nobody, or nobody whom we know.
    #[error("{0}")]
    Unauthenticated(&'static str),
    /// Known, but without the right in general.
    #[error("{0}")]
    Denied(String),
    /// Missing, or not to be known about by this caller: the two look alike.
    #[error("no such {0}")]
    NotFound(Kind),
    /// At odds with what is there.
    #[error("{0}")]
    Conflict(String),
    /// Was there, and will not come back.
    #[error("{0}")]
    Gone(&'static str),
    /// Not the version that `If-Match` or `If-None-Match` named.
    #[error("{0}")]
    Stale(&'static str),
    /// Larger than a limit, in bytes.
    #[error("{what} is at most {limit} bytes, this is {found}")]
    TooLarge {
        /// What is too large.
        what: Cow<'static, str>,
        /// The limit.
        limit: usize,
        /// What was found.
        found: usize,
    },
    /// An `Idempotency-Key` used again with another body.
    #[error("this Idempotency-Key was used with another body")]
    IdempotencyMismatch,
    /// The store asks for fewer requests.
    #[error("the store is busy")]
    Throttled(#[source] Source),
    /// The store or an identity provider is out of reach.
    #[error("{what} is out of reach")]
    Unavailable {
        /// What is out of reach.
        what: &'static str,
        /// Why, for the log.
        #[source]
        source: Source,
    },
    /// A defect of ours.
    #[error("{context}")]
    Internal {
        /// What was being done.
        context: &'static str,
        /// Why it failed, for the log.
        #[source]
        source: Source,
    },
}

impl Error {
    /// One bad field of a body, by its JSON pointer (RFC 6901).
    pub fn invalid(pointer: impl Into<String>, detail: impl fmt::Display) -> Self {
        let mut errors = FieldErrors::default();
        errors.body(pointer, detail);
        Self::Invalid(errors)
    }

    /// One bad query parameter.
    pub fn bad_parameter(name: impl Into<String>, detail: impl fmt::Display) -> Self {
        let mut errors = FieldErrors::default();
        errors.parameter(name, detail);
        Self::Invalid(errors)
    }

    /// One bad header.
    pub fn bad_header(name: impl Into<String>, detail: impl fmt::Display) -> Self {
        let mut errors = FieldErrors::default();
        errors.header(name, detail);
        Self::Invalid(errors)
    }

    /// The same of a part of a body: its JSON pointers lead there first.
    pub fn under(self, pointer: &str) -> Self {
        let Self::Invalid(FieldErrors(errors)) = self else { return self };
        let under = |place| match place {
            ErrorLocation::Pointer(rest) => ErrorLocation::Pointer(format!("{pointer}{rest}")),
            place => place,
        };
        let errors = errors.into_iter().map(|error| FieldError { place: under(error.place), ..error });
        Self::Invalid(FieldErrors(errors.collect()))
    }

    /// A defect of ours, with its cause for the log.
    pub fn internal(context: &'static str, source: impl Into<Source>) -> Self {
        Self::Internal { context, source: source.into() }
    }

    /// The failure and everything that caused it, for the log.
    pub fn chain(&self) -> String {
        let causes = std::iter::successors(std::error::Error::source(self), |error| error.source());
        causes.fold(self.to_string(), |text, cause| format!("{text}: {cause}"))
    }
}

/// The kinds of thing that can be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A learning record.
    Record,
    /// An API key.
    ApiKey,
    /// A custom attribute.
    Attribute,
    /// A person of the directory.
    Person,
    /// A group.
    Group,
    /// A grant of one group over another.
    Grant,
    /// A file of a record.
    Attachment,
    /// A version of a record.
    Version,
    /// An entry of the audit trail.
    AuditEntry,
    /// An activity.
    Activity,
    /// A path that no route matches.
    Route,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Record => "learning record",
            Self::ApiKey => "API key",
            Self::Attribute => "attribute",
            Self::Person => "person",
            Self::Group => "group",
            Self::Grant => "grant",
            Self::Attachment => "attachment",
            Self::Version => "version",
            Self::AuditEntry => "action log",
            Self::Activity => "activity",
            Self::Route => "route",
        })
    }
}

/// Where a bad value stood.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ErrorLocation {
    /// In the body, at a JSON pointer; the empty pointer is the whole body.
    Pointer(String),
    /// In the query string.
    Parameter(String),
    /// In a header.
    Header(String),
}

/// One bad value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FieldError {
    /// Where it stood.
    pub place: ErrorLocation,
    /// What was expected and what was found.
    pub detail: String,
}

/// All bad values of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    /// Adds a bad value of the body, by its JSON pointer.
    pub fn body(&mut self, pointer: impl Into<String>, detail: impl fmt::Display) {
        self.push(ErrorLocation::Pointer(pointer.into()), detail);
    }

    /// Adds a bad query parameter.
    pub fn parameter(&mut self, name: impl Into<String>, detail: impl fmt::Display) {
        self.push(ErrorLocation::Parameter(name.into()), detail);
    }

    /// Adds a bad header.
    pub fn header(&mut self, name: impl Into<String>, detail: impl fmt::Display) {
        self.push(ErrorLocation::Header(name.into()), detail);
    }

    fn push(&mut self, place: ErrorLocation, detail: impl fmt::Display) {
        self.0.push(FieldError { place, detail: detail.to_string() });
    }

    /// Adds all of another's.
    pub fn append(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Adds all of another's, which are about what stands at a JSON pointer of the body.
    pub fn append_at(&mut self, pointer: &str, other: Self) {
        self.0.extend(other.0.into_iter().map(|error| match error.place {
            ErrorLocation::Pointer(inner) => {
                FieldError { place: ErrorLocation::Pointer(format!("{pointer}{inner}")), ..error }
            }
            ErrorLocation::Parameter(_) | ErrorLocation::Header(_) => error,
        }));
    }

    /// `outcome`, or everything that was bad in both.
    ///
    /// # Errors
    /// [`Error::Invalid`] with all of it; another error of `outcome` as it is.
    pub fn with<T>(mut self, outcome: Result<T>) -> Result<T> {
        match outcome {
            Ok(value) => self.or(value),
            Err(Error::Invalid(more)) => {
                self.append(more);
                Err(Error::Invalid(self))
            }
            Err(other) => Err(other),
        }
    }

    /// Whether nothing was bad.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The errors, ordered by place.
    pub fn into_sorted(mut self) -> Vec<FieldError> {
        self.0.sort();
        self.0
    }

    /// The JSON pointers of what is bad in the body, in order.
    pub fn pointers(&self) -> Vec<&str> {
        let mut pointers: Vec<&str> = self
            .0
            .iter()
            .filter_map(|error| match &error.place {
                ErrorLocation::Pointer(pointer) => Some(pointer.as_str()),
                ErrorLocation::Parameter(_) | ErrorLocation::Header(_) => None,
            })
            .collect();
        pointers.sort_unstable();
        pointers
    }

    /// Whether anything is bad about custom attributes, in the body or among the parameters.
    pub fn concern_attributes(&self) -> bool {
        self.0.iter().any(|error| match &error.place {
            ErrorLocation::Pointer(name) => name.starts_with("/attributes"),
            ErrorLocation::Parameter(name) => name.starts_with("attributes["),
            ErrorLocation::Header(_) => false,
        })
    }

    /// `value` where nothing was bad.
    ///
    /// # Errors
    /// [`Error::Invalid`] with everything that was.
    pub fn or<T>(self, value: T) -> Result<T> {
        if self.0.is_empty() { Ok(value) } else { Err(Error::Invalid(self)) }
    }
}

impl fmt::Display for FieldErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, error) in self.0.iter().enumerate() {
            let place = match &error.place {
                ErrorLocation::Pointer(place) | ErrorLocation::Parameter(place) | ErrorLocation::Header(place) => place,
            };
            write!(f, "{}{place}: {}", if i == 0 { "" } else { "; " }, error.detail)?;
        }
        Ok(())
    }
}

/// One token of a JSON pointer, escaped (RFC 6901 §3).
pub fn pointer_token(token: &str) -> String {
    format!("/{}", token.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_names_every_cause() {
        let root = Error::Unavailable { what: "the store", source: "timed out".into() };
        let error = Error::internal("listing keys", root);
        assert_eq!(error.chain(), "listing keys: the store is out of reach: timed out");
        assert_eq!(Error::NotFound(Kind::Record).chain(), Error::NotFound(Kind::Record).to_string());
    }
}
