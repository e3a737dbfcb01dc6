package dev.neurite.dashboard.playground;

import dev.neurite.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/// What a playground shows at one moment.
/// @param step the number of steps taken
/// @param epoch the number of finished epochs
/// @param row the number of rows of the present epoch that were trained on
/// @param rows the number of rows of an epoch
/// @param playing whether training goes on by itself
/// @param train the loss and accuracy on the rows that are trained on
/// @param test the same on the test rows; empty for presets, which have none
/// @param layers the hidden layers and the output layer
/// @param surface the answer of the network on the plane, [#SURFACE_SIDE] pixels square, row by row
/// from the top left; for the identity mapping a column for each input and a row for each output
/// @param scale what the bytes 0 and 255 of the surface stand for
/// @param problem why training stopped by itself; empty if it did not
public record Frame(
        long step,
        int epoch,
        int row,
        int rows,
        boolean playing,
        Score train,
        Optional<Score> test,
        List<Layer> layers,
        Heatmap surface,
        Scale scale,
        Optional<String> problem) {
    /// The side of the heat map of a unit, in pixels.
    public static final int UNIT_SIDE = 24;

    /// The side of the surface, in pixels.
    public static final int SURFACE_SIDE = 64;

    /// How well the network does on some rows.
    /// @param loss the mean loss
    /// @param accuracy the share of correct classes; empty for a regression
    public record Score(double loss, OptionalDouble accuracy) {}

    /// One layer.
    /// @param weights `[units × inputs]`
    /// @param bias `[units]`
    /// @param heatmaps the output of each unit on the plane, [#UNIT_SIDE] pixels square, row by row
    /// from the top left; for the identity mapping a stripe for each input
    /// @param scales what the bytes 0 and 255 of each heat map stand for
    public record Layer(Tensor weights, Tensor bias, List<Heatmap> heatmaps, List<Scale> scales) {}

    /// A range of numbers that bytes stand for.
    /// @param low the number of byte 0
    /// @param high the number of byte 255
    public record Scale(double low, double high) {
        /// The range of probabilities.
        static final Scale SHARE = new Scale(0, 1);

        /// The range of targets of a regression.
        static final Scale SIGNED = new Scale(-1, 1);

        /// The byte of a number; numbers outside are moved to the nearer end, NaN to the middle.
        byte of(float value) {
            if (Float.isNaN(value)) return (byte) 128;
            double share = (Math.clamp((double) value, low, high) - low) / (high - low);
            return (byte) Math.round(255 * share);
        }
    }
}
