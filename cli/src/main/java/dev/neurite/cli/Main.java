package dev.neurite.cli;

import dev.neurite.cli.command.CommandRunner;
import dev.neurite.cli.console.Console;
import dev.neurite.cli.console.ErrorReporter;
import dev.neurite.cli.console.Version;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/// The main class of the command `neurite`.
public final class Main {
    /// Set by the launcher to the file descriptor of the original standard error; descriptor 2 is its filter.
    private static final String STDERR = "neurite.stderr";

    /// Set by the launcher if standard error is a terminal.
    private static final String ERR_TERMINAL = "neurite.terminal";

    /// Set by the launcher if standard output is a terminal.
    private static final String OUT_TERMINAL = "neurite.terminal.out";

    private static final int FILE_TYPE = 0xf000; // bits of a file's mode, see stat(2)
    private static final int PIPE = 0x1000;
    private static final int SOCKET = 0xc000;

    private Main() {}

    /// Runs a command line and ends the JVM with its exit code.
    public static void main(String[] args) {
        var sink = new Sink(new FileOutputStream(FileDescriptor.out), Path.of("/dev/fd/1"));
        PrintStream out = utf8(new BufferedOutputStream(sink, 1 << 16));
        PrintStream err = utf8(new FileOutputStream(standardError(System.getProperty(STDERR, ""))));
        int code = 0;
        if (args.length == 1 && (args[0].equals("--version") || args[0].equals("-V"))) {
            out.println("neurite " + Version.current()); // answered before anything else is loaded
        } else {
            Locale.setDefault(Locale.ROOT); // the same output in every country
            silenceLog();
            boolean outTerminal = System.getProperty(OUT_TERMINAL) != null || Console.isTerminal(1);
            boolean errTerminal = System.getProperty(ERR_TERMINAL) != null || Console.isTerminal(2);
            code = run(
                    args,
                    new Console(out, err, System.in, System.getenv(), outTerminal, errTerminal, Console.isTerminal(0)));
        }
        out.flush();
        if (code == 0 && sink.isLost()) {
            err.println("error: standard output: cannot be written: " + sink.problem);
            code = ErrorReporter.RESOURCE;
        }
        err.flush();
        System.exit(code);
    }

    /// Keeps out of the log which engine computes, and warnings about trainings: commands say themselves what
    /// matters. Without module java.logging, a property decides.
    private static void silenceLog() {
        System.setProperty("jdk.system.logger.level", "OFF");
        if (ModuleLayer.boot().findModule("java.logging").isPresent()) LibraryLog.silence();
    }

    /// A class of its own, as module java.logging may be missing.
    private static final class LibraryLog {
        private static final List<Logger> LOGS = // kept, or their levels are forgotten
                List.of(Logger.getLogger("dev.neurite.kernel"), Logger.getLogger("dev.neurite.train"));

        static void silence() {
            LOGS.forEach(each -> each.setLevel(Level.OFF));
        }
    }

    /// The file descriptor of a number. Java has no other way to it: opening `/dev/fd/3` would write
    /// from the file's beginning.
    private static FileDescriptor standardError(String number) {
        try {
            if (number.isEmpty()) return FileDescriptor.err;
            Constructor<FileDescriptor> numbered = FileDescriptor.class.getDeclaredConstructor(int.class);
            numbered.setAccessible(true);
            return numbered.newInstance(Integer.parseInt(number));
        } catch (ReflectiveOperationException | RuntimeException _) {
            return FileDescriptor.err; // messages then go through the filter
        }
    }

    /// Whether a file is a pipe or a socket, whose reader may close it.
    public static boolean hasReader(Path file) {
        try {
            int type = (Integer) Files.getAttribute(file, "unix:mode") & FILE_TYPE;
            return type == PIPE || type == SOCKET;
        } catch (IOException | RuntimeException _) {
            return false; // another system
        }
    }

    /// Remembers that writing failed, which a `PrintStream` ignores.
    private static final class Sink extends FilterOutputStream {
        private final Path file;
        private String problem = "";

        /// @param file the file behind the stream
        Sink(OutputStream out, Path file) {
            super(out);
            this.file = file;
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            try {
                out.write(bytes, from, count);
            } catch (IOException e) {
                problem = String.valueOf(e.getMessage());
                throw e;
            }
        }

        /// Whether output is lost, except to a pipe that its reader closed, as `head` does. The
        /// system's message for that depends on its language, so the kind of file decides.
        boolean isLost() {
            return !problem.isEmpty() && !hasReader(file);
        }
    }

    private static PrintStream utf8(OutputStream stream) {
        return new PrintStream(stream, false, StandardCharsets.UTF_8);
    }

    /// Runs a command line without a terminal and without environment variables.
    /// @return the exit code: 0 success, 1 a bug, 2 usage, 3 data, 4 model file, 5 diverged, 6 resources,
    ///     7 paused by `--time-limit`, 129 and more by a signal
    public static int run(String[] args, PrintStream out, PrintStream err, InputStream in) {
        return run(args, new Console(out, err, in, Map.of(), false, false, false));
    }

    static int run(String[] args, Console io) {
        int code = CommandRunner.run(io, args);
        io.out().flush();
        return code;
    }
}
