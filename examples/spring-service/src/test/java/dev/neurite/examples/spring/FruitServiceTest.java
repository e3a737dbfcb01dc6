package dev.neurite.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.predict.Prediction;
import dev.neurite.predict.Predictor;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Starts the service and asks it as a client does.
class FruitServiceTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int CLIENTS = 8;
    private static final int REQUESTS = 40; // of each

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static ConfigurableApplicationContext service;
    private static Predictor predictor;

    @BeforeAll
    static void start() {
        predictor = Predictor.load(Path.of("src/main/resources/fruit/model.safetensors"));
        service = SpringApplication.run(
                FruitService.class,
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--spring.main.banner-mode=off",
                "--logging.level.root=warn",
                "--neurite.models.fruit.warm-up=10ms");
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    private static Map<String, Object> row(int i) {
        return Map.of(
                "weight", 5 + i * 3,
                "diameter", 2 + i * 0.1,
                "color", List.of("red", "yellow", "green", "blue").get(i % 4));
    }

    private static HttpResponse<String> ask(String path, HttpRequest.Builder how) throws Exception {
        URI address =
                URI.create("http://127.0.0.1:" + service.getEnvironment().getProperty("local.server.port") + path);
        HttpRequest request = how.uri(address)
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", "application/json")
                .build();
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> post(String path, String body) throws Exception {
        return ask(path, HttpRequest.newBuilder().POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static JsonNode get(String path) throws Exception {
        HttpResponse<String> response = ask(path, HttpRequest.newBuilder().GET());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    private static void check(JsonNode answer, Map<String, Object> row) {
        Prediction expected = predictor.predict(row);
        assertThat(answer.get("label").asString()).isEqualTo(expected.label());
        Map<String, Double> probabilities = new HashMap<>();
        answer.get("probabilities")
                .properties()
                .forEach(
                        each -> probabilities.put(each.getKey(), each.getValue().asDouble()));
        assertThat(probabilities).isEqualTo(expected.probabilities());
    }

    @Test
    void aRowGetsTheAnswerOfTheModel() throws Exception {
        HttpResponse<String> response = post("/fruit", JSON.writeValueAsString(row(3)));
        assertThat(response.statusCode()).isEqualTo(200);
        check(JSON.readTree(response.body()), row(3));
        JsonNode unusual = JSON.readTree(post("/fruit", "{\"weight\": 9e9, \"diameter\": 5, \"color\": \"red\"}")
                .body());
        assertThat(unusual.get("warnings").get(0).asString()).contains("weight");
    }

    @Test
    void severalRowsGetAsManyAnswers() throws Exception {
        List<Map<String, Object>> rows = List.of(row(0), row(1), row(2));
        JsonNode answers =
                JSON.readTree(post("/fruit/all", JSON.writeValueAsString(rows)).body());
        assertThat(answers.size()).isEqualTo(3);
        for (int i = 0; i < 3; i++) check(answers.get(i), rows.get(i));
    }

    @Test
    void aWrongRowIsAProblemOfTheClient() throws Exception {
        HttpResponse<String> missing = post("/fruit", "{\"weight\": 150}");
        assertThat(missing.statusCode()).isEqualTo(400);
        assertThat(missing.headers().firstValue("Content-Type")).contains("application/problem+json");
        JsonNode problem = JSON.readTree(missing.body());
        assertThat(problem.get("title").asString()).isEqualTo("Wrong row");
        assertThat(problem.get("detail").asString()).contains("diameter");
        HttpResponse<String> text = post("/fruit", "{\"weight\": \"heavy\", \"diameter\": 5, \"color\": \"red\"}");
        assertThat(text.statusCode()).isEqualTo(400);
        assertThat(text.body()).contains("weight").contains("heavy");
        HttpResponse<String> second = post("/fruit/all", "[" + JSON.writeValueAsString(row(0)) + ", {}]");
        assertThat(second.statusCode()).isEqualTo(400);
        assertThat(second.body()).contains("row 1 (from 0)");
        assertThat(post("/fruit", "{\"weight\": ").statusCode()).isEqualTo(400);
        assertThat(post("/fruit", "[1, 2]").statusCode()).isEqualTo(400);
    }

    @Test
    void healthAndMetricsKnowTheModel() throws Exception {
        JsonNode neurite = get("/actuator/health").get("components").get("neurite");
        assertThat(neurite.get("status").asString()).isEqualTo("UP");
        JsonNode details = neurite.get("details");
        assertThat(details.get("vectorModule").asBoolean()).isTrue();
        assertThat(details.get("models").get("fruit").get("state").asString()).isEqualTo("warm");
        assertThat(post("/fruit", JSON.writeValueAsString(row(1))).statusCode()).isEqualTo(200);
        JsonNode counted = get("/actuator/metrics/neurite.predict?tag=model:fruit");
        assertThat(counted.get("measurements").get(0).get("value").asDouble()).isPositive();
    }

    @Test
    void severalClientsAtOnceGetTheirOwnAnswers() throws Exception {
        try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
            List<Callable<Void>> asking = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                int first = client;
                asking.add(() -> {
                    for (int i = 0; i < REQUESTS; i++) {
                        Map<String, Object> row = row((first * 7 + i) % 50);
                        HttpResponse<String> response = post("/fruit", JSON.writeValueAsString(row));
                        assertThat(response.statusCode()).isEqualTo(200);
                        check(JSON.readTree(response.body()), row);
                    }
                    return null;
                });
            }
            for (Future<Void> each : clients.invokeAll(asking, 60, TimeUnit.SECONDS)) each.get();
        }
    }
}
