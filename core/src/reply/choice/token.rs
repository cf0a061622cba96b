//! What a word or phrase of a table stands for, the same in every language.

use super::{Channel, Unit};

/// A part of the day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Part {
    Morning,
    Afternoon,
    Evening,
    Night,
}

/// One word or phrase, or a punctuation mark.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Token {
    /// A noun: "email", "phone calls".
    Channel(Channel),
    /// A verb without an object, which may stand in a list: "call".
    Verb(Channel),
    /// A verb with the person as its object: "call me".
    Ask(Channel),
    /// The same for no certain channel: "contact me", "send me".
    Send,
    /// A noun for no certain channel: "messages".
    Contact,

    /// A negation: "no", "not", "don't".
    No,
    /// A negation without end: "never".
    Never,
    /// A verb that ends something: "stop".
    Stop,
    /// "only".
    Only,
    /// "not before", where a language has a word for it: German "erst".
    First,
    /// "except".
    Except,
    /// "everything but".
    AllBut,
    /// "instead of".
    Instead,
    /// Says that something is permitted, preferred or enough: "is ok", "you can", "instead".
    Fine,
    /// "others", "everything else".
    Others,
    /// "everything", "any time".
    All,
    /// A way to contact somebody that is no channel: "in writing", "telegram".
    Elsewhere,
    /// The product or offer of the message: "this product".
    Product,
    /// "can you".
    Request,
    /// "please", "thanks".
    Courtesy,
    /// A word without meaning here.
    Filler,
    But,
    And,
    Or,

    /// "you can", which is a request in a question.
    Can,
    /// A word that is "times" after a number: German "mal".
    Particle,
    /// "yes", which permits at the end of a clause: "los sms sí".
    Yes,
    /// "nothing", which repeats a negation: "no me manden nada".
    Nothing,
    /// "nothing else": "only" again.
    Else,
    /// "enough", of what follows, or of what is before: "basta", "chega".
    Enough,
    /// "only" after its word, which may repeat another: Hindi "ही".
    Emphatic,
    /// "ever", which is "never" with a negation in the same clause: Hindi "कभी".
    Ever,
    /// "these", before a noun: what the message is about.
    These,
    /// Why somebody has no time now: "I'm busy", "at work".
    Reason,
    /// "I do not read", of a channel.
    Unread,
    /// "kind regards", before a name.
    Regards,
    /// "not interested", in what is named or now, or in everything.
    Uninterested,
    /// A wish to be left in peace, whatever else a text says: "peace and quiet", "asked you to stop".
    Peace,

    /// "pause", "break".
    Pause,
    /// "again", "back".
    Again,
    /// "now", "at the moment".
    Now,
    /// A number, time or condition that is not certain: "a few", "about", "if".
    Vague,
    /// A time to come that is not certain: "later", "some day".
    Later,
    /// A time of the year without dates: "the holidays", "summer".
    Season,
    /// "less often".
    Less,
    /// "so often", which is less often if it is negated.
    Often,
    /// "at most".
    Most,
    /// "more than", which is at most if it is negated.
    Over,
    /// "once", "twice".
    Times(u32),
    /// "times", "x".
    Time,
    Per,
    Every,
    /// "monthly": once in so many.
    Rate(u32, Unit),

    /// Before a length of time: "for 3 months".
    For,
    /// "in 3 months", "in March".
    In,
    /// "within", "in the next".
    Within,
    Until,
    Before,
    After,
    From,
    Between,
    To,
    /// "from now", after a length of time.
    FromNow,
    /// "the end of", before or after what ends.
    End,
    /// "the beginning of".
    Beginning,
    /// "the end of the month".
    EndOf(Unit),
    /// "next", before a weekday.
    Next,
    /// "next Monday", as one word; Monday is 0.
    NextDay(u8),
    /// "next month"; tomorrow is the next day.
    NextOf(Unit),
    /// "the year after next".
    AfterNext(Unit),
    /// "this month"; today is this day.
    ThisOf(Unit),
    /// "the day after tomorrow".
    DayAfter,
    NewYear,
    /// A number, and how many digits it has.
    Number(u32, u8),
    /// "a", "one".
    Article,
    /// "th", after a number.
    Ordinal,
    Unit(Unit),
    /// "a fortnight".
    Span(u32, Unit),
    /// From 1.
    MonthName(u8),
    /// What follows the number of a month, in Chinese.
    MonthSign,
    /// What follows the number of a day, in Chinese.
    DaySign,
    /// "Sunday"; Monday is 0.
    Weekday(u8),
    /// "Sundays", each of them.
    EachWeekday(u8),
    Weekend,
    Weekdays,
    EveryDay,
    Part(Part),
    /// "o'clock".
    Clock,
    Am,
    Pm,
    Noon,
    Midnight,
    /// Half an hour after the number before.
    HalfPast,

    /// A dash between two words, `true` if spaces surround it.
    Dash(bool),
    /// A dot between two numbers.
    Dot,
    /// A slash between two numbers.
    Slash,
    /// A full stop.
    Stopped,
    /// Other punctuation between clauses.
    Break,
    Question,
    /// A sign of no meaning here, as most emoji.
    Sign,
    /// A word of no table.
    Unknown,
}

pub(super) const DAY: Unit = Unit::Day;
pub(super) const WEEK: Unit = Unit::Week;
pub(super) const MONTH: Unit = Unit::Month;
pub(super) const QUARTER: Unit = Unit::Quarter;
pub(super) const HALF_YEAR: Unit = Unit::HalfYear;
pub(super) const YEAR: Unit = Unit::Year;
