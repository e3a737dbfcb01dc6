package dev.neurite.serve.model;

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

    /// An ONNX model with a tokenizer that gives vectors of texts. An item is a text.
    /// @param queue gives vectors before they are normalized
    record Embeddings(TextEmbedder embedder, BatchQueue<String, TextVector> queue) implements Texts {
        /// The vectors of texts, normalized if the embedder does so.
        public List<TextVector> vectors(List<String> texts, Deadline deadline) {
            List<TextVector> raw = queue.compute(texts, deadline);
            return embedder.normalizes()
                    ? raw.stream().map(TextVector::normalized).toList()
                    : raw;
        }
    }

    /// An ONNX model with a tokenizer that says how well texts answer queries.
    record Scores(TextScorer scorer, BatchQueue<TextPair, TextScore> queue) implements Texts {}
}
