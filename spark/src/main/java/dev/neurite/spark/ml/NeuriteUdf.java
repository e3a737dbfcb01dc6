package dev.neurite.spark.ml;

import dev.neurite.error.ConfigException;
import dev.neurite.io.ModelFile;
import dev.neurite.predict.Prediction;
import dev.neurite.signature.Output;
import dev.neurite.signature.Signature;
import dev.neurite.spark.frame.Features;
import dev.neurite.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Row;
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
        register(spark, name, new OfFeatures(model.shared(spark), outputs, false), DataTypes.DoubleType);
    }

    /// Registers a function that gives the probability of each class, an array of doubles.
    public static void registerProbabilities(SparkSession spark, String name, NeuriteClassificationModel model) {
        var outputs = new RowOutputs.OfClasses(false, true, false, List.of());
        DataType type = DataTypes.createArrayType(DataTypes.DoubleType, false);
        register(spark, name, new OfFeatures(model.shared(spark), outputs, true), type);
    }

    /// Registers a function that gives the predicted value, a double.
    public static void register(SparkSession spark, String name, NeuriteRegressionModel model) {
        register(
                spark,
                name,
                new OfFeatures(model.shared(spark), new RowOutputs.OfValues(), false),
                DataTypes.DoubleType);
    }

    /// Registers a function of a row of raw columns, for a model whose file knows what it makes of them, such
    /// as one that was trained on a table by the command line. The argument is a struct with its columns, in
    /// any order: `kind(struct(weight, color))`, or `kind(struct(*))`. A missing value is null. The result is
    /// the name of the class, a string; the predicted value, a double; or of several labels an array of their
    /// names.
    /// @throws ConfigException for a model with an input that is no column, or with other outputs
    /// @throws dev.neurite.error.DataException by the query, for missing columns or values that cannot be encoded
    public static void register(SparkSession spark, String name, ModelFile model) {
        model.signature().inputs().forEach((input, each) -> {
            if (!each.isOfColumns()) {
                throw new ConfigException(
                        "model", "expects inputs that columns make, got input '" + input + "': " + each.kind());
            }
        });
        var content = new ModelContent(ModelBytes.of(model));
        spark.udf().register(name, new Raw(content.shared(spark)), type(model.signature()));
    }

    private static DataType type(Signature signature) {
        Optional<DataType> type = signature.outputs().size() > 1
                ? Optional.empty()
                : switch (signature.output()) {
                    case Output.Classes _ -> Optional.of(DataTypes.StringType);
                    case Output.Labels _ -> Optional.of(DataTypes.createArrayType(DataTypes.StringType, false));
                    case Output.Values values when values.names().size() == 1 -> Optional.of(DataTypes.DoubleType);
                    default -> Optional.empty();
                };
        return type.orElseThrow(() -> new ConfigException(
                "model",
                "expects one output that is a class, several labels or one value, got "
                        + String.join(", ", signature.outputs().keySet())));
    }

    private static void register(SparkSession spark, String name, OfFeatures function, DataType type) {
        spark.udf().register(name, function, type);
    }

    /// The prediction for a value of features.
    /// @param vector whether the output is a vector
    private record OfFeatures(SharedModel model, RowOutputs outputs, boolean vector)
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

    /// The prediction for a row of raw columns.
    private record Raw(SharedModel model) implements UDF1<@Nullable Row, @Nullable Object> {
        @Override
        public @Nullable Object call(@Nullable Row row) {
            if (row == null) return null;
            Map<String, Object> values = new HashMap<>();
            for (String each : row.schema().fieldNames()) {
                values.put(
                        each,
                        switch (row.get(row.fieldIndex(each))) {
                            case null -> Optional.empty();
                            case Number number -> number;
                            case Object other -> other.toString();
                        });
            }
            ReadyModel ready = model.get();
            Prediction said = ready.predictor()
                    .predictAll(List.of(values), ready.kernels())
                    .getFirst();
            return switch (said) {
                case Prediction.OneClass one -> one.label();
                case Prediction.Labels several -> several.labels().toArray(String[]::new);
                default -> said.value();
            };
        }
    }
}
