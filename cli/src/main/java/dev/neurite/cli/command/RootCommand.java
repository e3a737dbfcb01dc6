package dev.neurite.cli.command;

import dev.neurite.cli.bench.BenchCommand;
import dev.neurite.cli.bench.DoctorCommand;
import dev.neurite.cli.config.ConfigFile;
import dev.neurite.cli.config.ConfigKeys;
import dev.neurite.cli.config.ConfigSchema;
import dev.neurite.cli.console.Console;
import dev.neurite.cli.console.ErrorReporter;
import dev.neurite.cli.console.JsonWriter;
import dev.neurite.cli.console.Version;
import dev.neurite.cli.search.SearchCommand;
import dev.neurite.error.ConfigException;
import dev.neurite.error.NeuriteException;
import dev.neurite.kernel.Kernels;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/// The command `neurite` itself: the options that every command has, and what commands share.
@Command(
        name = "neurite",
        description = "Neural networks from scratch, on the JVM.",
        versionProvider = RootCommand.VersionText.class,
        footer = {
            "",
            "Examples:",
            "  neurite train fashion-mnist            train on 60,000 images, in some seconds",
            "  neurite train iris --layers 16,16      train on a small table",
            "  neurite evaluate runs/<run>            how good is it?",
            "  neurite predict runs/<run> digit.png   use it",
            "  neurite help train                     all about one command",
            "",
            "Exit codes: 0 success, 1 a bug of neurite, 2 usage or settings, 3 data, 4 model file,",
            "            5 training diverged, 6 memory, disk or files, 7 paused by --time-limit, without a model",
            "            yet; 129, 130 and 143 interrupted by a lost terminal, Ctrl-C or SIGTERM.",
            "            After 7 and those above 128, train --resume goes on."
        })
public final class RootCommand implements Callable<Integer> {
    /// What options are called elsewhere, where picocli finds no likeness.
    private static final Map<String, String> ELSEWHERE =
            Map.of("--learning-rate", "--lr", "--rate", "--lr", "--batch-size", "--batch", "--hidden", "--layers");

    private static final String TRAIN = "train";

    private final Console io;
    private final CommandLine commands;
    private final Optional<ConfigInvocation> configured;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this text.")
    @SuppressWarnings("UnusedVariable") // picocli sees to it
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show which version this is.")
    @SuppressWarnings("UnusedVariable") // picocli sees to it
    private boolean version;

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "Results, and errors, as JSON.")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            scope = ScopeType.INHERIT,
            description = "Nothing but results and errors.")
    private boolean quiet;

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "More detail; -vv also shows where in the program an error came from.")
    private boolean[] verbose = {};

    @Option(
            names = "--threads",
            paramLabel = "N",
            scope = ScopeType.INHERIT,
            description =
                    "Threads that compute: 1 to 1024, one for each core by default. " + "Results do not depend on it.")
    private int threads = Kernels.defaultThreads();

    @Option(
            names = "--seed",
            paramLabel = "N",
            scope = ScopeType.INHERIT,
            description = "What random choices depend on, 0 by default.")
    private @Nullable Long seed;

    public RootCommand(Console io) {
        this(io, Optional.empty());
    }

    /// @param configured the configuration that its options come from; empty for none
    private RootCommand(Console io, Optional<ConfigInvocation> configured) {
        this.io = io;
        this.configured = configured;
        this.commands = new CommandLine(this)
                .addSubcommand(new TrainCommand(this))
                .addSubcommand(new CheckCommand(this))
                .addSubcommand(new LrRangeCommand(this))
                .addSubcommand(new EvaluateCommand(this))
                .addSubcommand(new PredictCommand(this))
                .addSubcommand(new DataCommand(this))
                .addSubcommand(new SummaryCommand(this))
                .addSubcommand(new ListCommand(this))
                .addSubcommand(new InitCommand(this))
                .addSubcommand(new SearchCommand(this))
                .addSubcommand(new CommandLine(new ConfigCommand())
                        .addSubcommand(new ConfigCheckCommand(this))
                        .addSubcommand(new ConfigSchemaCommand(this)))
                .addSubcommand(new ExampleCommand(this))
                .addSubcommand(new BenchCommand(this))
                .addSubcommand(new DoctorCommand(this))
                .addSubcommand(new CompletionCommand(this))
                .addSubcommand(new HelpCommand(this));
        commands.setOut(new PrintWriter(io.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(io.err(), true, StandardCharsets.UTF_8))
                .setColorScheme(CommandLine.Help.defaultColorScheme(io.colored() ? Ansi.AUTO : Ansi.OFF))
                .setUsageHelpWidth(Math.clamp(io.columns(100), 60, 100))
                .setAbbreviatedOptionsAllowed(false)
                .registerConverter(double.class, RootCommand::number)
                .registerConverter(Double.class, RootCommand::number)
                .registerConverter(int.class, text -> whole(text, Integer.MAX_VALUE, Integer::valueOf))
                .registerConverter(Integer.class, text -> whole(text, Integer.MAX_VALUE, Integer::valueOf))
                .registerConverter(long.class, text -> whole(text, Long.MAX_VALUE, Long::valueOf))
                .registerConverter(Long.class, text -> whole(text, Long.MAX_VALUE, Long::valueOf))
                .setExecutionStrategy(this::run)
                .setParameterExceptionHandler(this::misused)
                .setExecutionExceptionHandler((thrown, _, _) ->
                        failures(json).report(thrown instanceof ConfigException error ? located(error) : thrown));
    }

    private int run(ParseResult parsed) {
        refuseTwice(parsed);
        if (configured.isPresent()) return new CommandLine.RunLast().execute(parsed);
        try {
            Optional<ConfigInvocation> found = ConfigInvocation.of(configKeys(), parsed);
            if (found.isEmpty()) return new CommandLine.RunLast().execute(parsed);
            var other = new RootCommand(io, found);
            return other.execute(other.words(found.get()).toArray(String[]::new));
        } catch (NeuriteException e) {
            return failures(json).report(e);
        }
    }

    /// Refuses an option with one value that stands twice: in a group picocli lets it, and takes the last.
    private static void refuseTwice(ParseResult parsed) {
        for (CommandLine command : parsed.asCommandLineList()) {
            for (OptionSpec option : command.getParseResult().matchedOptions()) {
                if (option.isMultiValue() || option.originalStringValues().size() < 2) continue;
                throw new ParameterException(
                        command,
                        "option '%s' (%s) should be specified only once"
                                .formatted(option.longestName(), option.paramLabel()));
            }
        }
    }

    private static Double number(String text) {
        return parsed(text, "a number", RootCommand::parseNumber);
    }

    /// A number as other programs write it, too: neither Java's 1f nor 0x1p-3.
    /// @throws NumberFormatException for anything else
    public static double parseNumber(String text) {
        if (!text.matches("[-+0-9.eE]+|NaN|[-+]?Infinity")) throw new NumberFormatException(text);
        return Double.parseDouble(text);
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

    public int execute(String... args) {
        try {
            return commands.execute(args);
        } catch (Error e) { // which picocli lets pass
            return failures(json).report(e);
        }
    }

    @Override
    public Integer call() {
        commands.usage(io.out());
        return 0;
    }

    private int misused(ParameterException wrong, String[] args) {
        // Parsing may have ended before it came to --json.
        boolean asJson = json || Arrays.asList(args).contains("--json");
        Optional<String> place = configured.flatMap(each -> place(each.configuration(), wrong));
        if (place.isPresent()) {
            return failures(asJson).report(new ConfigException(place.get(), problem(wrong)));
        }
        String name = wrong.getCommandLine().getCommandSpec().qualifiedName();
        String hint = "See '" + name + " --help'";
        if (wrong instanceof UnmatchedArgumentException unmatched) {
            List<String> meant = meant(unmatched);
            if (!meant.isEmpty()) hint = "Did you mean '" + String.join("' or '", meant) + "'? " + hint;
        }
        return failures(asJson).usage(name, String.valueOf(wrong.getMessage()), hint);
    }

    /// What is wrong with the value of an option, without its name.
    private static String problem(ParameterException wrong) {
        return String.valueOf(wrong.getMessage()).replaceFirst("^Invalid value for option '[^']*'[^:]*: ", "");
    }

    private static Optional<String> place(ConfigFile configuration, ParameterException wrong) {
        return wrong.getArgSpec() instanceof OptionSpec option
                ? configuration.place(option.longestName())
                : Optional.empty();
    }

    /// An error with the place in the configuration that it comes from.
    private RuntimeException located(ConfigException error) {
        if (configured.isEmpty()) return error;
        return configured
                .get()
                .configuration()
                .located(error, other -> problem(configured.get().with(other)));
    }

    /// What is wrong with the options of a configuration, as far as that shows without its data.
    private Optional<String> problem(ConfigInvocation other) {
        try {
            new RootCommand(io, Optional.of(other)).train(other).settings();
            return Optional.empty();
        } catch (NeuriteException | ParameterException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /// The configuration that the options come from; empty where they are those of the command line.
    Optional<ConfigInvocation> configured() {
        return configured;
    }

    private List<String> words(ConfigInvocation each) {
        return each.words(command(each.command()).getCommandSpec());
    }

    private CommandLine command(String name) {
        return Objects.requireNonNull(commands.getSubcommands().get(name));
    }

    /// Lets `train` look at what a configuration says.
    /// @throws NeuriteException as it is thrown, with the place in the configuration if it comes from there
    public <T> T told(ConfigFile configuration, Function<TrainCommand, T> use) {
        var all = new ConfigInvocation(TRAIN, configuration, List.of(), List.of());
        var other = new RootCommand(io, Optional.of(all));
        try {
            return use.apply(other.train(all));
        } catch (ParameterException e) {
            throw new ConfigException(place(configuration, e).orElse(configuration.file()), problem(e));
        } catch (ConfigException e) {
            throw other.located(e);
        }
    }

    /// The command `train`, told what a configuration says, whichever command it was for.
    private TrainCommand train(ConfigInvocation told) {
        List<String> words = new ArrayList<>(List.of(TRAIN));
        words.addAll(told.configuration().arguments(command(TRAIN).getCommandSpec(), List.of()));
        commands.parseArgs(words.toArray(String[]::new));
        return command(TRAIN).getCommand();
    }

    /// At most two names that somebody may have meant.
    private static List<String> meant(UnmatchedArgumentException unmatched) {
        String given = unmatched.getUnmatched().getFirst().replaceFirst("=.*", "");
        String known = ELSEWHERE.get(given);
        if (known != null && unmatched.getCommandLine().getCommandSpec().findOption(known) != null) {
            return List.of(known);
        }
        return unmatched.getSuggestions().stream()
                .map(each -> each.strip())
                .filter(each -> !each.equals(given))
                .limit(2)
                .toList();
    }

    private ErrorReporter failures(boolean asJson) {
        return new ErrorReporter(io, asJson, verbose.length > 1);
    }

    // ------------------------------------------------------------------------------------------- for the commands

    public Console io() {
        return io;
    }

    /// A script that has a shell complete the commands and options.
    String completion() {
        return AutoComplete.bash("neurite", commands);
    }

    /// Where options stand in a configuration.
    public ConfigKeys configKeys() {
        return new ConfigKeys(command(TRAIN).getCommandSpec());
    }

    /// The JSON schema of configurations.
    String configSchema() {
        return ConfigSchema.text(configKeys(), command("search").getCommandSpec());
    }

    Set<String> commandNames() {
        return commands.getSubcommands().keySet();
    }

    public boolean json() {
        return json;
    }

    public boolean quiet() {
        return quiet;
    }

    public boolean verbose() {
        return verbose.length > 0;
    }

    public long seed() {
        return seed != null ? seed : 0;
    }

    /// Whether somebody chose a seed.
    public boolean seeded() {
        return seed != null;
    }

    /// The number of threads to compute with.
    public int threads() {
        if (threads < 1 || threads > 1024) throw new ConfigException("--threads", "expects 1 to 1024, got " + threads);
        return threads;
    }

    /// A line of result.
    public void print(String line) {
        io.out().println(Console.printable(line));
        io.out().flush(); // before what standard error has to say next
    }

    /// A result as JSON.
    public void printJson(Object value) {
        io.out().println(JsonWriter.write(value));
    }

    /// A line about what goes on, unless silence is wanted.
    public void note(String line) {
        if (!quiet) io.err().println(Console.printable(line));
    }

    /// The command line to type next.
    public void next(String... words) {
        note("next   " + io.commandLine(words));
    }

    /// Says how to compute faster, where that is possible.
    public void noteMissingVectors() {
        if (Kernels.vectorsPresent()) return;
        note("note: computing without vector instructions, several times slower. Start java with "
                + "--add-modules jdk.incubator.vector, or by the script neurite, which does so.");
    }

    /// Prints with English digits and separators, wherever this runs.
    @SuppressWarnings("AnnotateFormatMethod")
    public static String format(String format, Object... args) {
        return String.format(Locale.ROOT, format, args);
    }

    /// For picocli.
    static final class VersionText implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"neurite " + Version.current()};
        }
    }
}
