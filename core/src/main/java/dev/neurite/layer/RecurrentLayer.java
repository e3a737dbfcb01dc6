package dev.neurite.layer;

import dev.neurite.model.Initializer;

/// A recurrent layer. Each `with…` method returns a copy with one setting changed.
///
/// | parameter | shape |
/// |---|---|
/// | `weight_ih`, of the input | `[gates·units × in]` |
/// | `weight_hh`, of the state | `[gates·units × units]` |
/// | `bias_ih`, `bias_hh` | `[gates·units]` each |
///
/// Inputs and outputs are those of [Recurrent]; the width of y is that of the state. Names, gates and the two biases
/// are PyTorch's, whose names end in `_l0`. All parameters are initialized as there, uniform within ±1/√units.
/// Reversed, the steps run from the last of a row to the first, and the last step is that of the first element.
/// @param <L> the layer itself
public sealed interface RecurrentLayer<L extends RecurrentLayer<L>> extends Recurrent permits SimpleRnn, Lstm, Gru {
    /// The settings that all recurrent layers have.
    RecurrentSettings settings();

    L with(RecurrentSettings other);

    @Override
    default L withSequences() {
        return with(settings().withSequences());
    }

    @Override
    default L withStates() {
        return with(settings().withStates());
    }

    /// Runs from the last step to the first.
    default L withReversed() {
        return with(settings().withReversed());
    }

    /// Dropout of the state, while training: where the state is multiplied by its weights, each of its elements is 0
    /// with this probability, and the others are scaled by 1 / (1 − rate). A row has one mask for all of its steps,
    /// and what is passed on from step to step is not masked. Gal and Ghahramani 2016, arXiv:1512.05287; Keras's
    /// `recurrent_dropout`.
    /// @param rate from 0 to below 1
    /// @throws dev.neurite.error.ConfigException for a rate out of range
    default L withRecurrentDropout(double rate) {
        return with(settings().withRecurrentDropout(rate));
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

    @Override
    default boolean acceptsEncoded(String parameter) {
        return parameter.startsWith("weight_");
    }

    /// True if it does not run backwards. Initial states are whole, and those of the first part.
    @Override
    default boolean acceptsParts() {
        return !settings().reversed();
    }
}
