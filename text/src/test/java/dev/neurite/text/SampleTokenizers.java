package dev.neurite.text;

import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.SyntaxException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Small tokenizers of every kind, as JSON. [GoldenMaker] writes them as files.
final class SampleTokenizers {
    private static final List<String> BERT_SPECIAL = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");
    private static final List<String> LLAMA_SPECIAL = List.of("<unk>", "<s>", "</s>");

    private static final String TEMPLATE = """
        {"type":"TemplateProcessing",
         "single":[{"SpecialToken":{"id":"CLS","type_id":0}},{"Sequence":{"id":"A","type_id":0}},
                   {"SpecialToken":{"id":"SEP","type_id":0}}],
         "pair":[{"SpecialToken":{"id":"CLS","type_id":0}},{"Sequence":{"id":"A","type_id":0}},
                 {"SpecialToken":{"id":"SEP","type_id":0}},{"Sequence":{"id":"B","type_id":1}},
                 {"SpecialToken":{"id":"SEP","type_id":1}}],
         "special_tokens":{"CLS":{"id":"CLS","ids":[CLS_ID],"tokens":["CLS"]},
                           "SEP":{"id":"SEP","ids":[SEP_ID],"tokens":["SEP"]}}}\
        """;

    private static final String BYTE_LEVEL =
            "{\"type\":\"ByteLevel\",\"add_prefix_space\":%P,\"trim_offsets\":%T,\"use_regex\":%R}";

    private SampleTokenizers() {}

    /// A tokenizer's parts, by name; what is left out is null.
    private static Json file(String model, List<Json> added, Map<String, String> stages) {
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("version", "1.0");
        file.put("truncation", json(stages.getOrDefault("truncation", "null")));
        file.put("padding", json(stages.getOrDefault("padding", "null")));
        file.put("added_tokens", added);
        for (String each : List.of("normalizer", "pre_tokenizer", "post_processor", "decoder")) {
            file.put(each, json(stages.getOrDefault(each, "null")));
        }
        file.put("model", json(model));
        return Json.of(file);
    }

    static Json json(String text) {
        try {
            return Json.read(text);
        } catch (SyntaxException e) {
            throw new AssertionError(text, e);
        }
    }

    private static Json added(int id, String content, String flags) {
        return new AddedToken(
                        id,
                        content,
                        flags.contains("w"),
                        flags.contains("l"),
                        flags.contains("r"),
                        flags.contains("n"),
                        flags.contains("s"))
                .json();
    }

    private static List<Json> special(List<String> tokens) {
        List<Json> added = new ArrayList<>();
        for (String each : tokens) added.add(added(added.size(), each, "s"));
        return added;
    }

    private static String template(String cls, int clsId, String sep, int sepId) {
        return TEMPLATE.replace("CLS_ID", "" + clsId)
                .replace("SEP_ID", "" + sepId)
                .replace("CLS", cls)
                .replace("SEP", sep);
    }

    static String byteLevel(boolean prefix, boolean trim, boolean regex) {
        return BYTE_LEVEL.replace("%P", "" + prefix).replace("%T", "" + trim).replace("%R", "" + regex);
    }

    private static Json vocabulary(Iterable<String> tokens) {
        Map<String, Integer> ids = new LinkedHashMap<>();
        for (String each : tokens) ids.putIfAbsent(each, ids.size());
        return Json.of(ids);
    }

    /// All characters of the texts up to the plane's end.
    private static Set<String> characters(int most) {
        Map<Integer, String> characters = new TreeMap<>();
        for (String text : SampleTexts.written()) {
            text.codePoints()
                    .filter(each -> each > ' ' && each != 0xFFFE && each != 0xFFFF)
                    .forEach(each -> characters.put(each, Character.toString(each)));
        }
        return new LinkedHashSet<>(characters.values().stream().limit(most).toList());
    }

    private static String wordPiece() {
        List<String> tokens = new ArrayList<>(BERT_SPECIAL);
        Set<String> characters = characters(400);
        tokens.addAll(characters);
        characters.forEach(each -> tokens.add("##" + each));
        tokens.addAll(List.of(
                "hello",
                "world",
                "the",
                "un",
                "##aff",
                "##able",
                "token",
                "##izer",
                "##s",
                "##ize",
                "##ization",
                "low",
                "##er",
                "##est",
                "new",
                "wid",
                "quick",
                "brown",
                "fox",
                "##foo",
                "foo",
                "don",
                "##bar",
                "re",
                "##ing",
                "12",
                "##34",
                "привет",
                "##ет",
                "мир",
                "##世",
                "el",
                "##lo",
                "e",
                "##e"));
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("type", "WordPiece");
        model.put("unk_token", "[UNK]");
        model.put("continuing_subword_prefix", "##");
        model.put("max_input_chars_per_word", 100);
        model.put("vocab", vocabulary(tokens));
        return Json.of(model).write();
    }

    /// A byte-level model, trained on the texts, with the given special tokens first.
    private static String bytes(List<String> special, boolean wholeWords) {
        Tokenizer trained = new BpeTrainer(256 + special.size() + 200)
                .withSpecialTokens(special.toArray(String[]::new))
                .train(SampleTexts.written().stream());
        String model = trained.model().json().write();
        return wholeWords ? model.replace("\"ignore_merges\":false", "\"ignore_merges\":true") : model;
    }

    /// A model of characters with a few merges.
    private static String characters(
            List<String> special, List<String> merges, String prefix, String suffix, boolean fuse, boolean byBytes) {
        Set<String> tokens = new LinkedHashSet<>(special);
        if (byBytes) for (int each = 0; each < 256; each++) tokens.add(byteToken(each));
        List<String> characters = new ArrayList<>(characters(220));
        characters.add("▁");
        tokens.addAll(characters);
        if (!prefix.isEmpty()) characters.forEach(each -> tokens.add(prefix + each));
        if (!suffix.isEmpty()) characters.forEach(each -> tokens.add(each + suffix));
        List<List<String>> pairs = new ArrayList<>();
        for (String each : merges) {
            String[] pair = each.split(" ", -1);
            pairs.add(List.of(pair));
            tokens.addAll(List.of(pair));
            tokens.add(pair[0] + pair[1].substring(prefix.length()));
        }
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("type", "BPE");
        model.put("dropout", new Json.JsonNull());
        model.put("unk_token", special.isEmpty() ? new Json.JsonNull() : special.getFirst());
        model.put("continuing_subword_prefix", prefix);
        model.put("end_of_word_suffix", suffix);
        model.put("fuse_unk", fuse);
        model.put("byte_fallback", byBytes);
        model.put("ignore_merges", false);
        model.put("vocab", vocabulary(tokens));
        model.put("merges", pairs);
        return Json.of(model).write();
    }

    private static String byteToken(int value) {
        return "<0x" + HexFormat.of().withUpperCase().toHexDigits((byte) value) + ">";
    }

    private static final List<String> LLAMA_MERGES = List.of(
            "t h",
            "th e",
            "▁ the",
            "e r",
            "▁ t",
            "o k",
            "ok e",
            "oke n",
            "▁t oken",
            "l o",
            "lo w",
            "▁ low",
            "▁ w",
            "h e",
            "l l",
            "he ll",
            "hell o",
            "▁ hello",
            "a a",
            "aa aa",
            "aaaa aaaa",
            "a b",
            "ab ab",
            "<0xE2> <0x96>",
            "▁ ▁",
            "▁▁ ▁▁");

    private static String unigram(boolean byBytes) {
        List<List<Object>> vocabulary = new ArrayList<>();
        vocabulary.add(List.of("<unk>", 0.0));
        vocabulary.add(List.of("▁", -3.5));
        if (byBytes) for (int each = 0; each < 256; each++) vocabulary.add(List.of(byteToken(each), -20.0));
        double score = -4;
        for (String each : List.of(
                "▁the", "▁hello", "▁world", "▁token", "izer", "s", "ize", "▁low", "er", "est", "▁new", "▁a", "▁b",
                "ing", "aa", "aaaa", "ab", "abab", "▁你", "好", "▁при", "вет", "12", "▁1", "34", "e\u0301", "é", "▁▁")) {
            vocabulary.add(List.of(each, score -= 0.37));
        }
        Set<String> known = new LinkedHashSet<>(
                vocabulary.stream().map(each -> each.getFirst().toString()).toList());
        for (String each : characters(150)) if (known.add(each)) vocabulary.add(List.of(each, score -= 0.01));
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("type", "Unigram");
        model.put("unk_id", 0);
        model.put("vocab", vocabulary);
        model.put("byte_fallback", byBytes);
        return Json.of(model).write();
    }

    /// A table of SentencePiece in Base64. In its double array each node has 256 places of its own for its children.
    private static String charsMap() {
        Map<String, String> table = new TreeMap<>(Map.of(
                "\t", " ", "\u0007", "", "\u00AD", "", "ﬁ", "fi", "\u212B", "\u00C5", "½", "1/2", "e\u0301", "é", "ａ",
                "a", "\u3000", " "));
        Set<String> prefixes = new TreeSet<>();
        table.keySet().forEach(each -> {
            for (int end = 0; end <= bytes(each).length(); end++)
                prefixes.add(bytes(each).substring(0, end));
        });
        List<String> nodes = List.copyOf(prefixes); // the first is the root
        int[] units = new int[256 * (nodes.size() + 1)];
        for (String each : nodes) {
            int last = each.length() - 1;
            int label = last < 0 ? 0 : each.charAt(last);
            int at = last < 0 ? 0 : 256 * (1 + nodes.indexOf(each.substring(0, last))) + label;
            units[at] = label | ((at ^ (256 * (1 + nodes.indexOf(each)))) << 10);
        }
        var replacements = new ByteArrayOutputStream();
        table.forEach((key, value) -> {
            String path = bytes(key);
            int last = path.length() - 1;
            units[256 * (1 + nodes.indexOf(path.substring(0, last))) + path.charAt(last)] |= 0x100;
            units[256 * (1 + nodes.indexOf(path))] = Integer.MIN_VALUE | replacements.size();
            replacements.writeBytes((value + "\0").getBytes(StandardCharsets.UTF_8));
        });
        ByteBuffer out =
                ByteBuffer.allocate(4 + 4 * units.length + replacements.size()).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(4 * units.length);
        out.asIntBuffer().put(units);
        out.position(4 + 4 * units.length).put(replacements.toByteArray());
        return Base64.getEncoder().encodeToString(out.array());
    }

    /// The bytes of UTF-8 as characters.
    private static String bytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private static String words() {
        Set<String> tokens = new LinkedHashSet<>(List.of("<unk>", "<pad>"));
        for (String text : SampleTexts.written().subList(0, 40)) tokens.addAll(List.of(text.split("\\W+", -1)));
        tokens.remove("");
        tokens.addAll(List.of("hello", "!", ",", "?!", "...", "мир", "你好"));
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("type", "WordLevel");
        model.put("vocab", vocabulary(tokens));
        model.put("unk_token", "<unk>");
        return Json.of(model).write();
    }

    private static String bertNormalizer(boolean lower) {
        return "{\"type\":\"BertNormalizer\",\"clean_text\":true,\"handle_chinese_chars\":true,\"strip_accents\":null,"
                + "\"lowercase\":" + lower + "}";
    }

    static String type(String type) {
        return "{\"type\":\"" + type + "\"}";
    }

    private static String sequence(String name, String... parts) {
        return "{\"type\":\"Sequence\",\"" + name + "\":[" + String.join(",", parts) + "]}";
    }

    static String split(String kind, String pattern, String behavior, boolean invert) {
        return "{\"type\":\"Split\",\"pattern\":{\"" + kind + "\":"
                + Json.of(pattern).write() + "},\"behavior\":\"" + behavior + "\",\"invert\":" + invert + "}";
    }

    private static String replace(String kind, String pattern, String content) {
        return "{\"type\":\"Replace\",\"pattern\":{\"" + kind + "\":"
                + Json.of(pattern).write() + "},\"content\":" + Json.of(content).write() + "}";
    }

    private static String metaspace(String scheme, boolean split) {
        return "{\"type\":\"Metaspace\",\"replacement\":\"▁\",\"prepend_scheme\":\"" + scheme + "\",\"split\":" + split
                + "}";
    }

    /// A tokenizer of characters and bytes.
    static Json characters(String normalizer) {
        String model = characters(LLAMA_SPECIAL, List.of(), "", "", true, true);
        return file(model, List.of(), Map.of("normalizer", normalizer));
    }

    /// A tokenizer of words, so that its encodings show where a pre-tokenizer splits.
    static Json words(String preTokenizer) {
        return file(words(), List.of(), Map.of("pre_tokenizer", preTokenizer));
    }

    /// All tokenizers by name, in a fixed order.
    static Map<String, Json> all() {
        Map<String, Json> all = new LinkedHashMap<>();
        bert(all);
        bytes(all);
        characters(all);
        others(all);
        return all;
    }

    private static void bert(Map<String, Json> all) {
        String model = wordPiece();
        List<Json> added = special(BERT_SPECIAL);
        Map<String, String> stages = Map.of(
                "normalizer", bertNormalizer(true),
                "pre_tokenizer", type("BertPreTokenizer"),
                "post_processor", template("[CLS]", 2, "[SEP]", 3),
                "decoder", "{\"type\":\"WordPiece\",\"prefix\":\"##\",\"cleanup\":true}");
        all.put("bert", file(model, added, stages));
        Map<String, String> cased = new LinkedHashMap<>(stages);
        cased.put("normalizer", bertNormalizer(false));
        cased.put("post_processor", "{\"type\":\"BertProcessing\",\"sep\":[\"[SEP]\",3],\"cls\":[\"[CLS]\",2]}");
        cased.put("decoder", "{\"type\":\"WordPiece\",\"prefix\":\"##\",\"cleanup\":false}");
        all.put("bert-cased", file(model, added, cased));
        Map<String, String> brief = new LinkedHashMap<>(stages);
        brief.put(
                "truncation", "{\"direction\":\"Right\",\"max_length\":9,\"strategy\":\"LongestFirst\",\"stride\":0}");
        brief.put(
                "padding",
                "{\"strategy\":{\"Fixed\":12},\"direction\":\"Right\",\"pad_to_multiple_of\":8,"
                        + "\"pad_id\":0,\"pad_type_id\":0,\"pad_token\":\"[PAD]\"}");
        all.put("bert-short", file(model, added, brief));
        Map<String, String> left = new LinkedHashMap<>(stages);
        left.put("truncation", "{\"direction\":\"Left\",\"max_length\":14,\"strategy\":\"LongestFirst\",\"stride\":0}");
        left.put(
                "padding",
                "{\"strategy\":\"BatchLongest\",\"direction\":\"Left\",\"pad_to_multiple_of\":4,"
                        + "\"pad_id\":0,\"pad_type_id\":0,\"pad_token\":\"[PAD]\"}");
        all.put("bert-left", file(model, added, left));
        // Added tokens of all kinds; those that the model lacks follow its ids.
        Json size = json(model);
        int next = size instanceof Json.JsonObject(Map<String, Json> members)
                        && members.get("vocab") instanceof Json.JsonObject(Map<String, Json> vocabulary)
                ? vocabulary.size()
                : 0;
        List<Json> more = new ArrayList<>(special(BERT_SPECIAL.subList(0, 4)));
        more.add(added(4, "[MASK]", "ls"));
        more.add(added(next, "Foo", "nw"));
        more.add(added(next + 1, "<mask>", "lr"));
        more.add(added(next + 2, "<s>", "s"));
        more.add(added(next + 3, "the quick", "n"));
        more.add(added(next + 4, "é!", ""));
        more.add(added(next + 5, "foofoo", "w"));
        more.add(added(next + 6, "Élan", "n"));
        all.put("bert-added", file(model, more, stages));
    }

    private static void bytes(Map<String, Json> all) {
        List<String> end = List.of("<|endoftext|>");
        all.put(
                "gpt2",
                file(
                        bytes(end, false),
                        special(end),
                        Map.of(
                                "pre_tokenizer", byteLevel(false, true, true),
                                "post_processor", byteLevel(true, false, true),
                                "decoder", byteLevel(true, true, true))));
        List<String> roberta = List.of("<s>", "<pad>", "</s>", "<unk>", "<mask>");
        List<Json> added = special(roberta.subList(0, 4));
        added.add(added(4, "<mask>", "ls"));
        all.put(
                "roberta",
                file(
                        bytes(roberta, false),
                        added,
                        Map.of(
                                "pre_tokenizer", byteLevel(true, true, true),
                                "post_processor",
                                        "{\"type\":\"RobertaProcessing\",\"sep\":[\"</s>\",2],\"cls\":[\"<s>\",0],"
                                                + "\"trim_offsets\":true,\"add_prefix_space\":true}",
                                "decoder", byteLevel(true, true, true))));
        List<String> llama = List.of("<|begin|>", "<|end|>");
        all.put(
                "llama3",
                file(
                        bytes(llama, true),
                        special(llama),
                        Map.of(
                                "pre_tokenizer",
                                        sequence(
                                                "pretokenizers",
                                                split("Regex", OnigurumaTest.LLAMA3, "Isolated", false),
                                                byteLevel(false, true, false)),
                                "post_processor",
                                        sequence(
                                                "processors",
                                                byteLevel(true, true, true),
                                                template("<|begin|>", 0, "<|end|>", 1)),
                                "decoder", byteLevel(true, true, true))));
        all.put(
                "bytes-normalizer",
                file(
                        bytes(List.of(), false),
                        List.of(),
                        Map.of("normalizer", type("ByteLevel"), "decoder", byteLevel(false, false, false))));
    }

    private static void characters(Map<String, Json> all) {
        String bytes = characters(LLAMA_SPECIAL, LLAMA_MERGES, "", "", true, true);
        String decoder = sequence(
                "decoders",
                replace("String", "▁", " "),
                type("ByteFallback"),
                type("Fuse"),
                "{\"type\":\"Strip\",\"content\":\" \",\"start\":1,\"stop\":0}");
        all.put(
                "llama2",
                file(
                        bytes,
                        special(LLAMA_SPECIAL),
                        Map.of(
                                "normalizer",
                                        sequence(
                                                "normalizers",
                                                "{\"type\":\"Prepend\",\"prepend\":\"▁\"}",
                                                replace("String", " ", "▁")),
                                "post_processor", template("<s>", 1, "</s>", 2),
                                "decoder", decoder)));
        for (String scheme : List.of("first", "always", "never")) {
            all.put(
                    "metaspace-" + scheme,
                    file(
                            characters(LLAMA_SPECIAL, LLAMA_MERGES.subList(0, 20), "", "", false, false),
                            special(LLAMA_SPECIAL),
                            Map.of(
                                    "pre_tokenizer", metaspace(scheme, !scheme.equals("never")),
                                    "decoder", metaspace(scheme, true))));
        }
        for (String form : List.of("NFC", "NFD", "NFKC", "NFKD")) {
            all.put(
                    form.replace("NF", "nf"),
                    file(bytes, List.of(), Map.of("normalizer", type(form), "decoder", decoder)));
        }
        List<String> clip = List.of("<unk>", "<s>", "</s>");
        all.put(
                "clip",
                file(
                        characters(
                                clip,
                                List.of(
                                        "t h",
                                        "th e</w>",
                                        "l o",
                                        "lo w</w>",
                                        "lo w",
                                        "e r</w>",
                                        "low er</w>",
                                        "o k",
                                        "ok e",
                                        "a a",
                                        "aa aa",
                                        "! !</w>"),
                                "",
                                "</w>",
                                false,
                                false),
                        special(clip),
                        Map.of(
                                "normalizer",
                                sequence("normalizers", type("NFC"), replace("Regex", "\\s+", " "), type("Lowercase")),
                                "pre_tokenizer",
                                split(
                                        "Regex",
                                        "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+",
                                        "Removed",
                                        true),
                                "post_processor",
                                "{\"type\":\"RobertaProcessing\",\"sep\":[\"</s>\",2],\"cls\":[\"<s>\",1],"
                                        + "\"trim_offsets\":false,\"add_prefix_space\":false}",
                                "decoder",
                                "{\"type\":\"BPEDecoder\",\"suffix\":\"</w>\"}")));
        all.put(
                "continuing",
                file(
                        characters(
                                List.of("<unk>"),
                                List.of("t ##h", "th ##e", "l ##o", "lo ##w", "##e ##r", "low ##er"),
                                "##",
                                "",
                                true,
                                false),
                        List.of(),
                        Map.of(
                                "normalizer", sequence("normalizers", type("NFD"), type("StripAccents")),
                                "pre_tokenizer", type("Whitespace"))));
    }

    private static void others(Map<String, Json> all) {
        all.put(
                "unigram",
                file(
                        unigram(false),
                        List.of(added(0, "<unk>", "s")),
                        Map.of(
                                "normalizer",
                                        sequence(
                                                "normalizers",
                                                type("Nmt"),
                                                type("NFKC"),
                                                replace("Regex", " {2,}", " ")),
                                "pre_tokenizer", metaspace("always", true),
                                "decoder", metaspace("always", true))));
        all.put(
                "unigram-table",
                file(
                        unigram(false),
                        List.of(added(0, "<unk>", "s")),
                        Map.of(
                                "normalizer",
                                        "{\"type\":\"Precompiled\",\"precompiled_charsmap\":\"" + charsMap() + "\"}",
                                "pre_tokenizer", metaspace("always", true),
                                "decoder", metaspace("always", true))));
        all.put(
                "unigram-bytes",
                file(
                        unigram(true),
                        List.of(added(0, "<unk>", "s")),
                        Map.of(
                                "pre_tokenizer", metaspace("first", false),
                                "decoder", sequence("decoders", type("ByteFallback"), metaspace("first", false)))));
        all.put(
                "words",
                file(
                        words(),
                        List.of(),
                        Map.of(
                                "normalizer",
                                        sequence(
                                                "normalizers",
                                                "{\"type\":\"Strip\",\"strip_left\":true,\"strip_right\":true}",
                                                type("Lowercase")),
                                "pre_tokenizer", type("Whitespace"))));
        Map<String, String> splits = new LinkedHashMap<>();
        for (SplitBehavior each : SplitBehavior.values()) {
            splits.put(
                    "punctuation-" + each.label(), "{\"type\":\"Punctuation\",\"behavior\":\"" + each.label() + "\"}");
            splits.put("split-" + each.label(), split("Regex", "\\w+|\\s", each.label(), false));
            splits.put("inverted-" + each.label(), split("String", " ", each.label(), true));
        }
        splits.put("digits", "{\"type\":\"Digits\",\"individual_digits\":false}");
        splits.put("each-digit", "{\"type\":\"Digits\",\"individual_digits\":true}");
        splits.put("delimiter", "{\"type\":\"CharDelimiterSplit\",\"delimiter\":\"-\"}");
        splits.put("whitespace-split", type("WhitespaceSplit"));
        splits.forEach((name, stage) -> all.put(name, words(stage)));
    }
}
