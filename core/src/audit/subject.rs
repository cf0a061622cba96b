//! The subjects of a log row: the names that are hashed to leaf indexes of the map.
//!
//! | name | rows |
//! | --- | --- |
//! | `phone:+14155550100` | of every table that has a column `phone` |
//! | `pseudonym:KEY:32 hexadecimal digits` | of erased numbers, under their keyed pseudonym |
//! | `list:NAME` | of `list` and `list_version` |
//! | `prefixes` | of `prefix_entry`: opt-outs of whole ranges |
//! | `rules` | of `rule` and `rule_decision`: rules that a site has added, enabled or disabled |

use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// The subjects of a row, each once. The data are canonical bytes; erased data have no subject.
pub fn names(relation: &str, before: Option<&str>, after: Option<&str>) -> Vec<String> {
    let mut names: Vec<String> = match relation {
        "prefix_entry" => vec!["prefixes".to_owned()],
        "rule" | "rule_decision" => vec!["rules".to_owned()],
        _ => [before, after].into_iter().flatten().filter_map(|data| name(relation, data)).collect(),
    };
    names.dedup();
    names
}

fn name(relation: &str, data: &str) -> Option<String> {
    let columns: BTreeMap<&str, &RawValue> = serde_json::from_str(data).ok()?;
    let text = |column: &str| serde_json::from_str::<Option<String>>(columns.get(column)?.get()).ok().flatten();
    let int = |column: &str| serde_json::from_str::<Option<i64>>(columns.get(column)?.get()).ok().flatten();
    if let Some(phone) = text("phone") {
        return Some(format!("phone:{phone}"));
    }
    if let (Some(key), Some(high), Some(low)) = (text("key_id"), int("pseudonym"), int("pseudonym_low")) {
        return Some(pseudonym(&key, high, low));
    }
    matches!(relation, "list" | "list_version").then(|| text("list")).flatten().map(|list| format!("list:{list}"))
}

/// The subject name of an erased number's pseudonym.
pub fn pseudonym(key: &str, high: i64, low: i64) -> String {
    format!("pseudonym:{key}:{high:016x}{low:016x}")
}
