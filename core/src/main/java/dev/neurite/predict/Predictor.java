package dev.neurite.predict;

import dev.neurite.data.image.PixelLines;
import dev.neurite.data.series.SeriesColumns;
import dev.neurite.data.series.SeriesTable;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.RowEncoder;
import dev.neurite.data.table.Table;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ShapeException;
import dev.neurite.generate.Sampling;
import dev.neurite.io.Catalog;
import dev.neurite.io.ModelFile;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Model;
import dev.neurite.model.RowSource;
import dev.neurite.signature.Input;
import dev.neurite.signature.Output;
import dev.neurite.signature.Signature;
import dev.neurite.signature.TextCodec;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Run;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/// Predicts raw values with any model: rows of a table, images, texts, series, or several of them for a network
/// of several inputs. What it takes and gives is the [Signature] of the model file. Immutable and thread-safe.
///
/// <!-- Snippets#predictor -->
/// ```java
/// Predictor predictor = Predictor.load(file); //            or Predictor.of(run)
/// Prediction said = predictor.predict(5.1f, 3.5f, 1.4f, 0.2f);
/// String label = said.label(); //                           its class
/// Map<String, Double> each = said.probabilities();
/// ```
///
/// | the model takes | a row is |
/// |---|---|
/// | a table | a `Map` of values by column, a record, or numbers in the order of the columns |
/// | an image | [PixelLines]: `dev.neurite.datasets.ImageFile` opens files, streams, a `BufferedImage` |
/// | a text | a `String` |
/// | a time series | the rows of its table up to now: a [Table], or a `List` of maps or records |
/// | a sequence of rows | a `List` of maps or records |
/// | numbers | `float[]`, of steps `float[][]`, or a [Tensor] |
/// | several inputs | a `Map` or record with each under its name; columns also by themselves |
///
public final class Predictor {
    private static final int ROWS_AT_ONCE = 512;
    private static final int OPEN_AT_ONCE = 32;
    private static final long VALUES_AT_ONCE = 1 << 24; // 64 MB

    private final ModelFile file;
    private final String where;
    private final Signature signature;
    private final List<InputEncoder> encoders;
    private final Optional<Forecaster> forecaster;
    private final Supplier<Kernels> kernels;
    private final Interceptor interceptor;

    private Predictor(ModelFile file, String where, Supplier<Kernels> kernels, Interceptor interceptor) {
        this.file = file;
        this.where = where;
        this.signature = file.signature();
        List<InputEncoder> all = new ArrayList<>();
        for (Input each : signature.inputs().values()) {
            all.add(InputEncoder.of(each, file.model().network().inputs().get(all.size())));
        }
        this.encoders = List.copyOf(all);
        this.forecaster = Forecaster.of(file);
        this.kernels = kernels;
        this.interceptor = interceptor;
    }

    /// Loads a model.
    /// @param file a model file, such as `model.safetensors` in a run's directory
    /// @throws DataException if there is no such file
    /// @throws ModelFormatException for a file that is no Neurite model, damaged, or of a newer version
    /// @throws ConfigException for a model of texts without `neurite-text` on the class path
    public static Predictor load(Path file) {
        return of(ModelFile.read(file, Catalog.standard()), file.toString());
    }

    /// Loads a model from a stream, such as `App.class.getResourceAsStream("model.safetensors")`.
    /// @param in read to its end, not closed
    /// @throws ModelFormatException for content that is no Neurite model, damaged, or of a newer version
    /// @throws ConfigException for a model of texts without `neurite-text` on the class path
    /// @throws IOException if it cannot be read
    public static Predictor load(InputStream in) throws IOException {
        return of(ModelFile.read(in, "model", Catalog.standard()), "model");
    }

    /// A predictor with the model of a training, which knows of its data what raw rows are and what outputs
    /// mean.
    /// @throws ConfigException for a model of texts without `neurite-text` on the class path
    public static Predictor of(Run run) {
        return of(ModelFile.of(run));
    }

    /// A predictor for a model in memory.
    /// @throws ConfigException for a model of texts without `neurite-text` on the class path
    public static Predictor of(ModelFile file) {
        return of(file, "model");
    }

    /// A predictor for a model that was read.
    /// @param where the name of the model in messages, such as its file
    public static Predictor of(ModelFile file, String where) {
        return new Predictor(file, where, Kernels::shared, Supplier::get);
    }

    /// What it computes with where no other kernels are given.
    public Kernels kernels() {
        return kernels.get();
    }

    /// The same predictor, computing with other kernels where none are given, as with another number of
    /// threads. They must not be closed while it is in use.
    public Predictor with(Kernels other) {
        return new Predictor(file, where, () -> other, interceptor);
    }

    /// The same predictor with something around each call of `predict`, `predictAll` and `generate`, such as a
    /// timer.
    public Predictor with(Interceptor other) {
        return new Predictor(file, where, kernels, other);
    }

    /// Saves the model with what it takes and gives; [#load(Path)] reads it.
    /// @throws ConfigException if it has a layer of your own: [ModelFile#write] takes a catalog
    /// @throws dev.neurite.error.ResourceException if the file cannot be written; an old file then stays
    public void save(Path to) {
        file.write(to, Catalog.standard());
    }

    /// What the model takes and gives.
    public Signature signature() {
        return signature;
    }

    public Model model() {
        return file.model();
    }

    /// The preprocessing of the columns of a table; empty if no input has one.
    public Optional<Preprocessing> preprocessing() {
        return signature.preprocessing();
    }

    /// The names of the classes of the first output, by label; empty if it predicts none.
    public List<String> classNames() {
        return signature.output().classNames();
    }

    /// The forecaster of a time series; empty for other models.
    public Optional<Forecaster> forecaster() {
        return forecaster;
    }

    /// Predicts a row of values by column, see [RowEncoder#encode(Map)], or of several inputs by name.
    /// @throws DataException for missing columns or inputs, or values that cannot be encoded
    public Prediction predict(Map<String, ?> row) {
        return one(row);
    }

    /// Predicts a row: a record with a component for each column, or for each of several inputs.
    /// @throws DataException for missing columns or inputs, or values that cannot be encoded
    /// @throws ConfigException for a record that reflection may not read
    public Prediction predict(Record row) {
        return one(row);
    }

    /// Predicts a row of numbers: raw ones in the order of [Preprocessing#inputColumns()], or, without a
    /// preprocessing, the model's inputs.
    /// @throws DataException for another number of them, or values that cannot be encoded
    public Prediction predict(float... row) {
        return one(row);
    }

    /// Predicts an image.
    /// @throws DataException for a model that takes none, or an image of another size
    public Prediction predict(PixelLines image) {
        return one(image);
    }

    /// Predicts a text: its class, or of a model of language 100 tokens that follow it, see [#generate].
    /// @throws DataException for a model that takes none, or a text without tokens
    public Prediction predict(String text) {
        return one(text);
    }

    /// Predicts a sequence: maps or records, the oldest first, for a time series or a model of sequences; or
    /// numbers.
    /// @throws DataException for missing columns, values that cannot be encoded, or too few steps
    public Prediction predict(List<?> steps) {
        return one(steps);
    }

    /// Predicts all rows of a table, batch by batch; of a time series the steps after the end of each series,
    /// or what its last steps say.
    /// @throws DataException for missing columns, rows that cannot be encoded, or predictions that are not
    /// finite
    /// @throws ConfigException for a model that takes no columns
    public List<Prediction> predict(Table rows) {
        return interceptor.around(() -> predicted(rows, kernels.get()));
    }

    private List<Prediction> predicted(Table rows, Kernels kernels) {
        if (forecaster.isPresent()) {
            List<Prediction> forecasts = forecasts(rows, kernels);
            return finite(forecasts, 0, forecasts.size());
        }
        if (encoders.size() == 1 && signature.input() instanceof Input.Columns(Preprocessing columns)) {
            RowSource inputs = columns.applyToInputs(rows).withInputShape(shapes().getFirst());
            return finite(predictPrepared(inputs, kernels), 0, rows.rows());
        }
        if (encoders.size() == 1 && encoders.getFirst() instanceof InputEncoder.Series series) {
            Tensor windows = series.windows(rows);
            return finite(predictPrepared(windows, kernels), 0, windows.rows());
        }
        return predicted(TableRows.of(signature, rows, where), kernels);
    }

    private Prediction one(Object row) {
        return predictAll(Collections.singletonList(row)).getFirst(); // which refuses null
    }

    /// Predicts several rows at once, which is faster than one by one, and gives the same.
    /// @param rows each as for [#predict]; see the table of this class
    /// @throws DataException for a row that cannot be encoded, or whose prediction is not finite, with its
    /// number
    public List<Prediction> predictAll(List<?> rows) {
        return predictAll(rows, kernels.get());
    }

    /// [#predictAll(List)] with these kernels.
    /// @param kernels the threads and kernels to use; they do not change the result
    public List<Prediction> predictAll(List<?> rows, Kernels kernels) {
        return interceptor.around(() -> predicted(rows, kernels));
    }

    private List<Prediction> predicted(List<?> rows, Kernels kernels) {
        int most = atOnce();
        List<Prediction> all = new ArrayList<>();
        for (int from = 0; from < rows.size(); from += most) {
            List<?> next = rows.subList(from, Math.min(from + most, rows.size()));
            all.addAll(finite(predicted(next, from, rows.size(), kernels), from, rows.size()));
        }
        return all;
    }

    /// Fewer rows of large inputs, and of those whose size is not known.
    private int atOnce() {
        long values = 0;
        for (Shape each : shapes()) {
            if (!each.isKnown()) return OPEN_AT_ONCE;
            values += each.size();
        }
        return Math.clamp(VALUES_AT_ONCE / Math.max(1, values), 1, ROWS_AT_ONCE);
    }

    /// @param from the number of the first row of all
    private List<Prediction> predicted(List<?> rows, int from, int all, Kernels kernels) {
        if (forecaster.isPresent()) return each(rows, from, all, row -> forecast(row, kernels));
        if (signature.output() instanceof Output.Continuation) {
            return each(rows, from, all, row -> continuation(row, kernels));
        }
        return predictPrepared(batches(each(rows, from, all, this::encoded)), kernels);
    }

    /// The inputs of raw rows, all at once, for [#predictPrepared(List, Kernels)].
    /// @param rows at least one, each as for [#predict]
    /// @return for each input of the network `[rows×…]`, shorter rows padded
    /// @throws DataException for a row that cannot be encoded, with its number
    public List<Tensor> encode(List<?> rows) {
        return batches(each(rows, 0, rows.size(), this::encoded));
    }

    /// What is unusual about a row, in words: a text without a token that the model knows, a number
    /// farther outside the range of its column in the training than half its width, a date farther from the
    /// mean of the training than five deviations, a name that is no column but resembles one. Empty if nothing
    /// is. A model of plain numbers or images does not know those of its training, so nothing is unusual to it.
    /// One that forecasts says it in [Prediction.Forecast#warnings()].
    /// @param row as for [#predict]
    /// @throws DataException for a row that cannot be encoded
    public List<String> warnings(Object row) {
        if (forecaster.isPresent() || signature.output() instanceof Output.Continuation) return List.of();
        List<float[]> numbers =
                each(Collections.singletonList(row), 0, 1, this::encoded).getFirst();
        List<String> warnings = new ArrayList<>(RowValues.misnamed(signature, row));
        for (int i = 0; i < encoders.size(); i++) {
            encoders.get(i).warning(numbers.get(i)).ifPresent(warnings::add);
        }
        return warnings;
    }

    private List<Tensor> batches(List<List<float[]>> encoded) {
        List<Tensor> inputs = new ArrayList<>();
        for (int i = 0; i < encoders.size(); i++) {
            int input = i;
            inputs.add(encoders.get(i)
                    .batch(encoded.stream().map(row -> row.get(input)).toList()));
        }
        return inputs;
    }

    /// The numbers of each input of a row.
    private List<float[]> encoded(Object row) {
        List<Object> values = RowValues.of(signature, row);
        List<float[]> encoded = new ArrayList<>();
        for (Object value : values) encoded.add(encoders.get(encoded.size()).row(value));
        return encoded;
    }

    /// Does something with each row; a fault has its number, unless there is one row.
    private static <T> List<T> each(List<?> rows, int from, int all, Function<Object, T> made) {
        List<T> results = new ArrayList<>();
        for (Object row : rows) {
            try {
                if (row == null) throw new DataException("row", "expects a value, got none");
                results.add(made.apply(row));
            } catch (DataException e) {
                if (all == 1) throw e;
                String number = "row " + (from + results.size()) + " (from 0)";
                String where = e.where().startsWith("row") ? e.where().substring(3) : ", " + e.where();
                throw new DataException(number + where, e.problem(), e.hint());
            }
        }
        return results;
    }

    private static List<Prediction> finite(List<Prediction> predictions, int from, int all) {
        for (int i = 0; i < predictions.size(); i++) {
            predictions.get(i).requireFinite(all == 1 ? "row" : "row " + (from + i) + " (from 0)");
        }
        return predictions;
    }

    // --------------------------------------------------------------------------------------------- series and texts

    private Prediction forecast(Object rows, Kernels kernels) {
        List<Prediction> all = switch (rows) {
            case Table table -> forecasts(table, kernels);
            case List<?> steps -> {
                Forecaster series = forecaster.orElseThrow();
                yield forecasts(SeriesRows.table(steps, series.preprocessing(), series.columns()), kernels);
            }
            default ->
                throw new DataException(
                        "series", "expects the rows of a time series, got " + RowValues.described(rows));
        };
        if (all.size() == 1) return all.getFirst();
        SequencedMap<String, Prediction> several = new LinkedHashMap<>();
        for (Prediction each : all) if (each instanceof Prediction.Forecast one) several.put(one.series(), one);
        return new Prediction.Several(several);
    }

    private List<Prediction> forecasts(Table rows, Kernels kernels) {
        SeriesColumns columns = forecaster.orElseThrow().columns();
        return forecasts(SeriesTable.of(rows, columns), kernels);
    }

    /// Forecasts the steps after the end of each series.
    /// @param kernels the threads and kernels to use; they do not change the result
    /// @throws ConfigException for a model that does not forecast
    /// @throws DataException for missing columns, rows that cannot be encoded, or fewer steps than the window
    public List<Prediction> forecasts(SeriesTable rows, Kernels kernels) {
        Forecaster series = forecaster.orElseThrow(() -> new ConfigException(
                where, "expects a model that forecasts a time series, got one that " + signature.words()));
        return List.copyOf(series.forecast(rows, kernels));
    }

    private Prediction continuation(Object prompt, Kernels kernels) {
        if (!(prompt instanceof CharSequence text)) {
            throw new DataException("prompt", "expects a text, got " + RowValues.described(prompt));
        }
        return continued(text.toString(), 100, Sampling.USUAL, kernels, (_, _) -> {});
    }

    /// Continues a text with a model of language.
    /// @param most the most tokens that follow
    /// @param pieces takes each piece of text as soon as it is there; what it throws ends the text
    /// @throws ConfigException for a model that is none of language, or fewer than 1 token
    /// @throws DataException for a prompt without tokens, or with characters that the model does not know
    public Prediction.Continuation generate(String prompt, int most, Sampling sampling, Consumer<String> pieces) {
        return generate(prompt, most, sampling, kernels.get(), pieces);
    }

    /// [#generate(String, int, Sampling, Consumer)] with these kernels.
    public Prediction.Continuation generate(
            String prompt, int most, Sampling sampling, Kernels kernels, Consumer<String> pieces) {
        return interceptor.around(() -> continued(prompt, most, sampling, kernels, (piece, _) -> pieces.accept(piece)));
    }

    /// Takes the text that follows a prompt, as it is written.
    @FunctionalInterface
    public interface PieceListener {
        /// A piece of the text is there.
        /// @param tokens of which it is made, at least 1: more for a character that several make
        void piece(String piece, int tokens);
    }

    /// [#generate(String, int, Sampling, Consumer)] for those who count the tokens.
    public Prediction.Continuation generatePieces(String prompt, int most, Sampling sampling, PieceListener pieces) {
        return interceptor.around(() -> continued(prompt, most, sampling, kernels.get(), pieces));
    }

    private Prediction.Continuation continued(
            String prompt, int most, Sampling sampling, Kernels kernels, PieceListener pieces) {
        return Continuations.of(file.model(), codecOfLanguage(), prompt, most, sampling, kernels, pieces);
    }

    /// The number of tokens of a prompt of a model of language.
    /// @throws ConfigException for another model
    public int promptTokens(String prompt) {
        return codecOfLanguage().encode(prompt).length;
    }

    private TextCodec codecOfLanguage() {
        if (signature.output() instanceof Output.Continuation
                && encoders.getFirst() instanceof InputEncoder.Text text) {
            return text.codec();
        }
        throw new ConfigException(where, "expects a model of language, got one that " + signature.words());
    }

    // --------------------------------------------------------------------------------------------------- prepared rows

    /// Predicts rows of inputs that are already encoded. Predictions may be infinite or NaN, see
    /// [Prediction#requireFinite].
    /// @param rows `[rows×…]`, each in the shape of the model's only input
    /// @param kernels the threads and kernels to use; they do not change the result
    /// @return a prediction for each row, the same as for the row alone
    /// @throws ShapeException for rows of another shape
    public List<Prediction> predictPrepared(Tensor rows, Kernels kernels) {
        return predictPrepared(List.of(rows), kernels);
    }

    /// Predicts rows of inputs that are already encoded, of a model of several inputs.
    /// @param inputs for each input `[rows×…]`
    /// @throws ShapeException for rows of another shape
    public List<Prediction> predictPrepared(List<Tensor> inputs, Kernels kernels) {
        return predictions(file.model().predict(inputs, kernels), kernels);
    }

    /// Predicts the rows of a data set, which are read as they are needed.
    /// @throws ShapeException for rows of another shape
    public List<Prediction> predictPrepared(RowSource rows, Kernels kernels) {
        return predictions(file.model().predictAll(rows, kernels), kernels);
    }

    private List<Prediction> predictions(List<Tensor> outputs, Kernels kernels) {
        List<String> names = new ArrayList<>();
        List<List<Prediction>> all = new ArrayList<>();
        signature.outputs().forEach((name, output) -> {
            all.add(Outputs.predictions(output, outputs.get(names.size()), kernels));
            names.add(name);
        });
        if (all.size() == 1) return all.getFirst();
        List<Prediction> rows = new ArrayList<>();
        for (int row = 0; row < all.getFirst().size(); row++) {
            SequencedMap<String, Prediction> several = new LinkedHashMap<>();
            for (int i = 0; i < names.size(); i++)
                several.put(names.get(i), all.get(i).get(row));
            rows.add(new Prediction.Several(several));
        }
        return rows;
    }

    /// The shape of one row of each input of the network.
    List<Shape> shapes() {
        return file.model().network().inputs();
    }
}
