package dev.neurite.train;

import dev.neurite.data.Batch;
import dev.neurite.data.Dataset;
import dev.neurite.data.TargetRow;
import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Identity;
import dev.neurite.kernel.Activation.Sigmoid;
import dev.neurite.kernel.Activation.Softmax;
import dev.neurite.kernel.Kernels;
import dev.neurite.loss.Loss;
import dev.neurite.loss.Targets;
import dev.neurite.loss.Targets.Labels;
import dev.neurite.loss.Targets.Many;
import dev.neurite.loss.Targets.Values;
import dev.neurite.loss.Weighted;
import dev.neurite.metric.Confusion;
import dev.neurite.metric.Predictions.Kind;
import dev.neurite.model.Executor;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// An output of a network with its loss, checked to fit each other and the targets.
///
/// Positions are rows here: where a network says something at each position of a row, `[rows × steps × outputs]`, and
/// there is a target for each, the loss and the metrics see `[rows·steps × outputs]` and as many targets. The targets
/// know which positions are padding; those have the loss 0 and count nowhere. So no loss and no metric has code of
/// its own for sequences.
/// @param output the index of the output
/// @param shape the shape of one prediction: of the output of a row, or of a position
/// @param atPositions whether there is a prediction for each position of a row
/// @param factor the factor of the loss in the sum of all losses
/// @param loss the loss
/// @param fused the last activation, if the loss computes it and the network runs without it; else the
/// identity
/// @param outputActivation the last activation of the model
/// @param terms the number of outputs over which a row's loss is a mean; 1 if it is not a mean
/// @param classNames the classes that the output predicts; empty if it predicts none
record Head(
        int output,
        Shape shape,
        boolean atPositions,
        double factor,
        Loss loss,
        Activation fused,
        Activation outputActivation,
        int terms,
        List<String> classNames) {
    static Head of(Model model, int output, Weighted term, Dataset answers) {
        return of(model, output, term, answers.classNames(), answers.targetShape());
    }

    /// A head for targets like these. With labels there are as many classes as the model predicts.
    static Head of(Model model, int output, Weighted term, Targets like) {
        Shape shape = model.network().outputs().get(output);
        if (like instanceof Values(Tensor values)) {
            return of(
                    model,
                    output,
                    term,
                    List.of(),
                    openLike(shape, values.shape().row()));
        }
        Shape target = like instanceof Labels labels ? labels.shape().row() : Shape.SCALAR;
        Shape each = last(target.rank() > 0, shape);
        Activation end = model.graph().outputActivation(output);
        int classes = Math.max(2, term.loss().classes(end, each, Math.max(2, each.size())));
        List<String> names =
                IntStream.range(0, classes).mapToObj(Integer::toString).toList();
        return of(model, output, term, names, openLike(shape, target));
    }

    /// The shape of the targets of batches like one that has this shape: open where the output is.
    private static Shape openLike(Shape output, Shape target) {
        int[] extents = target.extents().stream().mapToInt(Integer::intValue).toArray();
        for (int axis = 0; axis < Math.min(extents.length, output.rank()); axis++) {
            if (output.extent(axis) == Shape.OPEN) extents[axis] = Shape.OPEN;
        }
        return Shape.of(extents);
    }

    private static Shape last(Shape shape) {
        return Shape.of(shape.extent(shape.rank() - 1));
    }

    private static Shape last(boolean only, Shape shape) {
        return only ? last(shape) : shape;
    }

    private static Head of(Model model, int output, Weighted term, List<String> classNames, Shape target) {
        Loss loss = term.loss();
        Activation end = model.graph().outputActivation(output);
        Shape whole = model.network().outputs().get(output);
        boolean labeled = !classNames.isEmpty();
        boolean atPositions = labeled ? target.rank() > 0 : !whole.isKnown();
        if (atPositions || !whole.isKnown()) checkPositions(whole, labeled, target);
        Shape shape = last(atPositions, whole);
        loss.check(end, shape, classNames.size(), labeled ? Shape.SCALAR : last(atPositions, target));
        Activation fused = loss.fusesWith(end) ? end : Activation.IDENTITY;
        List<String> names = new ArrayList<>(classNames);
        int classes = loss.classes(end, shape, classNames.size());
        while (names.size() < classes) names.add(Integer.toString(names.size()));
        return new Head(
                output,
                shape,
                atPositions,
                term.factor(),
                loss,
                fused,
                end,
                loss.terms(end, shape),
                List.copyOf(names.subList(0, classes)));
    }

    /// Refuses targets that are not those of the positions of an output.
    private static void checkPositions(Shape output, boolean labeled, Shape target) {
        int axes = labeled ? target.rank() : target.rank() - 1; // of positions
        boolean fits = axes > 0 && output.rank() == axes + 1 && output.extent(axes) != Shape.OPEN;
        for (int axis = 0; fits && axis < axes; axis++) {
            int steps = output.extent(axis);
            fits = steps == target.extent(axis) || steps == Shape.OPEN;
        }
        if (fits) return;
        if (axes > 0 && output.rank() == 1) throw TargetRow.onePerRow(labeled ? "label" : "value", target, output);
        String got = target.rank() == 0 ? "one label a row" : (labeled ? "labels " : "values ") + target;
        throw new ShapeException(
                "targets",
                "expects " + (labeled ? "labels" : "values") + " for each position of outputs " + output + ", got "
                        + got,
                axes > 0
                        ? ""
                        : "For one target a row, let a sequence layer return its last step, or end with a pool over"
                                + " steps");
    }

    boolean isFused() {
        return !(fused instanceof Identity);
    }

    boolean classifies() {
        return !classNames.isEmpty();
    }

    /// Refuses targets that the loss does not take.
    void checkTargets(Dataset answers) {
        int classes = answers.classNames().size();
        var targets = new TargetRow(answers);
        float[] one = new float
                [answers.isLabeled()
                        ? 0
                        : last(atPositions, answers.targetShape()).size()];
        for (int row = 0; row < answers.size(); row++) {
            targets.read(row);
            for (int at = 0; at < targets.count(); at += Math.max(1, one.length)) {
                if (answers.isLabeled()) {
                    checkLabel(targets.label(at), classes, row, at);
                } else {
                    targets.copyValues(at, one);
                    loss.checkTarget(outputActivation, one, row);
                }
            }
        }
    }

    private void checkLabel(int label, int classes, int row, int position) {
        if ((label >= 0 && label < classes) || loss.ignores(label)) return;
        throw new DataException(
                "row " + row + (atPositions ? ", position " + position : ""),
                "expects a label from 0 to " + (classes - 1) + ", got " + label,
                "A loss with ignoring(" + label + ") skips such " + (atPositions ? "positions" : "rows"));
    }

    long predictions(Dataset answers) {
        if (!atPositions) return answers.size();
        int width = answers.isLabeled() ? 1 : last(answers.targetShape()).size();
        var targets = new TargetRow(answers);
        long count = 0;
        for (int row = 0; row < answers.size(); row++) count += targets.count(row) / width;
        return count;
    }

    /// The number of predictions for a row, padding included.
    int positions(Targets answers) {
        return atPositions ? answers.positions().rows() / answers.rows() : 1;
    }

    /// Σ weights of a batch's predictions: the divisor of their mean loss.
    double weight(Batch batch) {
        return weight(batch, batch.targets().of(output));
    }

    /// Σ weights of a batch's predictions with these targets.
    double weight(Batch batch, Targets answers) {
        if (batch.rows() == 0) return 0;
        if (!atPositions && batch.weighsPositions()) {
            throw new ShapeException(
                    "batch",
                    "expects a weight for each row where there is one target a row, got "
                            + batch.weights().shape());
        }
        double sum = 0;
        int positions = positions(answers);
        for (int i = 0, end = batch.rows() * positions; i < end; i++) {
            if (isPadding(answers.lengths(), i, positions)) continue;
            double weight = answers instanceof Labels labels ? loss.weight(labels.label(i)) : 1;
            sum += batch.weight(i / positions, i % positions) * weight;
        }
        return sum;
    }

    /// @param lengths of the rows; empty without padding
    private static boolean isPadding(Tensor lengths, int index, int positions) {
        return lengths.size() > 0 && index % positions >= lengths.array()[lengths.offset() + index / positions];
    }

    /// Returns the sum of the weighted losses of rows, or positions. Writes δ, times `scale`.
    double loss(Executor executor, Batch batch, double scale, Tensor delta) {
        return loss(executor, batch, batch.targets().of(output), scale, delta);
    }

    /// Returns the sum of the weighted losses of rows, or positions, with these targets. Writes δ, times `scale`.
    double loss(Executor executor, Batch batch, Targets answers, double scale, Tensor delta) {
        Kernels kernels = executor.kernels();
        Tensor outputs = executor.result(output);
        Tensor losses = executor.pass().tensor(Shape.SCALAR);
        Targets each = answers;
        Tensor to = delta;
        Tensor weights = batch.weights();
        if (atPositions) {
            int positions = positions(answers);
            checkPositions(outputs, executor.pass().lengths(outputs), answers, positions);
            outputs = outputs.positions();
            each = answers.positions();
            to = delta.positions();
            losses = executor.pass().tensor(Shape.of(positions)).reshape(Shape.of(outputs.rows()));
            if (batch.isWeighted()) weights = weightsOf(batch, positions, executor.like(losses));
        }
        loss.compute(fused, outputs, each, losses, to, executor.pass());
        if (batch.isWeighted()) kernels.losses().applyWeights(1, weights, losses);
        if (batch.isWeighted() || scale != 1) kernels.losses().applyWeights((float) scale, weights, to);
        if (atPositions && answers.lengths().size() > 0) { // 0, whatever the network and the loss make of padding
            int positions = positions(answers);
            Tensor byRow = losses.reshape(Shape.of(answers.rows(), positions));
            kernels.sequences().clearPadding(byRow, 1, positions, answers.lengths(), byRow);
            kernels.sequences().clearPadding(delta, 1, positions, answers.lengths(), delta);
        }
        return kernels.sum(losses);
    }

    /// @param lengths of the outputs; empty without padding
    /// @throws ShapeException unless there is a target for each position, and padding has none, or an ignored label
    private void checkPositions(Tensor outputs, Tensor lengths, Targets answers, int positions) {
        boolean fits = outputs.positions().rows() == outputs.rows() * positions;
        if (fits && lengths.size() > 0 && answers.lengths().size() == 0) {
            for (int i = 0; fits && i < outputs.rows() * positions; i++) {
                fits = !isPadding(lengths, i, positions)
                        || (answers instanceof Labels labels && loss.ignores(labels.label(i)));
            }
        } else if (fits && lengths.size() > 0) {
            fits = lengths.equals(answers.lengths());
        }
        if (fits) return;
        throw new ShapeException(
                "targets",
                "expects one for each position of outputs " + outputs.shape()
                        + (lengths.size() == 0 ? "" : " up to the lengths of the rows") + ", got " + positions
                        + " a row",
                lengths.size() == 0 ? "" : "Give the targets the lengths, or padding a label that the loss ignores");
    }

    private static Tensor weightsOf(Batch batch, int positions, Tensor weights) {
        for (int i = 0; i < weights.size(); i++) {
            weights.array()[weights.offset() + i] = batch.weight(i / positions, i % positions);
        }
        return weights;
    }

    /// The activation that turns this output into probabilities: the fused one, or that of the loss;
    /// the identity if there is none.
    private Activation toProbabilities() {
        return isFused() || !(outputActivation instanceof Identity) ? fused : loss.toProbabilities();
    }

    /// The kind of [#predictions] for these targets. Without classes it is labels if they are
    /// probabilities of a sigmoid and all targets are 0 or 1, else values.
    Kind kind(Dataset answers) {
        if (!classifies()) return toProbabilities() instanceof Sigmoid && isBinary(answers) ? Kind.LABELS : Kind.VALUES;
        Activation end = toProbabilities() instanceof Identity ? outputActivation : toProbabilities();
        boolean probabilities = end instanceof Softmax || (end instanceof Sigmoid && shape.size() == 1);
        return probabilities ? Kind.PROBABILITIES : Kind.SCORES;
    }

    private static boolean isBinary(Dataset answers) {
        var targets = new TargetRow(answers);
        for (int row = 0; row < answers.size(); row++) {
            targets.read(row);
            for (int i = 0; i < targets.count(); i++) {
                if (targets.value(i) != 0 && targets.value(i) != 1) return false;
            }
        }
        return true;
    }

    /// The model's predictions, one a row; probabilities if the output is logits.
    Tensor predictions(Executor executor) {
        Tensor outputs = executor.result(output);
        Tensor predictions = executor.like(outputs);
        Model.activate(executor.kernels(), toProbabilities(), outputs, predictions);
        return atPositions ? predictions.positions() : predictions;
    }

    /// The targets of a batch, one for each prediction.
    Targets targets(Batch batch) {
        Targets answers = batch.targets().of(output);
        return atPositions ? answers.positions() : answers;
    }

    interface Counter {
        void add(int truth, int prediction);
    }

    /// Passes the true and the predicted class of each row, or position, to the counter. Skips those whose label is
    /// ignored, and padding. A prediction that is NaN is no class.
    void count(Executor executor, Batch batch, Counter counter) {
        Tensor result = executor.result(output);
        Tensor outputs = atPositions ? result.positions() : result;
        Targets targets = targets(batch);
        for (int i = 0; i < outputs.rows(); i++) {
            if (!counts(batch, i)) continue;
            counter.add(truth(targets, i, executor.kernels()), predicted(outputs, i, executor.kernels()));
        }
    }

    /// Adds the number of rows, or positions, whose label is not ignored, and how many of them are predicted
    /// correctly.
    void countCorrect(Executor executor, Batch batch, LossSums sums) {
        Tensor result = executor.result(output);
        Tensor outputs = atPositions ? result.positions() : result;
        Targets targets = targets(batch);
        int counted = 0;
        int right = 0;
        for (int i = 0; i < outputs.rows(); i++) {
            if (!counts(batch, i)) continue;
            counted++;
            if (truth(targets, i, executor.kernels()) == predicted(outputs, i, executor.kernels())) right++;
        }
        sums.addCorrect(right, counted);
    }

    /// Whether a prediction counts: its label is not ignored, and it is no padding.
    /// @param index of the row, or of the position through all rows
    boolean counts(Batch batch, int index) {
        Targets answers = batch.targets().of(output);
        if (answers instanceof Labels labels && loss.ignores(labels.label(index))) return false;
        return answers.lengths().size() == 0 || !isPadding(answers.lengths(), index, positions(answers));
    }

    /// The true class of a prediction.
    int truth(Targets targets, int index, Kernels kernels) {
        return switch (targets) {
            case Labels labels -> labels.label(index);
            case Values values -> predicted(values.values(), index, kernels);
            case Many many -> truth(many.of(output), index, kernels);
        };
    }

    private int predicted(Tensor outputs, int row, Kernels kernels) {
        if (outputs.matrix().columns() > 1) return kernels.argMax(outputs, row);
        float number = outputs.array()[outputs.offset() + row];
        return Float.isNaN(number) ? Confusion.NO_CLASS : number > threshold() ? 1 : 0;
    }

    /// The bound above which a single output predicts the second of two classes.
    float threshold() {
        return loss.threshold(outputActivation);
    }
}
