package dev.neurite.examples;

import dev.neurite.data.Dataset;
import dev.neurite.data.series.TokenWindows;
import dev.neurite.generate.Generator;
import dev.neurite.generate.Sampling;
import dev.neurite.loss.CrossEntropy;
import dev.neurite.model.Model;
import dev.neurite.model.PredictionSession;
import dev.neurite.network.Gpt;
import dev.neurite.optim.Optimizers;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Trainer;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// A small GPT learns a text byte by byte, and goes on with it; a session predicts token by token.
public final class LanguageModel {
    private static final String TEXT = "the quick brown fox jumps over the lazy dog. ".repeat(60);

    private LanguageModel() {}

    /// Runs the example.
    public static void main(String[] args) {
        run(System.out);
    }

    static void run(PrintStream out) {
        // region train
        Dataset windows = TokenWindows.of(ids(TEXT), 256, 64); //      rows of 64 bytes, each with the byte that follows
        Model model = Trainer.of(new Gpt(2, 2, 32, 64, 0).model(256)) // 2 layers, 2 heads, width 32, 64 positions
                .loss(new CrossEntropy())
                .optimizer(Optimizers.adamW(0.01))
                .batchSize(16)
                .epochs(80)
                .fit(windows, windows)
                .model();
        // endregion
        // region generate
        Generator generator = Generator.of(model).withMost(40).withSampling(Sampling.USUAL.withTemperature(0.5));
        int[] more = generator.generate(ids("the quick "));
        // endregion
        out.println(text(more));

        // region session
        PredictionSession session = model.session(1, 64); //           one row, at most 64 tokens
        session.predict(Tensor.of(new float[][] {{'t', 'h', 'e'}}));
        Tensor next = session.predict(Tensor.of(new float[][] {{' '}})); // sees "the ", computes one position
        // endregion
        Tensor whole = model.predict(Tensor.of(new float[][] {{'t', 'h', 'e', ' '}}));
        out.println(next.reshape(Shape.of(256)).equals(whole.select(0, 0).select(0, 3)));
    }

    private static int[] ids(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int[] ids = new int[bytes.length];
        for (int i = 0; i < ids.length; i++) ids[i] = Byte.toUnsignedInt(bytes[i]);
        return ids;
    }

    private static String text(int... ids) {
        byte[] bytes = new byte[ids.length];
        for (int i = 0; i < ids.length; i++) bytes[i] = (byte) ids[i];
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
