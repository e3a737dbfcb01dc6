package dev.neurite.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.http.HttpService;
import dev.neurite.http.Route;
import dev.neurite.kernel.Kernels;
import dev.neurite.serve.api.Endpoints;
import dev.neurite.serve.model.ModelKind;
import dev.neurite.serve.model.ModelLocation;
import dev.neurite.serve.model.RawModels;
import dev.neurite.serve.model.Repository;
import dev.neurite.serve.model.RepositorySettings;
import dev.neurite.serve.model.RepositoryWatcher;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What the page at `/` asks of models.
@Timeout(30)
final class PageTest {
    private static final String FRUIT = """
        {"inputs": {"table": {"values": {"weight": "110", "color": "red", "picked": "2026-07-05"}}}}\
        """;

    @Test
    void whatIsTriedIsComputedInTheQueueUntilItsDeadline() {
        Repository models = new RawModels().repository();
        try (HttpService server = PlainClient.serve(models)) {
            var client = new PlainClient(server.port());
            String answer = client.answer("/api/models/fruit/predict", PlainClient.JSON, FRUIT);
            assertThat(answer).contains("\"kind\":\"class\"").contains("\"sensitivity\":[{\"name\"");
            assertThat(models.newest("fruit")
                            .statistics()
                            .snapshot()
                            .succeeded()
                            .count())
                    .as("a request for the answer, one for what explains it")
                    .isEqualTo(2);
            HttpResponse<String> late = client.post(
                    "/api/models/fruit/predict", PlainClient.JSON, FRUIT, "X-Request-Timeout", "0.000000001");
            assertThat(late.statusCode()).as(late.body()).isEqualTo(504);
        }
    }

    /// Protocols of others have clients of others, which may add what they like.
    @Test
    void anUnknownNameInAQueryIsRefusedExceptWhereTheProtocolIsAnothers() {
        Repository models = new RawModels().repository();
        assertThat(Endpoints.routes(models))
                .filteredOn(each -> each.taken().isEmpty())
                .extracting(Route::path)
                .allMatch(each -> each.startsWith("/v1/") || each.equals("/v2") || each.startsWith("/v2/"));
        try (HttpService server = PlainClient.serve(models)) {
            var client = new PlainClient(server.port());
            HttpResponse<String> answer = client.post("/predict/fruit?topk=1&v=2", PlainClient.JSON, "{}");
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body()).contains("?topk, ?v").contains("is unknown. There is ?top");
            assertThat(client.get("/openapi.json?a=1").body()).contains("There are none here");
            assertThat(client.get("/v2/health/live?a=1").statusCode()).isEqualTo(200);
            assertThat(client.get("/js/models.js?v=1").statusCode()).isEqualTo(200);
            assertThat(client.get("/?v=1").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aTextEndsWithTheDeadline() {
        try (HttpService server = PlainClient.serve(new RawModels().repository())) {
            HttpResponse<String> late = new PlainClient(server.port())
                    .post(
                            "/api/models/writer/predict/text",
                            PlainClient.JSON,
                            "{\"text\": \"the \", \"most\": 2000}",
                            "X-Request-Timeout",
                            "0.000000001");
            assertThat(late.body()).contains("the time of the request is over");
        }
    }

    private static void put(Path file, long seed) throws IOException {
        Path beside = file.resolveSibling(".new.safetensors");
        Models.writeFruit(beside, seed);
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static WeakReference<Object> model(Repository models) {
        if (models.newest("fruit").kind() instanceof ModelKind.Predictions kind) {
            return new WeakReference<>(kind.predictor().model());
        }
        throw new AssertionError("another kind");
    }

    @Test
    void aModelThatWasTriedIsFreedWhenItIsReplaced(@TempDir Path folder) throws IOException, InterruptedException {
        Path file = folder.resolve("fruit.safetensors");
        put(file, 1);
        var settings = RepositorySettings.USUAL.warmUp(Duration.ZERO).reload(Duration.ofMillis(10));
        try (Repository models = Repository.open(
                        List.of(ModelLocation.of(file)),
                        List.of(),
                        settings,
                        Kernels.shared(),
                        RepositoryWatcher.NONE);
                HttpService server = PlainClient.serve(models)) {
            models.awaitLoaded();
            String row = "{\"inputs\": {\"table\": {\"values\": {\"weight\": \"110\", \"color\": \"red\"}}}}";
            new PlainClient(server.port()).answer("/api/models/fruit/predict", PlainClient.JSON, row);
            WeakReference<Object> old = model(models);
            put(file, 2);
            while (old.get() != null) { // until the test has no time left
                System.gc();
                Thread.sleep(20);
            }
            assertThat(model(models).get()).isNotNull();
        }
    }
}
