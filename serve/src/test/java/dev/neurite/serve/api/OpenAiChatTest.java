package dev.neurite.serve.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.generate.LogProbabilities;
import dev.neurite.generate.Sampling;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.llm.GeneratedText;
import dev.neurite.llm.Generation;
import dev.neurite.llm.LanguageModel;
import dev.neurite.llm.chat.Message;
import dev.neurite.llm.chat.Message.Role;
import dev.neurite.llm.grammar.JsonGrammar;
import dev.neurite.serve.api.TextServer.Reply;
import dev.neurite.serve.model.Repository;
import dev.neurite.serve.model.Served;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Language models of published families in OpenAI's form.
class OpenAiChatTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final Map<String, Object> QUESTION = message("user", "the rain and the sea");
    private static final Generation GREEDY = Generation.USUAL.greedy().withMaxTokens(12);

    private static LanguageModel model;
    private static LanguageModel plain;
    private static Repository repository;
    private static TextServer server;

    @BeforeAll
    static void start() {
        model = LanguageModel.load(LanguageFiles.chatting());
        plain = LanguageModel.load(LanguageFiles.plain());
        repository = new Repository(List.of(Served.of("chat", "1", model), Served.of("plain", "1", plain)));
        server = new TextServer(repository);
    }

    @AfterAll
    static void stop() {
        server.close();
        repository.close();
        model.close();
        plain.close();
    }

    private static Map<String, Object> message(String role, Object content) {
        return Map.of("role", role, "content", content);
    }

    private static Map<String, Object> body(Object... more) {
        Map<String, Object> body = new HashMap<>(
                Map.of("model", "chat", "messages", List.of(QUESTION), "temperature", 0, "max_tokens", 12));
        for (int i = 0; i < more.length; i += 2) body.put((String) more[i], more[i + 1]);
        return body;
    }

    private static Reply post(Map<String, ?> body) {
        return server.post(CHAT, Json.of(body).write());
    }

    private static Reply good(Map<String, ?> body) {
        Reply reply = post(body);
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        return reply;
    }

    private static GeneratedText expected(Generation how, Message... messages) {
        return model.chat(List.of(messages), how);
    }

    private static GeneratedText expected(Generation how) {
        return expected(how, new Message(Role.USER, "the rain and the sea"));
    }

    // ------------------------------------------------------------------------------------------------------- answers

    @Test
    void anAnswerIsTheModels() {
        GeneratedText expected = expected(GREEDY);
        Reply reply = good(body());
        assertThat(expected.text()).isNotEmpty();
        assertThat(reply.text("choices.0.message.content")).isEqualTo(expected.text());
        assertThat(reply.text("choices.0.message.role")).isEqualTo("assistant");
        assertThat(reply.text("choices.0.finish_reason")).isEqualTo("length");
        assertThat(reply.text("object")).isEqualTo("chat.completion");
        assertThat(reply.text("model")).isEqualTo("chat");
        assertThat(reply.number("usage.prompt_tokens")).isEqualTo(expected.promptTokens());
        assertThat(reply.number("usage.completion_tokens")).isEqualTo(12);
        assertThat(reply.number("usage.total_tokens")).isEqualTo(expected.promptTokens() + 12);
        assertThat(good(body()).number("usage.prompt_tokens_details.cached_tokens"))
                .isPositive();
    }

    @Test
    void anAnswerEndsWhenItsTimeIsOver() {
        String text = Json.of(body("max_tokens", 900)).write();
        Reply whole = server.post(CHAT, text);
        Reply late = server.cut(CHAT, text, whole.number("usage.completion_tokens"));
        assertThat(late.status()).as(late.body()).isEqualTo(200);
        assertThat(late.text("choices.0.finish_reason")).isEqualTo("length");
        assertThat(late.number("usage.completion_tokens")).isPositive();
        assertThat(whole.text("choices.0.message.content"))
                .startsWith(late.text("choices.0.message.content").replaceFirst("\ufffd+$", ""));
        Reply none = server.post(CHAT, text, "X-Request-Timeout", "0.000001");
        assertThat(none.status()).as(none.body()).isEqualTo(504);
    }

    @Test
    void settingsAreTheModels() {
        Sampling sampling = Sampling.USUAL.withTemperature(0.9).withTopP(0.8).withSeed(7);
        Reply reply = good(body(
                "temperature",
                0.9,
                "top_p",
                0.8,
                "seed",
                7,
                "n",
                2,
                "max_completion_tokens",
                9,
                "max_tokens",
                Json.of(null)));
        for (int i = 0; i < 2; i++) {
            GeneratedText expected = expected(GREEDY.withMaxTokens(9).withSampling(sampling.withSeed(7 + i)));
            assertThat(reply.text("choices." + i + ".message.content")).isEqualTo(expected.text());
        }
        assertThat(reply.number("usage.completion_tokens")).isEqualTo(18);
        Map<String, Object> penalized = body("frequency_penalty", 2, "presence_penalty", 2);
        assertThat(good(penalized).text("choices.0.message.content"))
                .isNotEqualTo(expected(GREEDY).text());
    }

    @Test
    void aStreamIsTheAnswerInPieces() {
        Map<String, Object> whole = body("n", 2, "seed", 4, "temperature", 1);
        Map<String, Object> streamed = new HashMap<>(whole);
        streamed.put("stream", true);
        streamed.put("stream_options", Map.of("include_usage", true));
        Reply once = good(whole);
        Reply stream = good(streamed);
        assertThat(stream.body()).endsWith("data: [DONE]\n\n");
        List<Reply> events = stream.events();
        var texts = new String[] {"", ""};
        var reasons = new ArrayList<String>();
        for (Reply each : events.subList(0, events.size() - 1)) {
            assertThat(each.text("object")).isEqualTo("chat.completion.chunk");
            assertThat(each.at("usage")).isEqualTo(Json.of(null));
            int index = (int) each.number("choices.0.index");
            Map<String, Json> delta = ((Json.JsonObject) each.at("choices.0.delta")).map();
            if (delta.containsKey("role")) assertThat(texts[index]).isEmpty();
            if (delta.containsKey("content")) texts[index] += each.text("choices.0.delta.content");
            if (each.at("choices.0.finish_reason") instanceof Json.JsonString(String reason)) reasons.add(reason);
        }
        for (int i = 0; i < 2; i++) {
            assertThat(texts[i]).isEqualTo(once.text("choices." + i + ".message.content"));
            assertThat(reasons.get(i)).isEqualTo(once.text("choices." + i + ".finish_reason"));
        }
        assertThat(events.getLast().number("usage.completion_tokens"))
                .isEqualTo(once.number("usage.completion_tokens"));
    }

    @Test
    void anAnswerEndsBeforeAStop() {
        String all = expected(GREEDY.withMaxTokens(40)).text();
        String stop = all.substring(all.length() / 2, all.length() / 2 + 2);
        Reply reply = good(body("max_tokens", 40, "stop", List.of(stop)));
        assertThat(reply.text("choices.0.message.content")).isEqualTo(all.substring(0, all.indexOf(stop)));
        assertThat(reply.text("choices.0.finish_reason")).isEqualTo("stop");
    }

    @Test
    void logProbabilitiesAreTheModels() {
        List<LogProbabilities> expected =
                expected(GREEDY.withLogProbabilities(3)).logProbabilities();
        Reply whole = good(body("logprobs", true, "top_logprobs", 3));
        List<Reply> events =
                good(body("logprobs", true, "top_logprobs", 3, "stream", true)).events();
        assertThat(events.getLast().at("choices.0.logprobs")).isEqualTo(whole.at("choices.0.logprobs"));
        for (int i = 0; i < expected.size(); i++) {
            String path = "choices.0.logprobs.content." + i;
            assertThat(whole.at(path + ".logprob"))
                    .isEqualTo(Json.of(expected.get(i).chosen().logProbability()));
            assertThat(((JsonArray) whole.at(path + ".top_logprobs")).list()).hasSize(3);
            assertThat(whole.at(path + ".top_logprobs.0.token")).isEqualTo(whole.at(path + ".token")); // the likeliest
            assertThat(((JsonArray) whole.at(path + ".bytes")).list()).isNotEmpty();
        }
    }

    @Test
    void completionsHaveLogProbabilities() {
        String prompt = "thé rain ";
        GeneratedText expected = plain.complete(prompt, GREEDY.withLogProbabilities(2));
        Map<String, Object> body = new HashMap<>(
                Map.of("model", "plain", "prompt", prompt, "temperature", 0, "max_tokens", 12, "logprobs", 2));
        Reply whole = server.post("/v1/completions", Json.of(body).write());
        assertThat(whole.status()).as(whole.body()).isEqualTo(200);
        assertThat(whole.text("choices.0.text")).isEqualTo(expected.text());
        int offset = 9;
        for (int i = 0; i < 12; i++) {
            LogProbabilities each = expected.logProbabilities().get(i);
            String path = "choices.0.logprobs.";
            byte[] bytes = plain.tokenizer().tokenizer().bytes(each.chosen().token());
            String token = new String(bytes, StandardCharsets.UTF_8);
            if (token.contains("\uFFFD"))
                token = "bytes:" + HexFormat.of().withPrefix("\\x").formatHex(bytes);
            assertThat(whole.text(path + "tokens." + i)).isEqualTo(token);
            Json chance = Json.of(each.chosen().logProbability());
            assertThat(whole.at(path + "token_logprobs." + i)).isEqualTo(chance);
            Map<String, Json> likeliest = ((Json.JsonObject) whole.at(path + "top_logprobs." + i)).map();
            assertThat(likeliest).hasSize(2).containsEntry(token, chance); // the likeliest is the chosen one
            assertThat(whole.number(path + "text_offset." + i)).isEqualTo(offset);
            for (byte one : bytes) if ((one & 0xC0) != 0x80) offset++;
        }
        for (String list : List.of("tokens", "token_logprobs", "top_logprobs", "text_offset")) {
            assertThat(((JsonArray) whole.at("choices.0.logprobs." + list)).list())
                    .hasSize(12);
        }

        body.put("stream", true);
        List<Reply> events =
                server.post("/v1/completions", Json.of(body).write()).events();
        assertThat(events).hasSizeGreaterThan(1);
        assertThat(events.getFirst().at("choices.0.logprobs")).isEqualTo(new Json.JsonNull());
        assertThat(events.getLast().at("choices.0.logprobs")).isEqualTo(whole.at("choices.0.logprobs"));

        body.remove("stream");
        body.put("logprobs", 0); // the chosen one alone
        Reply alone = server.post("/v1/completions", Json.of(body).write());
        assertThat(((Json.JsonObject) alone.at("choices.0.logprobs.top_logprobs.3")).map())
                .containsOnlyKeys(alone.text("choices.0.logprobs.tokens.3"));
        body.remove("logprobs");
        assertThat(server.post("/v1/completions", Json.of(body).write()).at("choices.0.logprobs"))
                .isEqualTo(new Json.JsonNull());
    }

    @Test
    void anAnswerIsOfASchema() throws Json.SyntaxException {
        Map<String, Object> schema = Map.of(
                "type", "object", "properties", Map.of("yes", Map.of("type", "boolean")), "required", List.of("yes"));
        Map<String, Object> format = Map.of(
                "type", "json_schema", "json_schema", Map.of("name", "answer", "strict", true, "schema", schema));
        String text = good(body("response_format", format, "max_tokens", 200)).text("choices.0.message.content");
        assertThat(Json.read(text)).isInstanceOf(Json.JsonObject.class);
        Generation how = GREEDY.withMaxTokens(200).withGrammar(JsonGrammar.schema(Json.of(schema)));
        assertThat(text).isEqualTo(expected(how).text());
        String object =
                good(body("response_format", Map.of("type", "json_object"))).text("choices.0.message.content");
        assertThat(object)
                .startsWith("{")
                .isEqualTo(expected(GREEDY.withGrammar(JsonGrammar.object())).text());
        assertThat(good(body("response_format", Map.of("type", "text"))).text("choices.0.message.content"))
                .isEqualTo(expected(GREEDY).text());
    }

    // ------------------------------------------------------------------------------------------------------ messages

    @Test
    void messagesReachTheTemplate() {
        Map<String, Object> call = Map.of(
                "id", "1", "type", "function", "function", Map.of("name", "tide", "arguments", "{\"place\":\"sea\"}"));
        Map<String, Object> assistant = new HashMap<>(Map.of("role", "assistant", "tool_calls", List.of(call)));
        assistant.put("content", null);
        assistant.put("refusal", null);
        assistant.put("annotations", List.of());
        List<Object> messages = List.of(
                message("developer", "be brief"),
                message("user", List.of(Map.of("type", "text", "text", "a"), Map.of("type", "text", "text", "b"))),
                assistant,
                Map.of("role", "tool", "content", "12", "tool_call_id", "1"));
        GeneratedText expected = expected(
                GREEDY,
                new Message(Role.SYSTEM, "be brief"),
                new Message(Role.USER, "a\nb"),
                new Message(
                        Role.ASSISTANT,
                        "",
                        Map.of("tool_calls", List.of(Map.of("function", Map.of("arguments", Map.of("place", "sea")))))),
                new Message(Role.TOOL, "12"));
        Reply reply = good(body("messages", messages));
        assertThat(reply.text("choices.0.message.content")).isEqualTo(expected.text());
        assertThat(reply.number("usage.prompt_tokens")).isEqualTo(expected.promptTokens());
    }

    @Test
    void toolsReachTheTemplateUnlessNoneIsWanted() {
        List<Object> tools = List.of(Map.of("type", "function", "function", Map.of("name", "tide")));
        long without = good(body()).number("usage.prompt_tokens");
        assertThat(good(body("tools", tools, "tool_choice", "auto")).number("usage.prompt_tokens"))
                .isEqualTo(model.prompt(List.of(new Message(Role.USER, "the rain and the sea")), Map.of("tools", tools))
                        .length)
                .isGreaterThan(without);
        assertThat(good(body("tools", tools, "tool_choice", "none")).number("usage.prompt_tokens"))
                .isEqualTo(without);
    }

    // ------------------------------------------------------------------------------------------------------ problems

    private static void refused(String param, String part, Object... more) {
        Reply reply = post(body(more));
        assertThat(reply.status()).as(reply.body()).isEqualTo(400);
        assertThat(reply.text("error.type")).isEqualTo("invalid_request_error");
        assertThat(reply.text("error.param")).isEqualTo(param);
        assertThat(reply.text("error.message")).contains(part);
    }

    @Test
    void whatIsNotDoneIsRefusedByName() {
        refused("temprature", "is unknown", "temprature", 1);
        refused("messages", "at least 1 message", "messages", List.of());
        refused("messages[0].role", "one of system", "messages", List.of(message("robot", "a")));
        refused(
                "messages[0].content[0].type",
                "expects text, got image_url",
                "messages",
                List.of(message("user", List.of(Map.of("type", "image_url", "image_url", Map.of("url", "a"))))));
        refused("n", "from 1 to 8", "n", 9);
        refused("tool_choice", "auto or none", "tool_choice", "required");
        refused("tools[0].type", "one of function", "tools", List.of(Map.of("type", "web")));
        refused("logit_bias", "expects none", "logit_bias", Map.of("5", 1));
        refused("top_logprobs", "beside it", "top_logprobs", 2);
        refused("stream_options", "beside it", "stream_options", Map.of("include_usage", true));
        refused("max_tokens", "none beside", "max_completion_tokens", 4);
        refused("response_format.type", "one of text", "response_format", Map.of("type", "xml"));
        refused(
                "response_format.json_schema.schema",
                "not",
                "response_format",
                Map.of("type", "json_schema", "json_schema", Map.of("name", "a", "schema", Map.of("not", true))));
        refused("model", "chat template", "model", "plain");
        assertThat(post(body("model", "other")).text("error.code")).isEqualTo("model_not_found");
    }

    @Test
    void aChatThatIsTooLongIsRefused() {
        String longer = "a ".repeat(model.context());
        Map<String, Object> body = body("messages", List.of(message("user", longer)));
        for (boolean streamed : new boolean[] {false, true}) {
            body.put("stream", streamed);
            Reply reply = post(body);
            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.text("error.code")).isEqualTo("context_length_exceeded");
            assertThat(reply.text("error.message")).contains("fewer than " + model.context() + " tokens");
        }
    }

    @Test
    void anAnswerEndsWhenItsClientHasLeft() throws IOException {
        for (int i = 0; i < 4; i++) { // two at a time have their turn: a third would wait for those that went on
            String endless =
                    Json.of(body("stream", true, "max_tokens", 1 << 20)).write();
            try (Socket _ = server.stream(CHAT, endless)) {}
        }
        long begin = System.nanoTime();
        good(body("max_tokens", 1));
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(TextServer.PATIENCE);
    }

    // ------------------------------------------------------------------------------------------------ other requests

    @Test
    void aTextIsContinued() {
        Map<String, Object> body =
                Map.of("model", "plain", "prompt", "the rain", "max_tokens", 9, "temperature", 0, "echo", true);
        Reply reply = server.post("/v1/completions", Json.of(body).write());
        GeneratedText expected = plain.complete("the rain", GREEDY.withMaxTokens(9));
        assertThat(reply.text("choices.0.text")).isEqualTo("the rain" + expected.text());
        assertThat(reply.number("usage.prompt_tokens")).isEqualTo(expected.promptTokens());
        assertThat(reply.number("usage.completion_tokens")).isEqualTo(9);
        assertThat(reply.text("choices.0.finish_reason")).isEqualTo("length");
    }

    @Test
    void aTextHasAVector() {
        Map<String, Object> body = Map.of("model", "plain", "input", List.of("the rain", "the sea"));
        Reply reply = server.post("/v1/embeddings", Json.of(body).write());
        float[] vector = reply.floats("data.1.embedding");
        float[] expected = plain.embed("the sea");
        assertThat(vector).hasSize(expected.length);
        for (int i = 0; i < vector.length; i++) {
            assertThat(vector[i]).isCloseTo(expected[i], org.assertj.core.api.Assertions.within(1e-6f));
        }
        assertThat(server.get("/v1/models").text("data.0.id")).isEqualTo("chat");
        assertThat(server.get("/v1/models/plain").text("object")).isEqualTo("model");
    }
}
