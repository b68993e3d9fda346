//! Products that no reader names: what the generic readers make of records of their shapes. Every record is invented.

use crate::testing::{Row, options, read};

/// Reads bytes whose format is told by their content, and compares columns of each record.
fn check(bytes: &[u8], format: &str, expected: &[&[(&str, &str)]]) {
    let out = read(bytes, &options());
    let text = String::from_utf8_lossy(bytes);
    assert_eq!(
        out.detection.format.name, format,
        "{}: {text}",
        out.detection.reason
    );
    assert_eq!(out.summary.unparsed, 0, "{:?}", out.summary.unparsed_examples);
    assert_eq!(out.rows.len(), expected.len(), "{text}");
    for (row, columns) in out.rows.iter().zip(expected) {
        same(row, columns);
    }
}

fn same(row: &Row, columns: &[(&str, &str)]) {
    for (column, value) in columns {
        assert_eq!(
            row.get(column).unwrap_or_default(),
            *value,
            "{column} of {}",
            row.text
        );
    }
}

#[test]
fn addresses_with_port_and_interface_are_taken_apart() {
    check(
        b"fwid=edge1 time=\"2026-01-01 00:12:03\" fw=10.20.0.1 pri=5 msg=\"Session closed\" src=10.20.0.31:51022:lan1 dst=198.51.100.7:443:wan proto=tcp app=1042 appName=Web user=N/A\n\
fwid=edge1 time=\"2026-01-01 00:12:04\" fw=10.20.0.1 pri=5 msg=\"Session opened\" src=gateway:lan1:x dst=198.51.100.7:0:wan proto=tcp app=1042\n",
        "key-value",
        &[
            &[
                ("src_ip", "10.20.0.31"),
                ("src_port", "51022"),
                ("dst_ip", "198.51.100.7"),
                ("dst_port", "443"),
                ("attrs.src", "10.20.0.31:51022:lan1"),
                ("service", "Web"),
                ("attrs.app", "1042"),
                ("user_name", ""),
                ("attrs.user", "N/A"),
            ],
            &[
                ("src_ip", ""),
                ("attrs.src", "gateway:lan1:x"),
                ("dst_ip", "198.51.100.7"),
                ("dst_port", ""),
                ("service", ""),
                ("attrs.app", "1042"),
            ],
        ],
    );
}

#[test]
fn the_diagnostic_context_of_an_application_gives_its_fields() {
    check(
        b"2026-01-01 00:12:03,250 INFO  [worker-4:https://mail.example/service] [name=aigul@mail.example;ip=10.20.0.2;oip=10.20.0.31;ua=Client/2.0;] security - cmd=Auth; account=aigul@mail.example; protocol=imap;\n\
2026-01-01 00:12:05,250 WARN  [worker-4:https://mail.example/service] [name=aigul@mail.example;oip=10.20.0.31;] security - cmd=Auth; account=aigul@mail.example; protocol=imap; error=authentication failed for [aigul], wrong password;\n\
2026-01-01 00:12:07,250 INFO  [worker-5] [plain words] store - opened\n",
        "application",
        &[
            &[
                ("kind", "other"),
                ("outcome", "unknown"),
                ("user_name", "aigul@mail.example"),
                ("src_ip", "10.20.0.31"),
                ("attrs.ip", "10.20.0.2"),
                ("protocol", "imap"),
                ("x_user_agent", "Client/2.0"),
                ("attrs.cmd", "Auth"),
            ],
            &[
                ("kind", "auth.logon"),
                ("outcome", "failure"),
                ("user_name", "aigul@mail.example"),
                ("src_ip", "10.20.0.31"),
                ("x_reason", "authentication failed for [aigul], wrong password"),
            ],
            &[("kind", "other"), ("user_name", "")],
        ],
    );
}

#[test]
fn names_deeper_in_json_count_where_the_top_does_not_say_it() {
    check(
        br#"{"time":"2026-01-01T00:12:03Z","type":"request","auth":{"metadata":{"username":"aigul"},"policies":["a"]},"request":{"id":"7","operation":"read","path":"secret/payroll","remote_address":"10.20.0.31","remote_port":51022}}
{"time":"2026-01-01T00:12:04Z","source":{"ip":"10.20.0.32"},"request":{"remote_address":"10.20.0.9","path":"secret/keys"},"labels":{"user":"nobody","ip":"10.9.9.9","name":"x"}}
"#,
        "json",
        &[
            &[
                ("user_name", "aigul"),
                ("src_ip", "10.20.0.31"),
                ("src_port", "51022"),
                ("action", "read"),
                ("target", "secret/payroll"),
                ("attrs.request.id", "7"),
            ],
            &[
                ("src_ip", "10.20.0.32"),
                ("attrs.request.remote_address", "10.20.0.9"),
                ("user_name", ""),
                ("attrs.labels.user", "nobody"),
                ("attrs.labels.ip", "10.9.9.9"),
            ],
        ],
    );
}

#[test]
fn devices_with_two_percent_signs_are_read() {
    check(
        b"Jan  1 2026 00:12:03 core-sw1 %%01SSH/4/LOGIN_FAILED(s)[7]:CID=0x80; Failed to log in. (UserName=netops, Ip=10.20.0.31, VpnName=)\n\
Jan  1 2026 00:12:05 core-sw1 %%10SHELL/5/SHELL_LOGIN: netops logged in from 10.20.0.31.\n\
Jan  1 2026 00:12:06 core-sw1 %% 01 IFNET/2/LINK_DOWN(l)[8]: port 7\n",
        "syslog-rfc3164",
        &[
            &[
                ("kind", "auth.logon"),
                ("outcome", "failure"),
                ("user_name", "netops"),
                ("src_ip", "10.20.0.31"),
                ("level", "4"),
                ("code", "SSH/4/LOGIN_FAILED"),
                ("provider", "SSH"),
                ("attrs.CID", "0x80"),
            ],
            &[
                ("kind", "auth.logon"),
                ("outcome", "success"),
                ("src_ip", "10.20.0.31"),
                ("level", "5"),
            ],
            &[("kind", "other"), ("level", "2"), ("code", "IFNET/2/LINK_DOWN")],
        ],
    );
}

#[test]
fn a_priority_in_words_behind_the_time_is_read() {
    check(
        b"Jan  1 00:12:03 <auth.info> gate4 sshd[812]: Accepted password for aigul from 10.20.0.31 port 51022 ssh2\n\
Jan  1 00:12:04 <local0.err> gate4 appd: cannot open\n",
        "syslog-rfc3164",
        &[
            &[
                ("host", "gate4"),
                ("level", "6"),
                ("attrs.facility", "auth"),
                ("kind", "auth.logon"),
                ("user_name", "aigul"),
            ],
            &[("host", "gate4"), ("level", "3"), ("attrs.facility", "local0")],
        ],
    );
}

#[test]
fn fields_in_a_message_of_syslog_are_told_by_their_common_names() {
    check(
        b"<134>Jan  1 00:12:03 fw7 portal: event-type=\"authentication\" event-result=\"Success\" loginName=aigul remote_ip=10.20.0.31 remote_port=51022 policyname=clerks\n\
<134>Jan  1 00:12:04 fw7 portal: id=7 uid=1000 result=failed user=serik ip=gateway\n",
        "syslog-rfc3164",
        &[
            &[
                ("user_name", "aigul"),
                ("src_ip", "10.20.0.31"),
                ("src_port", "51022"),
                ("x_rule", "clerks"),
                ("outcome", "success"),
                ("action", "authentication"),
                ("process", "portal"),
            ],
            &[
                ("user_name", "serik"),
                ("outcome", "failure"),
                ("session", ""),
                ("src_ip", ""),
                ("attrs.uid", "1000"),
                ("attrs.ip", "gateway"),
            ],
        ],
    );
}

#[test]
fn labels_say_what_custom_fields_of_cef_mean() {
    check(
        b"<14>Jan  1 00:12:04 sensor1 CEF:0|Wall|Guard|3|77|Rule applied|5|rt=1767208323000 cs1=clerks-out cs1Label=Policy Name cs2=10.20.0.31 cs2Label=Client IP cn1=51022 cn1Label=Source Port cs3=x cs3Label=Mood dst=198.51.100.7\n\
<14>Jan  1 00:12:05 sensor1 CEF:0|InfoTeCS|IDS|2|1:7:1|Odd handshake|2|rt=1767208324000 cs1=bad-unknown cs1Label=IDSClass src=10.20.0.31 spt=51022 dst=198.51.100.7 dpt=443 proto=TCP deviceFacility=Signature\n\
<14>Jan  1 00:12:06 admin1 CEF:0|KasperskyLab|SecurityCenter|14.2|GNRL_EV_ATTACK_DETECTED|Network attack detected|4|rt=1767208325000 dhost=WKS-7 dst=10.32.0.7 cs5=Scan.Generic.A cs5Label=AttackName cs6=TCP cs6Label=AttackedProtocol cs4=169869577 cs4Label=AttackerIPv4 cs7=3389 cs7Label=AttackedPort cs8=169869319 cs8Label=AttackedIPv4\n",
        "cef",
        &[
            &[
                ("x_rule", "clerks-out"),
                ("src_ip", "10.20.0.31"),
                ("src_port", "51022"),
                ("dst_ip", "198.51.100.7"),
                ("attrs.cs2", "10.20.0.31"),
                ("attrs.cs3", "x"),
                ("kind", "other"),
            ],
            &[
                ("kind", "ids.alert"),
                ("src_ip", "10.20.0.31"),
                ("dst_port", "443"),
                ("code", "1:7:1"),
            ],
            &[
                ("kind", "ids.alert"),
                ("category", "protection"),
                ("host", "WKS-7"),
                ("host_ip", "10.32.0.7"),
                ("attrs.relay", "admin1"),
                ("src_ip", "10.32.1.9"),
                ("dst_ip", "10.32.0.7"),
                ("dst_port", "3389"),
                ("protocol", "TCP"),
                ("x_rule", "Scan.Generic.A"),
            ],
        ],
    );
}

/// Tables as protection tools and registers export them, each in the language of its user.
#[test]
fn headers_of_tables_are_understood_in_six_languages() {
    for table in [
        "Дата;Время;Имя компьютера;Пользователь;Событие;IP-адрес источника;Результат;Уровень важности;Объект доступа\n\
         01.01.2026;00:12:03;WKS-7;aigul;Вход в систему;10.20.0.31;Отказ;Предупреждение;D:\\otchet.docx\n\
         01.01.2026;00:12:04;WKS-7;serik;Выход из системы;10.20.0.32;Успех;Предупреждение;D:\\a.docx\n",
        "Время;Устройство;Учётная запись пользователя;Описание события;IP отправителя;Результат операции;Критичность;Имя файла\n\
         01.01.2026 00:12:03;WKS-7;aigul;Вход в систему;10.20.0.31;запрещено;предупреждение;D:\\otchet.docx\n\
         01.01.2026 00:12:04;WKS-7;serik;Выход из системы;10.20.0.32;разрешено;предупреждение;D:\\a.docx\n",
        "Оқиға уақыты;Компьютер атауы;Пайдаланушы аты;Оқиғаның сипаттамасы;IP-мекенжайы;Нәтижесі;Деңгейі;Файл атауы\n\
         2026-01-01 00:12:03;WKS-7;aigul;Вход в систему;10.20.0.31;сәтсіз;ескерту;D:\\otchet.docx\n\
         2026-01-01 00:12:04;WKS-7;serik;Выход из системы;10.20.0.32;сәтті;ескерту;D:\\a.docx\n",
        "Datum;Čas;Računalnik;Uporabnik;Opis dogodka;Izvorni IP;Rezultat;Resnost;Datoteka\n\
         1.1.2026;00:12:03;WKS-7;aigul;Вход в систему;10.20.0.31;neuspešno;opozorilo;D:\\otchet.docx\n\
         1.1.2026;00:12:04;WKS-7;serik;Выход из системы;10.20.0.32;uspešno;opozorilo;D:\\a.docx\n",
        "Päivämäärä;Kellonaika;Tietokone;Käyttäjätunnus;Tapahtuman kuvaus;Lähde-IP;Tulos;Vakavuus;Tiedosto\n\
         1.1.2026;00:12:03;WKS-7;aigul;Вход в систему;10.20.0.31;epäonnistui;varoitus;D:\\otchet.docx\n\
         1.1.2026;00:12:04;WKS-7;serik;Выход из системы;10.20.0.32;onnistui;varoitus;D:\\a.docx\n",
        "Datum;Uhrzeit;Rechnername;Benutzername;Ereignisbeschreibung;Quell-IP;Ergebnis;Schweregrad;Dateiname\n\
         01.01.2026;00:12:03;WKS-7;aigul;Вход в систему;10.20.0.31;fehlgeschlagen;Warnung;D:\\otchet.docx\n\
         01.01.2026;00:12:04;WKS-7;serik;Выход из системы;10.20.0.32;erfolgreich;Warnung;D:\\a.docx\n",
        "Date;Time;Computer;User;Message;Source IP;Result;Severity;File name\n\
         2026-01-01;00:12:03;WKS-7;aigul;Вход в систему;10.20.0.31;denied;warning;D:\\otchet.docx\n\
         2026-01-01;00:12:04;WKS-7;serik;Выход из системы;10.20.0.32;success;warning;D:\\a.docx\n",
    ] {
        let out = read(table.as_bytes(), &options());
        assert_eq!(out.rows.len(), 2, "{table}");
        same(
            &out.rows[0],
            &[
                ("time", "2026-01-01T00:12:03Z"),
                ("host", "WKS-7"),
                ("user_name", "aigul"),
                ("message", "Вход в систему"),
                ("src_ip", "10.20.0.31"),
                ("outcome", "failure"),
                ("level", "4"),
                ("target", "D:\\otchet.docx"),
            ],
        );
        same(&out.rows[1], &[("user_name", "serik"), ("outcome", "success")]);
    }
}
