package dev.neurite.cli.option;

import dev.neurite.cli.network.NetworkSource;
import dev.neurite.cli.report.MetricNames;
import dev.neurite.data.Dataset;
import dev.neurite.data.image.ImageInput;
import dev.neurite.error.ConfigException;
import dev.neurite.error.Spelling;
import dev.neurite.io.Catalog;
import dev.neurite.loss.Loss;
import dev.neurite.metric.Metric;
import dev.neurite.network.SmallCnn;
import dev.neurite.optim.Schedule;
import dev.neurite.settings.Naming;
import dev.neurite.settings.TrainingSetting;
import dev.neurite.settings.TrainingSettings;
import dev.neurite.settings.TrainingTable;
import dev.neurite.train.MonitoredMetric;
import dev.neurite.train.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// All settings of `train`, checked before any data is read.
/// @param data of the data
/// @param network of the network
/// @param training of the trainer
/// @param checkpoints of checkpoints
public record TrainSettings(
        DataSettings data, NetworkSettings network, TrainingSettings training, CheckpointSettings checkpoints) {
    /// The shards of a training on a cluster, if the user does not say: they divide the usual batch sizes, and the
    /// result does not depend on the number of workers.
    private static final String CLUSTER_SHARDS = "8";

    private static final String IMAGE_OPTIMIZER = "adam:rate=0.003"; // of a small network with batch norm

    /// For a directory of images: shifted a little. Nothing is mirrored, as letters must not be.
    private static final String IMAGE_AUGMENTATION = "translate";

    private static final String MONITOR = "monitor";
    private static final String SCHEDULE_METRIC = "schedule-metric";
    private static final String EARLY_STOPPING = "early-stopping";
    private static final String ACCURACY = "accuracy";
    private static final String NO_VALIDATION = "expects validation data, got only training and test data";

    /// A trainer with the settings of the training, of some model.
    public Trainer trainer() {
        return training.preview();
    }

    /// The seed of all random choices.
    public long seed() {
        return trainer().seed();
    }

    /// The number of threads that compute.
    public int threads() {
        return trainer().threads();
    }

    /// Whether L-BFGS minimizes over all rows, instead of an optimizer that takes a step for each batch.
    public boolean minimizes() {
        return trainer().minimizer().isPresent();
    }

    private TrainSettings with(DataSettings otherData, NetworkSettings otherNetwork, TrainingSettings otherTraining) {
        return new TrainSettings(otherData, otherNetwork, otherTraining, checkpoints);
    }

    /// The same with other settings of the trainer.
    public TrainSettings withTraining(TrainingSettings other) {
        return with(data, network, other);
    }

    /// The same without a validation part.
    public TrainSettings withoutValidation() {
        return with(data.withoutValidation(), network, training);
    }

    /// The same for a training on a cluster: rows belong to shards.
    /// @throws ConfigException naming the first option that a cluster does not have
    public TrainSettings onCluster() {
        if (minimizes()) throw ClusterOptions.refused("--optimizer lbfgs", "");
        for (TrainingSetting<?> each : TrainingTable.all()) {
            if (each.onCluster() || !training.changes(each.name())) continue;
            String hint = each.name().equals("validate-every") ? "The model is evaluated at the end of each epoch" : "";
            throw ClusterOptions.refused(Naming.OPTIONS.of(each.name()), hint);
        }
        if (checkpoints.steps().isPresent()) {
            throw ClusterOptions.refused(
                    CheckpointOptions.CHECKPOINT_EVERY, "Use " + CheckpointOptions.CHECKPOINT_EPOCHS);
        }
        TrainingSettings spread = training.withUsual("shards", CLUSTER_SHARDS).with("rows-by-shard", "true");
        return withTraining(TrainingSettings.of(spread.given(), Naming.OPTIONS));
    }

    /// The same for a directory of images: with the size that images have by default, and, if no network was chosen,
    /// with a small convolutional one, augmentation, and a rate that falls; each unless another was chosen.
    /// @param how images are read
    public TrainSettings forImages(ImageInput how, Dataset train) {
        DataSettings read = data.withImages(how);
        boolean small = SmallCnn.takes(train.inputShape());
        if (!small || !(network.source() instanceof NetworkSource.Usual usual)) return with(read, network, training);
        TrainingSettings chosen = training;
        if (!minimizes()) { // L-BFGS takes the same rows each time, and no schedule
            chosen = chosen.withUsual("augment", IMAGE_AUGMENTATION)
                    .withUsual("optimizer", IMAGE_OPTIMIZER)
                    .withUsual("schedule", "cosine");
        }
        return with(read, network.withSource(usual.ofImages()), chosen);
    }

    /// Whether a setting is one of single steps, which commands have that take a few: no epochs, nothing about a run.
    public static boolean isOfSteps(TrainingSetting<?> setting) {
        return switch (setting.section()) {
            case LOSS, OPTIMIZER, BATCHES, DATA -> true;
            case EPOCHS, STOPPING, RUN -> false;
        };
    }

    // -------------------------------------------------------------------------------------------------------- checks

    /// Refuses L-BFGS, for commands that inspect single steps with a learning rate.
    public void requireSteps() {
        if (!minimizes()) return;
        throw new ConfigException(
                "--optimizer",
                "expects an optimizer that takes a step for each batch, got "
                        + Catalog.standard().brief(trainer().minimizer().orElseThrow()));
    }

    /// Refuses what depends on validation data, for data without a validation part.
    public void requireValidation() {
        for (String each : List.of(EARLY_STOPPING, MONITOR)) {
            if (training.has(each)) {
                throw new ConfigException(Naming.OPTIONS.of(each), NO_VALIDATION, "Add --validation 0.1");
            }
        }
        if (!watchesMetric()) return;
        throw new ConfigException(
                "--schedule",
                "expects validation data, as "
                        + Catalog.standard().brief(trainer().schedule())
                        + " depends on its "
                        + (trainer().schedule().monitors() == Schedule.Monitors.HIGHER
                                ? ACCURACY
                                : MonitoredMetric.LOSS)
                        + ", got only training and test data",
                "Add --validation 0.1");
    }

    /// Whether the schedule watches a metric. That must not be one of the test data.
    public boolean watchesMetric() {
        boolean watches = trainer().schedule().monitors() != Schedule.Monitors.NOTHING;
        return watches && !training.get(SCHEDULE_METRIC).orElse("").startsWith("train_");
    }

    /// Refuses to stop early, for a search, whose trials are compared after the same number of epochs.
    public void refuseForSearch() {
        for (String each : List.of(EARLY_STOPPING, MONITOR, "time-limit")) {
            if (!training.has(each)) continue;
            throw new ConfigException(
                    Naming.OPTIONS.of(each),
                    "expects a training, got a search, whose trials run all their epochs",
                    "Leave it out; epochs can be searched, too");
        }
    }

    /// The first option about the end of a training, or checkpoints, that is given; empty if none is.
    public Optional<String> givenStop() {
        return List.of(EARLY_STOPPING, MONITOR, "time-limit", "validate-every", "profile", "watch-updates").stream()
                .filter(training::has)
                .map(Naming.OPTIONS::of)
                .findFirst()
                .or(checkpoints::givenOption);
    }

    /// The loss for this data.
    /// @throws ConfigException for settings of classes if the data has none
    public Loss loss(Dataset train) {
        return (Loss) training.forData(train, Naming.OPTIONS).preview().loss();
    }

    /// The metrics to measure after each epoch.
    public List<Metric> metrics() {
        return training.get("metrics").isPresent()
                ? MetricNames.parse(String.join(",", training.given().get("metrics")))
                : List.of();
    }

    /// The metric that decides which epoch is best; empty if none was chosen.
    public Optional<String> monitor() {
        return training.get(MONITOR);
    }

    /// Refuses to monitor a metric that is not measured.
    /// @param metrics the metrics that are measured, besides loss and accuracy
    public void requireMeasured(List<Metric> metrics) {
        List<String> known = new ArrayList<>(List.of(MonitoredMetric.LOSS, ACCURACY));
        for (Metric metric : metrics) known.add(metric.name());
        requireKnown(MONITOR, known);
        known.addAll(List.of(MonitoredMetric.TRAIN_LOSS, "train_accuracy"));
        requireKnown(SCHEDULE_METRIC, known);
    }

    private void requireKnown(String setting, List<String> known) {
        String metric = training.get(setting).orElse(MonitoredMetric.LOSS);
        if (known.contains(metric)) return;
        String hint = Spelling.hint(metric, known);
        throw new ConfigException(
                Naming.OPTIONS.of(setting),
                "expects " + String.join(", ", known) + ", got '" + metric + "'",
                hint.isEmpty() ? "Add it to " + MetricNames.OPTION : hint);
    }
}
