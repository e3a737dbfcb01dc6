package dev.neurite.onnx.op;

import dev.neurite.onnx.value.Value;

/// Elements of values of any type, one at a time: for operators that need not be fast.
public final class Elements {
    private Elements() {}

    /// Reads numbers; true is 1.
    public interface Doubles {
        double get(int index);
    }

    /// Reads integers; true is 1.
    public interface Longs {
        long get(int index);
    }

    /// Writes numbers, rounded to the type.
    public interface DoubleWriter {
        void set(int index, double x);
    }

    /// Writes integers, of which the lowest bits of the type's number are taken.
    public interface LongWriter {
        void set(int index, long x);
    }

    /// The elements as doubles, in the order of their array.
    public static Doubles doubles(Value value) {
        int from = value.offset();
        return switch (value.type()) {
            case FLOAT -> {
                float[] x = (float[]) value.array();
                yield i -> x[from + i];
            }
            case DOUBLE -> {
                double[] x = (double[]) value.array();
                yield i -> x[from + i];
            }
            case UINT64 -> {
                long[] x = (long[]) value.array();
                yield i -> Value.unsigned(x[from + i]);
            }
            default -> {
                Longs x = longs(value);
                yield x::get;
            }
        };
    }

    /// The elements as integers; those of 64 bits without a sign as they are.
    public static Longs longs(Value value) {
        int from = value.offset();
        return switch (value.type()) {
            case INT64, UINT64 -> {
                long[] x = (long[]) value.array();
                yield i -> x[from + i];
            }
            case INT32 -> {
                int[] x = (int[]) value.array();
                yield i -> x[from + i];
            }
            case UINT32 -> {
                int[] x = (int[]) value.array();
                yield i -> x[from + i] & 0xffff_ffffL;
            }
            case INT16 -> {
                short[] x = (short[]) value.array();
                yield i -> x[from + i];
            }
            case UINT16 -> {
                short[] x = (short[]) value.array();
                yield i -> x[from + i] & 0xffff;
            }
            case INT8, INT4, UINT4 -> {
                byte[] x = (byte[]) value.array();
                yield i -> x[from + i];
            }
            case UINT8 -> {
                byte[] x = (byte[]) value.array();
                yield i -> x[from + i] & 0xff;
            }
            case BOOL -> {
                boolean[] x = (boolean[]) value.array();
                yield i -> x[from + i] ? 1 : 0;
            }
            default -> throw new IllegalArgumentException("no integers: " + value.type());
        };
    }

    /// Writes floats or doubles.
    public static DoubleWriter doubleWriter(Value value) {
        int from = value.offset();
        return switch (value.type()) {
            case FLOAT -> {
                float[] y = (float[]) value.array();
                yield (i, x) -> y[from + i] = (float) x;
            }
            case DOUBLE -> {
                double[] y = (double[]) value.array();
                yield (i, x) -> y[from + i] = x;
            }
            default -> throw new IllegalArgumentException("no floats: " + value.type());
        };
    }

    /// Writes integers or truth values.
    public static LongWriter longWriter(Value value) {
        int from = value.offset();
        return switch (value.type()) {
            case INT64, UINT64 -> {
                long[] y = (long[]) value.array();
                yield (i, x) -> y[from + i] = x;
            }
            case INT32, UINT32 -> {
                int[] y = (int[]) value.array();
                yield (i, x) -> y[from + i] = (int) x;
            }
            case INT16, UINT16 -> {
                short[] y = (short[]) value.array();
                yield (i, x) -> y[from + i] = (short) x;
            }
            case INT4 -> {
                byte[] y = (byte[]) value.array();
                yield (i, x) -> y[from + i] = (byte) ((byte) (x << 4) >> 4);
            }
            case UINT4 -> {
                byte[] y = (byte[]) value.array();
                yield (i, x) -> y[from + i] = (byte) (x & 0xf);
            }
            case INT8, UINT8 -> {
                byte[] y = (byte[]) value.array();
                yield (i, x) -> y[from + i] = (byte) x;
            }
            case BOOL -> {
                boolean[] y = (boolean[]) value.array();
                yield (i, x) -> y[from + i] = x != 0;
            }
            default -> throw new IllegalArgumentException("no integers: " + value.type());
        };
    }
}
