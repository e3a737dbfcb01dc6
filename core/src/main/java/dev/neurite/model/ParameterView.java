package dev.neurite.model;

/// A parameter of a running training, not copied.
/// @param name the path of its layer and its own name, `dense1.weight`
/// @param role the purpose of the parameter
/// @param value its present value; valid as long as the source of this object says
public record ParameterView(String name, Role role, TensorView value) {}
