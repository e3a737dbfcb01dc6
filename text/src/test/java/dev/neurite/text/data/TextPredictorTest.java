package dev.neurite.text.data;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.embedding;
import static dev.neurite.layer.Layers.gru;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.Dataset;
import dev.neurite.data.table.Table;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.generate.Sampling;
import dev.neurite.io.Catalog;
import dev.neurite.io.Checkpoint;
import dev.neurite.io.Checkpoints;
import dev.neurite.io.ModelFile;
import dev.neurite.loss.Losses;
import dev.neurite.model.Model;
import dev.neurite.optim.Optimizers;
import dev.neurite.predict.Prediction;
import dev.neurite.predict.Predictor;
import dev.neurite.tensor.Shape;
import dev.neurite.text.Tokenizer;
import dev.neurite.text.VocabularyTrainer;
import dev.neurite.train.Evaluation;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Models of texts: trained, resumed, evaluated, saved with their tokenizer, loaded, and asked with texts.
final class TextPredictorTest {
    private static final List<String> REVIEWS =
            List.of("a good film", "a bad film", "very good", "very bad", "so good", "so bad indeed");

    @TempDir
    Path folder;

    private Predictor saved(Model model, Dataset data) {
        Trainer trainer = Trainer.of(model.initialize(1))
                .loss(Losses.crossEntropy())
                .epochs(2)
                .batchSize(3);
        Path checkpoints = folder.resolve("checkpoints");
        Run run = trainer.callback(Checkpoints.into(checkpoints).keep(9)).fit(data);
        Checkpoint first = Checkpoint.read(Checkpoints.files(checkpoints).getFirst(), Catalog.standard());
        assertThat(first.model().signature()).isEqualTo(run.signature());
        assertThat(trainer.resume(first.state()).fit(data).model()).isEqualTo(run.model());
        assertThat(Evaluation.of(run.model(), data, Losses.crossEntropy()).loss())
                .isPositive();
        Path file = folder.resolve("model.safetensors");
        ModelFile.save(run, file);
        return Predictor.load(file);
    }

    @Test
    void classesOfTexts() {
        Tokenizer words = VocabularyTrainer.words(50).train(REVIEWS.stream());
        Model model = Model.of(Shape.of(Shape.OPEN), embedding(words.vocabularySize(), 4), gru(4), dense(2));
        int[] labels = {1, 0, 1, 0, 1, 0};
        Predictor predictor = saved(model, TextRows.of(words, REVIEWS, labels, List.of("blame", "praise")));
        assertThat(predictor.classNames()).containsExactly("blame", "praise");
        List<Prediction> together = predictor.predictAll(REVIEWS);
        List<Prediction> alone = new ArrayList<>();
        for (String each : REVIEWS) alone.add(predictor.predict(each));
        assertThat(together).isEqualTo(alone);
        assertThat(alone.getFirst().label()).isIn("blame", "praise");
        assertThatThrownBy(() -> predictor.predict(" "))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("at least one token");
        assertThatThrownBy(() -> predictor.predict(1f, 2f)).hasMessageContaining("expects a text");
        assertThatThrownBy(() -> predictor.generate("a", 3, Sampling.USUAL, _ -> {}))
                .isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> predictor.promptTokens("a")).hasMessageContaining("expects a model of language");
    }

    @Test
    void aTextGoesOn() {
        String text = "the cat sat on the mat. ".repeat(8);
        Tokenizer characters = VocabularyTrainer.characters().train(Stream.of(text));
        Model model = Model.of(
                Shape.of(Shape.OPEN),
                embedding(characters.vocabularySize(), 4),
                gru(4).withSequences(),
                dense(characters.vocabularySize()));
        Predictor predictor = saved(model, TextWindows.of(Tokens.of(characters, text), characters, 8));
        var pieces = new StringBuilder();
        Prediction.Continuation said = predictor.generate("the cat", 5, Sampling.USUAL, pieces::append);
        assertThat(said.prompt()).isEqualTo("the cat");
        assertThat(said.text()).hasSizeBetween(1, 5).isEqualTo(pieces.toString()); // special tokens are no text
        int[] counted = new int[1];
        predictor.generatePieces("the cat", 5, Sampling.USUAL, (_, n) -> counted[0] += n);
        assertThat(counted[0]).isEqualTo(5);
        assertThat(predictor.promptTokens("the cat")).isEqualTo(7);
        assertThat(predictor.predict("the")).isInstanceOf(Prediction.Continuation.class);
        assertThatThrownBy(() -> predictor.predict("the zébra"))
                .isInstanceOf(DataException.class)
                .hasMessage("prompt: expects characters that the text of the training has, got 'zébr'");
        assertThatThrownBy(() -> predictor.predictAll(List.of("the", "")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("row 1 (from 0), prompt: expects a text of at least one token");
    }

    /// A tokenizer of words leaves out the spaces between them.
    @Test
    void aTextOfWordsGoesOnWithSpaces() {
        String text = "the cat sat on the mat . ".repeat(8);
        Tokenizer words = VocabularyTrainer.words(50).train(Stream.of(text));
        Model model = Model.of(
                Shape.of(Shape.OPEN),
                embedding(words.vocabularySize(), 8),
                gru(16).withSequences(),
                dense(words.vocabularySize()));
        Trainer trainer = Trainer.of(model.initialize(1))
                .loss(Losses.crossEntropy())
                .optimizer(Optimizers.adam(0.02))
                .epochs(30);
        Run run = trainer.fit(TextWindows.of(Tokens.of(words, text), words, 8));
        Predictor predictor = Predictor.of(ModelFile.of(run));
        var pieces = new ArrayList<String>();
        Prediction.Continuation said = predictor.generate(
                "the cat", 4, Sampling.USUAL.withTemperature(0).withSeed(1), pieces::add);
        assertThat(said.text()).isEqualTo(" sat on the mat");
        assertThat(pieces).containsExactly(" sat", " on", " the", " mat");
        assertThatThrownBy(() -> predictor.predict("the zebra sat on a mat"))
                .isInstanceOf(DataException.class)
                .hasMessage("prompt: expects words that the text of the training has, got 'zebra', 'a'");
    }

    @Test
    void aColumnOfTextsAndOneThatIsCalledText() {
        Tokenizer words = VocabularyTrainer.words(50).train(REVIEWS.stream());
        Table table = Table.ofMaps(
                List.of("review", "kind"),
                REVIEWS.stream().map(each -> Map.of("review", each, "kind", each.contains("good") ? "+" : "-")));
        Model model = Model.of(Shape.of(Shape.OPEN), embedding(words.vocabularySize(), 4), gru(4), dense(2));
        Predictor predictor = saved(model, TextRows.of(words, table, "review", "kind", List.of("-", "+")));
        Prediction said = predictor.predict("so good");
        assertThat(predictor.predict(Map.of("review", "so good"))).isEqualTo(said);
        assertThat(predictor.predict(Map.of("review", "so good", "text", "so bad")))
                .isEqualTo(said);
        assertThat(predictor.predict(Map.of("text", "so good"))).isEqualTo(said);
        assertThat(predictor.predict(Map.of("review", Optional.of("so good")))).isEqualTo(said);
        assertThatThrownBy(() -> predictor.predict(Map.of("review", Optional.empty())))
                .isInstanceOf(DataException.class)
                .hasMessage("row: expects a text, got none");
        Table digits = Table.ofMaps(List.of("review"), Stream.of(Map.of("review", 7), Map.of("review", 8.5)));
        assertThat(predictor.predict(digits))
                .as("texts of a column that was read as numbers")
                .containsExactly(predictor.predict("7"), predictor.predict("8.5"));
    }
}
