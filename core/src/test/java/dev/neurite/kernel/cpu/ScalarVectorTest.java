package dev.neurite.kernel.cpu;

import static dev.neurite.kernel.Samples.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.BothEngines;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Noise;
import dev.neurite.kernel.Samples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every kernel on vectors gives the bits of its scalar definition, and writes nowhere else.
@BothEngines
class ScalarVectorTest {
    private static final int LONGEST = 1000;
    private static final int MARGIN = 19;

    /// One call of a kernel on four arrays from their offsets on.
    interface Call {
        float run(ScalarKernels k, float[][] x, int[] at, int n);
    }

    record Case(String name, Call call) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> kernels() {
        List<Case> cases = new ArrayList<>();
        add(cases, "add", (k, x, at, n) -> k.add(x[0], at[0], x[1], at[1], x[2], at[2], n));
        add(cases, "add in place", (k, x, at, n) -> k.add(x[0], at[0], x[1], at[1], x[0], at[0], n));
        add(cases, "multiply", (k, x, at, n) -> k.multiply(x[0], at[0], x[1], at[1], x[2], at[2], n));
        add(cases, "multiply in place", (k, x, at, n) -> k.multiply(x[0], at[0], x[1], at[1], x[1], at[1], n));
        for (float s : new float[] {0, -1.7f, Float.NaN, 1e-39f}) {
            add(cases, "scale by " + s, (k, x, at, n) -> k.scale(s, x[0], at[0], x[1], at[1], n));
            add(cases, "add scaled by " + s, (k, x, at, n) -> k.addScaled(s, x[0], at[0], x[1], at[1], n));
        }
        for (Elementwise g : Samples.ACTIVATIONS) activation(cases, g);
        learnedAndGated(cases);
        for (int rows : new int[] {0, 1, 2, 9}) {
            add(
                    cases,
                    "column sums of " + rows + " rows",
                    (k, x, at, n) -> k.columnSums(x[3], at[3], rows, LONGEST + 3, x[1], at[1], n));
        }
        add(cases, "softmax", (k, x, at, n) -> k.losses().softmaxRow(x[0], at[0], x[1], at[1], n));
        cases.add(new Case("softmax with log sum", (k, x, at, n) ->
                (float) k.losses().softmaxWithLogSum(x[0], at[0], x[1], at[1], n)));
        add(
                cases,
                "softmax gradient",
                (k, x, at, n) -> k.losses().softmaxGradientRow(x[0], at[0], x[1], at[1], x[2], at[2], n));
        add(cases, "softmax in place", (k, x, at, n) -> k.losses().softmaxRow(x[0], at[0], x[0], at[0], n));
        add(
                cases,
                "softmax gradient in place",
                (k, x, at, n) -> k.losses().softmaxGradientRow(x[0], at[0], x[1], at[1], x[1], at[1], n));
        add(cases, "log-softmax", (k, x, at, n) -> k.losses().logSoftmaxRow(x[0], at[0], x[1], at[1], n));
        add(
                cases,
                "log-softmax gradient",
                (k, x, at, n) -> k.losses().logSoftmaxGradientRow(x[0], at[0], x[1], at[1], x[2], at[2], n));
        add(
                cases,
                "log-softmax gradient in place",
                (k, x, at, n) -> k.losses().logSoftmaxGradientRow(x[0], at[0], x[1], at[1], x[1], at[1], n));
        cases.add(new Case(
                "sigmoid cross-entropy",
                (k, x, at, n) -> k.losses().sigmoidCrossEntropyRow(x[0], at[0], x[1], at[1], x[2], at[2], n)));
        cases.add(new Case(
                "squared error",
                (k, x, at, n) -> k.losses().squaredErrorRow(x[0], at[0], x[1], at[1], x[2], at[2], n)));
        cases.add(new Case("max", (k, x, at, n) -> k.max(x[0], at[0], n)));
        cases.add(new Case("sum", (k, x, at, n) -> k.sum(x[0], at[0], n)));
        cases.add(new Case("dot", (k, x, at, n) -> k.dot(x[0], at[0], x[1], at[1], n)));
        cases.add(new Case("argmax", (k, x, at, n) -> k.argMax(x[0], at[0], n)));
        cases.add(new Case("argmax with equals", (k, x, at, n) -> {
            for (int i = 0; i < n; i++) x[0][at[0] + i] = Math.round(2 * x[0][at[0] + i]);
            return k.argMax(x[0], at[0], n);
        }));
        noise(cases);
        return cases.stream();
    }

    private interface Procedure {
        void run(ScalarKernels k, float[][] x, int[] at, int n);
    }

    private static void add(List<Case> cases, String name, Procedure procedure) {
        cases.add(new Case(name, (k, x, at, n) -> {
            procedure.run(k, x, at, n);
            return 0;
        }));
    }

    private static void activation(List<Case> cases, Elementwise g) {
        add(cases, "activate " + g, (k, x, at, n) -> k.activate(g, x[0], at[0], x[1], at[1], n));
        add(cases, "activate in place " + g, (k, x, at, n) -> k.activate(g, x[0], at[0], x[0], at[0], n));
        add(
                cases,
                "gradient of " + g,
                (k, x, at, n) -> k.activationGradient(g, x[0], at[0], x[1], at[1], x[2], at[2], x[3], at[3], n));
        add(
                cases,
                "gradient in place of " + g,
                (k, x, at, n) -> k.activationGradient(g, x[0], at[0], x[1], at[1], x[2], at[2], x[2], at[2], n));
    }

    private static void learnedAndGated(List<Case> cases) {
        for (int group : new int[] {1, 5, LONGEST}) {
            add(
                    cases,
                    "slopes of " + group + " neighbors",
                    (k, x, at, n) ->
                            k.preluRow(x[3], at[3], Math.min(n, group), x[0], at[0], x[1], at[1], whole(n, group)));
            add(
                    cases,
                    "gradient of slopes of " + group + " neighbors",
                    (k, x, at, n) -> k.preluGradientRow(
                            x[3], at[3], Math.min(n, group), x[0], at[0], x[1], at[1], x[2], at[2], whole(n, group)));
        }
        add(
                cases,
                "multiply below zero",
                (k, x, at, n) -> k.multiplyBelowZero(x[0], at[0], x[1], at[1], x[2], at[2], n));
        for (int block : new int[] {2, 34}) {
            add(
                    cases,
                    "gated halves of " + block,
                    (k, x, at, n) -> k.gluRow(block, x[3], at[3], x[1], at[1], 2 * (n - n % (block / 2))));
            add(
                    cases,
                    "gradient of gated halves of " + block,
                    (k, x, at, n) -> k.gluGradientRow(
                            block, x[3], at[3], x[1], at[1], x[3], at[3] + 2 * LONGEST, 2 * (n - n % (block / 2))));
        }
    }

    /// The largest multiple of a part's size in n; n itself if that is smaller.
    private static int whole(int n, int part) {
        return n < part ? n : n - n % part;
    }

    private static void noise(List<Case> cases) {
        long row = Noise.of(5, 6, 7, 8).row(9);
        for (int cut : new int[] {Integer.MIN_VALUE, -1_000_000_000, 0, Integer.MAX_VALUE}) {
            add(
                    cases,
                    "dropout of draws below " + cut,
                    (k, x, at, n) -> k.noise().dropout(row, cut, 1.7f, 0, 0, x[0], at[0], x[1], at[1], n));
        }
        add(
                cases,
                "dropout, shifted and in place",
                (k, x, at, n) -> k.noise().dropout(row, 0, 0.7f, 0.3f, -1.3f, x[0], at[0], x[0], at[0], n));
    }

    private static IntStream lengths() {
        return IntStream.concat(IntStream.rangeClosed(0, 70), IntStream.of(127, 128, 129, LONGEST));
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void vectorsGiveTheBitsOfTheScalarDefinition(Case kernel) {
        ScalarKernels vector = Engines.vectors();
        var scalar = new ScalarKernels();
        lengths().forEach(n -> {
            int[] at = {n % 7, 3 + n % 5, n % 2, n % 11};
            compare(kernel, scalar, vector, at, n, false);
            compare(kernel, scalar, vector, new int[] {16, 16, 16, 16}, n, true);
        });
    }

    private static void compare(
            Case kernel, ScalarKernels scalar, ScalarKernels vector, int[] at, int n, boolean tame) {
        float[][] a = new float[4][];
        float[][] b = new float[4][];
        for (int i = 0; i < 4; i++) {
            int size = i == 3 ? 9 * (LONGEST + 3) + MARGIN : n + MARGIN;
            a[i] = tame ? Samples.normal(size, 31L * n + i) : Samples.awkward(size, 31L * n + i);
            b[i] = a[i].clone();
        }
        float expected = kernel.call().run(scalar, a, at, n);
        float actual = kernel.call().run(vector, b, at, n);
        String what = kernel + ", " + n + " elements";
        assertSameBits(new float[] {actual}, new float[] {expected}, what + ", result");
        for (int i = 0; i < 4; i++) assertSameBits(b[i], a[i], what + ", array " + i);
    }

    /// Products that round to −0 leave their lanes −0, and a lane without an element must not make it +0.
    @Test
    void aSumOfNegativeZerosKeepsItsSign() {
        ScalarKernels vector = Engines.vectors();
        float[] x = new float[40];
        float[] y = new float[40];
        Arrays.fill(x, -1e-30f);
        Arrays.fill(y, 1e-30f);
        for (int n = 16; n <= 40; n++) {
            assertThat(1 / new ScalarKernels().dot(x, 0, y, 0, n)).isEqualTo(Float.NEGATIVE_INFINITY);
            assertThat(1 / vector.dot(x, 0, y, 0, n)).isEqualTo(Float.NEGATIVE_INFINITY);
        }
        Arrays.fill(x, -0f);
        for (int n = 0; n <= 40; n++) {
            assertThat(1 / new ScalarKernels().sum(x, 0, n)).isEqualTo(Float.POSITIVE_INFINITY);
            assertThat(1 / vector.sum(x, 0, n)).isEqualTo(Float.POSITIVE_INFINITY);
        }
    }
}
