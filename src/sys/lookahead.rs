//! Lookahead of a sequential scan: a column's values in the remaining rows of the current page.
//!
//! A function in a filter is called once per row, so memory latencies of consecutive calls add up. With the rest of the
//! page known, the memory of later rows can be prefetched. This is a hint: it decides no answer, and for any other plan
//! it returns nothing.

use super::args::Expression;
use super::column::Column;
use super::executor::Query;
use super::{executor, raw};
use pgrx::pg_sys::{self};

/// Rows read ahead at a time: few enough that what is prefetched is still in the L1 cache when it is read.
const ROWS: usize = 64;

pub struct Lookahead {
    query: Query,
    state: *mut pg_sys::SeqScanState,
    attribute: i32,
    /// The last page read ahead, its rows, and how many of them reached the filter.
    block: pg_sys::BlockNumber,
    rows: u32,
    calls: u32,
    /// Number of its rows read ahead.
    seen: usize,
    values: Vec<Column<'static>>,
}

impl Lookahead {
    /// For a call in the filter of a sequential scan of a plain table, whose first argument is a column of that table.
    pub fn of(query: Query, expression: Expression) -> Option<Lookahead> {
        let call = expression.node();
        // SAFETY: the plan of a running query is live; node types are checked before nodes are read.
        unsafe {
            if call.is_null() || (*call).type_ != pg_sys::NodeTag::T_FuncExpr {
                return None;
            }
            let state = executor::scan_with(query, expression)?;
            let arguments = (*call.cast::<pg_sys::FuncExpr>()).args;
            if (*state).type_ != pg_sys::NodeTag::T_SeqScanState || arguments.is_null() {
                return None;
            }
            let state = state.cast::<pg_sys::SeqScanState>();
            let mut column = pg_sys::list_nth(arguments, 0).cast::<pg_sys::Var>();
            // A varchar column used as a text.
            if (*column).xpr.type_ == pg_sys::NodeTag::T_RelabelType {
                column = (*column.cast::<pg_sys::RelabelType>()).arg.cast();
            }
            let relation = (*state).ss.ss_currentRelation;
            if (*column).xpr.type_ != pg_sys::NodeTag::T_Var
                || (*column).varattno <= 0
                || (*column).varno as u32 != (*(*state).ss.ps.plan.cast::<pg_sys::SeqScan>()).scan.scanrelid
                || relation.is_null()
                || (*(*relation).rd_rel).relam != pg_sys::HEAP_TABLE_AM_OID
            {
                return None;
            }
            Some(Lookahead {
                query,
                state,
                attribute: i32::from((*column).varattno),
                block: pg_sys::InvalidBlockNumber,
                rows: 0,
                calls: 0,
                seen: 0,
                values: Vec::with_capacity(ROWS),
            })
        }
    }

    /// Called for each row that reaches the filter. If the row was not read ahead: the column's values in it and in the
    /// next rows of the page, valid for this call. Empty if most rows of the previous page did not reach the filter.
    ///
    /// Also empty if this was made for a query other than the running one.
    pub fn next(&mut self) -> &[Column<'_>] {
        if executor::query().is_none_or(|query| query != self.query) {
            return &[];
        }
        // SAFETY: the query is running, so its plan is live; the scan keeps the page pinned, and rows found visible do
        // not change while it does.
        unsafe {
            let scan = (*self.state).ss.ss_currentScanDesc.cast::<pg_sys::HeapScanDescData>();
            self.calls += 1;
            if scan.is_null() {
                return &[];
            }
            let at = (*scan).rs_cindex as usize;
            let mut often = true;
            if (*scan).rs_cblock != self.block {
                often = self.calls * 2 >= self.rows;
                (self.block, self.calls) = ((*scan).rs_cblock, 0);
                self.rows = (*scan).rs_ntuples as u32;
                self.seen = if often { 0 } else { usize::MAX };
            }
            if at < self.seen {
                return &[];
            }
            let by_page = (*scan).rs_base.rs_flags & pg_sys::ScanOptions::SO_ALLOW_PAGEMODE != 0;
            if !often || !by_page || (*scan).rs_cbuf <= 0 {
                return &[];
            }
            let descriptor = (*(*self.state).ss.ss_currentRelation).rd_att;
            let kind = super::attribute(descriptor, self.attribute as usize - 1).atttypid;
            let page = pg_sys::BufferGetPage((*scan).rs_cbuf);
            let (from, to) = (at, (self.rows as usize).min(at + ROWS).min((*scan).rs_vistuples.len()));
            self.seen = to;
            self.values.clear();
            for offset in (*scan).rs_vistuples.get(from..to).unwrap_or_default() {
                let item = pg_sys::PageGetItemId(page, *offset);
                let header = pg_sys::PageGetItem(page, item).cast::<pg_sys::HeapTupleHeaderData>();
                let mut row = pg_sys::HeapTupleData { t_len: (*item).lp_len(), t_data: header, ..Default::default() };
                let value = raw::attribute(&mut row, self.attribute, descriptor);
                self.values.extend(value.map(|value| Column::new(value, kind)));
            }
            &self.values
        }
    }
}
