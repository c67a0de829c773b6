//! Functions as Lambda runs them: each in a container of its own, started when it is first needed, with its own
//! environment, its own policy and its own caches.

use crate::{
    engines::Engines,
    lambdas,
    policy::PolicyConnector,
    template::{Function, Template},
};
use anyhow::{Context, Result};
use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use lambda_http::lambda_runtime;
use rol_http::Handler;
use rol_runtime::{Clock, connector, service};
use serde_json::Value;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// What stands between the functions and the engines, outside of the policy.
pub type Wrap = Arc<dyn Fn(SharedHttpConnector) -> SharedHttpConnector + Send + Sync>;

/// The containers of one stack.
pub struct Containers {
    functions: Vec<Function>,
    engines: Engines,
    clock: Clock,
    connector: SharedHttpConnector,
    warm: Mutex<HashMap<String, Handler>>,
}

impl Containers {
    /// Containers over these engines, none of them started.
    ///
    /// # Errors
    /// Where the template cannot be read.
    pub fn new(engines: &Engines, clock: Clock, wrap: Option<Wrap>) -> Result<Self> {
        let plain = connector(&engines.config());
        Ok(Self {
            functions: Template::load()?.functions()?,
            engines: engines.clone(),
            clock,
            connector: wrap.map_or_else(|| plain.clone(), |wrap| wrap(plain.clone())),
            warm: Mutex::default(),
        })
    }

    /// The template's functions.
    pub fn functions(&self) -> &[Function] {
        &self.functions
    }

    /// Calls a function by its handler's name.
    ///
    /// # Errors
    /// Where there is no such function, the event is none of its kind, or the function fails.
    pub async fn invoke(&self, name: &str, event: Value) -> Result<Value> {
        let handler = self.handler(name)?;
        let context = lambda_runtime::Context::default();
        handler.invoke(event, context).await.map_err(|error| anyhow::anyhow!("{error}"))
    }

    fn handler(&self, name: &str) -> Result<Handler> {
        let mut warm = self.warm.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(handler) = warm.get(name) {
            return Ok(handler.clone());
        }
        let function = self.functions.iter().find(|function| function.handler == name).with_context(|| {
            let known: Vec<&str> = self.functions.iter().map(|function| function.handler.as_str()).collect();
            format!("expected a function of the template ({}), found {name:?}", known.join(", "))
        })?;
        let lambda = lambdas().find(|lambda| lambda.name == name);
        let lambda = lambda.with_context(|| format!("{name} is in the template and in no registry"))?;
        let mut config = self.engines.config();
        if !function.environment.contains("CURSOR_KEY") {
            config.cursor_key = None;
        }
        if !function.environment.contains("CHECKPOINTS_BUCKET_NAME") {
            config.heads_bucket = None;
        }
        let policy = PolicyConnector::new(function.clone(), self.engines.buckets(), self.connector.clone());
        let handler = lambda.handler(service(&config, SharedHttpConnector::new(policy), self.clock.clone()));
        warm.insert(name.to_owned(), handler.clone());
        Ok(handler)
    }
}
