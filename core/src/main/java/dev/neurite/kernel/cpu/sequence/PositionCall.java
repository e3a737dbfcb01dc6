package dev.neurite.kernel.cpu.sequence;

import static java.util.Objects.requireNonNull;

import dev.neurite.error.DataException;
import dev.neurite.kernel.AttentionKernels.Heads;
import dev.neurite.kernel.PositionKernels.Rotation;
import dev.neurite.kernel.cpu.Parts;
import dev.neurite.kernel.cpu.ScalarKernels;
import dev.neurite.kernel.cpu.Team;
import dev.neurite.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// The arguments of a kernel of positions, and its division among threads: a unit of work is a step of a row.
/// Reused for each call.
final class PositionCall {
    interface Code {
        /// @param at the index of its first element in x
        /// @param position its position, from 0
        void compute(PositionCall call, int row, int at, int position);
    }

    private static final int INFINITY = 0x7c00; // exponent of a half that is no finite number

    private final ScalarKernels engine;
    private final Parts parts = new Parts(this::compute);
    private @Nullable Code code;
    Tensor x = Tensor.EMPTY;
    Tensor to = Tensor.EMPTY;
    Tensor table = Tensor.EMPTY;
    Tensor past = Tensor.EMPTY;
    Tensor lengths = Tensor.EMPTY;
    int time;
    int width;
    int first; // column of the heads
    int heads;
    int size;
    int turned;
    boolean interleaved;
    float sign = 1;
    private Angles.@Nullable Table angles;

    PositionCall(ScalarKernels engine) {
        this.engine = engine;
    }

    void angles(Angles all, Rotation rotation) {
        int end = 0;
        for (int row = 0; row < x.rows(); row++) end = Math.max(end, past(row) + time);
        angles = all.of(rotation, end);
    }

    private int past(int row) {
        return past.size() == 0 ? 0 : (int) past.array()[past.offset() + row];
    }

    void run(Code ofStep, Team team) {
        code = ofStep;
        parts.run(0, x.rows() * time, team.parts(4L * x.size()), 1, team.workers());
    }

    private void compute(int begin, int end) {
        Code each = requireNonNull(code);
        for (int step = begin; step < end; step++) {
            int row = step / time;
            each.compute(this, row, x.offset() + step * width, past(row) + step % time);
        }
    }

    /// Whether a step is after the end of its row.
    private boolean isPadding(int row, int position) {
        return lengths.size() != 0 && position - past(row) >= lengths.array()[lengths.offset() + row];
    }

    void rotate(int at, int position) {
        Angles.Table table = requireNonNull(angles);
        int pairs = turned / 2;
        int a = position * pairs;
        for (int head = 0; head < heads; head++) {
            int o = at + first + head * size;
            if (interleaved) turnNeighbors(x.array(), o, table, a, pairs);
            else turnHalves(x.array(), o, table, a, pairs);
        }
    }

    private void turnHalves(float[] of, int o, Angles.Table table, int a, int pairs) {
        float[] cosines = table.cosines;
        float[] sines = table.sines;
        for (int i = 0; i < pairs; i++) {
            float u = of[o + i];
            float v = of[o + pairs + i];
            float c = cosines[a + i];
            float s = sign * sines[a + i];
            of[o + i] = u * c - v * s;
            of[o + pairs + i] = v * c + u * s;
        }
    }

    private void turnNeighbors(float[] of, int o, Angles.Table table, int a, int pairs) {
        float[] cosines = table.cosines;
        float[] sines = table.sines;
        for (int i = 0; i < pairs; i++) {
            float u = of[o + 2 * i];
            float v = of[o + 2 * i + 1];
            float c = cosines[a + i];
            float s = sign * sines[a + i];
            of[o + 2 * i] = u * c - v * s;
            of[o + 2 * i + 1] = v * c + u * s;
        }
    }

    void addSinusoids(int at, int position) {
        Angles.Table table = requireNonNull(angles);
        int pairs = width / 2;
        int o = at - x.offset() + to.offset();
        for (int i = 0; i < pairs; i++) {
            to.array()[o + 2 * i] = x.array()[at + 2 * i] + table.sines[position * pairs + i];
            to.array()[o + 2 * i + 1] = x.array()[at + 2 * i + 1] + table.cosines[position * pairs + i];
        }
    }

    /// Adds a row of the table; copies padding.
    void addRow(int row, int at, int position) {
        int o = at - x.offset() + to.offset();
        if (isPadding(row, position)) System.arraycopy(x.array(), at, to.array(), o, width);
        else engine.add(x.array(), at, table.array(), table.offset() + position * width, to.array(), o, width);
    }

    /// Copies all heads of a step, if it is no padding.
    void store(int row, int at, int position) {
        if (isPadding(row, position)) return;
        int n = heads * size;
        int o = to.offset() + (row * to.shape().extent(1) + position) * n;
        System.arraycopy(x.array(), at + first, to.array(), o, n);
    }

    /// The same, rounded to halves.
    void storeHalves(int row, int at, int position) {
        if (isPadding(row, position)) return;
        int n = Heads.columns(size, true);
        int o = to.offset() + (row * to.shape().extent(1) + position) * heads * n;
        for (int head = 0; head < heads; head++) {
            int from = at + first + head * size;
            for (int i = 0; i < n; i++) {
                int low = half(x.array()[from + i]);
                int high = i + n < size ? half(x.array()[from + i + n]) : 0;
                to.array()[o + head * n + i] = Float.intBitsToFloat((low & 0xffff) | (high << Short.SIZE));
            }
        }
    }

    private static int half(float x) {
        short half = Float.floatToFloat16(x);
        if ((half & INFINITY) != INFINITY) return half;
        throw new DataException(
                "keys and values",
                "expect numbers of half precision, up to 65504, got " + x,
                "Keep them as floats, CacheType.F32 or --cache f32");
    }

    void reset() {
        x = Tensor.EMPTY;
        to = Tensor.EMPTY;
        table = Tensor.EMPTY;
        past = Tensor.EMPTY;
        lengths = Tensor.EMPTY;
        angles = null;
        code = null;
    }
}
