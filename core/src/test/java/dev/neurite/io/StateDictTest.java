package dev.neurite.io;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.data.Dataset;
import dev.neurite.data.table.ColumnSettings;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.PreprocessingSettings;
import dev.neurite.data.table.Table;
import dev.neurite.layer.Layers;
import dev.neurite.layer.Standardize;
import dev.neurite.loss.Losses;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What the tensors of a model leave out.
final class StateDictTest {
    private record Person(double age, double height, String city, double income) {}

    private static final Table PEOPLE = Table.of(List.of(
            new Person(20, 1.5, "Oslo", 1000),
            new Person(40, 1.75, "Paris", 3000),
            new Person(30, 2, "Oslo", 2000),
            new Person(30, 1.75, "Paris", 2000)));

    private static ModelFile people(ColumnSettings.Scaler scaler) {
        var settings = PreprocessingSettings.values("income").withUsual(ColumnSettings.USUAL.withScaling(scaler));
        Preprocessing fitted = Preprocessing.fit(PEOPLE, settings);
        Dataset rows = fitted.apply(PEOPLE);
        Model model = Model.of(rows.inputShape(), dense(1));
        return new ModelFile(
                model, Map.of(), dev.neurite.signature.Signature.of(model, rows, Losses.meanSquaredError()));
    }

    @Test
    void scalesOfColumnsAndOfTheTargetAreNamed() {
        assertThat(StateDict.of(people(ColumnSettings.Scaler.MIN_MAX)).notes())
                .containsExactly(
                        "Columns are not encoded: input 'table' takes the 4 numbers that the model makes of them,"
                                + " (age − 20) / 20; (height − 1.5) / 0.5; city: 1 for its category of Oslo, Paris",
                        "Output 'income' is scaled: income = output · 707.106781 + 2000");
        assertThat(StateDict.of(people(ColumnSettings.Scaler.NONE)).notes().getFirst())
                .endsWith("city: 1 for its category of Oslo, Paris")
                .doesNotContain("age");
    }

    @Test
    void constantsOfStandardizeAreNamed() {
        var standardize = new Standardize(Tensor.of(Shape.of(2), 5, 3), Tensor.of(Shape.of(2), 0.5f, 2));
        assertThat(StateDict.of(Model.of(features(2), standardize, dense(2))).notes())
                .containsExactly("standardize1 has no twin in PyTorch and is not in the file: it gives (x − mean) ·"
                        + " factor, with means [5.0, 3.0] and factors [0.5, 2.0].");
        assertThat(StateDict.of(Model.of(features(2), dense(2))).notes()).isEmpty();
    }

    @Test
    void pixelsAndClassesAreNamed() {
        Model model =
                Model.of(Layers.image(1, 2, 2), Layers.flatten(), dense(2, dev.neurite.kernel.Activation.SOFTMAX));
        var file = new ModelFile(model, Map.of("classes", "[\"cat\",\"dog\"]"));
        assertThat(StateDict.of(file).notes())
                .containsExactly(
                        "Input 'image' takes pixels divided by 255, channels first",
                        "Classes are numbers, in this order: cat, dog");
        assertThat(StateDict.of(new ModelFile(model, Map.of())).notes()).hasSize(1);
    }
}
