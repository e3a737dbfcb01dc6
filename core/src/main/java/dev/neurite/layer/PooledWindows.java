package dev.neurite.layer;

import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Planes;
import dev.neurite.kernel.Pooling;
import dev.neurite.kernel.Pools;
import dev.neurite.kernel.Rectangle;
import dev.neurite.model.Node;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/// What stands for each window of a pooling, forward and back.
enum PooledWindows {
    MAX,
    /// Without the padding.
    MEAN,
    MEAN_WITH_PADDING,
    /// The only window is the whole plane.
    MEAN_OF_PLANE;

    /// @param places the places of maxima, written; empty if nobody asks for them
    private void compute(Pools pools, Pooling pooling, Tensor x, Tensor y, Tensor places) {
        switch (this) {
            case MAX -> {
                if (places.size() == 0) pools.max(pooling, x, y);
                else pools.max(pooling, x, y, places);
            }
            case MEAN, MEAN_WITH_PADDING -> pools.average(pooling, this == MEAN_WITH_PADDING, x, y);
            case MEAN_OF_PLANE -> pools.globalAverage(x, y);
        }
    }

    private void gradient(Pools pools, Pooling pooling, Tensor dy, Tensor places, Tensor dx) {
        switch (this) {
            case MAX -> pools.maxGradient(pooling, dy, places, dx); //  dx = dy at the maximum
            case MEAN, MEAN_WITH_PADDING -> //                          dx = dy / window size
                pools.averageGradient(pooling, this == MEAN_WITH_PADDING, dy, dx);
            case MEAN_OF_PLANE -> pools.globalAverageGradient(dy, dx); // dx = dy / pixels
        }
    }

    private Tensor places(Tensor x, Tensor y, Pass pass) {
        return this == MAX && pass.wants(x) ? pass.like(y) : Tensor.EMPTY;
    }

    Tensor forward(Pooling pooling, Tensor x, Pass pass) {
        Pools pools = pass.kernels().pools();
        Tensor y = pass.output();
        Tensor places = places(x, y, pass);
        compute(pools, pooling, x, y, places);
        return pass.backward(x, y, (dy, dx) -> {
            if (pass.wants(x)) gradient(pools, pooling, dy, places, dx);
        });
    }

    /// Pools sequences, each by itself up to its own end.
    /// @param ofLength the windows on a sequence of a length
    /// @param x `[rows × channels × time]`
    Tensor forward(Node node, IntFunction<Pooling> ofLength, Tensor x, Pass pass) {
        Tensor lengths = pass.lengths(x);
        if (lengths.size() == 0)
            return forward(ofLength.apply(x.shape().row().size() / x.shape().extent(1)), x, pass);
        if (x.shape().rank() != 3) {
            throw new ShapeException(
                    node.toString(),
                    "expects padded sequences [channels × length], got rows of "
                            + x.shape().row());
        }
        List<Span> spans = spans(node, ofLength, lengths);
        Pools pools = pass.kernels().pools();
        Planes planes = pass.kernels().planes();
        Tensor y = pass.output();
        Tensor places = places(x, y, pass);
        Tensor whole = pass.like(x);
        Tensor pooled = pass.like(y);
        for (Span each : spans) {
            planes.cut(each.rectangle(x, each.length()), each.rows(x), each.part(whole, each.length()));
            compute(
                    pools,
                    each.pooling(),
                    each.part(whole, each.length()),
                    each.part(pooled, each.pooled()),
                    places.size() == 0 ? places : each.part(places, each.pooled()));
            planes.pad(each.rectangle(y, each.pooled()), each.part(pooled, each.pooled()), each.rows(y));
        }
        pass.release(whole);
        pass.release(pooled);
        pass.backward(x, y, (dy, dx) -> {
            if (!pass.wants(x)) return;
            Tensor ofPooled = pass.like(y);
            Tensor ofWhole = pass.like(x);
            for (Span each : spans) {
                planes.cut(each.rectangle(dy, each.pooled()), each.rows(dy), each.part(ofPooled, each.pooled()));
                gradient(
                        pools,
                        each.pooling(),
                        each.part(ofPooled, each.pooled()),
                        places.size() == 0 ? places : each.part(places, each.pooled()),
                        each.part(ofWhole, each.length()));
                planes.pad(each.rectangle(dx, each.length()), each.part(ofWhole, each.length()), each.rows(dx));
            }
        });
        if (y.shape().rank() == 3) pass.lengths(y, after(spans, lengths));
        return y;
    }

    /// Neighboring rows of one length.
    private record Span(int from, int to, int length, Pooling pooling) {
        int pooled() {
            return pooling.columns().count();
        }

        Tensor rows(Tensor x) {
            return x.rows(from, to);
        }

        /// The first elements of each sequence of a tensor.
        Rectangle rectangle(Tensor x, int count) {
            int time = x.shape().rank() == 2 ? 1 : x.shape().extent(2);
            return new Rectangle(1, time, 0, 0, 1, count);
        }

        /// Where the rows are one after the other without padding, in a tensor of the same size.
        Tensor part(Tensor x, int count) {
            Tensor some = x.rows(from, to);
            Shape part = Shape.of(to - from, x.shape().extent(1), count);
            return some.reshape(Shape.of(some.size())).rows(0, part.size()).reshape(part);
        }
    }

    private static List<Span> spans(Node node, IntFunction<Pooling> ofLength, Tensor lengths) {
        List<Span> spans = new ArrayList<>();
        int from = 0;
        for (int row = 1; row <= lengths.size(); row++) {
            if (row < lengths.size() && lengths.get(row) == lengths.get(from)) continue;
            spans.add(new Span(from, row, (int) lengths.get(from), windows(node, ofLength, lengths, from)));
            from = row;
        }
        return spans;
    }

    private static Pooling windows(Node node, IntFunction<Pooling> ofLength, Tensor lengths, int row) {
        int length = (int) lengths.get(row);
        try {
            return ofLength.apply(length);
        } catch (ShapeException _) {
            throw new DataException(
                    node + ", row " + row + " of the batch",
                    "expects sequences on which its window fits, got one of length " + length);
        }
    }

    private static Tensor after(List<Span> spans, Tensor lengths) {
        float[] after = new float[lengths.size()];
        for (Span each : spans) for (int row = each.from(); row < each.to(); row++) after[row] = each.pooled();
        return Tensor.of(lengths.shape(), after);
    }
}
