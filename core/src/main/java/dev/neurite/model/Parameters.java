package dev.neurite.model;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.error.Spelling;
import dev.neurite.kernel.EncodedMatrix;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.kernel.QuantizedMatrix;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/// All parameters of a network, or all its running statistics: one flat `float[]` and the names of its
/// parts. Some parts may have fewer bits, see [#encoded(Map)]; they are not in the array, but are decoded where
/// numbers are asked for. Immutable.
public final class Parameters {
    private final List<Parameter> parts;
    private final float[] values; // of the parts that are floats
    private final int[] places; // where in values a part is
    private final Map<String, EncodedMatrix> encoded;

    private Parameters(List<Parameter> parts, float[] values) {
        this.parts = parts;
        this.values = values;
        this.places = parts.stream().mapToInt(Parameter::offset).toArray();
        this.encoded = Map.of();
    }

    /// Parameters whose floats are still zeros.
    private Parameters(List<Parameter> parts, Map<String, EncodedMatrix> encoded) {
        this.parts = List.copyOf(parts);
        this.encoded = Map.copyOf(encoded);
        places = new int[parts.size()];
        long size = 0; // of the parts that are floats
        for (int i = 0; i < places.length; i++) {
            places[i] = Parameter.inArray(size, parts.get(i).name());
            if (!encoded.containsKey(parts.get(i).name())) size += parts.get(i).size();
        }
        values = new float[Parameter.inArray(size, "parameters")];
    }

    /// @param all the values of all parts
    private static Parameters of(List<Parameter> parts, float[] all, Map<String, EncodedMatrix> encoded) {
        if (encoded.isEmpty()) return new Parameters(parts, all);
        var made = new Parameters(parts, encoded);
        for (int i = 0; i < made.places.length; i++) {
            Parameter part = parts.get(i);
            if (encoded.containsKey(part.name())) continue;
            System.arraycopy(all, part.offset(), made.values, made.places[i], part.size());
        }
        return made;
    }

    /// Parameters with these values, copied.
    /// @throws ShapeException if their number is not that of the parts
    public static Parameters of(List<Parameter> parts, float[] values) {
        requireSize(parts, values);
        return new Parameters(List.copyOf(parts), values.clone());
    }

    /// Parameters that take over this array without copying it. Nobody may write to it from now on.
    /// @throws ShapeException if its length is not that of the parts
    public static Parameters owning(List<Parameter> parts, float[] values) {
        requireSize(parts, values);
        return new Parameters(List.copyOf(parts), values);
    }

    private static void requireSize(List<Parameter> parts, float[] values) {
        int size = sizeOf(parts);
        if (values.length != size) {
            throw new ShapeException("parameters", "expects " + size + " values, got " + values.length);
        }
    }

    /// Parameters with these values, copied.
    /// @param tensors a tensor of the right shape for each part, by name
    /// @throws ShapeException if one is missing or has another shape
    public static Parameters of(List<Parameter> parts, Map<String, Tensor> tensors) {
        return of(parts, tensors, Map.of());
    }

    /// Parameters with these values, copied, of which some have fewer bits.
    /// @param tensors a tensor of the right shape for each other part, by name
    /// @param encoded matrices of the right shape, by name, without zero points
    /// @throws ConfigException for an unknown name of a matrix, with the nearest known ones, or one with zero
    /// points
    /// @throws ShapeException if a part is missing or has another shape
    public static Parameters of(
            List<Parameter> parts, Map<String, Tensor> tensors, Map<String, EncodedMatrix> encoded) {
        requireEncoded(parts, encoded);
        var made = new Parameters(parts, encoded);
        for (int i = 0; i < made.places.length; i++) {
            Parameter part = parts.get(i);
            if (encoded.containsKey(part.name())) continue;
            Tensor tensor = tensors.get(part.name());
            if (tensor == null) throw misfit(part, "nothing");
            requireShape(part, tensor.shape());
            System.arraycopy(tensor.array(), tensor.offset(), made.values, made.places[i], part.size());
        }
        return made;
    }

    /// Parameters with their initial values. Each has random numbers of its own, by its name.
    static Parameters initialized(List<Parameter> parts, long seed) {
        float[] values = new float[sizeOf(parts)];
        for (Parameter part : parts) {
            float[] initial = part.initializer().values(part.shape(), new KeyedRandom(seed, hash(part.name())));
            if (initial.length != part.size()) {
                throw new ShapeException(
                        part.name(),
                        "expects values for " + part.shape() + " from " + part.initializer() + ", got "
                                + initial.length);
            }
            System.arraycopy(initial, 0, values, part.offset(), part.size());
        }
        return new Parameters(List.copyOf(parts), values);
    }

    /// The number of values of these parts.
    static long countOf(List<Parameter> parts) {
        return parts.isEmpty() ? 0 : parts.getLast().start() + parts.getLast().size();
    }

    /// The length of the flat array of these parts.
    /// @throws ShapeException if an array cannot be so long
    static int sizeOf(List<Parameter> parts) {
        return Parameter.inArray(countOf(parts), "parameters");
    }

    private static long hash(String name) {
        long hash = 0;
        for (int i = 0; i < name.length(); i++) hash = hash * 1_000_003 + name.charAt(i);
        return hash;
    }

    /// The parts, in the order of the flat array.
    public List<Parameter> parts() {
        return parts;
    }

    /// The names of the parts, in the order of the flat array.
    public List<String> names() {
        return parts.stream().map(Parameter::name).toList();
    }

    /// A copy of each part, by name, in the order of the flat array.
    public SequencedMap<String, Tensor> asMap() {
        SequencedMap<String, Tensor> map = new LinkedHashMap<>();
        for (Parameter each : parts) map.put(each.name(), get(each.name()));
        return map;
    }

    /// The number of values, as the length of the flat array.
    /// @throws ShapeException for 2³¹ values and more, which fit in no array
    public int size() {
        return sizeOf(parts);
    }

    /// The memory that the values take, in bytes.
    public long bytes() {
        return (long) Float.BYTES * values.length
                + encoded.values().stream().mapToLong(EncodedMatrix::bytes).sum();
    }

    /// Whether there is a part of this name.
    public boolean has(String name) {
        return parts.stream().anyMatch(part -> part.name().equals(name));
    }

    /// A copy of a part; decoded, if it has fewer bits.
    /// @throws ConfigException for an unknown name, with the nearest known ones
    public Tensor get(String name) {
        int i = index(parts, name);
        EncodedMatrix of = encoded.get(name);
        if (of != null) return of.decode();
        int size = parts.get(i).size();
        return Tensor.of(parts.get(i).shape(), Arrays.copyOfRange(values, places[i], places[i] + size));
    }

    /// The parts that have fewer bits than floats, by name.
    public Map<String, EncodedMatrix> encoded() {
        return encoded;
    }

    /// These parameters with some parts in fewer bits. Which ones a network takes so, [Network#encodable()]
    /// says; [Model#quantized] encodes them.
    /// @param matrices the parts' new values, by name, in place of the ones they have; without zero points, as
    /// files of models have none; all others stay
    /// @throws ConfigException for an unknown name, with the nearest known ones, or a matrix with zero points
    /// @throws ShapeException if a matrix has not the part's shape
    public Parameters encoded(Map<String, EncodedMatrix> matrices) {
        requireEncoded(parts, matrices);
        Map<String, EncodedMatrix> all = new HashMap<>(encoded);
        all.putAll(matrices);
        return of(parts, array(), all);
    }

    private static void requireEncoded(List<Parameter> parts, Map<String, EncodedMatrix> matrices) {
        matrices.forEach((name, matrix) -> {
            requireShape(parts.get(index(parts, name)), Shape.of(matrix.rows(), matrix.columns()));
            if (matrix instanceof QuantizedMatrix of && of.hasZeros()) {
                throw new ConfigException(
                        name,
                        "expects weights without zero points, which model files do not have, got " + matrix
                                + " with them",
                        "Encode it again: EncodedMatrix.of(format, matrix.decode())");
            }
        });
    }

    private static void requireShape(Parameter part, Shape got) {
        if (!part.shape().equals(got)) throw misfit(part, got.toString());
    }

    private static ShapeException misfit(Parameter part, String got) {
        return new ShapeException(part.name(), "expects " + part.shape() + ", got " + got);
    }

    /// These parameters with one part replaced.
    /// @throws ConfigException for an unknown name, with the nearest known ones
    /// @throws ShapeException if the tensor's shape is not the part's
    public Parameters with(String name, Tensor value) {
        return with(Map.of(name, value));
    }

    /// These parameters with some parts replaced, by floats.
    /// @param changed the new values, by name; all others stay
    /// @throws ConfigException for an unknown name, with the nearest known ones
    /// @throws ShapeException if a tensor's shape is not the part's
    public Parameters with(Map<String, Tensor> changed) {
        if (changed.isEmpty()) return this;
        float[] copy = toArray();
        changed.forEach((name, value) -> {
            Parameter part = parts.get(index(parts, name));
            requireShape(part, value.shape());
            System.arraycopy(value.array(), value.offset(), copy, part.offset(), part.size());
        });
        Map<String, EncodedMatrix> left = new HashMap<>(encoded);
        left.keySet().removeAll(changed.keySet());
        return of(parts, copy, left);
    }

    /// A copy of all values.
    public float[] toArray() {
        if (encoded.isEmpty()) return values.clone();
        float[] all = new float[size()];
        for (int i = 0; i < places.length; i++) {
            Parameter part = parts.get(i);
            EncodedMatrix of = encoded.get(part.name());
            if (of == null) System.arraycopy(values, places[i], all, part.offset(), part.size());
            else for (int row = 0; row < of.rows(); row++) of.decode(row, all, part.offset() + row * of.columns());
        }
        return all;
    }

    /// All values, which nobody may write to: the array itself, where no part has fewer bits.
    float[] array() {
        return encoded.isEmpty() ? values : toArray();
    }

    /// Views of the parts as constant weights; kernels pack them at their first use.
    List<PackedWeights> packed() {
        List<PackedWeights> packed = new ArrayList<>();
        for (int i = 0; i < places.length; i++) {
            Parameter part = parts.get(i);
            EncodedMatrix of = encoded.get(part.name());
            packed.add(
                    of != null
                            ? PackedWeights.encoded(of)
                            : PackedWeights.constant(Tensor.view(part.shape(), values, places[i])));
        }
        return packed;
    }

    /// Whether names, shapes and values are equal; values are compared as bits, so NaN equals NaN.
    @Override
    public boolean equals(Object other) {
        return other instanceof Parameters same
                && toString().equals(same.toString())
                && Arrays.equals(values, same.values)
                && encoded.equals(same.encoded);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * toString().hashCode() + Arrays.hashCode(values)) + encoded.hashCode();
    }

    /// The names and shapes of the parts.
    @Override
    public String toString() {
        return parts.stream().map(part -> part.name() + " " + part.shape()).collect(Collectors.joining(", "));
    }

    private static int index(List<Parameter> parts, String name) {
        for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i).name().equals(name)) return i;
        }
        List<String> names = parts.stream().map(Parameter::name).toList();
        throw new ConfigException("parameter '" + name + "'", "is not in this network", Spelling.choice(name, names));
    }
}
