//! What a reply says: a keyword that ends messages or lets them begin again, a call for help, a likely refusal in free
//! text, or none of these.
//!
//! The English words come from 47 CFR 64.1200(a)(10), which names "stop", "quit", "end", "revoke", "opt out", "cancel"
//! and "unsubscribe", and from the CTIA Messaging Principles and Best Practices with the practice of carriers: STOP,
//! STOPALL, UNSUBSCRIBE, CANCEL, END, QUIT; START, UNSTOP; HELP, INFO. The other languages have what senders there
//! print under their messages, and what people write instead.
//!
//! A keyword counts only if it is the whole message, but for courtesy ("stop please") and repetition ("STOP STOP").
//! Opting in again is never guessed: `Start` is the keyword alone. Everything else that looks like a refusal is
//! `LikelyStop`, for a person to read, and the tables err on that side: "see you at the bus stop" is one. Words that
//! are common in other sentences (end, cancel, baja, fin, pare) say nothing in free text.
//!
//! Every language is tried on every text, for nobody knows beforehand which one a reply is in. Not read: irony, quoted
//! text (a quoted "reply STOP to end" is a likely refusal), a signature after a keyword, and other languages.

/// What a text says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Meaning {
    /// The whole message is a keyword that ends messages.
    Stop,
    /// The whole message is a keyword that lets them begin again.
    Start,
    /// The whole message is a keyword that asks who writes.
    Help,
    /// It may well ask not to be contacted; to be read by a person.
    LikelyStop,
    Nothing,
}

impl Meaning {
    pub fn name(self) -> &'static str {
        match self {
            Meaning::Stop => "stop",
            Meaning::Start => "start",
            Meaning::Help => "help",
            Meaning::LikelyStop => "likely_stop",
            Meaning::Nothing => "nothing",
        }
    }
}

/// How many characters of a text are read, so that a long one costs no more. A longer text is no keyword, and what it
/// says behind them is not seen.
pub const HEAD: usize = 4000;

/// Signs that stand for a refusal when nothing else is said.
const SIGNS: [char; 3] = ['🛑', '🚫', '⛔'];

/// Reads a reply: a message, a line of a letter, a note about a call. Any text at all will do.
pub fn meaning(text: &str) -> Meaning {
    // Padding is not text: it must not make a keyword too long to be one.
    let mut characters = text.trim().chars();
    let head = fold(characters.by_ref().take(HEAD));
    let whole = characters.next().is_none();
    if whole && is_only(&head, |language| language.stop, true) {
        Meaning::Stop
    } else if whole && is_only(&head, |language| language.start, false) {
        Meaning::Start
    } else if whole && is_only(&head, |language| language.help, true) {
        Meaning::Help
    } else if whole && is_only(&head, |language| language.perhaps, true)
        || LANGUAGES.iter().any(|language| language.refuses(&head))
        || head.is_empty() && text.chars().take(HEAD).any(|sign| SIGNS.contains(&sign))
    {
        Meaning::LikelyStop
    } else {
        Meaning::Nothing
    }
}

/// Rows of a table, as `fold` leaves them: small letters without accents and apostrophes, words apart by one space,
/// Chinese in simplified characters. They stand in the order of their bytes, for they are searched by halves.
pub type Rows = &'static [&'static str];

/// What is known of a language. A new word is one more row.
pub struct Language {
    /// Whole messages that mean `Stop`.
    pub stop: Rows,
    /// Whole messages that mean `Start`; nothing that also answers another question, such as yes.
    pub start: Rows,
    /// Whole messages that mean `Help`.
    pub help: Rows,
    /// Whole messages that are likely refusals, though they could answer another question.
    pub perhaps: Rows,
    /// What may stand beside a keyword without changing it.
    pub courtesy: Rows,
    /// Likely refusals anywhere in a text, word by word.
    pub phrases: Rows,
    /// Likely refusals too: any of the first directly followed by any of the second, fillers left out.
    pub pairs: &'static [(Rows, Rows)],
    /// Words that `pairs` do not see, so that "don't you ever call" is "dont call".
    pub fillers: Rows,
    /// What holds words of `phrases` or `pairs` and says something else.
    pub harmless: Rows,
}

pub static LANGUAGES: [Language; 8] = [ENGLISH, SPANISH, FRENCH, GERMAN, ITALIAN, PORTUGUESE, CHINESE, HINDI];

impl Language {
    /// Whether a folded text likely refuses.
    fn refuses(&self, text: &str) -> bool {
        // A mark that no row has stands for what was harmless: what was around it is not together now.
        let text = without(text, self.harmless, "|");
        if words(&text).any(|rest| heads(self.phrases, rest).next().is_some()) {
            return true;
        }
        let text = without(&text, self.fillers, "");
        words(&text).any(|rest| {
            self.pairs.iter().any(|(first, second)| {
                heads(first, rest).any(|head| heads(second, rest[head.len()..].trim_start()).next().is_some())
            })
        })
    }
}

/// Whether a folded text is made of such keywords, at least one, and nothing else.
fn is_only(text: &str, keywords: fn(&Language) -> Rows, courtesy: bool) -> bool {
    let longest = |rows: fn(&Language) -> Rows, rest| {
        LANGUAGES.iter().flat_map(|language| heads(rows(language), rest)).map(str::len).max().unwrap_or(0)
    };
    let (mut rest, mut found) = (text, false);
    while !rest.is_empty() {
        let keyword = longest(keywords, rest);
        let polite = if courtesy { longest(|language| language.courtesy, rest) } else { 0 };
        if keyword.max(polite) == 0 {
            return false;
        }
        found |= keyword >= polite;
        rest = rest[keyword.max(polite)..].trim_start();
    }
    found
}

/// A character of Chinese writing, which has no spaces: each is a word, and words end at it.
fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2fa1f}')
}

/// A folded text from each of its words on.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut before = ' ';
    text.char_indices().filter_map(move |(at, c)| {
        let begins = c != ' ' && (before == ' ' || is_han(before) || is_han(c));
        before = c;
        begins.then(|| &text[at..])
    })
}

/// The word that a text begins with.
fn word(rest: &str) -> &str {
    match rest.chars().next() {
        Some(first) if is_han(first) => &rest[..first.len_utf8()],
        _ => &rest[..rest.find(|c| c == ' ' || is_han(c)).unwrap_or(rest.len())],
    }
}

/// The rows that a text begins with, whole words only.
fn heads(rows: Rows, rest: &str) -> impl Iterator<Item = &'static str> {
    let word = word(rest);
    // First bytes decide most comparisons, and cost less than whole rows.
    let first = word.bytes().next();
    let order = |row: &&str| row.bytes().next().cmp(&first).then_with(|| row[..].cmp(word));
    let from = if word.is_empty() { rows.len() } else { rows.partition_point(|row| order(row).is_lt()) };
    rows[from..].iter().copied().take_while(move |row| row.starts_with(word)).filter(move |row| {
        let after = rest.strip_prefix(row).map(|after| after.chars().next().unwrap_or(' '));
        after.is_some_and(|after| after == ' ' || is_han(after) || row.ends_with(is_han))
    })
}

/// A text with a mark in place of every such row.
fn without(text: &str, rows: Rows, mark: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let row = heads(rows, rest).map(str::len).max();
        let length = row.unwrap_or(word(rest).len());
        append(&mut kept, if row.is_some() { mark } else { &rest[..length] });
        rest = rest[length..].trim_start();
    }
    kept
}

/// Adds a word. Only between words that are written with spaces there is one.
fn append(text: &mut String, word: &str) {
    if !text.is_empty() && !word.is_empty() && !text.ends_with(is_han) && !word.starts_with(is_han) {
        text.push(' ');
    }
    text.push_str(word);
}

/// A text as the rows are written, however it was typed.
fn fold(characters: impl Iterator<Item = char>) -> String {
    let mut spaced = String::new();
    let mut run = 0;
    for c in characters.map(plain).filter(|c| !is_invisible(*c) && !is_mark(*c) && !is_apostrophe(*c)) {
        for c in c.to_lowercase().map(bare).filter(|c| !is_mark(*c)) {
            if !c.is_alphanumeric() && !is_devanagari(c) {
                spaced.push(' ');
                continue;
            }
            // No word of these languages has the same letter three times: "stoppp" is emphasis.
            run = if c.is_ascii_lowercase() && spaced.ends_with(c) { run + 1 } else { 0 };
            match c {
                'ß' => spaced.push_str("ss"),
                'œ' => spaced.push_str("oe"),
                'æ' => spaced.push_str("ae"),
                _ if run == 2 => {
                    spaced.pop();
                }
                _ if run > 2 => {}
                _ => spaced.push(c),
            }
        }
    }
    // "S.T.O.P." is a word, and so is "s t o p".
    let mut text = String::with_capacity(spaced.len());
    let words: Vec<&str> = spaced.split(' ').filter(|word| !word.is_empty()).collect();
    for letters in words.chunk_by(|one, next| is_letter(one) && is_letter(next)) {
        if letters.len() > 2 {
            append(&mut text, &letters.concat());
        } else {
            letters.iter().for_each(|word| append(&mut text, word));
        }
    }
    text
}

fn is_letter(word: &str) -> bool {
    word.len() == 1 && word.as_bytes()[0].is_ascii_lowercase()
}

/// The letter that is meant by a wide, bold, circled or boxed one.
fn plain(c: char) -> char {
    let nth = |first: char, n: u32| char::from(first as u8 + n as u8);
    match c as u32 {
        wide @ 0xff01..=0xff5e => nth('!', wide - 0xff01),
        // Thirteen styles of an alphabet in capitals and small letters.
        styled @ 0x1d400..=0x1d6a3 => match (styled - 0x1d400) % 52 {
            capital @ 0..26 => nth('A', capital),
            small => nth('a', small - 26),
        },
        circled @ 0x24b6..=0x24cf => nth('a', circled - 0x24b6),
        circled @ 0x24d0..=0x24e9 => nth('a', circled - 0x24d0),
        boxed @ 0x1f130..=0x1f149 => nth('a', boxed - 0x1f130),
        circled @ 0x1f150..=0x1f169 => nth('a', circled - 0x1f150),
        boxed @ 0x1f170..=0x1f189 => nth('a', boxed - 0x1f170),
        _ => c,
    }
}

/// What is not seen and does not part words: soft hyphens, joiners, directions, variants of emoji.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{e0000}'..='\u{e01ef}')
}

/// An accent of its own, and the dot of Devanagari, which many leave out.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
        | '\u{93c}')
}

/// Left out, since as many write "dont" and "mappelez" as "don't" and "m'appelez".
fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '`' | '´' | '‘' | '’' | '‛' | '′' | 'ʼ' | 'ʹ' | 'ˈ')
}

fn is_devanagari(c: char) -> bool {
    // The two in between are full stops.
    matches!(c, '\u{900}'..='\u{963}' | '\u{966}'..='\u{97f}')
}

/// A small letter without its accent, a Chinese character in its simplified form.
fn bare(c: char) -> char {
    match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' | 'ª' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => 'e',
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'į' | 'ı' => 'i',
        'ł' => 'l',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ő' | 'º' => 'o',
        'š' | 'ś' | 'ş' => 's',
        'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' => 'u',
        'ý' | 'ÿ' => 'y',
        'ž' | 'ź' | 'ż' => 'z',
        // Devanagari: the two signs of nasal vowels are used alike, and letters with a dot lose it.
        'ँ' => 'ं',
        '\u{929}' => 'न',
        '\u{931}' => 'र',
        '\u{934}' => 'ळ',
        '\u{958}' => 'क',
        '\u{959}' => 'ख',
        '\u{95a}' => 'ग',
        '\u{95b}' => 'ज',
        '\u{95c}' => 'ड',
        '\u{95d}' => 'ढ',
        '\u{95e}' => 'फ',
        '\u{95f}' => 'य',
        _ if is_han(c) => simplified(c),
        _ => c,
    }
}

fn simplified(c: char) -> char {
    let first = |pair: &str| pair.chars().next();
    let found = TRADITIONAL.binary_search_by_key(&Some(c), |pair| first(pair));
    found.ok().and_then(|at| TRADITIONAL[at].chars().nth(1)).unwrap_or(c)
}

/// Traditional characters that the Chinese table has in simplified form, each before it.
pub const TRADITIONAL: &[&str] = &[
    "亂乱", "來来", "係系", "個个", "們们", "傳传", "別别", "刪删", "區区", "啟启", "單单", "報报", "師师", "幫帮",
    "廣广", "從从", "復复", "撥拨", "擾扰", "會会", "沒没", "準准", "滾滚", "無无", "煩烦", "營营", "發发", "碼码",
    "種种", "簡简", "級级", "終终", "結结", "絕绝", "給给", "總总", "繫系", "繼继", "續续", "聯联", "興兴", "舉举",
    "號号", "裏里", "裡里", "訂订", "訊讯", "許许", "訴诉", "詐诈", "話话", "說说", "誰谁", "請请", "謝谢", "識识",
    "讓让", "資资", "車车", "這这", "過过", "銷销", "錯错", "開开", "閱阅", "隨随", "離离", "電电", "靜静", "須须",
    "願愿", "類类", "騙骗", "騷骚", "麼么",
];

/// English. The seven words of the rule first came from here; "remove", "exit" and misspellings are what people write.
#[rustfmt::skip]
const ENGLISH: Language = Language {
    stop: &[
        "cancel", "cancel all", "end", "end all", "exit", "opt me out", "opt out", "opt out all", "optout", "quit",
        "quit all", "remove", "remove me", "revoke", "revoke all", "stop", "stop all", "stopall", "unsub",
        "unsubcribe", "unsubscibe", "unsubscribe", "unsubscribe all", "unsubscribe me", "unsubscribed",
        "unsubsribe", "unsuscribe",
    ],
    start: &[
        "opt back in", "opt in", "opt me in", "optin", "re subscribe", "restart", "resubscribe", "resume", "start",
        "start all", "subscribe", "subscribe me", "un stop", "unstop", "unstop all",
    ],
    help: &["help", "help me", "info", "information"],
    perhaps: &[
        "block", "blocked", "delete", "delete me", "enough", "fraud", "get lost", "go away", "leave", "no calls",
        "no contact", "no emails", "no messages", "no more", "no sms", "no texts", "scam", "scammer", "scammers",
        "spam", "spammer", "spammers",
    ],
    courtesy: &[
        "kindly", "maam", "madam", "many thanks", "please", "pls", "plz", "sir", "thank u", "thank you",
        "thank you very much", "thanks", "thanks a lot", "thx", "ty",
    ],
    phrases: &[
        "block this number", "block your number", "blocked this number", "blocked you", "blocked your number",
        "blocking this number", "blocking you", "blocking your number", "bugger off", "cease and desist",
        "delete me from", "delete my data", "delete my details", "delete my email", "delete my info",
        "delete my information", "delete my personal data", "did not consent", "did not sign up", "didnt consent",
        "didnt sign up", "dnc", "dnd", "do not consent", "dont consent", "erase my data", "erase my details",
        "f off", "forget my number", "fuck off", "fuck u", "fuck you", "going to sue", "gonna block you",
        "gonna sue", "harass", "harassed", "harassing", "harassment", "have no interest", "how did u get my number",
        "how did you get my number", "how did you get this number", "how u got my number", "how you got my number",
        "ill block you", "ill report you", "ill sue", "just go away", "keep calling me", "keep messaging me",
        "keep texting me", "leave me alone", "leave me be", "leave me the hell alone", "leave us alone",
        "legal action", "loose my number", "lose my number", "lose the number", "lose this number",
        "never consented", "never signed up", "no calls please", "no cold calling", "no cold calls",
        "no contact please", "no longer interested", "no solicitation", "no soliciting", "no solicitors",
        "no telemarketers", "no telemarketing", "no texts please", "not be called", "not be contacted",
        "not be texted", "not interested", "not to be called", "not to be contacted", "not to be texted",
        "not to call", "not to contact", "not to email", "not to message", "not to phone", "not to text",
        "off your call list", "off your calling list", "off your list", "off your lists", "off your mailing list",
        "opt me out", "opt out", "opt us out", "opted out", "opting out", "optout", "piss off", "remove me",
        "remove my data", "remove my details", "remove my email", "remove my info", "remove my information",
        "remove us", "report spam", "report this number", "reported as spam", "reported this number",
        "reported you", "reporting this number", "reporting you", "revoke consent", "revoke my consent",
        "revoked my consent", "revoking my consent", "screw you", "sod off", "spamming", "stop", "stopall",
        "sue you", "take me off", "take my name off", "take my number off", "take this number off", "take us off",
        "tcpa", "the fcc", "the ftc", "this is spam", "to not call", "to not contact", "to not text",
        "too many calls", "too many emails", "too many messages", "too many texts", "uninterested", "unsub",
        "unsubcribe", "unsubscibe", "unsubscribe", "unsubscribed", "unsubscribing", "unsubsribe", "unsuscribe",
        "where did u get my number", "where did you get my number", "where did you get this number",
        "who gave you my number", "who gave you this number", "will block you", "will report you", "will sue",
        "withdraw consent", "withdraw my consent", "withdrawing my consent", "wrong no", "wrong number",
        "wrong numbers", "wrong person", "you keep calling", "you keep texting",
    ],
    pairs: &[
        (
            &[
                "cease", "dnt", "do not", "do not you", "don t", "don t you", "donot", "dont", "dont u", "dont you",
                "quit",
            ],
            &[
                "bothering", "bug", "bugging", "call", "calling", "contact", "contacting", "disturb", "disturbing",
                "dm", "e mail", "email", "emailing", "mail", "mailing", "message", "messaging", "msg", "pester",
                "pestering", "phone", "phoning", "ring", "ringing", "send anything", "send email", "send emails",
                "send mail", "send message", "send messages", "send more", "send msg", "send msgs", "send sms",
                "send text", "send texts", "sending emails", "sending messages", "sending sms", "sending texts",
                "sms", "solicit", "soliciting", "spam", "text", "texting", "use number", "whatsapp", "write",
            ],
        ),
        (
            &["never"],
            &[
                "call", "contact", "disturb", "message", "phone", "ring", "send messages", "send texts", "text",
                "whatsapp",
            ],
        ),
        (
            &[
                "did not ask for", "did not want", "didnt ask for", "didnt want", "do not need", "do not want",
                "do not wish", "don t want", "dont need", "dont want", "dont wish", "fed up with", "had enough of",
                "hate", "id rather not", "no longer want", "no longer wish", "prefer not", "sick of", "tired of",
                "would rather not",
            ],
            &[
                "ads", "advertising", "be bothered", "be called", "be contacted", "be disturbed", "be emailed",
                "be messaged", "be on list", "be texted", "call", "called", "calling", "calls", "contact",
                "contacted", "emailing", "emails", "get calls", "get emails", "get messages", "get sms",
                "get texts", "getting calls", "getting emails", "getting messages", "getting texts", "hear from",
                "marketing", "messages", "messaging", "msgs", "phone calls", "phonecalls", "receive", "sms", "spam",
                "texting", "texts", "u call", "u calling", "you call", "you calling", "you contacting",
                "you texting",
            ],
        ),
        (
            &[
                "discontinue", "enough", "enough with", "no further", "no marketing", "no more", "no unsolicited",
                "unsolicited", "unwanted",
            ],
            &[
                "ads", "advertising", "call", "calling", "calls", "communication", "communications", "contact",
                "e mails", "email", "emails", "mail", "mails", "marketing", "message", "messages", "messaging",
                "msg", "msgs", "newsletters", "phone calls", "phonecalls", "sms", "solicitation", "solicitations",
                "spam", "text", "texting", "texts",
            ],
        ),
        (
            &["delete", "drop", "erase", "purge", "remove", "scratch", "strike"],
            &[
                "cell number", "contact", "contact details", "contact from", "contact info", "contact information",
                "from call list", "from calling list", "from contact list", "from contacts", "from database",
                "from list", "from lists", "from mailing list", "from records", "from system", "mobile number",
                "name from", "name off", "number", "off call list", "off calling list", "off list", "off lists",
                "off mailing list", "phone number",
            ],
        ),
        (
            &["get", "keep", "take"],
            &[
                "name off", "number off", "off call list", "off calling list", "off contact list", "off database",
                "off list", "off lists", "off mailing list", "off system", "out of database", "out of list",
                "out of lists", "out of system",
            ],
        ),
        (
            &["can u", "can you", "can you guys", "could u", "could you", "would you"],
            &["not call", "not contact", "not email", "not message", "not text"],
        ),
        (
            &["cancel", "end"],
            &["subscription", "subscriptions"],
        ),
    ],
    fillers: &[
        "again", "all", "any", "anymore", "at", "bloody", "damn", "even", "ever", "freaking", "fucking", "just",
        "kindly", "me", "my", "our", "please", "pls", "plz", "such", "that", "the", "these", "this", "those", "to",
        "us", "yall", "your",
    ],
    harmless: &["the fuck u", "the fuck you"],
};

/// Spanish.
#[rustfmt::skip]
const SPANISH: Language = Language {
    stop: &[
        "alto", "anular", "anular suscripcion", "baja", "basta", "borrar", "cancela", "cancelar",
        "cancelar suscripcion", "cancele", "cancelen", "dame de baja", "dar de baja", "darme de baja",
        "darse de baja", "deme de baja", "denme de baja", "desinscribir", "desinscribirme", "desuscribir",
        "desuscribirme", "desuscribirse", "desuscripcion", "detener", "detenga", "detengan", "eliminar", "fin",
        "finalizar", "parar", "pare", "paren", "quitar", "remover", "revocar", "revoco", "salir", "terminar",
    ],
    start: &[
        "alta", "comenzar", "dar de alta", "darme de alta", "darse de alta", "empezar", "iniciar", "reactivar",
        "reanudar", "suscribir", "suscribirme", "suscribirse",
    ],
    help: &["ayuda", "ayudame", "ayudenme", "informacion"],
    perhaps: &[
        "basta ya", "borrame", "dejame", "dejenme", "eliminame", "no llamadas", "no mas", "no mensajes", "para",
        "quitame", "ya basta", "ya no mas",
    ],
    courtesy: &[
        "gracias", "mil gracias", "muchas gracias", "por favor", "porfa", "porfavor", "senor", "senora", "senorita",
        "x favor",
    ],
    phrases: &[
        "a la mierda", "acosando", "acoso", "basta de llamadas", "basta de llamar", "basta de llamarme",
        "basta de mensajes", "borrame de", "borreme", "borrenme", "consiguieron mi numero", "consiguio mi numero",
        "dame de baja", "dar de baja", "darme de baja", "darnos de baja", "darse de baja", "dejadme en paz",
        "dejame en paz", "dejame tranquila", "dejame tranquilo", "dejeme en paz", "dejen de joder",
        "dejenme en paz", "dejenme tranquila", "dejenme tranquilo", "dejennos en paz", "deme de baja",
        "denme de baja", "desuscribanme", "desuscribeme", "desuscribir", "desuscribirme", "dieron mi numero",
        "dio mi numero", "eliminame", "elimineme", "eliminenme", "lista de no llamar", "lista robinson",
        "los demandare", "los denunciare", "me tienen harta", "me tienen harto", "no deseo ser contactada",
        "no deseo ser contactado", "no envie mas", "no envien mas", "no estamos interesadas",
        "no estamos interesados", "no estoy interesada", "no estoy interesado", "no manden mas", "no me envie mas",
        "no me envien mas", "no me envies mas", "no me interesa", "no me mande mas", "no me manden mas",
        "no me mandes mas", "no nos interesa", "no tengo interes", "numero equivocado", "numero errado",
        "para de llamar", "para de llamarme", "persona equivocada", "quitenme de", "retiro mi consentimiento",
        "revoco mi consentimiento", "sacaron mi numero", "saco mi numero", "saquenme de", "se equivoca de numero",
        "se equivocaron de numero", "se equivoco de numero", "se ha equivocado de numero", "voy a demandar",
        "voy a denunciar",
    ],
    pairs: &[
        (
            &["jamas", "ni", "no", "nunca"],
            &[
                "autorizo", "contactar", "contactarme", "contacte", "contacten", "contactes", "deseo llamadas",
                "deseo que contacten", "deseo que llamen", "deseo recibir", "enviar mensajes", "envie mensajes",
                "envie sms", "envien correos", "envien mensajes", "envien nada", "envien publicidad", "envien sms",
                "envies mensajes", "escriba", "escriban", "escribas", "escribirme", "esten llamando", "hablen",
                "insista", "insistan", "insistas", "llamadas", "llamar", "llamarme", "llamarnos", "llame",
                "llameis", "llamen", "llames", "mandar mensajes", "mande mensajes", "mande sms", "manden correos",
                "manden mensajes", "manden nada", "manden publicidad", "manden sms", "mandes mensajes", "marquen",
                "marques", "mensajes", "molestar", "molestarme", "moleste", "molesten", "molestes", "publicidad",
                "quiero llamadas", "quiero mensajes", "quiero publicidad", "quiero que contacten",
                "quiero que escriban", "quiero que esten llamando", "quiero que llame", "quiero que llamen",
                "quiero que llames", "quiero que molesten", "quiero que sigan llamando",
                "quiero que vuelvan llamar", "quiero recibir", "quiero saber nada", "quiero ser contactada",
                "quiero ser contactado", "siga llamando", "sigan llamando", "telefonee", "telefoneen",
                "volver llamar", "volver llamarme", "vuelva contactar", "vuelva escribir", "vuelva llamar",
                "vuelva llamarme", "vuelvan contactar", "vuelvan contactarme", "vuelvan escribir", "vuelvan llamar",
                "vuelvan llamarme", "vuelvas escribir", "vuelvas llamar", "vuelvas llamarme",
            ],
        ),
        (
            &["cese", "cesen", "deja", "dejad", "dejar", "deje", "dejen", "parar", "pare", "paren"],
            &[
                "acosar", "acosarme", "contactar", "contactarme", "enviar mensajes", "enviarme", "escribir",
                "escribirme", "estar llamando", "estar molestando", "hostigar", "insistir", "llamadas", "llamando",
                "llamar", "llamarme", "llamarnos", "mandar mensajes", "mandarme", "marcar", "marcarme", "molestar",
                "molestarme", "molestarnos",
            ],
        ),
        (
            &[
                "borra", "borrame", "borrar", "borre", "borreme", "borren", "borrenme", "elimina", "eliminame",
                "eliminar", "elimine", "elimineme", "eliminen", "eliminenme", "quita", "quitame", "quitar", "quite",
                "quiteme", "quiten", "quitenme", "remueva", "remuevan", "remuevanme", "retire", "retireme",
                "retiren", "retirenme", "saca", "sacame", "sacar", "saque", "saqueme", "saquen", "saquenme",
            ],
            &[
                "base", "bases", "contacto", "datos", "el nombre", "el numero", "el registro", "el sistema",
                "el telefono", "la base", "la lista", "las listas", "lista", "los datos", "los registros", "nombre",
                "numero",
            ],
        ),
        (
            &["cancela", "cancelar", "cancele", "cancelen"],
            &["la suscripcion", "suscripcion"],
        ),
    ],
    fillers: &[
        "a", "aqui", "de", "del", "ese", "este", "favor", "mas", "me", "mi", "mis", "nos", "nuestro", "por",
        "porfa", "porfavor", "su", "sus", "tu", "tus", "usted", "ustedes", "ya",
    ],
    harmless: &[],
};

/// French.
#[rustfmt::skip]
const FRENCH: Language = Language {
    stop: &[
        "annulation", "annuler", "arret", "arrete", "arreter", "arretez", "cesser", "cessez", "desabonne moi",
        "desabonnement", "desabonner", "desabonnez moi", "desinscription", "desinscrire", "desinscrivez moi", "fin",
        "me desabonner", "me desinscrire", "quitter", "resiliation", "resilier", "retirer", "retrait", "revoquer",
        "se desabonner", "se desinscrire", "stop pub", "stop sms", "stop tout", "supprimer", "terminer",
        "tout arreter",
    ],
    start: &[
        "abonner", "commencer", "demarrer", "mabonner", "me reabonner", "minscrire", "reabonner", "reprendre",
        "sabonner", "se reabonner", "sinscrire",
    ],
    help: &["a laide", "aide", "aidez moi", "infos"],
    perhaps: &[
        "arnaque", "arnaqueurs", "assez", "ca suffit", "degage", "degagez", "desole mauvais numero", "effacer",
        "pas interesse",
    ],
    courtesy: &[
        "cordialement", "madame", "merci", "merci beaucoup", "merci davance", "monsieur", "s il te plait",
        "s il vous plait", "sil te plait", "sil vous plait", "stp", "svp",
    ],
    phrases: &[
        "a donne mon numero", "allez vous faire", "arretez tout", "bloctel", "casse toi", "demarchage",
        "deposer plainte", "desabonne moi", "desabonnement", "desabonner", "desabonnez", "desinscription",
        "desinscrire", "desinscrivez", "erreur de numero", "eu mon numero", "faux numero", "fichez moi la paix",
        "fous moi la paix", "foutez le camp", "foutez moi la paix", "harcelement", "harceler", "harcelez",
        "laisse moi en paix", "laisse moi tranquille", "laissez moi en paix", "laissez moi tranquille",
        "laissez nous tranquille", "laissez nous tranquilles", "mauvais numero", "me contacte plus",
        "me contactez plus", "me derangez plus", "me rappelez plus", "me telephonez plus", "minteresse pas",
        "nous appelez plus", "nous interesse pas", "obtenu mon numero", "ont donne mon numero", "oublie mon numero",
        "oubliez moi", "oubliez mon numero", "pas interesse", "pas interessee", "pas interesses", "plus interesse",
        "plus interessee", "porte plainte", "porter plainte", "poursuivre en justice", "retire mon consentement",
        "revoque mon consentement", "trompe de numero", "trompes de numero", "trompez de numero",
        "trouve mon numero", "va te faire", "vais vous attaquer",
    ],
    pairs: &[
        (
            &[
                "arrete", "arreter", "arretez", "cesse", "cesser", "cessez", "ne", "ne jamais", "ne pas", "ne plus",
                "ne plus jamais", "ne surtout pas", "ne surtout plus",
            ],
            &[
                "appel", "appele", "appeler", "appelez", "appelle", "appelles", "appels", "avec appels",
                "avec messages", "avec sms", "contacte", "contacter", "contactez", "demarcher", "demarchez",
                "derange", "deranger", "derangez", "ecrire", "ecrivez", "embeter", "embetez", "harceler",
                "harcelez", "importuner", "importunez", "insister", "insistez", "joindre", "mappeler", "mappelez",
                "mappelle", "mappeller", "mappelles", "mecrire", "mecris", "mecrivez", "mharceler", "mimportuner",
                "rappeler", "rappelez", "relancer", "relancez", "solliciter", "sollicitez", "spammer", "telephone",
                "telephoner", "telephonez", "texter", "textez",
            ],
        ),
        (
            &[
                "mappeler", "mappelez", "mappelle", "mappelles", "mecris", "mecrivez", "mharcelez", "nappelez",
                "nappelle", "necrivez", "ninsistez",
            ],
            &["jamais", "pas", "plus"],
        ),
        (
            &[
                "assez", "desire pas", "desire plus", "jai pas demande", "marre", "pas demande", "plus aucun",
                "plus aucune", "plus jamais", "refuse", "souhaite pas", "souhaite plus", "souhaitons pas",
                "souhaitons plus", "veut plus", "veux pas", "veux plus", "voudrais plus", "voulons pas",
                "voulons plus",
            ],
            &[
                "appel", "appele", "appelee", "appelle", "appels", "contact", "coups fil", "dappel", "dappels",
                "dappels telephoniques", "demails", "demarchage", "entendre parler", "etre appele", "etre appelee",
                "etre contacte", "etre contactee", "etre contactes", "etre demarche", "etre demarchee",
                "etre derange", "etre derangee", "etre joint", "etre sollicite", "etre sollicitee", "mails",
                "message", "messages", "pub", "publicite", "publicites", "pubs", "que appeliez", "que contactiez",
                "que mappeliez", "que mappelle", "que vous appeliez", "que vous contactiez", "que vous mappeliez",
                "recevoir", "recois", "sms",
            ],
        ),
        (
            &["plus"],
            &["appels svp", "dappel", "dappels", "messages svp", "pub svp", "sms svp"],
        ),
        (
            &[
                "desabonnez", "desinscrivez", "efface", "effacer", "effacez", "enleve", "enlever", "enlevez",
                "otez", "oubliez", "radiez", "raye", "rayer", "rayez", "retire", "retirer", "retirez", "sors",
                "sortez", "supprime", "supprimer", "supprimez", "virez",
            ],
            &[
                "base", "contact", "coordonnees", "donnees", "fichier", "fichiers", "liste", "listes", "moi", "nom",
                "numero", "repertoire",
            ],
        ),
        (
            &["arrete", "arreter", "arretez", "cesse", "cesser", "cessez", "ne plus"],
            &["envoyer", "menvoyer"],
        ),
        (
            &["menvoyez", "nenvoyez"],
            &[
                "pas mail", "pas mails", "pas message", "pas messages", "pas pub", "pas publicite", "pas sms",
                "plus",
            ],
        ),
    ],
    fillers: &[
        "aussi", "ce", "cet", "cette", "de", "des", "du", "la", "le", "les", "m", "ma", "me", "mes", "mon", "nos",
        "notre", "nous", "plait", "sil", "ta", "te", "tes", "ton", "vos", "votre",
    ],
    harmless: &["plus souvent", "plus tard", "plus tot", "plus vite"],
};

/// German, with and without the dots of its letters.
#[rustfmt::skip]
const GERMAN: Language = Language {
    stop: &[
        "abbestellen", "abbestellung", "abbrechen", "abmelden", "abmeldung", "aufhoeren", "aufhoren", "austragen",
        "beenden", "ende", "entfernen", "halt", "kuendigen", "kuendigung", "kundigen", "kundigung", "loeschen",
        "loschen", "mich abmelden", "newsletter abbestellen", "schluss", "stopp", "stoppen", "widerruf",
        "widerrufen", "widerspruch",
    ],
    start: &[
        "abonnieren", "anmelden", "beginnen", "fortsetzen", "neu starten", "starten", "wieder anmelden",
        "wieder starten",
    ],
    help: &["hilfe", "hilfe bitte", "informationen", "infos"],
    perhaps: &[
        "betrueger", "betrug", "betruger", "es reicht", "genug", "hau ab", "keine anrufe", "keine sms",
        "keine werbung", "loesch mich", "losch mich", "mir reichts", "raus", "reicht jetzt", "sperren", "weg",
    ],
    courtesy: &[
        "besten dank", "bitte", "bitte danke", "danke", "danke schoen", "danke schon", "dankeschoen", "dankeschon",
        "mfg", "vielen dank",
    ],
    phrases: &[
        "abbestellen", "abmahnen", "abmahnung", "anwalt einschalten", "anzeige erstatten", "aufhoeren", "aufhoren",
        "belaestigen", "belaestigung", "belastigen", "belastigung", "blockiere euch", "blockiere sie",
        "bundesnetzagentur", "einwilligung widerrufen", "entfernen sie mich", "falsch verbunden", "falsche nummer",
        "falsche person", "falschen nummer", "hau ab", "haut ab", "hoer auf", "hoeren sie auf",
        "hoeren sie bitte auf", "hoeren sie endlich auf", "hoert auf", "hor auf", "horen sie auf",
        "horen sie bitte auf", "horen sie endlich auf", "hort auf", "in ruhe lassen", "kein bedarf",
        "kein interesse", "keinerlei interesse", "loesch mich", "loesche mich", "loeschen sie mich", "losch mich",
        "losche mich", "loschen sie mich", "mich abmelden", "mich in ruhe", "nehmen sie mich aus",
        "nehmen sie mich von", "nehmt mich aus", "nehmt mich raus", "nehmt mich von", "nicht interessiert",
        "nimm mich aus", "nimm mich von", "robinsonliste", "schluss mit", "sperren sie meine nummer", "stopp",
        "stoppen", "stoppt", "streichen sie mich", "traegt mich aus", "trag mich aus", "tragen sie mich aus",
        "tragt mich aus", "uns in ruhe", "unterlassen sie", "unterlassung", "vergessen sie meine nummer",
        "verklage", "verklagen", "verpiss dich", "verpisst euch", "verwaehlt", "verwahlt",
        "wer hat dir meine nummer", "wer hat euch meine nummer", "wer hat ihnen meine nummer", "werbewiderspruch",
        "widerrufe", "widerspreche", "widerspruch gegen", "woher haben sie meine nummer",
        "woher habt ihr meine nummer", "woher hast du meine nummer", "zeige euch an", "zeige sie an",
    ],
    pairs: &[
        (
            &[
                "belaestigt", "belastigt", "kontaktiere", "kontaktieren", "kontaktiert", "ruf", "rufe", "rufen",
                "ruft", "schick", "schicken", "schickt", "schreib", "schreiben", "schreibt", "sende", "senden",
                "sendet", "stoeren", "storen", "telefonieren",
            ],
            &[
                "keine emails", "keine mails", "keine nachrichten", "keine sms", "keine weiteren", "keine werbung",
                "nicht", "nicht mehr", "nie", "nie mehr", "nie wieder", "niemals", "nimmer",
            ],
        ),
        (
            &[
                "nicht", "nicht mehr", "nicht weiter", "nicht wieder", "nie", "nie mehr", "nie wieder", "niemals",
                "niemals wieder",
            ],
            &[
                "angerufen werden", "angeschrieben werden", "anrufen", "anrufst", "anruft", "anschreiben",
                "gestoert werden", "gestort werden", "kontakt aufnehmen", "kontaktieren", "kontaktiert werden",
                "simsen", "stoeren", "storen",
            ],
        ),
        (
            &["nicht mehr", "nie mehr", "nie wieder"],
            &[
                "angerufen", "angeschrieben", "gestoert", "gestort", "kontaktiert", "rufen", "schicken",
                "schreiben", "senden", "zusenden",
            ],
        ),
        (
            &["genug", "genug von", "kein", "keine", "keinen", "keinerlei"],
            &[
                "anruf mehr", "anrufe", "anrufen mehr", "e mails mehr", "emails mehr", "kontakt", "kontaktaufnahme",
                "kontakte mehr", "mails mehr", "nachricht mehr", "nachrichten mehr", "newsletter mehr", "sms mehr",
                "spam", "telefonwerbung", "weitere anrufe", "weitere emails", "weitere kontaktaufnahme",
                "weitere mails", "weitere nachrichten", "weitere sms", "weitere werbung", "weiteren anrufe",
                "weiteren emails", "weiteren kontakt", "weiteren mails", "weiteren nachrichten", "weiteren sms",
                "werbeanrufe", "werbung",
            ],
        ),
        (
            &[
                "entferne", "entfernen", "entfernt", "loesch", "loesche", "loeschen", "loescht", "losch", "losche",
                "loschen", "loscht", "sperren", "streiche", "streichen", "streicht",
            ],
            &[
                "aus datenbank", "aus kartei", "aus liste", "aus system", "aus verteiler", "daten", "handynummer",
                "kontaktdaten", "nummer", "rufnummer", "telefonnummer", "von liste", "von verteiler",
            ],
        ),
        (
            &["daten", "handynummer", "kontaktdaten", "nummer", "rufnummer", "telefonnummer"],
            &["austragen", "entfernen", "loeschen", "loschen", "streichen"],
        ),
        (
            &[
                "aus datenbank", "aus kartei", "aus liste", "aus system", "aus verteiler", "von liste",
                "von verteiler",
            ],
            &["austragen", "entfernen", "loeschen", "loschen", "nehmen", "streichen"],
        ),
        (
            &["nehmen", "nehmt", "nimm", "tragen", "tragt"],
            &[
                "aus datenbank", "aus kartei", "aus liste", "aus system", "aus verteiler", "von liste",
                "von verteiler",
            ],
        ),
        (
            &["meld", "melden", "meldet"],
            &["nicht mehr", "nie", "nie mehr", "nie wieder"],
        ),
    ],
    fillers: &[
        "bitte", "dem", "den", "der", "die", "diese", "dieser", "dieses", "endlich", "euch", "eure", "eurem",
        "eurer", "hier", "ihnen", "ihr", "ihre", "ihrem", "ihren", "ihrer", "jetzt", "meine", "meinen", "mich",
        "mir", "sich", "sie", "sofort", "und", "uns", "unsere", "unter",
    ],
    harmless: &[],
};

/// Italian. "Fine" is no keyword, for it answers questions in English.
#[rustfmt::skip]
const ITALIAN: Language = Language {
    stop: &[
        "annulla", "annullare", "basta", "cancella", "cancellami", "cancellare", "cancellatemi", "disdetta",
        "disdici", "disdire", "disiscrivere", "disiscrivermi", "disiscrivi", "disiscrivimi", "disiscriviti",
        "disiscrizione", "esci", "ferma", "fermare", "fermatevi", "fermati", "interrompere", "interrompi",
        "recedere", "revoca", "revocare", "rimuovere", "rimuovi", "rimuovimi", "termina", "terminare",
    ],
    start: &[
        "avvia", "avviare", "inizia", "iniziare", "iscrivi", "iscrivimi", "iscriviti", "riattiva", "riattivare",
        "riprendere", "riprendi",
    ],
    help: &["aiutami", "aiuto", "informazioni"],
    perhaps: &[
        "basta cosi", "elimina", "no chiamate", "no pubblicita", "ora basta", "smetta", "smettetela", "smetti",
        "smettila", "truffa", "truffatori", "vattene",
    ],
    courtesy: &[
        "cortesemente", "gentilmente", "grazie", "grazie mille", "molte grazie", "per cortesia", "per favore",
        "per piacere", "perfavore",
    ],
    phrases: &[
        "andate a quel paese", "avuto il mio numero", "azioni legali", "basta chiamarmi", "basta chiamate",
        "basta con le", "basta messaggi", "basta pubblicita", "basta sms", "basta telefonate", "cancellatemi",
        "chi ha dato il mio numero", "dimenticate il mio numero", "disiscrivere", "disiscrivermi", "disiscrivetemi",
        "disiscrizione", "fanculo", "la denuncio", "lasciami in pace", "lasciami stare", "lasciateci in pace",
        "lasciateci stare", "lasciatemi in pace", "lasciatemi stare", "le ha dato il mio numero",
        "mi lasci in pace", "mi lasci stare", "mi lasciate in pace", "molestia", "molestie", "nessun interesse",
        "non ci interessa", "non interessa", "non interessata", "non interessato", "non inviatemi piu",
        "non mandatemi piu", "non mi interessa", "non mi inviare piu", "non mi inviate piu", "non mi mandare piu",
        "non mi mandate piu", "non siamo interessati", "non sono interessata", "non sono interessato",
        "numero errato", "numero sbagliato", "persona sbagliata", "preso il mio numero", "querela", "querelo",
        "registro delle opposizioni", "registro opposizioni", "revoco il consenso", "revoco il mio consenso",
        "rimuovetemi", "ritiro il consenso", "sbagliato numero", "ti denuncio", "ti ha dato il mio numero",
        "toglietemi da", "toglietemi dalla", "vaffanculo", "vi denuncio", "vi ha dato il mio numero", "vie legali",
    ],
    pairs: &[
        (
            &["non"],
            &[
                "acconsento", "autorizzo", "chiamarci", "chiamare", "chiamarmi", "chiamate", "chiamateci",
                "chiamatemi", "chiami", "chiamino", "contattarci", "contattare", "contattarmi", "contattate",
                "contattateci", "contattatemi", "contatti", "desidero essere chiamata", "desidero essere chiamato",
                "desidero essere contattata", "desidero essere contattato", "desidero ricevere", "disturbare",
                "disturbarmi", "disturbate", "disturbateci", "disturbatemi", "disturbi", "importunate",
                "importunatemi", "insista", "insistete", "intendo ricevere", "inviate messaggi", "inviatemi email",
                "inviatemi messaggi", "inviatemi niente", "inviatemi pubblicita", "inviatemi sms",
                "mandate messaggi", "mandatemi email", "mandatemi messaggi", "mandatemi niente",
                "mandatemi pubblicita", "mandatemi sms", "richiamare", "richiamarmi", "richiamate", "richiamatemi",
                "richiami", "scriva", "scrivere", "scrivermi", "scrivete", "scriveteci", "scrivetemi", "telefonare",
                "telefonarmi", "telefonate", "telefonateci", "telefonatemi", "telefoni",
                "vogliamo essere contattati", "voglio che chiami", "voglio che chiamiate", "voglio chiamate",
                "voglio essere chiamata", "voglio essere chiamato", "voglio essere contattata",
                "voglio essere contattato", "voglio essere disturbata", "voglio essere disturbato",
                "voglio messaggi", "voglio pubblicita", "voglio ricevere", "voglio telefonate",
            ],
        ),
        (
            &[
                "finiscila", "finitela", "smetta", "smettere", "smetterla", "smettete", "smettetela", "smetti",
                "smettila",
            ],
            &[
                "chiamarci", "chiamare", "chiamarmi", "chiamate", "con chiamate", "con messaggi", "con telefonate",
                "contattare", "contattarmi", "disturbarci", "disturbare", "disturbarmi", "importunarmi",
                "inviare messaggi", "inviarmi", "mandare messaggi", "mandarmi", "messaggiarmi", "rompere",
                "scrivere", "scrivermi", "telefonarci", "telefonare", "telefonarmi",
            ],
        ),
        (
            &[
                "cancella", "cancellami", "cancellare", "cancellate", "cancellatemi", "cancelli", "elimina",
                "eliminare", "eliminate", "eliminatemi", "elimini", "rimuova", "rimuovere", "rimuovete",
                "rimuovetemi", "rimuovi", "rimuovimi", "togli", "togliere", "togliete", "toglieteci", "toglietemi",
                "toglimi", "tolga", "tolgano",
            ],
            &[
                "contatti", "contatto", "dagli elenchi", "dallelenco", "database", "dati", "elenco", "lista",
                "liste", "nome", "nominativo", "numero", "recapito", "rubrica",
            ],
        ),
        (
            &["basta con"],
            &["chiamate", "messaggi", "pubblicita", "sms", "telefonate"],
        ),
    ],
    fillers: &[
        "a", "altre", "altri", "ancora", "ci", "da", "dal", "dalla", "dalle", "di", "favore", "i", "il", "la", "le",
        "mai", "mi", "mia", "miei", "mio", "per", "piu", "questa", "queste", "questi", "questo", "sua", "suo",
        "tua", "tuo", "vi", "vostra", "vostre", "vostri", "vostro",
    ],
    harmless: &[],
};

/// Portuguese, of Brazil and of Portugal.
#[rustfmt::skip]
const PORTUGUESE: Language = Language {
    stop: &[
        "anular", "anular subscricao", "basta", "cancela", "cancelamento", "cancelar", "cancelar assinatura",
        "cancelar inscricao", "cancelar subscricao", "cancele", "chega", "descadastrar", "descadastre",
        "descadastro", "desinscrever", "desinscricao", "encerrar", "excluir", "fim", "me descadastre", "me remova",
        "parar", "parar tudo", "pare", "parem", "remova", "remover", "revogar", "sair", "sair da lista", "terminar",
    ],
    start: &["assinar", "comecar", "comece", "iniciar", "inscrever", "reativar", "retomar", "subscrever"],
    help: &["ajuda", "ajude me", "informacao", "informacoes", "me ajuda", "me ajude"],
    perhaps: &[
        "apagar", "bloquear", "deixa me", "golpe", "me deixa", "me deixe", "nao ligue", "nao quero", "para",
        "sem ligacoes",
    ],
    courtesy: &[
        "favor", "faz favor", "gentileza", "muito obrigada", "muito obrigado", "obg", "obrigada", "obrigado", "pfv",
        "por favor", "por gentileza", "porfavor", "se faz favor", "senhor", "senhora",
    ],
    phrases: &[
        "arranjaram o meu numero", "assedio", "chega de ligacao", "chega de ligacoes", "chega de ligar",
        "chega de mensagens", "conseguiram meu numero", "conseguiu meu numero", "deixa me em paz",
        "deixe me em paz", "deixem me em paz", "denunciar voces", "descadastramento", "descadastrar", "descadastre",
        "descadastrem", "deu meu numero", "deu o meu numero", "e engano", "esqueca meu numero",
        "esquecam meu numero", "esquece meu numero", "foi engano", "irei processar", "ligou errado",
        "me deixa em paz", "me deixe em paz", "me deixem em paz", "me esquecam", "me esquece", "nao envie mais",
        "nao enviem mais", "nao estamos interessados", "nao estou interessada", "nao estou interessado",
        "nao ha interesse", "nao mande mais", "nao mandem mais", "nao me envie mais", "nao me enviem mais",
        "nao me interessa", "nao me liga", "nao me ligam mais", "nao me manda mais", "nao me mande mais",
        "nao me mandem mais", "nao me perturbe", "nao temos interesse", "nao tenho interesse", "nos deixem em paz",
        "numero errado", "para de encher", "para de ligar", "para de mandar", "para de me ligar",
        "para de me mandar", "pare de encher", "parem de encher", "passou meu numero", "passou o meu numero",
        "pessoa errada", "processar voces", "procon", "retiro meu consentimento", "retiro o meu consentimento",
        "revogo meu consentimento", "revogo o meu consentimento", "sair da lista", "sair dessa lista",
        "sem interesse", "telefone errado", "vai se foder", "vao se foder", "vou denunciar", "vou processar",
        "vou vos processar",
    ],
    pairs: &[
        (
            &["jamais", "nao", "nem", "nunca"],
            &[
                "autorizo", "chame", "chamem", "contactar", "contacte", "contactem", "contatar", "contate",
                "contatem", "desejo receber", "desejo ser contactado", "desejo ser contatado", "entre em contacto",
                "entre em contato", "entrem em contacto", "entrem em contato", "envie mensagem", "envie mensagens",
                "envie nada", "envie sms", "enviem mensagem", "enviem mensagens", "enviem nada", "enviem sms",
                "escreva", "escrevam", "incomodar", "incomode", "incomodem", "insista", "insistam", "ligar",
                "ligarem", "ligue", "liguem", "ligues", "mande mensagem", "mande mensagens", "mande nada",
                "mande sms", "mandem mensagem", "mandem mensagens", "mandem nada", "mandem sms", "perturbar",
                "perturbe", "perturbem", "quero contacto", "quero contato", "quero ligacao", "quero ligacoes",
                "quero mensagens", "quero propaganda", "quero que ligue", "quero que liguem", "quero receber",
                "quero ser contactada", "quero ser contactado", "quero ser contatada", "quero ser contatado",
                "quero ser incomodada", "quero ser incomodado", "telefone", "telefonem", "telefones", "volte ligar",
                "voltem ligar",
            ],
        ),
        (
            &["cessem", "deixe", "deixem", "parar", "pare", "parem"],
            &[
                "chamar", "contactar", "contatar", "enviar", "enviarem", "escrever", "importunar", "incomodar",
                "insistir", "ligacao", "ligacoes", "ligar", "ligarem", "mandar", "mandarem", "mensagens",
                "perturbar", "telefonar",
            ],
        ),
        (
            &[
                "apaga", "apagar", "apague", "apaguem", "deletar", "delete", "deletem", "eliminar", "elimine",
                "eliminem", "exclua", "excluam", "excluir", "remova", "removam", "remover", "retirar", "retire",
                "retirem", "tira", "tirar", "tire", "tirem",
            ],
            &[
                "base", "cadastro", "contacto", "contato", "dados", "lista", "listas", "nome", "numero", "sistema",
                "telefone",
            ],
        ),
        (
            &["cancela", "cancelar", "cancele", "cancelem"],
            &["assinatura", "envio", "inscricao", "recebimento", "subscricao"],
        ),
    ],
    fillers: &[
        "a", "aqui", "as", "da", "das", "de", "dessa", "desse", "desta", "deste", "do", "dos", "essa", "esse",
        "esta", "este", "favor", "mais", "me", "meu", "meus", "minha", "na", "nesse", "neste", "no", "nos",
        "novamente", "o", "os", "por", "seu", "seus", "sua", "suas", "tua", "vcs", "vez", "voces", "vossa",
        "vossas",
    ],
    harmless: &[],
};

/// Chinese, in simplified characters. "请停止" is a sentence that a person reads, so "请" is no courtesy, but part of rows.
#[rustfmt::skip]
const CHINESE: Language = Language {
    stop: &[
        "td", "不再接收", "中止", "停", "停止", "停止发送", "停止接收", "停止短信", "停止订阅", "全部停止",
        "全部退订", "删除", "取消", "取消订阅", "拒收", "撤回", "撤销", "移除", "终止", "结束", "解除订阅",
        "请取消订阅", "请退订", "退出", "退订", "退订短信",
    ],
    start: &["启动", "开始", "开始接收", "恢复", "恢复接收", "恢复订阅", "订阅", "重新开始", "重新订阅"],
    help: &["信息", "帮助", "帮忙", "求助", "说明", "请帮助", "资讯"],
    perhaps: &[
        "t", "不要", "不要了", "不要打", "不需要", "别打", "勿", "取消吧", "唔使", "唔要", "够了", "拒绝", "滚",
        "诈骗", "请停", "骗子",
    ],
    courtesy: &["唔该", "多谢", "感谢", "谢", "谢谢", "谢谢你", "谢谢您"],
    phrases: &[
        "不再接收", "不同意接收", "不想接收", "不感兴趣", "不是本人", "不要再传", "不要再发", "不要再寄",
        "不要再打", "不要再找", "不要再来", "不要再烦", "不要再联系", "不要再联络", "不要发了", "不要吵我",
        "不要打了", "不要打来", "不要打给", "不要找我", "不要接收", "不要烦我", "举报", "从名单中删除",
        "从名单中移除", "从名单删除", "从名单移除", "从哪得到我的", "从哪里得到我的", "从哪里拿到我的", "停止",
        "冇兴趣", "删掉我的", "删除我的信息", "删除我的号码", "删除我的手机", "删除我的电话", "删除我的联系",
        "删除我的资料", "别再传", "别再发", "别再寄", "别再打", "别再找", "别再来电", "别再烦", "别再联系",
        "别再联络", "别发了", "别吵我", "别打了", "别打扰", "别打来", "别打给", "别找我", "别来烦", "别烦我",
        "勿扰", "取消订阅", "号码错", "告你们", "哪来我的", "哪里来的我的", "唔好再发", "唔好再打", "唔好再搵",
        "唔好打", "唔感兴趣", "将我从", "少打电话", "少来烦", "律师函", "怎么有我的", "怎么知道我的号码",
        "怎么知道我的手机", "怎么知道我的电话", "怎会有我的", "我会报警", "我的信息删除", "我的资料删除",
        "我要投诉", "我要报警", "打错", "把我从", "投诉你", "拉黑", "拒收信息", "拒收广告", "拒收短信", "拒绝接收",
        "撤回同意", "撤销同意", "收回同意", "放过我", "无兴趣", "没兴趣", "没有兴趣", "滚开", "滚蛋",
        "移除我的信息", "移除我的号码", "移除我的电话", "移除我的资料", "让我静静", "请停", "谁给了你我的",
        "谁给你们我的", "谁给你我的", "谁给你的号码", "谁给的号码", "起诉", "退订", "错号", "骚扰", "黑名单",
    ],
    pairs: &[
        (
            &[
                "不准", "不希望", "不希望接到", "不希望收到", "不希望被", "不必", "不想", "不想接", "不想接到",
                "不想收", "不想收到", "不想被", "不愿", "不愿意", "不接受", "不用", "不要", "不要收到", "不许",
                "不需要", "别", "勿", "唔好", "唔想", "拒绝", "无须", "禁止", "谢绝",
            ],
            &[
                "call", "传简讯", "传讯息", "发信息", "发广告", "发微信", "发消息", "发短信", "发简讯", "发讯息",
                "发邮件", "垃圾短信", "寄信", "寄邮件", "广告", "打手机", "打扰", "打电话", "拨打", "推广", "推销",
                "搵", "来电", "电话", "短信", "简讯", "联系", "联络", "致电", "营销",
            ],
        ),
        (
            &["号码", "手机号", "电话", "联系方式"],
            &["删掉", "删除", "去掉", "移除"],
        ),
    ],
    fillers: &[
        "乱", "任何", "你", "你们", "俾", "再", "再次", "天天", "总", "您", "我", "我们", "次", "的", "给", "继续",
        "老", "跟", "这种", "这类", "随便",
    ],
    harmless: &[
        "个别", "分别", "别人", "别的", "区别", "告别", "差别", "性别", "想不想", "打错字", "特别", "用不用",
        "离别", "类别", "级别", "要不要", "识别", "请停车", "需不需要",
    ],
};

/// Hindi, in Devanagari and in the Latin letters of messages.
#[rustfmt::skip]
const HINDI: Language = Language {
    stop: &[
        "band kar do", "band kardo", "band kare", "band karein", "band karen", "band karo", "band kijiye",
        "band kro", "bandh karo", "bund karo", "cancel kar do", "cancel karo", "hata do", "hataiye", "hatao",
        "radd karein", "radd karo", "rok do", "rokein", "rokiye", "roko", "stop kar do", "stop karo", "stop kijiye",
        "stop kro", "unsubscribe kar do", "unsubscribe karo", "अनसब्सक्राइब", "ऑप्ट आउट", "कैंसल", "कैंसिल", "बंद",
        "बंद कर दें", "बंद कर दो", "बंद करे", "बंद करें", "बंद करो", "बंद कीजिए", "बन्द", "बन्द करें", "बन्द करो",
        "रद्द", "रद्द करें", "रद्द करो", "रोक दें", "रोक दो", "रोकें", "रोको", "सदस्यता रद्द करें",
        "सदस्यता समाप्त करें", "समाप्त", "समाप्त करें", "स्टाप", "स्टॉप", "हटा दो", "हटाइए", "हटाएं", "हटाओ",
        "हटायें",
    ],
    start: &[
        "chaalu karo", "chalu", "chalu karo", "phir se shuru karo", "shuru", "shuru kar do", "shuru kare",
        "shuru karein", "shuru karen", "shuru karo", "start kar do", "start karo", "subscribe karo", "चालू",
        "चालू करें", "चालू करो", "फिर शुरू करें", "फिर से शुरू करें", "शुरु", "शुरू", "शुरू करे", "शुरू करें",
        "शुरू करो", "शुरू कीजिए", "सदस्यता लें", "सब्सक्राइब", "स्टार्ट",
    ],
    help: &[
        "help chahiye", "jaankari", "jankari", "madad", "madad chahiye", "madad karo", "sahayata", "जानकारी", "मदद",
        "मदद करें", "मदद करो", "मदद चाहिए", "सहायता", "हेल्प",
    ],
    perhaps: &[
        "bas", "bas karo", "mat karo", "nahi chahiye", "nahin chahiye", "nhi chahiye", "rukiye", "ruko", "धोखा",
        "नहीं चाहिए", "बस", "बस करो", "मत करो", "रुकिए", "रुको",
    ],
    courtesy: &[
        "bhai", "bhaiya", "dhanyavaad", "dhanyavad", "dhanyawad", "ji", "kripaya", "kripya", "shukriya", "yaar",
        "कृपया", "जी", "धन्यवाद", "प्लीज", "भाई", "शुक्रिया", "सर",
    ],
    phrases: &[
        "akela chhod do", "akela chod do", "band kar do", "band kardo", "band karein", "band karen", "band karo",
        "band kijiye", "band kro", "bandh karo", "block kar dunga", "block kar dungi", "bund karo",
        "case kar dunga", "case kar dungi", "case karunga", "dafa ho", "galat no", "galat num", "galat number",
        "interest nahi", "interest nhi", "interested nahi", "interested nhi", "intrest nahi",
        "kisne diya mera number", "mera number kaha se", "mera number kahan se", "number kisne diya",
        "pareshan mat", "pareshan na", "peecha chhodo", "peecha chodo", "picha chodo", "pichha chhodo",
        "police complaint", "preshan mat", "rong number", "stop karo", "tang mat", "अकेला छोड दीजिए",
        "अकेला छोड दो", "अनसब्सक्राइब", "इंटरेस्ट नही", "इंटरेस्ट नहीं", "इंटरेस्टेड नहीं", "किसने दिया मेरा नंबर",
        "केस कर दूंगा", "केस कर दूंगी", "केस करूंगा", "गलत नंबर", "गलत नम्बर", "तंग मत", "दफा हो", "दिलचस्पी नही",
        "दिलचस्पी नहीं", "नंबर किसने दिया", "परेशान न", "परेशान ना", "परेशान मत", "पीछा छोड दो", "पीछा छोडो",
        "पुलिस में शिकायत", "बंद कर दो", "बंद करिए", "बंद करें", "बंद करो", "बंद कीजिए", "बन्द करें", "बन्द करो",
        "ब्लॉक कर दूंगा", "ब्लॉक कर दूंगी", "मेरा नंबर कहा से", "मेरा नंबर कहां से", "रांग नंबर", "रुचि नही",
        "रुचि नहीं", "रॉन्ग नंबर", "रोक दें", "रोक दो", "सहमति वापस", "स्टॉप",
    ],
    pairs: &[
        (
            &[
                "ईमेल", "एसएमएस", "काल", "कॉल", "कॉल्स", "डिस्टर्ब", "फोन", "मेल", "मेसेज", "मैसेज", "मैसेजेस",
                "विज्ञापन", "व्हाट्सएप", "संदेश", "संपर्क", "सम्पर्क",
            ],
            &[
                "आना बंद", "करना बंद", "न करना", "न करिए", "न करे", "न करें", "न करो", "न कीजिए", "न भेजे",
                "न भेजें", "न भेजो", "नही करना", "नही करो", "नही चाहिए", "नहीं करना", "नहीं करें", "नहीं करो",
                "नहीं चाहिए", "नहीं भेजना", "नहीं भेजें", "ना करना", "ना करे", "ना करें", "ना करो", "ना कीजिए",
                "ना भेजें", "ना भेजो", "भेजना बंद", "मत",
            ],
        ),
        (
            &["मत", "मत करना", "मत करें", "मत करो", "मत कीजिए"],
            &["एसएमएस", "कॉल", "डिस्टर्ब", "फोन", "मेसेज", "मैसेज", "संदेश", "संपर्क"],
        ),
        (
            &["डाटा", "नंबर", "नम्बर", "नाम", "लिस्ट", "सूची"],
            &[
                "काट दो", "डिलीट", "निकाल", "निकालें", "निकालो", "मिटा", "मिटाओ", "हटा", "हटाइए", "हटाएं", "हटाओ",
                "हटाना", "हटायें",
            ],
        ),
        (
            &[
                "call", "calling", "calls", "contact", "disturb", "email", "fon", "fone", "mail", "message",
                "messages", "msg", "msgs", "phone", "sampark", "sms", "text", "whatsapp",
            ],
            &[
                "aana band", "bhejna band", "karna band", "karna bandh", "mat bhejiye", "mat bhejna", "mat bhejo",
                "mat dena", "mat do", "mat kar", "mat kare", "mat karein", "mat karen", "mat kariye", "mat karna",
                "mat karo", "mat karwao", "mat kijiye", "mat kijiyega", "mat kiya karen", "mat kiya karo",
                "mat kiya kro", "mat kr", "mat krna", "mat kro", "mt bhejo", "mt karna", "mt karo", "mt krna",
                "mt kro", "na bheje", "na bhejo", "na kare", "na karein", "na karen", "na karna", "na karo",
                "na kijiye", "na kro", "nahi chahiye", "nahi kare", "nahi karein", "nahi karna", "nahi karo",
                "nahin chahiye", "nhi chahiye", "nhi karna", "nhi karo",
            ],
        ),
        (
            &["mat", "mat karen", "mat karna", "mat karo", "mat kijiye", "mat kro"],
            &[
                "call", "call karna", "call karo", "call kijiye", "calls", "disturb", "message", "msg", "phone",
                "phone karna", "phone karo", "sms",
            ],
        ),
        (
            &["data", "list", "naam", "num", "number"],
            &[
                "delete kar do", "delete karo", "delete kijiye", "delete kro", "hata", "hata dijiye", "hata do",
                "hataiye", "hatao", "hataye", "kaat do", "mita do", "nikaal do", "nikal do", "nikalo",
            ],
        ),
    ],
    fillers: &[
        "aage", "aap", "ab", "apne", "apni", "aur", "baar", "bar", "bhi", "dobara", "dubara", "fir", "hame",
        "hamein", "hamko", "hume", "humein", "is", "ka", "kabhi", "ke", "ki", "ko", "koi", "mera", "mere", "meri",
        "muje", "mujhe", "mujhko", "mujko", "par", "pe", "phir", "please", "pls", "plz", "se", "yaha", "yahan",
        "ye", "yeh", "अपनी", "अपने", "अब", "आगे", "आप", "इस", "कभी", "कृपया", "को", "तुम", "दुबारा", "दोबारा", "पर",
        "प्लीज", "फिर", "बार", "भी", "मुझको", "मुझे", "मेरा", "मेरी", "मेरे", "यहा", "यहां", "से", "हमको", "हमारा",
        "हमें",
    ],
    harmless: &[],
};
