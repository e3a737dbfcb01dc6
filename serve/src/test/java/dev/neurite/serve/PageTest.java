package dev.neurite.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.PreprocessingSettings;
import dev.neurite.data.table.Table;
import dev.neurite.http.HttpService;
import dev.neurite.http.Route;
import dev.neurite.io.Catalog;
import dev.neurite.io.ModelFile;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.layer.Layers;
import dev.neurite.model.Model;
import dev.neurite.serve.api.Endpoints;
import dev.neurite.serve.model.BatchSettings;
import dev.neurite.serve.model.ModelKind;
import dev.neurite.serve.model.ModelLocation;
import dev.neurite.serve.model.RawModels;
import dev.neurite.serve.model.Repository;
import dev.neurite.serve.model.RepositorySettings;
import dev.neurite.serve.model.RepositoryWatcher;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
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
                    .as("the row, and 32 + 7 of 7 weights, 2 colors and 30 days")
                    .isEqualTo(1 + 2);
            HttpResponse<String> late = client.post(
                    "/api/models/fruit/predict", PlainClient.JSON, FRUIT, "X-Request-Timeout", "0.000000001");
            assertThat(late.statusCode()).as(late.body()).isEqualTo(504);
        }
    }

    @Test
    void whatExplainsAnAnswerWaitsInPiecesOfABatch(@TempDir Path folder) throws Exception {
        try (Repository models = repository(folder, file -> Models.writeFruit(file, 1));
                HttpService server = PlainClient.serve(models)) {
            String row = "{\"inputs\": {\"table\": {\"values\": {\"weight\": \"110\", \"color\": \"red\"}}}}";
            new PlainClient(server.port()).answer("/api/models/tried/predict", PlainClient.JSON, row);
            assertThat(models.newest("tried")
                            .statistics()
                            .snapshot()
                            .succeeded()
                            .count())
                    .as("the row, and 4 + 4 + 2 of 7 weights and 3 colors")
                    .isEqualTo(1 + 3);
        }
    }

    /// A repository of a file, whose batches have 4 rows.
    private static Repository repository(Path folder, Consumer<Path> write) throws InterruptedException {
        Path file = folder.resolve("tried.safetensors");
        write.accept(file);
        Repository models = Repository.open(
                List.of(ModelLocation.of(file)),
                List.of(),
                RepositorySettings.USUAL.warmUp(Duration.ZERO).batches(BatchSettings.USUAL.rows(4)),
                Kernels.shared(),
                RepositoryWatcher.NONE);
        models.awaitLoaded();
        return models;
    }

    /// The model has no answer for lengths above its mean.
    @Test
    void aRowWithoutAFiniteAnswerNamesItsFieldAndAVariantOfARowSpoilsNothing(@TempDir Path folder) throws Exception {
        Preprocessing columns = Preprocessing.fit(
                Table.ofMaps(
                        List.of("length", "width", "price"),
                        Stream.of(
                                Map.of("length", 1, "width", 5, "price", 1),
                                Map.of("length", 3, "width", 9, "price", 2))),
                PreprocessingSettings.values("price"));
        Model steep = Model.of(Layers.features(2), Layers.dense(1, Activation.RELU), Layers.dense(1))
                .initialize(1)
                .with("dense1.weight", Tensor.of(new float[][] {{1e30f, 0}}))
                .with("dense2.weight", Tensor.of(new float[][] {{1e30f}}));
        ModelFile model = new ModelFile(steep, Map.of()).with(columns);
        try (Repository models = repository(folder, file -> model.write(file, Catalog.standard()));
                HttpService server = PlainClient.serve(models)) {
            var client = new PlainClient(server.port());
            String form = "{\"inputs\": {\"table\": {\"values\": {\"length\": \"%s\", \"width\": \"5\"}}}}";
            HttpResponse<String> none =
                    client.post("/api/models/tried/predict", PlainClient.JSON, form.formatted("1e6"));
            assertThat(none.statusCode()).as(none.body()).isEqualTo(400);
            assertThat(none.body()).contains("inputs.table.length", "got 1e6: its output is not finite");
            assertThat(client.answer("/api/models/tried/predict", PlainClient.JSON, form.formatted("1")))
                    .contains("\"sensitivity\":[{\"name\":\"length\"", "{\"name\":\"width\"");
        }
    }

    /// Protocols of others have clients of others, which may add what they like.
    @Test
    void anUnknownNameInAQueryIsRefusedExceptWhereTheProtocolIsAnothers() {
        Repository models = new RawModels().repository();
        assertThat(Endpoints.routes(models))
                .filteredOn(each -> each.taken().isEmpty())
                .extracting(Route::path)
                .allMatch(each -> each.startsWith("/v1/")
                        || each.equals("/v2")
                        || each.startsWith("/v2/")
                        || List.of("/embed", "/rerank", "/info").contains(each));
        try (HttpService server = PlainClient.serve(models)) {
            var client = new PlainClient(server.port());
            HttpResponse<String> answer = client.post("/predict/fruit?topk=1&v=2", PlainClient.JSON, "{}");
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body()).contains("?topk, ?v").contains("is unknown. There is ?top");
            assertThat(client.get("/openapi.json?a=1").body()).contains("There are none here");
            assertThat(client.get("/v2/health/live?a=1").statusCode()).isEqualTo(200);
            assertThat(client.get("/info?model=vectors&a=1").statusCode()).isEqualTo(200);
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
