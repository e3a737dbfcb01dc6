package dev.neurite.onnx;

// region imports
import dev.neurite.io.ModelFile;
import dev.neurite.onnx.export.OnnxExport;
import dev.neurite.onnx.export.RawColumns;
import java.nio.file.Path;
import java.util.List;
// endregion

/// What docs/onnx-export.md shows.
final class OnnxExportExample {
    private OnnxExportExample() {}

    static List<String> exported(ModelFile file, Path directory) {
        // region export
        List<String> notes = OnnxExport.of(file).write(directory.resolve("model.onnx"));
        OnnxExport.of(file).opset(21).columns(RawColumns.CORE).write(directory.resolve("core.onnx"));
        // endregion
        return notes;
    }
}
