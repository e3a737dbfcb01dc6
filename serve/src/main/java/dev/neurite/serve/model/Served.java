package dev.neurite.serve.model;

import dev.neurite.llm.LanguageModel;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.TextEmbedder;
import dev.neurite.onnx.TextScorer;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.predict.Predictor;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// One version of a model, ready for requests.
public final class Served implements AutoCloseable {
    private final String name;
    private final String version;
    private final ModelKind kind;
    private final TensorForm form;

    /// The inputs and outputs of a model as tensors, for the Open Inference Protocol. An extent that requests
    /// choose is no number, see [ValueInfo#extents].
    public record Tensors(List<ValueInfo> inputs, List<ValueInfo> outputs) {
        /// The most rows of a request for a model of rows: each takes more memory than its bytes.
        public static final int MOST_ROWS = 1 << 16;

        /// Lists are copied.
        public Tensors {
            inputs = List.copyOf(inputs);
            outputs = List.copyOf(outputs);
        }
    }

    /// @param name the name of the model
    /// @param version a text, such as `1`
    public Served(String name, String version, ModelKind kind) {
        this.name = name;
        this.version = version;
        this.kind = kind;
        this.form = TensorForm.of(kind);
    }

    /// A model of Neurite, with the usual settings.
    public static Served of(String name, String version, Predictor predictor) {
        return of(name, version, ModelSource.loader(predictor));
    }

    /// An ONNX model of tensors, with the usual settings.
    public static Served of(String name, String version, OnnxModel model) {
        return of(name, version, ModelSource.loader(model));
    }

    /// An embedder, with the usual settings.
    public static Served of(String name, String version, TextEmbedder embedder) {
        return of(name, version, ModelSource.loader(embedder));
    }

    /// A scorer, with the usual settings.
    public static Served of(String name, String version, TextScorer scorer) {
        return of(name, version, ModelSource.loader(scorer));
    }

    /// A language model, with the usual settings. It is not closed with this.
    public static Served of(String name, String version, LanguageModel model) {
        return of(name, version, ModelSource.loader(model, false));
    }

    private static Served of(String name, String version, ModelSource.Loader loader) {
        return new Served(
                name, version, loader.load(name, ModelSource.Setup.USUAL).kind());
    }

    public String name() {
        return name;
    }

    public String version() {
        return version;
    }

    /// What it can do.
    public ModelKind kind() {
        return kind;
    }

    /// What it takes and gives as tensors. A model of Neurite takes and gives what its ONNX export does, but for
    /// texts, which are texts here, and time series, whose columns are apart.
    public Tensors tensors() {
        return form.tensors();
    }

    /// Computes a request of tensors, whatever the kind, through its queue.
    /// @param inputs by name, those of [#tensors]; numbers may be of another type, and of an extent of 1 at the
    /// end the axis may be left out, if it is no ONNX model
    /// @return all outputs of [#tensors], in their order
    /// @throws dev.neurite.error.DataException for inputs that are missing or unknown, or what the model refuses
    /// @throws dev.neurite.error.ShapeException for shapes that do not fit
    /// @throws dev.neurite.http.HttpProblem as [BatchQueue#compute]
    public SequencedMap<String, Value> infer(Map<String, Value> inputs, Deadline deadline) {
        return form.infer(inputs, deadline);
    }

    /// What its queue has done.
    public QueueStatistics statistics() {
        return kind.queue().statistics();
    }

    /// Computes what waits, and ends its thread.
    @Override
    public void close() {
        kind.close();
    }

    /// Name and version.
    @Override
    public String toString() {
        return name + " version " + version;
    }
}
