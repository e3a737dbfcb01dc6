package dev.neurite.generate;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import dev.neurite.error.ShapeException;
import dev.neurite.model.Model;
import dev.neurite.model.PredictionSession;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// Continues sequences of tokens with a model of language, one token after the other.
/// ```java
/// Generator generator = Generator.of(model).withMost(100).withSampling(Sampling.USUAL.withTemperature(0.8));
/// int[] tokens = generator.generate(prompt); //  the ids that follow those of the prompt
/// ```
/// The model has ids of tokens `[time]` as input, of any length or a fixed one, and scores or probabilities
/// of all tokens for each position, `[time × vocabulary]`. A token costs a prediction of one position, see
/// [PredictionSession].
/// @param model the model; one for a fixed length becomes one for any length
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
        model = opened(model);
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

    /// A model for sequences of any length, if it is one for those of a fixed length, such as the windows of
    /// a text.
    private static Model opened(Model model) {
        List<Shape> in = model.network().inputs();
        if (in.size() != 1 || in.getFirst().rank() != 1 || !in.getFirst().isKnown()) return model;
        return Model.of(List.of(Shape.of(Shape.OPEN)), model.graph(), model.parameters())
                .withStatistics(model.statistics());
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
    /// @throws DataException for an id that is not in the vocabulary, an empty prompt, or a model whose scores are
    /// not numbers
    /// @throws ResourceException if what attention keeps of so many tokens does not fit into the memory
    public int[] generate(int... prompt) {
        return generate(List.of(prompt), (_, _) -> {}).getFirst();
    }

    /// Continues several sequences, side by side: each as [#generate(int...)] would, but with random numbers
    /// of its own.
    ///
    /// If the model has fewer positions than prompts and tokens need, it goes on with the last half of its
    /// positions whenever they are used up, and forgets what was before.
    /// @param prompts the ids of the first tokens of each, at least one; of any lengths
    /// @param listener gets each token as soon as it is chosen
    /// @return for each the ids of the tokens that follow
    public List<int[]> generate(List<int[]> prompts, Listener listener) {
        for (int row = 0; row < prompts.size(); row++) {
            if (prompts.get(row).length == 0) {
                throw new DataException("prompt " + row, "expects at least 1 token, got none");
            }
        }
        List<Text> all = new ArrayList<>();
        for (int[] prompt : prompts) all.add(new Text(all.size(), prompt));
        List<Text> going = new ArrayList<>(all);
        int longest = all.stream().mapToInt(each -> each.length).max().orElse(0);
        int room = going.isEmpty()
                ? 0
                : positions((int) Math.min(PredictionSession.MOST_STEPS, (long) longest + most - 1));
        @Nullable PredictionSession session = null;
        for (int step = 0; step < most && !going.isEmpty(); step++) {
            Tensor part;
            if (session == null || isFull(session)) {
                for (Text text : going) if (text.length > room || session != null) text.forget(Math.max(1, room / 2));
                session = model.session(going.size(), room);
                part = firstPart(session, going);
            } else {
                part = part(going, text -> text.length - 1);
            }
            Tensor z = session.logits(part);
            List<Integer> kept = new ArrayList<>();
            for (int i = 0; i < going.size(); i++) {
                Text text = going.get(i);
                int token = sampling.choose(last(z, part, i), text.row, step);
                if (stops.contains(token)) continue;
                text.add(token);
                listener.token(text.row, token);
                kept.add(i);
            }
            if (kept.size() < going.size() && !kept.isEmpty()) {
                session = session.select(kept.stream().mapToInt(i -> i).toArray());
            }
            List<Text> before = going;
            going = kept.stream().map(before::get).toList();
        }
        return all.stream().map(Text::chosen).toList();
    }

    /// A sequence: what the model still sees of it, and the tokens that were chosen.
    private static final class Text {
        final int row;
        private int[] tokens;
        private final int prompt; // its length
        private int end;
        private int begin; // the first that the model sees
        int length; // that the model sees

        Text(int row, int[] prompt) {
            this.row = row;
            this.prompt = prompt.length;
            this.tokens = prompt.clone();
            this.end = prompt.length;
            this.length = prompt.length;
        }

        void add(int token) {
            if (end == tokens.length) tokens = Arrays.copyOf(tokens, 2 * end);
            tokens[end++] = token;
            length++;
        }

        /// Leaves the last tokens only.
        void forget(int left) {
            length = Math.min(length, left);
            begin = end - length;
        }

        /// A token, counted from the first that the model sees.
        int token(int i) {
            return tokens[begin + i];
        }

        int[] chosen() {
            return Arrays.copyOfRange(tokens, prompt, end);
        }
    }

    private static boolean isFull(PredictionSession session) {
        for (int row = 0; row < session.rows(); row++) if (session.past(row) == session.most()) return true;
        return false;
    }

    /// The positions of the model, or as many of them as are needed.
    private int positions(int needed) {
        if (fits(needed)) return needed;
        int low = 0; // fits
        int high = needed; // does not
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (fits(middle)) low = middle;
            else high = middle;
        }
        if (low == 0) model.network().outputs(List.of(Shape.of(1))); // says why
        return low;
    }

    private boolean fits(int steps) {
        try {
            model.network().outputs(List.of(Shape.of(steps)));
            return true;
        } catch (ShapeException _) {
            return false;
        }
    }

    /// Predicts what all texts have before the last token of the shortest, in parts so small that the scores,
    /// which nobody needs, do not fill the memory.
    /// @return the rest of the texts
    private Tensor firstPart(PredictionSession session, List<Text> texts) {
        int steps = Math.max(1, MOST_SCORES / Math.multiplyExact(texts.size(), vocabulary()));
        int shortest = texts.stream().mapToInt(each -> each.length).min().orElseThrow();
        int at = 0;
        while (at < shortest - 1) {
            int from = at;
            int end = Math.min(at + steps, shortest - 1);
            session.logits(part(texts, _ -> from, _ -> end));
            at = end;
        }
        int rest = at;
        return part(texts, _ -> rest);
    }

    /// All texts from a step on.
    private static Tensor part(List<Text> texts, ToIntFunction<Text> from) {
        return part(texts, from, text -> text.length);
    }

    /// Some steps of all texts.
    private static Tensor part(List<Text> texts, ToIntFunction<Text> from, ToIntFunction<Text> to) {
        int longest = texts.stream()
                .mapToInt(each -> to.applyAsInt(each) - from.applyAsInt(each))
                .max()
                .orElseThrow();
        Tensor part = Tensor.zeros(Shape.of(texts.size(), longest));
        Tensor lengths = Tensor.zeros(Shape.of(texts.size()));
        for (int i = 0; i < texts.size(); i++) {
            int first = from.applyAsInt(texts.get(i));
            int n = to.applyAsInt(texts.get(i)) - first;
            for (int t = 0; t < n; t++)
                part.array()[i * longest + t] = texts.get(i).token(first + t);
            lengths.array()[i] = n;
        }
        return part.withLengths(lengths);
    }

    /// The scores after the last step of a row.
    private static Tensor last(Tensor z, Tensor part, int row) {
        int steps = part.lengths().size() == 0
                ? part.shape().extent(1)
                : (int) part.lengths().get(row);
        return z.select(0, row).select(0, steps - 1);
    }
}
