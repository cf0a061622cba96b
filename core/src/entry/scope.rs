//! Scopes. A scope is a channel (or all) and a purpose (or all); purposes are a tree of paths,
//! `brand/product/campaign`, and a node stands for everything below it.
//!
//! The overlap of a query's scope and an opt-out's scope is a rectangle of channels and purposes, the narrower of the
//! two in each dimension: a query for a brand includes all its products. The opt-out is effective unless a single
//! revocation covers the whole rectangle. Several revocations never combine: channels can be added later, so no set of
//! channels makes up `all`, and a node is more than its children.

use std::collections::HashMap;

/// The channel that means every channel, including those added later.
pub const ALL: &[u8] = b"all";

/// The scope of a query: `None` is any.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct QueryScope {
    /// The channel; `None` is any.
    pub channel: Option<Vec<u8>>,
    /// The purpose; `None` is any.
    pub purpose: Option<Vec<u8>>,
}

/// The scope of an opt-out or a revocation. `purpose` `None` is every purpose.
#[derive(Clone, PartialEq, Debug)]
pub struct Scope {
    /// The channel, or [`ALL`].
    pub channel: Vec<u8>,
    /// The purpose; `None` is every purpose.
    pub purpose: Option<Vec<u8>>,
}

/// Whether `node` of the purpose tree is `below` or an ancestor of it.
#[inline]
pub fn covers(node: &[u8], below: &[u8]) -> bool {
    below.strip_prefix(node).is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
}

impl QueryScope {
    /// The overlap with an opt-out of this scope; `None` if there is none.
    #[inline]
    pub fn meets(&self, channel: &[u8], purpose: Option<&[u8]>) -> Option<Scope> {
        if let Some(asked) = &self.channel
            && channel != ALL
            && channel != asked
        {
            return None;
        }
        let met = match (self.purpose.as_deref(), purpose) {
            (Some(asked), Some(suppressed)) if covers(suppressed, asked) => Some(asked),
            (Some(asked), Some(suppressed)) if covers(asked, suppressed) => Some(suppressed),
            (Some(_), Some(_)) => return None,
            (asked, suppressed) => asked.or(suppressed),
        };
        Some(Scope {
            channel: self.channel.clone().unwrap_or_else(|| channel.to_vec()),
            purpose: met.map(<[u8]>::to_vec),
        })
    }
}

impl Scope {
    /// Whether a revocation of this scope covers all of `met`.
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

/// The history of one number, restricted to one query's scope.
#[derive(Default)]
pub struct Ledger {
    met: Vec<(i64, Scope)>,
    endings: HashMap<i64, Vec<Scope>>,
}

impl Ledger {
    /// Adds an effective opt-out, and its overlap with the scope.
    pub fn refusal(&mut self, entry: i64, met: Scope) {
        self.met.push((entry, met));
    }

    /// Adds a revocation of entry `ends`.
    pub fn ending(&mut self, ends: i64, scope: Scope) {
        self.endings.entry(ends).or_default().push(scope);
    }

    /// Whether an opt-out is effective.
    #[inline]
    pub fn suppressed(&self) -> bool {
        let ended = |entry, met| self.endings.get(entry).is_some_and(|all| all.iter().any(|scope| scope.covers(met)));
        self.met.iter().any(|(entry, met)| !ended(entry, met))
    }
}
