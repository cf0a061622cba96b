//! Regions as people name them.

use dnc_core::phone::region_name::{self, problem, region};
use dnc_core::phone::{PhoneError, library, parse, plan};
use std::collections::HashMap;

fn named(name: &str) -> &str {
    region(name).map_or("", |plan| std::str::from_utf8(&plan.region).unwrap())
}

fn meant(name: &str) -> String {
    problem(name).and_then(|problem| problem.listed()).unwrap_or_default()
}

#[test]
fn names_of_people() {
    for (names, want) in [
        ("US|us|USA|usa|U.S.|U.S.A.|U. S. A.| USA |United States|UNITED STATES OF AMERICA|the United States", "US"),
        ("Estados Unidos|États-Unis|Etats Unis|États-Unis|Vereinigte Staaten|ＵＳＡ|+1|1|001|США|EE.UU.", "US"),
        ("GB|UK|uk|U.K.|GBR|United Kingdom|Great Britain|England|Scotland|+44|44|0044|٤٤|＋４４", "GB"),
        ("DE|de|DEU|deu|Germany|Deutschland|DEUTSCHLAND|Allemagne|Alemania|Germania|+49|49|Niemcy|ドイツ|德国", "DE"),
        ("Österreich|Osterreich|Oesterreich|OESTERREICH|O\u{308}sterreich|Austria|Autriche|AUT|+43", "AT"),
        ("España|Espana|Espagne|Spanien|ESP", "ES"),
        ("Côte d'Ivoire|Côte d’Ivoire|Cote dIvoire|Ivory Coast|CIV", "CI"),
        ("Türkiye|Turkiye|TÜRKİYE|Turkey", "TR"),
        ("South Korea|Korea, Republic of|Republic of Korea|대한민국|KOR", "KR"),
        ("Guinea Bissau|Guinea-Bissau", "GW"),
        ("Trinidad & Tobago|Trinidad and Tobago", "TT"),
        ("St. Lucia|St Lucia|Saint Lucia", "LC"),
        ("Netherlands|The Netherlands|Nederland|Holland|Pays-Bas", "NL"),
        ("Россия|россия|Russian Federation|+7|7", "RU"),
        ("DR Congo|Congo - Kinshasa", "CD"),
        ("Czechia|Czech Republic|Česko|Cesko", "CZ"),
        ("Nigeria|NGA|+234", "NG"),
        ("+353|353", "IE"),
        ("\u{200e}+44\u{200e}|\u{feff}Großbritannien|United\u{a0}Kingdom", "GB"),
    ] {
        for name in names.split('|') {
            assert_eq!(named(name), want, "{name}");
        }
    }
}

/// What names no region, or may mean several, and what a message suggests for it.
#[test]
fn what_names_none() {
    for (name, want) in [
        ("", ""),
        (" ", ""),
        ("-", ""),
        ("?", ""),
        ("Narnia", ""),
        ("XX", ""),
        ("0", ""),
        ("+", ""),
        ("+999", ""),
        ("+800", ""),
        ("44.0", "GB (United Kingdom)"),
        ("4 4", "GB (United Kingdom)"),
        ("+044", "GB (United Kingdom)"),
        ("044", "BS (Bahamas) or GB (United Kingdom)"),
        ("276", "DE (Germany)"),
        ("234", "+234 (Nigeria) or FO (Faroe Islands)"),
        ("380", "+380 (Ukraine) or IT (Italy)"),
        ("+1-809", "DO (Dominican Republic)"),
        ("1 (876)", "JM (Jamaica)"),
        ("+44 20", "GB (United Kingdom)"),
        ("Germny", "DE (Germany)"),
        ("Gemrany", "DE (Germany)"),
        ("Deutchland", "DE (Germany)"),
        ("Untied States", "US (United States)"),
        ("GER", "DE (Germany)"),
        ("Áo", ""),
        ("EN", "GB (United Kingdom) or US (United States)"),
        ("en-US", "US (United States)"),
        ("Germany (DE)", "DE (Germany)"),
        ("US/CA", "US (United States) or CA (Canada)"),
        ("Congo", "CD (Congo-Kinshasa) or CG (Congo-Brazzaville)"),
        ("Korea", "KP (North Korea) or KR (South Korea)"),
        ("Virgin Islands", "VG (British Virgin Islands) or VI (U.S. Virgin Islands)"),
    ] {
        assert_eq!(named(name), "", "{name}");
        assert_eq!(meant(name), want, "{name}");
    }
    for (name, ambiguous) in [("Congo", true), ("234", true), ("EN", true), ("US/CA", false), ("Germny", false)] {
        assert_eq!(problem(name).unwrap().ambiguous, ambiguous, "{name}");
    }
    assert_eq!(named(&"Germany".repeat(100)), "");
    assert_eq!(meant(&"Germany".repeat(100)), "");
    assert!(problem("Germany").is_none());
}

/// Every region that numbers are read in has a line, and each of its codes and names means it.
#[test]
fn every_name_means_its_region() {
    let plans: Vec<_> = plan::regions().iter().map(|plan| plan.region).collect();
    let named_plans: Vec<_> = region_name::regions().iter().map(|names| names.plan.region).collect();
    assert_eq!(plans, named_plans);
    let mut codes = HashMap::new();
    let mut count = 0;
    for names in region_name::regions() {
        let own = names.plan.as_str();
        assert!(names.shown.is_ascii());
        for code in [names.alpha3, names.numeric].into_iter().filter(|code| *code != "-") {
            assert!(codes.insert(code, own).is_none(), "{code} is the code of two regions");
        }
        for name in names.names().chain([own, names.alpha3]) {
            assert_eq!(named(name), own, "{name}");
            assert_eq!(named(&name.to_uppercase().replace(' ', ".  ")), own, "{name} in capitals");
            count += 1;
        }
        for hint in names.hints() {
            assert_eq!(named(hint), "", "{hint}");
            assert!(meant(hint).contains(&format!("{own} (")), "{hint}");
        }
    }
    assert!(count > 2500, "{count}");
}

#[test]
fn calling_codes() {
    for code in plan::codes() {
        assert_eq!(named(&format!("+{}", code.code)), code.main, "+{}", code.code);
        assert_eq!(named(&format!("00{}", code.code)), code.main, "00{}", code.code);
        let bare = code.code.to_string();
        let numeric = region_name::regions().iter().find(|names| names.numeric == bare);
        let other = numeric.is_some_and(|names| names.plan.as_str() != code.main);
        assert_eq!(named(&bare), if other { "" } else { code.main }, "{bare}");
    }
}

/// A calling code stands for its main region. That is right, since national spellings of the other regions are read as
/// the same number there, or not at all.
#[test]
fn main_regions_read_the_numbers_of_others() {
    let (mut same, mut others) = (0, 0);
    for region in plan::regions() {
        let main = region_name::of_calling_code(region.code).unwrap();
        if main.region == region.region {
            continue;
        }
        others += 1;
        for kind in super::TYPES {
            let id = rlibphonenumber::Region::try_from(region.as_str()).unwrap();
            let Ok(example) = super::LIBRARY.get_example_number_for_type_and_region(id, kind) else { continue };
            let spelled = super::LIBRARY.format(&example, rlibphonenumber::PhoneNumberFormat::National);
            let Ok(phone) = parse(&spelled, Some(region)) else { continue };
            match parse(&spelled, Some(main)) {
                Ok(read) => {
                    assert_eq!(read, phone, "{spelled} of {} in {}", region.as_str(), main.as_str());
                    same += 1;
                }
                Err(error) => assert_ne!(error, PhoneError::Library, "{spelled}"),
            }
            assert!(library::region(phone).is_some());
        }
    }
    assert!(others > 30 && same > 100, "{others} {same}");
}
