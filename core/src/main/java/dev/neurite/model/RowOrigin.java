package dev.neurite.model;

/// What raw values the numbers of an input or a target were made of, such as the columns of a table, images or texts.
/// A data set says it of its rows ([RowSource#origin]), and a trained model is saved with it, so that it can take and
/// give raw values. `dev.neurite.signature.Input` and `Output` have the kinds that a model file can describe.
public interface RowOrigin {}
