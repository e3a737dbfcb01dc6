package dev.neurite.text;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.AtomicFile;
import dev.neurite.io.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// Splits texts into tokens with ids, and joins them again. Immutable and thread-safe.
///
/// Reads `tokenizer.json`, version 1.0, as the library tokenizers of Hugging Face writes it, and gives the same
/// tokens as that library: models WordPiece, BPE, WordLevel and Unigram with the stages around them. What would
/// give other tokens is refused when the file is read: types and fields that this class does not know, BPE with
/// dropout, and the pre-tokenizer UnicodeScripts and the decoder CTC.
///
/// Files are not trusted. Their size is limited, and so is what they make of a text: a regular expression may read
/// 2,000 characters for each of the text's, and the stages may make it 100 times as long; more is a
/// [DataException]. Expressions that can match nothing in more than 1,000 ways are refused, as nothing would end
/// them.
///
/// A lone half of a surrogate pair in a text is read as U+FFFD.
public final class Tokenizer {
    /// The token for what a vocabulary does not have, as [VocabularyTrainer] makes it.
    public static final String UNKNOWN = "[UNK]";

    /// The token that fills shorter rows of a batch, as [VocabularyTrainer] makes it.
    public static final String PADDING = "[PAD]";

    private static final int LARGEST = 64 << 20;

    private final AllTokens tokens;
    private final PreTokenizer preTokenizer;
    private final TokenModel model;
    private final PostProcessor postProcessor;
    private final Decoder decoder;
    private final Sources sources;
    private final Settings settings;

    /// The stages as the file had them.
    record Sources(Json normalizer, Json preTokenizer, Json postProcessor, Json decoder) {}

    /// @param special whether tokens are added around texts
    record Settings(Optional<Truncation> truncation, Optional<TokenPadding> padding, boolean special) {}

    Tokenizer(
            AllTokens tokens,
            PreTokenizer preTokenizer,
            TokenModel model,
            PostProcessor postProcessor,
            Decoder decoder,
            Sources sources,
            Settings settings) {
        this.tokens = tokens;
        this.preTokenizer = preTokenizer;
        this.model = model;
        this.postProcessor = postProcessor;
        this.decoder = decoder;
        this.sources = sources;
        this.settings = settings;
    }

    /// Reads a `tokenizer.json` of at most 64 MB.
    /// @throws DataException if there is no such file
    /// @throws ResourceException if the file cannot be read
    /// @throws ModelFormatException for a file that is no tokenizer, damaged, too large, or not
    /// supported; the message names the place in it
    public static Tokenizer load(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            long size = Files.size(file);
            if (size > LARGEST) throw tooLarge(file.toString(), size + "");
            return read(in, file.toString());
        } catch (NoSuchFileException e) {
            throw DataException.missing(file, "a tokenizer.json");
        } catch (IOException e) {
            throw new ResourceException(file.toString(), "cannot be read: " + ResourceException.reason(e));
        }
    }

    /// Reads a `tokenizer.json` of at most 64 MB from a stream, to its end.
    /// @throws ResourceException if the stream cannot be read
    /// @throws ModelFormatException for a file that is no tokenizer, damaged, too large, or not
    /// supported; the message names the place in it
    public static Tokenizer read(InputStream in) {
        try {
            return read(in, "tokenizer.json");
        } catch (IOException e) {
            throw new ResourceException("tokenizer.json", "cannot be read: " + ResourceException.reason(e));
        }
    }

    /// Reads what a `tokenizer.json` has.
    /// @param where they are from, for messages
    /// @throws ModelFormatException for values that are no tokenizer, or not supported; the message names the place
    public static Tokenizer of(String where, Json json) {
        return TokenizerReader.read(where, json);
    }

    private static Tokenizer read(InputStream in, String where) throws IOException {
        byte[] bytes = in.readNBytes(LARGEST + 1);
        if (bytes.length > LARGEST) throw tooLarge(where, "more");
        ByteBuffer text = ByteBuffer.wrap(bytes);
        try {
            return TokenizerReader.read(
                    where, StandardCharsets.UTF_8.newDecoder().decode(text).toString());
        } catch (CharacterCodingException e) {
            throw new ModelFormatException(where, "expects JSON in UTF-8, got another byte at byte " + text.position());
        }
    }

    private static ModelFormatException tooLarge(String where, String size) {
        return new ModelFormatException(
                where, "expects a tokenizer.json of at most " + LARGEST + " bytes, got " + size);
    }

    /// Writes a `tokenizer.json` that [#load] reads, and Hugging Face's library, too. An old file is
    /// replaced as a whole.
    /// @throws ResourceException if it cannot be written; an old file is unchanged
    public void save(Path file) {
        AtomicFile.write(file, json().getBytes(StandardCharsets.UTF_8));
    }

    /// The text of a `tokenizer.json`, as [#save] writes it.
    public String json() {
        return TokenizerReader.write(tokens, model, sources, settings).pretty();
    }

    /// How encodings are shortened; empty if they are not.
    public Optional<Truncation> truncation() {
        return settings.truncation;
    }

    /// The same with another truncation.
    /// @throws ConfigException if the length is below the number of tokens that are added around one text
    public Tokenizer withTruncation(Truncation truncation) {
        room(truncation, false);
        return with(new Settings(Optional.of(truncation), settings.padding, settings.special));
    }

    public Tokenizer withoutTruncation() {
        return with(new Settings(Optional.empty(), settings.padding, settings.special));
    }

    /// How encodings are made equally long; empty if they are not.
    public Optional<TokenPadding> padding() {
        return settings.padding;
    }

    /// The same with another padding.
    /// @throws ConfigException if the vocabulary has no token of the padding's id
    public Tokenizer withPadding(TokenPadding padding) {
        if (padding.id() >= tokens.size()) {
            throw new ConfigException(
                    "padding", "expects an id from 0 to " + (tokens.size() - 1) + ", got " + padding.id());
        }
        return with(new Settings(settings.truncation, Optional.of(padding), settings.special));
    }

    public Tokenizer withoutPadding() {
        return with(new Settings(settings.truncation, Optional.empty(), settings.special));
    }

    /// The same, with or without tokens such as `[CLS]` around texts. They are added by default. Not saved.
    public Tokenizer withSpecialTokens(boolean added) {
        return with(new Settings(settings.truncation, settings.padding, added));
    }

    private Tokenizer with(Settings other) {
        return new Tokenizer(tokens, preTokenizer, model, postProcessor, decoder, sources, other);
    }

    TokenModel model() {
        return model;
    }

    /// The number of tokens, those that were added to the model's included. Ids are below it.
    public int vocabularySize() {
        return tokens.size();
    }

    /// The id of a token; empty if there is no such token.
    public OptionalInt id(String token) {
        int id = tokens.id(token);
        return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /// The token of an id.
    /// @param id from 0, below [#vocabularySize()]
    /// @throws DataException for another id
    public String token(int id) {
        if (id < 0 || id >= tokens.size()) {
            throw new DataException("tokenizer", "expects a token id from 0 to " + (tokens.size() - 1) + ", got " + id);
        }
        return tokens.text(id);
    }

    /// Splits a text.
    /// @throws DataException for a text that the model has no tokens for, or on which a regular
    /// expression takes too long
    /// @throws ConfigException if the truncation leaves no room, or shortens a second text, of which there is none
    public Encoding encode(String text) {
        return padded(List.of(unpadded(text, Optional.empty()))).getFirst();
    }

    /// Splits two texts, such as a question and its context, into one encoding.
    /// @throws DataException for a text that the model has no tokens for, or on which a regular
    /// expression takes too long
    /// @throws ConfigException if the truncation leaves no room
    public Encoding encode(String text, String pair) {
        return padded(List.of(unpadded(text, Optional.of(pair)))).getFirst();
    }

    /// Splits each of some texts. With padding, all encodings get the same length, that of longer ones
    /// excepted when the padding's length is fixed.
    /// @throws DataException as [#encode(String)]
    /// @throws ConfigException as [#encode(String)]
    public List<Encoding> encodeBatch(List<String> texts) {
        return padded(
                texts.stream().map(each -> unpadded(each, Optional.empty())).toList());
    }

    /// Splits each text with the other of the same index.
    /// @throws DataException as [#encode(String, String)], and for lists of two lengths
    /// @throws ConfigException as [#encode(String, String)]
    public List<Encoding> encodeBatch(List<String> texts, List<String> pairs) {
        if (texts.size() != pairs.size()) {
            throw new DataException(
                    "tokenizer", "expects as many second texts as first, got " + texts.size() + " and " + pairs.size());
        }
        return padded(IntStream.range(0, texts.size())
                .mapToObj(i -> unpadded(texts.get(i), Optional.of(pairs.get(i))))
                .toList());
    }

    private List<Encoding> padded(List<Encoding> encodings) {
        if (settings.padding.isEmpty()) return encodings;
        TokenPadding padding = settings.padding.get();
        int longest = encodings.stream().mapToInt(Encoding::length).max().orElse(0);
        int length = padding.length().orElse(longest);
        int rest = length % padding.multiple();
        int whole = rest == 0 ? length : length + padding.multiple() - rest;
        return encodings.stream().map(each -> each.padded(whole, padding)).toList();
    }

    private Encoding unpadded(String text, Optional<String> pair) {
        List<List<Token>> texts = new ArrayList<>();
        texts.add(tokenize(text, 0));
        if (pair.isPresent()) texts.add(tokenize(pair.get(), 1));
        if (settings.truncation.isPresent()) truncate(texts, settings.truncation.get());
        List<int[]> places = new ArrayList<>();
        places.add(places(text));
        pair.ifPresent(second -> places.add(places(second)));
        return new Encoding(postProcessor.process(texts, settings.special).stream()
                .flatMap(List::stream)
                .map(each -> each.sequence() < 0 ? each : placed(each, places.get(each.sequence())))
                .toList());
    }

    private List<Token> tokenize(String text, int sequence) {
        List<Token> found = new ArrayList<>();
        for (AddedTokens.Piece piece : tokens.added().cut(AlignedText.of(text))) {
            AlignedText part = piece.text();
            if (piece.id() >= 0) {
                found.add(new Token(
                        piece.id(), part.text(), part.start(0), part.end(part.length() - 1), sequence, sequence));
                continue;
            }
            for (AlignedText word : preTokenizer.split(part)) {
                model.tokenize(
                        word.text(),
                        (id, token, from, to) -> found.add(
                                new Token(id, token, word.start(from), word.end(to - 1), sequence, sequence)));
            }
        }
        return found;
    }

    /// For each code point of a text, the index of its first char.
    private static int[] places(String text) {
        int[] places = new int[text.codePointCount(0, text.length()) + 1];
        for (int at = 0, i = 0; i < places.length; i++) {
            places[i] = at;
            if (at < text.length()) at += Character.charCount(text.codePointAt(at));
        }
        return places;
    }

    private static Token placed(Token token, int[] places) {
        return token.withRange(places[token.start()], places[token.end()]);
    }

    /// How many tokens of the texts may stay.
    private int room(Truncation truncation, boolean pair) {
        int added = settings.special ? postProcessor.added(pair) : 0;
        if (truncation.length() < added) {
            throw new ConfigException(
                    "truncation",
                    "expects a length from " + added + ", as many tokens are added around the text, got "
                            + truncation.length());
        }
        return truncation.length() - added;
    }

    private void truncate(List<List<Token>> texts, Truncation truncation) {
        int room = room(truncation, texts.size() > 1);
        int first = texts.getFirst().size();
        int second = texts.size() > 1 ? texts.get(1).size() : 0;
        if (first + second <= room) return;
        if (room == 0) {
            texts.replaceAll(_ -> List.of());
            return;
        }
        switch (truncation.strategy()) {
            case LONGEST_FIRST -> {
                int shorter = Math.min(first, second);
                int longer = room - shorter;
                if (longer < shorter) { // both are shortened
                    shorter = room / 2;
                    longer = room - shorter;
                }
                boolean firstIsLonger = texts.size() == 1 || first > second;
                shorten(texts, 0, firstIsLonger ? longer : shorter, truncation.side());
                if (texts.size() > 1) shorten(texts, 1, firstIsLonger ? shorter : longer, truncation.side());
            }
            case ONLY_FIRST -> shorten(texts, 0, beside(second, room), truncation.side());
            case ONLY_SECOND -> {
                if (texts.size() == 1) {
                    throw new ConfigException(
                            "truncation", "expects two texts, as only the second is shortened, got one");
                }
                shorten(texts, 1, beside(first, room), truncation.side());
            }
        }
    }

    /// How many tokens of one text may stay beside all of the other.
    private static int beside(int other, int room) {
        if (other < room) return room - other;
        throw new ConfigException(
                "truncation",
                "expects a text that stays to have fewer tokens than there is room, " + room + ", got " + other,
                "Shorten the longer text first");
    }

    private static void shorten(List<List<Token>> texts, int index, int length, Side side) {
        List<Token> all = texts.get(index);
        int kept = Math.min(length, all.size());
        texts.set(index, side == Side.RIGHT ? all.subList(0, kept) : all.subList(all.size() - kept, all.size()));
    }

    /// Joins tokens to a text. It differs from the original one where encoding lost something, such as
    /// capitals.
    /// @param ids from 0, below [#vocabularySize()]
    /// @param skipSpecialTokens whether tokens such as `[CLS]` are left out
    /// @throws DataException for another id, or tokens on which the decoder's replacements take too long
    public String decode(int[] ids, boolean skipSpecialTokens) {
        List<String> texts = new ArrayList<>(ids.length);
        for (int each : ids) {
            String token = token(each);
            if (!skipSpecialTokens || !tokens.added().isSpecial(token)) texts.add(token);
        }
        var steps = new Steps(texts.stream().mapToLong(String::length).sum());
        return String.join("", decoder.decode(texts, steps));
    }

    /// How many characters of a text a token is, for figures that do not depend on the tokens. Of the bytes of a
    /// character, the first counts; the token for what the vocabulary lacks is one.
    /// @param id from 0, below [#vocabularySize()]
    /// @throws DataException for another id
    public int characters(int id) {
        if (id == model.unknownId()) return 1;
        int begun = 0;
        for (byte each : bytes(id)) if ((each & 0xC0) != 0x80) begun++;
        return begun;
    }

    /// What a token adds to a text that goes on, in UTF-8: characters, or some bytes of one. The text of a
    /// special token is what stands for it.
    /// @param id from 0, below [#vocabularySize()]
    /// @throws DataException for another id
    public byte[] bytes(int id) {
        Optional<byte[]> bytes = decoder.bytes(token(id));
        if (bytes.isPresent()) return bytes.get();
        String one = decode(new int[] {id}, false); // of which a text may lack a space
        String two = decode(new int[] {id, id}, false);
        return two.substring(Math.min(one.length(), two.length())).getBytes(StandardCharsets.UTF_8);
    }

    /// Whether a token is special, such as `[CLS]`: none of a text, but of what is around it.
    /// @param id from 0, below [#vocabularySize()]
    /// @throws DataException for another id
    public boolean isSpecial(int id) {
        return tokens.added().isSpecial(token(id));
    }
}
