package dev.neurite.examples;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.datasets.Digits;
import dev.neurite.datasets.Wine;
import dev.neurite.model.Model;
import dev.neurite.train.Run;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Each example runs and prints what the documentation says.
class ExamplesTest {
    private interface Example {
        void run(PrintStream out) throws Exception;
    }

    private static String outputOf(Example example) throws Exception {
        var bytes = new ByteArrayOutputStream();
        example.run(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void theQuickStartTellsIrisesApart() throws Exception {
        String[] lines = outputOf(QuickStart::run).split("\\R", -1);
        assertThat(lines[0]).matches("accuracy on 30 rows (1\\.0|0\\.9\\d*), loaded equal true");
        assertThat(lines[1]).startsWith("setosa with probability 0.9");
    }

    @Test
    void aLayerOfOnesOwnPassesItsGradientCheckAndLearns(@TempDir Path folder) throws Exception {
        assertThat(outputOf(out -> OwnLayer.run(out, folder.resolve("own-layer.safetensors"))))
                .contains("weight: error")
                .doesNotContain("failed")
                .contains("weights of the features: [4] [")
                .contains("loaded equal true")
                .containsPattern("with rows left out (1\\.0|0\\.9)")
                .doesNotContain("[1.0, 1.0, 1.0, 1.0]");
    }

    @Test
    void weightsAreCarriedOverAndAHeadIsReplaced() throws Exception {
        assertThat(outputOf(TransferLearning::run).lines())
                .containsExactly(
                        "272474 parameters, from conv1.weight to fc.bias",
                        "10 loaded; misshapen: head.weight [10×32] instead of [2×32], head.bias [10] instead of [2]",
                        "the same body: true",
                        "trained on: [[2]]");
    }

    @Test
    void digitsThatLookDifferentEachTimeAreLearned() throws Exception {
        List<String> lines = outputOf(Images::run).lines().toList();
        assertThat(lines.get(1))
                .isEqualTo("its first digit is a " + Digits.load().test().label(0));
        assertThat(Double.parseDouble(lines.getFirst().replaceAll("[^0-9.]", "")))
                .isGreaterThan(0.95);
    }

    @Test
    void aLossOfOnesOwnLearnsBesideAnother() throws Exception {
        String[] lines = outputOf(OwnLoss::run).split("\\R", -1);
        assertThat(lines[0]).matches("losses of the two outputs \\[0\\.\\d+, (0\\.00\\d+|\\d\\.\\d+E-\\d)\\]");
        assertThat(lines[1]).matches("accuracy of the signs (1\\.0|0\\.9\\d*)");
    }

    @Test
    void everythingInsideCanBeSeen() throws Exception {
        assertThat(outputOf(LookInside::run))
                .contains("total 67 parameters")
                .contains("dense1\n  input  A_prev [2×4]")
                .contains("dense2\n  input  A_prev [2×8]")
                .contains("delta  δ      [2×3]")
                .contains("db = (1/N) Σ δ       [3]");
    }

    @Test
    void aResidualNetworkLearns() throws Exception {
        String[] lines = outputOf(Wires::run).split("\\R", -1);
        assertThat(lines[0]).isEqualTo("graph [dense1, dense2, add1, dense3]");
        assertThat(Double.parseDouble(lines[1].replaceAll("[^0-9.]", ""))).isGreaterThan(0.85);
    }

    @Test
    void aGruRemembersTheFirstTokenAndPaddingDoesNotCount() throws Exception {
        String[] lines = outputOf(Sequences::run).split("\\R", -1);
        assertThat(lines[0]).isEqualTo("true");
        assertThat(Double.parseDouble(lines[1].replaceAll("[^0-9.]", ""))).isGreaterThan(0.95);
    }

    @Test
    void aLoopOverACellContinuesSeries() throws Exception {
        assertThat(Double.parseDouble(outputOf(OwnLoop::run))).isLessThan(0.02);
    }

    @Test
    void aTaggerLearnsFromSequencesAndANetworkFromTwoInputs() throws Exception {
        String[] lines = outputOf(Tagger::run).split("\\R", -1);
        assertThat(Double.parseDouble(lines[0])).isGreaterThan(0.9);
        assertThat(lines[1]).isEqualTo("[2×3×2] [2] [3.0, 1.0]");
        assertThat(Double.parseDouble(lines[2])).isGreaterThan(0.9);
    }

    @Test
    void aGptGoesOnWithItsText() throws Exception {
        String[] lines = outputOf(LanguageModel::run).split("\\R", -1);
        assertThat(lines[0]).startsWith("brown fox jumps over the lazy dog.");
        assertThat(lines[1]).isEqualTo(lines[0]);
        assertThat(lines[2]).isEqualTo("true");
    }

    @Test
    void aNetworkReadsReviews() throws Exception {
        Path csv = Path.of("data/reviews.csv");
        assertThat(Files.readString(csv)).isEqualTo(Reviews.csv(2000, 1));
        String[] lines = outputOf(out -> Texts.run(out, csv)).split("\\R", -1);
        assertThat(Double.parseDouble(lines[0])).isGreaterThan(0.95);
        assertThat(lines[1]).isEqualTo("praise");
        assertThat(lines[2]).isEqualTo("blame");
    }

    @Test
    void networksThatAreDrawnAreWhatTheyLookLike() throws Exception {
        String output = outputOf(Drawings::run);
        String[] lines = output.split("\\R", -1);
        assertThat(lines[0]).startsWith("sequential [dense1, residual1, residual2, dense2]");
        assertThat(lines[1]).startsWith("graph [slice1, dense1, slice2, dense2, concat1, dense3]");
        for (int i = 0; i < 2; i++) {
            assertThat(Double.parseDouble(lines[i].replaceAll(".*] ", ""))).isGreaterThan(0.85);
        }
        assertThat(output).contains("concat2", "[12×8×8]", "probabilities [5×1]");
    }

    @Test
    void standardizedFeaturesTellWinesApart() throws Exception {
        String output = outputOf(Training::run);
        assertThat(output.lines().filter(line -> line.matches("\\d+ [0-9.E-]+")))
                .hasSize(30);
        assertThat(output).contains("cultivar 1").contains("precision  recall");
        assertThat(output.lines().filter(line -> line.startsWith("loss "))).hasSizeGreaterThan(5);
        assertThat(output).contains("first loss: ok", "overfitting one batch: ok", "verdict: ok", "update ratios: ok");
        assertThat(output)
                .contains(
                        "1 rate 5.0E-4", "\n51 rate 0.05\n", "trained parameters", "dense1        backward", "GFLOP/s");
    }

    @Test
    void theAdversariesPointsComeToLieLikeTheRealOnes() throws Exception {
        String[] lines = outputOf(Adversaries::run).split("\\R", -1);
        String[] numbers = lines[2].replaceAll("[^-0-9.]+", " ").strip().split(" ", -1);
        double[] wanted = {3, -1, 0.5, 1};
        for (int i = 0; i < 4; i++) {
            assertThat(Double.parseDouble(numbers[i])).as(lines[2]).isCloseTo(wanted[i], within(0.1));
        }
        assertThat(lines[0]).matches("before  mean +-?0\\.\\d\\d .*");
    }

    @Test
    void twoLossesAndATermByHandAreMadeSmallTogether() throws Exception {
        String[] lines = outputOf(TwoLosses::run).split("\\R", -1);
        assertThat(lines[1]).matches("epoch 40: cross-entropy 0\\.0\\d\\d, reconstruction 0\\.[12]\\d\\d");
    }

    @Test
    void recordsFoldsAndNewRowsAreLearned() throws Exception {
        String[] lines = outputOf(MoreData::run).split("\\R", -1);
        assertThat(lines[0]).isEqualTo("rows 120, balanced 220");
        assertThat(lines[1]).matches("accuracy (1\\.0|0\\.9)\\d* ± 0\\.\\d+");
        assertThat(Double.parseDouble(lines[2])).isGreaterThan(0.95);
        assertThat(Double.parseDouble(lines[3])).isGreaterThan(0.9);
        double first = Double.parseDouble(lines[4].replace("day 1: loss ", ""));
        assertThat(Double.parseDouble(lines[6].replace("day 3: loss ", ""))).isLessThan(first);
        assertThat(Double.parseDouble(lines[7])).isGreaterThan(0.9);
        assertThat(lines[8]).isEqualTo("" + Digits.load().test().label(0));
        assertThat(lines[9]).isEqualTo("scans 10");
    }

    @Test
    void aPhotoIsPredictedByANetworkForThoseOfADirectory(@TempDir Path folder) throws Exception {
        String dark =
                "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAAAAABX3VL4AAAADklEQVR4nGMQEWEQEQEAAPYAUXHsinIAAAAASUVORK5CYII=";
        String light =
                "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAAAAABX3VL4AAAADklEQVR4nGO4c4fhzh0AClYDcRq0lsQAAAAASUVORK5CYII=";
        for (int i = 0; i < 10; i++) {
            writePng(folder.resolve("dark/" + i + ".png"), dark);
            writePng(folder.resolve("light/" + i + ".png"), light);
        }
        String[] lines = outputOf(out -> Photos.run(out, folder, folder.resolve("light/3.png")))
                .split("\\R", -1);
        assertThat(lines[0]).startsWith("dark 0.0");
        assertThat(lines[1]).startsWith("light 0.9");
    }

    private static void writePng(Path file, String base64) throws IOException {
        Files.createDirectories(file.resolveSibling("."));
        Files.write(file, Base64.getDecoder().decode(base64));
    }

    @Test
    void aTrainingThatIsBrokenOffGoesOnAsIfItHadNotBeen() throws Exception {
        List<String> all = outputOf(Watched::run).lines().toList();
        assertThat(all.subList(0, 3)).allMatch(line -> line.matches("epoch [123]/3  loss .* acc .* s"));
        List<String> lines = all.subList(3, all.size());
        assertThat(lines.getFirst()).isEqualTo("a break, to be resumed: true");
        assertThat(lines.get(1)).startsWith("loss was best in epoch ");
        assertThat(Integer.parseInt(lines.get(2).replace(" epochs", ""))).isBetween(11, 199);
        assertThat(lines.subList(3, lines.size())).containsExactly("the same weights", "3 checkpoints");
    }

    @Test
    void aTrainingInTheBackgroundIsCancelled() throws Exception {
        Run run =
                Watched.cancelled(Model.of(features(13), dense(3)), Wine.load().train());
        assertThat(run.stopReason()).hasValue("interrupted");
        assertThat(run.paused()).isTrue();
    }

    @Test
    void aSearchFindsANetworkForWines() throws Exception {
        List<String> lines = outputOf(Searching::run).lines().toList();
        assertThat(lines.getFirst()).contains("rank", "rate", "units", "accuracy");
        assertThat(lines).hasSize(23);
        assertThat(lines.get(21)).matches("accuracy (1\\.0|0\\.9)\\d* ± 0\\.\\d+");
        assertThat(lines.get(22)).matches("test accuracy (1\\.0|0\\.9\\d*)");
    }

    @Test
    void aSearchFitsThePreprocessingOfATableInEachSplit() throws Exception {
        List<String> lines = outputOf(out -> Searching.tables(out, Path.of("data", "fruit.csv")))
                .lines()
                .toList();
        assertThat(lines.getFirst()).contains("rank", "rate", "units", "accuracy");
        assertThat(lines).hasSize(7);
        assertThat(lines.get(1)).matches(".*0\\.9\\d.*");
    }

    @Test
    void aTrainingIsReported(@TempDir Path folder) throws Exception {
        String files = outputOf(out -> Reports.run(out, folder)).strip();
        assertThat(files)
                .isEqualTo(
                        "calibration.svg confusion.png history.svg metrics.jsonl mlruns precision-recall.svg rate.svg"
                                + " report.html roc.svg tensorboard");
        assertThat(folder.resolve("report.html")).content().contains("Handwritten digits", "Worst examples");
    }

    @Test
    void theTableOfFruitIsLearnedAndARawRowPredicted(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("fruit.safetensors");
        String[] lines = outputOf(out -> FruitTable.run(out, Path.of("data", "fruit.csv"), file))
                .split("\\R", -1);
        assertThat(lines[0]).matches("0\\.9\\d*|1\\.0");
        assertThat(lines[1]).startsWith("apple {apple=0.9");
    }

    @Test
    void aProgramWithoutTheLibrarySortsFruit(@TempDir Path folder) throws Exception {
        outputOf(out -> OneJavaFile.run(out, Path.of("data", "fruit.csv"), folder));
        Path program = Files.writeString(folder.resolve("Sorting.java"), OneJavaFile.PROGRAM);
        String java = Path.of(System.getProperty("java.home"), "bin").toString();
        run(folder, java + "/javac", "--release", "17", "-d", "classes", "Fruit.java", program.toString());
        assertThat(run(folder, java + "/java", "-cp", "classes", "shop.Sorting"))
                .startsWith("apple with probability 0.9");
    }

    private static String run(Path folder, String... command) throws Exception {
        Path said = folder.resolve("said.txt");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(Files.readString(said)).isZero();
        return Files.readString(said);
    }

    @Test
    void aTableGoesFromItsFileToPredictions() throws Exception {
        assertThat(outputOf(Tables::run).lines())
                .containsExactly(
                        "[weight, weight missing, color=green, color=red, color missing]",
                        "120 records",
                        "apple [apple, cherry]",
                        "true");
    }

    /// The series of the repository is the one that its program makes, and a linear model forecasts its newest
    /// fifth better than repeating the last week does.
    @Test
    void aLinearModelForecastsBetterThanRepeatingTheLastWeek() throws Exception {
        Path csv = Path.of("data/demand.csv");
        assertThat(Files.readString(csv)).isEqualTo(Demand.csv(2880, 1));
        String[] lines = outputOf(out -> Forecasts.run(out, csv)).split("\\R", -1);
        assertThat(lines[0]).contains("time in week, cosine", "temperature");
        assertThat(lines[1]).startsWith("linear model ");
        assertThat(lines[2]).startsWith("168 hours before ");
        assertThat(figure(lines[1], "MAE")).isLessThan(0.8 * figure(lines[2], "MAE"));
        assertThat(figure(lines[1], "RMSE")).isLessThan(0.8 * figure(lines[2], "RMSE"));
        assertThat(lines[3]).matches("2026-05-01 00:00 \\d{3}");
        assertThat(lines[4]).isEqualTo("30 windows, 12 to train on");
    }

    private static double figure(String line, String name) {
        return Double.parseDouble(line.replaceAll(".*" + name + " ([0-9.]+).*", "$1"));
    }
}
