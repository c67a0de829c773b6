//! `template.yaml`, as far as the local stack and the tests need it.

mod permissions;

pub use permissions::Allowed;

use anyhow::{Context, Result, anyhow, bail};
use chrono::TimeDelta;
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
    time::Duration,
};

/// The template, as it was when this binary was built.
const SOURCE: &str = include_str!("../../../template.yaml");

/// A parsed template; intrinsic functions in their long form (`{"Ref": …}`, `{"Fn::Sub": …}`).
#[derive(Debug, Clone)]
pub struct Template(Value);

/// A function of the template.
#[derive(Debug, Clone)]
pub struct Function {
    /// Its logical id.
    pub logical_id: String,
    /// Its `Handler`: the registry's name.
    pub handler: String,
    /// Its route keys (`POST /v1/learning-records`, `$default`).
    pub routes: Vec<String>,
    /// The names of its environment's variables.
    pub environment: BTreeSet<String>,
    /// What its policy allows: actions on resources.
    pub allows: BTreeSet<Allowed>,
}

/// How the table's stream is delivered to a function.
#[derive(Debug, Clone)]
pub struct StreamMapping {
    /// The function's `Handler`.
    pub handler: String,
    /// The most records of a batch.
    pub batch_size: usize,
    /// How long records are gathered before they are delivered.
    pub window: Duration,
    /// How often a batch is tried again.
    pub retries: u32,
    /// Whether a batch that fails is halved.
    pub bisect: bool,
    /// Whether the function says which record failed.
    pub partial: bool,
    /// The patterns any of which a record matches; all records where there is none.
    filters: Vec<Value>,
}

impl StreamMapping {
    /// Whether a record passes the filter.
    pub fn takes(&self, record: &Value) -> bool {
        self.filters.is_empty() || self.filters.iter().any(|pattern| matches(pattern, record))
    }
}

/// Which events a function is called with.
#[derive(Debug, Clone)]
pub struct EventRule {
    /// The function's `Handler`.
    pub handler: String,
    /// How often an event is tried again with which the function failed.
    pub retries: u32,
    pattern: Value,
}

impl EventRule {
    /// Whether it takes an event.
    pub fn takes(&self, event: &Value) -> bool {
        matches(&self.pattern, event)
    }
}

/// Whether a value matches a pattern, as far as `EventBridge`'s syntax is used here: objects by their members, a list
/// of texts, `{"prefix": …}` and `{"numeric": [">", …]}` any of which applies.
fn matches(pattern: &Value, value: &Value) -> bool {
    match pattern {
        Value::Object(members) => members.iter().all(|(name, pattern)| matches(pattern, &value[name])),
        Value::Array(any) => any.iter().any(|one| match (one["prefix"].as_str(), one["numeric"][1].as_f64()) {
            (Some(prefix), _) => value.as_str().is_some_and(|text| text.starts_with(prefix)),
            (None, Some(least)) => value.as_f64().is_some_and(|number| number > least),
            (None, None) => one == value,
        }),
        other => other == value,
    }
}

/// When a function runs by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// The rule's name.
    pub name: String,
    /// The function's `Handler`.
    pub handler: String,
    /// How often.
    pub every: TimeDelta,
}

/// How often `rate(1 day)` or `rate(5 minutes)` is.
fn rate(expression: &str) -> Result<TimeDelta> {
    let rate = expression.strip_prefix("rate(").and_then(|rest| rest.strip_suffix(')'));
    let (number, unit) = rate.and_then(|rate| rate.split_once(' ')).context("expected rate(<number> <unit>)")?;
    let number: i64 = number.parse().context("expected a number")?;
    match (number, unit) {
        (1, "minute") | (2.., "minutes") => Ok(TimeDelta::minutes(number)),
        (1, "hour") | (2.., "hours") => Ok(TimeDelta::hours(number)),
        (1, "day") | (2.., "days") => Ok(TimeDelta::days(number)),
        _ => bail!("expected minute, hour or day, in the plural for more than 1"),
    }
}

impl Template {
    /// The project's template, parsed once.
    ///
    /// # Errors
    /// Where it is no YAML.
    pub fn load() -> Result<&'static Self> {
        static TEMPLATE: LazyLock<Result<Template>> = LazyLock::new(|| {
            let yaml: yaml_serde::Value = yaml_serde::from_str(SOURCE).context("template.yaml")?;
            Ok(Template(plain(yaml)?))
        });
        TEMPLATE.as_ref().map_err(|error| anyhow!("{error:#}"))
    }

    /// All resources by logical id, before the transform.
    pub fn resources(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0["Resources"].as_object().into_iter().flatten()
    }

    /// A section of the template.
    pub fn section(&self, name: &str) -> &Value {
        &self.0[name]
    }

    /// The functions, in the template's order.
    ///
    /// # Errors
    /// Where one has no handler.
    pub fn functions(&self) -> Result<Vec<Function>> {
        let globals = names(&self.0["Globals"]["Function"]["Environment"]["Variables"]);
        let functions = self.resources().filter(|(_, resource)| resource["Type"] == "AWS::Serverless::Function");
        functions
            .map(|(logical_id, resource)| {
                let properties = &resource["Properties"];
                let handler = properties["Handler"].as_str().with_context(|| format!("{logical_id} has no Handler"))?;
                let mut environment = names(&properties["Environment"]["Variables"]);
                environment.extend(globals.clone());
                Ok(Function {
                    logical_id: logical_id.clone(),
                    handler: handler.to_owned(),
                    routes: routes(&properties["Events"]),
                    environment,
                    allows: self
                        .permissions(&properties["Policies"])
                        .with_context(|| format!("the policy of {logical_id}"))?,
                })
            })
            .collect()
    }

    /// How the table's stream is delivered, to each function that consumes it.
    ///
    /// # Errors
    /// Where a mapping leaves something open.
    pub fn stream_mappings(&self) -> Result<Vec<StreamMapping>> {
        let consumers = self.resources().flat_map(|(logical_id, resource)| {
            let events = resource["Properties"]["Events"].as_object().into_iter().flatten();
            let streams = events.map(|(_, event)| event).filter(|event| event["Type"] == "DynamoDB");
            streams.map(move |event| (logical_id, &resource["Properties"]["Handler"], &event["Properties"]))
        });
        let mapping = |(logical_id, handler, mapping): (&String, &Value, &Value)| {
            let stated =
                |name: &str| mapping[name].as_u64().with_context(|| format!("{logical_id} leaves {name} open"));
            let patterns = mapping["FilterCriteria"]["Filters"].as_array().into_iter().flatten();
            let patterns = patterns.filter_map(|filter| filter["Pattern"].as_str()).map(serde_json::from_str);
            Ok(StreamMapping {
                handler: handler.as_str().unwrap_or_default().to_owned(),
                batch_size: usize::try_from(stated("BatchSize")?)?,
                window: Duration::from_secs(mapping["MaximumBatchingWindowInSeconds"].as_u64().unwrap_or(0)),
                retries: u32::try_from(stated("MaximumRetryAttempts")?)?,
                bisect: mapping["BisectBatchOnFunctionError"] == true,
                partial: mapping["FunctionResponseTypes"] == json!(["ReportBatchItemFailures"]),
                filters: patterns.collect::<Result<_, _>>().context("a filter's pattern is no JSON")?,
            })
        };
        consumers.map(mapping).collect()
    }

    /// What runs by the clock.
    ///
    /// # Errors
    /// Where a schedule says something else than `rate(<number> <unit>)`.
    pub fn schedules(&self) -> Result<Vec<Schedule>> {
        let events = self.resources().flat_map(|(logical_id, resource)| {
            let events = resource["Properties"]["Events"].as_object().into_iter().flatten();
            events.map(move |(name, event)| (logical_id, name, event, &resource["Properties"]["Handler"]))
        });
        let schedules = events.filter(|(_, _, event, _)| event["Type"] == "Schedule");
        schedules
            .map(|(logical_id, name, event, handler)| {
                let name = format!("{logical_id}{name}");
                let every = event["Properties"]["Schedule"].as_str().unwrap_or_default();
                Ok(Schedule {
                    handler: handler.as_str().unwrap_or_default().to_owned(),
                    every: rate(every).with_context(|| format!("the schedule {name}: {every:?}"))?,
                    name,
                })
            })
            .collect()
    }

    /// Which events functions are called with where the template's parameters are left as they are; its bucket has
    /// this name.
    ///
    /// # Errors
    /// Where a rule leaves open how often its function is tried again.
    pub fn event_rules(&self, bucket: &str) -> Result<Vec<EventRule>> {
        let mut rules = Vec::new();
        for (logical_id, resource) in self.resources() {
            let events = resource["Properties"]["Events"].as_object().into_iter().flatten().map(|(_, event)| event);
            for event in events.filter(|event| event["Type"] == "EventBridgeRule") {
                // Every condition of a rule is off by default.
                let state = &event["Properties"]["State"];
                if *state.get("Fn::If").map_or(state, |choice| &choice[2]) == "DISABLED" {
                    continue;
                }
                let config = self.resources().find(|(_, resource)| {
                    resource["Type"] == "AWS::Lambda::EventInvokeConfig"
                        && resource["Properties"]["FunctionName"]["Ref"] == **logical_id
                });
                let retries = config.and_then(|(_, it)| it["Properties"]["MaximumRetryAttempts"].as_u64());
                let retries = retries.with_context(|| format!("{logical_id} leaves MaximumRetryAttempts open"))?;
                rules.push(EventRule {
                    handler: resource["Properties"]["Handler"].as_str().unwrap_or_default().to_owned(),
                    retries: u32::try_from(retries)?,
                    pattern: named(&event["Properties"]["Pattern"], bucket),
                });
            }
        }
        Ok(rules)
    }

    /// How the table's stream is delivered to one function.
    ///
    /// # Errors
    /// Where it does not consume the stream, or a mapping leaves something open.
    pub fn stream_mapping(&self, handler: &str) -> Result<StreamMapping> {
        let mapping = self.stream_mappings()?.into_iter().find(|mapping| mapping.handler == handler);
        mapping.with_context(|| format!("{handler} does not consume the table's stream"))
    }

    /// The table as DynamoDB's `CreateTable` takes it, under a name.
    ///
    /// # Errors
    /// Where the template has no table.
    pub fn create_table(&self, name: &str) -> Result<Value> {
        let properties = self.table()?;
        let mut request = Map::from_iter([("TableName".to_owned(), json!(name))]);
        for key in ["KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes", "BillingMode"] {
            request.insert(key.to_owned(), properties[key].clone());
        }
        // CloudFormation names only the view type; the API also wants to be told that there is a stream.
        let view = &properties["StreamSpecification"]["StreamViewType"];
        request.insert("StreamSpecification".into(), json!({"StreamEnabled": true, "StreamViewType": view}));
        Ok(request.into())
    }

    /// The attribute by which items end.
    ///
    /// # Errors
    /// Where the table has none.
    pub fn ttl_attribute(&self) -> Result<String> {
        let name = &self.table()?["TimeToLiveSpecification"]["AttributeName"];
        name.as_str().map(str::to_owned).context("the table has no TimeToLiveSpecification")
    }

    fn table(&self) -> Result<&Value> {
        let table = self.resources().find(|(_, resource)| resource["Type"] == "AWS::DynamoDB::Table");
        table.map(|(_, table)| &table["Properties"]).context("the template has no AWS::DynamoDB::Table")
    }
}

/// A pattern with the bucket's name in the place of the reference to it.
fn named(pattern: &Value, bucket: &str) -> Value {
    match pattern {
        Value::Object(members) if members.get("Ref").is_some_and(|id| id == "Bucket") => json!(bucket),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), named(value, bucket))).collect::<Map<_, _>>().into()
        }
        Value::Array(values) => values.iter().map(|value| named(value, bucket)).collect(),
        other => other.clone(),
    }
}

/// YAML with `CloudFormation`'s tags as plain JSON.
fn plain(yaml: yaml_serde::Value) -> Result<Value> {
    use yaml_serde::Value as Yaml;
    Ok(match yaml {
        Yaml::Tagged(tagged) => {
            let tag = tagged.tag.to_string();
            let name = tag.trim_start_matches('!');
            let value = plain(tagged.value)?;
            match (name, value) {
                ("Ref" | "Condition", value) => json!({name: value}),
                ("GetAtt", Value::String(path)) => {
                    let (resource, attribute) = path.split_once('.').context("GetAtt without an attribute")?;
                    json!({"Fn::GetAtt": [resource, attribute]})
                }
                (name, value) => json!({format!("Fn::{name}"): value}),
            }
        }
        Yaml::Mapping(mapping) => {
            let members = mapping.into_iter().map(|(key, value)| match key {
                Yaml::String(key) => Ok((key, plain(value)?)),
                other => bail!("expected a text as key, found {other:?}"),
            });
            Value::Object(members.collect::<Result<_>>()?)
        }
        Yaml::Sequence(values) => Value::Array(values.into_iter().map(plain).collect::<Result<_>>()?),
        other => serde_json::to_value(other)?,
    })
}

fn names(object: &Value) -> BTreeSet<String> {
    object.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect()
}

fn routes(events: &Value) -> Vec<String> {
    let events = events.as_object().into_iter().flatten().map(|(_, event)| event);
    events
        .filter(|event| event["Type"] == "HttpApi")
        .map(|event| {
            let properties = &event["Properties"];
            match (properties["Method"].as_str(), properties["Path"].as_str()) {
                (Some(method), Some(path)) if path != "$default" => format!("{} {path}", method.to_uppercase()),
                _ => "$default".to_owned(),
            }
        })
        .collect()
}

impl Function {
    /// The actions allowed on a resource, by name.
    pub fn actions_on(&self, resource: &str) -> BTreeMap<&str, ()> {
        self.allows
            .iter()
            .filter(|allowed| allowed.resource == resource)
            .map(|allowed| (allowed.action.as_str(), ()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("rate(1 minute)", Some(60))]
    #[case("rate(5 minutes)", Some(300))]
    #[case("rate(1 hour)", Some(3_600))]
    #[case("rate(2 days)", Some(172_800))]
    #[case("rate(1 days)", None)]
    #[case("rate(0 days)", None)]
    #[case("rate(day)", None)]
    #[case("cron(0 1 * * ? *)", None)]
    fn a_rate_is(#[case] expression: &str, #[case] seconds: Option<i64>) {
        assert_eq!(rate(expression).ok(), seconds.map(TimeDelta::seconds));
    }
}
