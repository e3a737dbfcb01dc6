package dev.neurite.cli.option;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.loss.Focal;
import dev.neurite.loss.Loss;
import dev.neurite.loss.Losses;
import dev.neurite.train.ClassWeights;
import dev.neurite.train.Reduction;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Settings of the loss.
/// @param chosen the loss; empty for the default of the data
/// @param classOption the given option that needs data with classes; empty for none
/// @param balanced whether class weights are inverse to the classes' numbers of rows
/// @param reduction mean or sum of the rows' losses
public record LossSettings(
        Optional<CatalogChoice<Loss>> chosen, Optional<String> classOption, boolean balanced, Reduction reduction) {
    /// Whether rare classes count more: by weights, or as the focal loss has it.
    public boolean weighsClasses() {
        boolean focal = chosen.filter(each -> each.make() instanceof Focal).isPresent();
        return focal || classOption.filter(LossOptions.CLASS_WEIGHTS::equals).isPresent();
    }

    /// The loss for this data.
    /// @throws ConfigException for options of classes if the data has none
    public Loss loss(Dataset train) {
        if (chosen.isEmpty()) return train.isLabeled() ? Losses.crossEntropy() : Losses.meanSquaredError();
        if (classOption.isPresent() && !train.isLabeled()) {
            throw new ConfigException(classOption.get(), "expects data with classes, got numbers as targets");
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
