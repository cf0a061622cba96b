//! English. Includes the seven words of 47 CFR 64.1200(a)(10); "remove", "exit" and misspellings are what people write.

use super::Language;

#[rustfmt::skip]
pub(super) const WORDS: Language = Language {
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
