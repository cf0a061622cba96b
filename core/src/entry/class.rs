//! What an entry says by itself, in one byte, so that most questions are answered from an index that holds it.
//!
//! The byte stands in indexes: what a class means never changes, and channels get no new ones.

use super::scope::ALL;

/// An entry that has to be read: an ending, or a refusal with a purpose, a start or an end of its own, or of a channel
/// that has no class.
pub const READ: u8 = b'?';
/// A refusal of every channel for every purpose, from the start and for good.
const EVERY: u8 = b'*';
/// The same of one channel: those that the extension brings (sql/install/entry/lookup.sql).
const CHANNELS: [(&[u8], u8); 4] = [(b"voice", b'v'), (b"sms", b's'), (b"whatsapp", b'w'), (b"fax", b'f')];

fn letter(channel: &[u8]) -> Option<u8> {
    CHANNELS.iter().find(|(name, _)| *name == channel).map(|(_, letter)| *letter)
}

/// Whether a channel is one that the extension brings.
#[inline]
pub fn is_builtin(channel: &[u8]) -> bool {
    letter(channel).is_some()
}

/// The class of an entry; `plain` is a refusal of every purpose without times of its own.
#[inline]
pub fn of(plain: bool, channel: &[u8]) -> u8 {
    match plain {
        true if channel == ALL => EVERY,
        true => letter(channel).unwrap_or(READ),
        false => READ,
    }
}

/// What a class says to a question.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Says {
    /// It refuses, if nothing ends it; every ending is an entry of the same number, and to be read.
    Refuses,
    /// It has nothing to do with the question.
    Nothing,
    /// The entry has to be read.
    Read,
}

/// The channel of a question, as classes name channels.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ChannelClass {
    /// Any channel.
    Any,
    /// A channel that has a class of its own.
    One(u8),
    /// A channel that has no class.
    Other,
}

impl ChannelClass {
    /// The class of the channel that is asked about; `None` is any.
    #[inline]
    pub fn about(channel: Option<&[u8]>) -> ChannelClass {
        match channel {
            None => ChannelClass::Any,
            Some(channel) => letter(channel).map_or(ChannelClass::Other, ChannelClass::One),
        }
    }

    /// What an entry of this class says to a question about this channel, at present and for whatever purpose.
    #[inline]
    pub fn told_by(self, class: u8) -> Says {
        match (class, self) {
            (EVERY, _) => Says::Refuses,
            (one, asked) if CHANNELS.iter().any(|(_, letter)| *letter == one) => {
                if asked == ChannelClass::Any || asked == ChannelClass::One(one) {
                    Says::Refuses
                } else {
                    Says::Nothing
                }
            }
            _ => Says::Read,
        }
    }
}
