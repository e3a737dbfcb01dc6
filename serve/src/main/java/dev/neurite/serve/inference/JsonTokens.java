package dev.neurite.serve.inference;

import dev.neurite.http.HttpProblem;
import java.math.BigInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/// JSON, token by token. All problems are of status 400 and say where the value is, like `inputs[0].shape[1]`.
final class JsonTokens implements AutoCloseable {
    private static final int DEEPEST = 64;
    private static final int SKIPPED = 1000; // tokens of a member that is not known
    private static final int NAMES = 10_000; // of members
    private static final int SHOWN = 120; // characters of what came
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .disable(TokenStreamFactory.Feature.CHARSET_DETECTION) // it is UTF-8
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxNumberLength(400)
                    .maxStringLength(InferenceReader.MOST_BYTES)
                    .maxNameLength(1000)
                    .build())
            .build();

    private final JsonParser parser;
    private final String root;
    private int names; // of members, each of which the parser keeps until its object ends

    private JsonTokens(JsonParser parser, String root) {
        this.parser = parser;
        this.root = root;
    }

    /// Reads a text.
    /// @param root the path of its value; empty for a whole text
    static <T> T read(byte[] text, int from, int length, String root, Function<JsonTokens, T> reading) {
        try (var tokens = new JsonTokens(JSON.createParser(ObjectReadContext.empty(), text, from, length), root)) {
            try {
                return reading.apply(tokens);
            } catch (JacksonException e) {
                long at = from + tokens.parser.currentLocation().getByteOffset();
                String problem = shortened(e.getOriginalMessage());
                throw HttpProblem.bad(tokens.path(), "expects JSON: " + problem + ", at byte " + at);
            }
        }
    }

    @Override
    public void close() {
        parser.close();
    }

    /// The next token; null after the last.
    @Nullable
    JsonToken next() {
        return parser.nextToken();
    }

    /// The name of the next member of an object that was begun; null at its end.
    @Nullable
    String nextName() {
        if (next() != JsonToken.PROPERTY_NAME) return null;
        if (++names > NAMES) throw expects("at most " + NAMES + " names in a request");
        return parser.currentName();
    }

    /// Goes to the next token, which must be this.
    /// @param what is expected, in words
    void next(JsonToken wanted, String what) {
        if (next() != wanted) throw expects(what);
    }

    /// Whether there is another item of an array that was begun.
    boolean hasItem() {
        return next() != JsonToken.END_ARRAY;
    }

    /// Requires that the text is over.
    void end() {
        if (next() != null) throw expects("the end");
    }

    JsonToken current() {
        return parser.currentToken();
    }

    /// The byte at which the current token begins, counted from the beginning of this text.
    int offset() {
        return (int) parser.currentTokenLocation().getByteOffset();
    }

    /// Passes over the value that comes next, of a member that nobody knows.
    void skip() {
        int depth = 0;
        int tokens = 0;
        do {
            JsonToken token = next();
            if (++tokens > SKIPPED) throw expects("at most " + SKIPPED + " values in what this server does not know");
            if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) depth++;
            else if (token == JsonToken.END_OBJECT || token == JsonToken.END_ARRAY) depth--;
        } while (depth > 0);
    }

    /// The problem that something else is here.
    HttpProblem expects(String what) {
        return HttpProblem.bad(path(), "expects " + what + ", got " + described());
    }

    private String described() {
        return switch (parser.currentToken()) {
            case null -> "the end";
            case START_OBJECT, END_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case END_ARRAY -> "the end of the array";
            case VALUE_STRING -> quoted(parser.getString());
            case PROPERTY_NAME -> quoted(parser.currentName());
            default -> shortened(parser.getString());
        };
    }

    /// A text for a message, shortened.
    static String quoted(String text) {
        return "'" + shortened(text) + "'";
    }

    private static String shortened(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    }

    // ---------------------------------------------------------------------------------------- the current value

    String text(String what) {
        if (parser.currentToken() != JsonToken.VALUE_STRING) throw expects(what);
        return parser.getString();
    }

    boolean truth() {
        return switch (parser.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case null, default -> throw expects("true or false");
        };
    }

    /// A whole number from least to most.
    long integer(long least, long most) {
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
            boolean large = parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER;
            long value = large ? 0 : parser.getLongValue();
            if (!large && least <= value && value <= most) return value;
        }
        throw expects("a whole number from " + least + " to " + most);
    }

    /// The bits of a whole number without a sign, of up to 64 bits.
    long unsigned() {
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
            boolean large = parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER;
            BigInteger value = large ? parser.getBigIntegerValue() : BigInteger.valueOf(parser.getLongValue());
            if (value.signum() >= 0 && value.bitLength() <= Long.SIZE) return value.longValue();
        }
        throw expects("a whole number from 0 to 18446744073709551615");
    }

    /// The nearest float of a number, or of the texts `NaN`, `Infinity` and `-Infinity`.
    float float32() {
        if (!isNumber()) return (float) special();
        float value = parser.getFloatValue();
        if (Float.isFinite(value)) return value;
        throw expects("a number of 32 bits");
    }

    /// The nearest double of a number, or of the texts `NaN`, `Infinity` and `-Infinity`.
    double float64() {
        if (!isNumber()) return special();
        double value = parser.getDoubleValue();
        if (Double.isFinite(value)) return value;
        throw expects("a number of 64 bits");
    }

    private boolean isNumber() {
        JsonToken token = parser.currentToken();
        return token == JsonToken.VALUE_NUMBER_FLOAT || token == JsonToken.VALUE_NUMBER_INT;
    }

    private double special() {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            switch (parser.getString()) {
                case "NaN" -> {
                    return Double.NaN;
                }
                case "Infinity" -> {
                    return Double.POSITIVE_INFINITY;
                }
                case "-Infinity" -> {
                    return Double.NEGATIVE_INFINITY;
                }
                default -> {}
            }
        }
        throw expects("a number");
    }

    /// The path of the current token.
    String path() {
        var path = new StringBuilder(root);
        append(parser.streamReadContext(), path);
        return path.toString();
    }

    private static void append(@Nullable TokenStreamContext context, StringBuilder path) {
        if (context == null) return;
        append(context.getParent(), path);
        if (context.inArray() && context.hasCurrentIndex()) {
            path.append('[').append(context.getCurrentIndex()).append(']');
        } else if (context.inObject() && context.hasCurrentName()) {
            path.append(path.isEmpty() ? "" : ".").append(shortened(context.currentName()));
        }
    }
}
