//! The functions that SQL declares, one file a subject, named as in `sql/install/`. But for settings and errors nothing
//! outside this folder uses PostgreSQL, and most of what is `unsafe` about that is in `sys`.

pub mod audit;
mod campaign;
mod check;
mod cross;
mod decide;
mod erase;
mod fingerprint;
mod gather;
pub mod guard;
mod installation;
mod keys;
mod known;
mod list;
mod load;
mod phone;
mod planning;
mod proof;
mod reply;
mod request;
mod rule;
mod seal;
mod set;
mod share;
mod statement;
mod store;
pub mod sys;
mod verify;

/// Called when the library is loaded: what is known of the store is looked up again when the catalogs change.
pub fn init() {
    known::init();
    load::init();
    sys::statistics::init(planning::distinct);
    sys::invalidation::init(|changed| {
        store::forget_if(changed);
        list::forget_if(changed);
        rule::forget_if(changed);
        audit::forget_if(changed);
        known::forget_if(changed);
        request::forget_if(changed);
        guard::forget_if(changed);
    });
}
