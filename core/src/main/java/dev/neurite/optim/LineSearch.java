package dev.neurite.optim;

import dev.neurite.kernel.Kernels;

/// A line search for the strong Wolfe conditions: it first brackets a good step, then narrows the
/// bracket. Nocedal and Wright 2006, algorithms 3.5 and 3.6, with cubic interpolation.
/// Close to a minimum, differences of a float32 loss are below its rounding noise, while derivatives
/// are still accurate. So values that differ by less than 1e-6 of f count as equal, as in Hager and
/// Zhang 2005, "A new conjugate gradient method with guaranteed descent".
final class LineSearch {
    private static final double DECREASE = 1e-4; // c₁
    private static final double CURVATURE = 0.9; // c₂
    private static final double NOISE = 1e-6;
    private static final double FARTHEST = 10; // largest factor of a step in the bracketing phase
    private static final double MARGIN = 0.1; // fraction of the bracket that the next point keeps from its ends

    /// A step size, with f and its derivative there.
    private static final class Point {
        private double step;
        private double value;
        private double slope;
        private float[] gradient;

        Point(int size) {
            gradient = new float[size];
        }

        void set(double newStep, double newValue, double newSlope) {
            step = newStep;
            value = newValue;
            slope = newSlope;
        }

        void set(Point other) {
            set(other.step, other.value, other.slope);
        }
    }

    /// θ at the start of the line; the caller writes it before a search.
    final float[] start;

    /// The descent direction; the caller writes it before a search.
    final float[] direction;

    private final int limit;
    private final double tolerance;
    private final Kernels kernels;
    private final Point first = new Point(0);
    private final Point far = new Point(0); // the other end of the bracket
    private Point best;
    private Point trial;
    private int evaluations;
    private double noise;

    LineSearch(Lbfgs settings, int size, Kernels kernels) {
        this.start = new float[size];
        this.direction = new float[size];
        this.limit = settings.evaluations();
        this.tolerance = settings.changeTolerance();
        this.kernels = kernels;
        this.best = new Point(size);
        this.trial = new Point(size);
    }

    /// Searches for a step from [#start] along [#direction]. Leaves θ at an arbitrary point of the
    /// line, see [#goTo].
    /// @param value f at the start
    /// @param slope its derivative along the direction, below 0
    /// @param step the first step to try
    /// @return whether a step was found that reduces f
    boolean run(SmoothFunction f, float[] theta, double value, double slope, double step) {
        evaluations = 0;
        noise = NOISE * Math.abs(value);
        first.set(0, value, slope);
        best.set(first);
        double next = step;
        while (evaluations < limit) {
            evaluate(f, theta, next);
            if (isHigher()) {
                far.set(trial);
                return narrow(f, theta);
            }
            if (isGood()) return takeTrial();
            if (trial.slope >= 0) {
                far.set(best);
                takeTrial();
                return narrow(f, theta);
            }
            double least = trial.step + 0.01 * (trial.step - best.step);
            next = minimum(best, trial, least, FARTHEST * trial.step);
            takeTrial();
        }
        return best.value < first.value;
    }

    /// Narrows the bracket of the best and the far point.
    private boolean narrow(SmoothFunction f, float[] theta) {
        double reach = Minimization.largest(direction);
        while (evaluations < limit && Math.abs(far.step - best.step) * reach > tolerance) {
            double margin = MARGIN * Math.abs(far.step - best.step);
            double least = Math.min(best.step, far.step) + margin;
            double most = Math.max(best.step, far.step) - margin;
            evaluate(f, theta, minimum(best, far, least, most));
            if (isHigher()) {
                far.set(trial);
            } else {
                if (isGood()) return takeTrial();
                if (trial.slope * (far.step - best.step) >= 0) far.set(best);
                takeTrial();
            }
        }
        return best.value < first.value;
    }

    private void evaluate(SmoothFunction f, float[] theta, double step) {
        goTo(step, theta);
        double value = f.evaluate(theta, trial.gradient);
        double slope = kernels.dot(trial.gradient, direction, 0, direction.length);
        boolean isNumber = Double.isFinite(value) && Double.isFinite(slope);
        trial.set((float) step, isNumber ? value : Double.POSITIVE_INFINITY, slope);
        evaluations++;
    }

    /// Whether the trial point violates the decrease condition, or is above the best point.
    private boolean isHigher() {
        return trial.value > first.value + DECREASE * trial.step * first.slope + noise
                || trial.value > best.value + noise;
    }

    private boolean isGood() {
        return Math.abs(trial.slope) <= -CURVATURE * first.slope;
    }

    private boolean takeTrial() {
        Point last = best;
        best = trial;
        trial = last;
        return true;
    }

    /// The minimum of the cubic through the values and derivatives of two points, or of the parabola
    /// through their derivatives if values are equal up to noise; clipped to two bounds.
    private double minimum(Point a, Point b, double least, double most) {
        double width = b.step - a.step;
        double place;
        if (Math.abs(a.value - b.value) <= noise) {
            place = (a.step * b.slope - b.step * a.slope) / (b.slope - a.slope);
        } else {
            double d1 = a.slope + b.slope - 3 * (b.value - a.value) / width;
            double d2 = Math.signum(width) * Math.sqrt(d1 * d1 - a.slope * b.slope);
            place = b.step - width * (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2);
        }
        return Double.isFinite(place) ? Math.min(Math.max(place, least), most) : (least + most) / 2;
    }

    /// θ = start + step·direction.
    void goTo(double step, float[] theta) {
        float t = (float) step;
        kernels.update(0, theta.length, (from, to) -> {
            for (int i = from; i < to; i++) theta[i] = Math.fma(t, direction[i], start[i]);
        });
    }

    double step() {
        return best.step;
    }

    /// f at the best point.
    double value() {
        return best.value;
    }

    float[] gradient() {
        return best.gradient;
    }

    int evaluations() {
        return evaluations;
    }
}
