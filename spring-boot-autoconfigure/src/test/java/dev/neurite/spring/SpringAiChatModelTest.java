package dev.neurite.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.neurite.error.ConfigException;
import dev.neurite.generate.Penalties;
import dev.neurite.generate.Sampling;
import dev.neurite.llm.GeneratedText;
import dev.neurite.llm.Generation;
import dev.neurite.llm.LanguageModel;
import dev.neurite.llm.chat.Message;
import dev.neurite.llm.chat.Message.Role;
import dev.neurite.llm.grammar.JsonGrammar;
import dev.neurite.predict.Interceptor;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.DefaultChatOptionsBuilder;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.content.Media;
import org.springframework.ai.model.tool.StructuredOutputChatOptions;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.function.FunctionToolCallback;
import org.springframework.util.MimeTypeUtils;

class SpringAiChatModelTest {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final Generation GREEDY = Generation.USUAL.greedy().withMaxTokens(12);
    private static final Message RAIN = new Message(Role.USER, "the rain");
    private static final ToolCallback TIDE = FunctionToolCallback.builder("tide", (String place) -> place)
            .inputType(String.class)
            .build();

    private static LanguageModel model;
    private static SpringAiChatModel chat;

    @BeforeAll
    static void load() {
        model = LanguageModel.load(SmallModels.CHATTING);
        chat = SpringAiChatModel.of(model, GREEDY);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static Prompt prompt(ChatOptions.Builder<?> options) {
        return new Prompt("the rain", options.build());
    }

    private static String text(ChatResponse response) {
        return Objects.requireNonNull(
                Objects.requireNonNull(response.getResult()).getOutput().getText());
    }

    private static void check(ChatResponse response, GeneratedText expected, String reason) {
        assertThat(Objects.requireNonNull(response.getResult()).getMetadata().getFinishReason())
                .isEqualTo(reason);
        var usage = response.getMetadata().getUsage();
        assertThat(usage.getPromptTokens()).isEqualTo(expected.promptTokens());
        assertThat(usage.getCompletionTokens()).isEqualTo(expected.tokens().size());
        assertThat(usage.getTotalTokens())
                .isEqualTo(expected.promptTokens() + expected.tokens().size());
        assertThat(usage.getCacheReadInputTokens()).isEqualTo(expected.promptTokens() - 1L);
    }

    @Test
    void anAnswerIsTheModels() {
        GeneratedText expected = model.chat(List.of(RAIN), GREEDY);
        ChatResponse response = chat.call(new Prompt("the rain"));
        assertThat(text(response)).isEqualTo(expected.text()).isNotEmpty();
        check(response, expected, "LENGTH");
    }

    @Test
    void optionsAreThePrompts() {
        Sampling sampling = new Sampling(0.9, 40, 0.8, 0, Penalties.NONE, 0);
        GeneratedText whole = model.chat(List.of(RAIN), GREEDY.withMaxTokens(20).withSampling(sampling));
        ChatOptions.Builder<?> asked =
                ChatOptions.builder().temperature(0.9).topK(40).topP(0.8).maxTokens(20);
        assertThat(text(chat.call(prompt(asked)))).isEqualTo(whole.text());
        String stop = whole.text().substring(4, 6);
        ChatResponse stopped = chat.call(prompt(asked.stopSequences(List.of(stop))));
        assertThat(text(stopped))
                .isEqualTo(whole.text().substring(0, whole.text().indexOf(stop)));
        assertThat(Objects.requireNonNull(stopped.getResult()).getMetadata().getFinishReason())
                .isEqualTo("STOP");
        Sampling penalized =
                GREEDY.sampling().withPenalties(Penalties.NONE.withFrequency(2).withPresence(1));
        assertThat(text(chat.call(
                        prompt(ChatOptions.builder().frequencyPenalty(2.0).presencePenalty(1.0)))))
                .isEqualTo(model.chat(List.of(RAIN), GREEDY.withSampling(penalized))
                        .text())
                .isNotEqualTo(text(chat.call(new Prompt("the rain"))));
    }

    @Test
    void messagesReachTheTemplate() {
        var call = new AssistantMessage.ToolCall("1", "function", "tide", "{\"place\":\"sea\"}");
        var results = ToolResponseMessage.builder()
                .responses(List.of(
                        new ToolResponseMessage.ToolResponse("1", "tide", "12"),
                        new ToolResponseMessage.ToolResponse("2", "tide", "13")))
                .build();
        ChatResponse response = chat.call(new Prompt(List.of(
                new SystemMessage("be brief"),
                new UserMessage("a"),
                AssistantMessage.builder().toolCalls(List.of(call)).build(),
                results)));
        String expected = "<system>be brief<user>a<assistant>sea<tool>12<tool>13<assistant>";
        int[] tokens = model.tokenizer().encodeChat(expected);
        assertThat(text(response))
                .isEqualTo(model.write(tokens, GREEDY, _ -> true).text());
        assertThat(response.getMetadata().getUsage().getPromptTokens()).isEqualTo(tokens.length);
    }

    // ------------------------------------------------------------------------------------------------------- refusals

    /// Options of another provider, which may have more.
    private static final class OtherOptions extends DefaultChatOptionsBuilder<OtherOptions> {
        @Override
        public ChatOptions build() {
            ChatOptions plain = super.build();
            return (ChatOptions) java.lang.reflect.Proxy.newProxyInstance(
                    OtherOptions.class.getClassLoader(),
                    new Class<?>[] {ChatOptions.class},
                    (_, method, arguments) -> method.invoke(plain, arguments));
        }
    }

    private static void refused(Prompt prompt, String message) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> chat.call(prompt))
                .withMessageContaining(message);
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> chat.stream(prompt).blockLast(DEADLINE))
                .withMessageContaining(message);
    }

    @Test
    void whatIsNotDoneIsRefused() {
        refused(prompt(ChatOptions.builder().model("other")), "expects no model, as this bean is one, got 'other'");
        refused(
                prompt(ToolCallingChatOptions.builder().toolCallbacks(TIDE)),
                "expects no tools, as calls are not read from answers, got 1");
        refused(prompt(new OtherOptions()), "expects those of Spring AI itself, got $Proxy");
        refused(prompt(ChatOptions.builder().topP(1.5)), "top-p: expects above 0 to 1, got 1.5");
        refused(
                new Prompt(UserMessage.builder()
                        .text("what is this")
                        .media(new Media(MimeTypeUtils.IMAGE_PNG, URI.create("http://localhost/a.png")))
                        .build()),
                "expects texts, got media");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> ChatClient.create(chat)
                        .prompt("the rain")
                        .tools(TIDE)
                        .call()
                        .content())
                .withMessageContaining("expects no tools");
    }

    // -------------------------------------------------------------------------------------------------------- schemas

    record Weather(boolean rain, boolean wind) {}

    @Test
    void anAnswerKeepsToASchema() {
        String schema = "{\"type\": \"object\", \"properties\": {\"rain\": {\"type\": \"boolean\"}}}";
        ChatOptions options = StructuredOutputChatOptions.builder()
                .outputSchema(schema)
                .maxTokens(100)
                .build();
        assertThat(text(chat.call(new Prompt("the rain", options))))
                .isEqualTo(model.chat(List.of(RAIN), GREEDY.withMaxTokens(100).withGrammar(JsonGrammar.schema(schema)))
                        .text());
        Weather weather = ChatClient.create(chat)
                .prompt("the rain")
                .options(ChatOptions.builder().maxTokens(400))
                .call()
                .entity(Weather.class, spec -> spec.useProviderStructuredOutput());
        assertThat(weather).isNotNull();
    }

    /// A `ChatClient` copies options, and adds to them.
    @Test
    void optionsKeepWhatTheyHave() {
        var own = (SpringAiChatOptions) chat.getOptions();
        assertThat(own.getMaxTokens()).isEqualTo(12);
        assertThat(own.getTemperature()).isZero();
        SpringAiChatOptions.Builder more = own.mutate().outputSchema("{}").toolCallbacks(TIDE);
        SpringAiChatOptions changed = more.clone()
                .combineWith(ChatOptions.builder().topK(3))
                .combineWith(StructuredOutputChatOptions.builder().temperature(0.5))
                .build();
        assertThat(changed.getOutputSchema()).isEqualTo("{}");
        assertThat(changed.getToolCallbacks()).containsExactly(TIDE);
        assertThat(changed.getTopK()).isEqualTo(3);
        assertThat(changed.getTemperature()).isEqualTo(0.5);
        assertThat(changed.getMaxTokens()).isEqualTo(12);
        assertThat(changed.mutate().build()).isEqualTo(changed).hasSameHashCodeAs(changed);
        assertThat(changed).isNotEqualTo(changed.mutate().outputSchema(null).build());
        var structured = StructuredOutputChatOptions.builder().outputSchema("true");
        assertThat(more.combineWith(structured).build().getOutputSchema()).isEqualTo("true");
    }

    // -------------------------------------------------------------------------------------------------------- streams

    @Test
    void aStreamIsTheAnswerInPieces() {
        GeneratedText expected = model.chat(List.of(RAIN), GREEDY);
        List<ChatResponse> pieces = Objects.requireNonNull(
                chat.stream(new Prompt("the rain")).collectList().block(DEADLINE));
        assertThat(pieces).hasSizeGreaterThan(3);
        assertThat(String.join(
                        "", pieces.stream().map(SpringAiChatModelTest::text).toList()))
                .isEqualTo(expected.text());
        check(pieces.getLast(), expected, "LENGTH");
        assertThat(chat.stream("the rain").reduce(String::concat).block(DEADLINE))
                .isEqualTo(expected.text());
    }

    /// Keeps what is written.
    private record Written(BlockingQueue<Object> texts) implements Interceptor {
        @Override
        public <T> T around(Supplier<T> prediction) {
            T made = prediction.get();
            texts.add(made);
            return made;
        }
    }

    @Test
    void aStreamThatIsCancelledEndsTheAnswer() throws InterruptedException {
        var written = new Written(new ArrayBlockingQueue<>(1));
        var streaming = SpringAiChatModel.of(model.with(written), GREEDY.withMaxTokens(900));
        List<ChatResponse> two =
                streaming.stream(new Prompt("the rain")).take(2).collectList().block(DEADLINE);
        assertThat(two).hasSize(2);
        var answer = (GeneratedText) written.texts.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        assertThat(Objects.requireNonNull(answer).end()).isEqualTo(GeneratedText.End.CANCELLED);
        assertThat(answer.tokens().size()).isLessThan(30);
        assertThat(text(chat.call(new Prompt("the rain"))))
                .isEqualTo(model.chat(List.of(RAIN), GREEDY).text());
    }
}
