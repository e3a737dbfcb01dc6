package dev.neurite.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.data.image.PixelLines;
import dev.neurite.datasets.ImageFile;
import dev.neurite.http.HttpService;
import dev.neurite.io.json.Json;
import dev.neurite.predict.Prediction;
import dev.neurite.predict.PredictionJson;
import dev.neurite.serve.model.RawModels;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `POST /predict/{name}`: raw values of each kind say what the predictor says, wrong ones name their place.
final class PredictOverHttpTest {
    private static final String JSON = PlainClient.JSON;
    private static final String FRUIT = "{\"weight\": 110, \"color\": \"red\", \"picked\": \"2026-07-05\"}";
    private static final RawModels MODELS = new RawModels();
    private static HttpService server;
    private static PlainClient client;

    @BeforeAll
    static void start() {
        server = PlainClient.serve(MODELS.repository());
        client = new PlainClient(server.port());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static HttpResponse<String> post(String path, String type, byte[] body) {
        return client.post(path, type, body);
    }

    private static HttpResponse<String> post(String path, String type, String body, String... headers) {
        return client.post(path, type, body, headers);
    }

    private static String answer(String path, String type, String body, String... headers) {
        return client.answer(path, type, body, headers);
    }

    private static String json(Prediction prediction) {
        return Json.of(PredictionJson.of(prediction)).write();
    }

    private static Map<String, Object> fruit(float weight) {
        return new LinkedHashMap<>(Map.of("weight", weight, "color", "red", "picked", "2026-07-05"));
    }

    @Test
    void aRecordForARecordAListForAList() {
        String expected = json(MODELS.predictor("fruit").predict(fruit(110)));
        assertThat(expected).startsWith("{\"kind\":\"class\",\"label\":");
        assertThat(answer("/predict/fruit", JSON, FRUIT)).isEqualTo(expected);
        assertThat(answer("/predict/fruit", JSON + "; charset=utf-8", "[" + FRUIT + "]"))
                .isEqualTo("[" + expected + "]");
        String other = json(MODELS.predictor("fruit").predict(fruit(120)));
        assertThat(answer("/predict/fruit", JSON, "[" + FRUIT + "," + FRUIT.replace("110", "\"120\"") + "]"))
                .isEqualTo("[" + expected + "," + other + "]");
        assertThat(answer("/predict/fruit", "application/x-ndjson", FRUIT + "\n\n" + FRUIT + "\n"))
                .isEqualTo("[" + expected + "," + expected + "]");
        assertThat(answer("/predict/fruit", JSON, "[" + FRUIT + "]", "Accept", "application/x-ndjson"))
                .isEqualTo(expected + "\n");
        assertThat(answer("/predict/fruit?top=1", JSON, FRUIT))
                .contains("\"probabilities\":{\"")
                .doesNotContain(",\"pear");
        assertThat(answer("/predict/weigh", JSON, "{\"color\":\"red\",\"picked\":\"2026-07-05\",\"kind\":\"pear\"}"))
                .startsWith("{\"kind\":\"values\",\"names\":[\"weight\"],\"values\":[");
    }

    @Test
    void classesAreChosenOnlyWhereThereAreSome() {
        for (String model : List.of("weigh", "demand", "writer", "grid", "tensors", "vectors")) {
            HttpResponse<String> wrong = post("/predict/" + model + "?top=1", JSON, "{}");
            assertThat(wrong.statusCode()).as(model).isEqualTo(400);
            assertThat(wrong.body()).as(model).contains("\"path\":\"?top\"", "this model has none");
        }
    }

    @Test
    void headersNameTheModelAndItsVersion() {
        HttpResponse<String> newest = post("/predict/fruit", JSON, FRUIT);
        assertThat(newest.headers().firstValue("Neurite-Model")).hasValue("fruit");
        assertThat(newest.headers().firstValue("Neurite-Version")).hasValue("2");
        HttpResponse<String> first = post("/predict/fruit/versions/1", JSON, FRUIT);
        assertThat(first.headers().firstValue("Neurite-Version")).hasValue("1");
        assertThat(post("/predict/fruit/versions/3", JSON, FRUIT).statusCode()).isEqualTo(404);
        assertThat(post("/predict/nothing", JSON, FRUIT).statusCode()).isEqualTo(404);
        String escaped =
                URLEncoder.encode(RawModels.HOSTILE, StandardCharsets.UTF_8).replace("+", "%20");
        HttpResponse<String> hostile = post("/predict/" + escaped, JSON, FRUIT);
        assertThat(hostile.headers().firstValue("Neurite-Model")).hasValue(escaped);
    }

    @Test
    void anUnknownModelNamesThoseThatThereAre() {
        for (String path : List.of("/predict/fruits", "/predict/fruits/versions/1")) {
            HttpResponse<String> response = post(path, JSON, FRUIT);
            assertThat(response.statusCode()).isEqualTo(404);
            assertThat(response.body()).contains("there is no model 'fruits'; there are ", "grid", "'fruit'?");
        }
    }

    @Test
    void anAnswerThatNobodyWantsIsRefused() {
        HttpResponse<String> response = post("/predict/fruit", JSON, FRUIT, "Accept", "application/xml");
        assertThat(response.statusCode()).isEqualTo(406);
        assertThat(response.body()).contains("expects application/json or application/x-ndjson or text/csv, got");
        for (String good : List.of("*/*", "application/xml, application/*;q=0.5", "text/html, application/json")) {
            assertThat(answer("/predict/fruit", JSON, FRUIT, "Accept", good)).startsWith("{");
        }
    }

    @Test
    void unusualRowsHaveWarnings() {
        assertThat(answer("/predict/fruit", JSON, FRUIT.replace("110", "9e9"))).contains("\"warnings\":[\"'weight' is");
        assertThat(answer("/predict/fruit", JSON, FRUIT.replace("{", "{\"colour\": [1], ")))
                .contains("'colour' is no column of the model");
        assertThat(answer("/predict/fruit", JSON, FRUIT.replace("110", "null"))).doesNotContain("warnings");
    }

    @Test
    void csvInAndOut() {
        String csv = "picked,color,weight,kind\r\n2026-07-05,red,110,pear\r\n2026-07-06,green,,pear\r\n";
        assertThat(answer("/predict/fruit", "text/csv", csv))
                .startsWith("[{\"kind\":\"class\"")
                .contains("},{");
        assertThat(answer("/predict/fruit", "text/csv", csv, "Accept", "text/csv")
                        .lines())
                .hasSize(3)
                .first()
                .isEqualTo("prediction,p_apple,p_cherry,p_pear");
        String days = "day,sales\n"
                + RawModels.days(6).stream()
                        .map(day -> day.get("day") + "," + day.get("sales"))
                        .collect(Collectors.joining("\n"));
        assertThat(answer("/predict/demand", "text/csv", days, "Accept", "text/csv")
                        .lines())
                .hasSize(4)
                .first()
                .isEqualTo("day,sales");
        assertThat(post("/predict/fruit", "text/csv", csv.replace("110", "heavy"))
                        .body())
                .contains("\"path\":\"CSV, line 2, column 'weight'\"");
        assertThat(post("/predict/fruit", "text/csv", csv.replace("2026-07-06", "soon"))
                        .body())
                .contains("CSV, line 3", "column 'picked'");
        assertThat(post("/predict/fruit", "text/csv", "color,picked\nred\n").body())
                .contains("weight");
        assertThat(post("/predict/fruit", "text/csv", "").statusCode()).isEqualTo(400);
    }

    @Test
    void series() {
        List<Map<String, Object>> days = RawModels.days(8);
        Prediction expected = MODELS.predictor("demand").predict(days);
        String rows = Json.of(days).write();
        assertThat(answer("/predict/demand", JSON, rows))
                .isEqualTo(json(expected))
                .contains("\"times\":[\"2026-01-09");
        assertThat(answer("/predict/demand", JSON, "[" + rows + "]")).isEqualTo("[" + json(expected) + "]");
        assertThat(post("/predict/demand", JSON, Json.of(days.subList(0, 2)).write())
                        .body())
                .contains("expects")
                .contains("5");
    }

    @Test
    void images() throws IOException {
        byte[] png = png(20, 14);
        PixelLines pixels = ImageFile.open(new ByteArrayInputStream(png));
        String expected = json(MODELS.predictor("photo").predict(pixels));
        assertThat(post("/predict/photo", "image/png", png).body()).isEqualTo(expected);
        String base64 = Base64.getEncoder().encodeToString(png);
        assertThat(answer("/predict/photo", JSON, "{\"image\":\"" + base64 + "\"}"))
                .isEqualTo(expected);
        String both = "{\"image\":\"" + base64 + "\"," + FRUIT.substring(1);
        assertThat(answer("/predict/basket", JSON, "[" + both + "]"))
                .isEqualTo("[" + json(MODELS.predictor("basket").predict(with(fruit(110), "image", pixels))) + "]");
        String zeros = "[" + zeros(12) + "]";
        String plane = "[" + IntStream.range(0, 16).mapToObj(_ -> zeros(12)).collect(Collectors.joining(",")) + "]";
        assertThat(answer("/predict/photo", JSON, "[" + plane + "," + plane + "," + plane + "]"))
                .startsWith("{");
        assertThat(post("/predict/photo", JSON, "[[" + zeros + "]]").statusCode())
                .isEqualTo(400);
        assertThat(post("/predict/fruit", "image/png", png).statusCode()).isEqualTo(415);
    }

    private static String zeros(int count) {
        return "[" + String.join(",", Collections.nCopies(count, "0")) + "]";
    }

    private static Map<String, Object> with(Map<String, Object> row, String name, Object value) {
        row.put(name, value);
        return row;
    }

    static byte[] png(int width, int height) throws IOException {
        var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        image.setRGB(3, 3, 0xff8040);
        var out = new ByteArrayOutputStream();
        ImageIO.write(image, "png", out);
        return out.toByteArray();
    }

    @Test
    void texts() {
        String expected = json(MODELS.predictor("review").predict("a good film"));
        assertThat(answer("/predict/review", "text/plain", "a good film")).isEqualTo(expected);
        assertThat(answer("/predict/review", JSON, "\"a good film\"")).isEqualTo(expected);
        assertThat(answer("/predict/review", JSON, "[{\"text\":\"a good film\"},\"very bad\"]"))
                .startsWith("[" + expected + ",");
        assertThat(answer("/predict/review", "text/plain", "zzz")).contains("no token that the model knows");
        String row = "{\"text\":\"a good film\"," + FRUIT.substring(1);
        assertThat(answer("/predict/review-and-fruit", JSON, row)).startsWith("{\"kind\":\"class\"");
    }

    @Test
    void vectors() {
        String one = answer("/predict/vectors", JSON, "{\"text\":\"a good film\"}");
        assertThat(one).startsWith("{\"kind\":\"vector\",\"vector\":[").contains("\"tokens\":");
        assertThat(answer("/predict/vectors", "text/plain", "a good film")).isEqualTo(one);
        assertThat(answer("/predict/vectors", JSON, "[\"a good film\",{\"text\":\"a\"}]"))
                .startsWith("[" + one + ",{");
        assertThat(post("/predict/vectors", JSON, "[\"a\",{\"query\":\"a\"}]").body())
                .contains("\"path\":\"[1].text\"");
    }

    @Test
    void sequencesAndNumbers() {
        assertThat(answer("/predict/visits", JSON, "[" + FRUIT + "," + FRUIT + "]"))
                .startsWith("{\"kind\":\"class\"");
        assertThat(answer("/predict/visits", JSON, "[[" + FRUIT + "],[" + FRUIT + "]]"))
                .startsWith("[{");
        assertThat(answer("/predict/grid", JSON, "[[1,2,3],[4,5,6]]"))
                .startsWith("{\"kind\":\"numbers\",\"shape\":[2]");
        assertThat(answer("/predict/grid", JSON, "[[[1,2,3],[4,5,6]]]")).startsWith("[{");
        assertThat(answer("/predict/tensors", JSON, "[[[1,2,3],[4,5,6]]]"))
                .startsWith("{\"kind\":\"tensors\",\"outputs\":{");
    }

    @Test
    void promptsGoOn() {
        String prompt = "{\"prompt\":\"the quick\",\"most\":7,\"seed\":3,\"temperature\":0.5}";
        String whole = answer("/predict/writer", JSON, prompt);
        assertThat(whole).startsWith("{\"kind\":\"text\",\"prompt\":\"the quick\",\"text\":\"");
        assertThat(answer("/predict/writer", "text/plain", "the")).contains("\"kind\":\"text\"");
        HttpResponse<String> events = post("/predict/writer", JSON, prompt, "Accept", "text/event-stream");
        assertThat(events.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
        assertThat(events.body()).contains("event: piece", "event: end");
        assertThat(post("/predict/writer", JSON, "{\"prompt\":\"the\",\"most\":0}")
                        .body())
                .contains("\"path\":\"most\"");
        assertThat(post("/predict/writer", JSON, "{\"prompt\":\"the\",\"length\":0}")
                        .body())
                .contains("\"path\":\"length\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        fruit   | {"weight": 1}                                          |                 | row: expects
        fruit   | [FRUIT, {"weight": "x", "color": "red", "picked": "2026-07-05"}] | [1].weight | row 1 (from 0), column 'weight': expects a number
        fruit   | [FRUIT, {"weight": 1, "color": "red"}]                 | [1]             | row 1 (from 0): expects
        fruit   | [FRUIT, 7]                                             | [1]             | expects
        fruit   | {"weight": [1], "color": "red", "picked": ""}          | weight          | expects a number or a text, got a list
        fruit   | {"weight": 1e999, "color": "red", "picked": ""}        | weight          | expects a number of float32, got 1e999
        fruit   | {"weight": NaN}                                        | weight          | expects a digit, got 'N' of NaN (JSON lacks it: write null)
        fruit   | {"weight": 1, "weight": 2}                             | weight          | expects each key once
        fruit   | {"weight": 1, "color": "blue", "picked": "2026-07-05"} | color           | blue
        fruit   | []                                                     |                 | at least 1 row
        fruit   | true                                                   |                 | expects
        fruit   | {"weight":                                             | weight          | expects a value
        grid    | [[1,2],[3]]                                            | [1]             | expects a list of 2
        grid    | [[1,2,3],[4,5,"x"]]                                    | [1][2]          | expects a number, got 'x'
        grid    | [[1,2,3],[4,5,1e39]]                                   | [1][2]          | float32
        grid    | [[1,2],[3,4]]                                          |                 | expects
        grid    | {"a": 1}                                               |                 | expects
        photo   | {"image": "?"}                                         | image           | base64
        photo   | {"image": "AAAA"}                                      | image           | PNG or JPEG
        photo   | {"photo": "AAAA"}                                      |                 | image
        review  | ""                                                     |                 | at least one token
        review  | [["a"]]                                                | [0]             | expects a text
        demand  | [{"day": "2026-01-01"}]                                |                 | expects
        visits  | [FRUIT, 3]                                             | [1]             | expects an object
        basket  | FRUIT                                                  |                 | image
        tensors | {"x": [1]}                                             | input           | expects
        tensors | [[[1,2,3],[4,5]]]                                      | [0][1]          | expects a list of 3
        tensors | [[[1,2,3],[4,5,"6"]]]                                  | [0][1][2]       | expects a number
        """)
    void wrongValuesNameTheirPlace(String model, String body, @Nullable String path, String message) {
        HttpResponse<String> response = post("/predict/" + model, JSON, body.replace("FRUIT", FRUIT));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(response.body())
                .contains("\"path\":" + Json.of(path == null ? "" : path).write() + ",")
                .contains(message);
    }
}
