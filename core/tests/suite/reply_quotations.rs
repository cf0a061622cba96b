//! What a reply repeats, and what the person wrote beside it.

use super::reply::all;
use dnc_core::reply::Meaning;

#[test]
fn reactions_are_no_refusals() {
    all(
        Meaning::Nothing,
        &[
            "Liked “Acme: 20 % off today. Reply STOP to opt out”",
            "Liked \"STOP\"",
            "liked “STOP”",
            "Loved “Your order is ready.\nReply STOP to end”",
            "Disliked “Acme: sale! Text STOP to quit.”",
            "Laughed at “They said “ok”. Reply STOP to end”",
            "Laughed at \"They said \"ok\". Reply STOP to end\"",
            "Emphasized “Reply STOP to cancel”",
            "Questioned “Reply STOP to cancel”",
            "Removed a like from “Reply STOP to cancel”",
            "Removed an exclamation from “Reply STOP to cancel”",
            "Liked ‘Don’t miss it. Reply STOP to cancel’",
            "\u{200e}Liked “Reply STOP to cancel”\u{200e}",
            "👍 to “ Reply STOP to cancel ”",
            "\u{200b}👍🏽\u{200b} to “Reply STOP to cancel”",
            "❤️ to \"Reply STOP to cancel\"",
            "Reacted 👍 to “Reply STOP to cancel”",
            "Reacted with 😂 to “Reply STOP to cancel”",
            "Removed 👍 from “Reply STOP to cancel”",
            "Le gustó “Responda BAJA para cancelar”",
            "A aimé « Envoyez STOP au 36111 »",
            "N’a pas aimé « Envoyez STOP au 36111 »",
            "A supprimé un « J’aime » de « Envoyez STOP au 36111 »",
            "Mag „Antworten Sie mit STOP“",
            "Gefällt „Antworten Sie mit STOP“ nicht",
            "Hat mit 👍 auf „Antworten Sie mit STOP“ reagiert",
            "Ha messo “Mi piace” a “Rispondi STOP”",
            "Curtiu “Responda SAIR”",
            "Reagiu com 👍 a “Responda SAIR”",
            "喜欢“回复TD退订”",
            "对“回复TD退订”大笑",
            "पसंद किया “STOP भेजें”",
            "Liked “Reply STOP to end”\nSee you on Friday",
            "Liked “Reply STOP to end”\nLoved “STOP”",
        ],
    );
    // An empty quotation quotes nothing.
    all(Meaning::Help, &["«»🛑a  -\nlaide"]);
    // What is written beside it counts, and what is none is none.
    all(Meaning::Stop, &["Liked “Reply STOP to end”\nSTOP", "stop\nLiked “Reply STOP to end”"]);
    all(
        Meaning::LikelyStop,
        &[
            "Liked “Reply STOP to end” but stop calling",
            "Liked “Reply STOP to end”\nplease stop calling me",
            "I liked “Reply STOP to end”. STOP",
            "Liked STOP",
            "Liked “Reply STOP to en",
            "to “Please STOP calling”",
            "👍 “Please STOP calling”",
            // A stop sign is one, whatever it is put on.
            "Reacted 🛑 to “Reply HELP for help”",
            "🚫 to “Reply STOP to cancel”",
            "Liked “ok”, STOP “now”",
            "Liked \"ok\", STOP \"now\"",
            "Liked „ok“, STOP „now“",
            "Liked «ok», STOP «now»",
            "Liked ‘ok’, STOP ‘now’",
        ],
    );
    all(Meaning::Nothing, &["Liked “Reply START to begin”\nSTART", "Liked “START”"]);
}

#[test]
fn quotations_are_no_refusals() {
    all(
        Meaning::Nothing,
        &[
            "> Reply STOP to end\nSee you tomorrow",
            "Thanks!\r\n\r\n > Sale!\r\n > Reply STOP to end",
            ">> Reply STOP to end\n> yes\nok",
            "Ok\n\nOn Mon, Jan 5, 2026 at 3:00 PM Acme <news@example.com> wrote:\n> Reply STOP to end",
            "Ok\n\nOn Mon, Jan 5, 2026 at 3:00 PM Acme News <news@example.com>\nwrote:\n\n> Reply STOP to end",
            "Ok\nOn Jan 5, 2026, at 15:00, Acme <news@example.com> wrote:\n\nSale! Reply STOP to end",
            "Gern!\nAm 05.01.2026 um 15:00 schrieb Acme <news@example.com>:\n> Abmelden: STOP",
            "D'accord\nLe lun. 5 janv. 2026 à 15:00, Acme a écrit :\n> STOP au 36111",
            "Vale\nEl lun, 5 ene 2026 a las 15:00, Acme escribió:\n> Responda BAJA",
            "好的\nAcme 于2026年1月5日周一 15:00写道：\n> 回复TD退订",
            "What does \"Reply STOP to opt out\" mean?",
            "you wrote “Text STOP to end”, which offer was that",
            "was heißt „Antworten Sie mit STOP“?",
        ],
    );
    all(
        Meaning::Stop,
        &[
            "> Reply STOP to end\nSTOP",
            "STOP\n\nOn Mon, Jan 5, 2026 at 3:00 PM Acme <news@example.com> wrote:\n> Reply HELP for help",
            "On Mon, Jan 5, 2026 at 3:00 PM Acme <news@example.com> wrote:\nReply HELP for help\n\nSTOP",
            "On Mon, Jan 5, 2026 at 3:00 PM Acme <news@example.com> wrote:\n> Reply HELP for help\nSTOP",
            "\"Reply STOP to end\" STOP",
            // Nothing but a quotation.
            "> STOP",
            "\"STOP\"",
            "“Stop”",
            "> STOP\n> STOP",
        ],
    );
    all(
        Meaning::LikelyStop,
        &[
            "> Reply STOP to end",
            "\"Reply STOP to end\"",
            "I sent \"STOP\" twice",
            "Again: \"STOP\"",
            "\"please stop calling\" is what I said",
            "you said \"Reply STOP to end\", so stop",
            "ok\nOn Monday I wrote:\nplease stop texting me",
            "ok\nOn Jan 5, 2026 at 15:00 I wrote:\nplease stop texting me",
            "On second thought stop\nOn Mon, Jan 5, 2026 at 3:00 PM Acme <news@example.com> wrote:\n> Sale",
            "On 5 Jan 2026 stop this, as the law wrote:\nok",
            "5\" pipe? \"no\" stop texting \"me\"",
        ],
    );
    // A START beside a quotation is not alone.
    all(Meaning::Nothing, &["> Reply START to begin\nSTART"]);
}

#[test]
fn requests_for_more_are_no_refusals() {
    all(
        Meaning::Nothing,
        &[
            "please do not remove me",
            "Please don’t remove me from the list!",
            "don't unsubscribe me",
            "Don't unsubscribe",
            "never stop sending",
            "I love these, never stop sending them",
            "Hi, please don't take me off. Thanks",
            "do not stop",
            "don't opt me out",
            "don't cancel my subscription",
            "Bitte löschen Sie mich nicht",
            "löschen Sie mich nicht",
            "no me den de baja por favor",
            "ne me désabonnez pas",
            "non cancellatemi",
            "não me remova da lista",
            "不要退订",
            "请不要把我删除",
            "मुझे मत हटाओ",
            "don't unsubscribe me. start",
        ],
    );
    all(
        Meaning::LikelyStop,
        &[
            "Don't. Stop.",
            "don't, stop texting me",
            "No. Never! Stop sending",
            "you never stop sending these",
            "do you never stop sending these",
            "they don't stop",
            "why don't you stop",
            "why don't you remove me",
            "don't remove me, just stop calling",
            "please do not remove me and stop calling",
            "do not remove or unsubscribe me",
            "do not only remove me but delete my data",
            "do not remove only me, delete my number",
            "do not call",
            "don't stop. STOP",
            "löschen Sie mich nicht nur aus der Liste",
            "no, dejen de llamarme",
            "no dejen de llamarme",
            "不要 退订",
            "不要，退订",
            "don't 🛑 stop",
        ],
    );
}
