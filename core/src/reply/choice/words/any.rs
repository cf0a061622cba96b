//! Words of all languages.

use super::super::Channel::*;
use super::super::token::Token::{self, *};
use crate::reply::Rows;

#[rustfmt::skip]
pub(super) const ROWS: &[(Token, Rows)] = &[
    (Channel(Email), &["e-mail", "e-mails", "email", "emails", "gmail"]),
    (Channel(Sms), &["sms"]),
    (Channel(Whatsapp), &["wapp", "watsapp", "wattsapp", "whats app", "whatsap", "whatsapp", "whatsapps", "whatsup"]),
    (Channel(Fax), &["fax"]),
    (Fine, &["ok", "okay"]),
    (Most, &["max"]),
    (Time, &["x"]),
    (Clock, &["h"]),
    (Stop, &["stop"]),
    (Courtesy, &["please", "pls", "plz", "thanks", "thx"]),
    (Elsewhere, &[
        "discord", "facebook", "imessage", "instagram", "line", "linkedin", "messenger", "signal", "skype",
        "telegram", "twitter", "viber", "wechat",
    ]),
    (Pm, &["pm"]),
];
