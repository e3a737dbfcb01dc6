package dev.neurite.dashboard.playground;

/// A weight or bias that was set by hand.
/// @param layer the number of the layer, from 1; the last is the output layer
/// @param unit the number of the unit in it, from 1
/// @param input the number of the input whose weight it is, from 1; 0 for the bias
/// @param value the value, from −1,000 to 1,000
public record Edit(int layer, int unit, int input, double value) {
    /// The largest value, with either sign.
    public static final double LARGEST = 1000;

    boolean isBias() {
        return input == 0;
    }

    /// The name of its parameter in the model.
    String parameter() {
        return "dense" + layer + (isBias() ? ".bias" : ".weight");
    }
}
