//! What this process uses of its machine, read from Linux's `/proc`: three lines of text, so neither `unsafe` system
//! calls nor a crate for them. Elsewhere there are no figures, and nothing pretends otherwise.

use std::time::Duration;

/// CPU and memory that this process uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcessUse {
    /// Time on all cores since the start, in user and in kernel mode; steps of 10 ms.
    pub cpu: Duration,
    /// Memory in RAM.
    pub resident_bytes: u64,
}

impl ProcessUse {
    /// As of now; nothing where the system does not say.
    pub fn read() -> Option<Self> {
        Some(Self {
            cpu: cpu_time(&text("/proc/self/stat")?)?,
            resident_bytes: kilobytes(&text("/proc/self/status")?, "VmRSS:")?,
        })
    }
}

/// What this process may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Machine {
    /// Cores, less when a container's quota is smaller.
    pub cores: u32,
    /// Bytes of memory, less when a container's limit is smaller; nothing where the system does not say.
    pub memory_bytes: Option<u64>,
}

impl Machine {
    /// As it is now; it is not expected to change.
    pub fn read() -> Self {
        let installed = text("/proc/meminfo").and_then(|t| kilobytes(&t, "MemTotal:"));
        // Absent without a container, "max" without a limit.
        let limit = text("/sys/fs/cgroup/memory.max").and_then(|t| t.trim().parse().ok());
        Self {
            cores: std::thread::available_parallelism()
                .ok()
                .and_then(|n| u32::try_from(n.get()).ok())
                .unwrap_or(1),
            memory_bytes: installed.into_iter().chain(limit).min(),
        }
    }
}

fn text(path: &str) -> Option<String> {
    std::fs::read_to_string(path).ok()
}

/// `utime` and `stime` of proc_pid_stat(5), fields 14 and 15. Counted behind the last `)`, since the second field is
/// a file name that may contain spaces. Linux shows all clocks to user space in ticks of 1/100 s (`USER_HZ`).
fn cpu_time(stat: &str) -> Option<Duration> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_whitespace().skip(11).map(str::parse::<u64>);
    let ticks = times.next()?.ok()?.checked_add(times.next()?.ok()?)?;
    Some(Duration::from_millis(ticks.checked_mul(10)?))
}

/// The value behind a name in the files that list `Name:  123 kB`, in bytes.
fn kilobytes(list: &str, name: &str) -> Option<u64> {
    let rest = list.lines().find_map(|line| line.strip_prefix(name))?;
    let number: u64 = rest.trim().strip_suffix("kB")?.trim().parse().ok()?;
    number.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_found_behind_a_strange_name() {
        let stat = "42 (a) b (c)) S 1 42 42 0 -1 4194304 100 0 0 0 250 31 0 0 20 0 4 0 100 1000 200";
        assert_eq!(cpu_time(stat), Some(Duration::from_millis(2_810)));
        assert_eq!(cpu_time("42 (a) S 1 42"), None);
        assert_eq!(cpu_time(""), None);
    }

    #[test]
    fn kilobytes_become_bytes() {
        let status = "Name:\tkegelbahn\nVmPeak:\t 900 kB\nVmRSS:\t   512 kB\n";
        assert_eq!(kilobytes(status, "VmRSS:"), Some(524_288));
        assert_eq!(kilobytes(status, "VmSwap:"), None);
        assert_eq!(kilobytes("VmRSS: many kB", "VmRSS:"), None);
    }

    #[test]
    fn this_process_uses_something_of_a_machine() {
        let machine = Machine::read();
        let used = ProcessUse::read().expect("this system has /proc");
        assert!(machine.cores >= 1);
        assert!(machine.memory_bytes.is_some_and(|bytes| bytes > used.resident_bytes));
    }
}
