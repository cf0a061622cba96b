//! Writes numbers of a list, one a line, for the benchmark: `list_numbers FROM COUNT [digits]`.
//!
//! Numbers of +1: 350 area codes, exchanges 200 to 999, in a random order that is always the same, none twice. `AAA,NNNNNNN` as
//! in the United States' registry, or eleven digits.

use std::io::Write;

const NUMBERS: u64 = 350 * 800 * 10_000;

/// A permutation of 32 bits (multiplications by odd numbers and shifts undo each other one by one).
fn mixed(x: u32) -> u32 {
    let x = (x ^ (x >> 16)).wrapping_mul(0x7feb_352d);
    let x = (x ^ (x >> 15)).wrapping_mul(0x846c_a68b);
    x ^ (x >> 16)
}

/// A permutation of what is below [`NUMBERS`]: mixed again until it is there.
fn number(i: u64) -> u64 {
    let mut x = mixed(i as u32);
    while u64::from(x) >= NUMBERS {
        x = mixed(x);
    }
    u64::from(x)
}

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let of = |n: usize| arguments.get(n).and_then(|a| a.parse::<u64>().ok()).expect("FROM COUNT [digits]");
    let (from, count, digits) = (of(1), of(2), arguments.len() > 3);
    let mut out = std::io::BufWriter::with_capacity(1 << 20, std::io::stdout().lock());
    for i in from..from + count {
        let n = number(i);
        let (area, exchange, line) = (201 + n / 8_000_000 * 2, 200 + n / 10_000 % 800, n % 10_000);
        if digits {
            writeln!(out, "1{area}{exchange}{line:04}")?;
        } else {
            writeln!(out, "{area},{exchange}{line:04}")?;
        }
    }
    Ok(())
}
