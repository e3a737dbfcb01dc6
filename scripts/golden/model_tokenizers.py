#!/usr/bin/env python3
"""Makes the vocabularies of the tests of module llm's tokenizers: byte-level BPE, learned here, and SentencePiece's BPE
with byte fallback, learned by SentencePiece, both from the texts of the tests; and a tokenizer.json for each family,
as the library transformers makes it. SentencePiece's own ids are golden values.

Usage: scripts/golden/model_tokenizers.py FOLDER, with python3-sentencepiece and python3-regex. Into FOLDER go the whole
tokenizer.json files, which scripts/golden/model_tokenizers.sh gives to Hugging Face's library.
"""
import collections
import io
import json
import pathlib
import sys

import regex
import sentencepiece
from sentencepiece import sentencepiece_model_pb2 as protocol

RESOURCES = pathlib.Path(__file__).parents[2] / "llm/src/test/resources/dev/neurite/llm/tokenizer"
TOKENS = 1200

LANGUAGES = {
    "English": ["The quick brown fox doesn't jump over 13 lazy dogs.", "I've told you: we'll meet at 12:30, won't we?",
                "Weights are read, never copied.", "She said \"yes\" (twice!).", "It costs $1,234.56 - or 1000000 yen."],
    "German": ["Die Straße führt über größere Hügel.", "Wie geht's? Mir geht es gut, danke!", "Äpfel, Öl und Übermut.",
               "Am 24.12.2024 um 18 Uhr.", "Donaudampfschifffahrtsgesellschaftskapitän"],
    "French": ["L'été dernier, j'ai visité Orléans.", "Qu'est-ce que c'est ?", "Où êtes-vous né, à Besançon ?",
               "Ça coûte 3,50 € environ.", "Le cœur a ses raisons…"],
    "Spanish": ["¿Dónde está la biblioteca?", "¡Qué día tan bonito!", "El niño comió una piña.", "Mañana será otro día.",
                "Son 1.234.567 habitantes."],
    "Portuguese": ["Não há coração sem emoção.", "A avó pôs o pão à mesa.", "Você já foi a São Paulo?", "Amanhã às 8h.",
                   "Três tristes tigres."],
    "Polish": ["Zażółć gęślą jaźń.", "Dzień dobry, jak się masz?", "Wrocław i Łódź są piękne.", "Kosztuje 19,99 zł.",
               "Chrząszcz brzmi w trzcinie."],
    "Turkish": ["İstanbul'da yağmur yağıyor.", "Çok teşekkür ederim!", "Işık ığdır şöyle böyle.", "Türkiye'nin nüfusu 85 milyon.",
                "Günaydın, nasılsınız?"],
    "Russian": ["Съешь же ещё этих мягких французских булок.", "Привет, как дела?", "Объём и подъезд.", "В 1961 году.",
                "Я тебя не понимаю!"],
    "Greek": ["Η γρήγορη αλεπού πηδάει.", "Καλημέρα, τι κάνεις;", "Ο Όμηρος και η Ιλιάδα.", "Κοστίζει 5 ευρώ.", "ΟΔΥΣΣΕΥΣ"],
    "Arabic": ["مرحبا بالعالم.", "كيف حالك اليوم؟", "القِطُّ الأسود.", "عام ٢٠٢٤ ميلادي.", "شكراً جزيلاً!"],
    "Hebrew": ["שלום עולם!", "מה שלומך היום?", "הַיֶּלֶד קוֹרֵא סֵפֶר.", "בשנת 1948.", "תודה רבה."],
    "Hindi": ["नमस्ते दुनिया!", "आप कैसे हैं?", "हिन्दी एक भाषा है।", "वर्ष २०२४ में।", "क्षत्रिय और ज्ञान।"],
    "Chinese": ["你好，世界！", "今天天气怎么样？", "我有3只猫和12只狗。", "人工智能改变世界。", "「龍」是繁體字。"],
    "Japanese": ["こんにちは世界。", "東京タワーは333メートルです。", "カタカナとひらがな。", "猫が好きですか？", "ﾊﾝｶｸも、が (か\u3099)。"],
    "Korean": ["안녕하세요, 세계!", "오늘 날씨가 어때요?", "서울은 1000만 명.", "한글은 아름답다.", "감사합니다."],
    "Thai": ["สวัสดีชาวโลก", "วันนี้อากาศเป็นอย่างไร", "ภาษาไทย ๑๒๓", "ขอบคุณมาก!", "กรุงเทพมหานคร"],
}
CODE = [
    "for (int i = 0; i < n; i++) {\n\tsum += a[i];\n}", "def f(x):\n    return x ** 2  # square\n", "if (a != b && !c) { d->e(); }",
    "SELECT * FROM t WHERE id=42 AND name LIKE '%x%';", "<div class=\"a b\">\n  <p>Text</p>\n</div>", "{\"key\": [1, 2.5, null, true]}",
    "git commit -m 'fix: #123'", "x=0xFF; y=1e-10; z=3.14159265", "https://example.org/path?q=1&r=a%20b#top", "C:\\Users\\me\\file.txt",
    "public static final int MAX_VALUE = 0x7fffffff;", "λ x. x + 1 → ∀ε>0", "#include <stdio.h>\r\nint main(void) { return 0; }\r\n",
    "a = b if c else d", "\\frac{a}{b} + \\sum_{i=1}^n x_i^2", "printf(\"%d\\n\", 100);", "    four\n        eight\n\ttab\n",
    "snake_case camelCase PascalCase kebab-case", "!!!??? ... --- === ### $$$ @@@", "`code` **bold** _it_ ~~no~~", "1+1=2; 10*10=100; 7/8",
    "user@example.org, +49 (0)30 123456", "I'LL DON'T WE'RE THEY'VE It'S", "'tis 'twas rock'n'roll ''", "a\n\n\nb\n \n c", "trailing spaces   ",
    "   leading spaces", "two  three   four    five     ", "\t\t\tx\t", "x" * 60 + "=" * 40 + "-" * 33,
]
EMOJI = [
    "😀 😃😄", "👍🏽👩‍👩‍👧‍👦", "🏳️‍🌈 and 🇩🇪🇫🇷", "I ❤️ this ☺︎", "1️⃣2️⃣", "🦊jumps🐶", "naïve café e\u0301 a\u0308", "zero\u200bwidth\u200djoiner\ufeff",
    "no\u00a0break\u3000wide\u2009thin", "ﬁ ﬂ ½ ² Ⅳ ™", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𐍈 𠀀", "control \x01\x07\x1b[31m", "▁marked▁ text ▁", "<0x41> <s> </s> <unk>", "Ġ Ċ ĉ byte letters",
    "", " ", "\n", "a", "é", "漢", "😀", "\n\n", "  ", "aaaa" * 12, "ababab" * 9, " " * 37, "\n" * 17, "==" * 21 + "a", "1234567890" * 3,
]


def texts():
    all_texts = []
    for sentences in LANGUAGES.values():
        all_texts += sentences
        all_texts.append(" ".join(sentences))
        all_texts.append("\n".join(sentences[::-1]).upper())
        all_texts.append("  ".join(each + str(i * 37) for i, each in enumerate(sentences)))
        all_texts.append("\n\n* " + sentences[0] + "'s " + sentences[1].lower() + " ")
    return all_texts + CODE + EMOJI


def byte_letters():
    visible = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    letters = {each: chr(each) for each in visible}
    for each in range(256):
        if each not in letters:
            letters[each] = chr(256 + len(letters) - len(visible))
    return letters


def bytes_vocabulary(corpus):
    """Merges learned from long pieces, so that many cross what the families' expressions cut."""
    letters = byte_letters()
    words = collections.Counter()
    for text in corpus:
        for piece in regex.findall(r"\s*\S{1,12}|\s+", text):
            words[tuple(letters[each] for each in piece.encode())] += 1
    tokens, merges = sorted(letters.values()), []
    known = set(tokens)
    while len(tokens) < TOKENS:
        pairs = collections.Counter()
        for word, count in words.items():
            for pair in zip(word, word[1:]):
                pairs[pair] += count
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(list(best))
        if "".join(best) not in known:
            known.add("".join(best))
            tokens.append("".join(best))
        merged = collections.Counter()
        for word, count in words.items():
            out, at = [], 0
            while at < len(word):
                joined = word[at:at + 2] == best
                out.append("".join(best) if joined else word[at])
                at += 2 if joined else 1
            merged[tuple(out)] += count
        words = merged
    return {token: i for i, token in enumerate(tokens)}, merges


def split(expression):
    return {"type": "Split", "pattern": {"Regex": expression}, "behavior": "Isolated", "invert": False}


def byte_level(expression):
    return {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": expression}


def digits(individual):
    return {"type": "Digits", "individual_digits": individual}


LETTERS = ("[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+%s|"
           "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*%s|")
SHORT = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
LLAMA_3 = SHORT + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
GPT_2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"
DEEPSEEK_LETTERS = (
    "\\s?[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅὐ-ὗ"
    "ὙὛὝὟ-\u1F7Dᾀ-ᾴᾶ-ᾼ\u1FBEῂ-ῄῆ-ῌῐ-\u1FD3ῖ-\u1FDBῠ-Ῥῲ-ῴῶ-ῼℂℇℊ-ℓℕℙ-ℝℤ\u2126ℨ\u212A-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯ"
    "ꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃]+")
# As the families' tokenizer.json files have them: normalizer, pre-tokenizers, whether words that are tokens are taken.
STAGES = {
    "gpt-2": (None, [byte_level(True)], False),
    "llama-bpe": (None, [split(LLAMA_3), byte_level(False)], True),
    "dbrx": (None, [split(LLAMA_3), byte_level(False)], False),
    "qwen2": ({"type": "NFC"}, [split(LLAMA_3.replace("{1,3}", "")), byte_level(False)], False),
    "smollm": (None, [digits(True), byte_level(True)], False),
    "tekken": (None, [split(LETTERS % ("", "") + "\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"), byte_level(False)], True),
    "gpt-4o": (None, [split(LETTERS % (SHORT + "?", SHORT + "?") + "\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"), byte_level(False)], False),
    "deepseek-llm": (None, [split("[\r\n]"), split(DEEPSEEK_LETTERS), split("\\s?[!-/:-~！-／：-～‘-‟　-。]+"), split("\\s+$"),
                            split("[一-龥ࠀ-一가-퟿]+"), digits(False), byte_level(False)], False),
    "default": (None, [split("[\\p{P}\\$\\+<=>\\^~\\|]+"), split(GPT_2), split("\\p{N}+"), split("[0-9][0-9][0-9]"), byte_level(False)], False),
    "deepseek-coder": (None, [split("[\r\n]"), split("\\s?\\p{L}+"), split("\\s?\\p{P}+"), split("[一-龥ࠀ-一가-퟿]+"), digits(True), byte_level(False)], False),
    "deepseek-v3": (None, [split("\\p{N}{1,3}"), split("[一-龥぀-ゟ゠-ヿ]+"), split(
        "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"), byte_level(False)], False),
}


def added(token, number, special=True):
    return {"id": number, "content": token, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": special}


def with_bos(token, number):
    piece = {"SpecialToken": {"id": token, "type_id": 0}}
    return {"type": "TemplateProcessing", "single": [piece, {"Sequence": {"id": "A", "type_id": 0}}],
            "pair": [piece, {"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {token: {"id": token, "ids": [number], "tokens": [token]}}}


def tokenizer(tokens, normalizer, pre_tokenizer, post_processor, decoder, model):
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": tokens, "normalizer": normalizer,
            "pre_tokenizer": pre_tokenizer, "post_processor": post_processor, "decoder": decoder, "model": {"type": "BPE"} | model}


def by_bytes(name, vocabulary, merges):
    normalizer, stages, whole = STAGES[name]
    tokens = ["<|begin_of_text|>", "<|eot_id|>", "<|end_of_text|>"]
    special = [added(each, len(vocabulary) + i) for i, each in enumerate(tokens)]
    special.append(added("<tool_call>", len(vocabulary) + 3, False))
    return tokenizer(
        special, normalizer, stages[0] if len(stages) == 1 else {"type": "Sequence", "pretokenizers": stages},
        with_bos(tokens[0], len(vocabulary)) if whole else None, byte_level(True),
        {"dropout": None, "unk_token": None, "continuing_subword_prefix": None, "end_of_word_suffix": None, "fuse_unk": False,
         "byte_fallback": False, "ignore_merges": whole, "vocab": vocabulary, "merges": merges})


def sentence_pieces(corpus, prefix):
    out = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(line for text in corpus for line in text.split("\n") if line), model_writer=out, vocab_size=TOKENS,
        model_type="bpe", byte_fallback=True, character_coverage=0.98, normalization_rule_name="identity", remove_extra_whitespaces=False,
        add_dummy_prefix=prefix, split_digits=True, user_defined_symbols=["<tool_call>"] if prefix else ["<start_of_turn>", "\n\n"],
        allow_whitespace_only_pieces=True, minloglevel=2, num_threads=1)
    return out.getvalue()


def merges_of(pieces):
    """As transformers' generate_merges: every cut of every piece, by score."""
    scores = {piece: (score, i) for i, (piece, score, kind) in enumerate(pieces)}
    plain = {piece for piece, _, kind in pieces if kind in (1, 4)}
    found = []
    for piece, score, kind in pieces:
        for cut in range(1, len(piece)) if piece in plain else []:
            if piece[:cut] in plain and piece[cut:] in plain:
                found.append((-score, scores[piece][1], scores[piece[:cut]][1], scores[piece[cut:]][1], piece[:cut], piece[cut:]))
    return [[first, second] for *_, first, second in sorted(found)]


def by_scores(pieces, prefix):
    special = [added(piece, i, kind != 4) for i, (piece, _, kind) in enumerate(pieces) if kind in (2, 3, 4)]
    replace = {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}
    decoders = [{"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}]
    if prefix:
        decoders.append({"type": "Strip", "content": " ", "start": 1, "stop": 0})
    return tokenizer(
        special, {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, replace]} if prefix else replace,
        None if prefix else {"type": "Split", "pattern": {"String": " "}, "behavior": "MergedWithPrevious", "invert": False},
        with_bos("<s>", 1), {"type": "Sequence", "decoders": decoders},
        {"dropout": None, "unk_token": "<unk>", "continuing_subword_prefix": None, "end_of_word_suffix": None, "fuse_unk": True,
         "byte_fallback": True, "ignore_merges": False, "vocab": {piece: i for i, (piece, *_) in enumerate(pieces)}, "merges": merges_of(pieces)})


def dump(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False) + "\n")


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    corpus = texts()
    dump(RESOURCES / "texts.json", corpus)
    dump(folder / "texts.json", corpus)
    vocabulary, merges = bytes_vocabulary(corpus)
    dump(RESOURCES / "bytes.json", {"vocab": vocabulary, "merges": merges})
    stages = {}
    for name in STAGES:
        made = by_bytes(name, vocabulary, merges)
        dump(folder / f"{name}.json", made)
        stages[name] = made | {"model": made["model"] | {"vocab": None, "merges": None}}
    dump(RESOURCES / "stages.json", stages)
    for name, prefix in {"llama": True, "gemma": False}.items():
        model = sentence_pieces(corpus, prefix)
        parsed = protocol.ModelProto.FromString(model)
        pieces = [(each.piece, each.score, each.type) for each in parsed.pieces]
        dump(RESOURCES / f"{name}-pieces.json", {"tokens": [each[0] for each in pieces], "scores": [each[1] for each in pieces], "types": [each[2] for each in pieces]})
        dump(RESOURCES / f"{name}.json", by_scores(pieces, prefix))
        dump(folder / f"{name}.json", by_scores(pieces, prefix))
        processor = sentencepiece.SentencePieceProcessor(model_proto=model)
        dump(RESOURCES / f"{name}-sentencepiece.json", [processor.encode(text) for text in corpus])
    print(len(corpus), "texts")


main()
