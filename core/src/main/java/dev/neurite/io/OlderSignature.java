package dev.neurite.io;

import dev.neurite.data.image.ImageInput;
import dev.neurite.data.series.SeriesColumns;
import dev.neurite.data.table.ColumnEncoding;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.error.ConfigException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ShapeException;
import dev.neurite.io.json.Json;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Sigmoid;
import dev.neurite.kernel.Activation.Softmax;
import dev.neurite.loss.Loss;
import dev.neurite.loss.Losses;
import dev.neurite.model.Model;
import dev.neurite.signature.Input;
import dev.neurite.signature.Output;
import dev.neurite.signature.Output.Meaning;
import dev.neurite.signature.Signature;
import dev.neurite.tensor.Shape;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The signature of a model that says by notes what it takes and gives, as files before version 4 do: `classes`,
/// `features`, `loss`, `tokenizer`, `text.column`, `forecast.…`, and a preprocessing.
final class OlderSignature {
    /// The notes that a signature takes the place of.
    private static final Set<String> NOTES = Set.of(
            "classes",
            "features",
            ImageInput.NOTE,
            "tokenizer",
            "text.column",
            "forecast.target",
            "forecast.time",
            "forecast.series",
            "forecast.rhythm",
            "forecast.season");

    private final Model model;
    private final Map<String, String> notes;
    private final Optional<Preprocessing> preprocessing;
    private final String where;

    private OlderSignature(
            Model model, Map<String, String> notes, Optional<Preprocessing> preprocessing, String where) {
        this.model = model;
        this.notes = notes;
        this.preprocessing = preprocessing;
        this.where = where;
    }

    /// The notes that a signature does not take the place of.
    static Map<String, String> left(Map<String, String> notes) {
        Map<String, String> left = new LinkedHashMap<>(notes);
        left.keySet().removeAll(NOTES);
        return left;
    }

    /// @throws ModelFormatException for invalid notes
    static Signature of(Model model, Map<String, String> notes, Optional<Preprocessing> preprocessing, String where) {
        if (model.network().inputs().size() != 1 || model.network().outputs().size() != 1) return Signature.of(model);
        var older = new OlderSignature(model, notes, preprocessing, where);
        return Signature.of(List.of(older.input()), List.of(older.output()));
    }

    /// @param text the preprocessing as JSON; null for none
    /// @throws ModelFormatException for an invalid preprocessing or notes, or one that does not fit the model
    static Signature read(Model model, Map<String, String> notes, @Nullable String text, String where) {
        try {
            Optional<Preprocessing> preprocessing = text == null
                    ? Optional.empty()
                    : Optional.of(PreprocessingText.read(Json.read(text, SignatureText.MOST_VALUES)));
            Signature signature = of(model, notes, preprocessing, where);
            signature.check(model);
            return signature;
        } catch (Json.SyntaxException e) {
            throw new ModelFormatException(where + ", preprocessing", "is no JSON: " + e.getMessage());
        } catch (ConfigException | ShapeException | ArithmeticException e) {
            throw new ModelFormatException(where + ", preprocessing", "is invalid: " + e.getMessage());
        }
    }

    private Input input() {
        Shape shape = model.network().inputs().getFirst();
        Optional<SeriesColumns> series = series();
        String tokenizer = notes.get("tokenizer");
        if (tokenizer != null) return new Input.Text(tokenizer, Optional.ofNullable(notes.get("text.column")));
        if (preprocessing.isEmpty()) {
            if (series.isPresent())
                throw new ModelFormatException(where, "expects a preprocessing to forecast, got none");
            List<String> features = strings("features");
            if (shape.equals(Shape.of(features.size()))) return new Input.Numbers(shape, features);
            return ImageInput.fits(shape)
                    ? new Input.Image(ImageInput.of(shape, notes))
                    : new Input.Numbers(shape, List.of());
        }
        Preprocessing columns = preprocessing.get();
        if (series.isPresent()) return new Input.Series(columns, series.get());
        boolean row = shape.isKnown() && shape.size() == columns.inputShape().size();
        return row ? new Input.Columns(columns) : new Input.Steps(columns);
    }

    private Optional<SeriesColumns> series() {
        try {
            return SeriesColumns.of(new HashMap<>(notes));
        } catch (ConfigException wrong) {
            throw new ModelFormatException(where + ", notes", String.valueOf(wrong.getMessage()));
        }
    }

    private Output output() {
        Shape shape = model.network().outputs().getFirst();
        Optional<SeriesColumns> series = series();
        if (series.isPresent()) return new Output.Forecast(series.get().target());
        if (notes.containsKey("tokenizer") && !notes.containsKey("text.column")) return new Output.Continuation();
        Optional<Preprocessing.Column> target = preprocessing.flatMap(Preprocessing::target);
        if (target.isPresent() && target.get().encoding() instanceof ColumnEncoding.Value(double shift, double scale)) {
            return new Output.Values(List.of(target.get().name()), shift, scale);
        }
        List<String> names = preprocessing.map(Preprocessing::classNames).orElse(List.of());
        if (names.isEmpty()) names = strings("classes");
        return shape.isKnown() ? row(shape.size(), names) : steps(shape, names);
    }

    private Output steps(Shape shape, List<String> names) {
        boolean fits = shape.rank() == 2 && !names.isEmpty() && shape.extent(1) == names.size();
        return fits ? new Output.StepClasses(names, Meaning.of(model, 0, loss())) : new Output.Numbers();
    }

    private Output row(int size, List<String> names) {
        Activation last = model.outputActivation();
        boolean pair = size == 1 // the probability or score of the second of two classes
                && (last instanceof Sigmoid
                        || (names.size() == 2
                                && loss().classes(
                                                        last,
                                                        model.network()
                                                                .outputs()
                                                                .getFirst(),
                                                        2)
                                        == 2));
        boolean softmax = model.network().trailingActivation(0) instanceof Softmax;
        int count = pair ? 2 : size;
        Meaning meaning = Meaning.of(model, 0, loss());
        if (names.size() == count) return new Output.Classes(names, meaning);
        if (!pair && !softmax) return new Output.Values(List.of(), 0, 1);
        if (names.isEmpty()) {
            return new Output.Classes(
                    IntStream.range(0, count).mapToObj(Integer::toString).toList(), meaning);
        }
        boolean fitted =
                preprocessing.isPresent() && names.equals(preprocessing.get().classNames());
        if (fitted) {
            throw new ConfigException(
                    "preprocessing",
                    "expects a name for each of " + count + " outputs, has " + names.size() + " classes");
        }
        throw new ModelFormatException(where + ", note 'classes'", "expects " + count + " names, got " + names.size());
    }

    private List<String> strings(String note) {
        String json = notes.get(note);
        if (json == null) return List.of();
        String place = where + ", note '" + note + "'";
        List<String> names = Json.readStrings(place, json);
        if (Set.copyOf(names).size() == names.size()) return names;
        throw new ModelFormatException(place, "expects a list of strings, each once, got '" + json + "'");
    }

    private Loss loss() {
        return loss(notes, where).orElse(Losses.crossEntropy());
    }

    /// The loss of the training by its note; empty without one.
    /// @throws ModelFormatException if the note is invalid
    static Optional<Loss> loss(Map<String, String> notes, String where) {
        String note = notes.get("loss");
        try {
            return Optional.ofNullable(note).map(text -> Catalog.standard().read("loss", Loss.class, text));
        } catch (ConfigException unknown) {
            throw new ModelFormatException(where + ", note 'loss'", String.valueOf(unknown.getMessage()));
        }
    }
}
