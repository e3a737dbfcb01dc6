package dev.neurite.dashboard.view;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.flatten;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.data.Dataset;
import dev.neurite.data.Sequences;
import dev.neurite.io.ModelFile;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class FormsTest {
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
