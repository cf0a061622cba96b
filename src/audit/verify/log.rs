//! The rows of the log, in windows ordered by log sequence number.

use super::{Finding, NAMED, REPORT_EVERY, Report, Tree};
use crate::sys::column::Column;
use crate::sys::cursor::{each, first};
use crate::sys::{Text, stream};
use dnc_core::audit::commitment::{self, LogRow, SALT};
use dnc_core::audit::merkle_tree::Hash;
use std::collections::HashMap;
use std::ffi::CString;

/// Log sequence numbers per window.
const WINDOW: i64 = 1 << 16;

/// A leaf whose row is expected.
struct Leaf {
    seq: i64,
    position: u64,
    hash: Hash,
    seen: bool,
}

/// Counts of rows by state.
#[derive(Default)]
struct Counts {
    sealed: u64,
    unsealed: u64,
    erased: u64,
    loaded: u64,
}

/// `data`: whether to verify the rows' data too.
pub fn verify(report: &mut Report, tree: &Tree, data: bool) {
    report.begin("log");
    let bounds = "SELECT coalesce(min(seq), 0), coalesce(max(seq), 0) FROM dnc.audit_log";
    let (least, most) = first(bounds, true, |row| (row.int(1), row.int(2))).unwrap_or((0, 0));
    let runs = format!(
        "SELECT coalesce(min(least_seq), 0), coalesce(max(most_seq), 0) FROM dnc.audit_run WHERE first >= {}",
        tree.start
    );
    let (least_run, most_run) = first(&runs, true, |row| (row.int(1), row.int(2))).unwrap_or((0, 0));
    // When starting at a later checkpoint, unsealed rows are checked from the least row of its leaf batches on.
    let least = match (tree.start, least_run) {
        (0, 0) => least,
        (0, run) => least.min(run),
        (_, 0) => most.saturating_add(1),
        (_, run) => run,
    };
    let mut counts = Counts::default();
    let mut from = least;
    let end = most.max(most_run);
    let mut reported = 0;
    while from <= end {
        let window = Window::read(from, tree);
        let found = window.compare(report, tree, data, most, &mut counts);
        // The last window may end at the maximum number.
        let Some(after) = from.checked_add(WINDOW) else { break };
        let Some(there) = (if found { Some(after) } else { next(after) }) else { break };
        from = there;
        let looked_at = counts.sealed + counts.unsealed;
        if looked_at / REPORT_EVERY > reported {
            reported = looked_at / REPORT_EVERY;
            pgrx::notice!("verifying the log: {looked_at} rows");
        }
    }
    let Counts { sealed, unsealed, erased, loaded } = counts;
    let mut text = format!("{sealed} rows as they were sealed");
    if erased > 0 {
        text += &format!(", of {erased} the data were erased");
    }
    if loaded > 0 {
        text += &format!(", {loaded} came by a restore");
    }
    if unsealed > 0 {
        text += &format!("; {unsealed} rows are not sealed yet");
    }
    report.end(text);
}

/// The next log sequence number with a row or a leaf: numbers written by hand may be far apart.
fn next(from: i64) -> Option<i64> {
    let query = format!(
        "SELECT least(min(x.seq), (SELECT min(greatest(r.least_seq, {from})) FROM dnc.audit_run AS r WHERE r.most_seq >= {from})) FROM dnc.audit_log AS x WHERE x.seq >= {from}"
    );
    first(&query, true, |row| (!row.is_null(1)).then(|| row.int(1))).flatten()
}

/// The leaves of a range of log sequence numbers, ascending, and the log's rows in that range.
struct Window {
    from: i64,
    leaves: Vec<Leaf>,
    /// Rows that have a second leaf, and its log index.
    twice: Vec<(i64, u64)>,
}
impl Window {
    fn read(from: i64, tree: &Tree) -> Window {
        let last = from.saturating_add(WINDOW - 1);
        let mut leaves = Vec::new();
        let query = format!(
            "SELECT first, seqs, leaves FROM dnc.audit_run WHERE least_seq IS NOT NULL AND pg_catalog.int8range(least_seq, most_seq, '[]') && pg_catalog.int8range({from}, {last}, '[]') AND first >= {}",
            tree.start
        );
        each(&query, true, |row| {
            let first = row.int(1) as u64;
            for ((n, seq), hash) in row.ints(2).into_iter().enumerate().zip(row.bytes(3).chunks_exact(32)) {
                if seq >= from && seq <= last {
                    let hash = hash.try_into().expect("32 bytes");
                    leaves.push(Leaf { seq, position: first + n as u64, hash, seen: false });
                }
            }
        });
        leaves.sort_unstable_by_key(|leaf| (leaf.seq, leaf.position));
        let twice = leaves.windows(2).filter(|w| w[0].seq == w[1].seq).map(|w| (w[1].seq, w[1].position)).collect();
        leaves.dedup_by_key(|leaf| leaf.seq);
        Window { from, leaves, twice }
    }

    /// Reports findings; false if there is neither row nor leaf.
    fn compare(mut self, report: &mut Report, tree: &Tree, data: bool, most: i64, counts: &mut Counts) -> bool {
        let mut findings: Vec<(i64, Finding)> = Vec::new();
        for (seq, position) in &self.twice {
            let detail = format!("the row was sealed before, and again at log index {position}");
            findings.push((*seq, self.finding("sealed twice", *seq, detail)));
        }
        let commitments = self.rows(&mut findings, tree, counts);
        let found = !self.leaves.is_empty() || commitments.iter().any(Option::is_some);
        let bare = if data { self.data(&mut findings, &commitments) } else { Vec::new() };
        let swapped: HashMap<Hash, i64> = if findings.iter().any(|(_, f)| f.what == "changed") {
            self.leaves.iter().map(|leaf| (leaf.hash, leaf.seq)).collect()
        } else {
            HashMap::new()
        };
        if !swapped.is_empty() {
            self.name_swapped(&mut findings, &swapped);
        }
        for seq in bare {
            if was_erased(seq) {
                counts.erased += 1;
            } else {
                let detail = "the data are gone, and the row was not erased".to_owned();
                findings.push((seq, self.finding("data missing", seq, detail)));
            }
        }
        for leaf in self.leaves.iter().filter(|leaf| !leaf.seen) {
            let (what, detail) = if leaf.seq > most {
                ("truncated", "the row was sealed, and the log ends before it")
            } else {
                ("missing", "the row was sealed, and is gone")
            };
            let finding = Finding {
                what,
                seal: None,
                position: Some(leaf.position),
                seq: Some(leaf.seq),
                detail: detail.to_owned(),
            };
            findings.push((leaf.seq, finding));
        }
        findings.sort_by_key(|(seq, _)| *seq);
        for (_, mut finding) in findings {
            if report.found < NAMED
                && let Some(position) = finding.position
            {
                finding.seal = first(
                    &format!("SELECT seal_id FROM dnc.seal WHERE tree_size > {position} ORDER BY seal_id LIMIT 1"),
                    true,
                    |row| row.int(1),
                );
            }
            report.put(finding);
        }
        found
    }

    fn finding(&self, what: &'static str, seq: i64, detail: String) -> Finding {
        let at = self.leaves.binary_search_by_key(&seq, |leaf| leaf.seq).ok();
        Finding { what, seal: None, position: at.map(|at| self.leaves[at].position), seq: Some(seq), detail }
    }

    /// Compares log rows with their leaves; returns each commitment, by its distance from the first number.
    fn rows(&mut self, findings: &mut Vec<(i64, Finding)>, tree: &Tree, counts: &mut Counts) -> Vec<Option<Hash>> {
        let (from, last) = (self.from, self.from.saturating_add(WINDOW - 1));
        let query = format!(
            "SELECT seq, relation, operation, row_key, logged_at, session_role, effective_role, actor, commitment, row_hash, xid, loaded
             FROM dnc.audit_log WHERE seq >= {from} AND seq <= {last}"
        );
        let query = CString::new(query).expect("no zero bytes");
        let mut commitments = vec![None; WINDOW as usize];
        // Rows mostly come in the order of their leaves.
        let mut next = 0;
        stream::each(&query, &mut |_| {}, &mut |row| {
            let facts = LogFields::of(row);
            commitments[(facts.seq - from) as usize] = Some(facts.commitment);
            let found = match self.leaves.get(next) {
                Some(leaf) if leaf.seq == facts.seq => Some(next),
                _ => self.leaves.binary_search_by_key(&facts.seq, |leaf| leaf.seq).ok(),
            };
            next = found.map_or(next, |at| at + 1);
            if let Some((what, detail)) = self.verdict(found, &facts, tree, counts) {
                findings.push((facts.seq, self.finding(what, facts.seq, detail.to_owned())));
            }
        });
        commitments
    }

    /// What is wrong with a row, given the index of its leaf, if found.
    fn verdict(
        &mut self,
        found: Option<usize>,
        facts: &LogFields,
        tree: &Tree,
        counts: &mut Counts,
    ) -> Option<(&'static str, &'static str)> {
        let Some(at) = found else {
            if facts.loaded {
                return Some((
                    "loaded",
                    "the row came from outside and is not sealed: dnc_audit_seal(accept => …) accepts it",
                ));
            }
            if facts.xid < tree.horizon {
                // Its leaf may be among the missing ones, or in a part that is not verified.
                let known = !tree.broken && tree.start == 0;
                let detail = "the row belongs to a transaction that is sealed, but was not sealed with it";
                return known.then_some(("added", detail));
            }
            counts.unsealed += 1;
            let kept = facts.hash == facts.stored_hash;
            return (!kept).then_some(("changed", "the row, not sealed yet, is not the one that was written"));
        };
        let leaf = &mut self.leaves[at];
        leaf.seen = true;
        counts.sealed += 1;
        if facts.hash != leaf.hash {
            return Some(("changed", "the row is not the one that was sealed"));
        }
        if facts.stored_hash != leaf.hash {
            return Some(("changed", "its stored hash is not its own"));
        }
        if facts.loaded {
            counts.loaded += 1;
            let accepted = tree.accepted.iter().any(|(from, to)| (*from..*to).contains(&leaf.position));
            if leaf.position >= tree.trusted && !accepted {
                let detail = "the row was inserted manually or by a restore, and no signed checkpoint restored with it covers it";
                return Some(("loaded", detail));
            }
        }
        None
    }

    /// Compares data with the rows' commitments; returns the rows without data.
    fn data(&self, findings: &mut Vec<(i64, Finding)>, commitments: &[Option<Hash>]) -> Vec<i64> {
        let (from, last) = (self.from, self.from.saturating_add(WINDOW - 1));
        let query =
            format!("SELECT seq, salt, before, after FROM dnc.audit_data WHERE seq >= {from} AND seq <= {last}");
        let query = CString::new(query).expect("no zero bytes");
        let mut bare: Vec<bool> = commitments.iter().map(Option::is_some).collect();
        stream::each(&query, &mut |_| {}, &mut |row| {
            let seq = row[0].map_or(0, Column::int);
            let at = (seq - from) as usize;
            bare[at] = false;
            let (before, after) = (
                row[2].and_then(Column::text).map(Text::utf8_bytes),
                row[3].and_then(Column::text).map(Text::utf8_bytes),
            );
            let salt: Option<&[u8; SALT]> = row[1].and_then(|salt| salt.bytes().try_into().ok());
            let found = salt.map(|salt| commitment::commitment(salt, before.as_deref(), after.as_deref()));
            // Data without a row are reported by the foreign key, or by the missing row.
            if commitments[at].is_some() && found != commitments[at] {
                let detail = "the data are not those that the row commits to".to_owned();
                findings.push((seq, self.finding("data changed", seq, detail)));
            }
        });
        (0..WINDOW).filter(|at| bare[*at as usize]).map(|at| from + at).collect()
    }

    /// Rows that carry each other's hashes were swapped.
    fn name_swapped(&self, findings: &mut [(i64, Finding)], hashes: &HashMap<Hash, i64>) {
        for (seq, finding) in findings.iter_mut().filter(|(_, f)| f.what == "changed") {
            let query = format!("SELECT row_hash FROM dnc.audit_log WHERE seq = {seq}");
            let carried = first(&query, true, |row| row.hash(1)).flatten();
            if let Some(other) = carried.and_then(|hash| hashes.get(&hash)).filter(|other| *other != seq) {
                finding.what = "reordered";
                finding.detail =
                    format!("the row is in the place of another sealed row: it has the hash of row {other}");
            }
        }
    }
}

/// Fields of a log row.
struct LogFields {
    seq: i64,
    hash: Hash,
    stored_hash: Hash,
    commitment: Hash,
    xid: u64,
    loaded: bool,
}

impl LogFields {
    fn of(row: &[Option<Column>]) -> LogFields {
        let hash = |n: usize| row[n].and_then(|hash| Hash::try_from(hash.bytes()).ok()).unwrap_or_default();
        let text = |n: usize| row[n].and_then(Column::text).expect("never NULL").to_utf8();
        let (seq, commitment) = (row[0].map_or(0, Column::int), hash(8));
        let logged = LogRow {
            seq,
            relation: &text(1),
            operation: &text(2),
            row_key: &text(3),
            logged_at: row[4].map_or(0, Column::int),
            session_role: &text(5),
            effective_role: &text(6),
            actor: row[7].and_then(Column::text).map(Text::to_utf8).as_deref(),
            commitment: &commitment,
        }
        .hash();
        let (xid, loaded) = (row[10].map_or(0, |d| d.int() as u64), row[11].is_some_and(Column::bool));
        LogFields { seq, hash: logged, stored_hash: hash(9), commitment, xid, loaded }
    }
}
/// Whether the row that this log row describes was erased later.
fn was_erased(seq: i64) -> bool {
    let query = format!(
        "SELECT true FROM dnc.audit_log AS l JOIN dnc.audit_log AS e ON e.relation = l.relation AND e.row_key = l.row_key AND e.seq > l.seq WHERE l.seq = {seq} AND e.operation = 'ERASE' LIMIT 1"
    );
    first(&query, true, |_| ()).is_some()
}
