//! Derives everything `core/src/phone` takes from libphonenumber's metadata, so that no table in it is typed by hand:
//!
//! * `data/phone-metadata.bin`, the metadata itself with `\d` written as `[0-9]` (the Unicode-aware `\d` makes a
//!   backend grow several times as much, and the normalised digits are ASCII anyway);
//! * `core/src/phone/plan_table.rs`, the facts that the fast parsing path needs about every region.
//!
//! Run by `make numbering-plan` whenever rlibphonenumber is updated; a test of the core fails if the result is stale.
//! Usage: `numbering_plan <rlibphonenumber's metadata.bin> <metadata version> <output folder>`.

use prost::Message;
use regex_syntax::hir::{Class, Hir, HirKind};
use rlibphonenumber::{PhoneMetadataCollection, PhoneNumberDesc};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The digits with which a non-empty match of `hir` can begin, as a bit a digit, and whether it can match nothing.
fn first_digits(hir: &Hir) -> (u16, bool) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => (0, true),
        HirKind::Literal(l) => (1 << (l.0[0] - b'0'), false),
        HirKind::Class(Class::Unicode(c)) => {
            let hit = |d: u16| c.iter().any(|r| (r.start()..=r.end()).contains(&char::from(b'0' + d as u8)));
            ((0..10).filter(|&d| hit(d)).fold(0, |m, d| m | 1 << d), false)
        }
        HirKind::Class(Class::Bytes(_)) => unreachable!("patterns are parsed as Unicode"),
        HirKind::Repetition(r) => {
            let (mask, empty) = first_digits(&r.sub);
            (mask, empty || r.min == 0)
        }
        HirKind::Capture(c) => first_digits(&c.sub),
        HirKind::Concat(parts) => {
            let mut mask = 0;
            for p in parts {
                let (m, empty) = first_digits(p);
                mask |= m;
                if !empty {
                    return (mask, false);
                }
            }
            (mask, true)
        }
        HirKind::Alternation(parts) => {
            parts.iter().map(first_digits).fold((0, false), |(m, e), (m2, e2)| (m | m2, e | e2))
        }
    }
}

fn pattern_first_digits(pattern: &str) -> u16 {
    if pattern.is_empty() {
        return 0;
    }
    first_digits(&regex_syntax::parse(pattern).expect("metadata holds valid patterns")).0
}

/// Patterns reach us wrapped as `^(?:…)$`.
fn bare(pattern: &str) -> &str {
    pattern.strip_prefix("^(?:").and_then(|p| p.strip_suffix(")$")).unwrap_or(pattern)
}

fn ascii_digits(pattern: &mut String) {
    *pattern = pattern.replace(r"\d", "[0-9]");
}

#[allow(deprecated)] // the generated fields are marked as shadowed by the library's wrapper; here they are read as stored
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let [_, source, version, out] = &args[..] else {
        panic!("usage: numbering_plan <metadata.bin> <version> <output folder>")
    };
    let bytes = std::fs::read(source).expect("readable metadata");
    let mut all = PhoneMetadataCollection::decode(&bytes[..]).expect("metadata decodes");

    let mut regions = String::new();
    let mut codes: BTreeMap<i32, (u32, bool, Option<String>)> = BTreeMap::new();
    all.metadata.sort_by(|a, b| a.id.cmp(&b.id));
    for m in &mut all.metadata {
        let code = m.country_code();
        let general = m.general_desc.as_ref().expect("every region has a general description");
        let bits = |v: &[i32]| v.iter().filter(|&&n| n > 0).fold(0u32, |b, &n| b | 1 << n);
        let (possible, local) = (bits(&general.possible_length), bits(&general.possible_length_local_only));
        let zero_leads = pattern_first_digits(bare(general.national_number_pattern())) & 1 != 0;
        let idd = bare(m.international_prefix()).to_owned();
        let trunk = bare(m.national_prefix_for_parsing()).to_owned();
        let trunk_zero = trunk == "0" && m.national_prefix_transform_rule().is_empty() && !zero_leads;
        if m.id != "001" {
            writeln!(
                regions,
                "    RegionPlan {{ region: *b\"{}\", code: {code}, lengths: {possible:#x}, local_only: {local:#x}, idd: {:?}, idd_first: {:#x}, trunk_first: {:#x}, trunk_zero: {trunk_zero} }},",
                m.id,
                if idd.bytes().all(|b| b.is_ascii_digit()) { idd.as_str() } else { "" },
                pattern_first_digits(&idd),
                pattern_first_digits(&trunk),
            )
            .unwrap();
        }
        let entry = codes.entry(code).or_insert((0, false, None));
        // As in the library, what is possible after a bare calling code is what its main region says.
        if m.main_country_for_code() || entry.2.is_none() {
            entry.0 = possible;
            entry.2 = Some(m.id.clone());
        }
        entry.1 |= zero_leads || pattern_first_digits(&trunk) & 1 == 0;
        let each = |d: &mut Option<PhoneNumberDesc>| {
            if let Some(p) = d.as_mut().and_then(|d| d.national_number_pattern.as_mut()) {
                ascii_digits(p)
            }
        };
        for d in [
            &mut m.general_desc,
            &mut m.fixed_line,
            &mut m.mobile,
            &mut m.toll_free,
            &mut m.premium_rate,
            &mut m.shared_cost,
            &mut m.personal_number,
            &mut m.voip,
            &mut m.pager,
            &mut m.uan,
            &mut m.voicemail,
            &mut m.no_international_dialling,
        ] {
            each(d);
        }
        for p in [&mut m.international_prefix, &mut m.national_prefix_for_parsing, &mut m.leading_digits]
            .into_iter()
            .flatten()
        {
            ascii_digits(p);
        }
        for f in m.number_format.iter_mut().chain(m.intl_number_format.iter_mut()) {
            ascii_digits(&mut f.pattern);
            f.leading_digits_pattern.iter_mut().for_each(ascii_digits);
        }
    }
    std::fs::write(format!("{out}/data/phone-metadata.bin"), all.encode_to_vec()).expect("writable output");

    let mut table = format!(
        "// Generated by tools/numbering_plan.rs from libphonenumber metadata {version}: do not edit.\n\n\
         use super::plan::{{CodePlan, RegionPlan}};\n\n\
         /// Version of the libphonenumber metadata behind this table and `data/phone-metadata.bin`.\n\
         pub const METADATA_VERSION: &str = \"{version}\";\n\n\
         /// Sorted by region.\n#[rustfmt::skip]\npub static REGIONS: &[RegionPlan] = &[\n{regions}];\n\n\
         /// Sorted by calling code; `main` is the region whose rules hold after the bare calling code.\n\
         #[rustfmt::skip]\npub static CODES: &[CodePlan] = &[\n"
    );
    for (code, (lengths, zero_leads, main)) in &codes {
        let main = main.as_deref().filter(|m| *m != "001").unwrap_or("");
        writeln!(
            table,
            "    CodePlan {{ code: {code}, main: {main:?}, lengths: {lengths:#x}, zero_leads: {zero_leads} }},"
        )
        .unwrap();
    }
    table.push_str("];\n");
    std::fs::write(format!("{out}/core/src/phone/plan_table.rs"), table).expect("writable output");
}
