package dev.neurite.search;

import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.NeuriteException;
import dev.neurite.kernel.Kernels;
import dev.neurite.metric.Metric;
import dev.neurite.train.Trainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/// A search for good settings: trains with many points of a space, evaluates each by cross-validation and compares
/// them. Bergstra and Bengio 2012, "Random search for hyper-parameter optimization".
///
/// <!-- Snippets#search -->
/// ```java
/// SearchResult result = Search.random(20)
///         .over("rate", Range.log(1e-4, 1e-1))
///         .over("units", 16, 32, 64)
///         .run(
///                 point -> Trainer.of(Model.of(train, dense(point.whole("units"), RELU)))
///                         .optimizer(adam(point.number("rate")))
///                         .epochs(5),
///                 train);
/// Point best = result.best().point();
/// ```
///
/// Keep a test part out of the data: the best of many scores is better than what it promises.
///
/// Immutable. The same seed, data and trainers give the same result, whatever the number of threads. A trial that
/// fails with a [dev.neurite.error.NeuriteException] comes last, with its error. An interrupt of the thread, or
/// a callback that pauses a training, ends the search: the result has the trials that had ended, and
/// [SearchResult#complete()] is false.
///
/// | setting | default |
/// |---|---|
/// | seed of draws and folds | 0 |
/// | folds | 5 |
/// | metric | accuracy for classes, root of the mean squared error for values, the loss for several outputs |
/// | halving, pruning | no |
/// | validation | none |
/// | trials at the same time | one for each physical core, each with one thread |
/// | progress | not shown |
public final class Search {
    private static final System.Logger LOG = System.getLogger("dev.neurite.search");
    private static final int MOST = 100_000; // trials

    private final int draws; // 0 for a grid
    private Space space = new Space(new LinkedHashMap<>());
    private int most; // 0 for all
    private long seed;
    private int folds = 5;
    private double holdout; // 0 for folds
    private double validation; // 0 for none
    private Optional<Judge> judge = Optional.empty();
    private int factor; // 0 for no halving
    private int leastEpochs; // 0 for those of halving, 1
    private boolean prunes;
    private int parallel = Kernels.defaultThreads();
    private Consumer<String> progress = _ -> {};

    private Search(int draws) {
        this.draws = draws;
    }

    /// A copy, which a setting changes before anyone else sees it.
    private Search(Search other) {
        this(other.draws);
        space = other.space;
        most = other.most;
        seed = other.seed;
        folds = other.folds;
        holdout = other.holdout;
        validation = other.validation;
        judge = other.judge;
        factor = other.factor;
        leastEpochs = other.leastEpochs;
        prunes = other.prunes;
        parallel = other.parallel;
        progress = other.progress;
    }

    private Search with(Consumer<Search> change) {
        var copy = new Search(this);
        change.accept(copy);
        return copy;
    }

    /// A search at random points.
    /// @param trials how many, from 1 to 100,000
    /// @throws ConfigException outside that range
    public static Search random(int trials) {
        return new Search(within("trials", trials, 1));
    }

    /// A search at all combinations of values, which must be lists. At most 100,000.
    public static Search grid() {
        return new Search(0);
    }

    private static int within(String what, int value, int least) {
        if (value >= least && value <= MOST) return value;
        throw new ConfigException(what, "expects " + least + " to " + MOST + ", got " + value);
    }

    private static double share(String what, double share) {
        if (share > 0 && share < 1) return share;
        throw new ConfigException(what, "expects a share above 0 and below 1, got " + share);
    }

    // ------------------------------------------------------------------------------------------------------ settings

    /// Tries values of a range or list for a name.
    /// @throws ConfigException if the name is there already
    public Search over(String name, Candidates values) {
        return with(copy -> copy.space = space.with(name, values));
    }

    /// Tries these values for a name: numbers, texts, activations, whatever a trainer is made of.
    /// @throws ConfigException if the name is there already, or there is no value
    public Search over(String name, Object... values) {
        return over(name, new Choice(Arrays.asList(values)));
    }

    /// Tries only the first combinations of a grid. A search at random points has a number already.
    /// @param trials how many at most, from 1 to 100,000
    /// @throws ConfigException outside that range
    public Search atMost(int trials) {
        within("trials", trials, 1);
        return with(copy -> copy.most = trials);
    }

    /// The seed of draws and folds.
    public Search seed(long number) {
        return with(copy -> copy.seed = number);
    }

    /// Judges each point by cross-validation with this many folds, in place of [#holdout].
    /// @throws ConfigException unless 2 to 100,000
    public Search folds(int count) {
        within("folds", count, 2);
        return with(copy -> {
            copy.folds = count;
            copy.holdout = 0;
        });
    }

    /// Judges each point on one share of the rows, in place of [#folds]: faster, and less certain.
    /// @throws ConfigException unless above 0 and below 1
    public Search holdout(double share) {
        share("holdout", share);
        return with(copy -> copy.holdout = share);
    }

    /// Keeps a share of the training rows to evaluate on after each epoch, see [CrossValidation#validation].
    /// @throws ConfigException unless above 0 and below 1
    public Search validation(double share) {
        share("validation", share);
        return with(copy -> copy.validation = share);
    }

    /// The metric to compare points by.
    public Search metric(Metric metric) {
        return with(copy -> copy.judge = Optional.of(new Judge(Optional.of(metric))));
    }

    /// Compares points by the loss of their trainers, which should be the same in all.
    public Search byLoss() {
        return with(copy -> copy.judge = Optional.of(Judge.LOSS));
    }

    /// Trains all points for few epochs, the best of them again for more, and so on: successive halving.
    /// Jamieson and Talwalkar 2016, "Non-stochastic best arm identification and hyperparameter optimization".
    /// It sets the epochs of the trainers; the last round has those that they have.
    /// @param factor the best one of this many points goes on, with this many times the epochs; usually 3
    /// @throws ConfigException below 2
    public Search halving(int factor) {
        within("factor", factor, 2);
        return with(copy -> copy.factor = factor);
    }

    /// The least epochs of the first round of [#halving], which it needs; 1 by default.
    /// @throws ConfigException below 1
    public Search leastEpochs(int epochs) {
        within("least epochs", epochs, 1);
        return with(copy -> copy.leastEpochs = epochs);
    }

    /// Goes on after each fold with the better half of the points only: most points are trained on one or two
    /// folds. It needs folds, so it goes neither with [#holdout] nor with [#halving].
    public Search pruning() {
        return with(copy -> copy.prunes = true);
    }

    /// How many trials run at the same time, each with one thread. The result does not depend on it.
    /// @throws ConfigException below 1
    public Search parallel(int trials) {
        within("parallel", trials, 1);
        return with(copy -> copy.parallel = trials);
    }

    /// Shows a line for each trial in the log `dev.neurite.search` of [System.Logger], as [Trainer#progress()]
    /// does.
    public Search progress() {
        return progress(line -> LOG.log(System.Logger.Level.INFO, line));
    }

    /// Shows a line for each trial.
    /// @param lines takes the lines; called by the threads of trials, by one at a time
    public Search progress(Consumer<String> lines) {
        return with(copy -> copy.progress = line -> {
            synchronized (lines) {
                lines.accept(line);
            }
        });
    }

    // -------------------------------------------------------------------------------------------------------- points

    /// The points that the search tries, in the order of the trials.
    /// @throws ConfigException without values to try, for a grid with ranges, or for [#atMost] at random points
    public List<Point> points() {
        if (space.dimensions().isEmpty()) throw new ConfigException("search", "expects values to try, got none");
        if (draws > 0) {
            if (most > 0) {
                throw new ConfigException(
                        "search",
                        "expects atMost with a grid, got it with random(" + draws + ")",
                        "Say it there: random(" + most + ")");
            }
            return IntStream.range(0, draws)
                    .mapToObj(number -> space.draw(seed, number))
                    .toList();
        }
        List<Point> all = space.grid();
        return most == 0 ? all : all.subList(0, Math.min(most, all.size()));
    }

    /// The epochs of each round of halving; of the last one all epochs. Empty without halving.
    /// @throws ConfigException for [#leastEpochs] without halving, and as [#points()] does
    public List<Integer> rungs(int epochs) {
        if (factor == 0) {
            if (leastEpochs > 0) throw new ConfigException("search", "expects halving with leastEpochs, got none");
            return List.of();
        }
        List<Integer> rungs = new ArrayList<>(List.of(epochs));
        for (int left = points().size(); left >= factor; left /= factor) {
            int fewer = rungs.getFirst() / factor;
            if (fewer < Math.max(1, leastEpochs)) break;
            rungs.addFirst(fewer);
        }
        return rungs;
    }

    // ----------------------------------------------------------------------------------------------------------- run

    /// Searches.
    /// @param trainer makes the trainer of a point: for each training anew, by several threads at the same
    /// time, and once or more before the first trial. It should do nothing else
    /// @param data the rows to train and judge on
    /// @throws ConfigException for settings that contradict each other or the data
    public SearchResult run(Function<Point, Trainer> trainer, Dataset data) {
        List<DataSplit> splits =
                holdout > 0 ? List.of(DataSplit.of(data, holdout, seed)) : DataSplit.kFold(data, folds, seed);
        return judged(
                splits, (point, split) -> Fold.of(trainer.apply(point), split).withValidation(validation, seed));
    }

    /// Searches on splits of your own, such as tables, whose preprocessing is fitted on each training part
    /// anew.
    /// @param splits what the trainings are made of, in place of [#folds]
    /// @param plan makes the training of a point on a split, for each training anew, by several threads at the
    /// same time, and once or more before the first trial
    /// @throws ConfigException for settings that contradict each other or the data, such as [#holdout] or
    /// [#validation] with splits of your own
    public <S> SearchResult run(List<S> splits, BiFunction<Point, ? super S, Fold> plan) {
        if (splits.isEmpty()) throw new ConfigException("search", "expects splits to train on, got none");
        refuseParts();
        return judged(splits, plan);
    }

    /// Refuses shares of a data set for trainings that are not made of one.
    private void refuseParts() {
        if (holdout == 0 && validation == 0) return;
        throw new ConfigException(
                "search",
                "expects no " + (holdout > 0 ? "holdout" : "validation") + " with splits or trainings of your own,"
                        + " got it",
                "They say themselves which rows they take");
    }

    private <S> SearchResult judged(List<S> splits, BiFunction<Point, ? super S, Fold> plan) {
        if (prunes && factor > 0) throw new ConfigException("search", "expects halving or pruning, got both");
        if (prunes && splits.size() == 1) {
            throw new ConfigException(
                    "search", "expects at least 2 folds for pruning, which goes on after each, got 1 part to judge by");
        }
        Fold first = first(splits.getFirst(), plan);
        Judge its = judge.orElseGet(() -> Judge.of(first.test()));
        CrossValidation training = CrossValidation.ofSplits().threads(1).metrics(its.metrics());
        List<Integer> rungs = rungs(first.trainer().epochs());
        var trial = new TrialTraining<S>(training, its, plan);
        if (!prunes) {
            return run(its, rungs, (number, point, rung, epochs) -> trial.run(number, point, rung, epochs, splits));
        }
        Trial[] before = new Trial[points().size()]; // each written by one thread of a round
        return rounds(its, splits.size(), size -> Math.ceilDiv(size, 2), (number, point, rung, _) -> {
            List<S> next = splits.subList(rung, rung + 1);
            Optional<Trial> fold = trial.run(number, point, rung, OptionalInt.empty(), next);
            fold.ifPresent(more -> before[number - 1] = rung == 0 ? more : before[number - 1].with(more));
            return fold.map(_ -> before[number - 1]);
        });
    }

    /// Searches with trainings of your own, such as those of another process. Scores are compared as [#metric]
    /// or [#byLoss] say, without them as losses.
    /// @param epochs the epochs of a training, for [#halving]
    /// @param runner runs a trial
    /// @throws ConfigException for settings that contradict each other
    public SearchResult run(int epochs, TrialRunner runner) {
        if (prunes) throw new ConfigException("search", "expects no pruning with trainings of your own, got it");
        refuseParts();
        return run(judge.orElse(Judge.LOSS), rungs(epochs), runner);
    }

    private SearchResult run(Judge its, List<Integer> rungs, TrialRunner runner) {
        return rounds(
                its,
                Math.max(1, rungs.size()),
                size -> size / Math.max(1, factor),
                (number, point, rung, _) -> runner.run(
                        number, point, rung, rungs.isEmpty() ? OptionalInt.empty() : OptionalInt.of(rungs.get(rung))));
    }

    /// The training of the first point of which there is one.
    private <S> Fold first(S split, BiFunction<Point, ? super S, Fold> plan) {
        Optional<NeuriteException> wrong = Optional.empty();
        for (Point point : points()) {
            try {
                return plan.apply(point, split);
            } catch (NeuriteException e) {
                if (wrong.isEmpty()) wrong = Optional.of(e);
            }
        }
        throw wrong.orElseThrow();
    }

    private SearchResult rounds(Judge its, int count, IntUnaryOperator kept, TrialRunner runner) {
        List<Point> points = points();
        List<Integer> numbers = IntStream.rangeClosed(1, points.size()).boxed().toList();
        SequencedMap<Integer, Trial> last = new LinkedHashMap<>();
        boolean complete = true;
        for (int round = 0; round < count && complete; round++) {
            int rung = round;
            List<Callable<Optional<Trial>>> calls = numbers.stream()
                    .<Callable<Optional<Trial>>>map(number ->
                            () -> shown(runner.run(number, points.get(number - 1), rung, OptionalInt.empty()), its))
                    .toList();
            Round results = Round.run(calls, parallel);
            for (Trial each : results.trials()) last.put(each.number(), each);
            complete = results.complete();
            numbers = results.trials().stream()
                    .filter(each -> !each.hasFailed())
                    .sorted(its.better())
                    .limit(Math.max(1, kept.applyAsInt(results.trials().size())))
                    .map(Trial::number)
                    .sorted()
                    .toList();
        }
        List<Trial> sorted = last.values().stream()
                .sorted(Comparator.comparingInt((Trial each) -> -each.rung()).thenComparing(its.better()))
                .toList();
        return new SearchResult(its.name(), sorted, complete);
    }

    private Optional<Trial> shown(Optional<Trial> trial, Judge its) {
        trial.ifPresent(each -> progress.accept(each.line(its.name())));
        return trial;
    }
}
