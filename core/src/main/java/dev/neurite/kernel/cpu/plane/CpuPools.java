package dev.neurite.kernel.cpu.plane;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Pooling;
import dev.neurite.kernel.Pools;
import dev.neurite.kernel.cpu.Checks;
import dev.neurite.kernel.cpu.Team;
import dev.neurite.kernel.cpu.Workers;
import dev.neurite.kernel.cpu.WorkspacePool;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Tensor;

/// [Pools] on the processor.
public final class CpuPools implements Pools {
    private final Workers workers;
    private final WorkspacePool<PlaneCall> calls;
    private final ScalarPools pools;
    private final BlockPools blockPools;

    /// Pools on the engine and the threads of a team.
    public CpuPools(Team team) {
        boolean vectors = team.engine().isVector();
        pools = vectors ? new VectorPools() : new ScalarPools();
        blockPools = vectors ? new VectorBlockPools() : new BlockPools();
        workers = team.workers();
        calls = new WorkspacePool<>(() -> new PlaneCall(team.engine(), pools, ScalarLayouts.of(team.engine())));
    }

    @Override
    public void max(Pooling pooling, Tensor x, Tensor y) {
        max(call("max", pooling, x, y));
    }

    @Override
    public void max(Pooling pooling, Tensor x, Tensor y, Tensor places) {
        planes("max", pooling, x, places);
        PlaneCall call = call("max", pooling, x, y);
        call.setC(places);
        max(call);
    }

    private void max(PlaneCall call) {
        run(call, (c, from, n) -> {
            int xo = c.aAt + from * c.aArea;
            int at = from * c.bArea;
            c.pools.max(c.pooling(), c.a, xo, c.b, c.bAt + at, c.c, c.cAt + at, n);
        });
    }

    @Override
    public void maxGradient(Pooling pooling, Tensor dy, Tensor places, Tensor dx) {
        planes("maxGradient", pooling, dx, places);
        PlaneCall call = call("maxGradient", pooling, dx, dy);
        call.setC(places);
        run(call, (c, from, n) -> {
            int to = c.aAt + from * c.aArea;
            int at = from * c.bArea;
            c.pools.maxGradient(c.pooling(), c.b, c.bAt + at, c.c, c.cAt + at, c.a, to, n);
        });
    }

    @Override
    public void average(Pooling pooling, boolean padding, Tensor x, Tensor y) {
        PlaneCall call = call("average", pooling, x, y);
        call.flag = padding;
        run(call, (c, from, n) -> {
            int xo = c.aAt + from * c.aArea;
            int yo = c.bAt + from * c.bArea;
            c.pools.average(c.pooling(), c.flag, c.a, xo, c.b, yo, n);
        });
    }

    @Override
    public void averageGradient(Pooling pooling, boolean padding, Tensor dy, Tensor dx) {
        PlaneCall call = call("averageGradient", pooling, dx, dy);
        call.flag = padding;
        run(call, (c, from, n) -> {
            int to = c.aAt + from * c.aArea;
            int at = c.bAt + from * c.bArea;
            c.pools.averageGradient(c.pooling(), c.flag, c.b, at, c.a, to, n);
        });
    }

    @Override
    public void globalAverage(Tensor x, Tensor y) {
        PlaneCall call = whole("globalAverage", x, y);
        run(call, (c, from, n) -> {
            for (int i = from; i < from + n; i++) {
                c.pools.mean(c.engine, c.a, c.aAt + i * c.aArea, c.aArea, c.b, c.bAt + i * c.bArea);
            }
        });
    }

    @Override
    public void globalAverageGradient(Tensor dy, Tensor dx) {
        run(whole("globalAverageGradient", dx, dy), (c, from, n) -> {
            for (int i = from; i < from + n; i++) {
                c.pools.meanGradient(c.b, c.bAt + i * c.bArea, c.a, c.aAt + i * c.aArea, c.aArea);
            }
        });
    }

    private PlaneCall call(String what, Pooling pooling, Tensor planes, Tensor windows) {
        int count = planes(what, pooling, planes, windows);
        PlaneCall call = calls.take();
        call.pools = of(planes);
        int lanes = call.pools.lanes();
        call.set(count / lanes, planes, lanes * pooling.area(), windows, lanes * pooling.outArea());
        call.set(pooling);
        return call;
    }

    private ScalarPools of(Tensor planes) {
        return planes.layout() == Layout.BLOCKED ? blockPools : pools;
    }

    private static int planes(String what, Pooling pooling, Tensor planes, Tensor windows) {
        int area = pooling.area();
        int count = planes.size() / area;
        boolean fits = planes.size() % area == 0 && windows.size() == (long) count * pooling.outArea();
        boolean inBlocks = planes.layout() == Layout.BLOCKED && planes.size() > 0;
        if (!fits || (inBlocks && planes.shape().extent(1) * area * planes.rows() != planes.size())) {
            throw new ShapeException(
                    what,
                    "expects planes of " + pooling.in() + " and as many of " + pooling.out() + ", got " + planes.shape()
                            + " and " + windows.shape());
        }
        if (pooling.outArea() != 1) Checks.sameLayout(what, planes, windows);
        return count;
    }

    private PlaneCall whole(String what, Tensor planes, Tensor means) {
        int count = means.size();
        boolean blocks = planes.layout() == Layout.BLOCKED;
        boolean fits = blocks
                ? count == planes.rows() * planes.shape().extent(1)
                : count == 0 ? planes.size() == 0 : planes.size() % count == 0;
        if (!fits) {
            throw new ShapeException(
                    what, "expects a number for each plane, got " + planes.shape() + " and " + means.shape());
        }
        PlaneCall call = calls.take();
        call.pools = of(planes);
        int lanes = call.pools.lanes();
        call.set(count / lanes, planes, count == 0 ? 0 : lanes * (planes.size() / count), means, lanes);
        return call;
    }

    private void run(PlaneCall call, PlaneCall.Code code) {
        call.run(code, workers);
        call.reset();
        calls.release(call);
    }
}
