package dev.neurite.llm.tokenizer;

import dev.neurite.error.ModelFormatException;
import dev.neurite.error.Spelling;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonNull;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import dev.neurite.llm.gguf.Metadata;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// The tokenizer of a GGUF file as a `tokenizer.json`, and the other way round.
///
/// GGUF has fewer words than a `tokenizer.json`: what it lacks, such as tokens that take the white space beside them,
/// is kept by writing that file as a whole into the key `tokenizer.huggingface.json`, which is read first.
final class GgufVocabulary {
    static final String WHOLE = "tokenizer.huggingface.json";

    private static final String KEYS = "tokenizer.ggml.";
    private static final String MARK = "▁";
    private static final List<String> MODELS = List.of("gpt2", "llama");

    private static final long NORMAL = 1;
    private static final long UNKNOWN = 2;
    private static final long CONTROL = 3;
    private static final long USER_DEFINED = 4;
    private static final long UNUSED = 5;
    private static final long BYTE = 6;

    private GgufVocabulary() {}

    /// The `tokenizer.json` of a file with these metadata.
    static Json json(Metadata metadata) {
        String model = metadata.text(KEYS + "model");
        if (!MODELS.contains(model)) {
            throw new ModelFormatException(
                    where(metadata, "model"),
                    "expects one of " + String.join(", ", MODELS) + ", got '" + model + "'",
                    Spelling.hint(model, MODELS));
        }
        for (String each : List.of("precompiled_charsmap", "remove_extra_whitespaces")) {
            if (metadata.has(KEYS + each)) {
                throw new ModelFormatException(
                        where(metadata, each), "expects no such key for '" + model + "', got one");
            }
        }
        List<String> tokens = tokens(metadata);
        List<Long> types = types(metadata, tokens);
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("version", "1.0");
        file.put("truncation", new JsonNull());
        file.put("padding", new JsonNull());
        file.put("added_tokens", added(metadata, tokens, types));
        if (model.equals("gpt2")) byBytes(metadata, tokens, file);
        else byScores(metadata, tokens, types, file);
        return Json.of(file);
    }

    private static String where(Metadata metadata, String key) {
        return metadata.source() + ", key '" + KEYS + key + "'";
    }

    private static List<String> tokens(Metadata metadata) {
        List<String> tokens = new ArrayList<>(metadata.texts(KEYS + "tokens"));
        Set<String> seen = new HashSet<>();
        for (int id = 0; id < tokens.size(); id++) {
            if (tokens.get(id).isEmpty()) tokens.set(id, "[EMPTY_" + id + "]"); // as llama.cpp calls it
            if (!seen.add(tokens.get(id))) {
                throw new ModelFormatException(
                        where(metadata, "tokens"),
                        "expects each token once, got '" + tokens.get(id) + "' again at " + id);
            }
        }
        return tokens;
    }

    private static List<Long> types(Metadata metadata, List<String> tokens) {
        String key = KEYS + "token_type";
        if (!metadata.has(key)) return Collections.nCopies(tokens.size(), NORMAL);
        return sameLength(metadata, "token_type", metadata.integers(key), tokens.size());
    }

    private static <T> List<T> sameLength(Metadata metadata, String key, List<T> values, int size) {
        if (values.size() == size) return values;
        throw new ModelFormatException(
                where(metadata, key), "expects one for each of " + size + " tokens, got " + values.size());
    }

    /// Tokens that are found in texts before all others.
    private static List<Map<String, Object>> added(Metadata metadata, List<String> tokens, List<Long> types) {
        List<Map<String, Object>> added = new ArrayList<>();
        for (int id = 0; id < tokens.size(); id++) {
            long type = types.get(id);
            if (type != CONTROL && type != USER_DEFINED && type != UNKNOWN) continue;
            Map<String, Object> token = new LinkedHashMap<>();
            token.put("id", id);
            token.put("content", tokens.get(id));
            token.put("single_word", false);
            token.put("lstrip", false);
            token.put("rstrip", takesSpaces(metadata, tokens.get(id), type));
            token.put("normalized", false);
            token.put("special", type != USER_DEFINED);
            added.add(token);
        }
        return added;
    }

    /// The tokens of Phi-3 take the white space after them; llama.cpp knows it by the model's name, too.
    private static boolean takesSpaces(Metadata metadata, String token, long type) {
        if (type == USER_DEFINED || !metadata.has("general.name")) return false;
        String name = metadata.text("general.name").toLowerCase(Locale.ROOT);
        boolean phi = name.contains("phi-3") || name.contains("phi3");
        return phi && !Set.of("<unk>", "<s>", "<|endoftext|>").contains(token);
    }

    private static void byBytes(Metadata metadata, List<String> tokens, Map<String, Object> file) {
        if (!metadata.has(KEYS + "pre")) {
            throw new ModelFormatException(
                    where(metadata, "pre"),
                    "expects the name of a pre-tokenizer, got none",
                    "Convert the model again: old files do not say how texts are cut");
        }
        String name = metadata.text(KEYS + "pre");
        PreTokenizerKind kind = PreTokenizerKind.named(name)
                .orElseThrow(() -> new ModelFormatException(
                        where(metadata, "pre"),
                        "expects one of " + String.join(", ", PreTokenizerKind.allNames()) + ", got '" + name + "'",
                        Spelling.hint(name, PreTokenizerKind.allNames())));
        List<List<String>> merges = new ArrayList<>();
        for (String each : metadata.texts(KEYS + "merges")) {
            int space = each.indexOf(' ', 1);
            if (space < 0) {
                throw new ModelFormatException(
                        where(metadata, "merges"),
                        "expects two tokens with a space between them, got '" + each + "' at " + merges.size());
            }
            merges.add(List.of(each.substring(0, space), each.substring(space + 1)));
        }
        file.put("normalizer", kind.normalizer());
        file.put("pre_tokenizer", kind.preTokenizer());
        file.put("post_processor", ends(metadata, tokens, kind.begins()));
        file.put("decoder", Map.of("type", "ByteLevel"));
        file.put("model", model(tokens, merges, Optional.empty(), kind.wholeWords()));
    }

    private static void byScores(Metadata metadata, List<String> tokens, List<Long> types, Map<String, Object> file) {
        List<Double> scores = sameLength(metadata, "scores", metadata.numbers(KEYS + "scores"), tokens.size());
        Map<String, Integer> merging = new HashMap<>();
        OptionalInt unknown = id(metadata, "unknown_token_id", tokens.size());
        for (int id = 0; id < tokens.size(); id++) {
            if (types.get(id) == UNKNOWN && unknown.isEmpty()) unknown = OptionalInt.of(id);
            if (types.get(id) != NORMAL && types.get(id) != USER_DEFINED) continue;
            if (tokens.get(id).length() > ScoredMerges.LONGEST) {
                throw new ModelFormatException(
                        where(metadata, "tokens"),
                        "expects tokens of at most " + ScoredMerges.LONGEST + " characters, got one of "
                                + tokens.get(id).length() + " at " + id);
            }
            if (!Double.isFinite(scores.get(id))) {
                throw new ModelFormatException(
                        where(metadata, "scores"), "expects finite numbers, got " + scores.get(id) + " at " + id);
            }
            merging.put(tokens.get(id), id);
        }
        List<List<String>> merges = ScoredMerges.of(merging, scores).stream()
                .map(each -> List.of(each.first(), each.second()))
                .toList();
        boolean prefix = !metadata.has(KEYS + "add_space_prefix") || metadata.flag(KEYS + "add_space_prefix");
        List<Map<String, Object>> normalizers = new ArrayList<>();
        if (prefix) normalizers.add(Map.of("type", "Prepend", "prepend", MARK));
        normalizers.add(Map.of("type", "Replace", "pattern", Map.of("String", " "), "content", MARK));
        file.put("normalizer", Map.of("type", "Sequence", "normalizers", normalizers));
        file.put("pre_tokenizer", new JsonNull());
        file.put("post_processor", ends(metadata, tokens, true));
        List<Map<String, Object>> decoders = new ArrayList<>(List.of(
                Map.of("type", "Replace", "pattern", Map.of("String", MARK), "content", " "),
                Map.of("type", "ByteFallback"),
                Map.of("type", "Fuse")));
        if (prefix) decoders.add(Map.of("type", "Strip", "content", " ", "start", 1, "stop", 0));
        file.put("decoder", Map.of("type", "Sequence", "decoders", decoders));
        Optional<String> unknownToken =
                unknown.isPresent() ? Optional.of(tokens.get(unknown.getAsInt())) : Optional.empty();
        Map<String, Object> model = model(tokens, merges, unknownToken, false);
        model.put("fuse_unk", true);
        model.put("byte_fallback", true);
        file.put("model", model);
    }

    private static Map<String, Object> model(
            List<String> tokens, List<List<String>> merges, Optional<String> unknown, boolean wholeWords) {
        Map<String, Object> vocabulary = new LinkedHashMap<>();
        for (int id = 0; id < tokens.size(); id++) vocabulary.put(tokens.get(id), id);
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("type", "BPE");
        if (unknown.isPresent()) model.put("unk_token", unknown.get());
        model.put("ignore_merges", wholeWords);
        model.put("vocab", vocabulary);
        model.put("merges", merges);
        return model;
    }

    /// An id that a key says; empty if there is no such key.
    static OptionalInt id(Metadata metadata, String key, int size) {
        if (!metadata.has(KEYS + key)) return OptionalInt.empty();
        long id = metadata.integer(KEYS + key);
        if (id >= 0 && id < size) return OptionalInt.of((int) id);
        throw new ModelFormatException(where(metadata, key), "expects an id from 0 to " + (size - 1) + ", got " + id);
    }

    /// The tokens that are added around texts.
    private static Json ends(Metadata metadata, List<String> tokens, boolean begins) {
        String before = end(metadata, tokens, "bos_token_id", "add_bos_token", begins);
        String after = end(metadata, tokens, "eos_token_id", "add_eos_token", false);
        if (before.isEmpty() && after.isEmpty()) return new JsonNull();
        List<Map<String, Object>> single = new ArrayList<>();
        List<Map<String, Object>> pair = new ArrayList<>();
        Map<String, Object> special = new LinkedHashMap<>();
        for (String sequence : List.of("A", "B")) {
            for (String each : List.of(before, sequence, after)) {
                if (each.isEmpty()) continue;
                Map<String, Object> piece = Map.of(
                        each.equals(sequence) ? "Sequence" : "SpecialToken",
                        Map.of("id", each, "type_id", sequence.equals("A") ? 0 : 1));
                if (sequence.equals("A")) single.add(piece);
                pair.add(piece);
                if (each.equals(sequence)) continue;
                special.put(each, Map.of("id", each, "ids", List.of(tokens.indexOf(each)), "tokens", List.of(each)));
            }
        }
        return Json.of(Map.of("type", "TemplateProcessing", "single", single, "pair", pair, "special_tokens", special));
    }

    private static String end(Metadata metadata, List<String> tokens, String key, String adds, boolean byDefault) {
        OptionalInt id = id(metadata, key, tokens.size());
        boolean said = metadata.has(KEYS + adds);
        boolean wanted = said ? metadata.flag(KEYS + adds) : byDefault;
        if (wanted && said && id.isEmpty()) {
            throw new ModelFormatException(
                    where(metadata, key), "expects an id, as '" + KEYS + adds + "' is true, got none");
        }
        return wanted && id.isPresent() ? tokens.get(id.getAsInt()) : "";
    }

    /// The keys of the vocabulary of a `tokenizer.json`.
    /// @param rows how many ids the model has, at least as many as there are tokens
    static Map<String, Object> entries(String where, Json json, int rows) {
        Json model = PreTokenizerKind.member(json, "model");
        boolean byScores = PreTokenizerKind.truth(model, "byte_fallback", false);
        if (!(PreTokenizerKind.member(model, "vocab") instanceof JsonObject(Map<String, Json> vocabulary))
                || !(PreTokenizerKind.member(model, "merges") instanceof JsonArray(List<Json> pairs))) {
            throw new ModelFormatException(
                    where + ", model", "expects BPE, which GGUF has, got '" + PreTokenizerKind.type(model) + "'");
        }
        String[] tokens = new String[rows];
        Long[] types = new Long[rows];
        vocabulary.forEach(
                (token, id) -> put(where, tokens, types, token, whole(id), byScores && isByte(token) ? BYTE : NORMAL));
        boolean exact = true;
        if (PreTokenizerKind.member(json, "added_tokens") instanceof JsonArray(List<Json> added)) {
            for (Json each : added) {
                String content = PreTokenizerKind.text(each, "content");
                boolean special = PreTokenizerKind.truth(each, "special", false);
                long type = !special
                        ? USER_DEFINED
                        : content.equals(PreTokenizerKind.text(model, "unk_token")) ? UNKNOWN : CONTROL;
                put(where, tokens, types, content, whole(PreTokenizerKind.member(each, "id")), type);
                exact &= !PreTokenizerKind.truth(each, "single_word", false)
                        && !PreTokenizerKind.truth(each, "lstrip", false)
                        && !PreTokenizerKind.truth(each, "rstrip", false)
                        && !(byScores && PreTokenizerKind.truth(each, "normalized", false));
            }
        }
        for (int id = 0; id < rows; id++) {
            if (tokens[id] == null) put(where, tokens, types, "[PAD" + id + "]", id, UNUSED);
        }
        Map<String, Object> entries = new LinkedHashMap<>();
        entries.put(KEYS + "model", byScores ? "llama" : "gpt2");
        entries.put(KEYS + "tokens", List.of(tokens));
        entries.put(KEYS + "token_type", List.of(types));
        List<String[]> merges = pairs.stream().map(each -> pair(where, each)).toList();
        if (byScores) {
            exact &= putScores(json, List.of(tokens), List.of(types), merges, entries);
        } else {
            entries.put(KEYS + "pre", kind(where, json, model).name());
            entries.put(
                    KEYS + "merges",
                    merges.stream().map(each -> each[0] + " " + each[1]).toList());
        }
        if (!exact) entries.put(WHOLE, json.write());
        return entries;
    }

    private static void put(String where, String[] tokens, Long[] types, String token, int id, long type) {
        if (id < 0 || id >= tokens.length) {
            throw new ModelFormatException(
                    where, "expects ids below the model's " + tokens.length + ", got " + id + " for '" + token + "'");
        }
        tokens[id] = token;
        types[id] = type;
    }

    private static int whole(Json json) {
        boolean whole = json instanceof JsonNumber(String digits) && digits.matches("\\d{1,9}");
        return whole && json instanceof JsonNumber(String digits) ? Integer.parseInt(digits) : -1;
    }

    private static boolean isByte(String token) {
        return token.matches("<0x[0-9A-F]{2}>");
    }

    private static String[] pair(String where, Json json) {
        if (json instanceof JsonString(String line) && line.indexOf(' ', 1) > 0) {
            int space = line.indexOf(' ', 1);
            return new String[] {line.substring(0, space), line.substring(space + 1)};
        }
        if (json instanceof JsonArray(List<Json> pair)
                && pair.size() == 2
                && pair.getFirst() instanceof JsonString(String first)
                && pair.getLast() instanceof JsonString(String second)) {
            return new String[] {first, second};
        }
        throw new ModelFormatException(where + ", model.merges", "expects pairs of tokens, got " + json.write());
    }

    private static PreTokenizerKind kind(String where, Json json, Json model) {
        Json preTokenizer = PreTokenizerKind.member(json, "pre_tokenizer");
        return PreTokenizerKind.of(
                        PreTokenizerKind.member(json, "normalizer"),
                        preTokenizer,
                        PreTokenizerKind.truth(model, "ignore_merges", false))
                .orElseThrow(() -> new ModelFormatException(
                        where + ", pre_tokenizer",
                        "expects stages that GGUF has a name for, as those of "
                                + String.join(", ", PreTokenizerKind.allNames()) + ", got others"));
    }

    /// Scores that say the same as the merges.
    /// @return whether they do, and the stages are those of SentencePiece
    private static boolean putScores(
            Json json, List<String> tokens, List<Long> types, List<String[]> merges, Map<String, Object> entries) {
        Map<String, Double> found = new HashMap<>();
        Set<List<String>> wanted = new HashSet<>();
        for (String[] each : merges) {
            found.putIfAbsent(each[0] + each[1], -(double) found.size());
            wanted.add(List.of(each[0], each[1]));
        }
        List<Double> scores = new ArrayList<>();
        Map<String, Integer> merging = new HashMap<>();
        for (int id = 0; id < tokens.size(); id++) {
            scores.add(found.getOrDefault(tokens.get(id), -(double) tokens.size()));
            if (types.get(id) == NORMAL || types.get(id) == USER_DEFINED) merging.put(tokens.get(id), id);
        }
        List<ScoredMerges.Merge> again = ScoredMerges.of(merging, scores);
        Set<List<String>> got = new HashSet<>();
        for (ScoredMerges.Merge each : again) got.add(List.of(each.first(), each.second()));
        List<String> order = merges.stream().map(each -> each[0] + each[1]).toList();
        boolean same = got.equals(wanted) && isInRuns(order);
        List<Json> before = PreTokenizerKind.stages(PreTokenizerKind.member(json, "normalizer"), "normalizers");
        boolean prepends =
                before.stream().anyMatch(each -> PreTokenizerKind.type(each).equals("Prepend"));
        List<Json> cuts = PreTokenizerKind.stages(PreTokenizerKind.member(json, "pre_tokenizer"), "pretokenizers");
        Optional<Json> space = cuts.stream()
                .filter(each -> PreTokenizerKind.type(each).equals("Metaspace"))
                .findFirst();
        boolean prefix = prepends
                || space.map(each ->
                                !PreTokenizerKind.text(each, "prepend_scheme").equals("never"))
                        .orElse(false);
        List<String> kinds = before.stream().map(PreTokenizerKind::type).toList();
        boolean plain = kinds.equals(List.of("Prepend", "Replace")) || kinds.equals(List.of("Replace"));
        boolean uncut = cuts.isEmpty()
                || cuts.stream()
                        .allMatch(each -> PreTokenizerKind.type(each).equals("Split")
                                && PreTokenizerKind.text(PreTokenizerKind.member(each, "pattern"), "String")
                                        .equals(" "));
        entries.put(KEYS + "pre", "default");
        entries.put(KEYS + "scores", scores);
        entries.put(KEYS + "add_space_prefix", prefix);
        return same && plain && uncut;
    }

    /// Whether equal texts are beside each other.
    private static boolean isInRuns(List<String> texts) {
        Set<String> seen = new HashSet<>();
        String last = "";
        for (String each : texts) {
            if (!each.equals(last) && !seen.add(each)) return false;
            last = each;
        }
        return true;
    }
}
