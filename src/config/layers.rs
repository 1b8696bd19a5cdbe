//! Values from several places, each remembering where it came from, so that a refusal can name file and line.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Variables that begin so are ours.
const PREFIX: &str = "KEGELBAHN__";

/// The four kinds of values that keys have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Value {
    Text(String),
    Number(i64),
    Switch(bool),
    List(Vec<String>),
}

impl Value {
    fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text in quotes",
            Self::Number(_) => "a whole number",
            Self::Switch(_) => "true or false",
            Self::List(_) => "a list of texts, e.g. [\"a\", \"b\"]",
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "\"{text}\""),
            Self::Number(number) => write!(f, "{number}"),
            Self::Switch(on) => write!(f, "{on}"),
            Self::List(texts) => write!(f, "{texts:?}"),
        }
    }
}

/// Where a value was written.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Origin {
    Default,
    /// Line 0 is the file as a whole.
    File {
        path: PathBuf,
        line: usize,
    },
    Variable(String),
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => write!(f, "config/default.toml"),
            Self::File { path, line: 0 } => write!(f, "{}", path.display()),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Variable(name) => write!(f, "{name}"),
            Self::Flag(name) => write!(f, "{name}"),
        }
    }
}

/// A sentence for the operator, with file and line or the variable's name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Problem {
    origin: Origin,
    sentence: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.origin, self.sentence)
    }
}

/// All keys, `section.key`, with the value of the uppermost layer.
pub(crate) struct Layers {
    defaults: BTreeMap<String, Value>,
    over: BTreeMap<String, (Value, Origin)>,
    problems: Vec<Problem>,
}

impl Layers {
    /// The lowest layer; it is ours and sound.
    pub(crate) fn new(defaults: &str) -> Self {
        let table = DeTable::parse(defaults).expect("config/default.toml is TOML");
        let mut layers = Self { defaults: BTreeMap::new(), over: BTreeMap::new(), problems: Vec::new() };
        for (section, keys) in table.get_ref() {
            let keys = keys.get_ref().as_table().expect("config/default.toml has sections only");
            for (key, value) in keys {
                let value = value_of(value.get_ref()).expect("config/default.toml has plain values only");
                layers.defaults.insert(format!("{}.{}", section.get_ref(), key.get_ref()), value);
            }
        }
        layers
    }

    /// A file of the operator's.
    pub(crate) fn add_file(&mut self, path: &Path) {
        let at = |line| Origin::File { path: path.to_owned(), line };
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => return self.complain(at(0), format!("this file cannot be read: {error}")),
        };
        let table = match DeTable::parse(&text) {
            Ok(table) => table,
            Err(error) => {
                let line = line_of(&text, error.span().map_or(0, |span| span.start));
                return self.complain(at(line), format!("this is not TOML: {}", error.message()));
            }
        };
        for (section, keys) in table.get_ref() {
            let line = line_of(&text, section.span().start);
            match keys.get_ref().as_table() {
                Some(_) if !self.sections().contains(&section.get_ref().as_ref()) => {
                    let sentence = self.unknown(&format!("{}.", section.get_ref()));
                    self.complain(at(line), sentence);
                }
                Some(keys) => self.add_section(section.get_ref(), keys, &|spot| at(line_of(&text, spot))),
                None => self.complain(
                    at(line),
                    format!(
                        "{} stands outside of a section; there are [{}]",
                        section.get_ref(),
                        self.sections().join("], [")
                    ),
                ),
            }
        }
    }

    fn add_section(&mut self, section: &str, keys: &DeTable<'_>, at: &dyn Fn(usize) -> Origin) {
        for (key, value) in keys {
            let name = format!("{section}.{}", key.get_ref());
            self.add(&name, at(key.span().start), |_| value_of(value.get_ref()));
        }
    }

    /// Variables of the environment; those that are not ours are passed over.
    pub(crate) fn add_variables(&mut self, variables: impl Iterator<Item = (String, String)>) {
        for (variable, text) in variables {
            let Some(rest) = variable.strip_prefix(PREFIX) else { continue };
            let name = rest.to_lowercase().replacen("__", ".", 1);
            self.add(&name, Origin::Variable(variable.clone()), |like| parsed(&text, like));
        }
    }

    /// A flag of the command line; for keys that are texts.
    pub(crate) fn add_flag(&mut self, name: &str, flag: &'static str, path: &Path) {
        self.add(name, Origin::Flag(flag), |_| path.to_str().map(|text| Value::Text(text.to_owned())));
    }

    fn add(&mut self, name: &str, origin: Origin, value: impl FnOnce(&Value) -> Option<Value>) {
        let Some(default) = self.defaults.get(name) else {
            return self.complain(origin, self.unknown(name));
        };
        match value(default) {
            Some(value) if value.kind() == default.kind() => {
                self.over.insert(name.to_owned(), (value, origin));
            }
            _ => {
                let sentence = format!("{name} has to be {}", default.kind());
                self.complain(origin, sentence);
            }
        }
    }

    fn unknown(&self, name: &str) -> String {
        let section = name.split_once('.').map_or("", |(section, _)| section);
        let known: Vec<&str> =
            self.defaults.keys().filter_map(|known| known.strip_prefix(section)?.strip_prefix('.')).collect();
        if known.is_empty() {
            format!("there is no section [{section}]; there are [{}]", self.sections().join("], ["))
        } else {
            format!("there is no key {name}; [{section}] has {}", known.join(", "))
        }
    }

    fn sections(&self) -> Vec<&str> {
        let mut sections: Vec<&str> = self
            .defaults
            .keys()
            .filter_map(|name| name.split_once('.').map(|(section, _)| section))
            .collect();
        sections.dedup();
        sections
    }

    fn complain(&mut self, origin: Origin, sentence: String) {
        self.problems.push(Problem { origin, sentence });
    }

    /// Reads a key. A value that `parse` does not take is a problem (`allowed` says what would do), and the default
    /// stands in for it, so that all problems are found in one go.
    pub(crate) fn read<T>(&mut self, name: &str, allowed: &str, parse: impl Fn(&Value) -> Option<T>) -> T {
        if let Some((value, origin)) = self.over.get(name) {
            if let Some(value) = parse(value) {
                return value;
            }
            let (origin, sentence) = (origin.clone(), format!("{name} is {value}; allowed is {allowed}"));
            self.complain(origin, sentence);
        }
        let default = self.defaults.get(name).expect("every key that is read has a default");
        parse(default).expect("every default is allowed")
    }

    /// Two keys that do not go together: named by the first of them that was written somewhere.
    pub(crate) fn refuse(&mut self, names: &[&str], sentence: &str) {
        let origin = names.iter().find_map(|name| self.over.get(*name)).map(|(_, origin)| origin.clone());
        self.complain(origin.unwrap_or(Origin::Default), sentence.to_owned());
    }

    /// Whether there was a problem.
    pub(crate) fn finish(self) -> Result<(), Vec<Problem>> {
        if self.problems.is_empty() { Ok(()) } else { Err(self.problems) }
    }
}

fn value_of(value: &DeValue<'_>) -> Option<Value> {
    match value {
        DeValue::String(text) => Some(Value::Text(text.clone().into_owned())),
        DeValue::Boolean(on) => Some(Value::Switch(*on)),
        DeValue::Integer(number) => {
            i64::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok().map(Value::Number)
        }
        DeValue::Array(items) => items
            .iter()
            .map(|item: &Spanned<DeValue<'_>>| text_of(item.get_ref()))
            .collect::<Option<_>>()
            .map(Value::List),
        DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Table(_) => None,
    }
}

fn text_of(value: &DeValue<'_>) -> Option<String> {
    value.as_str().map(ToOwned::to_owned)
}

/// A variable's text, as the kind of value that the key has.
fn parsed(text: &str, like: &Value) -> Option<Value> {
    match like {
        Value::Text(_) => Some(Value::Text(text.to_owned())),
        Value::Number(_) => text.trim().parse().ok().map(Value::Number),
        Value::Switch(_) => text.trim().parse().ok().map(Value::Switch),
        // As in the file, or simply with commas.
        Value::List(_) if text.trim_start().starts_with('[') => {
            let mut document: BTreeMap<String, Vec<String>> =
                toml::from_str(&format!("list = {text}")).ok()?;
            document.remove("list").map(Value::List)
        }
        Value::List(_) => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            Some(Value::List(items.map(|item| Cow::from(item).into_owned()).collect()))
        }
    }
}

fn line_of(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|&byte| byte == b'\n').count()
}
