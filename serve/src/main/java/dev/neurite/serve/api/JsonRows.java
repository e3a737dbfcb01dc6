package dev.neurite.serve.api;

import dev.neurite.data.image.ImageInput;
import dev.neurite.datasets.ImageFile;
import dev.neurite.http.GivenImages;
import dev.neurite.http.HttpProblem;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonBoolean;
import dev.neurite.io.json.Json.JsonNull;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import dev.neurite.predict.Predictor;
import dev.neurite.signature.Input;
import dev.neurite.signature.Signature;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Rows of JSON as a [Predictor] takes them:
///
/// | input | a row |
/// |---|---|
/// | table | an object of values by column, or a list of numbers in the order of the columns |
/// | image | `{"image": "…"}` with a PNG or JPEG file in base64, or lists of numbers `[channels][height][width]` |
/// | text | a text, or an object with it |
/// | series, steps | a list of rows of a table |
/// | numbers | lists of numbers, in lists for each axis; an object where they have names |
/// | several inputs | an object with each under its name; columns also by themselves |
///
/// A list of rows is several rows.
final class JsonRows {
    /// The largest number of characters of a text.
    static final int MOST_TEXT = 100_000;

    private final Signature signature;
    private final List<Shape> shapes;
    private final Set<String> columns = new HashSet<>();

    JsonRows(Predictor predictor) {
        this.signature = predictor.signature();
        this.shapes = predictor.model().network().inputs();
        for (Input each : signature.inputs().values()) {
            each.tableColumns().ifPresent(table -> columns.addAll(table.inputColumns()));
            switch (each) {
                case Input.Text text -> text.column().ifPresent(columns::add);
                case Input.Numbers numbers -> columns.addAll(numbers.names());
                case Input.Series series ->
                    columns.addAll(series.columns().all().toList());
                default -> {}
            }
        }
    }

    /// The rows of a body.
    /// @throws HttpProblem 400 for values of another form
    GivenRows of(Json json) {
        if (!(json instanceof JsonArray(List<Json> items)) || isRow(json)) return GivenRows.one(row(json, ""));
        return list(items);
    }

    /// Rows, also if the list could be one.
    /// @throws HttpProblem 400 for values of another form
    GivenRows list(List<Json> items) {
        GivenRows.requireCount(items.size());
        List<Object> raws = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) raws.add(row(items.get(i), "[" + i + "]"));
        return GivenRows.list(raws);
    }

    /// Whether a list is one row, by the number of lists in lists.
    private boolean isRow(Json list) {
        if (signature.inputs().size() > 1 || (list instanceof JsonArray(List<Json> items) && items.isEmpty()))
            return false;
        boolean objects = NestedList.first(list) instanceof JsonObject;
        return NestedList.depth(list) <= axes(signature.input(), shapes.getFirst(), objects);
    }

    /// How many lists a row has around its values.
    private static int axes(Input input, Shape shape, boolean objects) {
        return switch (input) {
            case Input.Columns _ -> objects ? 0 : 1;
            case Input.Image _ -> objects ? 0 : 3;
            case Input.Numbers _ -> objects ? 0 : shape.rank();
            case Input.Series _, Input.Steps _ -> objects ? 1 : 2;
            case Input.Text _ -> 0;
        };
    }

    private Object row(Json json, String path) {
        if (signature.inputs().size() == 1 && !(json instanceof JsonObject)) {
            return value(signature.inputs().firstEntry().getKey(), json, path);
        }
        if (!(json instanceof JsonObject(Map<String, Json> members))) {
            throw HttpProblem.bad(path, "expects an object, got " + JsonPaths.described(json));
        }
        Map<String, Object> row = new LinkedHashMap<>();
        members.forEach((name, value) -> row.put(name, member(name, value, JsonPaths.member(path, name))));
        return row;
    }

    /// A member of a row: a column, or an input under its name.
    private Object member(String name, Json json, String path) {
        if (signature.inputs().containsKey(name) && !(columns.contains(name) && isCell(json))) {
            return value(name, json, path);
        }
        return columns.contains(name) ? cell(json, path) : Optional.empty(); // others are ignored
    }

    private static boolean isCell(Json json) {
        return !(json instanceof JsonArray || json instanceof JsonObject);
    }

    /// The value of an input.
    private Object value(String name, Json json, String path) {
        Input input = signature.inputs().get(name);
        int at = List.copyOf(signature.inputs().keySet()).indexOf(name);
        return switch (input) {
            case Input.Columns _ -> json instanceof JsonArray ? numbers(json, path, Shape.of(0)) : columns(json, path);
            case Input.Steps _ -> steps(json, path);
            case Input.Series _ -> steps(json, path);
            case Input.Image(ImageInput how) ->
                json instanceof JsonString(String base64)
                        ? GivenImages.read(decoded(base64, path), path, in -> ImageFile.read(in, how))
                        : numbers(json, path, how.shape());
            case Input.Text _ -> text(json, path);
            case Input.Numbers numbers ->
                json instanceof JsonObject ? columns(json, path) : numbers(json, path, shapes.get(at));
            case null -> throw new IllegalArgumentException(name);
        };
    }

    private static byte[] decoded(String base64, String path) {
        if (base64.length() > (GivenImages.MOST_BYTES + 2L) / 3 * 4) {
            throw new HttpProblem(
                    413, "size", path, "expects an image of at most " + GivenImages.MOST_BYTES + " bytes");
        }
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException _) {
            throw HttpProblem.bad(path, "expects a PNG or JPEG image in base64");
        }
    }

    /// Rows of a table as a list of maps.
    private List<Object> steps(Json json, String path) {
        if (!(json instanceof JsonArray(List<Json> items))) {
            throw HttpProblem.bad(path, "expects a list of rows, got " + JsonPaths.described(json));
        }
        GivenRows.requireCount(items.size());
        List<Object> rows = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            String at = path + "[" + i + "]";
            rows.add(
                    items.get(i) instanceof JsonArray
                            ? numbers(items.get(i), at, Shape.of(0))
                            : columns(items.get(i), at));
        }
        return rows;
    }

    private Map<String, Object> columns(Json json, String path) {
        if (!(json instanceof JsonObject(Map<String, Json> members))) {
            throw HttpProblem.bad(path, "expects an object of values by column, got " + JsonPaths.described(json));
        }
        Map<String, Object> row = new LinkedHashMap<>();
        members.forEach((name, value) -> {
            String at = JsonPaths.member(path, name);
            row.put(name, columns.contains(name) ? cell(value, at) : Optional.empty());
        });
        return row;
    }

    /// A number, a text, or nothing.
    private static Object cell(Json json, String path) {
        return switch (json) {
            case JsonNull _ -> Optional.empty();
            case JsonNumber _ -> {
                float number = JsonPaths.number(json, path);
                if (Float.isInfinite(number)) throw JsonPaths.infinite(json, path);
                yield number;
            }
            case JsonString _ -> text(json, path);
            case JsonBoolean(boolean value) -> Boolean.toString(value);
            case JsonArray _, JsonObject _ ->
                throw HttpProblem.bad(path, "expects a number or a text, got " + JsonPaths.described(json));
        };
    }

    static String text(Json json, String path) {
        if (!(json instanceof JsonString(String text))) {
            throw HttpProblem.bad(path, "expects a text, got " + JsonPaths.described(json));
        }
        return shortEnough(text, path);
    }

    /// @throws HttpProblem 413 for a text that is too long
    static String shortEnough(String text, String path) {
        if (text.length() <= MOST_TEXT) return text;
        String message = "expects a text of at most " + MOST_TEXT + " characters, got " + text.length();
        throw new HttpProblem(413, "characters", path, message);
    }

    /// Numbers of one axis as an array, of more as a tensor.
    /// @param shape that the input has; of one axis any number will do, which the model checks
    private static Object numbers(Json json, String path, Shape shape) {
        NestedList list = NestedList.of(json, path);
        if (list.extents().size() == 1) return list.floats();
        if (list.extents().size() != shape.rank() || list.leaves().isEmpty()) {
            throw HttpProblem.bad(path, "expects numbers " + shape + ", got " + list.described());
        }
        int[] extents = list.extents().stream().mapToInt(Integer::intValue).toArray();
        return Tensor.view(Shape.of(extents), list.floats(), 0);
    }
}
