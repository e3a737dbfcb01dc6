package dev.neurite.javasource;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/// Compiles written files strictly, and loads them apart from the test's own classes.
final class Compiled {
    private Compiled() {}

    /// Compiles files of one package and a caller.
    /// @param release of Java: 17 with all warnings as errors, or 8
    /// @param caller another class, in the package of the files
    static void compile(List<JavaFile> files, int release, String callerName, String caller, Path to)
            throws IOException {
        String in = files.getFirst().packageName();
        Path sources = Files.createDirectories(to.resolve("sources" + release));
        Path classes = Files.createDirectories(to.resolve(in.replace('.', '/')));
        List<Path> all = new ArrayList<>();
        all.add(Files.writeString(
                sources.resolve(callerName + ".java"), (in.isEmpty() ? "" : "package " + in + ";\n") + caller));
        for (JavaFile each : files) {
            Path own = sources.resolve(each.className() + ".java");
            all.add(Files.writeString(own, each.text(), StandardCharsets.US_ASCII));
            if (each.weights().isPresent()) {
                Files.write(
                        classes.resolve(each.className() + ".bin"),
                        each.weights().get());
            }
        }
        List<String> options = new ArrayList<>(List.of(
                "--release",
                String.valueOf(release),
                "-d",
                to.toString(),
                "-proc:none",
                "-implicit:none",
                "-cp",
                to.toString()));
        options.addAll(
                release < 17
                        ? List.of("-Xlint:-options")
                        : List.of("-Xlint:all,-path", "-Xdoclint:all,-missing", "-Werror"));
        var said = new StringWriter();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            boolean compiled = compiler.getTask(
                            said, manager, null, options, null, manager.getJavaFileObjectsFromPaths(all))
                    .call();
            assertThat(compiled).as("%s", said).isTrue();
        }
    }

    /// An object of the caller, which has a constructor without parameters.
    static <T> T load(String callerName, Path classes, Class<T> type) throws Exception {
        URL[] from = {classes.toUri().toURL()};
        // Not closed, as it loads classes and weights when they are used; the files go with the test's directory.
        @SuppressWarnings("resource")
        var loader = new URLClassLoader(from, ClassLoader.getPlatformClassLoader());
        return type.cast(loader.loadClass(callerName).getConstructor().newInstance());
    }

    /// Compiles files for Java 17 and loads a caller.
    static <T> T load(List<JavaFile> files, String callerName, String caller, Path directory, Class<T> type)
            throws Exception {
        compile(files, 17, callerName, caller, directory);
        String in = files.getFirst().packageName();
        return load(in.isEmpty() ? callerName : in + "." + callerName, directory, type);
    }
}
