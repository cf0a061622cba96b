//! The words of dates, days and hours, one file per language.

pub(super) mod de;
pub(super) mod en;
pub(super) mod es;
pub(super) mod fr;
pub(super) mod hi;
pub(super) mod it;
pub(super) mod pt;
pub(super) mod zh;
