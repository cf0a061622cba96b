//! Canonical rows, and commitments to them.

use dnc_core::audit::canonical::{self, Canonical};
use dnc_core::audit::commitment;

#[test]
fn canonical_rows() {
    let texts = [Some("a\"".to_owned()), None, Some("é".to_owned())];
    assert_eq!(
        canonical::row([("t", Canonical::Texts(&texts)), ("e", Canonical::Texts(&[]))]),
        r#"{"e":[],"t":["a\"",null,"é"]}"#
    );
    let row = canonical::row([
        ("phone", Canonical::Text("+1")),
        ("b", Canonical::Bool(true)),
        ("Z", Canonical::Int(-5)),
        ("text", Canonical::Text("a\"b\\c\né")),
        ("json", Canonical::Json(r#"{"k": 1}"#)),
        ("at", Canonical::Timestamp(0)),
        ("bytes", Canonical::Bytes(&[0, 255])),
        ("none", Canonical::Null),
    ]);
    let want = [
        r#"{"Z":-5,"at":"2000-01-01T00:00:00.000000Z","b":true,"bytes":"00ff","json":{"k": 1},"none":null,"#,
        r#""phone":"+1","text":"a\"b\\c\u000aé"}"#,
    ];
    assert_eq!(row, want.concat());
    const DAY: i64 = 86_400_000_000;
    for (days, micros, want) in [
        (0, -1, "1999-12-31T23:59:59.999999Z"),
        (59, 0, "2000-02-29T00:00:00.000000Z"),
        (9_132, 1, "2025-01-01T00:00:00.000001Z"),
        (-730_119, 0, "0001-01-01T00:00:00.000000Z"),
        (36_584, 0, "2100-03-01T00:00:00.000000Z"),
    ] {
        assert_eq!(canonical::timestamp(days * DAY + micros), want);
    }
    assert_eq!(canonical::timestamp(i64::MIN), "-infinity");
}

#[test]
fn a_log_rows_text_is_its_canonical_row() {
    for (seq, actor, role) in
        [(1, None, "postgres"), (i64::MAX, Some("a \"b\"\\\n\u{1}é"), "weird \"role"), (-7, Some(""), "")]
    {
        let row = commitment::LogRow {
            seq,
            relation: "entry",
            operation: "INSERT",
            row_key: "x\"1",
            logged_at: -1,
            session_role: role,
            effective_role: "é",
            actor,
            commitment: &[0xAB; 32],
        };
        let want = canonical::row([
            ("seq", Canonical::Int(seq)),
            ("relation", Canonical::Text("entry")),
            ("operation", Canonical::Text("INSERT")),
            ("row_key", Canonical::Text("x\"1")),
            ("logged_at", Canonical::Timestamp(-1)),
            ("session_role", Canonical::Text(role)),
            ("effective_role", Canonical::Text("é")),
            ("actor", actor.map_or(Canonical::Null, Canonical::Text)),
            ("commitment", Canonical::Bytes(&[0xAB; 32])),
            ("format", Canonical::Int(i64::from(canonical::FORMAT))),
        ]);
        assert_eq!(row.text(), want);
    }
}

#[test]
fn a_column_added_later_counts_as_null() {
    for (logged, now, same) in [
        (r#"{"a":1,"b":"x"}"#, r#"{"a":1,"b":"x"}"#, true),
        (r#"{"a":1,"b":"x"}"#, r#"{"a":1,"b":"x","c":null}"#, true),
        (r#"{"a":1,"b":"x"}"#, r#"{"a":1,"b":"x","c":false}"#, false),
        (r#"{"a":1,"b":"x"}"#, r#"{"a":1,"b":"y","c":null}"#, false),
        (r#"{"a":1,"b":"x"}"#, r#"{"a":1}"#, false),
        (r#"{"a":1}"#, r#"{"a":1.0}"#, false),
        ("", "{}", false),
    ] {
        assert_eq!(canonical::same_row(logged, now), same, "{logged} {now}");
    }
}

#[test]
fn commitments_tell_null_from_empty_and_where_a_part_ends() {
    let parts = [(None, None), (None, Some("")), (Some(""), None), (Some("a"), Some("b")), (Some("ab"), Some(""))];
    let all = parts.map(|(before, after): (Option<&str>, Option<&str>)| {
        commitment::commitment(&[7; commitment::SALT], before.map(str::as_bytes), after.map(str::as_bytes))
    });
    for (i, a) in all.iter().enumerate() {
        assert!(all[i + 1..].iter().all(|b| a != b));
    }
    // As sha256sum says of 32 bytes of 7 and two of 0.
    assert_eq!(canonical::hex(&all[0]), "825e206aabf65c62f512521ac808d63d83b398738d57b61dc0a09e4491650565");
    assert_ne!(commitment::commitment(&[8; commitment::SALT], None, None), all[0]);
}
