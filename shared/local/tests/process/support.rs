//! The binary as a process, and the least of an HTTP client.

use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Lines, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio},
    sync::mpsc,
    time::Duration,
};
use tempfile::TempDir;

/// The last line that a stack prints when it is ready.
const LAST_LINE: &str = "Ctrl-C stops it.";
/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(30);

/// A directory of one test: where its processes run, with a temporary directory of their own in it.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        let place = Self(TempDir::new().expect("a directory"));
        std::fs::create_dir(place.temporary()).expect("a directory");
        place
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// What the processes take for the system's temporary directory.
    pub(crate) fn temporary(&self) -> PathBuf {
        self.path().join("tmp")
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_records-of-learning"));
        // Whoever wants backtraces of panics shall not get them with every message.
        command.args(arguments).current_dir(self.path()).env("TMPDIR", self.temporary()).env("RUST_BACKTRACE", "1");
        command.env_remove("LOG_LEVEL").stdin(Stdio::null());
        command
    }

    /// Runs a command to its end, which it has to come to by itself.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        let child = self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a process");
        let pid = child.id().to_string();
        let (send, ended) = mpsc::channel();
        std::thread::spawn(move || send.send(child.wait_with_output()));
        let output = ended.recv_timeout(PATIENCE).unwrap_or_else(|_| {
            signal("KILL", &pid);
            panic!("{arguments:?} does not end")
        });
        output.expect("its output")
    }

    /// Runs a command that succeeds, and gives what it printed.
    pub(crate) fn print(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("a text").trim().to_owned()
    }

    /// Runs a command that fails, and gives what it said.
    pub(crate) fn fail(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
        assert_eq!(output.stdout, b"");
        String::from_utf8(output.stderr).expect("a text").trim_end().to_owned()
    }

    /// Starts a stack on free ports, and waits until it is ready.
    pub(crate) fn start(&self, arguments: &[&str]) -> Stack {
        let mut command = self.command(&["--port", "0", "--ready-file", "ready.json"]);
        let mut child = command.args(arguments).stdout(Stdio::piped()).spawn().expect("a process");
        let output = child.stdout.take().expect("its output");
        let mut stack =
            Stack { child, output: Some(BufReader::new(output).lines()), printed: vec![], ready: json!({}) };
        while stack.printed.last().is_none_or(|line| line != LAST_LINE) {
            let line = stack.output.as_mut().and_then(Iterator::next);
            let line = line.unwrap_or_else(|| panic!("ended before it was ready: {:?}", stack.printed));
            stack.printed.push(line.expect("a text"));
        }
        let text = std::fs::read_to_string(self.path().join("ready.json")).expect("a ready file");
        stack.ready = serde_json::from_str(&text).expect("JSON");
        stack
    }

    /// Starts a stack that keeps its state here.
    pub(crate) fn start_kept(&self) -> Stack {
        self.start(&["--data-dir", "state"])
    }
}

/// Sends a signal to a process.
fn signal(name: &str, pid: &str) {
    let sent = Command::new("kill").args(["-s", name, pid]).status().expect("kill");
    assert!(sent.success(), "{pid} got no {name}");
}

/// A stack that runs; killed when it is dropped.
pub(crate) struct Stack {
    child: Child,
    output: Option<Lines<BufReader<ChildStdout>>>,
    /// What it has printed.
    pub(crate) printed: Vec<String>,
    /// Its ready file.
    pub(crate) ready: Value,
}

impl Stack {
    /// A value of the ready file.
    pub(crate) fn at(&self, name: &str) -> &str {
        self.ready[name].as_str().unwrap_or_else(|| panic!("no {name} in {}", self.ready))
    }

    /// The API's port.
    pub(crate) fn port(&self) -> &str {
        self.at("base_url").rsplit(':').next().expect("a port")
    }

    /// Asks the API, with a bearer's credential.
    pub(crate) fn ask(&self, credential: &str, method: &str, path: &str, body: &Value) -> Answer {
        let url = format!("{}{path}", self.at("base_url"));
        let authorization = format!("Bearer {credential}");
        let headers = [("authorization", authorization.as_str()), ("content-type", "application/json")];
        let body = if body.is_null() { String::new() } else { body.to_string() };
        send(method, &url, &headers, body.as_bytes())
    }

    /// Asks the API as the demo tenant's admin.
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask(self.at("api_key"), "GET", path, &Value::Null)
    }

    /// Makes a record as the demo tenant's admin, and gives its path.
    pub(crate) fn make_record(&self, title: &str) -> String {
        let body = json!({"person_id": "grace", "title": title});
        let answer = self.ask(self.at("api_key"), "POST", "/v1/learning-records", &body);
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.header("location").expect("a location").to_owned()
    }

    /// Ends it at once, as a crash would.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("a process to kill");
        self.child.wait().expect("its end");
    }

    /// Sends it a signal, and gives how it ended and what it still printed.
    pub(crate) fn stop(mut self, signal: &str) -> (ExitStatus, Vec<String>) {
        let pid = self.child.id().to_string();
        self::signal(signal, &pid);
        let (send, ended) = mpsc::channel();
        let output = self.output.take().expect("its output");
        std::thread::spawn(move || send.send(output.map_while(Result::ok).collect()));
        let rest = ended.recv_timeout(PATIENCE).expect("it stops when it is told to");
        (self.child.wait().expect("its end"), rest)
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// An answer over HTTP.
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let headers = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        headers.into_iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
}

/// Sends a request, on a connection of its own.
pub(crate) fn send(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    try_send(method, url, headers, body).unwrap_or_else(|error| panic!("{method} {url}: {error}"))
}

/// Sends a request to somebody who may be gone.
pub(crate) fn try_send(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Result<Answer, std::io::Error> {
    let address = url.strip_prefix("http://").expect("a URL of this machine");
    let (host, path) = address.split_once('/').unwrap_or((address, ""));
    let mut head = format!("{method} /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    head += &format!("content-length: {}\r\n\r\n", body.len());
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    parse(&answer).ok_or_else(|| std::io::Error::other("half an answer"))
}

/// `None` for what is not whole.
fn parse(answer: &[u8]) -> Option<Answer> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8(answer[..end].to_vec()).ok()?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let answer = Answer { status, head, body: answer[end + 4..].to_vec() };
    assert_eq!(answer.header("transfer-encoding"), None, "this client does not know it");
    let is_whole = answer.header("content-length").is_none_or(|length| length == answer.body.len().to_string());
    is_whole.then_some(answer)
}
