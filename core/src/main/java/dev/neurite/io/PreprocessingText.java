package dev.neurite.io;

import dev.neurite.data.table.Cycle;
import dev.neurite.data.table.Encoding;
import dev.neurite.data.table.Encoding.Calendar;
import dev.neurite.data.table.Encoding.ClassLabel;
import dev.neurite.data.table.Encoding.Dropped;
import dev.neurite.data.table.Encoding.OneHot;
import dev.neurite.data.table.Encoding.Scaled;
import dev.neurite.data.table.Encoding.Value;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.error.ConfigException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ShapeException;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonBoolean;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/// A preprocessing as JSON (`docs/format.md`).
final class PreprocessingText {
    private static final int MOST_VALUES = 2_000_000;
    private static final int LONGEST =
            4_000_000; // characters; JSON within JSON needs escapes, and the header has other content

    private PreprocessingText() {}

    /// Checks that a preprocessing fits the inputs and outputs of a model.
    static void check(Preprocessing preprocessing, Model model) {
        List<Shape> inputs = model.network().inputs();
        Shape made = preprocessing.inputShape();
        if (inputs.size() != 1 || !(inputs.getFirst().equals(made) || isWindow(inputs.getFirst(), made))) {
            throw new ConfigException("preprocessing", "expects to make rows " + inputs + ", makes " + made);
        }
        List<Shape> outputs = model.network().outputs();
        int classes = preprocessing.classNames().size();
        boolean single = classes == 2 && outputs.getFirst().size() == 1;
        if (classes > 0 && (outputs.size() != 1 || (outputs.getFirst().size() != classes && !single))) {
            throw new ConfigException(
                    "preprocessing", "expects a name for each of " + outputs + " outputs, has " + classes + " classes");
        }
    }

    /// Whether an input is a window `[steps × features]` over rows that a preprocessing makes.
    static boolean isWindow(Shape input, Shape made) {
        return input.rank() == 2 && made.rank() == 1 && input.extent(1) == made.extent(0);
    }

    /// Checks that a file has room for a preprocessing.
    static void requireRoom(Preprocessing preprocessing) {
        int length = write(preprocessing).length();
        if (length <= LONGEST) return;
        throw new ConfigException(
                "preprocessing",
                String.format(Locale.ROOT, "expects at most %,d characters as text, got %,d", LONGEST, length),
                "Drop columns with a different text in most rows");
    }

    static String write(Preprocessing preprocessing) {
        Map<String, Json> json = new LinkedHashMap<>();
        json.put(
                "shape",
                new JsonArray(preprocessing.inputShape().extents().stream()
                        .<Json>map(extent -> new JsonNumber(Integer.toString(extent)))
                        .toList()));
        List<Json> columns = new ArrayList<>();
        for (Preprocessing.Column each : preprocessing.columns()) {
            Map<String, Json> column = new LinkedHashMap<>();
            column.put("name", new JsonString(each.name()));
            write(each.encoding(), column);
            columns.add(new JsonObject(column));
        }
        json.put("columns", new JsonArray(columns));
        if (!preprocessing.missingTexts().isEmpty()) {
            json.put(
                    "missing",
                    texts(preprocessing.missingTexts().stream().sorted().toList()));
        }
        return new JsonObject(json).write();
    }

    private static void write(Encoding encoding, Map<String, Json> json) {
        switch (encoding) {
            case Scaled scaled -> {
                json.put("type", new JsonString("scaled"));
                json.put("shift", number(scaled.shift()));
                json.put("scale", number(scaled.scale()));
                json.put("low", number(scaled.low()));
                json.put("high", number(scaled.high()));
                scaled.fill().ifPresent(fill -> json.put("fill", number(fill)));
                json.put("indicator", new JsonBoolean(scaled.indicator()));
            }
            case OneHot oneHot -> {
                json.put("type", new JsonString("one-hot"));
                json.put("categories", texts(oneHot.categories()));
                json.put("ignoresUnseen", new JsonBoolean(oneHot.ignoresUnseen()));
                json.put("ignoresMissing", new JsonBoolean(oneHot.ignoresMissing()));
                json.put("indicator", new JsonBoolean(oneHot.indicator()));
            }
            case Calendar(List<Cycle> cycles) -> {
                json.put("type", new JsonString("calendar"));
                json.put(
                        "cycles",
                        texts(cycles.stream().map(PreprocessingText::name).toList()));
            }
            case Dropped _ -> json.put("type", new JsonString("dropped"));
            case ClassLabel(List<String> names) -> {
                json.put("type", new JsonString("class"));
                json.put("names", texts(names));
            }
            case Value(double shift, double scale) -> {
                json.put("type", new JsonString("value"));
                json.put("shift", number(shift));
                json.put("scale", number(scale));
            }
        }
    }

    private static Json number(double value) {
        return new JsonNumber(Double.toString(value));
    }

    private static Json texts(List<String> texts) {
        return new JsonArray(texts.stream().<Json>map(JsonString::new).toList());
    }

    /// @param model the model that it must fit
    /// @throws ModelFormatException if it is invalid or does not fit the model
    static Preprocessing read(String text, Model model, String where) {
        try {
            MemberReader json = new MemberReader(Json.read(text, MOST_VALUES), "preprocessing");
            int[] extents = json.items("shape").stream()
                    .mapToInt(each -> whole(each, "shape"))
                    .toArray();
            List<Preprocessing.Column> columns = new ArrayList<>();
            for (Json each : json.items("columns")) {
                var column = new MemberReader(each, "column " + columns.size());
                String name = column.text("name");
                columns.add(new Preprocessing.Column(name, encoding(column)));
            }
            List<String> missing = json.has("missing") ? json.texts("missing") : List.of();
            json.end();
            var preprocessing = new Preprocessing(columns, Shape.of(extents), Set.copyOf(missing));
            check(preprocessing, model);
            return preprocessing;
        } catch (Json.SyntaxException e) {
            throw new ModelFormatException(where + ", preprocessing", "is no JSON: " + e.getMessage());
        } catch (ConfigException | ShapeException | ArithmeticException e) {
            throw new ModelFormatException(where + ", preprocessing", "is invalid: " + e.getMessage());
        }
    }

    private static Encoding encoding(MemberReader json) {
        String type = json.text("type");
        Encoding encoding = switch (type) {
            case "scaled" ->
                new Scaled(
                        json.number("shift"),
                        json.number("scale"),
                        json.number("low"),
                        json.number("high"),
                        json.has("fill") ? OptionalDouble.of(json.number("fill")) : OptionalDouble.empty(),
                        json.truth("indicator"));
            case "one-hot" ->
                new OneHot(
                        json.texts("categories"),
                        json.truth("ignoresUnseen"),
                        json.truth("ignoresMissing"),
                        json.truth("indicator"));
            case "calendar" ->
                new Calendar(json.texts("cycles").stream()
                        .map(each -> cycle(json.where, each))
                        .toList());
            case "dropped" -> new Dropped();
            case "class" -> new ClassLabel(json.texts("names"));
            case "value" -> new Value(json.number("shift"), json.number("scale"));
            default -> throw new ConfigException(json.where, "expects a known type, got '" + type + "'");
        };
        json.end();
        return encoding;
    }

    private static String name(Cycle cycle) {
        return cycle.name().toLowerCase(Locale.ROOT);
    }

    private static Cycle cycle(String where, String name) {
        return Arrays.stream(Cycle.values())
                .filter(each -> name(each).equals(name))
                .findFirst()
                .orElseThrow(() -> new ConfigException(where, "expects a known cycle, got '" + name + "'"));
    }

    private static int whole(Json json, String where) {
        if (json instanceof JsonNumber(String literal) && literal.matches("[0-9]{1,9}")) {
            return Integer.parseInt(literal);
        }
        throw new ConfigException(where, "expects whole numbers from 0, got " + json.write());
    }

    /// Reads the members of an object and refuses unknown ones.
    private static final class MemberReader {
        private final Map<String, Json> left;
        private final String where;

        MemberReader(Json json, String where) {
            if (!(json instanceof JsonObject(Map<String, Json> map))) {
                throw new ConfigException(where, "expects an object");
            }
            this.left = new LinkedHashMap<>(map);
            this.where = where;
        }

        boolean has(String name) {
            return left.containsKey(name);
        }

        private Json take(String name) {
            Json json = left.remove(name);
            if (json == null) throw new ConfigException(where, "expects '" + name + "', got none");
            return json;
        }

        private ConfigException wrong(String name, String expected) {
            return new ConfigException(where + ", " + name, "expects " + expected);
        }

        List<Json> items(String name) {
            if (take(name) instanceof JsonArray(List<Json> list)) return list;
            throw wrong(name, "a list");
        }

        String text(String name) {
            if (take(name) instanceof JsonString(String value)) return value;
            throw wrong(name, "a text");
        }

        boolean truth(String name) {
            if (take(name) instanceof JsonBoolean(boolean value)) return value;
            throw wrong(name, "true or false");
        }

        double number(String name) {
            if (take(name) instanceof JsonNumber(String literal)) return Double.parseDouble(literal);
            throw wrong(name, "a number");
        }

        List<String> texts(String name) {
            List<String> texts = new ArrayList<>();
            for (Json each : items(name)) {
                if (!(each instanceof JsonString(String value))) throw wrong(name, "texts");
                texts.add(value);
            }
            return texts;
        }

        void end() {
            Set<String> unknown = left.keySet();
            if (!unknown.isEmpty()) throw new ConfigException(where, "expects nothing more, got " + unknown);
        }
    }
}
