package dev.neurite.spark.ml;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.classification.ProbabilisticClassifier;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.StructType;

/// Trains a network that predicts classes, on all executors, with the bits of one machine: the weights are those of
/// [dev.neurite.train.Trainer#fit] on the same rows in the order of their ids, whatever the number of workers.
///
/// ```java
/// var classifier = new NeuriteClassifier()
///         .setLayers(784, 128, 10)
///         .setOptimizer("adam:rate=0.002")
///         .setMaxIter(5);
/// PipelineModel model = new Pipeline().setStages(new PipelineStage[] {scaler, classifier}).fit(train);
/// ```
///
/// [TrainingParams] lists the parameters; besides them there are those of Spark's classifiers: `featuresCol`,
/// `labelCol`, `predictionCol`, `rawPredictionCol`, `probabilityCol`, `thresholds`. The number of classes is the last
/// of `layers`, the outputs of `initialModel`, that of the label column's metadata (as of a `StringIndexer`), or one
/// more than the largest label.
///
/// A fit runs one barrier job for each epoch. Fits at the same time, as of `CrossValidator.setParallelism`, need a
/// free slot for each of their workers.
public final class NeuriteClassifier
        extends ProbabilisticClassifier<Vector, NeuriteClassifier, NeuriteClassificationModel>
        implements TrainingParams<NeuriteClassifier>, DefaultParamsWritable {
    private static final long serialVersionUID = 1L;

    private final String uid;

    /// A classifier with a uid of its own.
    public NeuriteClassifier() {
        this(Identifiable.randomUID("neuriteClassifier"));
    }

    public NeuriteClassifier(String uid) {
        this.uid = uid; // before Spark makes parameters, which have it
        super();
        FitSettings.setDefaults(this, "cross-entropy");
    }

    /// Loads a saved classifier.
    /// @param path of any Hadoop file system
    public static NeuriteClassifier load(String path) {
        return read().load(path);
    }

    public static MLReader<NeuriteClassifier> read() {
        return new DefaultParamsReader<>();
    }

    @Override
    public Param<?>[] params() {
        return allParams(super.params());
    }

    @Override
    public String uid() {
        return uid;
    }

    @Override
    public NeuriteClassifier copy(ParamMap extra) {
        return defaultCopy(extra);
    }

    /// @throws dev.neurite.error.ConfigException for columns that do not exist, of another type, or in the way of
    /// outputs
    @Override
    public StructType transformSchema(StructType schema) {
        Fit.check(this, schema, getFeaturesCol(), getLabelCol());
        StructType with = Schemas.with(schema, "rawPredictionCol", Schemas.vectors(getRawPredictionCol(), 0));
        with = Schemas.with(with, "probabilityCol", Schemas.vectors(getProbabilityCol(), 0));
        return Schemas.with(with, "predictionCol", Schemas.numbers(getPredictionCol()));
    }

    /// Trains; `fit` calls it.
    /// @throws dev.neurite.error.ConfigException for a parameter that is unknown or out of range
    /// @throws dev.neurite.error.DataException for a row that does not fit, named by its id
    /// @throws dev.neurite.error.NeuriteException as [dev.neurite.train.Trainer#fit]
    @Override
    public NeuriteClassificationModel train(Dataset<?> data) {
        List<Double> thresholds =
                isDefined(thresholds()) ? Arrays.stream(getThresholds()).boxed().toList() : List.of();
        return new Fit(this, data, getFeaturesCol(), getLabelCol()).classifier(uid, thresholds);
    }
}
