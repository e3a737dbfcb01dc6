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
/// | y | `[rows × units]`, the state after the last step; with [#withSequences()] `[rows × time × units]`, after each step
/// |
///
/// Names, gates and the two biases are PyTorch's, whose names end in `_l0`. All parameters are initialized as there,
/// uniform within ±1/√units. The state before the first step is 0. Reversed, the steps run from the last of a row
/// to the first, and the last step is that of the first element.
/// @param <L> the layer itself
public sealed interface RecurrentLayer<L extends Layer> extends Layer permits SimpleRnn, Lstm, Gru {
    /// The settings that all recurrent layers have.
    RecurrentSettings settings();

    /// A copy with these settings.
    L with(RecurrentSettings other);

    /// Returns the state after each step.
    default L withSequences() {
        return with(settings().withSequences());
    }

    /// Runs from the last step to the first.
    default L withReversed() {
        return with(settings().withReversed());
    }

    /// Replaces the initializer of the weights of the input.
    default L withWeights(Initializer initializer) {
        return with(settings().withWeights(initializer));
    }

    /// Replaces the initializer of the weights of the state.
    default L withRecurrentWeights(Initializer initializer) {
        return with(settings().withRecurrentWeights(initializer));
    }

    /// Replaces the initializer of both biases.
    default L withBiases(Initializer initializer) {
        return with(settings().withBiases(initializer));
    }

    /// True: what follows the end of a row does not count.
    @Override
    default boolean acceptsPadding() {
        return true;
    }
}
