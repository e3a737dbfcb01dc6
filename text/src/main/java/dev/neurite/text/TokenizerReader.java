package dev.neurite.text;

import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/// Reads and writes `tokenizer.json`, version 1.0.
final class TokenizerReader {
    /// The largest number of values in a file: twice those of the largest vocabularies in use.
    private static final int MOST_VALUES = 4_000_000;

    private static final int LONGEST_ADDED = 1_000; // characters
    private static final int MOST_ADDED = 1_000_000; // characters of all added tokens, which are normalized
    private static final int MOST_OF_STAGE = 1_000; // values of a stage: ten times those of the largest in use
    private static final String VERSION = "1.0";
    private static final List<String> STAGES = List.of("normalizer", "pre_tokenizer", "post_processor", "decoder");
    private static final List<String> SIDES = List.of("Left", "Right");
    private static final List<String> STRATEGIES = List.of("LongestFirst", "OnlyFirst", "OnlySecond");

    private TokenizerReader() {}

    /// @param file where the text is from, for messages
    static Tokenizer read(String file, String text) {
        try {
            return read(file, Json.read(text, MOST_VALUES));
        } catch (Json.SyntaxException e) {
            String where = e.path().isEmpty() ? file : file + ", " + e.path();
            throw new ModelFormatException(where, "expects JSON of a tokenizer: " + e.problem());
        }
    }

    /// @param file where the values are from, for messages
    static Tokenizer read(String file, Json json) {
        try {
            return read(new Fields(file, "", json));
        } catch (DataException e) { // of tokens
            throw new ModelFormatException(file + ", " + e.where(), e.problem(), e.hint());
        }
    }

    static Tokenizer read(Fields fields) {
        if (!fields.string("version").equals(VERSION)) throw fields.wrong("version", "'" + VERSION + "'");
        for (String each : STAGES) {
            int values = values(fields.value(each));
            if (values <= MOST_OF_STAGE) continue;
            throw fields.error(each, "expects at most " + MOST_OF_STAGE + " values, got " + values, "");
        }
        TokenModel model = TokenModelReader.read(fields.object("model"));
        Normalizer normalizer = fields.has("normalizer")
                ? StageReader.normalizer(fields.object("normalizer"))
                : new Normalizer.Sequence(List.of());
        var tokens =
                new AllTokens(model.vocabulary(), new AddedTokens(addedTokens(fields, model.vocabulary()), normalizer));
        var tokenizer = new Tokenizer(
                tokens,
                fields.has("pre_tokenizer")
                        ? StageReader.preTokenizer(fields.object("pre_tokenizer"))
                        : new PreTokenizer.Sequence(List.of()),
                model,
                fields.has("post_processor")
                        ? StageReader.postProcessor(fields.object("post_processor"), tokens)
                        : new PostProcessor.Sequence(List.of()),
                fields.has("decoder") ? StageReader.decoder(fields.object("decoder")) : new Decoder.Spaces(),
                new Tokenizer.Sources(
                        fields.value("normalizer"),
                        fields.value("pre_tokenizer"),
                        fields.value("post_processor"),
                        fields.value("decoder")),
                new Tokenizer.Settings(
                        fields.has("truncation")
                                ? Optional.of(truncation(fields.object("truncation")))
                                : Optional.empty(),
                        fields.has("padding")
                                ? Optional.of(padding(fields.object("padding"), tokens.size()))
                                : Optional.empty(),
                        true));
        fields.end();
        return tokenizer;
    }

    /// The number of values in a value, itself included.
    private static int values(Json json) {
        Stream<Json> inside = switch (json) {
            case JsonArray(List<Json> items) -> items.stream();
            case JsonObject(Map<String, Json> members) -> members.values().stream();
            default -> Stream.empty();
        };
        return 1 + inside.mapToInt(TokenizerReader::values).sum();
    }

    /// Added tokens that the model does not have follow its ids, in their order.
    private static List<AddedToken> addedTokens(Fields fields, Vocabulary vocabulary) {
        if (!fields.has("added_tokens")) return List.of();
        Map<String, AddedToken> tokens = new LinkedHashMap<>();
        int[] next = {vocabulary.size()};
        int[] length = {0};
        fields.items("added_tokens", (each, _) -> {
            AddedToken token = addedToken(each);
            int known = vocabulary.id(token.content());
            int expected = known >= 0 ? known : next[0]++;
            if (token.id() != expected)
                throw each.wrong("id", "the id " + expected + " for '" + Fields.shown(token.content()) + "'");
            if (tokens.put(token.content(), token) != null) {
                throw each.wrong("content", "each added token once");
            }
            length[0] += token.content().length();
            if (length[0] > MOST_ADDED) {
                throw each.error("content", "expects at most " + MOST_ADDED + " characters of all added tokens", "");
            }
            return token;
        });
        return List.copyOf(tokens.values());
    }

    private static AddedToken addedToken(Fields fields) {
        var token = new AddedToken(
                fields.whole("id", 0, Vocabulary.MOST - 1),
                fields.string("content"),
                fields.truth("single_word"),
                fields.truth("lstrip"),
                fields.truth("rstrip"),
                fields.truth("normalized"),
                fields.truth("special"));
        if (token.content().isEmpty() || token.content().length() > LONGEST_ADDED) {
            throw fields.wrong("content", "1 to " + LONGEST_ADDED + " characters");
        }
        fields.end();
        return token;
    }

    private static Truncation truncation(Fields fields) {
        var truncation = new Truncation(
                fields.whole("max_length", 0, Integer.MAX_VALUE),
                strategy(fields.choice("strategy", STRATEGIES)),
                fields.has("direction") ? side(fields) : Side.RIGHT,
                fields.whole("stride", 0, Integer.MAX_VALUE));
        fields.end();
        return truncation;
    }

    private static Truncation.Strategy strategy(String name) {
        return switch (name) {
            case "OnlyFirst" -> Truncation.Strategy.ONLY_FIRST;
            case "OnlySecond" -> Truncation.Strategy.ONLY_SECOND;
            default -> Truncation.Strategy.LONGEST_FIRST;
        };
    }

    private static String name(Truncation.Strategy strategy) {
        return switch (strategy) {
            case LONGEST_FIRST -> "LongestFirst";
            case ONLY_FIRST -> "OnlyFirst";
            case ONLY_SECOND -> "OnlySecond";
        };
    }

    private static String name(Side side) {
        return side == Side.LEFT ? "Left" : "Right";
    }

    private static Side side(Fields fields) {
        return fields.choice("direction", SIDES).equals("Left") ? Side.LEFT : Side.RIGHT;
    }

    private static TokenPadding padding(Fields fields, int tokens) {
        OptionalInt length = OptionalInt.empty();
        if (!(fields.value("strategy") instanceof JsonString(String name) && name.equals("BatchLongest"))) {
            Fields strategy = fields.object("strategy");
            length = OptionalInt.of(strategy.whole("Fixed", 0, 1 << 20));
            strategy.end();
        }
        var padding = new TokenPadding(
                length,
                fields.has("pad_to_multiple_of") ? Math.max(1, fields.whole("pad_to_multiple_of", 0, 1 << 20)) : 1,
                side(fields),
                fields.whole("pad_id", 0, tokens - 1),
                fields.whole("pad_type_id", 0, Integer.MAX_VALUE),
                fields.string("pad_token"));
        fields.end();
        return padding;
    }

    static Json write(AllTokens tokens, TokenModel model, Tokenizer.Sources sources, Tokenizer.Settings settings) {
        List<Json> added = new ArrayList<>();
        for (AddedToken each : tokens.added().tokens()) added.add(each.json());
        Map<String, Json> members = new LinkedHashMap<>();
        members.put("version", Json.of(VERSION));
        members.put(
                "truncation", settings.truncation().map(TokenizerReader::json).orElse(new Json.JsonNull()));
        members.put("padding", settings.padding().map(TokenizerReader::json).orElse(new Json.JsonNull()));
        members.put("added_tokens", Json.of(added));
        members.put("normalizer", sources.normalizer());
        members.put("pre_tokenizer", sources.preTokenizer());
        members.put("post_processor", sources.postProcessor());
        members.put("decoder", sources.decoder());
        members.put("model", model.json());
        return Json.of(members);
    }

    private static Json json(Truncation truncation) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("direction", name(truncation.side()));
        members.put("max_length", truncation.length());
        members.put("strategy", name(truncation.strategy()));
        members.put("stride", truncation.stride());
        return Json.of(members);
    }

    private static Json json(TokenPadding padding) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put(
                "strategy",
                padding.length().isPresent() ? Map.of("Fixed", padding.length().getAsInt()) : "BatchLongest");
        members.put("direction", name(padding.side()));
        members.put("pad_to_multiple_of", padding.multiple() == 1 ? new Json.JsonNull() : padding.multiple());
        members.put("pad_id", padding.id());
        members.put("pad_type_id", padding.type());
        members.put("pad_token", padding.token());
        return Json.of(members);
    }
}
