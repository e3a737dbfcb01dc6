package dev.neurite.loss;

import dev.neurite.error.ConfigException;
import java.util.List;
import java.util.stream.Collectors;

/// The weighted sum of one loss for each output of a network: L = Σ factorᵢ · Lᵢ(output i, targets i).
/// Each Lᵢ is a mean or sum over rows.
/// @param losses one for each output, in order
public record Joint(List<Weighted> losses) implements Criterion {
    /// Keeps a copy.
    /// @throws ConfigException if there are none, or all factors are 0
    public Joint {
        losses = List.copyOf(losses);
        if (losses.stream().noneMatch(each -> each.factor() > 0)) {
            throw new ConfigException("joint loss", "expects at least one loss with a factor above 0, got " + losses);
        }
    }

    @Override
    public String toString() {
        return losses.stream().map(Weighted::toString).collect(Collectors.joining(" + "));
    }
}
