package dev.neurite.cli.report;

import dev.neurite.cli.console.Text;
import dev.neurite.data.Dataset;
import dev.neurite.loss.CrossEntropy;
import dev.neurite.loss.Loss;
import dev.neurite.text.Tokenizer;
import dev.neurite.text.data.TextWindows;
import dev.neurite.train.Evaluation;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// How well a model of language predicts a text, in figures that do not depend on its tokens.
/// @param tokens that were predicted
/// @param characters that these tokens are, see [Tokenizer#characters]
/// @param loss the mean cross-entropy of a token, in nats
public record LanguageReport(long tokens, long characters, double loss) {
    /// The report on a text; empty for data that is none, or another loss.
    public static Optional<LanguageReport> of(Dataset test, Loss loss, Evaluation evaluation) {
        boolean plain = loss instanceof CrossEntropy entropy && entropy.equals(new CrossEntropy());
        if (!(test instanceof TextWindows windows) || !plain) return Optional.empty();
        Tokenizer tokenizer = windows.tokenizer();
        int[] ofToken = new int[tokenizer.vocabularySize()];
        Arrays.setAll(ofToken, tokenizer::characters);
        int[] labels = new int[windows.targetShape().size()];
        long characters = 0;
        for (int row = 0; row < windows.size(); row++) {
            windows.readLabels(row, labels, 0);
            for (int label : labels) characters += ofToken[label];
        }
        return Optional.of(
                new LanguageReport((long) windows.size() * labels.length, Math.max(1, characters), evaluation.loss()));
    }

    /// The cross-entropy of a character, in nats.
    public double nats() {
        return loss * tokens / characters;
    }

    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("nats_per_character", nats());
        json.put("perplexity", Math.exp(loss));
        json.put("tokens", tokens);
        json.put("characters", characters);
        return json;
    }

    @Override
    public String toString() {
        return Text.format(
                "%.4f nats a character (%.4f bits), perplexity %.2f a token: %,d tokens, %,d characters",
                nats(), nats() / Math.log(2), Math.exp(loss), tokens, characters);
    }
}
