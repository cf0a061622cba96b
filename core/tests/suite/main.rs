//! Tests of `dnc-core`: `cargo test -p dnc-core`. One file a subject.

mod canonical;
mod class;
mod clocks;
mod decide;
mod field_cases;
mod field_generator;
mod field_numbers;
mod field_texts;
mod field_words;
mod imports;
mod line;
mod list_blocks;
mod list_files;
mod number_set;
mod phone;
mod region_name;
mod reply;
mod reply_choices;
mod reply_keywords;
mod reply_ordinary;
mod reply_quotations;
mod reply_refusals;
mod seals;

use rlibphonenumber::{PhoneNumberType, PhoneNumberUtil};
use std::sync::LazyLock;

/// The library as it ships, with its own metadata untouched.
static LIBRARY: LazyLock<PhoneNumberUtil> = LazyLock::new(|| PhoneNumberUtil::new().unwrap());

/// A small deterministic generator, so that a failure can be run again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % sides
    }
}

const TYPES: [PhoneNumberType; 11] = [
    PhoneNumberType::FixedLine,
    PhoneNumberType::Mobile,
    PhoneNumberType::FixedLineOrMobile,
    PhoneNumberType::TollFree,
    PhoneNumberType::PremiumRate,
    PhoneNumberType::SharedCost,
    PhoneNumberType::VoIP,
    PhoneNumberType::PersonalNumber,
    PhoneNumberType::Pager,
    PhoneNumberType::UAN,
    PhoneNumberType::VoiceMail,
];
