package dev.neurite.kernel;

import dev.neurite.error.ShapeException;
import dev.neurite.tensor.Tensor;

/// Cutting, joining, turning and resizing. Threads share planes.
///
/// But for [#permute], tensors are seen as planes of the size that a [Region] or [Resizing] says, one after another,
/// whatever their axes.
public final class Planes {
    private final Workers workers;
    private final PlaneCall.Idle calls;

    Planes(ScalarKernels engine, Workers workers) {
        this.workers = workers;
        this.calls = new PlaneCall.Idle(engine);
    }

    /// y = the part of each plane in a region.
    /// @param x planes
    /// @param y as many rectangles
    public void cut(Region region, Tensor x, Tensor y) {
        run(call("cut", region, x, region.area(), y, region.size()), (c, from, n) -> {
            for (int i = from; i < from + n; i++) {
                ScalarPlanes.cut(c.region(), c.a, c.aAt + i * c.aArea, c.b, c.bAt + i * c.bArea);
            }
        });
    }

    /// y = x in the region of each plane; what is around it stays.
    /// @param x rectangles
    /// @param y as many planes
    public void paste(Region region, Tensor x, Tensor y) {
        run(call("paste", region, y, region.area(), x, region.size()), (c, from, n) -> {
            for (int i = from; i < from + n; i++) {
                ScalarPlanes.paste(c.region(), c.b, c.bAt + i * c.bArea, c.a, c.aAt + i * c.aArea);
            }
        });
    }

    /// y = x in the region of each plane, 0 around it.
    /// @param x rectangles
    /// @param y as many planes
    public void pad(Region region, Tensor x, Tensor y) {
        run(call("pad", region, y, region.area(), x, region.size()), (c, from, n) -> {
            for (int i = from; i < from + n; i++) {
                ScalarPlanes.clearAround(c.region(), c.a, c.aAt + i * c.aArea);
                ScalarPlanes.paste(c.region(), c.b, c.bAt + i * c.bArea, c.a, c.aAt + i * c.aArea);
            }
        });
    }

    /// y = x with the axes of its rows in another order.
    public void permute(Permutation permutation, Tensor x, Tensor y) {
        int n = permutation.in().size();
        run(call("permute", permutation, x, n, y, n), (c, from, count) -> {
            for (int i = from; i < from + count; i++) {
                int at = i * c.aArea;
                ScalarPlanes.permute(c.permutation(), 0, c.a, c.aAt + at, c.b, c.bAt + at, false);
            }
        });
    }

    /// y = x with the axes of its rows in the order that they had before [#permute].
    public void permuteBack(Permutation permutation, Tensor x, Tensor y) {
        int n = permutation.in().size();
        run(call("permuteBack", permutation, y, n, x, n), (c, from, count) -> {
            for (int i = from; i < from + count; i++) {
                int at = i * c.aArea;
                ScalarPlanes.permute(c.permutation(), 0, c.a, c.aAt + at, c.b, c.bAt + at, true);
            }
        });
    }

    /// y = x in another size.
    public void resize(Resizing resizing, Tensor x, Tensor y) {
        run(call("resize", resizing, x, y), (c, from, n) -> {
            for (int i = from; i < from + n; i++) {
                ScalarPlanes.resize(c.resizing(), c.a, c.aAt + i * c.aArea, c.b, c.bAt + i * c.bArea);
            }
        });
    }

    /// dx = the sums of the shares that each pixel had in y, in their order.
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

    private PlaneCall call(String what, Object settings, Tensor a, int aArea, Tensor b, int bArea) {
        int planes = aArea == 0 ? 0 : a.size() / aArea;
        if (a.size() != (long) planes * aArea || b.size() != (long) planes * bArea) {
            throw new ShapeException(
                    what, "expects planes for " + settings + ", got " + a.shape() + " and " + b.shape());
        }
        PlaneCall call = calls.take(planes, a, aArea, b, bArea);
        call.set(settings);
        return call;
    }

    private void run(PlaneCall call, PlaneCall.Code code) {
        call.run(code, workers);
        calls.give(call);
    }
}
