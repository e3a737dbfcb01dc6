package dev.neurite.kernel.cpu.conv;

import dev.neurite.kernel.cpu.ScalarKernels;
import java.util.Arrays;

/// The definition of convolutions, except those of [ScalarWinograd], in plain loops: what
/// [VectorConvolution] computes equals it bit for bit.
///
/// Every element is one chain of `fma` in a fixed order; padding counts as zeros. For a weight's
/// gradient there is one chain for each slot of images, and the slots are added in order, because a
/// single chain over all pixels of a batch would lose accuracy.
sealed class ScalarConvolution permits VectorConvolution {
    final ScalarKernels engine;

    ScalarConvolution(ScalarKernels engine) {
        this.engine = engine;
    }

    // ----------------------------------------------------------------------------------------------------- forward

    /// y = g(b + Σ w·x + residual) for channels `from` to `to` of an image. The sum runs over the
    /// input channels of the group, and in each over the rows and columns of the window.
    void forward(Convolution p, int image, int from, int to) {
        for (int channel = from; channel < to; channel++) {
            int at = p.output(image, channel);
            Arrays.fill(p.y, at, at + p.outArea(), p.bias.length == 0 ? 0 : p.bias[p.biasAt + channel]);
            int first = channel / p.groupOutputs() * p.groupInputs();
            int tap = p.wAt + channel * p.depth();
            for (int c = first; c < first + p.groupInputs(); c++) {
                int plane = p.input(image, c);
                for (int ky = 0; ky < p.kernelHeight; ky++) {
                    for (int kx = 0; kx < p.kernelWidth; kx++) addPlane(p, p.w[tap++], plane, ky, kx, at);
                }
            }
            finish(p, image, channel);
        }
    }

    /// Adds one weight times its pixels of x to a plane of y.
    private static void addPlane(Convolution p, float weight, int plane, int ky, int kx, int at) {
        int begin = kx * p.dilationWidth - p.left; //                 the column of x for column 0 of y
        int lo = bounded(Math.ceilDiv(-begin, p.strideWidth), p.outWidth);
        int hi = bounded(Math.floorDiv(p.width - 1 - begin, p.strideWidth) + 1, p.outWidth);
        for (int oy = 0; oy < p.outHeight; oy++) {
            int row = at + oy * p.outWidth;
            int iy = oy * p.strideHeight + ky * p.dilationHeight - p.top;
            if (iy < 0 || iy >= p.height) {
                addZeros(weight, p.y, row, p.outWidth);
                continue;
            }
            int from = plane + iy * p.width + begin;
            addZeros(weight, p.y, row, lo);
            for (int ox = lo; ox < hi; ox++) {
                p.y[row + ox] = Math.fma(weight, p.x[from + ox * p.strideWidth], p.y[row + ox]);
            }
            addZeros(weight, p.y, row + Math.max(lo, hi), p.outWidth - Math.max(lo, hi));
        }
    }

    private static int bounded(int column, int width) {
        return Math.clamp(column, 0, width);
    }

    private static void addZeros(float weight, float[] y, int at, int n) {
        for (int i = at; i < at + n; i++) y[i] = Math.fma(weight, 0f, y[i]);
    }

    /// The epilogue of a plane of the result: residual and activation.
    final void finish(Convolution p, int image, int channel) {
        finish(p, p.y, p.output(image, channel), p.output(image, channel) - p.yAt, p.outArea());
    }

    /// The same for n elements at index `at`, which are those of the result from index `place` on.
    final void finish(Convolution p, float[] result, int at, int place, int n) {
        if (p.residual.length != 0) engine.add(result, at, p.residual, p.residualAt + place, result, at, n);
        engine.activate(p.activation, result, at, n);
    }

    // ----------------------------------------------------------------------------------------- gradient of the input

    /// Transposes the weights of an input channel, for vectors only.
    void transpose(Convolution p, int channel) {}

    /// x = g(b + Σ w·y) for channels `from` to `to` of an image: the input gradient if y holds dy.
    /// The sum runs over the output channels of the group, and in each over the rows and columns of
    /// the window from the last to the first, so over the pixels of y in order.
    void inputGradient(Convolution p, int image, int from, int to) {
        for (int channel = from; channel < to; channel++) {
            int at = p.input(image, channel);
            Arrays.fill(p.x, at, at + p.area(), p.bias.length == 0 ? 0 : p.bias[p.biasAt + channel]);
            int group = channel / p.groupInputs();
            int first = group * p.groupOutputs();
            int taps = p.kernelHeight * p.kernelWidth;
            for (int o = first; o < first + p.groupOutputs(); o++) {
                int tap = p.wAt + o * p.depth() + (channel - group * p.groupInputs()) * taps;
                int plane = p.output(image, o);
                for (int k = taps - 1; k >= 0; k--) {
                    spreadPlane(p, p.w[tap + k], plane, k / p.kernelWidth, k % p.kernelWidth, at);
                }
            }
            finish(p, p.x, at, at - p.xAt, p.area());
        }
    }

    /// Adds one weight times the pixels of y to the pixels of x that it was multiplied with.
    private static void spreadPlane(Convolution p, float weight, int plane, int ky, int kx, int at) {
        int down = ky * p.dilationHeight - p.top;
        int across = kx * p.dilationWidth - p.left;
        for (int iy = Math.floorMod(down, p.strideHeight); iy < p.height; iy += p.strideHeight) {
            int oy = (iy - down) / p.strideHeight;
            boolean inside = iy >= down && oy < p.outHeight;
            for (int ix = Math.floorMod(across, p.strideWidth); ix < p.width; ix += p.strideWidth) {
                int ox = (ix - across) / p.strideWidth;
                boolean meets = inside && ix >= across && ox < p.outWidth;
                float dy = meets ? p.y[plane + oy * p.outWidth + ox] : 0;
                int to = at + iy * p.width + ix;
                p.x[to] = Math.fma(weight, dy, p.x[to]);
            }
        }
    }

    // ---------------------------------------------------------------------------------------- gradient of the weights

    /// The floats of one slot's part of the gradient of w.
    int partialSize(Convolution p) {
        return p.outputs * p.depth();
    }

    /// The output channels of a unit of work should be a multiple of this.
    int outputStep() {
        return 1;
    }

    /// Computes part `slot` of the gradient of w for output channels `from` to `to`: Σ x·dy over
    /// the images of the slot, and in each over the pixels of y.
    void weightGradient(Convolution p, int slot, int from, int to) {
        int taps = p.kernelHeight * p.kernelWidth;
        for (int o = from; o < to; o++) {
            int first = o / p.groupOutputs() * p.groupInputs();
            int at = slot * partialSize(p) + o * p.depth();
            for (int k = 0; k < p.depth(); k++) {
                int tap = k % taps;
                float sum = 0;
                for (int image = p.firstImage(slot); image < p.firstImage(slot + 1); image++) {
                    int plane = p.input(image, first + k / taps);
                    sum = addDots(p, sum, plane, tap / p.kernelWidth, tap % p.kernelWidth, p.output(image, o));
                }
                p.partial[at + k] = sum;
            }
        }
    }

    private static float addDots(Convolution p, float start, int plane, int ky, int kx, int at) {
        float sum = start;
        int begin = kx * p.dilationWidth - p.left;
        for (int oy = 0; oy < p.outHeight; oy++) {
            int iy = oy * p.strideHeight + ky * p.dilationHeight - p.top;
            boolean inside = iy >= 0 && iy < p.height;
            for (int ox = 0; ox < p.outWidth; ox++) {
                int ix = ox * p.strideWidth + begin;
                float pixel = inside && ix >= 0 && ix < p.width ? p.x[plane + iy * p.width + ix] : 0;
                sum = Math.fma(pixel, p.y[at + oy * p.outWidth + ox], sum);
            }
        }
        return sum;
    }

    /// The gradient of w for an output channel: the sum of the parts of all slots, in order,
    /// starting from 0.
    void sumSlots(Convolution p, int channel) {
        int n = p.depth();
        int to = p.wAt + channel * n;
        Arrays.fill(p.w, to, to + n, 0);
        for (int slot = 0; slot < p.slots; slot++) {
            engine.add(p.w, to, p.partial, slot * partialSize(p) + channel * n, p.w, to, n);
        }
    }
}
