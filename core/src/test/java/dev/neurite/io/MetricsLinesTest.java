package dev.neurite.io;

import static dev.neurite.kernel.Activation.IDENTITY;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.loss.Losses.meanSquaredError;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.data.Dataset;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.SyntaxException;
import dev.neurite.model.Model;
import dev.neurite.train.Callback;
import dev.neurite.train.Snapshot;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingEvent.StepEnded;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class MetricsLinesTest {
    private static final Dataset ONE_ROW = Dataset.of(new float[][] {{1, 2}}, new float[][] {{3}});

    /// Trains for some steps, each an epoch.
    private static void train(int steps, Callback callback) {
        Model model = Model.of(features(2), dense(1, IDENTITY)).initialize(1);
        Trainer.of(model)
                .loss(meanSquaredError())
                .batchSize(1)
                .epochs(steps)
                .threads(1)
                .callback(callback)
                .fit(ONE_ROW);
    }

    private static JsonObject object(String line) {
        try {
            return (JsonObject) Json.read(line);
        } catch (SyntaxException e) {
            throw new AssertionError(line, e);
        }
    }

    private static double number(JsonObject object, String key) {
        Json value = object.map().get(key);
        assertThat(value).isInstanceOf(JsonNumber.class);
        return Double.parseDouble(((JsonNumber) Objects.requireNonNull(value)).literal());
    }

    @Test
    void theLinesOfALongTrainingAreFurtherApart() {
        List<String> lines = new ArrayList<>();
        train(9_000, training -> {
            var metrics = new MetricsLines(training, "val");
            return event -> lines.addAll(metrics.of(event));
        });
        List<Long> expected = LongStream.rangeClosed(1, 9_000)
                .filter(step -> step < 2_000
                        || (step < 4_000 && step % 2 == 0)
                        || (step < 8_000 && step % 4 == 0)
                        || step % 8 == 0)
                .boxed()
                .toList();
        assertThat(lines.stream().map(line -> (long) number(object(line), "step")))
                .isEqualTo(expected);
    }

    @Test
    void aLineHasTheMeanOfAllStepsSinceTheLineBefore() {
        List<Double> losses = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        train(4_100, training -> {
            var metrics = new MetricsLines(training, "val");
            return event -> {
                if (event instanceof StepEnded step) losses.add(step.loss());
                lines.addAll(metrics.of(event));
            };
        });
        long before = 0;
        for (String line : lines) {
            long step = (long) number(object(line), "step");
            double mean = losses.subList((int) before, (int) step).stream()
                    .mapToDouble(Double::doubleValue)
                    .average()
                    .orElseThrow();
            Map<String, Json> metrics =
                    ((JsonObject) Objects.requireNonNull(object(line).map().get("m"))).map();
            assertThat(number(new JsonObject(metrics), "loss")).isCloseTo(mean, within(1e-6 * mean + 1e-30));
            before = step;
        }
        assertThat(before).isEqualTo(4_100);
    }

    @Test
    void aTrainingThatGoesOnHasTheLinesOfOneThatWasNotInterrupted() {
        List<String> undisturbed = new ArrayList<>();
        List<String> resumed = new ArrayList<>();
        train(4_500, training -> {
            var metrics = new MetricsLines(training, "val");
            var parts = new ArrayList<>(List.of(new MetricsLines(training, "val")));
            return event -> {
                undisturbed.addAll(metrics.of(event));
                resumed.addAll(parts.getLast().of(event));
                if (event instanceof StepEnded step && step.step() % 1_001 == 0) { // often between two lines
                    Snapshot memory = Snapshot.empty();
                    parts.getLast().save(memory);
                    parts.add(new MetricsLines(training, "val"));
                    parts.getLast().restore(memory);
                }
            };
        });
        assertThat(resumed.stream().map(MetricsLinesTest::withoutTime))
                .isEqualTo(
                        undisturbed.stream().map(MetricsLinesTest::withoutTime).toList());
    }

    private static String withoutTime(String line) {
        return line.replaceFirst("\"t\":[0-9.]+,", "");
    }
}
