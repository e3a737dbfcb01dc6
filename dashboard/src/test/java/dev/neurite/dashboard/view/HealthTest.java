package dev.neurite.dashboard.view;

import static dev.neurite.dashboard.view.LinesTest.line;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.check.Advice;
import dev.neurite.check.Advice.Topic;
import dev.neurite.check.Verdict;
import dev.neurite.dashboard.view.HealthFinding.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HealthTest {
    private final Lines lines = new Lines();
    private final Histograms histograms = new Histograms();
    private List<Advice> advice = List.of();
    private int epoch;

    private void epoch(double train, double validation) {
        epoch++;
        lines.add(line(2L * epoch - 1, epoch, "train", "{\"loss\":" + train + "}"));
        lines.add(line(2L * epoch, epoch, "train", "{\"loss\":" + train + "}"));
        lines.add(line(2L * epoch, epoch, "val", "{\"loss\":" + validation + "}"));
    }

    private List<HealthFinding> health() {
        return Health.of(lines, histograms, List.of("dense1", "dense2"), Optional.empty(), advice);
    }

    private HealthFinding one(String title) {
        List<HealthFinding> found =
                health().stream().filter(each -> each.title().equals(title)).toList();
        assertThat(found).as(title).hasSize(1);
        return found.getFirst();
    }

    private void ratio(double ratio) {
        lines.add(line(1, 1, "updates", "{\"dense1.weight\":{\"ratio\":" + ratio + "},\"dense1.bias\":{\"ratio\":5}}"));
    }

    @Test
    void aTrainingThatGoesWell() {
        for (int i = 0; i < 5; i++) epoch(1.0 / (i + 1), 1.1 / (i + 1));
        ratio(1.3e-3);
        assertThat(health()).isNotEmpty().extracting(HealthFinding::level).containsOnly(Level.GOOD);
        assertThat(one("Update size").text()).contains("by 0.0013 of");
        assertThat(one("Over-fitting").text()).contains("its best so far");
    }

    @Test
    void validationLossThatRisesForThreeEpochs() {
        double[] losses = {1.0, 0.8, 0.9, 0.95};
        for (int i = 0; i < losses.length; i++) epoch(1.0 - 0.1 * i, losses[i]);
        assertThat(one("Over-fitting").level()).isEqualTo(Level.GOOD); // twice is not yet three times
        epoch(0.1, 1.1);
        HealthFinding rising = one("Over-fitting");
        assertThat(rising.level()).isEqualTo(Level.WATCH);
        assertThat(rising.text()).contains("validation loss has risen for 3 epochs", "1.100", "0.8000 in epoch 2");
        for (int i = 0; i < 7; i++) epoch(0.1, 1.2 + 0.1 * i);
        assertThat(one("Over-fitting").level()).isEqualTo(Level.BAD);
    }

    @Test
    void aLargeGapWithoutRising() {
        for (double loss : new double[] {1.0, 0.5, 0.8, 0.7}) epoch(loss / 4, loss);
        assertThat(one("Over-fitting").level()).isEqualTo(Level.WATCH);
        assertThat(one("Over-fitting").text()).contains("4.000 times");
    }

    @Test
    void updateRatios() {
        ratio(2e-2);
        assertThat(one("Update size").level()).isEqualTo(Level.WATCH);
        assertThat(one("Update size").layer()).isEqualTo("dense1.weight");
        assertThat(one("Update size").text()).contains("too high", "0.020");
        for (int i = 0; i < 9; i++) ratio(5e-5); // the median of the newest nine counts
        assertThat(one("Update size").text()).contains("too low");
        for (int i = 0; i < 9; i++) ratio(1e-7);
        assertThat(one("Update size").level()).isEqualTo(Level.BAD);
        for (int i = 0; i < 9; i++) ratio(0.5);
        assertThat(one("Update size").level()).isEqualTo(Level.BAD);
        for (int i = 0; i < 9; i++) ratio(1e-3);
        assertThat(one("Update size").level()).isEqualTo(Level.GOOD);
    }

    @Test
    void ratiosComeFromHistogramsWithoutALogOfUpdates() {
        histograms.add(LinesTest.json("{\"step\":1,\"epoch\":1,\"t\":1,\"m\":{\"a.weight\":{"
                + "\"value\":{\"min\":0,\"max\":1,\"mean\":0,\"norm\":10,\"counts\":[4]},"
                + "\"update\":{\"min\":0,\"max\":1,\"mean\":0,\"norm\":1,\"counts\":[4]}}}}"));
        assertThat(one("Update size").text()).contains("0.10", "a.weight");
    }

    @Test
    void manyLayersAreSummedUp() {
        var figures = new StringBuilder("{");
        for (int i = 1; i <= 6; i++) {
            figures.append(i == 1 ? "" : ",").append("\"l").append(i).append(".weight\":{\"ratio\":0.03}");
        }
        lines.add(line(1, 1, "updates", figures + "}"));
        List<HealthFinding> sizes = health().stream()
                .filter(each -> each.title().equals("Update size"))
                .toList();
        assertThat(sizes).hasSize(4);
        assertThat(sizes.getLast().text()).contains("3 more layers");
    }

    private void gradients(double first, double last) {
        lines.add(line(
                1,
                1,
                "updates",
                "{\"a.weight\":{\"grad_norm\":" + first + ",\"grad_mean\":" + first + "},\"b.weight\":{\"grad_norm\":"
                        + last + ",\"grad_mean\":" + last + "},\"c.weight\":{\"grad_norm\":" + last + ",\"grad_mean\":"
                        + last + "}}"));
    }

    @Test
    void gradientsThatGrow() {
        for (int i = 0; i < 5; i++) gradients(1, 1);
        for (int i = 0; i < 5; i++) gradients(300, 300);
        assertThat(one("Gradients grow").level()).isEqualTo(Level.WATCH);
        for (int i = 0; i < 5; i++) gradients(1e6, 1e6);
        assertThat(one("Gradients grow").level()).isEqualTo(Level.BAD);
    }

    @Test
    void gradientsThatVanish() {
        for (int i = 0; i < 5; i++) gradients(1, 1);
        for (int i = 0; i < 5; i++) gradients(1e-6, 1e-6);
        assertThat(one("Gradients vanish").text()).contains("after 1.7 at first");
    }

    @Test
    void gradientsThatDoNotReachTheFirstLayer() {
        for (int i = 0; i < 5; i++) gradients(1e-4, 1);
        HealthFinding found = one("Gradients vanish");
        assertThat(found.level()).isEqualTo(Level.WATCH);
        assertThat(found.layer()).isEqualTo("a.weight");
        for (int i = 0; i < 10; i++) gradients(1e-7, 1);
        assertThat(one("Gradients vanish").level()).isEqualTo(Level.BAD);
    }

    @Test
    void outputsThatAreMostlyZero() {
        histograms.add(outputs("\"zeros\":0.5", "\"zeros\":0.95"));
        HealthFinding found = one("Zeros");
        assertThat(found.level()).isEqualTo(Level.WATCH);
        assertThat(found.text()).startsWith("95 % of the outputs of dense2 are 0");
        histograms.add(outputs("\"zeros\":0.4", "\"zeros\":1"));
        assertThat(one("Zeros").level()).isEqualTo(Level.BAD);
        histograms.add(outputs("\"zeros\":0.4", "\"zeros\":0.6"));
        assertThat(health()).extracting(HealthFinding::title).doesNotContain("Zeros");
    }

    private void dead(int first, int second) {
        histograms.add(outputs(
                "\"zeros\":0.9,\"units\":128,\"dead\":" + first, "\"zeros\":0.5,\"units\":4,\"dead\":" + second));
    }

    @Test
    void unitsThatAreZeroForEveryRow() {
        dead(40, 1);
        HealthFinding found = one("Dead units");
        assertThat(found.level()).isEqualTo(Level.WATCH);
        assertThat(found.layer()).isEqualTo("dense1");
        assertThat(found.text()).startsWith("40 of 128 units of dense1 give 0 for every row of the sample");
        dead(12, 1); // 1 of 4 is no more than a quarter
        found = one("Dead units");
        assertThat(found.level()).isEqualTo(Level.GOOD);
        assertThat(found.text())
                .isEqualTo("At most 1 of 4 units of a layer, dense2, give 0 for every row of the sample.");
        for (int i = 0; i < 2; i++) dead(128, 1);
        assertThat(one("Dead units").level()).isEqualTo(Level.GOOD); // the fewest in three samples count
        dead(128, 1);
        assertThat(one("Dead units").level()).isEqualTo(Level.BAD);
        dead(0, 1);
        assertThat(one("Dead units").level()).isEqualTo(Level.GOOD);
    }

    @Test
    void countsOfUnitsThatCannotBeAreLeftOut() {
        histograms.add(outputs("\"units\":0,\"dead\":0", "\"units\":4,\"dead\":5"));
        histograms.add(outputs("\"dead\":4", "\"units\":4,\"dead\":\"NaN\""));
        assertThat(health()).extracting(HealthFinding::title).doesNotContain("Dead units");
    }

    /// A sample of two layers with a rectifier, and of one without that is always 0.
    private static dev.neurite.io.json.Json.JsonObject outputs(String first, String second) {
        String bins = "{\"output\":{\"min\":0,\"max\":1,\"mean\":0,\"norm\":1,\"counts\":[1]},";
        return LinesTest.json("{\"step\":1,\"m\":{\"dense1\":" + bins + first + "},\"dense2\":" + bins + second
                + "},\"softmax\":" + bins + "\"zeros\":1,\"units\":10,\"dead\":10}}}");
    }

    @Test
    void aPlateau() {
        for (int i = 0; i < 5; i++) epoch(1.0 - 0.1 * i, 1);
        for (int i = 0; i < 10; i++) epoch(0.6, 1);
        assertThat(one("Plateau").level()).isEqualTo(Level.WATCH);
        epoch(0.3, 1);
        assertThat(health()).extracting(HealthFinding::title).doesNotContain("Plateau");
    }

    @Test
    void divergence() {
        epoch(1, 1);
        epoch(0.5, 0.5);
        epoch(1.2, 1.2);
        assertThat(one("Divergence").level()).isEqualTo(Level.BAD);
        assertThat(health().getFirst().title()).isEqualTo("Divergence"); // the most serious is first
    }

    @Test
    void aLossThatIsNotFinite() {
        epoch(1, 1);
        lines.add(line(9, 2, "train", "{\"loss\":\"NaN\"}"));
        assertThat(one("Divergence").level()).isEqualTo(Level.BAD);
    }

    @Test
    void skippedSteps() {
        lines.add(line(9, 2, "skipped", "{\"batch\":3,\"problem\":\"NaN\"}"));
        assertThat(one("Diverged steps").text()).startsWith("1 steps");
    }

    @Test
    void theFirstLossOfTenClasses() {
        assertThat(FirstLossView.ofClasses(2.35, 10).expected()).isEqualTo(2.302585092994046);
        assertThat(FirstLossView.ofClasses(2.35, 10).finding().level()).isEqualTo(Level.GOOD);
        assertThat(FirstLossView.ofClasses(2.35, 10).text()).contains("2.350", "ln 10 = 2.303");
        assertThat(FirstLossView.ofClasses(8, 10).finding().level()).isEqualTo(Level.WATCH);
        assertThat(FirstLossView.ofClasses(25, 10).finding().level()).isEqualTo(Level.BAD);
        assertThat(FirstLossView.ofClasses(Double.NaN, 10).finding().level()).isEqualTo(Level.BAD);
        assertThat(FirstLossView.ofClasses(0.5, 10).text()).contains("trained before");
        assertThat(FirstLossView.of(1, dev.neurite.loss.Losses.meanSquaredError(), 10))
                .isEmpty();
    }

    /// The page was green at five times the training loss, as long as the validation loss was at its best.
    @Test
    void twiceTheTrainingLossIsWorthALook() {
        for (double loss : new double[] {1.0, 0.7, 0.5}) epoch(loss * loss, loss * 1.2);
        assertThat(one("Over-fitting").level()).isEqualTo(Level.WATCH);
        assertThat(one("Over-fitting").text()).contains("2.400 times the training loss.");
    }

    @Test
    void aLossFarAboveThatOfAGuess() {
        for (double loss : new double[] {70, 60, 50}) epoch(loss, 1.1);
        assertThat(health()).extracting(HealthFinding::title).doesNotContain("Divergence");
        var first = Optional.of(FirstLossView.ofClasses(1.2, 3));
        assertThat(Health.of(lines, histograms, List.of(), first, advice))
                .filteredOn(each -> each.title().equals("Divergence"))
                .singleElement()
                .satisfies(found -> assertThat(found.level()).isEqualTo(Level.BAD));
    }

    /// What the command line has found at the end stands in place of what the page sees of the same topic.
    @Test
    void storedAdviceReplacesFindings() {
        for (int i = 0; i < 3; i++) epoch(1.0 / (i + 1), 1.1 / (i + 1));
        advice = List.of(
                new Advice(Verdict.WARNING, Topic.OVER_FITTING, "stored", "", "neurite train x"),
                new Advice(Verdict.PROBLEM, Topic.BASELINE, "Accuracy is 0.9."));
        assertThat(one("Over-fitting").text()).isEqualTo("stored");
        assertThat(one("Over-fitting").command()).isEqualTo("neurite train x");
        assertThat(health().getFirst().title()).isEqualTo("Baseline");
    }

    @Test
    void adviceIsReadFromTheRunsDirectory(@TempDir Path temp) throws IOException {
        Path file = temp.resolve(StoredAdvice.FILE);
        assertThat(StoredAdvice.read(file)).isEmpty();
        Files.writeString(
                file,
                "[{\"verdict\":\"problem\",\"topic\":\"Dead units\",\"text\":\"a\",\"layer\":\"dense1\"},"
                        + "{\"verdict\":\"ok\",\"topic\":\"Over-fitting\",\"text\":\"b\",\"command\":\"c\"}]");
        assertThat(StoredAdvice.read(file))
                .containsExactly(
                        new Advice(Verdict.PROBLEM, Topic.DEAD_UNITS, "a", "dense1", ""),
                        new Advice(Verdict.OK, Topic.OVER_FITTING, "b", "", "c"));
        for (String damaged : List.of("[", "{}", "[1]", "[{\"verdict\":\"x\",\"topic\":\"Few rows\"}]")) {
            Files.writeString(file, damaged);
            assertThat(StoredAdvice.read(file)).as(damaged).isEmpty();
        }
    }
}
