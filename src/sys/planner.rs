//! Planner support functions: requests of the planner, answered or declined.

use super::Text;
use pgrx::pg_sys::{self, Datum, Node, NodeTag};
use pgrx::{FromDatum, Internal};
use std::ptr;

/// The planner's request of one kind, if it is of that kind.
unsafe fn request<T>(node: *mut Node, tag: NodeTag) -> Option<&'static mut T> {
    // SAFETY: a support function's argument is a node; its tag says which.
    unsafe { (!node.is_null() && (*node).type_ == tag).then(|| &mut *node.cast::<T>()) }
}

/// The argument of a support function.
pub fn node(internal: Internal) -> *mut Node {
    internal.unwrap().map_or(ptr::null_mut(), |datum| datum.cast_mut_ptr())
}

/// "Not supported": a null pointer, which is not SQL's NULL.
pub fn declined() -> Internal {
    Internal::from(Some(Datum::from(0usize)))
}

/// The answered request, as the result.
fn answered<T>(request: &mut T) -> Internal {
    Internal::from(Some(Datum::from(ptr::from_mut(request))))
}

/// The planner's request for a condition's selectivity.
pub struct Selectivity(&'static mut pg_sys::SupportRequestSelectivity);

pub fn selectivity(node: *mut Node) -> Option<Selectivity> {
    // SAFETY: the tag belongs to the type.
    unsafe { request(node, NodeTag::T_SupportRequestSelectivity).map(Selectivity) }
}

impl Selectivity {
    /// Rows of the table whose column the condition reads; 1 if it reads no table or several.
    pub fn rows(&self) -> f64 {
        // SAFETY: the planner's own structures, alive while it asks; the array is as long as it says.
        unsafe {
            let root = self.0.root;
            let mut relation = 0;
            let relations = pg_sys::pull_varnos(root, self.0.args.cast());
            if !pg_sys::bms_get_singleton_member(relations, &mut relation) || relation >= (*root).simple_rel_array_size
            {
                return 1.0;
            }
            let relation = *(*root).simple_rel_array.add(relation as usize);
            if relation.is_null() { 1.0 } else { (*relation).tuples }
        }
    }

    pub fn answer(self, selectivity: f64) -> Internal {
        self.0.selectivity = selectivity.clamp(0.0, 1.0);
        answered(self.0)
    }
}

/// The planner's request for a call's cost.
pub struct Cost(&'static mut pg_sys::SupportRequestCost);

pub fn cost(node: *mut Node) -> Option<Cost> {
    // SAFETY: the tag belongs to the type.
    unsafe { request(node, NodeTag::T_SupportRequestCost).map(Cost) }
}

impl Cost {
    /// The type of the call's first argument, if the call is known.
    pub fn argument_type(&self) -> Option<pg_sys::Oid> {
        // SAFETY: the planner's own nodes; the type is checked before the node is read.
        unsafe {
            let node = self.0.node;
            if node.is_null() || (*node).type_ != NodeTag::T_FuncExpr {
                return None;
            }
            let arguments = (*node.cast::<pg_sys::FuncExpr>()).args;
            (!arguments.is_null()).then(|| pg_sys::exprType(pg_sys::list_nth(arguments, 0).cast()))
        }
    }

    pub fn answer(self, per_row: f64) -> Internal {
        self.0.startup = 0.0;
        self.0.per_tuple = per_row;
        answered(self.0)
    }
}

/// For `f(column, constant)`: the clauses `column >= low AND column <= high` for an ordered index on the column.
/// `bounds` returns the stored values for the constant, a text; the column's type must be eight bytes by value.
pub fn index_range(internal: Internal, bounds: impl FnOnce(Text) -> Option<(i64, i64)>) -> Internal {
    // SAFETY: all pointers are the planner's own, alive while it asks; list and node functions get what they expect.
    unsafe {
        let Some(asked) =
            request::<pg_sys::SupportRequestIndexCondition>(node(internal), NodeTag::T_SupportRequestIndexCondition)
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
        let constant = constant.cast::<pg_sys::Const>();
        let kind = pg_sys::exprType(column);
        if (*constant).consttype != pg_sys::TEXTOID || pg_sys::get_typlen(kind) != 8 {
            return declined();
        }
        let Some((low, high)) = Text::from_datum((*constant).constvalue, false).and_then(bounds) else {
            return declined();
        };
        let clause = |strategy: u32, value: i64| compares(asked.opfamily, strategy, column, value);
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

/// The clause that compares a column with a value by the operator of a family for a strategy; null if it has none.
///
/// # Safety
/// The planner's own column, of a type that is eight bytes by value.
unsafe fn compares(family: pg_sys::Oid, strategy: u32, column: *mut Node, value: i64) -> *mut pg_sys::Expr {
    // SAFETY: see above.
    unsafe {
        let kind = pg_sys::exprType(column);
        let operator = pg_sys::get_opfamily_member(family, kind, kind, strategy as i16);
        if operator == pg_sys::InvalidOid {
            return ptr::null_mut();
        }
        let none = pg_sys::InvalidOid;
        let value = pg_sys::makeConst(kind, -1, none, 8, Datum::from(value), false, true);
        pg_sys::make_opclause(operator, pg_sys::BOOLOID, false, column.cast(), value.cast(), none, none)
    }
}

/// For `f(column, …)` beside a condition `column::text = constant` of the same table: the clause `column = value` for an
/// index on the column, where `f` is always true. `stored` returns the stored value for the constant; the column's type
/// must be eight bytes by value, and its text determine its value.
pub fn index_equal_text(node: *mut Node, stored: impl Fn(Text) -> Option<i64>) -> Internal {
    // `=` of text (pg_operator.dat).
    const TEXT_EQUAL: u32 = 98;
    // SAFETY: all pointers are the planner's own, alive while it asks; list and node functions get what they expect.
    unsafe {
        let Some(asked) =
            request::<pg_sys::SupportRequestIndexCondition>(node, NodeTag::T_SupportRequestIndexCondition)
        else {
            return declined();
        };
        if asked.node.is_null() || (*asked.node).type_ != NodeTag::T_FuncExpr || asked.index.is_null() {
            return declined();
        }
        let args = (*asked.node.cast::<pg_sys::FuncExpr>()).args;
        let column = pg_sys::list_nth(args, asked.indexarg).cast::<Node>();
        let kind = pg_sys::exprType(column);
        if pg_sys::get_typlen(kind) != 8 {
            return declined();
        }
        let conditions = (*(*asked.index).rel).baserestrictinfo;
        let count = if conditions.is_null() { 0 } else { (*conditions).length };
        for n in 0..count {
            let condition = (*pg_sys::list_nth(conditions, n).cast::<pg_sys::RestrictInfo>()).clause.cast::<Node>();
            if (*condition).type_ != NodeTag::T_OpExpr {
                continue;
            }
            let condition = condition.cast::<pg_sys::OpExpr>();
            if (*condition).opno != pg_sys::Oid::from(TEXT_EQUAL) {
                continue;
            }
            let (mut left, mut right) =
                (pg_sys::list_nth((*condition).args, 0).cast::<Node>(), pg_sys::list_nth((*condition).args, 1).cast());
            if (*left).type_ == NodeTag::T_Const {
                std::mem::swap(&mut left, &mut right);
            }
            if (*left).type_ != NodeTag::T_CoerceViaIO || (*right).type_ != NodeTag::T_Const {
                continue;
            }
            let (written, constant) = (left.cast::<pg_sys::CoerceViaIO>(), right.cast::<pg_sys::Const>());
            if (*written).resulttype != pg_sys::TEXTOID
                || (*constant).constisnull
                || !pg_sys::equal((*written).arg.cast(), column.cast())
            {
                continue;
            }
            let Some(value) = Text::from_datum((*constant).constvalue, false).and_then(&stored) else { continue };
            let clause = compares(asked.opfamily, pg_sys::BTEqualStrategyNumber, column, value);
            if clause.is_null() {
                break; // an index without an order
            }
            asked.lossy = false;
            return Internal::from(Some(Datum::from(pg_sys::lappend(ptr::null_mut(), clause.cast()))));
        }
        declined()
    }
}
