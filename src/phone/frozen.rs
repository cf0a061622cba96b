//! Which digit strings can be stored as numbers.
//!
//! A number once stored must be readable by every later version: from a dump, a binary copy, a replication stream. So
//! this table is not derived from metadata at build time. It may only grow: a calling code may be added, a length may
//! be added, `zero_leads` may turn from false to true; `tests/pure.rs` fails when the metadata allow something that
//! it does not.
//!
//! Where `zero_leads` is false, a national number does not begin with 0: a 0 there is a trunk prefix that has no place
//! behind a calling code (`+49 (0)30 …`), and [`super::parse`] takes it off.

/// Calling code, possible lengths of the national significant number (a bit a length), `zero_leads`.
#[rustfmt::skip]
static POSSIBLE: &[(u16, u16, bool)] = &[
    (1, 0x400, true),
    (7, 0x4400, true),
    (20, 0x700, false),
    (27, 0x7e0, false),
    (30, 0x1c00, true),
    (31, 0xfe0, false),
    (32, 0x300, false),
    (33, 0x200, false),
    (34, 0x200, true),
    (36, 0x300, false),
    (39, 0x1fc0, true),
    (40, 0x240, false),
    (41, 0x1200, false),
    (43, 0x3ff0, false),
    (44, 0x680, false),
    (45, 0x100, true),
    (46, 0x17c0, false),
    (47, 0x120, true),
    (48, 0x7c0, true),
    (49, 0x3ff0, false),
    (51, 0x300, false),
    (52, 0x400, true),
    (53, 0x5c0, false),
    (54, 0xc00, false),
    (55, 0xf00, false),
    (56, 0xe00, true),
    (57, 0xd00, false),
    (58, 0x400, false),
    (60, 0x700, false),
    (61, 0x17e0, false),
    (62, 0x3f80, true),
    (63, 0x3f40, false),
    (64, 0x7e0, false),
    (65, 0xd00, true),
    (66, 0x2700, true),
    (81, 0x3f00, true),
    (82, 0x3f60, true),
    (84, 0x780, false),
    (86, 0x1f80, false),
    (90, 0x3480, false),
    (91, 0x3f00, true),
    (92, 0x1f00, false),
    (93, 0x200, false),
    (94, 0x200, false),
    (95, 0x7c0, false),
    (98, 0x4f0, false),
    (211, 0x200, false),
    (212, 0x200, false),
    (213, 0x300, false),
    (216, 0x100, true),
    (218, 0x200, false),
    (220, 0x280, true),
    (221, 0x200, true),
    (222, 0x100, true),
    (223, 0x100, true),
    (224, 0x300, true),
    (225, 0x400, true),
    (226, 0x100, true),
    (227, 0x100, true),
    (228, 0x100, true),
    (229, 0x500, true),
    (230, 0x580, true),
    (231, 0x380, false),
    (232, 0x100, false),
    (233, 0x300, false),
    (234, 0x1c00, false),
    (235, 0x100, true),
    (236, 0x100, true),
    (237, 0x300, true),
    (238, 0x80, true),
    (239, 0x80, true),
    (240, 0x200, true),
    (241, 0x180, true),
    (242, 0x200, true),
    (243, 0x780, false),
    (244, 0x200, true),
    (245, 0x280, true),
    (246, 0x80, true),
    (247, 0x60, true),
    (248, 0x80, true),
    (249, 0x200, false),
    (250, 0x300, true),
    (251, 0x200, false),
    (252, 0x3c0, false),
    (253, 0x100, true),
    (254, 0x780, false),
    (255, 0x200, false),
    (256, 0x200, false),
    (257, 0x100, true),
    (258, 0x300, true),
    (260, 0x200, false),
    (261, 0x200, false),
    (262, 0x200, false),
    (263, 0x680, false),
    (264, 0x300, false),
    (265, 0x280, false),
    (266, 0x100, true),
    (267, 0x580, true),
    (268, 0x300, true),
    (269, 0x80, true),
    (290, 0x30, true),
    (291, 0x80, false),
    (297, 0x80, true),
    (298, 0x40, true),
    (299, 0x40, true),
    (350, 0x100, true),
    (351, 0x200, true),
    (352, 0xff0, true),
    (353, 0x780, false),
    (354, 0x280, true),
    (355, 0x3c0, false),
    (356, 0x100, true),
    (357, 0x100, true),
    (358, 0x1fe0, false),
    (359, 0x13c0, true),
    (370, 0x100, false),
    (371, 0x100, true),
    (372, 0x580, true),
    (373, 0x100, false),
    (374, 0x100, false),
    (375, 0xfc0, false),
    (376, 0x340, true),
    (377, 0x300, false),
    (378, 0x500, true),
    (380, 0x600, false),
    (381, 0x1fc0, false),
    (382, 0x300, false),
    (383, 0x1f00, false),
    (385, 0x380, false),
    (386, 0x1e0, false),
    (387, 0x300, false),
    (389, 0x100, false),
    (420, 0x1e00, true),
    (421, 0x2c0, false),
    (423, 0x280, false),
    (500, 0x20, true),
    (501, 0x880, true),
    (502, 0x900, true),
    (503, 0x980, true),
    (504, 0x900, true),
    (505, 0x100, true),
    (506, 0x500, true),
    (507, 0xd80, true),
    (508, 0x240, false),
    (509, 0x100, true),
    (590, 0x200, false),
    (591, 0x300, false),
    (592, 0x80, true),
    (593, 0xf00, false),
    (594, 0x200, false),
    (595, 0xfc0, false),
    (596, 0x200, false),
    (597, 0xc0, true),
    (598, 0x1ff0, true),
    (599, 0x180, true),
    (670, 0x180, true),
    (672, 0x40, false),
    (673, 0x80, true),
    (674, 0x80, true),
    (675, 0x180, true),
    (676, 0xa0, true),
    (677, 0xa0, true),
    (678, 0xa0, true),
    (679, 0x880, true),
    (680, 0x80, true),
    (681, 0x240, true),
    (682, 0x20, true),
    (683, 0x90, true),
    (685, 0x4e0, true),
    (686, 0x120, false),
    (687, 0x40, true),
    (688, 0xe0, true),
    (689, 0x340, true),
    (690, 0xf0, true),
    (691, 0x80, true),
    (692, 0x80, true),
    (800, 0x100, true),
    (808, 0x100, true),
    (850, 0x500, false),
    (852, 0xbe0, true),
    (853, 0x180, true),
    (855, 0x700, false),
    (856, 0x700, false),
    (870, 0x1200, true),
    (878, 0x1000, true),
    (880, 0x7c0, false),
    (881, 0x600, true),
    (882, 0x1f80, true),
    (883, 0x1f00, true),
    (886, 0xf80, false),
    (888, 0x800, true),
    (960, 0x480, true),
    (961, 0x180, false),
    (962, 0x300, false),
    (963, 0x300, false),
    (964, 0x700, false),
    (965, 0x180, true),
    (966, 0x600, false),
    (967, 0x380, false),
    (968, 0x380, true),
    (970, 0x700, false),
    (971, 0x1fe0, false),
    (972, 0x1f80, false),
    (973, 0x100, true),
    (974, 0xb80, true),
    (975, 0x180, true),
    (976, 0x700, false),
    (977, 0xd00, false),
    (979, 0x200, true),
    (992, 0x200, true),
    (993, 0x100, true),
    (994, 0x200, false),
    (995, 0x200, false),
    (996, 0x600, false),
    (998, 0x200, true),
];

const NONE: u8 = u8::MAX;

/// Row of [`POSSIBLE`] and length of the calling code, by the first three digits of a number.
static INDEX: [(u8, u8); 1000] = {
    assert!(POSSIBLE.len() < NONE as usize);
    let mut index = [(NONE, 0); 1000];
    let mut row = 0;
    while row < POSSIBLE.len() {
        let code = POSSIBLE[row].0 as usize;
        let (len, span) = if code > 99 { (3, 1) } else if code > 9 { (2, 10) } else { (1, 100) };
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

fn row(digits: &[u8]) -> Option<(&'static (u16, u16, bool), usize)> {
    let [a, b, c, ..] = digits else { return None };
    let (row, len) = INDEX[usize::from(*a) * 100 + usize::from(*b) * 10 + usize::from(*c)];
    Some((POSSIBLE.get(usize::from(row))?, usize::from(len)))
}

/// Whether these digits (values 0 to 9, calling code first) can be stored.
pub fn allows(digits: &[u8]) -> bool {
    let Some((&(_, lengths, zero_leads), code_len)) = row(digits) else { return false };
    let national = digits.len() - code_len;
    national < 16 && lengths >> national & 1 != 0 && (zero_leads || digits[code_len] != 0)
}

/// How many of these digits are the calling code.
pub fn code_len(digits: &[u8]) -> Option<usize> {
    row(digits).map(|(_, len)| len)
}

/// The lengths that a national significant number behind this calling code can have, a bit a length.
pub fn lengths(digits: &[u8]) -> Option<u16> {
    row(digits).map(|(&(_, lengths, _), _)| lengths)
}

/// Every calling code with its lengths and whether a national number can begin with 0.
#[allow(dead_code)] // read by the test that compares this table with the metadata
pub fn all() -> &'static [(u16, u16, bool)] {
    POSSIBLE
}
