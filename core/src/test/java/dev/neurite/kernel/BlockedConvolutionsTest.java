package dev.neurite.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BlockedConvolutionsTest {
    private record Case(int images, int inputs, int height, int width, int outputs, Window window, int top, int left) {
        Geometry geometry() {
            return new Geometry(height, width, window, top, top, left, left);
        }
    }

    private static Case random(Random random) {
        int kernel = 1 + random.nextInt(4);
        int stride = random.nextInt(3) == 0 ? 2 : 1;
        int dilation = random.nextInt(5) == 0 ? 2 : 1;
        var window = new Window(kernel, Math.max(1, kernel - random.nextInt(2)), stride, stride, dilation, dilation);
        return new Case(
                1 + random.nextInt(3),
                16 * (1 + random.nextInt(3)),
                6 + random.nextInt(20),
                6 + random.nextInt(20),
                16 * (1 + random.nextInt(5)),
                window,
                random.nextInt(kernel + 1),
                random.nextInt(kernel + 1));
    }

    private static Tensor numbers(Shape shape, Random random) {
        Tensor t = Tensor.zeros(shape);
        for (int i = 0; i < t.size(); i++) t.array()[i] = (float) random.nextGaussian();
        return t;
    }

    private static Tensor blocked(Tensor x, Kernels kernels) {
        Tensor y = Tensor.view(x.shape(), new float[x.size() + 5], 5, Layout.BLOCKED);
        kernels.planes().convert(x, y);
        return y;
    }

    /// The first layers of networks, and windows of tiles.
    @Test
    void layersOfFewChannelsGiveTheSameBitsAsPlainLoops() {
        var random = new Random(2);
        try (Kernels scalar = Kernels.create(Kernels.Engine.SCALAR, 1);
                Kernels kernels = Kernels.create(2)) {
            for (int inputs : new int[] {1, 3, 6, 24}) {
                var window = new Window(3, 3, 1 + inputs % 2, 1 + inputs % 2, 1, 1);
                check(new Case(3, inputs, 15, 13, 32, window, 1, 1), kernels, scalar, random);
            }
        }
    }

    @Test
    void forwardAndGradientsGiveTheSameBitsAsPlainLoops() {
        var random = new Random(1);
        try (Kernels scalar = Kernels.create(Kernels.Engine.SCALAR, 1);
                Kernels one = Kernels.create(1);
                Kernels three = Kernels.create(3)) {
            for (int i = 0; i < 30; i++) {
                Case each = random(random);
                check(each, i % 2 == 0 ? one : three, scalar, random);
            }
        }
    }

    /// Threads divide the pixels, or the output channels, of one image.
    @Test
    void singlePixelsOfAnImageGiveTheSameBitsAsPlainLoops() {
        var random = new Random(3);
        var window = new Window(1, 1, 1, 1, 1, 1);
        try (Kernels scalar = Kernels.create(Kernels.Engine.SCALAR, 1);
                Kernels kernels = Kernels.create(3)) {
            for (int outputs : new int[] {16, 32, 64, 208}) {
                check(new Case(1, 32, 13, 7, outputs, window, 0, 0), kernels, scalar, random);
                check(new Case(1, 16, 2, 1, outputs, window, 0, 0), kernels, scalar, random);
            }
            check(new Case(1, 16, 3, 3, 16 * 48, window, 0, 0), kernels, scalar, random);
            check(new Case(2, 64, 80, 60, 16, window, 0, 0), kernels, scalar, random); // in bands
        }
    }

    /// The last layers of networks, whose classes do not fill their last block.
    @Test
    void channelsThatBlocksDoNotDivideGiveTheSameBitsAsPlainLoops() {
        var random = new Random(4);
        try (Kernels scalar = Kernels.create(Kernels.Engine.SCALAR, 1);
                Kernels vector = Kernels.create(3)) {
            for (int outputs : new int[] {129, 200}) {
                for (int stride = 1; stride < 3; stride++) {
                    Window window = new Window(stride, stride, stride, stride, 1, 1);
                    Geometry g = new Case(2, 20, 9, 7, outputs, window, 0, 0).geometry();
                    Tensor x = numbers(Shape.of(2, 20, 9, 7), random);
                    PackedWeights w = PackedWeights.constant(numbers(Shape.of(outputs, 20, stride, stride), random));
                    Tensor b = numbers(Shape.of(outputs), random);
                    Tensor r = numbers(Shape.of(2, outputs, g.outHeight(), g.outWidth()), random);
                    Tensor expected = Tensor.zeros(r.shape());
                    scalar.convolutions().forward(g, 1, x, w, b, r, Activation.RELU, expected);
                    for (int pass = 0; pass < 2; pass++) {
                        Tensor y = Tensor.zeros(r.shape());
                        vector.convolutions().forward(g, 1, x, w, b, r, Activation.RELU, y);
                        assertThat(y).as("%s", window + " " + outputs).isEqualTo(expected);
                    }
                }
            }
        }
    }

    private static void check(Case c, Kernels kernels, Kernels scalar, Random random) {
        Geometry g = c.geometry();
        Tensor x = numbers(Shape.of(c.images, c.inputs, c.height, c.width), random);
        PackedWeights w = PackedWeights.changing(
                numbers(Shape.of(c.outputs, c.inputs, c.window.height(), c.window.width()), random));
        Tensor b = numbers(Shape.of(c.outputs), random);
        Shape out = Shape.of(c.images, c.outputs, g.outHeight(), g.outWidth());
        Tensor r = numbers(out, random);
        Tensor expected = Tensor.zeros(out);
        Elementwise relu = Activation.RELU;
        Convolutions definition = scalar.convolutions();
        Convolutions convolutions = kernels.convolutions();
        definition.forward(g, 1, x, w, b, r, relu, expected);
        Tensor y = Tensor.view(out, new float[out.size()], 0, Layout.BLOCKED);
        boolean blocks = Layout.canBlock(x.shape().row());
        if (blocks) {
            convolutions.forward(g, 1, blocked(x, kernels), w, b, blocked(r, kernels), relu, y);
            assertThat(y).as("%s", c).isEqualTo(expected);
        }
        convolutions.forward(g, 1, x, w, b, blocked(r, kernels), relu, y);
        assertThat(y).as("%s", "row-major x " + c).isEqualTo(expected);

        Tensor dy = numbers(out, random);
        Tensor earlier = numbers(x.shape(), random);
        Tensor dx = Tensor.zeros(x.shape());
        definition.inputGradient(g, 1, dy, w, earlier, dx);
        if (blocks) {
            Tensor dxBlocked = Tensor.view(x.shape(), new float[x.size()], 0, Layout.BLOCKED);
            convolutions.inputGradient(g, 1, blocked(dy, kernels), w, blocked(earlier, kernels), dxBlocked);
            assertThat(dxBlocked).as("%s", "dx " + c).isEqualTo(dx);
        }
        Tensor dxRows = Tensor.zeros(x.shape());
        convolutions.inputGradient(g, 1, blocked(dy, kernels), w, earlier, dxRows);
        assertThat(dxRows).as("%s", "row-major dx " + c).isEqualTo(dx);

        Tensor dw = Tensor.zeros(w.values().shape());
        definition.weightGradient(g, 1, x, dy, dw);
        Tensor other = Tensor.zeros(w.values().shape());
        if (blocks) {
            convolutions.weightGradient(g, 1, blocked(x, kernels), blocked(dy, kernels), other);
            assertThat(other).as("%s", "dw " + c).isEqualTo(dw);
        }
        convolutions.weightGradient(g, 1, x, blocked(dy, kernels), other);
        assertThat(other).as("%s", "dw of row-major x " + c).isEqualTo(dw);
    }

    /// Zeros beside the copies of dy meet numbers of x that the definition does not multiply them with.
    @Test
    void infinitiesAndNaNAtTheEdgesReachTheWeightsThatMeetThem() {
        var random = new Random(3);
        float[] special = {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN};
        try (Kernels scalar = Kernels.create(Kernels.Engine.SCALAR, 1);
                Kernels kernels = Kernels.create(2)) {
            for (int i = 0; i < 40; i++) {
                Case c = random(random);
                Geometry g = c.geometry();
                Tensor x = numbers(Shape.of(c.images, c.inputs, c.height, c.width), random);
                Tensor dy = numbers(Shape.of(c.images, c.outputs, g.outHeight(), g.outWidth()), random);
                int row = random.nextInt(c.images * c.inputs * c.height);
                int column = i % 2 == 0 ? 0 : c.width - 1;
                x.array()[row * c.width + column] = special[i % special.length];
                Shape weights = Shape.of(c.outputs, c.inputs, c.window.height(), c.window.width());
                Tensor dw = Tensor.zeros(weights);
                Tensor inBlocks = Tensor.zeros(weights);
                Tensor ofPlanes = Tensor.zeros(weights);
                Convolutions convolutions = kernels.convolutions();
                scalar.convolutions().weightGradient(g, 1, x, dy, dw);
                convolutions.weightGradient(g, 1, blocked(x, kernels), blocked(dy, kernels), inBlocks);
                convolutions.weightGradient(g, 1, x, blocked(dy, kernels), ofPlanes);
                assertThat(inBlocks).as("%s", "dw " + c).isEqualTo(dw);
                assertThat(ofPlanes).as("%s", "dw of row-major x " + c).isEqualTo(dw);
            }
        }
    }

    /// The sizes of packed weights come from the images, of which there are none in the first call.
    @Test
    void aCallWithoutImagesPacksNoWeights() {
        var random = new Random(4);
        try (Kernels kernels = Kernels.create(2)) {
            for (int groups : new int[] {1, 16}) {
                Geometry g = new Case(1, 16, 8, 8, 16, Window.of(3, 3), 1, 1).geometry();
                PackedWeights w = PackedWeights.constant(numbers(Shape.of(16, 16 / groups, 3, 3), random));
                Tensor none = Tensor.EMPTY;
                Convolutions convolutions = kernels.convolutions();
                Tensor nothing = Tensor.view(Shape.of(0, 16, 8, 8), new float[0], 0, Layout.BLOCKED);
                convolutions.forward(g, groups, nothing, w, none, none, Activation.IDENTITY, nothing);
                Tensor x = numbers(Shape.of(1, 16, 8, 8), random);
                Tensor expected = Tensor.zeros(x.shape());
                convolutions.forward(
                        g, groups, x, PackedWeights.changing(w.values()), none, none, Activation.IDENTITY, expected);
                Tensor y = Tensor.view(x.shape(), new float[x.size()], 0, Layout.BLOCKED);
                convolutions.forward(g, groups, blocked(x, kernels), w, none, none, Activation.IDENTITY, y);
                assertThat(y).isEqualTo(expected);
            }
        }
    }
}
