package dev.neurite.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/// Where the command `neurite` begins.
public final class Main {
    /// Where the launcher wants messages when it has sent those of the JVM elsewhere.
    private static final String STDERR = "neurite.stderr";

    private Main() {}

    /// Runs a command line and ends the JVM with its exit code.
    public static void main(String[] args) {
        if (args.length == 1 && (args[0].equals("--version") || args[0].equals("-V"))) {
            System.out.println("neurite " + Version.current()); // answered before anything else is loaded
            return;
        }
        Locale.setDefault(Locale.ROOT); // the same output in every country
        String terminal = System.getProperty(STDERR, "");
        if (!terminal.isEmpty()) takeBack(terminal);
        var sink = new Sink(new FileOutputStream(FileDescriptor.out));
        PrintStream out = utf8(new BufferedOutputStream(sink, 1 << 16));
        PrintStream err = terminal.isEmpty() ? utf8(new FileOutputStream(FileDescriptor.err)) : System.err;
        int code = run(args, new Io(out, err, System.in, System.getenv(), Io.standardErrorIsTerminal(terminal)));
        out.flush();
        if (code == 0 && sink.lost()) {
            err.println("error: standard output: cannot be written: " + sink.problem());
            code = Failures.RESOURCE;
        }
        err.flush();
        System.exit(code);
    }

    /// Notes what a print stream would pass over: that its output is lost.
    private static final class Sink extends FilterOutputStream {
        private String problem = "";

        Sink(OutputStream out) {
            super(out);
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

        /// Whether output is lost that somebody wants: a reader that has gone away, as `head` does, wants no more.
        boolean lost() {
            return !problem.isEmpty() && !problem.contains("Broken pipe");
        }

        String problem() {
            return problem;
        }
    }

    private static void takeBack(String file) {
        try {
            System.setErr(utf8(new FileOutputStream(file)));
        } catch (IOException _) {
            // There is no such terminal: messages stay where they are.
        }
    }

    private static PrintStream utf8(OutputStream stream) {
        return new PrintStream(stream, false, StandardCharsets.UTF_8);
    }

    /// Runs a command line, as from no terminal and without environment variables.
    /// @return the exit code: 0 well, 1 a bug, 2 usage, 3 data, 4 model file, 5 diverged, 6 resources
    public static int run(String[] args, PrintStream out, PrintStream err, InputStream in) {
        return run(args, new Io(out, err, in, Map.of(), false));
    }

    static int run(String[] args, Io io) {
        int code = new Neurite(io).execute(args);
        io.out().flush();
        return code;
    }
}
