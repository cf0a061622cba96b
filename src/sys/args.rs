//! Function calls with the function manager's own structure, as `raw_function!` declares them.
//!
//! Only the macros create an [`Args`], and only for functions that SQL declares with the types that the body reads, as
//! for functions that pgrx wraps.

use super::Text;
use super::result_set::Rows;
use pgrx::PgMemoryContexts;
use pgrx::pg_sys::{self, Datum, FunctionCallInfo};
use std::any::TypeId;
use std::marker::PhantomData;

/// One call, and its arguments.
#[derive(Clone, Copy)]
pub struct Args<'a> {
    fcinfo: FunctionCallInfo,
    call: PhantomData<&'a ()>,
}

/// A state of an aggregate, with its kind, so that the state of another aggregate is rejected.
struct AggregateState<T> {
    kind: TypeId,
    state: T,
}

impl<'a> Args<'a> {
    /// # Safety
    /// Called by the function manager for the running function, whose declaration has the types that are read.
    pub unsafe fn of(fcinfo: FunctionCallInfo) -> Args<'a> {
        Args { fcinfo, call: PhantomData }
    }

    pub(super) fn fcinfo(self) -> FunctionCallInfo {
        self.fcinfo
    }

    /// An argument, counted from 0; `None` for NULL, and if there are fewer arguments.
    #[inline]
    pub fn datum(self, place: usize) -> Option<Datum> {
        // SAFETY: the structure has as many arguments as `nargs` says.
        unsafe {
            let all = (*self.fcinfo).args.as_slice((*self.fcinfo).nargs as usize);
            all.get(place).filter(|argument| !argument.isnull).map(|argument| argument.value)
        }
    }

    /// All arguments.
    pub fn datums(self) -> Vec<Option<Datum>> {
        // SAFETY: a count filled in by the function manager.
        (0..unsafe { (*self.fcinfo).nargs } as usize).map(|place| self.datum(place)).collect()
    }

    #[inline]
    pub fn is_null(self, place: usize) -> bool {
        self.datum(place).is_none()
    }

    /// A bigint or a timestamptz.
    #[inline]
    pub fn int(self, place: usize) -> Option<i64> {
        self.datum(place).map(|value| value.value() as i64)
    }

    /// An integer or a date.
    pub fn int4(self, place: usize) -> Option<i32> {
        self.datum(place).map(|value| value.value() as i32)
    }

    /// A tid, as a number.
    pub fn place(self, place: usize) -> Option<u64> {
        // SAFETY: as SQL declares it.
        self.datum(place).map(|value| unsafe { super::written_row::place_in(value) })
    }

    /// An oid or a regclass.
    pub fn oid(self, place: usize) -> Option<pg_sys::Oid> {
        self.datum(place).map(|value| pg_sys::Oid::from(value.value() as u32))
    }

    pub fn bool(self, place: usize) -> Option<bool> {
        self.datum(place).map(|value| value.value() != 0)
    }

    /// A text.
    pub fn text(self, place: usize) -> Option<Text<'a>> {
        use pgrx::FromDatum;
        // SAFETY: as SQL declares it.
        self.datum(place).and_then(|value| unsafe { Text::from_datum(value, false) })
    }

    /// A text that is neither compressed nor stored out of line. Raises no error.
    #[inline]
    pub fn plain_text(self, place: usize) -> Option<Text<'a>> {
        // SAFETY: as SQL declares it.
        self.datum(place).and_then(|value| unsafe { Text::in_place(value) })
    }

    /// A bytea.
    pub fn bytes(self, place: usize) -> Option<&'a [u8]> {
        // A bytea has the layout of a text.
        self.text(place).map(Text::bytes)
    }

    /// The elements of an array of eight-byte values that are passed by value; `None` for NULL, for an array of several
    /// dimensions, and if an element is NULL.
    pub fn eight_bytes(self, place: usize) -> Option<Vec<i64>> {
        let array = self.datum(place)?;
        let (mut values, mut nulls, mut count) = (std::ptr::null_mut(), std::ptr::null_mut(), 0);
        // SAFETY: as SQL declares it; the arrays have `count` elements.
        let (values, nulls) = unsafe {
            let array = pg_sys::pg_detoast_datum(array.cast_mut_ptr()).cast::<pg_sys::ArrayType>();
            if (*array).ndim > 1 {
                return None;
            }
            let (kind, align) = ((*array).elemtype, b'd' as std::ffi::c_char);
            pg_sys::deconstruct_array(array, kind, 8, true, align, &mut values, &mut nulls, &mut count);
            let count = count as usize;
            (std::slice::from_raw_parts(values, count), std::slice::from_raw_parts(nulls, count))
        };
        if nulls.contains(&true) {
            return None;
        }
        let mut elements = Vec::new();
        super::memory::grow(&mut elements, values.len());
        elements.extend(values.iter().map(|value| value.value() as i64));
        Some(elements)
    }

    /// Bytes of a value of variable length, determined without detoasting it; 0 for NULL.
    pub fn size(self, place: usize) -> usize {
        // SAFETY: as SQL declares it.
        self.datum(place).map_or(0, |value| unsafe { pg_sys::toast_raw_datum_size(value) })
    }

    /// A jsonb in PostgreSQL's output format.
    pub fn json(self, place: usize) -> Option<String> {
        // SAFETY: as SQL declares it.
        self.datum(place).map(|value| unsafe { super::row::jsonb(value) })
    }

    /// Whether a jsonb is an object; `None` for NULL.
    pub fn is_json_object(self, place: usize) -> Option<bool> {
        // SAFETY: as SQL declares it.
        self.datum(place).map(|value| unsafe { super::jsonb::is_object(value) })
    }

    /// The aggregate state in this argument, changed by `work`, or a new one if the argument is NULL; returned as the
    /// function's result. Raises an error outside an aggregate, and for a state of another kind.
    pub fn with_state<T: 'static>(self, place: usize, make: impl FnOnce() -> T, work: impl FnOnce(&mut T)) -> Datum {
        let state = match self.datum(place) {
            Some(state) => state.cast_mut_ptr(),
            None => self.new_state(make),
        };
        work(Self::state_at(state));
        Datum::from(state)
    }

    /// The same with a new state, whatever the arguments.
    pub fn with_new_state<T: 'static>(self, make: impl FnOnce() -> T, work: impl FnOnce(&mut T)) -> Datum {
        let state = self.new_state(make);
        work(Self::state_at(state));
        Datum::from(state)
    }

    /// Passes the aggregate state in this argument to `work`; `None` if it is NULL.
    pub fn state<T: 'static, R>(self, place: usize, work: impl FnOnce(&mut T) -> R) -> Option<R> {
        self.datum(place).map(|state| work(Self::state_at(state.cast_mut_ptr())))
    }

    fn state_at<T: 'static>(state: *mut AggregateState<T>) -> &'a mut T {
        // SAFETY: a value of type internal, which only an aggregate's functions pass on; all states of this extension
        // begin with their kind, and only one call holds each.
        let kept = unsafe { &mut *state };
        if kept.kind != TypeId::of::<T>() {
            crate::error::not_an_aggregate();
        }
        &mut kept.state
    }

    fn new_state<T: 'static>(self, make: impl FnOnce() -> T) -> *mut AggregateState<T> {
        let mut context = std::ptr::null_mut();
        // SAFETY: the call's own structure; the context is that of the aggregate, which drops the state when it is
        // deleted.
        unsafe {
            if pg_sys::AggCheckCallContext(self.fcinfo, &mut context) == 0 {
                crate::error::not_an_aggregate();
            }
            PgMemoryContexts::For(context)
                .leak_and_drop_on_delete(AggregateState { kind: TypeId::of::<T>(), state: make() })
        }
    }

    /// The rows that the function returns; raises an error if the caller accepts no set of rows.
    pub fn rows(self) -> Rows {
        Rows::new(self.fcinfo)
    }

    /// The function's result for a value; `None` is NULL.
    pub fn give(self, value: Option<Datum>) -> Datum {
        // SAFETY: the call's own structure.
        unsafe { (*self.fcinfo).isnull = value.is_none() };
        value.unwrap_or(Datum::from(0usize))
    }

    /// The function's result for an array of eight-byte values that are passed by value; its declared result is an
    /// array of such a type.
    pub fn give_array(self, values: &mut [Datum]) -> Datum {
        // SAFETY: the function manager's own structure; the catalog names the result's type, whose elements these are.
        unsafe {
            let element = pg_sys::get_element_type(pg_sys::get_func_rettype((*(*self.fcinfo).flinfo).fn_oid));
            let align = pg_sys::TYPALIGN_DOUBLE as std::ffi::c_char;
            let array = pg_sys::construct_array(values.as_mut_ptr(), values.len() as i32, element, 8, true, align);
            self.give(Some(Datum::from(array)))
        }
    }

    /// The calling expression in the executor; null if there is none.
    pub fn expression(self) -> Expression {
        // SAFETY: the function manager's own structure.
        Expression(unsafe { (*(*self.fcinfo).flinfo).fn_expr })
    }
}

/// The expression of a call: a live node while the call site lives, or null.
#[derive(Clone, Copy)]
pub struct Expression(*mut pg_sys::Node);

impl Expression {
    pub(super) fn node(self) -> *mut pg_sys::Node {
        self.0
    }

    /// Whether argument `place` of the call, counted from 0, is written as a constant. A parameter is not: it changes
    /// between executions of a plan, and call sites can outlive an execution.
    pub fn is_constant(self, place: usize) -> bool {
        // SAFETY: node types are checked before nodes are read.
        unsafe {
            if self.0.is_null() || (*self.0).type_ != pg_sys::NodeTag::T_FuncExpr {
                return false;
            }
            let arguments = (*self.0.cast::<pg_sys::FuncExpr>()).args;
            if arguments.is_null() || (*arguments).length as usize <= place {
                return false;
            }
            (*pg_sys::list_nth(arguments, place as i32).cast::<pg_sys::Node>()).type_ == pg_sys::NodeTag::T_Const
        }
    }
}

/// Declares an exported function with the function manager's own signature, and its version record.
#[macro_export]
macro_rules! raw_function {
    ($name:ident, $info:ident, $body:expr) => {
        #[unsafe(no_mangle)]
        pub extern "C" fn $info() -> &'static pgrx::pg_sys::Pg_finfo_record {
            &pgrx::pg_sys::Pg_finfo_record { api_version: 1 }
        }

        /// # Safety
        /// Called by the function manager.
        #[unsafe(no_mangle)]
        #[pgrx::pg_guard]
        pub unsafe extern "C-unwind" fn $name(fcinfo: pgrx::pg_sys::FunctionCallInfo) -> pgrx::pg_sys::Datum {
            let body: fn($crate::sys::args::Args) -> pgrx::pg_sys::Datum = $body;
            // SAFETY: see above.
            body(unsafe { $crate::sys::args::Args::of(fcinfo) })
        }
    };
}

/// Declares a function whose body may end with an error with one of the extension's own SQLSTATEs.
#[macro_export]
macro_rules! reporting_function {
    ($name:ident, $info:ident, $body:expr) => {
        #[unsafe(no_mangle)]
        pub extern "C" fn $info() -> &'static pgrx::pg_sys::Pg_finfo_record {
            &pgrx::pg_sys::Pg_finfo_record { api_version: 1 }
        }

        /// # Safety
        /// Called by the function manager.
        #[unsafe(no_mangle)]
        pub unsafe extern "C-unwind" fn $name(fcinfo: pgrx::pg_sys::FunctionCallInfo) -> pgrx::pg_sys::Datum {
            #[pgrx::pg_guard]
            unsafe extern "C-unwind" fn guarded(fcinfo: pgrx::pg_sys::FunctionCallInfo) -> pgrx::pg_sys::Datum {
                let body: fn($crate::sys::args::Args) -> Result<pgrx::pg_sys::Datum, $crate::sys::report::Report> =
                    $body;
                // SAFETY: called by the function manager.
                body(unsafe { $crate::sys::args::Args::of(fcinfo) }).unwrap_or_else(|report| {
                    report.keep();
                    pgrx::pg_sys::Datum::from(0usize)
                })
            }
            // SAFETY: see above; the guard has returned, and a datum needs no dropping.
            unsafe {
                let result = guarded(fcinfo);
                $crate::sys::report::raise_kept();
                result
            }
        }
    };
}
