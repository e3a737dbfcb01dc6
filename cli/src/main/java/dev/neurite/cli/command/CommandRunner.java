package dev.neurite.cli.command;

import dev.neurite.cli.bench.BenchCommand;
import dev.neurite.cli.bench.DoctorCommand;
import dev.neurite.cli.config.ConfigFile;
import dev.neurite.cli.config.ConfigKeys;
import dev.neurite.cli.console.Console;
import dev.neurite.cli.console.Context;
import dev.neurite.cli.console.GlobalOptions;
import dev.neurite.cli.console.Text;
import dev.neurite.cli.search.SearchCommand;
import dev.neurite.error.ConfigException;
import dev.neurite.error.NeuriteException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
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

    private final Context context;
    private final CommandLine commands;
    private final Optional<ConfigInvocation> invocation;

    /// Creates all commands.
    /// @param io where commands read and write
    public CommandRunner(Console io) {
        this(io, Optional.empty());
    }

    /// @param invocation the configuration whose options are parsed; empty for none
    private CommandRunner(Console io, Optional<ConfigInvocation> invocation) {
        this.context = new Context(io, new GlobalOptions());
        this.invocation = invocation;
        var reader = new TrainParser(io);
        this.commands = withConverters(new CommandLine(new RootCommand(context))
                .addSubcommand(new TrainCommand(context, invocation))
                .addSubcommand(new CheckCommand(context))
                .addSubcommand(new LrRangeCommand(context, invocation))
                .addSubcommand(new EvaluateCommand(context))
                .addSubcommand(new PredictCommand(context))
                .addSubcommand(new DataCommand(context))
                .addSubcommand(new UiCommand(context))
                .addSubcommand(new SummaryCommand(context))
                .addSubcommand(new ListCommand(context))
                .addSubcommand(new InitCommand(context))
                .addSubcommand(new SearchCommand(context, reader))
                .addSubcommand(new CommandLine(new ConfigCommand())
                        .addSubcommand(new ConfigCheckCommand(context, reader))
                        .addSubcommand(new ConfigSchemaCommand(context, reader)))
                .addSubcommand(new ExampleCommand(context))
                .addSubcommand(new PlaygroundCommand(context))
                .addSubcommand(new BenchCommand(context))
                .addSubcommand(new DoctorCommand(context))
                .addSubcommand(new CompletionCommand(context))
                .addSubcommand(new HelpCommand(context)));
        commands.setOut(new PrintWriter(io.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(io.err(), true, StandardCharsets.UTF_8))
                .setColorScheme(CommandLine.Help.defaultColorScheme(io.colored() ? Ansi.AUTO : Ansi.OFF))
                .setUsageHelpWidth(Math.clamp(io.columns(100), 60, 100))
                .setAbbreviatedOptionsAllowed(false)
                .setExecutionStrategy(this::run)
                .setParameterExceptionHandler(this::usageError)
                .setExecutionExceptionHandler((thrown, _, _) -> report(thrown));
        nameAsTyped(commands, io);
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

    private int run(ParseResult parsed) {
        refuseRepeated(parsed);
        if (invocation.isPresent()) return new CommandLine.RunLast().execute(parsed);
        try {
            Optional<ConfigInvocation> found =
                    ConfigInvocation.of(new ConfigKeys(command("train").getCommandSpec()), parsed);
            if (found.isEmpty()) return new CommandLine.RunLast().execute(parsed);
            List<String> words =
                    found.get().words(command(found.get().command()).getCommandSpec());
            return new CommandRunner(context.io(), found).execute(words.toArray(String[]::new));
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

    /// Runs a command line.
    /// @return the exit code
    public int execute(String... args) {
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
            boolean trains = command("train").getCommandSpec().findOption(given) != null;
            if (name.endsWith(" search") && trains) hint = SearchCommand.CONFIGURATION + ". " + hint;
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
