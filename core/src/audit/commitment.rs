//! The hashes of the log, all SHA-256: two of each row, and that of a checkpoint.
//!
//! * The *commitment* binds the row to data stored elsewhere (`dnc.audit_data`), which can be erased: without the salt
//!   nothing can be guessed from it.
//! * The *row hash* covers the log row itself, commitment included, and is the leaf hash of RFC 6962, section 2.1.

use super::canonical::{self, Canonical};
use super::merkle_tree::{self, Hash};
use sha2::{Digest, Sha256};

/// Bytes of salt per row.
pub const SALT: usize = 32;

/// `SHA-256(salt ‖ part(before) ‖ part(after))`, where a part is a byte 0 for NULL, else a byte 1, the length in bytes
/// as a big-endian 64-bit integer, and the canonical bytes.
pub fn commitment(salt: &[u8; SALT], before: Option<&[u8]>, after: Option<&[u8]>) -> Hash {
    let mut hash = Sha256::new();
    hash.update(salt);
    for part in [before, after] {
        match part {
            None => hash.update([0]),
            Some(text) => {
                hash.update([1]);
                hash.update((text.len() as u64).to_be_bytes());
                hash.update(text);
            }
        }
    }
    hash.finalize().into()
}

/// One change as the log records it, without the transaction id, which means nothing after a restore.
pub struct LogRow<'a> {
    /// Log sequence number of the change.
    pub seq: i64,
    /// The table, without its schema.
    pub relation: &'a str,
    /// `INSERT`, `UPDATE`, `DELETE` or `ERASE`.
    pub operation: &'a str,
    /// The row's key, as text.
    pub row_key: &'a str,
    /// Microseconds since 2000-01-01 UTC.
    pub logged_at: i64,
    /// The role that started the session.
    pub session_role: &'a str,
    /// The role that made the change.
    pub effective_role: &'a str,
    /// The acting person, as the application claims.
    pub actor: Option<&'a str>,
    /// Commitment to the data before and after.
    pub commitment: &'a Hash,
}

impl LogRow<'_> {
    /// `SHA-256(0x00 ‖ canonical bytes)`.
    pub fn hash(&self) -> Hash {
        merkle_tree::leaf(self.text().as_bytes())
    }

    /// The canonical bytes, identical to those of [`canonical::row`]; written by hand for speed, since this runs for
    /// every row written or verified.
    pub fn text(&self) -> String {
        let mut out = String::with_capacity(400);
        let name = |name: &str, out: &mut String| out.push_str(name);
        let text = |name: &str, value: &str, out: &mut String| {
            out.push_str(name);
            canonical::string(value, out);
        };
        match self.actor {
            Some(actor) => text("{\"actor\":", actor, &mut out),
            None => name("{\"actor\":null", &mut out),
        }
        name(",\"commitment\":\"", &mut out);
        canonical::write_hex(self.commitment, &mut out);
        text("\",\"effective_role\":", self.effective_role, &mut out);
        name(",\"format\":", &mut out);
        canonical::digits(i64::from(canonical::FORMAT), 1, &mut out);
        text(",\"logged_at\":", &canonical::timestamp(self.logged_at), &mut out);
        text(",\"operation\":", self.operation, &mut out);
        text(",\"relation\":", self.relation, &mut out);
        text(",\"row_key\":", self.row_key, &mut out);
        // Negative numbers occur only if a row was written by hand.
        name(if self.seq < 0 { ",\"seq\":-" } else { ",\"seq\":" }, &mut out);
        canonical::digits(self.seq.saturating_abs(), 1, &mut out);
        text(",\"session_role\":", self.session_role, &mut out);
        out.push('}');
        out
    }
}

/// The contents of a checkpoint's own leaf, the last of the leaves that it adds.
pub struct SealRow {
    /// Id of the checkpoint.
    pub seal: i64,
    /// Name of the log.
    pub origin: String,
    /// Leaves of the tree, this one included.
    pub tree_size: i64,
    /// Log rows that this checkpoint added.
    pub rows: i64,
    /// Microseconds since 2000-01-01 UTC.
    pub sealed_at: i64,
    /// Every row that was logged before this time is in the tree, unless its transaction was rolled back.
    pub complete_to: i64,
    /// The role that made the checkpoint.
    pub sealed_by: String,
    /// The map that it commits to, if any.
    pub state: Option<StateRow>,
    /// Number of rows that came from outside.
    pub loaded_rows: i64,
    /// Why rows from outside were accepted; `None` if there were none.
    pub accepted: Option<String>,
}

/// The verifiable map, as a checkpoint commits to it.
#[derive(Clone, PartialEq, Eq)]
pub struct StateRow {
    /// It covers the log indexes below this.
    pub size: i64,
    /// Root of the map.
    pub root: Hash,
    /// Distinguishes the map's key from any other.
    pub key_check: Hash,
}

impl SealRow {
    /// Its leaf hash.
    pub fn hash(&self) -> Hash {
        merkle_tree::leaf(self.text().as_bytes())
    }

    /// The canonical bytes.
    pub fn text(&self) -> String {
        let state = self.state.as_ref();
        canonical::row([
            ("seal", Canonical::Int(self.seal)),
            ("origin", Canonical::Text(&self.origin)),
            ("tree_size", Canonical::Int(self.tree_size)),
            ("rows", Canonical::Int(self.rows)),
            ("sealed_at", Canonical::Timestamp(self.sealed_at)),
            ("complete_to", Canonical::Timestamp(self.complete_to)),
            ("sealed_by", Canonical::Text(&self.sealed_by)),
            ("state_size", state.map_or(Canonical::Null, |s| Canonical::Int(s.size))),
            ("state_root", state.map_or(Canonical::Null, |s| Canonical::Bytes(&s.root))),
            ("state_key", state.map_or(Canonical::Null, |s| Canonical::Bytes(&s.key_check))),
            ("loaded_rows", Canonical::Int(self.loaded_rows)),
            ("accepted", self.accepted.as_deref().map_or(Canonical::Null, Canonical::Text)),
            ("format", Canonical::Int(i64::from(canonical::FORMAT))),
        ])
    }
}
