package dev.neurite.kernel;

import dev.neurite.kernel.Resizing.Axis;
import dev.neurite.kernel.Resizing.Mode;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// The part of [EveryKernel] that computes on planes: of [Pools] and [Planes].
final class EveryPlaneKernel {
    private final Pools pools;
    private final Planes planes;
    private final int rows;
    private final int columns;
    private final int depth;
    private final EveryKernel every;

    EveryPlaneKernel(Kernels kernels, int rows, int columns, int depth, EveryKernel every) {
        this.pools = kernels.pools();
        this.planes = kernels.planes();
        this.rows = rows;
        this.columns = columns;
        this.depth = depth;
        this.every = every;
    }

    void addAll() {
        int height = 1 + depth % 9;
        int width = Math.min(columns, 70);
        sliding(height, width, 2, 2, 1, 0, false);
        sliding(height, width, 2, 2, 1, 0, true);
        sliding(height, width, 3, 2, 1, 1, false);
        sliding(height, width, 3, 1, 1, 1, true);
        sliding(height, width, 2, 1, 2, 1, false);
        sliding(height, width, 2, 3, 1, 1, true);
        adaptive(height, width, 1, 1);
        adaptive(height, width, 3, 7);
        whole(height, width);
        inBlocks(height, Math.min(width, 20));
        cutting(height, width);
        turning();
        resizing(height, width);
    }

    private void sliding(int height, int width, int kernel, int stride, int dilation, int padding, boolean ceil) {
        Window window = Window.of(kernel, kernel).withStride(stride, stride).withDilation(dilation, dilation);
        if (height < window.reachHeight() || width < window.reachWidth()) return;
        Pooling p = Pooling.sliding(height, width, window, padding, padding, padding, padding, ceil);
        String what = window + (padding > 0 ? " padded" : "") + (ceil ? " ceil" : "");
        max(p, what);
        if (dilation > 1) return;
        average(p, true, what);
        average(p, false, what + " without padding");
    }

    private void adaptive(int height, int width, int high, int wide) {
        Pooling p = Pooling.adaptive(height, width, high, wide);
        max(p, "adaptive " + high + "×" + wide);
        average(p, false, "adaptive " + high + "×" + wide);
    }

    private void max(Pooling p, String what) {
        Tensor x = every.tensor(rows, 1, p.rows().size(), p.columns().size());
        x.array()[x.size() / 2] = Float.NaN;
        x.array()[x.size() / 3] = Float.NEGATIVE_INFINITY;
        Tensor y = every.tensor(rows, 1, p.rows().count(), p.columns().count());
        Tensor dy = every.tensor(rows, 1, p.rows().count(), p.columns().count());
        Tensor best = every.tensor(rows, 1, p.rows().count(), p.columns().count());
        Tensor places = every.tensor(rows, 1, p.rows().count(), p.columns().count());
        Tensor of = every.tensor(rows, 1, p.rows().count(), p.columns().count());
        Tensor dx = every.tensor(rows, 1, p.rows().size(), p.columns().size());
        pools.max(p, x, y, of);
        every.add("pools.max", what, () -> pools.max(p, x, y), y);
        every.add("pools.max", what + ", places", () -> pools.max(p, x, best, places), best, places);
        every.add("pools.maxGradient", what, () -> pools.maxGradient(p, dy, of, dx), dx);
    }

    private void average(Pooling p, boolean padding, String what) {
        Tensor x = every.tensor(rows, 1, p.rows().size(), p.columns().size());
        Tensor y = every.tensor(rows, 1, p.rows().count(), p.columns().count());
        Tensor dy = every.tensor(rows, 1, p.rows().count(), p.columns().count());
        Tensor dx = every.tensor(rows, 1, p.rows().size(), p.columns().size());
        every.add("pools.average", what, () -> pools.average(p, padding, x, y), y);
        every.add("pools.averageGradient", what, () -> pools.averageGradient(p, padding, dy, dx), dx);
    }

    private void whole(int height, int width) {
        Tensor x = every.tensor(rows, 1, height, width);
        Tensor y = every.tensor(rows, 1);
        Tensor dy = every.tensor(rows, 1);
        Tensor dx = every.tensor(rows, 1, height, width);
        every.add("pools.globalAverage", "", () -> pools.globalAverage(x, y), y);
        every.add("pools.globalAverageGradient", "", () -> pools.globalAverageGradient(dy, dx), dx);
    }

    private Tensor blocks(int height, int width) {
        return EveryKernel.inBlocks(every.tensor(Math.min(rows, 3), 32, height, width));
    }

    private void inBlocks(int height, int width) {
        Window window = Window.of(2, 3).withStride(2, 1);
        int down = height < 2 ? 1 : 0;
        Pooling p = Pooling.sliding(height, width, window, down, 1, down, 1, false);
        Tensor x = blocks(height, width);
        Tensor y = blocks(p.rows().count(), p.columns().count());
        Tensor best = blocks(p.rows().count(), p.columns().count());
        Tensor places = blocks(p.rows().count(), p.columns().count());
        Tensor of = blocks(p.rows().count(), p.columns().count());
        Tensor dx = blocks(height, width);
        Tensor means = every.tensor(Math.min(rows, 3), 32);
        Tensor planes = every.tensor(Math.min(rows, 3), 32, height, width);
        pools.max(p, x, y, of);
        every.add("pools.max", "in blocks", () -> pools.max(p, x, y), y);
        every.add("pools.max", "in blocks, places", () -> pools.max(p, x, best, places), best, places);
        every.add("pools.maxGradient", "in blocks", () -> pools.maxGradient(p, y, of, dx), dx);
        every.add("pools.average", "in blocks", () -> pools.average(p, true, x, y), y);
        every.add("pools.averageGradient", "in blocks", () -> pools.averageGradient(p, true, best, dx), dx);
        every.add("pools.globalAverage", "in blocks", () -> pools.globalAverage(x, means), means);
        every.add("pools.globalAverageGradient", "in blocks", () -> pools.globalAverageGradient(means, dx), dx);
        every.add("planes.convert", "to blocks", () -> this.planes.convert(planes, dx), dx);
        every.add("planes.convert", "to planes", () -> this.planes.convert(x, planes), planes);
    }

    private void cutting(int height, int width) {
        var inside = new Rectangle(height + 3, width + 2, 1, 2, height, width);
        var between = Rectangle.ofRows(height + 3, width, 2, height);
        Tensor small = every.tensor(rows, 1, height, width);
        for (Rectangle region : List.of(inside, between)) {
            String what = region.equals(inside) ? "inside" : "rows";
            Tensor large = every.tensor(rows, 1, region.height(), region.width());
            Tensor y = every.tensor(rows, 1, height, width);
            Tensor pasted = every.tensor(rows, 1, region.height(), region.width());
            Tensor padded = every.tensor(rows, 1, region.height(), region.width());
            every.add("planes.cut", what, () -> planes.cut(region, large, y), y);
            every.add("planes.paste", what, () -> planes.paste(region, small, pasted), pasted);
            every.add("planes.pad", what, () -> planes.pad(region, small, padded), padded);
        }
    }

    private void turning() {
        int narrow = Math.min(columns, 19);
        var permutation = new Permutation(Shape.of(3, 5, narrow), List.of(2, 0, 1));
        Tensor x = every.tensor(rows, 3, 5, narrow);
        Tensor y = every.tensor(rows, narrow, 3, 5);
        Tensor back = every.tensor(rows, 3, 5, narrow);
        every.add("planes.permute", "", () -> planes.permute(permutation, x, y), y);
        every.add("planes.permuteBack", "", () -> planes.permuteBack(permutation, y, back), back);
    }

    private void resizing(int height, int width) {
        for (Mode mode : Mode.values()) {
            var r = new Resizing(Axis.times(height, 2), Axis.to(width, 11), mode);
            Tensor x = every.tensor(rows, 1, height, width);
            Tensor y = every.tensor(rows, 1, 2 * height, 11);
            Tensor dy = every.tensor(rows, 1, 2 * height, 11);
            Tensor dx = every.tensor(rows, 1, height, width);
            every.add("planes.resize", mode.name(), () -> planes.resize(r, x, y), y);
            every.add("planes.resizeGradient", mode.name(), () -> planes.resizeGradient(r, dy, dx), dx);
        }
    }
}
