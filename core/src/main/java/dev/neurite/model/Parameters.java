package dev.neurite.model;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.error.Spelling;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/// All parameters of a network, or all its running statistics: one flat `float[]` and the names of its
/// parts. Immutable.
public final class Parameters {
    private final List<Parameter> parts;
    private final float[] values;

    private Parameters(List<Parameter> parts, float[] values) {
        this.parts = parts;
        this.values = values;
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
        float[] values = new float[sizeOf(parts)];
        for (Parameter part : parts) {
            Tensor tensor = tensors.get(part.name());
            if (tensor == null || !tensor.shape().equals(part.shape())) {
                String got = tensor == null ? "nothing" : tensor.shape().toString();
                throw new ShapeException(part.name(), "expects " + part.shape() + ", got " + got);
            }
            System.arraycopy(tensor.array(), tensor.offset(), values, part.offset(), part.size());
        }
        return new Parameters(List.copyOf(parts), values);
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

    /// The length of the flat array of these parts.
    static int sizeOf(List<Parameter> parts) {
        return parts.isEmpty() ? 0 : parts.getLast().offset() + parts.getLast().size();
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

    /// The number of values.
    public int size() {
        return values.length;
    }

    /// Whether there is a part of this name.
    public boolean has(String name) {
        return parts.stream().anyMatch(part -> part.name().equals(name));
    }

    /// A copy of a part.
    /// @throws ConfigException for an unknown name, with the nearest known ones
    public Tensor get(String name) {
        Parameter part = part(name);
        return Tensor.of(part.shape(), Arrays.copyOfRange(values, part.offset(), part.offset() + part.size()));
    }

    /// These parameters with one part replaced.
    /// @throws ConfigException for an unknown name, with the nearest known ones
    /// @throws ShapeException if the tensor's shape is not the part's
    public Parameters with(String name, Tensor value) {
        return with(Map.of(name, value));
    }

    /// These parameters with some parts replaced.
    /// @param changed the new values, by name; all others stay
    /// @throws ConfigException for an unknown name, with the nearest known ones
    /// @throws ShapeException if a tensor's shape is not the part's
    public Parameters with(Map<String, Tensor> changed) {
        if (changed.isEmpty()) return this;
        float[] copy = values.clone();
        changed.forEach((name, value) -> {
            Parameter part = part(name);
            if (!value.shape().equals(part.shape())) {
                throw new ShapeException(name, "expects " + part.shape() + ", got " + value.shape());
            }
            System.arraycopy(value.array(), value.offset(), copy, part.offset(), part.size());
        });
        return new Parameters(parts, copy);
    }

    /// A copy of all values.
    public float[] toArray() {
        return values.clone();
    }

    /// The array itself, which nobody may write to.
    float[] array() {
        return values;
    }

    /// Views of the parts as constant weights; kernels pack them at their first use.
    List<PackedWeights> packed() {
        return parts.stream()
                .map(part -> PackedWeights.constant(Tensor.view(part.shape(), values, part.offset())))
                .toList();
    }

    /// Whether names, shapes and values are equal; values are compared as bits, so NaN equals NaN.
    @Override
    public boolean equals(Object other) {
        return other instanceof Parameters same
                && toString().equals(same.toString())
                && Arrays.equals(values, same.values);
    }

    @Override
    public int hashCode() {
        return 31 * toString().hashCode() + Arrays.hashCode(values);
    }

    /// The names and shapes of the parts.
    @Override
    public String toString() {
        return parts.stream().map(part -> part.name() + " " + part.shape()).collect(Collectors.joining(", "));
    }

    private Parameter part(String name) {
        for (Parameter part : parts) {
            if (part.name().equals(name)) return part;
        }
        throw new ConfigException("parameter '" + name + "'", "is not in this network", Spelling.choice(name, names()));
    }
}
