package dev.neurite.layer;

import dev.neurite.model.Initializer;
import dev.neurite.model.Layer;

/// A recurrent layer: it goes through a sequence step by step, with a state. Each `with…` method returns a copy
/// with one setting changed.
///
/// | tensor | shape |
/// |---|---|
/// | x | `[rows × time × in]`; may be padded, see [dev.neurite.tensor.Tensor#withLengths] |
/// | `weight_ih`, `weight_hh` | `[gates·units × in]`, `[gates·units × units]`: the weights of the input and of the
/// state |
/// | `bias_ih`, `bias_hh` | `[gates·units]` each |
/// | y | `[rows × units]`, the state after the last step; with [#sequences()] `[rows × time × units]`, after each step
/// |
///
/// Names, gates and the two biases are PyTorch's, whose names end in `_l0`. All parameters are initialized as there,
/// uniform within ±1/√units. The state before the first step is 0. Reversed, the steps run from the last of a row
/// to the first, and the last step is that of the first element.
/// @param <L> the layer itself
public sealed interface RecurrentLayer<L extends Layer> extends Layer permits SimpleRnn, Lstm, Gru {
    /// The number of elements of the state.
    int units();

    /// Whether the output is the state after each step, not only after the last.
    boolean sequences();

    /// Whether the steps run from the last to the first.
    boolean reversed();

    /// The initializer of the weights of the input.
    Initializer weights();

    /// The initializer of the weights of the state.
    Initializer recurrentWeights();

    /// The initializer of both biases.
    Initializer biases();

    /// Returns the state after each step.
    L withSequences();

    /// Runs from the last step to the first.
    L withReversed();

    /// Replaces the initializer of the weights of the input.
    L withWeights(Initializer initializer);

    /// Replaces the initializer of the weights of the state.
    L withRecurrentWeights(Initializer initializer);

    /// Replaces the initializer of both biases.
    L withBiases(Initializer initializer);

    /// True: what follows the end of a row does not count.
    @Override
    default boolean acceptsPadding() {
        return true;
    }
}
