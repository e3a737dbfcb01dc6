package dev.neurite.text;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Texts of many scripts, and odd ones.
final class SampleTexts {
    private static final List<String> WRITTEN = List.of(
            "",
            " ",
            "   ",
            "\n",
            "\t \r\n",
            "a",
            " a",
            "a ",
            "Hello world",
            "Hello, world! How are you?",
            "  two  spaces   three ",
            "The unaffable tokenizer's tokens don't re-tokenize; they'll've been tokenized, I'm sure.",
            "I'LL SAY IT'S HERS, WE'RE THEIRS",
            "'s't're've'm'll'd",
            "rock 'n' roll ''quoted'' \"double\" `back`",
            "1 22 333 4444 55555 3.14 1,000,000 -5 +7 1e-9 0x1F",
            "x=y+z*(a-b)/c^d%e&f|g~h<i>j@k#l$m\\n_o[p]{q}",
            "http://example.org/a_b?c=d&e=f#g mail@example.org",
            "CamelCase snake_case kebab-case SHOUT",
            "line one\nline two\r\nline three\n\n\nafter",
            "tab\tseparated\tvalues",
            "éàüöñç ÉÀÜÖÑÇ ÅåÆæØø Łł ßẞ İı ſt",
            "e\u0301a\u0300u\u0308 A\u030A n\u0303 o\u0323\u0302 o\u0302\u0323 q\u0307\u0323 q\u0323\u0307",
            "\u0301leading mark",
            "Zalgo: Z\u0351\u036B\u0343\u036A\u0302\u0366\u0310a\u0300\u0301\u0302\u0303\u0304l",
            "Привет, мир! Ёлка, йод, ЩЁКИ. Е\u0308 И\u0306",
            "Γειά σου Κόσμε ΟΔΥΣΣΕΎΣ ὈΔΥΣΣΕΎΣ ᾳ ᾼ",
            "שלום עולם בְּרֵאשִׁית",
            "مرحبا بالعالم بِسْمِ ٱللَّٰهِ ١٢٣",
            "नमस्ते दुनिया क्षत्रिय हिन्दी १२३",
            "สวัสดีชาวโลก ภาษาไทย",
            "こんにちは世界 カタカナ ﾊﾝｶｸ ひらがな が か\u3099",
            "你好，世界。漢字簡体字",
            "你hello好world",
            "안녕하세요 세계 \u1112\u1161\u11AB 한",
            "𠀀𠀁 𪛖 𫝀 𫠝 CJK beyond the plane",
            "ꙮ 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝕎𝕆𝕎 𐍈 𒀀",
            "ｆｕｌｌ　ｗｉｄｔｈ １２３ ！？",
            "½ ⅓ ² ³ ₁ Ⅳ ⅳ ① ⑳ ㍿ ㎏ ﬁ ﬂ ﬃ ™ ℡ Å Ω K",
            "emoji 😀😃 👍🏽 👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪🇫🇷 ❤️ ☺︎ 1️⃣",
            "👩‍🔬x👩🏿‍🚀",
            "zero\u200Bwidth\u200Cnon\u200Djoiner\u2060word\uFEFFbom",
            "no\u00A0break\u202Fnarrow\u2009thin\u3000ideographic\u2003em\u1680ogham\u205Fmath",
            "next\u0085line\u2028separator\u2029paragraph\u000Bvertical\fform",
            "controls \u0001\u0002\u0007\b\u001B[31m\u007F\u0080\u009F end",
            "soft\u00ADhyphen \u061C\u200E\u200F\u202Aembedding\u202C \u2066isolate\u2069",
            "private \uE000\uF8FF \uDBFF\uDFFD unassigned \u0378 \uFFFE\uFFFF \uFFFD",
            "math ∀x∈ℝ: ⌈x⌉ = −⌊−x⌋, α ∧ ¬β → ∑∏∫ ≤≥≠ ±× ÷",
            "currency $1 €2 £3 ¥4 ₹5 ₿6 ¢7",
            "quotes “curly” ‘single’ «guillemets» „low“ ‹one› 「corner」",
            "dashes - ‐ ‑ ‒ – — ― ⸺ … ‥ · • ‣",
            "[CLS] special [SEP] tokens [MASK] inside [UNK][PAD]",
            "<s>text</s> <mask>  <unk> <pad><|endoftext|> <|begin|>x",
            "word[MASK]word [mask] [Mask]  [MASK]  .",
            "Foo foo fooBar Foo_ (foo) foo-foo afoo foo1 fooé",
            "▁already ▁has▁the mark ▁▁ ▁",
            "<0x41> <0xE2><0x96> <0x0G>",
            "Ġhello Ċ ĉ Ā byte letters",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "ab".repeat(150),
            "!".repeat(120),
            " ".repeat(120) + "x",
            "x" + " ".repeat(50),
            "1234567890".repeat(12),
            "漢".repeat(60),
            "😀".repeat(60),
            "e\u0301".repeat(60),
            "\n".repeat(30),
            "the quick brown fox jumps over the lazy dog THE QUICK BROWN FOX JUMPS OVER THE LAZY DOG",
            "lower lowest newer newest wider widest tokens tokenizer tokenization",
            "a.b.c. ...wait... what?! no!! yes?",
            "don't can't won't it's we've they'd you'll I'm",
            "A\u0327\u0301\u0334 \u1E9B\u0323 \u0F71\u0F72 \u0F73 \u0344 \u0340\u0341",
            "ﬀ ſ ǅ ǆ Ǆ ŉ ΐ և ẖ",
            "\uD834\uDD5E\uD834\uDD65 \uD83D\uDE00\u0301 𝟘𝟙 🄰",
            "mixed हिंदी and русский with 漢字 and عربى in one line, 42 times.");

    private static final List<String> PIECES = List.of(
            " ",
            " ",
            "  ",
            "\n",
            "\t",
            "a",
            "b",
            "the",
            "low",
            "er",
            "est",
            "New",
            "WORD",
            "tok",
            "en",
            "'s",
            "'ll",
            "1",
            "42",
            "é",
            "e\u0301",
            "\u0301",
            "\u0323",
            "\u0308",
            "ß",
            "İ",
            "Σ",
            "ς",
            "я",
            "Й",
            "и\u0306",
            "א",
            "ب",
            "क",
            "्",
            "ก",
            "あ",
            "漢",
            "字",
            "가",
            "ᄀ",
            "ᅡ",
            "𠀀",
            "😀",
            "👍🏽",
            "\u200D",
            "\uFE0F",
            "\u200B",
            "\u00A0",
            "\u3000",
            "\u0085",
            "\u2028",
            "\u0000",
            "\u0007",
            "\u00AD",
            "\uFFFD",
            "\uE000",
            ".",
            ",",
            "!",
            "-",
            "_",
            "▁",
            "Ġ",
            "[MASK]",
            "[SEP]",
            "<s>",
            "<mask>",
            "foo",
            "Foo",
            "<|endoftext|>",
            "½",
            "ﬁ",
            "²",
            "Å",
            "Ω",
            "㍿",
            "—",
            "“",
            "$",
            "€",
            "«");

    private SampleTexts() {}

    static List<String> written() {
        return WRITTEN;
    }

    /// Written texts and random ones, always the same.
    static List<String> all() {
        List<String> all = new ArrayList<>(WRITTEN);
        all.addAll(random(1, 160));
        return all;
    }

    /// Texts of random pieces and characters.
    static List<String> random(long seed, int count) {
        var random = new SplittableRandom(seed);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            var text = new StringBuilder();
            for (int n = random.nextInt(1, 16); n > 0; n--) {
                if (random.nextInt(6) == 0) text.appendCodePoint(character(random));
                else text.append(PIECES.get(random.nextInt(PIECES.size())));
            }
            texts.add(text.toString());
        }
        return texts;
    }

    /// A character that exists since long: versions of Unicode differ in what they know of newer ones.
    private static int character(SplittableRandom random) {
        while (true) {
            int point = random.nextInt(random.nextInt(3) == 0 ? 0x20000 : 0x3000);
            boolean half = point >= 0xD800 && point <= 0xDFFF;
            if (!half && Character.isDefined(point) && OLD.contains(Character.UnicodeBlock.of(point))) return point;
        }
    }

    private static final List<Character.UnicodeBlock> OLD = List.of(
            Character.UnicodeBlock.BASIC_LATIN,
            Character.UnicodeBlock.LATIN_1_SUPPLEMENT,
            Character.UnicodeBlock.LATIN_EXTENDED_A,
            Character.UnicodeBlock.GENERAL_PUNCTUATION,
            Character.UnicodeBlock.GREEK,
            Character.UnicodeBlock.CYRILLIC,
            Character.UnicodeBlock.HEBREW,
            Character.UnicodeBlock.THAI,
            Character.UnicodeBlock.HANGUL_JAMO,
            Character.UnicodeBlock.LATIN_EXTENDED_ADDITIONAL,
            Character.UnicodeBlock.GREEK_EXTENDED,
            Character.UnicodeBlock.LETTERLIKE_SYMBOLS,
            Character.UnicodeBlock.NUMBER_FORMS,
            Character.UnicodeBlock.MATHEMATICAL_OPERATORS,
            Character.UnicodeBlock.HIRAGANA,
            Character.UnicodeBlock.KATAKANA,
            Character.UnicodeBlock.CJK_UNIFIED_IDEOGRAPHS,
            Character.UnicodeBlock.HALFWIDTH_AND_FULLWIDTH_FORMS,
            Character.UnicodeBlock.CJK_COMPATIBILITY,
            Character.UnicodeBlock.ALPHABETIC_PRESENTATION_FORMS,
            Character.UnicodeBlock.MUSICAL_SYMBOLS,
            Character.UnicodeBlock.MATHEMATICAL_ALPHANUMERIC_SYMBOLS);
}
