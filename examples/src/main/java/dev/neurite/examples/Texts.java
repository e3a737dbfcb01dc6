package dev.neurite.examples;

import dev.neurite.data.table.Table;
import dev.neurite.data.table.TableSplit;
import dev.neurite.datasets.Csv;
import dev.neurite.datasets.ReadOptions;
import dev.neurite.io.ModelFile;
import dev.neurite.model.Model;
import dev.neurite.network.TextClassifier;
import dev.neurite.predict.Predictor;
import dev.neurite.text.Tokenizer;
import dev.neurite.text.VocabularyTrainer;
import dev.neurite.text.data.TextRows;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// A network reads reviews word by word and tells praise from blame.
public final class Texts {
    private Texts() {}

    /// Runs the example.
    /// @param args the path of `reviews.csv`; by default in the working directory's `examples/data`
    public static void main(String[] args) throws IOException {
        run(System.out, Path.of(args.length > 0 ? args[0] : "examples/data/reviews.csv"));
    }

    static void run(PrintStream out, Path csv) throws IOException {
        // region rows
        Table reviews = Csv.read(csv, ReadOptions.USUAL.withTexts(Set.of("review")));
        TableSplit split = TableSplit.stratified(reviews, "kind", 0.2, 0);
        Tokenizer words = VocabularyTrainer.words(20_000).train(TextRows.texts(split.train(), "review"));
        List<String> kinds = List.of("blame", "praise");
        TextRows train = TextRows.of(words, split.train(), "review", "kind", kinds);
        TextRows test = TextRows.of(words, split.test(), "review", "kind", kinds);
        // endregion
        // region train
        Model model =
                new TextClassifier().withVocabulary(words.vocabularySize()).model(train);
        Run run = Trainer.of(model).epochs(8).fit(train, test);
        out.println(run.accuracy());
        // endregion
        // region predict
        Path file = Files.createTempFile("reviews", ".safetensors");
        ModelFile.save(run, file); //                                 with the words and the classes
        Predictor predictor = Predictor.load(file);
        for (String each : List.of(
                "i expected a dull film and got a brilliant one", "i expected a brilliant film and got a dull one")) {
            out.println(predictor.predict(each).label());
        }
        // endregion
        Files.delete(file);
    }
}
