//! `sql/install/82-verify.sql`: whether the log is what was sealed.
//!
//! Three passes, each over a table from one end to the other in bounded memory: the *tree*, leaf by leaf, against the nodes, the
//! seals, their signatures and a checkpoint from elsewhere; the *rows* of the log, window by window in the order of their numbers,
//! against the leaves; the *map* against the rows' data. What is wrong is named in that order, so that the first finding is the
//! first false block or row.

use super::keys;
use super::proof::{self, Fetched, STATE_KEY, Stored, each, first, seal_row};
use super::sys::row::text_datum;
use super::sys::spi::connected;
use super::sys::srf::Rows;
use super::sys::{self, Text, receiver};
use crate::audit::commit::{self, Hash, LogRow, SALT, SealRow};
use crate::audit::state::{self, Node, PLACE};
use crate::audit::tree::{self, Frontier, Source};
use crate::audit::{checkpoint, subject};
use crate::{error, raw_function, settings};
use pgrx::pg_sys::{Datum, FunctionCallInfo};
use pgrx::{FromDatum, IntoDatum};
use std::collections::HashMap;
use std::ffi::CString;

/// Numbers of log rows that are looked at together.
const WINDOW: i64 = 1 << 16;
/// Findings of one pass that are named; of more it is said how many.
const NAMED: usize = 100;
/// Rows between two messages about progress.
const TOLD_EVERY: u64 = 1_000_000;

/// Something that is not as it was sealed.
struct Finding {
    what: &'static str,
    seal: Option<i64>,
    position: Option<u64>,
    seq: Option<i64>,
    detail: String,
}

/// Where findings go: the first hundred of each pass.
struct Report {
    rows: Rows,
    pass: &'static str,
    found: usize,
}

impl Report {
    fn begin(&mut self, pass: &'static str) {
        (self.pass, self.found) = (pass, 0);
    }

    fn put(&mut self, finding: Finding) {
        self.found += 1;
        if self.found <= NAMED {
            self.row(false, &finding);
        }
    }

    fn row(&self, healthy: bool, finding: &Finding) {
        self.rows.put(&[
            Some(text_datum(self.pass)),
            Some(Datum::from(healthy)),
            Some(text_datum(finding.what)),
            finding.seal.and_then(IntoDatum::into_datum),
            finding.position.and_then(|p| (p as i64).into_datum()),
            finding.seq.and_then(IntoDatum::into_datum),
            Some(text_datum(&finding.detail)),
        ]);
    }

    /// Ends a pass: says what was looked at if nothing was found, or how much more there is than was named.
    fn end(&self, looked_at: String) {
        let nowhere = |what, detail| Finding { what, seal: None, position: None, seq: None, detail };
        if self.found == 0 {
            self.row(true, &nowhere("ok", looked_at));
        } else if self.found > NAMED {
            self.row(false, &nowhere("more", format!("and {} more", self.found - NAMED)));
        }
    }
}

/// A seal as its row has it.
struct Sealed {
    seal: SealRow,
    root: Hash,
    signature: Option<String>,
    loaded: bool,
}

fn sealed(row: &Fetched) -> Sealed {
    Sealed {
        seal: seal_row(row),
        root: row.hash(13).unwrap_or_default(),
        signature: row.text(14),
        loaded: row.bool(15),
    }
}

/// What the tree was found to be.
#[derive(Default)]
struct Tree {
    /// Leaves that seals have, and the first that was looked at.
    size: u64,
    start: u64,
    /// Up to here rows that came from outside are accounted for: a restored seal that is signed, or a checkpoint from elsewhere.
    trusted: u64,
    /// Seals that took in rows from outside: from which leaf to which.
    accepted: Vec<(u64, u64)>,
    /// Transactions before this are sealed.
    horizon: u64,
    last: Option<SealRow>,
    /// Leaves are missing or there twice: which rows have none is then not known.
    broken: bool,
}

raw_function!(dnc_verify_wrapper, pg_finfo_dnc_verify_wrapper, verify);

/// `dnc.verify(since, against, map)`: what is not as it was sealed, from seal `since` on.
///
/// # Safety
/// Called by the function manager, as the SQL declares.
unsafe fn verify(fcinfo: FunctionCallInfo) -> Datum {
    // SAFETY: three arguments, of the declared types.
    let (since, against, map) = unsafe {
        let arguments = (*fcinfo).args.as_slice(3);
        let since = if arguments[0].isnull { 0 } else { arguments[0].value.value() as i64 };
        let against = Text::from_datum(arguments[1].value, arguments[1].isnull).map(|t| t.to_utf8().into_owned());
        (since, against, !arguments[2].isnull && arguments[2].value.value() != 0)
    };
    let rows = Rows::new(fcinfo);
    let mut report = Report { rows, pass: "", found: 0 };
    connected(sys::owner(), || {
        let tree = tree_pass(&mut report, since, against.as_deref());
        rows_pass(&mut report, &tree);
        if map {
            map_pass(&mut report, &tree);
        }
    });
    report.rows.finish()
}

/// A checkpoint from elsewhere.
struct Anchor {
    checkpoint: checkpoint::Checkpoint,
    /// Whether a key of ours has signed it.
    ours: bool,
}

fn anchor(note: &str, origin: Option<&str>, keys: &[[u8; 32]]) -> Anchor {
    let (text, checkpoint, lines) =
        checkpoint::parse(note).unwrap_or_else(|problem| error::not_a_checkpoint(problem.why()));
    let name = origin.unwrap_or(&checkpoint.origin);
    let ours = lines.iter().any(|line| keys.iter().any(|key| checkpoint::is_signed(&text, line, name, key)));
    Anchor { checkpoint, ours }
}

/// The public keys whose signatures count: of the key that signs, and of earlier ones.
fn public_keys() -> Vec<[u8; 32]> {
    let name = settings::seal_key();
    let ring = match keys::ring() {
        Ok(ring) => ring,
        Err(keys::Fault::NoFile) => return Vec::new(),
        Err(fault) => fault.raise(),
    };
    let counts = |id: &str| id == name || id == "seal" || id.starts_with("seal-");
    ring.iter()
        .filter(|(id, _)| counts(id))
        .filter_map(|(_, key)| key.as_slice().try_into().ok())
        .map(|seed| checkpoint::public_bytes(&seed))
        .collect()
}

/// A log in which leaves that came one after the other are compared with what else is stored of them.
struct TreePass<'a> {
    report: &'a mut Report,
    stored: Stored,
    frontier: Frontier,
    keys: Vec<[u8; 32]>,
    anchor: Option<Anchor>,
    /// Whether nodes have been wrong already, and roots: what is above them is wrong as well.
    wrong_nodes: bool,
    wrong_roots: bool,
}

fn tree_pass(report: &mut Report, since: i64, against: Option<&str>) -> Tree {
    report.begin("tree");
    let query = |where_: &str| {
        format!("SELECT {}, root, signature, loaded FROM dnc.seal {where_} ORDER BY seal_id", proof::SEAL_COLUMNS)
    };
    let mut tree = Tree::default();
    let before = (since > 0).then(|| first(&query(&format!("WHERE seal_id = {since}")), true, sealed));
    if let Some(None) = before {
        error::no_such_seal(since);
    }
    let before = before.flatten();
    let keys = public_keys();
    let origin = first("SELECT origin FROM dnc.seal ORDER BY seal_id LIMIT 1", true, |row| row.text(1)).flatten();
    let anchor = against.map(|note| anchor(note, origin.as_deref(), &keys));
    let mut stored = Stored::new(true);
    let start = before.as_ref().map_or(0, |s| s.seal.tree_size as u64);
    let frontier = match Frontier::of(&mut stored, start) {
        Ok(frontier) => frontier,
        Err(missing) => {
            let detail = format!("node {} of level {} is gone", missing.index, missing.level);
            report.put(Finding { what: "block missing", seal: Some(since), position: None, seq: None, detail });
            report.end(String::new());
            return tree;
        }
    };
    tree.start = start;
    if let Some(before) = &before
        && frontier.root() != before.root
    {
        let detail = format!("the tree of its first {start} leaves has another root");
        report.put(Finding { what: "seal changed", seal: Some(since), position: None, seq: None, detail });
    }
    let mut pass = TreePass { report, stored, frontier, keys, anchor, wrong_nodes: false, wrong_roots: false };
    if let Some(anchor) = &pass.anchor {
        if origin.as_ref().is_some_and(|origin| *origin != anchor.checkpoint.origin) {
            error::another_log(&anchor.checkpoint.origin, origin.as_deref().unwrap_or_default());
        }
        if !anchor.ours {
            error::unsigned_checkpoint();
        }
    }
    pass.seals(&query(&format!("WHERE seal_id > {since}")), before, &mut tree);
    let anchored = pass.anchor.as_ref().map(|a| (a.checkpoint.size, a.checkpoint.root));
    if let Some((size, root)) = anchored {
        pass.against(size, &root, &mut tree);
    }
    let loaded =
        first("SELECT coalesce(max(tree_size), 0) FROM dnc.seal WHERE loaded AND signature IS NOT NULL", true, |row| {
            row.int(1)
        });
    tree.trusted = tree.trusted.max(loaded.unwrap_or(0) as u64);
    each("SELECT tree_size - rows - 1, tree_size FROM dnc.seal WHERE loaded_rows > 0", true, |row| {
        tree.accepted.push((row.int(1) as u64, row.int(2) as u64));
    });
    let horizon =
        first("SELECT horizon FROM dnc.seal WHERE NOT loaded ORDER BY seal_id DESC LIMIT 1", true, |row| row.int(1));
    tree.horizon = horizon.unwrap_or(0) as u64;
    let seals = tree.last.as_ref().map_or(0, |s| s.seal) - since.max(0);
    report.end(format!("{} leaves under {} seals", tree.size - tree.start, seals.max(0)));
    tree
}

impl TreePass<'_> {
    fn put(&mut self, what: &'static str, seal: Option<i64>, position: Option<u64>, detail: String) {
        self.report.put(Finding { what, seal, position, seq: None, detail });
    }

    /// Goes through seals and their leaves side by side.
    fn seals(&mut self, query: &str, before: Option<Sealed>, tree: &mut Tree) {
        let mut seals: Vec<Sealed> = Vec::new();
        each(query, true, |row| seals.push(sealed(row)));
        let mut expected = before.as_ref().map_or(0, |s| s.seal.seal) + 1;
        let origin = before.as_ref().map(|s| s.seal.origin.clone());
        for sealed in &seals {
            if sealed.seal.seal != expected {
                self.put("seal missing", Some(expected), None, format!("the next one is seal {}", sealed.seal.seal));
            }
            expected = sealed.seal.seal + 1;
            if origin.as_ref().or(seals.first().map(|s| &s.seal.origin)) != Some(&sealed.seal.origin) {
                self.put("seal changed", Some(sealed.seal.seal), None, "it names another log".to_owned());
            }
            if sealed.loaded && seals.iter().chain(&before).any(|s| !s.loaded && s.seal.seal < sealed.seal.seal) {
                self.put(
                    "seal loaded",
                    Some(sealed.seal.seal),
                    None,
                    "it was put here by hand, after seals that were made here".to_owned(),
                );
            }
            self.signature(sealed);
        }
        tree.broken = !self.leaves(&seals);
        tree.size = seals.last().or(before.as_ref()).map_or(0, |s| s.seal.tree_size as u64);
        tree.last = seals.pop().or(before).map(|s| s.seal);
    }

    fn signature(&mut self, sealed: &Sealed) {
        let seal = Some(sealed.seal.seal);
        let Some(signature) = &sealed.signature else {
            if !self.keys.is_empty() && !sealed.loaded {
                // Before there was a key nothing could be signed; whether that was so nobody can tell.
                let earlier = first(
                    &format!(
                        "SELECT true FROM dnc.seal WHERE seal_id < {} AND signature IS NOT NULL LIMIT 1",
                        sealed.seal.seal
                    ),
                    true,
                    |_| (),
                );
                if earlier.is_some() {
                    self.put("not signed", seal, None, "earlier seals are".to_owned());
                }
            }
            return;
        };
        let checkpoint = checkpoint::Checkpoint {
            origin: sealed.seal.origin.clone(),
            size: sealed.seal.tree_size as u64,
            root: sealed.root,
        };
        let text = checkpoint.text();
        let parsed = checkpoint::parse(&format!("{text}\n{signature}"));
        let Ok((_, _, lines)) = parsed else {
            self.put("signature changed", seal, None, "it is none".to_owned());
            return;
        };
        let name = &checkpoint.origin;
        let known = lines.iter().any(|line| self.keys.iter().any(|key| checkpoint::is_by(line, name, key)));
        let good = lines.iter().any(|line| self.keys.iter().any(|key| checkpoint::is_signed(&text, line, name, key)));
        if !known {
            let detail = if self.keys.is_empty() {
                "there is no key to verify signatures with: dnc.key_file has none named seal".to_owned()
            } else {
                "it is signed with a key that dnc.key_file does not have".to_owned()
            };
            self.put("another key", seal, None, detail);
        } else if !good {
            self.put("signature changed", seal, None, "it is not that of this size and root".to_owned());
        }
    }

    /// Builds the tree from its leaves anew; false if some are missing or there twice.
    fn leaves(&mut self, seals: &[Sealed]) -> bool {
        let start = self.frontier.size();
        let (mut next, mut broken) = (0, false);
        let mut told = 0;
        // Nodes are compared when the run has been read: no query runs within another.
        let mut runs: Vec<(u64, i64, Vec<i64>, Vec<u8>)> = Vec::new();
        let mut from = start;
        loop {
            runs.clear();
            let query = format!(
                "SELECT first, seal_id, seqs, leaves FROM dnc.audit_run WHERE first >= {from} ORDER BY first LIMIT 256"
            );
            each(&query, true, |row| runs.push((row.int(1) as u64, row.int(2), row.ints(3), row.bytes(4))));
            if runs.is_empty() || broken {
                break;
            }
            for (first, seal, seqs, leaves) in &runs {
                let size = self.frontier.size();
                if *first != size {
                    let (what, detail) = if *first > size {
                        ("block missing", format!("leaves {size} to {} are gone", first - 1))
                    } else {
                        ("block added", format!("leaves from {first} on are there twice"))
                    };
                    self.put(what, Some(*seal), Some(size.min(*first)), detail);
                    broken = true;
                    break;
                }
                for (hash, seq) in leaves.chunks_exact(32).zip(seqs) {
                    let hash: Hash = hash.try_into().expect("32 bytes");
                    let mut completed = Vec::new();
                    self.frontier.push(hash, |level, index, hash| {
                        if level.is_multiple_of(tree::TILE) {
                            completed.push((level, index, *hash));
                        }
                    });
                    for (level, index, hash) in completed {
                        self.node(level, index, &hash, *seal);
                    }
                    let size = self.frontier.size();
                    if let Some(sealed) = seals.get(next)
                        && size >= sealed.seal.tree_size as u64
                    {
                        self.seal(sealed, &hash, *seq);
                        next += 1;
                    }
                    if let Some(anchor) = &self.anchor
                        && anchor.checkpoint.size == size
                        && anchor.checkpoint.root != self.frontier.root()
                    {
                        self.wrong_anchor(size);
                    }
                }
                from = self.frontier.size();
            }
            pgrx::check_for_interrupts!();
            if self.frontier.size() / TOLD_EVERY > told {
                told = self.frontier.size() / TOLD_EVERY;
                pgrx::notice!("verifying the tree: {} leaves", self.frontier.size());
            }
        }
        let size = self.frontier.size();
        if broken {
            return false;
        }
        if let Some(sealed) = seals.get(next) {
            let detail = format!("the seal has {} leaves, and {size} are there", sealed.seal.tree_size);
            self.put("block missing", Some(sealed.seal.seal), Some(size), detail);
            return false;
        }
        if seals.last().map_or(start, |s| s.seal.tree_size as u64) < size {
            let last = seals.last().map_or(start, |s| s.seal.tree_size as u64);
            let detail = format!("leaves from {last} on belong to no seal");
            self.put("seal missing", seals.last().map(|s| s.seal.seal + 1), Some(last), detail);
        }
        true
    }

    fn node(&mut self, level: u32, index: u64, hash: &Hash, seal: i64) {
        if self.wrong_nodes {
            return;
        }
        let at = index << level;
        match self.stored.stored(level, index) {
            Ok(stored) if stored == *hash => return,
            Ok(_) => {
                let detail =
                    format!("leaves {at} to {} do not give the node that was stored of them", at + (1 << level) - 1);
                self.put("block changed", Some(seal), Some(at), detail);
            }
            Err(_) => {
                self.put("node missing", Some(seal), Some(at), format!("node {index} of level {level} is gone"));
            }
        }
        self.wrong_nodes = true;
    }

    fn seal(&mut self, sealed: &Sealed, leaf: &Hash, seq: i64) {
        let (seal, size) = (&sealed.seal, self.frontier.size());
        let at = Some(size - 1);
        if size != seal.tree_size as u64 {
            self.put("seal changed", Some(seal.seal), at, "its size is not where its leaf stands".to_owned());
            return;
        }
        if self.frontier.root() != sealed.root && !self.wrong_roots {
            self.wrong_roots = true;
            let detail = format!("its {size} leaves do not give its root");
            self.put("root changed", Some(seal.seal), None, detail);
        }
        if seq != 0 || seal.hash() != *leaf {
            let detail = "what it says of itself (time, size, map, who) is not what was sealed".to_owned();
            self.put("seal changed", Some(seal.seal), at, detail);
        }
    }

    fn wrong_anchor(&mut self, size: u64) {
        let detail = format!(
            "the first {size} leaves are not those of the checkpoint: the log was changed and sealed anew, or the checkpoint is of another copy"
        );
        self.put("resealed", None, Some(size), detail);
    }

    /// The checkpoint from elsewhere, where the walk did not come past it.
    fn against(&mut self, size: u64, root: &Hash, tree: &mut Tree) {
        let end = self.frontier.size();
        if size > end {
            let detail = format!("the checkpoint has {size} leaves, and {end} are there");
            self.put("truncated", None, Some(end), detail);
            return;
        }
        if size <= tree.start {
            match tree::root(&mut self.stored, size) {
                Ok(found) if found == *root => {}
                Ok(_) => return self.wrong_anchor(size),
                Err(missing) => {
                    let detail = format!("node {} of level {} is gone", missing.index, missing.level);
                    return self.put("node missing", None, None, detail);
                }
            }
        }
        tree.trusted = tree.trusted.max(size);
    }
}

/// A leaf that is expected to have its row.
struct Leaf {
    seq: i64,
    position: u64,
    hash: Hash,
    seen: bool,
}

/// What rows were found to be.
#[derive(Default)]
struct Counts {
    sealed: u64,
    unsealed: u64,
    erased: u64,
    loaded: u64,
}

fn rows_pass(report: &mut Report, tree: &Tree) {
    report.begin("log");
    let bounds = "SELECT coalesce(min(seq), 0), coalesce(max(seq), 0) FROM dnc.audit_log";
    let (least, most) = first(bounds, true, |row| (row.int(1), row.int(2))).unwrap_or((0, 0));
    let runs = format!(
        "SELECT coalesce(min(least_seq), 0), coalesce(max(most_seq), 0) FROM dnc.audit_run WHERE first >= {}",
        tree.start
    );
    let (least_run, most_run) = first(&runs, true, |row| (row.int(1), row.int(2))).unwrap_or((0, 0));
    // From a later seal on, rows that belong to none are looked at from its least row on.
    let least = match (tree.start, least_run) {
        (0, 0) => least,
        (0, run) => least.min(run),
        (_, 0) => most.saturating_add(1),
        (_, run) => run,
    };
    let mut counts = Counts::default();
    let mut from = least;
    let end = most.max(most_run);
    let mut told = 0;
    while from <= end {
        let window = Window::read(from, tree);
        let found = window.compare(report, tree, most, &mut counts);
        // The last window may end with the last number there is.
        let Some(after) = from.checked_add(WINDOW) else { break };
        let Some(there) = (if found { Some(after) } else { next(after) }) else { break };
        from = there;
        let looked_at = counts.sealed + counts.unsealed;
        if looked_at / TOLD_EVERY > told {
            told = looked_at / TOLD_EVERY;
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

/// The next number from one on that a row or a leaf has: numbers that somebody wrote by hand may be far apart.
fn next(from: i64) -> Option<i64> {
    let query = format!(
        "SELECT least(min(x.seq), (SELECT min(greatest(r.least_seq, {from})) FROM dnc.audit_run AS r WHERE r.most_seq >= {from})) FROM dnc.audit_log AS x WHERE x.seq >= {from}"
    );
    first(&query, true, |row| (!row.is_null(1)).then(|| row.int(1))).flatten()
}

/// The leaves of a range of numbers, ascending, and what the log has there.
struct Window {
    from: i64,
    leaves: Vec<Leaf>,
    /// Rows that have a second leaf, and where.
    twice: Vec<(i64, u64)>,
}

/// A column that is a text, where it lies.
fn text_of<'a>(value: Option<Datum>) -> Option<Text<'a>> {
    // SAFETY: the query gives a text there, which lives until the next row.
    value.and_then(|d| unsafe { Text::in_place(d).or_else(|| Text::from_datum(d, false)) })
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

    /// Tells what is wrong; false if there is neither row nor leaf.
    fn compare(mut self, report: &mut Report, tree: &Tree, most: i64, counts: &mut Counts) -> bool {
        let mut findings: Vec<(i64, Finding)> = Vec::new();
        for (seq, position) in &self.twice {
            let detail = format!("the row was sealed before, and again at position {position}");
            findings.push((*seq, self.finding("sealed twice", *seq, detail)));
        }
        let commitments = self.rows(&mut findings, tree, counts);
        let found = !self.leaves.is_empty() || commitments.iter().any(Option::is_some);
        let bare = self.data(&mut findings, &commitments);
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

    /// Compares the rows of the log with their leaves; what each commits to, by its distance from the first number.
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
        receiver::each(&query, &mut |_| {}, &mut |row| {
            let facts = Facts::of(row);
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

    /// What is wrong with a row whose leaf was found at a place, or was not found.
    fn verdict(
        &mut self,
        found: Option<usize>,
        facts: &Facts,
        tree: &Tree,
        counts: &mut Counts,
    ) -> Option<(&'static str, &'static str)> {
        let Some(at) = found else {
            if facts.loaded {
                return Some((
                    "loaded",
                    "the row came from outside and is not sealed: dnc_audit_seal(accept => …) takes it in",
                ));
            }
            if facts.xid < tree.horizon {
                // Its leaf may be among those that are gone; or it was sealed before what is looked at.
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
            return Some(("changed", "the hash that it carries is not its own"));
        }
        if facts.loaded {
            counts.loaded += 1;
            let accepted = tree.accepted.iter().any(|(from, to)| (*from..*to).contains(&leaf.position));
            if leaf.position >= tree.trusted && !accepted {
                let detail = "the row was put here by hand or by a restore, and no signed checkpoint that came with it covers it";
                return Some(("loaded", detail));
            }
        }
        None
    }

    /// Compares data with what rows commit to; the rows that have none.
    fn data(&self, findings: &mut Vec<(i64, Finding)>, commitments: &[Option<Hash>]) -> Vec<i64> {
        let (from, last) = (self.from, self.from.saturating_add(WINDOW - 1));
        let query =
            format!("SELECT seq, salt, before, after FROM dnc.audit_data WHERE seq >= {from} AND seq <= {last}");
        let query = CString::new(query).expect("no zero bytes");
        let mut bare: Vec<bool> = commitments.iter().map(Option::is_some).collect();
        receiver::each(&query, &mut |_| {}, &mut |row| {
            let seq = row[0].map_or(0, |d| d.value() as i64);
            let at = (seq - from) as usize;
            bare[at] = false;
            let (before, after) = (text_of(row[2]).map(Text::utf8_bytes), text_of(row[3]).map(Text::utf8_bytes));
            let salt: Option<&[u8; SALT]> = row[1].and_then(text_bytes).and_then(|salt| salt.try_into().ok());
            let found = salt.map(|salt| commit::commitment(salt, before.as_deref(), after.as_deref()));
            // Data of no row are told by the foreign key, or by the row that is missing.
            if commitments[at].is_some() && found != commitments[at] {
                let detail = "the data are not those that the row commits to".to_owned();
                findings.push((seq, self.finding("data changed", seq, detail)));
            }
        });
        (0..WINDOW).filter(|at| bare[*at as usize]).map(|at| from + at).collect()
    }

    /// Rows that carry each other's hashes have changed places.
    fn name_swapped(&self, findings: &mut [(i64, Finding)], hashes: &HashMap<Hash, i64>) {
        for (seq, finding) in findings.iter_mut().filter(|(_, f)| f.what == "changed") {
            let query = format!("SELECT row_hash FROM dnc.audit_log WHERE seq = {seq}");
            let carried = first(&query, true, |row| row.hash(1)).flatten();
            if let Some(other) = carried.and_then(|hash| hashes.get(&hash)).filter(|other| *other != seq) {
                finding.what = "reordered";
                finding.detail = format!("the row stands where another was sealed: it carries the hash of row {other}");
            }
        }
    }
}

/// What a row of the log is found to be.
struct Facts {
    seq: i64,
    hash: Hash,
    stored_hash: Hash,
    commitment: Hash,
    xid: u64,
    loaded: bool,
}

impl Facts {
    fn of(row: &[Option<Datum>]) -> Facts {
        let hash = |n: usize| row[n].and_then(text_bytes).and_then(|b| Hash::try_from(b).ok()).unwrap_or_default();
        let text = |n: usize| text_of(row[n]).expect("never NULL").to_utf8();
        let (seq, commitment) = (row[0].map_or(0, |d| d.value() as i64), hash(8));
        let logged = LogRow {
            seq,
            relation: &text(1),
            operation: &text(2),
            row_key: &text(3),
            logged_at: row[4].map_or(0, |d| d.value() as i64),
            session_role: &text(5),
            effective_role: &text(6),
            actor: text_of(row[7]).map(Text::to_utf8).as_deref(),
            commitment: &commitment,
        }
        .hash();
        let (xid, loaded) = (row[10].map_or(0, |d| d.value() as u64), row[11].is_some_and(|d| d.value() != 0));
        Facts { seq, hash: logged, stored_hash: hash(9), commitment, xid, loaded }
    }
}

/// The bytes of a bytea, as long as its row lives.
fn text_bytes<'a>(datum: Datum) -> Option<&'a [u8]> {
    // SAFETY: the query gives a bytea there; it has the layout of a text.
    unsafe { Text::in_place(datum).map(Text::bytes).or_else(|| <&[u8]>::from_datum(datum, false)) }
}

/// Whether what this row of the log is about was erased later.
fn was_erased(seq: i64) -> bool {
    let query = format!(
        "SELECT true FROM dnc.audit_log AS l JOIN dnc.audit_log AS e ON e.relation = l.relation AND e.row_key = l.row_key AND e.seq > l.seq WHERE l.seq = {seq} AND e.operation = 'ERASE' LIMIT 1"
    );
    first(&query, true, |_| ()).is_some()
}

/// A sum over pairs of place and position that does not depend on their order.
#[derive(Default, PartialEq, Eq)]
struct Sum(u64, u128);

impl Sum {
    fn add(&mut self, place: &state::Place, position: u64) {
        let mut bytes = [0; PLACE + 8];
        bytes[..PLACE].copy_from_slice(place);
        bytes[PLACE..].copy_from_slice(&position.to_be_bytes());
        let hash = tree::leaf(&bytes);
        self.0 += 1;
        self.1 = self.1.wrapping_add(u128::from_be_bytes(hash[..16].try_into().expect("16 of 32 bytes")));
    }
}

fn map_pass(report: &mut Report, tree: &Tree) {
    report.begin("map");
    let Some((seal, state)) = tree.last.as_ref().and_then(|s| Some((s.seal, s.state.clone()?))) else {
        report.end("there is none yet: it needs a key named state in dnc.key_file".to_owned());
        return;
    };
    let put = |report: &mut Report, what, detail| {
        report.put(Finding { what, seal: Some(seal), position: None, seq: None, detail });
    };
    let key = keys::ring().ok().and_then(|ring| ring.get(STATE_KEY).cloned());
    let Some(key) = key.filter(|key| state::key_check(key) == state.key_check) else {
        put(
            report,
            "another key",
            "the key named state is not at hand, or another one than was sealed with".to_owned(),
        );
        return;
    };
    let (mut told, mut wanted) = (0u64, Sum::default());
    // Positions whose data are there, a bit each.
    let mut known = vec![0u64; state.size as usize / 64 + 1];
    let query = CString::new(super::seal::payloads(0, state.size)).expect("no zero bytes");
    receiver::each(&query, &mut |_| {}, &mut |row| {
        let position = row[0].map_or(0, |d| d.value() as u64);
        let relation = text_of(row[1]).expect("never NULL");
        let (before, after) = (text_of(row[2]).map(Text::to_utf8), text_of(row[3]).map(Text::to_utf8));
        known[position as usize / 64] |= 1 << (position % 64);
        for name in subject::names(&relation.to_utf8(), before.as_deref(), after.as_deref()) {
            wanted.add(&state::place(&key, &name), position);
        }
        told += 1;
        if told.is_multiple_of(TOLD_EVERY) {
            pgrx::notice!("verifying the map: {told} rows");
        }
    });
    let mut found = Sum::default();
    let mut nodes: Vec<Node> = Vec::with_capacity(256);
    let mut places = 0;
    for part in 0..=255u8 {
        pgrx::check_for_interrupts!();
        let from = u128::from(part) << 120;
        let items = proof::items(&from.to_be_bytes(), &(from | (u128::MAX >> 8)).to_be_bytes(), state.size, true);
        for item in &items {
            // Of rows whose data were erased nobody can say any more whom they spoke of.
            let of = |p: &&u64| known[**p as usize / 64] >> (**p % 64) & 1 == 1;
            item.positions.iter().filter(of).for_each(|p| found.add(&item.place, *p));
        }
        places += items.len();
        nodes.push(state::subtree(&items, 8));
    }
    let root = state::layer(&nodes).hash();
    if root != state.root {
        put(report, "map changed", "its places and positions do not give the root that was sealed".to_owned());
    } else if found != wanted {
        put(report, "map false", "it was sealed with places or positions that are not those of the rows".to_owned());
    } else if proof::nodes(1, 0, seal, true) != nodes {
        put(report, "map changed", "its nodes are not those of its places".to_owned());
    }
    report.end(format!("{places} places in {} positions", state.size));
}
