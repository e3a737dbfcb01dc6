package dev.neurite.serve.model;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.embedding;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.gru;

import dev.neurite.io.ModelFile;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Model;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.TextEmbedder;
import dev.neurite.onnx.TextScorer;
import dev.neurite.onnx.export.OnnxExport;
import dev.neurite.predict.Predictor;
import dev.neurite.signature.Input;
import dev.neurite.signature.Output;
import dev.neurite.signature.Signature;
import dev.neurite.tensor.Shape;
import dev.neurite.text.Tokenizer;
import dev.neurite.text.VocabularyTrainer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Small models of texts, with random weights: one that writes, one that makes vectors, one that scores.
public final class TextModels {
    private static final String TEXT = "the cat sat on the mat. a dog ran to the door. ";
    private static final Path SCORER = Path.of("../onnx/src/test/resources/cross-encoder");

    /// Continues texts of small letters.
    public final Predictor writer = writer();

    public final TextEmbedder embedder = embedder();

    public final TextScorer scorer = TextScorer.load(SCORER.resolve("model.onnx"), SCORER.resolve("tokenizer.json"));

    private static final class Shared {
        static final TextModels MODELS = new TextModels();
    }

    private TextModels() {}

    /// The same for all tests.
    public static TextModels shared() {
        return Shared.MODELS;
    }

    private static Predictor writer() {
        Tokenizer characters = VocabularyTrainer.characters().train(Stream.of(TEXT));
        int size = characters.vocabularySize();
        Model model = Model.of(
                        Shape.of(Shape.OPEN),
                        embedding(size, 24),
                        gru(24).withSequences(),
                        gru(24).withSequences(),
                        dense(size))
                .initialize(1);
        return Predictor.of(new ModelFile(
                model,
                Map.of(),
                Signature.of(
                        List.of(new Input.Text(characters.json(), Optional.empty())),
                        List.of(new Output.Continuation()))));
    }

    /// Vectors of 6 numbers, at most 8 tokens at once.
    private static TextEmbedder embedder() {
        Tokenizer words = VocabularyTrainer.words(99).train(Stream.of(TEXT));
        Model model = Model.of(Shape.of(Shape.OPEN), embedding(words.vocabularySize(), 6))
                .initialize(2);
        Signature signature = Signature.of(
                        List.of(new Input.Text(words.json(), Optional.empty())), List.of(new Output.Numbers()))
                .withInputNames("input_ids");
        byte[] onnx = OnnxExport.of(new ModelFile(model, Map.of(), signature)).bytes();
        return TextEmbedder.of(OnnxModel.read(onnx), words).withMostTokens(8);
    }

    private static Predictor numbers() {
        Model model = Model.of(features(2), dense(1)).initialize(3);
        return Predictor.of(new ModelFile(model, Map.of(), Signature.of(model)));
    }

    /// The models `writer`, `vectors`, `scorer`, and `numbers`, which takes no texts.
    public Repository repository() {
        return new Repository(List.of(
                Served.of("numbers", "1", numbers()),
                Served.of("scorer", "1", scorer),
                Served.of("vectors", "1", embedder),
                Served.of("writer", "1", writer)));
    }

    /// The model `writer`, computed with these kernels.
    public Repository repository(Kernels kernels) {
        Repository models = Repository.open(
                List.of(),
                List.of(ModelSource.of("writer", writer)),
                RepositorySettings.USUAL.warmUp(Duration.ZERO),
                kernels,
                RepositoryWatcher.NONE);
        try {
            models.awaitLoaded();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return models;
    }
}
