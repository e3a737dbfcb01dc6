package dev.neurite.cli.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a command reads from, writes to and runs in.
/// @param out for data
/// @param err for progress, notes and errors
/// @param in for data
/// @param environment the environment variables
/// @param terminal whether `err` is a terminal
public record Console(
        PrintStream out, PrintStream err, InputStream in, Map<String, String> environment, boolean terminal) {
    private static final int USUAL_COLUMNS = 80;

    /// Whether standard error is a terminal, for who starts the JVM without the launcher.
    @SuppressWarnings("SystemConsoleNull") // it does in JDK 25, where there is no terminal
    public static boolean standardErrorIsTerminal() {
        try {
            String target = Path.of("/proc/self/fd/2").toRealPath().toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | RuntimeException _) {
            return System.console() != null && System.console().isTerminal(); // no Linux
        }
    }

    /// Whether a line may be drawn again and again in its place.
    public boolean animated() {
        return terminal && !has("CI") && !"dumb".equals(environment.get("TERM"));
    }

    /// Whether text may have colors.
    public boolean colored() {
        return animated() && !has("NO_COLOR");
    }

    /// Whether the terminal shows more than ASCII, as its locale says.
    public boolean unicode() {
        for (String name : new String[] {"LC_ALL", "LC_CTYPE", "LANG"}) {
            if (has(name)) {
                String locale = environment.getOrDefault(name, "").toUpperCase(Locale.ROOT);
                return locale.contains("UTF-8") || locale.contains("UTF8");
            }
        }
        return false;
    }

    /// What was typed to start this program: `neurite`, or the path of its launcher.
    String command() {
        return has("NEURITE_COMMAND") ? environment.getOrDefault("NEURITE_COMMAND", "") : "neurite";
    }

    /// A command line of this program that can be typed again.
    /// @param words as the program gets them
    public String commandLine(String... words) {
        return Stream.concat(Stream.of(command()), Arrays.stream(words))
                .map(Console::quoted)
                .collect(Collectors.joining(" "));
    }

    /// A word as a shell takes it, in quotes if it needs them.
    static String quoted(String word) {
        return word.matches("[\\p{L}\\p{N}_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    /// How wide the terminal is, as the launcher knows.
    public int columns() {
        try {
            int columns = Integer.parseInt(environment.getOrDefault("COLUMNS", ""));
            return columns > 0 ? columns : USUAL_COLUMNS;
        } catch (NumberFormatException _) {
            return USUAL_COLUMNS;
        }
    }

    private boolean has(String variable) {
        return !environment.getOrDefault(variable, "").isEmpty();
    }
}
