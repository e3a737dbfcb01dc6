package dev.neurite.kernel.cpu.plane;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Permutation;
import dev.neurite.kernel.Planes;
import dev.neurite.kernel.Rectangle;
import dev.neurite.kernel.Resizing;
import dev.neurite.kernel.cpu.Checks;
import dev.neurite.kernel.cpu.Team;
import dev.neurite.kernel.cpu.Workers;
import dev.neurite.kernel.cpu.WorkspacePool;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// [Planes] on the processor.
public final class CpuPlanes implements Planes {
    private final Workers workers;
    private final WorkspacePool<PlaneCall> calls;

    /// Planes on the engine and the threads of a team.
    public CpuPlanes(Team team) {
        ScalarPools none = new ScalarPools();
        workers = team.workers();
        calls = new WorkspacePool<>(() -> new PlaneCall(team.engine(), none, ScalarLayouts.of(team.engine())));
    }

    @Override
    public void cut(Rectangle region, Tensor x, Tensor y) {
        runPieces(call("cut", region, x, y), (c, from, n) -> {
            for (int unit = from; unit < from + n; unit++) {
                int i = unit / c.pieces;
                int piece = unit % c.pieces;
                ScalarPlanes.cut(c.region(), piece, c.pieces, c.a, c.aAt + i * c.aArea, c.b, c.bAt + i * c.bArea);
            }
        });
    }

    @Override
    public void paste(Rectangle region, Tensor x, Tensor y) {
        runPieces(call("paste", region, y, x), (c, from, n) -> {
            for (int unit = from; unit < from + n; unit++) {
                int i = unit / c.pieces;
                int piece = unit % c.pieces;
                ScalarPlanes.paste(c.region(), piece, c.pieces, c.b, c.bAt + i * c.bArea, c.a, c.aAt + i * c.aArea);
            }
        });
    }

    @Override
    public void pad(Rectangle region, Tensor x, Tensor y) {
        run(call("pad", region, y, region.area(), x, region.size()), (c, from, n) -> {
            for (int i = from; i < from + n; i++) {
                ScalarPlanes.clearAround(c.region(), c.a, c.aAt + i * c.aArea);
                ScalarPlanes.paste(c.region(), 0, 1, c.b, c.bAt + i * c.bArea, c.a, c.aAt + i * c.aArea);
            }
        });
    }

    @Override
    public void permute(Permutation permutation, Tensor x, Tensor y) {
        int n = permutation.in().size();
        run(call("permute", permutation, x, n, y, n), (c, from, count) -> {
            for (int i = from; i < from + count; i++) {
                int at = i * c.aArea;
                ScalarPlanes.permute(c.permutation(), 0, c.a, c.aAt + at, c.b, c.bAt + at, false);
            }
        });
    }

    @Override
    public void permuteBack(Permutation permutation, Tensor x, Tensor y) {
        int n = permutation.in().size();
        run(call("permuteBack", permutation, y, n, x, n), (c, from, count) -> {
            for (int i = from; i < from + count; i++) {
                int at = i * c.aArea;
                ScalarPlanes.permute(c.permutation(), 0, c.a, c.aAt + at, c.b, c.bAt + at, true);
            }
        });
    }

    @Override
    public void convert(Tensor x, Tensor y) {
        if (!x.shape().equals(y.shape()) || x.layout() == y.layout()) {
            throw new ShapeException(
                    "convert",
                    "expects two layouts of one shape, got " + x.shape() + " " + x.layout() + " and " + y.shape() + " "
                            + y.layout());
        }
        int n = Layout.BLOCK * x.shape().extent(2) * x.shape().extent(3); // a block of channels of an image
        PlaneCall call = call(x, n, y, n);
        call.flag = y.layout() == Layout.BLOCKED;
        run(call, (c, from, count) -> {
            int pixels = c.aArea / Layout.BLOCK;
            for (int i = from; i < from + count; i++) {
                int at = c.aAt + i * c.aArea;
                int to = c.bAt + i * c.bArea;
                if (c.flag) c.layouts.toBlock(c.a, at, pixels, c.b, to);
                else c.layouts.toPlanes(c.a, at, pixels, c.b, to);
            }
        });
    }

    @Override
    public void resize(Resizing resizing, Tensor x, Tensor y) {
        run(call("resize", resizing, x, y), (c, from, n) -> {
            for (int i = from; i < from + n; i++) {
                ScalarPlanes.resize(c.resizing(), c.a, c.aAt + i * c.aArea, c.b, c.bAt + i * c.bArea);
            }
        });
    }

    @Override
    public void resizeGradient(Resizing resizing, Tensor dy, Tensor dx) {
        run(call("resizeGradient", resizing, dx, dy), (c, from, n) -> {
            for (int i = from; i < from + n; i++) {
                ScalarPlanes.resizeGradient(c.resizing(), c.b, c.bAt + i * c.bArea, c.a, c.aAt + i * c.aArea);
            }
        });
    }

    private PlaneCall call(String what, Resizing r, Tensor small, Tensor large) {
        int from = Math.multiplyExact(r.rows().from(), r.columns().from());
        int to = Math.multiplyExact(r.rows().to(), r.columns().to());
        return call(what, r, small, from, large, to);
    }

    private PlaneCall call(String what, Rectangle region, Tensor whole, Tensor part) {
        boolean blocks = isOfBlocks(region, whole, part);
        if (!blocks) Checks.rowMajor(what, whole, part);
        PlaneCall call = planes(what, region, whole, region.area(), part, region.size());
        if (blocks) call.set(inBlocks(region));
        return call;
    }

    /// The same rectangle with a block of channels for a row.
    private static Rectangle inBlocks(Rectangle r) {
        int b = Layout.BLOCK;
        return Rectangle.ofRows(r.height() / b, r.width() * b, r.top() / b, r.rows() / b);
    }

    /// Whether tensors in blocks have the rectangle as a run of whole blocks: neighboring channels.
    private static boolean isOfBlocks(Rectangle region, Tensor whole, Tensor part) {
        if (whole.layout() != Layout.BLOCKED || part.layout() != Layout.BLOCKED) return false;
        Shape row = whole.shape().row();
        int height = row.extent(1);
        int width = row.extent(2);
        return region.equals(Rectangle.ofRows(row.extent(0), height * width, region.top(), region.rows()))
                && region.top() % Layout.BLOCK == 0
                && part.shape().row().equals(Shape.of(region.rows(), height, width));
    }

    private PlaneCall call(String what, Object settings, Tensor a, int aArea, Tensor b, int bArea) {
        Checks.rowMajor(what, a, b);
        return planes(what, settings, a, aArea, b, bArea);
    }

    private PlaneCall planes(String what, Object settings, Tensor a, int aArea, Tensor b, int bArea) {
        int planes = aArea == 0 ? 0 : a.size() / aArea;
        if (a.size() != (long) planes * aArea || b.size() != (long) planes * bArea) {
            throw new ShapeException(
                    what, "expects planes for " + settings + ", got " + a.shape() + " and " + b.shape());
        }
        PlaneCall call = call(a, aArea, b, bArea);
        call.set(settings);
        return call;
    }

    private PlaneCall call(Tensor a, int aArea, Tensor b, int bArea) {
        PlaneCall call = calls.take();
        call.set(aArea == 0 ? 0 : a.size() / aArea, a, aArea, b, bArea);
        return call;
    }

    /// Threads divide the columns of planes that are fewer than they: as they divide pixels in convolutions, each then
    /// finds its own in its cache.
    private void runPieces(PlaneCall call, PlaneCall.Code code) {
        call.cut(workers);
        run(call, code);
    }

    private void run(PlaneCall call, PlaneCall.Code code) {
        call.run(code, workers);
        call.reset();
        calls.release(call);
    }
}
