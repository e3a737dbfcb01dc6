package dev.neurite.cli;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Sigmoid;
import dev.neurite.kernel.Activation.Softmax;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/// What a network's outputs mean.
/// @param classes their names; empty where outputs are values
/// @param logits whether outputs are logits of the classes, so that a softmax makes probabilities of
///     them
/// @param single whether the only output is the probability of the second of two classes
/// @param top how many classes to show; 0 for all
record Answers(List<String> classes, boolean logits, boolean single, int top) {
    /// Reads it off the model's end and its notes.
    /// @throws ConfigException if only some classes are wanted of a network without any
    static Answers of(LoadedModel loaded, int top) {
        Model model = loaded.model();
        if (model.network().inputs().size() != 1 || model.network().outputs().size() != 1) {
            throw new ShapeException("model", "expects one input and one output to predict from the command line");
        }
        int outputs = model.network().outputs().getFirst().size();
        boolean single = outputs == 1 && model.outputActivation() instanceof Sigmoid;
        int told = single ? 2 : outputs;
        List<String> names = loaded.classNames();
        boolean named = names.size() == told;
        boolean classifies = named || single || model.network().trailingActivation(0) instanceof Activation.Softmax;
        if (top > 0 && !classifies) {
            throw new ConfigException("--top", "expects a network that tells classes apart, got one that gives values");
        }
        if (!classifies) return new Answers(List.of(), false, false, 0);
        if (!named) names = IntStream.range(0, told).mapToObj(Integer::toString).toList();
        boolean logits = !single
                && !(model.outputActivation() instanceof Softmax
                        || model.outputActivation() instanceof Sigmoid
                        || model.network().trailingActivation(0) instanceof Activation.Softmax);
        return new Answers(names, logits, single, Math.min(top, told));
    }

    /// A row of probabilities, or values, for each row of outputs.
    Tensor probabilities(Tensor outputs, Kernels kernels) {
        Tensor flat = outputs.reshape(Shape.of(outputs.rows(), outputs.matrix().columns()));
        if (logits) {
            Tensor y = Tensor.zeros(flat.shape());
            kernels.softmax(flat, y);
            return y;
        }
        if (!single) return flat;
        float[][] rows = flat.toRows();
        for (int i = 0; i < rows.length; i++) rows[i] = new float[] {1 - rows[i][0], rows[i][0]};
        return Tensor.of(rows);
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
