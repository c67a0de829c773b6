//! Lists: how they are asked for and how they are answered.

use crate::QueryReader;
use rol_domain::limits::{DEFAULT_PAGE, MAX_PAGE};
use serde::Serialize;
use utoipa::ToSchema;

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// What is on the page.
    pub data: Vec<T>,
    /// The `cursor` of the next page; `null` on the last.
    pub next_cursor: Option<String>,
    /// Whether the page ended before it was full because the read budget was spent; then there is a cursor.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
}

/// Which page is asked for.
#[derive(Debug, Clone)]
pub struct PageQuery {
    /// How many at most.
    pub limit: u32,
    /// Where an earlier page ended.
    pub cursor: Option<String>,
}

impl PageQuery {
    /// Takes `limit` (1–100, default 25) and `cursor`.
    pub fn take(query: &mut QueryReader) -> Self {
        Self::take_up_to(query, MAX_PAGE)
    }

    /// Takes `limit` (1 to `most`, default 25) and `cursor`.
    pub fn take_up_to(query: &mut QueryReader, most: u32) -> Self {
        let limit = Self::take_limit_up_to(query, most);
        let cursor = query.one("cursor", |text| Ok::<_, String>(text.to_owned()));
        Self { limit, cursor }
    }

    /// Takes `limit` (1–100, default 25).
    pub fn take_limit(query: &mut QueryReader) -> u32 {
        Self::take_limit_up_to(query, MAX_PAGE)
    }

    fn take_limit_up_to(query: &mut QueryReader, most: u32) -> u32 {
        let limit = query.one("limit", |text| match text.parse::<u32>() {
            Ok(limit) if (1..=most).contains(&limit) => Ok(limit),
            _ => Err(format!("expected a whole number from 1 to {most}, found {text:?}")),
        });
        limit.unwrap_or(DEFAULT_PAGE)
    }
}
