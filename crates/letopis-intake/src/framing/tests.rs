//! Framings by what they cut out of a text.

use super::*;

/// Records of `text`, each on its own line with `|` for line ends; structure in brackets.
#[track_caller]
fn check(framing: Framing, text: &str, expected: &[&str]) {
    let mut memory = Memory::default();
    let mut rest = text;
    let mut found = Vec::new();
    while !rest.is_empty() {
        let is_start = |start: Start, range: std::ops::Range<usize>| match start {
            Start::Own(is_start) => is_start(&rest[range]),
            Start::Pattern => unreachable!("no framing of these tests"),
        };
        let view = View {
            units: rest.as_bytes(),
            at_end: true,
            ends: LineEnds::Feed,
            is_start: &is_start,
        };
        let length = match step(framing, &view, &mut memory) {
            Step::Record { length, after, .. } => {
                found.push(rest[..length].replace('\n', "|"));
                length + after
            }
            Step::Structure { length, kind } => {
                if kind != StructureKind::Separator {
                    found.push(format!("({})", rest[..length].replace('\n', "|")));
                }
                length
            }
            Step::More => panic!("more asked for at the end"),
        };
        assert!(length > 0);
        rest = &rest[length..];
    }
    assert_eq!(found, expected, "{text}");
}

#[test]
fn lines_that_continue_others() {
    let framing = Framing::StartLine(|line| line.starts_with('2'));
    check(
        framing,
        "lost\n2 a\n  at b\n\n  at c\n\n2 d\n",
        &["lost", "2 a|  at b||  at c", "2 d"],
    );
}

#[test]
fn quotes_hold_lines_together() {
    check(Framing::Quoted(b'"'), "a,\"b\nc\"\nd\n", &["a,\"b|c\"", "d"]);
    check(
        Framing::Quoted(b'"'),
        "a,\"b \"\"x\"\"\nc\",d\n",
        &["a,\"b \"\"x\"\"|c\",d"],
    );
    // A quote that nobody closes must not swallow the file.
    check(Framing::Quoted(b'"'), "a,\"b\nc\nd\n", &["a,\"b", "c", "d"]);
}

#[test]
fn json_in_every_layout() {
    let json = Framing::Json;
    check(
        json,
        "{\"a\":1}\n{\"b\":\"}\\\"{\"}\n",
        &["{\"a\":1}", "{\"b\":\"}\\\"{\"}"],
    );
    check(
        json,
        "{\n \"a\": {\n  \"b\": 1\n }\n}\n{\"c\":2}",
        &["{| \"a\": {|  \"b\": 1| }|}", "{\"c\":2}"],
    );
    check(
        json,
        "[{\"a\":1},\n{\"b\":2}]\n",
        &["([)", "{\"a\":1}", "{\"b\":2}", "(])"],
    );
    check(
        json,
        "{\"Records\":[{\"a\":1},{\"b\":2}]}",
        &["({\"Records\":[)", "{\"a\":1}", "{\"b\":2}", "(])", "(})"],
    );
    check(
        json,
        "{\"took\":3,\"timed_out\":false,\"hits\":{\"total\":2,\"hits\":[{\"a\":1}, {\"b\":[{}]}],\"x\":1},\"y\":[2]}\n",
        &[
            "({\"took\":3,\"timed_out\":false,\"hits\":{\"total\":2,\"hits\":[)",
            "{\"a\":1}",
            "{\"b\":[{}]}",
            "(])",
            "(,\"x\":1})",
            "(,\"y\":[2]})",
        ],
    );
    // Several envelopes in a row, the second with two lists.
    check(
        json,
        "{\"records\":[{\"a\":1}]}\n{\"n\":1,\"records\":[\n{\"b\":2}\n],\"events\":[{\"c\":3}]}\n",
        &[
            "({\"records\":[)",
            "{\"a\":1}",
            "(])",
            "(})",
            "({\"n\":1,\"records\":[)",
            "{\"b\":2}",
            "(])",
            "(,\"events\":[)",
            "{\"c\":3}",
            "(])",
            "(})",
        ],
    );
    // An event that has a list is one record, wherever its time stands.
    for event in [
        "{\"time\":1,\"items\":[{\"a\":1}]}",
        "{\"items\":[{\"a\":1}],\"eventDateTime\":1}",
        "{\"id\":1,\"hits\":{\"hits\":7},\"n\":{\"items\":[{}]}}",
    ] {
        check(json, event, &[event]);
    }
    // What follows the list is no JSON: lines again.
    check(
        json,
        "{\"records\":[{\"a\":1}], oops\n{\"b\":2}\n",
        &["({\"records\":[)", "{\"a\":1}", "(])", ", oops", "{\"b\":2}"],
    );
    check(json, "{\"a\":1}{\"b\":2}", &["{\"a\":1}", "{\"b\":2}"]);
    check(json, "{\"a\":1\n{\"b\":2}\n", &["{\"a\":1", "{\"b\":2}"]);
    check(json, "{\"a\":\"x\n{\"b\":2}\n", &["{\"a\":\"x", "{\"b\":2}"]);
    check(json, "no json\n{\"b\":2}\n", &["no json", "{\"b\":2}"]);
}

#[test]
fn xml_elements() {
    let xml = Framing::XmlElement("Event");
    check(
        xml,
        "<?xml version=\"1.0\"?>\n<Events>\n<Event a=\"1\"><x/></Event><Event>\n<y>z</y></Event>\n</Events>\n",
        &[
            "(<?xml version=\"1.0\"?>)",
            "(<Events>)",
            "<Event a=\"1\"><x/></Event>",
            "<Event>|<y>z</y></Event>",
            "(</Events>)",
        ],
    );
    check(xml, "<e:Event>a</e:Event>", &["<e:Event>a</e:Event>"]);
    check(xml, "<Event/><Event>b</Event>", &["<Event/>", "<Event>b</Event>"]);
    check(
        xml,
        "<Event>cut <Event>b</Event>",
        &["<Event>cut ", "<Event>b</Event>"],
    );
    check(
        xml,
        "<Event><![CDATA[</Event>]]></Event>",
        &["<Event><![CDATA[</Event>]]></Event>"],
    );
    check(
        xml,
        "<EventData>no</EventData>",
        &["(<EventData>)", "no", "(</EventData>)"],
    );
    // A sign of inequality is text.
    check(
        xml,
        "<Event>a</Event>\n1 < 2 and 3 <4\n<b <c>\n<",
        &["<Event>a</Event>", "1 < 2 and 3 <4", "(<b )", "(<c>)", "<"],
    );
}

#[test]
fn paragraphs() {
    check(Framing::Paragraphs, "A=1\nB=2\n\n\nA=3\n", &["A=1|B=2", "A=3"]);
}

#[test]
fn blank_lines_are_one_piece() {
    let text = "\n".repeat(1000) + " \r\n\t\n" + "a\n\n\nb\n\n";
    for framing in [
        Framing::Lines,
        Framing::Quoted(b'"'),
        Framing::StartLine(|_| true),
    ] {
        let mut memory = Memory::default();
        let mut steps = Vec::new();
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let view = View {
                units: rest.as_bytes(),
                at_end: true,
                ends: LineEnds::Feed,
                is_start: &|_, _| true,
            };
            let (length, after) = match step(framing, &view, &mut memory) {
                Step::Record { length, after, .. } => (length, after),
                Step::Structure { length, .. } => (length, 0),
                Step::More => panic!("more asked for at the end"),
            };
            steps.push(length);
            rest = &rest[length + after..];
        }
        assert_eq!(steps, [1005, 1, 2, 1, 1], "{framing:?}");
    }
}

/// A CR at the end of what is seen may be half of a line end.
#[test]
fn blank_lines_do_not_part_a_line_end() {
    for (units, at_end, expected) in [
        (&b"\r\r\n\r"[..], false, 3),
        (b"\r\r\n\r", true, 4),
        (b"\r\n  x\r", false, 2),
    ] {
        let view = View {
            units,
            at_end,
            ends: LineEnds::Return,
            is_start: &|_, _| true,
        };
        let found = step(Framing::Lines, &view, &mut Memory::default());
        let kind = StructureKind::Separator;
        assert_eq!(
            found,
            Step::Structure {
                length: expected,
                kind
            }
        );
    }
}

/// A record that is followed by nothing but blank lines does not wait for their end.
#[test]
fn a_record_does_not_take_in_endless_blank_lines() {
    let text = "2 a\n".to_owned() + &"\n".repeat(200_000);
    let view = View {
        units: text.as_bytes(),
        at_end: false,
        ends: LineEnds::Feed,
        is_start: &|_, _| false,
    };
    let found = step(Framing::StartLine(|_| false), &view, &mut Memory::default());
    let whole = Step::Record {
        length: 3,
        after: 1,
        closed: true,
    };
    assert_eq!(found, whole);
}
