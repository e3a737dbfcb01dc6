package dev.neurite.cli.run;

import dev.neurite.cli.input.LoadedData;
import dev.neurite.cli.network.NetworkSource;
import dev.neurite.cli.option.EnumChoice;
import dev.neurite.cli.option.LossOptions;
import dev.neurite.cli.option.TrainSettings;
import dev.neurite.data.Dataset;
import dev.neurite.io.Catalog;
import dev.neurite.io.PretrainedWeights.Transfer;
import dev.neurite.io.Spec;
import dev.neurite.loss.Loss;
import dev.neurite.metric.Metric;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.model.Network;
import dev.neurite.network.OutputHead;
import dev.neurite.optim.Optimizer;
import dev.neurite.signature.Signature;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Memory;
import dev.neurite.train.Reduction;
import dev.neurite.train.TargetScaler;
import dev.neurite.train.Trainer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// All that a training needs: data, a model that fits it, and settings with defaults filled in.
/// @param settings of the training
/// @param data in its parts
/// @param model with initial parameters
/// @param start the weights of another model that this one begins with; empty for none
/// @param loss to minimize
/// @param scale of the targets, which are scaled for training; empty if they are not scaled
/// @param epochs the number of epochs
/// @param batch the batch size
public record TrainingPlan(
        TrainSettings settings,
        LoadedData data,
        Model model,
        Optional<Transfer> start,
        Loss loss,
        Optional<TargetScaler> scale,
        int epochs,
        int batch) {
    private static final int TABLE_EPOCHS = 50;
    private static final int TABLE_BATCH = 16;
    private static final int SERIES_EPOCHS = 20; // or more:
    private static final int SERIES_STEPS = 1000;
    private static final int MOST_EPOCHS = 400;
    private static final int SERIES_BATCH = 32;
    private static final int TEXT_EPOCHS = 10;
    private static final int TEXT_BATCH = 32;
    private static final int IMAGE_EPOCHS = 5;
    private static final int IMAGE_BATCH = 128;

    /// Steps of an epoch: with fewer, few rows are hardly trained on in the usual number of epochs.
    private static final int LEAST_STEPS = 20;

    private static final int LEAST_BATCH = 4;

    /// Steps of a training on a directory of images.
    private static final int IMAGE_STEPS = 1200;

    private static final int MOST_IMAGE_EPOCHS = 100;

    /// Builds the network.
    /// @throws dev.neurite.error.NeuriteException if settings, network and data do not fit
    public static TrainingPlan of(TrainSettings given, LoadedData loaded) {
        TrainSettings settings = loaded.origin()
                .images()
                .map(how -> given.forImages(how, loaded.train()))
                .orElse(given);
        LoadedData data = ClassBalance.remark(loaded.train(), settings)
                .map(loaded::withRemark)
                .orElse(loaded)
                .withTrain(settings.data().balanced(loaded.train(), settings.seed()));
        if (data.validatesOnTest()) {
            settings.checkpoints().requireValidation();
            settings.schedule().requireValidation();
        }
        Dataset train = data.train();
        boolean text = NetworkSource.vocabulary(train) > 0;
        boolean table = NetworkSource.isTable(train);
        boolean series = settings.data().table().series().isPresent();
        int usual = text ? TEXT_BATCH : table ? TABLE_BATCH : series ? SERIES_BATCH : IMAGE_BATCH;
        boolean fixed = data.origin().named();
        int batch = settings.optimizer().batch().orElseGet(() -> fixed ? usual : batch(usual, train, settings));
        int epochs =
                text ? TEXT_EPOCHS : table ? TABLE_EPOCHS : series ? seriesEpochs(train.size(), batch) : IMAGE_EPOCHS;
        if (data.origin().images().isPresent()) epochs = Math.max(epochs, epochs(train.size(), batch));
        settings.optimizer().requireShards(batch);
        settings.schedule().requireMeasured(train);
        Loss loss = settings.loss().loss(train);
        OutputHead end =
                OutputHead.of(LossOptions.LOSS + " " + Catalog.standard().brief(loss), loss, train);
        Graph graph = settings.network().graph(train, end);
        requireParameters(graph, train, settings.optimizer().rule());
        Model fresh = Model.of(NetworkSource.shapes(train), graph).initialize(settings.seed());
        Optional<Transfer> start = settings.network().transfer(fresh);
        Model model = start.map(each -> onScaledTargets(each.model(), fresh)).orElse(fresh);
        return new TrainingPlan(
                settings,
                data,
                model,
                start,
                loss,
                end.scaled() ? Optional.of(TargetScaler.of(train)) : Optional.empty(),
                settings.schedule().epochs().orElse(epochs),
                batch);
    }

    /// Short series get more epochs, so that a linear model of their past is trained to its end.
    private static int seriesEpochs(int windows, int batch) {
        int steps = Math.ceilDiv(windows, batch);
        return Math.clamp(Math.ceilDiv(SERIES_STEPS, steps), SERIES_EPOCHS, MOST_EPOCHS);
    }

    /// Takes the units of forecasts, which a trained model has in its statistics, out of it again.
    private static Model onScaledTargets(Model trained, Model fresh) {
        String last = fresh.graph().applications().getLast().name();
        Map<String, Tensor> units = new LinkedHashMap<>();
        for (String each : List.of(last + ".mean", last + ".factor")) {
            if (fresh.statistics().has(each)) units.put(each, fresh.statistics().get(each));
        }
        return units.size() < 2 ? trained : trained.with(units);
    }

    /// The training on one fold of the data. If the schedule watches a metric, `--validation` splits the
    /// training part of the fold again.
    /// @throws dev.neurite.error.NeuriteException if settings, network and data do not fit
    public static TrainingPlan ofFold(TrainSettings settings, LoadedData fold) {
        return of(settings, settings.schedule().watchesMetric() ? fold.withValidation(settings) : fold);
    }

    /// The default batch size for this many rows: the largest power of two that gives enough steps an epoch, and is a
    /// multiple of the shards.
    /// @param most the batch size for many rows
    private static int batch(int most, Dataset train, TrainSettings settings) {
        int fitting = Integer.highestOneBit(Math.max(1, train.size() / LEAST_STEPS));
        int shards = settings.optimizer().shards().orElse(1);
        return Math.clamp(fitting, Math.clamp(shards, LEAST_BATCH, most), most);
    }

    /// The default number of epochs for images: so many that there are enough steps.
    private static int epochs(int rows, int batch) {
        return Math.min(MOST_IMAGE_EPOCHS, Math.ceilDiv(IMAGE_STEPS, Math.ceilDiv(rows, batch)));
    }

    /// Refuses a network whose parameters alone do not fit into memory, before they are allocated.
    private static void requireParameters(Graph graph, Dataset train, Record rule) {
        if (!(rule instanceof Optimizer optimizer)) return;
        Memory.ofParameters(new Network(graph, NetworkSource.shapes(train)), optimizer)
                .requireRoom(true);
    }

    /// The memory of the training without its data.
    public Memory memory() {
        return trainer().memory(train(), validation());
    }

    /// Refuses a training that does not fit into memory.
    public void requireMemory() {
        memory().requireRoom(false);
    }

    /// The trainer with all settings.
    public Trainer trainer() {
        return trainer(settings, model, loss, epochs, batch);
    }

    private static Trainer trainer(TrainSettings settings, Model model, Loss loss, int epochs, int batch) {
        Trainer trainer = Trainer.of(model)
                .loss(loss)
                .reduction(settings.loss().reduction())
                .batchSize(batch)
                .seed(settings.seed())
                .threads(settings.threads())
                .augment(settings.data().augmentations());
        if (settings.data().prefetch().isPresent()) {
            trainer = trainer.prefetch(settings.data().prefetch().getAsInt());
        }
        return settings.checkpoints()
                .apply(settings.schedule().apply(settings.optimizer().apply(trainer), epochs));
    }

    /// The trainer of a worker of a cluster, equal to [#trainer()] on the driver.
    /// @param resolved the settings of the run's configuration, in which loss, epochs and batch size are given
    /// @param model the present one
    public static Trainer ofWorker(TrainSettings resolved, Model model) {
        return trainer(
                resolved,
                model,
                resolved.loss().chosen().orElseThrow().make(),
                resolved.schedule().epochs().orElseThrow(),
                resolved.optimizer().batch().orElseThrow());
    }

    /// The training part, with targets scaled if `scale` is set.
    public Dataset train() {
        return scaled(data.train());
    }

    /// The data to evaluate on while training, with targets scaled if `scale` is set.
    public Dataset validation() {
        return scaled(data.validation());
    }

    private Dataset scaled(Dataset original) {
        return scale.map(each -> each.apply(original)).orElse(original);
    }

    /// Metrics that convert scaled outputs back to the units of the data.
    Metric[] inTargetUnits(List<Metric> metrics) {
        return metrics.stream()
                .map(each -> scale.map(units -> units.inOriginalUnits(each)).orElse(each))
                .toArray(Metric[]::new);
    }

    /// What the model takes and gives, as the data says.
    public Signature signature() {
        return Signature.of(model, data.train(), loss);
    }

    /// The trained model with outputs in the units of the data.
    public Model inDataUnits(Model trained) {
        return scale.map(each -> each.undo(trained)).orElse(trained);
    }

    /// Short notes on loss, optimizer, data and batch size.
    public List<String> stepNotes() {
        List<String> notes = new ArrayList<>();
        notes.add(Catalog.standard().brief(loss) + (settings.loss().reduction() == Reduction.SUM ? " (sum)" : ""));
        notes.addAll(settings.optimizer().notes());
        notes.addAll(settings.data().notes());
        notes.add("batch " + batch);
        return notes;
    }

    /// Short notes on all settings of the training.
    List<String> notes() {
        List<String> notes = stepNotes();
        if (settings.optimizer().rule() instanceof Optimizer rule) notes.add("lr " + Spec.number(rule.rate()));
        notes.addAll(settings.schedule().notes());
        notes.addAll(settings.checkpoints().notes());
        notes.add("epochs " + epochs);
        return notes;
    }

    /// The value of every option, for `config.yaml`: by the option's name, in the form that the option takes.
    /// @param source the name of the data
    Map<String, Object> toJson(String source) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("data", source);
        settings.data().describe(json);
        settings.network().describe(json, data.train());
        json.put("loss", Catalog.standard().text(loss));
        json.put("reduction", EnumChoice.name(settings.loss().reduction()));
        settings.optimizer().describe(json);
        settings.schedule().describe(json);
        settings.checkpoints().describe(json);
        json.put("epochs", epochs);
        json.put("batch", batch);
        json.put("seed", settings.seed());
        json.put("threads", settings.threads());
        return json;
    }
}
