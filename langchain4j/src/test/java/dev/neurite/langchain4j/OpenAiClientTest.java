package dev.neurite.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.Response;
import dev.neurite.llm.GeneratedText;
import dev.neurite.llm.Generation;
import dev.neurite.llm.LanguageModel;
import dev.neurite.llm.chat.Message;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.TextEmbedder;
import dev.neurite.serve.NeuriteServer;
import dev.neurite.text.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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

    @Test
    void answersOverHttpAreTheModels() throws Exception {
        Path file = LanguageFiles.CHATTING;
        try (LanguageModel model = LanguageModel.load(file);
                NeuriteServer server =
                        NeuriteServer.of(file).port(0).warmUp(Duration.ZERO).start()) {
            String url = "http://127.0.0.1:" + server.port() + "/v1";
            String name = server.models().getFirst();
            List<Message> messages =
                    List.of(new Message(Message.Role.SYSTEM, "be brief"), new Message(Message.Role.USER, "the rain"));
            GeneratedText expected =
                    model.chat(messages, Generation.USUAL.greedy().withMaxTokens(12));
            List<ChatMessage> given = List.of(SystemMessage.from("be brief"), UserMessage.from("the rain"));

            ChatResponse whole = OpenAiChatModel.builder()
                    .baseUrl(url)
                    .apiKey("none")
                    .modelName(name)
                    .temperature(0.0)
                    .maxTokens(12)
                    .build()
                    .chat(given);
            assertThat(whole.aiMessage().text()).isEqualTo(expected.text()).isNotEmpty();
            assertThat(whole.finishReason()).isEqualTo(FinishReason.LENGTH);
            assertThat(whole.tokenUsage().inputTokenCount()).isEqualTo(expected.promptTokens());
            assertThat(whole.tokenUsage().outputTokenCount()).isEqualTo(12);

            var pieces = new StringBuffer();
            var last = new CompletableFuture<ChatResponse>();
            OpenAiStreamingChatModel.builder()
                    .baseUrl(url)
                    .apiKey("none")
                    .modelName(name)
                    .temperature(0.0)
                    .maxTokens(12)
                    .build()
                    .chat(given, new StreamingChatResponseHandler() {
                        @Override
                        public void onPartialResponse(String piece) {
                            pieces.append(piece);
                        }

                        @Override
                        public void onCompleteResponse(ChatResponse response) {
                            last.complete(response);
                        }

                        @Override
                        public void onError(Throwable problem) {
                            last.completeExceptionally(problem);
                        }
                    });
            ChatResponse streamed = last.get(20, TimeUnit.SECONDS);
            assertThat(pieces).hasToString(expected.text());
            assertThat(streamed.aiMessage().text()).isEqualTo(expected.text());
            assertThat(streamed.tokenUsage().totalTokenCount()).isEqualTo(expected.promptTokens() + 12);

            assertThatThrownBy(() -> OpenAiChatModel.builder()
                            .baseUrl(url)
                            .apiKey("none")
                            .modelName(name)
                            .maxRetries(0)
                            .build()
                            .chat("a ".repeat(1024)))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("context_length_exceeded");
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
