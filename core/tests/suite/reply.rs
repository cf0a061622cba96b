//! What replies say.

use dnc_core::reply::{HEAD, LANGUAGES, Meaning, Rows, TRADITIONAL, meaning};
use proptest::prelude::*;

/// Every text of a table, with those that are read otherwise named.
#[track_caller]
fn all(expected: Meaning, texts: &[&str]) {
    let wrong: Vec<_> = texts.iter().map(|text| (text, meaning(text))).filter(|(_, said)| *said != expected).collect();
    assert!(wrong.is_empty(), "not {}: {wrong:#?}", expected.name());
}

#[test]
fn keywords_end_messages() {
    all(
        Meaning::Stop,
        &[
            // The words of 47 CFR 64.1200(a)(10) and of carriers.
            "stop",
            "quit",
            "end",
            "revoke",
            "opt out",
            "cancel",
            "unsubscribe",
            "STOPALL",
            "STOP ALL",
            "OPTOUT",
            "OPT-OUT",
            "Opt_Out",
            "remove",
            "UNSUBSCRIBE ME",
            // However it is typed.
            "Stop!!!",
            "stop.",
            " \t stop\r\n",
            "\"STOP\"",
            "'stop'",
            "“Stop”",
            "«stop»",
            "**STOP**",
            "STOP 🛑",
            "🙏🏽 stop 🙏🏽",
            "ＳＴＯＰ",
            "\u{3000}ｓｔｏｐ！\u{3000}",
            "\u{a0}STOP\u{a0}",
            "S\u{200b}T\u{200d}O\u{feff}P",
            "st\u{ad}op",
            "𝐒𝐓𝐎𝐏",
            "𝓼𝓽𝓸𝓹",
            "ⓢⓣⓞⓟ",
            "🆂🆃🅾🅿",
            "S.T.O.P.",
            "s t o p",
            "S-T-O-P",
            "stoppp",
            "STOOOOP!",
            "stóp",
            "sto\u{301}p",
            // With courtesy, and again.
            "stop please",
            "please stop",
            "Stop, thanks",
            "STOP STOP",
            "stop. STOP! Stop...",
            "Please, sir: stop. Thank you!",
            "stop, unsubscribe",
            // Spanish.
            "BAJA",
            "¡Alto!",
            "por favor baja",
            "darme de baja",
            "cancelar",
            "Basta",
            "salir",
            "¿Cancelar?",
            "parar, gracias",
            // French.
            "ARRÊT",
            "arret",
            "Arre\u{302}tez svp",
            "désabonner",
            "Se désinscrire",
            "STOP s'il vous plaît",
            "FIN",
            "désabonnez-moi",
            "Résilier",
            "annuler, merci",
            // German.
            "STOPP",
            "Abmelden",
            "abbestellen bitte",
            "Kündigen",
            "kuendigen",
            "Schluß",
            "ENDE",
            "Bitte löschen!",
            "aufhören",
            // Italian.
            "basta",
            "Annulla",
            "cancellami, grazie",
            "disiscrivimi",
            "RIMUOVI",
            "per favore cancella",
            // Portuguese.
            "SAIR",
            "Pare",
            "parem por favor",
            "cancelar, obrigado",
            "Remover",
            "descadastrar",
            "desinscrição",
            "FIM",
            // Chinese.
            "停止",
            "退订",
            "退訂",
            "取消",
            "取消訂閱",
            "TD",
            "停",
            "停停停",
            "【退订】",
            "停 止",
            "停止，谢谢",
            "退訂，謝謝！",
            "終止",
            "STOP 退订",
            // Hindi.
            "रोकें",
            "बंद करो",
            "बन्द करो",
            "बंद करें",
            "स्टॉप",
            "कृपया बंद करें",
            "हटाओ।",
            "हटाएँ",
            "रद्द करें",
            "band karo",
            "Bandh karo",
            "roko",
            "band karo please",
            "ब\u{902}द करो",
        ],
    );
}

#[test]
fn keywords_begin_again() {
    all(
        Meaning::Start,
        &[
            "START",
            "start!",
            "Unstop",
            "UN-STOP",
            "subscribe",
            "Opt in",
            "opt-in",
            "OPTIN",
            "resume",
            "ＳＴＡＲＴ",
            "START START",
            "\"start\"",
            "s t a r t",
            "Alta",
            "dar de alta",
            "suscribirme",
            "Reanudar",
            "s'abonner",
            "m’abonner",
            "Reprendre",
            "Démarrer",
            "Anmelden",
            "abonnieren",
            "starten",
            "Inizia",
            "iscrivimi",
            "riprendi",
            "iniciar",
            "Começar",
            "Retomar",
            "开始",
            "開始",
            "订阅",
            "訂閱",
            "恢復",
            "शुरू",
            "शुरू करें",
            "चालू करो",
            "shuru karo",
        ],
    );
    // It is never guessed.
    all(
        Meaning::Nothing,
        &[
            "please start calling me again",
            "start please",
            "yes",
            "Yes!",
            "sí",
            "si",
            "oui",
            "ja",
            "sim",
            "是",
            "हाँ",
            "haan",
            "ok start tomorrow",
            "you can start calling",
            "I want to subscribe",
            "quiero darme de alta",
            "请开始",
            "START 2",
            "when does it start?",
            "opt in?! no idea",
            "start help",
            "je voudrais m'abonner",
            "continue",
            "J",
            "1",
        ],
    );
    all(Meaning::LikelyStop, &["start stop", "STOP START", "un stop me", "stop, do not start again"]);
}

#[test]
fn keywords_ask_for_help() {
    all(
        Meaning::Help,
        &[
            "HELP",
            "help?",
            "Info",
            "help please",
            "Help me",
            "AYUDA",
            "¿Información?",
            "aide",
            "Aide svp",
            "Hilfe!",
            "hilfe bitte",
            "aiuto",
            "Informazioni",
            "AJUDA",
            "informações",
            "帮助",
            "幫助",
            "求助",
            "मदद",
            "सहायता",
            "madad",
            "मदद करो",
            "ｈｅｌｐ",
        ],
    );
}

#[test]
fn free_text_that_refuses() {
    all(
        Meaning::LikelyStop,
        &[
            // English.
            "please stop calling me",
            "don't call me again",
            "Don’t call",
            "dont ever text me again",
            "DON`T TEXT ME",
            "do not text this number",
            "Do not call",
            "don?t call me",
            "don't you ever call this number again!",
            "take me off your list",
            "Take my number off your list please",
            "remove me from your list",
            "Remove this number from your system",
            "leave me alone",
            "no more calls",
            "No more texts!!",
            "not interested, stop",
            "Not interested",
            "wrong number",
            "You have the wrong person",
            "never contact me again",
            "Never call me",
            "lose my number",
            "I will sue you",
            "I'll sue",
            "who gave you my number? stop",
            "who gave you my number",
            "How did you get this number?!",
            "I told you not to call",
            "customer asked not to be contacted",
            "I do not want to be contacted",
            "I don't want your calls",
            "don't want any more of these messages... I don't want to receive them",
            "I no longer wish to receive texts",
            "I opt out",
            "I revoke my consent",
            "I hereby withdraw my consent",
            "I have opted out twice",
            "unsubscribe me from this list",
            "delete my number",
            "quit texting me",
            "cease and desist",
            "this is harassment",
            "reported as spam",
            "fuck off",
            "tired of your calls",
            "too many texts",
            "STOP it",
            "stop now",
            "stop 1",
            "ok, see you at the bus stop",
            "STOPPP calling",
            "s.t.o.p calling me",
            "DNC",
            "enough",
            "no more",
            "spam",
            "S\u{200b}TOP calling",
            "ＰＬＥＡＳＥ ＳＴＯＰ ＣＡＬＬＩＮＧ",
            "🛑",
            "🚫🚫",
            "Hi, this is Bob.\nPlease don't e-mail me anymore.\nBob",
            "get my name off that list",
            "Take my name and number off your calling list",
            "who is this? how did u get my number",
            "can you guys not text me",
            "pls take me out of your list",
            "Discontinue these messages",
            "please cancel my subscription",
            // Spanish.
            "no me llamen más",
            "No me llame",
            "ya no me llamen por favor",
            "bórrenme de la lista",
            "Bórreme de su lista",
            "quítenme de su lista",
            "eliminen mi número",
            "no quiero que me llamen",
            "No quiero más llamadas",
            "dejen de llamarme",
            "deja de molestarme",
            "no me vuelvan a llamar",
            "número equivocado",
            "no me interesa",
            "No estoy interesado, gracias",
            "déjenme en paz",
            "los voy a denunciar",
            "¿Quién les dio mi número?",
            "quiero darme de baja",
            "no deseo recibir publicidad",
            "NO LLAMAR",
            "nunca más me llame",
            "no me manden mensajes",
            "dejen de estar llamando a este número",
            "quiero que me borren de su base de datos",
            // French.
            "ne m'appelez plus",
            "Ne m’appelez plus jamais",
            "ne mappelez plus",
            "arrêtez de m'appeler",
            "arretez de m appeler",
            "retirez-moi de votre liste",
            "Supprimez mon numéro",
            "ne me contactez plus",
            "Je ne veux plus être appelé",
            "je ne souhaite plus recevoir de SMS",
            "plus d'appels",
            "laissez-moi tranquille",
            "pas intéressée",
            "faux numéro",
            "je vais porter plainte",
            "qui vous a donné mon numéro ?",
            "cessez de me harceler",
            "merci de ne plus me contacter",
            "m'appelez plus",
            "je suis sur Bloctel",
            "désabonnez-moi de cette liste",
            "NE PAS APPELER",
            "ne m'envoyez plus rien",
            "arrêtez avec vos appels",
            // German.
            "rufen Sie mich nicht mehr an",
            "Ruf mich nie wieder an!",
            "bitte nicht mehr anrufen",
            "keine Anrufe mehr",
            "Keine weiteren SMS",
            "löschen Sie meine Nummer",
            "Loeschen Sie bitte meine Daten",
            "Bitte meine Nummer löschen",
            "nehmen Sie mich von der Liste",
            "streichen Sie mich",
            "hören Sie auf",
            "hoer auf",
            "Lassen Sie mich in Ruhe",
            "Kein Interesse",
            "falsche Nummer",
            "Ich möchte nicht mehr angerufen werden",
            "ich widerspreche der Nutzung meiner Daten",
            "ich widerrufe meine Einwilligung",
            "keine Werbung",
            "Woher haben Sie meine Nummer?",
            "kontaktieren Sie mich nicht",
            "melden Sie sich nie wieder",
            // Italian.
            "non chiamatemi più",
            "Non mi chiamate più",
            "non voglio più essere contattato",
            "toglietemi dalla lista",
            "toglietemi dall'elenco",
            "cancellate il mio numero",
            "smettetela di chiamarmi",
            "basta chiamate",
            "lasciatemi in pace",
            "non mi interessa",
            "numero sbagliato",
            "vi denuncio",
            "chi vi ha dato il mio numero?",
            "revoco il consenso",
            "NON CHIAMARE",
            "non mandatemi più messaggi",
            "basta con queste chiamate",
            // Portuguese.
            "não me ligue mais",
            "Nao me liguem",
            "pare de me ligar",
            "parem de ligar",
            "tire-me da lista",
            "me tira da lista",
            "remova meu número",
            "não quero mais receber ligações",
            "me deixe em paz",
            "não tenho interesse",
            "número errado",
            "foi engano",
            "vou processar vocês",
            "quem deu meu número?",
            "não mande mais mensagem",
            "chega de ligações",
            "não me perturbe",
            "NÃO LIGAR",
            "quero cancelar o recebimento de mensagens",
            // Chinese, simplified and traditional.
            "不要再打电话",
            "别再打了",
            "请停止",
            "不要再打電話給我",
            "請停止",
            "别打电话给我",
            "不要给我打电话",
            "請不要再打來了",
            "不要联系我",
            "请勿打扰",
            "不要再發簡訊",
            "别再发短信了",
            "别烦我",
            "打错了",
            "打錯電話了",
            "我没兴趣",
            "沒有興趣",
            "不感兴趣",
            "你们这是骚扰",
            "我要投诉你们",
            "把我从名单中删除",
            "请帮我退订",
            "谁给你我的电话",
            "唔好再打嚟",
            "不想再接到你们的电话",
            "不要 再 打 电话",
            "不要",
            "拉黑了",
            "请不要再打电话，谢谢",
            "请把我的号码删除",
            "請將我從名單移除",
            "拒绝接收短信",
            // Hindi.
            "कॉल मत करो",
            "मुझे फोन मत करना",
            "मुझे फ़ोन मत करना",
            "दोबारा कॉल न करें",
            "मुझे कॉल मत कीजिए",
            "मैसेज मत भेजो",
            "मेरा नंबर हटा दो",
            "लिस्ट से मेरा नाम हटाओ",
            "गलत नंबर",
            "परेशान मत करो",
            "फोन करना बंद करो",
            "मत करो कॉल",
            "रुचि नहीं है",
            "मुझे कॉल नहीं चाहिए",
            "mujhe call mat karo",
            "Call mat karna dobara",
            "mujhe msg mat bhejo",
            "phone mat karo yaar",
            "mera number hata do",
            "list se mera naam hatao",
            "galat number",
            "pareshan mat karo",
            "interest nahi hai",
            "call karna band karo",
            "bas",
            "mujhe calls nahi chahiye",
        ],
    );
}

#[test]
fn ordinary_texts_say_nothing() {
    all(
        Meaning::Nothing,
        &[
            "",
            " ",
            "\n\t\r",
            "...",
            "?",
            "👍",
            "👍🏽 😀",
            "\u{200b}",
            "\u{301}",
            "\u{301}\u{302}",
            "\u{93c}\u{94d}",
            "\u{1}\u{7f}",
            // English.
            "yes please",
            "call me tomorrow at 5",
            "what is the price",
            "thanks",
            "thank you very much",
            "please",
            "ok",
            "no",
            "No thanks",
            "END of the month is fine",
            "the end of the week",
            "fine",
            "Please cancel my appointment",
            "can I cancel the order?",
            "I quit my job",
            "remove the blue one from my cart",
            "I will be there at 10",
            "who is this?",
            "Don't forget to call me",
            "do not hesitate to contact us",
            "don't worry, I'll call you",
            "I could not call you yesterday",
            "you did not call me",
            "I need more info",
            "I need help with my order",
            "nonstop flights",
            "stopwatch",
            "I stopped by yesterday",
            "endless",
            "unstoppable",
            "why are you not calling me?",
            "Sue will call you",
            "I'll send the report you asked for",
            "call Matt",
            "the number is 555-0100",
            "take 10% off the list price",
            "I lost my number plate",
            "no problem",
            "never mind",
            "I have your number",
            "can you remove the scratch",
            "leave it at the door",
            "block B, second floor",
            "list of numbers",
            "who gave the talk?",
            "Go ahead",
            "I don't get your message",
            "we go away on Friday",
            // Spanish.
            "sí, llámame mañana",
            "¿cuánto cuesta?",
            "fin de semana",
            "baja el precio y lo compro",
            "el alto costo",
            "para mañana",
            "no me llamo Pedro",
            "llámeme más tarde",
            "gracias",
            "por favor",
            "para llamar, ¿qué número marco?",
            "no, gracias",
            "estoy de baja",
            "no puedo hablar ahora",
            // French.
            "oui merci",
            "rappelez-moi plus tard",
            "vous pouvez m'appeler plus tard",
            "n'hésitez pas à m'appeler",
            "fin du mois",
            "quel est le prix ?",
            "je ne vous appelle pas",
            "vous arrêtez à quelle heure ?",
            "je vous ai donné mon numéro hier",
            "appelez-moi demain",
            "envoyez plus de détails",
            "n'envoyez pas la facture",
            // German.
            "ja bitte",
            "rufen Sie mich morgen an",
            "was kostet das?",
            "am Ende des Monats",
            "danke schön",
            "bitte",
            "Ich habe keine SMS bekommen",
            "Ich melde mich",
            "halt mal kurz",
            "nicht schlecht",
            "schicken Sie mir ein Angebot",
            // Italian.
            "sì grazie",
            "chiamami domani",
            "va bene",
            "quanto costa?",
            "basta chiamare il numero verde",
            "alla fine del mese",
            "vi ho dato il mio numero",
            "non ho capito",
            // Portuguese.
            "sim, por favor",
            "me ligue amanhã",
            "qual o preço?",
            "o celular não liga",
            "para ligar qual o número?",
            "no fim do mês",
            "se não me engano",
            "obrigado",
            "vocês têm meu número?",
            // Chinese.
            "好的",
            "明天给我打电话",
            "多少钱",
            "多少錢",
            "谢谢",
            "要不要打电话给你",
            "要不要再打電話",
            "不要发票",
            "有别的电话吗",
            "分别联系",
            "特别推广",
            "不要忘了联系我",
            "这个月结束",
            "取消订单",
            "我打错字了",
            "不要香菜",
            "請停車",
            "价格是多少",
            // Hindi.
            "कल फोन करना",
            "क्या कीमत है",
            "हाँ जी",
            "ठीक है",
            "कॉल नहीं आया",
            "दुकान बंद है",
            "धन्यवाद",
            "kal call karna",
            "haan ji",
            "kitna price hai",
            "dukaan band hai",
            "call nahi aaya",
            "shukriya",
            // Other languages and plain noise.
            "Привет",
            "こんにちは",
            "안녕하세요",
            "مرحبا",
            "4155550101",
            "https://example.com/end",
            "{}[]\\|",
        ],
    );
}

#[test]
fn names() {
    let all = [Meaning::Stop, Meaning::Start, Meaning::Help, Meaning::LikelyStop, Meaning::Nothing];
    assert_eq!(all.map(Meaning::name), ["stop", "start", "help", "likely_stop", "nothing"]);
}

#[test]
fn rows_are_written_as_texts_are_read() {
    let mut out_of_order = Vec::new();
    let mut ordered =
        |rows: Rows| out_of_order.extend(rows.windows(2).filter(|pair| pair[0] >= pair[1]).map(|pair| pair[1]));
    ordered(TRADITIONAL);
    for language in &LANGUAGES {
        for rows in [language.stop, language.start, language.help, language.perhaps, language.courtesy] {
            ordered(rows);
        }
        for rows in [language.phrases, language.fillers, language.harmless] {
            ordered(rows);
        }
        language.pairs.iter().for_each(|(first, second)| [first, second].into_iter().for_each(|rows| ordered(rows)));
    }
    assert!(out_of_order.is_empty(), "not in the order of their bytes, or there twice: {out_of_order:?}");
    // A row with an accent, an apostrophe or a filler, or one that means two things, would not be found.
    for language in &LANGUAGES {
        all(Meaning::Stop, language.stop);
        all(Meaning::Start, language.start);
        all(Meaning::Help, language.help);
        all(Meaning::LikelyStop, language.perhaps);
        all(Meaning::Nothing, language.courtesy);
        all(Meaning::Nothing, language.harmless);
        for phrase in language.phrases {
            all(Meaning::LikelyStop, &[&format!("x {phrase} x")]);
        }
        for (first, second) in language.pairs {
            for (one, other) in first.iter().flat_map(|one| second.iter().map(move |other| (one, other))) {
                all(Meaning::LikelyStop, &[&format!("x {one} {other} x")]);
            }
        }
        for polite in language.courtesy {
            all(Meaning::Stop, &[&format!("{polite}, stop"), &format!("STOP {polite}!")]);
        }
        for filler in
            language.fillers.iter().filter(|filler| !filler.starts_with(|c: char| ('\u{4e00}'..).contains(&c)))
        {
            let (first, second) = language.pairs[0];
            all(Meaning::LikelyStop, &[&format!("{} {filler} {}", first[0], second[0])]);
        }
    }
    assert!(TRADITIONAL.iter().all(|pair| pair.chars().count() == 2));
}

#[test]
fn long_texts() {
    let noise = "lorem ipsum ".repeat(100_000);
    assert_eq!(meaning(&noise), Meaning::Nothing);
    assert_eq!(meaning(&format!("please stop calling. {noise}")), Meaning::LikelyStop);
    // Beyond the head nothing is read, but it is there: this is not the keyword alone.
    assert_eq!(meaning(&format!("{noise} stop")), Meaning::Nothing);
    assert_eq!(meaning(&format!("stop {noise}")), Meaning::LikelyStop);
    assert_eq!(meaning(&format!("start {noise}")), Meaning::Nothing);
    assert_eq!(meaning(&format!("start{}x", "!".repeat(HEAD))), Meaning::Nothing);
    // Padding is nothing.
    assert_eq!(meaning(&format!("{0}stop{0}", " \n".repeat(500_000))), Meaning::Stop);
    // What could make a search slow.
    for unit in ["stop ", "do not ", "a ", "aa", "不要", "要不要", "\u{301}", "\u{200b}", "न ", "ß", "🛑", "ﷺ", "İ"]
    {
        let text = unit.repeat(1_000_000 / unit.len());
        let begun = std::time::Instant::now();
        meaning(&text);
        assert!(begun.elapsed().as_secs() < 2, "{unit:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_can_be_read(
        text in any::<String>(),
        pieces in "([a-z' ]|stop|不要|打|要不要|\u{301}|मत|\u{94d}|\\PC|\\pM){0,40}",
    ) {
        meaning(&text);
        meaning(&pieces);
        meaning(&format!("{text}{pieces}"));
    }

    #[test]
    fn keywords_stay_however_they_are_typed(
        language in 0..LANGUAGES.len(),
        nth in any::<prop::sample::Index>(),
        before in "[ \t\n.!?\"'*()\u{a0}\u{3000}\u{200b}。！«»🛑🙏]{0,6}",
        after in "[ \t\n.!?\"'*()\u{a0}\u{3000}\u{200b}。！«»🛑🙏]{0,6}",
    ) {
        let language = &LANGUAGES[language];
        for (rows, expected) in
            [(language.stop, Meaning::Stop), (language.start, Meaning::Start), (language.help, Meaning::Help)]
        {
            let row = nth.get(rows);
            let wide = row.chars().map(|c| match c {
                'a'..='z' => char::from_u32(c as u32 + 0xfee0).unwrap(),
                _ => c,
            });
            let accented = row.chars().flat_map(|c| [Some(c), c.is_ascii_lowercase().then_some('\u{301}')]);
            for text in [
                row.to_string(),
                row.to_uppercase(),
                row.replace(' ', "  -\n"),
                wide.collect(),
                accented.flatten().collect(),
                format!("{row} {row}"),
            ] {
                prop_assert_eq!(meaning(&format!("{before}{text}{after}")), expected, "{}", text);
            }
        }
    }
}
