package dev.neurite.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.error.NeuriteException;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.tensor.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Small models with random changes are refused with the library's exceptions, or run, or say why not.
///
/// The files are the same in every build. The system property `onnx.fuzz.files` says how many, `onnx.fuzz.seed`
/// with which to begin: each has the next seed. A file that does harm is written to the directory for temporary
/// files; add it to `src/test/resources/fuzz`, whose files are tried in every build.
final class OnnxFuzzTest {
    private static final Duration INTERRUPTED_AFTER = Duration.ofSeconds(2); // a loop may have 2⁶³ − 1 rounds
    private static final Duration MOST_TIME = Duration.ofSeconds(20);
    private static final int MOST_EXTENT = 64;
    private static final long USUAL_FILES = 5_000;

    private static final ScheduledExecutorService TIMER = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().factory());

    @Test
    @Timeout(600)
    void changedFilesGiveOnlyTypedErrors() {
        long first = Long.getLong("onnx.fuzz.seed", 1);
        long end = first + Long.getLong("onnx.fuzz.files", USUAL_FILES);
        List<byte[]> sources = new ArrayList<>();
        SampleModels.all().values().forEach(each -> sources.add(each.toByteArray()));
        int ran = 0;
        for (long seed = first; seed < end; seed++) {
            byte[] source = sources.get((int) Math.floorMod(seed, (long) sources.size()));
            if (survives(new WireMutator(seed).mutated(source), "seed " + seed)) ran++;
        }
        assertThat(ran).isPositive();
    }

    /// The models that the fuzzer begins with run.
    @ParameterizedTest
    @MethodSource("samples")
    void theModelItselfRuns(String name) {
        Map<String, Value> out =
                run(Objects.requireNonNull(SampleModels.all().get(name)).toByteArray());
        assertThat(out).isNotEmpty();
    }

    static Stream<String> samples() {
        return SampleModels.all().keySet().stream();
    }

    /// Files that did harm once.
    @ParameterizedTest
    @MethodSource("corpus")
    @Timeout(60)
    void aFileOfTheCorpusDoesNoHarm(Path file) throws IOException {
        survives(Files.readAllBytes(file), file.toString());
    }

    static Stream<Path> corpus() throws IOException {
        List<Path> files = new ArrayList<>();
        try (var all = Files.newDirectoryStream(Path.of("src/test/resources/fuzz"), "*.onnx")) {
            all.forEach(files::add);
        }
        return files.stream().sorted();
    }

    /// Whether a file can be run; it may also be refused.
    private static boolean survives(byte[] file, String what) {
        long start = System.nanoTime();
        Future<?> interrupt = interruptLater(Thread.currentThread());
        boolean ran;
        try {
            run(file);
            ran = true;
        } catch (NeuriteException e) {
            assertThat(e.getMessage()).as(what).isNotBlank().hasSizeLessThan(4_100);
            ran = false;
        } catch (RuntimeException | Error e) {
            throw new AssertionError(what + " does harm: " + kept(file), e);
        }
        interrupt.cancel(false);
        Thread.interrupted();
        Duration taken = Duration.ofNanos(System.nanoTime() - start);
        if (taken.compareTo(MOST_TIME) > 0) {
            throw new AssertionError(what + " takes " + taken.toSeconds() + " s: " + kept(file));
        }
        return ran;
    }

    private static Future<?> interruptLater(Thread thread) {
        return TIMER.schedule(thread::interrupt, INTERRUPTED_AFTER.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static Path kept(byte[] file) {
        try {
            return Files.write(Files.createTempFile("neurite-fuzz", ".onnx"), file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Loads a file and runs it on zeros.
    private static Map<String, Value> run(byte[] file) {
        OnnxModel model = OnnxModel.read(file);
        Map<String, Value> given = new HashMap<>();
        for (ValueInfo each : model.inputs()) given.put(each.name(), Value.zeros(each.type(), shape(each)));
        return model.run(given);
    }

    /// A small shape that an input may have.
    private static Shape shape(ValueInfo input) {
        int[] extents = new int[input.extents().size()];
        long size = 1;
        for (int i = 0; i < extents.length; i++) {
            String extent = input.extents().get(i);
            extents[i] = extent.matches("\\d+") ? Integer.parseInt(extent) : 2;
            size *= Math.min(MOST_EXTENT, extents[i]);
            boolean large = extents[i] > MOST_EXTENT || size > 1 << 20;
            if (large) extents[i] = 1; // does not fit, and is refused
        }
        return Shape.of(extents);
    }
}
