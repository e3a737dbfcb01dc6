package dev.neurite.cli.run;

import dev.neurite.cli.input.LoadedData;
import dev.neurite.cli.network.NetworkSource;
import dev.neurite.cli.option.LoraOptions;
import dev.neurite.cli.option.TrainSettings;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.io.Catalog;
import dev.neurite.io.PretrainedWeights.Transfer;
import dev.neurite.io.Spec;
import dev.neurite.loss.Loss;
import dev.neurite.metric.Metric;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.model.Network;
import dev.neurite.network.OutputHead;
import dev.neurite.settings.Naming;
import dev.neurite.settings.TrainingSetting.Section;
import dev.neurite.settings.TrainingSettings;
import dev.neurite.signature.Signature;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Memory;
import dev.neurite.train.TargetScaler;
import dev.neurite.train.Trainer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// All that a training needs: data, a model that fits it, and settings with defaults filled in.
/// @param settings of the training, with those that depend on the data
/// @param data in its parts
/// @param model with initial parameters
/// @param start the weights of another model that this one begins with; empty for none
/// @param loss to minimize
/// @param scale of the targets, which are scaled for training; empty if they are not scaled
public record TrainingPlan(
        TrainSettings settings,
        LoadedData data,
        Model model,
        Optional<Transfer> start,
        Loss loss,
        Optional<TargetScaler> scale) {
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
        if (data.validatesOnTest()) settings.requireValidation();
        Dataset train = data.train();
        boolean text = NetworkSource.vocabulary(train) > 0;
        boolean table = NetworkSource.isTable(train);
        boolean series = settings.data().table().series().isPresent();
        int usual = text ? TEXT_BATCH : table ? TABLE_BATCH : series ? SERIES_BATCH : IMAGE_BATCH;
        boolean fixed = data.origin().named();
        int batch = settings.training().has("batch")
                ? settings.trainer().batchSize()
                : fixed ? usual : batch(usual, train, settings);
        int epochs =
                text ? TEXT_EPOCHS : table ? TABLE_EPOCHS : series ? seriesEpochs(train.size(), batch) : IMAGE_EPOCHS;
        if (data.origin().images().isPresent()) epochs = Math.max(epochs, epochs(train.size(), batch));
        TrainingSettings training = settings.training()
                .forData(train, Naming.OPTIONS)
                .withUsual("batch", Integer.toString(batch))
                .withUsual("epochs", Integer.toString(epochs));
        training.requireShards(batch, Naming.OPTIONS);
        training.requireEpochs(Naming.OPTIONS);
        Loss loss = (Loss) training.preview().loss();
        OutputHead end = OutputHead.of("--loss " + Catalog.standard().brief(loss), loss, train);
        Graph graph = settings.network().graph(train, end);
        if (settings.network().lora().isEmpty()) {
            requireParameters(graph, train, settings);
        } else if (end.scaled()) {
            throw new ConfigException(
                    LoraOptions.LORA,
                    "expects classes or texts, got numbers to predict: the last layer of a run gives them in their"
                            + " units",
                    "Train all weights of the run: without " + LoraOptions.LORA);
        }
        Model fresh = Model.of(NetworkSource.shapes(train), graph).initialize(settings.seed());
        Optional<Transfer> start = settings.network().transfer(fresh);
        Model whole = start.map(each -> onScaledTargets(each.model(), fresh)).orElse(fresh);
        Model model = settings.network().adapted(whole, start, settings.seed());
        return new TrainingPlan(
                settings.withTraining(training),
                data,
                model,
                start,
                loss,
                end.scaled() ? Optional.of(TargetScaler.of(train)) : Optional.empty());
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
        return of(settings, settings.watchesMetric() ? fold.withValidation(settings) : fold);
    }

    /// The default batch size for this many rows: the largest power of two that gives enough steps an epoch, and is a
    /// multiple of the shards.
    /// @param most the batch size for many rows
    private static int batch(int most, Dataset train, TrainSettings settings) {
        int fitting = Integer.highestOneBit(Math.max(1, train.size() / LEAST_STEPS));
        int shards = settings.trainer().shards();
        return Math.clamp(fitting, Math.clamp(shards, LEAST_BATCH, most), most);
    }

    /// The default number of epochs for images: so many that there are enough steps.
    private static int epochs(int rows, int batch) {
        return Math.min(MOST_IMAGE_EPOCHS, Math.ceilDiv(IMAGE_STEPS, Math.ceilDiv(rows, batch)));
    }

    /// Refuses a network whose parameters alone do not fit into memory, before they are allocated.
    private static void requireParameters(Graph graph, Dataset train, TrainSettings settings) {
        if (settings.minimizes()) return;
        Memory.ofParameters(
                        new Network(graph, NetworkSource.shapes(train)),
                        settings.trainer().optimizer())
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

    /// The trainer with all settings, but without metrics, which need the units of the data.
    public Trainer trainer() {
        return settings.training().trainer(model).metrics();
    }

    public int epochs() {
        return settings.trainer().epochs();
    }

    public int batch() {
        return settings.trainer().batchSize();
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

    /// The trained model with outputs in the units of the data, and without adapters: they are merged.
    public Model inDataUnits(Model trained) {
        Model merged = settings.network().merged(trained);
        return scale.map(each -> each.undo(merged)).orElse(merged);
    }

    /// Short notes on loss, optimizer, data and batch size.
    public List<String> stepNotes() {
        Trainer trainer = settings.trainer();
        List<String> notes = new ArrayList<>(TrainingSettings.notes(trainer, Set.of(Section.LOSS, Section.OPTIMIZER)));
        notes.addAll(TrainingSettings.notes(trainer, Set.of(Section.DATA)));
        notes.addAll(settings.data().notes());
        notes.addAll(TrainingSettings.notes(trainer, Set.of(Section.BATCHES)));
        return notes;
    }

    /// Short notes on all settings of the training.
    List<String> notes() {
        Trainer trainer = settings.trainer();
        List<String> notes = stepNotes();
        if (!settings.minimizes())
            notes.add("lr " + Spec.number(trainer.optimizer().rate()));
        notes.addAll(TrainingSettings.notes(trainer, Set.of(Section.EPOCHS, Section.STOPPING)));
        notes.addAll(settings.checkpoints().notes());
        return notes;
    }

    /// The value of every option, for `config.yaml`: by the option's name, in the form that the option takes.
    /// @param source the name of the data
    Map<String, Object> toJson(String source) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("data", source);
        settings.data().describe(json);
        settings.network().describe(json, data.train());
        json.putAll(settings.training().describe(settings.trainer()));
        settings.checkpoints().describe(json);
        return json;
    }
}
