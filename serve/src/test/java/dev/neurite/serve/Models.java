package dev.neurite.serve;

import dev.neurite.data.image.ImageInput;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.PreprocessingSettings;
import dev.neurite.data.table.Table;
import dev.neurite.io.Catalog;
import dev.neurite.io.ModelFile;
import dev.neurite.kernel.Activation;
import dev.neurite.layer.Layers;
import dev.neurite.model.Model;
import dev.neurite.network.Lenet5;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.export.OnnxExport;
import dev.neurite.predict.Predictor;
import dev.neurite.signature.Input;
import dev.neurite.signature.Output;
import dev.neurite.signature.Output.Meaning;
import dev.neurite.signature.Signature;
import dev.neurite.tensor.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Small models for tests.
public final class Models {
    /// An ONNX model from `[batch×…]` numbers.
    public static final Path ONNX = Path.of("../onnx/src/test/resources/models/mlp.onnx");

    /// The directory of a cross-encoder.
    public static final Path CROSS_ENCODER = Path.of("../onnx/src/test/resources/cross-encoder");

    private Models() {}

    private static Table fruits(String weight) {
        return Table.ofMaps(
                List.of(weight, "color", "kind"),
                Stream.of(
                        Map.of(weight, 150, "color", "green", "kind", "apple"),
                        Map.of(weight, 170, "color", "red", "kind", "apple"),
                        Map.of(weight, 120, "color", "yellow", "kind", "banana"),
                        Map.of(weight, 110, "color", "green", "kind", "banana")));
    }

    /// A table of a number and a text: `weight`, `color` (green, red, yellow) give `apple` or `banana`.
    public static Predictor fruit() {
        return Predictor.of(fruit("weight", 1));
    }

    private static ModelFile fruit(String weight, long seed) {
        Preprocessing columns = Preprocessing.fit(fruits(weight), PreprocessingSettings.classes("kind"));
        Model model = Model.of(
                        Layers.features(4), Layers.dense(8, Activation.TANH), Layers.dense(2, Activation.SOFTMAX))
                .initialize(seed);
        return new ModelFile(model, Map.of()).with(columns);
    }

    /// The ONNX export of [#fruit].
    public static OnnxModel exportedFruit() {
        return OnnxModel.read(OnnxExport.of(fruit("weight", 1)).bytes());
    }

    /// A table of numbers alone, `length` and `width`, gives `small` or `large`.
    public static ModelFile sizes() {
        return sizes("length", "width");
    }

    /// The same with other names for the columns.
    public static ModelFile sizes(String length, String width) {
        Table table = Table.ofMaps(
                List.of(length, width, "size"),
                Stream.of(
                        Map.of(length, 1, width, 2, "size", "small"),
                        Map.of(length, 2, width, 1, "size", "small"),
                        Map.of(length, 7, width, 5, "size", "large"),
                        Map.of(length, 9, width, 8, "size", "large")));
        Preprocessing columns = Preprocessing.fit(table, PreprocessingSettings.classes("size"));
        Model model = Model.of(Layers.features(2), Layers.dense(2, Activation.SOFTMAX))
                .initialize(1);
        return new ModelFile(model, Map.of()).with(columns);
    }

    /// A table whose columns have names of outputs: `label`, a category, of which some are numbers, and
    /// `probabilities`, a number.
    public static ModelFile shelf() {
        Table table = Table.ofMaps(
                List.of("label", "probabilities", "kind"),
                Stream.of(
                        Map.of("label", "1", "probabilities", 3, "kind", "book"),
                        Map.of("label", "2.50", "probabilities", 4, "kind", "box"),
                        Map.of("label", "007", "probabilities", 5, "kind", "box"),
                        Map.of("label", "none", "probabilities", 9, "kind", "book")));
        Preprocessing columns = Preprocessing.fit(table, PreprocessingSettings.classes("kind"));
        Model model = Model.of(Layers.features(5), Layers.dense(2, Activation.SOFTMAX))
                .initialize(1);
        return new ModelFile(model, Map.of()).with(columns);
    }

    /// A number gives 2000 numbers.
    public static ModelFile many() {
        Model model = Model.of(Layers.features(1), Layers.dense(2000)).initialize(1);
        return new ModelFile(model, Map.of()).with(Signature.of(model));
    }

    /// Writes the model of [#fruit] into a file, with other weights for another seed.
    public static void writeFruit(Path file, long seed) {
        writeFruit(file, "weight", seed);
    }

    /// The same with another name for the column `weight`.
    public static void writeFruit(Path file, String weight, long seed) {
        fruit(weight, seed).write(file, Catalog.standard());
    }

    /// Images of 28×28 gray pixels, of classes `0` to `9`.
    public static Predictor digits() {
        return Predictor.of(digitsFile());
    }

    /// The content of the file of [#digits].
    static ModelFile digitsFile() {
        Model model = new Lenet5().model(Shape.of(1, 28, 28), 10).initialize(1);
        return new ModelFile(model, Map.of())
                .with(Signature.of(
                        List.of(new Input.Image(ImageInput.of(Shape.of(1, 28, 28)))),
                        List.of(new Output.Classes(
                                IntStream.range(0, 10)
                                        .mapToObj(Integer::toString)
                                        .toList(),
                                Meaning.LOGITS))));
    }

    /// [#ONNX].
    public static OnnxModel onnx() {
        return OnnxModel.load(ONNX);
    }
}
