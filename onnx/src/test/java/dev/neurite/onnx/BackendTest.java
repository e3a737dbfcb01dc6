package dev.neurite.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.neurite.onnx.BackendCase.Outcome;
import dev.neurite.onnx.BackendCase.Result;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.registry.Registry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// ONNX's own tests of operators, for all operators that are or should be supported. Some of them are in this
/// directory; all run where Debian's package `libonnx-testdata` is installed.
///
/// [#main] writes the table of docs/onnx-reference.md, in the module's directory:
/// `java --add-modules jdk.incubator.vector -cp CLASSPATH dev.neurite.onnx.BackendTest ../docs/onnx-reference.md`
final class BackendTest {
    private static final Path INSTALLED = Path.of("/usr/include/onnx/backend/test/data/node");
    private static final Path COMMITTED = Path.of("src/test/resources/backend");

    private static final List<String> DOMAINS = List.of(Operators.ML, Operators.TRAINING);

    /// The operators that must be there.
    private static final Set<String> REQUIRED = Set.of(("Abs Acos Acosh Add And ArgMax ArgMin Asin Asinh Atan Atanh"
        + " AveragePool BatchNormalization Cast Ceil Celu Clip Concat Constant ConstantOfShape Conv ConvInteger"
        + " ConvTranspose Cos Cosh CumSum DepthToSpace DequantizeLinear Div Dropout DynamicQuantizeLinear Einsum Elu"
        + " Equal Erf Exp Expand Flatten Floor GRU Gather GatherElements GatherND Gelu Gemm GlobalAveragePool"
        + " GlobalLpPool GlobalMaxPool Greater GreaterOrEqual GroupNormalization HardSigmoid HardSwish Identity If"
        + " InstanceNormalization IsNaN LRN LSTM LayerNormalization LeakyRelu Less LessOrEqual Log LogSoftmax Loop"
        + " LpPool MatMul MatMulInteger Max MaxPool Mean Min Mish Mod Mul Neg NonZero Not OneHot Or PRelu Pad Pow"
        + " QLinearConv QLinearMatMul QuantizeLinear RNN Range Reciprocal ReduceL1 ReduceL2 ReduceLogSum"
        + " ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu Reshape Resize"
        + " Round ScatterElements ScatterND Selu Shape Sigmoid Sign Sin Sinh Size Slice Softmax Softplus Softsign"
        + " SpaceToDepth Split Sqrt Squeeze Sub Sum Tan Tanh ThresholdedRelu Tile TopK Transpose Trilu Unsqueeze Where"
        + " Xor")
            .split(" "));

    /// Tests with random answers that no seed decides: type and shape of the answer are compared, not its elements.
    static final Set<String> RANDOM = Set.of(
            "test_bernoulli",
            "test_bernoulli_double",
            "test_bernoulli_double_expanded",
            "test_bernoulli_expanded",
            "test_bernoulli_seed",
            "test_bernoulli_seed_expanded");

    private static final String CORRECTED = ", as in later versions of ONNX";
    private static final String BFLOAT16 = "the test's answer is cut off, not rounded; ours is rounded" + CORRECTED;
    private static final String OVERFLOW = "the test's answer overflows; ours saturates" + CORRECTED;
    private static final String CORNERS =
            "corners stay corners where the extent is rounded, as in PyTorch and onnxruntime";

    /// Answers that differ from the test's, and why that is right.
    private static final Map<String, String> DIFFERENT = Map.ofEntries(
            Map.entry("test_cast_FLOAT_to_BFLOAT16", BFLOAT16),
            Map.entry("test_castlike_FLOAT_to_BFLOAT16", BFLOAT16),
            Map.entry("test_castlike_FLOAT_to_BFLOAT16_expanded", BFLOAT16),
            Map.entry("test_qlinearmatmul_2D_int8_float16", OVERFLOW),
            Map.entry("test_qlinearmatmul_2D_int8_float32", OVERFLOW),
            Map.entry("test_qlinearmatmul_3D_int8_float16", OVERFLOW),
            Map.entry("test_qlinearmatmul_3D_int8_float32", OVERFLOW),
            Map.entry(
                    "test_averagepool_3d_dilations_large_count_include_pad_is_1_ceil_mode_is_True",
                    "the test's answer counts elements beyond the padding; ours does not, as in PyTorch, onnxruntime"
                            + " and later versions of ONNX"),
            Map.entry("test_resize_downsample_scales_linear_align_corners", CORNERS),
            Map.entry("test_resize_downsample_scales_cubic_align_corners", CORNERS),
            Map.entry(
                    "test_adam_multiple",
                    "the test's answer has another epsilon than its model; ours has the model's" + CORRECTED),
            Map.entry(
                    "test_image_decoder_decode_webp_rgb",
                    "the plugin of our tests gives the four pixels of a color one color, as `dwebp -nofancy` does"
                            + " (within 2 of 255); the test's answer goes from one to the next"));

    private static List<Result> results = List.of();

    @BeforeAll
    static void runAll() {
        if (Files.isDirectory(INSTALLED)) results = results(INSTALLED);
    }

    private static List<Result> results(Path directory) {
        return cases(directory).stream().map(BackendCase::run).toList();
    }

    private static List<BackendCase> cases(Path directory) {
        Set<String> operators = new TreeSet<>(REQUIRED);
        operators.addAll(Registry.names(""));
        for (String domain : DOMAINS) Registry.names(domain).forEach(each -> operators.add(domain + "." + each));
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(each -> Files.exists(each.resolve("model.onnx")))
                    .sorted()
                    .map(BackendCase::read)
                    .filter(each -> each.hasKnownOpset() && operators.containsAll(each.operators()))
                    .toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    static List<BackendCase> committed() {
        return cases(COMMITTED);
    }

    /// All that are there.
    static List<BackendCase> all() {
        return cases(Files.isDirectory(INSTALLED) ? INSTALLED : COMMITTED);
    }

    @ParameterizedTest
    @MethodSource("committed")
    void aCommittedTestPasses(BackendCase test) {
        Result result = test.run();
        assertThat(result.outcome()).as(result.toString()).isEqualTo(known(test));
    }

    /// Every test, one by one: what differs from the test's answer still does, or is here no more.
    @Test
    void allTestsPassButTheKnownOnes() throws IOException {
        assumeInstalled();
        assertThat(results.stream().filter(each -> each.outcome() != known(each.test())))
                .isEmpty();
        assertThat(results).hasSize((int) shipped());
        assertThat(results.stream().map(each -> each.test().name())).containsAll(DIFFERENT.keySet());
    }

    private static Outcome known(BackendCase test) {
        return DIFFERENT.containsKey(test.name()) ? Outcome.WRONG : Outcome.PASSED;
    }

    @Test
    void allOperatorsAreThere() {
        assertThat(Registry.names("")).containsAll(REQUIRED);
    }

    private static void assumeInstalled() {
        assumeTrue(Files.isDirectory(INSTALLED), "needs Debian's package libonnx-testdata");
    }

    /// The results of the tests whose model has an operator, by operators.
    private static Map<String, List<Result>> byOperator(List<Result> results) {
        Map<String, List<Result>> all = new TreeMap<>();
        for (Result each : results) {
            for (String operator : each.test().operators()) {
                all.computeIfAbsent(operator, _ -> new ArrayList<>()).add(each);
            }
        }
        return all;
    }

    private static long count(List<Result> results, Outcome outcome) {
        return results.stream().filter(each -> each.outcome() == outcome).count();
    }

    // ----------------------------------------------------------------------------------------------------- the table

    /// Writes the table of operators between two comments of a page, or to the console.
    /// @param arguments the page; none for the console
    public static void main(String... arguments) throws IOException {
        String table = table(results(INSTALLED));
        if (arguments.length == 0) {
            System.out.println(table);
            return;
        }
        Path page = Path.of(arguments[0]);
        String text = Files.readString(page);
        String start = "<!-- operators -->\n";
        String end = "<!-- /operators -->\n";
        int from = text.indexOf(start);
        int to = text.indexOf(end);
        if (from < 0 || to < from) throw new IllegalArgumentException(page + " needs " + start + " and " + end);
        Files.writeString(page, text.substring(0, from + start.length()) + table + text.substring(to));
    }

    /// The number of all tests.
    private static long shipped() throws IOException {
        try (Stream<Path> all = Files.list(INSTALLED)) {
            return all.filter(each -> Files.exists(each.resolve("model.onnx"))).count();
        }
    }

    private static String table(List<Result> results) throws IOException {
        Map<String, Set<Integer>> versions = new OperatorVersions().byOperator();
        Map<String, List<Result>> tests = byOperator(results);
        var text = new StringBuilder("| Operator | Versions | Tests passed | Remarks |\n|---|---|---|---|\n");
        List<String> names = new ArrayList<>(Registry.names(""));
        for (String domain : DOMAINS) Registry.names(domain).forEach(each -> names.add(domain + "." + each));
        for (String each : names) {
            List<Result> all = tests.getOrDefault(each, List.of());
            text.append("| ")
                    .append(each)
                    .append(" | ")
                    .append(versions.getOrDefault(each.substring(each.lastIndexOf('.') + 1), Set.of()).stream()
                            .map(String::valueOf)
                            .collect(Collectors.joining(", ")))
                    .append(" | ")
                    .append(all.isEmpty() ? "none there" : count(all, Outcome.PASSED) + " of " + all.size())
                    .append(" | ")
                    .append(remarks(each, all))
                    .append(" |\n");
        }
        long passed = count(results, Outcome.PASSED);
        return text.append(String.format(
                        Locale.ROOT,
                        "%n%d of the %d tests that there are pass: %.1f %%. Those of ImageDecoder run with plugins for"
                                + " JPEG 2000, PNM and WebP.%n",
                        passed,
                        shipped(),
                        100.0 * passed / shipped()))
                .toString();
    }

    /// Why tests of an operator fail: those with no other operator that might be the cause.
    private static String remarks(String operator, List<Result> results) {
        Predicate<Result> own = each -> each.test().operators().equals(Set.of(operator))
                || each.detail().contains("(" + operator + ")");
        Map<String, List<String>> reasons = new HashMap<>();
        for (Result each : results) {
            if (each.outcome() == Outcome.PASSED || !own.test(each)) continue;
            String reason = DIFFERENT.getOrDefault(each.test().name(), each.detail());
            reasons.computeIfAbsent(reason.replaceFirst(".*node '[^']*' \\([^)]*\\): ", ""), _ -> new ArrayList<>())
                    .add(each.test().name().replaceFirst("test_", ""));
        }
        return reasons.entrySet().stream()
                .map(each -> String.join(", ", each.getValue()) + ": " + each.getKey())
                .sorted()
                .collect(Collectors.joining("; "))
                .replace("|", "\\|");
    }
}
