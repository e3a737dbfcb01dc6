package dev.neurite.onnx.export;

import dev.neurite.data.image.ImageFit;
import dev.neurite.data.image.ImageInput;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.signature.Input;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.LongStream;

/// The inputs of a model: raw values, and the operators that make of them what the network takes.
final class InputExport {
    static final String BATCH = "batch";

    private final GraphBuilder b;
    private final RawColumns operators;
    private final Interface to;

    InputExport(GraphBuilder builder, RawColumns operators, Interface to) {
        b = builder;
        this.operators = operators;
        this.to = to;
    }

    /// Adds all inputs.
    /// @param shapes of the rows that the network takes
    /// @return for each input of the network the value that it reads
    List<String> add(SequencedMap<String, Input> inputs, List<Shape> shapes) {
        List<String> values = new ArrayList<>();
        if (operators == RawColumns.NONE) inputs.forEach(this::noteRaw);
        boolean several = shapes.stream().filter(each -> !each.isKnown()).count() > 1;
        for (Map.Entry<String, Input> each : inputs.entrySet()) {
            Shape shape = shapes.get(values.size());
            String time = several ? each.getKey() + "_time" : "time";
            if (!shape.isKnown()) {
                to.note("The rows of a batch have one length: the model does not know which steps of a row are"
                        + " padding");
            }
            values.add(add(each.getKey(), each.getValue(), shape, time));
        }
        b.enter("");
        return values;
    }

    /// Says what the file does not make of raw values; texts have a note of their own.
    private void noteRaw(String name, Input input) {
        if (!(input instanceof Input.Text)) input.note(name).ifPresent(to::note);
    }

    private String add(String name, Input input, Shape shape, String time) {
        boolean raw = operators != RawColumns.NONE;
        return switch (input) {
            case Input.Columns(Preprocessing made) when raw -> shaped(columns(made, List.of(BATCH), name), shape);
            case Input.Steps(Preprocessing made) when raw -> columns(made, List.of(BATCH, steps(shape, time)), name);
            case Input.Series series
            when raw -> {
                to.note("Input '" + name + "' is the last " + shape.extent(0)
                        + " steps of the series, the oldest first");
                yield columns(series.preprocessing(), List.of(BATCH, steps(shape, time)), name);
            }
            case Input.Image(ImageInput how) when raw -> image(name, how, shape);
            default -> plain(name, input, shape, time);
        };
    }

    private static String steps(Shape shape, String time) {
        return shape.extent(0) == Shape.OPEN ? time : Integer.toString(shape.extent(0));
    }

    private String columns(Preprocessing made, List<String> steps, String name) {
        return new ColumnExport(b, operators, made, steps, to).add(name);
    }

    /// Columns in the shape that the network takes, such as that of images.
    private String shaped(String x, Shape shape) {
        if (shape.rank() == 1) return x;
        return b.reshape(
                x,
                LongStream.concat(LongStream.of(0), shape.extents().stream().mapToLong(Integer::longValue))
                        .toArray());
    }

    private String image(String wanted, ImageInput how, Shape shape) {
        String name = b.reserve(wanted);
        to.inputs().add(new ValueInfo(name, ElementType.UINT8, extents(shape, ""), false));
        to.describe(
                name,
                "image",
                Map.of(
                        "pixels",
                        "0 to 255",
                        "channels",
                        shape.extent(0) == 1 ? "gray" : "red, green, blue",
                        "fit",
                        fit(how)));
        to.note("Image '" + name + "' has " + shape.extent(1) + "×" + shape.extent(2)
                + " pixels, channels first; images of another size are "
                + switch (how.fit()) {
                    case NONE -> "refused by the library";
                    case CROP, PAD, STRETCH -> "made to fit before: " + fit(how);
                });
        b.enter(name);
        return b.add("Div", b.cast(name, ElementType.FLOAT), b.number(255));
    }

    private static String fit(ImageInput how) {
        ImageFit fit = how.fit();
        return switch (fit) {
            case NONE -> "none";
            case CROP -> "resized, the rest cut off";
            case PAD -> "resized, the rest filled";
            case STRETCH -> "resized, proportions not kept";
        };
    }

    private String plain(String wanted, Input input, Shape shape, String time) {
        String name = b.reserve(wanted);
        to.inputs().add(new ValueInfo(name, ElementType.FLOAT, extents(shape, time), false));
        Map<String, Object> more = new LinkedHashMap<>();
        switch (input) {
            case Input.Text text -> {
                text.column().ifPresent(column -> more.put("column", column));
                to.note("Texts are not encoded: input '" + name
                        + "' takes the ids of the tokenizer that the metadata has, of texts of one length");
            }
            case Input.Numbers numbers when !numbers.names().isEmpty() -> more.put("names", numbers.names());
            default -> input.tableColumns().ifPresent(made -> more.put("numbers", made.inputNames()));
        }
        to.describe(name, input.kind(), more);
        return name;
    }

    /// The extents of a batch.
    /// @param time the name of the open axis
    static List<String> extents(Shape row, String time) {
        List<String> all = new ArrayList<>(List.of(BATCH));
        for (int each : row.extents()) all.add(each == Shape.OPEN ? time : Integer.toString(each));
        return all;
    }
}
