package dev.neurite.io;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.relu;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import dev.neurite.model.Model;
import dev.neurite.optim.Lbfgs;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProbeLogTest {
    private static final Dataset DATA =
            Dataset.of(new float[][] {{0, 1}, {1, 0}, {1, 1}, {0, 0}, {2, 1}, {1, 2}}, new int[] {0, 1, 0, 1, 0, 1});

    @TempDir
    private Path temp;

    private static Trainer trainer() {
        Model model = Model.of(features(2), dense(4, RELU), dense(2, SOFTMAX)).initialize(4);
        return Trainer.of(model).batchSize(3).threads(1);
    }

    /// A log for which no time passes: it looks at all steps at which it may.
    private static ProbeLog log(Path file) {
        return new ProbeLog(file, ProbeLogTest::none, () -> 0);
    }

    private static void none(String warning) {
        assertThat(warning).as("a warning").isEmpty();
    }

    private static Map<String, Json> map(Json json) {
        return ((JsonObject) json).map();
    }

    private static Json get(Json json, String... path) {
        Json at = json;
        for (String key : path) at = Objects.requireNonNull(map(at).get(key), key);
        return at;
    }

    private static double number(Json json, String... path) {
        return Double.parseDouble(((JsonNumber) get(json, path)).literal());
    }

    private List<Json> lines(Path file) throws IOException {
        return Files.readAllLines(file).stream().map(ProbeLogTest::parsed).toList();
    }

    private static Json parsed(String line) {
        try {
            return Json.read(line);
        } catch (Json.SyntaxException e) {
            throw new AssertionError(line, e);
        }
    }

    @Test
    void eachStepHasAHistogramOfEverything() throws IOException {
        Path file = temp.resolve("histograms.jsonl");
        trainer().epochs(2).callback(log(file)).fit(DATA);
        List<Json> lines = lines(file);
        assertThat(lines).hasSize(4);
        Json last = lines.getLast();
        assertThat(map(last).keySet()).containsExactly("v", "t", "step", "epoch", "k", "m");
        assertThat(number(last, "v")).isEqualTo(1);
        assertThat(number(last, "step")).isEqualTo(4);
        assertThat(number(last, "epoch")).isEqualTo(2);
        assertThat(((JsonString) get(last, "k")).value()).isEqualTo("histograms");
        assertThat(map(get(last, "m")).keySet())
                .containsExactlyInAnyOrder(
                        "dense1", "dense2", "dense1.weight", "dense1.bias", "dense2.weight", "dense2.bias");
        for (String parameter : List.of("dense1.weight", "dense2.bias")) {
            Json all = get(last, "m", parameter);
            assertThat(map(all).keySet()).containsExactlyInAnyOrder("value", "gradient", "update", "norm");
            int size = parameter.equals("dense1.weight") ? 8 : 2;
            for (String what : List.of("value", "gradient", "update")) checkHistogram(get(all, what), size);
            assertThat(number(all, "norm")).isEqualTo(number(all, "value", "norm"));
        }
        for (String layer : List.of("dense1", "dense2")) {
            Json all = get(last, "m", layer);
            assertThat(map(all).keySet()).containsExactlyInAnyOrder("output", "delta", "zeros", "units", "dead");
            int size = layer.equals("dense1") ? 12 : 6;
            checkHistogram(get(all, "output"), size);
            checkHistogram(get(all, "delta"), size);
            assertThat(number(all, "zeros")).isEqualTo(number(all, "output", "zeros"));
            assertThat(number(all, "units")).isEqualTo(layer.equals("dense1") ? 4 : 2);
        }
        assertThat(number(last, "m", "dense2", "output", "max")).isLessThanOrEqualTo(1); // the softmax's
        assertThat(number(last, "m", "dense2", "output", "min")).isPositive();
    }

    private static void checkHistogram(Json histogram, int size) {
        assertThat(map(histogram).keySet()).containsExactly("min", "max", "counts", "mean", "norm", "zeros");
        assertThat(number(histogram, "min"))
                .isLessThanOrEqualTo(number(histogram, "mean") + 1e-6)
                .isLessThanOrEqualTo(number(histogram, "max"));
        List<Json> counts = ((JsonArray) get(histogram, "counts")).list();
        assertThat(counts).hasSize(30);
        assertThat(counts.stream()
                        .mapToInt(each -> Integer.parseInt(((JsonNumber) each).literal()))
                        .sum())
                .isEqualTo(size);
    }

    /// Two of four units have a bias so low that no row of the sample gets them above 0; another is 0 for some.
    @Test
    void unitsThatAreZeroForAllRowsAreCounted() throws IOException {
        Path file = temp.resolve("histograms.jsonl");
        Model model = trainer().model();
        float[] biases = {-100, 100, -100, 100};
        float[] weights = {1, 1, 1, 1, 1, 1, -100, 0};
        Model some = model.with(model.parameters()
                .with("dense1.weight", Tensor.of(Shape.of(4, 2), weights))
                .with("dense1.bias", Tensor.of(Shape.of(4), biases)));
        Trainer.of(some).batchSize(6).threads(1).callback(log(file)).fit(DATA);
        Json first = get(lines(file).getFirst(), "m");
        assertThat(number(first, "dense1", "units")).isEqualTo(4);
        assertThat(number(first, "dense1", "dead")).isEqualTo(2);
        assertThat(number(first, "dense1", "zeros")).isGreaterThan(0.5);
        assertThat(number(first, "dense2", "dead")).isZero();
    }

    @Test
    void elementsThatAreNotFiniteAreTold() throws IOException {
        Path file = temp.resolve("histograms.jsonl");
        Model wide = trainer().model();
        Model broken = wide.with(wide.parameters().with("dense1.bias", Tensor.of(Shape.of(4), 0, 0, Float.NaN, 1)));
        assertThatThrownBy(() -> Trainer.of(broken).callback(log(file)).fit(DATA))
                .hasMessageContaining("finite");
        assertThat(lines(file)).isEmpty(); // that step was not taken
        Path some = temp.resolve("some.jsonl");
        Model open = Model.of(features(2), dense(4), relu(), dense(2, SOFTMAX)).initialize(4);
        float[] infinite = {Float.NEGATIVE_INFINITY, 0, 0, 0};
        Trainer.of(open.with(open.parameters().with("dense1.bias", Tensor.of(Shape.of(4), infinite))))
                .callback(log(some))
                .fit(DATA);
        Json first = get(lines(some).getFirst(), "m");
        assertThat(number(first, "dense1", "output", "notFinite")).isEqualTo(0.25);
        assertThat(map(get(first, "relu1", "output"))).doesNotContainKey("notFinite");
        assertThat(number(first, "dense1.bias", "value", "notFinite")).isEqualTo(0.25);
        Path other = temp.resolve("other.jsonl");
        var relu = Model.of(features(2), relu(), dense(2, SOFTMAX)).initialize(1);
        Dataset zeros = Dataset.of(new float[][] {{-1, -1}, {-1, 3}}, new int[] {0, 1});
        Trainer.of(relu).callback(log(other)).fit(zeros);
        assertThat(number(lines(other).getFirst(), "m", "relu1", "zeros")).isEqualTo(0.75);
        assertThat(map(get(lines(other).getFirst(), "m", "relu1")).keySet()).doesNotContain("delta");
    }

    @Test
    void thereAreAboutAHundredLinesHoweverLongTheTraining() {
        assertThat(LongStream.rangeClosed(1, 20).filter(ProbeLog::mayLookAt).count())
                .isEqualTo(20);
        assertThat(LongStream.rangeClosed(21, 40).filter(ProbeLog::mayLookAt))
                .containsExactly(21L, 23L, 25L, 27L, 29L, 31L, 33L, 35L, 37L, 39L);
        assertThat(LongStream.rangeClosed(1, 10_000).filter(ProbeLog::mayLookAt).count())
                .isEqualTo(110);
        assertThat(LongStream.rangeClosed(1, 1_000_000)
                        .filter(ProbeLog::mayLookAt)
                        .count())
                .isLessThan(180);
    }

    private List<Long> steps(Path file) throws IOException {
        return lines(file).stream().map(line -> (long) number(line, "step")).toList();
    }

    /// A step takes 10 ms; each of the 13 parts of a sample (2 outputs, 2 δ, 4 gradients, 4 updates, the line)
    /// takes as long as the clock moves between two readings.
    private List<Long> steps(long part, int epochs) throws IOException {
        Path file = temp.resolve("histograms.jsonl");
        var now = new AtomicLong();
        trainer()
                .epochs(epochs)
                .callback(new ProbeLog(file, ProbeLogTest::none, () -> now.getAndAdd(part)))
                .listener(event -> {
                    if (event instanceof TrainingEvent.StepEnded) now.addAndGet(10_000_000);
                })
                .fit(DATA);
        return steps(file);
    }

    @Test
    void afterTheFirstStepsItTakesHalfAPercentOfTheTime() throws IOException {
        assertThat(steps(100, 10)).hasSize(20); // next to no time
        // 130 µs a sample, and 10.26 ms or so a step: half a percent is a sample in three steps.
        List<Long> some = steps(10_000, 50);
        assertThat(some).startsWith(1L, 2L, 3L);
        assertThat(some.size()).isBetween(25, 3 + 100 / 2);
        assertThat(some.getLast()).isGreaterThan(90);
        assertThat((some.size() - 3) * 130_000L).isLessThan(100 * 10_300_000L / 200);
        assertThat(steps(1_000_000, 50)).containsExactly(1L, 2L, 3L, 10L, 100L); // 13 ms, as 2.6 s of training
    }

    @Test
    void slowFirstLooksAreForgottenAtTheTenthStep() throws IOException {
        Path file = temp.resolve("histograms.jsonl");
        var now = new AtomicLong();
        var part = new AtomicLong(1_000_000); // 13 ms a look, until the program is compiled
        trainer()
                .epochs(10)
                .callback(new ProbeLog(file, ProbeLogTest::none, () -> now.getAndAdd(part.get())))
                .listener(event -> {
                    if (!(event instanceof TrainingEvent.StepEnded ended)) return;
                    now.addAndGet(10_000_000);
                    if (ended.step() == 9) part.set(100);
                })
                .fit(DATA);
        assertThat(steps(file)).startsWith(1L, 2L, 3L, 10L, 11L, 12L).endsWith(20L);
    }

    @Test
    void theClockIsTheSystemsUnlessATestSaysSo() throws IOException {
        Path file = temp.resolve("histograms.jsonl");
        trainer().epochs(100).callback(new ProbeLog(file, ProbeLogTest::none)).fit(DATA);
        long most = LongStream.rangeClosed(1, 200).filter(ProbeLog::mayLookAt).count();
        assertThat(steps(file)).startsWith(1L, 2L, 3L).hasSizeLessThan((int) most); // steps that take no time
    }

    @Test
    void theTrainingIsTheSame() {
        Model expected = trainer().epochs(5).fit(DATA).model();
        Path file = temp.resolve("histograms.jsonl");
        assertThat(trainer().epochs(5).callback(log(file)).fit(DATA).model()).isEqualTo(expected);
    }

    @Test
    void aMinimizerIsRefused() {
        Path file = temp.resolve("histograms.jsonl");
        assertThatThrownBy(() ->
                        trainer().minimizer(new Lbfgs()).callback(log(file)).fit(DATA))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("probe: expects an optimizer");
        assertThat(file).doesNotExist();
    }
}
