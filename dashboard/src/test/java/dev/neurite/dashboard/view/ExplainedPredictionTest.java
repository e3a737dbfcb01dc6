package dev.neurite.dashboard.view;

import static dev.neurite.kernel.Activation.IDENTITY;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.activation;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.data.Dataset;
import dev.neurite.data.table.ColumnEncoding;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.io.ModelFile;
import dev.neurite.model.Model;
import dev.neurite.predict.Predictor;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/// Forms and predictions of tables and images.
@NullUnmarked // members of JSON that are missing fail the test
final class ExplainedPredictionTest {
    /// Age counts much, the color a little, the last column nothing.
    private static ModelFile table() {
        Preprocessing columns = new Preprocessing(
                List.of(
                        new Preprocessing.Column(
                                "age", new ColumnEncoding.Scaled(40, 10, 20, 60, OptionalDouble.empty(), false)),
                        new Preprocessing.Column(
                                "color", new ColumnEncoding.OneHot(List.of("red", "blue"), false, true, false)),
                        new Preprocessing.Column(
                                "noise", new ColumnEncoding.Scaled(0, 1, -1, 1, OptionalDouble.of(0), true)),
                        new Preprocessing.Column("answer", new ColumnEncoding.ClassLabel(List.of("no", "yes")))),
                Shape.of(5));
        Model model = Model.of(features(5), dense(2, SOFTMAX)).with("dense1.weight", Tensor.of(new float[][] {
            {-2, 0, -0.5f, 0, 0}, {2, 0, 0.5f, 0, 0}
        }));
        return new ModelFile(model, Map.of()).with(columns);
    }

    private static Subject subject(ModelFile file) {
        return new Subject(file, "test", Optional.empty(), Optional.empty(), -1);
    }

    @Test
    void theFormOfATableComesFromItsPreprocessing() {
        Form.OfTable form =
                (Form.OfTable) Forms.of(subject(table())).firstEntry().getValue();
        assertThat(form.fields()).extracting(Form.Field::name).containsExactly("age", "color", "noise");
        Form.Field age = form.fields().getFirst();
        assertThat(age).isEqualTo(new Form.Field("age", "number", 20, 60, "40", List.of(), false));
        Form.Field color = form.fields().get(1);
        assertThat(color.type()).isEqualTo("category");
        assertThat(color.values()).containsExactly("red", "blue");
        assertThat(color.optional()).isTrue();
        assertThat(form.fields().get(2).optional()).isTrue();
        assertThat(form.example())
                .containsEntry("age", "40")
                .containsEntry("color", "red")
                .containsEntry("noise", "0");
    }

    @Test
    void aPredictionOfATableIsThatOfThePredictor() {
        Map<String, String> values = Map.of("age", "47", "color", "blue", "noise", "");
        ExplainedPrediction explained = explain(subject(table()), new Entered.Values(values));
        var expected = Predictor.of(table()).predict(Map.of("age", 47, "color", "blue", "noise", Optional.empty()));
        assertThat(explained.prediction()).isEqualTo(expected);
        assertThat(explained.prediction().label()).isEqualTo("yes");
        assertThat(explained.seen()).isEmpty();
        assertThat(explained.map()).isEmpty();
    }

    @Test
    void whatChangesTheAnswerMost() {
        ExplainedPrediction explained =
                explain(subject(table()), new Entered.Values(Map.of("age", "41", "color", "red", "noise", "0")));
        assertThat(explained.influences()).extracting(Influence::name).containsExactly("age", "color", "noise");
        Influence age = explained.influences().getFirst();
        double now = explained.prediction().probabilities().get("yes");
        double young = 1 / (1 + Math.exp(8)); // at 20: logits ±4
        assertThat(age.change()).isCloseTo(young - now, within(1e-5));
        assertThat(age.text()).contains("the probability of yes goes from", "at 20", "at 60", "the answer is no");
        assertThat(explained.influences().get(1).change()).isGreaterThan(0);
        assertThat(explained.influences().getLast().change()).isCloseTo(0, within(1e-6));
    }

    @Test
    void wrongValuesAreNamed() {
        assertThatThrownBy(() -> explain(
                        subject(table()), new Entered.Values(Map.of("age", "old", "color", "red", "noise", "0"))))
                .isInstanceOfSatisfying(
                        DataException.class, e -> assertThat(e.where()).isEqualTo("table.age"));
        assertThatThrownBy(() -> explain(subject(table()), new Entered.Values(Map.of("age", "4"))))
                .isInstanceOfSatisfying(
                        DataException.class, e -> assertThat(e.where()).isEqualTo("table.color"));
        assertThatThrownBy(() -> explain(
                        subject(steep()), new Entered.Values(Map.of("age", "3e38", "color", "red", "noise", "0"))))
                .isInstanceOfSatisfying(
                        DataException.class, e -> assertThat(e.where()).isEqualTo("table.age"))
                .hasMessageContaining("got 3e38: its output is not finite");
        assertThatThrownBy(() -> explain(subject(table()), new Entered.Drawn(new Picture(1, 1, 1, new byte[1]))))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("values by column");
    }

    /// The same with weights so large that far values have no answer.
    private static ModelFile steep() {
        ModelFile file = table();
        Model model =
                file.model().with("dense1.weight", Tensor.of(new float[][] {{-2000, 0, 0, 0, 0}, {2000, 0, 0, 0, 0}}));
        return file.with(model);
    }

    private static ExplainedPrediction explain(Subject subject, Entered entered) {
        TriedModel trial = TriedModel.of(subject);
        return trial.explain(Map.of(trial.forms().firstEntry().getKey(), entered));
    }

    @Test
    void rowsShowTheirRawValues() {
        float[] row = table().preprocessing().orElseThrow().row(Map.of("age", 33.3, "color", "blue", "noise", 0.25));
        assertThat(subject(table()).inputs().getFirst().values(row))
                .containsExactly(Map.entry("age", "33.3"), Map.entry("color", "blue"), Map.entry("noise", "0.25"));
        float[] missing = table().preprocessing()
                .orElseThrow()
                .row(Map.of("age", 33, "color", Optional.empty(), "noise", Optional.empty()));
        assertThat(subject(table()).inputs().getFirst().values(missing))
                .containsEntry("color", "")
                .containsEntry("noise", "");
    }

    @Test
    void numbersKeepSixDigits() {
        assertThat(Subject.text(5.1000004f)).isEqualTo("5.1");
        assertThat(Subject.text(123456.7f)).isEqualTo("123457");
        assertThat(Subject.text(-0f)).isEqualTo("0");
        assertThat(Subject.text(0.00123456f)).isEqualTo("0.00123456");
        assertThat(Subject.text(Float.NaN)).isEqualTo("NaN");
    }

    @Test
    void aTableWithoutPreprocessing() {
        Model model =
                Model.of(features(2), dense(1, IDENTITY)).with("dense1.weight", Tensor.of(new float[][] {{3, -1}}));
        Dataset data = Dataset.of(new float[][] {{1, 5}, {3, 7}, {2, 9}}, new float[][] {{0}, {0}, {0}});
        var file = new ModelFile(model, Map.of("features", "[\"width\",\"height\"]"));
        var subject = new Subject(file, "val", Optional.of(data), Optional.empty(), -1);
        Form.OfTable form = (Form.OfTable) Forms.of(subject).firstEntry().getValue();
        assertThat(form.fields().getFirst()).isEqualTo(new Form.Field("width", "number", 1, 3, "2", List.of(), false));
        assertThat(form.example()).containsEntry("width", "1").containsEntry("height", "5");
        ExplainedPrediction explained = explain(subject, new Entered.Values(Map.of("width", "2", "height", "7")));
        assertThat(explained.prediction().value()).isEqualTo(-1);
        assertThat(explained.influences().getFirst().name()).isEqualTo("width"); // 3·(3 − 2) = 3; height: 2
        assertThat(Math.abs(explained.influences().getFirst().change())).isCloseTo(3, within(1e-6));
        assertThat(RunFacts.kind(subject)).isEqualTo("points");
        assertThat(explain(subject, new Entered.Numbers(new float[] {1, 1}))
                        .prediction()
                        .value())
                .isEqualTo(2);
        assertThatThrownBy(() -> explain(subject, new Entered.Numbers(new float[3])))
                .isInstanceOf(DataException.class);
    }

    /// A network that tells whether the upper or the lower half of an image has more ink.
    private static Subject halves() {
        float[] weights = new float[2 * 784];
        for (int i = 0; i < 784; i++) {
            weights[i] = i < 392 ? 0.1f : -0.1f;
            weights[784 + i] = -weights[i];
        }
        Model model = Model.of(Shape.of(1, 28, 28), flatten(), dense(2, SOFTMAX))
                .with("dense1.weight", Tensor.of(Shape.of(2, 784), weights));
        return subject(new ModelFile(model, Map.of("classes", "[\"upper\",\"lower\"]")));
    }

    @Test
    void aDrawnImageIsSeenAndExplained() {
        byte[] pixels = new byte[56 * 56];
        java.util.Arrays.fill(pixels, (byte) 255);
        for (int y = 4; y < 10; y++) for (int x = 10; x < 40; x++) pixels[y * 56 + x] = 0; // a bar
        for (int y = 10; y < 44; y++) for (int x = 20; x < 24; x++) pixels[y * 56 + x] = 0; // on a leg
        ExplainedPrediction explained = explain(halves(), new Entered.Drawn(new Picture(56, 56, 1, pixels)));
        assertThat(explained.prediction().label()).isEqualTo("upper");
        Picture seen = explained.seen().values().iterator().next();
        assertThat(seen.width()).isEqualTo(28);
        assertThat(seen.pixels()[0]).isZero();
        Picture map = explained.map().orElseThrow();
        for (int i = 0; i < 784; i++) { // |w| is the same everywhere: the map is the ink
            assertThat((map.pixels()[i] & 255) / 255.0).isCloseTo((seen.pixels()[i] & 255) / 255.0, within(0.01));
        }
        assertThat(((Form.OfImage) Forms.of(halves()).firstEntry().getValue())
                        .drawing()
                        .name())
                .isEqualTo("mnist");
        assertThat(RunFacts.kind(halves())).isEqualTo("image");
    }

    @Test
    void weightsAsImages() {
        Subject subject = halves();
        Filters filters = Filters.of(subject.model(), "dense1.weight", subject.images(), 0, 64);
        assertThat(new int[] {filters.width(), filters.height(), filters.channels(), filters.total()})
                .containsExactly(28, 28, 1, 2);
        assertThat(filters.images()).hasDimensions(2, 784);
        assertThat(filters.images()[1][0]).isEqualTo(-0.1f);
        assertThat(filters.min()).isEqualTo(-0.1f);
        assertThat(filters.max()).isEqualTo(0.1f);
        assertThat(Filters.of(subject.model(), "dense1.weight", subject.images(), 1, 64)
                        .images())
                .hasDimensions(1, 784);
        assertThat(Filters.of(subject.model(), "dense1.weight", subject.images(), 9, 64)
                        .images())
                .isEmpty();
        Filters bias = Filters.of(subject.model(), "dense1.bias", subject.images(), 0, 64);
        assertThat(bias.images()).hasDimensions(1, 2);
        assertThatThrownBy(() -> Filters.of(subject.model(), "nothing", subject.images(), 0, 1))
                .isInstanceOf(ConfigException.class);
    }

    @Test
    void filtersOfColors() {
        Model model = Model.of(Shape.of(3, 8, 8), dev.neurite.layer.Layers.conv2d(4, 3), flatten(), dense(2));
        Filters filters = Filters.of(model, "conv2d1.weight", Optional.empty(), 0, 2);
        assertThat(new int[] {filters.width(), filters.height(), filters.channels(), filters.total()})
                .containsExactly(3, 3, 3, 4);
        Tensor weight = model.parameters().get("conv2d1.weight"); // [4×3×3×3]
        assertThat(filters.images()[1][0]).isEqualTo(weight.get(1, 0, 0, 0));
        assertThat(filters.images()[1][2]).isEqualTo(weight.get(1, 2, 0, 0)); // blue of the first pixel
        assertThat(filters.images()[1][3]).isEqualTo(weight.get(1, 0, 0, 1));
        Filters matrix = Filters.of(model, "dense1.weight", Optional.empty(), 0, 9);
        assertThat(new int[] {matrix.width(), matrix.height(), matrix.total()}).containsExactly(144, 2, 1);
    }

    @Test
    void outputsOfAllLayersForARow() {
        Model model = Model.of(Shape.of(1, 8, 8), dev.neurite.layer.Layers.conv2d(4, 3), flatten(), dense(2, SOFTMAX));
        float[] inputs = new float[2 * 64];
        inputs[64 + 5] = 1;
        Dataset data = Dataset.of(Tensor.of(Shape.of(2, 1, 8, 8), inputs), new int[] {0, 1}, List.of("a", "b"));
        var subject = new Subject(new ModelFile(model, Map.of()), "val", Optional.of(data), Optional.empty(), -1);
        FeatureMaps features = FeatureMaps.of(subject, 1);
        assertThat(features.layers())
                .extracting(FeatureMaps.Layer::name)
                .containsExactly("conv2d1", "flatten1", "dense1");
        FeatureMaps.Layer conv = features.layers().getFirst();
        assertThat(conv.shape()).containsExactly(4, 6, 6);
        assertThat(conv.maps()).hasDimensions(4, 36);
        Tensor expected = model.inspect(subject.row(1)).layer("conv2d1").output();
        assertThat(conv.maps()[2][7]).isEqualTo(expected.get(0, 2, 1, 1));
        assertThat(features.layers().get(1).values()).hasSize(144);
        assertThat(features.input().orElseThrow().pixels()[5]).isEqualTo((byte) 255);
        double sum = features.prediction().probabilities().values().stream()
                .mapToDouble(Double::doubleValue)
                .sum();
        assertThat(sum).isCloseTo(1, within(1e-6));
        assertThatThrownBy(() -> FeatureMaps.of(subject, 2)).isInstanceOf(DataException.class);
    }

    @Test
    void timesOfAStep() {
        Model model =
                Model.of(features(2), dense(8), activation(dev.neurite.kernel.Activation.TANH), dense(2, SOFTMAX));
        Dataset data = Dataset.of(new float[][] {{1, 2}, {2, 1}, {3, 0}}, new int[] {0, 1, 0}, List.of("a", "b"));
        var file = new ModelFile(model, Map.of());
        var subject =
                new Subject(file, "val", Optional.of(data), Optional.of(dev.neurite.loss.Losses.crossEntropy()), -1);
        Times times = Times.measured(subject).orElseThrow();
        assertThat(times.layers()).extracting(Times.Layer::name).contains("dense1", "dense2");
        assertThat(times.layers().stream().mapToDouble(Times.Layer::share).sum())
                .isCloseTo(1, within(1e-9));
        assertThat(times.phases()).extracting(Times.PhaseTime::name).contains("forward", "backward", "update");
        assertThat(times.phases().stream().mapToDouble(Times.PhaseTime::share).sum())
                .isCloseTo(1, within(1e-9));
        assertThat(Times.measured(subject(file))).isEmpty();
    }
}
