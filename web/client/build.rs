//! Builds the browser client into `dist`, which `assets/lib.rs` embeds.
//!
//! `npm ci` runs only when the lock file changed, Vite only when a source did. Cargo hides what build scripts print,
//! so progress goes to the terminal itself where there is one. `KEGELBAHN_SKIP_CLIENT=1` leaves `dist` as it is.

use std::collections::VecDeque;
use std::collections::hash_map::DefaultHasher;
use std::fs::{self, File, OpenOptions};
use std::hash::{Hash, Hasher};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

const INPUTS: [&str; 9] = [
    "assets/pack.mjs",
    "build.rs",
    "index.html",
    "package-lock.json",
    "package.json",
    "public",
    "src",
    "tsconfig.json",
    "vite.config.ts",
];
/// Oldest Node that Vite runs on.
const NODE_OLDEST: (u32, u32) = (20, 19);
const HINT: &str = "or set KEGELBAHN_SKIP_CLIENT=1 to build the server alone";
/// What is shown of a command that failed.
const LINES_SHOWN: usize = 40;

fn main() {
    println!("cargo::rerun-if-env-changed=KEGELBAHN_SKIP_CLIENT");
    for input in INPUTS {
        println!("cargo::rerun-if-changed={input}");
    }
    let built = if std::env::var_os("KEGELBAHN_SKIP_CLIENT").is_some_and(|value| value != "0") {
        placeholder()
    } else {
        build()
    };
    if let Err(sentence) = built {
        for line in sentence.lines() {
            println!("cargo::error={line}");
        }
    }
}

/// The folder has to be there, with a document that says what is missing.
fn placeholder() -> Result<(), String> {
    let document = Path::new("dist/index.html");
    if document.exists() {
        return Ok(());
    }
    println!("cargo::warning=KEGELBAHN_SKIP_CLIENT is set: this build serves no pages");
    let text = "<!doctype html><html lang=\"en\"><title>Kegelbahn</title><p>This server was built without its client.";
    fs::create_dir_all("dist")
        .and_then(|()| fs::write(document, text))
        .map_err(|error| format!("dist: {error}"))
}

fn build() -> Result<(), String> {
    let wanted = fingerprint().map_err(|error| format!("the client's sources cannot be read: {error}"))?;
    let stamp = Path::new("dist/.built-from");
    if fs::read_to_string(stamp).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    check_node()?;
    let mut terminal = Terminal::open();
    install(&mut terminal)?;
    terminal.say("building the client (vite build)");
    run("npm", &["run", "build"], &mut terminal)?;
    terminal.say("packing the client (brotli, gzip)");
    run("node", &["assets/pack.mjs", "dist"], &mut terminal)?;
    terminal.say("the client is built");
    fs::write(stamp, wanted).map_err(|error| format!("dist: {error}"))
}

/// npm keeps no mark of the lock file it installed, so we do.
fn install(terminal: &mut Terminal) -> Result<(), String> {
    let lock = fs::read("package-lock.json").map_err(|error| format!("package-lock.json: {error}"))?;
    let stamp = Path::new("node_modules/.installed-from");
    if fs::read(stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    terminal.say("installing the client's packages (npm ci): about half a minute");
    run("npm", &["ci", "--include=dev", "--no-audit", "--no-fund"], terminal)?;
    fs::write(stamp, lock).map_err(|error| format!("node_modules: {error}"))
}

fn check_node() -> Result<(), String> {
    let (major, minor) = NODE_OLDEST;
    let wanted = format!("Kegelbahn's client needs Node.js {major}.{minor} or newer with npm");
    let Some(version) = version_of("node") else {
        return Err(format!(
            "{wanted}; there is no `node` here. Install it from https://nodejs.org, {HINT}."
        ));
    };
    if version_of("npm").is_none() {
        return Err(format!("{wanted}; there is Node.js {version}, but no `npm`. Install npm, {HINT}."));
    }
    let mut numbers = version.split('.').map(|number| number.parse::<u32>().unwrap_or(0));
    let found = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if found < NODE_OLDEST {
        return Err(format!(
            "{wanted}; this is {version}. Install a newer one from https://nodejs.org, {HINT}."
        ));
    }
    Ok(())
}

fn version_of(program: &str) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().trim_start_matches('v').to_owned())
}

/// Runs a program, shows its output as it comes, and gives the end of it when it fails.
fn run(program: &str, arguments: &[&str], terminal: &mut Terminal) -> Result<(), String> {
    let failed = |why: String| format!("`{program} {}` in web/client failed: {why}", arguments.join(" "));
    let (reader, writer) = std::io::pipe().map_err(|error| failed(error.to_string()))?;
    let errors = writer.try_clone().map_err(|error| failed(error.to_string()))?;
    let mut command = Command::new(program);
    command.args(arguments).stdout(writer).stderr(errors);
    // Cargo's words for itself mean something else to Node's tools.
    for variable in ["DEBUG", "HOST", "TARGET", "PROFILE"] {
        command.env_remove(variable);
    }
    let mut child = command.spawn().map_err(|error| failed(error.to_string()))?;
    // The command holds our ends of the pipe; without them gone the reader would wait for ever.
    drop(command);
    let mut last = VecDeque::new();
    for line in BufReader::new(reader).lines().map_while(Result::ok) {
        terminal.show(&line);
        if last.len() == LINES_SHOWN {
            last.pop_front();
        }
        last.push_back(line);
    }
    let status = child.wait().map_err(|error| failed(error.to_string()))?;
    if status.success() {
        Ok(())
    } else {
        Err(failed(format!("{status}\n{}", last.make_contiguous().join("\n"))))
    }
}

/// The terminal behind cargo's back.
struct Terminal(Option<File>);

impl Terminal {
    fn open() -> Self {
        Self(OpenOptions::new().write(true).open("/dev/tty").ok())
    }

    fn say(&mut self, what: &str) {
        match self.0 {
            Some(_) => self.show(&format!("\x1b[1mKegelbahn\x1b[0m {what}")),
            // A log file: cargo shows these when the build of this crate has ended.
            None => println!("cargo::warning={what}"),
        }
    }

    fn show(&mut self, line: &str) {
        if let Some(terminal) = &mut self.0 {
            // Over cargo's progress line, which it draws anew. A terminal that went away is no reason to fail.
            writeln!(terminal, "\r\x1b[K    {line}").ok();
        }
    }
}

/// Of the names and contents of everything that goes into the client.
fn fingerprint() -> std::io::Result<String> {
    let mut files = Vec::new();
    for input in INPUTS {
        collect(Path::new(input), &mut files)?;
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.hash(&mut hasher);
        fs::read(&file)?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            collect(&entry?.path(), files)?;
        }
    } else {
        files.push(path.to_owned());
    }
    Ok(())
}
