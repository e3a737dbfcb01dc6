package dev.neurite.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.console.Console;
import dev.neurite.error.DivergedException;
import dev.neurite.model.TextTable;
import dev.neurite.train.TrainingEvent.EpochEnded;
import dev.neurite.train.TrainingEvent.EpochResult;
import dev.neurite.train.TrainingEvent.Started;
import dev.neurite.train.TrainingEvent.StepEnded;
import dev.neurite.train.TrainingEvent.StepSkipped;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ProgressTest {
    private static final ProgressLine HALF =
            new ProgressLine(3, 5, 235, 470, 0.30714, OptionalDouble.of(0.89031), 0.0012);

    @Test
    void theLineSaysEpochBatchLossAccuracyPaceAndTimeLeft() {
        assertThat(HALF.render(120, false))
                .isEqualTo("epoch 3/5 ###############...............  50% 235/470  loss 0.3071 acc 0.8903"
                        + "  1.2 ms/step  left 0:01");
    }

    @Test
    void theBarIsDrawnInUnicodeWhereTheTerminalHasIt() {
        assertThat(HALF.render(100, true)).contains("━━━───").doesNotContain("#");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 10, 20, 40, 60, 79, 80, 200})
    void theLineFitsIntoTheColumns(int columns) {
        var long1 = new ProgressLine(100, 999, 99_999, 100_000, 123_456.7, OptionalDouble.of(0.5), 3.5);
        assertThat(HALF.render(columns, true).length()).isLessThanOrEqualTo(columns);
        assertThat(long1.render(columns, true).length()).isLessThanOrEqualTo(columns);
    }

    @Test
    void narrowTerminalsStillSeeTheLoss() {
        assertThat(HALF.render(40, false)).contains("loss 0.3071");
    }

    @Test
    void figuresBeyondFourDecimalsHaveAnExponent() {
        assertThat(TextTable.number(0.00001234)).isEqualTo("1.234e-05");
        assertThat(TextTable.number(1e9)).isEqualTo("1.000e+09");
        assertThat(TextTable.number(2927.2)).isEqualTo("2927.2000");
        assertThat(TextTable.number(0)).isEqualTo("0.0000");
        assertThat(TextTable.number(Double.NaN)).isEqualTo("NaN");
    }

    private static StepEnded step(int step) {
        return new StepEnded(1, step, step, 10, 0.5, OptionalDouble.of(0.5), 0.1);
    }

    private static String draw(Map<String, String> environment, boolean terminal, long... millis) {
        var bytes = new ByteArrayOutputStream();
        var err = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        var io = new Console(err, err, new ByteArrayInputStream(new byte[0]), environment, terminal, terminal, false);
        var clock = new AtomicLong();
        try (var progress = new Progress(io, () -> clock.get() * 1_000_000, "val")) {
            progress.accept(new Started(2, 10, 100, 5, 0, false));
            for (int i = 0; i < millis.length; i++) {
                clock.set(millis[i]);
                progress.accept(step(i + 1));
            }
            progress.accept(new EpochEnded(
                    new EpochResult(1, 0.25, List.of(0.25), OptionalDouble.of(0.75), Optional.empty(), 1.5)));
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static List<String> redraws(String drawn) {
        return Arrays.stream(drawn.split("\r"))
                .filter(part -> part.contains("epoch 1/2 "))
                .toList();
    }

    @Test
    void aTerminalIsRedrawnAtMostTenTimesASecond() {
        String drawn = draw(Map.of(), true, 5000, 5010, 5099, 5101, 5150, 5202);
        assertThat(drawn).contains("1/10", "4/10", "6/10").doesNotContain("2/10", "3/10", "5/10");
    }

    @Test
    void theTimeLeftIgnoresTheSlowFirstStep() {
        // After 5 s for the first step, a step takes 0.2 s: 5 of this epoch and 10 of the next are left.
        String drawn = draw(Map.of(), true, 5000, 5200, 5400, 5600, 5800);
        assertThat(redraws(drawn).get(4)).contains("5/10", "left 0:03");
    }

    @Test
    void theBarIsWipedBeforeALineThatIsPrintedMeanwhile() {
        var bytes = new ByteArrayOutputStream();
        var err = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        var io = new Console(err, err, new ByteArrayInputStream(new byte[0]), Map.of(), true, true, false);
        try (var progress = new Progress(io, () -> 5_000_000_000L, "val")) {
            progress.accept(new Started(2, 10, 100, 5, 0, false));
            progress.accept(step(1));
            progress.wiping(err::println).accept("stopping");
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8)).endsWith("\r\u001b[Kstopping" + System.lineSeparator());
    }

    @Test
    void anEpochsEndWipesTheBarAndStays() {
        String drawn = draw(Map.of(), true, 5000, 6000);
        assertThat(drawn).endsWith("\r\u001b[Kepoch 1/2  loss 0.2500  acc 0.7500  1.50 s" + System.lineSeparator());
    }

    @Test
    void noTerminalADumbOneOrCiSeesPlainLines() {
        String plain = "epoch=1 loss=0.2500 acc=0.7500 sec=1.50" + System.lineSeparator();
        assertThat(draw(Map.of(), false, 1, 500)).isEqualTo(plain);
        assertThat(draw(Map.of("TERM", "dumb"), true, 1, 500)).isEqualTo(plain);
        assertThat(draw(Map.of("CI", "true"), true, 1, 500)).isEqualTo(plain);
    }

    /// The name of a layer may come from a file.
    @Test
    void aSkippedStepHasNoControlCharacters() {
        var bytes = new ByteArrayOutputStream();
        var err = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        var io = new Console(err, err, new ByteArrayInputStream(new byte[0]), Map.of(), true, true, false);
        try (var progress = new Progress(io, () -> 0, "val")) {
            var problem = new DivergedException("step 3", "layer '\u202ered' has NaN");
            progress.accept(new StepSkipped(1, 3, 3, problem));
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("skipped step 3: layer '\\u202ered' has NaN\n");
    }

    @Test
    void theBarKeepsWithinColumns() {
        String drawn = draw(Map.of("COLUMNS", "50", "LANG", "de_DE.UTF-8"), true, 5000, 6000);
        assertThat(redraws(drawn).getFirst().replace("\u001b[K", "").length()).isLessThan(50);
        assertThat(drawn).contains("─");
    }
}
