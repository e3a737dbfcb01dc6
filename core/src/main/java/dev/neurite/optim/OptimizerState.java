package dev.neurite.optim;

import java.util.Arrays;

/// The state of an optimizer for a range of parameters: values per parameter, values per range, and the
/// number of steps. Ranges share the arrays, which are as long as θ.
public final class OptimizerState {
    private final float[][] slots;
    private final double[] scalars;
    private long step;

    private OptimizerState(float[][] slots, double[] scalars, long step) {
        this.slots = slots;
        this.scalars = scalars;
        this.step = step;
    }

    /// The state of an optimizer before its first step.
    /// @param size the number of parameters
    public static OptimizerState fresh(Optimizer optimizer, int size) {
        float[][] slots = new float[optimizer.slots()][size];
        for (int i = 0; i < slots.length; i++) Arrays.fill(slots[i], (float) optimizer.initial(i));
        return new OptimizerState(slots, new double[optimizer.scalars()], 0);
    }

    /// A state of zeros.
    static OptimizerState fresh(int slots, int scalars, int size) {
        return new OptimizerState(new float[slots][size], new double[scalars], 0);
    }

    /// A state for another range with the same arrays and a step count of its own, from 0.
    public OptimizerState forAnotherRange() {
        return new OptimizerState(slots, new double[scalars.length], 0);
    }

    /// A slot, one value per parameter; not a copy.
    public float[] slot(int index) {
        return slots[index];
    }

    /// All slots; not a copy.
    public float[][] slots() {
        return slots;
    }

    /// The values of the range; not a copy.
    public double[] scalars() {
        return scalars;
    }

    /// The number of steps, including the current one.
    public long step() {
        return step;
    }

    /// Sets the number of steps, when a state is restored.
    public void countFrom(long steps) {
        step = steps;
    }

    /// Begins a step and returns its number, from 1.
    public long nextStep() {
        return ++step;
    }

    /// A copy with arrays of its own.
    public OptimizerState copy() {
        float[][] copies = Arrays.stream(slots).map(float[]::clone).toArray(float[][]::new);
        return new OptimizerState(copies, scalars.clone(), step);
    }
}
