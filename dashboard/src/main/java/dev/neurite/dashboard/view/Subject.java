package dev.neurite.dashboard.view;

import dev.neurite.check.PermutationImportance.Inputs;
import dev.neurite.data.Dataset;
import dev.neurite.data.image.ImageFit;
import dev.neurite.data.table.Encoding;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.io.ModelFile;
import dev.neurite.io.json.Json;
import dev.neurite.loss.Criterion;
import dev.neurite.loss.Losses;
import dev.neurite.model.Model;
import dev.neurite.predict.Predictor;
import dev.neurite.signature.Input;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A model at one moment, with the data that it is looked at on.
/// @param file the model with its notes and preprocessing
/// @param part the name of the data: `test`, `val`
/// @param data the rows to evaluate on; empty where they are not known
/// @param loss what training minimizes; empty where it is not known
/// @param step the number of steps that the model was trained for; −1 where it is not known
public record Subject(ModelFile file, String part, Optional<Dataset> data, Optional<Criterion> loss, long step) {
    /// The model.
    public Model model() {
        return file.model();
    }

    /// The shape of one row of the only input; of several inputs the first.
    public Shape input() {
        return model().network().inputs().getFirst();
    }

    /// The predictor; empty for a model of several inputs or outputs, or of open shapes.
    public Optional<Predictor> predictor() {
        List<Shape> in = model().network().inputs();
        List<Shape> out = model().network().outputs();
        boolean single = in.size() == 1
                && out.size() == 1
                && in.getFirst().isKnown()
                && out.getFirst().isKnown();
        return single ? Optional.of(Predictor.of(file)) : Optional.empty();
    }

    /// The names of the classes: of the data, the preprocessing or the notes; empty for values.
    public List<String> classNames() {
        List<String> ofData = data.stream()
                .flatMap(each -> each.targetsByOutput().stream())
                .map(Dataset::classNames)
                .filter(each -> !each.isEmpty())
                .findFirst()
                .orElse(List.of());
        if (!ofData.isEmpty()) return ofData;
        return file.signature().output().classNames();
    }

    /// The preprocessing of raw rows; empty if there is none, or if rows are windows over several of its rows.
    public Optional<Preprocessing> preprocessing() {
        return file.signature().input() instanceof Input.Columns(Preprocessing columns)
                ? Optional.of(columns)
                : Optional.empty();
    }

    /// The names of the raw columns: of the preprocessing or of the notes; `x1`, `x2` … without names.
    /// Empty for inputs of several axes without a preprocessing.
    public List<String> columns() {
        if (preprocessing().isPresent()) return preprocessing().get().inputColumns();
        if (input().rank() != 1 || !input().isKnown()) return List.of();
        List<String> named = names();
        if (!named.isEmpty()) return named;
        return java.util.stream.IntStream.rangeClosed(1, input().size())
                .mapToObj(i -> "x" + i)
                .toList();
    }

    /// The inputs of each raw column; empty for inputs that are no columns, as pixels.
    List<Inputs> inputs() {
        if (model().network().inputs().size() != 1 || images().isPresent()) return List.of();
        List<Inputs> all = preprocessing().map(Inputs::of).orElseGet(() -> Inputs.of(columns()));
        int width = all.stream().mapToInt(Inputs::count).sum();
        return input().isKnown() && width == input().size() ? all : List.of();
    }

    /// The names of the numbers of the input; empty for none.
    private List<String> names() {
        return file.signature().input() instanceof Input.Numbers numbers ? numbers.names() : List.of();
    }

    /// How inputs are images; empty if they are not.
    public Optional<ImageForm> images() {
        boolean several = model().network().inputs().size() != 1;
        return several ? Optional.empty() : ImageForm.of(input(), names(), data);
    }

    /// What the model is evaluated with: what training minimizes, or else what is usual for the data.
    public Criterion criterion() {
        boolean labeled = data.filter(Dataset::isLabeled).isPresent();
        return loss.orElse(labeled ? Losses.crossEntropy() : Losses.meanSquaredError());
    }

    /// How images of another size are resized: as in training, or where that took one size only, cropped.
    public ImageFit fit() {
        ImageFit trained = file.signature().input() instanceof Input.Image image
                ? image.how().fit()
                : ImageFit.NONE;
        return trained == ImageFit.NONE ? ImageFit.CROP : trained;
    }

    /// The inputs of a row of the data, as a batch of one row: of a sequence as many steps as it has.
    /// @param row from 0
    public Tensor row(int row) {
        Dataset known = data.orElseThrow();
        Shape shape = known.inputShape().withOpen(known.length(row));
        float[] numbers = new float[shape.size()];
        known.readInput(row, numbers, 0);
        return Tensor.view(shape.forRows(1), numbers, 0);
    }

    /// The raw values of a row by column, as texts; empty for images and for inputs of several axes.
    /// @param numbers the inputs of the row
    public Map<String, String> values(float[] numbers) {
        Map<String, String> values = new LinkedHashMap<>();
        if (images().isPresent()) return values;
        Optional<Preprocessing> preprocessing = preprocessing();
        if (preprocessing.isEmpty()) {
            List<String> names = columns();
            for (int i = 0; i < names.size(); i++) values.put(names.get(i), text(numbers[i]));
            return values;
        }
        int at = 0;
        for (Preprocessing.Column each : preprocessing.get().columns()) {
            Encoding encoding = each.encoding();
            if (encoding.width() > 0) values.put(each.name(), value(encoding, numbers, at));
            at += encoding.width();
        }
        return values;
    }

    /// The raw value that was encoded; empty for a missing one.
    private static String value(Encoding encoding, float[] numbers, int at) {
        return switch (encoding) {
            case Encoding.Scaled scaled ->
                scaled.indicator() && numbers[at + 1] == 1
                        ? ""
                        : text((float) (numbers[at] * scaled.scale() + scaled.shift()));
            case Encoding.OneHot oneHot -> {
                for (int i = 0; i < oneHot.categories().size(); i++) {
                    if (numbers[at + i] == 1) yield oneHot.categories().get(i);
                }
                yield "";
            }
            default -> "";
        };
    }

    /// A number with six significant digits, as scaling and its inverse change the seventh.
    static String text(float number) {
        if (!Float.isFinite(number)) return Float.toString(number);
        double rounded = Double.parseDouble(String.format(Locale.ROOT, "%.5e", number));
        return Json.of(rounded == 0 ? 0.0 : rounded) instanceof Json.JsonNumber(String digits)
                ? digits.replaceFirst("\\.0$", "")
                : "";
    }
}
