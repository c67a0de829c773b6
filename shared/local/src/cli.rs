//! The command line.

use crate::{
    Claims, Containers, Demo, Engines, LocalIssuer, Seed, Storage, attach,
    console::say,
    dead_letters::redrive,
    engines::dead_letters_in,
    openapi, seed,
    server::{self, Options},
    state::{self, DEFAULT_DIRECTORY, Ready},
};
use anyhow::{Context, Result, bail};
use chrono::TimeDelta;
use clap::{Args, Parser, Subcommand, ValueEnum};
use rol_domain::{Role, TenantId};
use rol_runtime::wall_clock;
use serde_json::{Value, json};
use std::{fs::File, net::IpAddr, path::PathBuf, process::ExitCode};
use tracing_subscriber::EnvFilter;

/// Records of Learning on this machine: the deployed handlers over embedded engines.
///
/// Without a command it starts the stack and prints how to reach it.
#[derive(Debug, Parser)]
#[command(name = "records-of-learning", version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Serve,
}

#[derive(Debug, Args)]
struct Serve {
    /// The API's port; DynamoDB, S3 and the issuer take the three after it. 0 takes any free ones.
    #[arg(long, default_value_t = DEFAULT_PORT, value_parser = clap::value_parser!(u16).range(..=65532))]
    port: u16,
    /// The address to listen on. 0.0.0.0 lets containers on this machine in, and everybody else who can reach it.
    #[arg(long, default_value = "127.0.0.1")]
    host: IpAddr,
    /// Where the state is kept.
    #[arg(long, default_value = DEFAULT_DIRECTORY, conflicts_with = "ephemeral")]
    data_dir: PathBuf,
    /// Keep no state.
    #[arg(long)]
    ephemeral: bool,
    /// Write a JSON file that says where everything is, once everything answers.
    #[arg(long)]
    ready_file: Option<PathBuf>,
}

/// The API's port where none is named.
const DEFAULT_PORT: u16 = 4000;

#[derive(Debug, Subcommand)]
enum Command {
    /// Run one event through a function and print its answer.
    Invoke {
        /// The function, as the template's `Handler` names it: `records.create`.
        function: String,
        /// A file with the event; `-` for standard input.
        event: PathBuf,
        #[command(flatten)]
        state: State,
    },
    /// Mint a token of the local issuer.
    Token {
        /// As whom: the token's `sub`.
        #[arg(long)]
        sub: String,
        /// In which role.
        #[arg(long, value_enum)]
        role: RoleArg,
        /// For which tenant; the demo tenant by default.
        #[arg(long)]
        tenant: Option<TenantId>,
        /// For which application.
        #[arg(long)]
        app: Option<String>,
        /// With which scopes, for an application: `records:read records:write`.
        #[arg(long)]
        scope: Option<String>,
        /// For how many minutes.
        #[arg(long, default_value_t = 60)]
        minutes: u32,
        #[command(flatten)]
        state: State,
    },
    /// Tenants.
    Tenant {
        #[command(subcommand)]
        command: TenantCommand,
    },
    /// Attach PDFs to a record: declare, upload and wait until they were checked.
    Attach {
        /// The record's id; `lrn_01KDVDNA00A53GJ0QJ00000001` is one of the demo tenant.
        record: String,
        /// The files, at most 10.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// An API key; the demo tenant's by default.
        #[arg(long)]
        key: Option<String>,
        #[command(flatten)]
        state: State,
    },
    /// Deliver again what was parked from the table's stream and the bucket's events; what was told already is not told
    /// twice.
    Redrive {
        /// The state to work on.
        #[arg(long, default_value = DEFAULT_DIRECTORY)]
        data_dir: PathBuf,
    },
    /// Fill a tenant with realistic records, for trying how they are found; those of one day are the same every time.
    Seed {
        /// How many records.
        #[arg(long)]
        records: usize,
        /// How many people they are shared out among; a fifth of the records by default.
        #[arg(long)]
        people: Option<usize>,
        /// For which tenant; the demo tenant by default.
        #[arg(long)]
        tenant: Option<TenantId>,
        /// The state to work on, on which no stack runs.
        #[arg(long, default_value = DEFAULT_DIRECTORY)]
        data_dir: PathBuf,
    },
    /// Print the OpenAPI document.
    Openapi {
        /// Write it into `functions/meta`, with a line for each operation beside it.
        #[arg(long, conflicts_with = "check")]
        write: bool,
        /// Fail where `functions/meta` has another.
        #[arg(long)]
        check: bool,
    },
}

#[derive(Debug, Subcommand)]
enum TenantCommand {
    /// Make a tenant and its first admin key, which is shown once.
    Create {
        /// Its name.
        #[arg(long)]
        name: String,
        #[command(flatten)]
        state: State,
    },
}

#[derive(Debug, Args)]
struct State {
    /// The state to work on: through the stack that runs on it, or directly where none does.
    #[arg(long, default_value = DEFAULT_DIRECTORY, conflicts_with = "stack")]
    data_dir: PathBuf,
    /// The ready file of a running stack to work on, an ephemeral one for instance.
    #[arg(long)]
    stack: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum RoleArg {
    Admin,
    Manager,
    Educator,
    Student,
    Application,
}

impl From<RoleArg> for Role {
    fn from(role: RoleArg) -> Self {
        match role {
            RoleArg::Admin => Self::Admin,
            RoleArg::Manager => Self::Manager,
            RoleArg::Educator => Self::Educator,
            RoleArg::Student => Self::Student,
            RoleArg::Application => Self::Application,
        }
    }
}

/// Does what the command line says; what keeps it from doing so is said on standard error, without a backtrace.
pub fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<()> {
    // The engine warns of every condition that fails, which is how a missing record is told from a stale one.
    let filter = EnvFilter::try_from_env("LOG_LEVEL").unwrap_or_else(|_| EnvFilter::new("warn,dynoxide=error"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(act(cli))
}

async fn act(cli: Cli) -> Result<()> {
    match cli.command {
        None => {
            let Serve { port, host, data_dir, ephemeral, ready_file } = cli.serve;
            let storage = if ephemeral { Storage::Ephemeral } else { Storage::Directory(data_dir) };
            server::run(Options { host, port, storage, ready_file }).await
        }
        Some(Command::Invoke { function, event, state }) => {
            let event = read(&event)?;
            let (engines, _lock) = state.engines().await?;
            let answer = Containers::new(&engines, wall_clock(), None)?.invoke(&function, event).await?;
            say(serde_json::to_string_pretty(&answer)?)
        }
        Some(Command::Token { sub, role, tenant, app, scope, minutes, state }) => {
            let tenant = tenant.map_or_else(|| Demo::new().map(|demo| demo.tenant), Ok)?;
            let claims = Claims { sub, role: role.into(), app_id: app, scope };
            let lifetime = TimeDelta::minutes(minutes.into());
            say(state.issuer()?.token(&tenant.to_string(), &claims, wall_clock()(), lifetime)?)
        }
        Some(Command::Tenant { command: TenantCommand::Create { name, state } }) => {
            let (engines, _lock) = state.engines().await?;
            let containers = Containers::new(&engines, wall_clock(), None)?;
            let mut made = containers.invoke("tenants.create", json!({"name": name})).await?;
            // The audience of the local issuer is the tenant's id, which is known only now.
            let tenant: TenantId = serde_json::from_value(made["tenant_id"].clone())?;
            let issuer = engines.issuer.trusted_by(tenant);
            rol_runtime::store(&engines.config(), rol_runtime::connector(&engines.config()))
                .put_issuer(&issuer)
                .await?;
            made["issuers"] = json!([{"issuer": issuer.issuer, "audience": issuer.audience}]);
            say(serde_json::to_string_pretty(&made)?)
        }
        Some(Command::Attach { record, files, key, state }) => {
            let (engines, _lock) = state.engines().await?;
            let key = key.map_or_else(|| Demo::new().map(|demo| demo.key), Ok)?;
            attach::run(&engines, key, &record, &files).await
        }
        Some(Command::Redrive { data_dir }) => {
            let directory = dead_letters_in(&data_dir);
            let (engines, _lock) = State { data_dir, stack: None }.engines().await?;
            let done = redrive(&directory, &Containers::new(&engines, wall_clock(), None)?).await?;
            for path in &done.told {
                say(format!("told {}", path.display()))?;
            }
            say(format!("{} dead letters were delivered", done.told.len()))?;
            if let Some((path, why)) = done.left.first() {
                bail!("{} could not be told, the first of them {}: {why}", done.left.len(), path.display());
            }
            Ok(())
        }
        Some(Command::Seed { records, people, tenant, data_dir }) => {
            let tenant = tenant.map_or_else(|| Demo::new().map(|demo| demo.tenant), Ok)?;
            let (engines, _lock) = State { data_dir, stack: None }.engines().await?;
            let embedded = engines.embedded.as_ref().context("a stack runs on this state: stop it first")?;
            let store = rol_runtime::store(&engines.config(), rol_runtime::connector(&engines.config()));
            let people = people.unwrap_or(records.div_ceil(5));
            let (bar, started) = (seed::bar()?, std::time::Instant::now());
            let now = wall_clock()().date_naive().and_time(chrono::NaiveTime::MIN).and_utc();
            Seed { tenant, now, people, records }.fill(&store, embedded, &bar).await?;
            bar.finish();
            say(format!("{people} people with {records} records in {} s", started.elapsed().as_secs()))
        }
        Some(Command::Openapi { write: true, .. }) => openapi::write(),
        Some(Command::Openapi { check: true, .. }) => openapi::check(),
        Some(Command::Openapi { .. }) => say(openapi::text()?.trim_end()),
    }
}

fn read(path: &PathBuf) -> Result<Value> {
    let text = if path.as_os_str() == "-" {
        std::io::read_to_string(std::io::stdin()).context("reading standard input")?
    } else {
        std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?
    };
    serde_json::from_str(&text).with_context(|| format!("{} is no JSON", path.display()))
}

impl State {
    /// The engines of the state: those of the stack that runs on it, or new ones, held as long as the lock.
    async fn engines(&self) -> Result<(Engines, Option<File>)> {
        if let Some(path) = &self.stack {
            return Ok((self.stack_at(path)?.engines(), None));
        }
        let Some(lock) = state::take(&self.data_dir)? else {
            return Ok((Ready::of(&self.data_dir)?.engines(), None));
        };
        let storage = Storage::Directory(self.data_dir.clone());
        let engines = Engines::start(&storage, IpAddr::from([127, 0, 0, 1]), 0).await?;
        Demo::new()?.settle(&engines).await?;
        Ok((engines, Some(lock)))
    }

    /// The issuer of the stack that runs on the state, ran on it last, or would run without any options.
    fn issuer(&self) -> Result<LocalIssuer> {
        match &self.stack {
            Some(path) => Ok(self.stack_at(path)?.engines().issuer),
            None => Ok(Ready::of(&self.data_dir).map_or_else(
                |_| LocalIssuer::at(format!("http://127.0.0.1:{}", DEFAULT_PORT + 3)),
                |ready| ready.engines().issuer,
            )),
        }
    }

    fn stack_at(&self, path: &PathBuf) -> Result<Ready> {
        Ok(serde_json::from_value(read(path)?)?)
    }
}
