package dev.neurite.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.http.HttpService;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.export.OnnxExport;
import dev.neurite.predict.Predictor;
import dev.neurite.serve.model.Repository;
import dev.neurite.serve.model.Served;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A run of a table and its ONNX export are asked in the same way, and answer the same.
final class ColumnsOverHttpTest {
    private static final String JSON = PlainClient.JSON;
    private static final String LINES = "application/x-ndjson";
    private static final String CSV = "text/csv";
    private static final String GREEN = "{\"weight\": 150, \"color\": \"green\"}";
    private static final String YELLOW = "{\"weight\": \"120.5\", \"color\": \"yellow\", \"more\": [1]}";
    private static final Path SKLEARN = Path.of("../onnx/src/test/resources/sklearn");

    private static HttpService server;
    private static PlainClient client;
    private static Repository models;

    @BeforeAll
    static void start() throws Exception {
        OnnxModel sizes = OnnxModel.read(OnnxExport.of(Models.sizes()).bytes());
        OnnxModel shelf = OnnxModel.read(OnnxExport.of(Models.shelf()).bytes());
        OnnxModel many = OnnxModel.read(OnnxExport.of(Models.many()).bytes());
        models = new Repository(List.of(
                Served.of("fruit", "1", Models.fruit()),
                Served.of("fruit-onnx", "1", Models.exportedFruit()),
                Served.of("sizes", "1", Predictor.of(Models.sizes())),
                Served.of("sizes-onnx", "1", sizes),
                Served.of("shelf", "1", Predictor.of(Models.shelf())),
                Served.of("shelf-onnx", "1", shelf),
                Served.of("many", "1", Predictor.of(Models.many())),
                Served.of("many-onnx", "1", many),
                Served.of("wide", "1", Models.onnx()),
                Served.of(
                        "sklearn",
                        "1",
                        OnnxModel.load(SKLEARN.resolve("one_hot_columns_and_logistic_regression/model.onnx")))));
        server = PlainClient.serve(models);
        client = new PlainClient(server.port());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /// Compares all, numbers up to the rounding of other operators.
    private static void assertSame(Json one, Json other) {
        switch (one) {
            case JsonObject(Map<String, Json> members) -> {
                assertThat(other).isInstanceOf(JsonObject.class);
                Map<String, Json> others = ((JsonObject) other).map();
                assertThat(List.copyOf(others.keySet())).isEqualTo(List.copyOf(members.keySet()));
                members.forEach((name, each) -> assertSame(each, Objects.requireNonNull(others.get(name))));
            }
            case JsonArray(List<Json> items) -> {
                assertThat(((JsonArray) other).list()).hasSameSizeAs(items);
                for (int i = 0; i < items.size(); i++)
                    assertSame(items.get(i), ((JsonArray) other).list().get(i));
            }
            case JsonNumber(String number) ->
                assertThat(Double.parseDouble(((JsonNumber) other).literal()))
                        .isEqualTo(Double.parseDouble(number), Offset.offset(1e-5));
            default -> assertThat(other).isEqualTo(one);
        }
    }

    private static void assertSameAnswer(String model, String type, String body) throws Exception {
        String run = client.answer("/predict/" + model, type, body);
        String onnx = client.answer("/predict/" + model + "-onnx", type, body);
        assertSame(Json.read(run), Json.read(onnx));
    }

    @Test
    void aRecordAndRecordsAreAnsweredAsByTheRun() throws Exception {
        assertSameAnswer("fruit", JSON, GREEN);
        assertSameAnswer("fruit", JSON, "[" + GREEN + "," + YELLOW + "]");
        assertSameAnswer("fruit", JSON, YELLOW);
        assertSameAnswer("fruit", JSON, "[" + YELLOW + "]");
        assertSameAnswer("sizes", JSON, "{\"length\": 3, \"width\": 4}");
        assertSameAnswer("sizes", JSON, "[3, 4]");
        assertSameAnswer("sizes", JSON, "[[3, 4], [5, 6]]");
        assertThat(client.answer("/predict/fruit-onnx?top=1", JSON, GREEN))
                .startsWith("{\"kind\":\"class\",\"label\":\"")
                .containsOnlyOnce("0.");
    }

    @Test
    void linesOfJsonAndCsvAreAnsweredAsByTheRun() throws Exception {
        assertSameAnswer("fruit", CSV, "color,weight,more\ngreen,150,x\nyellow,120.5,y\n");
        for (String form : List.of(CSV, LINES)) {
            String body = form.equals(CSV) ? "color,weight\ngreen,150\nred,99\n" : GREEN + "\n" + GREEN + "\n";
            String run = client.answer("/predict/fruit", form, body, "Accept", form);
            String onnx = client.answer("/predict/fruit-onnx", form, body, "Accept", form);
            assertThat(onnx.lines().map(each -> each.replaceAll("0\\.[0-9]+", "p")))
                    .isEqualTo(run.lines()
                            .map(each -> each.replaceAll("0\\.[0-9]+", "p"))
                            .toList());
        }
    }

    @Test
    void aColumnWithTheNameOfAnOutputIsAskedByItsName() throws Exception {
        assertSameAnswer("shelf", JSON, "{\"label\": \"none\", \"probabilities\": 4}");
        assertSameAnswer("shelf", CSV, "probabilities,label\n4,007\n5,1\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "1.0", "1e0", "2.5", "2.50", "\"2.50\"", "\"007\""})
    void aNumberStandsForTheCategoryHoweverItIsWritten(String category) throws Exception {
        assertSameAnswer("shelf", JSON, "{\"label\": " + category + ", \"probabilities\": 4}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "fruit-onnx | {'weight': 'heavy', 'color': 'red'} | weight     | expects a number, got 'heavy'",
                "fruit-onnx | [{'weight': 1, 'color': 'red'}, {'color': 'red'}] | [1].weight | expects a value, got"
                        + " none",
                "fruit-onnx | {'weight': 1, 'color': 'blue'}      | ``         | got 'blue' as element 0",
                "fruit-onnx | {'weight': 1, 'color': null}        | ``         | got '' as element 0",
                "fruit-onnx | {'weight': 1, 'color': {}}          | color      | expects a text, got an object",
                "fruit-onnx | {'weight': null, 'color': 'red'}    | ``         | row: expects a finite prediction, got"
                        + " NaN",
                "fruit-onnx | {'weight': [[1], [2]], 'color': [['red']]} | ``  | expects one size of 'batch', got 2"
                        + " for 'weight' and 1 for 'color'",
                "shelf-onnx | {'label': 7, 'probabilities': 1}    | ``         | got '7' as element 0",
                "sizes-onnx | [1, 2, 3]                           | ``         | expects an object of values by"
                        + " column, or 2 numbers, got a list",
                "wide       | {'x': 1}                            | x          | as lists in lists, got 1",
            })
    void whatIsWrongIsSaid(String model, String body, String path, String problem) {
        HttpResponse<String> response = client.post("/predict/" + model, JSON, body.replace('\'', '"'));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(response.body()).contains("\"path\":\"" + path + "\"").contains(problem);
    }

    @Test
    void tensorsAreTakenStill() {
        assertThat(client.answer(
                        "/predict/fruit-onnx", JSON, "{\"weight\":[[150],[110]],\"color\":[[\"green\"],[\"red\"]]}"))
                .startsWith("{\"kind\":\"tensors\",\"outputs\":{\"label\":[");
        assertThat(client.post("/predict/wide", CSV, "x\n1\n").body()).contains("expects application/json");
    }

    @Test
    void aModelOfScikitLearnTakesRecords() throws Exception {
        String document = client.get("/openapi.json").body();
        assertThat(document).contains("\"sklearn-row\"");
        Json example = at(Json.read(document), "paths", "/predict/sklearn", "post", "requestBody", "content", JSON);
        String row = at(example, "examples", "one", "value").write();
        String answer = client.answer("/predict/sklearn", JSON, row);
        assertThat(answer).startsWith("{\"kind\":\"class\",\"label\":\"").contains("\"probabilities\":{");
    }

    private static Json at(Json json, String... path) {
        Json at = json;
        for (String each : path)
            at = Objects.requireNonNull(((JsonObject) at).map().get(each), each);
        return at;
    }

    /// As of tensors, of which an answer has at most 1,048,576 numbers.
    @ParameterizedTest
    @CsvSource({"many, [1]", "many-onnx, {\"input\":1}"})
    void rowsWhoseAnswerWouldBeLargeAreRefusedBeforeTheyAreComputed(String model, String row) {
        int most = (1 << 20) / 2000;
        assertThat(client.answer("/predict/" + model, JSON, list(row, most))).startsWith("[{\"kind\":\"numbers\"");
        long before = models.newest(model).statistics().snapshot().rows();
        HttpResponse<String> large = client.post("/predict/" + model, JSON, list(row, most + 1));
        assertThat(large.statusCode()).as(large.body()).isEqualTo(413);
        assertThat(large.body())
                .contains("expects at most " + most + " rows, as this model gives 2000 values for each, got 525");
        assertThat(models.newest(model).statistics().snapshot().rows()).isEqualTo(before);
    }

    private static String list(String item, int times) {
        return "[" + (item + ",").repeat(times - 1) + item + "]";
    }

    @Test
    void rowsOfOneRequestAreComputedTogether() {
        long before = models.newest("fruit-onnx").statistics().snapshot().executions();
        client.answer("/predict/fruit-onnx", JSON, list(GREEN, 64));
        assertThat(models.newest("fruit-onnx").statistics().snapshot().executions() - before)
                .isEqualTo(2); // of 32
    }
}
