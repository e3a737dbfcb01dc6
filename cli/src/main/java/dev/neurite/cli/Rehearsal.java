package dev.neurite.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.neurite.kernel.Kernels;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;

/// What the launcher runs to make the JVM's AOT cache: commands that between them load what most starts need.
/// They compute without the Vector API, which no cache takes.
final class Rehearsal {
    private Rehearsal() {}

    /// Runs the commands in a new directory. Without an argument it says by its exit code whether this JVM, which was
    /// started as the launcher will, has the Vector API if its JDK has.
    /// @throws IllegalStateException if a command fails
    public static void main(String[] args) throws IOException {
        if (args.length > 0) run(Files.createDirectories(Path.of(args[0])));
        else requireVectors();
    }

    private static void requireVectors() {
        boolean expected = ModuleFinder.ofSystem().find("jdk.incubator.vector").isPresent();
        try (Kernels kernels = Kernels.create(1)) {
            if (kernels.engineName().startsWith("vector") == expected) return;
            throw new IllegalStateException("the Vector API: expects " + expected + ", got " + kernels.engineName());
        }
    }

    private static void run(Path directory) throws IOException {
        String iris = directory.resolve("iris").toString();
        String digits = directory.resolve("digits").toString();
        String rows = Files.writeString(directory.resolve("rows.csv"), "5.1,3.5,1.4,0.2\n")
                .toString();
        Path configuration = Files.writeString(directory.resolve("digits.yaml"), printed("init", "digits"));
        printed("train", "iris", "--epochs", "2", "--out", iris);
        printed("predict", iris, rows);
        printed("predict", iris, rows, "--json");
        printed("evaluate", iris);
        printed("summary", iris);
        printed("train", configuration.toString(), "--epochs", "1", "--out", digits);
        printed("list");
        printed("train", "--help");
        printed("--help");
    }

    private static String printed(String... words) {
        var out = new ByteArrayOutputStream();
        try (var to = new PrintStream(out, false, UTF_8);
                var notes = new PrintStream(OutputStream.nullOutputStream(), false, UTF_8)) {
            int code = Main.run(words, to, notes, InputStream.nullInputStream());
            if (code != 0) throw new IllegalStateException(String.join(" ", words) + ": exit code " + code);
        }
        return out.toString(UTF_8);
    }
}
