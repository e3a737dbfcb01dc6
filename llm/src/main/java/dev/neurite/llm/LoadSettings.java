package dev.neurite.llm;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Kernels;
import dev.neurite.llm.network.CacheType;
import java.nio.file.Path;
import java.util.Optional;

/// How a [LanguageModel] is loaded.
/// @param context the most tokens of a prompt and its answer together, up to those that the model was trained for; 0,
/// the default, for all of these. Memory for them is taken as texts need it
/// @param kept how many texts the model keeps, so that those that go on with them are not computed from the beginning,
/// from 0; 4 by default
/// @param kernels compute it; [Kernels#shared()] by default. Not to be closed while the model is in use
/// @param cache the type of the keys and values that texts keep; [CacheType#F32] by default, which is the only one of
/// models with GPT-2's blocks
/// @param adapter a directory of PEFT with adapters (LoRA), `adapter_config.json` and `adapter_model.safetensors`, that
/// compute beside the weights; none by default
public record LoadSettings(int context, int kept, Kernels kernels, CacheType cache, Optional<Path> adapter) {
    /// The defaults.
    public static final LoadSettings USUAL = new LoadSettings(0, 4, Kernels.shared(), CacheType.F32, Optional.empty());

    /// @throws ConfigException for numbers below 0
    public LoadSettings {
        if (context < 0 || kept < 0) {
            throw new ConfigException(
                    "language model",
                    "expects a context and a number of texts from 0, got " + context + " and " + kept);
        }
    }

    /// A copy with this context.
    public LoadSettings withContext(int tokens) {
        return new LoadSettings(tokens, kept, kernels, cache, adapter);
    }

    /// A copy that keeps so many texts.
    public LoadSettings withKept(int texts) {
        return new LoadSettings(context, texts, kernels, cache, adapter);
    }

    /// A copy that computes with these kernels, such as those of another number of threads.
    public LoadSettings withKernels(Kernels other) {
        return new LoadSettings(context, kept, other, cache, adapter);
    }

    /// A copy whose texts keep keys and values of this type.
    public LoadSettings withCache(CacheType type) {
        return new LoadSettings(context, kept, kernels, type, adapter);
    }

    /// A copy with the adapters of a directory.
    public LoadSettings withAdapter(Path directory) {
        return new LoadSettings(context, kept, kernels, cache, Optional.of(directory));
    }
}
