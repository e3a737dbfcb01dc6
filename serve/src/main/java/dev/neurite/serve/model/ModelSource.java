package dev.neurite.serve.model;

import dev.neurite.kernel.Kernels;
import dev.neurite.llm.LanguageModel;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.TextEmbedder;
import dev.neurite.onnx.TextPair;
import dev.neurite.onnx.TextScorer;
import dev.neurite.onnx.TextVector;
import dev.neurite.predict.Predictor;
import dev.neurite.predict.WarmUp;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Where a version of a model comes from.
/// @param name the name of the model
/// @param version a text, such as `1`
/// @param files empty for a model that is in memory
/// @param required whether the server does not start without it
/// @param loader makes it ready
public record ModelSource(String name, String version, Optional<ModelFiles> files, boolean required, Loader loader) {
    private static final Logger LOG = System.getLogger("dev.neurite.serve");

    /// The version of a model that has one only.
    static final String FIRST = "1";

    /// Makes a model ready for requests.
    interface Loader {
        Loaded load(String name, Setup setup);
    }

    /// What a model is to be served with.
    /// @param kernels compute it, if it is not in memory with kernels of its own
    record Setup(BatchSettings batches, Kernels kernels, QueueWatcher watcher) {
        static final Setup USUAL = new Setup(BatchSettings.USUAL, Kernels.shared(), QueueWatcher.NONE);
    }

    /// A model with its queue.
    /// @param warming computes rows that nobody asked for
    record Loaded(ModelKind kind, WarmUp warming) {}

    /// A model of Neurite that is in memory.
    public static ModelSource of(String name, Predictor predictor) {
        return inMemory(name, loader(predictor));
    }

    /// An ONNX model that is in memory.
    public static ModelSource of(String name, OnnxModel model) {
        return inMemory(name, loader(model));
    }

    /// An embedder that is in memory.
    public static ModelSource of(String name, TextEmbedder embedder) {
        return inMemory(name, loader(embedder));
    }

    /// A scorer that is in memory.
    public static ModelSource of(String name, TextScorer scorer) {
        return inMemory(name, loader(scorer));
    }

    /// A language model that is in memory, and is not closed with the server.
    public static ModelSource of(String name, LanguageModel model) {
        return inMemory(name, loader(model, false));
    }

    /// Its file; of a model that is in memory its name.
    String place() {
        return files.map(each -> each.model().toString()).orElse("model '" + name + "'");
    }

    /// The same, without which the server starts, too.
    ModelSource optional() {
        return new ModelSource(name, version, files, false, loader);
    }

    private static ModelSource inMemory(String name, Loader loader) {
        return new ModelSource(name, FIRST, Optional.empty(), true, loader);
    }

    static Loader loader(Predictor given) {
        return (name, setup) -> {
            Predictor predictor = given.with(setup.kernels());
            var queue = queue(name, Batching.ofRows(setup.batches()), predictor::predictAll, setup);
            return new Loaded(new ModelKind.Predictions(predictor, queue), WarmUp.of(predictor, setup.kernels()));
        };
    }

    static Loader loader(OnnxModel model) {
        return (name, setup) -> {
            var batches = TensorBatches.of(model);
            Level level = batches.hasSample() ? Level.INFO : Level.WARNING;
            batches.notice().ifPresent(why -> LOG.log(level, "model ''{0}'' {1}", name, why));
            return new Loaded(
                    new ModelKind.Tensors(
                            model, queue(name, batches.batching(setup.batches()), batches::compute, setup)),
                    rows -> batches.warm(batches.joins() ? rows : 1));
        };
    }

    static Loader loader(TextEmbedder embedder) {
        TextEmbedder lengthy = embedder.withNormalization(false);
        return (name, setup) -> {
            Batching<String> batching = Batching.ofTexts(setup.batches(), String::length);
            return new Loaded(
                    new ModelKind.Embeddings(embedder, queue(name, batching, lengthy::vectors, setup)),
                    WarmUp.ofTexts(lengthy::vectors));
        };
    }

    static Loader loader(TextScorer scorer) {
        return (name, setup) -> {
            Batching<TextPair> batching = Batching.ofTexts(
                    setup.batches(), pair -> pair.query().length() + pair.text().length());
            return new Loaded(
                    new ModelKind.Scores(scorer, queue(name, batching, scorer::scores, setup)),
                    WarmUp.ofTexts(texts -> scorer.scores(texts.stream()
                            .map(each -> new TextPair("a query", each))
                            .toList())));
        };
    }

    /// @param owned whether the model is closed when it is no longer served
    static Loader loader(LanguageModel model, boolean owned) {
        return (name, setup) -> {
            var held = new HeldModel(model, owned);
            Batching<String> batching = Batching.ofTexts(setup.batches(), String::length);
            BatchQueue<String, TextVector> queue = queue(name, batching, texts -> vectors(held, texts), setup);
            return new Loaded(new ModelKind.Language(held, queue), model.warmUp());
        };
    }

    private static List<TextVector> vectors(HeldModel held, List<String> texts) {
        return held.use(model -> texts.stream().map(each -> vector(model, each)).toList());
    }

    private static TextVector vector(LanguageModel model, String text) {
        return new TextVector(model.embed(text), model.tokenizer().encode(text).length);
    }

    private static <T, R> BatchQueue<T, R> queue(
            String name, Batching<T> batching, Function<List<T>, List<R>> compute, Setup setup) {
        return new BatchQueue<>(name, batching, compute, setup.watcher());
    }
}
