package dev.neurite.train;

import dev.neurite.data.Batch;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Activation.Identity;
import dev.neurite.kernel.Activation.Sigmoid;
import dev.neurite.kernel.Activation.Softmax;
import dev.neurite.kernel.Kernels;
import dev.neurite.loss.Loss;
import dev.neurite.loss.Targets;
import dev.neurite.loss.Targets.Labels;
import dev.neurite.loss.Targets.Values;
import dev.neurite.metric.Confusion;
import dev.neurite.metric.Predictions.Kind;
import dev.neurite.model.Executor;
import dev.neurite.model.Model;
import dev.neurite.model.Network;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// A network and a loss, checked to fit each other and the data, and whether they fuse.
/// @param network what runs: up to the logits if the loss takes over from there
/// @param loss the loss
/// @param fused the activation that the loss took off the network's end; the identity if none
/// @param outputActivation what the model ends with
/// @param classNames the classes that the outputs tell apart; empty if they do not
record Objective(Network network, Loss loss, Activation fused, Activation outputActivation, List<String> classNames) {
    static Objective of(Model model, Loss loss, Dataset data) {
        return of(model, loss, data.inputShape(), data.isLabeled(), data.classNames(), data.targetShape());
    }

    /// For batches like this one. Their classes, where answers are labels, are as many as the model tells apart.
    static Objective of(Model model, Loss loss, Batch like) {
        Shape input = like.inputs().shape().row();
        return switch (like.targets()) {
            case Labels _ -> {
                int outputs = model.network().outputs().getFirst().size();
                List<String> names = IntStream.range(0, Math.max(outputs, 2))
                        .mapToObj(Integer::toString)
                        .toList();
                yield of(model, loss, input, true, names, Shape.of());
            }
            case Values(Tensor values) ->
                of(model, loss, input, false, List.of(), values.shape().row());
        };
    }

    private static Objective of(
            Model model, Loss loss, Shape input, boolean labeled, List<String> classNames, Shape target) {
        List<Shape> inputs = model.network().inputs();
        if (inputs.size() != 1 || model.network().outputs().size() != 1) {
            throw new ShapeException("model", "expects one input and one output to train on a data set");
        }
        if (!inputs.getFirst().accepts(input)) {
            boolean flat = inputs.getFirst().isKnown() && inputs.getFirst().size() == input.size();
            throw new ShapeException(
                    "input",
                    "expects rows of " + inputs.getFirst() + ", got data of " + input,
                    flat ? "Give the model the data's shape and begin with flatten()" : "");
        }
        Activation end = model.outputActivation();
        Shape output = model.network().outputs().getFirst();
        loss.check(end, output, classNames.size(), target);
        boolean fuses = loss.fusesWith(end);
        Network network = fuses ? model.logits() : model.network();
        Activation early = network.trailingActivation();
        if (loss.wantsLogits() && !(early instanceof Identity)) {
            throw new ConfigException(
                    loss.toString(),
                    "expects a " + early + " only as the last layer, where it takes it over, got one before it",
                    "Move it to the end, or remove it");
        }
        List<String> names = new ArrayList<>(classNames);
        int told = output.size() == 1 && labeled ? 2 : labeled ? 0 : loss.classes(end, output);
        while (names.size() < told) names.add(Integer.toString(names.size()));
        return new Objective(network, loss, fuses ? end : Activation.IDENTITY, end, List.copyOf(names));
    }

    /// Refuses answers that the loss cannot compare with, before training begins.
    void checkTargets(Dataset data) {
        if (data.isLabeled()) return;
        float[] target = new float[data.targetShape().size()];
        for (int row = 0; row < data.size(); row++) {
            data.readTarget(row, target, 0);
            loss.checkTarget(outputActivation, target, row);
        }
    }

    boolean classifies() {
        return !classNames.isEmpty();
    }

    /// What [#answers] mean for this data. Outputs that are probabilities by themselves are of labels where the
    /// data's answers are 0 or 1 throughout, and else values.
    Kind kind(Dataset data) {
        boolean sigmoid = outputActivation instanceof Sigmoid;
        if (classifies()) {
            boolean softmax = outputActivation instanceof Softmax || network.trailingActivation() instanceof Softmax;
            boolean single = sigmoid && network.outputs().getFirst().size() == 1;
            return softmax || single || loss.wantsLogits() ? Kind.PROBABILITIES : Kind.SCORES;
        }
        return sigmoid && loss.fusesWith(outputActivation) && isBinary(data) ? Kind.LABELS : Kind.VALUES;
    }

    private static boolean isBinary(Dataset data) {
        float[] target = new float[data.targetShape().size()];
        for (int row = 0; row < data.size(); row++) {
            data.readTarget(row, target, 0);
            for (float value : target) if (value != 0 && value != 1) return false;
        }
        return true;
    }

    /// What the model says to a person: probabilities where a network ends in logits.
    Tensor answers(Tensor output, Executor executor) {
        boolean logits = fused instanceof Identity && classifies() && loss.wantsLogits();
        Tensor answers = executor.like(output);
        switch (fused) {
            case Softmax _ -> executor.kernels().softmax(output, answers);
            case dev.neurite.kernel.Activation.LogSoftmax _ ->
                executor.kernels().softmax(output, answers);
            case Elementwise _ when logits -> executor.kernels().softmax(output, answers);
            case Elementwise g -> executor.kernels().activate(g, output, answers);
        }
        return answers;
    }

    /// The sum of the rows' losses; writes δ.
    double loss(Executor executor, Tensor output, Targets targets, Tensor delta) {
        Tensor losses = executor.tensor(Shape.SCALAR);
        loss.compute(fused, output, targets, losses, delta, executor);
        return executor.kernels().sum(losses);
    }

    interface Counter {
        void add(int truth, int prediction);
    }

    /// Tells the counter each row's true and predicted class; rows whose output is NaN are predicted as no
    /// class.
    void count(Tensor output, Targets targets, Counter counter, Kernels kernels) {
        for (int row = 0; row < output.rows(); row++) {
            counter.add(truth(targets, row, kernels), predicted(output, row, kernels));
        }
    }

    /// How many rows are predicted right.
    int correct(Tensor output, Targets targets, Kernels kernels) {
        int correct = 0;
        for (int row = 0; row < output.rows(); row++) {
            if (truth(targets, row, kernels) == predicted(output, row, kernels)) correct++;
        }
        return correct;
    }

    int truth(Targets targets, int row, Kernels kernels) {
        return switch (targets) {
            case Labels labels -> labels.label(row);
            case Values values -> predicted(values.values(), row, kernels);
        };
    }

    private int predicted(Tensor output, int row, Kernels kernels) {
        if (output.matrix().columns() > 1) return kernels.argMax(output, row);
        // One output tells two classes apart: a logit at 0, a probability or number at ½.
        float middle = fused instanceof Identity ? 0.5f : 0;
        float number = output.array()[output.offset() + row];
        return Float.isNaN(number) ? Confusion.NO_CLASS : number > middle ? 1 : 0;
    }
}
