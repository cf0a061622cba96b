//! The rows of an import in their order, and their hash.

use crate::sys::column::Column;
use crate::sys::{Scratch, Text, stream};
use dnc_core::audit::merkle_tree::Hash;
use dnc_core::limits;
use sha2::{Digest, Sha256};
use std::ffi::CString;

/// Columns of a row that a file fills, in the order of [`each`].
const FIELDS: usize = 16;

/// A staged row.
pub struct Row<'a> {
    /// Its `row_id`.
    pub id: i64,
    /// Its place among the rows, from 1.
    pub place: u64,
    fields: [Option<Text<'a>>; FIELDS],
}

macro_rules! fields {
    ($($place:literal $name:ident)*) => {
        impl<'a> Row<'a> {
            $(
                #[doc = concat!("Its `", stringify!($name), "`; `None` for an empty text too.")]
                pub fn $name(&self) -> Option<Text<'a>> {
                    self.fields[$place]
                }
            )*
        }
    };
}

fields! {
    0 phone
    1 channel
    2 purpose
    3 reason
    4 requested_at
    6 taken_by
    7 words
    8 received_at
    15 note
}

impl Row<'_> {
    /// Whether it has a field that no plain row has: a reference, a start, an end, a deadline, a region, a number in two
    /// fields, or a long text.
    pub fn is_rich(&self) -> bool {
        let is_long = |field: &Option<Text>| field.is_some_and(|text| text.bytes().len() > limits::TEXT);
        self.fields[5].is_some() || self.fields[9..15].iter().any(Option::is_some) || self.fields.iter().any(is_long)
    }
}

/// Passes on the rows of an import in their order. Call while connected to SPI.
pub fn each(batch: i64, take: &mut dyn FnMut(&Row)) {
    let query = format!(
        "SELECT i.phone, i.channel, i.purpose, i.reason, i.requested_at, i.external_ref, i.taken_by, i.words, i.received_at, i.effective_at, i.expires_at, i.due_at, i.region, i.phone_code, i.phone_number, i.note, i.row_id FROM dnc.import_row AS i WHERE i.batch_id = {batch} ORDER BY i.row_id"
    );
    let query = CString::new(query).expect("no zero bytes");
    let (mut place, mut scratch) = (0, Scratch::new());
    stream::each_alone(&query, &mut |_| {}, &mut |columns| {
        place += 1;
        scratch.once(|| {
            let mut fields = [None; FIELDS];
            for (field, column) in fields.iter_mut().zip(columns) {
                *field = column.and_then(Column::text).filter(|text| !text.bytes().is_empty());
            }
            take(&Row { id: columns[FIELDS].map_or(0, Column::int), place, fields });
        });
    });
}

/// A hash over rows: of each field its length in four bytes, little-endian, and its bytes in the server's encoding;
/// an empty field has none.
pub struct Contents {
    hash: Sha256,
    lines: u64,
}

impl Contents {
    pub fn new(format: Option<Text>) -> Contents {
        let mut hash = Sha256::new();
        add(&mut hash, format);
        Contents { hash, lines: 0 }
    }

    pub fn add(&mut self, row: &Row) {
        self.lines += 1;
        row.fields.iter().for_each(|field| add(&mut self.hash, *field));
    }

    /// The hash, and the number of rows.
    pub fn finish(self) -> (Hash, u64) {
        (self.hash.finalize().into(), self.lines)
    }
}

fn add(hash: &mut Sha256, field: Option<Text>) {
    let bytes = field.map_or(&b""[..], Text::bytes);
    hash.update((bytes.len() as u32).to_le_bytes());
    hash.update(bytes);
}
