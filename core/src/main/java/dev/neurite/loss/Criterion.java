package dev.neurite.loss;

import java.util.List;

/// What a network is trained to make small: a [Loss] of its output, or, where it has several outputs, the sum
/// of a loss of each ([Losses#joint]).
public sealed interface Criterion permits Loss, Weighted, Joint {
    /// A loss for each output of the network, in their order.
    List<Weighted> losses();
}
