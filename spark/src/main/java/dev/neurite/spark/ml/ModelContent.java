package dev.neurite.spark.ml;

import dev.neurite.error.ConfigException;
import dev.neurite.io.ModelFile;
import dev.neurite.spark.frame.Columns;
import dev.neurite.spark.frame.Features;
import dev.neurite.tensor.Tensor;
import java.io.Serializable;
import java.util.Arrays;
import org.apache.spark.SparkContext;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import scala.reflect.ClassTag$;

/// The file of a fitted model, and what this program has made of it.
final class ModelContent implements Serializable {
    private static final long serialVersionUID = 1L;

    private final byte[] bytes;
    private final String fingerprint;
    private transient @Nullable ReadyModel ready;
    private transient @Nullable SharedModel shared;
    private transient @Nullable SparkContext sharedBy;

    /// @throws dev.neurite.error.ModelFormatException for other content, or a damaged one
    ModelContent(byte[] bytes) {
        this.bytes = bytes;
        this.fingerprint = ModelBytes.fingerprint(bytes);
        this.ready = ModelCache.ofThisJvm().get(fingerprint, () -> bytes);
    }

    /// Requires a model that takes inputs as they are, one shape of them.
    static void requirePlain(ModelFile file) {
        if (file.preprocessing().isPresent()) {
            throw new ConfigException(
                    "model",
                    "expects one that takes inputs as they are, got one with a preprocessing of raw columns",
                    "NeuriteUdf.register takes its file, for a function of raw columns");
        }
        if (file.model().network().inputs().size() != 1
                || file.model().network().outputs().size() != 1) {
            throw new ConfigException("model", "expects one input and one output, got several");
        }
    }

    byte[] bytes() {
        return bytes;
    }

    synchronized ReadyModel ready() {
        ReadyModel known = ready;
        if (known == null) ready = known = ModelCache.ofThisJvm().get(fingerprint, () -> bytes);
        return known;
    }

    /// The model for tasks. Spark removes its file from the executors when this program has forgotten the model.
    synchronized SharedModel shared(SparkSession session) {
        SparkContext context = session.sparkContext();
        SharedModel known = shared;
        if (known != null && context.equals(sharedBy)) return known;
        SharedModel made =
                new SharedModel(context.broadcast(bytes, ClassTag$.MODULE$.apply(byte[].class)), fingerprint);
        shared = made;
        sharedBy = context;
        return made;
    }

    /// The inputs of a row as a batch of one.
    /// @throws dev.neurite.error.DataException for another number of features, or one that is not finite
    Tensor row(Vector features) {
        ReadyModel model = ready();
        return model.batch(Features.of(model.inputs()).read(features, "features"), 1);
    }

    /// Adds the model's columns to a DataFrame.
    /// @param schema of the result
    /// @param id the column of ids, for messages; used if there is one of that name
    Dataset<Row> transform(Dataset<?> data, StructType schema, RowOutputs outputs, String features, String id) {
        if (outputs.count() == 0) return data.toDF();
        var names = Arrays.asList(data.schema().fieldNames());
        var prediction =
                new BlockPrediction(shared(data.sparkSession()), outputs, names.indexOf(features), names.indexOf(id));
        Column[] described = Arrays.stream(schema.fields())
                .map(field -> Columns.column(field.name()).as(field.name(), field.metadata()))
                .toArray(Column[]::new);
        return data.toDF().mapPartitions(prediction, Encoders.row(schema)).select(described);
    }
}
