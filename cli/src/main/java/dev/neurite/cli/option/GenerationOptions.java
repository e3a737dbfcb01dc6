package dev.neurite.cli.option;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import dev.neurite.generate.Penalties;
import dev.neurite.generate.Sampling;
import dev.neurite.kernel.Kernels;
import dev.neurite.llm.Generation;
import dev.neurite.llm.LoadSettings;
import dev.neurite.llm.grammar.Grammar;
import dev.neurite.llm.grammar.JsonGrammar;
import dev.neurite.llm.network.CacheType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of how a text goes on.
public final class GenerationOptions {
    /// What to do with a text that is too long for a language model.
    public static final String TOO_LONG = "Shorten it, or give --shift, which forgets its first half";

    private static final String SCHEMA = "--json-schema";
    private static final String STOP = "--stop";
    private static final String CONTEXT = "--context";
    private static final String SHIFT = "--shift";
    private static final String ADAPTER = "--adapter";
    private static final String CACHE = "--cache";

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            description = "The most tokens that follow; 200 by default, in a chat 1,000.")
    private @Nullable Integer most;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            description = "Below 1 (default) prefers likely tokens, above it unlikely ones; 0 always takes the most"
                    + " likely.")
    private double temperature = 1;

    @Option(names = "--top-k", paramLabel = "K", description = "Only the K most likely tokens; 0 (default) for all.")
    private int topK;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            description = "Only the most likely tokens that together have this probability; 1 (default) for all.")
    private double topP = 1;

    @Option(
            names = "--min-p",
            paramLabel = "P",
            description =
                    "Only tokens with this share of the probability of the most likely one; 0 (default) for" + " all.")
    private double minP;

    @Option(
            names = "--repetition-penalty",
            paramLabel = "R",
            description = "Divides the positive scores of tokens that were there, multiplies the negative ones; 1"
                    + " (default) for none.")
    private double repetition = 1;

    @Option(
            names = "--frequency-penalty",
            paramLabel = "F",
            description = "Is subtracted from the score of a token for each time that it was there; 0 by default.")
    private double frequency;

    @Option(
            names = "--presence-penalty",
            paramLabel = "F",
            description = "Is subtracted from the scores of tokens that were there; 0 by default.")
    private double presence;

    @Option(
            names = "--penalty-window",
            paramLabel = "N",
            description = "Penalties count the last N tokens, those of the prompt too; 64 by default.")
    private int window = Penalties.NONE.window();

    @Option(
            names = STOP,
            paramLabel = "TEXT",
            description = "Of language models: end before this text. May be given several times.")
    private List<String> stops = new ArrayList<>();

    @Option(
            names = SCHEMA,
            paramLabel = "FILE",
            description = "Of language models: write JSON of the JSON schema in this file, and nothing else.")
    private @Nullable String schema;

    @Option(
            names = CONTEXT,
            paramLabel = "N",
            description = "Of language models: the most tokens of a text with its prompt; by default, and at most, as"
                    + " many as the model was trained for.")
    private @Nullable Integer context;

    @Option(
            names = SHIFT,
            description = "Of language models: forget the first half of a text that is too long for the context,"
                    + " instead of ending it.")
    private boolean shift;

    @Option(
            names = ADAPTER,
            paramLabel = "DIR",
            description = "Of language models: with the adapters (LoRA) in this directory, as PEFT writes them.")
    private @Nullable Path adapter;

    @Option(
            names = CACHE,
            paramLabel = "TYPE",
            description = "Of language models: the type of the keys and values that are kept of a text: f32 (default),"
                    + " or f16 in half the memory, whose scores differ a little.")
    private @Nullable String cache;

    /// The most tokens that follow.
    /// @param usual without the option
    public int most(int usual) {
        return most == null ? usual : most;
    }

    /// How tokens are chosen.
    /// @throws ConfigException for options out of range
    public Sampling sampling(long seed) {
        return ofOption(() -> new Sampling(
                temperature, topK, topP, minP, new Penalties(repetition, frequency, presence, window), seed));
    }

    /// Settings have the names of options.
    private static <T> T ofOption(Supplier<T> settings) {
        try {
            return settings.get();
        } catch (ConfigException e) {
            throw new ConfigException("--" + e.where(), e.problem(), e.hint());
        }
    }

    /// How a language model writes.
    /// @param usual the most tokens without the option
    /// @throws ConfigException for options out of range
    public Generation generation(long seed, int usual) {
        Sampling sampling = sampling(seed);
        Optional<Grammar> form = Optional.ofNullable(schema).map(GenerationOptions::grammar);
        Generation.Overflow overflow = shift ? Generation.Overflow.SHIFT : Generation.Overflow.REFUSE;
        return ofOption(() -> new Generation(sampling, most(usual), stops, -1, form, overflow));
    }

    /// How a language model is loaded.
    /// @param kept how many texts it keeps
    public LoadSettings settings(int kept, Kernels kernels) {
        return new LoadSettings(
                TrainingOptions.positive(CONTEXT, context).orElse(0),
                kept,
                kernels,
                cache == null ? CacheType.F32 : EnumChoice.of(CACHE, cache, CacheType.values()),
                Optional.ofNullable(adapter));
    }

    /// Refuses options that only language models take.
    /// @throws ConfigException if one is given
    public void refuseThoseOfLanguageModels() {
        var given = new LinkedHashMap<String, Boolean>();
        given.put(STOP, !stops.isEmpty());
        given.put(SCHEMA, schema != null);
        given.put(CONTEXT, context != null);
        given.put(SHIFT, shift);
        given.put(ADAPTER, adapter != null);
        given.put(CACHE, cache != null);
        given.forEach((option, is) -> {
            if (!is) return;
            throw new ConfigException(
                    option, "expects a language model, a GGUF file or a directory of Hugging Face, got a run");
        });
    }

    private static Grammar grammar(String file) {
        Path path = Path.of(file);
        if (!Files.exists(path)) throw DataException.missing(path, "a JSON schema");
        try {
            return JsonGrammar.schema(Files.readString(path));
        } catch (IOException e) {
            throw new ResourceException(file, "cannot be read: " + ResourceException.reason(e));
        } catch (ConfigException e) {
            throw new ConfigException(SCHEMA + " " + file + ", " + e.where(), e.problem(), e.hint());
        }
    }
}
