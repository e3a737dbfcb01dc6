package dev.neurite.spark.ml;

import dev.neurite.spark.frame.Features;
import dev.neurite.tensor.Tensor;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.jspecify.annotations.Nullable;

/// Models as functions of SQL. The argument is a vector, an array of numbers or an image; the result of null is null.
/// Each executor has one model. A function predicts row by row: for many rows `transform` of the model is faster.
///
/// ```java
/// NeuriteUdf.register(spark, "kind", model);
/// spark.sql("SELECT name, kind(features) FROM fruit");
/// ```
public final class NeuriteUdf {
    private NeuriteUdf() {}

    /// Registers a function that gives the label of the predicted class, a double; thresholds of the model count.
    public static void register(SparkSession spark, String name, NeuriteClassificationModel model) {
        List<Double> thresholds = model.thresholdValues();
        NeuriteClassificationModel.requireThresholds(thresholds, model.numClasses());
        var outputs = new RowOutputs.OfClasses(false, false, true, thresholds);
        register(spark, name, new Prediction(model.shared(spark), outputs, false), DataTypes.DoubleType);
    }

    /// Registers a function that gives the probability of each class, an array of doubles.
    public static void registerProbabilities(SparkSession spark, String name, NeuriteClassificationModel model) {
        var outputs = new RowOutputs.OfClasses(false, true, false, List.of());
        DataType type = DataTypes.createArrayType(DataTypes.DoubleType, false);
        register(spark, name, new Prediction(model.shared(spark), outputs, true), type);
    }

    /// Registers a function that gives the predicted value, a double.
    public static void register(SparkSession spark, String name, NeuriteRegressionModel model) {
        register(
                spark,
                name,
                new Prediction(model.shared(spark), new RowOutputs.OfValues(), false),
                DataTypes.DoubleType);
    }

    private static void register(SparkSession spark, String name, Prediction function, DataType type) {
        spark.udf().register(name, function, type);
    }

    /// The prediction for a value of features.
    /// @param vector whether the output is a vector
    private record Prediction(SharedModel model, RowOutputs outputs, boolean vector)
            implements UDF1<@Nullable Object, @Nullable Object> {
        @Override
        public @Nullable Object call(@Nullable Object features) {
            if (features == null) return null;
            ReadyModel ready = model.get();
            Tensor row = ready.batch(Features.of(ready.inputs()).read(features, "features"), 1);
            Object output = outputs.of(ready, row)[0][0];
            return vector ? ((org.apache.spark.ml.linalg.Vector) output).toArray() : output;
        }
    }
}
