package dev.neurite.serve.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.http.Access;
import dev.neurite.http.Assets;
import dev.neurite.http.HttpService;
import dev.neurite.serve.Models;
import dev.neurite.serve.api.IdentityModel.Tensor;
import dev.neurite.serve.api.TestHttp.Reply;
import dev.neurite.serve.model.Repository;
import dev.neurite.serve.model.Served;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class OpenInferenceTest {
    /// Datatypes of the protocol, and their codes in ONNX.
    private static final Map<String, Integer> CODES = new LinkedHashMap<>();

    static {
        List<String> names = List.of(
                "FP32 1",
                "UINT8 2",
                "INT8 3",
                "UINT16 4",
                "INT16 5",
                "INT32 6",
                "INT64 7",
                "BYTES 8",
                "BOOL 9",
                "FP64 11",
                "UINT32 12",
                "UINT64 13");
        for (String each : names) CODES.put(each.split(" ")[0], Integer.parseInt(each.split(" ")[1]));
    }

    private static final int MEMORY = 4 << 20; // bytes
    private static Repository models;
    private static HttpService server;

    @BeforeAll
    static void start() {
        Tensor[] all = CODES.entrySet().stream()
                .map(each -> new Tensor(each.getKey(), each.getValue(), "n"))
                .toArray(Tensor[]::new);
        models = new Repository(List.of(
                Served.of("all", "1", IdentityModel.of(all)),
                Served.of("fruit", "1", Models.fruit()),
                Served.of("fruit", "2", Models.fruit()),
                Served.of("row", "1", IdentityModel.of(new Tensor("x", 1, "batch", "3")))));
        server = HttpService.start(
                HttpService.Settings.USUAL.port(0).access(new Access.Everyone(false)),
                new OpenInference(models, new RequestMemory(MEMORY)).routes(),
                Assets.none());
    }

    @AfterAll
    static void stop() {
        server.close();
        models.close();
    }

    private static String get(String path) throws IOException {
        Reply reply = TestHttp.get(server, path);
        assertThat(reply.status()).as(path).isEqualTo(200);
        return reply.text();
    }

    private static Reply post(String path, String json) throws IOException {
        return TestHttp.post(server, path, Map.of("Content-Type", "application/json"), bytes(json));
    }

    private static byte[] bytes(String json) {
        return json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }

    private static void refused(int status, String error, Reply reply) {
        assertThat(reply.text()).startsWith("{\"error\":\"" + error);
        assertThat(reply.status()).isEqualTo(status);
    }

    @Test
    void serverAndModelsAreDescribed() throws IOException {
        assertThat(get("/v2")).isEqualTo(get("/v2/")).startsWith("{\"name\":\"neurite\",\"version\":\"");
        assertThat(get("/v2"))
                .endsWith(
                        "\"extensions\":[\"binary_tensor_data\",\"classification\",\"model_repository\",\"parameters\","
                                + "\"statistics\"]}");
        assertThat(get("/v2/health/live")).isEqualTo("{\"live\":true}");
        assertThat(get("/v2/health/ready")).isEqualTo("{\"live\":true,\"ready\":true}");
        assertThat(get("/v2/models")).isEqualTo("{\"models\":[\"all\",\"fruit\",\"row\"]}");
        assertThat(get("/v2/models/row/ready")).isEqualTo("{\"name\":\"row\",\"ready\":true}");
        assertThat(get("/v2/models/fruit/versions/2/ready")).isEqualTo("{\"name\":\"fruit\",\"ready\":true}");
        assertThat(get("/v2/models/row/versions/1"))
                .isEqualTo(get("/v2/models/row"))
                .isEqualTo(
                        "{\"name\":\"row\",\"versions\":[\"1\"],\"platform\":\"onnx_onnxv1\",\"inputs\":[{\"name\":\"x\","
                            + "\"datatype\":\"FP32\",\"shape\":[-1,3]}],\"outputs\":[{\"name\":\"x_out\",\"datatype\":\"FP32\","
                            + "\"shape\":[-1,3]}]}");
        assertThat(get("/v2/models/fruit"))
                .startsWith("{\"name\":\"fruit\",\"versions\":[\"1\",\"2\"],\"platform\":\"neurite_safetensors\"")
                .contains("{\"name\":\"color\",\"datatype\":\"BYTES\",\"shape\":[-1,1]}");
        refused(404, "model: there is no model 'pear'", TestHttp.get(server, "/v2/models/pear"));
        refused(404, "version: model 'row' has no version '7'", TestHttp.get(server, "/v2/models/row/versions/7"));
        for (String unknown : List.of("row/versions/7", "pear")) { // who has no key learns no names
            Reply ready = TestHttp.get(server, "/v2/models/" + unknown + "/ready");
            assertThat(ready.status()).isEqualTo(404);
            assertThat(ready.text()).isEqualTo("{\"error\":\"there is no such model\"}");
        }
        refused(404, "model: there is no model 'pear'", post("/v2/models/pear/infer", "{}"));
    }

    @Test
    void everyDatatypeGoesInAndOut() throws IOException {
        String numbers = "1,0,1";
        StringBuilder inputs = new StringBuilder();
        for (String each : CODES.keySet()) {
            String data = switch (each) {
                case "BOOL" -> "true,false,true";
                case "BYTES" -> "'1','','ä\\\\'";
                case "FP32", "FP64" -> "1.0,'NaN',-0.5";
                default -> numbers;
            };
            inputs.append(inputs.isEmpty() ? "" : ",")
                    .append("{'name':'" + each + "','datatype':'" + each + "','shape':[3],'data':[" + data + "]}");
        }
        Reply reply = post("/v2/models/all/infer", "{'id':'42','inputs':[" + inputs + "]}");
        String expected = "{'model_name':'all','model_version':'1','id':'42','outputs':["
                + inputs.toString().replaceAll("'name':'([A-Z0-9]*)'", "'name':'$1_out'") + "]}";
        assertThat(reply.text()).isEqualTo(expected.replace('\'', '"'));
        assertThat(reply.status()).isEqualTo(200);

        Reply binary =
                post("/v2/models/all/infer", "{'parameters':{'binary_data_output':true},'inputs':[" + inputs + "]}");
        int length = Integer.parseInt(binary.header("Inference-Header-Content-Length"));
        assertThat(binary.header("Content-Type")).isEqualTo("application/octet-stream");
        String json = new String(binary.bytes(), 0, length, StandardCharsets.UTF_8);
        byte[] behind = Arrays.copyOfRange(binary.bytes(), length, binary.bytes().length);
        String again = json.replaceAll("\"outputs\"", "\"inputs\"").replaceAll("_out\"", "\"");
        byte[] body = Arrays.copyOf(bytes(again), again.length() + behind.length);
        System.arraycopy(behind, 0, body, again.length(), behind.length);
        Reply back = TestHttp.post(
                server,
                "/v2/models/all/versions/1/infer",
                Map.of("Inference-Header-Content-Length", Integer.toString(again.length())),
                body);
        assertThat(back.text()).isEqualTo(expected.replace("'id':'42',", "").replace('\'', '"'));
    }

    @Test
    void outputsAreChosen() throws IOException {
        String x = "'inputs':[{'name':'x','datatype':'FP32','shape':[2,3],'data':[[1,5,3],[9,8,7]]}]";
        Reply classes = post(
                "/v2/models/row/infer", "{'outputs':[{'name':'x_out','parameters':{'classification':2}}]," + x + "}");
        assertThat(classes.text())
                .endsWith("\"outputs\":[{\"name\":\"x_out\",\"datatype\":\"BYTES\",\"shape\":[2,2],"
                        + "\"data\":[\"5.0:1\",\"3.0:2\",\"9.0:0\",\"8.0:1\"]}]}");
        Reply bytes = post(
                "/v2/models/row/infer", "{'outputs':[{'name':'x_out','parameters':{'binary_data':true}}]," + x + "}");
        ByteBuffer behind = ByteBuffer.wrap(bytes.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        behind.position(Integer.parseInt(bytes.header("inference-header-content-length")));
        assertThat(bytes.text()).contains("\"parameters\":{\"binary_data_size\":24}}]}");
        assertThat(behind.remaining()).isEqualTo(24);
        assertThat(behind.getFloat(behind.position() + 12)).isEqualTo(9);
        Reply raw = TestHttp.post(
                server, "/v2/models/row/infer", Map.of("Inference-Header-Content-Length", "0"), new byte[12]);
        assertThat(raw.text()).contains("\"shape\":[1,3]").contains("\"binary_data_size\":12");
    }

    @Test
    void aModelOfNeuriteTakesTensors() throws IOException {
        String rows = "'inputs':[{'name':'weight','datatype':'FP32','shape':[2],'data':[150,110]},"
                + "{'name':'color','datatype':'BYTES','shape':[2,1],'data':[['red'],['yellow']]}]";
        Reply reply = post(
                "/v2/models/fruit/infer",
                "{'outputs':[{'name':'probabilities','parameters':{'classification':1}},{'name':'label'}]," + rows
                        + "}");
        assertThat(reply.text())
                .startsWith("{\"model_name\":\"fruit\",\"model_version\":\"2\",")
                .containsPattern("\"shape\":\\[2,1],\"data\":\\[\"0\\.\\d+:\\d:(apple|banana)\",")
                .containsPattern(
                        "\"name\":\"label\",\"datatype\":\"BYTES\",\"shape\":\\[2],\"data\":\\[\"(apple|banana)\"");
        refused(
                400,
                "inputs: expects input 'color', got none",
                post(
                        "/v2/models/fruit/infer",
                        "{'inputs':[{'name':" + "'weight','datatype':'INT32','shape':[1,1],'data':[150]}]}"));
        Reply unknown = post("/v2/models/fruit/infer", "{" + rows.replace("'red'", "'blue'") + "}");
        assertThat(unknown.status()).isEqualTo(400);
        assertThat(unknown.text()).startsWith("{\"error\":\"").contains("blue");
    }

    @Test
    void noRowsAreNoRows() throws IOException {
        Reply row = post("/v2/models/row/infer", "{'inputs':[{'name':'x','datatype':'FP32','shape':[0,3],'data':[]}]}");
        assertThat(row.text()).endsWith("\"shape\":[0,3],\"data\":[]}]}");
        Reply fruit = post(
                "/v2/models/fruit/infer",
                "{'inputs':[{'name':'weight','datatype':'FP32','shape':[0,1],'data':[]},"
                        + "{'name':'color','datatype':'BYTES','shape':[0,1],'data':[]}]}");
        assertThat(fruit.status()).as(fruit.text()).isIn(200, 400);
    }

    @Test
    void whatIsTooMuchIsRefused() throws IOException {
        String big = "{'inputs':[{'name':'x','datatype':'FP32','shape':[400000,3],'data':[" + "1.25,".repeat(1_199_999)
                + "1]}]}";
        refused(413, "expects a body of at most", post("/v2/models/row/infer", big));
        refused(
                415,
                "Content-Encoding: expects identity",
                TestHttp.post(server, "/v2/models/row/infer", Map.of("Content-Encoding", "gzip"), new byte[10]));
        refused(
                400,
                "Inference-Header-Content-Length: expects a number of bytes",
                TestHttp.post(
                        server, "/v2/models/row/infer", Map.of("Inference-Header-Content-Length", "-1"), new byte[10]));
        refused(
                504,
                "the time",
                post(
                        "/v2/models/row/infer",
                        "{'parameters':{'timeout':1},'inputs':[{'name':'x',"
                                + "'datatype':'FP32','shape':[1,3],'data':[1,2,3]}]}"));
        refused(405, "expects GET, HEAD", post("/v2/health/live", "{}"));
    }

    /// A client that has sent much and then waits takes memory; others get 503, and health is answered.
    @Test
    void bodiesShareMemory() throws IOException {
        String x = "{'inputs':[{'name':'x','datatype':'FP32','shape':[1,3],'data':[1,2," + "3".repeat(20_000) + "]}]}";
        long end = System.nanoTime() + 20_000_000_000L;
        boolean held = false; // not if the other request was being read just then: it is the stalled one that gets 503
        while (!held && System.nanoTime() < end) held = isRefusedBesideAStalledClient(x);
        assertThat(held).isTrue();
        refused(400, "inputs[0].data[2]: expects JSON: Number value length", otherThan(503, x));
    }

    private static boolean isRefusedBesideAStalledClient(String json) throws IOException {
        try (var stalled = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            OutputStream out = stalled.getOutputStream();
            String head = "POST /v2/models/all/infer HTTP/1.1\r\nHost: 127.0.0.1:" + server.port()
                    + "\r\nContent-Length: " + MEMORY + "\r\n\r\n";
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            out.write(new byte[MEMORY - 10_000]);
            out.flush();
            Reply reply = post("/v2/models/row/infer", json);
            while (reply.status() == 400 && stalled.getInputStream().available() == 0) {
                reply = post("/v2/models/row/infer", json);
            }
            if (reply.status() == 400) return false;
            refused(503, "there is no memory for more requests at a time", reply);
            assertThat(reply.header("Retry-After")).isEqualTo("1");
            assertThat(get("/v2/health/ready")).contains("true");
            return true;
        }
    }

    private static Reply otherThan(int status, String json) throws IOException {
        long end = System.nanoTime() + 10_000_000_000L;
        Reply reply = post("/v2/models/row/infer", json);
        while (reply.status() == status && System.nanoTime() < end) reply = post("/v2/models/row/infer", json);
        return reply;
    }

    @Test
    void statisticsCountRowsAndRequests() throws IOException {
        var own = new Repository(List.of(Served.of("row", "1", IdentityModel.of(new Tensor("x", 1, "batch", "3")))));
        Map<String, Object> before = ModelStatistics.of(List.of(own.newest("row")));
        assertThat(before.toString()).contains("inference_count=0").contains("batch_stats=[]");
        own.close();
        String x = "{'inputs':[{'name':'x','datatype':'FP32','shape':[5,3],'data':[1,2,3,4,5,6,7,8,9,1,2,3,4,5,6]}]}";
        String count = "(?s).*\"inference_count\":(\\d+),\"execution_count\":(\\d+).*";
        int rows = Integer.parseInt(get("/v2/models/row/stats").replaceAll(count, "$1"));
        int runs = Integer.parseInt(get("/v2/models/row/versions/1/stats").replaceAll(count, "$2"));
        post("/v2/models/row/infer", x);
        String after = get("/v2/models/row/stats");
        assertThat(after.replaceAll(count, "$1 $2")).isEqualTo(rows + 5 + " " + (runs + 1));
        assertThat(after)
                .containsPattern("\"last_inference\":[1-9]\\d{12},")
                .containsPattern("\"success\":\\{\"count\":[1-9]\\d*,\"ns\":[1-9]\\d+}")
                .containsPattern("\\{\"batch_size\":5,\"compute_input\":\\{\"count\":[1-9]\\d*,\"ns\":0},"
                        + "\"compute_infer\":\\{\"count\":[1-9]\\d*,\"ns\":[1-9]\\d+}");
        assertThat(get("/v2/models/stats"))
                .contains("\"name\":\"all\"")
                .contains("\"name\":\"fruit\",\"version\":\"2\"");
    }

    @Test
    void theRepositoryIsListed() throws IOException {
        Reply index = post("/v2/repository/index", "");
        assertThat(index.text())
                .startsWith("[{\"name\":\"all\",\"version\":\"1\",\"state\":\"READY\",\"reason\":\"\"},")
                .isEqualTo(post("/v2/repository/index", "{'ready':true}").text());
        refused(400, "expects a JSON object", post("/v2/repository/index", "[]"));
        refused(400, "ready: expects true or false", post("/v2/repository/index", "{'ready':1}"));
        refused(
                400,
                "parameters: expects none",
                post("/v2/repository/models/row/load", "{'parameters':{'config':'x'}}"));
        refused(404, "model: there is no model 'pear'", post("/v2/repository/models/pear/unload", ""));
    }
}
