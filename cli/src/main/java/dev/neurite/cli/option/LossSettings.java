package dev.neurite.cli.option;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.loss.Loss;
import dev.neurite.loss.Losses;
import dev.neurite.train.ClassWeights;
import dev.neurite.train.Reduction;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// The loss to minimize.
/// @param chosen the loss; empty for the usual one for the data
/// @param ofClasses the option, beside that of the loss, that only means something for classes; empty for none
/// @param balanced whether classes have weights that make up for their numbers
/// @param reduction of the rows' losses
public record LossSettings(
        Optional<CatalogChoice<Loss>> chosen, Optional<String> ofClasses, boolean balanced, Reduction reduction) {
    /// The loss for this data.
    /// @throws ConfigException for what only classes have where answers are none
    public Loss loss(Dataset train) {
        if (chosen.isEmpty()) return train.isLabeled() ? Losses.crossEntropy() : Losses.meanSquaredError();
        if (ofClasses.isPresent() && !train.isLabeled()) {
            throw new ConfigException(ofClasses.get(), "expects data with classes, got answers that are values");
        }
        if (!balanced) return chosen.get().make();
        return chosen.get()
                .with(LossOptions.CLASS_WEIGHTS, "class-weights", balancedWeights(train))
                .make();
    }

    private static String balancedWeights(Dataset train) {
        float[] weights = ClassWeights.balanced(train);
        return IntStream.range(0, weights.length)
                .mapToObj(i -> Float.toString(weights[i]))
                .collect(Collectors.joining("/"));
    }
}
