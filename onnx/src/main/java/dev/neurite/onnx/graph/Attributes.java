package dev.neurite.onnx.graph;

import dev.neurite.error.ModelFormatException;
import dev.neurite.onnx.value.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The attributes of a node, by name: `Long`, `Float`, `String`, [Value], [OnnxGraph], `long[]`, `float[]` or a
/// list of texts; rewritten nodes may have other kinds. A getter refuses an attribute of another kind than the
/// operator has.
/// @param of the node, for messages
/// @param all them
public record Attributes(String of, Map<String, Object> all) {
    private static final int SHOWN = 16; // numbers of a list, for people

    public Attributes {
        all = Map.copyOf(all);
    }

    /// Without any.
    public static Attributes none(String of) {
        return new Attributes(of, Map.of());
    }

    /// A copy with this attribute added or replaced.
    public Attributes with(String name, Object value) {
        Map<String, Object> more = new TreeMap<>(all);
        more.put(name, value);
        return new Attributes(of, more);
    }

    /// Whether there is one of this name.
    public boolean has(String name) {
        return all.containsKey(name);
    }

    /// An integer.
    /// @param usual what it is if it is not given
    public long integer(String name, long usual) {
        Long given = get(name, Long.class);
        return given == null ? usual : given;
    }

    /// An integer of 32 bits.
    /// @param usual what it is if it is not given
    public int small(String name, int usual) {
        long given = integer(name, usual);
        if (given == (int) given) return (int) given;
        throw misfit(name, "an integer of 32 bits", given);
    }

    /// Whether an integer is not 0.
    public boolean flag(String name, boolean usual) {
        return integer(name, usual ? 1 : 0) != 0;
    }

    /// A number.
    /// @param usual what it is if it is not given
    public float real(String name, float usual) {
        Float given = get(name, Float.class);
        return given == null ? usual : given;
    }

    /// A text.
    /// @param usual what it is if it is not given
    public String text(String name, String usual) {
        String given = get(name, String.class);
        return given == null ? usual : given;
    }

    /// A tensor; empty if it is not given.
    public Optional<Value> value(String name) {
        return Optional.ofNullable(get(name, Value.class));
    }

    /// A graph that must be given.
    public OnnxGraph graph(String name) {
        OnnxGraph given = get(name, OnnxGraph.class);
        if (given == null) throw new ModelFormatException(of, "expects an attribute '" + name + "', got none");
        return given;
    }

    /// Integers; empty if they are not given.
    public Optional<long[]> integers(String name) {
        if (all.get(name) instanceof long[] given) return Optional.of(given.clone());
        return list(name, Long.class)
                .map(all -> all.stream().mapToLong(Long::longValue).toArray());
    }

    /// Numbers; empty if they are not given.
    public Optional<float[]> reals(String name) {
        if (all.get(name) instanceof float[] given) return Optional.of(given.clone());
        return list(name, Float.class).map(all -> {
            float[] array = new float[all.size()];
            for (int i = 0; i < array.length; i++) array[i] = all.get(i);
            return array;
        });
    }

    /// Texts; empty if they are not given.
    public Optional<List<String>> texts(String name) {
        return list(name, String.class);
    }

    /// A setting of a rewritten node, of a kind that no file has; empty if it is not given.
    public <T> Optional<T> own(String name, Class<T> kind) {
        return Optional.ofNullable(get(name, kind));
    }

    private <T> @Nullable T get(String name, Class<T> kind) {
        Object given = all.get(name);
        if (given == null) return null;
        if (kind.isInstance(given)) return kind.cast(given);
        throw misfit(name, "of kind " + kind.getSimpleName(), given);
    }

    private <T> Optional<List<T>> list(String name, Class<T> kind) {
        Object given = all.get(name);
        if (given == null) return Optional.empty();
        if (given instanceof List<?> some && some.stream().allMatch(kind::isInstance)) {
            return Optional.of(some.stream().map(kind::cast).toList());
        }
        throw misfit(name, "a list of kind " + kind.getSimpleName(), given);
    }

    private ModelFormatException misfit(String name, String wanted, Object given) {
        return new ModelFormatException(
                of + ", attribute '" + name + "'", "expects " + wanted + ", got " + text(given));
    }

    /// As `axis=1, mode=constant`.
    @Override
    public String toString() {
        var text = new StringBuilder();
        new TreeMap<>(all).forEach((name, value) -> {
            text.append(text.isEmpty() ? "" : ", ").append(name).append('=');
            text.append(text(value));
        });
        return text.toString();
    }

    private static Object text(Object value) {
        return switch (value) {
            case OnnxGraph graph -> "graph of " + graph.nodes().size() + " nodes";
            case long[] all -> Arrays.toString(Arrays.copyOf(all, Math.min(all.length, SHOWN)));
            case float[] all -> Arrays.toString(Arrays.copyOf(all, Math.min(all.length, SHOWN)));
            case List<?> list when list.size() > SHOWN -> list.subList(0, SHOWN);
            default -> value;
        };
    }
}
