package dev.neurite.cli.command;

import dev.neurite.cli.bench.BenchCommand;
import dev.neurite.cli.bench.DoctorCommand;
import dev.neurite.cli.config.ConfigFile;
import dev.neurite.cli.config.ConfigKeys;
import dev.neurite.cli.console.Console;
import dev.neurite.cli.console.Context;
import dev.neurite.cli.console.GlobalOptions;
import dev.neurite.cli.console.Text;
import dev.neurite.cli.exchange.ConvertCommand;
import dev.neurite.cli.exchange.ExportCommand;
import dev.neurite.cli.exchange.ImportCommand;
import dev.neurite.cli.library.RunsCommand;
import dev.neurite.cli.onnx.EmbedCommand;
import dev.neurite.cli.option.SettingOptions;
import dev.neurite.cli.search.SearchCommand;
import dev.neurite.cli.serve.ServeCommand;
import dev.neurite.error.ConfigException;
import dev.neurite.error.NeuriteException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Parses and runs command lines. If DATA is a configuration, the command line is parsed again with its options.
public final class CommandRunner {
    /// Names of options in other libraries, for suggestions.
    private static final Map<String, String> OTHER_NAMES =
            Map.of("--learning-rate", "--lr", "--rate", "--lr", "--batch-size", "--batch", "--hidden", "--layers");

    private static final String TRAIN = "train";

    /// Commands that look at others.
    private static final Set<String> NEED_ALL = Set.of("help", "completion", "config");

    /// Commands whose DATA may be a configuration, and `search`, which names options of `train`.
    private static final Set<String> TAKE_CONFIGURATIONS = Set.of(TRAIN, "check", "lr-range", "search");

    private final Context context;
    private final CommandLine commands;
    private final Optional<ConfigInvocation> invocation;

    /// Runs a command line.
    /// @param io where commands read and write
    /// @return the exit code
    public static int run(Console io, String... args) {
        return new CommandRunner(io, Optional.empty(), args).execute(args);
    }

    /// @param invocation the configuration whose options are parsed; empty for none
    /// @param args decide which commands are made
    private CommandRunner(Console io, Optional<ConfigInvocation> invocation, String... args) {
        this.context = new Context(io, new GlobalOptions());
        this.invocation = invocation;
        this.commands = new CommandLine(new RootCommand(context));
        Map<String, Supplier<Object>> makers = makers();
        // The options of a command are found by reflection, which for all takes a third of a second: one that is named
        // needs no other, but for `train`, whose options are keys of configurations, for commands that take these.
        boolean named = args.length > 0 && makers.containsKey(args[0]) && !NEED_ALL.contains(args[0]);
        boolean train = !named || TAKE_CONFIGURATIONS.contains(args[0]);
        makers.forEach((name, maker) -> {
            if (!named || name.equals(args[0]) || (train && name.equals(TRAIN))) {
                commands.addSubcommand(SettingOptions.parser(maker.get()));
            }
        });
        withConverters(commands); // picocli tells only the commands that are there, here and below
        commands.setOut(new PrintWriter(io.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(io.err(), true, StandardCharsets.UTF_8))
                .setColorScheme(CommandLine.Help.defaultColorScheme(io.colored() ? Ansi.AUTO : Ansi.OFF))
                .setUsageHelpWidth(Math.clamp(io.columns(100), 60, 100))
                .setAbbreviatedOptionsAllowed(false)
                .setExecutionStrategy(this::runParsed)
                .setParameterExceptionHandler(this::usageError)
                .setExecutionExceptionHandler((thrown, _, _) -> report(thrown));
        if (train && !Arrays.asList(args).contains(HelpCommand.ALL)) ShortHelp.use(command(TRAIN));
        nameAsTyped(commands, io);
    }

    /// All commands by name, in the order of the help.
    private Map<String, Supplier<Object>> makers() {
        var reader = new TrainParser(context.io());
        var makers = new LinkedHashMap<String, Supplier<Object>>();
        makers.put(TRAIN, () -> new TrainCommand(context, invocation));
        makers.put("check", () -> new CheckCommand(context));
        makers.put("lr-range", () -> new LrRangeCommand(context, invocation));
        makers.put("evaluate", () -> new EvaluateCommand(context));
        makers.put("predict", () -> new PredictCommand(context));
        makers.put("generate", () -> new GenerateCommand(context));
        makers.put("chat", () -> new ChatCommand(context));
        makers.put("embed", () -> new EmbedCommand(context));
        makers.put("serve", () -> new ServeCommand(context));
        makers.put("data", () -> new DataCommand(context));
        makers.put("ui", () -> new UiCommand(context));
        makers.put("runs", () -> RunsCommand.parser(context));
        makers.put("summary", () -> new SummaryCommand(context));
        makers.put("quantize", () -> new QuantizeCommand(context));
        makers.put("export", () -> new ExportCommand(context));
        makers.put("import", () -> new ImportCommand(context));
        makers.put("convert", () -> new ConvertCommand(context));
        makers.put("list", () -> new ListCommand(context));
        makers.put("init", () -> new InitCommand(context));
        makers.put("search", () -> new SearchCommand(context, reader));
        makers.put(
                "config",
                () -> new CommandLine(new ConfigCommand())
                        .addSubcommand(new ConfigCheckCommand(context, reader))
                        .addSubcommand(new ConfigSchemaCommand(context, reader)));
        makers.put("example", () -> new ExampleCommand(context));
        makers.put("playground", () -> new PlaygroundCommand(context));
        makers.put("bench", () -> new BenchCommand(context));
        makers.put("doctor", () -> new DoctorCommand(context));
        makers.put("completion", () -> new CompletionCommand(context));
        makers.put("help", () -> new HelpCommand(context));
        return makers;
    }

    /// Joins the lines of each paragraph and breaks them anew for the width of the terminal. A line that is indented
    /// by more than the first of its paragraph continues it.
    private static String[] paragraphs(int width, String... lines) {
        List<String> joined = new ArrayList<>();
        int indent = -1; // of the paragraph; −1 if the next line begins one
        for (String line : lines) {
            int own = indent(line);
            boolean continues = indent >= 0 && !line.isBlank() && (own > indent || (own == 0 && indent == 0));
            if (continues) joined.add(joined.removeLast() + " " + line.strip());
            else joined.add(line);
            indent = line.isBlank() || line.endsWith(":") ? -1 : continues ? indent : own;
        }
        return joined.stream().flatMap(each -> broken(each, width)).toArray(String[]::new);
    }

    private static int indent(String line) {
        return line.length() - line.stripLeading().length();
    }

    /// A paragraph in lines of fewer than `width` characters; the second and later ones of an item are indented more.
    private static Stream<String> broken(String paragraph, int width) {
        List<String> lines = new ArrayList<>();
        String rest = paragraph;
        while (rest.length() >= width) {
            int space = rest.lastIndexOf(' ', width - 1);
            if (space <= indent(rest)) break; // one long word
            lines.add(rest.substring(0, space).stripTrailing());
            rest = " ".repeat(indent(paragraph) * 2) + rest.substring(space).strip();
        }
        lines.add(rest);
        return lines.stream();
    }

    /// Has the help of all commands name `neurite` as the user typed it.
    private static void nameAsTyped(CommandLine command, Console io) {
        UsageMessageSpec help = command.getCommandSpec().usageMessage();
        help.footer(paragraphs(command.getUsageHelpWidth(), help.footer()));
        command.getHelpSectionMap().replaceAll((_, section) -> shown -> io.typed(section.render(shown)));
        command.getSubcommands().values().forEach(each -> nameAsTyped(each, io));
    }

    /// Has all options parse numbers in the same way.
    static CommandLine withConverters(CommandLine commands) {
        return commands.registerConverter(double.class, CommandRunner::number)
                .registerConverter(Double.class, CommandRunner::number)
                .registerConverter(int.class, text -> whole(text, Integer.MAX_VALUE, Integer::valueOf))
                .registerConverter(Integer.class, text -> whole(text, Integer.MAX_VALUE, Integer::valueOf))
                .registerConverter(long.class, text -> whole(text, Long.MAX_VALUE, Long::valueOf))
                .registerConverter(Long.class, text -> whole(text, Long.MAX_VALUE, Long::valueOf));
    }

    private int report(Throwable thrown) {
        boolean located = invocation.isPresent() && thrown instanceof ConfigException;
        return context.errors(context.json())
                .report(located ? invocation.get().configuration().located((ConfigException) thrown) : thrown);
    }

    private int runParsed(ParseResult parsed) {
        refuseRepeated(parsed);
        if (invocation.isPresent()) return new CommandLine.RunLast().execute(parsed);
        try {
            Optional<ConfigInvocation> found = commands.getSubcommands().containsKey(TRAIN)
                    ? ConfigInvocation.of(new ConfigKeys(command(TRAIN).getCommandSpec()), parsed)
                    : Optional.empty();
            if (found.isEmpty()) return new CommandLine.RunLast().execute(parsed);
            List<String> words =
                    found.get().words(command(found.get().command()).getCommandSpec());
            String[] args = words.toArray(String[]::new);
            return new CommandRunner(context.io(), found, args).execute(args);
        } catch (NeuriteException e) {
            return context.errors(context.json()).report(e);
        }
    }

    /// Refuses an option of one value that is given twice. In an argument group picocli would take the last.
    private static void refuseRepeated(ParseResult parsed) {
        for (CommandLine command : parsed.asCommandLineList()) {
            for (OptionSpec option : command.getParseResult().matchedOptions()) {
                if (option.isMultiValue() || option.originalStringValues().size() < 2) continue;
                throw new ParameterException(
                        command,
                        "option '" + option.longestName() + "' (" + option.paramLabel()
                                + ") should be specified only once");
            }
        }
    }

    private static Double number(String text) {
        return parsed(text, "a number", Text::number);
    }

    private static <T> T whole(String text, long largest, Function<String, T> parse) {
        return parsed(text, "a whole number up to " + largest, parse);
    }

    private static <T> T parsed(String text, String what, Function<String, T> parse) {
        try {
            return parse.apply(text);
        } catch (NumberFormatException _) {
            throw new TypeConversionException("expects " + what + ", got '" + text + "'");
        }
    }

    private int execute(String... args) {
        try {
            return commands.execute(args);
        } catch (Error e) { // picocli handles exceptions only
            return context.errors(context.json()).report(e);
        }
    }

    private int usageError(ParameterException wrong, String[] args) {
        // Parsing may have failed before --json.
        boolean asJson = context.json() || Arrays.asList(args).contains("--json");
        Optional<String> place = invocation.flatMap(each -> place(each.configuration(), wrong));
        if (place.isPresent()) {
            return context.errors(asJson).report(new ConfigException(place.get(), problem(wrong)));
        }
        String name = wrong.getCommandLine().getCommandSpec().qualifiedName();
        String hint = "See '" + name + " --help'";
        if (wrong instanceof UnmatchedArgumentException unmatched) {
            List<String> meant = suggestions(unmatched);
            String given = unmatched.getUnmatched().getFirst().replaceFirst("=.*", "");
            boolean searches = name.endsWith(" search");
            if (searches && command(TRAIN).getCommandSpec().findOption(given) != null)
                hint = SearchCommand.CONFIGURATION + ". " + hint;
            else if (!meant.isEmpty()) hint = "Did you mean '" + String.join("' or '", meant) + "'? " + hint;
        }
        return context.errors(asJson).usage(name, String.valueOf(wrong.getMessage()), hint);
    }

    /// The message of picocli without the option's name.
    static String problem(ParameterException wrong) {
        return String.valueOf(wrong.getMessage()).replaceFirst("^Invalid value for option '[^']*'[^:]*: ", "");
    }

    /// The place in a configuration that sets an option; empty if none does.
    static Optional<String> place(ConfigFile configuration, ParameterException wrong) {
        return wrong.getArgSpec() instanceof OptionSpec option
                ? configuration.place(option.longestName())
                : Optional.empty();
    }

    private CommandLine command(String name) {
        return Objects.requireNonNull(commands.getSubcommands().get(name));
    }

    /// At most two similar names.
    private static List<String> suggestions(UnmatchedArgumentException unmatched) {
        String given = unmatched.getUnmatched().getFirst().replaceFirst("=.*", "");
        String known = OTHER_NAMES.get(given);
        if (known != null && unmatched.getCommandLine().getCommandSpec().findOption(known) != null) {
            return List.of(known);
        }
        return unmatched.getSuggestions().stream()
                .map(each -> each.strip())
                .filter(each -> !each.equals(given))
                .limit(2)
                .toList();
    }
}
