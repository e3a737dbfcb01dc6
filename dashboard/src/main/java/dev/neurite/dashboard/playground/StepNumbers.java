package dev.neurite.dashboard.playground;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.model.Inspection;
import dev.neurite.model.Inspection.LayerView;
import dev.neurite.model.Parameter;
import dev.neurite.model.Parameters;
import java.util.List;

/// All numbers of one step, from the library. Layers are numbered from 1, with 0 for the inputs of the
/// network; units from 0. Without a word about rows, numbers are those of the shown example.
/// @param experiment the experiment that takes the step
/// @param inspection the tensors of the step
/// @param before the parameters before the step
/// @param after the parameters after it
/// @param slotsBefore the numbers that the optimizer keeps for each parameter, before the step
/// @param slotsAfter the same after it
/// @param loss the mean loss of the rows, before the step
/// @param step the number of the step, from 1
/// @param rows the examples of the step, by their index among those that are trained on
/// @param shown the index of the shown example in `rows`
record StepNumbers(
        Experiment experiment,
        Inspection inspection,
        Parameters before,
        Parameters after,
        List<float[]> slotsBefore,
        List<float[]> slotsAfter,
        double loss,
        long step,
        List<Integer> rows,
        int shown) {
    /// The number of the output layer.
    int last() {
        return experiment.layers().size() + 1;
    }

    /// The shown example, by its index among those that are trained on.
    int example() {
        return rows.get(shown);
    }

    private LayerView layer(int number) {
        return inspection.layer(name(number));
    }

    private static String name(int layer) {
        return "dense" + layer;
    }

    /// The inputs of a layer for all rows.
    float[][] inputs(int layer) {
        return layer(layer).input().toRows();
    }

    float[] input(int layer) {
        return inputs(layer)[shown];
    }

    float[] z(int layer) {
        return layer(layer).preActivation().toRows()[shown];
    }

    /// The outputs of a layer, before dropout.
    float[] output(int layer) {
        return layer(layer).output().toRows()[shown];
    }

    float[] targets() {
        float target = experiment.points().targets()[experiment.trainRows()[example()]];
        if (experiment.outputs() == 1) {
            boolean signed = experiment.loss() == ErrorMeasure.HINGE;
            return new float[] {signed ? 2 * target - 1 : target};
        }
        float[] oneHot = new float[experiment.outputs()];
        oneHot[(int) target] = 1;
        return oneHot;
    }

    Activation activation(int layer) {
        return layer == last()
                ? experiment.outputActivation()
                : experiment.activation().function();
    }

    /// g′(z) of a unit; 1 for a softmax.
    float slope(int layer, int unit) {
        return activation(layer) instanceof Elementwise g ? g.derivative(z(layer)[unit], output(layer)[unit]) : 1;
    }

    /// What dropout multiplies the output of a unit by: 0 or 1 / (1 − rate).
    float mask(int layer, int unit) {
        if (!drops(layer)) return 1;
        float after = input(layer + 1)[unit];
        float before = output(layer)[unit];
        return before == 0 ? 1 : after / before;
    }

    boolean drops(int layer) {
        return layer < last() && experiment.dropout() > 0;
    }

    /// δ of all rows.
    float[][] deltas(int layer) {
        return layer(layer).delta().orElseThrow().toRows();
    }

    float[] delta(int layer) {
        return deltas(layer)[shown];
    }

    /// The gradients of the weights, a row for each unit: the mean over all rows.
    float[][] weightGradients(int layer) {
        return layer(layer).gradient("weight").toRows();
    }

    /// The gradients of the biases: the mean over all rows.
    float[] biasGradients(int layer) {
        return layer(layer).gradient("bias").toArray();
    }

    /// The weights before the step, a row for each unit.
    float[][] weights(int layer) {
        return weights(before, layer);
    }

    float[] biases(int layer) {
        return biases(before, layer);
    }

    float[][] newWeights(int layer) {
        return weights(after, layer);
    }

    float[] newBiases(int layer) {
        return biases(after, layer);
    }

    private static float[][] weights(Parameters of, int layer) {
        return of.get(name(layer) + ".weight").toRows();
    }

    private static float[] biases(Parameters of, int layer) {
        return of.get(name(layer) + ".bias").toArray();
    }

    /// The index of a parameter in the flat arrays.
    /// @param input from 0; −1 for the bias
    int index(int layer, int unit, int input) {
        String name = name(layer) + (input < 0 ? ".bias" : ".weight");
        Parameter part = before.parts().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
        return part.offset() + (input < 0 ? unit : unit * part.shape().extent(1) + input);
    }
}
