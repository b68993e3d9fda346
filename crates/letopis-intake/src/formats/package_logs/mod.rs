//! What package managers write of their own: dpkg, apt, yum, dnf, zypper, pacman.

pub(super) mod apt;
pub(super) mod dpkg;
pub(super) mod rpm;

use letopis_event::Kind;

/// The kinds of all of them.
const KINDS: &[Kind] = &[
    Kind::SOFTWARE_INSTALL,
    Kind::SOFTWARE_REMOVE,
    Kind::CONFIG_FILE_MODIFY,
    Kind::ERROR_REPORT,
    Kind::PROCESS_START,
    Kind::OTHER,
];
