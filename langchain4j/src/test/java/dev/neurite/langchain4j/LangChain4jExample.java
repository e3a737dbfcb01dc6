package dev.neurite.langchain4j;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.store.embedding.CosineSimilarity;
import dev.neurite.onnx.TextEmbedder.Pooling;
import java.util.Comparator;
import java.util.List;

/// What docs/langchain4j.md shows.
final class LangChain4jExample {
    private LangChain4jExample() {}

    static String mostSimilar(ClassLoader classes, String question) {
        // region langchain4j
        EmbeddingModel model = NeuriteEmbeddingModel.load(
                classes, "all-minilm-l6-v2.onnx", "all-minilm-l6-v2-tokenizer.json", Pooling.MEAN);

        var texts = List.of("The cat sleeps on the sofa.", "Shares fell on Monday.", "Rain is expected in the north.");
        List<Embedding> vectors =
                model.embedAll(texts.stream().map(TextSegment::from).toList()).content();
        Embedding asked = model.embed(question).content();
        Embedding nearest = vectors.stream()
                .max(Comparator.comparingDouble(each -> CosineSimilarity.between(each, asked)))
                .orElseThrow();
        // endregion
        return texts.get(vectors.indexOf(nearest));
    }
}
