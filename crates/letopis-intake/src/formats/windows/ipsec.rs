//! Security channel: IPsec, its negotiations, associations and policy.

use letopis_event::Kind;

use super::platform::refused;
use super::rules::{Rule, rule, said};

const fn ipsec(code: u32, message: &'static str) -> Rule {
    rule(code, Kind::PROTECTION_CONFIG_CHANGE, &[], message)
}

pub(super) const RULES: &[Rule] = &[
    said(4650, "IPsec main mode association with {RemoteAddress}"),
    said(
        4651,
        "IPsec main mode association with {RemoteAddress}, by certificate",
    ),
    refused(
        4652,
        "IPsec main mode negotiation with {RemoteAddress} failed[: {FailureReason}]",
    ),
    refused(
        4653,
        "IPsec main mode negotiation with {RemoteAddress} failed[: {FailureReason}]",
    ),
    refused(
        4654,
        "IPsec quick mode negotiation with {RemoteAddress} failed[: {FailureReason}]",
    ),
    said(4655, "IPsec main mode association with {RemoteAddress} ended"),
    ipsec(4709, "IPsec services started"),
    ipsec(4710, "IPsec services disabled"),
    ipsec(4711, "IPsec policy engine: {param1}"),
    refused(4712, "IPsec services: serious failure"),
    ipsec(4714, "Data recovery policy of encrypted files changed"),
    refused(
        4960,
        "IPsec dropped a packet[ from {RemoteAddress}]: integrity check failed",
    ),
    refused(4961, "IPsec dropped a packet[ from {RemoteAddress}]: replay"),
    refused(
        4962,
        "IPsec dropped a packet[ from {RemoteAddress}]: replay, low sequence number",
    ),
    refused(
        4963,
        "IPsec dropped a packet[ from {RemoteAddress}]: clear text that should have been secured",
    ),
    refused(
        4965,
        "IPsec received a packet[ from {RemoteAddress}] with a wrong security parameter index",
    ),
    refused(
        4976,
        "IPsec main mode: invalid negotiation packet[ from {RemoteAddress}]",
    ),
    refused(
        4977,
        "IPsec quick mode: invalid negotiation packet[ from {RemoteAddress}]",
    ),
    refused(
        4978,
        "IPsec extended mode: invalid negotiation packet[ from {RemoteAddress}]",
    ),
    said(
        4979,
        "IPsec main and extended mode associations with {RemoteAddress}",
    ),
    said(
        4980,
        "IPsec main and extended mode associations with {RemoteAddress}",
    ),
    said(
        4981,
        "IPsec main and extended mode associations with {RemoteAddress}",
    ),
    said(
        4982,
        "IPsec main and extended mode associations with {RemoteAddress}",
    ),
    refused(
        4983,
        "IPsec extended mode negotiation with {RemoteAddress} failed",
    ),
    refused(
        4984,
        "IPsec extended mode negotiation with {RemoteAddress} failed",
    ),
    ipsec(5040, "IPsec authentication set added"),
    ipsec(5041, "IPsec authentication set changed"),
    ipsec(5042, "IPsec authentication set deleted"),
    ipsec(5043, "Connection security rule added"),
    ipsec(5044, "Connection security rule changed"),
    ipsec(5045, "Connection security rule deleted"),
    ipsec(5046, "IPsec cryptographic set added"),
    ipsec(5047, "IPsec cryptographic set changed"),
    ipsec(5048, "IPsec cryptographic set deleted"),
    said(5049, "IPsec association deleted"),
    said(5451, "IPsec quick mode association with {RemoteAddress}"),
    said(5452, "IPsec quick mode association with {RemoteAddress} ended"),
    refused(
        5453,
        "IPsec negotiation failed: the keying service is not started",
    ),
    ipsec(5456, "IPsec policy of the directory applied[: {Policy}]"),
    refused(
        5457,
        "IPsec policy of the directory could not be applied[: {Policy}]",
    ),
    ipsec(5458, "Cached IPsec policy applied[: {Policy}]"),
    refused(5459, "Cached IPsec policy could not be applied[: {Policy}]"),
    ipsec(5460, "Local IPsec policy applied[: {Policy}]"),
    refused(5461, "Local IPsec policy could not be applied[: {Policy}]"),
    refused(
        5462,
        "Some rules of the IPsec policy could not be applied[: {Policy}]",
    ),
    said(5463, "IPsec policy polled: no change"),
    ipsec(5464, "IPsec policy polled: changes applied"),
    ipsec(5465, "IPsec policy reloaded on demand"),
    said(
        5466,
        "IPsec policy polled: directory not reachable, cached copy stays",
    ),
    said(5467, "IPsec policy of the directory polled: no change"),
    ipsec(5468, "IPsec policy of the directory polled: changes applied"),
    ipsec(5471, "Local IPsec policy loaded[: {Policy}]"),
    refused(5472, "Local IPsec policy could not be loaded[: {Policy}]"),
    ipsec(5473, "IPsec policy of the directory loaded[: {Policy}]"),
    refused(
        5474,
        "IPsec policy of the directory could not be loaded[: {Policy}]",
    ),
    refused(5477, "Quick mode filter could not be added"),
    rule(5478, Kind::SERVICE_START, &[], "IPsec services started").done(),
    rule(5479, Kind::SERVICE_STOP, &[], "IPsec services stopped").done(),
    refused(5480, "IPsec services could not list the network interfaces"),
    refused(
        5483,
        "IPsec services could not start their remote procedure server",
    ),
    refused(5484, "IPsec services stopped after a critical failure"),
    refused(5485, "IPsec services could not apply filters to a new interface"),
];
