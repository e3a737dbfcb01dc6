package dev.neurite.loss;

import java.util.List;

/// What training minimizes: a [Loss], or for several outputs the sum of one loss each ([Losses#joint]).
public sealed interface Criterion permits Loss, Weighted, Joint {
    /// A loss for each output of the network, in order.
    List<Weighted> losses();
}
