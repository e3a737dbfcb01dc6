package dev.neurite.train;

import dev.neurite.model.Model;
import dev.neurite.model.Profile;
import dev.neurite.optim.Iteration;
import java.util.Optional;

/// What training gave.
/// @param model the trained model: with the mean of its parameters where one was kept ([Trainer#average])
/// @param last the model as the last step left it
/// @param history how it went
/// @param profile where the time of its steps went; without rows unless [Trainer#profile] was asked for
/// @param minimum what the last iteration of [Trainer#minimizer] brought; empty with an optimizer
/// @param stopped why training has not gone through all its epochs: what the callback said that ended it, or
/// `interrupted` when the thread was; empty if it has
/// @param paused whether [Trainer#resume] would go on
public record Run(
        Model model,
        Model last,
        History history,
        Profile profile,
        Optional<Iteration> minimum,
        Optional<String> stopped,
        boolean paused) {}
