package dev.neurite.search;

import java.util.Optional;
import java.util.OptionalInt;

/// Trains and evaluates with one point of a search. Called by several threads at the same time.
@FunctionalInterface
public interface TrialRunner {
    /// Runs a trial.
    /// @param number of the trial, from 1
    /// @param point the values to try
    /// @param rung the round of halving, from 0
    /// @param epochs the number of epochs that halving wants; empty without halving
    /// @return the result, also of a trial that failed; empty if it was interrupted
    Optional<Trial> run(int number, Point point, int rung, OptionalInt epochs);
}
