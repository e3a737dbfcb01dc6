package dev.neurite.serve.api;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.generate.LogProbabilities;
import dev.neurite.http.Answer;
import dev.neurite.http.HttpProblem;
import dev.neurite.http.Route;
import dev.neurite.io.json.Json;
import dev.neurite.llm.GeneratedText;
import dev.neurite.serve.model.Deadline;
import dev.neurite.serve.model.ModelKind;
import dev.neurite.serve.model.Repository;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Answers of language models in chats, in OpenAI's form: `POST /v1/chat/completions`. [TextWriter] computes few of
/// them at once.
final class OpenAiChat {
    private static final ChosenModel.Wish<ModelKind.Language> CHATTER =
            new ChosenModel.Wish<>(ModelKind.Language.class, "a language model that chats");

    private OpenAiChat() {}

    static Route route(TextRoutes texts, TextWriter writer) {
        return texts.post(
                "/v1/chat/completions",
                OpenAiForm.PROBLEMS,
                (_, body, deadline) -> answer(texts.models(), writer, ChatRequest.of(body), deadline));
    }

    private static Answer answer(Repository models, TextWriter writer, ChatRequest asked, Deadline deadline) {
        ModelKind.Language model = CHATTER.named(models, asked.model(), "model").kind();
        var writing = new Writing(asked, model, writer, deadline);
        return asked.streamed()
                ? Answer.pieces(
                        OpenAiForm.CHUNKS,
                        out -> writer.inTurn(deadline, () -> {
                            writing.stream(out);
                            return true;
                        }))
                : Answer.json(writer.apart(deadline, writing::answer));
    }

    /// The answers of one request.
    private static final class Writing {
        private final ChatRequest asked;
        private final ModelKind.Language kind;
        private final TextWriter writer;
        private final Deadline deadline;
        private final String id = "chatcmpl-" + UUID.randomUUID().toString().replace("-", "");
        private final long created = Instant.now().getEpochSecond();
        private int promptTokens;
        private int kept; // of these for the first answer
        private int tokens;

        Writing(ChatRequest asked, ModelKind.Language kind, TextWriter writer, Deadline deadline) {
            this.asked = asked;
            this.kind = kind;
            this.writer = writer;
            this.deadline = deadline;
        }

        Map<String, @Nullable Object> answer() {
            List<Object> choices = new ArrayList<>();
            int[] prompt = prompt();
            for (int i = 0; i < asked.choices(); i++) {
                GeneratedText answer = write(prompt, i, _ -> {});
                Map<String, @Nullable Object> message = new LinkedHashMap<>();
                message.put("role", "assistant");
                message.put("content", answer.text());
                message.put("refusal", null);
                choices.add(choice(i, "message", message, logProbabilities(answer), reason(answer)));
            }
            Map<String, @Nullable Object> object = object("chat.completion", choices);
            object.put("usage", usage());
            return object;
        }

        void stream(Consumer<String> out) {
            int[] prompt = prompt();
            for (int i = 0; i < asked.choices(); i++) {
                int index = i;
                boolean[] begun = new boolean[1];
                GeneratedText answer = write(prompt, i, piece -> {
                    begin(index, begun, out);
                    out.accept(chunk(index, Map.of("content", piece), null, null));
                });
                begin(index, begun, out);
                out.accept(chunk(index, Map.of(), logProbabilities(answer), reason(answer)));
            }
            if (!asked.usage()) return;
            Map<String, @Nullable Object> last = object("chat.completion.chunk", List.of());
            last.put("usage", usage());
            out.accept(Json.of(last).write());
        }

        /// Says whose message it is, when it is known that there is one.
        private void begin(int index, boolean[] begun, Consumer<String> out) {
            if (begun[0]) return;
            begun[0] = true;
            out.accept(chunk(index, Map.of("role", "assistant", "content", ""), null, null));
        }

        private int[] prompt() {
            try {
                int[] prompt = kind.model().prompt(asked.messages(), asked.more());
                promptTokens = prompt.length;
                return prompt;
            } catch (ConfigException e) { // no template
                throw new HttpProblem(400, "kind", "model", e.getMessage() == null ? e.problem() : e.getMessage());
            } catch (DataException e) {
                throw new HttpProblem(400, "data", "messages", e.problem());
            }
        }

        private GeneratedText write(int[] prompt, int choice, Consumer<String> out) {
            GeneratedText answer = writer.write(kind, prompt, "messages", asked.generation(choice), deadline, out);
            if (choice == 0) kept = answer.keptTokens();
            tokens += answer.tokens().size();
            return answer;
        }

        private Map<String, Object> usage() {
            Map<String, Object> usage = OpenAiForm.usage(promptTokens, tokens);
            usage.put("prompt_tokens_details", Map.of("cached_tokens", kept));
            return usage;
        }

        private static String reason(GeneratedText answer) {
            return OpenAiForm.isCut(answer) ? "length" : "stop";
        }

        private String chunk(
                int index, Map<String, ?> delta, @Nullable Object logProbabilities, @Nullable String reason) {
            List<Object> choices = List.of(choice(index, "delta", delta, logProbabilities, reason));
            Map<String, @Nullable Object> chunk = object("chat.completion.chunk", choices);
            if (asked.usage()) chunk.put("usage", null);
            return Json.of(chunk).write();
        }

        private Map<String, @Nullable Object> object(String type, List<?> choices) {
            Map<String, @Nullable Object> object = new LinkedHashMap<>();
            object.put("id", id);
            object.put("object", type);
            object.put("created", created);
            object.put("model", asked.model());
            object.put("choices", choices);
            return object;
        }

        private static Map<String, @Nullable Object> choice(
                int index,
                String part,
                Map<String, ?> content,
                @Nullable Object logProbabilities,
                @Nullable String reason) {
            Map<String, @Nullable Object> choice = new LinkedHashMap<>();
            choice.put("index", index);
            choice.put(part, content);
            choice.put("logprobs", logProbabilities);
            choice.put("finish_reason", reason);
            return choice;
        }

        // ---------------------------------------------------------------------------------------- log probabilities

        private @Nullable Object logProbabilities(GeneratedText answer) {
            if (asked.likeliest() < 0) return null;
            List<Object> content = new ArrayList<>();
            for (LogProbabilities each : answer.logProbabilities()) {
                Map<String, Object> token = token(each.chosen());
                token.put(
                        "top_logprobs",
                        each.likeliest().stream().map(this::token).toList());
                content.add(token);
            }
            Map<String, @Nullable Object> all = new LinkedHashMap<>();
            all.put("content", content);
            all.put("refusal", null);
            return all;
        }

        private Map<String, Object> token(LogProbabilities.Entry entry) {
            byte[] bytes = OpenAiForm.bytes(kind.model(), entry.token());
            List<Integer> numbers = new ArrayList<>();
            for (byte each : bytes) numbers.add(Byte.toUnsignedInt(each));
            Map<String, Object> token = new LinkedHashMap<>();
            token.put("token", new String(bytes, StandardCharsets.UTF_8));
            token.put("logprob", OpenAiForm.logProbability(entry));
            token.put("bytes", numbers);
            return token;
        }
    }
}
