package dev.neurite.spring;

import dev.neurite.error.ConfigException;
import dev.neurite.onnx.TextEmbedder;
import dev.neurite.onnx.TextVector;
import java.util.ArrayList;
import java.util.List;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.Embedding;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.embedding.EmbeddingResponseMetadata;

/// An embedding model of Spring AI that is computed in Java alone, without a server or a native library. Texts of one
/// request are computed together, by [TextEmbedder]'s rules. Safe to use from many threads.
public final class SpringAiEmbeddingModel implements EmbeddingModel {
    private static final String NAME = "neurite";

    private final TextEmbedder embedder;

    private SpringAiEmbeddingModel(TextEmbedder embedder) {
        this.embedder = embedder;
    }

    /// A model of an embedder, whose settings are kept.
    public static SpringAiEmbeddingModel of(TextEmbedder embedder) {
        return new SpringAiEmbeddingModel(embedder);
    }

    /// The vectors of texts, in their order, with the number of their tokens, without special tokens. A model's name in
    /// the options is not looked at.
    /// @throws ConfigException if the options ask for vectors of another size
    @Override
    public EmbeddingResponse call(EmbeddingRequest request) {
        Integer dimensions =
                request.getOptions() == null ? null : request.getOptions().getDimensions();
        if (dimensions != null && dimensions != dimensions()) {
            throw new ConfigException(
                    "embedding options", "expects vectors of " + dimensions() + " numbers, got " + dimensions);
        }
        List<TextVector> vectors = embedder.vectors(request.getInstructions());
        List<Embedding> embeddings = new ArrayList<>();
        int tokens = 0;
        for (TextVector each : vectors) {
            embeddings.add(new Embedding(each.vector(), embeddings.size()));
            tokens += each.tokens();
        }
        return new EmbeddingResponse(
                embeddings, new EmbeddingResponseMetadata(NAME, new DefaultUsage(tokens, 0, tokens)));
    }

    @Override
    public float[] embed(Document document) {
        String text = getEmbeddingContent(document);
        return embedder.embed(text == null ? "" : text);
    }

    /// The size of the vectors, which the file has; no text is computed for it.
    @Override
    public int dimensions() {
        return embedder.dimension();
    }
}
