package dev.neurite.spring;

import dev.neurite.error.ConfigException;
import dev.neurite.llm.GeneratedText;
import dev.neurite.llm.Generation;
import dev.neurite.llm.GenerationRequest;
import dev.neurite.llm.LanguageModel;
import dev.neurite.llm.chat.ChatJson;
import dev.neurite.llm.chat.Message;
import dev.neurite.llm.chat.Message.Role;
import dev.neurite.llm.grammar.Grammar;
import dev.neurite.llm.grammar.JsonGrammar;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.metadata.ChatGenerationMetadata;
import org.springframework.ai.chat.metadata.ChatResponseMetadata;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.DefaultChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.content.MediaContent;
import org.springframework.ai.model.tool.DefaultStructuredOutputChatOptions;
import org.springframework.ai.model.tool.DefaultToolCallingChatOptions;
import org.springframework.ai.model.tool.StructuredOutputChatOptions;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// A chat model of Spring AI: a language model in the process, computed in Java alone.
///
/// Of the options of a prompt it takes temperature, top-p, top-k, both penalties, stop sequences, the most
/// tokens, and an output schema that [JsonGrammar#schema] takes, which answers keep to. What is not done is a
/// [ConfigException]: tools, another model, pictures, options that are another provider's. Earlier calls of
/// tools and their results reach the model by its template.
///
/// Safe to use from many threads. Whoever loaded the [LanguageModel] closes it.
public final class SpringAiChatModel implements ChatModel {
    private static final String NAME = "neurite";
    private static final String OPTIONS = "chat options";
    private static final Set<Class<? extends ChatOptions>> KNOWN = Set.of(
            DefaultChatOptions.class,
            DefaultToolCallingChatOptions.class,
            DefaultStructuredOutputChatOptions.class,
            SpringAiChatOptions.class);

    private final LanguageModel model;
    private final Generation usual;

    private SpringAiChatModel(LanguageModel model, Generation usual) {
        this.model = model;
        this.usual = usual;
    }

    /// A chat model with [Generation#USUAL].
    /// @param model with a template for chats
    public static SpringAiChatModel of(LanguageModel model) {
        return of(model, Generation.USUAL);
    }

    /// A chat model.
    /// @param model with a template for chats
    /// @param usual how answers are written, where a prompt does not say it; its seed gives the same answer to
    /// the same prompt
    public static SpringAiChatModel of(LanguageModel model, Generation usual) {
        return new SpringAiChatModel(model, usual);
    }

    /// Answers, in the calling thread. The metadata has the tokens of the prompt, those of them that were not
    /// computed again, and those of the answer, and the finish reason `STOP` or `LENGTH`.
    /// @throws ConfigException for what is not done here, and a model without a template for chats
    /// @throws dev.neurite.error.DataException if the template refuses the messages, or they are too long
    @Override
    public ChatResponse call(Prompt prompt) {
        GeneratedText answer = model.chat(messages(prompt), generation(prompt.getOptions()));
        return response(answer.text(), answer);
    }

    /// Answers in pieces, in a thread for each subscriber; the last response has no text, but the metadata.
    /// Demand holds the model up, and who cancels ends it. Errors are those of [#call].
    @Override
    public Flux<ChatResponse> stream(Prompt prompt) {
        return Flux.defer(() -> {
            var answer = new AtomicReference<@Nullable GeneratedText>();
            Flow.Publisher<String> pieces =
                    model.stream(messages(prompt), Map.of(), generation(prompt.getOptions()), answer::set);
            return JdkFlowAdapter.flowPublisherToFlux(pieces)
                    .map(SpringAiChatModel::response)
                    .concatWith(Mono.fromSupplier(() -> response("", Objects.requireNonNull(answer.get()))));
        });
    }

    /// How answers are written where a prompt does not say it.
    @Override
    public ChatOptions getOptions() {
        return SpringAiChatOptions.of(usual);
    }

    private static ChatResponse response(String piece) {
        return new ChatResponse(List.of(new org.springframework.ai.chat.model.Generation(new AssistantMessage(piece))));
    }

    private static ChatResponse response(String text, GeneratedText answer) {
        int tokens = answer.tokens().size();
        var usage = new DefaultUsage(
                answer.promptTokens(), tokens, answer.promptTokens() + tokens, null, (long) answer.keptTokens(), null);
        var generation = new org.springframework.ai.chat.model.Generation(
                new AssistantMessage(text),
                ChatGenerationMetadata.builder()
                        .finishReason(answer.end().name())
                        .build());
        return new ChatResponse(
                List.of(generation),
                ChatResponseMetadata.builder().model(NAME).usage(usage).build());
    }

    // ------------------------------------------------------------------------------------------------------- settings

    private Generation generation(@Nullable ChatOptions asked) {
        if (asked == null) return usual;
        if (!KNOWN.contains(asked.getClass())) {
            throw new ConfigException(
                    OPTIONS,
                    "expects those of Spring AI itself, got " + asked.getClass().getSimpleName(),
                    "Build them with ChatOptions.builder()");
        }
        if (asked.getModel() != null) {
            throw new ConfigException(OPTIONS, "expects no model, as this bean is one, got '" + asked.getModel() + "'");
        }
        if (asked instanceof ToolCallingChatOptions tools
                && !or(tools.getToolCallbacks(), List.of()).isEmpty()) {
            throw new ConfigException(
                    OPTIONS,
                    "expects no tools, as calls are not read from answers, got "
                            + or(tools.getToolCallbacks(), List.of()).size());
        }
        return new GenerationRequest(
                        asked.getTemperature(),
                        asked.getTopK(),
                        asked.getTopP(),
                        asked.getMaxTokens(),
                        asked.getStopSequences(),
                        asked.getFrequencyPenalty(),
                        asked.getPresencePenalty(),
                        grammar(asked))
                .over(usual);
    }

    private static Optional<Grammar> grammar(ChatOptions asked) {
        if (!(asked instanceof StructuredOutputChatOptions structured)) return Optional.empty();
        return Optional.ofNullable(structured.getOutputSchema()).map(JsonGrammar::schema);
    }

    private static <T> T or(@Nullable T given, T otherwise) {
        return given == null ? otherwise : given;
    }

    // ------------------------------------------------------------------------------------------------------- messages

    private static List<Message> messages(Prompt prompt) {
        return prompt.getInstructions().stream()
                .flatMap(SpringAiChatModel::messages)
                .toList();
    }

    private static Stream<Message> messages(org.springframework.ai.chat.messages.Message given) {
        String text = or(given.getText(), "");
        if (given instanceof MediaContent content && !content.getMedia().isEmpty()) {
            throw new ConfigException("chat messages", "expects texts, got media");
        }
        return switch (given) {
            case SystemMessage _ -> Stream.of(new Message(Role.SYSTEM, text));
            case UserMessage _ -> Stream.of(new Message(Role.USER, text));
            case AssistantMessage answer -> Stream.of(new Message(Role.ASSISTANT, text, calls(answer)));
            case ToolResponseMessage results ->
                results.getResponses().stream()
                        .map(each -> Message.ofTool(each.id(), each.name(), each.responseData()));
            default ->
                throw new ConfigException(
                        "chat messages",
                        "expects those of system, user, assistant and tools, got "
                                + given.getClass().getSimpleName());
        };
    }

    private static Map<String, Object> calls(AssistantMessage answer) {
        if (!answer.hasToolCalls()) return Map.of();
        List<Map<String, Object>> calls = answer.getToolCalls().stream()
                .map(each -> ChatJson.call(each.id(), each.name(), each.arguments()))
                .toList();
        return Map.of("tool_calls", calls);
    }
}
