//! Values of one type: copies, and their text as the type's output function writes it, whatever the session's settings.

use super::column::Column;
use super::{raw, to_utf8};
use pgrx::pg_sys::{self, Datum, Oid};
use std::ffi::CStr;

/// Settings that the text of a value depends on, at their defaults but for the time zone.
const SETTINGS: [(&CStr, &CStr); 5] = [
    (c"DateStyle", c"ISO, MDY"),
    (c"IntervalStyle", c"postgres"),
    (c"TimeZone", c"UTC"),
    (c"extra_float_digits", c"1"),
    (c"bytea_output", c"hex"),
];
/// Types whose text depends on no setting.
const FIXED: [Oid; 6] =
    [pg_sys::UUIDOID, pg_sys::NUMERICOID, pg_sys::BOOLOID, pg_sys::OIDOID, pg_sys::NAMEOID, pg_sys::CHAROID];

/// Writes values of one type.
pub struct Output {
    kind: Oid,
    length: i32,
    by_value: bool,
    way: Way,
}

enum Way {
    Int2,
    Int4,
    Int8,
    Text,
    /// By the output function; with settings set for each value.
    Function(Box<pg_sys::FmgrInfo>, bool),
}

impl Output {
    pub fn of(kind: Oid) -> Output {
        let way = match kind {
            pg_sys::INT2OID => Way::Int2,
            pg_sys::INT4OID => Way::Int4,
            pg_sys::INT8OID => Way::Int8,
            pg_sys::TEXTOID | pg_sys::VARCHAROID | pg_sys::BPCHAROID => Way::Text,
            _ => {
                let (mut function, mut is_long) = (pg_sys::InvalidOid, false);
                let mut manager = Box::<pg_sys::FmgrInfo>::default();
                // SAFETY: catalog lookups; the function manager fills the structure.
                unsafe {
                    pg_sys::getTypeOutputInfo(kind, &mut function, &mut is_long);
                    pg_sys::fmgr_info(function, &mut *manager);
                }
                Way::Function(manager, !FIXED.contains(&kind))
            }
        };
        let (mut length, mut by_value) = (0, false);
        // SAFETY: a catalog lookup.
        unsafe { pg_sys::get_typlenbyval(kind, &mut length, &mut by_value) };
        Output { kind, length: i32::from(length), by_value, way }
    }

    /// A copy of a value in the current memory context.
    pub fn copied(&self, value: Column) -> Datum {
        assert_eq!(value.kind(), self.kind, "values of one type");
        if self.by_value {
            return value.datum();
        }
        // SAFETY: the catalog states the length of the type's values.
        unsafe { raw::guard(pg_sys::CurrentMemoryContext, || raw::datumCopy(value.datum(), false, self.length)) }
    }

    /// Appends the text of a value, in UTF-8.
    pub fn write(&mut self, value: Column, to: &mut Vec<u8>) {
        assert_eq!(value.kind(), self.kind, "values of one type");
        match &mut self.way {
            Way::Int2 => write_int(i64::from(value.int() as i16), to),
            Way::Int4 => write_int(i64::from(value.int() as i32), to),
            Way::Int8 => write_int(value.int(), to),
            Way::Text => to.extend_from_slice(&value.text().expect("a text").utf8_bytes()),
            Way::Function(function, set) => {
                // SAFETY: the output function of the value's type returns a C string. The settings are restored, after an
                // error by the abort.
                unsafe {
                    let level = set.then(|| fixed());
                    let text = pg_sys::OutputFunctionCall(&mut **function, value.datum());
                    to.extend_from_slice(to_utf8(CStr::from_ptr(text).to_bytes()).as_bytes());
                    if let Some(level) = level {
                        pg_sys::AtEOXact_GUC(true, level);
                    }
                }
            }
        }
    }
}

/// Appends an integer in decimal.
pub fn write_int(value: i64, to: &mut Vec<u8>) {
    let (mut digits, mut rest, mut at) = ([0; 20], value.unsigned_abs(), 20);
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        to.push(b'-');
    }
    to.extend_from_slice(&digits[at..]);
}

/// Sets [`SETTINGS`] in a new nesting level of settings.
unsafe fn fixed() -> i32 {
    // SAFETY: settings of the server and valid values; C strings.
    unsafe {
        let level = pg_sys::NewGUCNestLevel();
        for (name, value) in SETTINGS {
            pg_sys::set_config_option(
                name.as_ptr(),
                value.as_ptr(),
                pg_sys::GucContext::PGC_USERSET,
                pg_sys::GucSource::PGC_S_SESSION,
                pg_sys::GucAction::GUC_ACTION_SAVE,
                true,
                0,
                false,
            );
        }
        level
    }
}
