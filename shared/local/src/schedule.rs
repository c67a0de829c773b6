//! What `EventBridge` does: it calls the functions that the template schedules, with its event.

use crate::{
    Containers, Gateway, state,
    template::{Schedule, Template},
};
use anyhow::Result;
use chrono::{DateTime, SecondsFormat, Utc};
use rol_runtime::wall_clock;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

/// How often it is looked at what is due: the shortest rate is a minute.
const LOOK: Duration = Duration::from_secs(15);
/// The file in a data directory that says when each schedule ran last.
const RAN_FILE: &str = "schedules.json";

impl Schedule {
    /// Calls the function, as at a moment.
    ///
    /// # Errors
    /// Where it fails.
    pub async fn run(&self, containers: &Containers, now: DateTime<Utc>) -> Result<Value> {
        let event = json!({
            "version": "0",
            "id": format!("{}-{}", self.name, now.timestamp()),
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": "000000000000",
            "time": now.to_rfc3339_opts(SecondsFormat::Secs, true),
            "region": "us-east-1",
            "resources": [format!("arn:aws:events:us-east-1:000000000000:rule/{}", self.name)],
            "detail": {},
        });
        containers.invoke(&self.handler, event).await
    }
}

/// When each schedule ran last, by name. One that never ran is due.
#[derive(Debug, Default)]
struct Ran(BTreeMap<String, DateTime<Utc>>);

impl Ran {
    /// What a data directory says; nothing where it says nothing that can be read.
    fn of(directory: Option<&Path>) -> Self {
        let text = directory.and_then(|directory| std::fs::read_to_string(directory.join(RAN_FILE)).ok());
        Self(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }

    fn is_due(&self, schedule: &Schedule, now: DateTime<Utc>) -> bool {
        self.0.get(&schedule.name).is_none_or(|ran| *ran + schedule.every <= now)
    }

    fn note(&mut self, schedule: &Schedule, now: DateTime<Utc>, directory: Option<&Path>) -> Result<()> {
        self.0.insert(schedule.name.clone(), now);
        let Some(path) = directory.map(|directory| directory.join(RAN_FILE)) else { return Ok(()) };
        state::write_whole(&path, &serde_json::to_string(&self.0)?)
    }
}

/// Runs what is due as long as the process runs: each schedule when the stack starts, unless it ran lately, and then at
/// its rate. One that fails waits for its next time; Lambda would try it twice more.
///
/// # Errors
/// Where the template's schedules cannot be read.
pub(crate) fn run_all(gateway: Gateway, directory: Option<PathBuf>) -> Result<()> {
    let schedules = Template::load()?.schedules()?;
    let mut ran = Ran::of(directory.as_deref());
    crate::engines::background(async move {
        loop {
            for schedule in &schedules {
                let now = wall_clock()();
                if !ran.is_due(schedule, now) {
                    continue;
                }
                let outcome = schedule.run(gateway.containers(), now).await;
                let outcome = outcome.and_then(|_| ran.note(schedule, now, directory.as_deref()));
                if let Err(error) = outcome {
                    tracing::error!("{} failed: {error:#}", schedule.name);
                    ran.0.insert(schedule.name.clone(), now);
                }
            }
            tokio::time::sleep(LOOK).await;
        }
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn what_ran_is_due_again_when_its_time_has_come_also_after_a_restart() {
        let schedule = Schedule { name: "S".into(), handler: "s".into(), every: TimeDelta::days(1) };
        let directory = tempfile::tempdir().expect("a directory");
        let start = DateTime::from_timestamp(1_800_000_000, 0).expect("a moment");
        let mut ran = Ran::of(Some(directory.path()));
        assert!(ran.is_due(&schedule, start));
        ran.note(&schedule, start, Some(directory.path())).expect("a file");
        for ran in [ran, Ran::of(Some(directory.path()))] {
            assert!(!ran.is_due(&schedule, start + TimeDelta::hours(23)));
            assert!(ran.is_due(&schedule, start + TimeDelta::hours(24)));
        }
    }

    #[test]
    fn the_templates_schedules_can_be_read_and_call_functions_that_there_are() {
        for schedule in Template::load().and_then(|template| template.schedules()).expect("schedules") {
            assert!(crate::lambdas().any(|lambda| lambda.name == schedule.handler), "{schedule:?}");
        }
    }
}
