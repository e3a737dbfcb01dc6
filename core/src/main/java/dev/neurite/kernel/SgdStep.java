package dev.neurite.kernel;

/// The numbers of one step of stochastic gradient descent, see [Kernels#sgd].
/// @param rate the learning rate
/// @param decay the coupled weight decay, added to the gradient as decay·θ
/// @param scale what the gradient is multiplied by first: 1/N where it is a sum over N rows
/// @param momentum 0 for none
/// @param nesterov whether the step looks ahead along the velocity
public record SgdStep(float rate, float decay, float scale, float momentum, boolean nesterov) {}
