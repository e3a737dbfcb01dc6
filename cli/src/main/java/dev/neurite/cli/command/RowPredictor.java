package dev.neurite.cli.command;

import dev.neurite.cli.console.Context;
import dev.neurite.cli.console.NamedFiles;
import dev.neurite.cli.console.OutputFile;
import dev.neurite.cli.input.PredictionInput;
import dev.neurite.cli.network.InputRange;
import dev.neurite.cli.network.LoadedModel;
import dev.neurite.cli.network.ModelInput;
import dev.neurite.cli.report.PredictionWriter;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.RowBuffer;
import dev.neurite.model.RowSource;
import dev.neurite.predict.Prediction;
import dev.neurite.predict.Predictor;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.io.InputStream;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.IntStream;

/// Predicts the rows of files and writes the predictions.
final class RowPredictor {
    private static final int ROWS_AT_ONCE = 512;
    private static final int VALUES_AT_ONCE = 1 << 24; // 64 MB

    private final Context context;
    private final LoadedModel loaded;
    private final List<ModelInput> takes;
    private final Predictor predictor;
    private final Kernels kernels;
    private final PredictionWriter writer;
    private final OutputFile output;
    private Optional<InputRange> seen;
    private String file = "";
    private final Set<String> noted = new HashSet<>();
    private int row;

    RowPredictor(Context context, LoadedModel loaded, Kernels kernels, PredictionWriter writer, OutputFile output) {
        this.context = context;
        this.loaded = loaded;
        this.takes = loaded.inputs();
        this.predictor = loaded.predictor();
        this.kernels = kernels;
        this.writer = writer;
        this.output = output;
        this.seen = loaded.range();
    }

    /// Predicts the rows of a file, which has all inputs.
    /// @throws ReaderGone if the reader of a pipe has closed it
    void file(String next) {
        file = next;
        row = 0;
        boolean known = takes.stream().allMatch(each -> each.shape().isKnown());
        int most = known ? atOnce(takes.stream().map(ModelInput::shape).toList()) : ROWS_AT_ONCE;
        InputStream in = context.io().in();
        if (takes.size() > 1) PredictionInput.columns(file, in, loaded, this::note, most, this::rows);
        else PredictionInput.read(file, in, takes.getFirst(), this::note, most, this::rows);
    }

    /// Predicts the rows of a file for each input.
    /// @param arguments `NAME=FILE`, or `FILE`
    /// @throws ReaderGone if the reader of a pipe has closed it
    void inputs(List<String> arguments) {
        SequencedMap<String, String> described = new LinkedHashMap<>();
        for (ModelInput each : takes) described.put(each.name(), each.described());
        SequencedMap<String, String> files = NamedFiles.of(described, arguments, "FILE");
        boolean columns = takes.stream().allMatch(each -> each.input().isOfColumns());
        if (columns && Set.copyOf(files.values()).size() == 1) {
            file(files.firstEntry().getValue());
            return;
        }
        file = String.join(", ", files.values());
        rows(PredictionInput.joint(files, context.io().in(), takes, this::note));
    }

    /// Fewer rows of large images.
    private static int atOnce(List<Shape> shapes) {
        long values = shapes.stream().mapToLong(Shape::size).sum();
        return Math.clamp(VALUES_AT_ONCE / Math.max(1, values), 1, ROWS_AT_ONCE);
    }

    private void rows(RowSource rows) {
        int atOnce = Math.clamp(atOnce(rows.longestInputs()), 1, Math.max(1, rows.size()));
        List<RowBuffer> buffers =
                rows.inputs().stream().map(each -> new RowBuffer(each, atOnce)).toList();
        int[] order = IntStream.range(0, rows.size()).toArray();
        for (int from = 0; from < rows.size(); from += atOnce) {
            for (RowBuffer each : buffers) each.read(order, from, Math.min(atOnce, rows.size() - from));
            List<Tensor> inputs = buffers.stream().map(RowBuffer::tensor).toList();
            warnIfFar(inputs.getFirst());
            for (Prediction each : predictor.predictPrepared(inputs, kernels)) {
                String name = PredictionInput.images(rows, row).orElse(file);
                writer.write(name, row, each.requireFinite(file + ", row " + row + " (from 0)"));
                row++;
            }
            if (!output.flush()) throw new ReaderGone();
        }
    }

    /// Says a note once, which may be about each of many files.
    private void note(String text) {
        if (noted.add(text)) context.note(text);
    }

    private void warnIfFar(Tensor inputs) {
        if (seen.isEmpty()) return;
        InputRange range = InputRange.of(inputs);
        if (!seen.get().isFar(range)) return;
        context.note("warning: " + seen.get().farText(file, range));
        seen = Optional.empty(); // warn once
    }

    /// The reader of standard output has closed it.
    static final class ReaderGone extends RuntimeException {
        private static final long serialVersionUID = 1;

        ReaderGone() {
            super(null, null, false, false);
        }
    }
}
