package dev.neurite.train;

import dev.neurite.error.ModelFormatException;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Texts, numbers and arrays by name: saved state, to be restored later, perhaps in another JVM.
/// Numbers keep their bits.
///
/// Each part of a training has a [#scope] of its own. Names need to be unique only within a scope.
public final class Snapshot {
    private static final int PARTS = 4; // 16 bits each, of a double

    private final String prefix;
    private final Map<String, String> texts; // shared by all scopes
    private final Map<String, Tensor> arrays;

    private Snapshot(String prefix, Map<String, String> texts, Map<String, Tensor> arrays) {
        this.prefix = prefix;
        this.texts = texts;
        this.arrays = arrays;
    }

    public static Snapshot empty() {
        return new Snapshot("", new LinkedHashMap<>(), new LinkedHashMap<>());
    }

    /// A snapshot with these contents, see [#texts()] and [#arrays()].
    public static Snapshot of(Map<String, String> texts, Map<String, Tensor> arrays) {
        return new Snapshot("", new LinkedHashMap<>(texts), new LinkedHashMap<>(arrays));
    }

    /// A view of this snapshot, in which names have a prefix.
    public Snapshot scope(String part) {
        return new Snapshot(prefix + part + ".", texts, arrays);
    }

    /// All texts and numbers, of all scopes.
    public Map<String, String> texts() {
        return Collections.unmodifiableMap(texts);
    }

    /// All arrays, of all scopes; not copies.
    public Map<String, Tensor> arrays() {
        return Collections.unmodifiableMap(arrays);
    }

    /// Whether this scope is empty.
    public boolean isEmpty() {
        return texts.keySet().stream().noneMatch(name -> name.startsWith(prefix))
                && arrays.keySet().stream().noneMatch(name -> name.startsWith(prefix));
    }

    /// Whether this scope has a text or number of this name.
    public boolean has(String name) {
        return texts.containsKey(prefix + name);
    }

    // -------------------------------------------------------------------------------------------------------- writing

    /// Saves a text.
    public void put(String name, String text) {
        texts.put(prefix + name, text);
    }

    /// Saves a whole number.
    public void put(String name, long number) {
        put(name, Long.toString(number));
    }

    /// Saves a number; NaN and infinities too.
    public void put(String name, double number) {
        put(name, Double.toString(number));
    }

    /// Saves numbers.
    public void put(String name, List<Double> numbers) {
        put(
                name,
                String.join(
                        " ", numbers.stream().map(each -> Double.toString(each)).toList()));
    }

    /// Saves an array without copying it: later writes to it change the snapshot.
    public void put(String name, float[] array) {
        arrays.put(prefix + name, Tensor.view(Shape.of(array.length), array, 0));
    }

    /// Saves many numbers with all their bits, as an array with 16 bits in each element.
    public void putExactly(String name, double[] numbers) {
        float[] parts = new float[Math.multiplyExact(PARTS, numbers.length)];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = Double.doubleToRawLongBits(numbers[i / PARTS]) >>> (16 * (i % PARTS)) & 0xffff;
        }
        put(name, parts);
    }

    // -------------------------------------------------------------------------------------------------------- reading

    /// A text.
    /// @throws ModelFormatException if there is none of this name
    public String text(String name) {
        String text = texts.get(prefix + name);
        if (text == null) throw wrong(name, "expects a value, got none");
        return text;
    }

    /// A whole number from 0.
    /// @throws ModelFormatException if there is none of this name
    public long whole(String name) {
        String text = text(name);
        if (!text.matches("\\d{1,18}")) throw wrong(name, "expects a whole number from 0, got '" + text + "'");
        return Long.parseLong(text);
    }

    /// A whole number from 0 to 2³¹ − 1.
    /// @throws ModelFormatException if there is none of this name
    public int small(String name) {
        long number = whole(name);
        if (number > Integer.MAX_VALUE) throw wrong(name, "expects less than 2³¹, got " + number);
        return (int) number;
    }

    /// A number.
    /// @throws ModelFormatException if there is none of this name
    public double number(String name) {
        return number(name, text(name));
    }

    private double number(String name, String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException _) {
            throw wrong(name, "expects a number, got '" + text + "'");
        }
    }

    /// Numbers.
    /// @throws ModelFormatException if there are none of this name
    public List<Double> numbers(String name) {
        String text = text(name);
        List<Double> numbers = new ArrayList<>();
        if (text.isEmpty()) return numbers;
        for (String each : text.split(" ", -1)) numbers.add(number(name, each));
        return numbers;
    }

    /// One of these values, saved by its name.
    /// @throws ModelFormatException if there is none of this name
    public <E extends Enum<E>> E one(String name, E[] values) {
        String text = text(name);
        for (E value : values) if (value.name().equals(text)) return value;
        throw wrong(name, "expects one of " + Arrays.toString(values) + ", got '" + text + "'");
    }

    /// Reads saved numbers into an array.
    /// @throws ModelFormatException for another number of them
    public void read(String name, double[] into) {
        List<Double> numbers = numbers(name);
        if (numbers.size() != into.length) {
            throw wrong(name, "expects " + into.length + " numbers, got " + numbers.size());
        }
        for (int i = 0; i < into.length; i++) into[i] = numbers.get(i);
    }

    /// Reads a saved array into another.
    /// @throws ModelFormatException for another length
    public void read(String name, float[] into) {
        Tensor array = arrays.get(prefix + name);
        if (array == null || array.size() != into.length) {
            throw wrong(
                    name, "expects an array of " + into.length + ", got " + (array == null ? "none" : array.shape()));
        }
        System.arraycopy(array.array(), array.offset(), into, 0, into.length);
    }

    /// Numbers saved by [#putExactly].
    /// @param count how many
    /// @throws ModelFormatException for another number of them
    public double[] exactly(String name, long count) {
        Tensor array = arrays.get(prefix + name);
        if (array == null || array.size() != PARTS * count) {
            throw wrong(name, "expects " + count + " numbers, got " + (array == null ? "none" : array.shape()));
        }
        double[] numbers = new double[(int) count];
        for (int i = 0; i < numbers.length; i++) {
            long bits = 0;
            for (int part = 0; part < PARTS; part++) {
                bits |= (long) array.array()[array.offset() + PARTS * i + part] << (16 * part);
            }
            numbers[i] = Double.longBitsToDouble(bits);
        }
        return numbers;
    }

    private ModelFormatException wrong(String name, String problem) {
        return new ModelFormatException(
                "checkpoint, '" + prefix + name + "'", problem, "The checkpoint is of another training");
    }
}
