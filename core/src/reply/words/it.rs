//! Italian. "Fine" is not a keyword, since it answers questions in English.

use super::Language;

#[rustfmt::skip]
pub(super) const WORDS: Language = Language {
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
    spared: &[
        "non cancellarmi", "non cancellatemi", "non disiscrivermi", "non disiscrivetemi", "non eliminarmi",
        "non eliminatemi", "non rimuovermi", "non rimuovetemi", "non smettere", "non smettere mai",
        "non smettete", "non smettete mai", "non togliermi", "non toglietemi",
    ],
    reactions: &[
        "adora", "gli piace", "ha adorato", "ha amato", "ha domandato", "ha enfatizzato", "ha evidenziato",
        "ha messo in dubbio", "ha messo mi piace a", "ha messo non mi piace a",
        "ha messo un punto di domanda a", "ha messo un punto interrogativo a", "ha reagito con uno sticker a",
        "ha rimosso mi piace da", "ha rimosso un cuore da", "ha rimosso un mi piace da", "ha riso a",
        "ha riso di", "ha riso per", "le piace", "non piace", "piace",
    ],
    signed: &["a", "ha reagito a", "ha reagito con a", "ha rimosso da"],
    instructions: &[
        "invia stop", "inviare stop", "inviate stop", "rispondere stop", "rispondete stop", "rispondi con stop",
        "rispondi stop", "stop al", "stop per cancellarti",
    ],
    quoting: &[("il", "ha scritto")],
};
