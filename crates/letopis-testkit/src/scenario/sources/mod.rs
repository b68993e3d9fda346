//! One file a program whose logs are written. Each has an everyday part and the single records that the stories use.

pub(super) mod antivirus;
pub(super) mod asa;
pub(super) mod audit;
pub(super) mod buh;
pub(super) mod edoc;
pub(super) mod linux;
pub(super) mod linux_days;
pub(super) mod mail;
pub(super) mod nginx;
pub(super) mod postgres;
pub(super) mod vpn;
pub(super) mod windows;
pub(super) mod winlogbeat;
