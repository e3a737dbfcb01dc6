package dev.neurite.dashboard.view;

import dev.neurite.check.PermutationImportance.Inputs;
import dev.neurite.data.Dataset;
import dev.neurite.data.series.SeriesWindows;
import dev.neurite.data.table.ColumnEncoding;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.io.ModelFile;
import dev.neurite.io.json.Json;
import dev.neurite.loss.Criterion;
import dev.neurite.loss.Loss;
import dev.neurite.loss.Losses;
import dev.neurite.model.Model;
import dev.neurite.model.RowSource;
import dev.neurite.signature.Input;
import dev.neurite.signature.Output;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// A model at one moment, with the data that it is looked at on.
/// @param file the model with its signature and notes
/// @param part the name of the data: `test`, `val`
/// @param data the rows to evaluate on; empty where they are not known
/// @param loss what training minimizes; empty where it is not known
/// @param step the number of steps that the model was trained for; −1 where it is not known
public record Subject(ModelFile file, String part, Optional<Dataset> data, Optional<Criterion> loss, long step) {
    public Model model() {
        return file.model();
    }

    /// The shape of one row of the only input; of several inputs the first.
    public Shape input() {
        return model().network().inputs().getFirst();
    }

    /// The inputs, in the order of the signature.
    public List<NamedInput> inputs() {
        List<Shape> shapes = model().network().inputs();
        List<RowSource> rows = data.filter(each -> each.size() > 0)
                .map(each -> List.<RowSource>copyOf(each.inputs()))
                .orElse(List.of());
        List<NamedInput> inputs = new ArrayList<>();
        file.signature().inputs().forEach((name, input) -> {
            int i = inputs.size();
            Shape shape = shapes.get(i);
            Optional<RowSource> own = rows.size() == shapes.size()
                    ? Optional.of(rows.get(i)).filter(each -> fits(shape, each.inputShape()))
                    : Optional.empty();
            inputs.add(new NamedInput(name, input, shape, own));
        });
        return inputs;
    }

    /// The windows of the data that the model forecasts; empty for other models and data.
    Optional<SeriesWindows> windows() {
        return file.signature().output() instanceof Output.Forecast
                ? inputs().getFirst()
                        .rows()
                        .flatMap(each -> each instanceof SeriesWindows windows
                                ? Optional.of(windows)
                                : Optional.<SeriesWindows>empty())
                : Optional.empty();
    }

    /// The names of the time series that the data has windows of; empty for other models and data.
    public List<String> series() {
        return windows().stream()
                .flatMap(all -> IntStream.range(0, all.size())
                        .map(all::seriesOf)
                        .distinct()
                        .mapToObj(all.series()::name))
                .toList();
    }

    private static boolean fits(Shape expected, Shape row) {
        return expected.accepts(row) || (expected.isKnown() && row.isKnown() && expected.size() == row.size());
    }

    /// The names of the classes of the first output that has some, by the data or the signature; empty
    /// for others.
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

    /// How the first input that is an image is one; empty if there is none.
    public Optional<ImageForm> images() {
        return inputs().stream().flatMap(each -> each.images().stream()).findFirst();
    }

    /// The inputs of a row of the data, each as a batch of one row.
    /// @param row from 0
    public List<Tensor> row(int row) {
        List<Tensor> tensors = new ArrayList<>();
        for (RowSource each : data.orElseThrow().inputs()) {
            Shape shape = each.inputShape().isKnown()
                    ? each.inputShape()
                    : each.inputShape().withOpen(each.length(row));
            float[] numbers = new float[shape.size()];
            each.readInput(row, numbers, 0);
            tensors.add(Tensor.view(shape.forRows(1), numbers, 0));
        }
        return tensors;
    }

    /// The raw values by column of what a preprocessing has made, as texts.
    /// @param numbers the inputs of the row
    /// @param from the index of the first
    static Map<String, String> values(Preprocessing preprocessing, float[] numbers, int from) {
        Map<String, String> values = new LinkedHashMap<>();
        int at = from;
        for (Preprocessing.Column each : preprocessing.columns()) {
            ColumnEncoding encoding = each.encoding();
            if (encoding.width() > 0) values.put(each.name(), value(encoding, numbers, at));
            at += encoding.width();
        }
        return values;
    }

    /// The raw value that was encoded; empty for a missing one.
    private static String value(ColumnEncoding encoding, float[] numbers, int at) {
        return switch (encoding) {
            case ColumnEncoding.Scaled scaled ->
                scaled.indicator() && numbers[at + 1] == 1 ? "" : text((float) scaled.value(numbers[at]));
            case ColumnEncoding.OneHot oneHot -> {
                for (int i = 0; i < oneHot.categories().size(); i++) {
                    if (numbers[at + i] == 1) yield oneHot.categories().get(i);
                }
                yield "";
            }
            case ColumnEncoding.Calendar calendar -> calendar.date(numbers, at).orElse("");
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

    /// What the model is evaluated with: what training minimizes, or else what is usual for the data.
    public Criterion criterion() {
        if (loss.isPresent()) return loss.get();
        List<Loss> losses = data.stream()
                .flatMap(each -> each.targetsByOutput().stream())
                .map(each -> each.isLabeled() ? (Loss) Losses.crossEntropy() : Losses.meanSquaredError())
                .toList();
        return losses.size() == 1 ? losses.getFirst() : Losses.joint(losses.toArray(new Loss[0]));
    }

    /// The inputs of each raw column, for a model of one table; of several inputs those of each table, and each other
    /// input as a whole. Empty for other models, and where outputs are those of steps.
    List<Inputs> columnInputs() {
        List<NamedInput> all = inputs();
        if (all.size() == 1) return all.getFirst().columns();
        boolean steps = !model().network().outputs().stream().allMatch(Shape::isKnown);
        return steps
                ? List.of()
                : Inputs.joint(
                        all.stream().map(NamedInput::name).toList(),
                        all.stream().map(NamedInput::columns).toList());
    }

    /// The preprocessing of the first input that is a row of a table; empty if there is none.
    public Optional<Preprocessing> preprocessing() {
        return file.signature().inputs().values().stream()
                .flatMap(each -> each instanceof Input.Columns(Preprocessing columns)
                        ? Optional.of(columns).stream()
                        : Optional.<Preprocessing>empty().stream())
                .findFirst();
    }
}
