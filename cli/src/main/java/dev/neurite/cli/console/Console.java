package dev.neurite.cli.console;

import dev.neurite.error.Escapes;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Standard streams and environment variables of a command.
/// @param out for data
/// @param err for progress, notes and errors
/// @param in for data
/// @param environment the environment variables
/// @param outIsTerminal whether `out` is a terminal
/// @param errIsTerminal whether `err` is a terminal
/// @param inIsTerminal whether `in` is a terminal
public record Console(
        PrintStream out,
        PrintStream err,
        InputStream in,
        Map<String, String> environment,
        boolean outIsTerminal,
        boolean errIsTerminal,
        boolean inIsTerminal) {
    private static final int DEFAULT_COLUMNS = 80;
    private static final int LABEL = 7; // `train  `, `error: `

    /// Set by the launcher to the terminal's locale, where the program has another one.
    private static final String TERMINAL_LOCALE = "NEURITE_LOCALE";

    /// A command line of this program in a text: `neurite` and the name of a command.
    private static final Pattern COMMAND_LINE = Pattern.compile("\\bneurite"
        + " (?=\\[|(train|check|lr-range|evaluate|predict|generate|chat|data|summary|export|import|convert|list|init|search|config"
        + "|quantize|example|playground|ui|serve|runs|embed|bench|doctor|completion|help)\\b)");

    /// Whether a file descriptor is a terminal. The launcher knows better; this is for a JVM started without
    /// it.
    /// @param descriptor 0 for standard input, 1 for standard output, 2 for standard error
    @SuppressWarnings("SystemConsoleNull") // null in JDK 25 where there is no terminal
    public static boolean isTerminal(int descriptor) {
        try {
            String target = Path.of("/proc/self/fd/" + descriptor).toRealPath().toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | RuntimeException _) {
            return System.console() != null && System.console().isTerminal(); // no Linux
        }
    }

    /// Whether a progress bar may be redrawn in place on standard error.
    public boolean animated() {
        return errIsTerminal && !has("CI") && !"dumb".equals(environment.get("TERM"));
    }

    public boolean colored() {
        return animated() && !has("NO_COLOR");
    }

    /// Whether results on standard output may be colored.
    public boolean coloredOutput() {
        return outIsTerminal && !has("CI") && !"dumb".equals(environment.get("TERM")) && !has("NO_COLOR");
    }

    /// Whether the terminal's locale is UTF-8.
    public boolean unicode() {
        for (String name : new String[] {TERMINAL_LOCALE, "LC_ALL", "LC_CTYPE", "LANG"}) {
            if (has(name)) {
                String locale = environment.getOrDefault(name, "").toUpperCase(Locale.ROOT);
                return locale.contains("UTF-8") || locale.contains("UTF8");
            }
        }
        return false;
    }

    /// A command line of this program for a hint. [#typed] replaces `neurite` by the word that the user typed.
    /// @param words the arguments, not yet quoted
    public static String commandLine(String... words) {
        return "neurite " + Arrays.stream(words).map(Console::quoted).collect(Collectors.joining(" "));
    }

    /// A text with `neurite` replaced by the word that the user typed, as `./neurite`, in each command line.
    public String typed(String text) {
        if (!has("NEURITE_COMMAND")) return text;
        String command = quoted(environment.getOrDefault("NEURITE_COMMAND", ""));
        return COMMAND_LINE.matcher(text).replaceAll(Matcher.quoteReplacement(command + " "));
    }

    /// A message in lines that fit into the terminal, if there is one: broken between words, the second and
    /// later lines indented as what follows the label of the first, as in `train  …`. A command line at the end
    /// is not broken, so that it can be copied.
    String fitted(String text) {
        if (!errIsTerminal || !has("COLUMNS")) return text;
        return text.lines().map(this::fittedLine).collect(Collectors.joining("\n"));
    }

    private String fittedLine(String line) {
        if (line.length() < columns()) return line;
        Matcher command = Pattern.compile("neurite (train|evaluate|check|predict|ui|lr-range|data|generate|chat) .*$")
                .matcher(line);
        int end = command.find() ? line.lastIndexOf(' ', command.start() - 1) + 1 : line.length();
        var lines = new ArrayList<String>();
        String rest = line.substring(0, end).stripTrailing();
        while (rest.length() >= columns()) {
            int space = rest.lastIndexOf(' ', columns() - 1);
            if (space <= LABEL) break; // one long word
            lines.add(rest.substring(0, space).stripTrailing());
            rest = " ".repeat(LABEL) + rest.substring(space).strip();
        }
        if (end < line.length() && rest.length() + 1 + line.length() - end >= columns()) {
            lines.add(rest);
            rest = " ".repeat(LABEL) + line.substring(end);
        } else if (end < line.length()) {
            rest += " " + line.substring(end);
        }
        lines.add(rest);
        return String.join("\n", lines);
    }

    /// A word as a shell takes it: in single quotes if it needs them.
    public static String quoted(String word) {
        return word.matches("[\\p{L}\\p{N}_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    /// A text for a terminal: [Escapes] instead of characters that could change what it shows, which a file may
    /// contain. Line ends and tabs stay.
    public static String printable(String text) {
        return Escapes.escape(text, "\n\t");
    }

    /// The width of the terminal in characters, from the variable `COLUMNS` that the launcher sets; 80 if
    /// unknown.
    public int columns() {
        return columns(DEFAULT_COLUMNS);
    }

    /// The width of the terminal in characters, from the variable `COLUMNS` that the launcher sets.
    /// @param otherwise the result if the width is unknown
    public int columns(int otherwise) {
        try {
            int columns = Integer.parseInt(environment.getOrDefault("COLUMNS", ""));
            return columns > 0 ? columns : otherwise;
        } catch (NumberFormatException _) {
            return otherwise;
        }
    }

    private boolean has(String variable) {
        return !environment.getOrDefault(variable, "").isEmpty();
    }
}
