//! Names under which systems put the same thing.

use std::collections::HashMap;
use std::sync::OnceLock;

use letopis_event::{Number, Text};

use super::{Match, Target};

use Target::{Clock, Date, Level, Outcome, Time, TimeEnd};

const fn t(text: Text) -> Target {
    Target::Text(text)
}

const fn n(number: Number) -> Target {
    Target::Number(number)
}

/// Names in lower case without `_`, `-` and blanks, the best for each target first. ECS 8, OCSF 1.3, CloudTrail, GELF
/// 1.1, Docker, Suricata EVE, Kubernetes audit.k8s.io/v1, journald, Zeek, NXLog, and the headers of exports in
/// English, Russian and Kazakh.
const NAMES: &[(Target, &[&str])] = &[
    (
        Time,
        &[
            "@timestamp",
            "timecreated",
            "eventtime",
            "eventtimestamp",
            "timestamp",
            "time",
            "datetime",
            "ts",
            "realtimetimestamp",
            "sourcerealtimetimestamp",
            "timegenerated",
            "occurredat",
            "requestreceivedtimestamp",
            "stagetimestamp",
            "event.start",
            "event.created",
            "starttime",
            "start",
            "logtime",
            "eventdatetime",
            "createdat",
            "created",
            "timewritten",
            "datecreated",
            "eventdate",
            "timedt",
            "timelocal",
            "timeiso8601",
            "@t",
            "t",
            "датаивремя",
            "датавремя",
            "времясобытия",
            "дата/время",
            "күніменуақыты",
            "күні,уақыты",
            "уақыты",
            "оқиғауақыты",
            "когда",
        ],
    ),
    (Date, &["date", "дата", "күні", "датасобытия"]),
    (Clock, &["clock", "timeofday", "время", "уақыт", "сағаты"]),
    (
        TimeEnd,
        &[
            "event.end",
            "endtime",
            "timeend",
            "finishtime",
            "времяокончания",
            "времяокончанияоперации",
            "операцияныңаяқталууақыты",
            "аяқталууақыты",
        ],
    ),
    (
        Level,
        &[
            "log.syslog.severity.code",
            "priority",
            "level",
            "severity",
            "log.level",
            "loglevel",
            "levelname",
            "severitytext",
            "lvl",
            "pri",
            "@l",
            "важность",
            "уровень",
            "деңгейі",
        ],
    ),
    (
        Outcome,
        &[
            "event.outcome",
            "outcome",
            "result",
            "success",
            "eventoutcome",
            "res",
            "результат",
            "нәтижесі",
        ],
    ),
    (
        t(Text::Host),
        &[
            "host.name",
            "hostname",
            "host",
            "host.hostname",
            "agent.hostname",
            "computername",
            "computer",
            "machinename",
            "device.hostname",
            "devicename",
            "observer.hostname",
            "node",
            "server",
            "kubernetes.host",
            "devname",
            "fw",
            "имяхоста",
            "хост",
            "узел",
            "компьютер",
            "имякомпьютера",
            "наименованиеустройства",
            "устройство",
            "сервер",
            "хостатауы",
            "хост",
            "құрылғыныңатауы",
            "құрылғы",
        ],
    ),
    (
        t(Text::HostIp),
        &[
            "host.ip",
            "hostip",
            "device.ip",
            "deviceip",
            "observer.ip",
            "ipадресхоста",
            "ip-адресхоста",
            "хосттыңip-мекенжайы",
            "хосттыңipмекенжайы",
        ],
    ),
    (
        t(Text::Service),
        &[
            "service.name",
            "service",
            "syslogidentifier",
            "systemdunit",
            "unit",
            "app",
            "application",
            "appname",
            "program",
            "logger",
            "loggername",
            "eventsource",
            "metadata.product.name",
            "facility",
            "source",
            "источник",
            "служба",
            "сервис",
            "наименованиеисточникасобытия",
            "источниксобытия",
            "оқиғакөзініңатауы",
            "оқиғакөзі",
            "қызмет",
        ],
    ),
    (
        t(Text::UserName),
        &[
            "user.name",
            "username",
            "user",
            "useridentity.username",
            "actor.user.name",
            "useridentity.arn",
            "account",
            "accountname",
            "uname",
            "subjectusername",
            "login",
            "loginname",
            "user.username",
            "principal",
            "caller",
            "userid",
            "actor",
            "email",
            "имяпользователя",
            "пользователь",
            "учетнаязапись",
            "учётнаязапись",
            "имяучетнойзаписи",
            "имяучётнойзаписи",
            "логин",
            "есептікжазба",
            "есептікжазбаныңатауы",
            "қолданушы",
            "қолданушыныңid",
            "пайдаланушы",
        ],
    ),
    (
        t(Text::TargetUser),
        &[
            "user.target.name",
            "targetuser",
            "targetusername",
            "targetaccount",
        ],
    ),
    (
        t(Text::Session),
        &[
            "session.id",
            "sessionid",
            "session",
            "actor.session.uid",
            "auditid",
            "communityid",
            "uid",
            "flowid",
        ],
    ),
    (
        t(Text::Process),
        &[
            "process.name",
            "processname",
            "process",
            "comm",
            "exe",
            "image",
            "process.executable",
            "executable",
            "процесс",
        ],
    ),
    (
        n(Number::Pid),
        &[
            "process.pid",
            "pid",
            "processid",
            "actor.process.pid",
            "syslogpid",
        ],
    ),
    (
        t(Text::SrcIp),
        &[
            "source.ip",
            "srcip",
            "srcaddr",
            "src",
            "sourceip",
            "sourceipaddress",
            "sourceaddress",
            "srcendpoint.ip",
            "clientip",
            "client.ip",
            "client",
            "addr.remote",
            "remoteaddr",
            "remoteip",
            "remoteaddress",
            "id.origh",
            "sourceips",
            "ipaddress",
            "ip",
            "ipадрес",
            "ip-адрес",
            "ip-адреспользователя",
            "ip-адресклиента",
            "ip-адресисточника",
            "исходныйip-адрес",
            "қолданушыныңip-мекенжайы",
            "клиенттіңip-мекенжайы",
            "бастапқыip-мекенжайы",
            "ip-мекенжайы",
        ],
    ),
    (
        n(Number::SrcPort),
        &[
            "source.port",
            "srcport",
            "sourceport",
            "spt",
            "srcendpoint.port",
            "clientport",
            "id.origp",
            "портисточника",
        ],
    ),
    (
        t(Text::DstIp),
        &[
            "destination.ip",
            "dstip",
            "dstaddr",
            "dst",
            "destip",
            "destinationip",
            "destinationaddress",
            "addr.local",
            "dstendpoint.ip",
            "id.resph",
            "targetip",
            "serverip",
            "serveraddr",
            "ip-адресназначения",
            "тағайындалғанip-мекенжайы",
        ],
    ),
    (
        n(Number::DstPort),
        &[
            "destination.port",
            "dstport",
            "destport",
            "destinationport",
            "dpt",
            "dstendpoint.port",
            "id.respp",
            "портназначения",
        ],
    ),
    (
        t(Text::Protocol),
        &[
            "network.transport",
            "network.protocol",
            "proto",
            "protocol",
            "protocolname",
            "connectioninfo.protocolname",
            "протокол",
        ],
    ),
    (
        t(Text::Target),
        &[
            "url.full",
            "url.original",
            "file.path",
            "resource.name",
            "requesturi",
            "objectref.name",
            "objectname",
            "target",
            "targetfilename",
            "filename",
            "path",
            "uri",
            "url",
            "object",
            "resource",
            "query",
            "наименованиеобъекта",
            "объект",
            "файл",
            "объектініңатауы",
            "объект",
        ],
    ),
    (
        t(Text::Action),
        &[
            "event.action",
            "eventname",
            "action",
            "verb",
            "operation",
            "operationname",
            "eventtype",
            "activityname",
            "activity",
            "действие",
            "операция",
            "әрекет",
        ],
    ),
    (
        t(Text::Status),
        &[
            "http.response.status_code",
            "http.response.statuscode",
            "http.status",
            "statuscode",
            "status",
            "responsestatus.code",
            "response.statuscode",
            "errorcode",
            "connstate",
            "statusdetail",
            "статус",
        ],
    ),
    (
        t(Text::Code),
        &[
            "event.code",
            "eventid",
            "eventcode",
            "metadata.eventcode",
            "alert.signatureid",
            "classuid",
            "messageid",
            "кодсобытия",
            "оқиғакоды",
        ],
    ),
    (
        t(Text::Provider),
        &[
            "event.provider",
            "channel",
            "providername",
            "sourcename",
            "sourcetype",
            "event.module",
            "stream",
        ],
    ),
    (
        t(Text::Message),
        &[
            "message",
            "msg",
            "shortmessage",
            "log",
            "text",
            "fullmessage",
            "description",
            "eventdescription",
            "details",
            "@m",
            "сообщение",
            "описание",
            "описаниесобытия",
            "текст",
            "содержание",
            "оқиғаныңсипаттамасы",
            "сипаттамасы",
            "хабарлама",
            "событие",
            "названиесобытия",
            "наименованиесобытия",
            "оқиға",
            "оқиғаатауы",
        ],
    ),
    (
        t(Text::XCommandLine),
        &["process.commandline", "commandline", "cmdline", "process.cmdline"],
    ),
    (
        t(Text::XParentProcess),
        &[
            "process.parent.name",
            "parentimage",
            "process.parentprocess.name",
            "parentprocessname",
        ],
    ),
    (
        t(Text::XRecordId),
        &[
            "event.id",
            "cursor",
            "recordid",
            "recordnumber",
            "eventrecordid",
            "metadata.uid",
            "insertid",
        ],
    ),
    (
        t(Text::XMethod),
        &[
            "http.request.method",
            "http.httpmethod",
            "httprequest.httpmethod",
            "method",
            "httpmethod",
            "requestmethod",
        ],
    ),
    (
        t(Text::XUserAgent),
        &[
            "useragent.original",
            "useragent",
            "http.httpuseragent",
            "httprequest.useragent",
            "httpuseragent",
        ],
    ),
    (
        t(Text::XReferrer),
        &[
            "http.request.referrer",
            "referrer",
            "referer",
            "http.httprefer",
            "httpreferer",
        ],
    ),
    (
        t(Text::XRule),
        &[
            "rule.name",
            "rulename",
            "alert.signature",
            "rule",
            "firewallrule.name",
            "policy",
            "signature",
        ],
    ),
    (
        t(Text::XInterface),
        &["observer.ingress.interface.name", "iniface", "interface"],
    ),
    (
        t(Text::XQuery),
        &["statement", "sql", "querytext", "queryinfo.querystring"],
    ),
    (
        t(Text::XHash),
        &["file.hash.sha256", "sha256", "hashes", "filehash"],
    ),
    (
        t(Text::XReason),
        &[
            "event.reason",
            "reason",
            "errormessage",
            "failurereason",
            "error",
            "причина",
            "себебі",
        ],
    ),
    (
        n(Number::XBytes),
        &[
            "network.bytes",
            "bytes",
            "http.response.body.bytes",
            "bytessent",
            "bodybytessent",
        ],
    ),
];

/// A name without its case and its `_`, `-` and blanks.
fn plain(name: &str) -> String {
    let keep_dash = !name.is_ascii();
    if !keep_dash {
        let kept = name.trim().trim_start_matches('_').bytes();
        let kept = kept.filter(|b| !matches!(b, b'_' | b' ' | b'-'));
        return kept.map(|b| char::from(b.to_ascii_lowercase())).collect();
    }
    name.trim()
        .trim_start_matches('_')
        .chars()
        .filter(|c| !matches!(c, '_' | ' ' | '\u{feff}'))
        .flat_map(char::to_lowercase)
        // The Cyrillic letter and its Latin twin stand for each other in headers.
        .map(|c| if c == 'і' { 'i' } else { c })
        .collect()
}

/// Last parts of nested names that say the same below any parent (`req.remoteAddress`, `attackData.clientIP`): they
/// count less than every name above.
const INNER: &[(Target, &[&str])] = &[
    (
        t(Text::SrcIp),
        &[
            "clientip",
            "clientipaddress",
            "remoteaddress",
            "remoteaddr",
            "remoteip",
            "sourceip",
            "srcip",
            "calleripaddress",
        ],
    ),
    (
        n(Number::SrcPort),
        &["clientport", "remoteport", "sourceport", "srcport"],
    ),
    (t(Text::DstIp), &["destinationip", "destip", "dstip"]),
    (n(Number::DstPort), &["destinationport", "destport", "dstport"]),
    (
        t(Text::UserName),
        &["username", "loginname", "userprincipalname", "accountname"],
    ),
];

/// Parents below which an account is not the one that acted.
const OTHERS: &[&str] = &[
    "target",
    "dest",
    "recipient",
    "owner",
    "creat",
    "modif",
    "object",
    "parent",
    "previous",
    "member",
];

/// Rank of the names of [`INNER`].
const INNER_RANK: u16 = 1000;

fn inner(wanted: &str) -> Option<Match> {
    let (parents, last) = wanted.rsplit_once('.')?;
    let (target, rank) = INNER.iter().find_map(|(target, names)| {
        let rank = names.iter().position(|name| *name == last)?;
        Some((*target, INNER_RANK + rank as u16))
    })?;
    let of_another = target == t(Text::UserName) && OTHERS.iter().any(|other| parents.contains(other));
    (!of_another).then_some((target, rank))
}

/// What a field of that name fills, where anything.
pub(super) fn find(name: &str) -> Option<Match> {
    static KNOWN: OnceLock<HashMap<String, Match>> = OnceLock::new();
    let known = KNOWN.get_or_init(|| {
        let mut known = HashMap::new();
        for (target, names) in NAMES {
            for (rank, name) in (1..).zip(*names) {
                // The first that has a name keeps it. Rank 0 is for mappings.
                known.entry((*name).to_owned()).or_insert((*target, rank));
                known.entry(plain(name)).or_insert((*target, rank));
            }
        }
        known
    });
    let wanted = plain(name);
    known.get(wanted.as_str()).copied().or_else(|| inner(&wanted))
}

/// Whether a field of that name states a time or a date.
pub(crate) fn is_time_name(name: &str) -> bool {
    matches!(find(name), Some((Time | Date, _)))
}
