package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.AttentionKernels;
import dev.neurite.kernel.AttentionKernels.Heads;
import dev.neurite.kernel.AttentionKernels.Masking;
import dev.neurite.model.Declarations;
import dev.neurite.model.Initializer;
import dev.neurite.model.Mode;
import dev.neurite.model.Node;
import dev.neurite.model.Pass;
import dev.neurite.model.Role;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What layers of attention have in common: checks, projections with biases, and masks.
/// @param node the layer
/// @param heads the number of heads of queries
/// @param keyHeads the number of heads of keys and values
/// @param bias whether there are biases
/// @param dropout of weights of keys
record AttentionOp(Node node, int heads, int keyHeads, boolean bias, double dropout) {
    static void check(int heads, int keyHeads, double dropout) {
        if (heads < 1 || keyHeads < 1 || heads % keyHeads != 0) {
            throw new ConfigException(
                    "attention",
                    "expects at least 1 head, and heads of keys that divide the heads, got " + heads + " and "
                            + keyHeads);
        }
        RandomLayer.checkRate("attention", dropout);
    }

    /// Requires sequences whose width the heads divide, and a mask that fits.
    /// @param keys the extent of the axis of keys
    void require(List<Shape> in, int mask, int keys, Declarations declare) {
        Shape x = in.getFirst();
        boolean sequences = x.rank() == 2 && x.extent(1) > 0 && x.extent(1) % heads == 0 && x.extent(0) != 0;
        if (!sequences || in.size() > mask + 1 || in.size() < mask) {
            throw new ShapeException(
                    declare.path(), node + " expects sequences [time×width] whose width its heads divide, got " + in);
        }
        if (in.size() == mask) return;
        Shape scores = in.get(mask);
        int rank = scores.rank();
        boolean fits = (rank == 2 || (rank == 3 && scores.extent(0) == heads))
                && isSame(scores.extent(rank - 2), x.extent(0))
                && isSame(scores.extent(rank - 1), keys);
        if (!fits) {
            throw new ShapeException(
                    declare.path(),
                    node + " expects a mask [queries×keys] or [heads×queries×keys] for " + in + ", got " + scores);
        }
    }

    private static boolean isSame(int a, int b) {
        return a == b || a == Shape.OPEN || b == Shape.OPEN;
    }

    /// Declares the weights of a projection.
    /// @return the multiplications for one position
    static long declare(Declarations declare, String name, int out, int in, Initializer weights) {
        return Linear.declare(declare, name + "_weight", out, in, weights);
    }

    void declareBias(Declarations declare, String name, int out) {
        if (bias) declare.parameter(name + "_bias", Shape.of(out), Role.BIAS, Initializers.zeros());
    }

    /// Which keys are seen, without slopes.
    /// @param mask added to the scores; empty for none
    Masking masking(boolean causal, Tensor lengths, Tensor mask, Pass pass) {
        Masking masking = Masking.of(causal, lengths);
        if (mask.size() != 0) {
            if (pass.wants(mask)) {
                throw new ConfigException(
                        "attention",
                        "expects a mask that is not trained, got one with a gradient",
                        "Of a mask that is an input, ask for no gradient: wantInputGradients(…) with the other inputs");
            }
            if (pass.past().size() != 0) {
                throw new ConfigException("attention", "expects no mask in a session, which sees all steps so far");
            }
            masking = masking.withAdded(mask);
        }
        return dropout > 0 && pass.mode() == Mode.TRAIN ? masking.withDropout(dropout, pass.noise()) : masking;
    }

    /// The heads of queries attend to those of keys: [#a], and back.
    final class Run {
        final Tensor a;
        private final Pass pass;
        private final AttentionKernels kernels;
        private final Heads q;
        private final Heads k;
        private final Heads v;
        private final Masking masking;
        private final Tensor logSums;
        private @Nullable LowRank projected; // of W_out

        Run(Pass pass, Heads q, Heads k, Heads v, Masking masking) {
            this.pass = pass;
            this.kernels = pass.kernels().attention();
            this.q = q;
            this.k = k;
            this.v = v;
            this.masking = masking;
            int time = q.tensor().shape().extent(1);
            a = pass.tensor(Shape.of(time, q.width()));
            logSums = pass.tensor(Shape.of(heads, time));
            kernels.attention(q, k, v, masking, a, logSums);
        }

        Shape keys() {
            return k.tensor().shape().row();
        }

        /// y = a·W_outᵀ + b_out
        void project(Tensor y) {
            Tensor b = bias ? pass.parameter("out_proj_bias") : Tensor.EMPTY;
            projected = Linear.forward(pass, a, "out_proj_weight", b, y);
        }

        /// The gradients of the heads from that of [#project].
        void backward(Tensor dy, Tensor dq, Tensor dk, Tensor dv) {
            Tensor da = pass.tensor(a.shape().row());
            Linear.backward(pass, a, dy, "out_proj_weight", bias ? "out_proj_bias" : "", projected, da);
            kernels.attentionGradient(q, k, v, masking, a, logSums, da, dq, dk, dv);
        }
    }
}
