package dev.neurite.settings;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.io.Catalog;
import dev.neurite.io.Spec;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonBoolean;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import dev.neurite.layer.Layers;
import dev.neurite.loss.Losses;
import dev.neurite.model.Model;
import dev.neurite.optim.Averaging;
import dev.neurite.optim.Moment;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Schedule;
import dev.neurite.tensor.Shape;
import dev.neurite.train.Callback;
import dev.neurite.train.ClassWeights;
import dev.neurite.train.EarlyStopping;
import dev.neurite.train.ParameterGroup;
import dev.neurite.train.Trainer;
import dev.neurite.train.cluster.TrainerSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Values of some settings of a training, as texts. They make a [Trainer], and a trainer makes them:
///
/// ```java
/// String text = TrainingSettings.of(trainer).text();          // {"loss": "mse", "epochs": 20}
/// Trainer same = TrainingSettings.parse("here", text).trainer(trainer.model());   // equals trainer
/// ```
///
/// [TrainingTable] has the names. Settings that are not given have the defaults of a trainer.
/// @param given the texts of each setting: one, `true` for a flag, several for a list
public record TrainingSettings(Map<String, List<String>> given) implements TrainerSource {
    /// No settings: the defaults.
    public static final TrainingSettings NONE = new TrainingSettings(Map.of());

    private static final Set<String> ALWAYS_NOTED = Set.of("loss", "optimizer", "batch", "epochs");

    /// Any model, to look at settings before there is one.
    private static final Trainer PLAIN = Trainer.of(Model.of(Shape.of(1), Layers.dense(1)));

    /// Keeps a copy in the order of the table.
    /// @throws ConfigException for a name that is not in the table
    public TrainingSettings {
        for (String name : given.keySet()) TrainingTable.get(name, Naming.PLAIN);
        Map<String, List<String>> ordered = new LinkedHashMap<>();
        for (TrainingSetting<?> each : TrainingTable.all()) {
            List<String> texts = given.get(each.name());
            boolean off =
                    each.kind() instanceof SettingKind.Flag && List.of("false").equals(texts);
            if (texts != null && !texts.isEmpty() && !off) ordered.put(each.name(), List.copyOf(texts));
        }
        given = Collections.unmodifiableMap(ordered);
    }

    /// Settings that a user gives, checked.
    /// @param naming how the user writes names, for messages
    /// @throws ConfigException for an unknown name, a value out of range, or settings that exclude each other
    public static TrainingSettings of(Map<String, List<String>> given, Naming naming) {
        TrainingSettings settings = checked(given, naming);
        Trainer trainer = settings.apply(PLAIN, naming);
        settings.requireDecay(trainer, naming);
        if (settings.has("schedule-metric") && trainer.schedule().monitors() == Schedule.Monitors.NOTHING) {
            throw new ConfigException(
                    naming.of("schedule-metric"),
                    "expects a " + naming.of("schedule") + " that watches a metric, as reduce-on-plateau does, got "
                            + Catalog.standard().brief(trainer.schedule()));
        }
        return settings;
    }

    /// Settings, checked but for what has no effect.
    private static TrainingSettings checked(Map<String, List<String>> given, Naming naming) {
        for (String name : given.keySet()) TrainingTable.get(name, naming);
        var settings = new TrainingSettings(given);
        settings.refuseAlternatives(naming);
        settings.checkShards(naming);
        settings.check(settings.apply(PLAIN, naming), naming);
        return settings;
    }

    /// The settings of a trainer that differ from the defaults. Not among them are its model, probes, the state
    /// that it resumes, and callbacks that the result does not depend on, besides
    /// [dev.neurite.train.TimeLimit].
    /// @throws ConfigException for what has no text: a loss or optimizer that is not in the [Catalog], a
    /// callback of your own that the result depends on
    public static TrainingSettings of(Trainer trainer) {
        for (Callback each : trainer.callbacks()) {
            if (!each.affectsResult() || each instanceof EarlyStopping) continue;
            throw new ConfigException("callbacks", "expects callbacks that have a setting, got " + each);
        }
        Map<String, List<String>> given = new LinkedHashMap<>();
        differences(trainer).forEach((name, value) -> given.put(name, texts(value)));
        var settings = new TrainingSettings(given);
        settings.requireAll(trainer);
        return settings;
    }

    /// Refuses a trainer that its text does not tell as it is.
    private void requireAll(Trainer trainer) {
        Trainer again = trainer(trainer.model());
        for (TrainingSetting<?> each : TrainingTable.all()) {
            if (each.value(again).equals(each.value(trainer))) continue;
            throw new ConfigException(
                    each.name(),
                    "expects a value that has a text, got "
                            + each.value(trainer).orElseThrow());
        }
        List<Callback> callbacks =
                trainer.callbacks().stream().filter(Callback::affectsResult).toList();
        if (again.callbacks().containsAll(callbacks) && again.groups().equals(trainer.groups())) return;
        throw new ConfigException(
                "callbacks and groups",
                "expects those that have a text, got " + callbacks + " and " + trainer.groups());
    }

    private static SequencedMap<String, Object> differences(Trainer trainer) {
        SequencedMap<String, Object> different = new LinkedHashMap<>();
        for (TrainingSetting<?> each : TrainingTable.all()) {
            if (each.value(trainer).equals(each.value(PLAIN))) continue;
            Object value = ConfigException.named(each.name(), () -> each.plain(trainer))
                    .orElseThrow(
                            () -> new IllegalStateException(each + " is not what it is by default, but has no text"));
            different.put(each.name(), value);
        }
        return different;
    }

    private static List<String> texts(Object value) {
        return switch (value) {
            case List<?> list -> list.stream().map(String::valueOf).toList();
            case Double number -> List.of(Spec.number(number));
            default -> List.of(value.toString());
        };
    }

    // ----------------------------------------------------------------------------------------------------------- text

    /// Reads what [#text()] writes: a JSON object with a value for each setting.
    /// @param where the file, for messages
    /// @throws ModelFormatException for a text that is no such object
    /// @throws ConfigException for an unknown name, or a value out of range
    public static TrainingSettings parse(String where, String json) {
        try {
            if (!(Json.read(json) instanceof JsonObject(Map<String, Json> members))) {
                throw new ModelFormatException(where, "expects a JSON object, got " + json.strip());
            }
            Map<String, List<String>> given = new LinkedHashMap<>();
            members.forEach((name, value) -> given.put(name, texts(where + " " + name, value)));
            return checked(given, Naming.PLAIN);
        } catch (Json.SyntaxException e) {
            throw new ModelFormatException(where, "expects a JSON object: " + e.problem());
        }
    }

    private static List<String> texts(String where, Json value) {
        return switch (value) {
            case JsonString(String text) -> List.of(text);
            case JsonNumber(String digits) -> List.of(digits);
            case JsonBoolean(boolean on) -> List.of(Boolean.toString(on));
            case JsonArray(List<Json> items) ->
                items.stream().flatMap(each -> texts(where, each).stream()).toList();
            default ->
                throw new ModelFormatException(
                        where, "expects a text, a number, true, false or a list of them, got " + value);
        };
    }

    /// These settings as a JSON object, which is YAML as well. Shorthands are part of what they stand for.
    public String text() {
        return Json.of(differences(preview())).pretty();
    }

    // -------------------------------------------------------------------------------------------------------- changes

    /// Whether a setting is given.
    public boolean has(String name) {
        return given.containsKey(name);
    }

    /// Whether a setting is given, and is not its default.
    public boolean changes(String name) {
        List<String> texts = given.get(name);
        if (texts == null) return false;
        TrainingSetting<?> setting = TrainingTable.get(name, Naming.PLAIN);
        return setting.usual().isEmpty() || !setting.plain(texts).equals(setting.plain(List.of(setting.usual())));
    }

    /// The text of a setting; empty if it is not given.
    public Optional<String> get(String name) {
        return Optional.ofNullable(given.get(name)).map(List::getFirst);
    }

    /// The same with another value of a setting.
    public TrainingSettings with(String name, String... texts) {
        Map<String, List<String>> changed = new LinkedHashMap<>(given);
        changed.put(name, List.of(texts));
        return new TrainingSettings(changed);
    }

    /// The same with a value of a setting, unless it or a part of it is given.
    public TrainingSettings withUsual(String name, String text) {
        boolean chosen = given.keySet().stream()
                .map(each -> TrainingTable.get(each, Naming.PLAIN))
                .anyMatch(each -> each.name().equals(name) || each.target().equals(name));
        return chosen ? this : with(name, text);
    }

    /// The same for this data: with a default loss that suits it, class weights for `balanced`, and the metric
    /// that the schedule watches.
    /// @throws ConfigException for settings of classes if the data has none
    public TrainingSettings forData(Dataset train, Naming naming) {
        for (String each : List.of(TrainingTable.CLASS_WEIGHTS, "label-smoothing")) {
            if (!has(each) || train.isLabeled()) continue;
            throw new ConfigException(naming.of(each), "expects data with classes, got numbers as targets");
        }
        TrainingSettings with = this;
        if (get(TrainingTable.CLASS_WEIGHTS).equals(Optional.of(TrainingTable.BALANCED))) {
            float[] weights = ClassWeights.balanced(train);
            with = with(
                    TrainingTable.CLASS_WEIGHTS,
                    IntStream.range(0, weights.length)
                            .mapToObj(i -> Float.toString(weights[i]))
                            .collect(Collectors.joining(",")));
        }
        if (!has(TrainingTable.LOSS_NAME) && !train.isLabeled()) {
            with = with.with(TrainingTable.LOSS_NAME, Catalog.standard().brief(Losses.meanSquaredError()));
        }
        return with.watching(train, naming);
    }

    /// With accuracy as what the schedule watches, if it depends on a metric of which higher values are better.
    private TrainingSettings watching(Dataset train, Naming naming) {
        Schedule schedule = preview().schedule();
        if (schedule.monitors() != Schedule.Monitors.HIGHER || has("schedule-metric")) return this;
        if (train.isLabeled()) return with("schedule-metric", "accuracy");
        throw new ConfigException(
                naming.of("schedule"),
                "expects data with classes, as " + Catalog.standard().brief(schedule)
                        + " depends on their accuracy, got numbers as targets",
                "Without higher-is-better it depends on the loss");
    }

    /// Refuses averaging or unfreezing that would begin after the last epoch.
    /// @throws ConfigException then
    public void requireEpochs(Naming naming) {
        Trainer trainer = preview();
        int count = trainer.epochs();
        if (trainer.averaging() instanceof Averaging.Swa(int first) && first > count) {
            throw new ConfigException(
                    naming.of("swa"), "expects an epoch from 1 to " + count + ", the last one, got " + first);
        }
        for (ParameterGroup group : ParameterGroups.of(trainer).frozen()) {
            if (group.firstEpoch() <= count || ParameterGroups.isForever(group)) continue;
            throw new ConfigException(
                    naming.of(has("freeze") ? "freeze" : "group"),
                    "expects fewer than the " + count + " epochs of the training, got " + (group.firstEpoch() - 1));
        }
    }

    // -------------------------------------------------------------------------------------------------------- trainers

    /// A trainer of this model with these settings.
    /// @throws ConfigException for class weights `balanced`, which need [#forData]
    @Override
    public Trainer trainer(Model model) {
        if (get(TrainingTable.CLASS_WEIGHTS).equals(Optional.of(TrainingTable.BALANCED))) {
            throw new ConfigException(
                    TrainingTable.CLASS_WEIGHTS,
                    "expects a number for each class, got 'balanced'",
                    "forData counts them");
        }
        return apply(Trainer.of(model), Naming.PLAIN);
    }

    private Trainer apply(Trainer trainer, Naming naming) {
        Map<String, List<String>> whole = new LinkedHashMap<>(given);
        for (TrainingSetting<?> each : TrainingTable.all()) {
            List<String> texts = each.part().isEmpty() ? null : whole.remove(each.name());
            if (texts == null) continue;
            String own = texts.getFirst();
            if (own.equals(TrainingTable.BALANCED) && each.name().equals(TrainingTable.CLASS_WEIGHTS)) {
                checkWeights(whole, naming);
                continue; // of data, see forData
            }
            Optional<String> other =
                    Optional.ofNullable(whole.get(each.target())).map(List::getFirst);
            whole.put(each.target(), List.of(each.part().orElseThrow().text().in(other, own, naming)));
        }
        Trainer with = trainer;
        for (TrainingSetting<?> each : TrainingTable.all()) {
            List<String> texts = whole.get(each.name());
            if (texts != null) with = each.apply(with, texts, naming);
        }
        return with;
    }

    /// Refuses balanced class weights of a loss that has no class weights.
    private static void checkWeights(Map<String, List<String>> whole, Naming naming) {
        String loss = Optional.ofNullable(whole.get(TrainingTable.LOSS_NAME))
                .map(List::getFirst)
                .orElse("cross-entropy");
        TrainingTable.entryWith(
                naming, TrainingTable.LOSS_NAME, loss, TrainingTable.CLASS_WEIGHTS, TrainingTable.CLASS_WEIGHTS, "1");
    }

    /// A trainer with these settings and some model, to look at the settings before there is a model.
    public Trainer preview() {
        return apply(PLAIN, Naming.PLAIN);
    }

    // -----------------------------------------------------------------------------------------------------------
    // checks

    private void refuseAlternatives(Naming naming) {
        Map<String, String> first = new LinkedHashMap<>();
        for (String name : given.keySet()) {
            String word = TrainingTable.get(name, naming).alternatives();
            if (word.isEmpty()) continue;
            String before = first.putIfAbsent(word, name);
            if (before == null) continue;
            throw new ConfigException(naming.of(before), "expects no " + naming.of(name) + ", got both");
        }
    }

    /// Refuses settings that contradict each other.
    private void check(Trainer trainer, Naming naming) {
        for (String name : given.keySet()) {
            boolean ofSteps = TrainingTable.get(name, naming).ofSteps();
            if (trainer.minimizer().isEmpty() || !ofSteps || !changes(name)) continue;
            throw new ConfigException(
                    naming.of(name),
                    "expects an optimizer that takes a step for each batch, got " + naming.of("optimizer") + " lbfgs");
        }
        if (has("min-delta") && !has("early-stopping")) {
            throw new ConfigException(naming.of("min-delta"), "expects " + naming.of("early-stopping") + ", got none");
        }
        if (has("batch")) requireShards(trainer.batchSize(), naming);
        if (trainer.rowsByShard() && trainer.augmentations().mixes()) {
            throw new ConfigException(
                    naming.of("augment"),
                    "expects augmentations that change each row by itself, as rows belong to shards, got "
                            + Catalog.standard().brief(trainer.augmentations()));
        }
        if (trainer.minimizer().isEmpty()) checkSchedule(trainer, naming);
    }

    private void requireDecay(Trainer trainer, Naming naming) {
        boolean decays = trainer.minimizer().isEmpty()
                && ((Optimizer) TrainingTable.rule(trainer)).decay().rate() > 0;
        if (decays) return;
        String hint = "Add " + naming.of("weight-decay") + " 0.01";
        if (has("no-bias-decay")) {
            throw new ConfigException(naming.of("no-bias-decay"), "expects weight decay, got none", hint);
        }
        if (has("group") && trainer.groups().stream().anyMatch(each -> each.decay() != 1)) {
            throw new ConfigException(naming.of("group") + " decay", "expects weight decay, got none", hint);
        }
    }

    /// Refuses more shards and accumulated batches than a step may have.
    private void checkShards(Naming naming) {
        long accumulated = whole("accumulate", naming);
        long all = accumulated * whole("shards", naming);
        if (all <= Trainer.MOST_SHARDS) return;
        throw new ConfigException(
                naming.of(accumulated > Trainer.MOST_SHARDS ? "accumulate" : "shards"),
                String.format(
                        Locale.ROOT,
                        "expects at most %,d shards and accumulated batches a step, got %,d",
                        Trainer.MOST_SHARDS,
                        all));
    }

    private int whole(String name, Naming naming) {
        return get(name)
                .map(each -> new SettingKind.Whole(1).read(naming.of(name), List.of(each)))
                .orElse(1);
    }

    /// Refuses a batch size that is no multiple of the shards that rows belong to.
    /// @param batch the batch size
    /// @throws ConfigException then
    public void requireShards(int batch, Naming naming) {
        int count = whole("shards", naming);
        if (!has("rows-by-shard") || batch % count == 0) return;
        throw new ConfigException(
                naming.of("shards"),
                "expects a divisor of the batch size " + batch + ", as rows belong to shards, got " + count,
                "Or take " + naming.of("batch") + " " + (long) Math.ceilDiv(batch, count) * count);
    }

    /// Refuses a schedule that does not fit the learning rate.
    private static void checkSchedule(Trainer trainer, Naming naming) {
        List<Schedule> parts =
                trainer.schedule() instanceof Schedule.Sequence(List<Schedule> all) ? all : List.of(trainer.schedule());
        for (Schedule part : parts) {
            ConfigException.named(
                    naming.of("schedule"), () -> part.rate(trainer.optimizer().rate(), Moment.of(0, 1)));
        }
    }

    // -----------------------------------------------------------------------------------------------------
    // descriptions

    /// The values of a trainer for a description of it, by name: a number, a text, true or false, or a list of
    /// texts. Settings that have their defaults are left out, but for some that readers look for.
    /// @param trainer with these settings
    public SequencedMap<String, Object> describe(Trainer trainer) {
        SequencedMap<String, Object> values = new LinkedHashMap<>();
        for (TrainingSetting<?> each : TrainingTable.all()) {
            boolean usual = each.value(trainer).equals(each.value(PLAIN));
            boolean elsewhere = each.part().isEmpty() && each.value(trainer).isEmpty() && changes(each.name());
            if (usual && !each.described() && !elsewhere) continue;
            each.plain(trainer)
                    .or(() -> Optional.ofNullable(given.get(each.name())).map(each::plain))
                    .ifPresent(value -> values.put(each.name(), value));
        }
        return values;
    }

    /// Short notes on the settings of some sections that differ from their defaults, and on loss, optimizer,
    /// batch size and epochs.
    /// @param trainer with these settings
    public static List<String> notes(Trainer trainer, Set<TrainingSetting.Section> sections) {
        List<String> notes = new ArrayList<>();
        for (TrainingSetting<?> each : TrainingTable.all()) {
            if (!sections.contains(each.section())) continue;
            boolean named = ALWAYS_NOTED.contains(each.name());
            if (named || !each.value(trainer).equals(each.value(PLAIN)))
                each.note(trainer).forEach(notes::add);
        }
        return notes;
    }
}
