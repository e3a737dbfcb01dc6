package dev.neurite.dashboard.view;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.data.Dataset;
import dev.neurite.data.Sequences;
import dev.neurite.data.series.SeriesColumns;
import dev.neurite.data.series.SeriesParts;
import dev.neurite.data.series.SeriesTable;
import dev.neurite.data.series.SeriesWindow;
import dev.neurite.data.series.SeriesWindows;
import dev.neurite.data.table.ColumnEncoding;
import dev.neurite.data.table.Cycle;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.Table;
import dev.neurite.io.ModelFile;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import dev.neurite.train.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class FormsTest {
    /// Dates are varied, so that it is known how much they matter.
    @Test
    void datesAreVaried() {
        var age = new ColumnEncoding.Calendar.Age(20_000, 90);
        var calendar = new ColumnEncoding.Calendar(List.of(Cycle.YEAR), Optional.of(age), false, false);
        var columns =
                new Preprocessing(List.of(new Preprocessing.Column("signup", calendar)), Shape.of(calendar.width()));
        Model model = Model.of(features(calendar.width()), dense(1)).initialize(1);
        ModelFile file = new ModelFile(model, Map.of()).with(columns);
        TriedModel trial = TriedModel.of(new Subject(file, "test", Optional.empty(), Optional.empty(), -1));
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

    /// Windows of a series that are told apart are steps, not the past of a forecast.
    @Test
    void classesOfWindowsAreTriedAsSteps() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 30; i++) rows.add(Map.of("load", i % 5 + 0.5));
        SeriesTable table = SeriesTable.of(Table.ofMaps(List.of("load"), rows.stream()), SeriesColumns.of("load"));
        SeriesParts parts = table.split(0.2);
        Preprocessing inputs = Preprocessing.fit(parts.train(), table.settings());
        SeriesWindows windows = parts.windows(inputs, SeriesWindow.of(4, 1)).train();
        int[] labels = IntStream.range(0, windows.size()).map(i -> i % 2).toArray();
        Dataset data = Dataset.of(windows, labels, List.of("ok", "fault"));
        Model model = Model.of(windows.inputShape(), flatten(), dense(2));
        ModelFile file = ModelFile.of(Trainer.of(model.initialize(1)).epochs(1).fit(data));
        TriedModel trial = TriedModel.of(new Subject(file, "test", Optional.of(data), Optional.empty(), -1));
        String name = trial.forms().firstEntry().getKey();
        assertThat(trial.forms().get(name))
                .isInstanceOfSatisfying(
                        Form.OfSteps.class,
                        form -> assertThat(form.example()).hasSize(4).first().isEqualTo(Map.of("load", "0.5")));
        Entered entered = new Entered.Rows(
                List.of(Map.of("load", "1"), Map.of("load", "2"), Map.of("load", "3"), Map.of("load", "4")));
        assertThat(trial.explain(Map.of(name, entered)).prediction().label()).isIn("ok", "fault");
    }

    @Test
    void theUsualValueOfACountIsWhole() {
        var calls = new ColumnEncoding.Scaled(1.50208, 1.2, 0, 9, OptionalDouble.empty(), false);
        var fee = new ColumnEncoding.Scaled(31.714, 12.3, 5.5, 120, OptionalDouble.empty(), false);
        var columns = new Preprocessing(
                List.of(new Preprocessing.Column("calls", calls), new Preprocessing.Column("fee", fee)), Shape.of(2));
        ModelFile file = new ModelFile(Model.of(features(2), dense(1)).initialize(1), Map.of()).with(columns);
        var subject = new Subject(file, "test", Optional.empty(), Optional.empty(), -1);
        assertThat(Forms.of(subject).firstEntry().getValue())
                .isInstanceOfSatisfying(
                        Form.OfTable.class,
                        form -> assertThat(form.fields())
                                .extracting(Form.Field::usual)
                                .containsExactly("2", "31.714"));
        float zero = (float) (-calls.shift() / calls.scale());
        assertThat(Subject.values(columns, new float[] {zero, 0}, 0)).containsEntry("calls", "0");
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
