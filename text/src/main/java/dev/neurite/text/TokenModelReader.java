package dev.neurite.text;

import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonString;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Reads a model with its vocabulary.
final class TokenModelReader {
    private static final List<String> MODELS = List.of("WordPiece", "BPE", "WordLevel", "Unigram");

    private final Fields fields;

    private TokenModelReader(Fields fields) {
        this.fields = fields;
    }

    static TokenModel read(Fields fields) {
        var reader = new TokenModelReader(fields);
        TokenModel model = switch (fields.type().orElseGet(() -> impliedType(fields))) {
            case "WordPiece" -> reader.wordPiece();
            case "BPE" -> reader.bpe();
            case "WordLevel" -> reader.wordLevel();
            case "Unigram" -> reader.unigram();
            default -> throw fields.unknownType(MODELS);
        };
        fields.end();
        return model;
    }

    /// Early files have no type.
    private static String impliedType(Fields fields) {
        if (fields.has("merges")) return "BPE";
        if (fields.has("max_input_chars_per_word")) return "WordPiece";
        return fields.value("vocab") instanceof JsonArray ? "Unigram" : "WordLevel";
    }

    private TokenModel wordPiece() {
        Vocabulary vocabulary = vocabulary();
        return new WordPiece(
                vocabulary,
                member("unk_token", vocabulary),
                fields.string("continuing_subword_prefix"),
                fields.whole("max_input_chars_per_word", 0, Integer.MAX_VALUE));
    }

    private TokenModel wordLevel() {
        Vocabulary vocabulary = vocabulary();
        return new WordLevel(vocabulary, member("unk_token", vocabulary));
    }

    private TokenModel bpe() {
        if (fields.has("dropout")
                && !(fields.value("dropout") instanceof JsonNumber(String number) && isZero(number))) {
            throw fields.wrong("dropout", "null, as tokens would be random otherwise");
        }
        Vocabulary vocabulary = vocabulary();
        var settings = new Bpe.Settings(
                fields.has("unk_token") ? Optional.of(member("unk_token", vocabulary)) : Optional.empty(),
                fields.stringOr("continuing_subword_prefix", ""),
                fields.stringOr("end_of_word_suffix", ""),
                fields.truthOr("fuse_unk", false),
                fields.truthOr("byte_fallback", false),
                fields.truthOr("ignore_merges", false));
        return new Bpe(vocabulary, merges(vocabulary, settings.prefix()), settings);
    }

    private static boolean isZero(String number) {
        return Double.parseDouble(number) == 0;
    }

    private TokenModel unigram() {
        List<Json> items = fields.list("vocab");
        Map<String, Integer> ids = new HashMap<>();
        double[] scores = new double[items.size()];
        for (int id = 0; id < scores.length; id++) {
            if (!(items.get(id) instanceof JsonArray(List<Json> pair))
                    || pair.size() != 2
                    || !(pair.getFirst() instanceof JsonString(String token))
                    || !(pair.getLast() instanceof JsonNumber(String number))) {
                throw fields.error("vocab", "expects pairs of a token and a number, got another at " + id, "");
            }
            fields.checked("vocab", token);
            scores[id] = Double.parseDouble(number);
            if (!Double.isFinite(scores[id]) || ids.put(token, id) != null) {
                throw fields.error(
                        "vocab",
                        "expects each token once, with a finite score, got '" + Fields.shown(token) + "' with "
                                + Fields.shown(number),
                        "");
            }
        }
        OptionalInt unknown = fields.has("unk_id")
                ? OptionalInt.of(fields.whole("unk_id", 0, Math.max(0, scores.length - 1)))
                : OptionalInt.empty();
        if (scores.length == 0) throw fields.error("vocab", "expects tokens, got none", "");
        return new Unigram(new Vocabulary(ids), scores, unknown, fields.truthOr("byte_fallback", false));
    }

    /// A field that names a token of the vocabulary.
    private String member(String name, Vocabulary vocabulary) {
        String token = fields.string(name);
        if (vocabulary.id(token) >= 0) return token;
        throw fields.error(name, "expects a token of the vocabulary, got '" + Fields.shown(token) + "'", "");
    }

    private Vocabulary vocabulary() {
        Map<String, Json> map = fields.map("vocab");
        int size = map.size();
        if (size > Vocabulary.MOST) {
            throw fields.error("vocab", "expects at most " + Vocabulary.MOST + " tokens, got " + size, "");
        }
        var taken = new BitSet(size);
        Map<String, Integer> ids = HashMap.newHashMap(size);
        map.forEach((token, json) -> {
            OptionalInt id = Fields.whole(json);
            if (id.isEmpty() || id.getAsInt() < 0 || id.getAsInt() >= size || taken.get(id.getAsInt())) {
                throw fields.error(
                        "vocab",
                        "expects the ids 0 to " + (size - 1) + ", each once, got '" + Fields.shown(token) + "' with "
                                + Fields.shown(json.write()),
                        "Number the tokens without gaps");
            }
            fields.checked("vocab", token);
            taken.set(id.getAsInt());
            ids.put(token, id.getAsInt());
        });
        return new Vocabulary(ids);
    }

    private List<Bpe.Merge> merges(Vocabulary vocabulary, String prefix) {
        List<Bpe.Merge> merges = new ArrayList<>();
        for (Json each : fields.list("merges")) {
            if (each instanceof JsonString(String line) && line.startsWith("#version")) continue;
            String[] pair = pair(each, merges.size());
            boolean prefixed = pair[1].startsWith(prefix);
            String merged = pair[0] + (prefixed ? pair[1].substring(prefix.length()) : pair[1]);
            int first = vocabulary.id(pair[0]);
            int second = vocabulary.id(pair[1]);
            int result = vocabulary.id(merged);
            if (first < 0 || second < 0 || result < 0 || !prefixed) {
                throw fields.error(
                        "merges",
                        "expects tokens of the vocabulary that merge to one of it, got '" + Fields.shown(pair[0])
                                + "' and '" + Fields.shown(pair[1]) + "' at " + merges.size(),
                        "");
            }
            merges.add(new Bpe.Merge(first, second, result));
        }
        return merges;
    }

    /// Two tokens: a list of them, or in files of earlier versions one string with a space.
    private String[] pair(Json json, int index) {
        if (json instanceof JsonArray(List<Json> pair)
                && pair.size() == 2
                && pair.getFirst() instanceof JsonString(String first)
                && pair.getLast() instanceof JsonString(String second)) {
            return new String[] {first, second};
        }
        int space = json instanceof JsonString(String line) ? line.indexOf(' ') : -1;
        if (json instanceof JsonString(String line) && space >= 0 && line.indexOf(' ', space + 1) < 0) {
            return new String[] {line.substring(0, space), line.substring(space + 1)};
        }
        throw fields.error("merges", "expects pairs of tokens, got " + Fields.shown(json.write()) + " at " + index, "");
    }
}
