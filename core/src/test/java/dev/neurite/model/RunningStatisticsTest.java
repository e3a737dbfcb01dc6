package dev.neurite.model;

import static dev.neurite.layer.Layers.add;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.frozen;
import static dev.neurite.layer.Layers.named;
import static dev.neurite.layer.Layers.sequential;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.Batch;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DivergedException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.layer.Initializers;
import dev.neurite.loss.Losses;
import dev.neurite.optim.Averaging;
import dev.neurite.optim.Lbfgs;
import dev.neurite.optim.Sgd;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Evaluation;
import dev.neurite.train.Trainer;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Running statistics belong to the model: training measures them, once a step; predicting never changes them.
class RunningStatisticsTest {
    /// y = x − mean, where the mean becomes the sum of what the rows' first features are, plus what it was.
    record Count() implements Layer {
        @Override
        public Shape build(Shape in, Declarations declare) {
            declare.statistic("seen", in, Initializers.constant(1));
            return in;
        }

        @Override
        public Tensor forward(Tensor x, Pass pass) {
            Kernels kernels = pass.kernels();
            Tensor sum = pass.batchTensor(x.shape().row());
            kernels.columnSums(x, sum);
            kernels.add(sum, pass.statistic("seen"), sum);
            pass.update("seen", sum);
            Tensor y = pass.output();
            kernels.copy(x, y);
            if (pass.mode() == Mode.PREDICT)
                kernels.scale(pass.statistic("seen").get(0), x, y);
            return pass.backward(x, y, (dy, dx) -> {
                if (pass.wants(x)) kernels.copy(dy, dx);
            });
        }
    }

    private static final Dataset ROWS =
            Dataset.of(new float[][] {{1, 2}, {3, 4}, {5, 6}, {7, 8}}, new float[][] {{1}, {0}, {1}, {0}});

    private static Model model(Node... layers) {
        return Model.of(features(2), layers);
    }

    private static Trainer trainer(Model model) {
        return Trainer.of(model)
                .loss(Losses.meanSquaredError())
                .optimizer(new Sgd(1e-3))
                .shuffle(false)
                .batchSize(2)
                .threads(1);
    }

    private static float[] seen(Model model, String name) {
        return model.statistics().get(name + ".seen").toArray();
    }

    private static Batch batch(Dataset data) {
        return new dev.neurite.data.Batches(data, data.size()).batch(0);
    }

    @Test
    void theyStartAsDeclaredAndAreNoParameters() {
        Model model = model(new Count(), dense(1));
        assertThat(seen(model, "count1")).containsExactly(1, 1);
        assertThat(model.parameters().parts())
                .extracting(Parameter::name)
                .containsExactly("dense1.weight", "dense1.bias");
        assertThat(model.statistics().parts()).extracting(Parameter::role).containsExactly(Role.STATISTIC);
    }

    @Test
    void trainingMovesThemOnceAStepAndLeavesTheFirstModelAsItWas() {
        Model model = model(new Count(), dense(1));
        Model trained = trainer(model).fit(ROWS).model();
        assertThat(seen(trained, "count1")).containsExactly(17, 21);
        assertThat(seen(model, "count1")).containsExactly(1, 1);
    }

    @Test
    void whatIsFrozenDoesNotMove() {
        Model model = model(frozen(new Count()), dense(1));
        assertThat(trainer(model).fit(ROWS).model().statistics().toArray()).containsExactly(1, 1);
    }

    @Test
    void shardsMakeItTheMeanOfWhatEachWants() {
        Trainer trainer = trainer(model(new Count(), dense(1))).batchSize(4);
        assertThat(seen(trainer.shards(2).fit(ROWS).model(), "count1")).containsExactly(1 + 8, 1 + 10);
        assertThat(seen(trainer.shards(4).fit(ROWS).model(), "count1")).containsExactly(1 + 4, 1 + 5);
        assertThat(seen(trainer.shards(9).fit(ROWS).model(), "count1"))
                .as("of shards without rows nobody asks")
                .containsExactly(1 + 4, 1 + 5);
        assertThat(seen(trainer.batchSize(2).accumulate(2).fit(ROWS).model(), "count1"))
                .containsExactly(1 + 8, 1 + 10);
    }

    @Test
    void aNodeUsedTwiceHasOneStatistic() {
        Model model = model(named("c", new Count()), named("c", new Count()), dense(1));
        assertThat(model.statistics().size()).isEqualTo(2);
        assertThat(seen(trainer(model).batchSize(4).fit(ROWS).model(), "c")).containsExactly(17, 21);
    }

    @Test
    void predictingReadsThemAndChangesNothing() {
        Model model = model(new Count()).with("count1.seen", Tensor.of(Shape.of(2), 3, 0));
        assertThat(model.predict(1, 2)).containsExactly(3, 6);
        assertThat(model.predict(1, 2)).containsExactly(3, 6);
        assertThat(seen(model, "count1")).containsExactly(3, 0);
        assertThat(model.inspect(Tensor.of(new float[][] {{1, 2}}))
                        .layers()
                        .getFirst()
                        .output()
                        .toArray())
                .containsExactly(3, 6);
    }

    @Test
    void evaluationUsesThePresentOnes() {
        Model model = model(new Count(), dense(1));
        var run = trainer(model).epochs(3).fit(ROWS, ROWS);
        double last =
                run.history().epochs().getLast().validation().orElseThrow().loss();
        assertThat(last)
                .isEqualTo(Evaluation.of(run.model(), ROWS, Losses.meanSquaredError())
                        .loss());
        try (var session = trainer(model).begin(batch(ROWS))) {
            session.step(batch(ROWS));
            assertThat(session.evaluate(ROWS).loss())
                    .isEqualTo(Evaluation.of(session.model(), ROWS, Losses.meanSquaredError())
                            .loss());
        }
    }

    @Test
    void averagedModelsHaveThePresentOnes() {
        var run = trainer(model(new Count(), dense(1)))
                .average(Averaging.ema(0.5))
                .fit(ROWS, ROWS);
        assertThat(run.model().parameters().toArray())
                .isNotEqualTo(run.last().parameters().toArray());
        assertThat(run.model().statistics().toArray())
                .isEqualTo(run.last().statistics().toArray());
        assertThat(run.history().epochs().getLast().validation().orElseThrow().loss())
                .isEqualTo(Evaluation.of(run.model(), ROWS, Losses.meanSquaredError())
                        .loss());
    }

    @Test
    void aMinimizersIterationsAreSteps() {
        Model model = model(new Count(), dense(1));
        Model trained =
                trainer(model).minimizer(new Lbfgs()).epochs(2).fit(ROWS).model();
        assertThat(seen(trained, "count1")).containsExactly(1 + 2 * 8, 1 + 2 * 10);
    }

    @Test
    void aStepThatFailsOrIsOnlyLookedAtLeavesThem() {
        Model model = model(new Count(), dense(1));
        trainer(model).inspectStep(ROWS);
        assertThat(seen(model, "count1")).containsExactly(1, 1);
        Batch bad = batch(Dataset.of(new float[][] {{1, 1}, {2, 3}}, new float[][] {{1}, {1}}));
        bad.input().array()[0] = Float.NaN;
        try (var session = trainer(model).begin(batch(ROWS))) {
            assertThatThrownBy(() -> session.step(bad)).isInstanceOf(DivergedException.class);
            assertThat(seen(session.model(), "count1")).containsExactly(1, 1);
            session.step(batch(ROWS));
            assertThat(seen(session.model(), "count1")).containsExactly(17, 21);
        }
    }

    @Test
    void layersThatStayKeepThem() {
        Model model = model(new Count(), new Count(), dense(1))
                .with("count1.seen", Tensor.of(Shape.of(2), 3, 4))
                .with("count2.seen", Tensor.of(Shape.of(2), 5, 6));
        assertThat(seen(model.remove(0), "count1")).containsExactly(5, 6);
        Model inserted = model.insert(0, new Count());
        assertThat(inserted.statistics().toArray()).containsExactly(1, 1, 3, 4, 5, 6);
        assertThat(model.replace(1, new Count()).statistics().toArray()).containsExactly(3, 4, 1, 1);
        assertThat(model.replace(2, dense(3)).statistics().toArray()).containsExactly(3, 4, 5, 6);
        assertThat(model.initialize(1).statistics().toArray()).containsExactly(1, 1, 1, 1);
    }

    @Test
    void theyArePartOfEquality() {
        Model model = model(new Count());
        Model other = model.with("count1.seen", Tensor.of(Shape.of(2), 1, 2));
        assertThat(other).isNotEqualTo(model).isEqualTo(model.withStatistics(other.statistics()));
        assertThat(other.with("count1.seen", Tensor.of(Shape.of(2), 1, 1)))
                .isEqualTo(model)
                .hasSameHashCodeAs(model);
    }

    @Test
    void othersAreRefused() {
        Model model = model(new Count());
        assertThatThrownBy(() -> model.withStatistics(model(dense(1)).statistics()))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("statistics: expects those of this network, [count1.seen [2]], got []");
        assertThatThrownBy(() -> model.with("count1.seen", Tensor.of(Shape.of(1), 1)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("count1.seen");
        assertThatThrownBy(() -> model.network().executor(Kernels.shared(), new float[0], new float[1], new float[0]))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("expects an array of 2 statistics, got 1");
    }

    /// Declares and asks for what it is told.
    record Wrong(String declared, String asked, int extent) implements Layer {
        @Override
        public Shape build(Shape in, Declarations declare) {
            declare.parameter("weight", in, Role.WEIGHT, Initializers.zeros());
            declare.statistic(declared, in, Initializers.zeros());
            return in;
        }

        @Override
        public Tensor forward(Tensor x, Pass pass) {
            pass.update(asked, pass.batchTensor(Shape.of(extent)));
            return x;
        }
    }

    @Test
    void whatANodeDoesWrongIsSaid() {
        assertThatThrownBy(() -> model(new Wrong("weight", "weight", 2)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("wrong1.weight: expects to be a parameter or a running statistic, got both");
        assertThatThrownBy(() -> model(new Wrong("mean", "weight", 2)).predict(1, 2))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("wrong1: expects a running statistic that it declared, [mean], got 'weight'");
        Trainer trainer = trainer(model(new Wrong("mean", "mean", 3), dense(1)));
        assertThatThrownBy(() -> trainer.fit(ROWS))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("wrong1.mean: expects a new value of [2], got [3]");
    }

    @Test
    void batchTensorsGoBackToTheirPool() {
        Node net = Graph.of(x -> {
            var h = x.then(sequential(new Count(), dense(2)));
            return h.then(new Count()).join(add(), h);
        });
        var network = new Network(net, List.of(features(2)));
        float[] theta = new float[network.size()];
        var executor = network.executor(Kernels.shared(), theta, new float[theta.length]);
        long floats = 0;
        for (int rows : new int[] {4, 1, 3, 4}) {
            executor.forward(Mode.TRAIN, Tensor.zeros(Shape.of(rows, 2)));
            Kernels.shared().fill(1, executor.outputGradient(0));
            executor.backward();
            executor.reset();
            assertThat(executor.buffersInUse()).isZero();
            if (floats == 0) floats = executor.bufferFloats();
            assertThat(executor.bufferFloats()).isEqualTo(floats);
        }
    }
}
