package dev.neurite.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.cli.Cli;
import dev.neurite.cli.JsonText;
import dev.neurite.cli.bench.BenchCase.Start;
import dev.neurite.cli.run.RunEnvironment;
import dev.neurite.data.Dataset;
import dev.neurite.layer.Layers;
import dev.neurite.optim.Adam;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class BenchTest {
    private static Cli bench(String... arguments) {
        String[] all = new String[arguments.length + 4];
        System.arraycopy(arguments, 0, all, 4, arguments.length);
        all[0] = "bench";
        all[1] = "-q";
        all[2] = "--seconds";
        all[3] = "0.002";
        Cli result = Cli.run(all);
        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        return result;
    }

    @Test
    void aNetworkIsALineOfJson() {
        Cli result = bench("mlp-tiny", "--json", "--threads", "1");
        assertThat(result.out().lines()).hasSize(1);
        Map<String, Object> line = JsonText.object(result.out());
        assertThat(line.keySet()).hasToString("[case, threads, engine, optimizer, train_ms, infer_ms]");
        assertThat(line)
                .containsEntry("case", "mlp-tiny/b4")
                .containsEntry("optimizer", "adam")
                .containsEntry("threads", 1.0)
                .containsEntry("engine", RunEnvironment.engine());
        assertThat((Double) line.get("train_ms")).isBetween(1e-4, 100.0);
        assertThat((Double) line.get("infer_ms")).isBetween(1e-5, 100.0);
    }

    @Test
    void oneRowIsOnlyPredicted() {
        Map<String, Object> line = JsonText.object(
                bench("mlp-s/b1", "--json", "--optimizer", "sgd").out());
        assertThat(line).containsEntry("train_ms", null).containsEntry("optimizer", "sgd");
    }

    @Test
    void aProductIsALineOfJsonWithItsPartOfThePeak() {
        Map<String, Object> line =
                JsonText.object(bench("gemm/64", "--json", "--threads", "2").out());
        assertThat(line.keySet()).hasToString("[case, threads, engine, gflops, peak_fraction]");
        assertThat(line).containsEntry("case", "gemm/64").containsEntry("threads", 2.0);
        assertThat((Double) line.get("gflops")).isPositive();
        assertThat((Double) line.get("peak_fraction")).isPositive();
    }

    @Test
    void theProductsOfADenseLayerAreALineOfJson() {
        Map<String, Object> line = JsonText.object(
                bench("dense/64x128x512", "--json", "--threads", "1").out());
        assertThat(line.keySet())
                .hasToString("[case, threads, engine, plain_gflops, changing_gflops, packed_gflops, gradient_gflops]");
        assertThat(line.values().stream().skip(3))
                .allSatisfy(each -> assertThat((Double) each).isBetween(0.01, 1e5));
        List<String> lines = bench("dense/64x128x512").out().lines().toList();
        assertThat(lines.getLast()).startsWith("dense/64x128x512 ").hasSameSizeAs(lines.getFirst());
    }

    @Test
    void manySmallProductsAreALineOfJson() {
        Map<String, Object> line = JsonText.object(
                bench("batched/64x128x32x128", "--json", "--threads", "2").out());
        assertThat(line.keySet()).hasToString("[case, threads, engine, gflops, plain_gflops]");
        assertThat((Double) line.get("gflops")).isBetween(0.01, 1e5);
        assertThat((Double) line.get("plain_gflops")).isBetween(0.01, 1e5);
        List<String> lines = bench("batched/64x128x32x128").out().lines().toList();
        assertThat(lines.getLast()).startsWith("batched/64x128x32x128 ").hasSameSizeAs(lines.getFirst());
    }

    @Test
    void aStartHasTwoEpochsWhoseFirstContainsItsFirstStep() {
        float[][] inputs = new float[20][784];
        int[] labels = new int[20];
        for (int i = 0; i < 20; i++) {
            inputs[i][i] = 1;
            labels[i] = i % 10;
        }
        Start.Epochs result = new Start("lenet5", "none", 4)
                .measure(Dataset.of(inputs, labels).withInputShape(Layers.image(1, 28, 28)), new Adam(1e-3), 1);
        assertThat(result.firstStep()).isPositive();
        assertThat(result.firstEpoch()).isGreaterThan(1e-3 * result.firstStep());
        assertThat(result.nextEpoch()).isBetween(1e-5, 60.0);
    }

    @Test
    void theFirstStepsOfANetworkCountFromTheStartOfTheJvm() {
        Map<String, Object> line =
                JsonText.object(bench("start/mlp-tiny/b4", "--json").out());
        assertThat(line.keySet()).hasToString("[case, threads, engine, optimizer, first_step_s, ten_steps_s]");
        assertThat((Double) line.get("first_step_s")).isPositive();
        assertThat((Double) line.get("ten_steps_s")).isGreaterThanOrEqualTo((Double) line.get("first_step_s"));
        List<String> lines = bench("start/mlp-tiny/b4").out().lines().toList();
        assertThat(lines.getLast()).startsWith("start/mlp-tiny/b4 ").hasSameSizeAs(lines.getFirst());
    }

    @Tag("thorough")
    @Test
    void aStartIsALineOfJson() {
        Map<String, Object> line =
                JsonText.object(bench("start", "--json", "--threads", "2").out());
        assertThat(line.keySet())
                .hasToString("[case, threads, engine, optimizer, first_step_ms, first_epoch_s, next_epoch_s]");
        List<String> lines = bench("start").out().lines().toList();
        assertThat(lines.getLast()).startsWith("start ").hasSameSizeAs(lines.getFirst());
    }

    @Tag("thorough")
    @Test
    void networksForImageNetAreOnlyPredicted() {
        Map<String, Object> line = JsonText.object(
                bench("squeezenet/b2", "--json", "--threads", "2").out());
        assertThat(line).containsEntry("train_ms", null);
        assertThat((Double) line.get("infer_ms")).isPositive();
    }

    @Test
    void networksForImageNetHaveAThousandClasses() {
        assertThat(BenchNetwork.names())
                .filteredOn(BenchNetwork::isForImageNet)
                .containsExactly("resnet18", "resnet50", "mobilenet-v2", "squeezenet")
                .allSatisfy(each -> assertThat(BenchNetwork.model(each)
                                .network()
                                .outputs()
                                .getFirst()
                                .size())
                        .isEqualTo(1000));
    }

    @Test
    void aConvolutionIsALineOfJsonWithItsGradients() {
        Map<String, Object> line = JsonText.object(
                bench("conv/resnet20-7", "--json", "--threads", "1").out());
        assertThat(line.keySet())
                .hasToString("[case, threads, engine, shape, forward_ms, input_ms, weights_ms, forward_gflops,"
                        + " input_gflops, weights_gflops]");
        assertThat(line).containsEntry("shape", "64×32×16×16 to 64, 1×1 stride 2");
        double operations = 2.0 * 64 * 64 * 8 * 8 * 32;
        for (String each : List.of("forward", "input", "weights")) {
            double gflops = Double.parseDouble(String.valueOf(line.get(each + "_gflops")));
            double ms = Double.parseDouble(String.valueOf(line.get(each + "_ms")));
            assertThat(gflops * ms).isBetween(0.8 * operations * 1e-6, 1.2 * operations * 1e-6);
        }
    }

    @Test
    void aConvolutionIsARowOfATable() {
        List<String> lines = bench("conv/lenet5-1").out().lines().toList();
        assertThat(lines.getFirst()).matches("case +shape +threads .* weights ms  GFLOP/s");
        assertThat(lines.getLast())
                .startsWith("conv/lenet5-1     64×1×28×28 to 6, 5×5 ")
                .hasSameSizeAs(lines.getFirst());
    }

    @Test
    void sequencesAreTrainedOnAndPredicted() {
        isTrainedOnAndPredicted("gru/b2");
    }

    @Tag("thorough")
    @Test
    void aTransformerIsTrainedOnAndPredicted() {
        isTrainedOnAndPredicted("gpt/b2");
    }

    private static void isTrainedOnAndPredicted(String name) {
        Map<String, Object> line =
                JsonText.object(bench(name, "--json", "--threads", "2").out());
        assertThat((Double) line.get("train_ms")).isBetween(1e-2, 100_000.0);
        assertThat((Double) line.get("infer_ms")).isBetween(1e-3, 100_000.0);
    }

    @Tag("thorough")
    @Test
    void textIsGenerated() {
        Map<String, Object> line =
                JsonText.object(bench("generate/b1", "--json", "--threads", "1").out());
        double speed = Double.parseDouble(String.valueOf(line.get("tokens_per_s")));
        double ms = Double.parseDouble(String.valueOf(line.get("infer_ms")));
        assertThat(speed * ms).isBetween(127e3, 129e3);
        assertThat(bench("generate/b1").out()).contains("tokens/s").contains("generate/b1");
    }

    @Test
    void networksForSequencesHaveAsManyParametersAsPytorchs() {
        assertThat(Map.of("lstm", 100_618, "gru", 75_786, "bilstm", 201_226, "encoder", 794_634, "gpt", 10_942_464))
                .allSatisfy((name, count) -> assertThat(BenchNetwork.model(name).network().parameters().stream()
                                .mapToInt(each -> each.shape().size())
                                .sum())
                        .isEqualTo(count));
    }

    @Test
    void imagesAreTrainedOnAndPredicted() {
        Map<String, Object> line =
                JsonText.object(bench("lenet5/b64", "--json", "--threads", "1").out());
        assertThat((Double) line.get("train_ms")).isBetween(1e-2, 10_000.0);
        assertThat((Double) line.get("infer_ms")).isBetween(1e-3, 10_000.0);
    }

    @Test
    void peopleSeeATable() {
        List<String> lines =
                bench("mlp-tiny", "--optimizer", "sgd").out().lines().toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst())
                .isEqualTo("case            optimizer  threads  engine             train ms    infer ms");
        assertThat(lines.getLast())
                .matches("mlp-tiny/b4     sgd +\\d+  \\w+[\\w -]* +\\d+\\.\\d{4} +\\d+\\.\\d{4}")
                .hasSameSizeAs(lines.getFirst());
        List<String> products = bench("gemm/64").out().lines().toList();
        assertThat(products.getFirst()).isEqualTo("case         threads  engine              GFLOP/s     of peak");
        assertThat(products.getLast())
                .matches("gemm/64 +\\d+  \\w+[\\w -]* +\\d+\\.\\d +\\d+\\.\\d%")
                .hasSameSizeAs(products.getFirst());
    }

    @Test
    void profileTellsWhereTheTimeOfAStepGoes() {
        assertThat(bench("mlp-tiny", "--profile").out())
                .contains("mlp-tiny/b4", "dense1  forward", "dense1  backward", "update", "total ");
        Map<String, Object> line =
                JsonText.object(bench("mlp-tiny", "--profile", "--json").out());
        assertThat((List<?>) line.get("profile")).hasSize(7);
    }

    @Test
    void aWholeNameIsOneCaseAndAPartSeveral() {
        assertThat(bench("mlp-s/b1", "--list").out()).isEqualTo("mlp-s/b1\n");
        assertThat(bench("mlp-s", "--list").out()).isEqualTo("mlp-s/b32\nmlp-s/b128\nmlp-s/b1\n");
        assertThat(bench("--list").out().lines()).hasSameSizeAs(BenchCase.ALL);
    }

    @Test
    void anyNetworkIsMeasuredWithAnyBatch() {
        assertThat(bench("mlp-s/b7", "--list").out()).isEqualTo("mlp-s/b7\n");
        Map<String, Object> line =
                JsonText.object(bench("mlp-tiny/b1", "--json", "--threads", "1").out());
        assertThat(line).containsEntry("case", "mlp-tiny/b1").containsEntry("train_ms", null);
        assertThat((Double) line.get("infer_ms")).isPositive();
    }

    @Test
    void widthsMakeAMultiLayerPerceptron() {
        Map<String, Object> line = JsonText.object(
                bench("mlp:5-16-8-3/b6", "--json", "--threads", "1").out());
        assertThat(line).containsEntry("case", "mlp:5-16-8-3/b6");
        assertThat((Double) line.get("train_ms")).isPositive();
        assertThat(BenchNetwork.model("mlp:5-16-8-3").parameters().size())
                .isEqualTo(5 * 16 + 16 + 16 * 8 + 8 + 8 * 3 + 3);
        List<String> lines = bench("mlp:5-16-8-3/b6", "--profile").out().lines().toList();
        assertThat(lines.get(1)).startsWith("mlp:5-16-8-3/b6  adam").hasSameSizeAs(lines.getFirst());
        assertThat(lines).anySatisfy(row -> assertThat(row).contains("dense3  backward"));
    }

    @Test
    void whatIsNoNetworkAndBatchIsRefused() {
        assertThat(refusal("mlp:784-x-10/b64"))
                .contains("bench: expects widths and rows as mlp:784-256-256-10/b64, got 'mlp:784-x-10/b64'");
        for (String each :
                List.of("mlp:", "mlp:784/b4", "mlp:784-10", "mlp:784-10/b", "mlp:784--10/b4", "mlp:4-4/b-1")) {
            assertThat(refusal(each)).contains("expects widths and rows as", "got '" + each + "'");
        }
        assertThat(refusal("mlp-s/b0")).contains("bench: expects rows of a batch from 1 to 65536, got 0");
        assertThat(refusal("mlp-s/b99999999999")).contains("from 1 to 65536, got 99999999999");
        assertThat(refusal("mlp:4-0-4/b4")).contains("bench: expects widths from 1 to 65536, got 0");
        assertThat(refusal("mlp-xl/b64"))
                .contains("or NETWORK/bROWS with a network of mlp-tiny, mlp-s,", "got 'mlp-xl/b64'");
    }

    private static String refusal(String part) {
        Cli result = Cli.run("bench", "-q", part, "--list");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        return result.err();
    }

    @Test
    void memoryIsALineOfJson() {
        Map<String, Object> line =
                JsonText.object(bench("memory", "--json", "--threads", "1").out());
        assertThat(line.keySet()).hasToString("[case, threads, engine, gbps]");
        assertThat((Double) line.get("gbps")).isBetween(0.1, 2000.0);
        List<String> lines = bench("memory").out().lines().toList();
        assertThat(lines.getFirst()).isEqualTo("case         threads  engine                 GB/s");
        assertThat(lines.getLast()).startsWith("memory ").hasSameSizeAs(lines.getFirst());
    }

    @Test
    void helpNamesEveryNetwork() {
        String help = Cli.run("help", "bench").out();
        assertThat(BenchCase.ALL)
                .extracting(BenchCase::name)
                .doesNotHaveDuplicates()
                .allSatisfy(name -> assertThat(help)
                        .contains(name.replaceFirst("gemm/.*", "gemm/2048")
                                .replaceFirst("conv/.*", "conv/lenet5-1")
                                .replaceFirst("dense/.*", "dense/2048x384x1536")
                                .replaceFirst("batched/.*", "batched/48x64x64x256")
                                .replaceFirst("encoded/.*", "encoded/1x4096x4096")));
    }

    @Test
    void figuresOfAMachineThatComputesSomethingElseAreRefused() {
        DoctorCommand.requireSelfTest(2);
        assertThatThrownBy(() -> DoctorCommand.requireGolden("00ff"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("self-test: expects the weights " + DoctorCommand.GOLDEN + ", got 00ff");
    }

    @Tag("measures-time")
    @Test
    void theStopwatchTakesTheMedianOfItsRounds() {
        long start = System.nanoTime();
        int[] times = new int[1];
        double millis = new Stopwatch(0.02).millis(() -> {
            times[0]++;
            try {
                Thread.sleep(times[0] == 60 ? 40 : 2); // one that is late does not count
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(millis).isBetween(2.0, 15.0);
        assertThat((System.nanoTime() - start) * 1e-9).isBetween(10 * 0.02, 5.0);
        assertThat(times[0]).isBetween(8, 200);
    }
}
