package dev.neurite.onnx;

// region imports
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.nio.file.Path;
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
}
