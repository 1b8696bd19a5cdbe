//! What is asked of the operating system for the whole process.

use crate::failure::Failure;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::stat::{Mode, umask};
use std::net::IpAddr;

/// No core file and no debugger may hold a meeting; files are for nobody else; enough sockets for a full house.
pub(crate) fn harden() -> Result<(), Failure> {
    let refused = |what: &str, error: nix::Error| Failure::new(format!("the system refuses {what}: {error}"));
    umask(Mode::from_bits_truncate(0o077));
    setrlimit(Resource::RLIMIT_CORE, 0, 0).map_err(|error| refused("to forbid core files", error))?;
    #[cfg(target_os = "linux")]
    nix::sys::prctl::set_dumpable(false).map_err(|error| refused("to protect the memory", error))?;
    let (open_files, most) =
        getrlimit(Resource::RLIMIT_NOFILE).map_err(|error| refused("to tell its limits", error))?;
    if open_files < most {
        setrlimit(Resource::RLIMIT_NOFILE, most, most).map_err(|error| refused("more open files", error))?;
    }
    Ok(())
}

/// All addresses of the interfaces that are up, without loopback and link-local ones.
pub(crate) fn interface_addresses() -> Vec<IpAddr> {
    let Ok(interfaces) = nix::ifaddrs::getifaddrs() else {
        return Vec::new();
    };
    let mut found: Vec<IpAddr> = interfaces
        .filter(|interface| interface.flags.contains(nix::net::if_::InterfaceFlags::IFF_UP))
        .filter_map(|interface| {
            let address = interface.address?;
            let v4 = address.as_sockaddr_in().map(|address| IpAddr::from(address.ip()));
            v4.or_else(|| address.as_sockaddr_in6().map(|address| IpAddr::from(address.ip())))
        })
        .filter(|address| !is_local(*address))
        .collect();
    // IPv4 first: it is what most people's networks carry best.
    found.sort_by_key(IpAddr::is_ipv6);
    found.dedup();
    found
}

fn is_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_loopback() || address.is_link_local() || address.is_unspecified(),
        IpAddr::V6(address) => {
            address.is_loopback() || address.is_unicast_link_local() || address.is_unspecified()
        }
    }
}

/// Number of cores this process may use.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
