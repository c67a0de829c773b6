//! The part of a query that DynamoDB can evaluate. A filter passes every record that the query matches, and may pass
//! more: [`RecordQuery::matches`] decides.

use crate::{
    call::s,
    values::{self, ATTRIBUTES},
};
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};
use rol_domain::{
    RecordQuery,
    query::{Moment, Span},
    text::PersonId,
    time::fixed,
};
use std::{
    collections::{BTreeSet, HashMap},
    fmt::Display,
};

/// The longest expression, in bytes; DynamoDB takes 4 KB. Parts of the query that do not fit are left out.
const MAX_EXPRESSION: usize = 3_500;
/// The attributes of a record's moments.
const MOMENTS: [(Moment, &str); 7] = [
    (Moment::Assigned, "assigned_at"),
    (Moment::Started, "started_at"),
    (Moment::Due, "due_at"),
    (Moment::Completed, "completed_at"),
    (Moment::Expires, "expires_at"),
    (Moment::Created, "created_at"),
    (Moment::Updated, "updated_at"),
];

/// A filter expression with its names and values. An empty one passes everything.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Filter {
    parts: Vec<String>,
    length: usize,
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
}

impl Filter {
    /// The parts of a query over the records of `people`, or of anybody.
    pub(crate) fn of(query: &RecordQuery, people: Option<&BTreeSet<PersonId>>, now: DateTime<Utc>) -> Self {
        let mut filter = Self::default();
        filter.one_of("person_id", people.into_iter().flatten());
        filter.one_of("activity_id", &query.activities);
        filter.one_of("course_id", &query.courses);
        filter.one_of("course_item_id", &query.course_items);
        filter.one_of("enrollment_id", &query.enrollments);
        filter.equal("provider", query.provider.as_ref().map(s));
        filter.equal("external_id", query.external_id.as_ref().map(s));
        filter.equal("passed", query.passed.map(AttributeValue::Bool));
        filter.equal("app_id", query.app.as_ref().map(s));
        filter.equal("visible_to_student", query.only_visible.then_some(AttributeValue::Bool(true)));
        for (moment, name) in MOMENTS {
            if let Some(span) = query.span(moment, now) {
                filter.within(name, span);
            }
        }
        for (key, wanted) in &query.attributes {
            filter.exists(ATTRIBUTES, &values::place(key, &wanted.generation));
        }
        if query.is_overdue == Some(true) {
            filter.missing("completed_at");
        }
        if !query.include_deleted {
            filter.missing("deleted_at");
        }
        filter
    }

    pub(crate) fn expression(&self) -> Option<String> {
        (!self.parts.is_empty()).then(|| self.parts.join(" AND "))
    }

    pub(crate) fn names(&self) -> &HashMap<String, String> {
        &self.names
    }

    pub(crate) fn values(&self) -> &HashMap<String, AttributeValue> {
        &self.values
    }

    /// Adds a condition on an attribute, unless it does not fit. `part` is given the placeholders of the attribute's
    /// name and of the values.
    fn add(&mut self, attribute: &str, values: Vec<AttributeValue>, part: impl FnOnce(&str, &[String]) -> String) {
        let name = format!("#f{}", self.names.len());
        let start = self.values.len();
        let places: Vec<String> = (start..start + values.len()).map(|i| format!(":f{i}")).collect();
        let part = part(&name, &places);
        if self.length + part.len() > MAX_EXPRESSION {
            return;
        }
        self.length += part.len() + " AND ".len();
        self.parts.push(part);
        self.names.insert(name, attribute.to_owned());
        self.values.extend(places.into_iter().zip(values));
    }

    fn one_of<T: Display>(&mut self, attribute: &str, wanted: impl IntoIterator<Item = T>) {
        let values: Vec<AttributeValue> = wanted.into_iter().map(s).collect();
        if !values.is_empty() {
            self.add(attribute, values, |name, places| format!("{name} IN ({})", places.join(", ")));
        }
    }

    fn equal(&mut self, attribute: &str, wanted: Option<AttributeValue>) {
        if let Some(value) = wanted {
            self.add(attribute, vec![value], |name, places| format!("{name} = {}", places[0]));
        }
    }

    /// Adds a range of time. A date is stored as ten characters, which sort before every instant of that day.
    fn within(&mut self, attribute: &str, span: Span) {
        let from = span.from.map(|from| s(from.format("%Y-%m-%d")));
        let to = span.to.map(|to| s(fixed(to)));
        match (from, to) {
            (Some(from), Some(to)) => {
                self.add(attribute, vec![from, to], |name, at| format!("{name} BETWEEN {} AND {}", at[0], at[1]));
            }
            (Some(from), None) => self.add(attribute, vec![from], |name, at| format!("{name} >= {}", at[0])),
            (None, Some(to)) => self.add(attribute, vec![to], |name, at| format!("{name} <= {}", at[0])),
            (None, None) => self.add(attribute, vec![], |name, _| format!("attribute_exists({name})")),
        }
    }

    fn exists(&mut self, map: &str, key: &str) {
        let inner = format!("#g{}", self.names.len());
        let before = self.parts.len();
        self.add(map, vec![], |name, _| format!("attribute_exists({name}.{inner})"));
        if self.parts.len() > before {
            self.names.insert(inner, key.to_owned());
        }
    }

    fn missing(&mut self, attribute: &str) {
        self.add(attribute, vec![], |name, _| format!("attribute_not_exists({name})"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rol_domain::{
        limits::MAX_FILTER_VALUES,
        text::{ActivityId, CourseId, CourseItemId, EnrollmentId},
    };

    fn now() -> DateTime<Utc> {
        DateTime::parse_from_rfc3339("2026-05-10T12:00:00Z").expect("valid").to_utc()
    }

    #[test]
    fn a_query_without_filters_excludes_deleted_records() {
        let filter = Filter::of(&RecordQuery::default(), None, now());
        assert_eq!(filter.expression().as_deref(), Some("attribute_not_exists(#f0)"));
        assert_eq!(filter.names()["#f0"], "deleted_at");
        let all = Filter::of(&RecordQuery { include_deleted: true, ..RecordQuery::default() }, None, now());
        assert_eq!((all.expression(), all), (None, Filter::default()));
    }

    #[test]
    fn moments_are_compared_as_they_are_stored() {
        let moment = |text| DateTime::parse_from_rfc3339(text).expect("valid").to_utc();
        let span = Span { from: Some(moment("2026-05-01T10:00:00Z")), to: Some(moment("2026-05-02T23:59:59.999Z")) };
        let query = RecordQuery { spans: [(Moment::Due, span)].into(), ..RecordQuery::default() };
        let filter = Filter::of(&query, None, now());
        assert_eq!(filter.expression().as_deref(), Some("#f0 BETWEEN :f0 AND :f1 AND attribute_not_exists(#f1)"));
        assert_eq!(filter.values()[":f0"], s("2026-05-01"));
        assert_eq!(filter.values()[":f1"], s("2026-05-02T23:59:59.999Z"));
    }

    #[test]
    fn the_longest_query_fits_into_an_expression() {
        let ids = || (0..MAX_FILTER_VALUES).map(|n| format!("id-{n}"));
        let query = RecordQuery {
            activities: ids().filter_map(|id| ActivityId::parse(id).ok()).collect(),
            courses: ids().filter_map(|id| CourseId::parse(id).ok()).collect(),
            course_items: ids().filter_map(|id| CourseItemId::parse(id).ok()).collect(),
            enrollments: ids().filter_map(|id| EnrollmentId::parse(id).ok()).collect(),
            spans: Moment::ALL.map(|moment| (moment, Span::default())).into(),
            ..RecordQuery::default()
        };
        let people = ids().filter_map(|id| PersonId::parse(id).ok()).collect();
        let filter = Filter::of(&query, Some(&people), now());
        let expression = filter.expression().expect("a filter");
        assert!(expression.len() <= 4_096, "{}", expression.len());
        let named =
            |place: &String| expression.contains(&format!("{place},")) || expression.contains(&format!("{place})"));
        assert!(filter.values().keys().all(named), "no value is left over, which DynamoDB would refuse");
    }
}
