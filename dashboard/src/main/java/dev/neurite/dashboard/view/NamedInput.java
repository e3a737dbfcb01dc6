package dev.neurite.dashboard.view;

import dev.neurite.check.PermutationImportance.Inputs;
import dev.neurite.data.image.ImageFit;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.model.RowSource;
import dev.neurite.signature.Input;
import dev.neurite.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// An input of a model.
/// @param name its name in the signature
/// @param input the raw values that it is made of
/// @param shape of a row in the network
/// @param rows data of the kind; empty where it is not known
public record NamedInput(String name, Input input, Shape shape, Optional<RowSource> rows) {
    /// The names of the numbers of a row of one axis: `x1`, `x2` … without others; empty for other
    /// inputs.
    List<String> numberNames() {
        if (!(input instanceof Input.Numbers numbers) || shape.rank() != 1 || !shape.isKnown()) return List.of();
        if (!numbers.names().isEmpty()) return numbers.names();
        return IntStream.rangeClosed(1, shape.size()).mapToObj(i -> "x" + i).toList();
    }

    /// The numbers of each raw column; empty unless a row is one of a table.
    List<Inputs> columns() {
        if (images().isPresent() || !shape.isKnown()) return List.of();
        List<Inputs> all =
                input instanceof Input.Columns(Preprocessing columns) ? Inputs.of(columns) : Inputs.of(numberNames());
        return all.stream().mapToInt(Inputs::count).sum() == shape.size() ? all : List.of();
    }

    /// How rows are images; empty if they are none.
    Optional<ImageForm> images() {
        return switch (input) {
            case Input.Image image -> ImageForm.of(image.how().shape(), List.of(), rows);
            case Input.Numbers numbers -> ImageForm.of(shape, numbers.names(), rows);
            case Input.Columns _, Input.Steps _, Input.Series _, Input.Text _ -> Optional.empty();
        };
    }

    /// How images of another size are resized: as in training, or where that took one size only,
    /// cropped.
    ImageFit fit() {
        ImageFit trained = input instanceof Input.Image image ? image.how().fit() : ImageFit.NONE;
        return trained == ImageFit.NONE ? ImageFit.CROP : trained;
    }

    /// The names of the numbers of a step of a sequence; empty if rows are no steps.
    List<String> stepNames() {
        boolean steps = input instanceof Input.Numbers && shape.rank() == 2 && shape.extent(1) != Shape.OPEN;
        if (!steps) return List.of();
        return IntStream.rangeClosed(1, shape.extent(1)).mapToObj(i -> "x" + i).toList();
    }

    /// The numbers of a row of the data, and only those.
    float[] row(int row) {
        RowSource known = rows.orElseThrow();
        Shape own = known.inputShape();
        float[] numbers = new float
                [own.isKnown() ? own.size() : own.withOpen(known.length(row)).size()];
        known.readInput(row, numbers, 0);
        return numbers;
    }

    /// The raw values of a row that is no image by column, or numbers by name; empty for texts and sequences.
    Map<String, String> values(float[] numbers) {
        if (input instanceof Input.Columns(Preprocessing columns)) return Subject.values(columns, numbers, 0);
        Map<String, String> values = new LinkedHashMap<>();
        List<String> names = numberNames();
        for (int i = 0; i < names.size(); i++) values.put(names.get(i), Subject.text(numbers[i]));
        return values;
    }

    /// Whether [#values] has some, unless rows are images.
    boolean hasValues() {
        return input instanceof Input.Columns || !numberNames().isEmpty();
    }

    /// The raw values of a step of a sequence, by column or name.
    /// @param numbers those of all steps
    Map<String, String> step(float[] numbers, int step) {
        Optional<Preprocessing> columns = input.tableColumns();
        int width = numbers.length == 0 ? 1 : shape.rank() == 2 ? shape.extent(1) : 1;
        if (columns.isPresent()) return Subject.values(columns.get(), numbers, step * width);
        Map<String, String> values = new LinkedHashMap<>();
        List<String> names = stepNames();
        for (int i = 0; i < names.size(); i++) values.put(names.get(i), Subject.text(numbers[step * width + i]));
        return values;
    }
}
