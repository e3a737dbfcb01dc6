package dev.neurite.generate;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.layer.PositionEmbedding;
import dev.neurite.model.Model;
import dev.neurite.model.PredictionSession;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Continues sequences of tokens with a model of language, one token after the other.
/// ```java
/// Generator generator = Generator.of(model).withMaxTokens(100).withSampling(Sampling.USUAL.withTemperature(0.8));
/// int[] tokens = generator.generate(prompt); //  the ids that follow those of the prompt
/// ```
/// The model has ids of tokens `[time]` as input, of any length or a fixed one, and scores or probabilities
/// of all tokens for each position, `[time × vocabulary]`. A token costs a prediction of one position, see
/// [PredictionSession].
/// @param model the model; one for a fixed length becomes one for any length
/// @param positions the most tokens that the model sees at once; see [#withPositions]
/// @param sampling how tokens are chosen
/// @param maxTokens the largest number of tokens that follow a prompt
/// @param stops ids of tokens that end a sequence, and are not part of it
/// @param kernels compute it; not to be closed while it is in use
public record Generator(
        Model model, int positions, Sampling sampling, int maxTokens, Set<Integer> stops, Kernels kernels) {
    private static final long MOST_SCORES = 1 << 22; // of a part of prompts

    /// Gets each token as soon as it is chosen.
    @FunctionalInterface
    public interface Listener {
        /// A token of a row was chosen.
        /// @param row from 0
        /// @param token its id
        void token(int row, int token);
    }

    /// @throws ShapeException for a model that is none of language
    /// @throws ConfigException for less than one token or position
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
        if (maxTokens < 1) throw new ConfigException("generator", "expects at least 1 token, got " + maxTokens);
        if (positions < 1 || positions > PredictionSession.MOST_STEPS) {
            throw new ConfigException(
                    "generator", "expects 1 to " + PredictionSession.MOST_STEPS + " positions, got " + positions);
        }
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

    /// A generator of at most 100 tokens with [Sampling#USUAL], without tokens that end a sequence. It sees as many
    /// positions as the model has; of a model for a fixed length that learns its positions, only so many, as the
    /// others were never trained.
    public static Generator of(Model model) {
        Shape input = model.network().inputs().getFirst();
        boolean learned =
                model.network().layers().stream().anyMatch(layer -> layer.node() instanceof PositionEmbedding);
        boolean fixed = learned && input.rank() == 1 && input.isKnown();
        int positions = fixed ? input.extent(0) : PredictionSession.MOST_STEPS;
        return new Generator(model, positions, Sampling.USUAL, 100, Set.of(), Kernels.shared());
    }

    /// A copy that sees at most so many tokens at once; no more than the model has positions. If prompts and
    /// tokens need more, it goes on with the last half of them whenever they are used up, and forgets what was
    /// before.
    /// @throws ConfigException for less than 1, or more than [PredictionSession#MOST_STEPS]
    public Generator withPositions(int tokens) {
        return new Generator(model, tokens, sampling, maxTokens, stops, kernels);
    }

    /// A copy that chooses tokens in this way.
    public Generator withSampling(Sampling other) {
        return new Generator(model, positions, other, maxTokens, stops, kernels);
    }

    /// A copy with this number of tokens at most.
    public Generator withMaxTokens(int tokens) {
        return new Generator(model, positions, sampling, tokens, stops, kernels);
    }

    /// A copy in which these tokens end a sequence.
    public Generator withStops(Integer... tokens) {
        return new Generator(model, positions, sampling, maxTokens, Set.of(tokens), kernels);
    }

    /// A copy that computes with these kernels, such as those of another number of threads.
    public Generator withKernels(Kernels other) {
        return new Generator(model, positions, sampling, maxTokens, stops, other);
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
    /// of its own. A row that needs more positions than there are forgets its beginning, see [#withPositions].
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
        int room = going.isEmpty() ? 0 : fitting((int) Math.min(positions, (long) longest + maxTokens - 1));
        var sampler = new Sampler(sampling);
        @Nullable PredictionSession session = null;
        for (int step = 0; step < maxTokens && !going.isEmpty(); step++) {
            session = session == null ? begin(going, room) : goOn(session, going, room);
            List<Tensor> scores = lastScores(session, going);
            List<Integer> kept = new ArrayList<>();
            for (int i = 0; i < going.size(); i++) {
                Text text = going.get(i);
                int token = sampler.choose(scores.get(i), text.tokens, TokenMask.ALL, text.row, step);
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
        final TokenHistory tokens;
        private final int prompt; // its length
        private int begin; // the first that the model sees
        int length; // that the model sees
        int fed; // of these, those that a session has had

        Text(int row, int[] prompt) {
            this.row = row;
            this.prompt = prompt.length;
            this.tokens = TokenHistory.of(prompt);
            this.length = prompt.length;
        }

        void add(int token) {
            tokens.add(token);
            length++;
        }

        /// Leaves the last tokens only, for another session.
        void forget(int left) {
            length = Math.min(length, left);
            begin = tokens.size() - length;
            fed = 0;
        }

        /// A token, counted from the first that the model sees.
        int token(int i) {
            return tokens.token(begin + i);
        }

        int[] chosen() {
            return tokens.toArray(prompt);
        }
    }

    /// The positions of the model, or as many of them as are needed.
    private int fitting(int needed) {
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

    /// A session that has had what texts have before their last tokens; of texts whose lengths differ little, what they
    /// have before the last token of the shortest.
    /// @param room the most steps of a text
    private PredictionSession begin(List<Text> texts, int room) {
        for (Text text : texts) if (text.length > room) text.forget(half(room));
        int shortest = texts.stream().mapToInt(text -> text.length).min().orElseThrow();
        int longest = texts.stream().mapToInt(text -> text.length).max().orElseThrow();
        if (longest - shortest < stepsAtOnce(texts.size())) {
            PredictionSession session = session(texts.size(), room);
            feed(session, texts, shortest - 1);
            return session;
        }
        return PredictionSession.joined(
                texts.stream().map(text -> alone(text, room)).toList());
    }

    /// The session, in which texts that have used up their positions go on with the last half of them.
    private PredictionSession goOn(PredictionSession session, List<Text> texts, int room) {
        if (texts.stream().allMatch(text -> text.length <= room)) return session;
        List<PredictionSession> rows = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            Text text = texts.get(i);
            boolean full = text.length > room;
            if (full) text.forget(half(room));
            rows.add(full ? alone(text, room) : session.select(i));
        }
        return PredictionSession.joined(rows);
    }

    private static int half(int room) {
        return Math.max(1, room / 2);
    }

    /// A session that has had all of a text but its last token.
    private PredictionSession alone(Text text, int room) {
        PredictionSession session = session(1, room);
        feed(session, List.of(text), text.length - 1);
        return session.select(0); // without the buffers of its parts
    }

    private PredictionSession session(int rows, int room) {
        return model.session(rows, List.of(Shape.of(room)), kernels);
    }

    /// Feeds texts up to a step, in parts so small that the scores, which nobody needs, do not fill the memory.
    private void feed(PredictionSession session, List<Text> texts, int end) {
        int steps = stepsAtOnce(texts.size());
        for (int at = 0; at < end; at += steps) {
            int to = Math.min(at + steps, end);
            session.logits(part(texts, _ -> to));
        }
    }

    private int stepsAtOnce(int rows) {
        return (int) Math.max(1, MOST_SCORES / ((long) rows * vocabulary()));
    }

    /// Feeds the rest of texts.
    /// @return the scores after the last token of each
    private static List<Tensor> lastScores(PredictionSession session, List<Text> texts) {
        Tensor part = part(texts, text -> text.length);
        Tensor z = session.logits(part);
        return IntStream.range(0, texts.size())
                .mapToObj(i -> z.select(0, i).select(0, (int) part.lengths().get(i) - 1))
                .toList();
    }

    /// The tokens of texts that a session has not had yet, up to a step.
    private static Tensor part(List<Text> texts, ToIntFunction<Text> to) {
        int longest = texts.stream()
                .mapToInt(text -> to.applyAsInt(text) - text.fed)
                .max()
                .orElseThrow();
        Tensor part = Tensor.zeros(Shape.of(texts.size(), longest));
        Tensor lengths = Tensor.zeros(Shape.of(texts.size()));
        for (int i = 0; i < texts.size(); i++) {
            Text text = texts.get(i);
            int n = to.applyAsInt(text) - text.fed;
            for (int t = 0; t < n; t++) part.array()[i * longest + t] = text.token(text.fed + t);
            lengths.array()[i] = n;
            text.fed += n;
        }
        return part.withLengths(lengths);
    }
}
