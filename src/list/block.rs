//! Functions on the blocks of sets.

use crate::list::set_reader::{SetReader, hash};
use crate::sys::spi::connected;
use crate::sys::{self};
use dnc_core::list::block::{END, Packed};
use pgrx::prelude::*;
use sha2::{Digest, Sha256};

#[pg_extern(sql = false)]
fn dnc_block_is_valid(start: i64, stop: i64, packed: &[u8]) -> bool {
    let range = (u64::try_from(start), u64::try_from(stop));
    match (Packed::of(packed), range) {
        (Ok(packed), (Ok(start), Ok(stop))) => packed.check(start, stop).is_ok(),
        _ => false,
    }
}

#[pg_extern(sql = false)]
fn dnc_block_has(packed: &[u8], number: i64) -> Option<bool> {
    Packed::of(packed).ok()?.contains(u64::try_from(number).ok()?)
}

#[pg_extern(sql = false)]
fn dnc_block_count(packed: &[u8]) -> Option<i32> {
    Some(Packed::of(packed).ok()?.count() as i32)
}

#[pg_extern(sql = false)]
#[allow(clippy::type_complexity)]
fn dnc_set_facts(
    set: Option<i64>,
) -> TableIterator<'static, (name!(digest, Option<Vec<u8>>), name!(numbers, Option<i64>), name!(problem, Option<String>))>
{
    let (mut digest, mut numbers, mut problem) = (Sha256::new(), 0, None);
    connected(sys::owner(), || {
        let mut reader = SetReader::of(set.unwrap_or(0), false);
        while problem.is_none() && reader.read_to != END {
            match reader.next_block() {
                None => problem = Some(format!("the block from {} on is missing", reader.read_to)),
                Some(block) => {
                    hash(&mut digest, &block);
                    let checked = Packed::of(&block.bytes).and_then(|packed| {
                        numbers += packed.count() as i64;
                        packed.check(block.start, block.stop)
                    });
                    problem = checked.err().map(|fault| format!("the block from {} on: {}", block.start, fault.rule()));
                }
            }
        }
        reader.close();
    });
    TableIterator::once((Some(digest.finalize().to_vec()), Some(numbers), problem))
}
