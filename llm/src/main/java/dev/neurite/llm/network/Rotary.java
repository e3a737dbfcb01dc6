package dev.neurite.llm.network;

import dev.neurite.kernel.PositionKernels.Rotation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/// How rotary positions are scaled for longer sequences than those of the first training: the divisors of a
/// [Rotation].
public final class Rotary {
    private Rotary() {}

    /// All angles divided by one number: positions between those of the training (Chen et al. 2023,
    /// arXiv:2306.15595).
    /// @param factor above 0
    public static Rotation linear(Rotation of, double factor) {
        return scaled(of, _ -> factor, 1);
    }

    /// The scaling of Llama 3.1: slow angles are divided, fast ones are not, those between partly.
    /// @param low waves longer than `context / low` are divided; below `high`
    /// @param high waves shorter than `context / high` stay
    /// @param context the positions of the first training
    public static Rotation llama3(Rotation of, double factor, double low, double high, double context) {
        return scaled(
                of,
                i -> {
                    double wave = 2 * Math.PI / frequency(of, i);
                    double kept = Math.clamp((context / wave - low) / (high - low), 0, 1);
                    return 1 / ((1 - kept) / factor + kept);
                },
                1);
    }

    /// YaRN (Peng et al. 2023, arXiv:2309.00071): as [#llama3], with a ramp over pairs instead of waves, and a
    /// magnitude of 0.1·ln(factor) + 1.
    /// @param fast turns in `context` positions, from which on angles stay; 32 usually
    /// @param slow turns, up to which angles are divided; 1 usually
    /// @param context the positions of the first training
    public static Rotation yarn(Rotation of, double factor, double fast, double slow, double context) {
        double first = Math.max(0, Math.floor(pair(of, fast, context)));
        double last = Math.min(of.turned() - 1.0, Math.ceil(pair(of, slow, context)));
        double width = Math.max(last - first, 0.001); // as in its program
        return scaled(
                of,
                i -> {
                    double divided = Math.clamp((i - first) / width, 0, 1);
                    return 1 / (divided / factor + 1 - divided);
                },
                factor > 1 ? 0.1 * StrictMath.log(factor) + 1 : 1);
    }

    /// The pair that turns so often in `context` positions.
    private static double pair(Rotation of, double turns, double context) {
        return of.turned() * StrictMath.log(context / (turns * 2 * Math.PI)) / (2 * StrictMath.log(of.base()));
    }

    private static double frequency(Rotation of, double pair) {
        return StrictMath.pow(of.base(), -2 * pair / of.turned());
    }

    private static Rotation scaled(Rotation of, DoubleUnaryOperator divisor, double magnitude) {
        List<Double> divisors = new ArrayList<>();
        for (int i = 0; i < of.turned() / 2; i++) divisors.add(divisor.applyAsDouble(i));
        return new Rotation(of.base(), of.turned(), of.interleaved(), divisors, magnitude);
    }
}
