package dev.neurite.serve.api;

import dev.neurite.generate.StopText;
import dev.neurite.http.Answer;
import dev.neurite.http.HttpProblem;
import dev.neurite.http.Route;
import dev.neurite.io.json.Json;
import dev.neurite.llm.GeneratedText;
import dev.neurite.llm.Generation;
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
    private static final ChosenModel.Wish<ModelKind> WRITER =
            new ChosenModel.Wish<>(ModelKind.class, "a model of language");

    private OpenAiCompletions() {}

    static Route route(TextRoutes texts, TextWriter writer) {
        return texts.post(
                "/v1/completions",
                OpenAiForm.PROBLEMS,
                (_, body, deadline) -> complete(texts.models(), writer, CompletionRequest.of(body), deadline));
    }

    /// Whether a model writes texts.
    static boolean writes(ModelKind kind) {
        return kind instanceof ModelKind.Language
                || (kind instanceof ModelKind.Predictions all
                        && all.predictor().signature().output() instanceof Output.Continuation);
    }

    private static Answer complete(Repository models, TextWriter writer, CompletionRequest asked, Deadline deadline) {
        ModelKind model = WRITER.named(models, asked.model(), "model").kind();
        Continuing continuing = switch (model) {
            case ModelKind.Language each -> new OfLanguage(each, asked, writer, deadline);
            case ModelKind.Predictions each
            when writes(each) && asked.likeliest() >= 0 ->
                throw HttpProblem.bad(
                        "logprobs", "expects none: only language models of files, such as GGUF, give probabilities");
            case ModelKind.Predictions each
            when writes(each) -> new OfPredictor(each.predictor(), asked, writer, deadline);
            case ModelKind.Predictions each ->
                throw HttpProblem.bad(
                        "model",
                        "expects a model of language, got one that "
                                + each.predictor().signature().words());
            default -> throw new HttpProblem(400, "kind", "model", "expects a model of language, got another");
        };
        var writing = new Writing(asked, continuing, writer, deadline);
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

    /// Continues the prompts of a request.
    private interface Continuing {
        /// The tokens of a prompt.
        int tokens(String prompt);

        /// Writes a text.
        /// @param choice its number
        /// @param path of the prompt
        Written write(String prompt, int choice, String path, Consumer<String> out);
    }

    /// @param logProbabilities of the tokens, as they are sent; null for none
    private record Written(
            Reason reason, int tokens, @Nullable Object logProbabilities) {}

    private record OfPredictor(Predictor predictor, CompletionRequest asked, TextWriter writer, Deadline deadline)
            implements Continuing {
        @Override
        public int tokens(String prompt) {
            return predictor.promptTokens(prompt);
        }

        @Override
        public Written write(String prompt, int choice, String path, Consumer<String> out) {
            var wish = new TextWriter.Wish(predictor, prompt, path, asked.most(), asked.sampling(choice));
            var text = new StopText(asked.stops(), out);
            int[] tokens = new int[1];
            try {
                writer.write(wish, deadline, (piece, count) -> {
                    tokens[0] += count;
                    if (text.add(piece)) throw new Stopped();
                });
            } catch (Stopped _) {
                return new Written(Reason.STOP, tokens[0], null);
            } catch (HttpProblem e) {
                if (e.status() != 504 || tokens[0] == 0) throw e; // a text that has begun ends there
            }
            text.end();
            return new Written(Reason.LENGTH, tokens[0], null);
        }
    }

    private record OfLanguage(ModelKind.Language model, CompletionRequest asked, TextWriter writer, Deadline deadline)
            implements Continuing {
        @Override
        public int tokens(String prompt) {
            return model.model().tokenizer().encode(prompt).length;
        }

        @Override
        public Written write(String prompt, int choice, String path, Consumer<String> out) {
            Generation how = Generation.USUAL
                    .withSampling(asked.sampling(choice))
                    .withMaxTokens(asked.most())
                    .withStops(asked.stops().toArray(new String[0]))
                    .withLogProbabilities(asked.likeliest());
            int[] tokens = model.model().tokenizer().encode(prompt);
            GeneratedText answer = writer.write(model, tokens, path, how, deadline, out);
            Reason reason = OpenAiForm.isCut(answer) ? Reason.LENGTH : Reason.STOP;
            Object logProbabilities =
                    asked.likeliest() < 0 ? null : CompletionProbabilities.json(model.model(), prompt, answer);
            return new Written(reason, answer.tokens().size(), logProbabilities);
        }
    }

    /// Passes a text on, after its prompt where a request wants that.
    private static final class Echo implements Consumer<String> {
        private final Consumer<String> out;
        private String prompt;

        Echo(String prompt, Consumer<String> out) {
            this.prompt = prompt;
            this.out = out;
        }

        @Override
        public void accept(String piece) {
            String all = prompt + piece;
            prompt = "";
            if (!all.isEmpty()) out.accept(all);
        }
    }

    /// The texts of one request.
    private static final class Writing {
        private final CompletionRequest asked;
        private final Continuing continuing;
        private final TextWriter writer;
        private final Deadline deadline;
        private final String id = "cmpl-" + UUID.randomUUID().toString().replace("-", "");
        private final long created = Instant.now().getEpochSecond();
        private int promptTokens;
        private int tokens;

        Writing(CompletionRequest asked, Continuing continuing, TextWriter writer, Deadline deadline) {
            this.asked = asked;
            this.continuing = continuing;
            this.writer = writer;
            this.deadline = deadline;
        }

        Map<String, @Nullable Object> answer() {
            List<Object> choices = new ArrayList<>();
            each((number, choice) -> {
                var text = new StringBuilder();
                Written written = write(number, choice, text::append);
                choices.add(choice(choices.size(), text.toString(), written));
            });
            Map<String, @Nullable Object> answer = object(choices);
            answer.put("usage", OpenAiForm.usage(promptTokens, tokens));
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
                Written written = write(number, choice, piece -> out.accept(chunk(choice(at, piece, null))));
                out.accept(chunk(choice(at, "", written)));
            });
            if (!asked.usage()) return;
            Map<String, @Nullable Object> last = object(List.of());
            last.put("usage", OpenAiForm.usage(promptTokens, tokens));
            out.accept(Json.of(last).write());
        }

        /// @param write takes the numbers of a prompt and of a choice
        private void each(BiConsumer<Integer, Integer> write) {
            for (int prompt = 0; prompt < asked.prompts().size(); prompt++) {
                promptTokens += continuing.tokens(asked.prompts().get(prompt));
                for (int choice = 0; choice < asked.choices(); choice++) write.accept(prompt, choice);
            }
        }

        /// Writes a text.
        private Written write(int number, int choice, Consumer<String> out) {
            String prompt = asked.prompts().get(number);
            String path = asked.prompts().size() == 1 ? "prompt" : "prompt[" + number + "]";
            var echo = new Echo(asked.echo() ? prompt : "", out);
            Written written = continuing.write(prompt, choice, path, echo);
            echo.accept(""); // of an empty text
            tokens += written.tokens;
            return written;
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

        /// @param written the text that ends here; null before its end
        private static Map<String, @Nullable Object> choice(int index, String text, @Nullable Written written) {
            Map<String, @Nullable Object> choice = new LinkedHashMap<>();
            choice.put("text", text);
            choice.put("index", index);
            choice.put("logprobs", written == null ? null : written.logProbabilities);
            choice.put("finish_reason", written == null ? null : written.reason.word);
            return choice;
        }
    }
}
