package dev.neurite.dashboard.playground;

import dev.neurite.model.Inspection;
import dev.neurite.model.Inspection.LayerView;
import dev.neurite.model.Parameter;
import dev.neurite.model.Parameters;
import java.util.List;

/// All numbers of one step, from the library.
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
        Inspection inspection,
        Parameters before,
        Parameters after,
        List<float[]> slotsBefore,
        List<float[]> slotsAfter,
        double loss,
        long step,
        List<Integer> rows,
        int shown) {
    LayerView layer(int number) {
        return inspection.layer("dense" + number);
    }

    /// The numbers of the shown example.
    float[] shown(float[][] ofRows) {
        return ofRows[shown];
    }

    float[] input(int layer) {
        return shown(layer(layer).input().toRows());
    }

    float[] z(int layer) {
        return shown(layer(layer).preActivation().toRows());
    }

    float[] output(int layer) {
        return shown(layer(layer).output().toRows());
    }

    /// δ of all rows.
    float[][] deltas(int layer) {
        return layer(layer).delta().orElseThrow().toRows();
    }

    float[] delta(int layer) {
        return shown(deltas(layer));
    }

    float[][] weights(int layer) {
        return before.get("dense" + layer + ".weight").toRows();
    }

    float[] biases(int layer) {
        return before.get("dense" + layer + ".bias").toArray();
    }

    /// The index of a parameter in the flat arrays.
    /// @param input from 0; −1 for the bias
    int index(int layer, int unit, int input) {
        String name = "dense" + layer + (input < 0 ? ".bias" : ".weight");
        Parameter part = before.parts().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
        return part.offset() + (input < 0 ? unit : unit * part.shape().extent(1) + input);
    }
}
