package dev.neurite.onnx.op.ml;

import dev.neurite.onnx.op.NodeCall;

/// What makes the scores of a row its results.
enum PostTransform {
    NONE,
    SOFTMAX,
    LOGISTIC,
    /// The softmax of the scores that are not 0; those that are 0 stay so.
    SOFTMAX_ZERO,
    PROBIT; // the order is that of TreeEnsemble's numbers

    private static final double ZERO = 1e-7; // less is 0, for SOFTMAX_ZERO
    private static final double WINITZKI = 0.147;

    /// The one that a node names; NONE if it names none.
    static PostTransform of(NodeCall call) {
        String name = call.attributes().text("post_transform", "NONE");
        for (PostTransform each : values()) if (each.name().equals(name)) return each;
        throw call.wrong(
                "expects a post_transform of NONE, SOFTMAX, LOGISTIC, SOFTMAX_ZERO or PROBIT, got '" + name + "'");
    }

    /// The one of a number, as TreeEnsemble has it.
    static PostTransform ofNumber(NodeCall call) {
        long number = call.attributes().integer("post_transform", 0);
        if (number >= 0 && number < values().length) return values()[(int) number];
        throw call.wrong("expects a post_transform from 0 to 4, got " + number);
    }

    /// Transforms the scores of a row.
    void apply(double[] scores, int from, int count) {
        switch (this) {
            case NONE -> {}
            case SOFTMAX -> softmax(scores, from, count, -1);
            case SOFTMAX_ZERO -> softmax(scores, from, count, ZERO);
            case LOGISTIC -> {
                for (int i = from; i < from + count; i++) scores[i] = logistic(scores[i]);
            }
            case PROBIT -> {
                for (int i = from; i < from + count; i++) scores[i] = probit(scores[i]);
            }
        }
    }

    static double logistic(double x) {
        double v = 1 / (1 + Math.exp(-Math.abs(x)));
        return x < 0 ? 1 - v : v;
    }

    /// The inverse of the normal distribution, as Winitzki approximates it.
    private static double probit(double p) {
        double x = 2 * p - 1;
        double log = Math.log((1 - x) * (1 + x));
        double a = 2 / (Math.PI * WINITZKI) + log / 2;
        return Math.signum(x) * Math.sqrt(2) * Math.sqrt(Math.sqrt(a * a - log / WINITZKI) - a);
    }

    /// @param zero scores up to this size stay as they are; −1 for none
    private static void softmax(double[] scores, int from, int count, double zero) {
        double most = Double.NEGATIVE_INFINITY;
        for (int i = from; i < from + count; i++) most = Math.max(most, scores[i]);
        double sum = 0;
        for (int i = from; i < from + count; i++) {
            if (Math.abs(scores[i]) <= zero) continue;
            scores[i] = Math.exp(scores[i] - most);
            sum += scores[i];
        }
        if (sum == 0) return;
        for (int i = from; i < from + count; i++) scores[i] /= sum;
    }
}
