package dev.neurite.onnx.op.math;

import dev.neurite.onnx.op.Broadcast;
import dev.neurite.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// Runs of float arithmetic: loops that the JVM's compiler turns into vector instructions.
enum FloatRuns {
    ADD {
        @Override
        void both(float[] a, int i, float[] b, int j, float[] y, int k, int n) {
            for (int at = 0; at < n; at++) y[k + at] = a[i + at] + b[j + at];
        }

        @Override
        void left(float[] a, int i, float b, float[] y, int k, int n) {
            for (int at = 0; at < n; at++) y[k + at] = a[i + at] + b;
        }

        @Override
        void right(float a, float[] b, int j, float[] y, int k, int n) {
            left(b, j, a, y, k, n);
        }
    },
    SUB {
        @Override
        void both(float[] a, int i, float[] b, int j, float[] y, int k, int n) {
            for (int at = 0; at < n; at++) y[k + at] = a[i + at] - b[j + at];
        }

        @Override
        void left(float[] a, int i, float b, float[] y, int k, int n) {
            for (int at = 0; at < n; at++) y[k + at] = a[i + at] - b;
        }

        @Override
        void right(float a, float[] b, int j, float[] y, int k, int n) {
            for (int at = 0; at < n; at++) y[k + at] = a - b[j + at];
        }
    },
    MUL {
        @Override
        void both(float[] a, int i, float[] b, int j, float[] y, int k, int n) {
            for (int at = 0; at < n; at++) y[k + at] = a[i + at] * b[j + at];
        }

        @Override
        void left(float[] a, int i, float b, float[] y, int k, int n) {
            for (int at = 0; at < n; at++) y[k + at] = a[i + at] * b;
        }

        @Override
        void right(float a, float[] b, int j, float[] y, int k, int n) {
            left(b, j, a, y, k, n);
        }
    },
    DIV {
        @Override
        void both(float[] a, int i, float[] b, int j, float[] y, int k, int n) {
            for (int at = 0; at < n; at++) y[k + at] = a[i + at] / b[j + at];
        }

        @Override
        void left(float[] a, int i, float b, float[] y, int k, int n) {
            for (int at = 0; at < n; at++) y[k + at] = a[i + at] / b;
        }

        @Override
        void right(float a, float[] b, int j, float[] y, int k, int n) {
            for (int at = 0; at < n; at++) y[k + at] = a / b[j + at];
        }
    };

    /// The loops of an operator; null if it has none.
    static @Nullable FloatRuns of(String op) {
        return switch (op) {
            case "Add" -> ADD;
            case "Sub" -> SUB;
            case "Mul" -> MUL;
            case "Div" -> DIV;
            default -> null;
        };
    }

    /// The results for two runs.
    abstract void both(float[] a, int i, float[] b, int j, float[] y, int k, int n);

    /// The results for a run and a number.
    abstract void left(float[] a, int i, float b, float[] y, int k, int n);

    /// The results for a number and a run.
    abstract void right(float a, float[] b, int j, float[] y, int k, int n);

    /// The whole result.
    void run(Broadcast broadcast, Tensor a, Tensor b, Tensor y) {
        float[] x1 = a.array();
        float[] x2 = b.array();
        float[] result = y.array();
        broadcast.forEach((at, k, n) -> {
            int i = a.offset() + at[0];
            int j = b.offset() + at[1];
            int to = y.offset() + k;
            if (broadcast.moves(0) && broadcast.moves(1)) both(x1, i, x2, j, result, to, n);
            else if (broadcast.moves(0)) left(x1, i, x2[j], result, to, n);
            else if (broadcast.moves(1)) right(x1[i], x2, j, result, to, n);
            else both(x1, i, x2, j, result, to, 1);
        });
    }
}
