package dev.neurite.check;

import dev.neurite.check.Advice.Topic;
import dev.neurite.data.Dataset;
import dev.neurite.kernel.Kernels;
import dev.neurite.loss.Criterion;
import dev.neurite.metric.Collector;
import dev.neurite.metric.Confusion;
import dev.neurite.metric.Metric;
import dev.neurite.metric.Metrics;
import dev.neurite.metric.OperatingPoint;
import dev.neurite.metric.Predictions;
import dev.neurite.metric.Predictions.Kind;
import dev.neurite.model.Model;
import dev.neurite.model.TextTable;
import dev.neurite.train.Evaluation;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.LongStream;

/// What an experienced person would say of a training that has ended: [#advice]. The curves of its losses say some of
/// it ([LossCurves]), the trained model on the test part the rest:
///
/// | topic | warning | problem |
/// |---|---|---|
/// | one class | | all test rows are of one class, so that accuracy means nothing |
/// | baseline | see below; R² below 0.1 | accuracy not above that of the most frequent class; R² not above 0 |
/// | rare class | less than half of the rows are found of a class of two with at most 3 of 10 rows | none is found |
/// | dead units | more than a quarter of a layer | more than three quarters |
/// | few steps | less than 200, and the training loss still falls by 2 % an epoch | |
/// | few rows | more than 20 parameters for each, and over-fitting or no better than the baseline | |
///
/// A classifier hardly beats always answering with the most frequent class if its error is not a fifth below, and its
/// mean recall is not two fifths of the way from chance to 1.
/// @param losses the losses of its epochs
/// @param steps the number of steps
/// @param model the trained model
/// @param loss what the evaluation computes
/// @param train the training rows
/// @param validation rows that a threshold may be chosen on; empty for none
/// @param testRows the test rows
/// @param test the evaluation on them
public record Review(
        LossCurves losses,
        long steps,
        Model model,
        Criterion loss,
        Dataset train,
        Optional<Dataset> validation,
        Dataset testRows,
        Evaluation test) {
    /// The recall of the rarer class that an advice names a threshold for.
    public static final double WANTED_RECALL = 0.5;

    private static final double GAIN = 0.2; // of the error of a constant prediction
    private static final double BALANCED_GAIN = 0.4; // of the mean recall, from chance to 1
    private static final double R2 = 0.1;
    private static final double RARE = 0.3;
    private static final int FEW_STEPS = 200;
    private static final int FEW_ROWS = 64;
    private static final int PARAMETERS = 20; // for each row
    private static final int LARGEST = 1 << 25; // predictions that are looked at

    /// Looks at a training that was evaluated on the test rows after each epoch. Evaluates the model on them again.
    /// @throws dev.neurite.error.ShapeException if the test rows do not fit the model
    public static Review of(Trainer trainer, Run run, Dataset train, Dataset test) {
        return of(trainer, run, "test", train, Optional.empty(), test);
    }

    /// Looks at a training with a validation part. Evaluates the model on the test rows.
    /// @throws dev.neurite.error.ShapeException if the test rows do not fit the model
    public static Review of(Trainer trainer, Run run, Dataset train, Dataset validation, Dataset test) {
        return of(trainer, run, "validation", train, Optional.of(validation), test);
    }

    private static Review of(
            Trainer trainer, Run run, String part, Dataset train, Optional<Dataset> validation, Dataset test) {
        Metric[] figures = test.isLabeled() ? new Metric[0] : new Metric[] {Metrics.r2()};
        LossCurves losses = LossCurves.of(run.history(), part, false);
        OptionalDouble constant = constantLoss(trainer.model(), train, trainer.loss());
        if (constant.isPresent()) losses = losses.withConstant(constant.getAsDouble());
        int batches = Math.ceilDiv(train.size(), trainer.batchSize());
        long steps = (long) batches * run.history().epochs().size();
        return new Review(
                losses,
                run.minimum().isPresent() ? Long.MAX_VALUE : steps,
                run.model(),
                trainer.loss(),
                train,
                validation,
                test,
                Evaluation.of(run.model(), test, trainer.loss(), figures));
    }

    /// The same with other losses, such as those of a training that keeps the model of its best epoch.
    public Review with(LossCurves other) {
        return new Review(other, steps, model, loss, train, validation, testRows, test);
    }

    /// All that there is to say, the most serious first.
    /// @param kernels the threads that compute
    public List<Advice> advice(Kernels kernels) {
        if (losses.training().isEmpty()) return List.of(); // no epoch has ended
        List<Advice> advice = new ArrayList<>(losses.advice());
        Optional<Advice> baseline = baseline();
        baseline.ifPresent(advice::add);
        rareClass(kernels).ifPresent(advice::add);
        advice.addAll(deadUnits());
        fewSteps().ifPresent(advice::add);
        fewRows(baseline.isPresent()).ifPresent(advice::add);
        advice.sort(Comparator.comparing(Advice::verdict).reversed().thenComparing(Advice::topic));
        return List.copyOf(advice);
    }

    // ------------------------------------------------------------------------------------------- predictions

    /// Whether a prediction that looks at no input is about as good.
    private Optional<Advice> baseline() {
        if (test.confusion().isEmpty()) return ofValues();
        Confusion confusion = test.confusion().get();
        int classes = confusion.classNames().size();
        long[] support = LongStream.range(0, classes)
                .map(c -> confusion.support((int) c))
                .toArray();
        int frequent = 0;
        for (int c = 1; c < classes; c++) if (support[c] > support[frequent]) frequent = c;
        long rows = confusion.total();
        if (rows == 0 || test.accuracy().isEmpty()) return Optional.empty();
        String name = "'" + confusion.classNames().get(frequent) + "'";
        double accuracy = test.accuracy().getAsDouble();
        if (support[frequent] == rows) {
            return Optional.of(new Advice(
                    Verdict.PROBLEM,
                    Topic.ONE_CLASS,
                    String.format(
                            Locale.ROOT,
                            "All %,d test rows are of one class, %s: an accuracy of %.4f says nothing.",
                            rows,
                            name,
                            accuracy)));
        }
        double majority = (double) support[frequent] / rows;
        double chance = 1.0 / LongStream.of(support).filter(each -> each > 0).count();
        double recall = confusion.macroRecall().orElse(0);
        boolean gains = accuracy - majority >= GAIN * (1 - majority) || recall - chance >= BALANCED_GAIN * (1 - chance);
        if (gains) return Optional.empty();
        String text = String.format(
                Locale.ROOT,
                "Accuracy is %.4f, and always answering %s has %.4f; the mean recall of the classes is %.4f.",
                accuracy,
                name,
                majority,
                recall);
        Verdict verdict = accuracy <= majority ? Verdict.PROBLEM : Verdict.WARNING;
        return Optional.of(new Advice(verdict, Topic.BASELINE, text));
    }

    private Optional<Advice> ofValues() {
        OptionalDouble r2 = test.metrics().getOrDefault(Metrics.r2().name(), OptionalDouble.empty());
        if (r2.isEmpty() || r2.getAsDouble() >= R2) return Optional.empty();
        double value = r2.getAsDouble();
        return Optional.of(new Advice(
                value <= 0 ? Verdict.PROBLEM : Verdict.WARNING,
                Topic.BASELINE,
                String.format(
                        Locale.ROOT, "R² is %.4f on the test rows, and always predicting their mean has 0.", value)));
    }

    /// Whether the rarer of two classes is found, and the threshold that would find half of it.
    private Optional<Advice> rareClass(Kernels kernels) {
        if (test.confusion().isEmpty() || test.confusion().get().classNames().size() != 2) return Optional.empty();
        Confusion confusion = test.confusion().get();
        int rare = confusion.support(0) < confusion.support(1) ? 0 : 1;
        long rows = confusion.support(rare);
        double recall = confusion.recall(rare).orElse(1);
        if (rows > RARE * confusion.total() || recall >= WANTED_RECALL) return Optional.empty();
        String text = String.format(
                Locale.ROOT,
                "Of the %,d test rows of '%s' %.1f %% are found.",
                rows,
                confusion.classNames().get(rare),
                100 * recall);
        text += threshold(rare, kernels).orElse("");
        return Optional.of(new Advice(recall == 0 ? Verdict.PROBLEM : Verdict.WARNING, Topic.RARE_CLASS, text));
    }

    private Optional<String> threshold(int rare, Kernels kernels) {
        Dataset rows = validation.orElse(testRows);
        if (rows.size() > LARGEST) return Optional.empty();
        var collector = new Collector();
        Evaluation.of(model, rows, loss, kernels, collector);
        Predictions all = collector.predictions();
        if (all.kind() != Kind.PROBABILITIES || all.outputs() != 2) return Optional.empty();
        return OperatingPoint.ofRecall(all, rare, WANTED_RECALL)
                .map(point -> String.format(
                        Locale.ROOT,
                        " The threshold %s has recall %.2f and precision %.2f on the %s.",
                        point.threshold(),
                        point.recall().orElse(0),
                        point.precision().orElse(0),
                        validation.isPresent()
                                ? "validation part"
                                : "test part, which it was chosen on: validation rows would be more honest"));
    }

    // ---------------------------------------------------------------------------------------------- network

    /// Whether rows are numbers of one known shape.
    private boolean isPlain() {
        return train.inputs().size() == 1 && train.inputShape().isKnown() && train.vocabulary() == 0;
    }

    private List<Advice> deadUnits() {
        if (!isPlain()) return List.of();
        List<Advice> advice = new ArrayList<>();
        DeadUnits units = DeadUnits.of(model, train);
        if (units.rows() < Math.min(FEW_ROWS, train.size())) return List.of(); // by chance, a unit may give 0 for each
        for (DeadUnits.Layer each : units.layers()) {
            if (each.share() <= DeadUnits.MANY) continue;
            String text = String.format(
                    Locale.ROOT,
                    "%,d of %,d units of %s give 0 for each of %,d training rows, and learn nothing from them.",
                    each.dead(),
                    each.units(),
                    each.name(),
                    units.rows());
            Verdict verdict = each.share() > DeadUnits.MOST ? Verdict.PROBLEM : Verdict.WARNING;
            advice.add(new Advice(verdict, Topic.DEAD_UNITS, text, each.name(), ""));
        }
        return advice;
    }

    private Optional<Advice> fewSteps() {
        if (steps >= FEW_STEPS || !losses.stillFalls()) return Optional.empty();
        return Optional.of(new Advice(
                Verdict.WARNING,
                Topic.FEW_STEPS,
                String.format(
                        Locale.ROOT,
                        losses.training().size() == 1
                                ? "The training took %,d steps in one epoch; its loss is %s."
                                : "The training took %,d steps, and its loss was still falling: %s after the last"
                                        + " epoch.",
                        steps,
                        TextTable.significant(losses.training().getLast()))));
    }

    private Optional<Advice> fewRows(boolean noBetter) {
        long parameters = model.parameters().size();
        boolean many = parameters > (long) PARAMETERS * train.size() && isPlain();
        if (!many || !(losses.hasGap() || noBetter)) return Optional.empty();
        return Optional.of(new Advice(
                Verdict.WARNING,
                Topic.FEW_ROWS,
                String.format(
                        Locale.ROOT,
                        "The network has %,d parameters for %,d training rows, %,d for each.",
                        parameters,
                        train.size(),
                        parameters / train.size())));
    }

    /// The loss of predicting the mean target for each of some rows; empty for networks of several outputs and
    /// targets of positions.
    /// @param untrained a network with the shape of the outputs
    public static OptionalDouble constantLoss(Model untrained, Dataset rows, Criterion loss) {
        boolean single = untrained.network().outputs().size() == 1
                && untrained.network().outputs().getFirst().isKnown()
                && (rows.isLabeled()
                        ? rows.hasLabelPerRow()
                        : rows.targetShape()
                                .equals(untrained.network().outputs().getFirst()));
        if (!single || rows.size() == 0) return OptionalDouble.empty();
        return OptionalDouble.of(
                Baseline.of(untrained, Rows.spread(rows, DeadUnits.ROWS), loss).mean());
    }
}
