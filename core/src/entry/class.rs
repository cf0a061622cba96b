//! The shape of an entry in one byte, stored in the index, so that most lookups need no table row.
//!
//! The byte is stored in indexes: the meaning of a class never changes, and no classes for channels are added.

use super::scope::ALL;

/// An entry that must be read: a revocation, or an opt-out with a purpose, a start or an end of its own, or of a
/// channel without a class.
pub const READ: u8 = b'?';
/// An opt-out of every channel and purpose, without a start or an end.
const EVERY: u8 = b'*';
/// The same for one channel: the built-in ones (sql/install/entry/lookup.sql).
const CHANNELS: [(&[u8], u8); 4] = [(b"voice", b'v'), (b"sms", b's'), (b"whatsapp", b'w'), (b"fax", b'f')];

fn letter(channel: &[u8]) -> Option<u8> {
    CHANNELS.iter().find(|(name, _)| *name == channel).map(|(_, letter)| *letter)
}

/// Whether a channel is built in.
#[inline]
pub fn is_builtin(channel: &[u8]) -> bool {
    letter(channel).is_some()
}

/// The class of an entry; `plain`: an opt-out of every purpose without times of its own.
#[inline]
pub fn of(plain: bool, channel: &[u8]) -> u8 {
    match plain {
        true if channel == ALL => EVERY,
        true => letter(channel).unwrap_or(READ),
        false => READ,
    }
}

/// What a class means for a query's scope.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Says {
    /// It suppresses the number, unless revoked; every revocation is an entry of the same number that must be read.
    Suppresses,
    /// It is out of scope.
    Nothing,
    /// The entry must be read.
    Read,
}

/// The channel of a query's scope, in terms of classes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ChannelClass {
    /// Any channel.
    Any,
    /// A channel with its own class.
    One(u8),
    /// A channel without a class.
    Other,
}

impl ChannelClass {
    /// The class of the scope's channel; `None` is any.
    #[inline]
    pub fn about(channel: Option<&[u8]>) -> ChannelClass {
        match channel {
            None => ChannelClass::Any,
            Some(channel) => letter(channel).map_or(ChannelClass::Other, ChannelClass::One),
        }
    }

    /// What an entry of this class means for a scope with this channel, at present and for any purpose.
    #[inline]
    pub fn said_by(self, class: u8) -> Says {
        match (class, self) {
            (EVERY, _) => Says::Suppresses,
            (one, asked) if CHANNELS.iter().any(|(_, letter)| *letter == one) => {
                if asked == ChannelClass::Any || asked == ChannelClass::One(one) {
                    Says::Suppresses
                } else {
                    Says::Nothing
                }
            }
            _ => Says::Read,
        }
    }
}
