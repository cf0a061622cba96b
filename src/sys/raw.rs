//! Server functions called without a guard each.
//!
//! pgrx puts a `sigsetjmp` around every call into the server. Several calls that form one step of a hot path share one
//! [`guard`]; calls that raise no error need none.

use pgrx::pg_sys::{self, BlockNumber, Buffer, Datum, ItemPointer, ItemPointerData, Oid, Relation, Snapshot};
use std::ffi::c_int;

const VISIBILITYMAP_ALL_VISIBLE: u8 = 1;
/// Table pages covered by one page of the visibility map, two bits each (visibilitymap.c).
pub const HEAP_PAGES_PER_MAP: u32 = (pg_sys::BLCKSZ - PAGE_HEADER as u32) * 4;
/// Bytes of a page's header, aligned.
const PAGE_HEADER: usize = 24;

unsafe extern "C-unwind" {
    /// Raises no error while a snapshot is active, as it is whenever a function is called.
    pub fn GetActiveSnapshot() -> Snapshot;
    /// Raises no error.
    pub fn GetCurrentTransactionNestLevel() -> c_int;
    /// Raises no error.
    pub fn IsInParallelMode() -> bool;
    /// Not among pgrx's bindings.
    pub fn list_member_oid(list: *const pg_sys::List, member: Oid) -> bool;
    pub fn get_partition_ancestors(relation: Oid) -> *mut pg_sys::List;
    pub fn datumCopy(value: Datum, by_value: bool, length: c_int) -> Datum;
    pub fn datum_image_eq(a: Datum, b: Datum, by_value: bool, length: c_int) -> bool;
    pub fn index_rescan(
        scan: pg_sys::IndexScanDesc,
        keys: pg_sys::ScanKey,
        nkeys: c_int,
        orderbys: pg_sys::ScanKey,
        norderbys: c_int,
    );
    pub fn index_getnext_tid(scan: pg_sys::IndexScanDesc, direction: pg_sys::ScanDirection::Type) -> ItemPointer;
    pub fn index_getnext_slot(
        scan: pg_sys::IndexScanDesc,
        direction: pg_sys::ScanDirection::Type,
        slot: *mut pg_sys::TupleTableSlot,
    ) -> bool;
    pub fn index_fetch_heap(scan: pg_sys::IndexScanDesc, slot: *mut pg_sys::TupleTableSlot) -> bool;
    pub fn visibilitymap_get_status(rel: Relation, block: BlockNumber, buffer: *mut Buffer) -> u8;
    pub fn PredicateLockRelation(relation: Relation, snapshot: Snapshot);
    pub fn PredicateLockPage(relation: Relation, block: BlockNumber, snapshot: Snapshot);
    /// Raises no error for an attribute that exists and is not NULL.
    fn nocachegetattr(row: pg_sys::HeapTuple, attribute: c_int, descriptor: pg_sys::TupleDesc) -> Datum;
    /// Raises no error for a pinned buffer.
    pub fn ReleaseBuffer(buffer: Buffer);
    /// Raises no error except out of memory.
    pub fn ReadRecentBuffer(node: Node, fork: pg_sys::ForkNumber::Type, block: BlockNumber, buffer: Buffer) -> bool;
    pub fn ReadBuffer(relation: Relation, block: BlockNumber) -> Buffer;
    pub fn RelationGetNumberOfBlocksInFork(relation: Relation, fork: pg_sys::ForkNumber::Type) -> BlockNumber;
    /// Raises no error for a pinned buffer.
    pub fn LockBuffer(buffer: Buffer, mode: c_int);
    pub fn CreateExecutorState() -> *mut pg_sys::EState;
    pub fn FreeExecutorState(estate: *mut pg_sys::EState);
    pub fn InitResultRelInfo(
        target: *mut pg_sys::ResultRelInfo,
        table: Relation,
        index: pg_sys::Index,
        root: *mut pg_sys::ResultRelInfo,
        instrument: c_int,
    );
    pub fn ExecCloseResultRelations(estate: *mut pg_sys::EState);
    pub fn ExecResetTupleTable(slots: *mut pg_sys::List, free: bool);
    pub fn ExecStoreVirtualTuple(slot: *mut pg_sys::TupleTableSlot) -> *mut pg_sys::TupleTableSlot;
    pub fn ExecConstraints(
        target: *mut pg_sys::ResultRelInfo,
        slot: *mut pg_sys::TupleTableSlot,
        estate: *mut pg_sys::EState,
    );
    pub fn ExecBSInsertTriggers(estate: *mut pg_sys::EState, target: *mut pg_sys::ResultRelInfo);
    pub fn ExecBRInsertTriggers(
        estate: *mut pg_sys::EState,
        target: *mut pg_sys::ResultRelInfo,
        slot: *mut pg_sys::TupleTableSlot,
    ) -> bool;
    pub fn ExecARInsertTriggers(
        estate: *mut pg_sys::EState,
        target: *mut pg_sys::ResultRelInfo,
        slot: *mut pg_sys::TupleTableSlot,
        recheck: *mut pg_sys::List,
        capture: *mut pg_sys::TransitionCaptureState,
    );
    pub fn ExecASInsertTriggers(
        estate: *mut pg_sys::EState,
        target: *mut pg_sys::ResultRelInfo,
        capture: *mut pg_sys::TransitionCaptureState,
    );
    pub fn AfterTriggerBeginQuery();
    pub fn AfterTriggerEndQuery(estate: *mut pg_sys::EState);
    #[cfg(feature = "pg15")]
    fn ExecInsertIndexTuples(
        target: *mut pg_sys::ResultRelInfo,
        slot: *mut pg_sys::TupleTableSlot,
        estate: *mut pg_sys::EState,
        update: bool,
        speculative: bool,
        conflict: *mut bool,
        arbiters: *mut pg_sys::List,
    ) -> *mut pg_sys::List;
    #[cfg(not(feature = "pg15"))]
    fn ExecInsertIndexTuples(
        target: *mut pg_sys::ResultRelInfo,
        slot: *mut pg_sys::TupleTableSlot,
        estate: *mut pg_sys::EState,
        update: bool,
        speculative: bool,
        conflict: *mut bool,
        arbiters: *mut pg_sys::List,
        only_summarizing: bool,
    ) -> *mut pg_sys::List;
    pub fn table_slot_create(table: Relation, register: *mut *mut pg_sys::List) -> *mut pg_sys::TupleTableSlot;
    pub fn index_open(index: Oid, lock: pg_sys::LOCKMODE) -> Relation;
    pub fn nextval_internal(sequence: Oid, check_rights: bool) -> i64;
    pub fn LockAcquire(
        tag: *const pg_sys::LOCKTAG,
        mode: pg_sys::LOCKMODE,
        for_session: bool,
        at_once: bool,
    ) -> pg_sys::LockAcquireResult::Type;
    pub fn LockRelationOid(relation: Oid, lock: pg_sys::LOCKMODE);
    pub fn lappend(list: *mut pg_sys::List, element: *mut std::ffi::c_void) -> *mut pg_sys::List;
    pub fn palloc(size: usize) -> *mut std::ffi::c_void;
    pub fn RelationIdGetRelation(relation: Oid) -> Relation;
    /// Raises no error for an open relation.
    pub fn RelationClose(relation: Relation);
    pub fn GetTransactionSnapshot() -> Snapshot;
    pub fn PushActiveSnapshot(snapshot: Snapshot);
    pub fn PopActiveSnapshot();
    pub fn CommandCounterIncrement();
    /// Raises no error outside parallel mode.
    pub fn GetCurrentCommandId(used: bool) -> pg_sys::CommandId;
    /// Raises no error for a context that is live.
    fn MemoryContextReset(context: pg_sys::MemoryContext);
    /// Raises no error for a context that is live and not the current one.
    pub fn MemoryContextDelete(context: pg_sys::MemoryContext);
    fn HeapTupleSatisfiesVisibility(tuple: pg_sys::HeapTuple, snapshot: Snapshot, buffer: Buffer) -> bool;
    static BufferBlocks: *const u8;
    static BufferDescriptors: *const [u8; 64];
}

/// Address of a shared buffer's page.
///
/// # Safety
/// A shared buffer.
pub unsafe fn page(buffer: Buffer) -> *const u8 {
    // SAFETY: see above; the array is set up when the server starts.
    unsafe { BufferBlocks.add((buffer as usize - 1) * pg_sys::BLCKSZ as usize) }
}

/// Address of a shared buffer's descriptor.
///
/// # Safety
/// A shared buffer.
pub unsafe fn buffer_description(buffer: Buffer) -> *const u8 {
    // SAFETY: see above; one per buffer, padded to a cache line.
    unsafe { BufferDescriptors.add(buffer as usize - 1).cast() }
}

#[cfg(feature = "pg15")]
pub type Node = pg_sys::RelFileNode;
#[cfg(not(feature = "pg15"))]
pub type Node = pg_sys::RelFileLocator;

/// The files of a relation.
///
/// # Safety
/// The relation is open.
pub unsafe fn node(relation: Relation) -> Node {
    // SAFETY: see above.
    unsafe {
        #[cfg(feature = "pg15")]
        return (*relation).rd_node;
        #[cfg(not(feature = "pg15"))]
        return (*relation).rd_locator;
    }
}

/// Whether a row of a table, at a line pointer of a page, is visible to the active snapshot.
///
/// # Safety
/// The row is on the page in the buffer, which is pinned and locked; an error may be raised.
pub unsafe fn sees(
    (row, len): (*const u8, usize),
    table: Oid,
    (block, offset): (BlockNumber, u16),
    buffer: Buffer,
) -> bool {
    let mut tuple = pg_sys::HeapTupleData {
        t_len: len as u32,
        t_data: row.cast_mut().cast(),
        t_tableOid: table,
        ..pg_sys::HeapTupleData::default()
    };
    tuple.t_self.ip_blkid.bi_hi = (block >> 16) as u16;
    tuple.t_self.ip_blkid.bi_lo = block as u16;
    tuple.t_self.ip_posid = offset;
    // SAFETY: see above.
    unsafe { HeapTupleSatisfiesVisibility(&mut tuple, GetActiveSnapshot(), buffer) }
}

/// Number of line pointers of a page.
///
/// # Safety
/// A page of a table, pinned.
pub unsafe fn rows(page: *const u8) -> u16 {
    // SAFETY: the page header says where the line pointers end.
    let lower = usize::from(unsafe { page.add(12).cast::<u16>().read() });
    (lower.saturating_sub(PAGE_HEADER) / 4) as u16
}

/// The row at a line pointer of a page, from 1, and its length; `None` if there is none.
///
/// # Safety
/// A page of a table, pinned and locked, and one of its line pointers.
pub unsafe fn row(page: *const u8, place: u16) -> Option<(*const u8, usize)> {
    const LP_NORMAL: u32 = 1;
    // SAFETY: see above.
    unsafe {
        let id = page.add(PAGE_HEADER + 4 * (usize::from(place) - 1)).cast::<u32>().read();
        let (offset, flags, len) = ((id & 0x7fff) as usize, id >> 15 & 3, (id >> 17) as usize);
        let whole = flags == LP_NORMAL
            && len >= size_of::<pg_sys::HeapTupleHeaderData>()
            && offset + len <= pg_sys::BLCKSZ as usize;
        whole.then(|| (page.add(offset), len))
    }
}

/// Runs calls that may raise an error, in this memory context: a scan allocates on demand, and its allocations must
/// live as long as it does. The error becomes a panic, as from any call that pgrx wraps.
///
/// # Safety
/// Nothing in `calls` needs dropping: an error jumps over it. The context is live.
pub unsafe fn guard<T>(context: pg_sys::MemoryContext, calls: impl FnOnce() -> T) -> T {
    // SAFETY: see above; after an error pgrx restores the context.
    unsafe {
        let before = pg_sys::CurrentMemoryContext;
        pg_sys::ffi::pg_guard_ffi_boundary(|| {
            pg_sys::CurrentMemoryContext = context;
            let result = calls();
            pg_sys::CurrentMemoryContext = before;
            result
        })
    }
}

/// A scan key: the first column equals an eight-byte integer. Only the argument differs between keys, so the comparison
/// function is looked up once.
pub fn equals(key: i64) -> pg_sys::ScanKeyData {
    thread_local! {
        static TEMPLATE: std::cell::Cell<Option<pg_sys::ScanKeyData>> = const { std::cell::Cell::new(None) };
    }
    from_template(&TEMPLATE, (1, pg_sys::BTEqualStrategyNumber, pg_sys::F_INT8EQ), key)
}

/// A scan key: the second column is at most an eight-byte integer.
pub fn at_most(key: i64) -> pg_sys::ScanKeyData {
    thread_local! {
        static TEMPLATE: std::cell::Cell<Option<pg_sys::ScanKeyData>> = const { std::cell::Cell::new(None) };
    }
    from_template(&TEMPLATE, (2, pg_sys::BTLessEqualStrategyNumber, pg_sys::F_INT8LE), key)
}

fn from_template(
    template: &'static std::thread::LocalKey<std::cell::Cell<Option<pg_sys::ScanKeyData>>>,
    (column, strategy, function): (i16, u32, u32),
    key: i64,
) -> pg_sys::ScanKeyData {
    let mut scan_key = template.get().unwrap_or_else(|| {
        let mut made = pg_sys::ScanKeyData::default();
        // SAFETY: fills the structure; the function is built in, and its lookup allocates nothing.
        unsafe {
            pg_sys::ScanKeyInit(&mut made, column, strategy as u16, Oid::from(function), Datum::from(0i64));
        }
        template.set(Some(made));
        made
    });
    scan_key.sk_argument = Datum::from(key);
    scan_key
}

pub fn block(tid: &ItemPointerData) -> BlockNumber {
    u32::from(tid.ip_blkid.bi_hi) << 16 | u32::from(tid.ip_blkid.bi_lo)
}

/// A pinned page of a visibility map, and its number.
#[derive(Clone, Copy)]
pub struct Map {
    pub buffer: Buffer,
    number: u32,
    bits: *const u8,
}

pub const NO_MAP: Map = Map { buffer: 0, number: 0, bits: std::ptr::null() };

/// Whether a page of a table is known to be all-visible. Equivalent to `visibilitymap_get_status`, which is called only
/// to pin the page of the map.
///
/// # Safety
/// The table is open; an error may be raised.
pub unsafe fn all_visible(table: Relation, block: BlockNumber, map: &mut Map) -> bool {
    let (number, place) = (block / HEAP_PAGES_PER_MAP, block % HEAP_PAGES_PER_MAP);
    // SAFETY: the page is pinned, and its contents are read a byte at a time, as the server does.
    unsafe {
        if map.buffer == 0 || map.number != number {
            let status = visibilitymap_get_status(table, block, &mut map.buffer);
            if map.buffer == 0 {
                return false;
            }
            map.number = number;
            map.bits = pg_sys::BufferGetPage(map.buffer).cast::<u8>().add(PAGE_HEADER);
            return status & VISIBILITYMAP_ALL_VISIBLE != 0;
        }
        let byte = map.bits.add(place as usize / 4).read_volatile();
        byte >> (place % 4 * 2) & VISIBILITYMAP_ALL_VISIBLE != 0
    }
}

/// The contents of an index tuple of two columns: eight bytes by value and one, neither of them NULL.
///
/// # Safety
/// It is such a tuple.
pub unsafe fn key_and_judgement(tuple: pg_sys::IndexTuple) -> (i64, u8) {
    // SAFETY: see above; without NULLs the data follow the header, aligned to eight bytes.
    unsafe {
        let data = tuple.cast::<u8>().add(size_of::<pg_sys::IndexTupleData>());
        (data.cast::<i64>().read(), data.add(8).read())
    }
}

/// The second column of an index tuple of two, both eight bytes by value and not NULL.
///
/// # Safety
/// It is such a tuple.
pub unsafe fn second_key(tuple: pg_sys::IndexTuple) -> i64 {
    // SAFETY: see above.
    unsafe { tuple.cast::<u8>().add(size_of::<pg_sys::IndexTupleData>() + 8).cast::<i64>().read() }
}

/// The value of an attribute; `None` for NULL and if the row is older than the column.
///
/// # Safety
/// Row and descriptor belong together.
pub unsafe fn attribute(
    row: &mut pg_sys::HeapTupleData,
    attribute: c_int,
    descriptor: pg_sys::TupleDesc,
) -> Option<Datum> {
    // SAFETY: a row's header says how many attributes it has and which of them are NULL.
    unsafe {
        let header = row.t_data;
        if u32::from((*header).t_infomask2) & pg_sys::HEAP_NATTS_MASK < attribute as u32 {
            return None;
        }
        let place = attribute as usize - 1;
        if u32::from((*header).t_infomask) & pg_sys::HEAP_HASNULL != 0
            && (*header).t_bits.as_ptr().add(place / 8).read() >> (place % 8) & 1 == 0
        {
            return None;
        }
        Some(nocachegetattr(row, attribute, descriptor))
    }
}

/// Sets the prepared CHECK constraints of a result relation, so that the server need not prepare them.
pub fn set_checks(target: &mut pg_sys::ResultRelInfo, checks: *mut *mut pg_sys::ExprState) {
    #[cfg(feature = "pg18")]
    (target.ri_CheckConstraintExprs = checks);
    #[cfg(not(feature = "pg18"))]
    (target.ri_ConstraintExprs = checks);
}

/// Inserts the row of a slot into a table, as part of the current command.
///
/// # Safety
/// Table and slot belong together; an error may be raised.
pub unsafe fn tuple_insert(table: Relation, slot: *mut pg_sys::TupleTableSlot) {
    // SAFETY: see above; a table access method has this function.
    unsafe {
        if let Some(insert) = (*(*table).rd_tableam).tuple_insert {
            insert(table, slot, GetCurrentCommandId(true), 0, std::ptr::null_mut());
        }
    }
}

/// Inserts the rows of slots into a table, as part of a command, a page at a time. The slots then hold the places of
/// their rows.
///
/// # Safety
/// Table, slots and the state of the bulk insert belong together; an error may be raised.
pub unsafe fn multi_insert(
    table: Relation,
    slots: &[*mut pg_sys::TupleTableSlot],
    command: pg_sys::CommandId,
    options: c_int,
    state: pg_sys::BulkInsertState,
) {
    // SAFETY: see above; a table access method has this function, which does not change the array.
    unsafe {
        if let Some(insert) = (*(*table).rd_tableam).multi_insert {
            insert(table, slots.as_ptr().cast_mut(), slots.len() as c_int, command, options, state);
        }
    }
}

/// Frees what expressions have allocated for a row.
///
/// # Safety
/// The executor state is live.
pub unsafe fn reset_per_row(estate: *mut pg_sys::EState) {
    // SAFETY: see above.
    unsafe {
        let row = (*estate).es_per_tuple_exprcontext;
        if !row.is_null() {
            MemoryContextReset((*row).ecxt_per_tuple_memory);
        }
    }
}

/// Inserts a row's entries into every index of its table, and returns the indexes to be rechecked at the end.
///
/// # Safety
/// The result relation has its indexes open, and the slot holds a row that is in the table; an error may be raised.
pub unsafe fn insert_index_tuples(
    target: *mut pg_sys::ResultRelInfo,
    slot: *mut pg_sys::TupleTableSlot,
    estate: *mut pg_sys::EState,
) -> *mut pg_sys::List {
    let none = std::ptr::null_mut();
    // SAFETY: see above.
    unsafe {
        #[cfg(feature = "pg15")]
        return ExecInsertIndexTuples(target, slot, estate, false, false, none, none.cast());
        #[cfg(not(feature = "pg15"))]
        return ExecInsertIndexTuples(target, slot, estate, false, false, none, none.cast(), false);
    }
}

/// Whether a slot holds a row.
///
/// # Safety
/// The slot is live.
pub unsafe fn holds_tuple(slot: *const pg_sys::TupleTableSlot) -> bool {
    // SAFETY: see above.
    unsafe { u32::from((*slot).tts_flags) & pg_sys::TTS_FLAG_EMPTY == 0 }
}

/// Empties a slot, and releases the buffer of its row.
///
/// # Safety
/// The slot is live; an error may be raised.
pub unsafe fn clear(slot: *mut pg_sys::TupleTableSlot) {
    // SAFETY: see above.
    unsafe {
        if let Some(clear) = (*(*slot).tts_ops).clear {
            clear(slot);
        }
    }
}
