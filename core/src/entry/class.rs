//! What an entry says by itself, in one byte, so that most questions are answered from an index that holds it.
//!
//! The byte stands in indexes: what a shape means never changes, and channels get no new ones.

use super::scope::ALL;

/// An entry that has to be read: an ending, or a refusal with a purpose, a start or an end of its own, or of a channel
/// that has no shape.
pub const READ: u8 = b'?';
/// A refusal of every channel for every purpose, from the start and for good.
const EVERY: u8 = b'*';
/// The same of one channel: those that the extension brings (sql/install/30-lookup.sql).
const CHANNELS: [(&[u8], u8); 4] = [(b"voice", b'v'), (b"sms", b's'), (b"whatsapp", b'w'), (b"fax", b'f')];

fn letter(channel: &[u8]) -> Option<u8> {
    CHANNELS.iter().find(|(name, _)| *name == channel).map(|(_, letter)| *letter)
}

/// Whether a channel is one that the extension brings.
pub fn is_builtin(channel: &[u8]) -> bool {
    letter(channel).is_some()
}

/// The shape of an entry; `plain` is a refusal of every purpose without times of its own.
pub fn of(plain: bool, channel: &[u8]) -> u8 {
    match plain {
        true if channel == ALL => EVERY,
        true => letter(channel).unwrap_or(READ),
        false => READ,
    }
}

/// What a shape says to a question.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Says {
    /// It refuses, if nothing ends it; every ending is an entry of the same number, and to be read.
    Refuses,
    /// It has nothing to do with the question.
    Nothing,
    Read,
}

/// The channel of a question, as shapes name channels.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Asked {
    Any,
    One(u8),
    /// A channel that has no shape.
    Other,
}

impl Asked {
    pub fn about(channel: Option<&[u8]>) -> Asked {
        match channel {
            None => Asked::Any,
            Some(channel) => letter(channel).map_or(Asked::Other, Asked::One),
        }
    }

    /// What an entry of this shape says to a question about this channel, at present and for whatever purpose.
    pub fn told_by(self, shape: u8) -> Says {
        match (shape, self) {
            (EVERY, _) => Says::Refuses,
            (one, asked) if CHANNELS.iter().any(|(_, letter)| *letter == one) => {
                if asked == Asked::Any || asked == Asked::One(one) { Says::Refuses } else { Says::Nothing }
            }
            _ => Says::Read,
        }
    }
}
