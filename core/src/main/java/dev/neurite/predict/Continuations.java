package dev.neurite.predict;

import dev.neurite.error.ConfigException;
import dev.neurite.generate.Generator;
import dev.neurite.generate.Sampling;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Model;
import dev.neurite.signature.TextCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Continues texts with a model of language.
final class Continuations {
    private static final int LONGEST = 4; // bytes of a character, each of which may be a token

    private Continuations() {}

    static Prediction.Continuation of(
            Model model,
            TextCodec codec,
            String prompt,
            int most,
            Sampling sampling,
            Kernels kernels,
            Consumer<String> pieces) {
        int[] ids = codec.encode(prompt);
        if (ids.length == 0) throw new ConfigException("prompt", "expects a text of at least one token, got none");
        refuseUnknown(codec, prompt, ids);
        var text = new StringBuilder();
        List<Integer> pending = new ArrayList<>(); // the bytes of a character that is not whole yet
        Generator.of(model)
                .withMost(most)
                .withSampling(sampling)
                .withKernels(kernels)
                .generate(List.of(ids), (_, token) -> {
                    pending.add(token);
                    String piece = decoded(codec, pending);
                    if (piece.endsWith("\uFFFD") && pending.size() < LONGEST) return;
                    pending.clear();
                    text.append(piece);
                    pieces.accept(piece);
                });
        if (!pending.isEmpty()) {
            String rest = decoded(codec, pending);
            text.append(rest);
            pieces.accept(rest);
        }
        return new Prediction.Continuation(prompt, text.toString());
    }

    private static String decoded(TextCodec codec, List<Integer> ids) {
        return codec.decode(ids.stream().mapToInt(Integer::intValue).toArray());
    }

    /// Refuses characters that the text of the training did not have.
    private static void refuseUnknown(TextCodec codec, String prompt, int... ids) {
        OptionalInt unknown = codec.unknown();
        if (unknown.isEmpty() || Arrays.stream(ids).noneMatch(id -> id == unknown.getAsInt())) return;
        String characters = prompt.codePoints()
                .distinct()
                .mapToObj(Character::toString)
                .filter(each -> Arrays.stream(codec.encode(each)).anyMatch(id -> id == unknown.getAsInt()))
                .collect(Collectors.joining());
        throw new ConfigException(
                "prompt", "expects characters that the text of the training has, got '" + characters + "'");
    }
}
