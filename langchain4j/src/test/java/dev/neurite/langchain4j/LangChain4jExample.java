package dev.neurite.langchain4j;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.memory.chat.MessageWindowChatMemory;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.scoring.ScoringModel;
import dev.langchain4j.rag.content.Content;
import dev.langchain4j.rag.content.aggregator.ContentAggregator;
import dev.langchain4j.rag.content.aggregator.ReRankingContentAggregator;
import dev.langchain4j.rag.content.retriever.EmbeddingStoreContentRetriever;
import dev.langchain4j.rag.query.Query;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.store.embedding.CosineSimilarity;
import dev.langchain4j.store.embedding.inmemory.InMemoryEmbeddingStore;
import dev.neurite.llm.LanguageModel;
import dev.neurite.onnx.TextEmbedder.Pooling;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

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

    interface Assistant {
        String answer(String question);
    }

    static String answered(Path file, String question) {
        String answer;
        // region chat
        try (LanguageModel model = LanguageModel.load(file)) {
            Assistant assistant = AiServices.builder(Assistant.class)
                    .chatModel(NeuriteChatModel.of(model))
                    .chatMemory(MessageWindowChatMemory.withMaxMessages(20))
                    .build();
            answer = assistant.answer(question);
        }
        // endregion
        return answer;
    }

    static Assistant reading(ChatModel chat, EmbeddingModel embedder, List<String> passages) {
        // region retrieval
        List<TextSegment> segments = passages.stream().map(TextSegment::from).toList();
        var store = new InMemoryEmbeddingStore<TextSegment>();
        store.addAll(embedder.embedAll(segments).content(), segments);
        Assistant assistant = AiServices.builder(Assistant.class)
                .chatModel(chat)
                .chatMemory(MessageWindowChatMemory.withMaxMessages(20))
                .contentRetriever(EmbeddingStoreContentRetriever.builder()
                        .embeddingModel(embedder)
                        .embeddingStore(store)
                        .maxResults(1)
                        .build())
                .build();
        // endregion
        return assistant;
    }

    static List<Content> inOrder(Path folder, String question, List<Content> found) {
        // region score
        ScoringModel model = NeuriteScoringModel.load(folder.resolve("model.onnx"), folder.resolve("tokenizer.json"))
                .withProbabilities();
        ContentAggregator aggregator = ReRankingContentAggregator.builder()
                .scoringModel(model)
                .minScore(0.4)
                .maxResults(2)
                .build();
        List<Content> ordered = aggregator.aggregate(Map.of(Query.from(question), List.of(found)));
        // endregion
        return ordered;
    }
}
