package dev.neurite.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.http.Access;
import dev.neurite.http.Answer;
import dev.neurite.http.Assets;
import dev.neurite.http.HttpService;
import dev.neurite.http.Limits;
import dev.neurite.http.Route;
import dev.neurite.kernel.Kernels;
import dev.neurite.predict.Prediction;
import dev.neurite.predict.Predictor;
import dev.neurite.serve.model.ModelKind;
import dev.neurite.serve.model.ModelLocation;
import dev.neurite.serve.model.Repository;
import dev.neurite.serve.model.RepositorySettings;
import dev.neurite.serve.model.RepositoryWatcher;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// 64 clients ask for rows of all kinds while the file of the model is replaced again and again. Each answer has to be
/// that of one of the models for this very row.
final class ServeLoadTest {
    private static final int CLIENTS = 64;
    private static final int ROWS = 50;
    private static final int SEEDS = 3;
    private static final String[] COLORS = {"green", "red", "yellow"};

    @TempDir
    Path folder;

    @Test
    void everyAnswerIsRightForSeconds() throws Exception {
        assertThat(load(Duration.ofSeconds(1), 20_000, Duration.ofMillis(2))).isPositive();
    }

    @Test
    @Tag("thorough")
    void aMillionAnswersAreRight() throws Exception {
        assertThat(load(Duration.ofMinutes(30), 1_000_000, Duration.ZERO)).isGreaterThanOrEqualTo(1_000_000);
    }

    @Test
    @Tag("thorough")
    void theMemoryIsConstantForHalfAnHour() throws Exception {
        assertThat(load(Duration.ofMinutes(30), Long.MAX_VALUE, Duration.ofMillis(20)))
                .isPositive();
    }

    /// @return how many answers were right
    private long load(Duration longest, long most, Duration pause) throws Exception {
        Path file = folder.resolve("fruit.safetensors");
        List<Set<Double>> possible = possible();
        replace(file, 1);
        try (Repository models = Repository.open(
                        List.of(ModelLocation.of(file)),
                        List.of(),
                        RepositorySettings.USUAL.warmUp(Duration.ZERO).reload(Duration.ofMillis(50)),
                        Kernels.shared(),
                        RepositoryWatcher.NONE);
                HttpService server = HttpService.start(
                        HttpService.Settings.USUAL.port(0).access(new Access.Everyone(false)),
                        List.of(Route.get(
                                "/row",
                                request ->
                                        Answer.json(Map.of("p", answer(models, request.query("i", 0, 0, ROWS - 1)))))),
                        Assets.none(),
                        Limits.USUAL.working(CLIENTS),
                        _ -> {});
                HttpClient client = HttpClient.newHttpClient();
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            models.awaitLoaded();
            var asked = new AtomicLong();
            long begin = System.nanoTime();
            long end = begin + longest.toNanos();
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                all.add(clients.submit(() -> {
                    while (System.nanoTime() < end && asked.get() < most) {
                        int row = ThreadLocalRandom.current().nextInt(ROWS);
                        assertThat(possible.get(row)).contains(ask(client, server.port(), row));
                        asked.incrementAndGet();
                        if (!pause.isZero()) Thread.sleep(pause);
                    }
                    return 0;
                }));
            }
            long early = watch(all, file, begin + longest.dividedBy(5).toNanos());
            watch(all, file, Long.MAX_VALUE);
            for (Future<?> each : all) each.get();
            assertThat(used() - early).isLessThan(20 << 20);
            return asked.get();
        }
    }

    /// Replaces the model until the clients have ended, or a time has come.
    /// @return the memory that is used then
    private long watch(List<Future<?>> clients, Path file, long until) throws Exception {
        for (long seed = 1; clients.stream().anyMatch(each -> !each.isDone()) && System.nanoTime() < until; seed++) {
            replace(file, 1 + seed % SEEDS);
            Thread.sleep(100);
        }
        return used();
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private void replace(Path file, long seed) throws IOException {
        Path beside = folder.resolve(".new");
        Models.writeFruit(beside, seed);
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static Map<String, Object> row(int i) {
        return Map.of("weight", 100 + i, "color", COLORS[i % COLORS.length]);
    }

    /// The probabilities of each row, by any of the models.
    private List<Set<Double>> possible() {
        List<Predictor> models = new ArrayList<>();
        for (int seed = 1; seed <= SEEDS; seed++) {
            Path file = folder.resolve(".model" + seed);
            Models.writeFruit(file, seed);
            models.add(Predictor.load(file));
        }
        List<Set<Double>> all = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            int number = i;
            all.add(Set.copyOf(models.stream()
                    .map(each -> probability(each.predict(row(number))))
                    .distinct()
                    .toList()));
        }
        return all;
    }

    private static double probability(Prediction said) {
        return said.probabilities().firstEntry().getValue();
    }

    private static double answer(Repository models, int row) {
        if (!(models.newest("fruit").kind() instanceof ModelKind.Predictions kind))
            throw new AssertionError("another kind");
        return probability(kind.queue()
                .compute(List.of(row(row)), models.deadline(Optional.empty()))
                .getFirst());
    }

    private static double ask(HttpClient client, int port, int row) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/row?i=" + row))
                .build();
        HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Double.parseDouble(answer.body().replaceAll(".*:|}", ""));
    }
}
