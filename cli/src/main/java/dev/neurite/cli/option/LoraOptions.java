package dev.neurite.cli.option;

import dev.neurite.error.ConfigException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of adapters (LoRA) beside the weights of another run.
public final class LoraOptions {
    public static final String LORA = "--lora";
    private static final String LORA_ALPHA = "--lora-alpha";
    private static final String LORA_DROPOUT = "--lora-dropout";
    private static final String LORA_TARGETS = "--lora-targets";

    @Option(
            names = LORA,
            paramLabel = "RANK",
            description = "Train adapters of this rank (LoRA) beside the weights of --from, which stay as they are. The"
                    + " run has the model with them merged, and the adapters alone in the files of PEFT.")
    private @Nullable Integer lora;

    @Option(
            names = LORA_ALPHA,
            paramLabel = "A",
            description = "Of --lora: what adapters add is scaled by A / RANK; 8 by default.")
    private @Nullable Double loraAlpha;

    @Option(
            names = LORA_DROPOUT,
            paramLabel = "RATE",
            description = "Of --lora: the dropout rate of the inputs of adapters; 0 (default) to below 1.")
    private @Nullable Double loraDropout;

    @Option(
            names = LORA_TARGETS,
            paramLabel = "NAME[,NAME…]",
            description = "Of --lora: the dense layers and projections of attention that get adapters, by name, * for"
                    + " any text: *.in_proj,h.0.linear1. By default all but the layer of the output.")
    private @Nullable String loraTargets;

    /// The adapters to train; empty for none.
    /// @param from the run whose weights to begin with; null for none
    /// @throws ConfigException for values out of range, or without such a run
    public Optional<LoraSettings> settings(@Nullable String from) {
        if (lora == null) {
            String given = loraAlpha != null
                    ? LORA_ALPHA
                    : loraDropout != null ? LORA_DROPOUT : loraTargets != null ? LORA_TARGETS : "";
            if (given.isEmpty()) return Optional.empty();
            throw new ConfigException(given, "expects " + LORA + ", the rank of adapters, got none");
        }
        if (from == null) {
            throw new ConfigException(
                    LORA,
                    "expects " + NetworkOptions.FROM + ", the run beside whose weights adapters are trained, got none");
        }
        int rank = lora;
        List<String> targets = loraTargets == null
                ? List.of()
                : Stream.of(loraTargets.split(",", -1)).map(String::strip).toList();
        return Optional.of(ConfigException.named(
                LORA,
                () -> new LoraSettings(
                        rank,
                        loraAlpha == null ? LoraSettings.USUAL_ALPHA : loraAlpha,
                        loraDropout == null ? 0 : loraDropout,
                        targets)));
    }
}
