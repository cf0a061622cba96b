//! Hindi, in Devanagari and in Latin script.

use super::Language;

#[rustfmt::skip]
pub(super) const WORDS: Language = Language {
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
    spared: &[
        "mera number mat hatao", "mujhe list se mat hatao", "mujhe mat hataiye", "mujhe mat hatao",
        "मुझे मत हटाइए", "मुझे मत हटाओ", "मुझे लिस्ट से मत हटाओ", "मेरा नंबर मत हटाओ", "मेरा नाम मत हटाओ",
    ],
    reactions: &[
        "को नापसंद किया", "को पसंद किया", "को लाइक किया", "नापसंद किया", "पर जोर दिया", "पर प्रश्न किया",
        "पर सवाल किया", "पर हंसे", "पसंद आया", "पसंद किया", "बेहद पसंद आया",
    ],
    signed: &["पर", "पर के साथ प्रतिक्रिया दी", "पर प्रतिक्रिया दी"],
    instructions: &["reply stop", "stop bheje", "stop bhejen", "stop likhkar", "stop भेजें", "stop लिखकर"],
    quoting: &[("", "ने लिखा")],
};
