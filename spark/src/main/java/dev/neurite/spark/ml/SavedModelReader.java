package dev.neurite.spark.ml;

import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.BiFunction;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.MLReader;
import scala.Option;

/// Loads what [ModelWriter] saved.
final class SavedModelReader<M extends Params> extends MLReader<M> {
    private final Class<M> type;
    private final BiFunction<String, byte[], M> maker;

    /// @param maker makes a model of its uid and its file
    SavedModelReader(Class<M> type, BiFunction<String, byte[], M> maker) {
        this.type = type;
        this.maker = maker;
    }

    @Override
    public M load(String path) {
        DefaultParamsReader.Metadata metadata = DefaultParamsReader.loadMetadata(path, sparkSession(), type.getName());
        M model = maker.apply(metadata.uid(), bytes(new Path(path, ModelWriter.FILE)));
        metadata.getAndSetParams(model, Option.empty());
        return model;
    }

    private byte[] bytes(Path file) {
        try (InputStream in = file.getFileSystem(sparkSession().sparkContext().hadoopConfiguration())
                .open(file)) {
            return in.readAllBytes();
        } catch (IOException e) {
            var problem = new DataException(file.toString(), "cannot be read: " + ResourceException.reason(e));
            problem.initCause(e);
            throw problem;
        }
    }
}
