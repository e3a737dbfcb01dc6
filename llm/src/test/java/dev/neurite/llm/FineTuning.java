package dev.neurite.llm;

import dev.neurite.layer.Lora;
import dev.neurite.loss.Losses;
import dev.neurite.model.Model;
import dev.neurite.optim.Optimizers;
import dev.neurite.train.Trainer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Fine-tunes a language model with texts, one a line: trains adapters beside its weights, and writes with them.
public final class FineTuning {
    private FineTuning() {}

    /// @param args the model, the file of texts, and the directory for the adapters
    public static void main(String[] args) throws IOException {
        run(Path.of(args[0]), Files.readAllLines(Path.of(args[1])), Path.of(args[2]), System.out);
    }

    static void run(Path file, List<String> texts, Path directory, PrintStream out) {
        // region tune
        try (LanguageModel model = LanguageModel.load(file)) { //                   weights in 8 or 4 bits stay so
            Model adapted = Lora.of(model.scores(), 8).withAlpha(16).adapted();
            Model tuned = Trainer.of(adapted)
                    .loss(Losses.crossEntropy())
                    .optimizer(Optimizers.adamW(1e-2))
                    .batchSize(4)
                    .epochs(20)
                    .fit(model.examples(texts))
                    .model();
            model.saveAdapter(tuned, directory); //                                 as PEFT does
        }
        try (LanguageModel model = LanguageModel.load(file, LoadSettings.USUAL.withAdapter(directory))) {
            out.println(model.complete("the rain", Generation.USUAL.greedy()).text());
        }
        // endregion
    }
}
