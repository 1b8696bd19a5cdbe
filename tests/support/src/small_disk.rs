//! A disk of few bytes over a folder, in memory and in a mount namespace of its own: only who is started in there sees it.
//!
//! `sleep` holds the namespace; whoever is started in there takes the place of `nsenter`, and so has its process id.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// See the module's text. It is gone when this is dropped.
pub(crate) struct SmallDisk {
    holder: Child,
    entering: Vec<String>,
    path: PathBuf,
}

impl SmallDisk {
    pub(crate) fn mount(folder: &Path, bytes: u64) -> Self {
        let script =
            format!("mount -t tmpfs -o mode=0700,size={bytes} disk \"$0\" && echo && exec sleep infinity");
        // Whoever is not root may still be so in a user namespace.
        let is_root = run(Command::new("unshare").args(["--mount", "true"]));
        let (unshare, enter) = if is_root {
            (&["--mount"][..], &["--mount"][..])
        } else {
            (
                &["--user", "--map-root-user", "--mount"][..],
                &["--user", "--preserve-credentials", "--mount"][..],
            )
        };
        let mut holder = Command::new("unshare")
            .args(unshare)
            .args(["sh", "-c", &script])
            .arg(folder)
            .stdout(Stdio::piped())
            .spawn()
            .expect("unshare exists");
        let mut line = String::new();
        BufReader::new(holder.stdout.take().expect("piped"))
            .read_line(&mut line)
            .expect("a pipe can be read");
        assert_eq!(line, "\n", "the disk is mounted");
        let target = format!("--target={}", holder.id());
        let entering = std::iter::once(target).chain(enter.iter().map(|part| (*part).to_owned())).collect();
        let inside = folder.strip_prefix("/").expect("an absolute path");
        let path = PathBuf::from(format!("/proc/{}/root", holder.id())).join(inside);
        Self { holder, entering, path }
    }

    /// The folder as those outside see it.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Starts a program that sees the disk.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new("nsenter");
        command.args(&self.entering).arg("--").arg(program);
        command
    }
}

fn run(command: &mut Command) -> bool {
    command.stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // An error means that it has ended before.
        self.holder.kill().ok();
        self.holder.wait().ok();
    }
}
