//! Every package that comes in, by cargo or by npm, has a licence from the list in deny.toml, comes from the public
//! registry and is not one of the banned ones. Reads lock files and manifests only: no tool, no network.

use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// npm packages whose manifest forgot the licence that lies in the package (looked at by hand).
const CLARIFIED: [(&str, &str); 2] = [("fuzzy", "MIT"), ("khroma", "MIT")];

/// The lists of deny.toml.
struct Policy {
    licences: Vec<String>,
    banned: Vec<String>,
}

impl Policy {
    fn read() -> Self {
        let text = std::fs::read_to_string(root().join("deny.toml")).expect("deny.toml can be read");
        let table: toml::Table = text.parse().expect("deny.toml is TOML");
        let list = |section: &str, key: &str| table[section][key].as_array().expect("a list").clone();
        let text = |value: &toml::Value| value.as_str().expect("a text").to_owned();
        let licences = list("licenses", "allow").iter().map(text).collect();
        let banned = list("bans", "deny").iter().map(|ban| text(&ban["name"])).collect();
        Self { licences, banned }
    }

    /// What is wrong with a package, if anything.
    fn judge(&self, name: &str, licence: Option<&str>, source: &str) -> Option<String> {
        const REGISTRIES: [&str; 2] =
            ["registry+https://github.com/rust-lang/crates.io-index", "https://registry.npmjs.org/"];
        if self.banned.iter().any(|banned| banned == name) {
            return Some(format!("{name} is banned"));
        }
        if !REGISTRIES.iter().any(|registry| source.starts_with(registry)) {
            return Some(format!("{name} comes from {source}"));
        }
        match licence {
            Some(licence) if self.allows(licence) => None,
            Some(licence) => Some(format!("{name} is {licence}")),
            None => Some(format!("{name} names no licence")),
        }
    }

    /// SPDX expressions: OR of ANDs of parentheses and names; the old `/` means OR.
    fn allows(&self, expression: &str) -> bool {
        let expression = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
        let words: Vec<&str> = expression.split_whitespace().collect();
        let mut rest = words.as_slice();
        self.any(&mut rest) && rest.is_empty()
    }

    fn any(&self, rest: &mut &[&str]) -> bool {
        let mut good = self.all(rest);
        while let ["OR", tail @ ..] = *rest {
            *rest = tail;
            good |= self.all(rest);
        }
        good
    }

    fn all(&self, rest: &mut &[&str]) -> bool {
        let mut good = self.one(rest);
        while let ["AND", tail @ ..] = *rest {
            *rest = tail;
            good &= self.one(rest);
        }
        good
    }

    fn one(&self, rest: &mut &[&str]) -> bool {
        match *rest {
            ["(", tail @ ..] => {
                *rest = tail;
                let good = self.any(rest);
                let closed = rest.first() == Some(&")");
                *rest = rest.get(1..).unwrap_or_default();
                good && closed
            }
            [name, "WITH", exception, tail @ ..] => {
                *rest = tail;
                self.licences.contains(&format!("{name} WITH {exception}"))
            }
            [name, tail @ ..] => {
                *rest = tail;
                self.licences.iter().any(|licence| licence == name)
            }
            [] => false,
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn output(command: &mut Command) -> String {
    let output = command.current_dir(root()).output().expect("the command starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("the output is UTF-8")
}

#[test]
fn crates_have_good_licences() {
    let policy = Policy::read();
    let version = output(Command::new("rustc").arg("-vV"));
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let arguments = ["metadata", "--format-version", "1", "--locked", "--filter-platform", host];
    let metadata: Value = serde_json::from_str(&output(Command::new(env!("CARGO")).args(arguments))).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 100, "only {} packages: not the whole tree", packages.len());
    let foreign = packages.iter().filter(|package| !package["source"].is_null());
    let wrong: Vec<String> = foreign
        .filter_map(|package| {
            let name = package["name"].as_str().unwrap();
            policy.judge(name, package["license"].as_str(), package["source"].as_str().unwrap())
        })
        .collect();
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn npm_packages_have_good_licences() {
    let policy = Policy::read();
    for lock in ["web/client/package-lock.json", "tests/browser/package-lock.json"] {
        let text = std::fs::read_to_string(root().join(lock)).unwrap();
        let lock: Value = serde_json::from_str(&text).unwrap();
        let packages = lock["packages"].as_object().unwrap();
        let foreign = packages.iter().filter(|(path, _)| !path.is_empty());
        let wrong: Vec<String> = foreign
            .filter_map(|(path, package)| {
                let name = path.rsplit("node_modules/").next().unwrap();
                let clarified =
                    CLARIFIED.iter().find(|(known, _)| *known == name).map(|(_, licence)| *licence);
                let licence = package["license"].as_str().or(clarified);
                // npm can be told to leave the registry's address out; the hash of the package stays.
                let source = match (package["resolved"].as_str(), package["integrity"].as_str()) {
                    (Some(source), _) => source,
                    (None, Some(_)) => "https://registry.npmjs.org/",
                    (None, None) => "nowhere",
                };
                policy.judge(name, licence, source)
            })
            .collect();
        assert_eq!(wrong, [""; 0]);
    }
}

#[test]
fn a_bad_package_is_caught() {
    let policy =
        Policy { licences: ["MIT", "ISC"].map(str::to_owned).to_vec(), banned: vec!["openssl".to_owned()] };
    for good in ["MIT", "GPL-3.0 OR MIT", "(MIT AND ISC)", "Apache-2.0/MIT", "(GPL-3.0 OR MIT) AND ISC"] {
        assert!(policy.allows(good), "{good}");
    }
    for bad in [
        "GPL-3.0",
        "MIT AND GPL-3.0",
        "(MIT OR ISC) AND GPL-3.0",
        "MIT WITH X",
        "",
        "(MIT",
        "MIT)",
        "SEE LICENSE",
    ] {
        assert!(!policy.allows(bad), "{bad}");
    }
    let registry = "https://registry.npmjs.org/x/-/x-1.tgz";
    assert_eq!(policy.judge("x", Some("MIT"), registry), None);
    assert!(policy.judge("x", None, registry).is_some());
    assert!(policy.judge("openssl", Some("MIT"), registry).is_some());
    assert!(policy.judge("x", Some("MIT"), "git+https://example.org/x").is_some());
}
