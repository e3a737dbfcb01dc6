package dev.neurite.optim;

import java.util.Arrays;

/// What an optimizer remembers from step to step.
public final class OptimizerState {
    private final float[][] slots;
    private long step;

    private OptimizerState(float[][] slots, long step) {
        this.slots = slots;
        this.step = step;
    }

    /// The memory of an optimizer before its first step.
    /// @param size the number of parameters
    public static OptimizerState fresh(Optimizer optimizer, int size) {
        return new OptimizerState(new float[optimizer.slots()][size], 0);
    }

    /// The numbers of a slot, one a parameter; not a copy.
    public float[] slot(int index) {
        return slots[index];
    }

    /// The number of slots.
    public int slots() {
        return slots.length;
    }

    /// The number of steps taken.
    public long step() {
        return step;
    }

    /// Counts a step that begins, from 1.
    public long nextStep() {
        return ++step;
    }

    /// A memory of its own with the same content.
    public OptimizerState copy() {
        return new OptimizerState(Arrays.stream(slots).map(float[]::clone).toArray(float[][]::new), step);
    }
}
