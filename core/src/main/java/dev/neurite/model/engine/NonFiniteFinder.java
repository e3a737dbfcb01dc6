package dev.neurite.model.engine;

import dev.neurite.kernel.Kernels;
import dev.neurite.model.BuiltNode;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// Finds the first layer whose output or pre-activation is not finite, and ends the pass there. Copies
/// nothing.
final class NonFiniteFinder extends Inspector {
    /// Ends the pass.
    static final class Found extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final String layer;

        private Found(String layer) {
            super(layer, null, false, false);
            this.layer = layer;
        }

        String layer() {
            return layer;
        }
    }

    private final Kernels kernels;

    NonFiniteFinder(Kernels kernels) {
        this.kernels = kernels;
    }

    @Override
    void ran(BuiltNode node, List<Tensor> in, List<Tensor> out) {
        for (Tensor y : out) if (!kernels.isFinite(y)) throw new Found(node.name());
    }

    @Override
    void preActivation(String path, Tensor z) {
        if (!kernels.isFinite(z)) throw new Found(path);
    }
}
