package dev.neurite.javasource;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ResourceException;
import dev.neurite.javasource.JavaSource.Measured;
import dev.neurite.layer.Embedding;
import dev.neurite.model.BuiltNode;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/// Compiles a written class and runs it on random rows.
final class ClassTrial {
    private static final String RUNNER = "NeuriteTrial";
    private static final int ROWS = 20;
    private static final int STEPS = 16; // of sequences of any length
    private static final long WARM_UP = 300_000_000; // ns
    private static final long MEASURED = 200_000_000;

    private ClassTrial() {}

    /// Empty without a compiler.
    static Optional<Measured> measure(JavaFile file, Model model) {
        if (!ModuleLayer.boot().findModule("java.compiler").isPresent()) return Optional.empty();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) return Optional.empty();
        try {
            Path directory = Files.createTempDirectory("neurite-java");
            try {
                compile(file, compiler, directory);
                return Optional.of(run(file, directory, rows(model), model));
            } finally {
                delete(directory);
            }
        } catch (IOException e) {
            throw new ResourceException("Java file", "cannot be tried: " + ResourceException.reason(e));
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) Files.delete(each);
        }
    }

    private static void compile(JavaFile file, JavaCompiler compiler, Path directory) throws IOException {
        String in = file.packageName().isEmpty() ? "" : "package " + file.packageName() + ";\n";
        String runner =
                in + "public final class " + RUNNER + " implements java.util.function.UnaryOperator<float[]> {\n"
                        + "    private final " + file.className() + " model = new " + file.className() + "("
                        + (file.open() ? STEPS : "") + ");\n"
                        + "    public float[] apply(float[] inputs) { return model.run(inputs); }\n}\n";
        List<Path> sources = new ArrayList<>();
        sources.add(Files.writeString(
                directory.resolve(file.className() + ".java"), file.text(), StandardCharsets.US_ASCII));
        sources.add(Files.writeString(directory.resolve(RUNNER + ".java"), runner));
        if (file.weights().isPresent()) {
            Path classes = directory.resolve(file.packageName().replace('.', '/'));
            Files.createDirectories(classes);
            Files.write(
                    classes.resolve(file.className() + ".bin"), file.weights().get());
        }
        var said = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of("-d", directory.toString(), "-proc:none", "-cp", directory.toString());
            boolean compiled = compiler.getTask(
                            said, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
                    .call();
            if (!compiled) throw refused(file, said.toString(), directory);
        }
    }

    /// A class may have 65,535 constants, and a method 65,535 bytes: a model of very many columns or layers has more.
    private static ConfigException refused(JavaFile file, String said, Path directory) {
        String first = said.lines().findFirst().orElse("no reason");
        return new ConfigException(
                "Java file",
                "expects a class that the compiler takes, got " + first.replace(directory + File.separator, "")
                        + ", in " + file.text().length() + " characters of Java",
                "A model with fewer columns or layers fits; an ONNX file takes any number");
    }

    private static Measured run(JavaFile file, Path directory, float[][] rows, Model model) throws IOException {
        URL[] from = {directory.toUri().toURL()};
        try (var loader = new URLClassLoader(from, ClassLoader.getPlatformClassLoader())) {
            String name = file.packageName().isEmpty() ? RUNNER : file.packageName() + "." + RUNNER;
            @SuppressWarnings("unchecked")
            UnaryOperator<float[]> network = (UnaryOperator<float[]>)
                    loader.loadClass(name).getConstructor().newInstance();
            double difference = 0;
            for (float[] row : rows) {
                difference = Math.max(difference, difference(network.apply(row), model.predict(row)));
            }
            return new Measured(microseconds(network, rows), difference);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("The file does not run", e);
        }
    }

    private static double difference(float[] got, float[] expected) {
        double most = 0;
        for (int i = 0; i < expected.length; i++) {
            double error = Math.abs((double) got[i] - expected[i]) / Math.max(1, Math.abs(expected[i]));
            most = Double.isNaN(error) ? Double.NaN : Math.max(most, error);
        }
        return most;
    }

    /// The median of the times of single rows.
    private static double microseconds(UnaryOperator<float[]> network, float[][] rows) {
        long start = System.nanoTime();
        for (int i = 0; System.nanoTime() - start < WARM_UP; i++) {
            var _ = network.apply(rows[i % rows.length]);
        }
        long[] times = new long[100_000];
        int count = 0;
        long begin = System.nanoTime();
        for (long now = begin; now - begin < MEASURED && count < times.length; count++) {
            var _ = network.apply(rows[count % rows.length]);
            long after = System.nanoTime();
            times[count] = after - now;
            now = after;
        }
        Arrays.sort(times, 0, count);
        return times[count / 2] / 1e3;
    }

    /// Random inputs: numbers around 0, or ids.
    private static float[][] rows(Model model) {
        var random = new Random(0);
        int ids = model.network().layers().stream()
                .map(BuiltNode::node)
                .filter(Embedding.class::isInstance)
                .mapToInt(node -> ((Embedding) node).vocabulary())
                .min()
                .orElse(0);
        Shape input = model.network().inputs().getFirst();
        int size = (input.isKnown() ? input : input.withOpen(STEPS)).size();
        float[][] rows = new float[ROWS][size];
        for (float[] row : rows) {
            for (int i = 0; i < size; i++) row[i] = ids > 0 ? random.nextInt(ids) : (float) random.nextGaussian();
        }
        return rows;
    }
}
