package dev.neurite.kernel.cpu;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Pooling;
import dev.neurite.kernel.Pools;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;

/// [Pools] on the processor.
final class CpuPools implements Pools {
    private final Workers workers;
    private final WorkspacePool<PlaneCall> calls;

    CpuPools(Team team) {
        ScalarPools pools = team.engine().pools();
        workers = team.workers();
        calls = new WorkspacePool<>(() -> new PlaneCall(team.engine(), pools));
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
        run(whole("globalAverage", x, y), (c, from, n) -> {
            for (int i = from; i < from + n; i++) {
                c.b[c.bAt + i] = c.engine.sum(c.a, c.aAt + i * c.aArea, c.aArea) / c.aArea;
            }
        });
    }

    @Override
    public void globalAverageGradient(Tensor dy, Tensor dx) {
        run(whole("globalAverageGradient", dx, dy), (c, from, n) -> {
            for (int i = from; i < from + n; i++) {
                int at = c.aAt + i * c.aArea;
                Arrays.fill(c.a, at, at + c.aArea, c.b[c.bAt + i] / c.aArea);
            }
        });
    }

    private PlaneCall call(String what, Pooling pooling, Tensor planes, Tensor windows) {
        int count = planes(what, pooling, planes, windows);
        PlaneCall call = calls.take();
        call.set(count, planes, pooling.area(), windows, pooling.outArea());
        call.set(pooling);
        return call;
    }

    private static int planes(String what, Pooling pooling, Tensor planes, Tensor windows) {
        int count = planes.size() / pooling.area();
        if (planes.size() % pooling.area() != 0 || windows.size() != (long) count * pooling.outArea()) {
            throw new ShapeException(
                    what,
                    "expects planes of " + pooling.in() + " and as many of " + pooling.out() + ", got " + planes.shape()
                            + " and " + windows.shape());
        }
        return count;
    }

    private PlaneCall whole(String what, Tensor planes, Tensor means) {
        int count = means.size();
        if (count == 0 ? planes.size() != 0 : planes.size() % count != 0) {
            throw new ShapeException(
                    what, "expects a number for each plane, got " + planes.shape() + " and " + means.shape());
        }
        PlaneCall call = calls.take();
        call.set(count, planes, count == 0 ? 0 : planes.size() / count, means, 1);
        return call;
    }

    private void run(PlaneCall call, PlaneCall.Code code) {
        call.run(code, workers);
        call.reset();
        calls.release(call);
    }
}
