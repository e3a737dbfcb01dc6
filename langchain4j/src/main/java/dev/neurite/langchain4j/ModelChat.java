package dev.neurite.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.SyntaxException;
import dev.neurite.llm.GeneratedText;
import dev.neurite.llm.Generation;
import dev.neurite.llm.GenerationRequest;
import dev.neurite.llm.LanguageModel;
import dev.neurite.llm.PieceListener;
import dev.neurite.llm.chat.ChatJson;
import dev.neurite.llm.chat.Message;
import dev.neurite.llm.chat.Message.Role;
import dev.neurite.llm.grammar.Grammar;
import dev.neurite.llm.grammar.JsonGrammar;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/// Requests and answers of LangChain4j as those of a language model.
/// @param usual how texts are written, if a request does not say it
record ModelChat(LanguageModel model, Generation usual) {
    /// Answers a request.
    /// @throws UnsupportedFeatureException for what is not done here
    ChatResponse answer(ChatRequest request, PieceListener listener) {
        return response(model.chat(messages(request), tools(request), generation(request), listener));
    }

    private static ChatResponse response(GeneratedText answer) {
        return ChatResponse.builder()
                .aiMessage(AiMessage.builder().text(answer.text()).build())
                .tokenUsage(
                        new TokenUsage(answer.promptTokens(), answer.tokens().size()))
                .finishReason(answer.end() == GeneratedText.End.LENGTH ? FinishReason.LENGTH : FinishReason.STOP)
                .build();
    }

    private static UnsupportedFeatureException unsupported(String what) {
        return new UnsupportedFeatureException(what + " not supported by language models of Neurite");
    }

    // ------------------------------------------------------------------------------------------------------- settings

    private Generation generation(ChatRequest asked) {
        if (asked.modelName() != null) throw unsupported("the name of another model is");
        return new GenerationRequest(
                        asked.temperature(),
                        asked.topK(),
                        asked.topP(),
                        asked.maxOutputTokens(),
                        asked.stopSequences(),
                        asked.frequencyPenalty(),
                        asked.presencePenalty(),
                        grammar(asked.responseFormat()))
                .over(usual);
    }

    private static <T> T or(@Nullable T asked, T usual) {
        return asked == null ? usual : asked;
    }

    private static Optional<Grammar> grammar(@Nullable ResponseFormat format) {
        if (format == null || format.type() == ResponseFormatType.TEXT) return Optional.empty();
        JsonSchema schema = format.jsonSchema();
        if (schema == null) return Optional.of(JsonGrammar.object());
        return switch (schema.rootElement()) {
            case JsonRawSchema raw -> Optional.of(JsonGrammar.schema(raw.schema()));
            case JsonObjectSchema object -> Optional.of(JsonGrammar.schema(json(object)));
            default -> throw unsupported("a schema of another value than an object is");
        };
    }

    /// A schema, which LangChain4j writes as that of the parameters of a tool.
    private static Json json(JsonObjectSchema schema) {
        var tool = ToolSpecification.builder().name("answer").parameters(schema).build();
        return Objects.requireNonNull(parsed(tool).get("parameters"));
    }

    private static Map<String, Json> parsed(ToolSpecification tool) {
        try {
            if (Json.read(tool.toJson()) instanceof JsonObject(var members)) return members;
        } catch (SyntaxException e) {
            throw new IllegalStateException(e);
        }
        throw new IllegalStateException("no object: " + tool);
    }

    private static Map<String, Object> tools(ChatRequest asked) {
        List<ToolSpecification> tools = asked.toolSpecifications();
        if (asked.toolChoice() == ToolChoice.REQUIRED) throw unsupported("a required call of a tool is");
        if (tools == null || tools.isEmpty() || asked.toolChoice() == ToolChoice.NONE) return Map.of();
        List<Object> all = new ArrayList<>();
        for (ToolSpecification each : tools) {
            Map<String, @Nullable Object> function = new LinkedHashMap<>();
            for (String key : List.of("name", "description", "parameters")) {
                Json value = parsed(each).get(key);
                if (value != null) function.put(key, ChatJson.value(value));
            }
            all.add(Map.of("type", "function", "function", function));
        }
        return Map.of("tools", all);
    }

    // ------------------------------------------------------------------------------------------------------- messages

    private static List<Message> messages(ChatRequest asked) {
        return asked.messages().stream().map(ModelChat::message).toList();
    }

    private static Message message(ChatMessage given) {
        return switch (given) {
            case SystemMessage system -> new Message(Role.SYSTEM, system.text());
            case UserMessage user ->
                new Message(
                        Role.USER, text(user.contents()), user.name() == null ? Map.of() : Map.of("name", user.name()));
            case AiMessage answer -> new Message(Role.ASSISTANT, or(answer.text(), ""), more(answer));
            case ToolExecutionResultMessage result ->
                Message.ofTool(result.id(), result.toolName(), text(result.contents()));
            default -> throw unsupported("messages of type " + given.type() + " are");
        };
    }

    private static Map<String, Object> more(AiMessage answer) {
        Map<String, Object> more = new LinkedHashMap<>();
        if (answer.thinking() != null) more.put("reasoning_content", answer.thinking());
        if (answer.hasToolExecutionRequests()) {
            List<Object> calls = new ArrayList<>();
            for (ToolExecutionRequest each : answer.toolExecutionRequests()) {
                calls.add(ChatJson.call(or(each.id(), ""), each.name(), or(each.arguments(), "{}")));
            }
            more.put("tool_calls", calls);
        }
        return more;
    }

    private static String text(List<Content> contents) {
        var parts = new StringJoiner("\n");
        for (Content each : contents) {
            if (!(each instanceof TextContent part)) throw unsupported("content of type " + each.type() + " is");
            parts.add(part.text());
        }
        return parts.toString();
    }
}
