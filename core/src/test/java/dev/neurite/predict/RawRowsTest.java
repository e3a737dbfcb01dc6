package dev.neurite.predict;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.globalAvgPool;
import static dev.neurite.layer.Layers.gru;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.image.ImageInput;
import dev.neurite.data.image.PixelLines;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.PreprocessingSettings;
import dev.neurite.data.table.Table;
import dev.neurite.error.DataException;
import dev.neurite.io.ModelFile;
import dev.neurite.model.Model;
import dev.neurite.model.Node;
import dev.neurite.signature.Input;
import dev.neurite.signature.Output;
import dev.neurite.signature.Output.Meaning;
import dev.neurite.signature.Signature;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What a predictor takes of raw rows, and what it refuses, with the number of the row.
final class RawRowsTest {
    private static final Output KINDS = new Output.Classes(List.of("apple", "cherry"), Meaning.LOGITS);

    private static Predictor predictor(Input input, Shape shape, Node... layers) {
        Model model = Model.of(shape, layers).initialize(1);
        return Predictor.of(new ModelFile(model, Map.of(), Signature.of(List.of(input), List.of(KINDS))));
    }

    /// Of the columns weight and color.
    private static Predictor fruits() {
        Table table = Table.ofMaps(
                List.of("weight", "color"),
                List.of(Map.of("weight", 100, "color", "red"), Map.of("weight", 150, "color", "green")).stream());
        Preprocessing columns = Preprocessing.fit(table, PreprocessingSettings.inputsOnly());
        return predictor(new Input.Columns(columns), columns.inputShape(), dense(2));
    }

    @Test
    void aColumnWithTheNameOfTheInputIsNotIt() {
        Predictor predictor = fruits();
        Map<String, Object> row = Map.of("weight", 120, "color", "red");
        Prediction said = predictor.predict(row);
        assertThat(predictor.predict(Map.of("weight", 120, "color", "red", "table", 55)))
                .isEqualTo(said);
        record Row(double weight, String color, String table) {}
        assertThat(predictor.predict(new Row(120, "red", "x"))).isEqualTo(said);
        assertThat(predictor.predict(Map.of("table", row))).isEqualTo(said);
        assertThat(predictor.predict(new TreeMap<>(row))).isEqualTo(said);
        assertThatThrownBy(() -> predictor.predict(Map.of("table", row, "weight", 120)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects input 'table' once");
    }

    @Test
    void aRowThatIsNoneIsNamed() {
        Predictor predictor = fruits();
        Map<String, Object> row = Map.of("weight", 120, "color", "red");
        assertThatThrownBy(() -> predictor.predictAll(Arrays.asList(row, null)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("row 1 (from 0): expects a value, got none");
        assertThatThrownBy(() -> predictor.predictAll(List.of(row, "red")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(
                        "row 1 (from 0): expects a row of a table: values by column, a record, or numbers")
                .hasMessageContaining("got a String");
        assertThatThrownBy(() -> predictor.predictAll(List.of(row, Map.of("weight", 1))))
                .hasMessageContaining("row 1 (from 0): expects weight, color, got nothing for color");
        Predictor numbers = predictor(new Input.Numbers(Shape.of(2), List.of("a", "b")), Shape.of(2), dense(2));
        assertThatThrownBy(() -> numbers.predictAll(List.of(Map.of("a", 1, "b", 2), new float[3])))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("row 1 (from 0): expects 2 numbers, got 3");
        assertThatThrownBy(() -> numbers.predictAll(List.of(Collections.nCopies(2, 1), Arrays.asList(1, null))))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("row 1 (from 0): expects numbers, got none");
        assertThatThrownBy(() -> numbers.predict(Map.of("a", 1, "b", Optional.empty())))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("row, 'b': expects a number, got none");
        assertThat(numbers.predict(Map.of("a", 1, "b", Optional.of(2)))).isEqualTo(numbers.predict(1, 2));
    }

    @Test
    void aNameThatResemblesAColumnIsTold() {
        Predictor predictor = fruits();
        assertThatThrownBy(() -> predictor.predict(Map.of("Weight", 120, "color", "red")))
                .isInstanceOf(DataException.class)
                .hasMessage("row: expects weight, color, got nothing for weight. It has 'Weight'. Did you mean"
                        + " 'weight'?");
        Map<String, Object> both = new TreeMap<>(Map.of("weight", 120, "color", "red", "colour", "green", "id", 7));
        assertThat(predictor.warnings(both))
                .containsExactly("'colour' is no column of the model, and is ignored. Did you mean 'color'?");
        assertThat(predictor.warnings(Map.of("weight", 120, "color", "red"))).isEmpty();
        Predictor numbers = predictor(new Input.Numbers(Shape.of(2), List.of("a", "bee")), Shape.of(2), dense(2));
        assertThatThrownBy(() -> numbers.predict(Map.of("a", 1, "Bee", 2)))
                .hasMessage("row: expects a, bee, got nothing for bee. It has 'Bee'. Did you mean 'bee'?");
    }

    @Test
    @SuppressWarnings("NullAway") // what a caller from another language may do
    void noRowIsRefusedByName() {
        Predictor predictor = fruits();
        List<Runnable> calls = List.of(
                () -> predictor.predict((Map<String, ?>) null),
                () -> predictor.predict((float[]) null),
                () -> predictor.warnings(null));
        for (Runnable each : calls) {
            assertThatThrownBy(each::run)
                    .isInstanceOf(DataException.class)
                    .hasMessage("row: expects a value, got none");
        }
    }

    /// As a file of a model in memory is, of which no data is known.
    @Test
    void aModelThatDoesNotKnowItsColumnsSaysSo() {
        Model model = Model.of(Shape.of(3), dense(2)).initialize(1);
        Predictor predictor = Predictor.of(new ModelFile(model, Map.of()));
        assertThatThrownBy(() -> predictor.predict(new TreeMap<>(Map.of("weight", 1, "color", 2, "diameter", 3))))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith("row: expects numbers [3], as the model does not know the names of its columns,"
                        + " got color, diameter, weight. ")
                .hasMessageContaining("Predictor.of(run).save(file)")
                .hasMessageContaining("Signature");
        assertThat(predictor.predict(Map.of("numbers", new float[] {1, 2, 3}))).isEqualTo(predictor.predict(1, 2, 3));
        assertThat(predictor.warnings(new float[] {1e9f, 0, 0})).isEmpty(); // it knows nothing of its training
    }

    @Test
    void aPredictionThatIsNotFiniteIsRefused() {
        Predictor predictor = fruits();
        Map<String, Object> row = Map.of("weight", 120, "color", "red");
        Map<String, Object> far = Map.of("weight", 3e38, "color", "red");
        Predictor steep = Predictor.of(new ModelFile(
                predictor.model().with("dense1.weight", Tensor.of(new float[][] {{1e9f, 0, 0}, {-1e9f, 0, 0}})),
                Map.of(),
                predictor.signature()));
        assertThat(steep.predict(row).label()).isIn("apple", "cherry");
        assertThatThrownBy(() -> steep.predictAll(List.of(row, far)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("row 1 (from 0): expects a finite prediction, got ");
        Table table = Table.ofMaps(List.of("weight", "color"), List.of(row, far).stream());
        assertThatThrownBy(() -> steep.predict(table))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("row 1 (from 0): expects a finite prediction, got ");
    }

    @Test
    void numbersHaveTheShapeOfTheInput() {
        Shape open = Shape.of(Shape.OPEN, 2);
        Predictor steps = predictor(new Input.Numbers(open, List.of()), open, gru(3), dense(2));
        float[][] three = {{1, 2}, {3, 4}, {5, 6}};
        assertThat(steps.predictAll(List.of((Object) three)))
                .isEqualTo(steps.predictAll(List.of((Object) Tensor.of(three))))
                .isEqualTo(steps.predictAll(List.of((Object) new float[] {1, 2, 3, 4, 5, 6})));
        float[][] wide = {{1, 2, 3}, {4, 5, 6}};
        for (Object wrong : List.of(wide, Tensor.of(wide))) {
            assertThatThrownBy(() -> steps.predictAll(List.of(three, wrong)))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("row 1 (from 0): expects numbers [?×2], got [2×3]");
        }
        assertThatThrownBy(() -> steps.predictAll(List.of((Object) new float[][] {{1, 2}, {3}})))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("as many numbers in each step");
        assertThatThrownBy(() -> steps.predictAll(List.of((Object) new float[0][])))
                .isInstanceOf(DataException.class);
        Shape image = Shape.of(3, 4, 5);
        Predictor images = predictor(new Input.Image(ImageInput.of(image, Map.of())), image, flatten(), dense(2));
        assertThat(images.predictAll(List.of((Object) Tensor.zeros(image)))).hasSize(1);
        assertThatThrownBy(() -> images.predictAll(List.of((Object) Tensor.zeros(Shape.of(4, 5, 3)))))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects numbers [3×4×5], got [4×5×3]");
    }

    /// As those of files are.
    @Test
    void anImageMayBeARecord() {
        record Gray(int height, int width, float image) implements PixelLines {
            @Override
            public void read(int y, int channels, float[] line) {
                Arrays.fill(line, image);
            }
        }
        Shape image = Shape.of(1, 4, 5);
        Predictor images = predictor(new Input.Image(ImageInput.of(image, Map.of())), image, flatten(), dense(2));
        float[] pixels = new float[20];
        Arrays.fill(pixels, 51 / 255f);
        assertThat(images.predict((PixelLines) new Gray(4, 5, 51))).isEqualTo(images.predict(pixels));
    }

    /// All at once would be more numbers than an array has.
    @Test
    void manyLargeRowsArePredictedInParts() {
        Shape image = Shape.of(3, 512, 512);
        Predictor images = predictor(new Input.Image(ImageInput.of(image, Map.of())), image, globalAvgPool(), dense(2));
        List<Object> rows = new ArrayList<>(Collections.nCopies(2_800, new float[image.size()]));
        assertThat(images.predictAll(rows)).hasSize(2_800);
        Predictor small = fruits();
        List<Map<String, Object>> many = new ArrayList<>();
        for (int i = 0; i < 1100; i++) many.add(Map.of("weight", i, "color", i % 2 == 0 ? "red" : "green"));
        List<Prediction> all = small.predictAll(many);
        assertThat(all).hasSize(1100);
        for (int i : new int[] {0, 511, 512, 1023, 1024, 1099}) {
            assertThat(all.get(i)).isEqualTo(small.predict(many.get(i)));
        }
    }
}
