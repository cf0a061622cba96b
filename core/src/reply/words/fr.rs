//! French.

use super::Language;

#[rustfmt::skip]
pub(super) const WORDS: Language = Language {
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
    spared: &[
        "narretez jamais", "narretez pas", "ne cessez jamais", "ne cessez pas", "ne marretez pas",
        "ne me desabonne pas", "ne me desabonnez pas", "ne me desinscrivez pas", "ne me retire pas",
        "ne me retirez pas", "ne me supprime pas", "ne me supprimez pas", "ne men levez pas", "ne menlevez pas",
        "ne vous arretez jamais", "ne vous arretez pas",
    ],
    reactions: &[
        "a adore", "a aime", "a insiste sur", "a mis en evidence", "a mis laccent sur",
        "a mis un point dinterrogation a", "a mis un point dinterrogation sur", "a pose une question sur",
        "a questionne", "a reagi avec un autocollant a", "a remis en question", "a retire un coeur de",
        "a retire un jaime de", "a ri", "a ri a", "a ri de", "a souligne", "a supprime la mention jaime de",
        "a supprime un coeur de", "a supprime un jaime de", "adore", "aime", "na pas aime", "naime pas",
        "rit de", "sinterroge sur",
    ],
    signed: &["a", "a reagi a", "a reagi avec a", "a reagi par a", "a retire de", "a supprime de"],
    instructions: &[
        "arret au", "envoyer stop", "envoyez arret", "envoyez stop", "repondez arret", "repondez par stop",
        "repondez stop", "repondre arret", "repondre stop", "stop au", "stop par sms", "stop sms",
    ],
    quoting: &[("le", "a ecrit")],
};
