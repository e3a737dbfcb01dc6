package dev.neurite.kernel.cpu.conv;

import dev.neurite.kernel.cpu.Workspace;
import dev.neurite.kernel.cpu.WorkspacePool;
import java.util.Arrays;

/// The definition of [Winograd]'s convolutions, in plain loops: what [BlockedWinograd] computes equals it bit for bit.
///
/// Sums are added in the order of this code; m is one chain of `fma` over the input channels.
final class ScalarWinograd {
    private final ScalarConvolution convolution;
    private final WorkspacePool<float[][]> workspaces =
            new WorkspacePool<>(() -> new float[][] {{}, new float[Winograd.POSITIONS], new float[9], new float[12]});

    ScalarWinograd(ScalarConvolution convolution) {
        this.convolution = convolution;
    }

    /// Computes u for a channel of the result.
    void weights(Convolution p, int o) {
        Winograd q = p.winograd;
        float[][] arrays = workspaces.take();
        float[] g = arrays[2];
        float[] t = arrays[3];
        for (int c = 0; c < q.ins; c++) {
            int at = q.wAt + o * q.outStep + c * q.inStep;
            for (int k = 0; k < 9; k++) g[k] = q.w[at + (q.backwards ? 8 - k : k)];
            for (int i = 0; i < 3; i++) { //                                        G·g
                float outer = g[i] + g[6 + i];
                t[i] = g[i];
                t[3 + i] = (outer + g[3 + i]) * 0.5f;
                t[6 + i] = (outer - g[3 + i]) * 0.5f;
                t[9 + i] = g[6 + i];
            }
            for (int i = 0; i < 4; i++) { //                                        (G·g)·Gᵀ
                float outer = t[3 * i] + t[3 * i + 2];
                int row = Workspace.START + (o * q.ins + c) * Winograd.POSITIONS + 4 * i;
                p.packed[row] = t[3 * i];
                p.packed[row + 1] = (outer + t[3 * i + 1]) * 0.5f;
                p.packed[row + 2] = (outer - t[3 * i + 1]) * 0.5f;
                p.packed[row + 3] = t[3 * i + 2];
            }
        }
        workspaces.release(arrays);
    }

    /// Computes channels `from` to `to` of the results of a block of images.
    void compute(Convolution p, int block, int from, int to) {
        Winograd q = p.winograd;
        float[][] arrays = workspaces.take();
        arrays[0] = Workspace.atLeast(arrays[0], Winograd.POSITIONS * q.ins);
        for (int image = q.firstImage(block); image < q.firstImage(block + 1); image++) {
            for (int row = 0; row < q.tileRows; row++) {
                for (int column = 0; column < q.tileColumns; column++) {
                    transform(q, image, row, column, arrays[0]);
                    for (int o = from; o < to; o++) {
                        float start = p.bias.length == 0 ? 0 : p.bias[p.biasAt + o];
                        multiply(p, o, start, arrays[0], arrays[1]);
                        place(q, image, o, row, column, arrays[1]);
                    }
                }
            }
            for (int o = from; o < to; o++) finish(p, image, o);
        }
        workspaces.release(arrays);
    }

    /// Computes v for all channels of a tile.
    private static void transform(Winograd q, int image, int row, int column, float[] v) {
        for (int c = 0; c < q.ins; c++) {
            int at = c * Winograd.POSITIONS;
            for (int k = 0; k < Winograd.POSITIONS; k++) { //                       d
                int y = 2 * row + k / 4 - q.top;
                int x = 2 * column + k % 4 - q.left;
                boolean inside = y >= 0 && y < q.height && x >= 0 && x < q.width;
                v[at + k] = inside ? q.from[q.input(image, c) + y * q.width + x] : 0;
            }
            for (int i = at; i < at + 4; i++) transform(v, i, 4); //                     Bᵀ·d
            for (int i = at; i < at + 16; i += 4) transform(v, i, 1); //                 (Bᵀ·d)·B
        }
    }

    private static void transform(float[] v, int at, int step) {
        float first = v[at];
        float second = v[at + step];
        float third = v[at + 2 * step];
        v[at] = first - third;
        v[at + step] = second + third;
        v[at + 2 * step] = third - second;
        v[at + 3 * step] = second - v[at + 3 * step];
    }

    /// Computes m for a channel of a tile.
    private static void multiply(Convolution p, int o, float start, float[] v, float[] m) {
        Arrays.fill(m, 0);
        m[Winograd.COMMON] = start;
        float[] u = p.packed;
        int size = p.winograd.ins * Winograd.POSITIONS;
        int at = Workspace.START + o * size;
        for (int c = 0; c < size; c += Winograd.POSITIONS) {
            for (int k = 0; k < Winograd.POSITIONS; k++) m[k] = Math.fma(u[at + c + k], v[c + k], m[k]);
        }
    }

    /// Computes Aᵀ·m·A and writes the part that is inside the plane.
    private static void place(Winograd q, int image, int o, int row, int column, float[] m) {
        for (int i = 0; i < 4; i++) { //                                            Aᵀ·m
            float upper = m[i] + m[4 + i] + m[8 + i];
            m[4 + i] = m[4 + i] - m[8 + i] - m[12 + i];
            m[i] = upper;
        }
        int at = q.output(image, o) + 2 * row * q.outWidth + 2 * column;
        boolean right = 2 * column + 1 < q.outWidth;
        for (int i = 0; i < Math.min(2, q.outHeight - 2 * row); i++) { //           (Aᵀ·m)·A
            int k = 4 * i;
            q.to[at + i * q.outWidth] = m[k] + m[k + 1] + m[k + 2];
            if (right) q.to[at + i * q.outWidth + 1] = m[k + 1] - m[k + 2] - m[k + 3];
        }
    }

    /// Computes m of the gradient of the weights for output channels `from` to `to`, over the images of a slot:
    /// one chain of `fma` over the tiles, row by row.
    void weightGradient(Convolution p, int slot, int from, int to) {
        Winograd q = p.winograd;
        float[][] arrays = workspaces.take();
        arrays[0] = Workspace.atLeast(arrays[0], Winograd.POSITIONS * q.ins);
        int begin = slot * Winograd.POSITIONS * p.inputs * p.outputs;
        for (int k = 0; k < Winograd.POSITIONS * p.inputs; k++) {
            Arrays.fill(p.partial, begin + k * p.outputs + from, begin + k * p.outputs + to, 0);
        }
        float[] delta = arrays[1];
        for (int image = p.firstImage(slot); image < p.firstImage(slot + 1); image++) {
            for (int row = 0; row < q.tileRows; row++) {
                for (int column = 0; column < q.tileColumns; column++) {
                    transform(q, image, row, column, arrays[0]);
                    for (int o = from; o < to; o++) {
                        spread(p, image, o, row, column, delta);
                        for (int i = 0; i < p.inputs * Winograd.POSITIONS; i++) {
                            int k = i % Winograd.POSITIONS;
                            int at = begin + (k * p.inputs + i / Winograd.POSITIONS) * p.outputs + o;
                            p.partial[at] = Math.fma(arrays[0][i], delta[k], p.partial[at]);
                        }
                    }
                }
            }
        }
        workspaces.release(arrays);
    }

    /// Computes A·dy·Aᵀ for a tile of a channel; pixels outside of the plane count as 0.
    private static void spread(Convolution p, int image, int o, int row, int column, float[] delta) {
        for (int x = 0; x < 2; x++) { //                                             A·dy
            float upper = pixel(p, image, o, 2 * row, 2 * column + x);
            float lower = pixel(p, image, o, 2 * row + 1, 2 * column + x);
            delta[x] = upper;
            delta[4 + x] = upper + lower;
            delta[8 + x] = upper - lower;
            delta[12 + x] = -lower;
        }
        for (int i = 0; i < 16; i += 4) { //                                         (A·dy)·Aᵀ
            float left = delta[i];
            float right = delta[i + 1];
            delta[i + 1] = left + right;
            delta[i + 2] = left - right;
            delta[i + 3] = -right;
        }
    }

    private static float pixel(Convolution p, int image, int o, int y, int x) {
        return y < p.outHeight && x < p.outWidth ? p.y[p.output(image, o) + y * p.outWidth + x] : 0;
    }

    /// dw = Gᵀ·m·G for an output channel, where m is the sum of the slots, in order.
    void sumSlots(Convolution p, int o) {
        int size = Winograd.POSITIONS * p.inputs * p.outputs;
        float[][] arrays = workspaces.take();
        float[] m = arrays[1];
        for (int c = 0; c < p.inputs; c++) {
            for (int k = 0; k < Winograd.POSITIONS; k++) {
                int at = (k * p.inputs + c) * p.outputs + o;
                m[k] = p.partial[at];
                for (int slot = 1; slot < p.slots; slot++) m[k] += p.partial[slot * size + at];
            }
            for (int i = 0; i < 4; i++) { //                                         Gᵀ·m
                float sum = (m[4 + i] + m[8 + i]) * 0.5f;
                float rest = (m[4 + i] - m[8 + i]) * 0.5f;
                m[i] = m[i] + sum;
                m[8 + i] = sum + m[12 + i];
                m[4 + i] = rest;
            }
            int to = p.wAt + (o * p.inputs + c) * 9;
            for (int i = 0; i < 3; i++) { //                                         (Gᵀ·m)·G
                int k = 4 * i;
                float sum = (m[k + 1] + m[k + 2]) * 0.5f;
                p.w[to + 3 * i] = m[k] + sum;
                p.w[to + 3 * i + 1] = (m[k + 1] - m[k + 2]) * 0.5f;
                p.w[to + 3 * i + 2] = sum + m[k + 3];
            }
        }
        workspaces.release(arrays);
    }

    /// The epilogue of a plane of the result: residual and activation.
    private void finish(Convolution p, int image, int channel) {
        Winograd q = p.winograd;
        int at = q.output(image, channel);
        convolution.finish(p, q.to, at, at - q.toAt, q.outHeight * q.outWidth);
    }
}
