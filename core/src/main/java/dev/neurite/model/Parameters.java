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
import org.jspecify.annotations.Nullable;

/// All parameters of a network, or all its running statistics: one flat `float[]` and the names of its
/// parts. Some parts may have fewer bits, see [#encoded(Map)]; they are not in the array, but are decoded where
/// numbers are asked for. Parameters of which only some differ share the arrays of the others, see
/// [#changed]. Immutable.
public final class Parameters {
    private final List<Parameter> parts;
    private final float[][] arrays; // that a part is in, if it is floats
    private final int[] places; // where it is there
    private final float @Nullable [] whole; // the array of all parts, in order, if there is one
    private final Map<String, EncodedMatrix> encoded;

    private Parameters(List<Parameter> parts, float[] values) {
        this.parts = parts;
        this.whole = values;
        this.arrays = new float[parts.size()][];
        Arrays.fill(arrays, values);
        this.places = parts.stream().mapToInt(Parameter::offset).toArray();
        this.encoded = Map.of();
    }

    private Parameters(List<Parameter> parts, float[][] arrays, int[] places, Map<String, EncodedMatrix> encoded) {
        this.parts = List.copyOf(parts);
        this.arrays = arrays;
        this.places = places;
        this.whole = null;
        this.encoded = Map.copyOf(encoded);
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
        float[] values = new float[Parameter.inArray(size, "parameters")];
        arrays = new float[places.length][];
        Arrays.fill(arrays, values);
        whole = encoded.isEmpty() ? values : null;
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
            System.arraycopy(tensor.array(), tensor.offset(), made.arrays[i], made.places[i], part.size());
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
        long bytes = encoded.values().stream().mapToLong(EncodedMatrix::bytes).sum();
        for (Parameter part : parts) {
            if (!encoded.containsKey(part.name())) bytes += (long) Float.BYTES * part.size();
        }
        return bytes;
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
        return Tensor.of(parts.get(i).shape(), Arrays.copyOfRange(arrays[i], places[i], places[i] + size));
    }

    /// A copy of some parts, one after the other: decoded, where they have fewer bits.
    /// @param kept parts of these names, by their places in the array
    /// @throws ConfigException for an unknown name, with the nearest known ones
    public float[] toArray(List<Parameter> kept) {
        float[] some = new float[sizeOf(kept)];
        Map<String, Integer> at = places();
        for (Parameter part : kept) copy(indexOf(at, part.name()), some, part.offset());
        return some;
    }

    private Map<String, Integer> places() {
        Map<String, Integer> at = new HashMap<>();
        for (int i = 0; i < places.length; i++) at.put(parts.get(i).name(), i);
        return at;
    }

    private int indexOf(Map<String, Integer> at, String name) {
        Integer i = at.get(name);
        return i == null ? index(parts, name) : i; // which throws
    }

    /// Copies a part, decoded.
    private void copy(int i, float[] to, int at) {
        EncodedMatrix of = encoded.get(parts.get(i).name());
        if (of == null)
            System.arraycopy(arrays[i], places[i], to, at, parts.get(i).size());
        else for (int row = 0; row < of.rows(); row++) of.decode(row, to, at + row * of.columns());
    }

    /// Parameters of this or another network, some of which are in an array of their own; the others are those of
    /// the same names here, and share their memory.
    /// @param all the parts of the network
    /// @param kept those that are in the array, by their places there
    /// @param values taken over without copying it. Nobody may write to it from now on
    /// @throws ConfigException for another part that is unknown here, with the nearest known ones
    /// @throws ShapeException if another part has not its shape here, or the length of the array is not that of
    /// `kept`
    public Parameters changed(List<Parameter> all, List<Parameter> kept, float[] values) {
        requireSize(kept, values);
        if (kept.equals(all)) return owning(all, values);
        Map<String, Parameter> own = new HashMap<>();
        for (Parameter part : kept) own.put(part.name(), part);
        Map<String, Integer> at = places();
        float[][] from = new float[all.size()][];
        int[] begin = new int[from.length];
        Map<String, EncodedMatrix> matrices = new HashMap<>();
        for (int i = 0; i < from.length; i++) {
            Parameter part = all.get(i);
            Parameter mine = own.get(part.name());
            if (mine != null) {
                from[i] = values;
                begin[i] = mine.offset();
                continue;
            }
            int same = indexOf(at, part.name());
            requireShape(part, parts.get(same).shape());
            from[i] = arrays[same];
            begin[i] = places[same];
            EncodedMatrix matrix = encoded.get(part.name());
            if (matrix != null) matrices.put(part.name(), matrix);
        }
        return new Parameters(all, from, begin, matrices);
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
        if (matrices.isEmpty()) return this;
        requireEncoded(parts, matrices);
        Map<String, EncodedMatrix> all = new HashMap<>(encoded);
        all.putAll(matrices);
        var made = new Parameters(parts, all);
        for (int i = 0; i < places.length; i++) {
            if (!all.containsKey(parts.get(i).name())) copy(i, made.arrays[i], made.places[i]);
        }
        return made;
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
        changed.forEach((name, value) -> requireShape(parts.get(index(parts, name)), value.shape()));
        Map<String, EncodedMatrix> left = new HashMap<>(encoded);
        left.keySet().removeAll(changed.keySet());
        var made = new Parameters(parts, left);
        for (int i = 0; i < places.length; i++) {
            String name = parts.get(i).name();
            if (left.containsKey(name)) continue;
            Tensor value = changed.get(name);
            if (value == null) copy(i, made.arrays[i], made.places[i]);
            else System.arraycopy(value.array(), value.offset(), made.arrays[i], made.places[i], value.size());
        }
        return made;
    }

    /// A copy of all values.
    public float[] toArray() {
        if (whole != null) return whole.clone();
        float[] all = new float[size()];
        for (int i = 0; i < places.length; i++) copy(i, all, parts.get(i).offset());
        return all;
    }

    /// All values, which nobody may write to: the array itself, where all parts are in one.
    float[] array() {
        return whole != null ? whole : toArray();
    }

    /// Views of the parts as constant weights; kernels pack them at their first use.
    List<PackedWeights> packed() {
        List<PackedWeights> packed = new ArrayList<>();
        for (int i = 0; i < places.length; i++) {
            EncodedMatrix of = encoded.get(parts.get(i).name());
            packed.add(of != null ? PackedWeights.encoded(of) : PackedWeights.constant(view(i)));
        }
        return packed;
    }

    private Tensor view(int i) {
        return Tensor.view(parts.get(i).shape(), arrays[i], places[i]);
    }

    /// Weights of which some are in another array and change. The others are views of these parts, of which kernels
    /// keep no packed copies.
    /// @param kept those that change, by their places in the array
    List<PackedWeights> weights(List<Parameter> kept, float[] values) {
        requireSize(kept, values);
        Map<String, Parameter> changing = new HashMap<>();
        for (Parameter part : kept) changing.put(part.name(), part);
        List<PackedWeights> weights = new ArrayList<>();
        for (int i = 0; i < places.length; i++) {
            Parameter part = changing.get(parts.get(i).name());
            EncodedMatrix of = encoded.get(parts.get(i).name());
            weights.add(
                    part != null
                            ? PackedWeights.changing(Tensor.view(part.shape(), values, part.offset()))
                            : of != null ? PackedWeights.encoded(of) : PackedWeights.changing(view(i)));
        }
        return weights;
    }

    /// Whether names, shapes and values are equal; values are compared as bits, so NaN equals NaN.
    @Override
    public boolean equals(Object other) {
        return other instanceof Parameters same
                && toString().equals(same.toString())
                && encoded.equals(same.encoded)
                && hasFloatsOf(same);
    }

    private boolean hasFloatsOf(Parameters same) {
        for (int i = 0; i < places.length; i++) {
            if (encoded.containsKey(parts.get(i).name())) continue;
            int size = parts.get(i).size();
            float[] other = same.arrays[i];
            int at = same.places[i];
            if (!Arrays.equals(arrays[i], places[i], places[i] + size, other, at, at + size)) return false;
        }
        return true;
    }

    @Override
    public int hashCode() {
        int hash = toString().hashCode();
        for (int i = 0; i < places.length; i++) {
            if (!encoded.containsKey(parts.get(i).name())) hash = 31 * hash + view(i).hashCode();
        }
        return 31 * hash + encoded.hashCode();
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
