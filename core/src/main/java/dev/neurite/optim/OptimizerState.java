package dev.neurite.optim;

import java.util.Arrays;

/// What an optimizer remembers of a range of parameters from step to step: some numbers a parameter, some a
/// range, and how many steps it has taken. Ranges share the arrays, so that these are as long as θ.
public final class OptimizerState {
    private final float[][] slots;
    private final double[] scalars;
    private long step;

    private OptimizerState(float[][] slots, double[] scalars, long step) {
        this.slots = slots;
        this.scalars = scalars;
        this.step = step;
    }

    /// The memory of an optimizer before its first step.
    /// @param size the number of parameters
    public static OptimizerState fresh(Optimizer optimizer, int size) {
        float[][] slots = new float[optimizer.slots()][size];
        for (int i = 0; i < slots.length; i++) Arrays.fill(slots[i], (float) optimizer.initial(i));
        return new OptimizerState(slots, new double[optimizer.scalars()], 0);
    }

    /// A memory of zeros.
    static OptimizerState fresh(int slots, int scalars, int size) {
        return new OptimizerState(new float[slots][size], new double[scalars], 0);
    }

    /// A memory with the same arrays, for another range of them: it counts its own steps, from 0.
    public OptimizerState forAnotherRange() {
        return new OptimizerState(slots, new double[scalars.length], 0);
    }

    /// The numbers of a slot, one a parameter; not a copy.
    public float[] slot(int index) {
        return slots[index];
    }

    /// All slots; not a copy.
    public float[][] slots() {
        return slots;
    }

    /// The numbers of the range; not a copy.
    public double[] scalars() {
        return scalars;
    }

    /// The number of steps taken, the present one included.
    public long step() {
        return step;
    }

    /// Goes on after so many steps, as when this memory was written down.
    public void countFrom(long steps) {
        step = steps;
    }

    /// Counts a step that begins, from 1.
    public long nextStep() {
        return ++step;
    }

    /// A memory of its own with the same content.
    public OptimizerState copy() {
        float[][] copies = Arrays.stream(slots).map(float[]::clone).toArray(float[][]::new);
        return new OptimizerState(copies, scalars.clone(), step);
    }
}
