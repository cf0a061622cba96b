//! Which digit strings can be stored as numbers.
//!
//! A stored number must be readable by every later version: from a dump, a binary copy, a replication stream. So this
//! table is not derived from metadata at build time. It may only grow: a calling code may be added, a length may be
//! added, [`Zeros`] may change from `Never` to `Pair` to `Any`. A test fails if the metadata allow something that it
//! does not.

/// How many zeros a national significant number can begin with. A leading 0 that is not allowed is a trunk prefix,
/// which does not belong after a calling code (`+49 (0)30 …`), and [`super::parse`] removes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Zeros {
    /// None.
    Never,
    /// Two or more: international toll-free and short codes such as `+81 00…`, while a single 0 is the trunk prefix.
    Pair,
    /// Any number of them.
    Any,
}
use Zeros::{Any, Never, Pair};

/// A calling code, the possible lengths of a national significant number after it (one bit per length), and its zeros.
#[rustfmt::skip]
static POSSIBLE: &[(u16, u16, Zeros)] = &[
    (1, 0x400, Any),
    (7, 0x4400, Any),
    (20, 0x700, Never),
    (27, 0x7e0, Never),
    (30, 0x1c00, Any),
    (31, 0xfe0, Never),
    (32, 0x300, Never),
    (33, 0x200, Never),
    (34, 0x200, Any),
    (36, 0x300, Never),
    (39, 0x1fc0, Any),
    (40, 0x240, Never),
    (41, 0x1200, Never),
    (43, 0x3ff0, Never),
    (44, 0x680, Never),
    (45, 0x100, Any),
    (46, 0x17c0, Never),
    (47, 0x120, Any),
    (48, 0x7c0, Any),
    (49, 0x3ff0, Never),
    (51, 0x300, Never),
    (52, 0x400, Any),
    (53, 0x5c0, Never),
    (54, 0xc00, Never),
    (55, 0xf00, Never),
    (56, 0xe00, Any),
    (57, 0xd00, Never),
    (58, 0x400, Never),
    (60, 0x700, Never),
    (61, 0x17e0, Never),
    (62, 0x3f80, Pair),
    (63, 0x3f40, Never),
    (64, 0x7e0, Never),
    (65, 0xd00, Any),
    (66, 0x2700, Pair),
    (81, 0x3f00, Pair),
    (82, 0x3f60, Pair),
    (84, 0x780, Never),
    (86, 0x1f80, Never),
    (90, 0x3480, Never),
    (91, 0x3f00, Pair),
    (92, 0x1f00, Never),
    (93, 0x200, Never),
    (94, 0x200, Never),
    (95, 0x7c0, Never),
    (98, 0x4f0, Never),
    (211, 0x200, Never),
    (212, 0x200, Never),
    (213, 0x300, Never),
    (216, 0x100, Any),
    (218, 0x200, Never),
    (220, 0x280, Any),
    (221, 0x200, Any),
    (222, 0x100, Any),
    (223, 0x100, Any),
    (224, 0x300, Any),
    (225, 0x400, Any),
    (226, 0x100, Any),
    (227, 0x100, Any),
    (228, 0x100, Any),
    (229, 0x500, Any),
    (230, 0x580, Any),
    (231, 0x380, Never),
    (232, 0x100, Never),
    (233, 0x300, Never),
    (234, 0x1c00, Never),
    (235, 0x100, Any),
    (236, 0x100, Any),
    (237, 0x300, Any),
    (238, 0x80, Any),
    (239, 0x80, Any),
    (240, 0x200, Any),
    (241, 0x180, Any),
    (242, 0x200, Any),
    (243, 0x780, Never),
    (244, 0x200, Any),
    (245, 0x280, Any),
    (246, 0x80, Any),
    (247, 0x60, Any),
    (248, 0x80, Any),
    (249, 0x200, Never),
    (250, 0x300, Any),
    (251, 0x200, Never),
    (252, 0x3c0, Never),
    (253, 0x100, Any),
    (254, 0x780, Never),
    (255, 0x200, Never),
    (256, 0x200, Never),
    (257, 0x100, Any),
    (258, 0x300, Any),
    (260, 0x200, Never),
    (261, 0x200, Never),
    (262, 0x200, Never),
    (263, 0x680, Never),
    (264, 0x300, Never),
    (265, 0x280, Never),
    (266, 0x100, Any),
    (267, 0x580, Any),
    (268, 0x300, Any),
    (269, 0x80, Any),
    (290, 0x30, Any),
    (291, 0x80, Never),
    (297, 0x80, Any),
    (298, 0x40, Any),
    (299, 0x40, Any),
    (350, 0x100, Any),
    (351, 0x200, Any),
    (352, 0xff0, Any),
    (353, 0x780, Never),
    (354, 0x280, Any),
    (355, 0x3c0, Never),
    (356, 0x100, Any),
    (357, 0x100, Any),
    (358, 0x1fe0, Never),
    (359, 0x13c0, Pair),
    (370, 0x100, Never),
    (371, 0x100, Any),
    (372, 0x580, Any),
    (373, 0x100, Never),
    (374, 0x100, Never),
    (375, 0xfc0, Never),
    (376, 0x340, Any),
    (377, 0x300, Never),
    (378, 0x500, Any),
    (380, 0x600, Never),
    (381, 0x1fc0, Never),
    (382, 0x300, Never),
    (383, 0x1f00, Never),
    (385, 0x380, Never),
    (386, 0x1e0, Never),
    (387, 0x300, Never),
    (389, 0x100, Never),
    (420, 0x1e00, Any),
    (421, 0x2c0, Never),
    (423, 0x280, Never),
    (500, 0x20, Any),
    (501, 0x880, Any),
    (502, 0x900, Any),
    (503, 0x980, Any),
    (504, 0x900, Any),
    (505, 0x100, Any),
    (506, 0x500, Any),
    (507, 0xd80, Any),
    (508, 0x240, Never),
    (509, 0x100, Any),
    (590, 0x200, Never),
    (591, 0x300, Never),
    (592, 0x80, Any),
    (593, 0xf00, Never),
    (594, 0x200, Never),
    (595, 0xfc0, Never),
    (596, 0x200, Never),
    (597, 0xc0, Any),
    (598, 0x1ff0, Pair),
    (599, 0x180, Any),
    (670, 0x180, Any),
    (672, 0x40, Never),
    (673, 0x80, Any),
    (674, 0x80, Any),
    (675, 0x180, Any),
    (676, 0xa0, Any),
    (677, 0xa0, Any),
    (678, 0xa0, Any),
    (679, 0x880, Any),
    (680, 0x80, Any),
    (681, 0x240, Any),
    (682, 0x20, Any),
    (683, 0x90, Any),
    (685, 0x4e0, Any),
    (686, 0x120, Never),
    (687, 0x40, Any),
    (688, 0xe0, Any),
    (689, 0x340, Any),
    (690, 0xf0, Any),
    (691, 0x80, Any),
    (692, 0x80, Any),
    (800, 0x100, Any),
    (808, 0x100, Any),
    (850, 0x500, Never),
    (852, 0xbe0, Any),
    (853, 0x180, Any),
    (855, 0x700, Never),
    (856, 0x700, Never),
    (870, 0x1200, Any),
    (878, 0x1000, Any),
    (880, 0x7c0, Never),
    (881, 0x600, Any),
    (882, 0x1f80, Any),
    (883, 0x1f00, Any),
    (886, 0xf80, Never),
    (888, 0x800, Any),
    (960, 0x480, Any),
    (961, 0x180, Never),
    (962, 0x300, Never),
    (963, 0x300, Never),
    (964, 0x700, Never),
    (965, 0x180, Any),
    (966, 0x600, Never),
    (967, 0x380, Never),
    (968, 0x380, Any),
    (970, 0x700, Never),
    (971, 0x1fe0, Never),
    (972, 0x1f80, Never),
    (973, 0x100, Any),
    (974, 0xb80, Any),
    (975, 0x180, Any),
    (976, 0x700, Never),
    (977, 0xd00, Never),
    (979, 0x200, Any),
    (992, 0x200, Any),
    (993, 0x100, Any),
    (994, 0x200, Never),
    (995, 0x200, Never),
    (996, 0x600, Never),
    (998, 0x200, Any),
];

const NONE: u8 = u8::MAX;

/// Row of [`POSSIBLE`] and length of the calling code, by the first three digits of a number.
static INDEX: [(u8, u8); 1000] = {
    assert!(POSSIBLE.len() < NONE as usize);
    let mut index = [(NONE, 0); 1000];
    let mut row = 0;
    while row < POSSIBLE.len() {
        let code = POSSIBLE[row].0 as usize;
        let (len, span) = if code > 99 {
            (3, 1)
        } else if code > 9 {
            (2, 10)
        } else {
            (1, 100)
        };
        let mut at = 0;
        while at < span {
            assert!(index[code * span + at].0 == NONE, "no calling code begins another");
            index[code * span + at] = (row as u8, len);
            at += 1;
        }
        row += 1;
    }
    index
};

fn row(digits: &[u8]) -> Option<(&'static (u16, u16, Zeros), usize)> {
    let [a, b, c, ..] = digits else { return None };
    let (row, len) = INDEX[usize::from(*a) * 100 + usize::from(*b) * 10 + usize::from(*c)];
    Some((POSSIBLE.get(usize::from(row))?, usize::from(len)))
}

/// Whether these digits (values 0 to 9, calling code first) can be stored.
#[inline]
pub fn allows(digits: &[u8]) -> bool {
    row(digits).is_some_and(|(row, code_len)| allows_national(row, &digits[code_len..]))
}

/// The same for a calling code and the digits behind it.
#[inline]
pub fn allows_after(code: u16, national: &[u8]) -> bool {
    let first = match code {
        0..10 => code * 100,
        10..100 => code * 10,
        _ => code,
    };
    INDEX
        .get(usize::from(first))
        .and_then(|(row, _)| POSSIBLE.get(usize::from(*row)))
        .is_some_and(|row| row.0 == code && allows_national(row, national))
}

#[inline]
fn allows_national(&(_, lengths, zeros): &(u16, u16, Zeros), national: &[u8]) -> bool {
    national.len() < 16
        && lengths >> national.len() & 1 != 0
        && match zeros {
            Never => national[0] != 0,
            Pair => national[0] != 0 || national[1] == 0,
            Any => true,
        }
}

/// How many of these digits are the calling code.
#[inline]
pub fn code_len(digits: &[u8]) -> Option<usize> {
    row(digits).map(|(_, len)| len)
}

/// The possible lengths of a national significant number after this calling code, one bit per length.
#[inline]
pub fn lengths(digits: &[u8]) -> Option<u16> {
    row(digits).map(|(&(_, lengths, _), _)| lengths)
}

/// Every row: calling code, lengths, zeros.
#[allow(dead_code)] // read by the test that compares this table with the metadata
pub fn all() -> &'static [(u16, u16, Zeros)] {
    POSSIBLE
}
