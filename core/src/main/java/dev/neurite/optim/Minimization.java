package dev.neurite.optim;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DivergedException;
import dev.neurite.kernel.Kernels;

/// The minimization of a function by [Lbfgs], iteration by iteration. The bits depend only on the
/// function and θ, not on kernels or threads.
///
/// Its state: sᵢ = θᵢ₊₁ − θᵢ and yᵢ = gᵢ₊₁ − gᵢ of each step in the history, and the gradient at θ.
public final class Minimization {
    private static final int VALUE = 0; // f(θ), among the scalars
    private static final int PAIRS = 1; // the number of pairs s, y
    private static final int NEXT = 2; // the index of the next pair; the sᵀy of all pairs follow
    private static final double STRAIGHT = 1e-8; // pairs with a smaller cosine of s and y are skipped

    private final Lbfgs settings;
    private final OptimizerState state;
    private final Kernels kernels;
    private final LineSearch search;
    private final float[] start;
    private final float[] direction;
    private final double[] alpha; // of the two loops

    Minimization(Lbfgs settings, OptimizerState state, Kernels kernels) {
        this.settings = settings;
        this.state = state;
        this.kernels = kernels;
        int size = state.slot(0).length;
        this.search = new LineSearch(settings, size, kernels);
        this.start = search.start;
        this.direction = search.direction;
        this.alpha = new double[settings.history()];
    }

    /// The state between iterations; not a copy.
    public OptimizerState state() {
        return state;
    }

    /// Performs one iteration. The first one also evaluates f at the initial θ.
    /// @param theta θ, changed; must be unchanged since the last iteration
    /// @param f the function, the same each time
    /// @throws DivergedException if f or its gradient is not finite at the initial θ
    /// @throws ConfigException for another number of parameters than in [Lbfgs#begin]
    public Iteration iterate(float[] theta, SmoothFunction f) {
        if (theta.length != start.length) {
            throw new ConfigException("parameters", "expects " + start.length + " numbers, got " + theta.length);
        }
        int evaluations = state.nextStep() == 1 ? evaluateFirst(theta, f) : 0;
        float[] g = state.slot(0);
        double value = state.scalars()[VALUE];
        double largest = largest(g);
        if (largest <= settings.gradientTolerance()) {
            return new Iteration(value, largest, 0, evaluations, Iteration.Outcome.CONVERGED);
        }
        System.arraycopy(theta, 0, start, 0, start.length);
        boolean found = search(theta, f, g, value);
        evaluations += search.evaluations();
        if (!found && pairs() > 0) {
            forget();
            found = search(theta, f, g, value);
            evaluations += search.evaluations();
        }
        if (!found) {
            System.arraycopy(start, 0, theta, 0, start.length);
            return new Iteration(value, largest, 0, evaluations, Iteration.Outcome.STALLED);
        }
        search.goTo(search.step(), theta);
        double moved = remember(theta, g);
        double now = largest(g);
        boolean still = moved <= settings.changeTolerance();
        boolean same = value - search.value() <= settings.changeTolerance() * Math.abs(value) && now >= largest;
        Iteration.Outcome outcome = now <= settings.gradientTolerance()
                ? Iteration.Outcome.CONVERGED
                : still || same ? Iteration.Outcome.STALLED : Iteration.Outcome.CONTINUES;
        return new Iteration(search.value(), now, search.step(), evaluations, outcome);
    }

    private int evaluateFirst(float[] theta, SmoothFunction f) {
        double value = f.evaluate(theta, state.slot(0));
        if (!Double.isFinite(value) || !kernels.isFinite(state.slot(0), 0, theta.length)) {
            throw new DivergedException(
                    "minimization, first evaluation", "expects a value and gradients that are numbers, got " + value);
        }
        state.scalars()[VALUE] = value;
        return 1;
    }

    private boolean search(float[] theta, SmoothFunction f, float[] g, double value) {
        findDirection(g);
        double slope = dot(g, direction);
        if (!(slope < 0) || !Double.isFinite(slope)) {
            if (pairs() == 0) return false;
            forget();
            return search(theta, f, g, value);
        }
        // With a history the direction has the right length; the first step has an L1 norm of at most 1.
        double step = pairs() > 0 ? 1 : Math.min(1, 1 / sumOfSizes(g));
        return search.run(f, theta, value, slope, step);
    }

    /// d = −H·g by the two-loop recursion: Nocedal and Wright 2006, algorithm 7.4.
    private void findDirection(float[] g) {
        float[] d = direction;
        kernels.update(0, d.length, (from, to) -> {
            for (int i = from; i < to; i++) d[i] = -g[i];
        });
        int pairs = pairs();
        for (int age = 1; age <= pairs; age++) {
            int k = place(age);
            alpha[k] = dot(s(k), d) / curvature(k);
            add((float) -alpha[k], y(k), d);
        }
        if (pairs > 0) {
            int k = place(1);
            float gamma = (float) (curvature(k) / dot(y(k), y(k)));
            kernels.update(0, d.length, (from, to) -> {
                for (int i = from; i < to; i++) d[i] = gamma * d[i];
            });
        }
        for (int age = pairs; age >= 1; age--) {
            int k = place(age);
            double beta = dot(y(k), d) / curvature(k);
            add((float) (alpha[k] - beta), s(k), d);
        }
    }

    private void add(float factor, float[] x, float[] sum) {
        kernels.update(0, sum.length, (from, to) -> {
            for (int i = from; i < to; i++) sum[i] = Math.fma(factor, x[i], sum[i]);
        });
    }

    /// Adds the step to θ and the gradient change to the history.
    /// @return the largest change of a parameter
    private double remember(float[] theta, float[] g) {
        double[] scalars = state.scalars();
        int k = (int) scalars[NEXT];
        float[] s = s(k);
        float[] y = y(k);
        float[] now = search.gradient();
        boolean full = pairs() == settings.history();
        kernels.update(0, theta.length, (from, to) -> {
            for (int i = from; i < to; i++) {
                s[i] = theta[i] - start[i];
                y[i] = now[i] - g[i];
                g[i] = now[i];
            }
        });
        scalars[VALUE] = search.value();
        double product = dot(s, y);
        if (product > STRAIGHT * Math.sqrt(dot(s, s) * dot(y, y))) {
            scalars[NEXT + 1 + k] = product;
            scalars[NEXT] = (k + 1) % settings.history();
            if (!full) scalars[PAIRS]++;
        } else if (full) {
            scalars[PAIRS]--; // the oldest pair is overwritten
        }
        return largest(s);
    }

    private void forget() {
        state.scalars()[PAIRS] = 0;
    }

    private int pairs() {
        return (int) state.scalars()[PAIRS];
    }

    /// The index of the pair of an age; 1 is the newest.
    private int place(int age) {
        return Math.floorMod((int) state.scalars()[NEXT] - age, settings.history());
    }

    private float[] s(int k) {
        return state.slot(1 + k);
    }

    private float[] y(int k) {
        return state.slot(1 + settings.history() + k);
    }

    /// sᵀy of a pair, above 0.
    private double curvature(int k) {
        return state.scalars()[NEXT + 1 + k];
    }

    private double dot(float[] a, float[] b) {
        return kernels.dot(a, b, 0, a.length);
    }

    private static double sumOfSizes(float[] x) {
        double sum = 0;
        for (float value : x) sum += Math.abs(value);
        return sum;
    }

    /// max |xᵢ|; NaN if one is.
    static double largest(float[] x) {
        float largest = 0;
        for (float value : x) largest = Math.max(largest, Math.abs(value));
        return largest;
    }
}
