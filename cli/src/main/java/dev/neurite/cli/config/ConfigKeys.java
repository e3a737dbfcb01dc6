package dev.neurite.cli.config;

import dev.neurite.cli.option.CheckpointOptions;
import dev.neurite.cli.option.ClusterOptions;
import dev.neurite.cli.option.ConfigOption;
import dev.neurite.cli.option.DataOptions;
import dev.neurite.cli.option.LossOptions;
import dev.neurite.cli.option.NetworkOptions;
import dev.neurite.cli.option.OptimizerOptions;
import dev.neurite.cli.option.PageOptions;
import dev.neurite.cli.option.RateOption;
import dev.neurite.cli.option.SeriesOptions;
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
import dev.neurite.yaml.EntryReader;
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

/// The keys of configurations. Each option of `train` is a key of the same name, in the section of its
/// option group. This class lists only the grouping and exceptions; the options come from the command.
public final class ConfigKeys {
    /// The section of the data; its key `source` is DATA of the command line.
    public static final String DATA = "data";
    static final String SOURCE = "source";
    static final String NETWORK = "network";
    static final String STACK = "stack";
    static final String MODEL = "model";
    static final String LOSS = "loss";
    static final String OPTIMIZER = "optimizer";
    static final String NAME = EntryReader.NAME;
    static final String RATE = "rate";

    /// The section of a search, which `train` ignores.
    public static final String SEARCH = "search";

    static final String TOP = "";

    private static final Map<Class<?>, String> SECTIONS = Map.of(
            DataOptions.class, DATA,
            TableOptions.class, DATA,
            SeriesOptions.class, DATA,
            NetworkOptions.class, NETWORK,
            LossOptions.class, LOSS,
            OptimizerOptions.class, OPTIMIZER);

    /// Options in another section than that of their group.
    private static final Map<String, String> OTHER_SECTIONS = Map.of(
            "--batch",
            TOP,
            "--accumulate",
            TOP,
            "--shards",
            TOP,
            "--rows-by-shard",
            TOP,
            NetworkOptions.FROM,
            NETWORK,
            RateOption.NAME,
            OPTIMIZER);

    /// Options that only a command line has: they concern the call, not the training.
    private static final Set<String> COMMAND_LINE_ONLY = Set.of(
            "--help",
            "--version",
            "--json",
            "--quiet",
            "--verbose",
            ConfigOption.SET,
            "--resume",
            PageOptions.UI,
            PageOptions.PORT,
            ClusterOptions.SPARK,
            ClusterOptions.WORKERS,
            ClusterOptions.CONF);

    /// Keys that do not affect the result of a training, so that it may be resumed with other values.
    public static final Set<String> WITHOUT_EFFECT = Set.of(
            "profile",
            "threads",
            DATA + "." + SOURCE, // other rows are detected by their hash
            DATA + ".prefetch",
            "metrics",
            "watch-updates",
            "html",
            "tensorboard",
            CheckpointOptions.TIME_LIMIT.substring(2),
            CheckpointOptions.CHECKPOINT_EVERY.substring(2),
            CheckpointOptions.CHECKPOINT_EPOCHS.substring(2),
            CheckpointOptions.KEEP.substring(2),
            CheckpointOptions.VALIDATE_EVERY.substring(2));

    /// Options that take a catalog entry with settings, and the types of the entries.
    private static final Map<String, List<Class<?>>> CATALOG_KINDS = Map.of(
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

    /// Options that set a setting of a section's catalog entry.
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

    /// Options that exclude each other: one on the command line replaces the others in a file.
    private static final List<Set<String>> ALTERNATIVES = List.of(
            Set.of("--model", "--layers", NetworkOptions.STACK),
            Set.of("--clip-norm", "--clip-each", "--clip-value"),
            Set.of("--max-norm", "--unit-norm"),
            Set.of("--ema", "--swa"));

    /// Names of keys in other libraries, for suggestions.
    private static final Map<String, String> SYNONYMS =
            Map.of("learning-rate", RATE, "lr", RATE, "batch-size", "batch", "hidden", "layers", "path", SOURCE);

    /// A key of a configuration.
    /// @param section its section; empty at the top level
    /// @param name its name in the section; empty for the catalog entry that is the section itself
    /// @param option the option that it sets
    public record OptionKey(String section, String name, OptionSpec option) {
        /// The name of the option.
        String optionName() {
            return option.longestName();
        }

        /// The types of catalog entries that it takes; empty if it takes none.
        List<Class<?>> kinds() {
            return CATALOG_KINDS.getOrDefault(optionName(), List.of());
        }

        /// The path: `optimizer.weight-decay`.
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
            if (COMMAND_LINE_ONLY.contains(name)) continue;
            String section = OTHER_SECTIONS.getOrDefault(name, sections.getOrDefault(name, TOP));
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

    /// The key of a section and name.
    Optional<OptionKey> at(String section, String name) {
        return Optional.ofNullable(byPath.get(section.isEmpty() ? name : section + "." + name));
    }

    /// The key of a section that is a catalog entry: `loss` or `optimizer`.
    OptionKey sectionKey(String section) {
        return at(TOP, section).orElseThrow();
    }

    /// The key that sets an option.
    public Optional<OptionKey> of(String option) {
        return Optional.ofNullable(byOption.get(option));
    }

    /// Whether a key of this name is one of the network.
    /// @param name of an option, with underscores
    public boolean isOfNetwork(String name) {
        return of("--" + name.replace('_', '-'))
                .filter(each -> each.section().equals(NETWORK))
                .isPresent();
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

    /// The hint for an unknown key.
    /// @param known the keys and settings of the section
    String hint(String section, String unknown, List<String> known) {
        Optional<OptionKey> option =
                of("--" + unknown).filter(each -> !each.name().equals(unknown));
        if (option.isPresent()) return "Did you mean '" + option.get().path() + "'?";
        List<String> elsewhere = all().stream()
                .filter(each -> each.name().equals(unknown) && !each.section().equals(section))
                .map(each -> each.section().isEmpty() ? "to the top level" : "under " + each.section())
                .toList();
        if (!elsewhere.isEmpty()) return "'" + unknown + "' belongs " + elsewhere.getFirst();
        List<String> candidates = new ArrayList<>(known);
        SYNONYMS.forEach((name, key) -> {
            if (known.contains(key)) candidates.add(name);
        });
        String hint = Spelling.hint(unknown, candidates);
        for (var each : SYNONYMS.entrySet()) {
            if (!known.contains(each.getKey()) && hint.contains("'" + each.getKey() + "'")) {
                return hint.replace("'" + each.getKey() + "'", "'" + each.getValue() + "'");
            }
        }
        return hint;
    }

    /// The setting, as `optimizer.rate`, that an option sets; empty for none.
    static String setting(String option) {
        return SETTINGS.getOrDefault(option, "");
    }

    /// The options of a file that an option on the command line replaces: itself and those that it excludes.
    static Set<String> replacedBy(String option) {
        return Stream.concat(
                        Stream.of(option),
                        ALTERNATIVES.stream()
                                .filter(each -> each.contains(option))
                                .flatMap(Set::stream))
                .collect(Collectors.toSet());
    }
}
