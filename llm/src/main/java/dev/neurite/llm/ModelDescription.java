package dev.neurite.llm;

import dev.neurite.llm.family.StoredParameters;
import dev.neurite.llm.network.CacheType;
import dev.neurite.llm.network.DecoderSettings;
import dev.neurite.llm.tokenizer.ModelTokenizer;
import dev.neurite.llm.weights.StoredTensor;
import dev.neurite.llm.weights.StoredType;
import dev.neurite.model.Network;
import dev.neurite.model.Parameter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What the files of a language model say of it, read without its weights.
/// @param architecture as the files call it: `llama`, `qwen2`
/// @param decoder its sizes and settings
/// @param tokenizer its tokenizer and chat template
/// @param tensors of the files, in their order
/// @param parameters the number of its parameters
/// @param weightBytes the memory that its weights need, bytes
/// @param bytesOfToken those of them that are read for each token of an answer
public record ModelDescription(
        String architecture,
        DecoderSettings decoder,
        ModelTokenizer tokenizer,
        List<Stored> tensors,
        long parameters,
        long weightBytes,
        long bytesOfToken) {
    /// A tensor of a file.
    /// @param name in the file
    /// @param type of its elements
    /// @param elements how many it has
    /// @param bytes that they take in the file
    public record Stored(String name, StoredType type, long elements, long bytes) {}

    /// Copies the list.
    public ModelDescription {
        tensors = List.copyOf(tensors);
    }

    /// Reads the description of a GGUF file, or a directory of Hugging Face.
    /// @throws dev.neurite.error.ModelFormatException for files that are damaged, a family that is not known,
    /// or tensors that are not those of the description
    /// @throws dev.neurite.error.DataException if there is no such file
    public static ModelDescription of(Path path) {
        try (LoadedFiles files = LoadedFiles.open(path)) {
            String type = files.description().textOr("model_type", "");
            long parameters = 0;
            long bytes = 0;
            long tables = 0; // of which a token reads a row
            Network network = files.network();
            List<Parameter> encodable = network.encodable();
            for (Parameter each : network.parameters()) {
                StoredParameters.require(each, files.weights(), files.source(each), encodable);
                StoredTensor stored = files.weights().tensor(files.source(each).tensor());
                long own = StoredParameters.bytes(each, stored, encodable);
                parameters += each.size();
                bytes += own;
                if (isTable(each.name(), files.decoder())) tables += own;
            }
            List<Stored> tensors = new ArrayList<>();
            for (StoredTensor each : files.weights().tensors()) {
                tensors.add(new Stored(each.name(), each.type(), each.shape().size(), each.byteSize()));
            }
            return new ModelDescription(
                    files.description().textOr("general.architecture", type),
                    files.decoder(),
                    files.tokenizer(),
                    tensors,
                    parameters,
                    bytes,
                    bytes - tables);
        }
    }

    /// Whether a token reads a row of a parameter alone.
    private static boolean isTable(String parameter, DecoderSettings decoder) {
        return parameter.equals(DecoderSettings.POSITIONS)
                || (parameter.equals(DecoderSettings.EMBEDDING) && !decoder.tied());
    }

    /// The memory that the keys and values of a text need, bytes.
    /// @param tokens of the text, with its prompt
    /// @param type of the keys and values
    public long cacheBytes(long tokens, CacheType type) {
        DecoderSettings.Attention a = decoder.attention();
        return 2L * decoder.depth() * a.keyHeads() * type.bytes(a.size()) * tokens;
    }
}
