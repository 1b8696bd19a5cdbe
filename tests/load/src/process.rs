//! What a process of this machine used, from `/proc`.

use std::time::Duration;

/// CPU time and memory at a moment.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Usage {
    /// Of all threads.
    pub(crate) cpu: Duration,
    /// Of those that carry media.
    pub(crate) media_cpu: Duration,
    /// Resident, bytes.
    pub(crate) memory: u64,
}

/// `None` once the process is gone.
pub(crate) fn usage(pid: u32) -> Option<Usage> {
    let mut usage = Usage::default();
    for task in std::fs::read_dir(format!("/proc/{pid}/task")).ok()?.flatten() {
        let read = |name: &str| std::fs::read_to_string(task.path().join(name)).unwrap_or_default();
        let spent = read("schedstat").split(' ').next().and_then(|spent| spent.parse().ok());
        let spent = Duration::from_nanos(spent.unwrap_or(0));
        usage.cpu += spent;
        if read("comm").starts_with("media-") {
            usage.media_cpu += spent;
        }
    }
    usage.memory = kilobytes(&std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?)? * 1024;
    Some(usage)
}

fn kilobytes(status: &str) -> Option<u64> {
    status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_uses_something() {
        let usage = usage(std::process::id()).unwrap();
        assert!(usage.memory > 100_000);
        assert!(usage.cpu > Duration::ZERO);
        assert_eq!(usage.media_cpu, Duration::ZERO);
        assert_eq!(kilobytes("Name:\tx\nVmRSS:\t   1234 kB\n"), Some(1234));
    }
}
