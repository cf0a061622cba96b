//! libphonenumber (through `rlibphonenumber`): what depends on metadata, and the spellings that the fast path leaves.
//!
//! The metadata are decoded at first use, so a process that needs none of it pays nothing. A server that preloads the
//! extension calls [`load`] once, and every backend inherits the pages.

use super::Phone;
use super::layout::MAX_DIGITS;
use prost::Message;
use rlibphonenumber::{
    PhoneMetadataCollection, PhoneNumber, PhoneNumberFormat, PhoneNumberType, PhoneNumberUtil, Region,
};
use std::sync::OnceLock;

static METADATA: &[u8] = include_bytes!("../../../data/phone-metadata.bin");
static LIBRARY: OnceLock<PhoneNumberUtil> = OnceLock::new();

/// The library with the metadata of this build, decoded at first use.
pub fn load() -> &'static PhoneNumberUtil {
    LIBRARY.get_or_init(|| {
        let metadata = PhoneMetadataCollection::decode(METADATA).expect("metadata of this build decode");
        PhoneNumberUtil::new_for_metadata(metadata).expect("metadata of this build name known regions")
    })
}

/// The library's form of a stored number.
pub fn number(phone: Phone) -> PhoneNumber {
    let mut buffer = [0; MAX_DIGITS];
    let national = &phone.digits(&mut buffer)[phone.code_len()..];
    let mut number = PhoneNumber {
        country_code: i32::from(phone.calling_code()),
        national_number: national.iter().fold(0, |v, &d| v * 10 + u64::from(d)),
        ..PhoneNumber::default()
    };
    let zeros = national.iter().take_while(|&&d| d == 0).count().min(national.len() - 1);
    if zeros > 0 {
        number.italian_leading_zero = Some(true);
        number.number_of_leading_zeros = Some(zeros as i32);
    }
    number
}

/// Whether the number lies in a range in use, according to the metadata.
pub fn is_valid(phone: Phone) -> bool {
    load().is_valid_number(&number(phone))
}

/// ISO 3166-1 alpha-2 of the region the number belongs to; `None` for codes of no region (`+800`), and if several
/// regions share the calling code and the number is valid in none of them.
pub fn region(phone: Phone) -> Option<String> {
    let region = load().get_region_for_number(&number(phone))?;
    (region != Region::World).then(|| region.as_region_str().as_str().to_owned())
}

/// The line type, according to the metadata.
pub fn line_type(phone: Phone) -> PhoneNumberType {
    load().get_number_type(&number(phone))
}

/// Formats a number.
pub fn format(phone: Phone, style: PhoneNumberFormat) -> String {
    load().format(&number(phone), style).into_owned()
}
