//! Pages of lists.

use crate::{Parameters, QueryReader};
use rol_domain::limits::{DEFAULT_PAGE, MAX_PAGE};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    pub data: Vec<T>,
    /// The `cursor` of the next page; `null` on the last.
    pub next_cursor: Option<String>,
    /// Whether the page ended before it was full because the read budget was spent; then there is a cursor.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
}

/// Which page is asked for: `limit` from 1 to 100, and `cursor`.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// How many at most (default 25)
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100)]
    pub limit: u32,
    /// The `next_cursor` of the page before
    pub cursor: Option<String>,
}

impl Parameters for PageQuery {
    fn take(query: &mut QueryReader) -> Self {
        Self::take_up_to(query, MAX_PAGE)
    }
}

impl PageQuery {
    /// The same with a `limit` up to `max`.
    pub fn take_up_to(query: &mut QueryReader, max: u32) -> Self {
        let limit = Self::take_limit_up_to(query, max);
        let cursor = query.one("cursor", |text| Ok::<_, String>(text.to_owned()));
        Self { limit, cursor }
    }

    /// Only `limit`.
    pub fn take_limit(query: &mut QueryReader) -> u32 {
        Self::take_limit_up_to(query, MAX_PAGE)
    }

    fn take_limit_up_to(query: &mut QueryReader, max: u32) -> u32 {
        let limit = query.one("limit", |text| match text.parse::<u32>() {
            Ok(limit) if (1..=max).contains(&limit) => Ok(limit),
            _ => Err(format!("expected a whole number from 1 to {max}, found {text:?}")),
        });
        limit.unwrap_or(DEFAULT_PAGE)
    }
}
