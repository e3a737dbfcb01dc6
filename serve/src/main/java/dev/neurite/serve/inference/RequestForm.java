package dev.neurite.serve.inference;

import dev.neurite.http.HttpProblem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;

/// The JSON of an inference request without the elements of its tensors, which are only counted.
/// @param timeout in microseconds
/// @param binary whether outputs are wanted as bytes
record RequestForm(
        Optional<String> id, OptionalLong timeout, boolean binary, List<Given> inputs, List<Output> outputs) {
    private static final int AXES = 16;
    private static final long DAY = 86_400_000_000L; // microseconds
    private static final int CLASSES = 1 << 20;

    /// An input as it is given.
    /// @param path where it is, like `inputs[0]`
    /// @param binary the bytes of its elements behind the JSON; empty if they are in the JSON
    /// @param dataAt the byte at which its array of elements begins
    /// @param elements how many it has, in all arrays of that array
    /// @param nested whether there are arrays in it
    @SuppressWarnings("ArrayRecordComponent") // nobody changes or compares it
    record Given(
            String path,
            String name,
            Datatype datatype,
            int[] shape,
            OptionalInt binary,
            int dataAt,
            int elements,
            boolean nested) {}

    /// An output as it is wanted.
    /// @param classes how many classes; 0 for the values
    record Output(String path, String name, Optional<Boolean> binary, int classes) {}

    /// Reads a request.
    /// @param length of the JSON, from the first byte on
    static RequestForm read(byte[] body, int length) {
        return JsonTokens.read(body, 0, length, "", tokens -> new Reading(tokens).request());
    }

    /// What is known of a request while it is read.
    private static final class Reading {
        private final JsonTokens tokens;
        private boolean hasArrays; // whether there were arrays in the last array of elements

        Reading(JsonTokens tokens) {
            this.tokens = tokens;
        }

        RequestForm request() {
            Optional<String> id = Optional.empty();
            Parameters parameters = new Parameters();
            List<Given> inputs = List.of();
            List<Output> outputs = List.of();
            boolean given = false;
            tokens.next(JsonToken.START_OBJECT, "a JSON object");
            for (String name = tokens.nextName(); name != null; name = tokens.nextName()) {
                switch (name) {
                    case "id" -> {
                        tokens.next();
                        id = Optional.of(tokens.text("a text"));
                    }
                    case "parameters" -> parameters = parameters();
                    case "inputs" -> {
                        inputs = inputs();
                        given = true;
                    }
                    case "outputs" -> outputs = outputs();
                    default -> tokens.skip();
                }
            }
            tokens.end();
            if (!given) throw HttpProblem.bad("inputs", "expects the inputs of the model, got none");
            return new RequestForm(id, parameters.timeout, parameters.binaryOutput, inputs, outputs);
        }

        private List<Given> inputs() {
            List<Given> inputs = new ArrayList<>();
            Set<String> names = new HashSet<>();
            tokens.next(JsonToken.START_ARRAY, "an array of inputs");
            while (tokens.hasItem()) {
                Given input = input("inputs[" + inputs.size() + "]");
                requireNew(names, input.path, input.name);
                inputs.add(input);
            }
            return inputs;
        }

        private List<Output> outputs() {
            List<Output> outputs = new ArrayList<>();
            Set<String> names = new HashSet<>();
            tokens.next(JsonToken.START_ARRAY, "an array of outputs");
            while (tokens.hasItem()) {
                Output output = output("outputs[" + outputs.size() + "]");
                requireNew(names, output.path, output.name);
                outputs.add(output);
            }
            return outputs;
        }

        private static void requireNew(Set<String> names, String path, String name) {
            if (names.add(name)) return;
            throw HttpProblem.bad(path + ".name", "expects each name once, got " + JsonTokens.quoted(name) + " again");
        }

        private Given input(String path) {
            if (tokens.current() != JsonToken.START_OBJECT) throw tokens.expects("an object, an input");
            String name = null;
            Datatype datatype = null;
            int[] shape = null;
            Parameters parameters = new Parameters();
            int dataAt = -1;
            int elements = 0;
            boolean nested = false;
            for (String member = tokens.nextName(); member != null; member = tokens.nextName()) {
                switch (member) {
                    case "name" -> name = name();
                    case "datatype" -> datatype = datatype();
                    case "shape" -> shape = shape();
                    case "parameters" -> parameters = parameters();
                    case "data" -> {
                        tokens.next(JsonToken.START_ARRAY, "an array of elements");
                        dataAt = tokens.offset();
                        elements = elements();
                        nested = hasArrays;
                    }
                    default -> tokens.skip();
                }
            }
            if (dataAt < 0 && parameters.binarySize.isEmpty()) {
                throw HttpProblem.bad(
                        path + ".data", "expects an array, or binary_data_size in the parameters, got none");
            }
            if (dataAt >= 0 && parameters.binarySize.isPresent()) {
                throw HttpProblem.bad(path + ".data", "expects no data beside binary_data_size, got both");
            }
            return new Given(
                    path,
                    required(name, path + ".name"),
                    required(datatype, path + ".datatype"),
                    required(shape, path + ".shape"),
                    parameters.binarySize,
                    dataAt,
                    elements,
                    nested);
        }

        private Output output(String path) {
            if (tokens.current() != JsonToken.START_OBJECT) throw tokens.expects("an object, an output");
            String name = null;
            Parameters parameters = new Parameters();
            for (String member = tokens.nextName(); member != null; member = tokens.nextName()) {
                switch (member) {
                    case "name" -> name = name();
                    case "parameters" -> parameters = parameters();
                    default -> tokens.skip();
                }
            }
            return new Output(path, required(name, path + ".name"), parameters.binary, parameters.classes);
        }

        private static <T> T required(@Nullable T value, String path) {
            if (value == null) throw HttpProblem.bad(path, "expects a value, got none");
            return value;
        }

        private String name() {
            tokens.next();
            return tokens.text("a name");
        }

        private Datatype datatype() {
            tokens.next();
            String name = tokens.text("a datatype, such as FP32");
            return Datatype.named(name).orElseThrow(() -> tokens.expects("a datatype, such as FP32"));
        }

        private int[] shape() {
            List<Integer> extents = new ArrayList<>();
            tokens.next(JsonToken.START_ARRAY, "an array of extents");
            while (tokens.hasItem()) {
                if (extents.size() == AXES) throw tokens.expects("at most " + AXES + " axes");
                extents.add((int) tokens.integer(0, Integer.MAX_VALUE));
            }
            return extents.stream().mapToInt(Integer::intValue).toArray();
        }

        /// The number of elements in an array that was begun, and in the arrays in it.
        private int elements() {
            int elements = 0;
            hasArrays = false;
            for (int depth = 1; depth > 0; ) {
                switch (tokens.next()) {
                    case START_ARRAY -> {
                        depth++;
                        hasArrays = true;
                    }
                    case END_ARRAY -> depth--;
                    case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_STRING, VALUE_TRUE, VALUE_FALSE -> elements++;
                    case null, default -> throw tokens.expects("an element");
                }
            }
            return elements;
        }

        private Parameters parameters() {
            Parameters parameters = new Parameters();
            int count = 0;
            tokens.next(JsonToken.START_OBJECT, "an object, parameters");
            for (String name = tokens.nextName(); name != null; name = tokens.nextName()) {
                if (++count > Parameters.MOST) throw tokens.expects("at most " + Parameters.MOST + " parameters");
                JsonToken value = tokens.next();
                if (value == null || !value.isScalarValue() || value == JsonToken.VALUE_NULL) {
                    throw tokens.expects("a text, a number, true or false");
                }
                parameters.set(name, tokens);
            }
            return parameters;
        }
    }

    /// The parameters that the server knows. Others are the client's own, and mean nothing to it.
    private static final class Parameters {
        static final int MOST = 64;

        OptionalLong timeout = OptionalLong.empty();
        boolean binaryOutput;
        OptionalInt binarySize = OptionalInt.empty();
        Optional<Boolean> binary = Optional.empty();
        int classes;

        void set(String name, JsonTokens tokens) {
            switch (name) {
                case "timeout" -> {
                    long micros = tokens.integer(0, DAY);
                    timeout = micros == 0 ? OptionalLong.empty() : OptionalLong.of(micros);
                }
                case "binary_data_output" -> binaryOutput = tokens.truth();
                case "binary_data_size" -> binarySize = OptionalInt.of((int) tokens.integer(0, Integer.MAX_VALUE));
                case "binary_data" -> binary = Optional.of(tokens.truth());
                case "classification" -> classes = (int) tokens.integer(1, CLASSES);
                case "shared_memory_region", "shared_memory_byte_size", "shared_memory_offset" ->
                    throw tokens.expects("no shared memory, which this server does not have");
                case "sequence_id" -> {
                    boolean none = tokens.current() == JsonToken.VALUE_STRING
                            ? tokens.text("").isEmpty()
                            : tokens.integer(0, Long.MAX_VALUE) == 0;
                    if (!none) throw tokens.expects("no sequence of requests, which this server does not have");
                }
                default -> {}
            }
        }
    }
}
