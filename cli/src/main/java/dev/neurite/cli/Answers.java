package dev.neurite.cli;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Activation.Identity;
import dev.neurite.kernel.Activation.Sigmoid;
import dev.neurite.kernel.Activation.Softmax;
import dev.neurite.kernel.Kernels;
import dev.neurite.loss.Loss;
import dev.neurite.loss.Losses;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/// What a network's outputs mean.
/// @param classes their names; empty where outputs are values
/// @param end what makes probabilities of the outputs; the identity where they are such, or nothing does
/// @param scores whether outputs are scores of classes, of which nothing makes probabilities
/// @param single whether the only output is that of the second of two classes
/// @param top how many classes to show; 0 for all
record Answers(List<String> classes, Activation end, boolean scores, boolean single, int top) {
    private static final Answers VALUES = new Answers(List.of(), Activation.IDENTITY, false, false, 0);

    /// Reads it off the model's end and its notes.
    /// @throws ConfigException if only some classes are wanted of a network without any
    static Answers of(LoadedModel loaded, int top) {
        Model model = loaded.model();
        if (model.network().inputs().size() != 1 || model.network().outputs().size() != 1) {
            throw new ShapeException("model", "expects one input and one output to predict from the command line");
        }
        Shape output = model.network().outputs().getFirst();
        Activation last = model.outputActivation();
        Loss loss = loaded.loss().orElse(Losses.crossEntropy());
        List<String> names = loaded.classNames();
        boolean pair = names.size() == 2 && loss.classes(last, output, 2) == 2;
        boolean single = output.size() == 1 && (last instanceof Sigmoid || pair);
        int told = single ? 2 : output.size();
        boolean named = names.size() == told;
        boolean softmax = model.network().trailingActivation(0) instanceof Softmax;
        boolean classifies = named || single || softmax;
        if (top > 0 && !classifies) {
            throw new ConfigException("--top", "expects a network that tells classes apart, got one that gives values");
        }
        if (!classifies) return VALUES;
        if (!named) names = IntStream.range(0, told).mapToObj(Integer::toString).toList();
        boolean probable = softmax || last instanceof Softmax || last instanceof Sigmoid;
        Activation end = probable ? Activation.IDENTITY : loss.toProbabilities();
        return new Answers(names, end, !probable && end instanceof Identity, single, Math.min(top, told));
    }

    /// A number for each class, or value, for each row of outputs.
    Tensor of(Tensor outputs, Kernels kernels) {
        Tensor flat = outputs.reshape(Shape.of(outputs.rows(), outputs.matrix().columns()));
        Tensor told = Tensor.zeros(flat.shape());
        switch (end) {
            case Elementwise g -> kernels.activate(g, flat, told);
            default -> kernels.softmax(flat, told);
        }
        if (!single) return told;
        float[][] rows = told.toRows();
        for (int i = 0; i < rows.length; i++) {
            float second = rows[i][0];
            rows[i] = new float[] {scores ? -second : 1 - second, second};
        }
        return Tensor.of(rows);
    }

    /// What a class's number is called: p for a probability.
    String measure() {
        return scores ? "score" : "p";
    }

    /// The indices of a row's values, the largest first; of equal ones the first.
    static int[] ranked(float[] values) {
        return IntStream.range(0, values.length)
                .boxed()
                .sorted((a, b) -> Float.compare(values[b], values[a]))
                .mapToInt(Integer::intValue)
                .toArray();
    }
}
