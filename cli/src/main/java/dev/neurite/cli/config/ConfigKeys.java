package dev.neurite.cli.config;

import dev.neurite.cli.option.CheckpointOptions;
import dev.neurite.cli.option.ConfigOption;
import dev.neurite.cli.option.DataOptions;
import dev.neurite.cli.option.LossOptions;
import dev.neurite.cli.option.NetworkOptions;
import dev.neurite.cli.option.OptimizerOptions;
import dev.neurite.cli.option.RateOption;
import dev.neurite.cli.option.TableOptions;
import dev.neurite.data.augment.Augmentation;
import dev.neurite.error.Spelling;
import dev.neurite.kernel.Activation;
import dev.neurite.loss.Loss;
import dev.neurite.model.Initializer;
import dev.neurite.model.Layer;
import dev.neurite.network.Architecture;
import dev.neurite.optim.Lbfgs;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Schedule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// Where the options of `train` stand in a configuration: an option is a key of its name, under the section of its
/// group. What is listed here is this grouping alone; the options themselves are those that the command has.
public final class ConfigKeys {
    /// The section of the data, whose `source` is what the command line has without an option.
    public static final String DATA = "data";
    static final String SOURCE = "source";
    static final String NETWORK = "network";
    static final String STACK = "stack";
    static final String MODEL = "model";
    static final String LOSS = "loss";
    static final String OPTIMIZER = "optimizer";
    static final String NAME = "name";
    static final String RATE = "rate";

    /// What a search does; no option of a training.
    public static final String SEARCH = "search";

    static final String TOP = "";

    private static final Map<Class<?>, String> SECTIONS = Map.of(
            DataOptions.class, DATA,
            TableOptions.class, DATA,
            NetworkOptions.class, NETWORK,
            LossOptions.class, LOSS,
            OptimizerOptions.class, OPTIMIZER);

    /// Options that stand elsewhere than their group.
    private static final Map<String, String> ELSEWHERE =
            Map.of("--batch", TOP, "--accumulate", TOP, NetworkOptions.FROM, NETWORK, RateOption.NAME, OPTIMIZER);

    /// What is said on a command line alone: it is about the call, not about what is trained.
    private static final Set<String> NEVER =
            Set.of("--help", "--version", "--json", "--quiet", "--verbose", ConfigOption.SET, "--resume");

    /// Keys that a training does not depend on, so that it may be resumed with other values.
    public static final Set<String> OF_A_CALL = Set.of(
            "profile",
            "threads",
            DATA + "." + SOURCE, // other rows are found out by their hash
            DATA + ".prefetch",
            "metrics",
            "watch-updates",
            CheckpointOptions.TIME_LIMIT.substring(2),
            CheckpointOptions.CHECKPOINT_EVERY.substring(2),
            CheckpointOptions.CHECKPOINT_EPOCHS.substring(2),
            CheckpointOptions.KEEP.substring(2),
            CheckpointOptions.VALIDATE_EVERY.substring(2));

    /// Options that take a thing of the catalog, by its name with settings.
    private static final Map<String, List<Class<?>>> THINGS = Map.of(
            OptimizerOptions.OPTIMIZER,
            List.of(Optimizer.class, Lbfgs.class),
            LossOptions.LOSS,
            List.of(Loss.class),
            "--schedule",
            List.of(Schedule.class),
            "--activation",
            List.of(Activation.class, Layer.class),
            "--init",
            List.of(Initializer.class),
            "--bias-init",
            List.of(Initializer.class),
            DataOptions.AUGMENT,
            List.of(Augmentation.class),
            "--model",
            List.of(Architecture.class),
            NetworkOptions.STACK,
            List.of(Layer.class));

    /// Settings of a section's thing that have an option of their own.
    private static final Map<String, String> SETTINGS = Map.of(
            RateOption.NAME,
            "optimizer.rate",
            "--momentum",
            "optimizer.momentum",
            "--weight-decay",
            "optimizer.decay",
            "--label-smoothing",
            "loss.smoothing",
            LossOptions.CLASS_WEIGHTS,
            "loss.class-weights");

    /// Options of which one replaces the others.
    private static final List<Set<String>> ALTERNATIVES = List.of(
            Set.of("--model", "--layers", NetworkOptions.STACK),
            Set.of("--clip-norm", "--clip-each", "--clip-value"),
            Set.of("--max-norm", "--unit-norm"),
            Set.of("--ema", "--swa"));

    /// What keys are called elsewhere.
    private static final Map<String, String> ALSO_CALLED =
            Map.of("learning-rate", RATE, "lr", RATE, "batch-size", "batch", "hidden", "layers", "path", SOURCE);

    /// A key of a configuration.
    /// @param section the section it stands in; empty at the top
    /// @param name its name there; empty for the thing that the section itself is
    /// @param option what it says
    public record OptionKey(String section, String name, OptionSpec option) {
        /// The name of the option.
        String optionName() {
            return option.longestName();
        }

        /// What can be named there; empty where it is no thing of the catalog.
        List<Class<?>> things() {
            return THINGS.getOrDefault(optionName(), List.of());
        }

        /// As it is shown: `optimizer.weight-decay`.
        public String path() {
            if (section.isEmpty()) return name;
            return name.isEmpty() ? section : section + "." + name;
        }
    }

    private final SequencedMap<String, OptionKey> byPath = new LinkedHashMap<>();
    private final Map<String, OptionKey> byOption = new HashMap<>();

    /// The keys for the options of a command.
    public ConfigKeys(CommandSpec command) {
        Map<String, String> sections = new HashMap<>();
        for (ArgGroupSpec group : command.argGroups()) {
            String section = SECTIONS.getOrDefault(group.typeInfo().getType(), TOP);
            for (OptionSpec option : group.allOptionsNested()) sections.put(option.longestName(), section);
        }
        for (OptionSpec option : command.options()) {
            String name = option.longestName();
            if (NEVER.contains(name)) continue;
            String section = ELSEWHERE.getOrDefault(name, sections.getOrDefault(name, TOP));
            add(new OptionKey(section, keyName(name), option));
        }
    }

    private static String keyName(String option) {
        return switch (option) {
            case OptimizerOptions.OPTIMIZER, LossOptions.LOSS -> "";
            case RateOption.NAME -> RATE;
            default -> option.substring(2);
        };
    }

    private void add(OptionKey key) {
        byPath.put(key.path(), key);
        byOption.put(key.optionName(), key);
    }

    /// All keys.
    List<OptionKey> all() {
        return List.copyOf(byPath.values());
    }

    /// The key of that path.
    Optional<OptionKey> at(String section, String name) {
        return Optional.ofNullable(byPath.get(section.isEmpty() ? name : section + "." + name));
    }

    /// The thing that a section itself is.
    OptionKey thing(String section) {
        return at(TOP, section).orElseThrow();
    }

    /// The key that says an option.
    public Optional<OptionKey> of(String option) {
        return Optional.ofNullable(byOption.get(option));
    }

    /// The names of the keys in a section.
    List<String> names(String section) {
        Stream<String> own = all().stream()
                .filter(each -> each.section().equals(section) && !each.name().isEmpty())
                .map(OptionKey::name);
        List<String> names = new ArrayList<>(own.toList());
        switch (section) {
            case TOP -> names.addAll(List.of(DATA, NETWORK, LOSS, OPTIMIZER, SEARCH));
            case DATA -> names.addFirst(SOURCE);
            case LOSS, OPTIMIZER -> names.addFirst(NAME);
            default -> {}
        }
        return names;
    }

    /// What somebody may have meant by a key that is none.
    /// @param known the keys and settings that there are in its place
    String hint(String section, String unknown, List<String> known) {
        Optional<OptionKey> option =
                of("--" + unknown).filter(each -> !each.name().equals(unknown));
        if (option.isPresent()) return "Did you mean '" + option.get().path() + "'?";
        List<String> elsewhere = all().stream()
                .filter(each -> each.name().equals(unknown) && !each.section().equals(section))
                .map(each -> each.section().isEmpty() ? "at the top, beside " + DATA : "under " + each.section())
                .toList();
        if (!elsewhere.isEmpty()) return "'" + unknown + "' stands " + elsewhere.getFirst();
        List<String> candidates = new ArrayList<>(known);
        ALSO_CALLED.forEach((name, key) -> {
            if (known.contains(key)) candidates.add(name);
        });
        String hint = Spelling.hint(unknown, candidates);
        for (var each : ALSO_CALLED.entrySet()) {
            if (!known.contains(each.getKey()) && hint.contains("'" + each.getKey() + "'")) {
                return hint.replace("'" + each.getKey() + "'", "'" + each.getValue() + "'");
            }
        }
        return hint;
    }

    /// The setting, as `optimizer.rate`, that an option says too; empty for none.
    static String setting(String option) {
        return SETTINGS.getOrDefault(option, "");
    }

    /// The options that say nothing any more once one is given: itself, and what it replaces.
    static Set<String> replacedBy(String option) {
        return Stream.concat(
                        Stream.of(option),
                        ALTERNATIVES.stream()
                                .filter(each -> each.contains(option))
                                .flatMap(Set::stream))
                .collect(Collectors.toSet());
    }
}
