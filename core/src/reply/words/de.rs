//! German, with and without umlauts.

use super::Language;

#[rustfmt::skip]
pub(super) const WORDS: Language = Language {
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
    spared: &[
        "entfernen sie mich nicht", "entfernt mich nicht", "hoeren sie nicht auf", "hoeren sie nie auf",
        "hoert nicht auf", "horen sie nicht auf", "horen sie nie auf", "hort nicht auf",
        "loeschen sie mich nicht", "loescht mich nicht", "loschen sie mich nicht", "loscht mich nicht",
        "melden sie mich nicht ab", "meldet mich nicht ab", "mich bitte nicht abmelden", "mich nicht abmelden",
        "mich nicht entfernen", "mich nicht loeschen", "mich nicht loschen", "nehmen sie mich nicht aus",
        "nehmen sie mich nicht von", "nicht abbestellen", "nicht abmelden", "nicht aufhoeren", "nicht aufhoren",
        "nicht entfernen", "nicht stoppen", "streichen sie mich nicht", "tragen sie mich nicht aus",
    ],
    reactions: &[
        "betont", "betonte", "fragt nach", "gefaellt", "gefaellt nicht", "gefallt", "gefallt mir",
        "gefallt mir entfernt von", "gefallt mir nicht", "gefallt nicht", "hat betont",
        "hat ein gefallt mir von entfernt", "hat ein herz von entfernt", "hat geliebt", "hat geliked",
        "hat hervorgehoben", "hat mit einem sticker auf reagiert", "hat mit gefallt mir markiert",
        "hat uber gelacht", "hebt hervor", "hervorgehoben", "hinterfragt", "lacht uber", "lacht ueber",
        "lachte uber", "liebt", "mag", "mag nicht",
    ],
    signed: &[
        "auf", "hat auf reagiert", "hat mit auf reagiert", "hat von entfernt", "mit auf reagiert",
        "reagierte auf", "reagierte mit auf", "zu",
    ],
    instructions: &[
        "antwort stop", "antworte mit stop", "antworte mit stopp", "antworten sie mit stop",
        "antworten sie mit stopp", "antworten sie stop", "mit stop abmelden", "mit stop antworten",
        "mit stopp abmelden", "mit stopp antworten", "sende stop", "senden sie stop", "stop an",
        "stop antworten", "stop senden", "stopp an", "stopp antworten", "stopp senden",
    ],
    quoting: &[("am", "schrieb")],
};
