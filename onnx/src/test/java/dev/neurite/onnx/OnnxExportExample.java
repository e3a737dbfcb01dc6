package dev.neurite.onnx;

// region imports
import static dev.neurite.layer.Layers.dense;

import dev.neurite.data.Dataset;
import dev.neurite.io.ModelFile;
import dev.neurite.loss.Losses;
import dev.neurite.model.Model;
import dev.neurite.onnx.export.OnnxExport;
import dev.neurite.onnx.export.RawColumns;
import dev.neurite.train.Trainer;
import java.nio.file.Path;
import java.util.List;
// endregion

/// What docs/onnx-export.md shows.
final class OnnxExportExample {
    private OnnxExportExample() {}

    static List<String> exported(ModelFile file, Path directory) {
        // region export
        OnnxExport.Written written = OnnxExport.of(file).write(directory.resolve("model.onnx"));
        OnnxExport.of(file).opset(21).columns(RawColumns.CORE).write(directory.resolve("core.onnx"));
        // endregion
        return written.notes();
    }

    /// @param file of a network whose last layer is `fc`
    static Model tuned(Path file, Dataset images) {
        // region train
        Model model = OnnxModel.load(file).toModel(); //           layers with the weights of the file
        Model start = model.replace("fc", dense(10)); //           a new output layer, for other classes
        Model tuned = Trainer.of(start)
                .loss(Losses.crossEntropy())
                .epochs(3)
                .fit(images)
                .model();
        // endregion
        return tuned;
    }
}
