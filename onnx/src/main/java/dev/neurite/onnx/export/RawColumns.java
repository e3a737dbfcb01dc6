package dev.neurite.onnx.export;

/// What takes the raw columns of a table, and images and dates, in an exported model.
public enum RawColumns {
    /// Operators of `ai.onnx.ml`, as exports of scikit-learn have them: Imputer, Scaler, OneHotEncoder, LabelEncoder.
    ML,
    /// ONNX's own operators alone. Columns of texts need opset 19.
    CORE,
    /// Nothing: the model takes the numbers that its network takes.
    NONE
}
