package dev.neurite.model;

/// The purpose of a pass. Layers such as dropout and batch norm compute differently in each mode.
public enum Mode {
    /// Training: with noise, and with batch statistics.
    TRAIN,
    /// Predicting: equal inputs give equal outputs.
    PREDICT
}
