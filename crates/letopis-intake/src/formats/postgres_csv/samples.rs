//! Samples of the format, written by us.

use crate::format::Sample;

pub(super) const SAMPLES: &[Sample] = &[
    Sample {
        bytes: b"2026-01-01 00:12:03.512 +05,\"aigul\",\"registry\",4101,\"10.20.0.15:51514\",69556a43.1005,3,\"idle\",2026-01-01 00:11:47 +05,4/77,0,LOG,00000,\"AUDIT: SESSION,1,1,READ,SELECT,TABLE,public.citizens,\"\"select iin, name\nfrom public.citizens\"\",<none>\",,,,,,,,,\"psql\",\"client backend\",,0\n\
2026-01-01 00:12:09.001 +05,\"aigul\",\"registry\",4101,\"10.20.0.15:51514\",69556a43.1005,4,\"DELETE\",2026-01-01 00:11:47 +05,4/78,991,ERROR,42501,\"permission denied for table audit_log\",,,,,,\"delete from audit_log\",,,\"psql\",\"client backend\",,0\n\
2026-01-01 00:12:11.250 +05,\"root\",\"registry\",4102,\"[local]\",69556a4b.1006,1,\"authentication\",2026-01-01 00:12:11 +05,5/1,0,FATAL,28000,\"role \"\"root\"\" does not exist\",,,,,,,,,\"\",\"client backend\",,0\n",
        events: &[
            &[
                ("time", "2026-01-01T00:12:03.512+05:00"),
                ("time_basis", "stated"),
                ("kind", "db.select"),
                ("outcome", "unknown"),
                ("user_name", "aigul"),
                ("src_ip", "10.20.0.15"),
                ("src_port", "51514"),
                ("session", "69556a43.1005"),
                ("pid", "4101"),
                ("target", "public.citizens"),
                ("x_query", "select iin, name\nfrom public.citizens"),
                ("attrs.database_name", "registry"),
                ("attrs.class", "READ"),
            ],
            &[
                ("kind", "db.delete"),
                ("outcome", "failure"),
                ("status", "denied"),
                ("target", "audit_log"),
                ("attrs.component", "logging"),
                ("level", "4"),
                ("x_reason", "permission denied for table audit_log"),
            ],
            &[
                ("kind", "auth.unregistered_account"),
                ("outcome", "failure"),
                ("user_name", "root"),
                ("code", "28000"),
                ("attrs.connection_from", "[local]"),
            ],
        ],
    },
    Sample {
        bytes: "2026-01-01 00:00:01.000 MSK,,,900,\"192.0.2.7:40112\",69556000.384,1,\"\",2026-01-01 00:00:01 MSK,,0,СООБЩЕНИЕ,00000,\"connection received: host=192.0.2.7 port=40112\",,,,,,,,,\"\"\n2026-01-01 00:00:01.040 MSK,\"operator\",\"Реестр\",900,\"192.0.2.7:40112\",69556000.384,2,\"authentication\",2026-01-01 00:00:01 MSK,3/2,0,LOG,00000,\"connection authorized: user=operator database=Реестр\",,,,,,,,,\"\"\n2026-01-01 00:00:04.100 MSK,\"operator\",\"Реестр\",900,\"192.0.2.7:40112\",69556000.384,3,\"COPY\",2026-01-01 00:00:01 MSK,3/3,0,LOG,00000,\"duration: 1523.004 ms  statement: COPY (SELECT * FROM люди) TO STDOUT\",,,,,,,,,\"pg_dump\"\n2026-01-01 00:00:05.000 MSK,\"operator\",\"Реестр\",900,\"192.0.2.7:40112\",69556000.384,4,\"idle\",2026-01-01 00:00:01 MSK,,0,LOG,00000,\"disconnection: session time: 0:00:04.012 user=operator database=Реестр host=192.0.2.7 port=40112\",,,,,,,,,\"pg_dump\"\n".as_bytes(),
        events: &[
            &[("kind", "network.connect"), ("src_ip", "192.0.2.7"), ("time", "2026-01-01T00:00:01+03:00"), ("level", "6")],
            &[("kind", "auth.logon"), ("outcome", "success"), ("user_name", "operator"), ("target", "Реестр")],
            &[
                ("kind", "db.copy"),
                ("outcome", "success"),
                ("target", "люди"),
                ("x_duration_us", "1523004"),
                ("x_query", "COPY (SELECT * FROM люди) TO STDOUT"),
                ("attrs.application_name", "pg_dump"),
            ],
            &[("kind", "auth.logoff"), ("x_duration_us", "4012000"), ("outcome", "unknown")],
        ],
    },
];
