package dev.neurite.spark.ml;

import dev.neurite.error.ConfigException;
import dev.neurite.io.ModelFile;
import dev.neurite.predict.Predictor;
import dev.neurite.spark.frame.Columns;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.classification.ProbabilisticClassificationModel;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/// A network that predicts classes. `transform` adds, unless their name is empty,
///
/// | column | content |
/// |---|---|
/// | `rawPredictionCol` | the logits |
/// | `probabilityCol` | the probability of each class, as [Predictor] gives them |
/// | `predictionCol` | the label of the predicted class |
///
/// It predicts the most probable class, or with `thresholds` the one whose probability is the largest multiple of
/// its threshold. A network with a single output, the logit z of the second of two classes, has the raw
/// predictions −z and z.
///
/// Each executor has one model, however many of its tasks predict with it; each task computes blocks of up to
/// 512 rows.
public final class NeuriteClassificationModel
        extends ProbabilisticClassificationModel<Vector, NeuriteClassificationModel> implements MLWritable {
    private static final long serialVersionUID = 1L;

    private final String uid;
    private final ModelContent content;
    private final transient @Nullable TrainingSummary summary;

    NeuriteClassificationModel(String uid, byte[] file) {
        this(uid, new ModelContent(file), null);
    }

    NeuriteClassificationModel(String uid, ModelContent content, @Nullable TrainingSummary summary) {
        this.uid = uid; // before Spark makes parameters, which have it
        this.content = content;
        this.summary = summary;
        super();
        content.ready().classes().checked(numClasses());
    }

    /// A model of a file, such as one that was trained without Spark. It should take inputs as they are, without a
    /// preprocessing.
    /// @throws ConfigException if the file has a preprocessing, or the outputs are not those of classes
    public static NeuriteClassificationModel of(ModelFile file) {
        ModelContent.requirePlain(file);
        return new NeuriteClassificationModel(
                Identifiable.randomUID("neuriteClassificationModel"), ModelBytes.of(file));
    }

    /// Loads a saved model.
    /// @param path of any Hadoop file system
    /// @throws dev.neurite.error.DataException if its file cannot be read
    /// @throws dev.neurite.error.ModelFormatException if its file is damaged
    public static NeuriteClassificationModel load(String path) {
        return read().load(path);
    }

    public static MLReader<NeuriteClassificationModel> read() {
        return new SavedModelReader<>(NeuriteClassificationModel.class, NeuriteClassificationModel::new);
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
    public NeuriteClassificationModel copy(ParamMap extra) {
        return copyValues(new NeuriteClassificationModel(uid, content, summary), extra)
                .setParent(parent());
    }

    // ------------------------------------------------------------------------------------------------------ content

    /// The column of ids, which errors name; used if the data has it.
    public Param<String> idCol() {
        return new Param<>(uid(), "idCol", "column of ids, for messages (default: none)", String.class);
    }

    /// Sets the column of ids.
    public NeuriteClassificationModel setIdCol(String value) {
        set(idCol(), value);
        return this;
    }

    /// The network with its parameters, its signature, and the note `loss`.
    public ModelFile file() {
        return content.ready().file();
    }

    /// The names of the classes, by label.
    public List<String> classNames() {
        return Predictor.of(file()).classNames();
    }

    @Override
    public int numClasses() {
        return content.ready().classes().classes();
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

    /// javac finds two of them, of one signature, in the superclasses.
    @Override
    @SuppressWarnings({"rawtypes", "unchecked"})
    public scala.Tuple3 findSummaryModel() {
        return super.findSummaryModel();
    }

    // --------------------------------------------------------------------------------------------------- predicting

    /// @throws ConfigException for columns that do not exist, of another type, or in the way of outputs, or another
    /// number of thresholds than classes
    @Override
    public StructType transformSchema(StructType schema) {
        Columns.requireFeatures(schema, "featuresCol", getFeaturesCol());
        requireThresholds(thresholdValues(), numClasses());
        StructType with =
                Schemas.with(schema, "rawPredictionCol", Schemas.vectors(getRawPredictionCol(), numClasses()));
        with = Schemas.with(with, "probabilityCol", Schemas.vectors(getProbabilityCol(), numClasses()));
        return Schemas.with(with, "predictionCol", Schemas.labels(getPredictionCol(), classNames()));
    }

    static void requireThresholds(List<Double> thresholds, int classes) {
        if (thresholds.isEmpty() || thresholds.size() == classes) return;
        throw new ConfigException(
                "thresholds", "expects one for each of " + classes + " classes, got " + thresholds.size());
    }

    /// The thresholds; empty for none.
    List<Double> thresholdValues() {
        return isDefined(thresholds()) ? Arrays.stream(getThresholds()).boxed().toList() : List.of();
    }

    /// Adds the columns. Rows are read when Spark needs them; a row that does not fit is a
    /// [dev.neurite.error.DataException] then, in a `SparkException` of Spark.
    @Override
    public Dataset<Row> transform(Dataset<?> data) {
        StructType schema = transformSchema(data.schema());
        var outputs = new RowOutputs.OfClasses(
                !getRawPredictionCol().isEmpty(),
                !getProbabilityCol().isEmpty(),
                !getPredictionCol().isEmpty(),
                thresholdValues());
        return content.transform(
                data, schema, outputs, getFeaturesCol(), isDefined(idCol()) ? getOrDefault(idCol()) : "");
    }

    /// The logits of a row.
    /// @throws dev.neurite.error.DataException for another number of features, or one that is not finite
    @Override
    public Vector predictRaw(Vector features) {
        ReadyModel model = content.ready();
        Tensor z = model.classes().logits(content.row(features), model.kernels());
        return Vectors.dense(model.classes().raw(z.toArray(), 0));
    }

    @Override
    public Vector raw2probabilityInPlace(Vector raw) {
        ReadyModel model = content.ready();
        return model.classes().probabilityInPlace(raw, model.kernels());
    }

    @Override
    public double raw2prediction(Vector raw) {
        return probability2prediction(raw2probability(raw));
    }

    @Override
    public double probability2prediction(Vector probability) {
        return ClassOutputs.prediction(probability.toArray(), thresholdValues());
    }

    SharedModel shared(SparkSession session) {
        return content.shared(session);
    }

    @Override
    public String toString() {
        return "NeuriteClassificationModel: uid=" + uid + ", numClasses=" + numClasses() + ", numFeatures="
                + numFeatures();
    }
}
