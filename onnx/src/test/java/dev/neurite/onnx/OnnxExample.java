package dev.neurite.onnx;

// region imports
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
// endregion

/// What docs/onnx.md shows.
final class OnnxExample {
    private OnnxExample() {}

    /// @param pixels of images of 28×28
    static Map<String, Value> scores(Path file, int rows, float... pixels) {
        // region run
        OnnxModel model = OnnxModel.load(file); //                 once; safe to use from many threads
        Value images = Value.of(Shape.of(rows, 1, 28, 28), pixels);
        float[] scores = model.run(images).floats(); //            of a model with one input and one output
        Map<String, Value> all = model.run(Map.of("x", images)); // of any model, by name
        // endregion
        if (scores.length != rows * 10) throw new IllegalStateException();
        return all;
    }

    /// @param numbers four of each flower
    static Map<String, Double> probabilities(Path file, int rows, float... numbers) {
        // region sklearn
        OnnxModel model = OnnxModel.load(file);
        Value x = Value.of(Shape.of(rows, 4), numbers);
        List<Value> answers = List.copyOf(model.run(Map.of("x", x)).values()); // in the file's order
        String[] labels = answers.get(0).texts(); //                              or longs()
        Map<String, Double> first = answers.get(1).elements().get(0).numbers(); // of the first row, by ZipMap
        // endregion
        if (labels.length != rows) throw new IllegalStateException();
        return first;
    }
}
