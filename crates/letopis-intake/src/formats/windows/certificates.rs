//! Security channel: certificate services and the responder for the state of certificates.

use letopis_event::{Kind, Text};

use super::rules::{Columns, Rule, rule, said};

const REQUEST: Columns = &[("Requester", Text::UserName), ("Subject", Text::Target)];

pub(super) const RULES: &[Rule] = &[
    said(4868, "Certificate manager refused the request {RequestId}"),
    said(
        4869,
        "Certificate services received the request {RequestId} again",
    ),
    said(
        4870,
        "Certificate {CertificateSerialNumber} revoked[, reason {RevocationReason}]",
    ),
    said(4871, "Publishing of the revocation list was asked for"),
    said(4872, "Revocation list published"),
    said(4873, "Extension of the certificate request {RequestId} changed"),
    said(4874, "Attributes of the certificate request {RequestId} changed"),
    said(4875, "Certificate services were asked to shut down"),
    rule(
        4876,
        Kind::BACKUP_RUN,
        &[],
        "Backup of certificate services started",
    ),
    rule(
        4877,
        Kind::BACKUP_RUN,
        &[],
        "Backup of certificate services completed",
    ),
    said(4878, "Restore of certificate services started"),
    said(4879, "Restore of certificate services completed"),
    rule(4880, Kind::SERVICE_START, &[], "Certificate services started").done(),
    rule(4881, Kind::SERVICE_STOP, &[], "Certificate services stopped").done(),
    rule(
        4882,
        Kind::CONFIG_CHANGE,
        &[],
        "Permissions of certificate services changed",
    ),
    said(
        4883,
        "Certificate services retrieved an archived key[, request {RequestId}]",
    ),
    said(4884, "Certificate services imported a certificate"),
    rule(
        4885,
        Kind::LOG_POLICY_CHANGE,
        &[],
        "Audit filter of certificate services changed",
    ),
    rule(
        4886,
        Kind::OTHER,
        REQUEST,
        "Certificate request {RequestId} received[ from {Requester}]",
    ),
    rule(
        4887,
        Kind::OTHER,
        REQUEST,
        "Certificate issued for request {RequestId}[ of {Requester}][, {Subject}]",
    ),
    rule(
        4888,
        Kind::OTHER,
        REQUEST,
        "Certificate request {RequestId}[ of {Requester}] refused",
    ),
    rule(
        4889,
        Kind::OTHER,
        REQUEST,
        "Certificate request {RequestId}[ of {Requester}] is pending",
    ),
    rule(
        4890,
        Kind::CONFIG_CHANGE,
        &[],
        "Manager settings of certificate services changed",
    ),
    rule(
        4891,
        Kind::CONFIG_CHANGE,
        &[],
        "Entry {Entry} of certificate services changed",
    ),
    rule(
        4892,
        Kind::CONFIG_CHANGE,
        &[],
        "Property {PropertyName} of certificate services changed",
    ),
    said(4893, "Certificate services archived a key[, request {RequestId}]"),
    said(
        4894,
        "Certificate services imported and archived a key[, request {RequestId}]",
    ),
    said(4895, "Authority's certificate published in the directory"),
    said(4896, "Rows deleted from the certificate database"),
    rule(
        4897,
        Kind::CONFIG_CHANGE,
        &[],
        "Role separation of certificate services: {RoleSeparationEnabled}",
    ),
    said(
        4898,
        "Certificate services loaded the template {TemplateDSObjectFQDN}",
    ),
    rule(
        4899,
        Kind::CONFIG_CHANGE,
        &[],
        "Certificate template {TemplateDSObjectFQDN} changed",
    ),
    rule(
        4900,
        Kind::CONFIG_CHANGE,
        &[],
        "Security of the certificate template {TemplateDSObjectFQDN} changed",
    ),
    rule(
        5120,
        Kind::SERVICE_START,
        &[],
        "Certificate status responder started",
    )
    .done(),
    rule(
        5121,
        Kind::SERVICE_STOP,
        &[],
        "Certificate status responder stopped",
    )
    .done(),
    rule(
        5122,
        Kind::CONFIG_CHANGE,
        &[],
        "Configuration of the certificate status responder changed",
    ),
    rule(
        5123,
        Kind::CONFIG_CHANGE,
        &[],
        "Configuration of the certificate status responder changed",
    ),
    rule(
        5124,
        Kind::CONFIG_CHANGE,
        &[],
        "Security of the certificate status responder changed",
    ),
    said(5125, "Certificate status responder received a request"),
    said(
        5126,
        "Certificate status responder renewed its signing certificate",
    ),
    said(
        5127,
        "Certificate status responder renewed its revocation information",
    ),
];
