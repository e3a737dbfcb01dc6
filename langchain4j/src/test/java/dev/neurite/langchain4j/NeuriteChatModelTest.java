package dev.neurite.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.memory.chat.MessageWindowChatMemory;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.service.AiServices;
import dev.neurite.generate.Sampling;
import dev.neurite.io.json.Json;
import dev.neurite.llm.GeneratedText;
import dev.neurite.llm.Generation;
import dev.neurite.llm.LanguageModel;
import dev.neurite.llm.chat.Message;
import dev.neurite.llm.chat.Message.Role;
import dev.neurite.llm.grammar.JsonGrammar;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class NeuriteChatModelTest {
    private static final Generation GREEDY = Generation.USUAL.greedy().withMaxTokens(12);
    private static final UserMessage RAIN = UserMessage.from("the rain");
    private static final Message ASKED = new Message(Role.USER, "the rain");

    private static LanguageModel model;
    private static NeuriteChatModel chat;

    @BeforeAll
    static void load() {
        model = LanguageModel.load(LanguageFiles.CHATTING);
        chat = NeuriteChatModel.of(model, GREEDY);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static ChatRequest.Builder request() {
        return ChatRequest.builder().messages(RAIN);
    }

    @Test
    void anAnswerIsTheModels() {
        GeneratedText expected = model.chat(List.of(ASKED), GREEDY);
        ChatResponse response = chat.chat(RAIN);
        assertThat(response.aiMessage().text()).isEqualTo(expected.text()).isNotEmpty();
        assertThat(response.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(response.tokenUsage().inputTokenCount()).isEqualTo(expected.promptTokens());
        assertThat(response.tokenUsage().outputTokenCount()).isEqualTo(12);
    }

    @Test
    void parametersAreTheRequests() {
        Generation how = GREEDY.withMaxTokens(20)
                .withSampling(new Sampling(0.9, 40, 0.8, 0, GREEDY.sampling().penalties(), 0));
        GeneratedText whole = model.chat(List.of(ASKED), how);
        ChatRequest.Builder asked =
                request().temperature(0.9).topK(40).topP(0.8).maxOutputTokens(20);
        assertThat(chat.chat(asked.build()).aiMessage().text()).isEqualTo(whole.text());
        String stop = whole.text().substring(4, 6);
        ChatResponse stopped = chat.chat(asked.stopSequences(List.of(stop)).build());
        assertThat(stopped.aiMessage().text())
                .isEqualTo(whole.text().substring(0, whole.text().indexOf(stop)));
        assertThat(stopped.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(chat.chat(request()
                                .frequencyPenalty(2.0)
                                .presencePenalty(2.0)
                                .build())
                        .aiMessage()
                        .text())
                .isNotEqualTo(chat.chat(RAIN).aiMessage().text());
    }

    @Test
    void messagesAndToolsReachTheTemplate() {
        var tool = ToolSpecification.builder()
                .name("tide")
                .description("how high")
                .parameters(
                        JsonObjectSchema.builder().addStringProperty("place").build())
                .build();
        var call = ToolExecutionRequest.builder()
                .id("1")
                .name("tide")
                .arguments("{\"place\":\"sea\"}")
                .build();
        ChatRequest.Builder asked = ChatRequest.builder()
                .messages(
                        SystemMessage.from("be brief"),
                        UserMessage.from(TextContent.from("a"), TextContent.from("b")),
                        AiMessage.from(call),
                        ToolExecutionResultMessage.from(call, "12"));
        List<Message> messages = List.of(
                new Message(Role.SYSTEM, "be brief"),
                new Message(Role.USER, "a\nb"),
                new Message(
                        Role.ASSISTANT,
                        "",
                        Map.of("tool_calls", List.of(Map.of("function", Map.of("arguments", Map.of("place", "sea")))))),
                new Message(Role.TOOL, "12"));
        assertThat(chat.chat(asked.build()).aiMessage().text())
                .isEqualTo(model.chat(messages, GREEDY).text());
        int with =
                chat.chat(asked.toolSpecifications(tool).build()).tokenUsage().inputTokenCount();
        int without = chat.chat(asked.toolChoice(ToolChoice.NONE).build())
                .tokenUsage()
                .inputTokenCount();
        assertThat(without).isEqualTo(model.prompt(messages, Map.of()).length);
        assertThat(with).isGreaterThan(without + "tidehow highplacestring".length());
    }

    @Test
    void whatIsNotDoneIsRefused() {
        for (ChatRequest each : List.of(
                request().modelName("other").build(),
                request()
                        .toolSpecifications(
                                ToolSpecification.builder().name("tide").build())
                        .toolChoice(ToolChoice.REQUIRED)
                        .build(),
                ChatRequest.builder()
                        .messages(UserMessage.from(ImageContent.from("http://localhost/a.png")))
                        .build())) {
            assertThatExceptionOfType(UnsupportedFeatureException.class)
                    .isThrownBy(() -> chat.chat(each))
                    .withMessageContaining("not supported");
        }
    }

    // -------------------------------------------------------------------------------------------------------- schemas

    record Weather(boolean rain, boolean wind) {}

    interface Assistant {
        Weather weather(String text);
    }

    @Test
    void anAnswerIsJson() throws Json.SyntaxException {
        String object = chat.chat(request().responseFormat(ResponseFormat.JSON).build())
                .aiMessage()
                .text();
        assertThat(object)
                .isEqualTo(model.chat(List.of(ASKED), GREEDY.withGrammar(JsonGrammar.object()))
                        .text());
        Assistant assistant = AiServices.builder(Assistant.class)
                .chatModel(NeuriteChatModel.of(model, GREEDY.withMaxTokens(400)))
                .build();
        assertThat(assistant.weather("the rain")).isNotNull();
    }

    interface Chatter {
        String chat(String text);
    }

    @Test
    void anAssistantRemembers() {
        var memory = MessageWindowChatMemory.withMaxMessages(10);
        Chatter chatter = AiServices.builder(Chatter.class)
                .chatModel(chat)
                .chatMemory(memory)
                .build();
        String first = chatter.chat("the rain");
        String second = chatter.chat("the sea");
        List<Message> messages = List.of(ASKED, new Message(Role.ASSISTANT, first), new Message(Role.USER, "the sea"));
        assertThat(second).isEqualTo(model.chat(messages, GREEDY).text());
        assertThat(memory.messages()).hasSize(4);
    }

    // ------------------------------------------------------------------------------------------------------- streams

    private static final class Collector implements StreamingChatResponseHandler {
        private final int most; // pieces before it cancels
        private final List<String> pieces = new ArrayList<>(); // of the thread that writes, until the last
        private final CompletableFuture<ChatResponse> last = new CompletableFuture<>();

        Collector(int most) {
            this.most = most;
        }

        @Override
        public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
            pieces.add(piece.text());
            if (pieces.size() == most) context.streamingHandle().cancel();
        }

        @Override
        public void onCompleteResponse(ChatResponse response) {
            last.complete(response);
        }

        @Override
        public void onError(Throwable problem) {
            last.completeExceptionally(problem);
        }
    }

    @Test
    void aStreamIsTheAnswerInPieces() throws Exception {
        var all = new Collector(Integer.MAX_VALUE);
        NeuriteStreamingChatModel streaming = NeuriteStreamingChatModel.of(model, GREEDY);
        streaming.chat(List.of(RAIN), all);
        ChatResponse response = all.last.get(20, TimeUnit.SECONDS);
        assertThat(response).isEqualTo(chat.chat(RAIN));
        assertThat(String.join("", all.pieces)).isEqualTo(response.aiMessage().text());
        assertThat(all.pieces).hasSizeGreaterThan(2);
        var one = new Collector(1);
        streaming.chat(List.of(RAIN), one);
        assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> one.last.get(1, TimeUnit.SECONDS));
        assertThat(one.pieces).containsExactly(all.pieces.getFirst());
        var wrong = new Collector(Integer.MAX_VALUE);
        streaming.chat(request().modelName("other").build(), wrong);
        assertThat(wrong.last.handle((_, problem) -> problem).get(20, TimeUnit.SECONDS))
                .isInstanceOf(UnsupportedFeatureException.class);
    }
}
