//! The signed checkpoint: the text format of C2SP's tlog-checkpoint, signed according to C2SP's signed-note.
//!
//! ```text
//! origin
//! size, in decimal
//! root, in base64
//!
//! — name base64(key id ‖ signature)
//! ```
//!
//! The signature is Ed25519's over the first three lines, each with its line feed; the key id is the first four bytes
//! of `SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key)`. A witness appends a line of its own: a plain signature over the same
//! text, or, with 0x04 in place of 0x01, one over `cosignature/v1`, a line `time` with seconds since 1970, and the same
//! text (C2SP's tlog-cosignature).

use super::merkle_tree::Hash;
use base64ct::{Base64, Encoding};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

/// Maximum bytes of a note that is parsed.
pub const LONGEST: usize = 16 << 10;

/// Bytes of a private key: the seed of RFC 8032.
pub const SEED: usize = 32;

const PLAIN: u8 = 1;
const COSIGNED: u8 = 4;

/// The unsigned contents of a checkpoint (C2SP tlog-checkpoint).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Name of the log, and of its key.
    pub origin: String,
    /// Leaves of the tree.
    pub size: u64,
    /// Root of the tree of `size` leaves.
    pub root: Hash,
}

impl Checkpoint {
    /// The text that is signed.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, Base64::encode_string(&self.root))
    }

    /// The whole note, with one signature.
    pub fn signed(&self, seed: &[u8; SEED]) -> String {
        let text = self.text();
        let line = sign(&text, &self.origin, seed);
        format!("{text}\n{line}")
    }
}

/// A signature line of a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Name of the key.
    pub name: String,
    /// Distinguishes keys of the same name.
    pub key_id: [u8; 4],
    /// The signature.
    pub bytes: Vec<u8>,
}

/// Why a text is not a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// It is longer than a checkpoint may be.
    TooLong,
    /// No empty line separates the text from the signatures.
    NoText,
    /// The first line names no log.
    Origin,
    /// The second line is not a number of leaves.
    Size,
    /// The third line is not a root.
    Root,
    /// A line of the signatures is invalid.
    Line,
    /// There is no signature.
    NoSignature,
}

impl Problem {
    /// The broken rule, for an error.
    pub fn why(self) -> &'static str {
        match self {
            Problem::TooLong => "it is longer than 16 kB",
            Problem::NoText => "an empty line must part the text from its signatures",
            Problem::Origin => "its first line must name the log",
            Problem::Size => "its second line must be the number of leaves",
            Problem::Root => "its third line must be 32 bytes in base64",
            Problem::Line => "a line below is no signature: a dash, a name, and base64",
            Problem::NoSignature => "nobody has signed it",
        }
    }
}

/// A parsed note: the signed text, its contents, and the signature lines. Text lines after the third are extensions;
/// they are covered by the signature and otherwise ignored.
pub fn parse(note: &str) -> Result<(String, Checkpoint, Vec<Line>), Problem> {
    if note.len() > LONGEST {
        return Err(Problem::TooLong);
    }
    // A copy from a mail or a Windows file has other line ends.
    let note = note.replace("\r\n", "\n");
    let (text, lines) = note.split_once("\n\n").ok_or(Problem::NoText)?;
    let text = format!("{text}\n");
    let mut parts = text.lines();
    let origin = parts.next().filter(|o| !o.is_empty()).ok_or(Problem::Origin)?.to_owned();
    let size = parts.next().ok_or(Problem::Size)?;
    let plain = !size.is_empty() && size.bytes().all(|b| b.is_ascii_digit()) && (size == "0" || !size.starts_with('0'));
    let size = if plain { size.parse().map_err(|_| Problem::Size)? } else { return Err(Problem::Size) };
    let mut root = [0; 32];
    let decoded = Base64::decode(parts.next().ok_or(Problem::Root)?, &mut root).map_err(|_| Problem::Root)?;
    if decoded.len() != 32 {
        return Err(Problem::Root);
    }
    let lines: Vec<Line> = lines.lines().map(|line| signature(line).ok_or(Problem::Line)).collect::<Result<_, _>>()?;
    if lines.is_empty() {
        return Err(Problem::NoSignature);
    }
    Ok((text, Checkpoint { origin, size, root }, lines))
}

fn signature(line: &str) -> Option<Line> {
    let (name, encoded) = line.strip_prefix("— ")?.rsplit_once(' ')?;
    let bytes = Base64::decode_vec(encoded).ok()?;
    let (key_id, bytes) = bytes.split_first_chunk::<4>()?;
    (!name.is_empty() && !name.contains(['+', ' '])).then(|| Line {
        name: name.to_owned(),
        key_id: *key_id,
        bytes: bytes.to_vec(),
    })
}

fn key_id(name: &str, kind: u8, public: &[u8; 32]) -> [u8; 4] {
    let hash: Hash =
        Sha256::new().chain_update(name).chain_update([b'\n', kind]).chain_update(public).finalize().into();
    hash[..4].try_into().expect("longer than four")
}

/// The signature line of a key for a text, line feed included.
pub fn sign(text: &str, name: &str, seed: &[u8; SEED]) -> String {
    let key = SigningKey::from_bytes(seed);
    let id = key_id(name, PLAIN, key.verifying_key().as_bytes());
    let bytes = [&id[..], &key.sign(text.as_bytes()).to_bytes()].concat();
    format!("— {name} {}\n", Base64::encode_string(&bytes))
}

/// A public key in the format of note verifiers: `name+id+base64(0x01 ‖ key)`.
pub fn public(name: &str, seed: &[u8; SEED]) -> String {
    let key = SigningKey::from_bytes(seed).verifying_key();
    let id = u32::from_be_bytes(key_id(name, PLAIN, key.as_bytes()));
    format!("{name}+{id:08x}+{}", Base64::encode_string(&[&[PLAIN], &key.as_bytes()[..]].concat()))
}

/// The public key of a seed.
pub fn public_bytes(seed: &[u8; SEED]) -> [u8; 32] {
    SigningKey::from_bytes(seed).verifying_key().to_bytes()
}

/// Whether this line is the signature of a key over a text.
pub fn is_signed(text: &str, line: &Line, name: &str, public: &[u8; 32]) -> bool {
    let Ok(key) = VerifyingKey::from_bytes(public) else { return false };
    let good = |message: &str, bytes: &[u8]| {
        Signature::from_slice(bytes).is_ok_and(|signature| key.verify_strict(message.as_bytes(), &signature).is_ok())
    };
    if line.name != name {
        return false;
    }
    if line.key_id == key_id(name, PLAIN, public) {
        return good(text, &line.bytes);
    }
    if line.key_id == key_id(name, COSIGNED, public)
        && let Some((time, bytes)) = line.bytes.split_first_chunk::<8>()
    {
        return good(&format!("cosignature/v1\ntime {}\n{text}", u64::from_be_bytes(*time)), bytes);
    }
    false
}

/// Whether a line has the key id that this key gives it.
pub fn is_by(line: &Line, name: &str, public: &[u8; 32]) -> bool {
    line.name == name && (line.key_id == key_id(name, PLAIN, public) || line.key_id == key_id(name, COSIGNED, public))
}
