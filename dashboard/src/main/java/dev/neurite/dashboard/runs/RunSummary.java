package dev.neurite.dashboard.runs;

import dev.neurite.dashboard.view.RunState.Phase;
import java.util.Map;

/// A run in one line of a list.
/// @param id its name in addresses
/// @param phase what it is doing
/// @param data the name of its data
/// @param model the network in a word
/// @param epoch the epoch of its newest line
/// @param epochs the number of all epochs; −1 if it is not known
/// @param step the number of steps taken
/// @param steps the number of all steps; −1 if it is not known
/// @param started when it began, in seconds since 1970; NaN if it is not known
/// @param seconds the time from its first to its newest line; NaN if it is not known
/// @param metrics the newest figures by name: `val.loss`
/// @param config its settings by path
public record RunSummary(
        String id,
        Phase phase,
        String data,
        String model,
        int epoch,
        int epochs,
        long step,
        long steps,
        double started,
        double seconds,
        Map<String, Double> metrics,
        Map<String, String> config) {}
