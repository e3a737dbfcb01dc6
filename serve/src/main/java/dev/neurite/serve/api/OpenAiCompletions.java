package dev.neurite.serve.api;

import dev.neurite.generate.StopText;
import dev.neurite.http.Answer;
import dev.neurite.http.HttpProblem;
import dev.neurite.http.Route;
import dev.neurite.io.json.Json;
import dev.neurite.predict.Predictor;
import dev.neurite.serve.model.Deadline;
import dev.neurite.serve.model.ModelKind;
import dev.neurite.serve.model.Repository;
import dev.neurite.signature.Output;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Texts that models of language write, in OpenAI's form: `POST /v1/completions`. [TextWriter] computes
/// few of them at once.
final class OpenAiCompletions {
    private static final ChosenModel.Wish<ModelKind.Predictions> WRITER =
            new ChosenModel.Wish<>(ModelKind.Predictions.class, "a model of language");

    private OpenAiCompletions() {}

    static Route route(TextRoutes texts, TextWriter writer) {
        return texts.post(
                "/v1/completions",
                OpenAiForm.PROBLEMS,
                (_, body, deadline) -> complete(texts.models(), writer, CompletionRequest.of(body), deadline));
    }

    /// Whether a model writes texts.
    static boolean writes(ModelKind kind) {
        return kind instanceof ModelKind.Predictions all
                && all.predictor().signature().output() instanceof Output.Continuation;
    }

    private static Answer complete(Repository models, TextWriter writer, CompletionRequest asked, Deadline deadline) {
        ModelKind.Predictions model =
                WRITER.named(models, asked.model(), "model").kind();
        if (!writes(model)) {
            throw HttpProblem.bad(
                    "model",
                    "expects a model of language, got one that "
                            + model.predictor().signature().words());
        }
        var writing = new Writing(asked, model.predictor(), writer, deadline);
        return asked.streamed()
                ? Answer.pieces(OpenAiForm.CHUNKS, writing::stream)
                : Answer.json(writer.apart(deadline, writing::answer));
    }

    /// How a text ended.
    private enum Reason {
        LENGTH("length"),
        STOP("stop");

        final String word;

        Reason(String word) {
            this.word = word;
        }
    }

    /// Ends a text at a stop sequence.
    private static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Stopped() {
            super("a stop sequence", null, false, false);
        }
    }

    /// The texts of one request.
    private static final class Writing {
        private final CompletionRequest asked;
        private final Predictor predictor;
        private final TextWriter writer;
        private final Deadline deadline;
        private final String id = "cmpl-" + UUID.randomUUID().toString().replace("-", "");
        private final long created = Instant.now().getEpochSecond();
        private int promptTokens;
        private int tokens;

        Writing(CompletionRequest asked, Predictor predictor, TextWriter writer, Deadline deadline) {
            this.asked = asked;
            this.predictor = predictor;
            this.writer = writer;
            this.deadline = deadline;
        }

        Map<String, @Nullable Object> answer() {
            List<Object> choices = new ArrayList<>();
            each((number, choice) -> {
                var text = new StringBuilder();
                Reason reason = write(number, choice, text::append);
                choices.add(choice(choices.size(), text.toString(), reason.word));
            });
            Map<String, @Nullable Object> answer = object(choices);
            answer.put("usage", usage());
            return answer;
        }

        void stream(Consumer<String> out) {
            writer.inTurn(deadline, () -> {
                streamed(out);
                return true;
            });
        }

        private void streamed(Consumer<String> out) {
            int[] index = new int[1];
            each((number, choice) -> {
                int at = index[0]++;
                Reason reason = write(number, choice, piece -> out.accept(chunk(choice(at, piece, null))));
                out.accept(chunk(choice(at, "", reason.word)));
            });
            if (!asked.usage()) return;
            Map<String, @Nullable Object> last = object(List.of());
            last.put("usage", usage());
            out.accept(Json.of(last).write());
        }

        /// @param write takes the numbers of a prompt and of a choice
        private void each(BiConsumer<Integer, Integer> write) {
            for (int prompt = 0; prompt < asked.prompts().size(); prompt++) {
                promptTokens += predictor.promptTokens(asked.prompts().get(prompt));
                for (int choice = 0; choice < asked.choices(); choice++) write.accept(prompt, choice);
            }
        }

        /// Writes a text.
        private Reason write(int number, int choice, Consumer<String> out) {
            String prompt = asked.prompts().get(number);
            var text = new StopText(asked.stops(), out);
            boolean[] begun = new boolean[1];
            String path = asked.prompts().size() == 1 ? "prompt" : "prompt[" + number + "]";
            try {
                writer.write(wish(prompt, path, choice), deadline, (piece, count) -> {
                    if (asked.echo() && !begun[0]) out.accept(prompt);
                    begun[0] = true;
                    tokens += count;
                    if (text.add(piece)) throw new Stopped();
                });
            } catch (Stopped _) {
                return Reason.STOP;
            }
            text.end();
            return Reason.LENGTH;
        }

        private TextWriter.Wish wish(String prompt, String path, int choice) {
            return new TextWriter.Wish(predictor, prompt, path, asked.most(), asked.sampling(choice));
        }

        private String chunk(Map<String, @Nullable Object> choice) {
            Map<String, @Nullable Object> chunk = object(List.of(choice));
            if (asked.usage()) chunk.put("usage", null);
            return Json.of(chunk).write();
        }

        private Map<String, @Nullable Object> object(List<?> choices) {
            Map<String, @Nullable Object> object = new LinkedHashMap<>();
            object.put("id", id);
            object.put("object", "text_completion");
            object.put("created", created);
            object.put("model", asked.model());
            object.put("choices", choices);
            return object;
        }

        private static Map<String, @Nullable Object> choice(int index, String text, @Nullable String reason) {
            Map<String, @Nullable Object> choice = new LinkedHashMap<>();
            choice.put("text", text);
            choice.put("index", index);
            choice.put("logprobs", null);
            choice.put("finish_reason", reason);
            return choice;
        }

        private Map<String, Object> usage() {
            Map<String, Object> usage = new LinkedHashMap<>();
            usage.put("prompt_tokens", promptTokens);
            usage.put("completion_tokens", tokens);
            usage.put("total_tokens", promptTokens + tokens);
            return usage;
        }
    }
}
