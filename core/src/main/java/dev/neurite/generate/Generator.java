package dev.neurite.generate;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.model.Model;
import dev.neurite.model.PredictionSession;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// Continues sequences of tokens with a model of language, one token after the other.
/// ```java
/// Generator generator = Generator.of(model).withMost(100).withSampling(Sampling.USUAL.withTemperature(0.8));
/// int[] tokens = generator.generate(prompt); //  the ids that follow those of the prompt
/// ```
/// The model has ids of tokens `[time]` as input, with an open axis, and scores or probabilities of all tokens for each
/// position, `[time × vocabulary]`. A token costs a prediction of one position, see [PredictionSession].
/// @param model the model
/// @param sampling how tokens are chosen
/// @param most the most tokens that follow a prompt
/// @param stops ids of tokens that end a sequence, and are not part of it
public record Generator(Model model, Sampling sampling, int most, Set<Integer> stops) {
    private static final int MOST_SCORES = 1 << 22; // of a part of prompts

    /// Gets each token as soon as it is chosen.
    @FunctionalInterface
    public interface Listener {
        /// A token of a row was chosen.
        /// @param row from 0
        /// @param token its id
        void token(int row, int token);
    }

    /// @throws ShapeException for a model that is none of language
    /// @throws ConfigException for less than one token
    public Generator {
        List<Shape> in = model.network().inputs();
        List<Shape> out = model.network().outputs();
        boolean fits = in.equals(List.of(Shape.of(Shape.OPEN)))
                && out.size() == 1
                && out.getFirst().rank() == 2
                && out.getFirst().extent(0) == Shape.OPEN;
        if (!fits) {
            throw new ShapeException(
                    "generator",
                    "expects a model from ids [?] to scores [?×vocabulary], got one from " + in + " to " + out);
        }
        if (most < 1) throw new ConfigException("generator", "expects at least 1 token, got " + most);
        stops = Set.copyOf(stops);
    }

    /// A generator of at most 100 tokens with [Sampling#USUAL], without tokens that end a sequence.
    public static Generator of(Model model) {
        return new Generator(model, Sampling.USUAL, 100, Set.of());
    }

    /// A copy that chooses tokens in this way.
    public Generator withSampling(Sampling other) {
        return new Generator(model, other, most, stops);
    }

    /// A copy with this number of tokens at most.
    public Generator withMost(int tokens) {
        return new Generator(model, sampling, tokens, stops);
    }

    /// A copy in which these tokens end a sequence.
    public Generator withStops(Integer... tokens) {
        return new Generator(model, sampling, most, Set.of(tokens));
    }

    /// The number of tokens that the model knows.
    public int vocabulary() {
        return model.network().outputs().getFirst().extent(1);
    }

    /// Continues a sequence.
    /// @param prompt the ids of its first tokens, at least one
    /// @return the ids of the tokens that follow
    /// @throws DataException for an id that is not in the vocabulary, or an empty prompt
    /// @throws ShapeException if the model has too few positions for prompt and tokens
    public int[] generate(int... prompt) {
        return generate(List.of(prompt), (_, _) -> {}).getFirst();
    }

    /// Continues several sequences, side by side: each as [#generate(int...)] would, but with random numbers of its own.
    /// @param prompts the ids of the first tokens of each, at least one; of any lengths
    /// @param listener gets each token as soon as it is chosen
    /// @return for each the ids of the tokens that follow
    public List<int[]> generate(List<int[]> prompts, Listener listener) {
        int longest = 0;
        int shortest = Integer.MAX_VALUE;
        for (int row = 0; row < prompts.size(); row++) {
            int length = prompts.get(row).length;
            if (length == 0) throw new DataException("prompt " + row, "expects at least 1 token, got none");
            longest = Math.max(longest, length);
            shortest = Math.min(shortest, length);
        }
        if (prompts.isEmpty()) return List.of();
        PredictionSession session = model.session(prompts.size(), Math.addExact(longest, most - 1));
        List<List<Integer>> chosen = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) chosen.add(new ArrayList<>());
        int[] rows = new int[prompts.size()]; // of the session
        Arrays.setAll(rows, i -> i);
        Tensor part = firstPart(session, prompts, shortest);
        for (int step = 0; ; step++) {
            Tensor z = session.logits(part);
            List<Integer> going = new ArrayList<>(); // indices in rows
            List<Integer> tokens = new ArrayList<>();
            for (int i = 0; i < rows.length; i++) {
                int token = sampling.choose(last(z, part, i), rows[i], step);
                if (stops.contains(token)) continue;
                chosen.get(rows[i]).add(token);
                listener.token(rows[i], token);
                going.add(i);
                tokens.add(token);
            }
            if (step == most - 1 || going.isEmpty()) break;
            int[] kept = going.stream().mapToInt(i -> i).toArray();
            if (kept.length < rows.length) {
                session = session.select(kept);
                int[] before = rows;
                rows = Arrays.stream(kept).map(i -> before[i]).toArray();
            }
            part = Tensor.zeros(Shape.of(rows.length, 1));
            for (int i = 0; i < rows.length; i++) part.array()[i] = tokens.get(i);
        }
        return chosen.stream()
                .map(each -> each.stream().mapToInt(token -> token).toArray())
                .toList();
    }

    /// Predicts what all prompts have before the last token of the shortest, in parts so small that the scores, which
    /// nobody needs, do not fill the memory.
    /// @return the rest of the prompts
    private Tensor firstPart(PredictionSession session, List<int[]> prompts, int shortest) {
        int rows = prompts.size();
        int steps = Math.max(1, MOST_SCORES / Math.multiplyExact(rows, vocabulary()));
        int at = 0;
        while (at < shortest - 1) {
            int end = Math.min(at + steps, shortest - 1);
            session.logits(part(prompts, at, end));
            at = end;
        }
        int longest = prompts.stream().mapToInt(each -> each.length).max().orElseThrow();
        return part(prompts, at, longest);
    }

    /// Some steps of all prompts.
    private static Tensor part(List<int[]> prompts, int from, int to) {
        Tensor part = Tensor.zeros(Shape.of(prompts.size(), to - from));
        float[] lengths = new float[prompts.size()];
        for (int row = 0; row < lengths.length; row++) {
            int[] prompt = prompts.get(row);
            int end = Math.min(to, prompt.length);
            for (int t = from; t < end; t++) part.array()[row * (to - from) + t - from] = prompt[t];
            lengths[row] = end - from;
        }
        return part.withLengths(Tensor.of(Shape.of(lengths.length), lengths));
    }

    /// The scores after the last step of a row.
    private static Tensor last(Tensor z, Tensor part, int row) {
        int steps = part.lengths().size() == 0 ? part.shape().extent(1) : (int) part.lengths().get(row);
        return z.select(0, row).select(0, steps - 1);
    }
}
