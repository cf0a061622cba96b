//! What a sequential scan is about to bring: the values of a column in the rows of the page on which it stands.
//!
//! A function in a filter is called a row at a time, and where each call waits for memory, the calls wait one after the
//! other. Who knows the rest of the page can have it fetched while the first row is being looked at. This is a hint: what it
//! gives decides no answer, and where the plan is any other it gives nothing.

use super::args::Expression;
use super::column::Column;
use super::executor::Query;
use super::{executor, raw};
use pgrx::pg_sys::{self};

/// Rows that are looked at at once: so few that what is fetched for them is still in the first cache when it is read.
const ROWS: usize = 64;

pub struct Lookahead {
    query: Query,
    state: *mut pg_sys::SeqScanState,
    attribute: i32,
    /// The page that was looked at last, its rows, and how many of them came this far.
    block: pg_sys::BlockNumber,
    rows: u32,
    calls: u32,
    /// How many of its rows were looked at.
    seen: usize,
    values: Vec<Column<'static>>,
}

impl Lookahead {
    /// For a call in the filter of a sequential scan of a plain table, whose first argument is a column of that table.
    pub fn of(query: Query, expression: Expression) -> Option<Lookahead> {
        let call = expression.node();
        // SAFETY: the plan of a running query is live; node types are looked at before nodes are read.
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
            // A varchar that is taken for a text.
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

    /// Called for each row that comes to the filter. Where it has not been looked at: what the column holds in it and in the
    /// next rows of the page, good for this call. Nothing where most rows of the page before did not come this far.
    ///
    /// Nothing, too, where the query that this was made for is not the one that is running.
    pub fn next(&mut self) -> &[Column<'_>] {
        if executor::query().is_none_or(|query| query != self.query) {
            return &[];
        }
        // SAFETY: the query is running, so that its plan is live; the scan keeps the page pinned, and rows that it has found visible are not changed while it does.
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
