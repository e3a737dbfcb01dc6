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
import dev.neurite.train.Memory;
import dev.neurite.train.Reduction;
import dev.neurite.train.TargetScaler;
import dev.neurite.train.Trainer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A network that fits a data set, and all that it takes to train it.
/// @param settings what was chosen
/// @param data what to learn from and to test with
/// @param model with its initial parameters
/// @param start what the model begins with of another's; empty for nothing
/// @param loss what to make small
/// @param scale how the answers in `data` were scaled; empty where they are as they were
/// @param epochs how often to go through the data
/// @param batch rows of a batch
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
    private static final int IMAGE_EPOCHS = 5;
    private static final int IMAGE_BATCH = 128;

    /// Builds the network.
    /// @throws dev.neurite.error.NeuriteException if something does not
    public static TrainingPlan of(TrainSettings settings, LoadedData loaded) {
        LoadedData data = loaded.withTrain(settings.data().balanced(loaded.train(), settings.seed()));
        if (data.watchesTest()) {
            settings.keeping().requireValidation();
            settings.course().requireValidation();
        }
        Dataset train = data.train();
        Loss loss = settings.loss().loss(train);
        OutputHead end =
                OutputHead.of(LossOptions.LOSS + " " + Catalog.standard().brief(loss), loss, train);
        Graph graph = settings.network().graph(train, end);
        requireParameters(graph, train, settings.update().rule());
        Model fresh = Model.of(List.of(train.inputShape()), graph).initialize(settings.seed());
        Optional<Transfer> start = settings.network().begin(fresh);
        Model model = start.map(Transfer::model).orElse(fresh);
        boolean table = NetworkSource.isTable(train);
        return new TrainingPlan(
                settings,
                data,
                model,
                start,
                loss,
                end.scaled() ? Optional.of(TargetScaler.of(train)) : Optional.empty(),
                settings.course().epochs().orElse(table ? TABLE_EPOCHS : IMAGE_EPOCHS),
                settings.update().batch().orElse(table ? TABLE_BATCH : IMAGE_BATCH));
    }

    /// Refuses a network whose parameters alone do not fit, before there are any.
    private static void requireParameters(Graph graph, Dataset train, Record rule) {
        if (!(rule instanceof Optimizer optimizer)) return;
        Memory.ofParameters(new Network(graph, List.of(train.inputShape())), optimizer)
                .requireRoom(true);
    }

    /// The memory that a training takes besides its data.
    public Memory memory() {
        return trainer().memory(train(), watched());
    }

    /// Refuses a training that does not fit into memory, before it begins.
    public void requireMemory() {
        memory().requireRoom(false);
    }

    /// A trainer of the network, with all that was chosen.
    public Trainer trainer() {
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
        return settings.keeping()
                .apply(settings.course().apply(settings.update().apply(trainer), epochs));
    }

    /// What to learn from, with answers scaled if they are.
    public Dataset train() {
        return scaled(data.train());
    }

    /// What to measure on while training, with answers scaled if they are.
    public Dataset watched() {
        return scaled(data.watched());
    }

    private Dataset scaled(Dataset original) {
        return scale.map(each -> each.apply(original)).orElse(original);
    }

    /// Metrics of what the network says while it trains, in the units of the data.
    Metric[] measured(List<Metric> metrics) {
        return metrics.stream()
                .map(each -> scale.map(units -> units.ofOwnUnits(each)).orElse(each))
                .toArray(Metric[]::new);
    }

    /// The trained model, giving answers in the units of the data.
    public Model finished(Model trained) {
        return scale.map(each -> each.undo(trained)).orElse(trained);
    }

    /// What a step does, short.
    public List<String> stepNotes() {
        List<String> notes = new ArrayList<>();
        notes.add(Catalog.standard().brief(loss) + (settings.loss().reduction() == Reduction.SUM ? " (sum)" : ""));
        notes.addAll(settings.update().notes());
        notes.addAll(settings.data().notes());
        notes.add("batch " + batch);
        return notes;
    }

    /// What a training does, short.
    List<String> notes() {
        List<String> notes = stepNotes();
        if (settings.update().rule() instanceof Optimizer rule) notes.add("lr " + Spec.number(rule.rate()));
        notes.addAll(settings.course().notes());
        notes.addAll(settings.keeping().notes());
        notes.add("epochs " + epochs);
        return notes;
    }

    /// What `config.yaml` holds: every choice that was made, under the name of its option and as the option takes it.
    /// @param source the name of the data
    Map<String, Object> toJson(String source) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("data", source);
        settings.data().describe(json);
        settings.network().describe(json, data.train());
        json.put("loss", Catalog.standard().text(loss));
        json.put("reduction", EnumChoice.name(settings.loss().reduction()));
        settings.update().describe(json);
        settings.course().describe(json);
        settings.keeping().describe(json);
        json.put("epochs", epochs);
        json.put("batch", batch);
        json.put("seed", settings.seed());
        json.put("threads", settings.threads());
        return json;
    }
}
