//! Scopes. A scope is a channel (or all) and a purpose (or all); purposes are a tree of paths, `brand/product/campaign`,
//! and a node stands for everything below it.
//!
//! A question meets a refusal in a rectangle of channels and purposes, the narrower of the question's and the refusal's:
//! who asks about a brand asks about all its products. The refusal holds unless one single ending covers that whole rectangle. Several endings never cover
//! together what none of them covers alone: channels can be added later, so no set of channels makes up `all`, and a
//! node is more than its children.

use std::collections::HashMap;

/// The channel that means every channel, those added later included.
pub const ALL: &[u8] = b"all";

/// What is asked: `None` is any.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Question {
    /// The channel; `None` is any.
    pub channel: Option<Vec<u8>>,
    /// The purpose; `None` is any.
    pub purpose: Option<Vec<u8>>,
}

/// What a refusal or an ending names. `purpose` `None` is every purpose.
#[derive(Clone, PartialEq, Debug)]
pub struct Scope {
    /// The channel, or [`ALL`].
    pub channel: Vec<u8>,
    /// The purpose; `None` is every purpose.
    pub purpose: Option<Vec<u8>>,
}

/// Whether `node` of the purpose tree is `below` or above it.
#[inline]
pub fn covers(node: &[u8], below: &[u8]) -> bool {
    below.strip_prefix(node).is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
}

impl Question {
    /// Where the question meets a refusal of this scope; `None` if it does not.
    #[inline]
    pub fn meets(&self, channel: &[u8], purpose: Option<&[u8]>) -> Option<Scope> {
        if let Some(asked) = &self.channel
            && channel != ALL
            && channel != asked
        {
            return None;
        }
        let met = match (self.purpose.as_deref(), purpose) {
            (Some(asked), Some(refused)) if covers(refused, asked) => Some(asked),
            (Some(asked), Some(refused)) if covers(asked, refused) => Some(refused),
            (Some(_), Some(_)) => return None,
            (asked, refused) => asked.or(refused),
        };
        Some(Scope {
            channel: self.channel.clone().unwrap_or_else(|| channel.to_vec()),
            purpose: met.map(<[u8]>::to_vec),
        })
    }
}

impl Scope {
    /// Whether an ending of this scope takes back all of `met`.
    #[inline]
    pub fn covers(&self, met: &Scope) -> bool {
        (self.channel == ALL || self.channel == met.channel)
            && match (&self.purpose, &met.purpose) {
                (None, _) => true,
                (Some(ended), Some(met)) => covers(ended, met),
                (Some(_), None) => false,
            }
    }
}

/// What the history of one number says to one question.
#[derive(Default)]
pub struct Ledger {
    met: Vec<(i64, Scope)>,
    endings: HashMap<i64, Vec<Scope>>,
}

impl Ledger {
    /// A refusal in force, and where the question meets it.
    pub fn refusal(&mut self, entry: i64, met: Scope) {
        self.met.push((entry, met));
    }

    /// An ending of entry `ends`.
    pub fn ending(&mut self, ends: i64, scope: Scope) {
        self.endings.entry(ends).or_default().push(scope);
    }

    /// Whether a refusal holds.
    #[inline]
    pub fn refused(&self) -> bool {
        let ended = |entry, met| self.endings.get(entry).is_some_and(|all| all.iter().any(|scope| scope.covers(met)));
        self.met.iter().any(|(entry, met)| !ended(entry, met))
    }
}
