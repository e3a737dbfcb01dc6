package dev.neurite.kernel.cpu.sequence;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.kernel.cpu.ScalarKernels;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;

/// A GRU whose reset is before the product: the candidates' product needs r, so that a step has two products, one
/// after the other.
final class ResetBeforeGru {
    private ResetBeforeGru() {}

    /// Sets the products of the steps forward.
    static void prepare(RecurrentCall q, PackedWeights w) {
        int n = q.units;
        Tensor gates = q.gates;
        q.product.begin(true); // r and z += h·Wᵀ
        q.product.strides(n, 3 * n);
        q.show(q.product.a, q.before, n, 0, n);
        q.showWeights(q.product.b, w.matrix(), 0, 2, true);
        q.show(q.product.c, gates, 3 * n, 0, 2 * n);
        q.candidateProduct.begin(true); // c += (r∘h)·Wᵀ
        q.candidateProduct.strides(n, 3 * n);
        q.show(q.candidateProduct.a, q.candidates, n, 0, n);
        q.showWeights(q.candidateProduct.b, w.matrix(), 2, 3, true);
        q.show(q.candidateProduct.c, gates, 3 * n, 2 * n, n);
        q.pack(q.product, null);
        q.pack(q.candidateProduct, null);
    }

    static void forward(RecurrentCall q, int from, int to) {
        int n = q.units;
        ScalarKernels k = q.engine;
        float[] gates = q.gates.array();
        float[] reset = q.candidates.array();
        float[] last = q.before.array();
        float[] s = q.temporary();
        int s0 = q.temporaryAt(from);
        int h = s0 + n;
        q.begin(from, to);
        for (int step = 0; step < q.steps(); step++) {
            int t = q.time(step);
            k.gemm(q.product, t, from, to, 0, 2 * n);
            for (int row = from; row < to; row++) {
                int at = q.at(q.candidates, row, t, n);
                if (q.has(row, t)) {
                    int r = q.at(q.gates, row, t, 3 * n);
                    k.activate(Activation.SIGMOID, gates, r, 2 * n);
                    k.multiply(gates, r, last, q.at(q.before, row, t, n), reset, at, n); // r∘h
                } else {
                    Arrays.fill(reset, at, at + n, 0);
                }
            }
            k.gemm(q.candidateProduct, t, from, to, 0, n);
            for (int row = from; row < to; row++) {
                if (!q.has(row, t)) {
                    q.skip(row, step);
                    continue;
                }
                int z = q.at(q.gates, row, t, 3 * n) + n;
                int c = z + n;
                k.activate(Activation.TANH, gates, c, n); //              c = tanh(x + (r∘h)·Wᵀ)
                CpuRecurrentKernels.minus(k, last, q.at(q.before, row, t, n), gates, c, s, s0, n);
                System.arraycopy(gates, c, s, h, n);
                k.addProduct(gates, z, s, s0, s, h, n); //                h = c + z·(h − c)
                q.emit(row, step, s, h);
            }
        }
    }

    /// Sets the products of the steps backward.
    static void prepareGradient(RecurrentCall q, PackedWeights w) {
        int n = q.units;
        q.needGradients();
        q.product.begin(true); // dh += δ·W of r and z
        q.product.strides(3 * n, 0);
        q.show(q.product.a, q.gates, 3 * n, 0, 2 * n);
        q.showWeights(q.product.b, w.matrix(), 0, 2, false);
        q.showGradients(q.product.c);
        q.candidateProduct.begin(false); // d(r∘h) = δ·W of the candidates
        q.candidateProduct.strides(3 * n, 0);
        q.show(q.candidateProduct.a, q.gates, 3 * n, 2 * n, n);
        q.showWeights(q.candidateProduct.b, w.matrix(), 2, 3, false);
        q.candidateProduct.c.set(q.dc, 0, q.gates.rows(), n, n, 1);
        q.pack(q.product, null);
        q.pack(q.candidateProduct, null);
    }

    static void gradient(RecurrentCall q, int from, int to) {
        int n = q.units;
        for (int step = q.steps() - 1; step >= 0; step--) {
            int t = q.time(step);
            for (int row = from; row < to; row++) {
                if (q.has(row, t)) {
                    ofCandidates(q, from, row, t);
                } else {
                    int at = q.at(q.gates, row, t, 3 * n);
                    Arrays.fill(q.gates.array(), at, at + 3 * n, 0);
                }
            }
            q.engine.gemm(q.candidateProduct, t, from, to, 0, n); // d(r∘h) = δ·W
            for (int row = from; row < to; row++) {
                if (q.has(row, t)) ofReset(q, from, row, t);
            }
            q.engine.gemm(q.product, t, from, to, 0, n); //          dh += δ·W
            q.endGradients(from, to, t);
        }
    }

    /// The gradients of z and c; dh becomes its part that goes on through z.
    private static void ofCandidates(RecurrentCall q, int from, int row, int t) {
        int n = q.units;
        ScalarKernels k = q.engine;
        float[] gates = q.gates.array();
        int z = q.at(q.gates, row, t, 3 * n) + n;
        int c = z + n;
        int at = row * n;
        float[] s = q.temporary();
        int s0 = q.temporaryAt(from);
        int s1 = s0 + n;
        int s2 = s1 + n;
        q.beginGradient(row, t);
        CpuRecurrentKernels.minus(k, q.before.array(), q.at(q.before, row, t, n), gates, c, s, s0, n);
        k.multiply(q.dh, at, s, s0, s, s0, n); //                                         dz = dh·(h − c)
        k.multiply(q.dh, at, gates, z, s, s1, n); //                                      dh·z goes on to h
        CpuRecurrentKernels.minus(k, q.dh, at, s, s1, s, s2, n); //                       dc = dh·(1 − z)
        k.activationGradient(Activation.SIGMOID, gates, z, gates, z, s, s0, gates, z, n);
        k.activationGradient(Activation.TANH, gates, c, gates, c, s, s2, gates, c, n);
        System.arraycopy(s, s1, q.dh, at, n);
        k.flush(gates, z, 2 * n);
    }

    /// The gradient of r, and what h gets through r∘h.
    private static void ofReset(RecurrentCall q, int from, int row, int t) {
        int n = q.units;
        ScalarKernels k = q.engine;
        float[] gates = q.gates.array();
        int r = q.at(q.gates, row, t, 3 * n);
        int at = row * n;
        float[] s = q.temporary();
        int s0 = q.temporaryAt(from);
        k.addProduct(q.dc, at, gates, r, q.dh, at, n); //                               dh += d(r∘h)·r
        k.multiply(q.dc, at, q.before.array(), q.at(q.before, row, t, n), s, s0, n); // dr = d(r∘h)·h
        k.activationGradient(Activation.SIGMOID, gates, r, gates, r, s, s0, gates, r, n);
        k.flush(gates, r, n);
        k.flush(q.dh, at, n);
    }
}
