//! The citizens' portal behind nginx, `combined` format, local time with its offset stated.

use crate::rng::Stream;
use crate::scenario::calendar::{Day, PUBLIC};
use crate::scenario::cast::outsider;
use crate::scenario::stage::{LogId, Stage};

const AGENTS: &[(u32, &str)] = &[
    (
        20,
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    ),
    (
        9,
        "Mozilla/5.0 (Linux; Android 14; SM-A546E) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
    ),
    (
        7,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
    ),
    (
        4,
        "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
    ),
    (
        3,
        "Mozilla/5.0 (compatible; ExampleBot/2.1; +https://bot.example/about)",
    ),
    (2, "curl/8.5.0"),
    (1, "-"),
];

const PAGES: &[(u32, &str)] = &[
    (14, "/"),
    (12, "/kk/news/"),
    (9, "/ru/news/"),
    (8, "/kk/%D3%A9%D1%82%D1%96%D0%BD%D1%96%D1%88"),
    (8, "/static/css/main.7c41.css"),
    (8, "/static/js/app.19ab.js"),
    (6, "/static/img/logo.svg"),
    (6, "/api/v1/queue?service=17"),
    (5, "/api/v1/requests"),
    (4, "/ru/search?q=%D1%81%D0%BF%D1%80%D0%B0%D0%B2%D0%BA%D0%B0"),
    (4, "/login"),
    (3, "/favicon.ico"),
    (2, "/robots.txt"),
    (2, "/files/orders/2025/No%2014-%D2%9B.pdf"),
];

const PROBES: &[&str] = &[
    "/wp-login.php",
    "/.env",
    "/.git/config",
    "/phpmyadmin/index.php",
    "/cgi-bin/luci/;stok=/locale",
    "/actuator/health",
    "/index.php?s=/Index/\\x5Cthink\\x5Capp/invokefunction",
    "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php",
    "/?id=1%27%20OR%20%271%27=%271",
    "/../../../../etc/passwd",
    "/boaform/admin/formLogin",
    "/owa/auth/logon.aspx",
];

/// One request.
#[derive(Clone, Copy, Debug)]
pub(in crate::scenario) struct Request<'a> {
    pub(in crate::scenario) from: &'a str,
    pub(in crate::scenario) line: &'a str,
    pub(in crate::scenario) status: u32,
    pub(in crate::scenario) bytes: u64,
    pub(in crate::scenario) referrer: &'a str,
    pub(in crate::scenario) agent: &'a str,
}

/// One line of the access log.
pub(in crate::scenario) fn request(stage: &mut Stage, at: i64, q: Request<'_>) {
    let class = match q.status {
        200..=299 => "nginx.2xx",
        300..=399 => "nginx.3xx",
        400..=499 => "nginx.4xx",
        _ => "nginx.5xx",
    };
    let clock = LogId::Nginx.clock(at).format("%d/%b/%Y:%H:%M:%S");
    let Request {
        from,
        line,
        status,
        bytes,
        referrer,
        agent,
    } = q;
    stage.push(
        LogId::Nginx,
        at,
        class,
        format!("{from} - - [{clock} +0500] \"{line}\" {status} {bytes} \"{referrer}\" \"{agent}\""),
    );
}

/// Visitors, bots and probes.
pub(in crate::scenario) fn write(stage: &mut Stage, days: &[Day]) {
    let mut r = Stream::new(stage.seed, "nginx");
    for day in days {
        for _ in 0..day.amount(&mut r, stage.scale, 24, 13) {
            let at = day.moment(&mut r, &PUBLIC);
            visit(stage, &mut r, at);
        }
        for _ in 0..day.amount(&mut r, stage.scale, 5, 6) {
            let at = day.moment(&mut r, &crate::scenario::calendar::ROUND);
            let from = outsider(&mut r);
            let (path, agent) = (
                *r.pick(PROBES),
                *r.pick(&[
                    "-",
                    "python-requests/2.32.3",
                    "Go-http-client/1.1",
                    "Mozilla/5.0 zgrab/0.x",
                ]),
            );
            let status = *r.weighted(&[(12, 404), (3, 403), (2, 400), (1, 301)]);
            request(
                stage,
                at,
                Request {
                    from: &from,
                    line: &format!("GET {path} HTTP/1.1"),
                    status,
                    bytes: 153,
                    referrer: "-",
                    agent,
                },
            );
        }
    }
}

fn visit(stage: &mut Stage, r: &mut Stream, at: i64) {
    let from = outsider(r);
    let agent = *r.weighted(AGENTS);
    let mut at = at;
    let mut referrer = (*r.weighted(&[
        (5, "-"),
        (3, "https://akimat.example/"),
        (2, "https://search.example/?q=akimat"),
    ]))
    .to_owned();
    for _ in 0..1 + r.below(4) {
        let path = *r.weighted(PAGES);
        let post = path == "/login" || (path == "/api/v1/requests" && r.permille(500));
        let status = if post {
            *r.weighted(&[(10, 302), (3, 401), (1, 500), (6, 201)])
        } else {
            *r.weighted(&[(80, 200), (12, 304), (3, 404), (1, 502), (1, 499), (2, 206)])
        };
        let bytes = if status == 304 || status == 499 {
            0
        } else {
            r.long_tailed(300, 8)
        };
        let line = format!(
            "{} {path} HTTP/{}",
            if post { "POST" } else { "GET" },
            r.weighted(&[(6, "2.0"), (4, "1.1")])
        );
        request(
            stage,
            at,
            Request {
                from: &from,
                line: &line,
                status,
                bytes,
                referrer: &referrer,
                agent,
            },
        );
        if r.permille(400) {
            referrer = format!("https://akimat.example{path}");
        }
        at += r.between(50_000, 20_000_000);
    }
}
