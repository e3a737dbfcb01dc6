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

    /// Those for quantized convolutions and products.
    static final List<Draft.Rule> QUANTIZED = List.of(
            FusingBytes::inFloats,
            FusingQuantizedConvolutions::linear,
            FusingQuantizedConvolutions::integer,
            FusingQuantizedConvolutions::pairs,
            FusingQuantizedProducts::pairs,
            FusingBytes::moving,
            FusingBytes::movingBytes,
            FusingBytes::centered);

    /// Those for what is left between them.
    static final List<Draft.Rule> CENTERED = List.of(FusingBytes::scaled, FusingBytes::pooled);

    /// Those that make one step of several.
    static final List<Draft.Rule> FUSING = List.of(
            Fusing::denseOfGemm,
            Fusing::denseOfMatmul,
            FusingQuantizedDense::dense,
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
