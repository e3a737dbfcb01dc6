package dev.neurite.spark.ml;

import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.regression.Regressor;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.StructType;

/// Trains a network that predicts a number, on all executors, with the bits of one machine, as
/// [NeuriteClassifier] does. [TrainingParams] lists the parameters; besides them there are `featuresCol`,
/// `labelCol`, `predictionCol` and `standardizeLabel` (default: true).
///
/// It trains on labels of mean 0 and deviation 1, see [dev.neurite.train.TargetScaler]: losses are of those,
/// metrics and predictions in the original units. The network must end in a dense layer then. With a loss of
/// counts, such as `poisson`, labels stay as they are.
public final class NeuriteRegressor extends Regressor<Vector, NeuriteRegressor, NeuriteRegressionModel>
        implements TrainingParams<NeuriteRegressor>, DefaultParamsWritable {
    private static final long serialVersionUID = 1L;

    private final String uid;

    /// A regressor with a uid of its own.
    public NeuriteRegressor() {
        this(Identifiable.randomUID("neuriteRegressor"));
    }

    public NeuriteRegressor(String uid) {
        this.uid = uid; // before Spark makes parameters, which have it
        super();
        FitSettings.setDefaults(this, "mse");
        setDefault(standardizeLabel(), true);
    }

    /// Loads a saved regressor.
    /// @param path of any Hadoop file system
    public static NeuriteRegressor load(String path) {
        return read().load(path);
    }

    public static MLReader<NeuriteRegressor> read() {
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

    /// Whether to train on standardized labels.
    public BooleanParam standardizeLabel() {
        return new BooleanParam(
                uid(), "standardizeLabel", "whether to train on labels of mean 0 and deviation 1 (default: true)");
    }

    /// Sets whether to train on standardized labels.
    public NeuriteRegressor setStandardizeLabel(boolean value) {
        set(standardizeLabel(), value);
        return this;
    }

    @Override
    public NeuriteRegressor copy(ParamMap extra) {
        return defaultCopy(extra);
    }

    /// @throws dev.neurite.error.ConfigException for columns that do not exist, of another type, or in the way of
    /// outputs
    @Override
    public StructType transformSchema(StructType schema) {
        Fit.check(this, schema, getFeaturesCol(), getLabelCol());
        return Schemas.with(schema, "predictionCol", Schemas.numbers(getPredictionCol()));
    }

    /// Trains; `fit` calls it.
    /// @throws dev.neurite.error.ConfigException for a parameter that is unknown or out of range
    /// @throws dev.neurite.error.DataException for a row that does not fit, named by its id
    /// @throws dev.neurite.error.NeuriteException as [dev.neurite.train.Trainer#fit]
    @Override
    public NeuriteRegressionModel train(Dataset<?> data) {
        return new Fit(this, data, getFeaturesCol(), getLabelCol())
                .regressor(uid, (boolean) getOrDefault(standardizeLabel()));
    }
}
