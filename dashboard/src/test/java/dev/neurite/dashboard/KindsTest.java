package dev.neurite.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.datasets.ImageFile;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Models of every kind on the page: forms, predictions, errors, and what is refused.
@NullUnmarked // members of JSON that are missing fail the test
@Timeout(120)
final class KindsTest {
    @TempDir
    private static Path place;

    private static Kinds kinds;
    private static Dashboard dashboard;
    private static Client client;

    @BeforeAll
    static void open() throws IOException {
        kinds = Kinds.write(place.resolve("runs"));
        dashboard = Dashboard.of(place.resolve("runs"))
                .port(0)
                .endsWithProgram()
                .announce(_ -> {})
                .source(kinds.source());
        client = new Client(dashboard.url());
    }

    @AfterAll
    static void close() {
        if (client != null) client.close();
        if (dashboard != null) dashboard.close();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(Object value) {
        return (List<Object>) value;
    }

    private static Map<String, Object> form(String run, int input) {
        return map(
                list(client.object("/api/runs/" + run + "/form").get("inputs")).get(input));
    }

    private static Map<String, Object> predict(String run, Object inputs) {
        return client.post("/api/runs/" + run + "/predict", Map.of("inputs", inputs), 200);
    }

    /// Refused: 400 with the path of what is wrong.
    private static String refused(String run, Object inputs, String path) {
        Map<String, Object> answer = client.post("/api/runs/" + run + "/predict", Map.of("inputs", inputs), 400);
        Map<String, Object> error = map(answer.get("error"));
        assertThat(error.get("path")).as(answer.toString()).isEqualTo(path);
        return error.get("message").toString();
    }

    private static Map<String, Object> prediction(Map<String, Object> answer) {
        return map(answer.get("prediction"));
    }

    private static Map<String, Object> pixels(int width, int height, int channels) {
        byte[] bytes = new byte[width * height * channels];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) (i * 7);
        return Map.of("pixels", Base64.getEncoder().encodeToString(bytes), "width", width, "height", height);
    }

    @Test
    void everyKindHasAFormAndErrors() {
        for (String run : kinds.names()) {
            Map<String, Object> form = client.object("/api/runs/" + run + "/form");
            assertThat(list(form.get("inputs"))).as(run).isNotEmpty();
            Map<String, Object> errors = client.object("/api/runs/" + run + "/errors");
            List<Object> worst = list(errors.get("worst"));
            assertThat(worst).as(run).isNotEmpty();
            double before = Double.POSITIVE_INFINITY; // all are wrong, or none is
            for (Object each : worst) {
                double loss = (double) map(each).get("loss");
                assertThat(loss).as(run).isBetween(0.0, before);
                before = loss;
            }
            Map<String, Object> rows = client.object("/api/runs/" + run + "/examples?sort=row&from=0&count=2");
            assertThat(list(rows.get("examples"))).as(run).hasSize(2);
            assertThat(client.object("/api/runs/" + run + "/features?row=0")).containsKey("layers");
        }
    }

    /// What the page enters of row 3 is predicted as row 3 is among the examples.
    @Test
    void aRowOfTheDataIsEnteredWhole() {
        for (String run : kinds.names()) {
            Map<String, Object> inputs =
                    map(client.object("/api/runs/" + run + "/row?row=3").get("inputs"));
            if (run.equals("language") || run.equals("series")) {
                assertThat(inputs).as(run).isEmpty();
                continue;
            }
            Map<String, Object> example =
                    map(list(client.object("/api/runs/" + run + "/examples?sort=row&from=3&count=1")
                                    .get("examples"))
                            .getFirst());
            assertThat(example).as(run).containsEntry("row", 3.0);
            Map<String, Object> said = prediction(predict(run, inputs));
            if (said.get("kind").equals("several"))
                said = map(map(said.get("outputs")).values().iterator().next());
            Object expected = example.get("predicted");
            switch (said.get("kind").toString()) {
                case "class" -> assertThat(said.get("label")).as(run).isEqualTo(expected);
                case "steps" ->
                    assertThat(list(said.get("steps")))
                            .as(run)
                            .extracting(each -> map(each).get("label"))
                            .isEqualTo(list(example.get("steps")).stream()
                                    .map(each -> map(each).get("predicted"))
                                    .toList());
                case "values" ->
                    assertThat((double) list(said.get("values")).getFirst())
                            .as(run)
                            .isCloseTo(Double.parseDouble(expected.toString()), within(1e-3));
                case "labels" -> {
                    List<String> labels = list(said.get("labels")).stream()
                            .map(Object::toString)
                            .toList();
                    assertThat(labels.isEmpty() ? "none" : String.join(", ", labels))
                            .as(run)
                            .isEqualTo(expected);
                }
                default -> throw new AssertionError(run);
            }
        }
        assertThat(client.status("/api/runs/table/row?row=60")).isEqualTo(400);
    }

    @Test
    void everyInputOfTheSameKindHasItsOwnValues() {
        Map<String, Object> example = map(list(client.object("/api/runs/twins/examples?sort=row&from=4&count=1")
                        .get("examples"))
                .getFirst());
        assertThat(map(example.get("values"))).hasSize(6);
        String words = list(example.get("words")).stream()
                .map(each -> map(each).get("text").toString())
                .collect(Collectors.joining());
        assertThat(words.split("\n", -1)).hasSize(2).doesNotHaveDuplicates();
        Map<String, Object> inputs =
                map(client.object("/api/runs/twins/row?row=4").get("inputs"));
        assertThat(inputs).hasSize(6);
        assertThat(inputs.values()).doesNotHaveDuplicates();
        assertThat(list(predict("twins", inputs).get("seen")))
                .extracting(each -> map(each).get("input"))
                .hasSize(2)
                .doesNotHaveDuplicates();
    }

    @Test
    void tables() {
        assertThat(form("table", 0)).containsEntry("kind", "table").containsEntry("name", "table");
        Map<String, Object> cherry = Map.of("values", Map.of("weight", "8", "color", "red"));
        Map<String, Object> answer = predict("table", Map.of("table", cherry));
        assertThat(prediction(answer)).containsEntry("kind", "class").containsEntry("label", "cherry");
        assertThat(client.post("/api/runs/table/predict", cherry, 200)).isEqualTo(answer);
        assertThat(list(answer.get("warnings"))).isEmpty();
        Map<String, Object> heavy = Map.of("values", Map.of("weight", "1e30", "color", "red"));
        assertThat(list(predict("table", Map.of("table", heavy)).get("warnings"))
                        .toString())
                .startsWith("['weight' is 1.0E30, training saw ");
        assertThat(refused("table", Map.of("table", Map.of("values", Map.of("weight", "8"))), "inputs.table.color"))
                .contains("the column is missing");
        assertThat(refused(
                        "table",
                        Map.of("table", Map.of("values", Map.of("weight", "1e39", "color", "red"))),
                        "inputs.table.weight"))
                .contains("expects a number, got '1e39'");
        assertThat(refused(
                        "table",
                        Map.of("table", Map.of("values", Map.of("weight", "8", "color", "blue"))),
                        "inputs.table.color"))
                .contains("blue");
        refused("table", Map.of("other", cherry), "inputs.other");
        client.post("/api/runs/table/predict", "{\"inputs\":{\"table\":{},\"table\":{}}}", 400); // twice
        Map<String, Object> value =
                predict("regression", Map.of("table", Map.of("values", Map.of("color", "red", "kind", "pear"))));
        assertThat(prediction(value)).containsEntry("kind", "values").containsEntry("names", List.of("weight"));
    }

    @Test
    void labelsAndNumbers() {
        Map<String, Object> labels = predict("labels", Map.of("numbers", Map.of("numbers", List.of(0.9, 0.1, 0.5))));
        assertThat(prediction(labels)).containsEntry("kind", "labels");
        assertThat(map(prediction(labels).get("probabilities"))).hasSize(3);
        assertThat(client.object("/api/runs/labels/errors")).containsEntry("says", "labels");
        assertThat(form("numbers", 0)).containsEntry("kind", "numbers").containsEntry("count", 100.0);
        assertThat(refused("numbers", Map.of("numbers", Map.of("numbers", List.of(1, 2))), "inputs.numbers"))
                .contains("expects 100 numbers, got 2");
        List<Object> far = new ArrayList<>();
        for (int i = 0; i < 100; i++) far.add(3e38);
        assertThat(refused("numbers", Map.of("numbers", Map.of("numbers", far)), "inputs.numbers"))
                .contains("not finite");
        refused("numbers", Map.of("numbers", Map.of("numbers", List.of(1e39))), "inputs.numbers.numbers[0]");
    }

    @Test
    void aThresholdThatIsKeptIsSaid() {
        Map<String, Object> threshold =
                Map.of("class", "high", "value", 0.001, "origin", "recall 0.8 on the validation part");
        Map<String, Object> output = map(
                list(client.object("/api/runs/threshold/form").get("outputs")).getFirst());
        assertThat(output).containsEntry("threshold", threshold);
        assertThat(client.object("/api/runs/threshold/errors")).containsEntry("threshold", threshold);
        assertThat(client.object("/api/runs/numbers/errors")).containsEntry("threshold", "null");
        Object row = client.object("/api/runs/threshold/row?row=0").get("inputs");
        Map<String, Object> said = prediction(predict("threshold", row));
        assertThat(said).containsEntry("label", "high");
        assertThat(map(said.get("probabilities")).keySet().iterator().next()).isEqualTo("low");
    }

    @Test
    void images() {
        assertThat(form("image", 0)).containsEntry("kind", "image").containsEntry("channels", 3.0);
        for (int[] size : new int[][] {{12, 16}, {1, 1}, {20_000, 1}, {1, 20_000}, {30, 7}}) {
            Map<String, Object> answer = predict("image", Map.of("image", pixels(size[0], size[1], 3)));
            assertThat(prediction(answer)).containsEntry("kind", "class");
            assertThat(map(list(answer.get("seen")).getFirst()))
                    .containsEntry("width", 12.0)
                    .containsEntry("height", 16.0);
        }
        assertThat(refused("image", Map.of("image", Map.of("text", "a cat")), "inputs.image"))
                .contains("expects an image");
    }

    @Test
    void aPhotographIsMadeToFitAsThoseOfTheFolder() throws IOException {
        Path photo = kinds.photos().resolve("noon").resolve("07.png");
        Map<String, Object> answer = client.postImage("/api/runs/folder/predict/image", Files.readAllBytes(photo));
        float[] trained = ImageFile.read(photo, Kinds.PADDED);
        Map<String, Object> seen = map(list(answer.get("seen")).getFirst());
        byte[] pixels = Base64.getDecoder().decode(seen.get("pixels").toString());
        assertThat(pixels).hasSize(trained.length).contains(0); // the bars
        for (int i = 0; i < pixels.length; i++) {
            int value = pixels[i] & 255;
            assertThat(value).as("%d", i).isEqualTo(Math.round(255 * trained[i % 3 * 192 + i / 3]));
        }
    }

    @Test
    void texts() {
        assertThat(form("text", 0)).containsEntry("kind", "text");
        Map<String, Object> answer =
                predict("text", Map.of("text", Map.of("text", "the film was dull and the end was awful")));
        assertThat(prediction(answer)).containsEntry("label", "blame");
        List<Object> words = list(answer.get("words"));
        assertThat(words).hasSize(17); // nine words, and what is between them
        Map<String, Object> most = words.stream()
                .map(KindsTest::map)
                .max(java.util.Comparator.comparingDouble(each -> (double) each.get("weight")))
                .orElseThrow();
        assertThat(most.get("text")).isIn("dull", "awful");
        assertThat(answer).containsEntry("weighed", 9.0);
        assertThat(list(answer.get("warnings"))).isEmpty();
        assertThat(list(predict("text", Map.of("text", Map.of("text", "xyzzy plugh")))
                        .get("warnings")))
                .containsExactly("the text has no token that the model knows; what it predicts for it is a guess");
        Map<String, Object> tall = predict("text", Map.of("text", Map.of("text", "the film was dull ".repeat(500))));
        assertThat(tall).containsEntry("weighed", 22.0); // of 9,000 characters
        for (String empty : List.of("", "  \n")) {
            assertThat(refused("text", Map.of("text", Map.of("text", empty)), "inputs.text"))
                    .contains("at least one word");
        }
        Map<String, Object> worst =
                map(list(client.object("/api/runs/text/errors").get("worst")).getFirst());
        assertThat(list(worst.get("words")).toString()).contains("film");
    }

    @Test
    void aModelOfLanguageContinuesAPromptPieceByPiece() throws Exception {
        assertThat(form("language", 0)).containsEntry("kind", "prompt");
        String path = "/api/runs/language/predict/text";
        String body = Json.of(Map.of("text", "the quick ", "most", 30, "temperature", 0))
                .write();
        var text = new StringBuilder();
        try (Client.Stream stream = client.postStream(path, body)) {
            List<Client.Event> events = stream.until(each -> each.name().equals("end"));
            assertThat(events).hasSize(31);
            for (Client.Event each : events.subList(0, 30)) {
                assertThat(each.name()).isEqualTo("piece");
                text.append(textOf(each));
            }
        }
        assertThat(text).hasSize(30);
        Map<String, Object> whole = predict("language", Map.of("text", Map.of("text", "the quick ")));
        assertThat(prediction(whole)).containsEntry("kind", "text");
        assertThat(wrongPrompt(Map.of("text", "the ", "most", 0), "most")).contains("1 to 2000");
        assertThat(wrongPrompt(Map.of("text", "the ", "temperature", -1), "temperature"))
                .contains("0.0");
        assertThat(wrongPrompt(Map.of("text", "the ß"), "text")).contains("'ß'");
        assertThat(wrongPrompt(Map.of("text", ""), "text")).contains("at least one token");
    }

    private static String wrongPrompt(Map<String, Object> asked, String path) {
        Map<String, Object> error =
                map(client.post("/api/runs/language/predict/text", asked, 400).get("error"));
        assertThat(error.get("path")).isEqualTo(path);
        return error.get("message").toString();
    }

    private static String textOf(Client.Event event) throws Json.SyntaxException {
        return Json.read(event.data()) instanceof JsonObject(Map<String, Json> members)
                        && members.get("text") instanceof JsonString(String text)
                ? text
                : "";
    }

    @Test
    void theGenerationEndsWhenTheClientLeaves() throws Exception {
        String body = Json.of(Map.of("text", "the quick ", "most", 2000)).write();
        for (int i = 0; i < 12; i++) { // more than the pool has threads
            try (Client.Stream stream = client.postStream("/api/runs/language/predict/text", body)) {
                assertThat(stream.next().name()).isEqualTo("piece");
            }
        }
        assertThat(prediction(predict(
                        "table", Map.of("table", Map.of("values", Map.of("weight", "8", "color", "red"))))))
                .containsEntry("label", "cherry");
    }

    @Test
    void worstPositionsOfAModelOfLanguageHaveTheirContext() {
        Map<String, Object> errors = client.object("/api/runs/language/errors");
        assertThat(errors).containsEntry("says", "text").containsEntry("positions", true);
        Map<String, Object> worst = map(list(errors.get("worst")).getFirst());
        assertThat((double) worst.get("position")).isBetween(0.0, 23.0);
        assertThat(list(worst.get("words"))).hasSize(1);
        assertThat(worst.get("truth").toString()).isNotEmpty();
    }

    @Test
    void series() {
        Map<String, Object> form = form("series", 0);
        assertThat(form)
                .containsEntry("kind", "series")
                .containsEntry("steps", 14.0)
                .containsEntry("horizon", 7.0);
        assertThat(list(form.get("series"))).hasSize(2);
        Map<String, Object> moment = Map.of("series", "station", "end", 120);
        Map<String, Object> answer = predict("series", Map.of("series", moment));
        Map<String, Object> curve = map(answer.get("curve"));
        for (String each : List.of("forecast", "truth", "naive", "seasonal")) {
            assertThat(list(curve.get(each))).as(each).hasSize(7);
        }
        assertThat(curve).containsEntry("season", 7.0).containsEntry("begin", 106.0);
        assertThat(list(curve.get("times")))
                .hasSize(21)
                .startsWith("2026-04-17")
                .endsWith("2026-05-07");
        Map<String, Object> last = predict("series", Map.of("series", Map.of("series", "station", "end", 140)));
        assertThat(list(map(last.get("curve")).get("times"))).endsWith("2026-05-27"); // after the end of the data
        List<Object> past = list(curve.get("past"));
        assertThat(past).hasSize(14);
        List<Double> other = new ArrayList<>();
        for (Object each : past) other.add((double) each + 500);
        Map<String, Object> edited =
                predict("series", Map.of("series", Map.of("series", "station", "end", 120, "values", other)));
        assertThat(prediction(edited).get("values"))
                .isNotEqualTo(prediction(answer).get("values"));
        Map<String, Object> future = predict("series", Map.of("series", Map.of("series", "station", "end", 140)));
        assertThat(list(map(future.get("curve")).get("truth"))).isEmpty();
        assertThat(refused("series", Map.of("series", Map.of("series", "station", "end", 13)), "inputs.series.end"))
                .contains("expects 14 to 140, got 13");
        refused("series", Map.of("series", Map.of("series", "nowhere", "end", 20)), "inputs.series.series");
    }

    @Test
    void rowsOfASeriesArePasted() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Map<String, Object> each : Kinds.days().subList(100, 140)) {
            SequencedMap<String, Object> row = new LinkedHashMap<>(); // in another order of columns
            for (String column : List.of("sales", "shop", "day")) row.put(column, each.get(column));
            rows.add(row);
        }
        Map<String, Object> pasted = predict("series", Map.of("series", Map.of("rows", rows)));
        Map<String, Object> known = predict("series", Map.of("series", Map.of("series", "harbour", "end", 140)));
        assertThat(prediction(pasted).get("values")).isEqualTo(prediction(known).get("values"));
        assertThat(list(prediction(pasted).get("times"))).first().isEqualTo("2026-05-21");
        assertThat(list(map(pasted.get("curve")).get("times")))
                .isEqualTo(list(map(known.get("curve")).get("times")));
        assertThat(refused("series", Map.of("series", Map.of("rows", rows.subList(0, 13))), "inputs.series"))
                .contains("at least 14 rows")
                .contains("got 13");
        assertThat(list(pasted.get("warnings"))).isEmpty();
        List<Map<String, Object>> without = new ArrayList<>(rows);
        without.remove(30);
        assertThat(list(predict("series", Map.of("series", Map.of("rows", without)))
                        .get("warnings")))
                .isNotEmpty();
        List<Map<String, Object>> gap = new ArrayList<>(rows);
        Map<String, Object> missing = new LinkedHashMap<>(rows.get(30));
        missing.put("sales", "");
        gap.set(30, missing);
        assertThat(refused("series", Map.of("series", Map.of("rows", gap)), "inputs.series.sales"))
                .contains("sales");
        missing.remove("sales");
        assertThat(refused("series", Map.of("series", Map.of("rows", gap)), "inputs.series.sales"))
                .contains("row 31");
        assertThat(refused("series", Map.of("series", Map.of("rows", rows.reversed())), "inputs.series.day"))
                .contains("later time")
                .startsWith("row 2,");
        Map<String, Object> far = Map.of("series", "harbour", "end", 140, "values", List.of(1e9));
        assertThat(list(predict("series", Map.of("series", far)).get("warnings"))
                        .toString())
                .contains("'sales'", "training saw");
    }

    @Test
    void worstWindowsHaveCurves() {
        Map<String, Object> errors = client.object("/api/runs/series/errors");
        assertThat(errors).containsEntry("says", "forecast");
        Map<String, Object> curve =
                map(map(list(errors.get("worst")).getFirst()).get("curve"));
        assertThat(list(curve.get("forecast"))).hasSize(7);
        assertThat(list(curve.get("truth"))).hasSize(7);
        assertThat(list(curve.get("naive"))).hasSize(7);
        Map<String, Object> regression = map(errors.get("regression"));
        Map<String, Object> naive = map(regression.get("naive"));
        assertThat(naive).containsOnlyKeys("last value", "season of 7");
        assertThat((double) naive.get("season of 7")).isGreaterThan(0).isLessThan((double) naive.get("last value"));
        assertThat(list(errors.get("series"))).containsExactly("harbour", "station");
        Map<String, Object> ofOne = client.object("/api/runs/series/examples?sort=loss&series=harbour");
        assertThat(list(ofOne.get("examples")))
                .isNotEmpty()
                .allSatisfy(each -> assertThat(map(map(each).get("curve"))).containsEntry("series", "harbour"));
        assertThat(client.object("/api/runs/series/examples?series=pier")).containsEntry("total", 0.0);
    }

    @Test
    void aLabelForEachStep() {
        Map<String, Object> form = form("steps", 0);
        assertThat(form).containsEntry("kind", "steps").containsEntry("steps", "null");
        List<Object> rows = List.of(Map.of("x1", "0.1", "x2", "0"), Map.of("x1", 0.9, "x2", 0.1));
        Map<String, Object> answer = predict("steps", Map.of("numbers", Map.of("rows", rows)));
        assertThat(list(prediction(answer).get("steps"))).hasSize(2);
        refused("steps", Map.of("numbers", Map.of("rows", List.of())), "inputs.numbers");
        assertThat(refused(
                        "steps",
                        Map.of("numbers", Map.of("rows", List.of(Map.of("x1", "1", "x2", "a")))),
                        "inputs.numbers.x2"))
                .contains("step 1");
        Map<String, Object> errors = client.object("/api/runs/steps/errors");
        assertThat(errors).containsEntry("positions", true).containsEntry("says", "steps");
        assertThat(list(errors.get("confusion"))).hasSize(2);
        Map<String, Object> worst = map(list(errors.get("worst")).getFirst());
        assertThat(list(worst.get("steps"))).hasSizeBetween(4, 6);
        Map<String, Object> tagged = predict("tagger", Map.of("text", Map.of("text", "the film was dull")));
        assertThat(tagged.get("steps")).isEqualTo(List.of("the", "film", "was", "dull"));
        assertThat(list(prediction(tagged).get("steps"))).hasSize(4);
        Map<String, Object> cell = client.object("/api/runs/tagger/examples?truth=2&sort=loss");
        assertThat((double) cell.get("total")).isPositive();
    }

    @Test
    void severalInputsTogether() {
        assertThat(form("picture-and-table", 0)).containsEntry("kind", "image");
        assertThat(form("picture-and-table", 1)).containsEntry("kind", "table");
        Map<String, Object> row = Map.of("values", Map.of("weight", "8", "color", "red"));
        Map<String, Object> both = predict("picture-and-table", Map.of("image", pixels(12, 16, 3), "table", row));
        assertThat(prediction(both)).containsEntry("kind", "class");
        assertThat(list(both.get("sensitivity"))).hasSize(2);
        assertThat(map(list(both.get("seen")).getFirst())).containsEntry("width", 12.0);
        assertThat(refused("picture-and-table", Map.of("table", row), "inputs.image"))
                .contains("got none");
        Map<String, Object> worst =
                map(list(client.object("/api/runs/picture-and-table/errors").get("worst"))
                        .getFirst());
        assertThat(map(worst.get("image"))).containsEntry("height", 16.0);
        assertThat(map(worst.get("values"))).containsKeys("weight", "color");
        Map<String, Object> mixed =
                predict("text-and-table", Map.of("text", Map.of("text", "the film was lovely"), "table", row));
        assertThat(list(mixed.get("words"))).hasSize(7);
        Map<String, Object> blue = Map.of("values", Map.of("weight", "8", "color", "blue"));
        refused("text-and-table", Map.of("text", Map.of("text", "dull"), "table", blue), "inputs.table.color");
    }

    @Test
    void importanceIsThatOfThePartForModelsOfATable() {
        for (String run : kinds.names()) {
            boolean importance =
                    (boolean) client.object("/api/runs/" + run + "/errors").get("importance");
            assertThat(client.status("/api/runs/" + run + "/importance?part=test"))
                    .as(run)
                    .isEqualTo(importance ? 200 : 409);
        }
        assertThat(client.object("/api/runs/outputs/errors?output=weight")).containsEntry("importance", true);
        assertThat(columns("table")).containsExactlyInAnyOrder("weight", "color");
        assertThat(columns("picture-and-table")).containsExactlyInAnyOrder("image", "weight", "color");
        assertThat(columns("text-and-table")).containsExactlyInAnyOrder("text", "weight", "color");
        assertThat(columns("twins")).hasSize(10).contains("image2", "text1", "numbers1.x1", "numbers2.x1");
        assertThat(client.status("/api/runs/table/importance?part=other")).isEqualTo(409);
    }

    private static List<Object> columns(String run) {
        return list(client.object("/api/runs/" + run + "/importance").get("columns")).stream()
                .map(each -> map(each).get("name"))
                .toList();
    }

    @Test
    void severalOutputsByName() {
        Map<String, Object> answer = predict("outputs", Map.of("table", Map.of("values", Map.of("color", "green"))));
        assertThat(map(prediction(answer).get("outputs"))).containsOnlyKeys("class", "weight");
        assertThat(client.object("/api/runs/outputs/errors")).containsEntry("output", "class");
        Map<String, Object> weight = client.object("/api/runs/outputs/errors?output=weight");
        assertThat(weight).containsEntry("says", "values");
        assertThat(map(weight.get("regression"))).containsKey("mae");
        assertThat(client.status("/api/runs/outputs/errors?output=nothing")).isEqualTo(400);
    }
}
