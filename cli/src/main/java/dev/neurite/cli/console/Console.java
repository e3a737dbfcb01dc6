package dev.neurite.cli.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
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

    /// Why a file cannot be used, in words.
    public static String reason(IOException problem) {
        return switch (problem) {
            case AccessDeniedException _ -> "no permission";
            case NoSuchFileException _ -> "it does not exist";
            case FileAlreadyExistsException _ -> "a file is in the way";
            case NotDirectoryException _ -> "it is no directory";
            case DirectoryNotEmptyException _ -> "it is not empty";
            case FileSystemException system
            when system.getReason() != null ->
                String.valueOf(system.getReason()).toLowerCase(Locale.ROOT);
            default -> String.valueOf(problem.getMessage());
        };
    }

    /// A text as a terminal may show it: control characters, which may come from a file, as `\u001b`. Ends of lines
    /// stay.
    public static String printable(String text) {
        if (text.chars().noneMatch(Console::controls)) return text;
        var shown = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            shown.append(controls(c) ? String.format(Locale.ROOT, "\\u%04x", (int) c) : String.valueOf(c));
        }
        return shown.toString();
    }

    /// Whether a character moves, hides or turns what a terminal shows.
    private static boolean controls(int c) {
        boolean direction = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
        return c != '\n' && c != '\t' && (Character.isISOControl(c) || direction || c == 0x2028 || c == 0x2029);
    }

    /// How wide the terminal is, as the launcher knows.
    public int columns() {
        return columns(USUAL_COLUMNS);
    }

    /// The same.
    /// @param otherwise what it is taken for where nobody knows
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
