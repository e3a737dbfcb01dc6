package dev.neurite.train;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.add;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.frozen;
import static dev.neurite.layer.Layers.relu;
import static dev.neurite.layer.Layers.sequential;
import static dev.neurite.loss.Losses.meanSquaredError;
import static dev.neurite.optim.Optimizers.adam;
import static dev.neurite.optim.Optimizers.sgd;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.data.Dataset;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.model.Profile;
import dev.neurite.model.Profile.Phase;
import dev.neurite.model.Profile.Row;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfileTest {
    private static final int ROWS = 10;
    private static final int EPOCHS = 3;

    /// 10 rows of 5 features in 3 classes.
    private static Dataset data() {
        float[][] rows = new float[ROWS][5];
        int[] labels = new int[ROWS];
        for (int i = 0; i < ROWS; i++) {
            for (int j = 0; j < 5; j++) rows[i][j] = (float) Math.sin(i * 5 + j);
            labels[i] = i % 3;
        }
        return Dataset.of(rows, labels);
    }

    private static Trainer trainer(Model model) {
        return Trainer.of(model)
                .optimizer(adam(0.01))
                .batchSize(4)
                .epochs(EPOCHS)
                .threads(1);
    }

    private static Model mlp() {
        return Model.of(features(5), dense(7, RELU), dense(3, SOFTMAX));
    }

    private static Profile profile(Model model) {
        return trainer(model).profile(true).fit(data()).profile();
    }

    private static Row row(Profile profile, String layer, Phase phase) {
        return profile.rows().stream()
                .filter(row -> row.layer().equals(layer) && row.phase() == phase)
                .findAny()
                .orElseThrow(() -> new AssertionError("no " + layer + " " + phase + " in\n" + profile));
    }

    @Test
    void hasARowForEachLayerAndPhaseInTheOrderOfAStep() {
        Profile profile = profile(mlp());
        assertThat(profile.rows().stream().map(row -> row.layer() + " " + row.phase()))
                .containsExactly(
                        " data",
                        "dense1 forward",
                        "dense2 forward",
                        " loss",
                        "dense2 backward",
                        "dense1 backward",
                        " update",
                        " other");
        assertThat(profile.rows()).allSatisfy(row -> {
            assertThat(row.nanoseconds()).isPositive();
            assertThat(row.calls()).isEqualTo(row.phase() == Phase.OTHER ? 0 : 3 * EPOCHS); // 4 + 4 + 2 rows
        });
    }

    @Test
    void countsWhatLayersDeclareAndTensorsHold() {
        Profile profile = profile(mlp());
        long rows = ROWS * EPOCHS;
        long calls = 3 * EPOCHS;
        Row first = row(profile, "dense1", Phase.FORWARD);
        assertThat(first.flops()).isEqualTo(2 * 5 * 7 * rows);
        assertThat(first.bytes()).isEqualTo(4 * ((5 + 7) * rows + (5 * 7 + 7) * calls));
        // Nobody wants the gradient of the network's input.
        Row firstBack = row(profile, "dense1", Phase.BACKWARD);
        assertThat(firstBack.flops()).isEqualTo(first.flops());
        assertThat(firstBack.bytes()).isEqualTo(4 * ((5 + 7) * rows + 2 * (5 * 7 + 7) * calls));
        Row secondBack = row(profile, "dense2", Phase.BACKWARD);
        assertThat(secondBack.flops()).isEqualTo(2 * 2 * 7 * 3 * rows);
        assertThat(secondBack.bytes()).isEqualTo(4 * ((7 + 3 + 7) * rows + 2 * (7 * 3 + 3) * calls));
        long parameters = 5 * 7 + 7 + 7 * 3 + 3;
        Row update = row(profile, "", Phase.UPDATE);
        assertThat(update.flops()).isEqualTo((2 + 4 * 2) * parameters * calls);
        assertThat(update.bytes()).isEqualTo(4 * (3 + 2 * 2) * parameters * calls);
        assertThat(row(profile, "", Phase.DATA).bytes()).isEqualTo(4 * 5 * rows);
        assertThat(row(profile, "", Phase.LOSS).bytes()).isEqualTo(4 * 2 * 3 * rows);
    }

    @Tag("measures-time")
    @Test
    void everyNanosecondCountsOnce() {
        long start = System.nanoTime();
        Run run = trainer(mlp()).profile(true).fit(data(), data());
        double all = System.nanoTime() - start;
        double epochs = run.history().epochs().stream()
                .mapToDouble(epoch -> epoch.seconds() * 1e9)
                .sum();
        assertThat((double) run.profile().nanoseconds()).isLessThan(all).isBetween(0.8 * epochs, epochs);
        assertThat(run.profile().rows().stream()
                        .mapToDouble(run.profile()::share)
                        .sum())
                .isBetween(1 - 1e-9, 1 + 1e-9);
    }

    @Test
    void containersCountWhatTheyDoThemselvesAndFrozenLayersHaveNoGradientsOfParameters() {
        Graph body = sequential(dense(5, RELU), relu());
        Graph graph = Graph.of(
                x -> x.then(dense(5, RELU)).then(frozen(body)).join(add(), x).then(dense(3)));
        Profile profile = profile(Model.of(List.of(features(5)), graph));
        long rows = ROWS * EPOCHS;
        String inner = "sequential1.dense1";
        assertThat(row(profile, inner, Phase.FORWARD).flops()).isEqualTo(2 * 5 * 5 * rows);
        assertThat(row(profile, inner, Phase.BACKWARD).flops()).isEqualTo(2 * 5 * 5 * rows);
        assertThat(profile.rows().stream().map(Row::layer)).doesNotContain("sequential1");
        assertThat(row(profile, "add1", Phase.FORWARD).bytes()).isEqualTo(4 * 3 * 5 * rows);
        // δ, both inputs, and the gradient of one: the other is the network's.
        assertThat(row(profile, "add1", Phase.BACKWARD).bytes()).isEqualTo(4 * (5 + 2 * 5 + 5) * rows);
    }

    @Test
    void layersThatHandTheirInputOnMoveNoBytes() {
        Profile profile = profile(Model.of(features(5), flatten(), dense(3, SOFTMAX)));
        assertThat(row(profile, "flatten1", Phase.FORWARD).bytes()).isZero();
        assertThat(row(profile, "flatten1", Phase.FORWARD).calls()).isEqualTo(3 * EPOCHS);
    }

    @Test
    void anActivationBehindADenseLayerDoesNotCountItsProductsTwice() {
        Profile profile = trainer(mlp())
                .loss(meanSquaredError())
                .profile(true)
                .fit(data())
                .profile();
        assertThat(row(profile, "dense2", Phase.BACKWARD).flops()).isEqualTo(2 * 2 * 7 * 3 * ROWS * EPOCHS);
    }

    @Test
    void changesNoBitAndIsEmptyUnlessAskedFor() {
        for (int shards : new int[] {1, 3}) {
            Trainer trainer =
                    trainer(mlp()).optimizer(sgd(0.1).withMomentum(0.9)).shards(shards);
            Run plain = trainer.fit(data());
            Run measured = trainer.profile(true).fit(data());
            assertThat(measured.model()).isEqualTo(plain.model());
            assertThat(plain.profile().rows()).isEmpty();
            assertThat(plain.profile().nanoseconds()).isZero();
            assertThat(row(measured.profile(), "dense1", Phase.FORWARD).flops()).isEqualTo(2 * 5 * 7 * ROWS * EPOCHS);
        }
    }

    @Test
    void printsATable() {
        var profile = new Profile(List.of(
                new Row("", Phase.DATA, 100, 2_000_000, 0, 40_000_000),
                new Row("dense1", Phase.FORWARD, 100, 15_000_000, 1_800_000_000, 90_000_000),
                new Row("", Phase.OTHER, 0, 3_000_000, 0, 0)));
        assertThat(profile).hasToString("""
            layer   phase    calls     ms  share  GFLOP/s    MB  GB/s
                    data       100   2.00  10.0%           40.0  20.0
            dense1  forward    100  15.00  75.0%    120.0  90.0   6.0
                    other            3.00  15.0%
            total 20.00 ms, 90.0 GFLOP/s\
            """);
        assertThat(new Profile(List.of())).asString().contains("total 0.00 ms");
    }

    @Test
    void flightRecorderSeesEveryLayerWithoutProfile(@TempDir Path temp) throws IOException {
        Path file = temp.resolve("run.jfr");
        try (var recording = new Recording()) {
            recording.enable("neurite.Layer");
            recording.start();
            trainer(mlp()).epochs(1).fit(data());
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals("neurite.Layer"))
                .toList();
        assertThat(events.stream().map(event -> event.getString("layer") + " " + event.getString("phase")))
                .startsWith(
                        " data",
                        "dense1 forward",
                        "dense2 forward",
                        " loss",
                        "dense2 backward",
                        "dense1 backward",
                        " update")
                .hasSize(3 * 7);
        assertThat(events).allSatisfy(event -> assertThat(event.getDuration()).isPositive());
        RecordedEvent forward = events.get(1);
        assertThat(forward.getInt("rows")).isEqualTo(4);
        assertThat(forward.getLong("flops")).isEqualTo(2 * 5 * 7 * 4);
        assertThat(forward.getLong("bytes")).isEqualTo(4 * ((5 + 7) * 4 + 5 * 7 + 7));
        assertThat(events.get(4).getLong("flops")).isEqualTo(2 * 2 * 7 * 3 * 4);
        assertThat(forward.getEventType().getCategoryNames()).containsExactly("Neurite");
    }

    @Test
    void flightRecorderAndProfileGoTogetherAndNothingIsRecordedUnlessTurnedOn(@TempDir Path temp) throws IOException {
        Path file = temp.resolve("run.jfr");
        try (var recording = new Recording()) {
            recording.enable("neurite.Layer");
            recording.start();
            Profile profile = trainer(mlp()).epochs(1).profile(true).fit(data()).profile();
            assertThat(row(profile, "dense1", Phase.FORWARD).calls()).isEqualTo(3);
            recording.disable("neurite.Layer");
            mlp().predict(1, 2, 3, 4, 5);
            recording.stop();
            recording.dump(file);
        }
        assertThat(RecordingFile.readAllEvents(file)).hasSize(3 * 7);
    }
}
