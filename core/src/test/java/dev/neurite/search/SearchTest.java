package dev.neurite.search;

import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.kernel.Activation.TANH;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.reshape;
import static dev.neurite.loss.Losses.meanSquaredError;
import static dev.neurite.optim.Optimizers.adam;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.metric.Metrics;
import dev.neurite.model.Model;
import dev.neurite.train.EarlyStopping;
import dev.neurite.train.Evaluation;
import dev.neurite.train.History;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingEvent.EpochEnded;
import dev.neurite.train.TrainingEvent.EpochResult;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SearchTest {
    private static final Dataset DATA = clusters(90);

    /// Three clusters that overlap.
    private static Dataset clusters(int rows) {
        var random = new KeyedRandom(3);
        float[][] inputs = new float[rows][2];
        int[] labels = new int[rows];
        for (int row = 0; row < rows; row++) {
            labels[row] = row % 3;
            inputs[row][0] = (float) random.nextGaussian() + 2 * (labels[row] - 1);
            inputs[row][1] = (float) random.nextGaussian() + (labels[row] == 1 ? 2 : 0);
        }
        return Dataset.of(inputs, labels);
    }

    private static Trainer trainer(Point point) {
        return Trainer.of(Model.of(features(2), dense(point.whole("units"), TANH), dense(3, SOFTMAX))
                        .initialize(1))
                .optimizer(adam(point.number("rate")))
                .epochs(9);
    }

    private static Search search() {
        return Search.random(8)
                .over("rate", Range.log(1e-4, 1e-1))
                .over("units", 2, 4, 8)
                .folds(3);
    }

    @Test
    void theSameSeedGivesTheSameResultWhateverTheNumberOfThreads() {
        SearchResult one = search().parallel(1).run(SearchTest::trainer, DATA);
        SearchResult four = search().parallel(4).run(SearchTest::trainer, DATA);
        assertThat(four.trials())
                .usingRecursiveComparison()
                .ignoringFields("seconds")
                .isEqualTo(one.trials());
        assertThat(one.complete()).isTrue();
        assertThat(one.metric()).isEqualTo("accuracy");
        assertThat(search().seed(1).run(SearchTest::trainer, DATA).best().point())
                .isNotEqualTo(one.best().point());
    }

    /// What the search says of a point is what its trainings say, written out.
    @Test
    void theScoreIsThatOfTrainingsOnTheFolds() {
        Trial best = search().run(SearchTest::trainer, DATA).best();
        List<Double> scores = new ArrayList<>();
        for (DataSplit split : DataSplit.kFold(DATA, 3, 0)) {
            Run run = trainer(best.point()).fit(split.train());
            Evaluation evaluation = Evaluation.of(
                    run.model(), split.test(), trainer(best.point()).loss());
            scores.add(evaluation.accuracy().orElseThrow());
        }
        assertThat(best.scores()).isEqualTo(scores);
        assertThat(best.epochs()).isEqualTo(9);
        assertThat(best.curve().epochs()).hasSize(9);
    }

    @Test
    void theBestComesFirst() {
        SearchResult result = search().run(SearchTest::trainer, DATA);
        assertThat(result.trials())
                .hasSize(8)
                .isSortedAccordingTo(
                        Comparator.comparingDouble(each -> -each.score().orElseThrow()));
        SearchResult byLoss = search().byLoss().run(SearchTest::trainer, DATA);
        assertThat(byLoss.trials())
                .isSortedAccordingTo(
                        Comparator.comparingDouble(each -> each.score().orElseThrow()));
        assertThat(result.toString().lines()).hasSize(9);
        assertThat(result.toString()).contains("rank", "units", "accuracy");
    }

    @Test
    void halvingTrainsTheBestOfEachRoundLonger() {
        SearchResult all = search().run(SearchTest::trainer, DATA);
        SearchResult halved = search().halving(2).run(SearchTest::trainer, DATA);
        assertThat(halved.trials()).extracting(Trial::epochs).containsExactly(9, 4, 2, 2, 1, 1, 1, 1);
        Trial best = halved.best();
        assertThat(all.trials())
                .filteredOn(each -> each.number() == best.number())
                .singleElement()
                .extracting(Trial::scores)
                .isEqualTo(best.scores());
    }

    @Test
    void pruningGivesUpHalfOfTheTrialsAfterEachFold() {
        SearchResult all = search().run(SearchTest::trainer, DATA);
        SearchResult pruned = search().pruning().run(SearchTest::trainer, DATA);
        assertThat(pruned.trials()).extracting(each -> each.scores().size()).containsExactly(3, 3, 2, 2, 1, 1, 1, 1);
        for (Trial each : pruned.trials()) {
            Trial whole = all.trials().stream()
                    .filter(other -> other.number() == each.number())
                    .findFirst()
                    .orElseThrow();
            assertThat(whole.scores()).startsWith(each.scores().toArray(Double[]::new));
        }
        assertThatThrownBy(() -> search().pruning().halving(3).run(SearchTest::trainer, DATA))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("halving or pruning");
    }

    @Test
    void aTrialThatFailsComesLastWithItsError() {
        SearchResult result =
                Search.grid().over("units", -1, 4).over("rate", 0.01).folds(2).run(SearchTest::trainer, DATA);
        assertThat(result.best().point().whole("units")).isEqualTo(4);
        assertThat(result.trials().getLast().hasFailed()).isTrue();
        assertThat(result.trials().getLast().error()).contains("-1");
        SearchResult failed =
                search().run(1, (number, point, rung, _) -> Optional.of(Trial.failed(number, rung, point, "no luck")));
        assertThatThrownBy(failed::best)
                .hasMessageContaining("a trial that succeeds")
                .hasMessageContaining("no luck");
        assertThatThrownBy(() -> search().run(point -> trainer(point).epochs(0), DATA))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("epochs");
    }

    /// A layer that does not fit its input is refused by a ShapeException.
    @Test
    void theFirstPointMayFailByAnyErrorOfTheData() {
        SearchResult result = Search.grid()
                .over("inputs", 3, 2)
                .folds(2)
                .run(
                        point -> Trainer.of(Model.of(
                                        features(2), reshape(1, point.whole("inputs")), flatten(), dense(3, SOFTMAX)))
                                .epochs(1),
                        DATA);
        assertThat(result.best().point().whole("inputs")).isEqualTo(2);
        assertThat(result.trials().getLast().error()).contains("reshape");
    }

    @Test
    void settingsThatWouldBeIgnoredAreRefused() {
        List<DataSplit> splits = DataSplit.kFold(DATA, 3, 0);
        Trainer trainer = trainer(search().points().getFirst());
        Map<String, Runnable> wrong = Map.of(
                "atMost", () -> search().atMost(5).run(SearchTest::trainer, DATA),
                "leastEpochs", () -> search().leastEpochs(2).run(SearchTest::trainer, DATA),
                "pruning", () -> search().holdout(0.2).pruning().run(SearchTest::trainer, DATA),
                "holdout", () -> search().holdout(0.2).run(splits, (point, split) -> Fold.of(trainer(point), split)),
                "validation", () -> search().validation(0.2).run(1, (_, _, _, _) -> Optional.empty()),
                "ofSplits()", () -> CrossValidation.of(3).run(splits, split -> Fold.of(trainer, split)),
                "of(k)", () -> CrossValidation.ofSplits().run(trainer, DATA),
                "no share",
                        () -> CrossValidation.ofSplits().validation(0.2).run(splits, split -> Fold.of(trainer, split)));
        wrong.forEach((words, call) -> assertThatThrownBy(call::run)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(words));
    }

    @Test
    void splitsOfOnesOwnAreFolds() {
        Trainer trainer = trainer(search().points().getFirst());
        FoldResults own = CrossValidation.ofSplits().run(DataSplit.kFold(DATA, 3, 0), split -> Fold.of(trainer, split));
        assertThat(own.loss())
                .isEqualTo(CrossValidation.of(3).run(trainer, DATA).loss());
    }

    /// One that waits for the memory of another training gives the folds before, too.
    @Test
    @Timeout(60)
    void anInterruptBeforeTheFirstFoldGivesNone() {
        var budget = new MemoryBudget(1);
        budget.take(1, () -> {});
        Thread.currentThread().interrupt();
        FoldResults none = CrossValidation.of(3)
                .budget(budget)
                .run(trainer(search().points().getFirst()), DATA);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(none.complete()).isFalse();
        assertThat(none.evaluations()).isEmpty();
        assertThatThrownBy(none::accuracy)
                .isInstanceOf(NoSuchElementException.class)
                .hasMessageContaining("expects results of a fold, got an interrupt");
    }

    @Test
    void aMistakeOfTheProgramIsNoTrial() {
        assertThatThrownBy(() -> search().run(
                                point -> {
                                    throw new IllegalStateException("a bug");
                                },
                                DATA))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void earlyStoppingWatchesRowsThatNobodyIsJudgedBy() {
        SearchResult result =
                search().validation(0.2).run(point -> trainer(point).epochs(40).callback(new EarlyStopping(2)), DATA);
        assertThat(result.best().hasFailed()).isFalse();
        assertThat(result.best().curve().part()).isEqualTo("validation");
    }

    @Test
    void splitsOfOnesOwnMayNeedTrainingsOfTheirOwn() {
        List<DataSplit> splits = DataSplit.kFold(values(60), 3, 0);
        SearchResult result = Search.grid()
                .over("units", 1, 8)
                .run(
                        splits,
                        (point, split) -> Fold.of(
                                        Trainer.of(Model.of(features(1), dense(point.whole("units"), TANH), dense(1))
                                                        .initialize(1))
                                                .loss(meanSquaredError())
                                                .optimizer(adam(0.03))
                                                .epochs(60),
                                        split)
                                .withScaledTargets());
        assertThat(result.metric()).isEqualTo("rmse");
        assertThat(result.best().point().whole("units")).isEqualTo(8);
        assertThat(result.best().score().orElseThrow()).isBetween(1.0, 100.0); // in the units of the data
    }

    private static Dataset values(int rows) {
        float[][] inputs = new float[rows][1];
        float[][] targets = new float[rows][1];
        for (int row = 0; row < rows; row++) {
            inputs[row][0] = row / (rows / 4f) - 2;
            targets[row][0] = 1000 + 100 * inputs[row][0] * inputs[row][0];
        }
        return Dataset.of(inputs, targets);
    }

    @Test
    void trainingsOfOnesOwnAreComparedAsLosses() {
        SearchResult result = Search.grid().over("x", 3, 1, 2).run(1, (number, point, rung, epochs) -> {
            List<Double> loss = List.of(point.number("x"));
            assertThat(epochs).isEqualTo(OptionalInt.empty());
            return Optional.of(new Trial(number, rung, 1, point, loss, loss, LossCurve.NONE, 0, ""));
        });
        assertThat(result.trials()).extracting(each -> each.point().whole("x")).containsExactly(1, 2, 3);
    }

    @Test
    void anInterruptLeavesTheTrialsThatHadEnded() {
        Thread searching = Thread.currentThread();
        var begun = new AtomicInteger();
        SearchResult result = search().parallel(1)
                .run(
                        point -> trainer(point).listener(event -> {
                            if (event instanceof EpochEnded && begun.incrementAndGet() == 40) searching.interrupt();
                        }),
                        DATA);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(result.complete()).isFalse();
        assertThat(result.trials()).isNotEmpty().hasSizeLessThan(8);
    }

    @Test
    void eachTrialIsALine() {
        List<String> lines = Collections.synchronizedList(new ArrayList<>());
        search().metric(Metrics.mcc()).progress(lines::add).run(SearchTest::trainer, DATA);
        assertThat(lines)
                .hasSize(8)
                .allMatch(line -> line.matches("trial \\d  mcc -?0\\.\\d+ ± 0\\.\\d+  rate=\\S+ units=[248]  .* s"));
    }

    @Test
    void foldsGiveMeanAndDeviation() {
        Trainer trainer = trainer(search().points().getFirst());
        FoldResults results = CrossValidation.of(3).metrics(Metrics.mcc()).run(trainer, DATA);
        List<Double> accuracies = results.evaluations().stream()
                .map(each -> each.accuracy().orElseThrow())
                .toList();
        double mean = accuracies.stream().mapToDouble(each -> each).average().orElseThrow();
        assertThat(results.accuracy().mean().orElseThrow()).isEqualTo(mean);
        double squares = accuracies.stream()
                .mapToDouble(each -> (each - mean) * (each - mean))
                .sum();
        assertThat(results.accuracy().deviation().orElseThrow()).isCloseTo(Math.sqrt(squares / 2), within(1e-12));
        assertThat(results.statistics()).containsOnlyKeys("loss", "accuracy", "mcc");
        assertThat(results.toString()).contains("fold", "mean", "deviation", "mcc");
        assertThat(results.toString().lines()).hasSize(6);
        assertThat(CrossValidation.of(3).seed(1).run(trainer, DATA).accuracy()).isNotEqualTo(results.accuracy());
        assertThatThrownBy(() -> results.statistics("f1")).hasMessageContaining("loss, accuracy, mcc, got f1");
        assertThatThrownBy(() -> CrossValidation.ofSplits().run(trainer, DATA)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> CrossValidation.of(91).run(trainer, DATA)).isInstanceOf(ConfigException.class);
    }

    @Test
    void aTrialOfManyEpochsHasAHundredLosses() {
        List<EpochResult> epochs = IntStream.rangeClosed(1, 250)
                .mapToObj(i -> new EpochResult(i, i, List.of(), OptionalDouble.empty(), Optional.empty(), 1))
                .toList();
        LossCurve curve = LossCurve.of(List.of(new History(epochs), new History(epochs.subList(0, 230))));
        assertThat(curve.part()).isEqualTo("training");
        assertThat(curve.epochs()).hasSize(100).startsWith(2, 4, 6).endsWith(230);
        assertThat(curve.losses()).startsWith(2.0, 4.0, 6.0).endsWith(230.0);
        assertThat(LossCurve.of(List.of())).isEqualTo(LossCurve.NONE);
    }
}
