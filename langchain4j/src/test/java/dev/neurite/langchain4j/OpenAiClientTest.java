package dev.neurite.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.output.Response;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.TextEmbedder;
import dev.neurite.serve.NeuriteServer;
import dev.neurite.text.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// LangChain4j's client of OpenAI asks the server of models.
class OpenAiClientTest {
    @Test
    void vectorsOverHttpAreTheEmbeddersToTheBit() throws IOException {
        TextEmbedder embedder;
        try (InputStream model = resource(LangChain4jModels.QUANTIZED.file());
                InputStream tokenizer = resource(LangChain4jModels.QUANTIZED.tokenizer())) {
            embedder = TextEmbedder.of(OnnxModel.read(model.readAllBytes()), Tokenizer.read(tokenizer));
        }
        List<String> texts = List.of("The cat sits outside.", "one", "Ein größerer Tisch");
        try (NeuriteServer server = NeuriteServer.of()
                .model("minilm", embedder)
                .port(0)
                .warmUp(Duration.ZERO)
                .start()) {
            EmbeddingModel client = client(server, "minilm");
            Response<List<Embedding>> all =
                    client.embedAll(texts.stream().map(TextSegment::from).toList());
            for (int i = 0; i < texts.size(); i++) {
                assertThat(all.content().get(i).vector()).containsExactly(embedder.embed(texts.get(i)));
            }
            assertThat(Objects.requireNonNull(all.tokenUsage()).inputTokenCount())
                    .isEqualTo(texts.stream().mapToInt(embedder::tokens).sum());
            assertThatThrownBy(() -> client(server, "other").embed("a"))
                    .isInstanceOf(ModelNotFoundException.class)
                    .hasMessageContaining("there is no model 'other'");
        }
    }

    private static InputStream resource(String name) {
        return Objects.requireNonNull(OpenAiClientTest.class.getClassLoader().getResourceAsStream(name));
    }

    private static EmbeddingModel client(NeuriteServer server, String name) {
        int port = server.port();
        // region client
        EmbeddingModel model = OpenAiEmbeddingModel.builder()
                .baseUrl("http://127.0.0.1:" + port + "/v1")
                .apiKey("none")
                .modelName(name)
                .build();
        // endregion
        return model;
    }
}
