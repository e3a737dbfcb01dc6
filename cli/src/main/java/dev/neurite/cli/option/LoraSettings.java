package dev.neurite.cli.option;

import dev.neurite.error.ConfigException;
import dev.neurite.io.PretrainedWeights;
import dev.neurite.io.PretrainedWeights.Transfer;
import dev.neurite.io.Spec;
import dev.neurite.layer.Adapted;
import dev.neurite.layer.Flatten;
import dev.neurite.layer.Lora;
import dev.neurite.model.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Adapters that are trained beside the weights of another run.
/// @param rank of the adapters
/// @param alpha their scale is alpha / rank
/// @param dropout of their inputs
/// @param targets names of the linear maps that get one; empty for all but the layer of the output
public record LoraSettings(int rank, double alpha, double dropout, List<String> targets) {
    static final double USUAL_ALPHA = 8;

    /// @throws ConfigException for numbers out of range
    public LoraSettings {
        targets = List.copyOf(targets);
        new Adapted(new Flatten(), rank, alpha, dropout, targets); // checks the numbers
    }

    /// The model with adapters.
    /// @param start whose model it is; all its weights are those of the other run, as they are not trained
    /// @throws ConfigException for a network with new layers, or without linear maps
    Model adapted(Model model, Transfer start, long seed) {
        List<String> fresh = new ArrayList<>(start.missing());
        for (PretrainedWeights.Misfit each : start.misshapen()) fresh.add(each.toString());
        if (!fresh.isEmpty()) {
            throw new ConfigException(
                    LoraOptions.LORA,
                    "expects a run that has all weights of this network, as they are not trained, got one without "
                            + String.join(", ", fresh),
                    "Train without " + LoraOptions.LORA + " first, then adapters from that run");
        }
        return ConfigException.named(
                LoraOptions.LORA,
                () -> Lora.of(model, rank)
                        .withAlpha(alpha)
                        .withDropout(dropout)
                        .withTargets(targets)
                        .adapted(seed));
    }

    void describe(Map<String, Object> json) {
        json.put("lora", rank);
        json.put("lora_alpha", alpha);
        json.put("lora_dropout", dropout);
        json.put("lora_targets", targets);
    }

    String note() {
        return "adapters of rank " + rank + ", alpha " + Spec.number(alpha)
                + (dropout == 0 ? "" : ", dropout " + Spec.number(dropout));
    }
}
