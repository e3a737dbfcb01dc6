package dev.neurite.serve.api;

import static dev.neurite.serve.api.AnswerSchemas.list;
import static dev.neurite.serve.api.Schema.json;
import static dev.neurite.serve.api.Schema.type;

import dev.neurite.generate.Penalties;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// Schemas of what is sent and answered in OpenAI's form, by the names that OpenAI's own document has.
final class OpenAiSchemas {
    static final String PROBLEM = "ErrorResponse";

    /// What an operation takes and gives.
    /// @param request the name of its schema; empty if nothing is sent
    /// @param answer the name of its schema
    /// @param chunk the name of the schema of an event's data; empty if answers are not streamed
    record Operation(Optional<String> request, String answer, Optional<String> chunk) {}

    private static final Map<String, Operation> OPERATIONS = Map.of(
            "POST /v1/chat/completions",
                    new Operation(
                            Optional.of("CreateChatCompletionRequest"),
                            "CreateChatCompletionResponse",
                            Optional.of("CreateChatCompletionStreamResponse")),
            "POST /v1/completions",
                    new Operation(
                            Optional.of("CreateCompletionRequest"),
                            "CreateCompletionResponse",
                            Optional.of("CreateCompletionResponse")),
            "POST /v1/embeddings",
                    new Operation(Optional.of("CreateEmbeddingRequest"), "CreateEmbeddingResponse", Optional.empty()),
            "GET /v1/models", new Operation(Optional.empty(), "ListModelsResponse", Optional.empty()),
            "GET /v1/models/{model}", new Operation(Optional.empty(), "Model", Optional.empty()));

    private OpenAiSchemas() {}

    /// The operation of a method and a path; empty for those of other interfaces.
    static Optional<Operation> operation(String method, String path) {
        return Optional.ofNullable(OPERATIONS.get(method + " " + path));
    }

    /// All schemas by name.
    static SequencedMap<String, Object> all() {
        SequencedMap<String, Object> model = json(
                "id", type("string"),
                "object", constant("model"),
                "created", whole(0),
                "owned_by", type("string"));
        return json(
                "CreateChatCompletionRequest",
                chatRequest(),
                "CreateChatCompletionResponse",
                chat("chat.completion", "message", answered()),
                "CreateChatCompletionStreamResponse",
                chat("chat.completion.chunk", "delta", delta()),
                "CreateCompletionRequest",
                completionRequest(),
                "CreateCompletionResponse",
                completion(),
                "CreateEmbeddingRequest",
                embeddingRequest(),
                "CreateEmbeddingResponse",
                embeddings(),
                "Model",
                object(model),
                "ListModelsResponse",
                object(json("object", constant("list"), "data", list(json("$ref", "#/components/schemas/Model")))),
                PROBLEM,
                problem());
    }

    // ------------------------------------------------------------------------------------------------------ requests

    /// What chats and completions have in common.
    private static SequencedMap<String, Object> writing(String first, Object schema, int choices) {
        SequencedMap<String, Object> members = json("model", type("string"), first, schema);
        members.putAll(json(
                "frequency_penalty", number(-2, 2),
                "logit_bias", json("type", "object", "maxProperties", 0),
                "min_p", number(0, 1),
                "n", whole(1, choices),
                "presence_penalty", number(-2, 2),
                "repeat_last_n", whole(0, Penalties.LONGEST),
                "repetition_penalty", number(Prompts.LEAST_REPETITION, Prompts.MOST_REPETITION),
                "seed", type("integer"),
                "stop", textOrTexts(4),
                "stream", type("boolean"),
                "stream_options", closed(json("include_usage", type("boolean"))),
                "temperature", number(0, 2),
                "top_k", whole(0),
                "top_p", number(0, 1),
                "user", type("string")));
        return members;
    }

    private static Map<String, Object> chatRequest() {
        Map<String, Object> text = json("type", "string", "maxLength", TextInputs.MOST_CHARACTERS);
        Map<String, Object> part = closed(json("type", constant("text"), "text", text), "type", "text");
        Map<String, Object> called = object(json("name", type("string"), "arguments", type("string")));
        Map<String, Object> call = closed(
                json("id", type("string"), "type", constant("function"), "function", called), "type", "function");
        SequencedMap<String, Object> message = json(
                "role", choice("system", "developer", "user", "assistant", "tool"),
                "content", json("anyOf", List.of(text, list(part), type("null"))),
                "name", type("string"),
                "reasoning_content", type("string"),
                "tool_call_id", type("string"),
                "tool_calls", list(call));
        SequencedMap<String, Object> members = writing(
                "messages",
                json(
                        "type",
                        "array",
                        "minItems",
                        1,
                        "items",
                        json("type", "object", "required", List.of("role"), "properties", message)),
                ChatRequest.MOST_CHOICES);
        SequencedMap<String, Object> schema = json(
                "name", type("string"),
                "description", type("string"),
                "schema", type("object"),
                "strict", type("boolean"));
        SequencedMap<String, Object> tool = json(
                "type", constant("function"),
                "function", json("type", "object", "required", List.of("name")));
        members.putAll(json(
                "chat_template_kwargs", type("object"),
                "logprobs", type("boolean"),
                "max_completion_tokens", whole(1, ChatRequest.MOST_TOKENS),
                "max_tokens", whole(1, ChatRequest.MOST_TOKENS),
                "parallel_tool_calls", constant(true),
                "response_format",
                        closed(
                                json(
                                        "type",
                                        choice("text", "json_object", "json_schema"),
                                        "json_schema",
                                        closed(schema)),
                                "type"),
                "store", constant(false),
                "tool_choice", choice("auto", "none"),
                "tools", list(closed(tool, "type", "function")),
                "top_logprobs", whole(0, ChatRequest.MOST_LIKELIEST)));
        return closed(members, "model", "messages");
    }

    private static Map<String, Object> completionRequest() {
        SequencedMap<String, Object> members =
                writing("prompt", textOrTexts(CompletionRequest.MOST_TEXTS), CompletionRequest.MOST_TEXTS);
        members.putAll(json(
                "best_of", whole(1, CompletionRequest.MOST_TEXTS),
                "echo", type("boolean"),
                "logprobs", whole(0, CompletionRequest.MOST_LIKELIEST),
                "max_tokens", whole(1, CompletionRequest.MOST_TOKENS),
                "suffix", json("type", "string", "maxLength", 0)));
        return closed(members, "model", "prompt");
    }

    private static Map<String, Object> embeddingRequest() {
        return closed(
                json(
                        "model", type("string"),
                        "input", textOrTexts(TextInputs.MOST_TEXTS),
                        "encoding_format", choice("float", "base64"),
                        "dimensions", whole(1),
                        "user", type("string")),
                "model",
                "input");
    }

    // ------------------------------------------------------------------------------------------------------- answers

    private static Map<String, Object> answered() {
        return object(json("role", constant("assistant"), "content", type("string"), "refusal", type("null")));
    }

    private static Map<String, Object> delta() {
        return closed(json("role", constant("assistant"), "content", type("string")));
    }

    private static Map<String, Object> chat(String object, String part, Map<String, Object> content) {
        SequencedMap<String, Object> token = json(
                "token", type("string"),
                "logprob", type("number"),
                "bytes", list(whole(0, 255)));
        SequencedMap<String, Object> chosen = new LinkedHashMap<>(token);
        chosen.put("top_logprobs", list(object(token)));
        SequencedMap<String, Object> chances = json("content", list(object(chosen)), "refusal", type("null"));
        SequencedMap<String, Object> choice = json(
                "index",
                whole(0),
                part,
                content,
                "logprobs",
                orNull(object(chances)),
                "finish_reason",
                orNull(choice("stop", "length")));
        return written(object, object(choice));
    }

    private static Map<String, Object> completion() {
        SequencedMap<String, Object> chances = json(
                "tokens", list(type("string")),
                "token_logprobs", list(type("number")),
                "top_logprobs", list(json("type", "object", "additionalProperties", type("number"))),
                "text_offset", list(whole(0)));
        SequencedMap<String, Object> choice = json(
                "text", type("string"),
                "index", whole(0),
                "logprobs", orNull(object(chances)),
                "finish_reason", orNull(choice("stop", "length")));
        return written("text_completion", object(choice));
    }

    /// A text or a chunk of one. Whole answers and the last chunk have a usage; others null, or none.
    private static Map<String, Object> written(String object, Map<String, Object> choice) {
        SequencedMap<String, Object> members = json(
                "id", type("string"),
                "object", constant(object),
                "created", whole(0),
                "model", type("string"),
                "choices", list(choice));
        List<String> required = List.copyOf(members.keySet());
        SequencedMap<String, Object> usage = json(
                "prompt_tokens", whole(0),
                "completion_tokens", whole(0),
                "total_tokens", whole(0),
                "prompt_tokens_details", object(json("cached_tokens", whole(0))));
        members.put("usage", orNull(closed(usage, "prompt_tokens", "completion_tokens", "total_tokens")));
        return closed(members, required.toArray(new String[0]));
    }

    private static Map<String, Object> embeddings() {
        Map<String, Object> vector = json(
                "anyOf",
                List.of(
                        list(type("number")),
                        json("type", "string", "contentEncoding", "base64", "description", "floats of 4 bytes")));
        return object(json(
                "object", constant("list"),
                "data", list(object(json("object", constant("embedding"), "index", whole(0), "embedding", vector))),
                "model", type("string"),
                "usage", object(json("prompt_tokens", whole(0), "total_tokens", whole(0)))));
    }

    private static Map<String, Object> problem() {
        return object(json(
                "error",
                object(json(
                        "message", type("string"),
                        "type", type("string"),
                        "param", orNull(type("string")),
                        "code", orNull(type("string"))))));
    }

    // --------------------------------------------------------------------------------------------------------- parts

    /// An object with all of these members, and no others.
    private static Map<String, Object> object(SequencedMap<String, Object> members) {
        return closed(members, members.keySet().toArray(new String[0]));
    }

    private static Map<String, Object> closed(SequencedMap<String, Object> members, String... required) {
        return AnswerSchemas.closed(members, List.of(required));
    }

    private static Map<String, Object> orNull(Map<String, Object> schema) {
        return json("anyOf", List.of(schema, type("null")));
    }

    private static Map<String, Object> constant(Object value) {
        return json("const", value);
    }

    private static Map<String, Object> choice(String... words) {
        return json("enum", List.of(words));
    }

    private static Map<String, Object> textOrTexts(int most) {
        Map<String, Object> texts = list(type("string"));
        texts.put("maxItems", most);
        return json("anyOf", List.of(type("string"), texts));
    }

    private static Map<String, Object> whole(int least) {
        return json("type", "integer", "minimum", least);
    }

    private static Map<String, Object> whole(int least, int most) {
        return json("type", "integer", "minimum", least, "maximum", most);
    }

    private static Map<String, Object> number(double least, double most) {
        return json("type", "number", "minimum", least, "maximum", most);
    }
}
