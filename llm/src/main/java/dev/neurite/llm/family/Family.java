package dev.neurite.llm.family;

import dev.neurite.error.ModelFormatException;
import dev.neurite.error.Spelling;
import dev.neurite.llm.gguf.Metadata;
import dev.neurite.llm.network.DecoderSettings;
import dev.neurite.llm.weights.WeightFile;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// A family of language models: how its files, GGUF or a directory of Hugging Face, describe a
/// [DecoderSettings], and where they have its parameters.
public interface Family {
    /// Describes the model of a GGUF file.
    /// @param keys with the prefix of the architecture: `llama.block_count`
    /// @param weights of the file; of some settings the tensors are the only sign
    /// @throws ModelFormatException for keys that are missing, or settings that are not known
    DecoderSettings ofGguf(Metadata keys, WeightFile weights);

    /// Describes the model of a `config.json`.
    /// @param config its members; those of an object inside with its name and a dot: `rope_scaling.factor`
    /// @throws ModelFormatException for members that are missing, or settings that are not known
    DecoderSettings ofConfig(Metadata config);

    /// Where a GGUF file has a parameter.
    /// @param parameter as in [DecoderSettings]: `model.layers.0.mlp.up_proj.weight`
    default Source ggufSource(DecoderSettings decoder, String parameter) {
        return Source.of(GgufNames.of(parameter));
    }

    /// Where files of Hugging Face have a parameter.
    /// @param parameter as in [DecoderSettings], whose names are Hugging Face's
    default Source source(DecoderSettings decoder, String parameter) {
        return Source.of(parameter);
    }

    /// The name that a file of Hugging Face gives a parameter: models for images and texts have another beginning.
    /// @param has whether the file has a name
    static String inFile(Predicate<String> has, String name) {
        String inside = name.replaceFirst("^model\\.", "model.language_model.");
        return Stream.of(name, "language_model." + name, inside)
                .filter(has)
                .findFirst()
                .orElse(name);
    }

    /// Whether GGUF files have neighboring rows of queries and keys where rotary positions turn pairs, and not
    /// both halves of a head.
    default boolean interleaved() {
        return false;
    }

    /// How many neighboring rows of a parameter GGUF files have in another order than files of Hugging Face, see
    /// [#halves]; 0 if they are in the same one.
    default int reordered(DecoderSettings decoder, String parameter) {
        boolean turned = parameter.contains(".q_proj.") || parameter.contains(".k_proj.");
        return interleaved() && turned ? decoder.attention().size() : 0;
    }

    /// Where Hugging Face's files, which have both halves of a head one after the other, have a row of GGUF's,
    /// which have the pairs that rotary positions turn side by side.
    /// @param head the rows of a head; 0 if all stay where they are
    static int halves(int row, int head) {
        if (head == 0) return row;
        int inside = row % head;
        return row - inside + inside % 2 * (head / 2) + inside / 2;
    }

    /// Where a file has a parameter.
    /// @param tensor its name in the file
    /// @param firstRow the first of its rows that belong to the parameter
    /// @param part whether only some rows do
    /// @param added what is added to each number, 1 for norms that files have less 1; else 0
    record Source(String tensor, int firstRow, boolean part, float added) {
        static Source of(String tensor) {
            return new Source(tensor, 0, false, 0);
        }

        /// Rows of a tensor, as many as the parameter has.
        static Source rows(String tensor, int first) {
            return new Source(tensor, first, true, 0);
        }

        /// The same of a tensor with another name.
        public Source named(String other) {
            return new Source(other, firstRow, part, added);
        }

        Source plus(float more) {
            return new Source(tensor, firstRow, part, added + more);
        }
    }

    /// The family of a GGUF file, by its `general.architecture`.
    /// @throws ModelFormatException for one that is not known, with those that are
    static Family ofGguf(Metadata metadata) {
        return Known.find(metadata, "general.architecture", Known.OF_GGUF);
    }

    /// The family of a `config.json`, by its `model_type`.
    /// @throws ModelFormatException for one that is not known, with those that are
    static Family familyOf(Metadata config) {
        return Known.find(config, "model_type", Known.OF_CONFIG);
    }

    /// The families by the names that files give them.
    final class Known {
        private static final Map<String, Family> OF_GGUF = Map.of(
                "gpt2", new Gpt2(),
                "llama", new Llama(true),
                "qwen2", new Llama(false),
                "qwen3", new Llama(false),
                "phi3", new Phi3(),
                "gemma", new Gemma(1),
                "gemma2", new Gemma(2),
                "gemma3", new Gemma(3));
        private static final Map<String, Family> OF_CONFIG = Map.of(
                "gpt2", new Gpt2(),
                "llama", new Llama(true),
                "mistral", new Llama(true),
                "qwen2", new Llama(false),
                "qwen3", new Llama(false),
                "phi3", new Phi3(),
                "gemma", new Gemma(1),
                "gemma2", new Gemma(2),
                "gemma3_text", new Gemma(3),
                "gemma3", new Gemma(3));

        private Known() {}

        private static Family find(Metadata metadata, String key, Map<String, Family> known) {
            String name = metadata.text(key);
            Family family = known.get(name);
            if (family != null) return family;
            throw new ModelFormatException(
                    metadata.source() + ", key '" + key + "'",
                    "expects one of " + new TreeMap<>(known).keySet() + ", got '" + name + "'",
                    Spelling.hint(name, known.keySet()));
        }
    }
}
