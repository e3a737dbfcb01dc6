package dev.neurite.onnx.plan;

import java.util.List;

/// The rules by which graphs are rewritten.
final class Rules {
    /// Rules that find activations, norms and attention which a model has as many small operators.
    static final List<Draft.Rule> RECOGNIZING = List.of(
            Recognizing::identity,
            Recognizing::gelu,
            Recognizing::timesSigmoid,
            Recognizing::layerNorm,
            RecognizingAttention::attention,
            RowOrder::attention);

    /// Those that make one step of several.
    static final List<Draft.Rule> FUSING = List.of(
            Fusing::denseOfGemm,
            Fusing::denseOfMatmul,
            FusingQuantized::dense,
            Fusing::batchNorm,
            Fusing::bias,
            Fusing::activation,
            Fusing::residual,
            FusingProjections::projections,
            FusingRecurrence::unneeded,
            FusingRecurrence::output,
            FusingRecurrence::input);

    private Rules() {}
}
