//! `sql/install/admin/absence.sql`: whether guards and views were made for the list that is in this database.

use crate::sys::spi::{Statement, connected};
use crate::sys::table;
use crate::sys::{self, catalog};
use pgrx::pg_sys::TEXTOID;

thread_local! {
    static ABSENCE: Statement = const { Statement::new(c"SELECT dnc.absence()", &[]) };
}

/// Evidence that the list is not in this database: this is a worker of a Citus cluster, or a guard or view was made for
/// another list. `None`: it is here. The definition is the SQL function `dnc.absence`, which is called unless absence
/// is clearly ruled out.
pub fn absence() -> Option<String> {
    if is_surely_here() {
        return None;
    }
    connected(sys::owner(), || ABSENCE.with(|s| s.text(&[], true)))
}

/// Whether every guard and every view of `dnc_create_view` carries an id of this database, and no extension distributes
/// tables over workers.
fn is_surely_here() -> bool {
    let Some(schema) = catalog::extension_schema(c"dnc") else { return false };
    if catalog::extension_schema(c"citus").is_some() {
        return false;
    }
    let functions = [sys::function_of(schema, c"dnc_guard", &[]), sys::function_of(schema, c"dnc_is_here", &[TEXTOID])];
    let [Some(guard), Some(is_here)] = functions else { return false };
    let mut here: Vec<Vec<u8>> = Vec::new();
    table::each(c"installation", [c"installation"], |[id]| {
        here.extend(id.text().map(|id| id.as_bytes().to_vec()));
    });
    let is_known = |id: &[u8]| here.iter().any(|known| known == id);
    let guards = catalog::dependents(guard).into_iter().filter(|(class, _)| *class == catalog::TRIGGERS);
    let mut claims = guards.filter_map(|(_, trigger)| catalog::trigger_arguments(trigger)).flatten();
    if !claims.all(|argument| argument.strip_prefix(b"installation=").is_none_or(is_known)) {
        return false;
    }
    let rules = catalog::dependents(is_here).into_iter().filter(|(class, _)| *class == catalog::RULES);
    let mut views = rules.filter_map(|(_, rule)| catalog::relation_of_rule(rule));
    views.all(|view| {
        catalog::schema_of(view) == sys::schema()
            || catalog::comment(view).is_some_and(|comment| id_in_comment(&comment).is_some_and(is_known))
    })
}

/// The id in the comment that `dnc_create_view` puts on a view.
fn id_in_comment(comment: &[u8]) -> Option<&[u8]> {
    const KEY: &[u8] = br#""installation": ""#;
    let rest = comment.strip_prefix(b"dnc_create_view ")?;
    let start = rest.windows(KEY.len()).rposition(|window| window == KEY)? + KEY.len();
    let end = rest[start..].iter().position(|byte| *byte == b'"')? + start;
    Some(&rest[start..end])
}
