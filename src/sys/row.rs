//! A deformed tuple.

use super::column::Column;
use super::to_utf8;
use pgrx::FromDatum;
use pgrx::pg_sys::{self, Datum};
use std::borrow::Cow;
use std::cell::OnceCell;
use std::ffi::CStr;

/// A row is deformed as a whole only if more than a column of it is read, or if it is older than its table's columns.
pub struct Row {
    tuple: pg_sys::HeapTuple,
    descriptor: pg_sys::TupleDesc,
    /// Values, and which of them are NULL.
    all: OnceCell<(Vec<Datum>, Vec<bool>)>,
}

impl Row {
    /// # Safety
    /// `tuple` is a live tuple that `descriptor` describes; both outlive the row.
    pub unsafe fn of(tuple: pg_sys::HeapTuple, descriptor: pg_sys::TupleDesc) -> Row {
        Row { tuple, descriptor, all: OnceCell::new() }
    }

    /// Number of attributes.
    fn count(&self) -> usize {
        // SAFETY: the descriptor outlives the row.
        unsafe { (*self.descriptor).natts as usize }
    }

    /// Every attribute, in order: values, and which of them are NULL.
    fn all(&self) -> &(Vec<Datum>, Vec<bool>) {
        self.all.get_or_init(|| {
            let (mut values, mut nulls) = (vec![Datum::from(0); self.count()], vec![true; self.count()]);
            // SAFETY: the tuple and its descriptor outlive the row; the arrays have an element for each attribute.
            unsafe {
                pg_sys::heap_deform_tuple(self.tuple, self.descriptor, values.as_mut_ptr(), nulls.as_mut_ptr());
            }
            (values, nulls)
        })
    }

    /// The value of one attribute, counted from 0; `None` for NULL.
    fn datum(&self, place: usize) -> Option<Datum> {
        if self.all.get().is_none() {
            // SAFETY: as in `all`; a live tuple has a header.
            unsafe {
                let tuple = &mut *self.tuple;
                let stored = u32::from((*tuple.t_data).t_infomask2) & pg_sys::HEAP_NATTS_MASK;
                if stored as usize > place {
                    return super::raw::attribute(tuple, place as i32 + 1, self.descriptor);
                }
            }
        }
        // A column that was added later may have a default.
        let (values, nulls) = self.all();
        (!nulls[place]).then(|| values[place])
    }

    /// Passes the row in an argument of type record to `work`; it is released afterwards.
    pub fn of_record<T>(record: &pgrx::AnyElement, work: impl FnOnce(&Row) -> T) -> Option<T> {
        // SAFETY: a row type has a description; the value's header states its type.
        unsafe {
            if record.oid() != pg_sys::RECORDOID && pg_sys::get_typtype(record.oid()) as u8 != pg_sys::TYPTYPE_COMPOSITE
            {
                return None;
            }
            let header: pg_sys::HeapTupleHeader = pg_sys::pg_detoast_datum(record.datum().cast_mut_ptr()).cast();
            let mut tuple = pg_sys::HeapTupleData {
                t_len: pgrx::varsize_any(header.cast()) as u32,
                t_data: header,
                ..pg_sys::HeapTupleData::default()
            };
            let datum = (*header).t_choice.t_datum;
            let descriptor = pg_sys::lookup_rowtype_tupdesc_copy(datum.datum_typeid, datum.datum_typmod);
            Some(work(&Row::of(&mut tuple, descriptor)))
        }
    }

    /// The description of a column, counted from 0, and its name in the server's encoding; `None` if it was dropped.
    fn described(&self, place: usize) -> Option<(&pg_sys::FormData_pg_attribute, &[u8])> {
        // SAFETY: the descriptor outlives the row and has an element for each value.
        let attribute = unsafe { super::attribute(self.descriptor, place) };
        // SAFETY: a name is a C string.
        let name = || unsafe { CStr::from_ptr(attribute.attname.data.as_ptr()).to_bytes() };
        (!attribute.attisdropped).then(|| (attribute, name()))
    }

    /// The value at an index, counted from 0; `None` for NULL.
    pub fn at(&self, place: usize) -> Option<Column<'_>> {
        self.as_column(place, self.described(place)?.0)
    }

    fn as_column(&self, place: usize, attribute: &pg_sys::FormData_pg_attribute) -> Option<Column<'_>> {
        // SAFETY: the tuple's own description states the value's type; it outlives the row.
        self.datum(place).map(|value| unsafe { Column::new(value, attribute.atttypid) })
    }

    /// Every existing column, with its name; `None` for NULL.
    pub fn columns(&self) -> impl Iterator<Item = (Cow<'_, str>, Option<Column<'_>>)> {
        let _ = self.all();
        (0..self.count()).filter_map(|place| {
            let (attribute, name) = self.described(place)?;
            Some((to_utf8(name), self.as_column(place, attribute)))
        })
    }

    /// The index of a column, if the relation has one of this name.
    pub fn place(&self, name: &str) -> Option<usize> {
        let converted = (!name.is_ascii()).then(|| server_bytes(name));
        let name = converted.as_deref().unwrap_or(name.as_bytes());
        (0..self.count()).find(|place| self.described(*place).is_some_and(|(_, known)| known == name))
    }

    /// A column by name; `None` if there is none of this name, and for NULL.
    pub fn value(&self, name: &str) -> Option<Column<'_>> {
        self.at(self.place(name)?)
    }

    /// Whether a column, counted from 0, has the same value in another row of the relation.
    pub fn same(&self, other: &Row, place: usize) -> bool {
        match (self.at(place), other.at(place)) {
            (None, None) => true,
            (Some(a), Some(b)) => {
                // SAFETY: the descriptor outlives the row; both values are of the column's type.
                unsafe {
                    let attribute = super::attribute(self.descriptor, place);
                    let (a, b, length) = (a.datum(), b.datum(), i32::from(attribute.attlen));
                    a == b && attribute.attbyval
                        || super::raw::guard(pg_sys::CurrentMemoryContext, || {
                            super::raw::datum_image_eq(a, b, attribute.attbyval, length)
                        })
                }
            }
            _ => false,
        }
    }

    /// A column, counted from 0, in its type's output format; `None` for NULL.
    pub fn written(&self, place: usize) -> Option<String> {
        let value = self.at(place)?;
        let (mut function, mut is_long) = (pg_sys::InvalidOid, false);
        // SAFETY: the output function of the value's type returns a C string.
        unsafe {
            pg_sys::getTypeOutputInfo(value.kind(), &mut function, &mut is_long);
            let text = pg_sys::OidOutputFunctionCall(function, value.datum());
            Some(to_utf8(CStr::from_ptr(text).to_bytes()).into_owned())
        }
    }

    /// The same tuple with one column set.
    pub fn with(&self, name: &str, value: Option<Datum>) -> pg_sys::HeapTuple {
        let mut place = self.place(name).expect("a column of the relation") as i32 + 1;
        let (mut value, mut is_null) = (value.unwrap_or(Datum::from(0usize)), value.is_none());
        // SAFETY: one column, and the tuple's own descriptor.
        unsafe {
            pg_sys::heap_modify_tuple_by_cols(self.tuple, self.descriptor, 1, &mut place, &mut value, &mut is_null)
        }
    }
}

/// A text datum's contents as UTF-8.
///
/// # Safety
/// `datum` is a text, varchar or character value.
pub unsafe fn text(datum: Datum) -> String {
    // SAFETY: see above.
    unsafe { super::Text::from_datum(datum, false) }.expect("not NULL").to_utf8().into_owned()
}

/// A jsonb datum in PostgreSQL's output format.
///
/// # Safety
/// `datum` is a jsonb.
pub unsafe fn jsonb(datum: Datum) -> String {
    // SAFETY: see above; the output function returns a C string.
    unsafe {
        let text = pg_sys::OidOutputFunctionCall(pg_sys::Oid::from(pg_sys::F_JSONB_OUT), datum);
        super::to_utf8(std::ffi::CStr::from_ptr(text).to_bytes()).into_owned()
    }
}

/// The elements of an array of texts.
///
/// # Safety
/// `datum` is a text array.
pub unsafe fn texts(datum: Datum) -> Vec<Option<String>> {
    let (mut values, mut nulls, mut count) = (std::ptr::null_mut(), std::ptr::null_mut(), 0);
    // SAFETY: see above; texts have no fixed length and are aligned to four bytes. The arrays have `count` elements.
    unsafe {
        let array = pg_sys::pg_detoast_datum(datum.cast_mut_ptr()).cast::<pg_sys::ArrayType>();
        let align = b'i' as std::ffi::c_char;
        pg_sys::deconstruct_array(array, pg_sys::TEXTOID, -1, false, align, &mut values, &mut nulls, &mut count);
        (0..count as usize).map(|n| (!*nulls.add(n)).then(|| text(*values.add(n)))).collect()
    }
}

/// An array of texts in the server's encoding, in the current memory context.
pub fn texts_datum(texts: &[String]) -> Datum {
    let mut elements: Vec<Datum> = texts.iter().map(|text| text_datum(text)).collect();
    let align = b'i' as std::ffi::c_char;
    // SAFETY: texts have no fixed length and are aligned to four bytes; as many elements as the length says.
    unsafe {
        let count = elements.len() as i32;
        let array = pg_sys::construct_array(elements.as_mut_ptr(), count, pg_sys::TEXTOID, -1, false, align);
        Datum::from(array)
    }
}

/// Text as bytes in the server's encoding.
pub fn server_bytes(text: &str) -> Vec<u8> {
    if text.is_ascii() {
        return text.as_bytes().to_vec();
    }
    // SAFETY: a text datum was just made.
    unsafe { super::Text::from_datum(text_datum(text), false) }.expect("not NULL").bytes().to_vec()
}

/// A text datum in the server's encoding, in the current memory context.
pub fn text_datum(text: &str) -> Datum {
    // SAFETY: pointer and length are those of a live slice; the conversion returns a C string or the argument itself.
    unsafe {
        let converted = if text.is_ascii() {
            text.as_ptr().cast::<std::ffi::c_char>().cast_mut()
        } else {
            pg_sys::pg_any_to_server(text.as_ptr().cast(), text.len() as i32, pg_sys::pg_enc::PG_UTF8 as i32)
        };
        let len = if converted.cast_const() == text.as_ptr().cast() {
            text.len()
        } else {
            CStr::from_ptr(converted).count_bytes()
        };
        Datum::from(pg_sys::cstring_to_text_with_len(converted, len as i32))
    }
}
