package dev.neurite.cli.onnx;

import dev.neurite.dashboard.PageModel;
import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.NpyContent;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// An ONNX model on a page, for `neurite ui MODEL.onnx`.
/// @param name of its file
public record OnnxPageModel(String name, OnnxModel model) implements PageModel {
    private static final int SHOWN = 50; // elements
    private static final int MOST = 100_000; // of a row

    /// Loads a model.
    /// @throws dev.neurite.error.NeuriteException if it cannot be read
    public static OnnxPageModel load(Path file) {
        return new OnnxPageModel(String.valueOf(file.getFileName()), OnnxModel.load(file));
    }

    @Override
    public List<Port> inputs() {
        return model.inputs().stream().map(OnnxPageModel::port).toList();
    }

    @Override
    public List<Port> outputs() {
        return model.outputs().stream().map(OnnxPageModel::port).toList();
    }

    private static Port port(ValueInfo info) {
        return new Port(info.name(), info.type().toString(), info.anyRank() ? List.of("…") : info.extents());
    }

    @Override
    public List<Result> run(Map<String, Given> values) {
        Map<String, Value> given = new LinkedHashMap<>();
        for (ValueInfo each : model.inputs()) {
            Given own = values.get(each.name());
            if (own == null) throw new DataException("input '" + each.name() + "'", "expects a value, got none");
            given.put(each.name(), value(each, own));
        }
        List<Result> results = new ArrayList<>();
        model.run(given).forEach((output, value) -> results.add(result(output, value)));
        return results;
    }

    private static Value value(ValueInfo info, Given given) {
        Value value = switch (given) {
            case Given.File(byte[] npy) -> read(info, npy);
            case Given.Texts(List<Integer> shape, List<String> texts) ->
                Value.of(shape(shape), texts.toArray(new String[0]));
            case Given.Numbers(List<Integer> shape, double[] numbers) -> numbers(info, shape(shape), numbers);
        };
        if (info.fits(value)) return value;
        throw new DataException(
                "input '" + info.name() + "'", "expects " + info + ", got " + value.type() + " " + value.shape());
    }

    private static Shape shape(List<Integer> extents) {
        return Shape.of(extents.stream().mapToInt(Integer::intValue).toArray());
    }

    private static Value read(ValueInfo info, byte[] npy) {
        String where = "input '" + info.name() + "'";
        try {
            Path file = Files.createTempFile("neurite", ".npy");
            try {
                Files.write(file, npy);
                return NpyValues.value(NpyContent.read(file));
            } catch (DataException e) {
                throw new DataException(where, e.problem(), e.hint()); // without the name of the file
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new ResourceException(where, "cannot be kept for a moment: " + ResourceException.reason(e));
        }
    }

    private static Value numbers(ValueInfo info, Shape shape, double... numbers) {
        int n = numbers.length;
        Object array = switch (info.type()) {
            case FLOAT -> {
                float[] to = new float[n];
                for (int i = 0; i < n; i++) {
                    to[i] = (float) numbers[i];
                    if (Float.isInfinite(to[i])) throw wrong(info, "numbers of float", numbers[i]);
                }
                yield to;
            }
            case DOUBLE -> numbers;
            case INT64 ->
                IntStream.range(0, n)
                        .mapToLong(i -> whole(info, numbers[i], -0x1p53, 0x1p53))
                        .toArray();
            case INT32 ->
                IntStream.range(0, n)
                        .map(i -> (int) whole(info, numbers[i], Integer.MIN_VALUE, Integer.MAX_VALUE))
                        .toArray();
            case INT8 -> bytes(info, numbers, Byte.MIN_VALUE, Byte.MAX_VALUE);
            case UINT8 -> bytes(info, numbers, 0, 255);
            case BOOL -> {
                boolean[] to = new boolean[n];
                for (int i = 0; i < n; i++) to[i] = whole(info, numbers[i], 0, 1) == 1;
                yield to;
            }
            case STRING -> throw new DataException("input '" + info.name() + "'", "expects texts, got numbers");
            case INT16, UINT16, UINT32, UINT64, INT4, UINT4, SEQUENCE, MAP, OPTIONAL ->
                throw new DataException(
                        "input '" + info.name() + "'", "expects a type that the page can enter, got " + info.type());
        };
        return switch (array) {
            case float[] all -> Value.of(shape, all);
            case double[] all -> Value.of(shape, all);
            case long[] all -> Value.of(shape, all);
            case int[] all -> Value.of(shape, all);
            case boolean[] all -> Value.of(shape, all);
            case byte[] all -> info.type() == ElementType.INT8 ? Value.ofInt8(shape, all) : Value.ofUint8(shape, all);
            default -> throw new IllegalStateException(array.toString());
        };
    }

    private static byte[] bytes(ValueInfo info, double[] numbers, int least, int most) {
        byte[] bytes = new byte[numbers.length];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) whole(info, numbers[i], least, most);
        return bytes;
    }

    private static long whole(ValueInfo info, double number, double least, double most) {
        if (number == Math.rint(number) && number >= least && number <= most) return (long) number;
        throw wrong(info, "whole numbers of " + info.type(), number);
    }

    private static DataException wrong(ValueInfo info, String expected, double got) {
        return new DataException("input '" + info.name() + "'", "expects " + expected + ", got " + got);
    }

    private static Result result(String name, Value value) {
        boolean texts = value.type() == ElementType.STRING;
        boolean numbers = !texts && !value.type().hasValues();
        int size = value.size();
        Shape shape = value.shape();
        int width = shape.rank() == 0 ? 1 : shape.extent(shape.rank() - 1);
        List<String> first = new ArrayList<>();
        for (int i = 0; i < Math.min(SHOWN, size); i++) {
            first.add(texts ? value.texts()[i] : ValueReport.element(value, i).toString());
        }
        double[] row = new double[!numbers ? 0 : Math.min(Math.min(width, size), MOST)];
        for (int i = 0; i < row.length; i++) row[i] = number(value, i);
        return new Result(name, value.type().toString(), shape.extents(), first, row);
    }

    private static double number(Value value, int index) {
        boolean real = value.type() == ElementType.FLOAT || value.type() == ElementType.DOUBLE;
        return real ? value.number(index) : value.integer(index);
    }
}
