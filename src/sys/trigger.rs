//! A trigger call: the event and its row.

use super::column::Column;
use super::row::Row;
use pgrx::pg_sys::{self, Datum, FunctionCallInfo};
use std::borrow::Cow;
use std::ffi::CStr;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    Insert,
    Delete,
    Update,
    Truncate,
}

/// One call of a trigger.
pub struct Trigger {
    data: *mut pg_sys::TriggerData,
}

impl Trigger {
    /// The trigger call behind `fcinfo`; raises an error if it is not a trigger call, for a row or a statement as
    /// expected.
    ///
    /// # Safety
    /// `fcinfo` is what the function manager passed to the running function.
    pub unsafe fn of(fcinfo: FunctionCallInfo, for_row: bool) -> Trigger {
        // SAFETY: see above; the context's tag says whether it is a trigger's.
        let data = unsafe {
            let context = (*fcinfo).context;
            if context.is_null() || (*context).type_ != pg_sys::NodeTag::T_TriggerData {
                crate::error::not_a_trigger();
            }
            context.cast::<pg_sys::TriggerData>()
        };
        let trigger = Trigger { data };
        if (trigger.flags() & pg_sys::TRIGGER_EVENT_ROW != 0) != for_row {
            crate::error::not_a_trigger();
        }
        trigger
    }

    /// A call that is made up; it lives as long as its data.
    pub(super) fn of_data(data: *mut pg_sys::TriggerData) -> Trigger {
        Trigger { data }
    }

    fn flags(&self) -> u32 {
        // SAFETY: alive through the call.
        unsafe { (*self.data).tg_event }
    }

    pub fn event(&self) -> Event {
        match self.flags() & pg_sys::TRIGGER_EVENT_OPMASK {
            pg_sys::TRIGGER_EVENT_INSERT => Event::Insert,
            pg_sys::TRIGGER_EVENT_DELETE => Event::Delete,
            pg_sys::TRIGGER_EVENT_UPDATE => Event::Update,
            _ => Event::Truncate,
        }
    }

    pub fn relation(&self) -> pg_sys::Relation {
        // SAFETY: alive through the call.
        unsafe { (*self.data).tg_relation }
    }

    pub fn relation_oid(&self) -> pg_sys::Oid {
        // SAFETY: an open relation.
        unsafe { (*self.relation()).rd_id }
    }

    /// The columns of the table's primary key, with their index from 0 and their name; empty if it has none.
    pub fn primary_key(&self) -> Vec<(usize, String)> {
        let all = self.columns();
        // SAFETY: an open relation; the set is a copy of its own, and its members are shifted by the system columns.
        unsafe {
            let kind = pg_sys::IndexAttrBitmapKind::INDEX_ATTR_BITMAP_PRIMARY_KEY;
            let set = pg_sys::RelationGetIndexAttrBitmap(self.relation(), kind);
            let (mut member, mut places) = (-1, Vec::new());
            loop {
                member = pg_sys::bms_next_member(set, member);
                if member < 0 {
                    break;
                }
                places.push((member + pg_sys::FirstLowInvalidHeapAttributeNumber - 1) as usize);
            }
            all.into_iter().filter(|(place, ..)| places.contains(place)).map(|(place, name, _)| (place, name)).collect()
        }
    }

    /// The trigger's name.
    pub fn name(&self) -> String {
        // SAFETY: the trigger's definition lives as long as its relation is open; a name is a C string.
        unsafe { super::to_utf8(CStr::from_ptr((*(*self.data).tg_trigger).tgname).to_bytes()).into_owned() }
    }

    /// The trigger's own OID.
    pub fn oid(&self) -> pg_sys::Oid {
        // SAFETY: alive through the call.
        unsafe { (*(*self.data).tg_trigger).tgoid }
    }

    /// The trigger's function.
    pub(super) fn function(&self) -> pg_sys::Oid {
        // SAFETY: alive through the call.
        unsafe { (*(*self.data).tg_trigger).tgfoid }
    }

    /// The trigger's times, levels and events, as bits.
    pub(super) fn kind(&self) -> u32 {
        // SAFETY: as above.
        u32::from(unsafe { (*(*self.data).tg_trigger).tgtype } as u16)
    }

    /// Whether the row's table is this one or a partition below it.
    pub fn is_of(&self, table: pg_sys::Oid) -> bool {
        if table == self.relation_oid() {
            return true;
        }
        // SAFETY: an open relation has its catalog row; the list is one of OIDs.
        unsafe {
            (*(*self.relation()).rd_rel).relispartition
                && super::raw::guard(pg_sys::CurrentMemoryContext, || {
                    let ancestors = super::raw::get_partition_ancestors(self.relation_oid());
                    super::raw::list_member_oid(ancestors, table)
                })
        }
    }

    /// Every column of the table, with its index from 0, its name and its type.
    pub fn columns(&self) -> Vec<(usize, String, pg_sys::Oid)> {
        // SAFETY: an open relation's descriptor has an element for each attribute; a name is a C string.
        unsafe {
            let descriptor = (*self.relation()).rd_att;
            (0..(*descriptor).natts as usize)
                .map(|place| (place, super::attribute(descriptor, place)))
                .filter(|(_, attribute)| !attribute.attisdropped)
                .map(|(place, attribute)| {
                    let name = CStr::from_ptr(attribute.attname.data.as_ptr());
                    (place, super::to_utf8(name.to_bytes()).into_owned(), attribute.atttypid)
                })
                .collect()
        }
    }

    /// The role that owns the table.
    pub fn owner(&self) -> pg_sys::Oid {
        // SAFETY: an open relation has its catalog row.
        unsafe { (*(*self.relation()).rd_rel).relowner }
    }

    pub fn relation_name(&self) -> String {
        // SAFETY: an open relation has its catalog row, whose name is a C string.
        unsafe {
            super::to_utf8(CStr::from_ptr((*(*self.relation()).rd_rel).relname.data.as_ptr()).to_bytes()).into_owned()
        }
    }

    pub fn arguments(&self) -> Vec<String> {
        // SAFETY: the trigger's definition lives as long as its relation is open.
        unsafe {
            let trigger = (*self.data).tg_trigger;
            (0..(*trigger).tgnargs as usize)
                .map(|i| super::to_utf8(CStr::from_ptr(*(*trigger).tgargs.add(i)).to_bytes()).into_owned())
                .collect()
        }
    }

    /// The argument at an index, counted from 0, if there is one.
    pub fn argument(&self, place: usize) -> Option<Cow<'_, str>> {
        // SAFETY: as in `arguments`.
        unsafe {
            let trigger = (*self.data).tg_trigger;
            (place < (*trigger).tgnargs as usize)
                .then(|| super::to_utf8(CStr::from_ptr(*(*trigger).tgargs.add(place)).to_bytes()))
        }
    }

    /// The previous tuple: for updates and deletes.
    pub fn old_tuple(&self) -> Option<pg_sys::HeapTuple> {
        // SAFETY: alive through the call.
        (self.event() != Event::Insert).then(|| unsafe { (*self.data).tg_trigtuple })
    }

    /// The new tuple: for inserts and updates.
    pub fn new_tuple(&self) -> Option<pg_sys::HeapTuple> {
        // SAFETY: alive through the call.
        unsafe {
            match self.event() {
                Event::Insert => Some((*self.data).tg_trigtuple),
                Event::Update => Some((*self.data).tg_newtuple),
                _ => None,
            }
        }
    }

    pub fn row(&self, tuple: pg_sys::HeapTuple) -> Row {
        // SAFETY: a tuple of this relation.
        unsafe { Row::of(tuple, (*self.relation()).rd_att) }
    }

    /// A column of the tuple, counted from 1; it lives through the call.
    pub fn value(&self, tuple: pg_sys::HeapTuple, column: i32) -> Option<Column<'_>> {
        // SAFETY: a tuple of this relation, which lives through the call, and its description.
        unsafe {
            let descriptor = (*self.relation()).rd_att;
            let value = super::raw::attribute(&mut *tuple, column, descriptor)?;
            Some(Column::new(value, super::attribute(descriptor, column as usize - 1).atttypid))
        }
    }

    /// What a trigger function returns to accept this tuple.
    pub fn pass(&self, tuple: pg_sys::HeapTuple) -> Datum {
        Datum::from(tuple)
    }

    /// What a BEFORE trigger function returns to skip the row.
    pub fn skip(&self) -> Datum {
        Datum::from(0usize)
    }
}

/// Where a version of a row is in its table.
pub fn place_of(tuple: pg_sys::HeapTuple) -> u64 {
    // SAFETY: a tuple of a table, as passed to a trigger, has its place.
    packed(unsafe { (*tuple).t_self })
}

/// A row's place as a number.
pub fn packed(place: pg_sys::ItemPointerData) -> u64 {
    let pg_sys::ItemPointerData { ip_blkid, ip_posid } = place;
    u64::from(ip_blkid.bi_hi) << 32 | u64::from(ip_blkid.bi_lo) << 16 | u64::from(ip_posid)
}

/// Whether the running transaction, or a subtransaction of it, wrote this version of a row. COPY with FREEZE marks a
/// version as frozen, but leaves the writer's transaction id in it.
pub fn is_own(tuple: pg_sys::HeapTuple) -> bool {
    // SAFETY: a tuple of a table, as passed to a trigger, has a header with its writer.
    unsafe { pg_sys::TransactionIdIsCurrentTransactionId((*(*tuple).t_data).t_choice.t_heap.t_xmin) }
}

/// Whether a table has a trigger of this function that is always enabled.
pub fn fires_always(table: pg_sys::Oid, function: pg_sys::Oid) -> bool {
    let lock = pg_sys::AccessShareLock as i32;
    // SAFETY: the table is opened before it is read, and closed once; the description has an element for each trigger.
    unsafe {
        let table = super::open(table, c"*", pg_sys::AccessShareLock);
        let triggers = (*table).trigdesc;
        let count = if triggers.is_null() { 0 } else { (*triggers).numtriggers as usize };
        let found = (0..count)
            .map(|n| &*(*triggers).triggers.add(n))
            .any(|trigger| trigger.tgfoid == function && trigger.tgenabled as u8 == pg_sys::TRIGGER_FIRES_ALWAYS);
        pg_sys::table_close(table, lock);
        found
    }
}

/// Declares an exported trigger function and its version record.
#[macro_export]
macro_rules! trigger_function {
    ($name:ident, $info:ident, $body:path) => {
        $crate::trigger_function!($name, $info, $body, true);
    };
    // A body that may end with an error with one of the extension's own SQLSTATEs.
    ($name:ident, $info:ident, $body:path, reports) => {
        #[unsafe(no_mangle)]
        pub extern "C" fn $info() -> &'static pgrx::pg_sys::Pg_finfo_record {
            &pgrx::pg_sys::Pg_finfo_record { api_version: 1 }
        }

        #[unsafe(no_mangle)]
        pub extern "C-unwind" fn $name(fcinfo: pgrx::pg_sys::FunctionCallInfo) -> pgrx::pg_sys::Datum {
            #[pgrx::pg_guard]
            extern "C-unwind" fn guarded(fcinfo: pgrx::pg_sys::FunctionCallInfo) -> pgrx::pg_sys::Datum {
                // SAFETY: called by the function manager.
                match $body(unsafe { $crate::sys::trigger::Trigger::of(fcinfo, true) }) {
                    Ok(result) => result,
                    Err(report) => {
                        report.keep();
                        pgrx::pg_sys::Datum::from(0usize)
                    }
                }
            }
            let result = guarded(fcinfo);
            // SAFETY: the guard has returned, and a datum needs no dropping.
            unsafe { $crate::sys::report::raise_kept() };
            result
        }
    };
    ($name:ident, $info:ident, $body:path, $for_row:literal) => {
        #[unsafe(no_mangle)]
        pub extern "C" fn $info() -> &'static pgrx::pg_sys::Pg_finfo_record {
            &pgrx::pg_sys::Pg_finfo_record { api_version: 1 }
        }

        #[unsafe(no_mangle)]
        #[pgrx::pg_guard]
        pub extern "C-unwind" fn $name(fcinfo: pgrx::pg_sys::FunctionCallInfo) -> pgrx::pg_sys::Datum {
            let for_row: bool = $for_row;
            // SAFETY: called by the function manager.
            $body(unsafe { $crate::sys::trigger::Trigger::of(fcinfo, for_row) })
        }
    };
}
