package dev.neurite.onnx.op;

import dev.neurite.onnx.value.Value;

/// Copies elements of a value to another one of the same type. Indices count from the first element of each.
public final class Copier {
    private static final int SHORT = 16; // elements that a loop copies as fast as the JVM copies arrays

    private final Object x;
    private final Object y;
    private final int xAt;
    private final int yAt;
    private final Steps steps;

    /// A loop over elements that are some distance apart.
    @FunctionalInterface
    private interface Steps {
        void copy(int from, int step, int to, int toStep, int count);
    }

    private Copier(Value x, Value y, Steps steps) {
        this.x = x.array();
        this.y = y.array();
        this.xAt = x.offset();
        this.yAt = y.offset();
        this.steps = steps;
    }

    /// From x to y, which may be the same.
    public static Copier of(Value x, Value y) {
        return new Copier(x, y, steps(x, y));
    }

    /// Copies neighboring elements.
    public void run(int from, int to, int count) {
        if (count < SHORT) steps.copy(xAt + from, 1, yAt + to, 1, count);
        else System.arraycopy(x, xAt + from, y, yAt + to, count);
    }

    /// Copies one element to several neighboring ones.
    public void repeat(int from, int to, int count) {
        int done = Math.min(count, SHORT);
        steps.copy(xAt + from, 0, yAt + to, 1, done);
        while (done < count) {
            int n = Math.min(done, count - done);
            System.arraycopy(y, yAt + to, y, yAt + to + done, n);
            done += n;
        }
    }

    /// Copies elements that are `step` apart to places that are `toStep` apart.
    public void line(int from, int step, int to, int toStep, int count) {
        if (toStep == 1 && step == 1) run(from, to, count);
        else if (toStep == 1 && step == 0) repeat(from, to, count);
        else steps.copy(xAt + from, step, yAt + to, toStep, count);
    }

    private static Steps steps(Value x, Value y) {
        return switch (x.type()) {
            case FLOAT -> steps((float[]) x.array(), (float[]) y.array());
            case DOUBLE -> steps((double[]) x.array(), (double[]) y.array());
            case INT64, UINT64 -> steps((long[]) x.array(), (long[]) y.array());
            case INT32, UINT32 -> steps((int[]) x.array(), (int[]) y.array());
            case INT16, UINT16 -> steps((short[]) x.array(), (short[]) y.array());
            case INT8, UINT8, INT4, UINT4 -> steps((byte[]) x.array(), (byte[]) y.array());
            case BOOL -> steps((boolean[]) x.array(), (boolean[]) y.array());
            case STRING, SEQUENCE, MAP, OPTIONAL -> steps((Object[]) x.array(), (Object[]) y.array());
        };
    }

    private static Steps steps(float[] x, float[] y) {
        return (from, step, to, toStep, count) -> {
            for (int i = 0; i < count; i++) y[to + i * toStep] = x[from + i * step];
        };
    }

    private static Steps steps(double[] x, double[] y) {
        return (from, step, to, toStep, count) -> {
            for (int i = 0; i < count; i++) y[to + i * toStep] = x[from + i * step];
        };
    }

    private static Steps steps(long[] x, long[] y) {
        return (from, step, to, toStep, count) -> {
            for (int i = 0; i < count; i++) y[to + i * toStep] = x[from + i * step];
        };
    }

    private static Steps steps(int[] x, int[] y) {
        return (from, step, to, toStep, count) -> {
            for (int i = 0; i < count; i++) y[to + i * toStep] = x[from + i * step];
        };
    }

    private static Steps steps(byte[] x, byte[] y) {
        return (from, step, to, toStep, count) -> {
            for (int i = 0; i < count; i++) y[to + i * toStep] = x[from + i * step];
        };
    }

    private static Steps steps(boolean[] x, boolean[] y) {
        return (from, step, to, toStep, count) -> {
            for (int i = 0; i < count; i++) y[to + i * toStep] = x[from + i * step];
        };
    }

    private static Steps steps(short[] x, short[] y) {
        return (from, step, to, toStep, count) -> {
            for (int i = 0; i < count; i++) y[to + i * toStep] = x[from + i * step];
        };
    }

    private static Steps steps(Object[] x, Object[] y) {
        return (from, step, to, toStep, count) -> {
            for (int i = 0; i < count; i++) y[to + i * toStep] = x[from + i * step];
        };
    }
}
