//! The files that lists come in.

use dnc_core::list::file_format::{Action, ColumnName, Format, MOST_LINE, Parser, Reason, Record, Reject, Unreadable};
use dnc_core::phone::field::Problem;
use dnc_core::phone::{PhoneError, plan};

fn us() -> Format {
    Format { region: plan::region("US"), comment: Some(b'#'), number: vec![ColumnName::Place(0)], ..Format::default() }
}

fn csv(columns: &[&str]) -> Format {
    let number = columns.iter().map(|column| ColumnName::of(column)).collect();
    Format { delimiter: Some(b','), quote: Some(b'"'), number, ..us() }
}

fn read_in(portion: usize, format: &Format, file: &[u8]) -> Result<Vec<Result<Record, Reject>>, Unreadable> {
    let mut all = Vec::new();
    let mut parser = Parser::new(format);
    for bytes in file.chunks(portion.max(1)) {
        parser.feed(bytes, &mut |found| all.push(found))?;
    }
    parser.finish(&mut |found| all.push(found))?;
    Ok(all)
}

/// What a file says, however it is cut: numbers, with a minus before those that are removed; rejects as line and reason.
fn read(format: &Format, file: impl AsRef<[u8]>) -> Vec<String> {
    let file = file.as_ref();
    let whole = read_in(file.len(), format, file).unwrap();
    // A byte order mark is looked for in the first portion, which is never that small.
    for portion in [64, 65, 100] {
        assert_eq!(read_in(portion, format, file).unwrap(), whole, "in portions of {portion}");
    }
    whole
        .into_iter()
        .map(|found| match found {
            Ok(Record { phone, removed }) => format!("{}{phone}", if removed { "-" } else { "" }),
            Err(Reject { line, reason, .. }) => format!("{line}: {}", reason.rule()),
        })
        .collect()
}

#[test]
fn one_number_a_line() {
    let file = "\u{feff}phone\r\n4155550101\r\n\r\n  (415) 555-0102 \n# a comment\n+44 20 7946 0018\n415-555-0103 ext. 9\n12\n4155550104";
    let bad = Reason::Phone(Problem::Parse(PhoneError::TooShort)).rule();
    assert_eq!(
        read(&us(), file),
        ["+14155550101", "+14155550102", "+442079460018", "+14155550103", &format!("8: {bad}"), "+14155550104"]
    );
    assert_eq!(read(&us(), "4155550101"), ["+14155550101"]);
    assert_eq!(read(&us(), ""), [] as [&str; 0]);
    assert_eq!(read(&us(), "\n\r\n \n#\n"), [] as [&str; 0]);
    // A header is the first line and has no digit; what else cannot be read is rejected.
    assert_eq!(read(&us(), "phone\nphone\n"), [format!("2: {}", Reason::Phone(Problem::NoNumber).rule())]);
}

#[test]
fn the_layouts_of_registries() {
    // United States, full: area code and number, or ten digits.
    assert_eq!(read(&csv(&["1", "2"]), "415,5550101\n212,5550102\r\n"), ["+14155550101", "+12125550102"]);
    assert_eq!(read(&csv(&["1", "2"]), "4155550101\n415\n")[0], "+14155550101");
    assert_eq!(read(&csv(&["1", "3"]), "415,5550101\n"), [format!("1: {}", Reason::NoColumn.rule())]);
    // United Kingdom: dialling code and number in twelve columns.
    let uk = Format { region: plan::region("GB"), ..us() };
    assert_eq!(
        read(&uk, "0207 3787244\r\n01635 506160\r\n02073787244 \r\n"),
        ["+442073787244", "+441635506160", "+442073787244"]
    );
    // United States, changes.
    let action = Action { column: ColumnName::Place(3), add: vec!["a".into()], remove: vec!["d".into()] };
    let changes = Format { action: Some(action), ..csv(&["1", "2"]) };
    assert_eq!(
        read(&changes, "415,5550101,2026-11-01,A\n415,5550102,2026-11-02,d\n415,5550103,2026-11-02,X\n415,5550104\n"),
        [
            "+14155550101",
            "-+14155550102",
            &format!("3: {}", Reason::NoAction.rule()),
            &format!("4: {}", Reason::NoColumn.rule())
        ]
    );
    // Canada, as published: the list is closed before its numbers, and once too often.
    let canada = Format { xml: true, number: vec![ColumnName::of("ac/@val"), ColumnName::of("ph/@val")], ..us() };
    let file = "<?xml version='1.0'?>\n<list type='full' level='all' val='' />\n<ac val='416'>\n<ph val='5550101'/>\n<ph val = \"5550102\"/></ac>\n<ac val=905><ph val=5550103/>\n<ph val='12'/></ac></list></list>";
    let bad = Reason::Phone(Problem::Parse(PhoneError::TooShort)).rule();
    let got = read(&canada, file);
    assert_eq!(got[..3], ["+14165550101", "+14165550102", "+19055550103"]);
    assert_eq!(got[3..], [format!("7: {bad}")]);
    let nested = Format { xml: true, number: vec![ColumnName::of("phone")], ..us() };
    assert_eq!(read(&nested, "<x><phone>\n (415) 555-0101 </phone><other>1</other></x>"), ["+14155550101"]);
}

#[test]
fn files_with_headers() {
    let format = csv(&["Phone"]);
    assert_eq!(
        read(
            &format,
            "# made by hand\nname,PHONE,date\n\"Smith, \"\"Jo\"\"\",4155550101,x\nJones , \"415 555-0102\" ,\n"
        ),
        ["+14155550101", "+14155550102"]
    );
    assert_eq!(read_in(99, &format, b"a,b\n1,2\n"), Err(Unreadable::NoHeader("Phone".into())));
    let tabs = Format { delimiter: Some(b'\t'), ..csv(&["2"]) };
    assert_eq!(read(&tabs, "\t4155550101\n a \t 4155550102 \t\n"), ["+14155550101", "+14155550102"]);
}

#[test]
fn files_that_are_none() {
    for file in [&b"\xff\xfe4\x001\x00"[..], b"\xfe\xff\x004", b"4\x001\x005\x00"] {
        assert_eq!(read_in(99, &us(), file), Err(Unreadable::Encoding));
    }
    let long = format!("4155550101\n{}\n4155550102\n{}", "4".repeat(3 * MOST_LINE), "5".repeat(MOST_LINE + 1));
    for portion in [1000, MOST_LINE, long.len()] {
        let lines: Vec<_> = read_in(portion, &us(), long.as_bytes())
            .unwrap()
            .into_iter()
            .map(|found| found.map_err(|r| r.line))
            .map(|f| f.map(|i| i.phone.to_string()))
            .collect();
        assert_eq!(lines[0], Ok("+14155550101".into()));
        assert_eq!(lines[2], Ok("+14155550102".into()));
        assert_eq!((&lines[1], &lines[3]), (&Err(2), &Err(4)));
    }
    assert!(read_in(99, &us(), b"\xe9\xe8\n\x80\x81 5").unwrap().iter().all(Result::is_err));
}

#[test]
fn rejects_show_no_number() {
    let reject = read_in(99, &us(), "x415-555-010177é\n".as_bytes()).unwrap().remove(0).unwrap_err();
    assert_eq!((reject.line, reject.text.as_str()), (1, "x***-***-****77?"));
    let long = read_in(9999, &us(), "9é".repeat(400).as_bytes()).unwrap().remove(0).unwrap_err();
    assert_eq!(long.text.chars().count(), 60);
}
