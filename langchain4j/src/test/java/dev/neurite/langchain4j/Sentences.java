package dev.neurite.langchain4j;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// 500 texts of many languages, scripts and kinds, always the same ones.
final class Sentences {
    /// For each language, subjects and predicates that make a sentence; the space between them comes first.
    private static final String[][] LANGUAGES = {
        {
            " ",
            "The old clock|My neighbour's dog|Every second train|Nobody in the office|A small boat",
            "was late again this morning.|needs a new battery, doesn't it?|crossed the river at dawn.|"
                    + "has been waiting for hours!|knows why the lights went out."
        },
        {
            " ",
            "Der alte Bäcker|Unsere Straßenbahn|Das Mädchen von gegenüber|Ein größerer Tisch|Die Übung",
            "kommt heute später.|hat gestern viel Geld gekostet.|passt nicht durch die Tür!|"
                    + "gefällt mir außerordentlich.|wäre früher möglich gewesen, oder?"
        },
        {
            " ",
            "L'élève du fond|Notre forêt|Le garçon naïf|Cette façade grise|Un œuf",
            "n'a rien remarqué.|coûte très cher à Noël.|s'était déjà réveillé, hélas !|"
                    + "change de couleur l'été.|plaît à tout le monde."
        },
        {
            " ",
            "El niño|La mañana fría|Mi compañera de piso|Un pingüino|El último tranvía",
            "llegó sin avisar.|¿dónde estará ahora?|cantó toda la noche.|siempre pide más café.|¡no cabe en el jardín!"
        },
        {
            " ",
            "Старый маяк|Моя соседка|Каждый ёж|Этот длинный поезд|Тихий снег",
            "давно не работает.|опять опоздала на урок.|любит молоко и яблоки.|"
                    + "идёт через весь город?|исчез до рассвета!"
        },
        {
            " ",
            "Ο γέρος ψαράς|Η μικρή πόλη|Το πλοίο|Κάθε άνοιξη|Ο φίλος μας",
            "έφυγε χθες το βράδυ.|δεν έχει θάλασσα.|γύρισε από το νησί;|"
                    + "τραγουδάει στους δρόμους.|ήξερε την απάντηση!"
        },
        {
            " ",
            "الولد الصغير|مدينتنا القديمة|قطار الصباح|صديقي من الجنوب|هذا الكتاب",
            "وصل متأخرا اليوم.|يحب القهوة والتمر.|لا يعرف الطريق؟|سافر قبل الفجر.|كان جميلا جدا!"
        },
        {
            " ",
            "הילד הקטן|השכנה שלי|הרכבת האחרונה|כל בוקר|החתול האפור",
            "הגיע מאוחר מאוד.|אוהב תפוחים ודבש.|יצא בלי מפתח?|נשאר ליד הים.|שר כל הלילה!"
        },
        {
            " ",
            "पुरानी घड़ी|मेरा पड़ोसी|हर दूसरी रेलगाड़ी|छोटी नदी|वह लड़का",
            "आज देर से आई।|बाज़ार नहीं गया।|सुबह से रुकी है?|पहाड़ के पीछे है।|बहुत अच्छा गाता है!"
        },
        {"", "我的邻居|那座旧桥|每一列火车|他们的小狗|图书馆", "今天又迟到了。|已经修好了吗？|在河边等了很久。|不喜欢下雨天！|离学校很近。"},
        {"", "古い時計|となりの猫|この電車|わたしたちの先生|小さなカメラ", "は毎朝おくれます。|がまだ見つからない。|をきのう直しました。|はどこにありますか？|もよく動きます！"},
        {" ", "오래된 시계가|우리 이웃은|작은 배가|마지막 기차는|그 선생님은", "오늘도 늦었습니다.|아침마다 노래한다.|강을 건너갔다!|언제 떠납니까?|커피를 좋아해요."},
        {
            "",
            "นาฬิกาเก่า|เพื่อนบ้านของฉัน|รถไฟขบวนแรก|แมวตัวเล็ก|แม่น้ำสายนี้",
            "มาสายอีกแล้ว|ชอบกินปลา|ออกเดินทางเมื่อเช้า|อยู่ที่ไหน|สวยงามมาก"
        },
        {
            " ",
            "Ông lão|Con đường nhỏ|Chiếc đồng hồ cũ|Mùa xuân này|Bạn tôi",
            "đã về từ hôm qua.|không có điện.|rất thích cà phê sữa đá!|sẽ đến muộn phải không?|" + "nằm cạnh dòng sông."
        }
    };

    private static final List<String> EMOJI = List.of(
            "😀",
            "Good morning ☀️",
            "👩‍💻 ships on Friday 🚀🚀🚀",
            "🇩🇪🇫🇷🇯🇵",
            "thumbs 👍🏽 up",
            "❤️ > 💔",
            "1️⃣2️⃣3️⃣",
            "party🎉party",
            "🐈‍⬛ sleeps 😴 all day",
            "👨‍👩‍👧‍👦 family",
            "☕ or 🍵?",
            "🏳️‍🌈",
            "so funny 😂😂😂😂😂😂",
            "it rains ⛈ again",
            "♠♥♦♣",
            "✓ done, ✗ failed",
            "→ ← ↑ ↓ ⇒",
            "🀄 and 🂡",
            "∑ ∫ √ ∞ ≠ ≤",
            "™ © ® ℗");

    private static final List<String> CODE = List.of(
            "for (int i = 0; i < n; i++) sum += x[i] * y[i];",
            "def f(x): return x**2 + 3*x - 1",
            "SELECT name, COUNT(*) FROM cats GROUP BY name HAVING COUNT(*) > 2;",
            "if [ \"$#\" -ne 1 ]; then exit 64; fi",
            "git commit -m 'a message' && git push --force",
            "public static void main(String[] args) {}",
            "{\"id\": 7, \"tags\": [\"a\", \"b\"], \"ok\": true, \"none\": null}",
            "<div class=\"row\"><p>text &amp; more</p></div>",
            "std::vector<std::unique_ptr<Node>> nodes;",
            "let [a, ...rest] = xs.map(x => x ?? 0);",
            "#include <stdio.h>\nint main(void) { return 0; }",
            "fn area(&self) -> f64 { self.w * self.h }",
            "x_train_normalized = (x_train - mean) / std",
            "NullPointerException at Foo.java:42",
            "0xDEADBEEF & ~0x0F | 1 << 4",
            "a[-1] != a[len(a)-1]",
            "camelCaseAndsnake_case-and-kebab-case",
            "/* comment */ // another",
            "rm -rf ./build/*.o",
            "## a heading ##and ###more");

    private static final List<String> ADDRESSES = List.of(
            "https://example.org/path/to/page?query=1&other=two#part",
            "see www.example.com, then ask",
            "someone.else+tag@mail.example.co.uk",
            "ftp://host:21/file.tar.gz",
            "C:\\Users\\me\\file (1).txt",
            "/usr/share/doc/readme",
            "192.168.0.1:8080",
            "2001:db8::ff00:42:8329",
            "#topic @person",
            "doi:10.1000/182",
            "https://пример.рф/страница",
            "https://例え.jp/頁",
            "mailto:a@b",
            "file.name.with.many.dots.txt",
            "http://a.b/%20%E2%82%AC");

    private static final List<String> NUMBERS = List.of(
            "7",
            "3.14159265358979323846",
            "-273.15 °C",
            "1,234,567.89 €",
            "€ 1.234.567,89",
            "50 % off",
            "2026-11-29T12:34:56Z",
            "11/29/26, 3:05 pm",
            "+49 (0)30 1234-5678",
            "1e-9 and 6.02e23",
            "½ + ¼ = ¾",
            "x² + y³ = zⁿ",
            "Ⅳ, Ⅷ and Ⅻ",
            "٣٤٥ و ٦",
            "१२३ और ४",
            "一百二十三",
            "1st 2nd 3rd 4th",
            "9999999999999999999999999999",
            "1/2/3/4/5",
            "$19.99 vs £15");

    private static final List<String> CONTROLS = List.of(
            "a\u0000b",
            "bell\u0007 rings",
            "tab\there\tand there",
            "two\nlines\r\nand a third\rone",
            "zero\u200bwidth\u200cspace\u200d.",
            "\ufeffa mark before",
            "soft\u00adhy\u00adphen",
            "right \u202eto left\u202c again",
            "next\u0085line",
            "line\u2028paragraph\u2029end",
            "re\ufffdplaced",
            "private \ue000\uf8ff use",
            "\u0001\u0002x\u007f\u0080y",
            "no\u00a0break\u202fspaces\u3000here\u2003too",
            "unassigned \u0378 \u2fe0 \udb40\udc01tag");

    private static final List<String> MARKS = List.of(
            "cafe\u0301 and café",
            "man\u0303ana, mañana",
            "z\u0351\u0364a\u0315\u0327l\u0342g\u0360o\u0489",
            "a\u0328\u0301 ą́",
            "\u1112\u1161\u11ab\u1100\u1173\u11af 한글",
            "İstanbul ISTANBUL ıstanbul",
            "Straße STRASSE ẞ",
            "ﬁne ﬂow eﬃcient",
            "Ångström Å \u212b",
            "ǅungla Ǆ ǆ",
            "ﷺ ﷽",
            "ｆｕｌｌ ｗｉｄｔｈ ＡＢＣ",
            "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝐛𝐨𝐥𝐝",
            "ΑΣ ας ΣΊΣΥΦΟΣ",
            "\u0301alone \u0301 alone");

    private static final List<String> MIXED = List.of(
            "I said \"привет\" to 世界 and left.",
            "Tokyo 東京 Tōkyō とうきょう",
            "שלום world مرحبا monde",
            "price:12€/kg,incl.VAT",
            "ALL CAPITALS AND lower",
            "iPhone15ProMax",
            "don't can't won't shouldn't've",
            "...",
            "?!?!?!",
            "-",
            "_",
            " leading and trailing   spaces  ",
            "“quoted” ‘single’ «guillemets» „deutsch“",
            "hyphen-ated–dash—long",
            "supercalifragilisticexpialidocious antidisestablishmentarianism");

    private static final List<String> SPECIAL = List.of(
            "[CLS] begins and [SEP] ends",
            "[MASK]",
            "the [MASK] sat on the [UNK]",
            "[PAD] [PAD]",
            "[cls] [sep] in small letters",
            "##ing alone",
            "a [SEP]b[SEP] c",
            "<s> </s> <mask>",
            "[unused1] [unused99]",
            "[[CLS]]");

    private Sentences() {}

    /// All 500.
    static List<String> all() {
        List<String> all = new ArrayList<>();
        for (String[] language : LANGUAGES) {
            for (String subject : language[1].split("\\|", -1)) {
                for (String predicate : language[2].split("\\|", -1)) all.add(subject + language[0] + predicate);
            }
        }
        Stream.of(EMOJI, CODE, ADDRESSES, NUMBERS, CONTROLS, MARKS, MIXED, SPECIAL, lengths())
                .forEach(all::addAll);
        return all;
    }

    /// Around 126 tokens, where all-MiniLM-L6-v2's tokenizer cuts, and far longer ones.
    private static List<String> lengths() {
        String mixed = "the river 水 снег unbelievably 😀 3.5 ";
        return List.of(
                "word ".repeat(124),
                "word ".repeat(125),
                "word ".repeat(126),
                "word ".repeat(127),
                "word ".repeat(128),
                "a " + "unaffable ".repeat(60), // the last word is cut in its middle
                "an other " + "unaffable ".repeat(60),
                "x".repeat(100),
                "x".repeat(101), // longer than the words of the vocabulary may be
                "y ".repeat(50) + "z".repeat(5000),
                "long texts have many words, ".repeat(100), // 600 tokens
                "and longer ones have more. ".repeat(334), // 2,000 tokens
                "снег идёт весь день ".repeat(60),
                "每天早上都下雨".repeat(90),
                "नदी के पार ".repeat(80),
                mixed.repeat(8),
                mixed.repeat(40),
                mixed.repeat(200),
                "a,b;c:d.".repeat(75),
                "\n\n\n".repeat(100) + "after a gap");
    }
}
