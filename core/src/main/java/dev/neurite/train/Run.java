package dev.neurite.train;

import dev.neurite.model.Model;

/// What training gave.
/// @param model the trained model
/// @param history how it went
public record Run(Model model, History history) {}
