package dev.neurite.predict;

import dev.neurite.error.DataException;
import dev.neurite.generate.Generator;
import dev.neurite.generate.Sampling;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Model;
import dev.neurite.signature.TextCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;

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
            Predictor.PieceListener pieces) {
        int[] ids = codec.encode(prompt);
        if (ids.length == 0) throw new DataException("prompt", "expects a text of at least one token, got none");
        refuseUnknown(codec, prompt, ids);
        var text = new StringBuilder();
        List<Integer> before = new ArrayList<>(List.of(ids[ids.length - 1])); // of the piece that is written last
        List<Integer> pending = new ArrayList<>(); // the bytes of a character that is not whole yet
        Runnable write = () -> {
            String piece = after(codec, before, pending);
            int tokens = pending.size();
            before.clear();
            before.addAll(pending);
            pending.clear();
            text.append(piece);
            pieces.piece(piece, tokens);
        };
        Generator.of(model)
                .withMaxTokens(most)
                .withSampling(sampling)
                .withKernels(kernels)
                .generate(List.of(ids), (_, token) -> {
                    pending.add(token);
                    boolean whole = !decoded(codec, pending).endsWith("\uFFFD");
                    if (whole || pending.size() >= LONGEST) write.run();
                });
        if (!pending.isEmpty()) write.run();
        return new Prediction.Continuation(prompt, text.toString());
    }

    /// The text of tokens after others: a tokenizer may write a space between two words.
    private static String after(TextCodec codec, List<Integer> before, List<Integer> tokens) {
        String known = decoded(codec, before);
        List<Integer> both = new ArrayList<>(before);
        both.addAll(tokens);
        String all = decoded(codec, both);
        return all.startsWith(known) ? all.substring(known.length()) : decoded(codec, tokens);
    }

    private static String decoded(TextCodec codec, List<Integer> ids) {
        return codec.decode(ids.stream().mapToInt(Integer::intValue).toArray());
    }

    /// Refuses characters or words that the text of the training did not have.
    private static void refuseUnknown(TextCodec codec, String prompt, int... ids) {
        OptionalInt unknown = codec.unknown();
        if (unknown.isEmpty() || !contains(unknown.getAsInt(), ids)) return;
        boolean characters = ids.length == prompt.codePointCount(0, prompt.length());
        Stream<String> all =
                characters ? prompt.codePoints().mapToObj(Character::toString) : Arrays.stream(prompt.split("\\s+"));
        List<String> pieces = all.filter(each -> !each.isEmpty() && contains(unknown.getAsInt(), codec.encode(each)))
                .distinct()
                .toList();
        throw new DataException(
                "prompt",
                "expects " + (characters ? "characters" : "words") + " that the text of the training has, got '"
                        + String.join(characters ? "" : "', '", pieces) + "'");
    }

    private static boolean contains(int token, int... ids) {
        return Arrays.stream(ids).anyMatch(id -> id == token);
    }
}
