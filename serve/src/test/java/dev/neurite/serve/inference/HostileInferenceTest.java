package dev.neurite.serve.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.neurite.http.HttpProblem;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.ValueInfo;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Requests that are wrong are refused with the place of what is wrong, before memory is allocated for them.
final class HostileInferenceTest {
    private static final InferenceReader READER = new InferenceReader(
            List.of(
                    new ValueInfo("x", ElementType.FLOAT, List.of("batch", "3"), false),
                    new ValueInfo("ids", ElementType.INT64, List.of("batch"), false)),
            List.of("y", "z"),
            false);
    private static final InferenceReader TEXTS = new InferenceReader(
            List.of(new ValueInfo("t", ElementType.STRING, List.of("batch"), false)), List.of("y"), false);
    private static final String X = "{'name':'x','datatype':'FP32','shape':[1,3],'data':[1,2,3]}";
    private static final String IDS = "{'name':'ids','datatype':'INT64','shape':[1],'data':[1]}";

    private static HttpProblem refused(InferenceReader reader, String json, OptionalInt length, byte... behind) {
        byte[] text = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        byte[] body = Arrays.copyOf(text, text.length + behind.length);
        System.arraycopy(behind, 0, body, text.length, behind.length);
        HttpProblem problem = catchThrowableOfType(HttpProblem.class, () -> reader.read(body, length));
        assertThat(problem).as(json.substring(0, Math.min(json.length(), 200))).isNotNull();
        assertThat(problem.status()).isEqualTo(400);
        assertThat(problem.getMessage()).hasSizeLessThan(600);
        return problem;
    }

    private static String message(HttpProblem problem) {
        return problem.path() + ": " + problem.getMessage();
    }

    private static String x(String members) {
        return "{'inputs':[{" + members + "}," + IDS + "]}";
    }

    private static String ids(String data) {
        return "{'inputs':[" + X + ",{'name':'ids','datatype':'INT64','shape':[1],'data':" + data + "}]}";
    }

    private static Map<String, String> table() {
        Map<String, String> table = new LinkedHashMap<>();
        table.put("", ": expects a JSON object, got the end");
        table.put("[]", ": expects a JSON object, got an array");
        table.put("{", ": expects JSON: Unexpected end-of-input");
        table.put("{}", "inputs: expects the inputs of the model, got none");
        table.put("{'inputs':[" + X + "," + IDS + "]} x", ": expects JSON: Unrecognized token 'x'");
        table.put("{'inputs':[" + X + "," + IDS + "]}{}", ": expects the end, got an object");
        table.put("{'inputs':[" + X + "," + IDS + "],}", "inputs: expects JSON: Unexpected character ('}'");
        table.put("{'inputs':{}}", "inputs: expects an array of inputs, got an object");
        table.put("{'inputs':[1]}", "inputs[0]: expects an object, an input, got 1");
        table.put("{'inputs':[]}", "inputs: expects input 'x', got none");
        table.put("{'inputs':[" + X + "]}", "inputs: expects input 'ids', got none");
        table.put("{'inputs':[" + X + "," + X + "]}", "inputs[1].name: expects each name once, got 'x' again");
        table.put("{'inputs':[" + X.replace("'x'", "'X'") + "]}", "inputs[0].name: expects one of [x, ids], got 'X'");
        table.put("{'inputs':[],'inputs':[]}", "inputs: expects JSON: Duplicate");
        table.put(x("'name':'x','name':'x'"), "inputs[0].name: expects JSON: Duplicate");
        table.put(x("'datatype':'FP32','shape':[1,3],'data':[1,2,3]"), "inputs[0].name: expects a value, got none");
        table.put(x("'name':'x','shape':[1,3],'data':[1,2,3]"), "inputs[0].datatype: expects a value, got none");
        table.put(x("'name':'x','datatype':'FP32','data':[1,2,3]"), "inputs[0].shape: expects a value, got none");
        table.put(
                x("'name':'x','datatype':'FP32','shape':[1,3]"),
                "inputs[0].data: expects an array, or binary_data_size");
        table.put(x("'name':7"), "inputs[0].name: expects a name, got 7");
        table.put(x("'datatype':'FP31'"), "inputs[0].datatype: expects a datatype, such as FP32, got 'FP31'");
        table.put(
                X.replace("FP32", "FP64").transform(HostileInferenceTest::request),
                "inputs[0].datatype: expects FP32, got FP64");
        table.put(request(X.replace("[1,3]", "3")), "inputs[0].shape: expects an array of extents, got 3");
        table.put(request(X.replace("[1,3]", "[3]")), "inputs[0].shape: expects [batch×3], got [3]");
        table.put(request(X.replace("[1,3]", "[1,3,1]")), "inputs[0].shape: expects [batch×3], got [1, 3, 1]");
        table.put(request(X.replace("[1,3]", "[1,4]")), "inputs[0].shape[1]: expects 3, got 4");
        table.put(
                request(X.replace("[1,3]", "[-1,3]")),
                "inputs[0].shape[0]: expects a whole number from 0 to 2147483647, got -1");
        table.put(request(X.replace("[1,3]", "[1.0,3]")), "inputs[0].shape[0]: expects a whole number");
        table.put(request(X.replace("[1,3]", "['1',3]")), "inputs[0].shape[0]: expects a whole number");
        table.put(request(X.replace("[1,3]", "[2147483648,3]")), "inputs[0].shape[0]: expects a whole number");
        table.put(
                request(X.replace("[1,3]", "[18446744073709551616,3]")), "inputs[0].shape[0]: expects a whole number");
        table.put(
                request(X.replace("[1,3]", "[2147483647,3]")),
                "inputs[0].shape: expects at most 2147483647 elements, got more");
        table.put(
                request(X.replace("[1,3]", "[700000000,3]")),
                "inputs[0].data: expects 2100000000 elements, as the shape says, got 3");
        table.put(
                request(X.replace("[1,3]", "[" + "1,".repeat(16) + "1]")),
                "inputs[0].shape[16]: expects at most 16 axes");
        table.put(
                request(X.replace("[1,2,3]", "[1,2]")), "inputs[0].data: expects 3 elements, as the shape says, got 2");
        table.put(request(X.replace("[1,2,3]", "[[1,2],[3]]")), "inputs[0].data[0]: expects 3 items, got 2");
        table.put(request(X.replace("[1,2,3]", "[[1],[2,3]]")), "inputs[0].data[0]: expects 3 items, got 1");
        table.put(request(X.replace("[1,2,3]", "[[1,2,[3]]]")), "inputs[0].data[0][2]: expects a number, got an array");
        table.put(request(X.replace("[1,2,3]", "[[1,2,3],[]]")), "inputs[0].data[1]: expects 1 items, got more");
        table.put(request(X.replace("[1,2,3]", "[1,[2],3]")), "inputs[0].data[0]: expects an array, got 1");
        table.put(request(X.replace("[1,2,3]", "1")), "inputs[0].data: expects an array of elements, got 1");
        table.put(request(X.replace("[1,2,3]", "[1,{},3]")), "inputs[0].data[1]: expects an element, got an object");
        table.put(request(X.replace("[1,2,3]", "[1,null,3]")), "inputs[0].data[1]: expects an element, got null");
        table.put(request(X.replace("[1,2,3]", "[1,true,3]")), "inputs[0].data[1]: expects a number, got true");
        table.put(request(X.replace("[1,2,3]", "[1,'2',3]")), "inputs[0].data[1]: expects a number, got '2'");
        table.put(
                request(X.replace("[1,2,3]", "[1,NaN,3]")),
                "inputs[0].data[1]: expects JSON: Non-standard token 'NaN'");
        table.put(request(X.replace("[1,2,3]", "[1,-Infinity,3]")), "inputs[0].data[1]: expects JSON");
        table.put(
                request(X.replace("[1,2,3]", "[1,4e38,3]")),
                "inputs[0].data[1]: expects a number of 32 bits, got 4e38");
        table.put(request(X.replace("[1,2,3]", "[1,1e999999999,3]")), "inputs[0].data[1]: expects a number of 32 bits");
        table.put(request(X.replace("[1,2,3]", "[1,01,3]")), "inputs[0].data[1]: expects JSON");
        table.put(request(X.replace("[1,2,3]", "[1,.5,3]")), "inputs[0].data[1]: expects JSON");
        table.put(request(X.replace("[1,2,3]", "[" + "9".repeat(1000) + ",2,3]")), "inputs[0].data");
        table.put(request(X.replace("[1,2,3]", "[".repeat(100) + "]".repeat(100))), "inputs[0].data");
        table.put(ids("[1.5]"), "inputs[1].data[0]: expects a whole number from -9223372036854775808 to");
        table.put(ids("[1e2]"), "inputs[1].data[0]: expects a whole number");
        table.put(ids("[9223372036854775808]"), "inputs[1].data[0]: expects a whole number");
        table.put(ids("['1']"), "inputs[1].data[0]: expects a whole number");
        String both = "'inputs':[" + X + "," + IDS + "]";
        table.put("{'id':7," + both + "}", "id: expects a text, got 7");
        table.put("{'outputs':[{}]," + both + "}", "outputs[0].name: expects a value, got none");
        table.put("{'outputs':[{'name':'Y'}]," + both + "}", "outputs[0].name: expects one of [y, z], got 'Y'");
        table.put("{'outputs':[{'name':'y'},{'name':'y'}]," + both + "}", "outputs[1].name: expects each name once");
        table.put(
                output("'classification':0", both),
                "outputs[0].parameters.classification: expects a whole number from 1 to");
        table.put(output("'binary_data':1", both), "outputs[0].parameters.binary_data: expects true or false, got 1");
        table.put(
                output("'shared_memory_region':'a'", both),
                "outputs[0].parameters.shared_memory_region: expects no shared");
        table.put(
                "{'parameters':{'timeout':-1}," + both + "}",
                "parameters.timeout: expects a whole number from 0 to 86400000000");
        table.put("{'parameters':{'timeout':1e3}," + both + "}", "parameters.timeout: expects a whole number");
        table.put("{'parameters':{'sequence_id':7}," + both + "}", "parameters.sequence_id: expects no sequence");
        table.put("{'parameters':{'a':{}}," + both + "}", "parameters.a: expects a text, a number, true or false");
        table.put("{'parameters':{'a':null}," + both + "}", "parameters.a: expects a text, a number, true or false");
        table.put("{'parameters':[]," + both + "}", "parameters: expects an object, parameters, got an array");
        return table;
    }

    private static String request(String x) {
        return "{'inputs':[" + x + "," + IDS + "]}";
    }

    private static String output(String parameter, String inputs) {
        return "{'outputs':[{'name':'y','parameters':{" + parameter + "}}]," + inputs + "}";
    }

    @Test
    void wrongRequestsAreRefusedWithTheirPlace() {
        Map<String, String> others = new LinkedHashMap<>();
        table().forEach((json, expected) -> {
            String message = message(refused(READER, json, OptionalInt.empty()));
            if (!message.startsWith(expected)) others.put(json, message + " instead of " + expected);
        });
        assertThat(others).isEmpty();
    }

    @Test
    void bombsAreRefused() {
        StringBuilder many = new StringBuilder("{'parameters':{");
        for (int i = 0; i < 100; i++) many.append("'p").append(i).append("':1,");
        assertThat(message(refused(READER, many + "'q':1}}", OptionalInt.empty())))
                .startsWith("parameters.p64: expects at most 64 parameters");
        String unknown = "{'strange':[" + "{'a':1},".repeat(2000) + "1]}";
        assertThat(message(refused(READER, unknown, OptionalInt.empty()))).contains("expects at most 1000 values");
        StringBuilder names = new StringBuilder("{");
        for (int i = 0; i < 11_000; i++) names.append("'n").append(i).append("':0,");
        assertThat(message(refused(READER, names + "'n':0}", OptionalInt.empty())))
                .startsWith("n10000: expects at most 10000 names in a request");
        refused(READER, "{'strange':" + "[".repeat(100_000), OptionalInt.empty());
        refused(READER, "{'inputs':" + "[".repeat(100_000), OptionalInt.empty());
        refused(READER, "{'" + "n".repeat(100_000) + "':1}", OptionalInt.empty());
        refused(READER, "\u0000{'inputs':[]}", OptionalInt.empty());
        byte[] wide = "{\"inputs\":[]}".getBytes(StandardCharsets.UTF_16LE);
        refused(READER, new String(wide, StandardCharsets.ISO_8859_1), OptionalInt.empty());
    }

    private static String binary(int size) {
        return "{'inputs':[{'name':'x','datatype':'FP32','shape':[1,3],'parameters':{'binary_data_size':" + size + "}},"
                + IDS + "]}";
    }

    @Test
    void bytesThatDoNotFitAreRefused() {
        OptionalInt length = OptionalInt.of(binary(12).length());
        byte[] twelve = new byte[12];
        String size = "inputs[0].parameters.binary_data_size: ";
        assertThat(message(refused(READER, binary(12), length)))
                .startsWith(size + "expects at most the 0 bytes that are left behind the JSON, got 12");
        assertThat(message(refused(READER, binary(16), length, new byte[16])))
                .startsWith(size + "expects 12 bytes for FP32 [1×3], got 16");
        assertThat(message(refused(READER, binary(12), length, new byte[13])))
                .isEqualTo(": expects 12 bytes behind the JSON, as its inputs say, got 13");
        assertThat(message(refused(READER, binary(12), OptionalInt.of(500), twelve)))
                .startsWith("Inference-Header-Content-Length: expects at most the");
        assertThat(message(refused(READER, binary(12), OptionalInt.of(40), twelve)))
                .contains("expects JSON: Unexpected end-of-input");
        assertThat(message(refused(READER, binary(12), OptionalInt.empty(), twelve)))
                .contains("expects JSON");
        assertThat(message(refused(READER, "", OptionalInt.of(0), twelve)))
                .startsWith(
                        "Inference-Header-Content-Length: expects JSON that says which bytes are of which of 2 inputs");
        for (String wrong : List.of("-1", "2147483648", "1.5", "'12'", "[12]")) {
            String json = binary(12).replace(":12", ":" + wrong);
            assertThat(message(refused(READER, json, OptionalInt.of(json.length()), twelve)))
                    .startsWith(size + "expects");
        }
        String both = binary(12).replace("'parameters'", "'data':[1,2,3],'parameters'");
        assertThat(message(refused(READER, both, OptionalInt.of(both.length()), twelve)))
                .startsWith("inputs[0].data: expects no data beside binary_data_size");
    }

    private static void refusedText(String expected, int count, byte... bytes) {
        String json = "{'inputs':[{'name':'t','datatype':'BYTES','shape':[" + count
                + "],'parameters':{'binary_data_size':" + bytes.length + "}}]}";
        assertThat(message(refused(TEXTS, json, OptionalInt.of(json.length()), bytes)))
                .startsWith(expected);
    }

    @Test
    void textsThatDoNotFitAreRefused() {
        refusedText(
                "inputs[0].parameters.binary_data_size: expects at least 8 bytes",
                2,
                (byte) 1,
                (byte) 0,
                (byte) 0,
                (byte) 0,
                (byte) 65);
        refusedText(
                "inputs[0].data[0]: expects 4 bytes with the length of a text and the text, got 2 and 1",
                1,
                (byte) 2,
                (byte) 0,
                (byte) 0,
                (byte) 0,
                (byte) 65);
        refusedText(
                "inputs[0].data[0]: expects 4 bytes with the length of a text and the text, got 4294967295",
                1,
                (byte) -1,
                (byte) -1,
                (byte) -1,
                (byte) -1,
                (byte) 65);
        refusedText(
                "inputs[0]: expects no bytes behind the last text, got 1",
                1,
                (byte) 0,
                (byte) 0,
                (byte) 0,
                (byte) 0,
                (byte) 65);
        refusedText(
                "inputs[0].data[0]: expects a text in UTF-8", 1, (byte) 1, (byte) 0, (byte) 0, (byte) 0, (byte) 0xff);
        refusedText(
                "inputs[0].parameters.binary_data_size: expects at least 8589934588 bytes",
                Integer.MAX_VALUE,
                new byte[4]);
    }

    /// Whatever is sent, the answer is a tensor or a problem of status 400.
    @Test
    void changedRequestsNeverFailOtherwise() {
        byte[] good = ("{\"inputs\":[" + X + "," + IDS
                        + "],\"parameters\":{\"timeout\":5},\"outputs\":[{\"name\":\"y\"}]}")
                .replace('\'', '"')
                .getBytes(StandardCharsets.UTF_8);
        READER.read(good, OptionalInt.empty());
        var random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            byte[] changed = good.clone();
            for (int k = random.nextInt(3); k >= 0; k--) {
                changed[random.nextInt(changed.length)] =
                        (byte) "\"{}[]:,0123456789eE.-\\ntx\u0000\u00ff".charAt(random.nextInt(27));
            }
            byte[] cut = random.nextInt(4) == 0 ? Arrays.copyOf(changed, random.nextInt(changed.length)) : changed;
            OptionalInt length = random.nextInt(4) == 0 ? OptionalInt.of(random.nextInt(300)) : OptionalInt.empty();
            try {
                READER.read(cut, length);
            } catch (HttpProblem e) {
                assertThat(e.status()).isEqualTo(400);
            }
        }
    }
}
