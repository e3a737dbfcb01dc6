package dev.neurite.llm.tokenizer;

import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonNull;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import dev.neurite.llm.chat.ChatTemplate;
import dev.neurite.llm.gguf.Metadata;
import dev.neurite.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/// The tokenizer of a language model with what the model says about its tokens: which begins a text, which end
/// an answer, and how a chat becomes text. Immutable and thread-safe.
///
/// Reads the metadata of GGUF files, kinds `gpt2` (byte-level BPE, with the pre-tokenizers of Llama 3, Qwen 2,
/// SmolLM, Mistral Nemo, DeepSeek and others) and `llama` (SentencePiece's BPE with scores, as Llama 2,
/// Mistral, Gemma and Phi-3 have it), and folders of Hugging Face's library with a `tokenizer.json`. One
/// vocabulary gives the same ids in both forms.
public final class ModelTokenizer {
    /// The largest file beside `tokenizer.json`; templates are the largest part of them.
    private static final int LARGEST = 16 << 20;

    private static final int MOST_VALUES = 4_000_000;

    /// Tokens that end an answer where a file does not say which do.
    private static final List<String> ENDS = List.of(
            "<|eot_id|>",
            "<|im_end|>",
            "<|end|>",
            "<end_of_turn>",
            "<|endoftext|>",
            "<|end_of_text|>",
            "<|eom_id|>",
            "<｜end▁of▁sentence｜>");

    private static final String KEYS = "tokenizer.ggml.";
    private static final String TEMPLATE = "tokenizer.chat_template";
    private static final String END_OF_TEXT = "<|endoftext|>";
    private static final String BYTE_FF = "ÿ"; // as byte-level BPE writes it
    private static final String END_OF_MESSAGE = "<|eom_id|>";

    private final String source;
    private final Json json;
    private final Tokenizer tokenizer;
    private final Ids ids;
    private final Optional<String> template;

    /// What a model says of its tokens.
    /// @param ends ids that end an answer
    private record Ids(OptionalInt bos, OptionalInt eos, OptionalInt unknown, OptionalInt padding, Set<Integer> ends) {}

    private ModelTokenizer(String source, Json json, Tokenizer tokenizer, Ids ids, Optional<String> template) {
        this.source = source;
        this.json = json;
        this.tokenizer = tokenizer;
        this.ids = new Ids(ids.bos, ids.eos, ids.unknown, ids.padding, withKnown(ids, tokenizer));
        this.template = template;
    }

    private static Set<Integer> withKnown(Ids ids, Tokenizer tokenizer) {
        Set<Integer> ends = new TreeSet<>(ids.ends);
        ids.eos.ifPresent(ends::add);
        for (String each : ENDS) tokenizer.id(each).ifPresent(ends::add);
        return Collections.unmodifiableSet(ends);
    }

    /// The tokenizer of a GGUF file.
    /// @throws ModelFormatException for a kind, a pre-tokenizer or values that are missing, wrong or not
    /// supported; the message names the key
    public static ModelTokenizer of(Metadata metadata) {
        boolean whole = metadata.has(GgufVocabulary.WHOLE);
        Json json = whole
                ? json(metadata.source() + ", key '" + GgufVocabulary.WHOLE + "'", metadata.text(GgufVocabulary.WHOLE))
                : GgufVocabulary.json(metadata);
        Tokenizer tokenizer = tokenizer(metadata.source(), json);
        Set<Integer> ends = new TreeSet<>();
        for (String each : List.of("eot_token_id", "eom_token_id")) {
            GgufVocabulary.id(metadata, each, tokenizer.vocabularySize()).ifPresent(ends::add);
        }
        var ids = new Ids(
                GgufVocabulary.id(metadata, "bos_token_id", tokenizer.vocabularySize()),
                GgufVocabulary.id(metadata, "eos_token_id", tokenizer.vocabularySize()),
                GgufVocabulary.id(metadata, "unknown_token_id", tokenizer.vocabularySize()),
                GgufVocabulary.id(metadata, "padding_token_id", tokenizer.vocabularySize()),
                ends);
        Optional<String> template = metadata.has(TEMPLATE) ? Optional.of(metadata.text(TEMPLATE)) : Optional.empty();
        return new ModelTokenizer(metadata.source(), json, tokenizer, ids, template);
    }

    /// A tokenizer of ours, of byte-level BPE, for a GGUF file. Its token `<|endoftext|>` begins and ends
    /// texts. Without one, the byte FF does, which is in no text: llama.cpp takes token 11, a comma, where a
    /// file names none.
    /// @param source what messages call it
    public static ModelTokenizer of(String source, Tokenizer tokenizer) {
        OptionalInt end = tokenizer.id(END_OF_TEXT);
        if (end.isEmpty()) end = tokenizer.id(BYTE_FF);
        var ids = new Ids(end, end, OptionalInt.empty(), OptionalInt.empty(), Set.of());
        return new ModelTokenizer(source, json(source, tokenizer.json()), tokenizer, ids, Optional.empty());
    }

    /// The tokenizer of a folder of Hugging Face's library: `tokenizer.json`, and what is there of
    /// `tokenizer_config.json`, `special_tokens_map.json`, `generation_config.json` and `chat_template.jinja`.
    /// @throws DataException if there is no `tokenizer.json`
    /// @throws ResourceException if a file cannot be read
    /// @throws ModelFormatException for a file that is damaged or not supported; the message names the place in
    /// it
    public static ModelTokenizer load(Path folder) {
        Path file = folder.resolve("tokenizer.json");
        Tokenizer tokenizer = Tokenizer.load(file);
        Json config = optional(folder.resolve("tokenizer_config.json"));
        Json map = optional(folder.resolve("special_tokens_map.json"));
        Json generation = optional(folder.resolve("generation_config.json"));
        Set<Integer> ends = new TreeSet<>();
        Json said = PreTokenizerKind.member(generation, "eos_token_id");
        for (Json each : said instanceof JsonArray(List<Json> list) ? list : List.of(said)) {
            if (each instanceof JsonNull) continue;
            boolean known = each instanceof JsonNumber(String digits)
                    && digits.matches("\\d{1,9}")
                    && Integer.parseInt(digits) < tokenizer.vocabularySize();
            if (!known) {
                throw new ModelFormatException(
                        folder.resolve("generation_config.json") + ", eos_token_id",
                        "expects ids below " + tokenizer.vocabularySize() + ", got " + each.write());
            }
            if (each instanceof JsonNumber(String digits)) ends.add(Integer.valueOf(digits));
        }
        OptionalInt eos = special(tokenizer, config, map, "eos_token");
        if (eos.isEmpty()) eos = ends.stream().mapToInt(Integer::intValue).findFirst();
        var ids = new Ids(
                special(tokenizer, config, map, "bos_token"),
                eos,
                special(tokenizer, config, map, "unk_token"),
                special(tokenizer, config, map, "pad_token"),
                ends);
        return new ModelTokenizer(
                file.toString(), json(file.toString(), read(file, 64 << 20)), tokenizer, ids, template(folder, config));
    }

    private static Optional<String> template(Path folder, Json config) {
        Path file = folder.resolve("chat_template.jinja");
        if (Files.exists(file)) return Optional.of(read(file, LARGEST));
        return switch (PreTokenizerKind.member(config, "chat_template")) {
            case JsonString(String text) -> Optional.of(text);
            case JsonArray(List<Json> named) ->
                named.stream()
                        .filter(each -> PreTokenizerKind.text(each, "name").equals("default"))
                        .map(each -> PreTokenizerKind.text(each, "template"))
                        .findFirst();
            default -> Optional.empty();
        };
    }

    /// The id of a token that the files name, as a text or as an object with its content.
    private static OptionalInt special(Tokenizer tokenizer, Json config, Json map, String name) {
        for (Json each : List.of(PreTokenizerKind.member(config, name), PreTokenizerKind.member(map, name))) {
            String token = each instanceof JsonString(String text) ? text : PreTokenizerKind.text(each, "content");
            if (!token.isEmpty() && tokenizer.id(token).isPresent()) return tokenizer.id(token);
        }
        return OptionalInt.empty();
    }

    private static String read(Path file, int largest) {
        try {
            long size = Files.size(file);
            if (size > largest) {
                throw new ModelFormatException(
                        file.toString(), "expects a file of at most " + largest + " bytes, got " + size);
            }
            return Files.readString(file);
        } catch (IOException e) {
            throw new ResourceException(file.toString(), "cannot be read: " + ResourceException.reason(e));
        }
    }

    private static Json optional(Path file) {
        return Files.exists(file) ? json(file.toString(), read(file, LARGEST)) : Json.of(Map.of());
    }

    private static Json json(String where, String text) {
        try {
            Json json = Json.read(text, MOST_VALUES);
            if (json instanceof JsonObject) return json;
            throw new ModelFormatException(where, "expects a JSON object, got another value");
        } catch (Json.SyntaxException e) {
            throw new ModelFormatException(where, "expects JSON: " + e.problem());
        }
    }

    private static Tokenizer tokenizer(String source, Json json) {
        return Tokenizer.of(source + ", as tokenizer.json", json);
    }

    /// The tokenizer, which adds the tokens around texts that the model expects.
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /// The token that begins texts; empty if there is none.
    public OptionalInt bos() {
        return ids.bos;
    }

    /// The token that ends texts; empty if there is none.
    public OptionalInt eos() {
        return ids.eos;
    }

    /// The token of what the vocabulary lacks; empty if there is none.
    public OptionalInt unknown() {
        return ids.unknown;
    }

    /// The token that fills rows; empty if there is none.
    public OptionalInt padding() {
        return ids.padding;
    }

    /// The tokens that end an answer: the end of a text, of a turn, of a message. Sorted, unmodifiable.
    public Set<Integer> ends() {
        return ids.ends;
    }

    /// Whether texts begin with [#bos()] when they are encoded.
    public boolean addsBos() {
        int[] around = tokenizer.encode("").ids();
        return ids.bos.isPresent() && around.length > 0 && around[0] == ids.bos.getAsInt();
    }

    /// Whether texts end with [#eos()] when they are encoded.
    public boolean addsEos() {
        int[] around = tokenizer.encode("").ids();
        return ids.eos.isPresent() && around.length > 0 && around[around.length - 1] == ids.eos.getAsInt();
    }

    /// The ids of a text, with the tokens around it that the model expects.
    /// @throws DataException for a text that the vocabulary has no tokens for
    public int[] encode(String text) {
        return tokenizer.encode(text).ids();
    }

    /// The ids of the text of a chat as its template made it, which already has the tokens that begin it.
    /// @throws DataException for a text that the vocabulary has no tokens for
    public int[] encodeChat(String text) {
        return tokenizer.withSpecialTokens(false).encode(text).ids();
    }

    /// The text of ids.
    /// @param skipSpecialTokens whether tokens such as those of [#ends()] are left out
    /// @throws DataException for an id that the vocabulary does not have
    public String decode(int[] tokens, boolean skipSpecialTokens) {
        return tokenizer.decode(tokens, skipSpecialTokens);
    }

    /// A new stream of text.
    /// @param skipSpecialTokens whether tokens such as those of [#ends()] are left out
    public TextStream stream(boolean skipSpecialTokens) {
        return new TextStream(tokenizer, skipSpecialTokens);
    }

    /// The template of chats; empty if the model brings none.
    /// @throws ModelFormatException for a template that is wrong or not supported
    public Optional<ChatTemplate> chatTemplate() {
        try {
            return template.map(text -> ChatTemplate.of(text, token(ids.bos), token(ids.eos)));
        } catch (ModelFormatException e) {
            throw new ModelFormatException(source + ", " + e.where(), e.problem(), e.hint());
        }
    }

    private String token(OptionalInt id) {
        return id.isPresent() ? tokenizer.token(id.getAsInt()) : "";
    }

    /// What a GGUF file says of this tokenizer, for [Metadata]: keys with texts, booleans, whole numbers as
    /// `long`, others as `double`, and lists of these. Ids are to be written as `uint32`, types of tokens as
    /// `int32`, scores as `float32`.
    /// @param rows how many rows the model's embedding has; further ids become unused tokens
    /// @throws ModelFormatException for a tokenizer that GGUF has no form for, or fewer rows than tokens
    public Map<String, Object> entries(int rows) {
        Map<String, Object> entries = new LinkedHashMap<>(GgufVocabulary.entries(source, json, rows));
        put(entries, "bos_token_id", ids.bos);
        put(entries, "eos_token_id", ids.eos);
        put(entries, "unknown_token_id", ids.unknown);
        put(entries, "padding_token_id", ids.padding);
        OptionalInt message = tokenizer.id(END_OF_MESSAGE);
        put(entries, "eom_token_id", message);
        put(
                entries,
                "eot_token_id",
                ids.ends.stream()
                        .mapToInt(Integer::intValue)
                        .filter(each -> !OptionalInt.of(each).equals(ids.eos)
                                && !OptionalInt.of(each).equals(message))
                        .findFirst());
        entries.put(KEYS + "add_bos_token", addsBos());
        entries.put(KEYS + "add_eos_token", addsEos());
        template.ifPresent(text -> entries.put(TEMPLATE, text));
        return entries;
    }

    private static void put(Map<String, Object> entries, String key, OptionalInt id) {
        if (id.isPresent()) entries.put(KEYS + key, (long) id.getAsInt());
    }
}
