package dev.neurite.kernel.cpu.conv;

import static dev.neurite.kernel.cpu.conv.Winograd.N0;
import static dev.neurite.kernel.cpu.conv.Winograd.N1;
import static dev.neurite.kernel.cpu.conv.Winograd.N2;
import static dev.neurite.kernel.cpu.conv.Winograd.OUT;
import static dev.neurite.kernel.cpu.conv.Winograd.P;
import static dev.neurite.kernel.cpu.conv.Winograd.P2;
import static dev.neurite.kernel.cpu.conv.Winograd.P3;
import static dev.neurite.kernel.cpu.conv.Winograd.POSITIONS;
import static dev.neurite.kernel.cpu.conv.Winograd.Q;
import static dev.neurite.kernel.cpu.conv.Winograd.Q2;
import static dev.neurite.kernel.cpu.conv.Winograd.Q3;
import static dev.neurite.kernel.cpu.conv.Winograd.SIZE;
import static java.lang.Math.fma;

import dev.neurite.kernel.cpu.Workspace;
import dev.neurite.kernel.cpu.WorkspacePool;
import java.util.Arrays;

/// The definition of [Winograd]'s convolutions, in plain loops: what [BlockedWinograd] computes equals it bit for
/// bit.
///
/// m is one chain of `fma` over the input channels; the transforms round as their code says.
final class ScalarWinograd {
    private final ScalarConvolution convolution;
    private final WorkspacePool<Work> workspaces = new WorkspacePool<>(Work::new);

    /// The workspace of a thread.
    private static final class Work {
        float[] v = {}; // of all input channels
        final float[] from = new float[POSITIONS];
        final float[] between = new float[POSITIONS];
        final float[] to = new float[POSITIONS];

        /// Transforms the columns, then the rows of `from`.
        /// @param in the rows and columns of `from`
        /// @param out those of the result
        void transform(Transform t, int in, int out, float[] result, int at) {
            for (int i = 0; i < in; i++) t.apply(from, i, in, between, i, in);
            for (int i = 0; i < out; i++) t.apply(between, i * in, 1, result, at + i * out, 1);
        }
    }

    /// A one-dimensional transform of numbers at distances `step`, to numbers at distances `toStep`.
    private interface Transform {
        void apply(float[] x, int at, int step, float[] y, int o, int toStep);
    }

    ScalarWinograd(ScalarConvolution convolution) {
        this.convolution = convolution;
    }

    // ------------------------------------------------------------------------------------------------ transforms

    /// Bᵀ.
    private static void ofPixels(float[] x, int at, int step, float[] y, int o, int toStep) {
        float x0 = x[at];
        float x1 = x[at + step];
        float x2 = x[at + 2 * step];
        float x3 = x[at + 3 * step];
        float x4 = x[at + 4 * step];
        float x5 = x[at + 5 * step];
        y[o] = fma(P2 * Q2, x0, fma(-P2 - Q2, x2, x4));
        float even = fma(-Q2, x2, x4);
        float odd = fma(-Q2, x1, x3);
        y[o + toStep] = fma(P, odd, even);
        y[o + 2 * toStep] = fma(-P, odd, even);
        even = fma(-P2, x2, x4);
        odd = fma(-P2, x1, x3);
        y[o + 3 * toStep] = fma(Q, odd, even);
        y[o + 4 * toStep] = fma(-Q, odd, even);
        y[o + 5 * toStep] = fma(P2 * Q2, x1, fma(-P2 - Q2, x3, x5));
    }

    /// G.
    private static void ofWeights(float[] x, int at, int step, float[] y, int o, int toStep) {
        float x0 = x[at];
        float x1 = x[at + step];
        float x2 = x[at + 2 * step];
        y[o] = x0 * N0;
        float even = fma(P2, x2, x0);
        y[o + toStep] = fma(P, x1, even) * N1;
        y[o + 2 * toStep] = fma(-P, x1, even) * N1;
        even = fma(Q2, x2, x0);
        y[o + 3 * toStep] = fma(Q, x1, even) * N2;
        y[o + 4 * toStep] = fma(-Q, x1, even) * N2;
        y[o + 5 * toStep] = x2;
    }

    /// Aᵀ.
    private static void ofSums(float[] x, int at, int step, float[] y, int o, int toStep, float start) {
        float x1 = x[at + step];
        float x2 = x[at + 2 * step];
        float x3 = x[at + 3 * step];
        float x4 = x[at + 4 * step];
        float x5 = x[at + 5 * step];
        float even = x1 + x2;
        float odd = x1 - x2;
        float farEven = x3 + x4;
        float farOdd = x3 - x4;
        y[o] = x[at] + even + (farEven + start);
        y[o + toStep] = fma(P, odd, fma(Q, farOdd, start));
        y[o + 2 * toStep] = fma(P2, even, fma(Q2, farEven, start));
        y[o + 3 * toStep] = fma(P3, odd, fma(Q3, farOdd, x5 + start));
    }

    /// A.
    private static void ofGradients(float[] x, int at, int step, float[] y, int o, int toStep) {
        float x0 = x[at];
        float x1 = x[at + step];
        float x2 = x[at + 2 * step];
        float x3 = x[at + 3 * step];
        y[o] = x0;
        float even = fma(P2, x2, x0);
        float odd = fma(P2, x3, x1);
        y[o + toStep] = fma(P, odd, even);
        y[o + 2 * toStep] = fma(-P, odd, even);
        even = fma(Q2, x2, x0);
        odd = fma(Q2, x3, x1);
        y[o + 3 * toStep] = fma(Q, odd, even);
        y[o + 4 * toStep] = fma(-Q, odd, even);
        y[o + 5 * toStep] = x3;
    }

    /// Gᵀ.
    private static void toWeights(float[] x, int at, int step, float[] y, int o, int toStep) {
        float x0 = x[at];
        float x1 = x[at + step];
        float x2 = x[at + 2 * step];
        float x3 = x[at + 3 * step];
        float x4 = x[at + 4 * step];
        float x5 = x[at + 5 * step];
        float even = (x1 + x2) * N1;
        float odd = (x1 - x2) * N1;
        float farEven = (x3 + x4) * N2;
        float farOdd = (x3 - x4) * N2;
        y[o] = fma(N0, x0, even + farEven);
        y[o + toStep] = fma(P, odd, farOdd * Q);
        y[o + 2 * toStep] = fma(P2, even, fma(Q2, farEven, x5));
    }

    // --------------------------------------------------------------------------------------- forward, and to the input

    /// Computes u for a channel of the result.
    void weights(Convolution p, int o) {
        Winograd q = p.winograd;
        Work work = workspaces.take();
        for (int c = 0; c < q.ins; c++) {
            int at = q.wAt + o * q.outStep + c * q.inStep;
            for (int k = 0; k < 9; k++) work.from[k] = q.w[at + (q.backwards ? 8 - k : k)];
            int u = Workspace.START + (o * q.ins + c) * POSITIONS;
            work.transform(ScalarWinograd::ofWeights, 3, SIZE, p.packed, u);
        }
        workspaces.release(work);
    }

    /// Computes channels `from` to `to` of the results of a block of images.
    void compute(Convolution p, int block, int from, int to) {
        Winograd q = p.winograd;
        Work work = workspaces.take();
        for (int image = q.firstImage(block); image < q.firstImage(block + 1); image++) {
            for (int row = 0; row < q.tileRows; row++) {
                for (int column = 0; column < q.tileColumns; column++) {
                    pixels(q, image, row, column, work);
                    for (int o = from; o < to; o++) {
                        multiply(p, o, work.v, work.from);
                        place(p, image, o, row, column, work);
                    }
                }
            }
            for (int o = from; o < to; o++) finish(p, image, o);
        }
        workspaces.release(work);
    }

    /// Computes v for all channels of a tile.
    private static void pixels(Winograd q, int image, int row, int column, Work work) {
        work.v = Workspace.atLeast(work.v, POSITIONS * q.ins);
        for (int c = 0; c < q.ins; c++) {
            for (int k = 0; k < POSITIONS; k++) {
                int y = OUT * row + k / SIZE - q.top;
                int x = OUT * column + k % SIZE - q.left;
                boolean inside = y >= 0 && y < q.height && x >= 0 && x < q.width;
                work.from[k] = inside ? q.from[q.input(image, c) + y * q.width + x] : 0;
            }
            work.transform(ScalarWinograd::ofPixels, SIZE, SIZE, work.v, c * POSITIONS);
        }
    }

    /// Computes m for a channel of a tile.
    private static void multiply(Convolution p, int o, float[] v, float[] m) {
        Arrays.fill(m, 0);
        float[] u = p.packed;
        int size = p.winograd.ins * POSITIONS;
        int at = Workspace.START + o * size;
        for (int c = 0; c < size; c += POSITIONS) {
            for (int k = 0; k < POSITIONS; k++) m[k] = fma(u[at + c + k], v[c + k], m[k]);
        }
    }

    /// Computes Aᵀ·m·A + bias and writes the part that is inside the plane.
    private static void place(Convolution p, int image, int o, int row, int column, Work work) {
        Winograd q = p.winograd;
        float bias = p.bias.length == 0 ? 0 : p.bias[p.biasAt + o];
        for (int i = 0; i < SIZE; i++) ofSums(work.from, i, SIZE, work.between, i, SIZE, 0);
        for (int i = 0; i < OUT; i++) ofSums(work.between, i * SIZE, 1, work.to, i * OUT, 1, bias);
        int at = q.output(image, o) + OUT * row * q.outWidth + OUT * column;
        int columns = Math.min(OUT, q.outWidth - OUT * column);
        for (int i = 0; i < Math.min(OUT, q.outHeight - OUT * row); i++) {
            System.arraycopy(work.to, i * OUT, q.to, at + i * q.outWidth, columns);
        }
    }

    /// The epilogue of a plane of the result: residual and activation.
    private void finish(Convolution p, int image, int channel) {
        Winograd q = p.winograd;
        int at = q.output(image, channel);
        convolution.finish(p, q.to, at, at - q.toAt, q.outHeight * q.outWidth);
    }

    // -------------------------------------------------------------------------------------- gradient of the weights

    /// Computes m of the gradient of the weights for output channels `from` to `to`, over the images of a slot:
    /// one chain of `fma` over the tiles, row by row.
    void weightGradient(Convolution p, int slot, int from, int to) {
        Winograd q = p.winograd;
        Work work = workspaces.take();
        int begin = slot * POSITIONS * p.inputs * p.outputs;
        for (int k = 0; k < POSITIONS * p.inputs; k++) {
            Arrays.fill(p.partial, begin + k * p.outputs + from, begin + k * p.outputs + to, 0);
        }
        for (int image = p.firstImage(slot); image < p.firstImage(slot + 1); image++) {
            for (int row = 0; row < q.tileRows; row++) {
                for (int column = 0; column < q.tileColumns; column++) {
                    pixels(q, image, row, column, work);
                    for (int o = from; o < to; o++) {
                        gradients(p, image, o, row, column, work);
                        for (int i = 0; i < p.inputs * POSITIONS; i++) {
                            int k = i % POSITIONS;
                            int at = begin + (k * p.inputs + i / POSITIONS) * p.outputs + o;
                            p.partial[at] = fma(work.v[i], work.to[k], p.partial[at]);
                        }
                    }
                }
            }
        }
        workspaces.release(work);
    }

    /// Computes A·dy·Aᵀ for a tile of a channel; pixels outside of the plane count as 0.
    private static void gradients(Convolution p, int image, int o, int row, int column, Work work) {
        for (int k = 0; k < OUT * OUT; k++) {
            int y = OUT * row + k / OUT;
            int x = OUT * column + k % OUT;
            boolean inside = y < p.outHeight && x < p.outWidth;
            work.from[k] = inside ? p.y[p.output(image, o) + y * p.outWidth + x] : 0;
        }
        work.transform(ScalarWinograd::ofGradients, OUT, SIZE, work.to, 0);
    }

    /// dw = Gᵀ·m·G for an output channel, where m is the sum of the slots, in order.
    void sumSlots(Convolution p, int o) {
        int size = POSITIONS * p.inputs * p.outputs;
        Work work = workspaces.take();
        for (int c = 0; c < p.inputs; c++) {
            for (int k = 0; k < POSITIONS; k++) {
                int at = (k * p.inputs + c) * p.outputs + o;
                work.from[k] = p.partial[at];
                for (int slot = 1; slot < p.slots; slot++) work.from[k] += p.partial[slot * size + at];
            }
            work.transform(ScalarWinograd::toWeights, SIZE, 3, p.w, p.wAt + (o * p.inputs + c) * 9);
        }
        workspaces.release(work);
    }
}
