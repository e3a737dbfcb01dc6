package dev.neurite.io;

import dev.neurite.data.table.ColumnEncoding;
import dev.neurite.data.table.ColumnEncoding.Calendar;
import dev.neurite.data.table.ColumnEncoding.ClassLabel;
import dev.neurite.data.table.ColumnEncoding.Dropped;
import dev.neurite.data.table.ColumnEncoding.OneHot;
import dev.neurite.data.table.ColumnEncoding.Scaled;
import dev.neurite.data.table.ColumnEncoding.Value;
import dev.neurite.data.table.Cycle;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.error.ConfigException;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonBoolean;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/// A preprocessing as JSON (`docs/format.md`).
final class PreprocessingText {
    private static final int LONGEST =
            4_000_000; // characters; JSON within JSON needs escapes, and the header has other content

    private PreprocessingText() {}

    /// Checks that a file has room for a preprocessing.
    static void requireRoom(Preprocessing preprocessing) {
        int length = json(preprocessing).write().length();
        if (length <= LONGEST) return;
        throw new ConfigException(
                "preprocessing",
                String.format(Locale.ROOT, "expects at most %,d characters as text, got %,d", LONGEST, length),
                "Drop columns with a different text in most rows");
    }

    static Json json(Preprocessing preprocessing) {
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
        return new JsonObject(json);
    }

    private static void write(ColumnEncoding encoding, Map<String, Json> json) {
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
            case Calendar calendar -> {
                json.put("type", new JsonString("calendar"));
                json.put(
                        "cycles",
                        texts(calendar.cycles().stream()
                                .map(PreprocessingText::name)
                                .toList()));
                calendar.age().ifPresent(age -> {
                    json.put("mean", number(age.mean()));
                    json.put("deviation", number(age.deviation()));
                });
                json.put("ignoresMissing", new JsonBoolean(calendar.ignoresMissing()));
                json.put("indicator", new JsonBoolean(calendar.indicator()));
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

    /// @throws ConfigException if it is invalid
    static Preprocessing read(Json text) {
        MemberReader json = new MemberReader(text, "preprocessing");
        int[] extents = json.extents("shape");
        List<Preprocessing.Column> columns = new ArrayList<>();
        for (Json each : json.items("columns")) {
            var column = new MemberReader(each, "column " + columns.size());
            String name = column.text("name");
            columns.add(new Preprocessing.Column(name, encoding(column)));
        }
        List<String> missing = json.has("missing") ? json.texts("missing") : List.of();
        json.end();
        return new Preprocessing(columns, Shape.of(extents), Set.copyOf(missing));
    }

    private static ColumnEncoding encoding(MemberReader json) {
        String type = json.text("type");
        ColumnEncoding encoding = switch (type) {
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
                new Calendar(
                        json.texts("cycles").stream()
                                .map(each -> cycle(json.where, each))
                                .toList(),
                        json.has("mean")
                                ? Optional.of(new Calendar.Age(json.number("mean"), json.number("deviation")))
                                : Optional.empty(),
                        json.has("ignoresMissing") && json.truth("ignoresMissing"), // not in files of versions 1 to 3
                        json.has("indicator") && json.truth("indicator"));
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
}
