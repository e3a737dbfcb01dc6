package dev.neurite.kernel.cpu.sequence;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.cpu.ScalarKernels;
import java.util.Arrays;

/// A GRU whose reset is before the product: the candidates' product needs r, so that a step has two products, one
/// after the other.
final class ResetBeforeGru {
    private ResetBeforeGru() {}

    /// Sets the products of the steps forward.
    static void prepare(RecurrentCall q) {
        q.forward(q.product, true, q.operand(), 0, 2, q.z); //   r and z += h·Wᵀ
        q.forward(q.candidateProduct, true, q.u, 2, 3, q.z); //  c += (r∘h)·Wᵀ
    }

    static void forward(RecurrentCall q, int from, int to) {
        int n = q.units;
        ScalarKernels k = q.engine;
        float[] gates = q.activated();
        float[] s = q.temporary();
        int s0 = q.temporaryAt(from);
        q.begin(from, to);
        for (int step = 0; step < q.steps(); step++) {
            int t = q.time(step);
            q.beginStep(from, to, t);
            q.multiply(q.product, from, to);
            for (int row = from; row < to; row++) {
                int uo = row * n;
                if (q.has(row, t)) {
                    int r = q.activatedAt(row, t);
                    k.activate(Activation.SIGMOID, q.z, row * 3 * n, gates, r, 2 * n);
                    k.multiply(gates, r, q.h, uo, q.u, uo, n); //         r∘h
                    q.mask(q.u, q.u, row);
                } else {
                    Arrays.fill(q.u, uo, uo + n, 0);
                }
                q.keep(q.u, row, q.candidates, t);
            }
            q.multiply(q.candidateProduct, from, to);
            for (int row = from; row < to; row++) {
                if (!q.has(row, t)) {
                    q.skip(row, t);
                    continue;
                }
                int z = q.activatedAt(row, t) + n;
                int c = z + n;
                int ho = row * n;
                k.activate(Activation.TANH, q.z, (row * 3 + 2) * n, gates, c, n); // c = tanh(x + (r∘h)·Wᵀ)
                CpuRecurrentKernels.minus(k, q.h, ho, gates, c, s, s0, n);
                System.arraycopy(gates, c, q.h, ho, n);
                k.addProduct(gates, z, s, s0, q.h, ho, n); //                        h = c + z·(h − c)
                q.emit(row, t);
            }
        }
    }

    /// Sets the products of the steps backward.
    static void prepareGradient(RecurrentCall q) {
        q.backward(q.product, !q.isMasked(), q.z, 0, 2, q.operand()); // dh += δ·W of r and z
        q.backward(q.candidateProduct, false, q.z, 2, 3, q.u); //        d(r∘h) = δ·W of the candidates
    }

    static void gradient(RecurrentCall q, int from, int to) {
        for (int step = q.steps() - 1; step >= 0; step--) {
            int t = q.time(step);
            for (int row = from; row < to; row++) {
                if (q.has(row, t)) ofCandidates(q, from, row, t);
                else q.skipDelta(row, t);
            }
            q.multiply(q.candidateProduct, from, to); // d(r∘h) = δ·W
            for (int row = from; row < to; row++) {
                if (q.has(row, t)) ofReset(q, from, row, t);
            }
            q.multiply(q.product, from, to); //          dh += δ·W
            q.unmask(true, from, to);
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
        int dz = (row * 3 + 1) * n;
        int dc = dz + n;
        int at = row * n;
        float[] s = q.temporary();
        int s0 = q.temporaryAt(from);
        int s1 = s0 + n;
        int s2 = s1 + n;
        q.beginGradient(row, t);
        CpuRecurrentKernels.minus(k, q.before(), q.beforeAt(row, t), gates, c, s, s0, n);
        k.multiply(q.h, at, s, s0, s, s0, n); //                    dz = dh·(h − c)
        k.multiply(q.h, at, gates, z, s, s1, n); //                 dh·z goes on to h
        CpuRecurrentKernels.minus(k, q.h, at, s, s1, s, s2, n); //  dc = dh·(1 − z)
        k.activationGradient(Activation.SIGMOID, gates, z, gates, z, s, s0, q.z, dz, n);
        k.activationGradient(Activation.TANH, gates, c, gates, c, s, s2, q.z, dc, n);
        System.arraycopy(s, s1, q.h, at, n);
        k.flush(q.z, dz, 2 * n);
    }

    /// The gradient of r, and what h gets through r∘h.
    private static void ofReset(RecurrentCall q, int from, int row, int t) {
        int n = q.units;
        ScalarKernels k = q.engine;
        float[] gates = q.gates.array();
        int r = q.at(q.gates, row, t, 3 * n);
        int dr = row * 3 * n;
        int at = row * n;
        float[] s = q.temporary();
        int s0 = q.temporaryAt(from);
        q.mask(q.u, q.u, row);
        k.addProduct(q.u, at, gates, r, q.h, at, n); //                      dh += d(r∘h)·r
        k.multiply(q.u, at, q.before(), q.beforeAt(row, t), s, s0, n); //    dr = d(r∘h)·h
        k.activationGradient(Activation.SIGMOID, gates, r, gates, r, s, s0, q.z, dr, n);
        k.flush(q.z, dr, n);
        k.flush(q.h, at, n);
        q.emitDelta(row, t);
    }
}
