package dev.neurite.spark.ml;

import dev.neurite.error.ConfigException;
import dev.neurite.error.Spelling;
import dev.neurite.model.Model;
import dev.neurite.settings.TrainingSetting;
import dev.neurite.settings.TrainingTable;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntArrayParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;

/// The parameters of a training, under MLlib's names where MLlib has them. All are checked by `fit`, which
/// throws a [dev.neurite.error.ConfigException] that names the parameter.
///
/// | parameter | default | meaning |
/// |---|---|---|
/// | `featuresCol` | features | vectors, arrays of numbers or images, see [dev.neurite.spark.frame.Features] |
/// | `labelCol` | label | numbers; of classes, whole ones from 0 |
/// | `weightCol` | none | factors of the rows' losses, at least 0 |
/// | `idCol` | none | whole numbers or strings, another one for each row: the order of the rows |
/// | `validationIndicatorCol` | none | true for rows of validation, which are not trained on |
/// | `layers` | none | as MLlib's: inputs, units of each hidden layer, outputs |
/// | `hiddenLayers` | 128 | units of each hidden layer; an empty array for no hidden layer |
/// | `stack` | none | layers, first to last, as `./neurite train --stack`: `dense:units=9` |
/// | `architecture` | none | a ready-made network for images: `resnet:depth=20` |
/// | `initialModel` | none | a model to train further, with its parameters, or of your own graph |
/// | `inputShape` | as the features | of a row's inputs, as 1, 28, 28 for vectors of 784 pixels |
/// | `activation` | relu | of hidden layers |
/// | `dropout` | 0 | rate after each hidden layer, 0 to below 1; with selu, of alpha dropout |
/// | `loss` | cross-entropy; mse | what training minimizes |
/// | `optimizer` | adam | the rule of updates: `sgd:momentum=0.9` |
/// | `stepSize` | the optimizer's | the learning rate, above 0 |
/// | `schedule` | constant | how the learning rate changes: `cosine` |
/// | `maxIter` | 10 | epochs, at least 1 |
/// | `batchSize` | 128 | rows of a step, a multiple of `shards` |
/// | `shards` | 8 | parts of a step, at least as many as workers |
/// | `workers` | 0 | tasks that train together; 0 for one on each executor, at most `shards` |
/// | `seed` | 0 | of initial weights, order and dropout |
/// | `metrics` | none | to measure on the rows of validation: `f1`, `roc-auc` |
/// | `patience` | 0 | epochs without improvement that end the training; 0 for never |
/// | `tol` | 0 | the smallest change that counts as an improvement |
/// | `monitor` | loss | what must improve, see below |
/// | `checkpointDir` | none | a directory, from which a fit goes on that was interrupted |
/// | `timeout` | 60 | the longest wait for another worker, seconds |
/// | others | none | all that a cluster has of the [TrainingTable], as `clipNorm` and `ema`; see [#with] |
///
/// At most one of `layers`, `hiddenLayers`, `stack`, `architecture` and `initialModel` may be given; by
/// default the network has one hidden layer of 128 units. The output layer is added to `hiddenLayers` and
/// `stack`. Texts are those of model files and the command line, see [dev.neurite.io.Catalog]:
/// `./neurite list` shows them.
///
/// Without ids, rows are ordered by a hash of their content. The last bits of the weights depend on `shards`,
/// and not on the number of workers. `monitor` is `loss`, `accuracy` or one of `metrics` on the rows of
/// validation, or `train_loss` or `train_accuracy`; without rows of validation the default is `train_loss`.
///
/// `checkpointDir` is a directory of any Hadoop file system, for one fit. Another fit finds the checkpoints of
/// the first there: of the same rows and settings it trains nothing and returns that model, of others it is
/// refused. So leave it out with `CrossValidator` and `TrainValidationSplit`, which fit several times.
/// @param <E> the estimator
public sealed interface TrainingParams<E> extends Params permits NeuriteClassifier, NeuriteRegressor {
    /// Sets the parameters that a configuration gives, a document of YAML as `./neurite train FILE` takes it:
    /// ```yaml
    /// network: {layers: [64, 32], activation: gelu, dropout: 0.2}
    /// optimizer: {name: adamw, rate: 0.002, weight-decay: 0.05}
    /// schedule: cosine
    /// epochs: 5
    /// batch: 64
    /// shards: 8
    /// ```
    /// `network` is `hiddenLayers`, `stack` or `architecture`, with `activation` and `dropout`; the `rate` of
    /// the optimizer is `stepSize`. All other keys are settings of the [TrainingTable], whose parameters have
    /// MLlib's names where MLlib has them (`epochs` is `maxIter`), else their own: `clip-norm` is `clipNorm`.
    /// `rows-by-shard` may be `true`, as estimators always train so.
    ///
    /// A network takes the place of another one that was set. A parameter without a key stays as it is, so its
    /// default is that of estimators, not that of the command line.
    ///
    /// The key `data` may name what the command line trains on; here the rows are those of the DataFrame. They
    /// are not standardized: `network: {standardize: true}` is refused, as is every other key. What depends on
    /// other parameters, such as a monitored metric, or a batch that shards do not divide, is refused by `fit`.
    /// @throws dev.neurite.error.ConfigException for what is no YAML, a key that no parameter has, or a value
    /// that is unknown or out of range; with the line. No parameter is set then
    @SuppressWarnings("unchecked") // E is the estimator
    default E configure(String yaml) {
        YamlSettings.configure(this, yaml);
        return (E) this;
    }

    // ----------------------------------------------------------------------------------------------------- columns

    /// The column of weights.
    default Param<String> weightCol() {
        return text("weightCol", "column of weights: factors of the rows' losses, at least 0 (default: all are 1)");
    }

    /// The column of ids.
    default Param<String> idCol() {
        return text(
                "idCol",
                "column of ids, whole numbers or strings, another one for each row; they order the rows"
                        + " (default: none, rows are ordered by their content)");
    }

    /// The column that is true for rows of validation.
    default Param<String> validationIndicatorCol() {
        return text(
                "validationIndicatorCol",
                "column of booleans: true for rows to validate on instead of training (default: none)");
    }

    /// Sets the column of weights.
    default E setWeightCol(String value) {
        return with(weightCol(), value);
    }

    /// Sets the column of ids.
    default E setIdCol(String value) {
        return with(idCol(), value);
    }

    /// Sets the column that is true for rows of validation.
    default E setValidationIndicatorCol(String value) {
        return with(validationIndicatorCol(), value);
    }

    // --------------------------------------------------------------------------------------------------- the network

    /// The sizes of dense layers.
    default IntArrayParam layers() {
        return new IntArrayParam(
                this,
                "layers",
                "number of inputs, units of each hidden layer, number of outputs, each at least 1 (default: one"
                        + " hidden layer of 128 units)");
    }

    /// The units of hidden layers.
    default IntArrayParam hiddenLayers() {
        return new IntArrayParam(
                this,
                "hiddenLayers",
                "units of each hidden layer, each at least 1; empty for no hidden layer (default: one of 128 units)");
    }

    /// The layers as texts.
    default StringArrayParam stack() {
        return new StringArrayParam(
                this,
                "stack",
                "layers first to last, such as conv2d:channels=8,kernel=3,activation=relu; the output layer is added"
                        + " (default: none)");
    }

    /// A ready-made network.
    default Param<String> architecture() {
        return text("architecture", "ready-made network for images, such as resnet:depth=20 (default: none)");
    }

    /// The model to begin with.
    default Param<Model> initialModel() {
        return new ModelParam(uid(), "initialModel", "model to train, with its parameters (default: none)");
    }

    /// The shape of a row's inputs.
    default IntArrayParam inputShape() {
        return new IntArrayParam(
                this, "inputShape", "shape of a row's inputs, such as 1, 28, 28 (default: as the features are)");
    }

    /// The activation of hidden layers.
    default Param<String> activation() {
        return text("activation", "activation of hidden layers");
    }

    /// The dropout rate.
    default DoubleParam dropout() {
        return new DoubleParam(uid(), "dropout", "dropout rate after each hidden layer, 0 to below 1");
    }

    /// Sets the sizes of dense layers.
    default E setLayers(int... value) {
        return with(layers(), value);
    }

    /// Sets the units of hidden layers.
    default E setHiddenLayers(int... value) {
        return with(hiddenLayers(), value);
    }

    /// Sets the layers as texts.
    default E setStack(String... value) {
        return with(stack(), value);
    }

    /// Sets a ready-made network.
    default E setArchitecture(String value) {
        return with(architecture(), value);
    }

    /// Sets the model to begin with.
    default E setInitialModel(Model value) {
        return with(initialModel(), value);
    }

    /// Sets the shape of a row's inputs.
    default E setInputShape(int... value) {
        return with(inputShape(), value);
    }

    /// Sets the activation of hidden layers.
    default E setActivation(String value) {
        return with(activation(), value);
    }

    /// Sets the dropout rate.
    default E setDropout(double value) {
        return with(dropout(), value);
    }

    // -------------------------------------------------------------------------------------------------- the training

    /// The parameter of any setting of a training.
    /// @param name its name in the [TrainingTable]: `clip-norm`
    /// @throws ConfigException for a setting that estimators do not have
    default Param<?> setting(String name) {
        TrainingSetting<?> setting = TrainingTable.find(name)
                .filter(SettingParams::has)
                .orElseThrow(() -> new ConfigException(
                        name,
                        "expects a setting of estimators, got '" + name + "'",
                        Spelling.hint(
                                name,
                                SettingParams.all().stream()
                                        .map(TrainingSetting::name)
                                        .toList())));
        return SettingParams.param(this, setting);
    }

    /// Sets any setting of a training: `with("clip-norm", 1.0)`.
    /// @param name its name in the [TrainingTable]
    /// @param value a number, a truth value, a text, or an array of texts, as the parameter takes it
    /// @throws ConfigException for a setting that estimators do not have
    @SuppressWarnings("unchecked") // Spark checks the type of the value
    default E with(String name, Object value) {
        return with((Param<Object>) setting(name), value);
    }

    /// What training minimizes.
    @SuppressWarnings("unchecked") // the table has a text there
    default Param<String> loss() {
        return (Param<String>) setting("loss");
    }

    /// The rule of updates.
    @SuppressWarnings("unchecked") // the table has a text there
    default Param<String> optimizer() {
        return (Param<String>) setting("optimizer");
    }

    /// The learning rate.
    default DoubleParam stepSize() {
        return (DoubleParam) setting("lr");
    }

    /// How the learning rate changes.
    @SuppressWarnings("unchecked") // the table has a text there
    default Param<String> schedule() {
        return (Param<String>) setting("schedule");
    }

    /// The number of epochs.
    default IntParam maxIter() {
        return (IntParam) setting("epochs");
    }

    /// The number of rows of a step.
    default IntParam batchSize() {
        return (IntParam) setting("batch");
    }

    /// The number of parts of a step.
    default IntParam shards() {
        return (IntParam) setting("shards");
    }

    /// The number of workers.
    default IntParam workers() {
        return new IntParam(
                uid(),
                "workers",
                "tasks that train together, at least 0; 0 for one on each executor, at most 'shards'");
    }

    /// The seed.
    default LongParam seed() {
        return (LongParam) setting("seed");
    }

    /// The metrics.
    default StringArrayParam metrics() {
        return (StringArrayParam) setting("metrics");
    }

    /// When to end early.
    default IntParam patience() {
        return (IntParam) setting("early-stopping");
    }

    /// The smallest improvement.
    default DoubleParam tol() {
        return (DoubleParam) setting("min-delta");
    }

    /// The metric that must improve.
    @SuppressWarnings("unchecked") // the table has a text there
    default Param<String> monitor() {
        return (Param<String>) setting("monitor");
    }

    /// The directory of checkpoints.
    default Param<String> checkpointDir() {
        return text("checkpointDir", "directory of checkpoints of one fit, of any Hadoop file system (default: none)");
    }

    /// The longest wait.
    default DoubleParam timeout() {
        return new DoubleParam(uid(), "timeout", "longest wait for another worker in seconds, above 0");
    }

    /// Sets what training minimizes.
    default E setLoss(String value) {
        return with(loss(), value);
    }

    /// Sets the rule of updates.
    default E setOptimizer(String value) {
        return with(optimizer(), value);
    }

    /// Sets the learning rate.
    default E setStepSize(double value) {
        return with(stepSize(), value);
    }

    /// Sets how the learning rate changes.
    default E setSchedule(String value) {
        return with(schedule(), value);
    }

    /// Sets the number of epochs.
    default E setMaxIter(int value) {
        return with(maxIter(), value);
    }

    /// Sets the number of rows of a step.
    default E setBatchSize(int value) {
        return with(batchSize(), value);
    }

    /// Sets the number of parts of a step.
    default E setShards(int value) {
        return with(shards(), value);
    }

    /// Sets the number of workers.
    default E setWorkers(int value) {
        return with(workers(), value);
    }

    /// Sets the seed.
    default E setSeed(long value) {
        return with(seed(), value);
    }

    /// Sets the metrics.
    default E setMetrics(String... value) {
        return with(metrics(), value);
    }

    /// Sets when to end early.
    default E setPatience(int value) {
        return with(patience(), value);
    }

    /// Sets the smallest improvement.
    default E setTol(double value) {
        return with(tol(), value);
    }

    /// Sets the metric that must improve.
    default E setMonitor(String value) {
        return with(monitor(), value);
    }

    /// Sets the directory of checkpoints.
    default E setCheckpointDir(String value) {
        return with(checkpointDir(), value);
    }

    /// Sets the longest wait.
    default E setTimeout(double seconds) {
        return with(timeout(), seconds);
    }

    // ------------------------------------------------------------------------------------------------------- helpers

    /// These parameters and those of settings that have no method, sorted by name as Spark does.
    /// @param own those of methods
    default Param<?>[] allParams(Param<?>[] own) {
        Map<String, Param<?>> all = new TreeMap<>();
        for (TrainingSetting<?> each : SettingParams.all()) {
            Param<?> param = SettingParams.param(this, each);
            all.put(param.name(), param);
        }
        for (Param<?> each : own) all.put(each.name(), each);
        return all.values().toArray(Param<?>[]::new);
    }

    private Param<String> text(String name, String doc) {
        return new Param<>(uid(), name, doc, String.class);
    }

    @SuppressWarnings("unchecked") // E is the estimator
    private <T> E with(Param<? extends T> param, T value) {
        set((Param<T>) param, value);
        return (E) this;
    }
}
