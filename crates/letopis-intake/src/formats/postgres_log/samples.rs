//! Samples of the format, written by us.

use crate::format::Sample;

pub(super) const SAMPLES: &[Sample] = &[
    Sample {
        bytes: b"2026-01-01 00:12:03.512 +05 [4101] LOG:  database system is ready to accept connections\n\
2026-01-01 00:12:09.001 +05 [4110] aigul@registry FATAL:  password authentication failed for user \"aigul\"\n\
2026-01-01 00:12:09.001 +05 [4110] aigul@registry DETAIL:  User \"aigul\" has no password assigned.\n\tConnection matched line 96\n\
2026-01-01 00:12:11.250 +05 [4111] serik@registry ERROR:  permission denied for table audit_log\n\
2026-01-01 00:12:11.250 +05 [4111] serik@registry STATEMENT:  delete\n\tfrom audit_log\n",
        events: &[
            &[("kind", "service.start"), ("outcome", "success"), ("pid", "4101"), ("time", "2026-01-01T00:12:03.512+05:00"), ("level", "6")],
            &[("kind", "auth.logon"), ("outcome", "failure"), ("user_name", "aigul"), ("attrs.database_name", "registry"), ("level", "3"), ("event_group", "58")],
            &[("kind", "part"), ("event_group", "58"), ("message", "User \"aigul\" has no password assigned.\nConnection matched line 96")],
            &[("outcome", "failure"), ("status", "denied"), ("x_reason", "permission denied for table audit_log")],
            &[("kind", "part"), ("x_query", "delete\nfrom audit_log")],
        ],
    },
    Sample {
        bytes: b"2026-01-01 00:12:03 UTC [4101]: [3-1] user=aigul,db=registry,app=psql main,client=10.20.0.15 LOG:  AUDIT: SESSION,1,1,READ,SELECT,TABLE,public.citizens,\"select iin\n\tfrom public.citizens\",<none>\n\
2026-01-01 00:12:04 UTC [4101]: [4-1] user=aigul,db=registry,app=psql main,client=10.20.0.15 LOG:  duration: 3.250 ms  statement: update public.citizens set name = 'x'\n",
        events: &[
            &[
                ("kind", "db.select"),
                ("user_name", "aigul"),
                ("src_ip", "10.20.0.15"),
                ("target", "public.citizens"),
                ("attrs.application_name", "psql main"),
                ("x_record_id", "3"),
                ("x_query", "select iin\nfrom public.citizens"),
            ],
            &[("kind", "db.update"), ("outcome", "success"), ("x_duration_us", "3250")],
        ],
    },
    Sample {
        bytes: "2026-01-01 00:12:03 MSK:2001:db8::7(40112):operator@registry:[900]:СООБЩЕНИЕ:  получено подключение: host=2001:db8::7 port=40112\n2026-01-01 00:12:04 MSK:192.0.2.7(40113):root@registry:[901]:ВАЖНО:  роль \"root\" не существует\n".as_bytes(),
        events: &[
            &[("kind", "network.connect"), ("src_ip", "2001:db8::7"), ("src_port", "40112"), ("user_name", "operator"), ("pid", "900")],
            &[("kind", "auth.unregistered_account"), ("outcome", "failure"), ("user_name", "root"), ("src_port", "40113"), ("time", "2026-01-01T00:12:04+03:00")],
        ],
    },
];
