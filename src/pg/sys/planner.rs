//! Planner support functions: what the planner asks, answered or left alone.

use pgrx::Internal;
use pgrx::pg_sys::{self, Datum, Node, NodeTag};
use std::ptr;

/// The planner's request of one kind, if it is of that kind.
unsafe fn request<T>(internal: Internal, tag: NodeTag) -> Option<&'static mut T> {
    let node = internal.unwrap()?.cast_mut_ptr::<Node>();
    // SAFETY: a support function's argument is a node; its tag says which.
    unsafe { (!node.is_null() && (*node).type_ == tag).then(|| &mut *node.cast::<T>()) }
}

/// "Not for us": a null pointer, which is not SQL's NULL.
fn declined() -> Internal {
    Internal::from(Some(Datum::from(0usize)))
}

/// For `f(column, constant)`: the clauses `column >= low AND column <= high` in an ordered index on the column. `bounds`
/// gives the stored values for the constant; the type must be passed by value in eight bytes.
pub fn index_range(internal: Internal, bounds: impl FnOnce(Datum) -> Option<(i64, i64)>) -> Internal {
    // SAFETY: all pointers are the planner's own, alive while it asks; list and node functions get what they expect.
    unsafe {
        let Some(asked) =
            request::<pg_sys::SupportRequestIndexCondition>(internal, NodeTag::T_SupportRequestIndexCondition)
        else {
            return declined();
        };
        if asked.indexarg != 0 || asked.node.is_null() || (*asked.node).type_ != NodeTag::T_FuncExpr {
            return declined();
        }
        let args = (*asked.node.cast::<pg_sys::FuncExpr>()).args;
        let column = pg_sys::list_nth(args, 0).cast::<Node>();
        let constant = pg_sys::list_nth(args, 1).cast::<Node>();
        if (*constant).type_ != NodeTag::T_Const || (*constant.cast::<pg_sys::Const>()).constisnull {
            return declined();
        }
        let Some((low, high)) = bounds((*constant.cast::<pg_sys::Const>()).constvalue) else { return declined() };
        let kind = pg_sys::exprType(column);
        let clause = |strategy: u32, value: i64| {
            let operator = pg_sys::get_opfamily_member(asked.opfamily, kind, kind, strategy as i16);
            if operator == pg_sys::InvalidOid {
                return ptr::null_mut();
            }
            let value = pg_sys::makeConst(kind, -1, pg_sys::InvalidOid, 8, Datum::from(value), false, true);
            pg_sys::make_opclause(
                operator,
                pg_sys::BOOLOID,
                false,
                column.cast(),
                value.cast(),
                pg_sys::InvalidOid,
                pg_sys::InvalidOid,
            )
        };
        let from = clause(pg_sys::BTGreaterEqualStrategyNumber, low);
        let to = clause(pg_sys::BTLessEqualStrategyNumber, high);
        if from.is_null() || to.is_null() {
            return declined(); // an index without order, such as a hash index
        }
        asked.lossy = false;
        let list = pg_sys::lappend(ptr::null_mut(), from.cast());
        Internal::from(Some(Datum::from(pg_sys::lappend(list, to.cast()))))
    }
}
