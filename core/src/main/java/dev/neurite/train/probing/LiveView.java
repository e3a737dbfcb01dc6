package dev.neurite.train.probing;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Distributions;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Histogram;
import dev.neurite.model.TensorStatistics;
import dev.neurite.model.TensorView;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A view of s·x, for a tensor x of a running training.
public final class LiveView implements TensorView {
    private static final int MOST_BINS = 10_000;

    /// How long views are valid, and for which thread.
    public static final class Life implements AutoCloseable {
        private final Thread thread = Thread.currentThread();
        private boolean over;

        /// A life that begins, for the calling thread.
        public Life() {}

        private void check(String what) {
            if (!Thread.currentThread().equals(thread)) {
                throw new IllegalStateException(
                        what + ": expects the thread of the training, got another. copy() makes a tensor for others");
            }
            if (over) {
                throw new IllegalStateException(
                        what + ": expects to be read while it is valid, got a later call. copy() keeps the numbers");
            }
        }

        /// Ends the views.
        @Override
        public void close() {
            over = true;
        }
    }

    private final String what;
    private final Life life;
    private final Kernels kernels;
    private final float factor;
    private final Tensor tensor;
    private @Nullable TensorStatistics known; // the numbers do not change during the life of a view

    /// @param what its name, for messages
    /// @param factor s
    public LiveView(String what, Life life, Kernels kernels, float factor, Tensor tensor) {
        this.what = what;
        this.life = life;
        this.kernels = kernels;
        this.factor = factor;
        this.tensor = tensor;
    }

    @Override
    public Shape shape() {
        life.check(what);
        return tensor.shape();
    }

    @Override
    public float get(int... index) {
        life.check(what);
        return factor * tensor.get(index);
    }

    @Override
    public float at(int index) {
        life.check(what);
        return factor * tensor.array()[tensor.offset() + Objects.checkIndex(index, tensor.size())];
    }

    @Override
    public Tensor copy() {
        life.check(what);
        Tensor copy = tensor.copy();
        if (factor != 1) kernels.scale(factor, copy, copy);
        return copy;
    }

    @Override
    public TensorStatistics statistics() {
        life.check(what);
        TensorStatistics statistics = known;
        if (statistics == null) {
            double[] figures = new double[Distributions.FIGURES];
            kernels.distributions().figures(factor, tensor, figures);
            statistics = of(figures, tensor.size());
            known = statistics;
        }
        return statistics;
    }

    @Override
    public int zeroColumns() {
        life.check(what);
        return tensor.shape().rank() < 2 ? 0 : kernels.distributions().zeroColumns(factor, tensor);
    }

    private static TensorStatistics of(double[] figures, int size) {
        double finite = size - figures[Distributions.NOT_FINITE];
        double all = Math.max(1, size);
        return new TensorStatistics(
                size,
                figures[Distributions.MIN],
                figures[Distributions.MAX],
                figures[Distributions.SUM] / finite, // 0/0 is NaN
                Math.sqrt(figures[Distributions.SQUARES]),
                figures[Distributions.ZEROS] / all,
                figures[Distributions.NOT_FINITE] / all);
    }

    @Override
    public Histogram histogram(int bins, double from, double to) {
        life.check(what);
        if (bins < 1 || bins > MOST_BINS || !(Double.isFinite(to - from) && from <= to)) {
            throw new ConfigException(
                    "histogram",
                    "expects 1 to " + MOST_BINS + " bins between finite bounds, got " + bins + " from " + from + " to "
                            + to);
        }
        int[] counts = new int[bins];
        kernels.distributions().histogram(factor, tensor, from, to, counts);
        return new Histogram(from, to, IntStream.of(counts).boxed().toList());
    }

    /// `output of dense1, [32×10]`.
    @Override
    public String toString() {
        return what + ", " + tensor.shape();
    }
}
