//! What a function may do: the statements of its own policy and of the managed policies that it names.

use super::Template;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::BTreeSet;

/// An action that a policy allows, and on what.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Allowed {
    /// `dynamodb:GetItem`.
    pub action: String,
    /// `Table`, `Table/index/by-tenant`, …: the logical id, and what follows its ARN.
    pub resource: String,
}

impl Template {
    /// What a function's `Policies` allow: `!Ref` names a managed policy of this template, anything else is a policy
    /// document.
    ///
    /// # Errors
    /// A reference to something else than a managed policy, a statement that does not allow, an unknown form of ARN.
    pub(super) fn permissions(&self, policies: &Value) -> Result<BTreeSet<Allowed>> {
        let mut allowed = BTreeSet::new();
        for policy in one_or_many(policies) {
            match policy["Ref"].as_str() {
                Some(name) => allowed.extend(self.managed_policy(name)?),
                None => allowed.extend(of_document(policy)?),
            }
        }
        Ok(allowed)
    }

    /// What a managed policy of this template allows.
    ///
    /// # Errors
    /// Where there is no such policy.
    pub fn managed_policy(&self, name: &str) -> Result<BTreeSet<Allowed>> {
        let policy = &self.0["Resources"][name];
        if policy["Type"] != "AWS::IAM::ManagedPolicy" {
            bail!("expected the managed policy {name}, found {}", policy["Type"]);
        }
        of_document(&policy["Properties"]["PolicyDocument"])
    }
}

fn of_document(document: &Value) -> Result<BTreeSet<Allowed>> {
    let mut allowed = BTreeSet::new();
    for statement in one_or_many(&document["Statement"]) {
        // The local stack has everything that a parameter turns on.
        let statement = statement["Fn::If"].get(1).unwrap_or(statement);
        if statement["Effect"] != "Allow" {
            bail!("expected a statement that allows, found {statement}");
        }
        for action in one_or_many(&statement["Action"]) {
            for resource in one_or_many(&statement["Resource"]) {
                let action = action.as_str().context("expected the name of an action")?.to_owned();
                allowed.insert(Allowed { action, resource: resource_name(resource)? });
            }
        }
    }
    Ok(allowed)
}

/// The elements of an array, or the one value that stands in its place.
fn one_or_many(value: &Value) -> impl Iterator<Item = &Value> {
    match value {
        Value::Array(values) => values.iter(),
        Value::Null => [].iter(),
        one => std::slice::from_ref(one).iter(),
    }
}

/// `Table` for `!GetAtt Table.Arn`, `Table/index/by-tenant` for `!Sub ${Table.Arn}/index/by-tenant`.
fn resource_name(resource: &Value) -> Result<String> {
    if let Some(id) = resource["Fn::GetAtt"][0].as_str() {
        return Ok(id.to_owned());
    }
    let text = resource["Fn::Sub"].as_str().with_context(|| format!("expected an ARN, found {resource}"))?;
    let (id, rest) = text
        .strip_prefix("${")
        .and_then(|text| text.split_once(".Arn}"))
        .with_context(|| format!("expected ${{X.Arn}}…, found {text}"))?;
    Ok(format!("{id}{rest}"))
}
