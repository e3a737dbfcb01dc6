package dev.neurite.cli.option;

import dev.neurite.settings.Naming;
import dev.neurite.settings.SettingKind;
import dev.neurite.settings.TrainingSetting;
import dev.neurite.settings.TrainingSetting.Section;
import dev.neurite.settings.TrainingSettings;
import dev.neurite.settings.TrainingTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// The options of the [TrainingTable].
public final class SettingOptions {
    private static final Set<String> GLOBAL = Set.of("seed", "threads"); // options of all commands

    private record Heading(int order, String text) {}

    private SettingOptions() {}

    /// A command that has options of the table.
    public interface Trains {
        /// Whether it has the option of a setting.
        boolean takes(TrainingSetting<?> setting);
    }

    /// The heading of a section's options in the help; empty for none.
    private static Optional<Heading> heading(Section section) {
        return switch (section) {
            case LOSS -> Optional.of(new Heading(2, "%nThe loss:%n"));
            case OPTIMIZER, BATCHES -> Optional.of(new Heading(3, "%nOptimizer and batches:%n"));
            case EPOCHS -> Optional.of(new Heading(4, "%nEpochs and learning rate:%n"));
            case DATA -> Optional.of(new Heading(6, "%nAugmentation:%n"));
            case STOPPING -> Optional.of(new Heading(9, "%nEarly stopping:%n"));
            case RUN -> Optional.empty();
        };
    }

    /// A parser of a command, with the options of the table that the command takes.
    public static CommandLine parser(Object command) {
        CommandLine line = command instanceof CommandLine made ? made : new CommandLine(command);
        if (line.getCommand() instanceof Trains trains) add(line.getCommandSpec(), trains::takes);
        return line;
    }

    private static void add(CommandSpec spec, Predicate<TrainingSetting<?>> taken) {
        Map<Heading, ArgGroupSpec.Builder> groups = new LinkedHashMap<>();
        List<OptionSpec> others = new ArrayList<>();
        for (TrainingSetting<?> each : TrainingTable.all()) {
            if (GLOBAL.contains(each.name()) || !taken.test(each)) continue;
            Optional<Heading> heading = heading(each.section());
            if (heading.isEmpty()) others.add(option(each));
            else groups.computeIfAbsent(heading.get(), SettingOptions::group).addArg(option(each));
        }
        groups.values().forEach(group -> spec.addArgGroup(group.build()));
        others.forEach(spec::addOption);
    }

    private static ArgGroupSpec.Builder group(Heading heading) {
        return ArgGroupSpec.builder().validate(false).order(heading.order).heading(heading.text);
    }

    private static OptionSpec option(TrainingSetting<?> setting) {
        OptionSpec.Builder option = OptionSpec.builder(Naming.OPTIONS.of(setting.name()))
                .description(help(setting).replace("%", "%%"))
                .hideParamSyntax(true);
        if (!setting.label().isEmpty()) option.paramLabel(setting.label());
        return (switch (setting.kind()) {
                    case SettingKind.Flag _ -> option.type(boolean.class).arity("0");
                    case SettingKind.Whole _ -> option.type(Integer.class).arity("1");
                    case SettingKind.Wide _ -> option.type(Long.class).arity("1");
                    case SettingKind.Real _ -> option.type(Double.class).arity("1");
                    case SettingKind.Texts texts
                    when !texts.separated() ->
                        option.type(List.class).auxiliaryTypes(String.class).arity("1");
                    case SettingKind.Texts _ ->
                        option.type(List.class)
                                .auxiliaryTypes(String.class)
                                .arity("1")
                                .splitRegex(",");
                    default -> option.type(String.class).arity("1");
                })
                .build();
    }

    private static String help(TrainingSetting<?> setting) {
        String list = setting.kind() instanceof SettingKind.Entry<?> entry
                ? "See 'neurite list " + entry.listed() + "'."
                : "";
        return Stream.of(setting.help(Naming.OPTIONS), setting.usage(Naming.OPTIONS), list)
                .filter(each -> !each.isEmpty())
                .collect(Collectors.joining(" "));
    }

    /// The settings of the options on a command line.
    /// @param spec the command, after parsing
    /// @throws dev.neurite.error.ConfigException for unknown names and values out of range
    static TrainingSettings settings(CommandSpec spec, Map<String, String> global) {
        Map<String, List<String>> given = new LinkedHashMap<>();
        ParseResult parsed = spec.commandLine().getParseResult();
        for (TrainingSetting<?> each : TrainingTable.all()) {
            Optional.ofNullable(spec.findOption(Naming.OPTIONS.of(each.name())))
                    .filter(parsed::hasMatchedOption)
                    .ifPresent(option -> given.put(each.name(), texts(option)));
        }
        global.forEach((name, text) -> given.put(name, List.of(text)));
        return TrainingSettings.of(given, Naming.OPTIONS);
    }

    private static List<String> texts(OptionSpec option) {
        return option.typeInfo().isBoolean() ? List.of("true") : option.originalStringValues();
    }
}
