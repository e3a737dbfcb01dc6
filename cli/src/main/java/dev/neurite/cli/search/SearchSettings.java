package dev.neurite.cli.search;

import dev.neurite.cli.input.LoadedData;
import dev.neurite.cli.search.SearchOptions.Strategy;
import dev.neurite.search.Search;
import java.util.List;
import java.util.Optional;

/// Settings of a search.
/// @param space the values to try
/// @param strategy how trials are chosen
/// @param trials the number of trials; empty for the default
/// @param seed of random draws and of splits
/// @param folds of cross-validation; 0 if a share is held out
/// @param holdout the share that is held out; 0 if there are folds
/// @param metric to compare trials by; empty for the default of the data
/// @param factor of halving: one trial in this many continues
/// @param leastEpochs the least epochs of the first round of halving
public record SearchSettings(
        SearchSpace space,
        Strategy strategy,
        Optional<Integer> trials,
        long seed,
        int folds,
        double holdout,
        Optional<String> metric,
        int factor,
        int leastEpochs) {
    private static final int DEFAULT_TRIALS = 20;

    /// The search.
    /// @throws dev.neurite.error.ConfigException for a grid with ranges
    Search search() {
        boolean grid =
                strategy == Strategy.GRID || (strategy == Strategy.HALVING && space.isGrid() && trials.isEmpty());
        if (grid) space.requireGrid();
        Search search = space.in(grid ? Search.grid() : Search.random(trials.orElse(DEFAULT_TRIALS)))
                .seed(seed);
        if (grid && trials.isPresent()) search = search.atMost(trials.get());
        return strategy == Strategy.HALVING ? search.halving(factor).leastEpochs(leastEpochs) : search;
    }

    /// The splits of the training part, for training and evaluating trials. The test part is not used.
    List<LoadedData> splits(LoadedData loaded) {
        return folds == 0 ? List.of(loaded.holdout(holdout, seed)) : loaded.folds("--folds", folds, seed);
    }
}
