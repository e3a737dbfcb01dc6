package dev.neurite.spark.ml;

import dev.neurite.error.ResourceException;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.MLWriter;

/// Saves a model: Spark's metadata with the parameters, and the model file beside them.
final class ModelWriter extends MLWriter {
    static final String FILE = "model.safetensors";

    private final Params model;
    private final byte[] bytes;

    ModelWriter(Params model, byte[] bytes) {
        this.model = model;
        this.bytes = bytes;
    }

    @Override
    public void saveImpl(String path) {
        DefaultParamsWriter.saveMetadata(model, path, sparkSession());
        Path file = new Path(path, FILE);
        try (OutputStream out = file.getFileSystem(sparkSession().sparkContext().hadoopConfiguration())
                .create(file, false)) {
            out.write(bytes);
        } catch (IOException e) {
            var problem = new ResourceException(file.toString(), "cannot be written: " + ResourceException.reason(e));
            problem.initCause(e);
            throw problem;
        }
    }
}
