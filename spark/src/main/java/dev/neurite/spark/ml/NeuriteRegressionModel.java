package dev.neurite.spark.ml;

import dev.neurite.error.ConfigException;
import dev.neurite.io.ModelFile;
import dev.neurite.spark.frame.Columns;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.regression.RegressionModel;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/// A network that predicts a number: `transform` adds the column `predictionCol`.
///
/// Each executor has one model, however many of its tasks predict with it; each task computes blocks of up to 512 rows.
public final class NeuriteRegressionModel extends RegressionModel<Vector, NeuriteRegressionModel>
        implements MLWritable {
    private static final long serialVersionUID = 1L;

    private final String uid;
    private final ModelContent content;
    private final transient @Nullable TrainingSummary summary;

    NeuriteRegressionModel(String uid, byte[] file) {
        this(uid, new ModelContent(file), null);
    }

    NeuriteRegressionModel(String uid, ModelContent content, @Nullable TrainingSummary summary) {
        this.uid = uid; // before Spark makes parameters, which have it
        this.content = content;
        this.summary = summary;
        super();
        int outputs = content.ready().model().network().outputs().getFirst().size();
        if (outputs != 1) throw new ConfigException("network", "expects one output, got " + outputs);
    }

    /// A model of a file, such as one that was trained without Spark. It should take inputs as they are, without a
    /// preprocessing.
    /// @throws ConfigException if the file has a preprocessing, or more than one output
    public static NeuriteRegressionModel of(ModelFile file) {
        ModelContent.requirePlain(file);
        return new NeuriteRegressionModel(Identifiable.randomUID("neuriteRegressionModel"), ModelBytes.of(file));
    }

    /// Loads a saved model.
    /// @param path of any Hadoop file system
    /// @throws dev.neurite.error.DataException if its file cannot be read
    /// @throws dev.neurite.error.ModelFormatException if its file is damaged
    public static NeuriteRegressionModel load(String path) {
        return read().load(path);
    }

    public static MLReader<NeuriteRegressionModel> read() {
        return new SavedModelReader<>(NeuriteRegressionModel.class, NeuriteRegressionModel::new);
    }

    @Override
    public MLWriter write() {
        return new ModelWriter(this, content.bytes());
    }

    @Override
    public String uid() {
        return uid;
    }

    @Override
    public NeuriteRegressionModel copy(ParamMap extra) {
        return copyValues(new NeuriteRegressionModel(uid, content, summary), extra)
                .setParent(parent());
    }

    // ------------------------------------------------------------------------------------------------------ content

    /// The column of ids, which errors name; used if the data has it.
    public Param<String> idCol() {
        return new Param<>(uid(), "idCol", "column of ids, for messages (default: none)", String.class);
    }

    /// Sets the column of ids.
    public NeuriteRegressionModel setIdCol(String value) {
        set(idCol(), value);
        return this;
    }

    /// The network with its parameters, and the note `loss`.
    public ModelFile file() {
        return content.ready().file();
    }

    @Override
    public int numFeatures() {
        return content.ready().inputs().size();
    }

    @Override
    public long estimatedSize() {
        return content.bytes().length;
    }

    /// Whether there is a [#summary()]: not for a model that was loaded.
    public boolean hasSummary() {
        return summary != null;
    }

    /// What happened in the training.
    /// @throws IllegalStateException for a model that was loaded
    public TrainingSummary summary() {
        if (summary == null) throw new IllegalStateException("a model that was loaded has no summary");
        return summary;
    }

    // --------------------------------------------------------------------------------------------------- predicting

    /// @throws ConfigException for columns that do not exist, of another type, or in the way of the prediction
    @Override
    public StructType transformSchema(StructType schema) {
        Columns.requireFeatures(schema, "featuresCol", getFeaturesCol());
        return Schemas.with(schema, "predictionCol", Schemas.numbers(getPredictionCol()));
    }

    /// Adds the column. Rows are read when Spark needs them; a row that does not fit is a
    /// [dev.neurite.error.DataException] then, in a `SparkException` of Spark.
    @Override
    public Dataset<Row> transform(Dataset<?> data) {
        StructType schema = transformSchema(data.schema());
        if (getPredictionCol().isEmpty()) return data.toDF();
        return content.transform(
                data,
                schema,
                new RowOutputs.OfValues(),
                getFeaturesCol(),
                isDefined(idCol()) ? getOrDefault(idCol()) : "");
    }

    /// The predicted value of a row.
    /// @throws dev.neurite.error.DataException for another number of features, or one that is not finite
    @Override
    public double predict(Vector features) {
        ReadyModel model = content.ready();
        return model.model().predict(content.row(features), model.kernels()).toArray()[0];
    }

    SharedModel shared(SparkSession session) {
        return content.shared(session);
    }

    @Override
    public String toString() {
        return "NeuriteRegressionModel: uid=" + uid + ", numFeatures=" + numFeatures();
    }
}
