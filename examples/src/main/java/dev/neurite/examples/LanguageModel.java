package dev.neurite.examples;

import dev.neurite.data.DataSplit;
import dev.neurite.generate.Generator;
import dev.neurite.generate.Sampling;
import dev.neurite.io.ModelFile;
import dev.neurite.loss.CrossEntropy;
import dev.neurite.model.Model;
import dev.neurite.model.PredictionSession;
import dev.neurite.network.Gpt;
import dev.neurite.optim.Optimizers;
import dev.neurite.predict.Predictor;
import dev.neurite.tensor.Tensor;
import dev.neurite.text.Tokenizer;
import dev.neurite.text.VocabularyTrainer;
import dev.neurite.text.data.TextWindows;
import dev.neurite.text.data.Tokens;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// A small GPT learns a text character by character, and goes on with it; a session predicts token by token.
public final class LanguageModel {
    private static final String TEXT = "the quick brown fox jumps over the lazy dog. ".repeat(60);

    private LanguageModel() {}

    public static void main(String[] args) throws IOException {
        run(System.out);
    }

    static void run(PrintStream out) throws IOException {
        // region train
        Tokenizer tokenizer = VocabularyTrainer.characters().train(Stream.of(TEXT));
        DataSplit windows = TextWindows.of(Tokens.of(tokenizer, TEXT), tokenizer, 64)
                .split(0.1); // rows of 64 characters, each with the one that follows; the end is held out
        Run run = Trainer.of(new Gpt(2, 2, 32, 64, 0) //               2 layers, 2 heads, width 32, 64 positions
                        .model(tokenizer.vocabularySize()))
                .loss(new CrossEntropy())
                .optimizer(Optimizers.adamW(0.01))
                .batchSize(16)
                .epochs(80)
                .fit(windows.train(), windows.test());
        // endregion
        // region predictor
        Path file = Files.createTempFile("fox", ".safetensors");
        ModelFile.save(run, file); //                                  with the tokenizer
        Sampling careful = Sampling.USUAL.withTemperature(0.5);
        Predictor.load(file).generate("the quick ", 40, careful, out::print); // piece by piece
        out.println();
        // endregion
        Files.delete(file);
        // region generate
        Model model = run.model();
        Generator generator = Generator.of(model).withMaxTokens(40).withSampling(careful);
        int[] more = generator.generate(tokenizer.encode("the quick ").ids());
        out.println(tokenizer.decode(more, true));
        // endregion

        // region session
        PredictionSession session = model.session(1, 64); //           one row, at most 64 tokens
        session.predict(row(tokenizer, "the"));
        Tensor next = session.predict(row(tokenizer, " ")); //         sees "the ", computes one position
        // endregion
        Tensor whole = model.predict(row(tokenizer, "the "));
        out.println(next.select(0, 0).select(0, 0).equals(whole.select(0, 0).select(0, 3)));
    }

    private static Tensor row(Tokenizer tokenizer, String text) {
        int[] ids = tokenizer.encode(text).ids();
        float[] row = new float[ids.length];
        for (int i = 0; i < ids.length; i++) row[i] = ids[i];
        return Tensor.of(new float[][] {row});
    }
}
