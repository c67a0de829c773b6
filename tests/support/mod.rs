//! What every test is made of: a stack of its own over engines that the process shares, tenants, callers, requests.

mod client;
mod table;
mod tokens;
mod wire;

pub(crate) use client::{Answer, Caller, Request, path_of};
pub(crate) use tokens::{Draft, Provider, SigningKey, seal};
pub(crate) use wire::{Attempt, Cost, Fate, Fault, Page, Wire, cost};

use chrono::{DateTime, TimeDelta, Utc};
use rol_domain::{Actor, Cx, Patch, Person, Record, Role, TenantId, settings::SettingsPatch, text::PersonId};
use rol_local::{
    Claims, Containers, DeliveryReport, Engines, Gateway, Mapping, RoutingReport, Rules, Storage,
    template::{StreamMapping, Template},
};
use rol_runtime::{Clock, wall_clock};
use rol_store::Store;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock, Mutex, mpsc},
};

/// The engines of this process: in memory, on free ports, on a thread of their own because each test has its own
/// runtime. Their table has no stream: the engine looks through all of it at each write, and nobody reads it here.
static ENGINES: LazyLock<Engines> = LazyLock::new(|| {
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        runtime.expect("a runtime").block_on(async move {
            let started = Engines::start(&Storage::Ephemeral, [127, 0, 0, 1].into(), 0).await.expect("engines");
            Stack::over(started.clone()).keep_stream(false).await;
            send.send(started).expect("somebody waits");
            std::future::pending::<()>().await;
        });
    });
    receive.recv().expect("engines")
});

/// A stack: fresh containers, a clock of its own, and the wire between functions and engines.
pub(crate) struct Stack {
    pub gateway: Gateway,
    pub engines: Engines,
    pub wire: Wire,
    offset: Arc<Mutex<TimeDelta>>,
    clock: Clock,
    mappings: Vec<Mapping>,
    rules: Rules,
}

impl Stack {
    /// A stack over the engines that the process shares, whose table has no stream.
    pub(crate) fn start() -> Self {
        Self::over(ENGINES.clone())
    }

    /// A stack over engines of one's own.
    pub(crate) fn over(engines: Engines) -> Self {
        Self::from(engines, &BTreeMap::new())
    }

    /// The same with fresh containers, which know nothing yet; the stream goes on where it was.
    pub(crate) fn restarted(self) -> Self {
        let position = |mapping: &Mapping| Some((mapping.handler().to_owned(), mapping.position()?));
        let positions = self.mappings.iter().filter_map(position).collect();
        Self::from(self.engines, &positions)
    }

    fn from(engines: Engines, positions: &BTreeMap<String, String>) -> Self {
        let wire = Wire::default();
        let offset = Arc::new(Mutex::new(TimeDelta::zero()));
        // It starts at the real moment, which the engines know too, and then goes a millisecond each time it is asked:
        // what is remembered for ten seconds is not forgotten because the machine is busy.
        let (start, moved) = (wall_clock()(), offset.clone());
        let clock: Clock = Arc::new(move || {
            let mut offset = moved.lock().expect("no test panics while it holds the clock");
            *offset += TimeDelta::milliseconds(1);
            start + *offset
        });
        let containers = Containers::new(&engines, clock.clone(), Some(wire.wrap())).expect("the template is readable");
        let gateway = Gateway::new(containers, clock.clone());
        let settings = Template::load().and_then(|template| template.stream_mappings()).expect("mappings");
        let stream = engines.embedded.clone().map(|embedded| embedded.stream).expect("engines of this process");
        let uploads = engines.embedded.clone().map(|embedded| embedded.uploads).expect("engines of this process");
        let rules = Rules::new(uploads, &engines.bucket).expect("rules");
        let mapping = |settings: StreamMapping| {
            let position = positions.get(&settings.handler).cloned();
            Mapping::new(stream.clone(), settings, position)
        };
        let mappings = settings.into_iter().map(mapping).collect();
        Self { gateway, engines, wire, offset, clock, mappings, rules }
    }

    /// A stack over engines that no other test uses: for what is told from the table's stream.
    pub(crate) async fn alone() -> Self {
        Self::over(Engines::start(&Storage::Ephemeral, [127, 0, 0, 1].into(), 0).await.expect("engines"))
    }

    /// Lets everything that was written be told, and what follows from it be done.
    pub(crate) async fn drain(&self) -> DeliveryReport {
        let mut all = DeliveryReport::default();
        loop {
            let mut records = 0;
            for mapping in &self.mappings {
                let delivered = mapping.drain(self.gateway.containers()).await.expect("the stream can be read");
                records += delivered.records;
                all.records += delivered.records;
                all.calls += delivered.calls;
                all.dead_letters.extend(delivered.dead_letters);
            }
            if records == 0 {
                return all;
            }
        }
    }

    /// Delivers one batch of what was written to one function.
    pub(crate) async fn deliver(&self, function: &str) -> DeliveryReport {
        let mapping = self.mappings.iter().find(|mapping| mapping.handler() == function).expect("a consumer");
        mapping.deliver(self.gateway.containers()).await.expect("the stream can be read")
    }

    /// Lets every upload be dealt with.
    pub(crate) async fn route(&self) -> RoutingReport {
        self.rules.deliver(self.gateway.containers()).await
    }

    /// The stack's moment.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.clock)()
    }

    /// Moves the stack's clock on.
    pub(crate) fn advance(&self, by: TimeDelta) {
        *self.offset.lock().expect("no test panics while it holds the clock") += by;
    }

    /// Calls a function directly, as its operator does.
    pub(crate) async fn invoke(&self, function: &str, event: Value) -> anyhow::Result<Value> {
        self.gateway.containers().invoke(function, event).await
    }

    /// Runs what the template schedules for a function, now.
    pub(crate) async fn run_schedule(&self, function: &str) -> anyhow::Result<Value> {
        let schedules = Template::load().and_then(|template| template.schedules()).expect("schedules");
        let schedule = schedules.into_iter().find(|schedule| schedule.handler == function).expect("a schedule");
        schedule.run(self.gateway.containers(), self.now()).await
    }

    /// A tenant of its own, which trusts the local issuer.
    pub(crate) async fn tenant(&self) -> Tenant<'_> {
        static COUNT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
        let audience = format!(
            "test-{}-{}",
            self.now().timestamp_micros(),
            COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
        );
        let issuer = json!({"issuer": self.engines.issuer.url, "audience": audience, "jwks_url": self.engines.issuer.jwks_url()});
        let made = self.invoke("tenants.create", json!({"name": "Test", "issuers": [issuer]})).await.expect("a tenant");
        Tenant {
            stack: self,
            id: serde_json::from_value(made["tenant_id"].clone()).expect("an id"),
            key: made["key"].as_str().expect("a key").to_owned(),
            audience,
        }
    }
}

/// A tenant of one test.
pub(crate) struct Tenant<'a> {
    pub stack: &'a Stack,
    pub id: TenantId,
    pub key: String,
    pub audience: String,
}

impl<'a> Tenant<'a> {
    /// A caller with a token of this role, for an application where one is named.
    pub(crate) fn caller(&self, sub: &str, role: Role, app: Option<&str>, scope: Option<&str>) -> Caller<'a> {
        let claims = Claims { sub: sub.into(), role, app_id: app.map(str::to_owned), scope: scope.map(str::to_owned) };
        let issuer = &self.stack.engines.issuer;
        let token = issuer.token(&self.audience, &claims, self.stack.now(), TimeDelta::hours(1)).expect("a token");
        Caller::bearer(self.stack, token)
    }

    /// An admin with a token.
    pub(crate) fn admin(&self) -> Caller<'a> {
        self.caller("root@example.com", Role::Admin, None, None)
    }

    /// A manager with a token.
    pub(crate) fn manager(&self) -> Caller<'a> {
        self.caller("max@example.com", Role::Manager, None, None)
    }

    /// An application with a token and both scopes.
    pub(crate) fn application(&self, app: &str) -> Caller<'a> {
        self.caller("client", Role::Application, Some(app), Some("records:read records:write"))
    }

    /// The table, past the API.
    pub(crate) fn store(&self) -> Store {
        let config = self.stack.engines.config();
        rol_runtime::store(&config, rol_runtime::connector(&config))
    }

    /// Puts people, with their memberships, and records into the table, past the API; the stream does not tell of them.
    pub(crate) fn import(&self, people: &[Person], records: &[Record]) {
        let items = self.store().for_tenant(&self.id).seed_items(people, records).expect("items");
        self.stack.engines.embedded.as_ref().expect("engines of this process").import(items).expect("written");
    }

    /// The context of an admin who writes past the API.
    pub(crate) fn cx(&self) -> Cx {
        Cx {
            tenant: self.id,
            actor: Actor::Subject(PersonId::parse("filler").expect("valid")),
            subject: None,
            app_id: None,
            role: Role::Admin,
            scopes: None,
            groups: Default::default(),
            request_id: "fill".into(),
            now: self.stack.now(),
        }
    }

    /// Lets students see their records, or no longer.
    pub(crate) async fn show_students_their_records(&self, shown: bool) {
        let store = self.store();
        let mine = store.for_tenant(&self.id);
        let now = mine.settings().await.expect("settings");
        let patch = SettingsPatch { student_records_enabled: Patch::Value(shown), ..SettingsPatch::default() };
        let Some(next) = now.patched(patch, &self.cx()).expect("legal") else { return };
        let stamp = next.stamp.as_ref().expect("it is changed");
        assert!(mine.put_settings(&next.settings, stamp, now.version()).await.expect("written"));
    }

    /// The holder of the tenant's first key.
    pub(crate) fn key_holder(&self) -> Caller<'a> {
        Caller::bearer(self.stack, self.key.clone())
    }
}

/// A body for a record of a person.
pub(crate) fn record(person: &str, title: &str) -> Value {
    json!({"person_id": person, "title": title})
}

/// `base` with the members of `more`.
pub(crate) fn with(mut base: Value, more: Value) -> Value {
    base.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    base
}
