package dev.neurite.train;

import dev.neurite.data.Batch;
import dev.neurite.data.Dataset;
import dev.neurite.error.DataException;
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
/// @param output the index of the output
/// @param factor the factor of the loss in the sum of all losses
/// @param loss the loss
/// @param fused the last activation, if the loss computes it and the network runs without it; else the
/// identity
/// @param outputActivation the last activation of the model
/// @param terms the number of outputs over which a row's loss is a mean; 1 if it is not a mean
/// @param classNames the classes that the output predicts; empty if it predicts none
record Head(
        int output,
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
        if (like instanceof Values(Tensor values)) {
            return of(model, output, term, List.of(), values.shape().row());
        }
        Shape shape = model.network().outputs().get(output);
        Activation end = model.graph().outputActivation(output);
        int classes = Math.max(2, term.loss().classes(end, shape, Math.max(2, shape.size())));
        List<String> names =
                IntStream.range(0, classes).mapToObj(Integer::toString).toList();
        return of(model, output, term, names, Shape.of());
    }

    private static Head of(Model model, int output, Weighted term, List<String> classNames, Shape target) {
        Loss loss = term.loss();
        Activation end = model.graph().outputActivation(output);
        Shape shape = model.network().outputs().get(output);
        loss.check(end, shape, classNames.size(), target);
        Activation fused = loss.fusesWith(end) ? end : Activation.IDENTITY;
        List<String> names = new ArrayList<>(classNames);
        int classes = loss.classes(end, shape, classNames.size());
        while (names.size() < classes) names.add(Integer.toString(names.size()));
        return new Head(
                output,
                term.factor(),
                loss,
                fused,
                end,
                loss.terms(end, shape),
                List.copyOf(names.subList(0, classes)));
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
        float[] target = new float[answers.targetShape().size()];
        for (int row = 0; row < answers.size(); row++) {
            if (!answers.isLabeled()) {
                answers.readTarget(row, target, 0);
                loss.checkTarget(outputActivation, target, row);
                continue;
            }
            int label = answers.label(row);
            if ((label < 0 || label >= classes) && !loss.ignores(label)) {
                throw new DataException(
                        "row " + row,
                        "expects a label from 0 to " + (classes - 1) + ", got " + label,
                        "A loss with ignoring(" + label + ") skips such rows");
            }
        }
    }

    /// Σ weights of a batch's rows: the divisor of their mean loss.
    double weight(Batch batch) {
        return weight(batch, batch.targets().of(output));
    }

    /// Σ weights of a batch's rows with these targets.
    double weight(Batch batch, Targets answers) {
        double sum = 0;
        for (int row = 0; row < batch.rows(); row++) {
            double weight = answers instanceof Labels labels ? loss.weight(labels.label(row)) : 1;
            sum += batch.weight(row) * weight;
        }
        return sum;
    }

    /// Returns the sum of the rows' weighted losses. Writes δ, times `scale`.
    double loss(Executor executor, Batch batch, double scale, Tensor delta) {
        return loss(executor, batch, batch.targets().of(output), scale, delta);
    }

    /// Returns the sum of the rows' weighted losses with these targets. Writes δ, times `scale`.
    double loss(Executor executor, Batch batch, Targets answers, double scale, Tensor delta) {
        Kernels kernels = executor.kernels();
        Tensor losses = executor.pass().tensor(Shape.SCALAR);
        loss.compute(fused, executor.result(output), answers, losses, delta, executor.pass());
        if (batch.isWeighted()) kernels.losses().applyWeights(1, batch.weights(), losses);
        if (batch.isWeighted() || scale != 1) kernels.losses().applyWeights((float) scale, batch.weights(), delta);
        return kernels.sum(losses);
    }

    /// The activation that turns this output into probabilities: the fused one, or that of the loss;
    /// the identity if there is none.
    private Activation toProbabilities() {
        return isFused() || !(outputActivation instanceof Identity) ? fused : loss.toProbabilities();
    }

    /// The kind of [#predictions] for these targets. Without classes it is labels if they are
    /// probabilities of a sigmoid and all targets are 0 or 1, else values.
    /// @param outputs the number of outputs
    Kind kind(Dataset answers, int outputs) {
        if (!classifies()) return toProbabilities() instanceof Sigmoid && isBinary(answers) ? Kind.LABELS : Kind.VALUES;
        Activation end = toProbabilities() instanceof Identity ? outputActivation : toProbabilities();
        boolean probabilities = end instanceof Softmax || (end instanceof Sigmoid && outputs == 1);
        return probabilities ? Kind.PROBABILITIES : Kind.SCORES;
    }

    private static boolean isBinary(Dataset answers) {
        float[] target = new float[answers.targetShape().size()];
        for (int row = 0; row < answers.size(); row++) {
            answers.readTarget(row, target, 0);
            for (float value : target) if (value != 0 && value != 1) return false;
        }
        return true;
    }

    /// The model's predictions; probabilities if the output is logits.
    Tensor predictions(Executor executor) {
        Tensor outputs = executor.result(output);
        Tensor predictions = executor.like(outputs);
        Model.activate(executor.kernels(), toProbabilities(), outputs, predictions);
        return predictions;
    }

    interface Counter {
        void add(int truth, int prediction);
    }

    /// Passes the true and the predicted class of each row to the counter. Skips rows whose label is
    /// ignored. A row whose output is NaN is predicted as no class.
    void count(Executor executor, Batch batch, Counter counter) {
        Tensor outputs = executor.result(output);
        Targets answers = batch.targets().of(output);
        for (int row = 0; row < batch.rows(); row++) {
            if (!counts(answers, row)) continue;
            counter.add(truth(answers, row, executor.kernels()), predicted(outputs, row, executor.kernels()));
        }
    }

    /// Adds the number of rows whose label is not ignored, and how many of them are predicted
    /// correctly.
    void countCorrect(Executor executor, Batch batch, LossSums sums) {
        Tensor outputs = executor.result(output);
        Targets answers = batch.targets().of(output);
        int counted = 0;
        int right = 0;
        for (int row = 0; row < batch.rows(); row++) {
            if (!counts(answers, row)) continue;
            counted++;
            if (truth(answers, row, executor.kernels()) == predicted(outputs, row, executor.kernels())) right++;
        }
        sums.addCorrect(right, counted);
    }

    boolean counts(Targets targets, int row) {
        return !(targets instanceof Labels labels) || !loss.ignores(labels.label(row));
    }

    int truth(Targets targets, int row, Kernels kernels) {
        return switch (targets) {
            case Labels labels -> labels.label(row);
            case Values values -> predicted(values.values(), row, kernels);
            case Many many -> truth(many.of(output), row, kernels);
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
