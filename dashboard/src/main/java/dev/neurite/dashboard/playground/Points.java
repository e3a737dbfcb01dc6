package dev.neurite.dashboard.playground;

import java.util.List;

/// Examples: points in the plane, or rows with inputs of their own.
final class Points {
    private final double[] x1;
    private final double[] x2;
    private final float[] targets;
    private final float[][] inputs;
    private final List<String> titles;

    /// Points in the plane, whose inputs are [Feature]s.
    Points(double[] x1, double[] x2, float[] targets) {
        this(x1, x2, targets, new float[0][], List.of());
    }

    private Points(double[] x1, double[] x2, float[] targets, float[][] inputs, List<String> titles) {
        this.x1 = x1;
        this.x2 = x2;
        this.targets = targets;
        this.inputs = inputs;
        this.titles = titles;
    }

    /// Rows with inputs of their own, which are nowhere in the plane.
    static Points rows(float[][] inputs, List<String> titles, float[] targets) {
        int count = targets.length;
        return new Points(new double[count], new double[count], targets, inputs, titles);
    }

    double[] x1() {
        return x1;
    }

    double[] x2() {
        return x2;
    }

    /// What to learn: a class from 0, or a number from −1 to 1.
    float[] targets() {
        return targets;
    }

    /// The inputs of each example; empty for points in the plane.
    float[][] inputs() {
        return inputs;
    }

    /// The names of these inputs; empty for points in the plane.
    List<String> titles() {
        return titles;
    }

    int count() {
        return targets.length;
    }
}
