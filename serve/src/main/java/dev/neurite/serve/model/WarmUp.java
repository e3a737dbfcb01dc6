package dev.neurite.serve.model;

import dev.neurite.error.NeuriteException;
import dev.neurite.generate.Generator;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Model;
import dev.neurite.predict.Predictor;
import dev.neurite.serve.model.ModelSource.Warming;
import dev.neurite.signature.Output;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/// Lets a model compute until it gets no faster, so that the first who ask do not wait for the JVM's compiler.
final class WarmUp {
    private static final System.Logger LOG = System.getLogger("dev.neurite.serve");
    private static final int OPEN = 16; // steps of a sequence
    private static final long BLOCK = Duration.ofMillis(100).toNanos();
    private static final int BLOCKS = 3; // as many without a gain are enough
    private static final double GAIN = 1.05;
    private static final String WORDS = "a small text of some words to compute something that nobody has asked for";

    private WarmUp() {}

    /// Computes single rows and batches in turn.
    /// @param batch the rows of a batch
    /// @param longest zero for not at all
    static void run(String name, Warming warming, int batch, Duration longest) {
        long end = System.nanoTime() + longest.toNanos();
        double best = 0;
        int without = 0;
        try {
            while (without < BLOCKS && System.nanoTime() < end) {
                long begin = System.nanoTime();
                int times = 0;
                do {
                    warming.compute(1);
                    warming.compute(batch);
                    times++;
                } while (System.nanoTime() - begin < BLOCK && System.nanoTime() < end);
                double rate = times / (double) (System.nanoTime() - begin);
                without = rate > best * GAIN ? 0 : without + 1;
                best = Math.max(best, rate);
            }
        } catch (NeuriteException e) { // it may take no row like these, but others
            LOG.log(Level.DEBUG, "model ''{0}'' is not warmed up: {1}", name, e.getMessage());
        }
    }

    /// Texts of various lengths.
    static List<String> texts(int count) {
        return IntStream.range(0, count)
                .mapToObj(i ->
                        WORDS.substring(0, WORDS.length() * (i % 4 + 1) / 4).repeat(1 + i % 2))
                .toList();
    }

    /// Zeros, which are also ids of tokens.
    static Warming of(Predictor predictor, Kernels kernels) {
        Model model = predictor.model();
        if (predictor.signature().output() instanceof Output.Continuation) {
            Generator generator = Generator.of(model).withMost(OPEN).withKernels(kernels);
            return _ -> generator.generate(0);
        }
        return rows -> model.predict(
                model.network().inputs().stream().map(each -> zeros(each, rows)).toList(), kernels);
    }

    private static Tensor zeros(Shape shape, int rows) {
        return Tensor.zeros((shape.isKnown() ? shape : shape.withOpen(OPEN)).forRows(rows));
    }
}
