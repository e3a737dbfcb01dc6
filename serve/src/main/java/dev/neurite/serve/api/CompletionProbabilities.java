package dev.neurite.serve.api;

import dev.neurite.generate.LogProbabilities;
import dev.neurite.llm.GeneratedText;
import dev.neurite.llm.LanguageModel;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The log probabilities of the tokens of a text, as OpenAI's `/v1/completions` gives them.
final class CompletionProbabilities {
    private CompletionProbabilities() {}

    /// Lists of the tokens, their log probabilities, those of the likeliest ones, and where tokens begin: a number of
    /// code points from the beginning of the prompt on.
    static Map<String, Object> json(LanguageModel model, String prompt, GeneratedText answer) {
        List<String> tokens = new ArrayList<>();
        List<Double> ofTokens = new ArrayList<>();
        List<Map<String, Double>> likeliest = new ArrayList<>();
        List<Integer> offsets = new ArrayList<>();
        int offset = prompt.codePointCount(0, prompt.length());
        for (LogProbabilities each : answer.logProbabilities()) {
            byte[] bytes = OpenAiForm.bytes(model, each.chosen().token());
            tokens.add(text(bytes));
            ofTokens.add(OpenAiForm.logProbability(each.chosen()));
            Map<String, Double> most = new LinkedHashMap<>();
            for (LogProbabilities.Entry entry : each.likeliest()) put(most, model, entry);
            put(most, model, each.chosen());
            likeliest.add(most);
            offsets.add(offset);
            for (byte one : bytes) if ((one & 0xC0) != 0x80) offset++; // of a character's bytes, the first counts
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("tokens", tokens);
        json.put("token_logprobs", ofTokens);
        json.put("top_logprobs", likeliest);
        json.put("text_offset", offsets);
        return json;
    }

    /// Of several tokens with one text, the likeliest counts.
    private static void put(Map<String, Double> to, LanguageModel model, LogProbabilities.Entry entry) {
        to.merge(text(OpenAiForm.bytes(model, entry.token())), OpenAiForm.logProbability(entry), Math::max);
    }

    /// What a token adds to a text; `bytes:\xe2\x80` for some bytes of a character.
    private static String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException _) {
            return "bytes:" + HexFormat.of().withPrefix("\\x").formatHex(bytes);
        }
    }
}
