package dev.neurite.cli.search;

import dev.neurite.cli.config.YamlNode;
import dev.neurite.cli.input.LoadedData;
import dev.neurite.cli.search.SearchOptions.Strategy;
import dev.neurite.data.DataSplit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/// How to search.
/// @param space what may be chosen
/// @param strategy how trials are chosen
/// @param trials how many; empty for what is usual
/// @param seed of what is drawn, and of parting the data
/// @param folds of cross-validation; 0 where a part is held out
/// @param holdout the share that is held out; 0 where there are folds
/// @param metric what to judge by; empty for what is usual for the data
/// @param factor of halving
/// @param leastEpochs of halving
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
    private static final int USUAL = 20;

    /// The values of each trial.
    /// @throws dev.neurite.error.ConfigException for a grid with ranges
    List<SequencedMap<String, YamlNode>> candidates() {
        boolean lists = space.dimensions().stream().allMatch(each -> each.values() instanceof SearchSpace.Choice);
        if (strategy == Strategy.GRID || (strategy == Strategy.HALVING && lists && trials.isEmpty())) {
            List<SequencedMap<String, YamlNode>> all = space.grid();
            return trials.map(most -> all.subList(0, Math.min(most, all.size())))
                    .orElse(all);
        }
        return IntStream.range(0, trials.orElse(USUAL))
                .mapToObj(trial -> space.drawn(seed, trial))
                .toList();
    }

    /// The training part, split again: into what a trial trains on and what it is judged by. The test part is in
    /// neither.
    List<DataSplit> splits(LoadedData loaded) {
        return folds == 0 ? List.of(loaded.holdout(holdout, seed)) : loaded.folds("--folds", folds, seed);
    }

    /// The epochs of the rungs of halving, the last one's the whole.
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
