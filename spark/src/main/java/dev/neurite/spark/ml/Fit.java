package dev.neurite.spark.ml;

import dev.neurite.data.Dataset;
import dev.neurite.data.StoredRows;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.io.ModelFile;
import dev.neurite.loss.Loss;
import dev.neurite.metric.Metric;
import dev.neurite.model.Model;
import dev.neurite.network.OutputHead;
import dev.neurite.settings.TrainingSettings;
import dev.neurite.signature.Signature;
import dev.neurite.spark.ClusterRows;
import dev.neurite.spark.ClusterTrainer;
import dev.neurite.spark.ClusterTraining;
import dev.neurite.spark.engine.Sample;
import dev.neurite.spark.frame.Columns;
import dev.neurite.spark.frame.Failures;
import dev.neurite.spark.frame.Features;
import dev.neurite.spark.frame.FrameRows;
import dev.neurite.tensor.Shape;
import dev.neurite.train.TargetScaler;
import dev.neurite.train.Trainer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.BinaryAttribute;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import scala.Option;

/// A fit of an estimator: reads its parameters, the data and its metadata, and trains.
final class Fit {
    private static final System.Logger LOG = System.getLogger("dev.neurite.spark");
    private static final double MOST_SECONDS = 1e6;

    private final TrainingParams<?> params;
    private final org.apache.spark.sql.Dataset<?> data;
    private final Columns columns;
    private final Optional<String> validation;
    private final TrainingSettings settings;

    Fit(TrainingParams<?> params, org.apache.spark.sql.Dataset<?> data, String features, String label) {
        this.params = params;
        this.data = data;
        this.columns = columns(params, features, label);
        this.validation = column(params, params.validationIndicatorCol().name());
        this.settings = FitSettings.of(params, validation.isPresent());
        if (columns.id().isEmpty()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Rows have no ids, so that they are ordered by their content. idCol names a column of ids: it saves"
                            + " the time of hashing, and errors then name rows");
        }
    }

    private static Columns columns(TrainingParams<?> params, String features, String label) {
        return new Columns(
                features,
                label,
                column(params, params.weightCol().name()),
                column(params, params.idCol().name()));
    }

    /// The column of a parameter; empty if it names none.
    private static Optional<String> column(TrainingParams<?> params, String param) {
        return params.isDefined(params.getParam(param))
                ? Optional.of((String) params.getOrDefault(params.getParam(param)))
                        .filter(each -> !each.isEmpty())
                : Optional.empty();
    }

    /// Checks the columns that a fit reads.
    /// @throws ConfigException for columns that do not exist, or of another type
    static void check(TrainingParams<?> params, StructType schema, String features, String label) {
        columns(params, features, label).check(schema);
        column(params, params.validationIndicatorCol().name())
                .ifPresent(each -> Columns.requireFlag(schema, "validationIndicatorCol", each));
    }

    // ------------------------------------------------------------------------------------------------ kinds of fits

    NeuriteClassificationModel classifier(String uid, List<Double> thresholds) {
        Shape shape = shape();
        List<String> classNames = classNames();
        NeuriteClassificationModel.requireThresholds(thresholds, classNames.size());
        Dataset like = Dataset.of(new float[1][shape.size()], new int[] {0}, classNames)
                .withInputShape(shape);
        Model model = Networks.model(params, like, loss(), settings.preview().seed());
        ClassOutputs.of(file(model, like)).checked(classNames.size());
        ClusterTraining training = train(model, classNames, rows(false, shape, classNames), Optional.empty());
        return new NeuriteClassificationModel(
                uid,
                new ModelContent(ModelBytes.of(file(training.run().model(), like))),
                new TrainingSummary(training));
    }

    NeuriteRegressionModel regressor(String uid, boolean standardized) {
        Shape shape = shape();
        Dataset like = Dataset.of(new float[1][shape.size()], new float[1][1]).withInputShape(shape);
        Model model = Networks.model(params, like, loss(), settings.preview().seed());
        boolean scales = standardized && OutputHead.of("loss", loss(), like).scaled();
        JavaPairRDD<Long, byte[]> rows = rows(false, shape, List.of());
        Optional<TargetScaler> scaler = scales ? Optional.of(scaler(rows)) : Optional.empty();
        scaler.ifPresent(each -> each.undo(model)); // refuses a network whose output it cannot scale
        ClusterTraining training = train(model, List.of(), rows, scaler);
        Model trained = training.run().model();
        ModelFile file = file(scaler.map(each -> each.undo(trained)).orElse(trained), like);
        return new NeuriteRegressionModel(uid, new ModelContent(ModelBytes.of(file)), new TrainingSummary(training));
    }

    /// @param like a row like those of the training
    private ModelFile file(Model model, Dataset like) {
        return new ModelFile(
                model,
                Map.of(ClassOutputs.LOSS, settings.get("loss").orElseThrow()),
                Signature.of(model, like, loss()));
    }

    // ----------------------------------------------------------------------------------------------------- the data

    private org.apache.spark.sql.Dataset<?> part(boolean validated) {
        if (validation.isEmpty()) return data;
        Column flag = Columns.column(validation.get());
        return data.filter(validated ? flag : functions.not(flag));
    }

    private void requireFlags(String flag) {
        if (!data.schema().apply(flag).nullable()) return;
        Column id = columns.id().map(Columns::column).orElse(functions.lit(""));
        List<Row> without = data.filter(Columns.column(flag).isNull())
                .select(id.cast("string"))
                .limit(1)
                .collectAsList();
        if (without.isEmpty()) return;
        throw new DataException(
                FrameRows.where(without.getFirst().get(0)), "expects true or false in '" + flag + "', got null");
    }

    private Shape shape() {
        Optional<int[]> given = FitSettings.given(params, params.inputShape());
        if (given.isPresent()) {
            if (given.get().length > 0 && Arrays.stream(given.get()).allMatch(each -> each >= 1)) {
                return Shape.of(given.get());
            }
            throw new ConfigException("inputShape", "expects extents from 1, got " + Arrays.toString(given.get()));
        }
        return FitSettings.given(params, params.initialModel())
                .map(model -> model.network().inputs().getFirst())
                .filter(Shape::isKnown)
                .orElseGet(() -> FrameRows.shape(part(false), columns));
    }

    private JavaPairRDD<Long, byte[]> rows(boolean validated, Shape shape, List<String> classNames) {
        return Failures.unwrapped(() -> FrameRows.of(part(validated), columns, Features.of(shape), classNames.size()));
    }

    private List<String> classNames() {
        int count = FitSettings.given(params, params.layers())
                .filter(sizes -> sizes.length > 0)
                .map(sizes -> sizes[sizes.length - 1])
                .or(() -> FitSettings.given(params, params.initialModel())
                        .map(model -> model.network().outputs().getFirst().size()))
                .orElse(0);
        Attribute attribute = Attribute.fromStructField(data.schema().apply(columns.label()));
        List<String> names = names(attribute);
        if (count == 0) count = names.isEmpty() ? number(attribute) : names.size();
        if (count == 0) count = FrameRows.classes(part(false), columns);
        int classes = Math.max(2, count);
        return names.size() == classes
                ? names
                : IntStream.range(0, classes).mapToObj(Integer::toString).toList();
    }

    private static List<String> names(Attribute label) {
        Option<String[]> values = switch (label) {
            case NominalAttribute nominal -> nominal.values();
            case BinaryAttribute binary -> binary.values();
            default -> Option.empty();
        };
        List<String> names = values.isDefined() ? List.of(values.get()) : List.of();
        return Set.copyOf(names).size() == names.size() ? names : List.of();
    }

    private static int number(Attribute label) {
        if (label instanceof BinaryAttribute) return 2;
        if (!(label instanceof NominalAttribute nominal)) return 0;
        Option<Object> number = nominal.getNumValues();
        return number.isDefined() ? (int) number.get() : 0;
    }

    // ---------------------------------------------------------------------------------------------------- the labels

    /// The mean and deviation of all labels, in the order of the rows, as on one machine. All are in the memory of this
    /// program meanwhile, 4 bytes each.
    private static TargetScaler scaler(JavaPairRDD<Long, byte[]> rows) {
        List<float[]> parts = Failures.unwrapped(() -> rows.values()
                .mapPartitions(each -> List.of(labels(each)).iterator())
                .collect());
        int count = parts.stream().mapToInt(each -> each.length).sum();
        if (count == 0) throw FrameRows.noRows("data");
        float[] all = new float[count];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return TargetScaler.of(
                Dataset.of(StoredRows.of(new byte[count], count), Shape.of(1), StoredRows.of(all, count)));
    }

    private static float[] labels(Iterator<byte[]> rows) {
        float[] labels = new float[16];
        int count = 0;
        while (rows.hasNext()) {
            if (count == labels.length) labels = Arrays.copyOf(labels, 2 * count);
            labels[count++] = Sample.of(rows.next(), 1).targets()[0];
        }
        return Arrays.copyOf(labels, count);
    }

    private static JavaPairRDD<Long, byte[]> scaled(JavaPairRDD<Long, byte[]> rows, TargetScaler scaler) {
        return rows.mapValues(bytes -> {
            Sample row = Sample.of(bytes, 1);
            return new Sample(row.inputs(), scaler.scaled(row.targets()), row.weight()).bytes();
        });
    }

    // -------------------------------------------------------------------------------------------------- the training

    private ClusterTraining train(
            Model model, List<String> classNames, JavaPairRDD<Long, byte[]> rows, Optional<TargetScaler> scaler) {
        Shape shape = model.network().inputs().getFirst();
        int targets = classNames.isEmpty() ? 1 : 0;
        Optional<Dataset> held = validation.map(flag -> {
            requireFlags(flag);
            Dataset all =
                    FrameRows.collect("rows of validation", rows(true, shape, classNames), shape, targets, classNames);
            return scaler.map(each -> each.apply(all)).orElse(all);
        });
        List<Metric> metrics = FitSettings.metrics(params, held.isPresent()).stream()
                .map(each -> scaler.map(scales -> scales.inOriginalUnits(each)).orElse(each))
                .toList();
        Trainer trainer = settings.trainer(model).metrics(metrics.toArray(Metric[]::new));
        ClusterRows all =
                ClusterRows.of(scaler.map(each -> scaled(rows, each)).orElse(rows), shape.size(), targets, classNames);
        return Failures.unwrapped(() -> held.isPresent()
                ? cluster().fit(trainer, settings, all, held.get())
                : cluster().fit(trainer, settings, all));
    }

    /// What training minimizes.
    private Loss loss() {
        return (Loss) settings.preview().loss();
    }

    private ClusterTrainer cluster() {
        double seconds = (double) params.getOrDefault(params.timeout());
        if (!(seconds > 0 && seconds < MOST_SECONDS)) {
            throw new ConfigException("timeout", "expects seconds above 0, below " + MOST_SECONDS + ", got " + seconds);
        }
        ClusterTrainer cluster = ClusterTrainer.on(
                        JavaSparkContext.fromSparkContext(data.sparkSession().sparkContext()))
                .timeout(Duration.ofMillis(Math.max(1, Math.round(1000 * seconds))));
        int workers = (int) params.getOrDefault(params.workers());
        if (workers > 0) cluster = cluster.workers(workers);
        Optional<String> checkpoints = FitSettings.given(params, params.checkpointDir());
        return checkpoints.isPresent() ? cluster.checkpoints(checkpoints.get()) : cluster;
    }
}
