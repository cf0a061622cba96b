//! Rebuilds the Merkle tree from its leaves.

use super::{Finding, REPORT_EVERY, Report, Tree};
use crate::audit::proof::{self, Stored, seal_row};
use crate::keys;
use crate::sys::cursor::{Fetched, each, first};
use crate::{error, settings};
use dnc_core::audit::checkpoint;
use dnc_core::audit::commitment::SealRow;
use dnc_core::audit::merkle_tree::{self, Frontier, Hash, NodeReader};

/// A row of `dnc.seal`.
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

/// A checkpoint from outside the database.
struct Anchor {
    checkpoint: checkpoint::Checkpoint,
    /// Whether a key of this database has signed it.
    ours: bool,
}

fn anchor(note: &str, origin: Option<&str>, keys: &[[u8; 32]]) -> Anchor {
    let (text, checkpoint, lines) =
        checkpoint::parse(note).unwrap_or_else(|problem| error::not_a_checkpoint(problem.why()));
    let name = origin.unwrap_or(&checkpoint.origin);
    let ours = lines.iter().any(|line| keys.iter().any(|key| checkpoint::is_signed(&text, line, name, key)));
    Anchor { checkpoint, ours }
}

/// The public keys whose signatures count: of the signing key, and of earlier ones.
fn public_keys() -> Vec<[u8; 32]> {
    let name = settings::seal_key();
    let Some(ring) = keys::configured() else { return Vec::new() };
    let counts = |id: &str| id == name || id == "seal" || id.starts_with("seal-");
    ring.iter()
        .filter(|(id, _)| counts(id))
        .filter_map(|(_, key)| key.as_slice().try_into().ok())
        .map(|seed| checkpoint::public_bytes(&seed))
        .collect()
}

/// State of the tree pass, which compares consecutive leaves with everything stored about them.
struct TreePass<'a> {
    report: &'a mut Report,
    stored: Stored,
    frontier: Frontier,
    keys: Vec<[u8; 32]>,
    anchor: Option<Anchor>,
    /// Whether wrong nodes or roots were found: those above them are wrong as well.
    wrong_nodes: bool,
    wrong_roots: bool,
}

pub fn verify(report: &mut Report, since: i64, against: Option<&str>) -> Tree {
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

    /// Verifies checkpoints and their leaves in parallel order.
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
                    "it was inserted manually, after seals made here".to_owned(),
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
                // Without a key nothing could be signed; whether there was none at the time is unknown.
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

    /// Rebuilds the tree from its leaves; false if some are missing or duplicated.
    fn leaves(&mut self, seals: &[Sealed]) -> bool {
        let start = self.frontier.size();
        let (mut next, mut broken) = (0, false);
        let mut reported = 0;
        // Nodes are compared after the leaf batch was read: no query runs within another.
        let mut runs: Vec<(u64, i64, Vec<i64>, Vec<u8>)> = Vec::new();
        let mut from = start;
        loop {
            runs.clear();
            let query = format!(
                "SELECT first, seal_id, seqs, leaves FROM dnc.audit_run WHERE first >= {from} ORDER BY first LIMIT 256"
            );
            each(&query, true, |row| runs.push((row.int(1) as u64, row.int(2), row.ints(3), row.bytes(4).to_vec())));
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
                        if level.is_multiple_of(merkle_tree::TILE) {
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
            if self.frontier.size() / REPORT_EVERY > reported {
                reported = self.frontier.size() / REPORT_EVERY;
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
            self.put(
                "seal changed",
                Some(seal.seal),
                at,
                "its size does not match the log index of its leaf".to_owned(),
            );
            return;
        }
        if self.frontier.root() != sealed.root && !self.wrong_roots {
            self.wrong_roots = true;
            let detail = format!("its {size} leaves do not give its root");
            self.put("root changed", Some(seal.seal), None, detail);
        }
        if seq != 0 || seal.hash() != *leaf {
            let detail = "its fields (time, size, map, author) are not those that were sealed".to_owned();
            self.put("seal changed", Some(seal.seal), at, detail);
        }
    }

    fn wrong_anchor(&mut self, size: u64) {
        let detail = format!(
            "the first {size} leaves are not those of the checkpoint: the log was changed and sealed anew, or the checkpoint is of another copy"
        );
        self.put("resealed", None, Some(size), detail);
    }

    /// The external checkpoint, if the pass did not reach its size.
    fn against(&mut self, size: u64, root: &Hash, tree: &mut Tree) {
        let end = self.frontier.size();
        if size > end {
            let detail = format!("the checkpoint has {size} leaves, and {end} are there");
            self.put("truncated", None, Some(end), detail);
            return;
        }
        if size <= tree.start {
            match merkle_tree::root(&mut self.stored, size) {
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
