package dev.neurite.llm.tokenizer;

import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonBoolean;
import dev.neurite.io.json.Json.JsonNull;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How byte-level BPE cuts a text before it merges: what GGUF has a name for in `tokenizer.ggml.pre`, and a
/// `tokenizer.json` as stages. The expressions are those of the models' own files.
///
/// @param names the first is written
/// @param composes whether the text is normalized to NFC before
/// @param expressions each cuts what the one before left, around its matches
/// @param wholeWords whether a word that is a token is taken without merges
/// @param begins whether texts begin with a token, if the file does not say it
record PreTokenizerKind(
        List<String> names, boolean composes, List<String> expressions, boolean wholeWords, boolean begins) {
    private static final String CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private static final String SPACES = "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final String LLAMA_3 =
            CONTRACTIONS + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|" + SPACES;
    private static final String QWEN_2 =
            CONTRACTIONS + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|" + SPACES;
    private static final String LARGE = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
    private static final String SMALL = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
    private static final String BEFORE = "[^\\r\\n\\p{L}\\p{N}]?";
    private static final String TEKKEN = BEFORE + LARGE + "*" + SMALL + "+|" + BEFORE + LARGE + "+" + SMALL
            + "*|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|" + SPACES;
    private static final String GPT_4O = BEFORE + LARGE + "*" + SMALL + "+" + CONTRACTIONS + "?|" + BEFORE + LARGE + "+"
            + SMALL + "*" + CONTRACTIONS + "?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|" + SPACES;
    private static final String IDEOGRAPHS = "[一-龥ࠀ-一가-퟿]+";
    private static final String DEEPSEEK_LETTERS = // with letters that editors would replace by equal ones
            "\\s?[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅὐ-ὗ"
                + "ὙὛὝὟ-\u1F7Dᾀ-ᾴᾶ-ᾼ\u1FBEῂ-ῄῆ-ῌῐ-\u1FD3ῖ-\u1FDBῠ-Ῥῲ-ῴῶ-ῼℂℇℊ-ℓℕℙ-ℝℤ\u2126ℨ\u212A-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯ"
                + "ꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃]+";
    private static final String DEEPSEEK_3 = "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+"
            + "|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|" + SPACES;

    private static final String GPT_2 =
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

    private static final String DIGIT = "\\p{N}";
    private static final String NUMBER = "\\p{N}+";

    private static final List<PreTokenizerKind> ALL = List.of(
            new PreTokenizerKind(
                    List.of("gpt-2", "phi-2", "mpt", "olmo", "jais", "exaone4"), false, List.of(GPT_2), false, false),
            new PreTokenizerKind(
                    List.of("llama-bpe", "llama3", "llama-v3", "falcon3", "pixtral"),
                    false,
                    List.of(LLAMA_3),
                    true,
                    true),
            new PreTokenizerKind(List.of("dbrx", "smaug-bpe"), false, List.of(LLAMA_3), false, false),
            new PreTokenizerKind(List.of("qwen2", "deepseek-r1-qwen", "megrez"), true, List.of(QWEN_2), false, false),
            new PreTokenizerKind(
                    List.of("smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b"),
                    false,
                    List.of(DIGIT, GPT_2),
                    false,
                    false),
            new PreTokenizerKind(List.of("tekken"), false, List.of(TEKKEN), true, true),
            new PreTokenizerKind(List.of("gpt-4o", "llama4"), false, List.of(GPT_4O), false, false),
            new PreTokenizerKind(
                    List.of("deepseek-llm"),
                    false,
                    List.of("[\r\n]", DEEPSEEK_LETTERS, "\\s?[!-/:-~！-／：-～‘-‟　-。]+", "\\s+$", IDEOGRAPHS, NUMBER),
                    false,
                    false),
            new PreTokenizerKind(
                    List.of("deepseek-coder"),
                    false,
                    List.of("[\r\n]", "\\s?\\p{L}+", "\\s?\\p{P}+", IDEOGRAPHS, DIGIT),
                    false,
                    false),
            new PreTokenizerKind(
                    List.of("deepseek-v3"), false, List.of("\\p{N}{1,3}", "[一-龥぀-ゟ゠-ヿ]+", DEEPSEEK_3), false, false),
            new PreTokenizerKind(
                    List.of("default"),
                    false,
                    List.of("[\\p{P}\\$\\+<=>\\^~\\|]+", GPT_2, NUMBER, "[0-9][0-9][0-9]"),
                    false,
                    false));

    /// All names, for messages.
    static List<String> allNames() {
        return ALL.stream().flatMap(each -> each.names.stream()).toList();
    }

    static Optional<PreTokenizerKind> named(String name) {
        return ALL.stream().filter(each -> each.names.contains(name)).findFirst();
    }

    /// The kind whose stages a `tokenizer.json` has; empty if GGUF has no name for them.
    /// @param wholeWords of its model: `ignore_merges`
    static Optional<PreTokenizerKind> of(Json normalizer, Json preTokenizer, boolean wholeWords) {
        List<Json> before = stages(normalizer, "normalizers");
        boolean composes = before.size() == 1 && type(before.getFirst()).equals("NFC");
        if (!before.isEmpty() && !composes) return Optional.empty();
        List<String> expressions = new ArrayList<>();
        for (Json each : stages(preTokenizer, "pretokenizers")) expressions.add(expression(each));
        expressions.remove("");
        List<PreTokenizerKind> same = ALL.stream()
                .filter(each -> each.composes == composes && each.expressions.equals(expressions))
                .toList();
        return same.stream().filter(each -> each.wholeWords == wholeWords).findFirst();
    }

    /// The stages of a sequence, or the only one.
    static List<Json> stages(Json stage, String name) {
        return switch (stage) {
            case JsonNull _ -> List.of();
            case JsonObject(Map<String, Json> members)
            when type(stage).equals("Sequence") && members.get(name) instanceof JsonArray(List<Json> inside) ->
                inside.stream().flatMap(each -> stages(each, name).stream()).toList();
            default -> List.of(stage);
        };
    }

    static String type(Json stage) {
        return text(stage, "type");
    }

    static Json member(Json stage, String name) {
        if (!(stage instanceof JsonObject(Map<String, Json> members))) return new JsonNull();
        return members.getOrDefault(name, new JsonNull());
    }

    static String text(Json stage, String name) {
        return member(stage, name) instanceof JsonString(String text) ? text : "";
    }

    static boolean truth(Json stage, String name, boolean fallback) {
        return member(stage, name) instanceof JsonBoolean(boolean truth) ? truth : fallback;
    }

    /// The expression at whose matches a stage cuts; empty for the one that makes characters of bytes, and the stage
    /// itself for others, which no kind has.
    private static String expression(Json stage) {
        return switch (type(stage)) {
            case "Split" -> {
                // What is not matched goes, but these expressions match everything.
                boolean removes = text(stage, "behavior").equals("Removed") && truth(stage, "invert", false);
                boolean isolates = text(stage, "behavior").equals("Isolated") && !truth(stage, "invert", false);
                yield removes || isolates ? text(member(stage, "pattern"), "Regex") : stage.write();
            }
            case "Digits" -> truth(stage, "individual_digits", false) ? DIGIT : NUMBER;
            case "ByteLevel" -> {
                if (truth(stage, "add_prefix_space", true)) yield stage.write();
                yield truth(stage, "use_regex", true) ? GPT_2 : "";
            }
            default -> stage.write();
        };
    }

    /// The normalizer of a `tokenizer.json`.
    Json normalizer() {
        return composes ? Json.of(Map.of("type", "NFC")) : new JsonNull();
    }

    /// The pre-tokenizer of a `tokenizer.json`.
    Json preTokenizer() {
        List<Map<String, Object>> stages = new ArrayList<>();
        for (String each : expressions) {
            Map<String, Object> split = new LinkedHashMap<>();
            split.put("type", "Split");
            split.put("pattern", Map.of("Regex", each));
            split.put("behavior", "Isolated");
            split.put("invert", false);
            stages.add(split);
        }
        Map<String, Object> bytes = new LinkedHashMap<>();
        bytes.put("type", "ByteLevel");
        bytes.put("add_prefix_space", false);
        bytes.put("trim_offsets", true);
        bytes.put("use_regex", false);
        stages.add(bytes);
        Map<String, Object> sequence = new LinkedHashMap<>();
        sequence.put("type", "Sequence");
        sequence.put("pretokenizers", stages);
        return Json.of(sequence);
    }

    String name() {
        return names.getFirst();
    }
}
