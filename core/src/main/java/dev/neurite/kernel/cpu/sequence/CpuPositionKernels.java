package dev.neurite.kernel.cpu.sequence;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.AttentionKernels.Heads;
import dev.neurite.kernel.PositionKernels;
import dev.neurite.kernel.cpu.Checks;
import dev.neurite.kernel.cpu.Team;
import dev.neurite.kernel.cpu.WorkspacePool;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// [PositionKernels] on the processor.
public final class CpuPositionKernels implements PositionKernels {
    private static final int LONGEST = 1 << 24; // positions, up to which float32 has all whole numbers

    private final Team team;
    private final Angles angles = new Angles();
    private volatile Rotation sinusoids = Rotation.of(10_000, 2, true); // of the last call
    private final WorkspacePool<PositionCall> calls;

    /// On the engine and the threads of a team.
    public CpuPositionKernels(Team team) {
        this.team = team;
        this.calls = new WorkspacePool<>(() -> new PositionCall(team.engine()));
    }

    @Override
    public void rotate(Heads x, Rotation rotation, Tensor past, boolean back) {
        CpuAttentionKernels.requireHeads("rotate", "heads", x);
        if (x.halves()) throw new ShapeException("rotate", "expects heads of floats, got halves");
        int turned = rotation.turned();
        if (turned < 2 || turned % 2 != 0 || turned > x.size()) {
            throw new ConfigException(
                    "rotate", "expects an even number of features from 2 to " + x.size() + ", got " + turned);
        }
        requireBase("rotate", rotation.base());
        requireScaling(rotation);
        PositionCall c = call("rotate", x.tensor(), past, LONGEST);
        c.angles(angles, rotation);
        c.first = x.first();
        c.heads = x.count();
        c.size = x.size();
        c.turned = turned;
        c.interleaved = rotation.interleaved();
        c.sign = back ? -1 : 1;
        run(c, (call, _, at, position) -> call.rotate(at, position));
    }

    @Override
    public void addSinusoids(Tensor x, double base, Tensor past, Tensor y) {
        requireBase("addSinusoids", base);
        PositionCall c = call("addSinusoids", x, past, LONGEST);
        Checks.same("addSinusoids", x, y);
        if (c.width % 2 != 0) throw new ShapeException("addSinusoids", "expects an even width, got " + x.shape());
        Rotation rotation = sinusoids;
        if (rotation.base() != base || rotation.turned() != c.width) {
            rotation = Rotation.of(base, c.width, true);
            sinusoids = rotation;
        }
        c.angles(angles, rotation);
        c.to = y;
        run(c, (call, _, at, position) -> call.addSinusoids(at, position));
    }

    @Override
    public void addRows(Tensor x, Tensor table, Tensor past, Tensor lengths, Tensor y) {
        Checks.lengths("addRows", lengths, x.rows(), x.shape().extent(1));
        PositionCall c = call("addRows", x, past, table.rows(), lengths);
        Checks.same("addRows", x, y);
        if (table.shape().rank() != 2 || table.shape().extent(1) != c.width) {
            throw new ShapeException("addRows", "expects a table of rows of " + c.width + ", got " + table.shape());
        }
        c.table = table;
        c.to = y;
        run(c, PositionCall::addRow);
    }

    @Override
    public void store(Heads x, Tensor past, Tensor lengths, Heads heads) {
        Tensor to = heads.tensor();
        CpuAttentionKernels.requireHeads("store", "heads", x);
        Checks.rowMajor("store", to);
        boolean fits = to.shape().rank() == 3
                && to.rows() == x.tensor().rows()
                && to.shape().extent(2) == heads.width()
                && heads.count() == x.count()
                && heads.size() == x.size()
                && heads.first() == 0
                && !x.halves();
        if (!fits) {
            throw new ShapeException(
                    "store",
                    "expects [rows × positions × " + heads.width() + "] for " + CpuAttentionKernels.text(x) + ", got "
                            + CpuAttentionKernels.text(heads));
        }
        Checks.lengths("store", lengths, x.tensor().rows(), x.tensor().shape().extent(1));
        PositionCall c = call("store", x.tensor(), past, to.shape().extent(1), lengths);
        c.first = x.first();
        c.heads = x.count();
        c.size = x.size();
        c.to = to;
        run(c, heads.halves() ? PositionCall::storeHalves : PositionCall::store);
    }

    private static void requireScaling(Rotation rotation) {
        List<Double> divisors = rotation.divisors();
        boolean fits = divisors.isEmpty() || divisors.size() == rotation.turned() / 2;
        for (int i = 0; i < divisors.size(); i++) { // an iterator would be an object
            fits &= divisors.get(i) > 0 && divisors.get(i) < Double.POSITIVE_INFINITY;
        }
        if (fits && rotation.magnitude() > 0 && rotation.magnitude() < Double.POSITIVE_INFINITY) return;
        throw new ConfigException(
                "rotate",
                "expects a divisor above 0 for each of " + rotation.turned() / 2
                        + " pairs, or none, and a magnitude above 0, got " + divisors + " and " + rotation.magnitude());
    }

    private static void requireBase(String what, double base) {
        if (base >= 1 && base < Double.POSITIVE_INFINITY) return;
        throw new ConfigException(what, "expects a finite base of at least 1, got " + base);
    }

    private PositionCall call(String what, Tensor x, Tensor past, int most) {
        return call(what, x, past, most, Tensor.EMPTY);
    }

    /// @param most the number of positions that there are
    private PositionCall call(String what, Tensor x, Tensor past, int most, Tensor lengths) {
        Checks.rowMajor(what, x);
        if (x.shape().rank() != 3) throw new ShapeException(what, "expects [rows × time × width], got " + x.shape());
        int time = x.shape().extent(1);
        if (past.size() != 0) Maskings.past(what, past, x.rows(), most);
        for (int row = 0; row < x.rows(); row++) {
            int steps = lengths.size() == 0 ? time : (int) lengths.array()[lengths.offset() + row];
            int end = steps + (past.size() == 0 ? 0 : (int) past.array()[past.offset() + row]);
            if (end <= most) continue;
            throw new DataException(
                    "row " + row + " of the batch", "expects at most " + most + " positions, got " + end);
        }
        PositionCall c = calls.take();
        c.x = x;
        c.past = past;
        c.lengths = lengths;
        c.time = time;
        c.width = x.shape().extent(2);
        return c;
    }

    private void run(PositionCall c, PositionCall.Code code) {
        c.run(code, team);
        c.reset();
        calls.release(c);
    }
}
