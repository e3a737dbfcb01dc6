package dev.neurite.model;

/// What a pass is for. Layers such as dropout and batch norm behave differently in each.
public enum Mode {
    /// Learning: noise is on, batch statistics are used.
    TRAIN,
    /// Using what was learned: the same input gives the same output.
    PREDICT
}
