package dev.neurite.serve.model;

import dev.neurite.llm.LanguageModel;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.TextEmbedder;
import dev.neurite.onnx.TextPair;
import dev.neurite.onnx.TextScore;
import dev.neurite.onnx.TextScorer;
import dev.neurite.onnx.TextVector;
import dev.neurite.onnx.value.Value;
import dev.neurite.predict.Prediction;
import dev.neurite.predict.Predictor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a model can do, with the queue in which its requests wait to be computed together.
public sealed interface ModelKind {
    /// Where its requests wait.
    BatchQueue<?, ?> queue();

    /// A model of Neurite. It takes raw values, one item for each row: what [Predictor#predictAll] takes.
    record Predictions(Predictor predictor, BatchQueue<Object, Prediction> queue) implements ModelKind {}

    /// An ONNX model: tensors in, tensors out. An item is a whole request; those whose tensors differ in the
    /// first extent only are computed together where the model allows it.
    /// @param columns its rows as records; empty if it has none
    record Tensors(
            OnnxModel model, BatchQueue<Map<String, Value>, Map<String, Value>> queue, Optional<ColumnTensors> columns)
            implements ModelKind {
        Tensors(OnnxModel model, BatchQueue<Map<String, Value>, Map<String, Value>> queue) {
            this(model, queue, ColumnTensors.of(model));
        }
    }

    /// An ONNX model with a tokenizer.
    sealed interface Texts extends ModelKind {}

    /// A model that gives vectors of texts. An item is a text.
    sealed interface Vectors extends ModelKind {
        /// Gives vectors before they are normalized.
        @Override
        BatchQueue<String, TextVector> queue();

        /// The numbers of a vector.
        int dimension();

        /// Whether vectors have length 1, if a request does not say it.
        boolean normalizes();

        /// The vectors of texts, normalized if [#normalizes].
        default List<TextVector> vectors(List<String> texts, Deadline deadline) {
            List<TextVector> raw = queue().compute(texts, deadline);
            return normalizes() ? raw.stream().map(TextVector::normalized).toList() : raw;
        }
    }

    /// An ONNX model with a tokenizer that gives vectors of texts.
    record Embeddings(TextEmbedder embedder, BatchQueue<String, TextVector> queue) implements Texts, Vectors {
        @Override
        public int dimension() {
            return embedder.dimension();
        }

        @Override
        public boolean normalizes() {
            return embedder.normalizes();
        }
    }

    /// An ONNX model with a tokenizer that says how well texts answer queries.
    record Scores(TextScorer scorer, BatchQueue<TextPair, TextScore> queue) implements Texts {}

    /// A language model of a published family. It writes texts, which do not go through its queue, and gives vectors.
    record Language(HeldModel held, BatchQueue<String, TextVector> queue) implements Vectors {
        /// The model, for what it is. It computes in [HeldModel#use].
        public LanguageModel model() {
            return held.model();
        }

        @Override
        public int dimension() {
            return model().decoder().width();
        }

        @Override
        public boolean normalizes() {
            return true;
        }
    }

    /// Computes what waits, and frees the model.
    default void close() {
        queue().close();
        if (this instanceof Language(HeldModel held, var _)) held.close();
    }
}
