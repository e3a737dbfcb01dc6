package dev.neurite.predict;

import dev.neurite.error.NeuriteException;
import dev.neurite.generate.Generator;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Model;
import dev.neurite.signature.Output;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// Lets a model compute rows that nobody asked for, until it gets no faster, so that the first who ask do not wait for
/// the JVM's compiler:
/// ```java
/// WarmUp.of(predictor, Kernels.shared()).run(32, Duration.ofSeconds(2));
/// ```
public interface WarmUp {
    /// Computes sample rows together.
    /// @param rows at least 1
    /// @throws NeuriteException for a model that takes no rows like these
    void compute(int rows);

    /// Computes single rows and batches in turn, at least once.
    /// @param batch the rows of a batch
    /// @param longest zero for not at all
    /// @throws NeuriteException for a model that takes no rows like these, but may take others
    default void run(int batch, Duration longest) {
        if (!longest.isPositive()) return;
        long block = Duration.ofMillis(100).toNanos();
        int most = 3; // blocks without a gain
        long start = System.nanoTime();
        double best = 0;
        int without = 0;
        do {
            long begin = System.nanoTime();
            int times = 0;
            do {
                compute(1);
                compute(batch);
                times++;
            } while (System.nanoTime() - begin < block && System.nanoTime() - start < longest.toNanos());
            double rate = times / (double) (System.nanoTime() - begin);
            without = rate > best * 1.05 ? 0 : without + 1;
            best = Math.max(best, rate);
        } while (without < most && System.nanoTime() - start < longest.toNanos());
    }

    /// The warm-up of a predictor: rows of zeros, which are also ids of tokens, and sequences of 16 steps; a model of
    /// language goes on with a text. Nothing that the predictor has around its predictions is called.
    static WarmUp of(Predictor predictor, Kernels kernels) {
        int open = 16;
        Model model = predictor.model();
        if (predictor.signature().output() instanceof Output.Continuation) {
            Generator generator = Generator.of(model).withMaxTokens(open).withKernels(kernels);
            return _ -> generator.generate(0);
        }
        List<Shape> shapes = model.network().inputs().stream()
                .map(each -> each.withOpen(open))
                .toList();
        return rows -> model.predict(
                shapes.stream().map(each -> Tensor.zeros(each.forRows(rows))).toList(), kernels);
    }

    /// The warm-up of a model of texts: texts of various lengths, of at most 14 words, and of fewer where the
    /// model has no place for them.
    static WarmUp ofTexts(Consumer<List<String>> model) {
        String words = "a small text of some words to compute something that nobody has asked for";
        int[] longest = {words.length()};
        return rows -> {
            while (true) {
                int all = longest[0];
                try {
                    model.accept(IntStream.range(0, rows)
                            .mapToObj(i -> words.substring(0, all * (i % 4 + 1) / 4))
                            .toList());
                    return;
                } catch (NeuriteException e) {
                    if (all < 8) throw e;
                    longest[0] = all / 2;
                }
            }
        };
    }
}
