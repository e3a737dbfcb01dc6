package dev.neurite.io;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ShapeException;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import dev.neurite.kernel.BlockFormat;
import dev.neurite.kernel.EncodedMatrix;
import dev.neurite.kernel.QuantizedMatrix;
import dev.neurite.model.Parameter;
import dev.neurite.model.Parameters;
import dev.neurite.tensor.NumberType;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Parameters in fewer bits, in a model file. The metadata `encoded` says the format of each: a JSON object,
/// `{"dense1.weight":"INT8"}`. Codes are a tensor of the parameter's name, scales one of its name and `.scales`:
///
/// | format | codes | scales |
/// |---|---|---|
/// | INT8 | I8 `[rows × columns]` | F32 `[rows]` |
/// | Q8_0 | I8 `[rows × columns]` | F16 `[rows × blocks of 32]` |
/// | Q4_0 | U8 `[rows × 16 · blocks]`: in the 16 bytes of a block, byte i has code i in its lower half and code
/// i + 16 in its upper half, as in GGUF; 8 beyond the last column | F16 `[rows × blocks]` |
/// | F16, BF16 | of that type, `[rows × columns]` | none |
final class EncodedParameters {
    static final String KEY = "encoded";

    private static final String SCALES = ".scales";
    private static final int HALF = QuantizedMatrix.BLOCK / 2;
    private static final int ZERO_4 = 8; // the code that means 0

    private EncodedParameters() {}

    // ------------------------------------------------------------------------------------------------------ writing

    /// Adds the formats of parameters in fewer bits to the metadata, if there are some.
    static void writeFormats(Parameters parameters, Map<String, String> metadata) {
        if (parameters.encoded().isEmpty()) return;
        Map<String, Json> formats = new TreeMap<>();
        parameters
                .encoded()
                .forEach((name, matrix) ->
                        formats.put(name, new JsonString(matrix.format().name())));
        metadata.put(KEY, new JsonObject(formats).write());
    }

    /// Adds the codes and scales of a parameter.
    static void write(String name, EncodedMatrix matrix, Map<String, Tensor> tensors, Map<String, NumberType> types) {
        types.put(name, codes(name, matrix.format()));
        if (!(matrix instanceof QuantizedMatrix of)) {
            tensors.put(name, matrix.decode());
            return;
        }
        boolean byRow = of.format() == BlockFormat.INT8;
        tensors.put(name, of.format() == BlockFormat.Q4_0 ? halves(of) : bytes(of));
        Shape scales = byRow ? Shape.of(of.rows()) : Shape.of(of.rows(), of.scalesOfRow());
        tensors.put(name + SCALES, Tensor.of(scales, of.scales()));
        if (!byRow) types.put(name + SCALES, NumberType.F16);
    }

    /// @throws ConfigException for a format that model files do not have
    private static NumberType codes(String name, BlockFormat format) {
        return switch (format) {
            case INT8, Q8_0 -> NumberType.I8;
            case Q4_0 -> NumberType.U8;
            case F16 -> NumberType.F16;
            case BF16 -> NumberType.BF16;
            case Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K ->
                throw new ConfigException(
                        name,
                        "expects a format of model files, " + BlockFormat.encodable() + ", got " + format,
                        "Keep the GGUF file that it was read from");
        };
    }

    private static Tensor bytes(QuantizedMatrix of) {
        byte[] values = of.values();
        float[] all = new float[values.length];
        for (int i = 0; i < all.length; i++) all[i] = values[i];
        return Tensor.of(Shape.of(of.rows(), of.columns()), all);
    }

    private static Tensor halves(QuantizedMatrix of) {
        int width = of.scalesOfRow() * HALF;
        float[] all = new float[of.rows() * width];
        for (int row = 0; row < of.rows(); row++) {
            for (int i = 0; i < width; i++) {
                int column = i / HALF * QuantizedMatrix.BLOCK + i % HALF;
                all[row * width + i] = code(of, row, column) + (code(of, row, column + HALF) << 4);
            }
        }
        return Tensor.of(Shape.of(of.rows(), width), all);
    }

    private static int code(QuantizedMatrix of, int row, int column) {
        return column < of.columns() ? of.value(row, column) + ZERO_4 : ZERO_4;
    }

    // ------------------------------------------------------------------------------------------------------ reading

    /// The tensors of a file while encoded ones are taken out of them.
    private record Reading(Map<String, Tensor> tensors, Map<String, NumberType> types, String where) {
        EncodedMatrix take(Parameter part, BlockFormat format) {
            int rows = part.shape().extent(0);
            int columns = part.shape().extent(1);
            int blocks = Math.ceilDiv(columns, QuantizedMatrix.BLOCK);
            boolean four = format == BlockFormat.Q4_0;
            Tensor codes =
                    take(part.name(), Shape.of(rows, four ? blocks * HALF : columns), codes(part.name(), format));
            try {
                if (!format.isQuantized()) return EncodedMatrix.of(format, codes);
                boolean byRow = format == BlockFormat.INT8;
                Tensor scales = take(
                        part.name() + SCALES,
                        byRow ? Shape.of(rows) : Shape.of(rows, blocks),
                        byRow ? NumberType.F32 : NumberType.F16);
                byte[] values = four ? values(codes, columns) : values(codes);
                return QuantizedMatrix.of(format, rows, columns, values, scales.toArray());
            } catch (DataException | ShapeException e) {
                throw new ModelFormatException(where, "has no valid '" + part.name() + "': " + e.getMessage());
            }
        }

        /// @throws ModelFormatException for another shape or type
        private Tensor take(String name, Shape shape, NumberType type) {
            Tensor tensor = tensors.remove(name);
            NumberType of = types.getOrDefault(name, NumberType.F32);
            if (tensor != null && tensor.shape().equals(shape) && of == type) return tensor;
            String got = tensor == null ? "none" : of + " " + tensor.shape();
            throw new ModelFormatException(
                    where, "expects a tensor '" + name + "' " + type + " " + shape + ", got " + got);
        }
    }

    /// Takes what is encoded out of the tensors of a file.
    /// @param parts the parameters that may be encoded
    /// @param tensors changed
    /// @param types of the tensors in the file, see [Safetensors#types]
    /// @throws ModelFormatException for codes and scales that are not those of their format
    static Map<String, EncodedMatrix> take(
            List<Parameter> parts,
            Map<String, String> metadata,
            Map<String, Tensor> tensors,
            Map<String, NumberType> types,
            String where) {
        Map<String, EncodedMatrix> all = new LinkedHashMap<>();
        String text = metadata.get(KEY);
        if (text == null) return all;
        var reading = new Reading(tensors, types, where);
        formats(text, where).forEach((name, format) -> {
            Parameter part = parts.stream()
                    .filter(each -> each.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new ModelFormatException(where, "expects no encoded '" + name + "'"));
            all.put(name, reading.take(part, format(format, name, where)));
        });
        return all;
    }

    private static Map<String, Json> formats(String text, String where) {
        try {
            if (Json.read(text) instanceof JsonObject(Map<String, Json> formats)) return formats;
            throw new ModelFormatException(where, "expects an object as '" + KEY + "', got " + text);
        } catch (Json.SyntaxException e) {
            throw new ModelFormatException(where, "has no valid '" + KEY + "': " + e.getMessage());
        }
    }

    private static BlockFormat format(Json format, String name, String where) {
        String known = format instanceof JsonString(String text) ? text : format.write();
        for (BlockFormat each : BlockFormat.encodable()) if (each.name().equals(known)) return each;
        throw new ModelFormatException(
                where,
                "expects a format of " + BlockFormat.encodable() + " for '" + name + "', got " + known,
                "Use a newer Neurite");
    }

    private static byte[] values(Tensor codes) {
        byte[] values = new byte[codes.size()];
        for (int i = 0; i < values.length; i++) values[i] = (byte) codes.array()[codes.offset() + i];
        return values;
    }

    private static byte[] values(Tensor codes, int columns) {
        int rows = codes.rows();
        int width = codes.shape().extent(1);
        byte[] values = new byte[rows * columns];
        for (int i = 0; i < values.length; i++) {
            int column = i % columns;
            int at = i / columns * width + column / QuantizedMatrix.BLOCK * HALF + column % HALF;
            int both = (int) codes.array()[codes.offset() + at];
            values[i] = (byte) ((column % QuantizedMatrix.BLOCK < HALF ? both & 0xf : both >> 4) - ZERO_4);
        }
        return values;
    }
}
