package dev.neurite.optim;

import java.util.Arrays;
import java.util.List;

/// Short names for learning-rate schedules, for static imports, and schedules with a simple formula. In
/// the formulas α is the optimizer's learning rate, t counts steps from 0
/// ([Schedule#perEpoch()] makes it epochs) and T is the schedule's length.
///
/// <!-- Snippets#schedules -->
/// ```java
/// Schedule falling = Schedules.cosine();
/// Schedule warm = Schedules.sequence(Schedules.warmup(500), Schedules.cosine());
/// Schedule patient = Schedules.reduceOnPlateau().withPatience(3);
/// ```
///
/// | name | learning rate | PyTorch |
/// |---|---|---|
/// | [#constant(double)] | c·α, or α | `ConstantLR` |
/// | [#step] | α·γ^⌊t/size⌋ | `StepLR` |
/// | [#multiStep] | α·γ for each milestone passed | `MultiStepLR` |
/// | [#exponential] | α·γᵗ | `ExponentialLR` |
/// | [#inverseTime] | α / (1 + k·t/size) | Keras's `InverseTimeDecay` |
/// | [#polynomial] | from α to an end, (1 − t/T)ᵖ | `PolynomialLR` |
/// | [#cosine] | from α to a floor, cosine annealing | `CosineAnnealingLR` |
/// | [#cosineRestarts] | repeated cosine annealing | `CosineAnnealingWarmRestarts` |
/// | [#warmup] | linear from a fraction of α to α | `LinearLR` |
/// | [#oneCycle] | up and down once, inverse momentum | `OneCycleLR` |
/// | [#cyclic] | up and down repeatedly, inverse momentum | `CyclicLR` |
/// | [#reduceOnPlateau] | times a factor when a metric stops improving; counts epochs | `ReduceLROnPlateau` |
/// Rates are computed from t, in double; PyTorch computes most of them step by step, with other
/// rounding.
public final class Schedules {
    private Schedules() {}

    /// The optimizer's learning rate. `constant().lasting(5_000)` holds it for 5,000 steps.
    public static Constant constant() {
        return new Constant(1);
    }

    /// The optimizer's learning rate times a factor, see [Constant].
    /// @param factor above 0 to 1
    public static Constant constant(double factor) {
        return new Constant(factor);
    }

    /// Times 0.1 (PyTorch's default) every `size` steps. See [Step].
    public static Step step(long size) {
        return new Step(size, 0.1);
    }

    /// Times 0.1 (PyTorch's default) at these steps. See [MultiStep].
    public static MultiStep multiStep(long... milestones) {
        return new MultiStep(Arrays.stream(milestones).boxed().toList(), 0.1);
    }

    /// Times γ in each step, see [Exponential].
    public static Exponential exponential(double gamma) {
        return new Exponential(gamma);
    }

    /// α / (1 + k·t/size), see [InverseTime].
    /// @param size steps, at least 1
    /// @param decay k, above 0
    public static InverseTime inverseTime(long size, double decay) {
        return new InverseTime(size, decay, false);
    }

    /// Linear decay to 0 at the end of the run, see [Polynomial].
    public static Polynomial polynomial() {
        return new Polynomial(0, 1, 0);
    }

    /// Linear decay to 0 in this many steps, see [Polynomial].
    public static Polynomial polynomial(long length) {
        return polynomial().withLength(length);
    }

    /// Cosine annealing to 0 at the end of the run, see [Cosine].
    public static Cosine cosine() {
        return new Cosine(0, 0);
    }

    /// Cosine annealing to 0 in this many steps, see [Cosine].
    public static Cosine cosine(long length) {
        return cosine().withLength(length);
    }

    /// Cosine annealing with restarts after equal lengths, see [CosineRestarts].
    /// @param first the steps between restarts
    public static CosineRestarts cosineRestarts(long first) {
        return cosineRestarts(first, 1);
    }

    /// Cosine annealing with restarts after growing lengths, see [CosineRestarts].
    /// @param first the steps until the first restart
    /// @param factor the growth of the length at each restart
    public static CosineRestarts cosineRestarts(long first, long factor) {
        return new CosineRestarts(first, factor, 0);
    }

    /// Linear warmup from 0.01·α to α (PyTorch's `LinearLR` starts at ⅓, torchvision's trainings at
    /// 0.01). See [Warmup].
    public static Warmup warmup(long length) {
        return new Warmup(length, 0.01);
    }

    /// Linear warmup from a fraction of α to α, see [Warmup].
    /// @param start the fraction, 0 to 1
    public static Warmup warmup(long length, double start) {
        return new Warmup(length, start);
    }

    /// Up and down once in the whole run, see [OneCycle].
    public static OneCycle oneCycle() {
        return new OneCycle();
    }

    /// Up and down once in this many steps, see [OneCycle].
    public static OneCycle oneCycle(long length) {
        return oneCycle().withLength(length);
    }

    /// Up and down repeatedly, see [Cyclic].
    /// @param low the lowest rate
    /// @param half the steps up, and the steps down
    public static Cyclic cyclic(double low, long half) {
        return new Cyclic(low, half);
    }

    /// Times 0.1 when the loss, or another metric, stops improving, see [ReduceOnPlateau]. Without validation
    /// data that is the training loss.
    public static ReduceOnPlateau reduceOnPlateau() {
        return new ReduceOnPlateau();
    }

    /// A schedule of your own, as a lambda: `custom((base, at) -> base / Math.sqrt(1 +
    /// at.now())).lasting(100)`.
    public static Schedule custom(Schedule own) {
        return own;
    }

    /// Schedules one after another, see [Schedule#then].
    /// @throws dev.neurite.error.ConfigException as for [Schedule#then]
    public static Schedule sequence(Schedule... parts) {
        return new Schedule.Sequence(List.of(parts));
    }

    /// c·α.
    /// @param factor c, above 0 to 1
    public record Constant(double factor) implements Schedule {
        /// @throws dev.neurite.error.ConfigException for a factor out of range
        public Constant {
            Ranges.factor("constant schedule: factor", factor);
        }

        @Override
        public double rate(double base, Moment at) {
            return factor * base;
        }
    }

    /// α·γ^⌊t/size⌋.
    /// @param size steps, at least 1
    /// @param gamma γ, above 0 to 1; PyTorch's default is 0.1
    public record Step(long size, double gamma) implements Schedule {
        /// @throws dev.neurite.error.ConfigException for a setting out of range
        public Step {
            Ranges.count(1, "step schedule: size", size);
            Ranges.factor("step schedule: gamma", gamma);
        }

        /// The same with another γ.
        public Step withGamma(double other) {
            return new Step(size, other);
        }

        @Override
        public double rate(double base, Moment at) {
            long stairs = at.now() / size;
            return base * StrictMath.pow(gamma, (double) stairs);
        }
    }

    /// α·γⁿ after n of the milestones.
    /// @param milestones the steps at which the rate falls, from 1, ascending
    /// @param gamma γ, above 0 to 1; PyTorch's default is 0.1
    public record MultiStep(List<Long> milestones, double gamma) implements Schedule {
        /// Keeps a copy.
        /// @throws dev.neurite.error.ConfigException for a setting out of range
        public MultiStep {
            milestones = List.copyOf(milestones);
            long before = 0;
            for (long each : milestones) {
                Ranges.require(
                        each > before,
                        "multi-step schedule",
                        "expects milestones from 1, each above the one before, got " + milestones);
                before = each;
            }
            Ranges.factor("multi-step schedule: gamma", gamma);
        }

        /// The same with another γ.
        public MultiStep withGamma(double other) {
            return new MultiStep(milestones, other);
        }

        @Override
        public double rate(double base, Moment at) {
            int passed = 0;
            while (passed < milestones.size() && milestones.get(passed) <= at.now()) passed++;
            return base * StrictMath.pow(gamma, passed);
        }
    }

    /// α·γᵗ.
    /// @param gamma γ, above 0 to 1
    public record Exponential(double gamma) implements Schedule {
        /// @throws dev.neurite.error.ConfigException for a setting out of range
        public Exponential {
            Ranges.factor("exponential schedule: gamma", gamma);
        }

        @Override
        public double rate(double base, Moment at) {
            return base * StrictMath.pow(gamma, (double) at.now());
        }
    }

    /// α / (1 + k·t/size), optionally with t/size rounded down: Keras's `InverseTimeDecay`.
    /// @param size steps, at least 1
    /// @param decay k, above 0
    /// @param staircase whether t/size is rounded down
    public record InverseTime(long size, double decay, boolean staircase) implements Schedule {
        /// @throws dev.neurite.error.ConfigException for a setting out of range
        public InverseTime {
            Ranges.count(1, "inverse-time schedule: size", size);
            Ranges.positive("inverse-time schedule: decay", decay);
        }

        /// The same with t/size rounded down.
        public InverseTime withStaircase() {
            return new InverseTime(size, decay, true);
        }

        @Override
        public double rate(double base, Moment at) {
            double passed = (double) at.now() / size;
            return base / (1 + decay * (staircase ? StrictMath.floor(passed) : passed));
        }
    }

    /// end + (α − end)·(1 − t/T)ᵖ. PyTorch's `PolynomialLR` ends at 0; Keras's `PolynomialDecay` ends
    /// at 0.0001.
    /// @param length T in steps; 0 for the rest of the run
    /// @param power p, above 0; 1, the default, is a straight line
    /// @param end a rate from 0 up to the optimizer's; 0 by default
    public record Polynomial(long length, double power, double end) implements Schedule {
        /// @throws dev.neurite.error.ConfigException for a setting out of range
        public Polynomial {
            Ranges.count(0, "polynomial schedule: length", length);
            Ranges.positive("polynomial schedule: power", power);
            Ranges.notNegative("polynomial schedule: end", end);
        }

        /// The same with this length in steps.
        /// @throws dev.neurite.error.ConfigException for a length below 1
        public Polynomial withLength(long other) {
            Ranges.count(1, "polynomial schedule: length", other);
            return new Polynomial(other, power, end);
        }

        /// The same with another power.
        public Polynomial withPower(double other) {
            return new Polynomial(length, other, end);
        }

        /// The same with another rate at the end.
        public Polynomial withEnd(double other) {
            return new Polynomial(length, power, other);
        }

        /// @throws dev.neurite.error.ConfigException if the end is above α, or T is unknown
        @Override
        public double rate(double base, Moment at) {
            Ranges.below("polynomial schedule: end", end, base);
            return end + (base - end) * StrictMath.pow(1 - at.share(length), power);
        }
    }

    /// floor + (α − floor)·(1 + cos(π·t/T)) / 2. Loshchilov and Hutter 2017, arXiv:1608.03983.
    /// PyTorch's `CosineAnnealingLR` rises again after T; this one keeps the floor.
    /// @param length T in steps; 0 for the rest of the run
    /// @param floor a rate from 0 up to the optimizer's; 0 by default
    public record Cosine(long length, double floor) implements Schedule {
        /// @throws dev.neurite.error.ConfigException for a setting out of range
        public Cosine {
            Ranges.count(0, "cosine schedule: length", length);
            Ranges.notNegative("cosine schedule: floor", floor);
        }

        /// The same with this length in steps.
        /// @throws dev.neurite.error.ConfigException for a length below 1
        public Cosine withLength(long other) {
            Ranges.count(1, "cosine schedule: length", other);
            return new Cosine(other, floor);
        }

        /// The same with another rate at the end.
        public Cosine withFloor(double other) {
            return new Cosine(length, other);
        }

        /// @throws dev.neurite.error.ConfigException if the floor is above α, or T is unknown
        @Override
        public double rate(double base, Moment at) {
            Ranges.below("cosine schedule: floor", floor, base);
            return floor + (base - floor) * halfWave(at.share(length));
        }
    }

    /// Repeated [Cosine] annealing: the first cycle has T₀ steps, each later one `factor` times as many
    /// as the one before. Loshchilov and Hutter 2017, arXiv:1608.03983.
    /// @param first T₀, at least 1
    /// @param factor at least 1
    /// @param floor a rate from 0 up to the optimizer's; 0 by default
    public record CosineRestarts(long first, long factor, double floor) implements Schedule {
        /// @throws dev.neurite.error.ConfigException for a setting out of range
        public CosineRestarts {
            Ranges.count(1, "cosine restarts: first length", first);
            Ranges.count(1, "cosine restarts: factor", factor);
            Ranges.notNegative("cosine restarts: floor", floor);
        }

        /// The same with another lowest rate.
        public CosineRestarts withFloor(double other) {
            return new CosineRestarts(first, factor, other);
        }

        /// @throws dev.neurite.error.ConfigException if the floor is above α
        @Override
        public double rate(double base, Moment at) {
            Ranges.below("cosine restarts: floor", floor, base);
            long t = factor == 1 ? at.now() % first : at.now();
            long wave = first;
            while (t >= wave) {
                t -= wave;
                wave = wave > Long.MAX_VALUE / factor ? Long.MAX_VALUE : wave * factor;
            }
            return floor + (base - floor) * halfWave((double) t / wave);
        }
    }

    /// α·(start + (1 − start)·t/T). Goyal et al. 2017, arXiv:1706.02677.
    /// @param length T in steps, at least 1
    /// @param start the fraction of α in the first step, 0 to 1
    public record Warmup(long length, double start) implements Schedule {
        /// @throws dev.neurite.error.ConfigException for a setting out of range
        public Warmup {
            Ranges.count(1, "warm-up: length", length);
            Ranges.require(start >= 0 && start <= 1, "warm-up: start", "expects a number from 0 to 1, got " + start);
        }

        @Override
        public double rate(double base, Moment at) {
            return base * (start + (1 - start) * at.share(length));
        }
    }

    /// (1 + cos πx) / 2: 1 at 0, 0 at 1.
    static double halfWave(double x) {
        return (1 + StrictMath.cos(Math.PI * x)) / 2;
    }
}
