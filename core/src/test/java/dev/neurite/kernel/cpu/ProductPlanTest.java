package dev.neurite.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.neurite.kernel.Kernels;
import dev.neurite.tensor.Matrix;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The choice of [ProductPlan] beside what all ways take.
class ProductPlanTest {
    /// Rows, inputs and outputs of a dense layer.
    private static final int[][] LAYERS = {
        {1, 384, 1536},
        {4, 384, 1536},
        {32, 784, 128},
        {64, 128, 512},
        {128, 128, 10},
        {128, 784, 128},
        {128, 784, 1024},
        {128, 1024, 1024},
        {256, 256, 256},
        {256, 64, 256},
        {256, 2048, 2048},
        {2048, 384, 384},
        {2048, 384, 1536},
        {2048, 1536, 384},
        {2048, 128, 512},
        {4096, 64, 512}
    };

    private static final double USUAL = 1.1; // of the fastest way's time: the median of all products is below
    private static final double MOST = 1.5; // a machine that others use, too, may spoil some

    private record Case(String name, Product product) {}

    private static Product product(Matrix a, Matrix b) {
        var p = new Product();
        Tensor c = Tensor.zeros(Shape.of(a.rows(), b.columns()));
        p.set(a, b, c.matrix(), false);
        return p;
    }

    /// The products of a step of training, and a plain one.
    private static List<Case> cases(int[] layer) {
        int rows = layer[0];
        int in = layer[1];
        int out = layer[2];
        Matrix x = Tensor.zeros(Shape.of(rows, in)).matrix();
        Matrix w = Tensor.zeros(Shape.of(out, in)).matrix();
        Matrix dy = Tensor.zeros(Shape.of(rows, out)).matrix();
        String size = rows + "×" + in + "×" + out;
        return List.of(
                new Case(
                        "x·b " + size,
                        product(x, Tensor.zeros(Shape.of(in, out)).matrix())),
                new Case("x·wᵀ " + size, product(x, w.transpose())),
                new Case("dy·w " + size, product(dy, w)),
                new Case("dyᵀ·x " + size, product(dy.transpose(), x)));
    }

    @ParameterizedTest
    @CsvSource({
        "128, 1024, 1024, true", // the small batch is packed, not the weights
        "2048, 384, 1536, false" // the small weights are packed, and the large result stays as it is
    })
    void onlyAResultThatIsSmallBesideTheWeightsIsTransposed(int rows, int in, int out, boolean transposes) {
        assumeTrue(MicroKernels.NARROW >= 16, "the constants are those of AVX-512");
        Product forward = cases(new int[] {rows, in, out}).get(1).product;
        for (int threads : new int[] {1, 2}) {
            forward.way = ProductPlan.choose(forward, threads);
            assertThat(forward.transposes()).isEqualTo(transposes);
        }
    }

    @Test
    void threadsShareWhatWouldCostMoreTwice() {
        assumeTrue(MicroKernels.NARROW >= 16, "the constants are those of AVX-512");
        Product tall = product(
                Tensor.zeros(Shape.of(4096, 64)).matrix(),
                Tensor.zeros(Shape.of(64, 64)).matrix());
        Product wide = product(
                Tensor.zeros(Shape.of(64, 64)).matrix(),
                Tensor.zeros(Shape.of(64, 4096)).matrix());
        tall.way = ProductPlan.choose(tall, 2);
        wide.way = ProductPlan.choose(wide, 2);
        assertThat(tall.byRows()).isTrue();
        assertThat(wide.byRows()).isFalse();
    }

    @Test
    void whatIsPossibleDependsOnTheOperands() {
        Matrix x = Tensor.zeros(Shape.of(64, 32)).matrix();
        Product straight = product(x, Tensor.zeros(Shape.of(32, 48)).matrix());
        assertThat(ProductPlan.isPossible(straight, 0)).isTrue(); // V in place
        Product strided = product(x, Tensor.zeros(Shape.of(48, 32)).matrix().transpose());
        assertThat(ProductPlan.isPossible(strided, 0)).isFalse(); // neighbors of V are apart
        assertThat(ProductPlan.isPossible(strided, ProductPlan.PACKS_V)).isTrue();
        assertThat(ProductPlan.isPossible(strided, ProductPlan.TRANSPOSES)).isFalse(); // V is xᵀ
        assertThat(ProductPlan.isPossible(strided, ProductPlan.TRANSPOSES | ProductPlan.PACKS_V))
                .isTrue();
        assertThat(ProductPlan.isPossible(straight, ProductPlan.PACKS_R)).isFalse(); // packed rows go with panels
        assertThat(ProductPlan.isPossible(straight, ProductPlan.PACKS_R | ProductPlan.PACKS_V))
                .isTrue();
        Product vector = product(x, Tensor.zeros(Shape.of(32, 1)).matrix());
        assertThat(ProductPlan.isPossible(vector, ProductPlan.TRANSPOSES | ProductPlan.PACKS_V))
                .isFalse();
    }

    @Test
    void keptPanelsAreNeitherPackedAgainNorTransposed() {
        for (int[] layer : LAYERS) {
            Product p = cases(layer).get(1).product;
            p.panels = new float[0]; // only whether there are some matters
            for (int threads : new int[] {1, 2}) {
                p.way = ProductPlan.choose(p, threads);
                assertThat(p.packsV()).isFalse();
                assertThat(p.transposes()).isFalse();
            }
        }
    }

    /// Weights that are too large for the caches are read once, not by each thread, however well the rows divide.
    @Test
    void threadsShareKeptPanelsRatherThanFewRows() {
        assumeTrue(MicroKernels.NARROW >= 16, "the constants are those of AVX-512");
        for (int rows : new int[] {12, 24, 36, 48}) {
            for (int[] weights : new int[][] {{384, 384}, {384, 1536}, {1536, 384}}) {
                Product p = cases(new int[] {rows, weights[0], weights[1]}).get(1).product;
                p.panels = new float[0];
                p.way = ProductPlan.choose(p, 2);
                assertThat(p.byRows()).as("%d rows", rows).isFalse();
            }
        }
    }

    /// A result that is added to is read and written, if it is transposed.
    @Test
    void addingMakesATransposedResultDearer() {
        Matrix x = Tensor.zeros(Shape.of(256, 128)).matrix();
        Matrix w = Tensor.zeros(Shape.of(512, 128)).matrix();
        Product p = product(x, w.transpose());
        double straight = ProductPlan.cost(p, ProductPlan.PACKS_V, 1);
        double transposed = ProductPlan.cost(p, ProductPlan.TRANSPOSES | ProductPlan.PACKS_V, 1);
        p.accumulate = true;
        assertThat(ProductPlan.cost(p, ProductPlan.PACKS_V, 1)).isEqualTo(straight);
        assertThat(ProductPlan.cost(p, ProductPlan.TRANSPOSES | ProductPlan.PACKS_V, 1))
                .isGreaterThan(transposed);
    }

    /// Measures every way of every product, in turns, so that a slow moment of the machine is one of all ways.
    @ParameterizedTest
    @CsvSource({"1", "2"})
    @Tag("measures-time")
    @Tag("thorough")
    void theChosenWayIsAboutTheFastest(int threads) {
        assumeTrue(Kernels.vectorsPresent() && MicroKernels.NARROW >= 16, "the constants are those of AVX-512");
        var team = new Team(true, threads);
        var ratios = new ArrayList<Double>();
        var slow = new ArrayList<String>();
        for (int[] layer : LAYERS) {
            for (Case each : cases(layer)) {
                double ratio = ratio(each.product, team, threads);
                ratios.add(ratio);
                if (ratio > MOST) slow.add(each.name + " " + ratio);
            }
        }
        team.workers().close();
        ratios.sort(null);
        assertThat(slow)
                .as("products that take so many times the fastest way's time")
                .isEmpty();
        assertThat(ratios.get(ratios.size() / 2)).isLessThan(USUAL);
    }

    private static void show(Operand to, Operand from) {
        to.set(from.array(), from.offset(), from.rows(), from.columns(), from.rowStride(), from.columnStride());
    }

    private static double ratio(Product p, Team team, int threads) {
        int chosen = ProductPlan.choose(p, threads);
        long[] best = new long[ProductPlan.WAYS];
        Arrays.fill(best, Long.MAX_VALUE);
        long end = System.nanoTime() + 1_500_000_000L;
        while (System.nanoTime() < end) {
            for (int way = 0; way < ProductPlan.WAYS; way++) {
                if (!ProductPlan.isPossible(p, way) || (threads == 1 && (way & ProductPlan.BY_ROWS) != 0)) continue;
                Call call = team.call();
                call.product.begin(false);
                show(call.product.a, p.a);
                show(call.product.b, p.b);
                show(call.product.c, p.c);
                call.product.way = way;
                long start = System.nanoTime();
                call.overProduct(0, threads, team.workers());
                best[way] = Math.min(best[way], System.nanoTime() - start);
                team.done(call);
            }
        }
        return (double) best[chosen] / Arrays.stream(best).min().orElseThrow();
    }
}
