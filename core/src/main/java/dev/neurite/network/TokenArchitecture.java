package dev.neurite.network;

/// A network whose inputs are ids of tokens of a vocabulary that is one of its settings, as it is not the number of
/// its outputs.
public interface TokenArchitecture extends Architecture {
    /// The number of tokens; 0 for one that is not known yet.
    int vocabulary();

    /// A copy for this many tokens.
    /// @param tokens at least 1
    TokenArchitecture withVocabulary(int tokens);
}
