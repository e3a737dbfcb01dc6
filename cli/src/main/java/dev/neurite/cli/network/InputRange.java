package dev.neurite.cli.network;

import dev.neurite.cli.console.Text;
import dev.neurite.data.Dataset;
import dev.neurite.error.ModelFormatException;
import dev.neurite.io.json.Json;
import dev.neurite.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/// The range of values in training, to warn of values far outside, such as pixels from 0 to 255 for a
/// network that was trained on pixels from 0 to 1.
/// @param low the smallest
/// @param high the largest
public record InputRange(double low, double high) {
    private static final int LOOKED_AT = 1000; // rows
    private static final double FAR = 10; // times the width of the range

    /// The range of the first thousand rows.
    public static InputRange of(Dataset data) {
        float[] row = new float[data.inputShape().size()];
        InputRange seen = new InputRange(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
        for (int i = 0; i < Math.min(LOOKED_AT, data.size()); i++) {
            data.readInput(i, row, 0);
            for (float each : row) seen = seen.with(each);
        }
        return seen;
    }

    public static InputRange of(Tensor values) {
        InputRange seen = new InputRange(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
        for (float each : values.toArray()) seen = seen.with(each);
        return seen;
    }

    private InputRange with(float value) {
        return value >= low && value <= high ? this : new InputRange(Math.min(low, value), Math.max(high, value));
    }

    /// Whether a range has values further outside this one than ten times its width. False if this range has no width.
    public boolean isFar(InputRange other) {
        double far = FAR * (high - low);
        return high > low && (other.low < low - far || other.high > high + far);
    }

    /// Describes values that are far away.
    /// @param where the file that has them
    public String farText(String where, InputRange got) {
        return Text.format(
                "%s has values from %s to %s, training saw %s to %s",
                where, (float) got.low, (float) got.high, (float) low, (float) high);
    }

    /// The text of a note in a model file.
    public String note() {
        return Json.of(List.of(Double.toString(low), Double.toString(high))).write();
    }

    /// Reads a [#note()].
    /// @param where the place of the note, for errors
    /// @throws ModelFormatException for another text
    static Optional<InputRange> read(String where, String note) {
        List<String> ends = Json.readStrings(where, note);
        try {
            if (ends.isEmpty()) return Optional.empty();
            return Optional.of(new InputRange(Double.parseDouble(ends.getFirst()), Double.parseDouble(ends.getLast())));
        } catch (NumberFormatException _) {
            throw new ModelFormatException(where, "expects two numbers, got " + note);
        }
    }
}
