package dev.neurite.kernel.cpu.conv;

import static dev.neurite.Numbers.normal;
import static dev.neurite.kernel.cpu.conv.Winograd.N0;
import static dev.neurite.kernel.cpu.conv.Winograd.N1;
import static dev.neurite.kernel.cpu.conv.Winograd.N2;
import static dev.neurite.kernel.cpu.conv.Winograd.P;
import static dev.neurite.kernel.cpu.conv.Winograd.P2;
import static dev.neurite.kernel.cpu.conv.Winograd.P3;
import static dev.neurite.kernel.cpu.conv.Winograd.Q;
import static dev.neurite.kernel.cpu.conv.Winograd.Q2;
import static dev.neurite.kernel.cpu.conv.Winograd.Q3;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.BothEngines;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Convolutions;
import dev.neurite.kernel.Geometry;
import dev.neurite.kernel.KernelMemory;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.kernel.Window;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Convolutions equal sums written down in double precision, and have the same bits on both engines and any number of
/// threads.
@BothEngines
class ConvolutionsTest {
    private static final Tensor NONE = Tensor.EMPTY;

    // The matrices of Winograd; its B is transposed.
    private static final double[][] G = {
        {N0, 0, 0},
        {N1, P * N1, P2 * N1},
        {N1, -P * N1, P2 * N1},
        {N2, Q * N2, Q2 * N2},
        {N2, -Q * N2, Q2 * N2},
        {0, 0, 1}
    };
    private static final double[][] B = {
        {P2 * Q2, 0, -P2 - Q2, 0, 1, 0},
        {0, -P * Q2, -Q2, P, 1, 0},
        {0, P * Q2, -Q2, -P, 1, 0},
        {0, -P2 * Q, -P2, Q, 1, 0},
        {0, P2 * Q, -P2, -Q, 1, 0},
        {0, P2 * Q2, 0, -P2 - Q2, 0, 1}
    };
    private static final double[][] A = {
        {1, 1, 1, 1, 1, 0}, {0, P, -P, Q, -Q, 0}, {0, P2, P2, Q2, Q2, 0}, {0, P3, -P3, Q3, -Q3, 1}
    };

    /// A sum of n products rounds n times, by what is 0 to √n, n²/2 in squares. The transforms round at most 16
    /// times more, four times each v, six times each u and each result, by √n: 16·n.
    private static final double TRANSFORMS = 32;

    record Case(int images, int inputs, int outputs, int groups, Geometry g) {}

    private static Case of(int images, int in, int out, int groups, int height, int width, Window window, int... pads) {
        return new Case(
                images, in, out, groups, new Geometry(height, width, window, pads[0], pads[1], pads[2], pads[3]));
    }

    static Stream<Case> cases() {
        List<Case> all = new ArrayList<>(List.of(
                of(1, 1, 1, 1, 1, 1, Window.of(1, 1), 0, 0, 0, 0),
                of(3, 1, 6, 1, 28, 28, Window.of(5, 5), 2, 2, 2, 2),
                of(2, 6, 16, 1, 14, 14, Window.of(5, 5), 0, 0, 0, 0),
                of(2, 16, 16, 1, 32, 32, Window.of(3, 3), 1, 1, 1, 1),
                of(5, 3, 33, 1, 9, 11, Window.of(3, 3), 1, 1, 1, 1),
                of(2, 16, 32, 1, 16, 16, Window.of(3, 3).withStride(2, 2), 1, 1, 1, 1),
                of(2, 16, 32, 1, 17, 15, Window.of(1, 1).withStride(2, 2), 0, 0, 0, 0),
                of(3, 4, 5, 1, 7, 10, Window.of(2, 3).withStride(3, 4), 1, 0, 2, 1),
                of(3, 4, 5, 1, 13, 12, Window.of(3, 2).withStride(2, 1).withDilation(2, 3), 0, 2, 3, 1),
                of(3, 4, 6, 2, 8, 8, Window.of(3, 3), 1, 1, 1, 1),
                of(2, 8, 8, 8, 10, 10, Window.of(3, 3).withStride(2, 2), 1, 1, 1, 1),
                of(2, 5, 10, 5, 6, 7, Window.of(2, 2), 0, 1, 1, 0),
                of(2, 35, 35, 35, 9, 8, Window.of(3, 3), 1, 1, 1, 1),
                of(19, 17, 17, 17, 5, 6, Window.of(2, 3).withStride(3, 2), 2, 0, 1, 3),
                of(3, 20, 40, 20, 7, 9, Window.of(5, 4).withDilation(2, 1), 3, 2, 2, 1),
                of(1, 33, 33, 33, 1, 20, Window.of(1, 7).withStride(1, 3), 0, 3, 0, 3),
                of(1, 18, 18, 18, 2, 2, Window.of(3, 3).withStride(2, 2), 4, 5, 3, 4),
                of(4, 3, 7, 1, 1, 40, Window.of(1, 5), 0, 2, 0, 2),
                of(2, 4, 7, 1, 1, 333, Window.of(1, 9), 0, 4, 0, 4),
                of(2, 6, 5, 1, 1, 199, new Window(1, 5, 1, 2, 1, 3), 0, 7, 0, 2),
                of(1, 2, 3, 1, 4, 4, Window.of(4, 4), 0, 0, 0, 0),
                of(1, 2, 3, 1, 2, 2, Window.of(3, 3), 3, 3, 3, 3),
                of(0, 2, 3, 1, 4, 4, Window.of(3, 3), 1, 1, 1, 1),
                of(2, 1, 1, 1, 4, 3, Window.of(7, 7), 2, 2, 2, 2), // columns of the window that see nothing
                of(2, 1, 1, 1, 5, 1, Window.of(4, 4), 1, 1, 2, 2),
                of(2, 2, 3, 1, 2, 2, Window.of(7, 7), 3, 3, 3, 3),
                of(1, 2, 3, 1, 8, 8, Window.of(3, 3).withDilation(12, 12), 12, 12, 12, 12),
                of(37, 2, 40, 1, 4, 5, Window.of(3, 3), 1, 1, 1, 1)));
        all.addAll(byTiles());
        var random = new KeyedRandom(11);
        for (int i = 0; i < 40; i++) {
            var window = new Window(
                    one(random, 4), one(random, 4), one(random, 3), one(random, 3), one(random, 2), one(random, 2));
            int groups = one(random, 3);
            int height = window.reachHeight() + one(random, 12) - 1;
            int width = window.reachWidth() + one(random, 20) - 1;
            int[] pads = {one(random, 4) - 1, one(random, 4) - 1, one(random, 4) - 1, one(random, 4) - 1};
            all.add(of(
                    one(random, 5),
                    groups * one(random, 5),
                    groups * one(random, 21),
                    groups,
                    height,
                    width,
                    window,
                    pads));
        }
        return all.stream();
    }

    /// Those of [Winograd]: several blocks of images, bands of a large plane, rows of less and of more
    /// than a vector, rows and columns that no tile fills, padding on some sides, channels that no tile
    /// of a product fills.
    private static List<Case> byTiles() {
        return List.of(
                of(3, 32, 32, 1, 16, 16, Window.of(3, 3), 1, 1, 1, 1),
                of(1, 32, 48, 1, 9, 11, Window.of(3, 3), 1, 1, 1, 1),
                of(31, 48, 32, 1, 4, 5, Window.of(3, 3), 1, 1, 1, 1),
                of(1, 32, 32, 1, 75, 77, Window.of(3, 3), 0, 2, 1, 0),
                of(1, 32, 80, 1, 40, 35, Window.of(3, 3), 2, 2, 2, 2),
                of(2, 96, 32, 1, 3, 34, Window.of(3, 3), 0, 1, 2, 1),
                of(2, 32, 32, 1, 5, 6, Window.of(3, 3), 1, 0, 4, 5),
                of(2, 32, 32, 1, 4, 2, Window.of(3, 3), 2, 1, 0, 1),
                of(2, 32, 48, 1, 5, 5, Window.of(3, 3), 0, 0, 0, 0), // only dx by tiles
                of(1, 32, 33, 1, 9, 8, Window.of(3, 3), 1, 1, 1, 1), // channels that fill no block: not by tiles
                of(1, 32, 32, 1, 6, 6, Window.of(3, 3), 3, 3, 1, 1), // padding beyond the window: not by tiles
                of(0, 32, 32, 1, 6, 6, Window.of(3, 3), 1, 1, 1, 1),
                of(1, 32, 32, 1, 3, 3, Window.of(3, 3), 0, 0, 0, 0)); // one pixel: not by tiles
    }

    private static int one(KeyedRandom random, int most) {
        return 1 + (int) (random.nextDouble() * most);
    }

    /// All that a case computes with these kernels: y, y without what is optional, dx, a transposed convolution, dw,
    /// db.
    private static List<Tensor> results(Case each, Kernels kernels) {
        Geometry g = each.g();
        int images = each.images();
        Shape in = Shape.of(images, each.inputs(), g.height(), g.width());
        Shape out = Shape.of(images, each.outputs(), g.outHeight(), g.outWidth());
        Shape of = Shape.of(
                each.outputs(),
                each.inputs() / each.groups(),
                g.window().height(),
                g.window().width());
        Tensor x = normal(in, 1);
        PackedWeights w = PackedWeights.changing(normal(of, 2));
        Tensor dy = normal(out, 3);
        Tensor b = normal(Shape.of(each.outputs()), 4);
        Tensor residual = normal(out, 5);
        List<Tensor> all = List.of(
                Tensor.zeros(out),
                Tensor.zeros(out),
                Tensor.zeros(in),
                Tensor.zeros(in),
                Tensor.zeros(of),
                Tensor.zeros(Shape.of(each.outputs())));
        for (Tensor result : all) kernels.fill(Float.NaN, result);
        Convolutions convolutions = kernels.convolutions();
        convolutions.forward(g, each.groups(), x, w, NONE, NONE, Activation.IDENTITY, all.get(0));
        convolutions.forward(g, each.groups(), x, w, b, residual, Activation.RELU, all.get(1));
        PackedWeights constant = PackedWeights.constant(w.values());
        for (int i = 0; i < 2; i++) { // with a kept copy the second time
            Tensor y = Tensor.zeros(out);
            convolutions.forward(g, each.groups(), x, constant, NONE, NONE, Activation.IDENTITY, y);
            assertThat(y).isEqualTo(all.get(0));
        }
        convolutions.inputGradient(g, each.groups(), dy, w, NONE, all.get(2));
        Tensor bias = normal(Shape.of(each.inputs()), 6);
        convolutions.transposed(g, each.groups(), dy, w, bias, Activation.TANH, all.get(3));
        convolutions.weightGradient(g, each.groups(), x, dy, all.get(4));
        kernels.channelSums(dy, all.get(5));
        return all;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theyAreTheSumsThatTheirFormulasSay(Case each) {
        List<Tensor> got;
        try (Kernels kernels = Kernels.create(2)) {
            got = results(each, kernels);
        }
        Geometry g = each.g();
        int inputs = each.inputs() / each.groups();
        int outputs = each.outputs() / each.groups();
        Window k = g.window();
        float[] x = normal(got.get(2).shape(), 1).toArray();
        float[] w = normal(got.get(4).shape(), 2).toArray();
        float[] dy = normal(got.get(0).shape(), 3).toArray();
        double[] y = new double[dy.length];
        double[] dx = new double[x.length];
        double[] dw = new double[w.length];
        int at = 0;
        for (int n = 0; n < each.images(); n++) {
            for (int o = 0; o < each.outputs(); o++) {
                for (int oy = 0; oy < g.outHeight(); oy++) {
                    for (int ox = 0; ox < g.outWidth(); ox++, at++) {
                        for (int c = 0; c < inputs; c++) {
                            for (int ky = 0; ky < k.height(); ky++) {
                                for (int kx = 0; kx < k.width(); kx++) {
                                    int iy = oy * k.strideHeight() + ky * k.dilationHeight() - g.top();
                                    int ix = ox * k.strideWidth() + kx * k.dilationWidth() - g.left();
                                    if (iy < 0 || iy >= g.height() || ix < 0 || ix >= g.width()) continue;
                                    int plane = n * each.inputs() + o / outputs * inputs + c;
                                    int from = (plane * g.height() + iy) * g.width() + ix;
                                    int tap = ((o * inputs + c) * k.height() + ky) * k.width() + kx;
                                    y[at] += (double) w[tap] * x[from];
                                    dx[from] += (double) w[tap] * dy[at];
                                    dw[tap] += (double) dy[at] * x[from];
                                }
                            }
                        }
                    }
                }
            }
        }
        int taps = k.height() * k.width();
        boolean many = Math.min(inputs, outputs) >= 32;
        var convolution = new Convolution();
        convolution.set(g, each.groups(), got.get(2), got.get(4), got.get(0));
        boolean tiles = Winograd.suits(convolution, false);
        IntToDoubleFunction plainY = i -> many ? rounding(inputs * taps) : 2e-5;
        IntToDoubleFunction plainX = i -> many ? rounding(outputs * taps) : 2e-5;
        IntToDoubleFunction ofY = tiles ? inTiles(inputs, g.outWidth(), g.outArea()) : plainY;
        IntToDoubleFunction ofX = Winograd.suits(convolution, true) ? inTiles(outputs, g.width(), g.area()) : plainX;
        int slots = Convolution.slots(each.images(), w.length);
        int images = Math.ceilDiv(each.images(), slots); // that a chain of dw takes
        double plainW = many ? Math.max(1e-4, rounding(images * g.outArea())) : 1e-4;
        int ofImage = Math.ceilDiv(g.outHeight(), Winograd.OUT) * Math.ceilDiv(g.outWidth(), Winograd.OUT);
        IntToDoubleFunction ofW = i -> tiles ? inTilesOfWeights(images * ofImage, slots, i % 9) : plainW;
        close(got.get(0), y, ofY);
        close(got.get(2), dx, ofX);
        close(got.get(4), dw, ofW);
        float[] b = normal(got.get(5).shape(), 4).toArray();
        float[] residual = normal(got.get(1).shape(), 5).toArray();
        double[] db = new double[b.length];
        for (int i = 0; i < y.length; i++) {
            int channel = i / g.outArea() % each.outputs();
            db[channel] += dy[i];
            y[i] = Math.max(0, y[i] + b[channel] + residual[i]);
        }
        close(got.get(1), y, ofY);
        close(got.get(5), db, i -> 1e-4);
        float[] bias = normal(Shape.of(each.inputs()), 6).toArray();
        for (int i = 0; i < dx.length; i++) dx[i] = Math.tanh(dx[i] + bias[i / g.area() % each.inputs()]);
        close(got.get(3), dx, ofX);
    }

    /// Six standard deviations of what n roundings of sums of up to n products of normal numbers add up to: each is
    /// at most 2⁻²⁴ of a sum of about √n.
    private static double rounding(int n) {
        return 6 * 0x1p-24 * n / Math.sqrt(6);
    }

    /// As [#rounding], of each y or dx that [Winograd] computes from this number of channels.
    private static IntToDoubleFunction inTiles(int channels, int width, int area) {
        double[] growth = growth(A, G, B);
        double sums = rounding(channels) * Math.sqrt(1 + TRANSFORMS / channels);
        return i -> sums * growth[i % area / width % Winograd.OUT] * growth[i % width % Winograd.OUT];
    }

    /// As [#rounding], of the weight of a tap whose gradient [Winograd] sums over this number of tiles of each slot,
    /// then over the slots.
    private static double inTilesOfWeights(int tiles, int slots, int tap) {
        double[] growth = growth(transposed(G), transposed(A), B);
        double squares = (double) tiles * slots * (tiles + slots + TRANSFORMS);
        return 6 * 0x1p-24 * Math.sqrt(squares / 6) * growth[tap / 3] * growth[tap % 3];
    }

    /// How many times as large as those of plain sums roundings are, as standard deviations, in one dimension. The
    /// matrices l and r make factors of normal numbers, o results of the products: √Σ o²·(Σ l²)·(Σ r²), over
    /// positions.
    private static double[] growth(double[][] o, double[][] l, double[][] r) {
        double[] growth = new double[o.length];
        for (int i = 0; i < o.length; i++) {
            double sum = 0;
            for (int k = 0; k < l.length; k++) sum += o[i][k] * o[i][k] * squares(l[k]) * squares(r[k]);
            growth[i] = Math.sqrt(sum);
        }
        return growth;
    }

    private static double squares(double[] x) {
        return Arrays.stream(x).map(each -> each * each).sum();
    }

    private static double[][] transposed(double[][] x) {
        double[][] y = new double[x[0].length][x.length];
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < y.length; j++) y[j][i] = x[i][j];
        }
        return y;
    }

    @Test
    void tilesAreNearlyAsCloseToTheExactSumsAsPlainSumsAre() {
        int channels = 48;
        int size = 10;
        var g = new Geometry(size, size, Window.of(3, 3), 0, 0, 0, 0);
        Tensor x = normal(Shape.of(2, channels, size, size), 1);
        Tensor w = normal(Shape.of(channels, channels, 3, 3), 2);
        Tensor y = Tensor.zeros(Shape.of(2, channels, g.outHeight(), g.outWidth()));
        Kernels.shared().convolutions().forward(g, 1, x, PackedWeights.changing(w), NONE, NONE, Activation.IDENTITY, y);
        float[] pixels = x.toArray();
        float[] weights = w.toArray();
        float[] got = y.toArray();
        double ofTiles = 0;
        double ofSums = 0;
        for (int i = 0; i < got.length; i++) {
            int image = i / (channels * g.outArea());
            int o = i / g.outArea() % channels;
            int row = i / g.outWidth() % g.outHeight();
            int column = i % g.outWidth();
            double exact = 0;
            float plain = 0;
            for (int tap = 0; tap < 9 * channels; tap++) {
                int plane = image * channels + tap / 9;
                float weight = weights[o * 9 * channels + tap];
                float pixel = pixels[(plane * size + row + tap / 3 % 3) * size + column + tap % 3];
                exact += (double) weight * pixel;
                plain = Math.fma(weight, pixel, plain);
            }
            ofTiles += (got[i] - exact) * (got[i] - exact);
            ofSums += (plain - exact) * (plain - exact);
        }
        assertThat(ofTiles).isPositive().isLessThan(2 * 2 * ofSums);
    }

    private static void close(Tensor got, double[] expected, IntToDoubleFunction bound) {
        float[] values = got.toArray();
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) values[i])
                    .isCloseTo(expected[i], within(bound.applyAsDouble(i) * Math.max(1, Math.abs(expected[i]))));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theyHaveTheSameBitsOnBothEnginesAndAnyNumberOfThreads(Case each) {
        List<Tensor> expected;
        try (Kernels scalar = Kernels.create(Kernels.Engine.SCALAR, 1)) {
            expected = results(each, scalar);
        }
        for (int threads : new int[] {1, 2, 3, 7}) {
            try (Kernels kernels = Kernels.create(threads)) {
                assertThat(results(each, kernels)).isEqualTo(expected);
            }
        }
    }

    @Test
    void withoutTilesSumsOfIntegersAreExact() {
        var g = new Geometry(9, 10, Window.of(3, 3), 1, 1, 1, 1);
        Tensor x = integers(Shape.of(2, 32, 9, 10), 255, 1);
        PackedWeights w = PackedWeights.constant(integers(Shape.of(48, 32, 3, 3), 227, 2)); // 255·227·288 < 2²⁴
        Shape out = Shape.of(2, 48, 9, 10);
        try (Kernels kernels = Kernels.create(2)) {
            Convolutions direct = kernels.convolutions().direct();
            Tensor y = Tensor.zeros(out);
            direct.forward(g, 1, x, w, NONE, NONE, Activation.IDENTITY, y);
            Tensor inTiles = Tensor.zeros(out);
            kernels.convolutions().forward(g, 1, x, w, NONE, NONE, Activation.IDENTITY, inTiles);
            assertThat(inTiles).isNotEqualTo(y);
            assertThat(direct.direct()).isSameAs(direct);
            double[] exact = new double[y.size()];
            for (int i = 0; i < exact.length; i++) exact[i] = exact(g, x, w.values(), i);
            close(y, exact, _ -> 0);
        }
    }

    /// Element i of y, in double.
    private static double exact(Geometry g, Tensor x, Tensor w, int i) {
        int outputs = w.shape().extent(0);
        int inputs = w.shape().extent(1);
        int image = i / g.outArea() / outputs;
        int o = i / g.outArea() % outputs;
        double sum = 0;
        for (int c = 0; c < inputs; c++) {
            for (int tap = 0; tap < 9; tap++) {
                int iy = i % g.outArea() / g.outWidth() + tap / 3 - g.top();
                int ix = i % g.outWidth() + tap % 3 - g.left();
                if (iy < 0 || iy >= g.height() || ix < 0 || ix >= g.width()) continue;
                double at = x.array()[((image * inputs + c) * g.height() + iy) * g.width() + ix];
                sum += at * w.array()[(o * inputs + c) * 9 + tap];
            }
        }
        return sum;
    }

    private static Tensor integers(Shape shape, int most, int seed) {
        var random = new KeyedRandom(seed);
        float[] values = new float[shape.size()];
        for (int i = 0; i < values.length; i++) values[i] = random.below(2 * most + 1) - most;
        return Tensor.of(shape, values);
    }

    @Test
    void inTilesNaNReachesTheResultsThatSeeItAndItsTile() {
        int size = 8;
        var g = new Geometry(size, size, Window.of(3, 3), 1, 1, 1, 1);
        PackedWeights w = PackedWeights.changing(normal(Shape.of(32, 32, 3, 3), 2));
        for (int pixel = 0; pixel < size * size; pixel++) {
            float[] x = normal(Shape.of(1, 32, size, size), 1).toArray();
            x[pixel] = Float.NaN;
            Tensor y = Tensor.zeros(Shape.of(1, 32, size, size));
            Tensor of = Tensor.of(y.shape(), x);
            Kernels.shared().convolutions().forward(g, 1, of, w, NONE, NONE, Activation.IDENTITY, y);
            float[] got = y.toArray();
            for (int i = 0; i < got.length; i++) {
                int down = i / size % size - pixel / size;
                int across = i % size - pixel % size;
                boolean row = Math.abs(down) <= 1 || i / size % size / 4 == pixel / size / 4;
                boolean column = Math.abs(across) <= 1 || i % size / 4 == pixel % size / 4;
                assertThat(Float.isNaN(got[i])).isEqualTo(row && column);
            }
        }
    }

    @Test
    void oneCopyOfConstantWeightsIsNotTakenForAnothersOrder() {
        var g = new Geometry(6, 6, Window.of(3, 3), 1, 1, 1, 1);
        Tensor x = normal(Shape.of(2, 32, 6, 6), 1);
        PackedWeights w = PackedWeights.constant(normal(Shape.of(32, 32, 3, 3), 2));
        List<Tensor> results = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Tensor y = Tensor.zeros(x.shape());
            try (Kernels kernels = i % 2 == 0 ? Kernels.create(1) : Kernels.create(Kernels.Engine.SCALAR, 1)) {
                kernels.convolutions().forward(g, 1, x, w, NONE, NONE, Activation.IDENTITY, y);
            }
            results.add(y);
        }
        assertThat(results).containsOnly(results.getFirst());
    }

    /// Their transformed weights would not fit an array.
    @Test
    void theWidestLayersAreNotComputedInTiles() {
        assertThat(Winograd.weightFloats(Shape.of(7712, 7712, 3, 3))).isEqualTo(36L * 7712 * 7712);
        assertThat(Winograd.weightFloats(Shape.of(7728, 7728, 3, 3))).isZero();
        Shape widest = Shape.of(8192, 8192, 3, 3);
        Shape row = Shape.of(8192, 8, 8);
        assertThat(KernelMemory.convolution(1, widest, row, row, 1)).isGreaterThan(widest.size());
        var call = new Convolution();
        call.kernelHeight = call.kernelWidth = 3;
        call.strideHeight = call.strideWidth = 1;
        call.dilationHeight = call.dilationWidth = 1;
        call.height = call.width = call.outHeight = call.outWidth = 8;
        call.top = call.left = 1;
        call.groups = 1;
        call.inputs = call.outputs = 7712;
        assertThat(Winograd.suits(call, false)).isTrue();
        assertThat(Winograd.suits(call, true)).isTrue();
        call.outputs = 7728;
        call.inputs = 7728;
        assertThat(Winograd.suits(call, false)).isFalse();
        assertThat(Winograd.suits(call, true)).isFalse();
    }

    @Test
    void planesThatDoNotFitAreRefused() {
        var g = new Geometry(5, 5, Window.of(3, 3), 0, 0, 0, 0);
        PackedWeights w = PackedWeights.changing(Tensor.zeros(Shape.of(4, 2, 3, 3)));
        assertThatThrownBy(() -> Kernels.shared()
                        .convolutions()
                        .forward(
                                g,
                                1,
                                Tensor.zeros(Shape.of(1, 2, 5, 5)),
                                w,
                                NONE,
                                NONE,
                                Activation.IDENTITY,
                                Tensor.zeros(Shape.of(1, 4, 5, 5))))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("[1×4×5×5]");
    }
}
