package dev.neurite.javasource;

import dev.neurite.model.BuiltNode;
import dev.neurite.model.Model;
import dev.neurite.model.Parameter;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The class that is written, while layers add to it.
final class ClassDraft {
    /// The elements that all constants may have as they are: 8 bytes of code each, of 65,535 that an initializer may
    /// have. A longer list has 23.
    private static final int ELEMENTS = 500;

    /// A method of a layer.
    record Method(String name, String comment, List<String> body) {}

    /// An array that the class keeps.
    /// @param type of its elements
    /// @param size how many they are, as Java
    record Buffer(String name, String type, String size) {
        boolean isOpen() {
            return size.contains("mostSteps");
        }
    }

    private static final List<String> TAKEN = List.of( // by fields, methods and parameters of every class
            "input",
            "inputs",
            "steps",
            "mostSteps",
            "weights",
            "windows",
            "row",
            "rows",
            "labels",
            "label",
            "predict",
            "predicted",
            "run",
            "compute",
            "encode",
            "probabilities",
            "probability",
            "scores",
            "values",
            "index",
            "forAnotherThread",
            "numbers",
            "answer",
            "set",
            "setSteps",
            "read",
            "score",
            "labels",
            "at",
            "i",
            "t",
            "y",
            "step",
            "prepare",
            "resize",
            "across",
            "down",
            "line",
            "narrow",
            "argb",
            "getClass",
            "notify",
            "notifyAll",
            "wait",
            "hashCode",
            "equals",
            "toString",
            "clone",
            "finalize");

    final Model model;
    final WeightFields weights = new WeightFields();
    final List<Method> methods = new ArrayList<>();
    final List<Buffer> buffers = new ArrayList<>();
    private final Map<String, String> constants = new LinkedHashMap<>(); // name by key
    final List<String> declarations = new ArrayList<>(); // of constants
    final Set<String> arithmetic = new LinkedHashSet<>();
    final List<String> obstacles = new ArrayList<>();
    final List<String> notes = new ArrayList<>();
    private final Set<String> names = new HashSet<>(TAKEN);
    private int windows;
    private int elements; // of constants that are written element by element

    ClassDraft(Model model) {
        this.model = model;
        names.addAll(ArithmeticText.names());
    }

    /// A name that nothing else has.
    String name(String wish) {
        String base = JavaText.isName(JavaText.name(wish)) ? JavaText.name(wish) : JavaText.name(wish) + "Layer";
        String name = base;
        for (int i = 2; !names.add(name); i++) name = base + "_" + i;
        return name;
    }

    /// A constant with texts.
    /// @param key the same for a constant that is there once
    /// @param wish its name, of capitals
    String texts(String key, String wish, List<String> texts) {
        return constant(key, "String[]", wish, texts, JavaText::string, "texts");
    }

    /// A constant with numbers.
    String floats(String key, String wish, List<Float> numbers) {
        return constant(key, "float[]", wish, numbers, JavaText::number, "numbersOf");
    }

    /// A constant with whole numbers, which are few.
    String wholes(String key, String wish, List<Integer> numbers) {
        return constant(key, "int[]", wish, numbers, String::valueOf, "");
    }

    /// Short lists are written element by element; what the class has of them is bounded, as its initializer is. All
    /// others are texts that are taken apart when the class is loaded.
    /// @param from the method that takes them apart
    private <T> String constant(
            String key, String type, String wish, List<T> list, Function<T, String> java, String from) {
        return constants.computeIfAbsent(key, _ -> {
            String name = wish;
            for (int i = 2; constants.containsValue(name); i++) name = wish + "_" + i;
            String begin = "private static final " + type + " " + name + " = ";
            if (from.isEmpty() || elements + list.size() <= ELEMENTS) {
                elements += list.size();
                declarations.add(begin + list.stream().map(java).collect(Collectors.joining(", ", "{", "};")));
            } else {
                arithmetic.add(from);
                declarations.add(begin + from + "(");
                declarations.addAll(
                        JavaText.joined(list.stream().map(String::valueOf).toList()));
            }
            return name;
        });
    }

    /// Notes a layer that cannot be written.
    void obstacle(BuiltNode built, String why) {
        obstacles.add(built.name() + " (" + LayerCode.kind(built) + why + ")");
    }

    /// Numbers that convolutions share for what their windows cover.
    void needWindows(int floats) {
        windows = Math.max(windows, floats);
        buffers.removeIf(each -> each.name().equals("windows"));
        buffers.add(new Buffer("windows", "float", String.valueOf(windows)));
    }

    /// An array.
    /// @param size how many elements, as Java; `steps` are as many as there may be
    void buffer(String name, String type, String size) {
        buffers.add(new Buffer(name, type, size.replace("steps", "mostSteps")));
    }

    Layer layer(BuiltNode built) {
        return new Layer(built, name(built.name().isEmpty() ? LayerCode.kind(built) : built.name()));
    }

    /// A layer, whose method is written call by call.
    final class Layer {
        private final BuiltNode built;
        private final String name;
        private final List<String> body = new ArrayList<>();

        private Layer(BuiltNode built, String name) {
            this.built = built;
            this.name = name;
        }

        /// The output, in a field of the name of the layer.
        LayerValue output() {
            return output(0, "");
        }

        LayerValue output(int index, String suffix) {
            Shape shape = built.outputs().get(index);
            return new LayerValue(buffer(suffix, shape), shape);
        }

        /// A field for numbers.
        String buffer(String suffix, Shape shape) {
            String field = suffix.isEmpty() ? name : name(name + suffix);
            ClassDraft.this.buffer(field, "float", LayerValue.times(shape));
            return field;
        }

        /// @param arguments their texts; lists of some in a row
        void call(String method, Object... arguments) {
            arithmetic.add(method);
            List<String> texts = Arrays.stream(arguments)
                    .flatMap(each -> each instanceof List<?> some ? some.stream() : Stream.of(each))
                    .map(String::valueOf)
                    .toList();
            body.addAll(JavaText.call(method, texts));
        }

        void line(String line) {
            body.add(line);
        }

        void uses(String method) {
            arithmetic.add(method);
        }

        /// The values of a parameter or running statistic of the layer.
        float[] values(String own) {
            Parameter part = part(own);
            return model.parameters().has(part.name())
                    ? model.parameters().get(part.name()).toArray()
                    : model.statistics().get(part.name()).toArray();
        }

        boolean has(String own) {
            return built.parameters().containsKey(own);
        }

        private Parameter part(String own) {
            Parameter part = built.parameters().get(own);
            return Objects.requireNonNull(
                    part != null ? part : built.statistics().get(own), own);
        }

        /// A field with a parameter as it is.
        String weight(String own) {
            Shape shape = part(own).shape();
            return weight(own, camel(own), JavaText.comment(shape), values(own));
        }

        /// A field with values that are made of a parameter.
        /// @param own the parameter, by which equal fields are known
        String weight(String own, String suffix, String shape, float[] values) {
            String source =
                    built.parameters().containsKey(own) || built.statistics().containsKey(own)
                            ? part(own).name()
                            : built.name() + "." + own;
            String key = source + " " + suffix;
            return weights.has(key)
                    ? weights.add(key, "", shape, values)
                    : weights.add(key, name(name + suffix), shape, values);
        }

        /// A field with a matrix `[out×in]` by its columns: a row for each input.
        String transposed(String own, String suffix, float[] values, int rows) {
            int columns = rows == 0 ? 0 : values.length / rows;
            float[] turned = new float[values.length];
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < columns; j++) turned[j * rows + i] = values[i * columns + j];
            }
            return weight(own, suffix, "[" + columns + "x" + rows + "], a row for each input", turned);
        }

        /// Ends the method.
        /// @param comment what the layer is
        void end(String comment) {
            String shapes = " " + JavaText.comment(built.inputs().getFirst()) + " becomes "
                    + JavaText.comment(built.outputs().getFirst()) + ".";
            methods.add(new Method(name, comment + "." + shapes, List.copyOf(body)));
        }
    }

    private static String camel(String own) {
        String name = JavaText.name(own);
        return Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }
}
