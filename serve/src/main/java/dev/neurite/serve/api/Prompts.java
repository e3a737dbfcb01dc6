package dev.neurite.serve.api;

import dev.neurite.generate.Penalties;
import dev.neurite.generate.Sampling;
import dev.neurite.http.Answer;
import dev.neurite.http.HttpProblem;
import dev.neurite.http.JsonFields;
import dev.neurite.http.PieceForm;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import dev.neurite.predict.Prediction;
import dev.neurite.predict.Predictor;
import dev.neurite.serve.model.Deadline;

/// Prompts, which models of language continue.
final class Prompts {
    static final int MOST_PROMPT = 20_000; // characters
    static final int MOST_TOKENS = 2_000;
    static final int USUAL_TOKENS = 100;
    static final double LEAST_REPETITION = 0.01;
    static final double MOST_REPETITION = 100;
    static final double MOST_PENALTY = 100; // of frequency and presence

    private final TextWriter writer;

    Prompts(TextWriter writer) {
        this.writer = writer;
    }

    /// A prompt with its settings.
    /// @param most the most tokens that follow
    record Prompt(String text, int most, Sampling sampling) {
        /// A text alone, or an object with `prompt` and settings.
        /// @throws HttpProblem 400 for settings that are unknown or out of range
        static Prompt of(Json json) {
            if (json instanceof JsonString(String text)) return of(text);
            if (!(json instanceof JsonObject body)) {
                throw HttpProblem.bad("", "expects a prompt, got " + JsonPaths.described(json));
            }
            JsonFields fields = JsonFields.of(body)
                    .only(
                            "prompt",
                            "most",
                            "temperature",
                            "topK",
                            "topP",
                            "minP",
                            "repetitionPenalty",
                            "frequencyPenalty",
                            "presencePenalty",
                            "penaltyWindow",
                            "seed");
            return new Prompt(
                    fields.text("prompt", MOST_PROMPT),
                    fields.integer("most", USUAL_TOKENS, 1, MOST_TOKENS),
                    new Sampling(
                            fields.number("temperature", 1, 0, 100),
                            fields.integer("topK", 0, 0, Integer.MAX_VALUE),
                            fields.number("topP", 1, Double.MIN_VALUE, 1),
                            fields.number("minP", 0, 0, 1),
                            penalties(fields),
                            fields.integer("seed", 0, 0, Integer.MAX_VALUE)));
        }

        private static Penalties penalties(JsonFields fields) {
            return new Penalties(
                    fields.number("repetitionPenalty", 1, LEAST_REPETITION, MOST_REPETITION),
                    fields.number("frequencyPenalty", 0, -MOST_PENALTY, MOST_PENALTY),
                    fields.number("presencePenalty", 0, -MOST_PENALTY, MOST_PENALTY),
                    fields.integer("penaltyWindow", Penalties.NONE.window(), 0, Penalties.LONGEST));
        }

        /// A text with the usual settings.
        /// @throws HttpProblem 413 for one that is too long
        static Prompt of(String text) {
            if (text.length() <= MOST_PROMPT) return new Prompt(text, USUAL_TOKENS, Sampling.USUAL);
            String message = "expects a prompt of at most " + MOST_PROMPT + " characters, got " + text.length();
            throw new HttpProblem(413, "characters", "", message);
        }

        private TextWriter.Wish wish(Predictor predictor) {
            return new TextWriter.Wish(predictor, text, "prompt", most, sampling);
        }
    }

    /// The whole text.
    /// @throws HttpProblem 400 for a prompt without tokens, 503 if others take all the time, 504 if it takes
    /// too long
    Prediction.Continuation text(Predictor predictor, Prompt prompt, Deadline deadline) {
        return writer.apart(deadline, () -> writer.write(prompt.wish(predictor), deadline, (_, _) -> {}));
    }

    /// The text piece by piece, as events.
    Answer pieces(Predictor predictor, Prompt prompt, Deadline deadline) {
        return Answer.pieces(
                PieceForm.events("piece"),
                pieces -> writer.inTurn(
                        deadline,
                        () -> writer.write(prompt.wish(predictor), deadline, (piece, _) -> pieces.accept(piece))));
    }
}
