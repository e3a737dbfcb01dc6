package dev.neurite.dashboard;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;

import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.datasets.Iris;
import dev.neurite.error.ResourceException;
import dev.neurite.io.Catalog;
import dev.neurite.io.Checkpoints;
import dev.neurite.loss.Losses;
import dev.neurite.model.Model;
import dev.neurite.optim.Optimizers;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingEvent;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Trainings that are watched and steered through HTTP.
@NullUnmarked // members of JSON that are missing fail the test
@Timeout(60)
final class DashboardTest {
    private static final String LIVE = "/api/runs/live";

    private final DataSplit iris = Iris.load();
    private final Model model = Model.of(features(4), dense(16, RELU), dense(3, SOFTMAX));

    private Trainer trainer(int epochs) {
        return Trainer.of(model)
                .loss(Losses.crossEntropy())
                .optimizer(Optimizers.adam(0.01))
                .batchSize(16)
                .epochs(epochs)
                .threads(1);
    }

    private static Dashboard dashboard() {
        return Dashboard.on(0).loss(Losses.crossEntropy()).announce(_ -> {}).endsWithProgram();
    }

    private CompletableFuture<Run> fit(Trainer trainer) {
        return CompletableFuture.supplyAsync(() -> trainer.fit(iris.train(), iris.test()), DashboardTest::start);
    }

    private static void start(Runnable task) {
        Thread.ofPlatform().daemon().start(task);
    }

    /// Waits until the state of the training fits.
    private static Map<String, Object> await(Client client, Predicate<Map<String, Object>> fits) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (System.nanoTime() < end) {
            if (client.status(LIVE) == 200) {
                Map<String, Object> state = client.object(LIVE);
                if (fits.test(state)) return state;
            }
            Thread.sleep(10);
        }
        throw new AssertionError("the training did not come to this state");
    }

    private static boolean is(Map<String, Object> run, String state) {
        return state.equals(run.get("state"));
    }

    private static Map<String, Object> control(Client client, String action) {
        return client.post(LIVE + "/control", Map.of("action", action), 200);
    }

    /// A callback that lets the training take a step only when it is told to.
    private static Trainer held(Trainer trainer, Semaphore steps) {
        return trainer.callback(_ -> event -> {
            if (event instanceof TrainingEvent.StepEnded) steps.acquireUninterruptibly();
        });
    }

    /// Asks a training that is held; lets it take steps until it answers.
    private static Map<String, Object> control(Client client, String action, Semaphore steps) throws Exception {
        CompletableFuture<Map<String, Object>> asked =
                CompletableFuture.supplyAsync(() -> control(client, action), DashboardTest::start);
        while (!asked.isDone()) {
            steps.release();
            Thread.sleep(10);
        }
        steps.release(10_000);
        return asked.get();
    }

    @Test
    void aTrainingIsShownWhileItRunsAndAfterwards() throws Exception {
        try (Dashboard dashboard = dashboard();
                var client = new Client(dashboard.url())) {
            assertThat(client.object("/api/runs")).containsEntry("live", "null");
            assertThat(client.status(LIVE)).isEqualTo(404);
            var steps = new Semaphore(3);
            CompletableFuture<Run> run = fit(held(trainer(4), steps).callback(dashboard));
            Map<String, Object> shown = await(client, each -> each.get("step").equals(3.0));
            assertThat(shown)
                    .containsEntry("epochs", 4.0)
                    .containsEntry("batches", 8.0)
                    .containsEntry("state", "training");
            assertThat(shown.get("controls"))
                    .asInstanceOf(LIST)
                    .contains("pause", "rate")
                    .doesNotContain("save");
            assertThat(client.object("/api/runs").get("runs"))
                    .asInstanceOf(LIST)
                    .hasSize(1);
            steps.release(100);
            run.get(20, TimeUnit.SECONDS);
            shown = await(client, each -> is(each, "finished"));
            assertThat(shown).containsEntry("step", 32.0);
            assertThat(shown.get("controls")).asInstanceOf(LIST).isEmpty();
            assertThat(shown.get("firstLoss")).asInstanceOf(MAP).containsEntry("expected", Math.log(3));
            Map<String, Object> errors = client.object(LIVE + "/errors");
            double accuracy = run.get()
                    .history()
                    .last()
                    .validation()
                    .orElseThrow()
                    .accuracy()
                    .orElseThrow();
            assertThat(errors).containsEntry("accuracy", accuracy).containsEntry("part", "val");
            Map<String, Object> names = client.object(LIVE + "/histograms");
            assertThat(names.get("names").toString())
                    .contains("dense1.weight", "value", "gradient", "update", "output");
            assertThat(client.object(LIVE + "/histograms?of=dense1.weight&what=gradient")
                            .get("step"))
                    .asInstanceOf(LIST)
                    .startsWith(1.0, 2.0, 3.0);
        }
    }

    @Test
    void pauseStepAndResume() throws Exception {
        try (Dashboard dashboard = dashboard();
                var client = new Client(dashboard.url())) {
            var steps = new Semaphore(5);
            CompletableFuture<Run> run = fit(held(trainer(60), steps).callback(dashboard));
            await(client, each -> each.get("step").equals(5.0));
            assertThat(control(client, "pause", steps)).containsEntry("state", "paused");
            double at = (double) await(client, each -> is(each, "paused")).get("step");
            assertThat(client.post(LIVE + "/control", Map.of("action", "pause"), 409)
                            .toString())
                    .contains("paused already");
            Thread.sleep(100); // it takes no step meanwhile
            assertThat(client.object(LIVE)).containsEntry("step", at).containsEntry("state", "paused");
            client.post(LIVE + "/control", Map.of("action", "step", "steps", 2), 200);
            await(client, each -> is(each, "paused") && each.get("step").equals(at + 2));
            assertThat(client.object(LIVE + "/errors")).containsEntry("step", at + 2); // it answers while it waits
            control(client, "resume");
            Run result = run.get(20, TimeUnit.SECONDS);
            assertThat(result.stopReason()).isEmpty();
            assertThat(result.model())
                    .isEqualTo(trainer(60).fit(iris.train(), iris.test()).model());
            client.post(LIVE + "/control", Map.of("action", "pause"), 409);
        }
    }

    @Test
    void weightsAreTheSameWithAPageHistogramsAndClients() throws Exception {
        Model expected = trainer(6).fit(iris.train(), iris.test()).model();
        try (Dashboard dashboard = dashboard();
                var client = new Client(dashboard.url())) {
            var steps = new Semaphore(2);
            CompletableFuture<Run> run = fit(held(trainer(6), steps).callback(dashboard));
            await(client, each -> each.get("step").equals(2.0));
            for (int i = 0; i < 3; i++) { // comes and goes
                try (Client.Stream stream = client.events(LIVE + "/events", "")) {
                    stream.next();
                }
                CompletableFuture<Map<String, Object>> errors =
                        CompletableFuture.supplyAsync(() -> client.object(LIVE + "/errors"), DashboardTest::start);
                for (int step = 0; step < 8 && !errors.isDone(); step++) {
                    steps.release();
                    Thread.sleep(20);
                }
                errors.get(20, TimeUnit.SECONDS);
                assertThat(run).isNotDone();
            }
            steps.release(1_000);
            assertThat(run.get(20, TimeUnit.SECONDS).model()).isEqualTo(expected);
        }
    }

    @Test
    void stopKeepsTheModel() throws Exception {
        try (Dashboard dashboard = dashboard();
                var client = new Client(dashboard.url())) {
            CompletableFuture<Run> run = fit(trainer(1_000_000).callback(dashboard));
            await(client, each -> (double) each.get("step") > 10);
            control(client, "stop");
            Run result = run.get(20, TimeUnit.SECONDS);
            assertThat(result.stopReason()).contains("stopped on the page");
            assertThat(result.paused()).isFalse(); // which is what the page says before
            assertThat(client.text("/js/topbar.js"))
                    .contains("after this step for good")
                    .doesNotContain("resumed later");
            await(client, each -> is(each, "finished"));
        }
    }

    @Test
    void theLearningRateChangesFromTheNextStepOn() throws Exception {
        List<Double> rates = new ArrayList<>();
        List<TrainingEvent.RateChanged> changes = new ArrayList<>();
        try (Dashboard dashboard = dashboard();
                var client = new Client(dashboard.url())) {
            CompletableFuture<Run> run = fit(trainer(1_000_000)
                    .listener(event -> {
                        if (event instanceof TrainingEvent.StepEnded step) rates.add(step.rate());
                        if (event instanceof TrainingEvent.RateChanged changed) changes.add(changed);
                    })
                    .callback(dashboard));
            await(client, each -> (double) each.get("step") > 3);
            control(client, "pause");
            double at = (double) await(client, each -> is(each, "paused")).get("step");
            client.post(LIVE + "/control", Map.of("action", "rate", "rate", 0.125), 200);
            client.post(LIVE + "/control", Map.of("action", "rate"), 400);
            client.post(LIVE + "/control", "{\"action\":\"rate\",\"rate\":-1}", 400);
            client.post(LIVE + "/control", Map.of("action", "step"), 200);
            await(client, each -> is(each, "paused") && each.get("step").equals(at + 1));
            control(client, "stop");
            run.get(20, TimeUnit.SECONDS);
            assertThat(rates.get((int) at - 1)).isEqualTo(0.01);
            assertThat(rates.get((int) at)).isEqualTo(0.125);
            assertThat(changes).hasSize(1);
            assertThat(changes.getFirst().after()).isEqualTo(0.125);
            assertThat(client.text(LIVE + "/log")).contains("The learning rate changed from 0.0100 to 0.125");
        }
    }

    @Test
    void aSavedCheckpointResumesToTheSameWeights(@TempDir Path place) throws Exception {
        Model expected = trainer(60).fit(iris.train(), iris.test()).model();
        try (Dashboard dashboard = dashboard().checkpoints(place);
                var client = new Client(dashboard.url())) {
            var steps = new Semaphore(11);
            CompletableFuture<Run> run = fit(held(trainer(60), steps).callback(dashboard));
            await(client, each -> each.get("step").equals(11.0));
            control(client, "save", steps);
            assertThat(run.get(20, TimeUnit.SECONDS).model()).isEqualTo(expected);
        }
        var state = Checkpoints.newest(place, Catalog.standard(), _ -> {}).state();
        assertThat(trainer(60).resume(state).fit(iris.train(), iris.test()).model())
                .isEqualTo(expected);
        try (Dashboard dashboard = dashboard()) { // with a page, too
            Trainer resumed = trainer(60).callback(dashboard).resume(state);
            assertThat(resumed.fit(iris.train(), iris.test()).model()).isEqualTo(expected);
        }
    }

    @Test
    void aClientThatComesAgainGetsTheSameLinesOnce() throws Exception {
        try (Dashboard dashboard = dashboard();
                var client = new Client(dashboard.url())) {
            var steps = new Semaphore(12);
            CompletableFuture<Run> run = fit(held(trainer(5), steps).callback(dashboard));
            await(client, each -> each.get("step").equals(12.0));
            List<String> first = new ArrayList<>();
            String last;
            try (Client.Stream stream = client.events(LIVE + "/events", "")) {
                last = lines(stream, first, 10);
            }
            steps.release(1_000);
            run.get(20, TimeUnit.SECONDS);
            List<String> all = new ArrayList<>();
            int count = 5 * 8 + 5; // steps and validations
            try (Client.Stream stream = client.events(LIVE + "/events", "")) {
                lines(stream, all, count);
            }
            List<String> rest = new ArrayList<>();
            try (Client.Stream stream = client.events(LIVE + "/events", last)) {
                lines(stream, rest, count - Integer.parseInt(last));
            }
            assertThat(all).hasSize(count).doesNotHaveDuplicates();
            assertThat(first).isEqualTo(all.subList(0, first.size()));
            assertThat(rest).isEqualTo(all.subList(Integer.parseInt(last), count));
            assertThat(((Map<?, ?>) client.object(LIVE + "/series").get("series"))
                            .keySet()
                            .toString())
                    .contains("train.loss", "train.acc", "train.lr", "val.loss", "updates.dense1.weight.ratio");
            try (Client.Stream stream = client.events(LIVE + "/events", "999")) {
                assertThat(stream.next().name()).isEqualTo("reset");
            }
        }
    }

    /// Reads lines until there are so many; returns the id of the last event.
    private static String lines(Client.Stream stream, List<String> to, int count) throws Exception {
        String id = "";
        while (to.size() < count) {
            Client.Event event = stream.next();
            if (!event.name().equals("lines")) continue;
            id = event.id();
            for (dev.neurite.io.json.Json each :
                    ((dev.neurite.io.json.Json.JsonArray) dev.neurite.io.json.Json.read(event.data())).list())
                to.add(each.write());
        }
        return id;
    }

    @Test
    @Tag("measures-time")
    void stateComesWithinASecond() throws Exception {
        try (Dashboard dashboard = dashboard();
                var client = new Client(dashboard.url())) {
            var steps = new Semaphore(4);
            CompletableFuture<Run> run = fit(held(trainer(3), steps).callback(dashboard));
            await(client, each -> each.get("step").equals(4.0));
            try (Client.Stream stream = client.events(LIVE + "/events", "")) {
                stream.until(event -> event.name().equals("state"));
                long released = System.nanoTime();
                steps.release(1);
                stream.until(
                        event -> event.name().equals("state") && event.data().contains("\"step\":5"));
                assertThat(Duration.ofNanos(System.nanoTime() - released)).isLessThan(Duration.ofSeconds(1));
            }
            steps.release(1_000);
            run.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void aTrainingThatFails() throws Exception {
        try (Dashboard dashboard = dashboard();
                var client = new Client(dashboard.url())) {
            Trainer failing = trainer(3).callback(dashboard).callback(_ -> event -> {
                if (event instanceof TrainingEvent.StepEnded step && step.step() == 3) {
                    throw new IllegalStateException("a callback's own fault");
                }
            });
            assertThatThrownBy(() -> failing.fit(iris.train(), iris.test())).isInstanceOf(IllegalStateException.class);
            assertThat(client.object(LIVE)).containsEntry("state", "failed");
            assertThat(client.text(LIVE + "/log")).contains("a callback's own fault");
            client.post(LIVE + "/control", Map.of("action", "resume"), 409);
        }
    }

    @Test
    void aPauseEndsWhenTheProgramIsToEnd() throws Exception {
        var ends = new java.util.concurrent.atomic.AtomicBoolean();
        try (Dashboard dashboard = dashboard().goesOnWhen(ends::get);
                var client = new Client(dashboard.url())) {
            CompletableFuture<Run> run =
                    fit(trainer(1_000_000).callback(dashboard).callback(training -> event -> {
                        if (ends.get()) training.finish("the program ends");
                    }));
            await(client, each -> is(each, "training"));
            control(client, "pause");
            await(client, each -> is(each, "paused"));
            Thread.sleep(100);
            assertThat(run).isNotDone();
            ends.set(true);
            assertThat(run.get(20, TimeUnit.SECONDS).stopReason()).contains("the program ends");
        }
    }

    @Test
    void closingThePageEndsAPauseAndNotTheTraining() throws Exception {
        CompletableFuture<Run> run;
        try (Dashboard dashboard = dashboard();
                var client = new Client(dashboard.url())) {
            var steps = new Semaphore(2);
            run = fit(held(trainer(60), steps).callback(dashboard));
            await(client, each -> each.get("step").equals(2.0));
            control(client, "pause", steps);
        }
        assertThat(run.get(20, TimeUnit.SECONDS).stopReason()).isEmpty();
    }

    @Test
    void anInterruptEndsAPause() throws Exception {
        try (Dashboard dashboard = dashboard();
                var client = new Client(dashboard.url())) {
            var result = new CompletableFuture<Run>();
            Thread thread = Thread.ofPlatform().start(() -> {
                try {
                    result.complete(trainer(1_000_000).callback(dashboard).fit(iris.train(), iris.test()));
                } catch (RuntimeException e) {
                    result.completeExceptionally(e);
                }
            });
            await(client, each -> (double) each.get("step") > 0);
            control(client, "pause");
            await(client, each -> is(each, "paused"));
            thread.interrupt();
            assertThat(result.get(20, TimeUnit.SECONDS).stopReason()).contains("interrupted");
            assertThat(client.object(LIVE)).containsEntry("state", "interrupted");
        }
    }

    @Test
    void withoutAPlaceForHistogramsTheTrainingGoesOn(@TempDir Path place) throws Exception {
        Model expected = trainer(2).fit(iris.train(), iris.test()).model();
        try (Dashboard dashboard = dashboard().temporaryIn(place.resolve("missing"));
                var client = new Client(dashboard.url())) {
            assertThat(trainer(2)
                            .callback(dashboard)
                            .fit(iris.train(), iris.test())
                            .model())
                    .isEqualTo(expected);
            assertThat(client.object(LIVE)).containsEntry("state", "finished");
            assertThat(client.object(LIVE + "/histograms").get("names"))
                    .asInstanceOf(MAP)
                    .isEmpty();
        }
        try (Dashboard dashboard = dashboard().temporaryIn(place)) {
            trainer(1).callback(dashboard).fit(iris.train(), iris.test());
            assertThat(place).isNotEmptyDirectory();
        }
        assertThat(place).isEmptyDirectory();
    }

    @Test
    void severalTrainingsOfOnePage() throws Exception {
        try (Dashboard dashboard = dashboard();
                var client = new Client(dashboard.url())) {
            trainer(1).callback(dashboard).fit(iris.train(), iris.test());
            trainer(2).callback(dashboard).fit(iris.train(), iris.test());
            assertThat(client.object("/api/runs").get("runs"))
                    .asInstanceOf(LIST)
                    .hasSize(2);
            assertThat(client.object("/api/runs/live"))
                    .containsEntry("epochs", 2.0)
                    .containsEntry("id", "training-2");
            assertThat(client.object("/api/runs/training-1")).containsEntry("epochs", 1.0);
            assertThat(client.object("/api/runs/training-2")).containsEntry("epochs", 2.0);
        }
    }

    @Test
    void aTakenPortNamesAnother() {
        try (Dashboard dashboard = dashboard().open()) {
            int taken = dashboard.port();
            Dashboard other = dashboard().port(taken);
            assertThatThrownBy(other::open)
                    .isInstanceOf(ResourceException.class)
                    .hasMessageContaining("" + taken);
            assertThatThrownBy(() -> trainer(1).callback(other).fit(iris.train(), iris.test()))
                    .isInstanceOf(ResourceException.class);
        }
    }

    @Test
    void theAddressIsAnnouncedOnceAndItsTokenIsNeeded() {
        List<URI> announced = new ArrayList<>();
        try (Dashboard dashboard = dashboard().announce(announced::add)) {
            dashboard.open().open();
            assertThat(announced).containsExactly(dashboard.url());
            assertThat(dashboard.url().toString())
                    .startsWith("http://127.0.0.1:")
                    .contains("#token=");
            assertThat(dashboard.isPublic()).isFalse();
            var http = java.net.http.HttpClient.newHttpClient();
            var request = java.net.http.HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + dashboard.port() + "/api/runs"))
                    .build();
            var answer = http.sendAsync(request, java.net.http.HttpResponse.BodyHandlers.ofString())
                    .join();
            assertThat(answer.statusCode()).isEqualTo(401);
        }
        assertThatThrownBy(() -> dashboard().host("0.0.0.0").open())
                .isInstanceOf(dev.neurite.error.ConfigException.class);
    }

    @Test
    void theMemoryOfATrainingCountsTheModelsThatAPageHolds() {
        Model model = Model.of(features(4), dense(300, RELU), dense(3, SOFTMAX));
        Trainer trainer = Trainer.of(model).batchSize(16);
        Dataset rows = Iris.load().train();
        try (var page = Dashboard.on(0).withoutHistograms()) {
            long more = trainer.callback(page).memory(rows).total()
                    - trainer.memory(rows).total();
            assertThat(more).isEqualTo(3 * 4L * model.parameters().size());
        }
    }
}
