package dev.neurite.train;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.kernel.Activation.TANH;
import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.dropout;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.frozen;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.layer.Layers.maxPool2d;
import static dev.neurite.layer.Layers.prelu;
import static dev.neurite.layer.Layers.recomputed;
import static dev.neurite.layer.Layers.relu;
import static dev.neurite.layer.Layers.residual;
import static dev.neurite.layer.Layers.sequential;
import static dev.neurite.layer.Layers.softmax;
import static dev.neurite.optim.Optimizers.adam;
import static dev.neurite.optim.Optimizers.sgd;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.BothEngines;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DivergedException;
import dev.neurite.error.ResourceException;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.kernel.Padding;
import dev.neurite.loss.Losses;
import dev.neurite.model.Graph;
import dev.neurite.model.Histogram;
import dev.neurite.model.Inspection;
import dev.neurite.model.Model;
import dev.neurite.model.ParameterView;
import dev.neurite.model.Profile;
import dev.neurite.model.Role;
import dev.neurite.model.TensorStatistics;
import dev.neurite.model.TensorView;
import dev.neurite.optim.Averaging;
import dev.neurite.optim.Clip;
import dev.neurite.optim.Lbfgs;
import dev.neurite.optim.Penalty;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.TrainingEvent.StepEnded;
import dev.neurite.train.TrainingEvent.StepSkipped;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What probes see is what happens, and seeing it changes nothing.
class ProbeTest {
    private static Dataset data(Shape row, int rows) {
        var random = new KeyedRandom(8);
        float[] x = new float[rows * row.size()];
        int[] labels = new int[rows];
        Arrays.setAll(labels, i -> i % 3);
        for (int i = 0; i < x.length; i++) x[i] = (float) random.nextGaussian() + (i % 3 == i / row.size() % 3 ? 1 : 0);
        return Dataset.of(Tensor.of(row.forRows(rows), x), labels, List.of("a", "b", "c"));
    }

    private static Model net(String kind) {
        Model model = switch (kind) {
            case "dense" -> Model.of(features(5), dense(7, RELU), dropout(0.2), dense(3, SOFTMAX));
            case "split softmax" -> Model.of(features(5), dense(7, TANH), dense(3), softmax());
            case "within" -> Model.of(features(5), sequential(dense(7), relu(), sequential(dense(3, SOFTMAX))));
            case "logits" -> Model.of(features(5), dense(6), prelu(), dense(3));
            case "images" ->
                Model.of(
                        image(2, 6, 6),
                        conv2d(4, 3, RELU).withPadding(Padding.SAME),
                        batchNorm(),
                        residual(conv2d(4, 3).withPadding(Padding.SAME), batchNorm()),
                        relu(),
                        maxPool2d(2),
                        flatten(),
                        dense(3, SOFTMAX));
            case "recomputed" ->
                Model.of(
                        features(5),
                        recomputed(sequential(
                                dense(6, RELU), dropout(0.4), recomputed(sequential(dense(5, TANH), dropout(0.1))))),
                        recomputed(dense(4, RELU)),
                        dense(3, SOFTMAX));
            case "frozen" -> Model.of(features(5), frozen(dense(7, RELU)), dense(7, RELU), dense(3, SOFTMAX));
            case "used twice" -> {
                var shared = dense(5, TANH);
                yield Model.of(
                        List.of(features(5)),
                        Graph.of(x -> x.then(shared).then(shared).then(dense(3, SOFTMAX))));
            }
            default -> throw new IllegalArgumentException(kind);
        };
        return model.initialize(4);
    }

    private static Dataset data(Model model) {
        return data(model.network().inputs().getFirst(), 40);
    }

    private static Trainer trainer(Model model) {
        return Trainer.of(model).optimizer(sgd(0.1)).batchSize(8).shuffle(false).threads(1);
    }

    private static Trainer trainer() {
        return trainer(net("dense"));
    }

    /// Reads all of each view.
    private static final class Thorough implements Probe {
        private int seen;

        @Override
        public boolean looksAt(long step) {
            return true;
        }

        private void read(TensorView view) {
            assertThat(view.statistics().size()).isEqualTo(view.size());
            assertThat(view.histogram(7).total()).isLessThanOrEqualTo(view.size());
            view.copy().array()[0] = Float.NaN; // a copy is its own
            seen++;
        }

        @Override
        public void output(Sample sample, String layer, TensorView output) {
            read(output);
        }

        @Override
        public void delta(Sample sample, String layer, TensorView delta) {
            read(delta);
        }

        @Override
        public void gradient(Sample sample, ParameterView parameter, TensorView gradient) {
            read(parameter.value());
            read(gradient);
        }

        @Override
        public void update(Sample sample, ParameterView parameter, TensorView update) {
            read(parameter.value());
            read(update);
        }
    }

    /// Keeps copies of what it sees at one step.
    private static final class Copies implements Probe {
        private final long step;
        private final Map<String, Tensor> outputs = new LinkedHashMap<>();
        private final Map<String, Tensor> deltas = new LinkedHashMap<>();
        private final Map<String, Tensor> values = new LinkedHashMap<>();
        private final Map<String, Tensor> gradients = new LinkedHashMap<>();
        private final Map<String, Tensor> newValues = new LinkedHashMap<>();
        private final Map<String, Tensor> updates = new LinkedHashMap<>();
        private final List<String> calls = new ArrayList<>();

        Copies(long step) {
            this.step = step;
        }

        @Override
        public boolean looksAt(long number) {
            return number == step;
        }

        private void put(Map<String, Tensor> to, String call, String name, TensorView view) {
            calls.add(call + " " + name);
            assertThat(to.put(name, view.copy()))
                    .as("%s %s, once before", call, name)
                    .isNull();
        }

        @Override
        public void output(Sample sample, String layer, TensorView output) {
            put(outputs, "output", layer, output);
        }

        @Override
        public void delta(Sample sample, String layer, TensorView delta) {
            put(deltas, "delta", layer, delta);
        }

        @Override
        public void gradient(Sample sample, ParameterView parameter, TensorView gradient) {
            put(gradients, "gradient", parameter.name(), gradient);
            values.put(parameter.name(), parameter.value().copy());
        }

        @Override
        public void update(Sample sample, ParameterView parameter, TensorView update) {
            put(updates, "update", parameter.name(), update);
            newValues.put(parameter.name(), parameter.value().copy());
        }

        @Override
        public void done(Sample sample) {
            calls.add("done " + sample.step() + " " + sample.epoch());
        }
    }

    // ------------------------------------------------------------------------------------------------------ same bits

    record Case(String name, String net, UnaryOperator<Trainer> settings) {
        @Override
        public String toString() {
            return name + ", " + net;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case("plain", "dense", trainer -> trainer),
                new Case("plain", "images", trainer -> trainer),
                new Case("plain", "recomputed", trainer -> trainer),
                new Case("plain", "frozen", trainer -> trainer),
                new Case("plain", "used twice", trainer -> trainer),
                new Case("plain", "split softmax", trainer -> trainer),
                new Case("3 threads", "images", trainer -> trainer.threads(3)),
                new Case("shards", "images", trainer -> trainer.shards(3)),
                new Case("more shards than rows", "dense", trainer -> trainer.shards(11)),
                new Case("accumulated", "images", trainer -> trainer.accumulate(2)),
                new Case("prefetched", "dense", trainer -> trainer.threads(2).prefetch(3)),
                new Case("averaged", "images", trainer -> trainer.average(Averaging.ema(0.8))),
                new Case("averaged by epochs", "dense", trainer -> trainer.average(Averaging.swa(2))),
                new Case(
                        "sum",
                        "dense",
                        trainer -> trainer.reduction(Reduction.SUM).optimizer(sgd(0.01))),
                new Case("profiled", "recomputed", trainer -> trainer.profile(true)),
                new Case(
                        "clipped",
                        "dense",
                        trainer -> trainer.optimizer(adam(0.01))
                                .clip(Clip.globalNorm(0.5))
                                .group(ParameterGroup.of(Role.WEIGHT).withPenalty(Penalty.l2(0.1)))
                                .watchUpdates(2)
                                .listener(_ -> {})));
    }

    @BothEngines
    @ParameterizedTest
    @MethodSource("cases")
    void whatIsTrainedHasTheSameBits(Case each) {
        Model model = net(each.net());
        Dataset data = data(model);
        Trainer trainer = each.settings().apply(trainer(model).epochs(3).shuffle(true));
        Run expected = trainer.fit(data, data);
        var thorough = new Thorough();
        Run got = trainer.probe(thorough).probe(Probe.every(2, new Thorough())).fit(data, data);
        assertThat(got.model()).isEqualTo(expected.model());
        assertThat(got.last()).isEqualTo(expected.last());
        assertThat(got.history().last().loss())
                .isEqualTo(expected.history().last().loss());
        assertThat(thorough.seen).isGreaterThan(60);
    }

    @BothEngines
    @Test
    void aSessionTrainsTheSameWithProbes() {
        Dataset data = data(net("dense"));
        var thorough = new Thorough();
        try (var expected = trainer().begin(data);
                var got = trainer().probe(thorough).begin(data)) {
            assertThat(got.partialFit(data)).isEqualTo(expected.partialFit(data));
            assertThat(got.model()).isEqualTo(expected.model());
        }
        assertThat(thorough.seen).isEqualTo(5 * (3 + 3 + 4 * 4));
    }

    @BothEngines
    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true"})
    void aTrainingResumesWithAndWithoutProbes(boolean before, boolean after) {
        Model model = net("images");
        Dataset data = data(model);
        Trainer trainer = trainer(model).epochs(3).shuffle(true).average(Averaging.ema(0.8));
        Model expected = trainer.fit(data, data).model();
        var state = new AtomicReference<Optional<TrainingState>>(Optional.empty());
        Callback pause = training -> new Callback.Observer() {
            @Override
            public void on(TrainingEvent event) {
                if (event instanceof StepEnded ended && ended.step() == 7) training.pause("here");
            }

            @Override
            public void afterEvents() {
                if (training.steps() == 7) state.set(Optional.of(training.state()));
            }
        };
        Trainer first = before ? trainer.probe(new Thorough()) : trainer;
        assertThat(first.callback(pause).fit(data, data).paused()).isTrue();
        Trainer second = after ? trainer.probe(new Thorough()) : trainer;
        TrainingState paused = state.get().orElseThrow();
        assertThat(second.resume(paused).fit(data, data).model()).isEqualTo(expected);
    }

    // --------------------------------------------------------------------------------------------------- what is seen

    @BothEngines
    @ParameterizedTest
    @ValueSource(
            strings = {"dense", "split softmax", "within", "logits", "images", "recomputed", "frozen", "used twice"})
    void allOfAStepIsWhatAnInspectionOfItShows(String kind) {
        Model model = net(kind);
        Dataset data = data(model);
        var seen = new Copies(1);
        trainer(model).batchSize(40).probe(seen).fit(data);
        Inspection inside = trainer(model).inspectStep(data);
        Map<String, Tensor> gradients = new LinkedHashMap<>();
        for (Inspection.LayerView layer : inside.layers()) {
            Tensor output = tensor(seen.outputs, layer.name());
            assertThat(output.shape()).isEqualTo(layer.output().shape());
            assertSame("output of " + layer.name(), output, layer.output());
            assertThat(seen.deltas.containsKey(layer.name()))
                    .as("δ of %s", layer.name())
                    .isEqualTo(layer.delta().isPresent());
            if (layer.delta().isEmpty()) continue;
            assertSame(
                    "δ of " + layer.name(),
                    tensor(seen.deltas, layer.name()),
                    layer.delta().get());
            String own = layer.name().replaceFirst("#.*", "");
            layer.gradients().forEach((name, gradient) -> gradients.put(own + "." + name, gradient));
        }
        assertThat(seen.outputs.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        inside.layers().stream().map(Inspection.LayerView::name).toList());
        assertThat(seen.gradients.keySet()).isEqualTo(gradients.keySet());
        gradients.forEach((name, gradient) ->
                assertThat(numbers(seen.gradients, name)).as(name).containsExactly(gradient.toArray()));
    }

    private static Tensor tensor(Map<String, Tensor> of, String name) {
        return Objects.requireNonNull(of.get(name), name);
    }

    private static float[] numbers(Map<String, Tensor> of, String name) {
        return tensor(of, name).toArray();
    }

    /// Equal bits, with a message of one line.
    private static void assertSame(String what, Tensor got, Tensor expected) {
        assertThat(Arrays.mismatch(got.toArray(), expected.toArray()))
                .as("the index at which %s differs", what)
                .isEqualTo(-1);
    }

    /// Nobody needs its ∂L/∂z, so it is not computed.
    @Test
    void aPReluThatIsFirstHasNoDelta() {
        Model model =
                Model.of(features(5), prelu(), dense(4), prelu(), dense(3)).initialize(4);
        var seen = new Copies(1);
        trainer(model).probe(seen).fit(data(model));
        assertThat(seen.outputs.keySet()).containsExactly("prelu1", "dense1", "prelu2", "dense2");
        assertThat(seen.deltas.keySet()).containsExactly("dense2", "prelu2", "dense1");
        assertThat(seen.gradients.keySet()).contains("prelu1.slope");
    }

    @Test
    void anUpdateIsTheDifferenceOfTheParameters() {
        var seen = new Copies(3);
        Map<String, Tensor> before = new LinkedHashMap<>();
        Map<String, Tensor> after = new LinkedHashMap<>();
        Callback watch = training -> event -> {
            if (!(event instanceof StepEnded ended)) return;
            for (ParameterView each : training.parameters()) {
                if (ended.step() == 2) before.put(each.name(), each.value().copy());
                if (ended.step() == 3) after.put(each.name(), each.value().copy());
            }
        };
        trainer()
                .optimizer(adam(0.01))
                .clip(Clip.globalNorm(0.1))
                .callback(watch)
                .probe(seen)
                .fit(data(net("dense")));
        assertThat(before.keySet())
                .isEqualTo(seen.updates.keySet())
                .containsExactly("dense1.weight", "dense1.bias", "dense2.weight", "dense2.bias");
        before.forEach((name, old) -> {
            float[] difference = new float[old.size()];
            for (int i = 0; i < difference.length; i++) {
                difference[i] = numbers(after, name)[i] - old.toArray()[i];
            }
            assertThat(numbers(seen.values, name)).as(name).containsExactly(old.toArray());
            assertThat(numbers(seen.newValues, name)).containsExactly(numbers(after, name));
            assertThat(numbers(seen.updates, name)).containsExactly(difference);
            assertThat(tensor(seen.updates, name).shape()).isEqualTo(old.shape());
        });
    }

    @Test
    void gradientsAreThoseBeforePenaltiesAndClipping() {
        Dataset data = data(net("dense"));
        var plain = new Copies(1);
        var strict = new Copies(1);
        trainer().probe(plain).fit(data);
        trainer()
                .clip(Clip.value(1e-6))
                .group(ParameterGroup.matching("*").withPenalty(Penalty.l2(10)))
                .probe(strict)
                .fit(data);
        plain.gradients.forEach((name, gradient) ->
                assertThat(numbers(strict.gradients, name)).as(name).containsExactly(gradient.toArray()));
        assertThat(numbers(strict.updates, "dense1.weight")).isNotEqualTo(numbers(plain.updates, "dense1.weight"));
    }

    @ParameterizedTest
    @CsvSource({"3, 1, 2", "1, 2, 8", "2, 2, 4"})
    void withShardsOutputsAndDeltasAreThoseOfTheFirst(int shards, int accumulated, int rows) {
        Model model = net("logits"); // without noise
        Dataset data = data(model);
        var seen = new Copies(1);
        trainer(model).shards(shards).accumulate(accumulated).probe(seen).fit(data);
        Inspection first =
                trainer(model).inspectStep(data.rows(IntStream.range(0, rows).toArray()));
        for (Inspection.LayerView layer : first.layers()) {
            assertThat(numbers(seen.outputs, layer.name()))
                    .as(layer.name())
                    .containsExactly(layer.output().toArray());
            assertThat(numbers(seen.deltas, layer.name()))
                    .containsExactly(layer.delta().orElseThrow().toArray());
        }
        Inspection all = trainer(model)
                .inspectStep(data.rows(IntStream.range(0, 8 * accumulated).toArray()));
        float[] whole = all.layer("dense1").gradient("weight").toArray();
        float[] sum = numbers(seen.gradients, "dense1.weight");
        for (int i = 0; i < whole.length; i++) assertThat(sum[i]).isCloseTo(whole[i], within(1e-6f));
    }

    @Test
    void callsComeInTheOrderOfAStep() {
        var seen = new Copies(6);
        trainer(Model.of(features(5), dense(7, RELU), dense(4, TANH), dense(3, SOFTMAX))
                        .initialize(1))
                .epochs(2)
                .probe(seen)
                .fit(data(net("dense")));
        assertThat(seen.calls)
                .containsExactly(
                        "output dense1",
                        "output dense2",
                        "output dense3",
                        "delta dense3",
                        "delta dense2",
                        "delta dense1",
                        "gradient dense1.weight",
                        "gradient dense1.bias",
                        "gradient dense2.weight",
                        "gradient dense2.bias",
                        "gradient dense3.weight",
                        "gradient dense3.bias",
                        "update dense1.weight",
                        "update dense1.bias",
                        "update dense2.weight",
                        "update dense2.bias",
                        "update dense3.weight",
                        "update dense3.bias",
                        "done 6 2");
    }

    @Test
    void aProbeIsAskedOnceAStepAndLooksAtItsOwn() {
        List<Long> asked = new ArrayList<>();
        List<Probe.Sample> looked = new ArrayList<>();
        Probe probe = new Probe() {
            @Override
            public boolean looksAt(long step) {
                asked.add(step);
                return step != 4;
            }

            @Override
            public void done(Sample sample) {
                looked.add(sample);
            }
        };
        trainer().epochs(2).probe(Probe.every(3, probe)).fit(data(net("dense")));
        assertThat(asked).containsExactly(1L, 4L, 7L, 10L);
        assertThat(looked).containsExactly(new Probe.Sample(1, 1), new Probe.Sample(7, 2), new Probe.Sample(10, 2));
        assertThatThrownBy(() -> Probe.every(0, probe))
                .isInstanceOf(ConfigException.class)
                .hasMessage("probe: expects every 1 or more steps, got every 0");
    }

    @Test
    void whatDoesNotLearnInAnEpochHasNoGradientAndNoUpdate() {
        var first = new Copies(1);
        var second = new Copies(6);
        trainer()
                .epochs(2)
                .group(ParameterGroup.matching("dense1.*").frozenFor(1))
                .probe(first)
                .probe(second)
                .fit(data(net("dense")));
        assertThat(first.gradients.keySet()).containsExactly("dense2.weight", "dense2.bias");
        assertThat(first.updates.keySet()).containsExactly("dense2.weight", "dense2.bias");
        assertThat(first.outputs.keySet()).contains("dense1", "dense2");
        assertThat(first.deltas.keySet()).contains("dense2").doesNotContain("dense1");
        assertThat(second.gradients.keySet()).hasSize(4);
        assertThat(second.deltas.keySet()).contains("dense1");
    }

    @Test
    void aStepThatDivergesShowsWhyAndIsNotDone() {
        Model model = Model.of(features(2), dense(2, RELU), dense(1)).initialize(3);
        Dataset data = Dataset.of(new float[][] {{1e30f, 1e30f}, {1, 2}}, new float[][] {{0}, {1}});
        List<String> seen = new ArrayList<>();
        Probe probe = new Probe() {
            @Override
            public boolean looksAt(long step) {
                seen.add("asked " + step);
                return true;
            }

            @Override
            public void output(Sample sample, String layer, TensorView output) {
                seen.add(layer + " " + output.statistics().max());
            }

            @Override
            public void gradient(Sample sample, ParameterView parameter, TensorView gradient) {
                seen.add(parameter.name() + " " + gradient.statistics().notFinite());
            }

            @Override
            public void done(Sample sample) {
                seen.add("done " + sample.step());
            }
        };
        List<TrainingEvent> events = new ArrayList<>();
        trainer(model)
                .loss(Losses.meanSquaredError())
                .batchSize(1)
                .skipDiverged(1)
                .probe(probe)
                .listener(events::add)
                .fit(data);
        assertThat(events).anyMatch(StepSkipped.class::isInstance);
        assertThat(seen.stream().filter(each -> each.matches("asked.*|done.*")))
                .containsExactly("asked 1", "asked 1", "done 1");
        assertThatThrownBy(() -> trainer(model)
                        .loss(Losses.meanSquaredError())
                        .batchSize(1)
                        .probe(probe)
                        .fit(data))
                .isInstanceOf(DivergedException.class);
    }

    // ------------------------------------------------------------------------------------------------------- failures

    /// Throws at its n-th call.
    private static final class Throwing implements Probe {
        private final String where;
        private final RuntimeException thrown;

        Throwing(String where, RuntimeException thrown) {
            this.where = where;
            this.thrown = thrown;
        }

        private void maybe(String here) {
            if (where.equals(here)) throw thrown;
        }

        @Override
        public boolean looksAt(long step) {
            if (step == 2) maybe("looksAt");
            return step == 2;
        }

        @Override
        public void output(Sample sample, String layer, TensorView output) {
            maybe("output " + layer);
        }

        @Override
        public void delta(Sample sample, String layer, TensorView delta) {
            maybe("delta " + layer);
        }

        @Override
        public void gradient(Sample sample, ParameterView parameter, TensorView gradient) {
            maybe("gradient " + parameter.name());
        }

        @Override
        public void update(Sample sample, ParameterView parameter, TensorView update) {
            maybe("update " + parameter.name());
        }

        @Override
        public void done(Sample sample) {
            maybe("done");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "looksAt, asked about step 2",
        "output dense1, 'looking at step 2, output of dense1'",
        "output dense2, 'looking at step 2, output of dense2'",
        "delta dense2, 'looking at step 2, δ of dense2'",
        "delta dense1, 'looking at step 2, δ of dense1'",
        "gradient dense2.bias, 'looking at step 2, gradient of dense2.bias'",
        "update dense1.weight, 'looking at step 2, update of dense1.weight'",
        "done, 'looking at step 2, the end of the step'"
    })
    void aProbeThatThrowsEndsTheTrainingAndIsNamed(String where, String when) {
        Dataset data = data(net("dense"));
        var cause = new IllegalArgumentException("no reason");
        List<TrainingEvent> events = new ArrayList<>();
        Trainer trainer = trainer().listener(events::add);
        assertThatThrownBy(() -> trainer.probe(Probe.every(1, new Throwing(where, cause)))
                        .fit(data))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("probe ProbeTest$Throwing, " + when + ": java.lang.IllegalArgumentException: no reason")
                .hasCause(cause);
        assertThat(events.getLast()).isInstanceOf(TrainingEvent.Failed.class);
        assertThat(events.stream().filter(StepEnded.class::isInstance)).hasSize(1);

        var full = new ResourceException("disk", "is full");
        assertThatThrownBy(() -> trainer.probe(new Throwing(where, full)).fit(data))
                .isSameAs(full)
                .hasSuppressedException(new IllegalStateException("probe ProbeTest$Throwing, " + when));
    }

    @Test
    void anErrorOfAProbeStaysAnError() {
        Probe probe = new Probe() {
            @Override
            public boolean looksAt(long step) {
                throw new AssertionError("wrong");
            }
        };
        assertThatThrownBy(() -> trainer().probe(probe).fit(data(net("dense"))))
                .isInstanceOf(AssertionError.class)
                .hasMessage("wrong");
    }

    @Test
    void aSessionGoesOnAfterAProbeHasThrown() {
        Dataset data = data(net("dense"));
        var cause = new IllegalArgumentException();
        try (var session = trainer()
                        .batchSize(40)
                        .probe(new Throwing("output dense1", cause))
                        .begin(data);
                var expected = trainer().batchSize(40).begin(data)) {
            session.partialFit(data);
            assertThatThrownBy(() -> session.partialFit(data)).hasCause(cause);
            expected.partialFit(data);
            assertThat(session.model()).isEqualTo(expected.model());
        }
    }

    // ---------------------------------------------------------------------------------------------------------- views

    private static void refused(TensorView view, String message) {
        for (Runnable use : List.<Runnable>of(
                view::shape,
                view::size,
                view::copy,
                view::statistics,
                view::zeroColumns,
                () -> view.get(0, 0),
                () -> view.at(0),
                () -> view.histogram(3),
                () -> view.histogram(3, 0, 1))) {
            assertThatThrownBy(use::run)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(message);
        }
    }

    @Test
    void aViewEndsWithItsCall() {
        Map<String, TensorView> kept = new LinkedHashMap<>();
        Probe probe = new Probe() {
            @Override
            public boolean looksAt(long step) {
                return true;
            }

            private void keep(String name, TensorView view) {
                kept.values().forEach(earlier -> refused(earlier, "expects to be read while it is valid"));
                assertThat(view.statistics().notFinite()).isZero();
                kept.put(name, view);
            }

            @Override
            public void output(Sample sample, String layer, TensorView output) {
                keep("output of " + layer, output);
            }

            @Override
            public void delta(Sample sample, String layer, TensorView delta) {
                keep("δ of " + layer, delta);
            }

            @Override
            public void gradient(Sample sample, ParameterView parameter, TensorView gradient) {
                keep("gradient of " + parameter.name(), gradient);
                kept.put(parameter.name(), parameter.value());
            }

            @Override
            public void update(Sample sample, ParameterView parameter, TensorView update) {
                keep("update of " + parameter.name(), update);
                kept.put(parameter.name(), parameter.value());
            }
        };
        trainer().probe(probe).fit(data(net("dense")));
        assertThat(kept).hasSize(3 + 3 + 4 * 3);
        kept.forEach((name, view) -> refused(view, name + ": expects to be read while it is valid"));
    }

    @Test
    void anotherThreadIsRefusedToo() {
        List<Throwable> refused = new ArrayList<>();
        Probe probe = new Probe() {
            @Override
            public boolean looksAt(long step) {
                return step == 1;
            }

            @Override
            public void output(Sample sample, String layer, TensorView output) {
                try {
                    CompletableFuture.supplyAsync(() -> output.at(0)).join();
                } catch (CompletionException e) {
                    refused.add(e.getCause());
                }
            }
        };
        trainer().probe(probe).fit(data(net("dense")));
        assertThat(refused)
                .hasSize(3)
                .allSatisfy(each -> assertThat(each)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("expects the thread of the training, got another"));
    }

    @Test
    void viewsOfTheParametersEndWithTheNextStep() {
        List<ParameterView> kept = new ArrayList<>();
        List<ParameterView> last = new ArrayList<>();
        Callback callback = training -> event -> {
            if (event instanceof StepEnded ended && ended.step() == 1) {
                kept.addAll(training.parameters());
                assertThat(training.parameters()).isEqualTo(kept); // once made for all who ask
                assertThat(kept.getFirst().value().copy())
                        .isEqualTo(training.model().parameters().get("dense1.weight"));
                assertThat(kept)
                        .extracting(ParameterView::role)
                        .containsExactly(Role.WEIGHT, Role.BIAS, Role.WEIGHT, Role.BIAS);
            } else if (event instanceof StepEnded) {
                kept.forEach(each -> refused(each.value(), each.name() + ": expects to be read while it is valid"));
            }
            if (event instanceof TrainingEvent.Ended) last.addAll(training.parameters());
        };
        trainer().callback(callback).fit(data(net("dense")));
        assertThat(kept).hasSize(4);
        last.forEach(each -> refused(each.value(), "expects to be read while it is valid"));
    }

    @BothEngines
    @Test
    void figuresOfAViewAreThoseOfItsNumbers() {
        List<Integer> sizes = new ArrayList<>();
        Probe probe = new Probe() {
            @Override
            public boolean looksAt(long step) {
                return step == 2;
            }

            private void check(TensorView view) {
                float[] x = view.copy().toArray();
                sizes.add(x.length);
                double min = Double.POSITIVE_INFINITY;
                double max = Double.NEGATIVE_INFINITY;
                double sum = 0;
                double squares = 0;
                int zeros = 0;
                int last = 0;
                for (int i = 0; i < x.length; i++) {
                    assertThat(view.at(i)).isEqualTo(x[i]);
                    min = Math.min(min, x[i]);
                    max = Math.max(max, x[i]);
                    sum += x[i];
                    squares += (double) x[i] * x[i];
                    if (x[i] == 0) zeros++;
                }
                for (float each : x) if ((each - min) / (max - min) >= 0.75) last++;
                TensorStatistics got = view.statistics();
                assertThat(got.min()).isEqualTo(min);
                assertThat(got.max()).isEqualTo(max);
                assertThat(got.mean()).isCloseTo(sum / x.length, within(1e-12));
                assertThat(got.norm()).isCloseTo(Math.sqrt(squares), within(1e-12));
                assertThat(got.zeros()).isEqualTo(zeros / (double) x.length);
                assertThat(got.notFinite()).isZero();
                assertThat(view.zeroColumns()).isEqualTo(zeroColumns(x, view.shape()));
                Histogram histogram = view.histogram(4);
                assertThat(histogram.from()).isEqualTo(min);
                assertThat(histogram.to()).isEqualTo(max);
                assertThat(histogram.total()).isEqualTo(x.length);
                if (max > min) assertThat(histogram.counts().getLast()).isEqualTo(last);
            }

            private int zeroColumns(float[] x, Shape shape) {
                if (shape.rank() < 2) return 0;
                int columns = shape.extent(1);
                return (int) IntStream.range(0, columns)
                        .filter(column -> IntStream.range(0, x.length)
                                .filter(i -> i % columns == column)
                                .allMatch(i -> x[i] == 0))
                        .count();
            }

            @Override
            public void output(Sample sample, String layer, TensorView output) {
                check(output);
                assertThat(output.get(1, 2)).isEqualTo(output.copy().get(1, 2));
            }

            @Override
            public void gradient(Sample sample, ParameterView parameter, TensorView gradient) {
                check(gradient);
            }

            @Override
            public void update(Sample sample, ParameterView parameter, TensorView update) {
                check(update);
            }
        };
        trainer().probe(probe).fit(data(net("dense")));
        assertThat(sizes).hasSize(3 + 8);
    }

    @Test
    void aHistogramNeedsBinsAndBounds() {
        Probe probe = new Probe() {
            @Override
            public boolean looksAt(long step) {
                return true;
            }

            @Override
            public void output(Sample sample, String layer, TensorView output) {
                assertThatThrownBy(() -> output.histogram(0))
                        .isInstanceOf(ConfigException.class)
                        .hasMessageStartingWith("histogram: expects 1 to 10000 bins between finite bounds, got 0 from");
                assertThatThrownBy(() -> output.histogram(10_001)).isInstanceOf(ConfigException.class);
                assertThatThrownBy(() -> output.histogram(2, 1, 0)).isInstanceOf(ConfigException.class);
                assertThatThrownBy(() -> output.histogram(2, 0, Double.NaN)).isInstanceOf(ConfigException.class);
                assertThat(output.histogram(1, -1e9, 1e9).total()).isEqualTo(output.size());
            }
        };
        trainer().probe(probe).fit(data(net("dense")));
    }

    // ---------------------------------------------------------------------------------------------------- the control

    @Test
    void aCallbackAddsAProbe() {
        var seen = new Copies(2);
        Callback callback = training -> {
            assertThat(training.minimizes()).isFalse();
            training.probe(seen);
            return _ -> {};
        };
        trainer().callback(callback).fit(data(net("dense")));
        assertThat(seen.updates).hasSize(4);
    }

    @Test
    void aMinimizerRefusesProbes() {
        Dataset data = data(net("logits"));
        Trainer trainer = Trainer.of(net("logits")).minimizer(new Lbfgs());
        assertThatThrownBy(() -> trainer.probe(new Thorough()).fit(data))
                .isInstanceOf(ConfigException.class)
                .hasMessage("minimizer: expects no probes, as an iteration makes several passes");
        Callback callback = training -> {
            assertThat(training.minimizes()).isTrue();
            training.probe(new Thorough());
            return _ -> {};
        };
        assertThatThrownBy(() -> trainer.callback(callback).fit(data))
                .isInstanceOf(ConfigException.class)
                .hasMessage("probe: expects an optimizer, which takes steps, got a minimizer");
    }

    @Test
    void theProfileCanBeReadWhileTheTrainingRuns() {
        List<Profile> profiles = new ArrayList<>();
        Callback callback = training -> event -> {
            if (event instanceof StepEnded) profiles.add(training.profile());
        };
        Run run = trainer().profile(true).callback(callback).fit(data(net("dense")));
        assertThat(profiles).hasSize(5);
        assertThat(profiles.getFirst().rows()).extracting(Profile.Row::layer).contains("dense1", "dense2");
        for (int i = 1; i < 5; i++) {
            assertThat(profiles.get(i).nanoseconds())
                    .isGreaterThan(profiles.get(i - 1).nanoseconds());
        }
        assertThat(run.profile().nanoseconds()).isGreaterThan(profiles.getLast().nanoseconds());
        profiles.clear();
        trainer().callback(callback).fit(data(net("dense")));
        assertThat(profiles.getLast().rows()).isEmpty();
    }

    /// Nothing of a probe's time counts for a layer.
    @Test
    void theTimeOfProbesIsNoTimeOfLayers() {
        Probe slow = new Probe() {
            @Override
            public boolean looksAt(long step) {
                return true;
            }

            private void spend(long nanoseconds) {
                long end = System.nanoTime() + nanoseconds;
                while (System.nanoTime() < end) Thread.onSpinWait();
            }

            @Override
            public void output(Sample sample, String layer, TensorView output) {
                spend(2_000_000);
            }

            @Override
            public void delta(Sample sample, String layer, TensorView delta) {
                spend(2_000_000);
            }
        };
        Profile profile =
                trainer().profile(true).probe(slow).fit(data(net("dense"))).profile();
        long other = profile.rows().stream()
                .filter(row -> row.phase() == Profile.Phase.OTHER)
                .mapToLong(Profile.Row::nanoseconds)
                .sum();
        assertThat(other).isGreaterThanOrEqualTo(5 * 5 * 2_000_000L);
    }

    /// A person changes the learning rate on a page: no callback is compared, and the state has the rate.
    @Test
    void aRateThatAPersonHasChangedIsKeptWithoutTheCallback() {
        Dataset data = data(net("dense"));
        Trainer trainer = trainer().epochs(3);
        var state = new AtomicReference<Optional<TrainingState>>(Optional.empty());
        Callback page = training -> new Callback.Observer() {
            @Override
            public void on(TrainingEvent event) {
                if (event instanceof StepEnded ended && ended.step() == 4) training.learningRate(0.02);
            }

            @Override
            public void afterEvents() {
                if (training.steps() == 7 && state.get().isEmpty()) state.set(Optional.of(copy(training.state())));
            }
        };
        List<Double> rates = new ArrayList<>();
        Model expected = trainer.callback(page).fit(data).model();
        Model got = trainer.resume(state.get().orElseThrow())
                .listener(event -> {
                    if (event instanceof StepEnded ended) rates.add(ended.rate());
                })
                .fit(data)
                .model();
        assertThat(got).isEqualTo(expected).isNotEqualTo(trainer.fit(data).model());
        assertThat(rates).hasSize(8).containsOnly(0.02);
    }

    private static TrainingState copy(TrainingState state) {
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        state.memory().arrays().forEach((name, array) -> arrays.put(name, array.copy()));
        return new TrainingState(state.settings(), Snapshot.of(state.memory().texts(), arrays));
    }
}
