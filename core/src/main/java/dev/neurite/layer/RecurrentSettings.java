package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.model.Initializer;

/// What every [RecurrentLayer] has.
/// @param units the number of elements of the state, 1 to 65,536
/// @param sequences whether the output is the state after each step, not only after the last, the default
/// @param states whether the states after the last step are further outputs; not by default
/// @param reversed whether the steps run from the last to the first; not by default
/// @param recurrentDropout the rate of dropout of the state, from 0, the default, to below 1; see
/// [RecurrentLayer#withRecurrentDropout]
/// @param weights the initializer of the weights of the input
/// @param recurrentWeights the initializer of the weights of the state
/// @param biases the initializer of both biases
public record RecurrentSettings(
        int units,
        boolean sequences,
        boolean states,
        boolean reversed,
        double recurrentDropout,
        Initializer weights,
        Initializer recurrentWeights,
        Initializer biases) {
    private static final int MOST = 1 << 16; // units, whose weights no array would hold

    /// @throws ConfigException for less than 1 unit or more than 65,536, or a rate out of range
    public RecurrentSettings {
        if (units < 1 || units > MOST) {
            throw new ConfigException("recurrent layer", "expects 1 to " + MOST + " units, got " + units);
        }
        RandomLayer.checkRate("recurrent dropout", recurrentDropout);
    }

    /// The defaults: all parameters uniform within ±1/√units, as in PyTorch.
    /// @param gates the gates of a unit, the rows of a parameter for each unit
    /// @throws ConfigException for less than 1 unit or more than 65,536
    public static RecurrentSettings of(int units, int gates) {
        Initializer all = Initializers.recurrent(gates);
        return new RecurrentSettings(units, false, false, false, 0, all, all, all);
    }

    RecurrentSettings withSequences() {
        return new RecurrentSettings(
                units, true, states, reversed, recurrentDropout, weights, recurrentWeights, biases);
    }

    RecurrentSettings withStates() {
        return new RecurrentSettings(
                units, sequences, true, reversed, recurrentDropout, weights, recurrentWeights, biases);
    }

    RecurrentSettings withReversed() {
        return new RecurrentSettings(
                units, sequences, states, true, recurrentDropout, weights, recurrentWeights, biases);
    }

    RecurrentSettings withRecurrentDropout(double rate) {
        return new RecurrentSettings(units, sequences, states, reversed, rate, weights, recurrentWeights, biases);
    }

    RecurrentSettings withWeights(Initializer initializer) {
        return new RecurrentSettings(
                units, sequences, states, reversed, recurrentDropout, initializer, recurrentWeights, biases);
    }

    RecurrentSettings withRecurrentWeights(Initializer initializer) {
        return new RecurrentSettings(
                units, sequences, states, reversed, recurrentDropout, weights, initializer, biases);
    }

    RecurrentSettings withBiases(Initializer initializer) {
        return new RecurrentSettings(
                units, sequences, states, reversed, recurrentDropout, weights, recurrentWeights, initializer);
    }

    /// A layer's `toString`: its name and the settings that differ from the defaults.
    String text(String name) {
        return name + "(" + units + (sequences ? ", sequences" : "") + (states ? ", states" : "")
                + (reversed ? ", reversed" : "")
                + (recurrentDropout == 0 ? "" : ", recurrent dropout " + recurrentDropout) + ", weights " + weights
                + ")";
    }
}
