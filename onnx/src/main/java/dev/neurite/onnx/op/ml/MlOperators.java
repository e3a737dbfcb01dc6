package dev.neurite.onnx.op.ml;

import dev.neurite.onnx.op.Operators;

/// All operators of the domain `ai.onnx.ml`.
public final class MlOperators {
    private MlOperators() {}

    public static void register(Operators all) {
        TreeEnsembles.register(all);
        LinearOperators.register(all);
        SupportVectors.register(all);
        ColumnOperators.register(all);
        EncodingOperators.register(all);
        Maps.register(all);
    }
}
