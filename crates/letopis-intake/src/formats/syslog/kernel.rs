//! The Linux kernel: packets, removable media, memory and disk that ran out, links, boot and shutdown.

use letopis_event::{EventBuf, Kind, Number, Outcome, Text};

use super::{firewall, set_kind, vpn};
use crate::formats::auditd;
use crate::formats::scan::Cut as _;
use crate::formats::scan::{self, AnyOf, has, split, word};

/// Reads one message of the kernel.
pub(super) fn read(message: &str, event: &mut EventBuf) -> bool {
    let mut text = message;
    if let Some(rest) = message.strip_prefix('[')
        && let Some((uptime, rest)) = split(rest, "]")
        && uptime.trimmed().bytes().all(|b| b.is_ascii_digit() || b == b'.')
    {
        event.attr("uptime", uptime.trimmed());
        text = rest.trimmed_start();
    }
    if firewall::read(text, event) {
        return true;
    }
    event.set(Text::Service, "kernel");
    if let Some(rest) = text.strip_prefix("audit: ") {
        return audit(rest, event);
    }
    if text.starts_with("type=") {
        return auditd::read_embedded(text, event);
    }
    if text.starts_with("wireguard: ") {
        return vpn::read("wireguard", text, event);
    }
    media(text, event) || exhausted(text, event) || read_link(text, event) || machine(text, event)
}

/// Records that come to the kernel's log where no audit daemon runs.
fn audit(text: &str, event: &mut EventBuf) -> bool {
    if text.starts_with("type=") {
        return auditd::read_embedded(text, event);
    }
    if has(text, "backlog limit exceeded") || has(text, "queue overflow") || text.starts_with("audit_lost=") {
        event.outcome = Outcome::Failure;
        return set_kind(event, Kind::LOG_FAILURE);
    }
    false
}

/// USB devices and the disks on them.
fn media(text: &str, event: &mut EventBuf) -> bool {
    if let Some(rest) = text.strip_prefix("usb ")
        && let Some((port, rest)) = split(rest, ": ")
    {
        return usb(port, rest, event);
    }
    if let Some(rest) = text.strip_prefix("usb-storage ") {
        let (port, rest) = split(rest, ": ").unwrap_or((rest, ""));
        event.set(Text::Media, port);
        return rest.starts_with("USB Mass Storage device detected") && set_kind(event, Kind::MEDIA_CONNECT);
    }
    // `sd 6:0:0:0: [sdb] Attached SCSI removable disk`
    if text.starts_with("sd ")
        && let Some(disk) = scan::between(text, "[", "]")
    {
        event.set(Text::Media, disk);
        if has(text, "Attached SCSI removable disk") {
            return set_kind(event, Kind::MEDIA_CONNECT);
        }
        if has(text, "Synchronizing SCSI cache") || has(text, "Stopping disk") {
            return true;
        }
        return exhausted(text, event);
    }
    false
}

fn usb(port: &str, rest: &str, event: &mut EventBuf) -> bool {
    event.attr("usb_port", port);
    if let Some(found) = rest.strip_prefix("New USB device found, ") {
        let vendor = scan::after(found, "idVendor=").unwrap_or_default();
        let product = scan::after(found, "idProduct=").unwrap_or_default();
        event.set_fmt(Text::Media, format_args!("{vendor}:{product}"));
        event.set_fmt(Text::EventGroup, format_args!("usb {port}"));
        return set_kind(event, Kind::DEVICE_CONNECT);
    }
    if rest.starts_with("USB disconnect") {
        event.set_fmt(Text::Media, format_args!("usb {port}"));
        return set_kind(event, Kind::DEVICE_DISCONNECT);
    }
    for name in ["SerialNumber: ", "Product: ", "Manufacturer: "] {
        if let Some(value) = rest.strip_prefix(name) {
            // The serial number is what identifies a medium (RU-PRIK-4.7).
            if name.starts_with("Serial") {
                event.set(Text::Media, value.trimmed());
            } else {
                event.attr(name.less_end_of(b": "), value.trimmed());
            }
            event.set_fmt(Text::EventGroup, format_args!("usb {port}"));
            return set_kind(event, Kind::PART);
        }
    }
    true
}

/// What tells of processes and disks that came to grief.
static GRIEF: AnyOf = AnyOf::new(&[
    "ut of memory: Kill",
    "oom-kill:",
    "invoked oom-killer",
    " was killed: ",
    "I/O error",
    "EXT4-fs error",
    "orruption",
    "segfault at ",
    "general protection",
]);

/// The words for memory or disk that ran out.
static OUT_OF_SPACE: AnyOf = AnyOf::new(&[
    "No space left on device",
    "page allocation failure",
    "swap_pager_getswapspace",
    "out of data space",
    "filesystem is full",
    "file system full",
    "filesystem full",
    "Disk quota exceeded",
    "ENOSPC",
]);

/// Memory, disks and processes that came to grief.
fn exhausted(text: &str, event: &mut EventBuf) -> bool {
    let came_to_grief = GRIEF.holds(text);
    let oom =
        |text| has(text, "ut of memory: Kill") || has(text, "oom-kill:") || has(text, "invoked oom-killer");
    if came_to_grief && oom(text) {
        if let Some((_, rest)) = split(text, "process ") {
            let (pid, rest) = word(rest);
            event.attr("killed_pid", pid.less_end(b','));
            event.set(Text::Target, scan::between(rest, "(", ")").unwrap_or_default());
        } else {
            event.set(Text::Target, scan::after(text, "task=").unwrap_or_default());
        }
        event.set(Text::XReason, "out of memory");
        return set_kind(event, Kind::RESOURCE_EXHAUSTED);
    }
    if let Some((_, reason)) = OUT_OF_SPACE.find(text) {
        event.set(Text::XReason, reason);
        let device = scan::after(text, "on dev ").or_else(|| scan::between(text, "(device ", ")"));
        event.set(Text::Target, device.unwrap_or_default().less_end(b':'));
        return set_kind(event, Kind::RESOURCE_EXHAUSTED);
    }
    if !came_to_grief {
        return false;
    }
    // FreeBSD: `pid 77 (java), jid 0, uid 70, was killed: out of swap space`
    if let Some((head, reason)) = split(text, " was killed: ")
        && let Some(rest) = head.strip_prefix("pid ")
    {
        event.attr("killed_pid", word(rest).0);
        event.set(Text::Target, scan::between(rest, "(", ")").unwrap_or_default());
        event.set(Text::XReason, reason);
        return set_kind(event, Kind::RESOURCE_EXHAUSTED);
    }
    if has(text, "I/O error") || has(text, "EXT4-fs error") || has(text, "XFS") && has(text, "orruption") {
        let device = scan::after(text, "dev ").or_else(|| scan::between(text, "(device ", ")"));
        event.set(Text::Target, device.unwrap_or_default());
        event.outcome = Outcome::Failure;
        return set_kind(event, Kind::ERROR_REPORT);
    }
    if has(text, "segfault at ") || has(text, "general protection") {
        if let Some((name, rest)) = split(text, "[") {
            event.set(Text::Target, name);
            event.attr("crashed_pid", split(rest, "]").map_or("", |(pid, _)| pid));
        }
        event.set(Text::XReason, "crash");
        return set_kind(event, Kind::PROCESS_STOP);
    }
    false
}

/// What tells of a network link that came up.
static LINK_UP: AnyOf = AnyOf::new(&[
    " Link is Up",
    " link is up",
    "link becomes ready",
    "Link is up",
    ": link up",
    "Gained carrier",
]);

/// What tells of one that went down.
static LINK_DOWN: AnyOf = AnyOf::new(&[
    " Link is Down",
    " link is down",
    "Link is down",
    ": link down",
    "Lost carrier",
]);

/// Network links, by the kernel's drivers or by a network manager.
pub(super) fn read_link(text: &str, event: &mut EventBuf) -> bool {
    let kind = match (LINK_UP.holds(text), LINK_DOWN.holds(text)) {
        (true, false) => Kind::LINK_UP,
        (false, true) => Kind::LINK_DOWN,
        _ => {
            if let Some(rest) = text.strip_prefix("device ")
                && has(rest, "entered promiscuous mode")
            {
                event.set(Text::XInterface, word(rest).0);
                return set_kind(event, Kind::CONFIG_CHANGE);
            }
            return false;
        }
    };
    event.kind = kind;
    event.set(Text::XInterface, interface(text));
    true
}

/// The first word that looks like the name of an interface.
fn interface(text: &str) -> &str {
    text.split([' ', '(', ')', ','])
        .map(|w| w.less_end(b':'))
        .find(|w| {
            [
                "eth", "en", "wl", "bond", "br", "lan", "wan", "ib", "veth", "wg", "tun", "tap", "em", "vmbr",
            ]
            .iter()
            .any(|p| {
                w.strip_prefix(p)
                    .is_some_and(|r| r.contains(|c: char| c.is_ascii_digit()) && r.len() <= 12)
            })
        })
        .unwrap_or_default()
}

/// Boot, shutdown, modules.
fn machine(text: &str, event: &mut EventBuf) -> bool {
    if let Some(version) = text.strip_prefix("Linux version ") {
        event.set(Text::Target, word(version).0);
        event.outcome = Outcome::Success;
        return set_kind(event, Kind::SYSTEM_START);
    }
    if text.starts_with("reboot: ") || text.starts_with("Restarting system") || text.starts_with("Power down")
    {
        return set_kind(event, Kind::SYSTEM_STOP);
    }
    if let Some((module, _)) = split(text, ": loading out-of-tree module") {
        event.set(Text::Target, module);
        return set_kind(event, Kind::MODULE_LOAD);
    }
    if let Some((module, rest)) = split(text, ": ")
        && rest.starts_with("module verification failed")
    {
        event.set(Text::Target, module);
        event.set(Text::XReason, "module verification failed");
        return set_kind(event, Kind::MODULE_LOAD);
    }
    if text.starts_with("klogd ") && has(text, "started") {
        event.attr("component", "logging");
        return set_kind(event, Kind::PROTECTION_ENABLE);
    }
    if text.starts_with("Kernel logging (proc) stopped") {
        event.attr("component", "logging");
        return set_kind(event, Kind::PROTECTION_DISABLE);
    }
    if text.starts_with("imklog ") && has(text, "started") {
        return true;
    }
    if let Some((_, rest)) = split(text, "task ")
        && has(rest, "blocked for more than")
    {
        event.set(Text::Target, rest.pieces(b':').next().unwrap_or_default());
        if let Some((_, pid)) = split(rest, ":") {
            let digits = pid.bytes().take_while(u8::is_ascii_digit).count();
            event.set_number_text(Number::Pid, pid.get(..digits).unwrap_or("0"));
        }
        return set_kind(event, Kind::SERVICE_TIMEOUT);
    }
    false
}
