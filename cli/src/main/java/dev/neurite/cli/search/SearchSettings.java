package dev.neurite.cli.search;

import dev.neurite.cli.input.LoadedData;
import dev.neurite.cli.search.SearchOptions.Strategy;
import dev.neurite.yaml.YamlNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.IntStream;

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

    /// The values of each trial.
    /// @throws dev.neurite.error.ConfigException for a grid with ranges
    List<SequencedMap<String, YamlNode>> candidates() {
        boolean lists = space.dimensions().stream().allMatch(each -> each.values() instanceof SearchSpace.Choice);
        if (strategy == Strategy.GRID || (strategy == Strategy.HALVING && lists && trials.isEmpty())) {
            List<SequencedMap<String, YamlNode>> all = space.grid();
            return trials.map(most -> all.subList(0, Math.min(most, all.size())))
                    .orElse(all);
        }
        return IntStream.range(0, trials.orElse(DEFAULT_TRIALS))
                .mapToObj(trial -> space.draw(seed, trial))
                .toList();
    }

    /// The splits of the training part, for training and evaluating trials. The test part is not used.
    List<LoadedData> splits(LoadedData loaded) {
        return folds == 0 ? List.of(loaded.holdout(holdout, seed)) : loaded.folds("--folds", folds, seed);
    }

    /// The epochs of the rungs of halving; the last rung has all epochs.
    List<Integer> rungs(int trials, int epochs) {
        List<Integer> rungs = new ArrayList<>(List.of(epochs));
        for (int left = trials; strategy == Strategy.HALVING && left >= factor; left /= factor) {
            int fewer = rungs.getFirst() / factor;
            if (fewer < leastEpochs) break;
            rungs.addFirst(fewer);
        }
        return rungs;
    }
}
