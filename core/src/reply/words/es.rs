//! Spanish.

use super::Language;

#[rustfmt::skip]
pub(super) const WORDS: Language = Language {
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
    spared: &[
        "no me borre", "no me borren", "no me borres", "no me de de baja", "no me den de baja",
        "no me des de baja", "no me elimine", "no me eliminen", "no me elimines", "no me quite", "no me quiten",
        "no me quites", "no me saque", "no me saquen", "no me saques", "nunca deje de", "nunca dejen de",
        "nunca dejes de", "nunca me borren", "nunca me quiten",
    ],
    reactions: &[
        "cuestiono", "destaco", "elimino un corazon de", "elimino un me gusta de", "enfatizo", "ha cuestionado",
        "ha destacado", "ha eliminado un me gusta de", "ha enfatizado", "ha preguntado por", "le dio risa",
        "le encanta", "le encanto", "le gusta", "le gusto", "le ha encantado", "le ha gustado",
        "le hizo gracia", "no le gusta", "no le gusto", "no le ha gustado", "pregunto por", "pregunto sobre",
        "quito un corazon de", "quito un me gusta de", "reacciono con un sticker a", "resalto",
        "se ha reido de", "se rio de",
    ],
    signed: &["a", "elimino de", "ha reaccionado con a", "quito de", "reacciono a", "reacciono con a"],
    instructions: &[
        "alto para cancelar", "baja para cancelar", "envia alto", "envia baja", "envia stop", "envie alto",
        "envie baja", "envie stop", "responda alto", "responda baja", "responda con stop", "responda stop",
        "responde alto", "responde baja", "responde stop", "stop para cancelar", "stop para darte de baja",
        "stop para no recibir", "stop para salir", "texto stop",
    ],
    quoting: &[("el", "escribio")],
};
