package dev.neurite.cli.console;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.DivergedException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.NeuriteException;
import dev.neurite.error.ResourceException;
import dev.neurite.error.ShapeException;
import dev.neurite.io.json.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.InvalidPathException;
import java.util.LinkedHashMap;
import java.util.Map;

/// Prints errors and maps them to exit codes.
/// @param json whether to print errors as JSON
/// @param trace whether to print stack traces too
public record ErrorReporter(Console io, boolean json, boolean trace) {
    /// The exit code of a training that `--time-limit` paused.
    public static final int PAUSED = 7;

    private static final int BUG = 1;
    private static final int USAGE = 2;
    private static final int DATA = 3;

    /// The exit code for lack of memory and for files that cannot be written.
    public static final int RESOURCE = 6;

    /// Part of the JVM's message for a mapped file that was cut short.
    private static final String FAULT = "memory access";

    private static final String CUT = "The file was changed while it was read, or the disk fails";

    private static final String LOCALE = "Letters beyond ASCII need a locale that has them, as in LC_ALL=C.UTF-8";

    private record Kind(int exit, String code) {}

    /// The one place that maps errors to exit codes.
    private static Kind kind(NeuriteException error) {
        return switch (error) {
            case ConfigException _ -> new Kind(USAGE, "config");
            case ShapeException _ -> new Kind(USAGE, "shape");
            case DataException _ -> new Kind(DATA, "data");
            case ModelFormatException _ -> new Kind(4, "model-format");
            case DivergedException _ -> new Kind(5, "diverged");
            case ResourceException _ -> new Kind(RESOURCE, "resource");
        };
    }

    /// Reports a command line that cannot be parsed.
    /// @return the exit code
    public int usage(String where, String problem, String hint) {
        print("usage", where, problem, hint, problem + ". " + hint);
        return USAGE;
    }

    /// Reports an exception of a command.
    /// @return the exit code
    public int report(Throwable thrown) {
        if (thrown instanceof NeuriteException error) {
            Kind kind = kind(error);
            print(kind.code(), error.where(), error.problem(), error.hint(), String.valueOf(error.getMessage()));
            if (trace) trace(thrown);
            return kind.exit();
        }
        if (thrown instanceof OutOfMemoryError) {
            long heap = Runtime.getRuntime().maxMemory() >> 20;
            String problem = Text.format("expects more than the heap of %,d MB", heap);
            String hint =
                    "Give it more, as in NEURITE_JAVA_OPTS=-Xmx8g, or take smaller layers or batches, or a shorter"
                            + " --context";
            print("resource", "memory", problem, hint, "memory: " + problem + ". " + hint);
            if (trace) trace(thrown);
            return RESOURCE;
        }
        if (thrown instanceof InvalidPathException path) {
            String problem = "expects a name that this system can give a file, got another: " + path.getReason();
            print("data", path.getInput(), problem, LOCALE, path.getInput() + ": " + problem + ". " + LOCALE);
            if (trace) trace(thrown);
            return DATA;
        }
        if (thrown instanceof InternalError
                && String.valueOf(thrown.getMessage()).contains(FAULT)) {
            String problem = "expects files that do not change while they are read, got one that was cut short";
            print("data", "data", problem, CUT, "data: " + problem + ". " + CUT);
            if (trace) trace(thrown);
            return DATA;
        }
        String hint = "This is a bug of neurite, please report it";
        print("bug", "neurite", thrown.toString(), hint, thrown + ". " + hint);
        trace(thrown);
        return BUG;
    }

    private void print(String code, String where, String problem, String hint, String message) {
        io.out().flush();
        if (json) {
            Map<String, Object> error = new LinkedHashMap<>();
            error.put("code", code);
            error.put("where", where);
            error.put("problem", problem);
            error.put("hint", io.typed(hint));
            io.err().println(Json.of(Map.of("error", error)).write());
        } else {
            io.err().println(io.fitted(Console.printable(io.typed("error: " + message))));
        }
    }

    private void trace(Throwable thrown) {
        var text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text, true));
        io.err().print(text);
    }
}
