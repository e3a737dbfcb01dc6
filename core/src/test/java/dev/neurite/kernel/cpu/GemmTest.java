package dev.neurite.kernel.cpu;

import static dev.neurite.kernel.Samples.U;
import static dev.neurite.kernel.Samples.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.BothEngines;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.kernel.Samples;
import dev.neurite.tensor.Matrix;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@BothEngines
class GemmTest {
    private static final int[] SIZES = {1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 17, 24, 25, 33, 40};

    /// Rows, outputs and inputs.
    private static final int[][] LAYERS = {
        {150, 130, 170}, {31, 300, 64}, {1000, 10, 128}, {10, 784, 128}, {150, 600, 520}
    };

    /// A matrix of these extents whose memory is row after row or column after column, inside a longer array.
    private static Matrix matrix(int rows, int columns, boolean transposed, float[] numbers) {
        int at = numbers.length - rows * columns;
        return transposed
                ? Tensor.view(Shape.of(columns, rows), numbers, at).matrix().transpose()
                : Tensor.view(Shape.of(rows, columns), numbers, at).matrix();
    }

    private static float at(Operand m, int i, int j) {
        return m.array()[m.offset() + i * m.rowStride() + j * m.columnStride()];
    }

    private record Sizes(int m, int n, int k) {
        float[] a(long seed) {
            return Samples.normal(m * k + 3, seed);
        }

        float[] b(long seed) {
            return Samples.normal(k * n + 5, seed + 1);
        }

        float[] c(long seed) {
            return Samples.normal(m * n + 7, seed + 2);
        }
    }

    /// Computes on both engines, compares their bits and some elements with double precision; gives C's array.
    private static float[] check(
            Sizes s, boolean ta, boolean tb, boolean accumulate, boolean biased, Elementwise g, int every) {
        float[] a = s.a(s.m);
        float[] b = s.b(s.n);
        float[] before = s.c(s.k);
        float[] bias = Samples.normal(s.n + 2, 77);
        float[] c = before.clone();
        float[] rest = Samples.normal(s.m * s.n, 78);
        Matrix residual = biased && s.k % 2 == 1 ? matrix(s.m, s.n, false, rest) : null;
        var p = new Product();
        p.set(matrix(s.m, s.k, ta, a), matrix(s.k, s.n, tb, b), matrix(s.m, s.n, false, c), accumulate);
        p.bias = biased ? bias : null;
        p.biasOffset = 2;
        p.residual = residual;
        p.activation = g;
        new ScalarKernels().gemm(p, 0, 0, s.m, 0, s.n);
        String what = s + (ta ? " Aᵀ" : " A") + (tb ? "Bᵀ " : "B ") + g + (accumulate ? " + C" : "");
        for (int e = 0; e < s.m * s.n; e += every) {
            int i = e / s.n;
            int j = e % s.n;
            double start = accumulate ? before[7 + e] : 0;
            double exact = start;
            double magnitude = Math.abs(start);
            for (int k = 0; k < s.k; k++) {
                double product = (double) at(p.a, i, k) * at(p.b, k, j);
                exact += product;
                magnitude += Math.abs(product);
            }
            // Each of the k additions rounds once: an error of at most k·u/(1−k·u)·Σ|aᵢⱼ·bⱼₖ| (Higham 2002, §3.1).
            double bound = s.k * U / (1 - s.k * U) * magnitude;
            if (biased) {
                exact += bias[2 + j];
                bound += U * (Math.abs(exact) + bound);
            }
            if (residual != null) {
                exact += rest[e];
                bound += U * (Math.abs(exact) + bound);
            }
            double y = apply(g, exact);
            // No activation here is steeper than 1.5 or less exact than 2 ulp (4u).
            double allowed = g instanceof Activation.Identity ? bound : 1.5 * bound + 4 * U * Math.abs(y);
            assertThat(Math.abs(c[7 + e] - y)).as("%s (%d, %d)", what, i, j).isLessThanOrEqualTo(allowed);
        }
        if (Kernels.vectorsPresent()) {
            for (int way = 0; way < ProductPlan.WAYS; way++) {
                if (!ProductPlan.isPossible(p, way)) continue;
                float[] d = before.clone();
                p.c.set(matrix(s.m, s.n, false, d));
                p.way = way;
                Engines.vectors().gemm(p, 0, 0, s.m, 0, s.n);
                assertSameBits(d, c, what + ", way " + way);
            }
            if (tb) assertKeptPanelsGiveTheSame(p, before, c, what);
        }
        return c;
    }

    /// B as constant weights, which vector kernels read from a copy of their own.
    private static void assertKeptPanelsGiveTheSame(Product p, float[] before, float[] expected, String what) {
        Operand w = p.b.transpose();
        p.panels = Gemm.panels(
                PackedWeights.constant(Tensor.view(Shape.of(w.rows(), w.columns()), w.array(), w.offset())));
        for (int way : new int[] {0, ProductPlan.PACKS_R}) {
            if (!ProductPlan.isPossible(p, way)) continue;
            float[] c = before.clone();
            p.c.set(matrix(p.c.rows(), p.c.columns(), false, c));
            p.way = way;
            Engines.vectors().gemm(p, 0, 0, p.c.rows(), 0, p.c.columns());
            assertSameBits(c, expected, what + ", kept panels, way " + way);
        }
    }

    private static Product relu(Matrix a, Matrix b, Matrix c, float[] bias) {
        var p = new Product();
        p.set(a, b, c, false);
        p.bias = bias;
        p.activation = Activation.RELU;
        return p;
    }

    private static double apply(Elementwise g, double z) {
        return switch (g) {
            case Activation.Relu _ -> Math.max(z, 0);
            case Activation.LeakyRelu(float slope) -> z > 0 ? z : slope * z;
            case Activation.Tanh _ -> Math.tanh(z);
            case Activation.Sigmoid _ -> 1 / (1 + Math.exp(-z));
            case Samples.Swish _ -> z / (1 + Math.exp(-z));
            default -> z;
        };
    }

    @Test
    void oddSizesAreRightAndEqualOnBothEngines() {
        int round = 0;
        for (int m : SIZES) {
            for (int n : SIZES) {
                for (int k : new int[] {1, 2, 5, 8, 17, 40}) {
                    var sizes = new Sizes(m, n, k);
                    int variant = round++;
                    check(sizes, (variant & 1) != 0, (variant & 2) != 0, false, false, Activation.IDENTITY, 5);
                    Elementwise g = Samples.EXACT.get(variant % Samples.EXACT.size());
                    check(sizes, (variant & 2) != 0, (variant & 4) != 0, false, true, g, 7);
                    check(sizes, (variant & 4) != 0, (variant & 1) != 0, true, false, Activation.IDENTITY, 7);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "400, 70, 600",
        "193, 49, 257",
        "25, 2053, 261",
        "385, 97, 513",
        "5, 1537, 30",
        "70, 300, 513",
        "197, 1100, 520",
        "1300, 200, 520",
        "24, 100, 513",
        "1, 3000, 300"
    })
    void sizesAcrossTheBlocksAreRightAndEqualOnBothEngines(int m, int n, int k) {
        var sizes = new Sizes(m, n, k);
        for (int transposes = 0; transposes < 4; transposes++) {
            boolean ta = (transposes & 1) != 0;
            boolean tb = (transposes & 2) != 0;
            if (ta == tb) check(sizes, ta, tb, false, true, Activation.TANH, 211);
            else check(sizes, ta, tb, true, false, Activation.IDENTITY, 211);
        }
    }

    @Test
    void eachActivationAtTheEndIsThatOfTheFinishedSums() {
        for (Elementwise g : Samples.EXACT) {
            for (boolean biased : new boolean[] {false, true}) {
                check(new Sizes(29, 61, 40), false, true, false, biased, g, 3);
                float[] fused = check(new Sizes(7, 50, 8), false, true, false, biased, g, 1);
                float[] plain = check(new Sizes(7, 50, 8), false, true, false, biased, Activation.IDENTITY, 1);
                new ScalarKernels().activate(g, plain, 7, plain, 7, 350);
                assertSameBits(fused, plain, g.toString());
            }
        }
    }

    @Test
    void aProductOverNothingIsZeroAndAnEmptyProductTouchesNothing() {
        for (Kernels.Engine engine : Kernels.Engine.values()) {
            if (engine == Kernels.Engine.VECTOR && !Kernels.vectorsPresent()) continue;
            try (Kernels kernels = Kernels.create(engine, 2)) {
                Tensor c = Samples.tensor(1, 3, 4);
                kernels.product(
                        Tensor.zeros(Shape.of(3, 0)).matrix(),
                        Tensor.zeros(Shape.of(0, 4)).matrix(),
                        c.matrix());
                assertThat(c).isEqualTo(Tensor.zeros(Shape.of(3, 4)));
                kernels.product(
                        Tensor.zeros(Shape.of(0, 3)).matrix(),
                        Samples.tensor(2, 3, 4).matrix(),
                        Tensor.zeros(Shape.of(0, 4)).matrix());
            }
        }
    }

    @Test
    void specialNumbersGoThroughAlikeOnBothEngines() {
        ScalarKernels vector = Engines.vectors();
        var scalar = new ScalarKernels();
        for (int k : new int[] {1, 3, 40, 300}) {
            for (int n : new int[] {50, 300}) { // transposed, and with packed rows that stand side by side
                float[] a = Samples.awkward(30 * k, k);
                float[] b = Samples.awkward(k * n, k + 1);
                float[] bias = Samples.awkward(n, k + 2);
                float[] c = new float[30 * n];
                float[] d = new float[30 * n];
                Matrix ma = matrix(30, k, n == 300, a);
                Matrix mb = matrix(k, n, n == 50, b);
                scalar.gemm(relu(ma, mb, matrix(30, n, false, c), bias), 0, 0, 30, 0, n);
                Product p = relu(ma, mb, matrix(30, n, false, d), bias);
                p.way = vector.way(p, 1);
                vector.gemm(p, 0, 0, 30, 0, n);
                assertSameBits(d, c, n + " columns, k = " + k);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 7})
    void threadsChangeNoBit(int threads) {
        for (Kernels.Engine engine : Kernels.Engine.values()) {
            if (engine == Kernels.Engine.VECTOR && !Kernels.vectorsPresent()) continue;
            try (Kernels one = Kernels.create(engine, 1);
                    Kernels many = Kernels.create(engine, threads)) {
                for (int[] s : LAYERS) {
                    Tensor x = Samples.tensor(1, s[0], s[2]);
                    Tensor w = Samples.tensor(2, s[1], s[2]);
                    Tensor b = Samples.tensor(3, s[1]);
                    Tensor expected = Tensor.zeros(Shape.of(s[0], s[1]));
                    Tensor actual = Tensor.zeros(Shape.of(s[0], s[1]));
                    one.dense(x, PackedWeights.changing(w), b, Activation.SIGMOID, expected);
                    many.dense(x, PackedWeights.changing(w), b, Activation.SIGMOID, actual);
                    assertThat(actual).isEqualTo(expected);
                    one.addProduct(x.matrix(), w.matrix().transpose(), expected.matrix());
                    many.addProduct(x.matrix(), w.matrix().transpose(), actual.matrix());
                    assertThat(actual).isEqualTo(expected);
                    Tensor transposed = Tensor.zeros(Shape.of(s[1], s[0]));
                    one.product(x.matrix(), w.matrix().transpose(), expected.matrix());
                    many.product(
                            x.matrix(),
                            w.matrix().transpose(),
                            transposed.matrix().transpose());
                    assertSameTransposed(transposed, expected);
                    assertSameGradients(one, many, expected, x, w);
                }
            }
        }
    }

    /// δᵀ·X and δ·W, as a dense layer's way back has them.
    private static void assertSameGradients(Kernels one, Kernels many, Tensor delta, Tensor x, Tensor w) {
        Tensor ofW = Tensor.zeros(w.shape());
        Tensor ofX = Tensor.zeros(x.shape());
        one.product(delta.matrix().transpose(), x.matrix(), ofW.matrix());
        one.product(delta.matrix(), w.matrix(), ofX.matrix());
        Tensor sameOfW = Tensor.zeros(w.shape());
        Tensor sameOfX = Tensor.zeros(x.shape());
        many.product(delta.matrix().transpose(), x.matrix(), sameOfW.matrix());
        many.product(delta.matrix(), w.matrix(), sameOfX.matrix());
        assertThat(sameOfW).isEqualTo(ofW);
        assertThat(sameOfX).isEqualTo(ofX);
    }

    private static void assertSameTransposed(Tensor transposed, Tensor expected) {
        float[] straight = new float[expected.size()];
        int columns = expected.matrix().columns();
        for (int i = 0; i < expected.rows(); i++) {
            for (int j = 0; j < columns; j++) {
                straight[i * columns + j] = transposed.get(j, i);
            }
        }
        assertSameBits(straight, expected.toArray(), "transposed result");
    }

    @Test
    void aResultMayBeATransposedView() {
        try (Kernels kernels = Kernels.create(2)) {
            for (int[] s : new int[][] {{1, 5, 3}, {5, 1, 3}, {12, 9, 20}, {60, 70, 80}}) {
                Tensor a = Samples.tensor(4, s[0], s[2]);
                Tensor b = Samples.tensor(5, s[2], s[1]);
                Tensor straight = Samples.tensor(6, s[0], s[1]);
                Tensor transposed = Tensor.zeros(Shape.of(s[1], s[0]));
                for (int i = 0; i < s[0]; i++) {
                    for (int j = 0; j < s[1]; j++) transposed.array()[j * s[0] + i] = straight.get(i, j);
                }
                kernels.addProduct(a.matrix(), b.matrix(), straight.matrix());
                kernels.addProduct(a.matrix(), b.matrix(), transposed.matrix().transpose());
                assertSameTransposed(transposed, straight);
            }
        }
    }
}
