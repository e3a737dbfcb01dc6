package dev.neurite.kernel;

import dev.neurite.kernel.Activation.Elementwise;

/// An element-wise activation whose derivative is computed from its input z.
interface InputDerivative extends Elementwise {
    @Override
    default boolean derivativeNeedsInput() {
        return true;
    }
}
