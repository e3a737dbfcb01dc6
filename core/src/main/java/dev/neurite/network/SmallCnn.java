package dev.neurite.network;

import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.globalMaxPool;
import static dev.neurite.layer.Layers.maxPool2d;
import static dev.neurite.layer.Layers.sequential;

import dev.neurite.kernel.Activation;
import dev.neurite.layer.Initializers;
import dev.neurite.model.Graph;
import dev.neurite.model.Node;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/// A small convolutional network for some hundreds or thousands of images of any size from 8×8, the command line's
/// default for a directory of images.
///
/// ```
/// conv 16 ── pool ── conv 32 ── pool ── conv 64 ── … ── global max ── dense
/// ```
///
/// Convolutions are 3×3, with batch normalization and ReLU, initialized He-normal. There are as many 2×2 max
/// pools as leave at least 4×4 pixels, at most four, and one more convolution, at least three: images below 16
/// pixels are pooled only before the last. At the end the maximum of each channel says whether something is in
/// the image, wherever it is.
///
/// 61,338 parameters for `[3×32×32]` and 10 classes.
public record SmallCnn() implements Architecture {
    private static final int SMALLEST = 8;
    private static final int LEAST_LEFT = 4; // pixels of a side after the last pool
    private static final int MOST_POOLS = 4;
    private static final int LEAST_CONVOLUTIONS = 3;
    private static final int[] CHANNELS = {16, 32, 64, 64, 64};

    /// Whether rows of this shape are images that are large enough.
    public static boolean takes(Shape input) {
        return input.rank() == 3 && Math.min(input.extent(1), input.extent(2)) >= SMALLEST;
    }

    @Override
    public Graph graph(Shape input, int outputs, Activation end) {
        Architecture.requireImage("small-cnn", input, SMALLEST);
        int pools = pools(Math.min(input.extent(1), input.extent(2)));
        int convolutions = Math.max(LEAST_CONVOLUTIONS, pools + 1);
        List<Node> layers = new ArrayList<>();
        for (int i = 0; i < convolutions; i++) {
            if (i >= convolutions - pools) layers.add(maxPool2d(2));
            layers.add(conv2d(CHANNELS[i], 3).withPadding(1).withoutBias().withWeights(Initializers.heNormal()));
            layers.add(batchNorm(Activation.RELU));
        }
        layers.add(globalMaxPool());
        layers.add(dense(outputs, end));
        return sequential(layers.toArray(Node[]::new));
    }

    private static int pools(int side) {
        int pools = 0;
        for (int left = side / 2; left >= LEAST_LEFT && pools < MOST_POOLS; left /= 2) pools++;
        return pools;
    }
}
