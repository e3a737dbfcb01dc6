package dev.neurite.llm;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.generate.LogProbabilities;
import dev.neurite.generate.Sampler;
import dev.neurite.generate.TokenHistory;
import dev.neurite.generate.TokenMask;
import dev.neurite.io.LoraFile.Adapters;
import dev.neurite.llm.chat.ChatTemplate;
import dev.neurite.llm.chat.Message;
import dev.neurite.llm.grammar.Grammar;
import dev.neurite.llm.grammar.GrammarState;
import dev.neurite.llm.grammar.TokenBytes;
import dev.neurite.llm.grammar.TokenMasks;
import dev.neurite.llm.network.CacheType;
import dev.neurite.llm.network.DecoderSettings;
import dev.neurite.llm.tokenizer.ModelTokenizer;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.model.Parameters;
import dev.neurite.model.PredictionSession;
import dev.neurite.predict.Interceptor;
import dev.neurite.predict.WarmUp;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.text.Tokenizer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A language model of a published family: continues texts, and answers in chats.
///
/// ```java
/// try (LanguageModel model = LanguageModel.load(Path.of("qwen2.5-0.5b-instruct-q8_0.gguf"))) {
///     GeneratedText answer = model.chat(List.of(new Message(Message.Role.USER, "Name three rivers.")),
/// Generation.USUAL, piece -> {
///         System.out.print(piece);
///         return true;
///     });
/// }
/// ```
/// Threads may share it: each call computes a text of its own, and gives what it gives alone. What earlier
/// texts have in common with a new one, such as the messages of a chat so far, is not computed again, see
/// [LoadSettings#kept].
public final class LanguageModel implements AutoCloseable {
    /// The label of positions that [#chatExamples] does not train, as in PyTorch.
    public static final int IGNORED = -100;

    private static final int PART = 512; // tokens of a prompt that are computed at once

    private static final List<Shape> INPUTS = List.of(Shape.of(Shape.OPEN));

    private final LoadedFiles files;
    private final Optional<Adapters> adapters;
    private final Parameters weights;
    private final Model model;
    private final Sessions sessions;
    private final int context;
    private final CacheType cache;
    private final Interceptor interceptor;
    private volatile @Nullable TokenMasks masks; // made for the first grammar

    private LanguageModel(LoadedFiles files, LoadSettings settings) {
        this.files = files;
        this.adapters = settings.adapter().map(each -> new PeftAdapters(files).read(each));
        this.cache = settings.cache();
        Graph graph =
                graph(DecoderSettings.Output.LAST_SCORES_AND_FEATURES); // refuses the cache before weights are read
        this.weights = files.parameters(settings.kernels());
        this.model = model(graph);
        this.context = settings.context() == 0 ? files.decoder().context() : settings.context();
        this.sessions = new Sessions(model, settings.kernels(), settings.kept(), context);
        this.interceptor = Supplier::get;
        files.tokenizer(); // is refused now, not at the first text
    }

    private LanguageModel(LanguageModel of, Interceptor interceptor) {
        this.files = of.files;
        this.adapters = of.adapters;
        this.weights = of.weights;
        this.model = of.model;
        this.context = of.context;
        this.cache = of.cache;
        this.sessions = of.sessions;
        this.interceptor = interceptor;
    }

    private Graph graph(DecoderSettings.Output output) {
        return files.decoder().graph(output, cache);
    }

    private Model model(Graph graph) {
        Model plain = Model.of(INPUTS, graph, weights);
        return adapters.map(each -> each.beside(plain)).orElse(plain);
    }

    /// Loads a model: a GGUF file, or a directory of Hugging Face with `config.json`, `tokenizer.json` and
    /// safetensors.
    /// @throws dev.neurite.error.ModelFormatException for files that are damaged, or a family that is not known
    /// @throws DataException if there is no such file
    public static LanguageModel load(Path path) {
        return load(path, LoadSettings.USUAL);
    }

    /// [#load(Path)] with other settings.
    /// @throws ConfigException for a context beyond what the model was trained for
    public static LanguageModel load(Path path, LoadSettings settings) {
        try (LoadedFiles files = LoadedFiles.open(path)) { // what is needed of them is copied
            int trained = files.decoder().context();
            if (settings.context() > trained) {
                throw new ConfigException(
                        path.toString(),
                        "expects a context of at most the " + trained + " tokens that the model was trained for, got "
                                + settings.context(),
                        "Without a context it is these " + trained);
            }
            return new LanguageModel(files, settings);
        }
    }

    /// The same model with something around each text that is written and each vector, such as a timer. It
    /// shares weights and kept texts with this one.
    public LanguageModel with(Interceptor other) {
        return new LanguageModel(this, other);
    }

    // ---------------------------------------------------------------------------------------------------- what it is

    /// The sizes and settings of its network.
    public DecoderSettings decoder() {
        return files.decoder();
    }

    /// Its tokenizer.
    public ModelTokenizer tokenizer() {
        return files.tokenizer();
    }

    /// The most tokens of a prompt and its answer together.
    public int context() {
        return context;
    }

    /// The memory of its weights and of the sessions that it keeps, in bytes.
    public long bytes() {
        return model.parameters().bytes() + sessions.bytes();
    }

    /// A model of the same weights that gives the scores of all tokens at each position, `[time × vocabulary]`:
    /// for training, and for anything that works with a [Model]. It has the adapters that were loaded.
    /// [#saveAdapter] saves those that it is trained with: [dev.neurite.io.LoraFile] keeps the order of rows of
    /// this file, which other files of the model may not have.
    public Model scores() {
        return model(graph(DecoderSettings.Output.SCORES));
    }

    /// Texts as examples for training [#scores()]: each is a row of its tokens, from the one that begins texts,
    /// if the model has one, and each position has the token that follows as its label, at last the one that
    /// ends texts.
    /// @param texts at least one
    /// @throws DataException for no texts, one without tokens, or one that is longer than the context
    public Dataset examples(List<String> texts) {
        return TextExamples.ofTexts(tokenizer(), context, decoder().vocabulary(), texts);
    }

    /// [#chatExamples(List, Map)] without anything else that templates ask for.
    public Dataset chatExamples(List<List<Message>> chats) {
        return chatExamples(chats, Map.of());
    }

    /// Chats as examples for training [#scores()] to answer: each is a row of its tokens as the model's template
    /// writes them. The positions of answers, each to the token that ends it, have the token that follows as their
    /// label, all others [#IGNORED]; so the loss is `crossEntropy().ignoring(LanguageModel.IGNORED)`.
    /// @param chats at least one; each has at least two messages, of which the last is an answer
    /// @param more what else the template may ask for, as [#chat] takes it
    /// @throws ConfigException for a model without a chat template
    /// @throws DataException for no chats, one without an answer at its end, one that is longer than the
    /// context, or one that the template refuses, or writes otherwise where it asks for an answer, as some do
    /// with reasoning and system messages
    public Dataset chatExamples(List<List<Message>> chats, Map<String, ?> more) {
        return TextExamples.ofChats(tokenizer(), template(), context, decoder().vocabulary(), chats, more);
    }

    /// Writes the adapters of a model that was trained from [#scores()] as PEFT does, with Hugging Face's
    /// names: for [LoadSettings#withAdapter], with any file of the same model, and for other programs.
    /// @param tuned with adapters, see [dev.neurite.layer.Lora]
    /// @param directory created if it is missing
    /// @throws ConfigException for a model without adapters, or one that is not of this language model, or of
    /// Phi-3, whose projections share matrices there, or GPT-2, whose matrices are transposed
    /// @throws dev.neurite.error.ResourceException if a file cannot be written
    public void saveAdapter(Model tuned, Path directory) {
        new PeftAdapters(files).write(Adapters.of(tuned), directory);
    }

    // -------------------------------------------------------------------------------------------------------- writing

    /// Continues a text, which begins with the token that begins texts, if the model has one.
    /// @throws DataException for a text without tokens, or one that is too long, see [Generation.Overflow]
    public GeneratedText complete(String prompt, Generation generation, PieceListener listener) {
        return write(tokenizer().encode(prompt), generation, listener);
    }

    /// [#complete(String, Generation, PieceListener)] without a listener.
    public GeneratedText complete(String prompt, Generation generation) {
        return complete(prompt, generation, PieceListener.NONE);
    }

    /// Answers the messages of a chat.
    /// @param messages the last one is to be answered
    /// @throws ConfigException for a model without a chat template
    /// @throws DataException if the template refuses the messages, or they are too long
    public GeneratedText chat(List<Message> messages, Generation generation, PieceListener listener) {
        return chat(messages, Map.of(), generation, listener);
    }

    /// [#chat(List, Generation, PieceListener)] with further values for the chat template.
    /// @param more such as `tools`, see [dev.neurite.llm.chat.ChatTemplate#render]
    public GeneratedText chat(
            List<Message> messages, Map<String, ?> more, Generation generation, PieceListener listener) {
        return write(prompt(messages, more), generation, listener);
    }

    /// [#chat(List, Generation, PieceListener)] without a listener.
    public GeneratedText chat(List<Message> messages, Generation generation) {
        return chat(messages, generation, PieceListener.NONE);
    }

    /// The tokens that [#chat] continues.
    /// @throws DataException for no messages, or some that the template refuses
    public int[] prompt(List<Message> messages, Map<String, ?> more) {
        if (messages.isEmpty()) throw new DataException("messages", "expects at least 1, got none");
        return tokenizer().encodeChat(template().render(messages, true, more));
    }

    private ChatTemplate template() {
        return tokenizer()
                .chatTemplate()
                .orElseThrow(() -> new ConfigException(
                        "chat",
                        "expects a model with a chat template, got one without",
                        "Take an instruct model, or complete texts"));
    }

    /// Writes an answer piece by piece, in a thread of its own, for whoever subscribes. Each subscriber gets an
    /// answer computed for it; its demand holds the model up, and it cancels it.
    public Flow.Publisher<String> stream(List<Message> messages, Generation generation) {
        return stream(messages, Map.of(), generation, _ -> {});
    }

    /// [#stream(List, Generation)] with further values for the chat template.
    /// @param written gets each answer as a whole, before its stream completes; also one that was cancelled
    public Flow.Publisher<String> stream(
            List<Message> messages, Map<String, ?> more, Generation generation, Consumer<GeneratedText> written) {
        return new AnswerPublisher(listener -> written.accept(chat(messages, more, generation, listener)));
    }

    /// Continues tokens.
    /// @param prompt ids, at least one
    public GeneratedText write(int[] prompt, Generation generation, PieceListener listener) {
        return interceptor.around(() -> written(prompt, generation, listener));
    }

    private GeneratedText written(int[] prompt, Generation generation, PieceListener listener) {
        for (int id : prompt) {
            if (id >= 0 && id < decoder().vocabulary()) continue;
            throw new DataException(
                    "prompt", "expects ids of tokens below " + decoder().vocabulary() + ", got " + id);
        }
        if (prompt.length == 0) throw new DataException("prompt", "expects at least 1 token, got none");
        int[] seen = prompt;
        if (prompt.length >= context) {
            if (generation.overflow() == Generation.Overflow.REFUSE) {
                throw new DataException(
                        "prompt",
                        "expects fewer than " + context + " tokens, got " + prompt.length,
                        (context < decoder().context() ? "Load the model with more context, shorten it" : "Shorten it")
                                + ", or let the model forget its first half: Overflow.SHIFT");
            }
            seen = lastHalf(prompt);
        }
        return new Writing(seen, prompt.length, generation, listener).write();
    }

    private int[] lastHalf(int[] tokens) {
        return Arrays.copyOfRange(tokens, tokens.length - Math.max(1, context / 2), tokens.length);
    }

    /// The features of a text: the mean over its tokens, of length 1.
    /// @return as many as [DecoderSettings#width]
    /// @throws DataException for a text that is too long
    public float[] embed(String text) {
        return interceptor.around(() -> vector(text));
    }

    private float[] vector(String text) {
        int[] tokens = tokenizer().encode(text);
        if (tokens.length == 0 || tokens.length > context) {
            throw new DataException("text", "expects 1 to " + context + " tokens, got " + tokens.length);
        }
        double[] sum = new double[decoder().width()];
        PredictionSession session = sessions.begin(tokens.length);
        for (int at = 0; at < tokens.length; at += PART) {
            int end = Math.min(tokens.length, at + PART);
            float[] features =
                    session.logits(List.of(ids(tokens, at, end))).getLast().toArray();
            for (int i = 0; i < features.length; i++) sum[i % sum.length] += features[i];
        }
        double squares = 0;
        for (double each : sum) squares += each * each;
        float[] result = new float[sum.length];
        for (int i = 0; i < result.length; i++) result[i] = (float) (sum[i] / Math.sqrt(squares));
        return result;
    }

    private static Tensor ids(int[] tokens, int from, int to) {
        Tensor ids = Tensor.zeros(Shape.of(1, to - from));
        for (int i = from; i < to; i++) ids.array()[i - from] = tokens[i];
        return ids;
    }

    /// The scores of the tokens that the tokenizer has: models have more rows, which mean nothing.
    private Tensor known(Tensor scores) {
        int tokens = Math.min(scores.size(), tokenizer().tokenizer().vocabularySize());
        return Tensor.view(Shape.of(tokens), scores.array(), scores.offset());
    }

    /// Its warm-up: writes a few tokens of a short text, however many rows are asked for.
    public WarmUp warmUp() {
        Generation few = Generation.USUAL.greedy().withMaxTokens(4);
        return WarmUp.ofTexts(texts -> complete(texts.getLast(), few));
    }

    /// Forgets the texts that it keeps, and gives their memory back.
    public void forget() {
        sessions.clear();
    }

    /// [Forgets][#forget] the texts that it keeps. It has no files open: all of them is read when it is loaded.
    @Override
    public void close() {
        forget();
    }

    private TokenMasks masks() {
        TokenMasks made = masks;
        if (made == null) {
            made = new TokenMasks(
                    new VocabularyBytes(tokenizer(), decoder().vocabulary()),
                    tokenizer().ends());
            masks = made;
        }
        return made;
    }

    /// What tokens add to texts. A model may have scores for ids that its tokenizer does not have.
    private record VocabularyBytes(ModelTokenizer tokenizer, int size) implements TokenBytes {
        @Override
        public byte @Nullable [] bytes(int token) {
            Tokenizer all = tokenizer.tokenizer();
            if (token >= all.vocabularySize() || all.isSpecial(token)) return null;
            return all.bytes(token);
        }
    }

    /// A text that is written.
    private final class Writing {
        private final Generation generation;
        private final PieceListener listener;
        private final int promptTokens;
        private final TokenHistory history;
        private final Sampler sampler;
        private final AnswerText text;
        private final List<Integer> chosen = new ArrayList<>();
        private final List<LogProbabilities> probabilities = new ArrayList<>();
        private Optional<GrammarState> state;
        private int[] seen; // by the session, or to be seen next
        private Sessions.Held held;

        Writing(int[] seen, int promptTokens, Generation generation, PieceListener listener) {
            this.seen = seen;
            this.promptTokens = promptTokens;
            this.generation = generation;
            this.listener = listener;
            this.history = TokenHistory.of(seen);
            this.state = generation.grammar().map(Grammar::start);
            this.sampler = new Sampler(generation.sampling());
            this.text = new AnswerText(tokenizer().stream(true), generation.stops(), listener);
            this.held = sessions.take(seen, room());
        }

        GeneratedText write() {
            long begin = System.nanoTime();
            int kept = held.count();
            GeneratedText.End end = GeneratedText.End.CANCELLED;
            long answering = begin;
            try {
                Tensor scores = feed(seen);
                answering = System.nanoTime();
                if (scores.size() > 0) end = answer(scores);
            } finally {
                sessions.give(held);
            }
            text.end();
            return new GeneratedText(
                    text.text(),
                    end,
                    chosen,
                    promptTokens,
                    kept,
                    probabilities,
                    Duration.ofNanos(answering - begin),
                    Duration.ofNanos(System.nanoTime() - answering));
        }

        private int room() {
            return (int) Math.min(context, (long) seen.length + generation.maxTokens());
        }

        /// Feeds what a session has not had of a prompt.
        /// @return the scores after its last token; empty if the listener wants no more
        private Tensor feed(int[] prompt) {
            Tensor scores = Tensor.EMPTY;
            for (int at = held.count(); at < prompt.length; at = held.count()) {
                int end = Math.min(prompt.length, at + PART);
                scores =
                        known(held.session.logits(List.of(ids(prompt, at, end))).getFirst());
                held.add(prompt, at, end);
                if (!listener.piece("")) return Tensor.EMPTY;
            }
            return scores;
        }

        private GeneratedText.End answer(Tensor ofPrompt) {
            Tensor scores = ofPrompt;
            int[] one = new int[1];
            while (true) {
                TokenMask mask = state.map(now -> masks().mask(now)).orElse(TokenMask.ALL);
                boolean whole = state.map(GrammarState::isComplete).orElse(false);
                if (whole && mask.count() == 0) return GeneratedText.End.STOP; // no token ends texts of this model
                int token = sampler.choose(scores, history, mask, 0, chosen.size());
                if (tokenizer().ends().contains(token)) return GeneratedText.End.STOP;
                if (state.isPresent()) state = Optional.ofNullable(masks().after(state.get(), token));
                if (generation.likeliest() >= 0) {
                    probabilities.add(LogProbabilities.of(scores, token, generation.likeliest()));
                }
                history.add(token);
                chosen.add(token);
                if (!text.add(token)) return text.stopped() ? GeneratedText.End.STOP : GeneratedText.End.CANCELLED;
                if (chosen.size() == generation.maxTokens()) return GeneratedText.End.LENGTH;
                if (held.count() < context) {
                    one[0] = token;
                    scores = known(held.session.logits(List.of(ids(one, 0, 1))).getFirst());
                    held.add(one, 0, 1);
                } else if (generation.overflow() == Generation.Overflow.REFUSE) {
                    return GeneratedText.End.LENGTH;
                } else {
                    seen = lastHalf(history.toArray(0));
                    held = sessions.take(seen, room());
                    scores = feed(seen);
                    if (scores.size() == 0) return GeneratedText.End.CANCELLED;
                }
            }
        }
    }
}
