package dev.neurite.cli.config;

import dev.neurite.cli.option.CheckpointOptions;
import dev.neurite.cli.option.ClusterOptions;
import dev.neurite.cli.option.ConfigOption;
import dev.neurite.cli.option.DataOptions;
import dev.neurite.cli.option.LoraOptions;
import dev.neurite.cli.option.NetworkOptions;
import dev.neurite.cli.option.PageOptions;
import dev.neurite.cli.option.SeriesOptions;
import dev.neurite.cli.option.TableOptions;
import dev.neurite.error.Spelling;
import dev.neurite.kernel.Activation;
import dev.neurite.model.Initializer;
import dev.neurite.model.Layer;
import dev.neurite.network.Architecture;
import dev.neurite.settings.SettingKind;
import dev.neurite.settings.TrainingSetting;
import dev.neurite.settings.TrainingTable;
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
    static final String USUAL_OPTIMIZER =
            TrainingTable.find(OPTIMIZER).orElseThrow().usual();
    static final String LEARNING_RATE = "--lr";

    /// The section of a search, which `train` ignores.
    public static final String SEARCH = "search";

    static final String TOP = "";

    /// The sections of options that are in a group, besides those of the table.
    private static final Map<Class<?>, String> SECTIONS = Map.of(
            DataOptions.class, DATA,
            TableOptions.class, DATA,
            SeriesOptions.class, DATA,
            NetworkOptions.class, NETWORK,
            LoraOptions.class, NETWORK);

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
    public static final Set<String> WITHOUT_EFFECT = Stream.concat(
                    Stream.of(
                            DATA + "." + SOURCE, // other rows are detected by their hash
                            "html",
                            "tensorboard",
                            CheckpointOptions.CHECKPOINT_EVERY.substring(2),
                            CheckpointOptions.CHECKPOINT_EPOCHS.substring(2),
                            CheckpointOptions.KEEP.substring(2)),
                    TrainingTable.all().stream()
                            .filter(each -> !each.affectsResult())
                            .map(each -> path(each.section().key(), each.name())))
            .collect(Collectors.toUnmodifiableSet());

    /// Options that take a catalog entry with settings, besides those of the table, and the types of the entries.
    private static final Map<String, List<Class<?>>> CATALOG_KINDS = Map.of(
            "--activation",
            List.of(Activation.class, Layer.class),
            "--init",
            List.of(Initializer.class),
            "--bias-init",
            List.of(Initializer.class),
            "--model",
            List.of(Architecture.class),
            NetworkOptions.STACK,
            List.of(Layer.class));

    /// The options of the network, of which one on the command line replaces the others in a file.
    private static final Set<String> NETWORKS = Set.of("--model", "--layers", NetworkOptions.STACK);

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
            return setting(optionName()).map(TrainingSetting::kind).orElse(null) instanceof SettingKind.Entry<?> entry
                    ? entry.kinds()
                    : CATALOG_KINDS.getOrDefault(optionName(), List.of());
        }

        /// What joins several entries of a list; empty if the option takes one.
        String between() {
            return setting(optionName()).map(TrainingSetting::kind).orElse(null) instanceof SettingKind.Entry<?> entry
                    ? entry.between()
                    : "";
        }

        /// The path: `optimizer.weight-decay`.
        public String path() {
            return ConfigKeys.path(section, name);
        }
    }

    private static String path(String section, String name) {
        if (section.isEmpty()) return name;
        return name.isEmpty() ? section : section + "." + name;
    }

    /// The setting of the table that an option is for; empty if it is not in the table.
    private static Optional<TrainingSetting<?>> setting(String option) {
        return TrainingTable.find(option.substring(2));
    }

    private final SequencedMap<String, OptionKey> byPath = new LinkedHashMap<>();
    private final Map<String, OptionKey> byOption = new HashMap<>();

    /// The keys for the options of a command.
    public ConfigKeys(CommandSpec command) {
        Map<String, String> sections = new HashMap<>();
        sections.put(NetworkOptions.FROM, NETWORK);
        for (ArgGroupSpec group : command.argGroups()) {
            if (group.typeInfo() == null) continue; // options of the table
            String section = SECTIONS.getOrDefault(group.typeInfo().getType(), TOP);
            for (OptionSpec option : group.allOptionsNested()) sections.put(option.longestName(), section);
        }
        for (OptionSpec option : command.options()) {
            String name = option.longestName();
            if (COMMAND_LINE_ONLY.contains(name)) continue;
            String section =
                    setting(name).map(each -> each.section().key()).orElseGet(() -> sections.getOrDefault(name, TOP));
            add(new OptionKey(section, keyName(name), option));
        }
    }

    private static String keyName(String option) {
        return switch (option) {
            case "--optimizer", "--loss" -> "";
            case LEARNING_RATE -> RATE;
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

    /// The part, as `optimizer.rate`, of a section's catalog entry that an option sets; empty for none.
    static String part(String option) {
        return setting(option)
                .map(TrainingSetting::partOf)
                .filter(each -> each.startsWith(OPTIMIZER + ".") || each.startsWith(LOSS + "."))
                .orElse("");
    }

    /// The options of a file that an option on the command line replaces: itself and those that it excludes.
    static Set<String> replacedBy(String option) {
        if (NETWORKS.contains(option)) return NETWORKS;
        String word = setting(option).map(TrainingSetting::alternatives).orElse("");
        if (word.isEmpty()) return Set.of(option);
        return TrainingTable.all().stream()
                .filter(each -> each.alternatives().equals(word))
                .map(each -> "--" + each.name())
                .collect(Collectors.toSet());
    }
}
