package dev.neurite.serve.api;

import dev.neurite.dashboard.view.Form;
import dev.neurite.dashboard.view.Forms;
import dev.neurite.data.image.ImageInput;
import dev.neurite.data.series.Rhythm;
import dev.neurite.data.series.SeriesColumns;
import dev.neurite.data.table.ColumnEncoding;
import dev.neurite.data.table.DateTime;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.generate.Penalties;
import dev.neurite.http.GivenImages;
import dev.neurite.io.json.Json;
import dev.neurite.predict.Predictor;
import dev.neurite.signature.Input;
import dev.neurite.signature.Output;
import dev.neurite.tensor.Shape;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import javax.imageio.ImageIO;

/// Schemas of the rows that a model takes, as [JsonRows] reads them.
final class RowSchemas {
    private static final String TEXT = "a good one";
    private static final int OPEN_STEPS = 3; // of examples
    private static final DateTime FIRST = DateTime.parse("2026-01-31").orElseThrow(); // the last day of a month

    private RowSchemas() {}

    /// The schema of a row.
    static Schema of(Predictor predictor) {
        if (predictor.signature().output() instanceof Output.Continuation) return prompt();
        SequencedMap<String, Input> inputs = predictor.signature().inputs();
        List<Shape> shapes = predictor.model().network().inputs();
        if (inputs.size() == 1) {
            String name = inputs.firstEntry().getKey();
            Input input = inputs.firstEntry().getValue();
            Schema own = value(input, shapes.getFirst());
            return switch (input) {
                case Input.Image _ -> Schema.any(member(name, file(input)), own);
                case Input.Text text -> Schema.any(own, member(text.column().orElse(name), own));
                case Input.Columns(Preprocessing columns) ->
                    columns.columns().stream().allMatch(RowSchemas::isNumber)
                            ? Schema.any(
                                    own, numbers(Shape.of(columns.inputColumns().size())))
                            : own;
                case Input.Numbers numbers
                when !numbers.names().isEmpty() -> Schema.any(own, numbers(shapes.getFirst()));
                default -> own;
            };
        }
        SequencedMap<String, Schema> members = new LinkedHashMap<>();
        int at = 0;
        for (Map.Entry<String, Input> each : inputs.entrySet()) {
            Shape shape = shapes.get(at++);
            switch (each.getValue()) {
                case Input.Columns(Preprocessing columns) -> members.putAll(columns(columns));
                case Input.Text text -> members.put(text.column().orElse(each.getKey()), value(text, shape));
                case Input.Image image -> members.put(each.getKey(), file(image));
                case Input.Numbers numbers when !numbers.names().isEmpty() -> members.putAll(named(numbers));
                default -> members.put(each.getKey(), value(each.getValue(), shape));
            }
        }
        return Schema.object(members);
    }

    private static Schema member(String name, Schema value) {
        SequencedMap<String, Schema> members = new LinkedHashMap<>();
        members.put(name, value);
        return Schema.object(members);
    }

    private static boolean isNumber(Preprocessing.Column column) {
        return column.encoding() instanceof ColumnEncoding.Scaled
                || column.encoding().width() == 0;
    }

    private static Schema value(Input input, Shape shape) {
        return switch (input) {
            case Input.Columns(Preprocessing columns) -> Schema.object(columns(columns));
            case Input.Steps(Preprocessing columns) -> {
                boolean open = shape.extent(0) == Shape.OPEN;
                int steps = open ? OPEN_STEPS : shape.extent(0);
                yield Schema.object(columns(columns)).list(open ? 1 : steps, open ? GivenRows.MOST : steps, steps);
            }
            case Input.Series series -> series(series, shape.extent(0));
            case Input.Image(ImageInput how) -> numbers(how.shape());
            case Input.Text _ -> Schema.of(TEXT, "type", "string", "maxLength", JsonRows.MOST_TEXT);
            case Input.Numbers numbers -> numbers.names().isEmpty() ? numbers(shape) : Schema.object(named(numbers));
        };
    }

    private static SequencedMap<String, Schema> named(Input.Numbers numbers) {
        SequencedMap<String, Schema> members = new LinkedHashMap<>();
        for (String each : numbers.names()) members.put(each, Schema.of(0, "type", "number"));
        return members;
    }

    /// Lists of numbers in lists.
    static Schema numbers(Shape shape) {
        Schema schema = Schema.of(0, "type", "number");
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
            int extent = shape.extent(axis);
            boolean open = extent == Shape.OPEN;
            schema = schema.list(open ? 1 : extent, open ? Bodies.MOST_VALUES : extent, open ? OPEN_STEPS : extent);
        }
        return schema;
    }

    private static Schema file(Input input) {
        return Schema.of(
                input instanceof Input.Image(ImageInput how) ? gray(how.shape()) : "",
                "type",
                "string",
                "contentEncoding",
                "base64",
                "contentMediaType",
                "image/png",
                "description",
                "a PNG or JPEG file in base64, at most " + GivenImages.MOST_PIXELS + " pixels");
    }

    /// A gray image in base64.
    private static String gray(Shape shape) {
        var image = new BufferedImage(shape.extent(2), shape.extent(1), BufferedImage.TYPE_BYTE_GRAY);
        var out = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return Base64.getEncoder().encodeToString(out.toByteArray());
    }

    private static Schema prompt() {
        SequencedMap<String, Schema> prompt = new LinkedHashMap<>();
        prompt.put("prompt", Schema.of("the ", "type", "string", "maxLength", Prompts.MOST_PROMPT));
        Schema schema = Schema.object(prompt);
        @SuppressWarnings("unchecked") // Schema.object has made it
        Map<String, Object> properties =
                (Map<String, Object>) Objects.requireNonNull(schema.json().get("properties"));
        properties.put("most", whole(1, Prompts.MOST_TOKENS, "the most tokens that follow", Prompts.USUAL_TOKENS));
        properties.put("temperature", number(0, 100, "below 1 prefers likely tokens, 0 always takes the likeliest", 1));
        properties.put("topK", whole(0, Integer.MAX_VALUE, "only so many of the likeliest tokens; 0 for all", 0));
        properties.put(
                "topP",
                Schema.json(
                        "type",
                        "number",
                        "exclusiveMinimum",
                        0,
                        "maximum",
                        1,
                        "default",
                        1,
                        "description",
                        "only the likeliest tokens that together have this probability"));
        properties.put("minP", number(0, 1, "only tokens with this share of the probability of the likeliest one", 0));
        properties.put(
                "repetitionPenalty",
                number(
                        Prompts.LEAST_REPETITION,
                        Prompts.MOST_REPETITION,
                        "divides the positive scores of tokens that were there, multiplies the negative ones",
                        1));
        properties.put("frequencyPenalty", penalty("taken from the score of a token for each time that it was there"));
        properties.put("presencePenalty", penalty("taken from the score of a token that was there"));
        properties.put(
                "penaltyWindow",
                whole(0, Penalties.LONGEST, "the last tokens, which penalties count", Penalties.NONE.window()));
        properties.put("seed", whole(0, Integer.MAX_VALUE, "equal seeds give equal texts", 0));
        schema.json().put("additionalProperties", false);
        return schema;
    }

    private static Map<String, Object> number(double least, double most, String description, double usual) {
        return Schema.json(
                "type", "number", "minimum", least, "maximum", most, "default", usual, "description", description);
    }

    private static Map<String, Object> penalty(String description) {
        return number(-Prompts.MOST_PENALTY, Prompts.MOST_PENALTY, description, 0);
    }

    private static Map<String, Object> whole(int least, int most, String description, int usual) {
        return Schema.json(
                "type", "integer", "minimum", least, "maximum", most, "default", usual, "description", description);
    }

    // --------------------------------------------------------------------------------------------------------- columns

    private static SequencedMap<String, Schema> columns(Preprocessing columns) {
        Map<String, ColumnEncoding> encodings = new LinkedHashMap<>();
        columns.columns().forEach(each -> encodings.put(each.name(), each.encoding()));
        SequencedMap<String, Schema> members = new LinkedHashMap<>();
        for (Form.Field each : Forms.fields(columns)) {
            members.put(each.name(), column(each, Objects.requireNonNull(encodings.get(each.name()))));
        }
        return members;
    }

    private static Schema column(Form.Field field, ColumnEncoding encoding) {
        Object example = field.type().equals("number") ? (Object) Float.valueOf(field.usual()) : field.usual();
        return switch (encoding) {
            case ColumnEncoding.Scaled scaled ->
                Schema.of(example, "type", type("number", field.optional()))
                        .described(String.format(
                                Locale.ROOT, "from %s to %s in the training", (float) scaled.low(), (float)
                                        scaled.high()));
            case ColumnEncoding.OneHot oneHot -> {
                List<Object> values = new ArrayList<>(field.values());
                if (field.optional()) values.add(Json.of(null));
                boolean all = !oneHot.ignoresUnseen() && field.type().equals("category");
                yield all
                        ? Schema.of(example, "enum", values)
                        : Schema.of(example, "type", type("string", field.optional()), "examples", field.values());
            }
            default ->
                Schema.of(example, "type", type("string", field.optional()))
                        .described("a date, as 2026-11-30, or a time");
        };
    }

    private static Object type(String type, boolean optional) {
        return optional ? List.of(type, "null") : type;
    }

    private static Schema series(Input.Series input, int steps) {
        SeriesColumns columns = input.columns();
        SequencedMap<String, Schema> members = new LinkedHashMap<>();
        columns.time().ifPresent(name -> members.put(name, Schema.of("", "type", List.of("string", "number"))));
        columns.series().ifPresent(name -> members.put(name, Schema.of("a", "type", List.of("string", "number"))));
        SequencedMap<String, Schema> inputs = columns(input.preprocessing());
        inputs.forEach(members::putIfAbsent);
        members.putIfAbsent(columns.target(), Schema.of(0, "type", "number"));
        Schema rows = Schema.object(members).list(1, GivenRows.MOST, steps);
        List<Object> example = new ArrayList<>();
        for (int i = 0; i < steps; i++) {
            Map<String, Object> row = new LinkedHashMap<>();
            members.forEach((name, each) -> row.put(name, each.example()));
            if (columns.time().isPresent()) row.put(columns.time().get(), time(columns.rhythm(), i));
            example.add(row);
        }
        return new Schema(rows.json(), example)
                .described("steps up to now, the oldest first, at least " + steps + " of each series");
    }

    private static Object time(Optional<Rhythm> rhythm, int step) {
        return switch (rhythm.orElse(null)) {
            case Rhythm.Numbers(double distance) -> step * distance;
            case Rhythm known -> known.after(FIRST, step).toString();
            case null -> FIRST.plusSeconds(86_400.0 * step).toString();
        };
    }
}
