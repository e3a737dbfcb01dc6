package dev.neurite.train;

import dev.neurite.model.Model;
import dev.neurite.model.Profile;

/// What training gave.
/// @param model the trained model
/// @param history how it went
/// @param profile where the time of its steps went; without rows unless [Trainer#profile] was asked for
public record Run(Model model, History history, Profile profile) {}
