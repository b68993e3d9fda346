//! Samples of the format, written by us.

use crate::format::Sample;

pub(super) const SAMPLES: &[Sample] = &[
    Sample {
        bytes: b"2026-01-01 00:12:03,512 INFO [main] kz.akimat.registry.Server: listening on 8080\n\
2026-01-01 00:12:09,001 ERROR [worker-3] kz.akimat.registry.Store: cannot save the card\n\
java.io.IOException: disk is away\n\tat kz.akimat.registry.Store.save(Store.java:42)\n\
2026-01-01 00:12:11,250 - WARN  [Poller[id=2]/10.0.0.5:2181:Election@77] - no answer for 3 s\n",
        events: &[
            &[
                ("time", "2026-01-01T00:12:03.512Z"),
                ("level", "6"),
                ("process", "kz.akimat.registry.Server"),
                ("attrs.thread", "main"),
                ("message", "listening on 8080"),
            ],
            &[
                ("kind", "error.report"),
                ("level", "3"),
                ("message", "cannot save the card\njava.io.IOException: disk is away\n\tat kz.akimat.registry.Store.save(Store.java:42)"),
            ],
            &[("level", "4"), ("process", "Election"), ("message", "no answer for 3 s"), ("attrs.place", "77")],
        ],
    },
    Sample {
        bytes: b"2026-01-01 00:12:03,357 WARN  [org.example.events] (executor-7) type=LOGIN_ERROR, realmId=staff, userId=null, ipAddress=203.0.113.9, error=user_not_found, username=aigul\n\
2026-01-01 00:12:04,357 DEBUG [org.example.events] (executor-7) type=\"LOGIN\", realmId=\"staff\", ipAddress=\"203.0.113.9\", username=\"serik\"\n",
        events: &[
            &[
                ("kind", "auth.logon"),
                ("outcome", "failure"),
                ("user_name", "aigul"),
                ("src_ip", "203.0.113.9"),
                ("x_reason", "user_not_found"),
                ("attrs.thread", "executor-7"),
                ("process", "org.example.events"),
            ],
            &[("outcome", "success"), ("user_name", "serik"), ("action", "LOGIN")],
        ],
    },
    Sample {
        bytes: b"W, [2026-01-01T00:12:03.678079 #77]  WARN -- : Failed login for 'bauyrzhan' from 192.0.2.7 at 2025-12-31 19:12:03 UTC\n\
I, [2026-01-01T00:12:04.000001 #77]  INFO -- registry: started\n",
        events: &[
            &[
                ("kind", "auth.logon"),
                ("outcome", "failure"),
                ("user_name", "bauyrzhan"),
                ("src_ip", "192.0.2.7"),
                ("pid", "77"),
                ("level", "4"),
            ],
            &[("process", "registry"), ("message", "started")],
        ],
    },
    Sample {
        bytes: b"E0131 23:52:07.123456      77 pool.go:42] no worker is left\nI0131 23:52:08.000001      77 pool.go:50] a worker came\n",
        events: &[
            &[("level", "3"), ("pid", "77"), ("attrs.place", "pool.go:42"), ("message", "no worker is left"), ("time_text", "0131 23:52:07.123456")],
            &[("level", "6")],
        ],
    },
    Sample {
        bytes: b"01-31 23:52:07.811  1702  2395 D Display : frozen for 3 frames\n01-31 23:52:07.899  1702  1702 I Power: asleep\n",
        events: &[
            &[("process", "Display"), ("pid", "1702"), ("attrs.thread", "2395"), ("level", "7"), ("message", "frozen for 3 frames")],
            &[("process", "Power"), ("level", "6")],
        ],
    },
    Sample {
        bytes: b"26/01/30 23:59:59 INFO executor.Backend: last task of the day\n26/01/31 00:00:01 INFO executor.Backend: first task of the day\n",
        events: &[
            &[("time", "2026-01-30T23:59:59Z"), ("process", "executor.Backend"), ("message", "last task of the day")],
            &[("time", "2026-01-31T00:00:01Z")],
        ],
    },
    Sample {
        bytes: b"2026-01-31 04:30:30, Info                  CBS    Stack loaded, version 6.1\n2026-01-31 04:30:31, Error                 CSI    00000002@2026/1/31:04:30:31.455 store is locked\n",
        events: &[
            &[("level", "6"), ("process", "CBS"), ("message", "Stack loaded, version 6.1")],
            &[("level", "3"), ("process", "CSI")],
        ],
    },
    Sample {
        bytes: b"20260131-22:15:29:606|Step_Counter|30002312|onStep 3579\n20260131-22:15:29:633|Step_Counter|30002312|onStep 3580\n",
        events: &[
            &[("time", "2026-01-31T22:15:29.606Z"), ("process", "Step_Counter"), ("pid", "30002312"), ("message", "onStep 3579")],
            &[("message", "onStep 3580")],
        ],
    },
    Sample {
        bytes: b"[2026-01-31T00:12:03,123][WARN ][o.e.registry.Node        ] [node-1] slow answer\n[2026-01-31T00:12:04,123][INFO ][o.e.registry.Node        ] [node-1] quick answer\n",
        events: &[
            &[("level", "4"), ("process", "o.e.registry.Node"), ("attrs.thread", "node-1"), ("message", "slow answer")],
            &[("level", "6")],
        ],
    },
];
