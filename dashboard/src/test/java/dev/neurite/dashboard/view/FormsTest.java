package dev.neurite.dashboard.view;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.data.Dataset;
import dev.neurite.data.Sequences;
import dev.neurite.data.table.Cycle;
import dev.neurite.data.table.Encoding;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.io.ModelFile;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class FormsTest {
    /// Dates are varied, so that it is known how much they matter.
    @Test
    void datesAreVaried() {
        var age = new Encoding.Calendar.Age(20_000, 90);
        var calendar = new Encoding.Calendar(List.of(Cycle.YEAR), Optional.of(age), false, false);
        var columns =
                new Preprocessing(List.of(new Preprocessing.Column("signup", calendar)), Shape.of(calendar.width()));
        Model model = Model.of(features(calendar.width()), dense(1)).initialize(1);
        ModelFile file = new ModelFile(model, Map.of()).with(columns);
        Trial trial = Trial.of(new Subject(file, "test", Optional.empty(), Optional.empty(), -1));
        String name = trial.forms().firstEntry().getKey();
        assertThat(trial.forms().get(name))
                .isInstanceOfSatisfying(
                        Form.OfTable.class,
                        form -> assertThat(form.fields().getFirst().values())
                                .startsWith("2024-04-07", "2024-06-06")
                                .hasSize(7)
                                .isSorted());
        Entered entered = new Entered.Values(Map.of("signup", "2024-10-05"));
        List<Influence> influences = trial.explain(Map.of(name, entered)).influences();
        assertThat(influences).extracting(Influence::name).containsExactly("signup");
        assertThat(influences.getFirst().change()).isNotZero();
    }

    @Test
    void theExampleOfALongSequenceHasAllItsSteps() {
        var file = new ModelFile(Model.of(Shape.of(400, 2), flatten(), dense(2)).initialize(1), Map.of());
        Dataset data = Dataset.of(Sequences.of(new float[1][400][2]), new int[] {0}, List.of("a", "b"));
        for (Optional<Dataset> each : List.of(Optional.of(data), Optional.<Dataset>empty())) {
            var subject = new Subject(file, "test", each, Optional.empty(), -1);
            assertThat(Forms.of(subject).firstEntry().getValue())
                    .isInstanceOfSatisfying(
                            Form.OfSteps.class,
                            form -> assertThat(form.example())
                                    .hasSize(form.steps())
                                    .hasSize(400));
        }
    }
}
