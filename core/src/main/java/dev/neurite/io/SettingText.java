package dev.neurite.io;

import dev.neurite.error.ConfigException;
import dev.neurite.error.Spelling;
import dev.neurite.io.Catalog.Setting;
import dev.neurite.optim.WeightDecay;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// Converts values of settings to text and back, see [Spec].
/// @param catalog the names of values with settings of their own
record SettingText(Catalog catalog) {
    private static final String NONE = "none";
    private static final String NUMBER = "[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?|NaN|[-+]?Infinity";

    /// An int that means none, as for the ignored label of a loss.
    private static final int NOTHING = Integer.MIN_VALUE;

    // ----------------------------------------------------------------------------------------------------- reading

    /// @throws ConfigException for an invalid value
    Object read(String where, Setting setting, String text) {
        if (setting.type() == WeightDecay.class) return decay(where, setting, text);
        return read(where, setting.type(), text);
    }

    private Object read(String where, Type type, String text) {
        if (type == double.class || type == Double.class) return Double.parseDouble(literal(where, text));
        if (type == float.class || type == Float.class) return Float.parseFloat(literal(where, text));
        if (type == int.class || type == Integer.class) return whole(where, text, Integer.MIN_VALUE, Integer.MAX_VALUE);
        if (type == long.class || type == Long.class) return whole(where, text, Long.MIN_VALUE, Long.MAX_VALUE);
        if (type == boolean.class) return truth(where, text);
        if (type == String.class) return text;
        if (type == Shape.class) return shape(where, text);
        if (type == Tensor.class) return tensor(where, text);
        if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
            return list(where, list.getActualTypeArguments()[0], text);
        }
        if (type instanceof Class<?> kind && kind.isEnum()) return constant(where, kind, text);
        if (type instanceof Class<?> kind && Catalog.isKind(kind)) {
            boolean enclosed = text.startsWith("(") && text.endsWith(")");
            return catalog.read(where, kind, enclosed ? text.substring(1, text.length() - 1) : text);
        }
        if (type instanceof Class<?> window && WindowSettings.isSetting(window)) {
            List<Integer> numbers = WindowSettings.isWord(text)
                    ? List.of()
                    : list(where, Integer.class, text).stream()
                            .map(Integer.class::cast)
                            .toList();
            return WindowSettings.read(where, window, text, numbers);
        }
        if (type instanceof Class<?> numbers && Components.isNumbers(numbers)) return numbers(where, numbers, text);
        throw new ConfigException(where, "has a value that has no text form");
    }

    private static String literal(String where, String text) {
        if (text.matches(NUMBER)) return text;
        throw new ConfigException(where, "expects a number, got '" + text + "'");
    }

    private static Object whole(String where, String text, long least, long most) {
        boolean anInt = most == Integer.MAX_VALUE;
        if (anInt && text.equals(NONE)) return NOTHING;
        try {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) return anInt ? (Object) (int) number : (Object) number;
        } catch (NumberFormatException _) {
            // reported below, as for numbers out of range
        }
        throw new ConfigException(where, "expects a whole number up to " + most + ", got '" + text + "'");
    }

    private static boolean truth(String where, String text) {
        if (text.equals("true") || text.equals("false")) return text.equals("true");
        throw new ConfigException(where, "expects true or false, got '" + text + "'");
    }

    private static Object constant(String where, Class<?> kind, String text) {
        List<String> known = new ArrayList<>();
        for (Object constant : kind.getEnumConstants()) {
            String name = Components.kebab(((Enum<?>) constant).name());
            if (name.equals(text)) return constant;
            known.add(name);
        }
        throw new ConfigException(
                where,
                "expects one of " + String.join(", ", known) + ", got '" + text + "'",
                Spelling.hint(text, known));
    }

    private List<Object> list(String where, Type of, String text) {
        if (text.equals(NONE)) return List.of();
        return Arrays.stream(text.split("/", -1))
                .map(part -> read(where, of, part))
                .toList();
    }

    private Record numbers(String where, Class<?> type, String text) {
        List<Object> numbers = list(where, Double.class, text);
        int count = type.getRecordComponents().length;
        if (numbers.size() != count) {
            throw new ConfigException(where, "expects " + count + " numbers with / between them, got '" + text + "'");
        }
        return Components.make(where, type.asSubclass(Record.class), numbers.toArray());
    }

    private Shape shape(String where, String text) {
        return Shape.of(list(where, Integer.class, text).stream()
                .mapToInt(extent -> (Integer) extent)
                .toArray());
    }

    private Tensor tensor(String where, String text) {
        List<Object> list = list(where, Float.class, text);
        float[] values = new float[list.size()];
        for (int i = 0; i < values.length; i++) values[i] = (Float) list.get(i);
        return Tensor.of(Shape.of(values.length), values);
    }

    /// A number alone has the optimizer's default kind of decay.
    private static WeightDecay decay(String where, Setting setting, String text) {
        boolean coupled = text.startsWith("coupled:");
        boolean decoupled = text.startsWith("decoupled:");
        double rate = Double.parseDouble(literal(where, text.replaceFirst("^(de)?coupled:", "")));
        boolean usual =
                setting.value().filter(each -> ((WeightDecay) each).decoupled()).isPresent();
        return new WeightDecay(rate, decoupled || (usual && !coupled));
    }

    // ----------------------------------------------------------------------------------------------------- writing

    /// @param usual the setting; its default kind of decay is left out
    /// @throws ConfigException for a value that is not in the catalog
    String write(Setting usual, Object value) {
        boolean said = value instanceof WeightDecay decay
                && usual.value()
                        .filter(each -> ((WeightDecay) each).decoupled() == decay.decoupled())
                        .isPresent();
        return said ? write(((WeightDecay) value).rate()) : write(value);
    }

    private String write(Object value) {
        return switch (value) {
            case Float number -> Spec.plain(Float.toString(number));
            case Double number -> Spec.plain(Double.toString(number));
            case Integer number when number == NOTHING -> NONE;
            case WeightDecay decay -> (decay.decoupled() ? "decoupled:" : "coupled:") + write(decay.rate());
            case Enum<?> constant -> Components.kebab(constant.name());
            case Shape shape -> joined(shape.extents());
            case Tensor tensor -> {
                List<Float> values = new ArrayList<>();
                for (float each : tensor.toArray()) values.add(each);
                yield joined(values);
            }
            case List<?> list -> joined(list);
            case Record record when WindowSettings.isSetting(record.getClass()) -> WindowSettings.write(record);
            case Record record when Components.isNumbers(record.getClass()) -> joined(Components.values(record));
            case Record record -> {
                String text = catalog.brief(record);
                yield text.matches("[a-z0-9-]+") ? text : "(" + text + ")";
            }
            default -> value.toString();
        };
    }

    private String joined(List<?> values) {
        return values.isEmpty() ? NONE : values.stream().map(this::write).collect(Collectors.joining("/"));
    }
}
