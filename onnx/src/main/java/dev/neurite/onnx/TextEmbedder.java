package dev.neurite.onnx;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import dev.neurite.text.Encoding;
import dev.neurite.text.Side;
import dev.neurite.text.Tokenizer;
import dev.neurite.text.Truncation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Makes vectors of texts that are near each other for texts of similar meaning, with a model such as
/// all-MiniLM-L6-v2: sentence-transformers' way, Reimers and Gurevych 2019, arXiv:1908.10084.
/// ```java
/// TextEmbedder embedder = TextEmbedder.load(Path.of("model.onnx"), Path.of("tokenizer.json"));
/// float[] vector = embedder.embed("The cat sits outside.");
/// ```
/// The model's inputs are `input_ids` and, if it has them, `attention_mask` and `token_type_ids`; its first output
/// has a vector for each token, `[rows × tokens × size]`, or for each text, `[rows × size]`.
///
/// A text of more tokens than the model takes is cut into parts, between words, unless a word is longer than half a
/// part; its vector is the mean of the parts', by their numbers of tokens. With [#withTruncation], only its first
/// tokens count. Safe to use from many threads.
///
/// Texts of similar lengths are computed together, 8 at once. A model with DynamicQuantizeLinear computes one text at
/// once: all that are computed together share a range there, and a vector would depend on the texts beside it. So
/// does a model without `attention_mask`, which would take the padding for tokens.
public final class TextEmbedder {
    private static final int USUAL_MOST = 512;
    private static final String NAME = "text embedder";

    private final TokenBatches model;
    private final Tokenizer tokenizer; // adds nothing around texts
    private final int[] before; // special tokens
    private final int[] after;
    private final Settings settings;

    /// How the vectors of a text's tokens become one.
    public enum Pooling {
        /// Their mean.
        MEAN,
        /// That of the first token, `[CLS]`.
        CLS
    }

    /// What can be chosen.
    /// @param most the largest number of tokens of a part, special tokens included
    private record Settings(Pooling pooling, boolean normalizes, int most) {}

    private TextEmbedder(TokenBatches model, Tokenizer tokenizer, int[] before, int[] after, Settings settings) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.before = before;
        this.after = after;
        this.settings = settings;
    }

    /// Loads a model and its tokenizer. The vectors are means, and have length 1; texts have at most 512 tokens.
    /// @param tokenizer a `tokenizer.json` of Hugging Face
    /// @throws DataException if a file does not exist
    /// @throws ModelFormatException if a file is damaged, or the model has other inputs
    public static TextEmbedder load(Path model, Path tokenizer) {
        return of(OnnxModel.load(model), Tokenizer.load(tokenizer));
    }

    /// An embedder of a model and its tokenizer.
    /// @throws ModelFormatException if the model has other inputs
    public static TextEmbedder of(OnnxModel model, Tokenizer tokenizer) {
        Tokenizer whole = tokenizer.withoutPadding().withoutTruncation();
        Encoding some = whole.withSpecialTokens(true).encode("a");
        int[] special = some.specialTokensMask();
        int first = 0;
        while (first < special.length && special[first] == 1) first++;
        int end = special.length;
        while (end > first && special[end - 1] == 1) end--;
        int[] before = Arrays.copyOf(some.ids(), first);
        int[] after = Arrays.copyOfRange(some.ids(), end, special.length);
        Settings usual = new Settings(Pooling.MEAN, true, USUAL_MOST);
        return new TextEmbedder(TokenBatches.of(NAME, model), whole.withSpecialTokens(false), before, after, usual);
    }

    private TextEmbedder with(Settings other) {
        return new TextEmbedder(model, tokenizer, before, after, other);
    }

    public TextEmbedder withPooling(Pooling other) {
        return with(new Settings(other, settings.normalizes, settings.most));
    }

    /// How the vectors of a text's tokens become one; empty if the model gives one for each text.
    public Optional<Pooling> pooling() {
        boolean pooled = model.model().outputs().getFirst().extents().size() == 2;
        return pooled ? Optional.empty() : Optional.of(settings.pooling);
    }

    /// A copy whose vectors have length 1, or the length that the model gives them.
    public TextEmbedder withNormalization(boolean normalized) {
        return with(new Settings(settings.pooling, normalized, settings.most));
    }

    /// Whether vectors have length 1, not the one that the model gives them.
    public boolean normalizes() {
        return settings.normalizes;
    }

    /// A copy for a model that takes this many tokens at once, special tokens included.
    /// @throws ConfigException if only special tokens would fit
    public TextEmbedder withMostTokens(int tokens) {
        requireRoom(tokens);
        return with(new Settings(settings.pooling, settings.normalizes, tokens));
    }

    /// The most tokens that the model takes at once, special tokens included; 512 by default.
    public int mostTokens() {
        return settings.most;
    }

    /// A copy that computes this many texts at once.
    /// @throws ConfigException for less than 1, and for more than 1 with a model without `attention_mask`
    public TextEmbedder withBatch(int texts) {
        return new TextEmbedder(model.withBatch(texts), tokenizer, before, after, settings);
    }

    /// A copy that leaves out tokens of long texts. By default all count, whatever the tokenizer's file says.
    /// @param truncation its length is the largest number of tokens of a text, special tokens included
    /// @throws ConfigException if only special tokens would fit
    public TextEmbedder withTruncation(Truncation truncation) {
        requireRoom(truncation.length());
        int length = truncation.length() - special();
        Tokenizer shortening = tokenizer.withTruncation(
                new Truncation(length, truncation.strategy(), truncation.side(), truncation.stride()));
        return new TextEmbedder(model, shortening, before, after, settings);
    }

    private void requireRoom(int tokens) {
        if (tokens > special()) return;
        throw new ConfigException(NAME, "expects room for more than the special tokens, got " + tokens + " tokens");
    }

    private int special() {
        return before.length + after.length;
    }

    /// The size of the vectors.
    public int dimension() {
        List<String> extents = model.model().outputs().getFirst().extents();
        String size = extents.isEmpty() ? "" : extents.getLast();
        return size.matches("[0-9]{1,9}") ? Integer.parseInt(size) : embed("").length;
    }

    /// The vector of a text; also of an empty one.
    public float[] embed(String text) {
        return embed(List.of(text)).getFirst();
    }

    /// The vectors of texts. Those of similar lengths are computed together.
    public List<float[]> embed(List<String> texts) {
        return vectors(texts).stream().map(TextVector::vector).toList();
    }

    /// The number of tokens of a text that its vector is made of, without special tokens.
    public int tokens(String text) {
        return tokenizer.encode(text).length();
    }

    /// The most tokens of a text that the model takes at once, without special tokens.
    public int room() {
        int most = settings.most - special();
        return tokenizer.truncation().map(each -> Math.min(each.length(), most)).orElse(most);
    }

    /// The part of a text that the model takes at once; the whole text if it is not longer, see [#room].
    /// @param side where the rest is cut off
    public String shortened(String text, Side side) {
        Encoding all = tokenizer.withoutTruncation().encode(text);
        int more = all.length() - room();
        if (more <= 0) return text;
        return side == Side.LEFT ? text.substring(all.starts()[more]) : text.substring(0, all.ends()[room() - 1]);
    }

    /// A text's tokens, or a part of them.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Part(int text, int[] ids) {}

    /// The vectors of texts, and how many tokens they are made of. Those of similar lengths are computed together.
    public List<TextVector> vectors(List<String> texts) {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) addParts(i, texts.get(i), parts);
        List<float[]> vectors = model.compute(parts.stream().map(this::row).toList(), this::pooled);
        List<TextVector> all = new ArrayList<>();
        for (int i = 0, part = 0; i < texts.size(); i++) {
            int end = part;
            while (end < parts.size() && parts.get(end).text == i) end++;
            all.add(joined(parts.subList(part, end), vectors.subList(part, end)));
            part = end;
        }
        return all;
    }

    /// Cuts a text's tokens into parts, not within words, unless one is longer than half a part.
    private void addParts(int text, String content, List<Part> parts) {
        Encoding encoding = tokenizer.encode(content);
        int[] ids = encoding.ids();
        int[] starts = encoding.starts();
        int[] ends = encoding.ends();
        int room = settings.most - special();
        int from = 0;
        do {
            int most = Math.min(ids.length, from + room);
            int end = most;
            int least = from + Math.max(1, room / 2);
            while (end < ids.length && end > least && isWithinWord(content, ends[end - 1], starts[end])) end--;
            if (end < ids.length && isWithinWord(content, ends[end - 1], starts[end])) end = most;
            parts.add(new Part(text, Arrays.copyOfRange(ids, from, end)));
            from = end;
        } while (from < ids.length);
    }

    /// Whether a token goes on with the word of the one before.
    /// @param end where that ends, in chars
    /// @param start where it begins
    private static boolean isWithinWord(String content, int end, int start) {
        if (start < end) return true; // both are bytes of one character
        if (start > end || start == 0 || start == content.length()) return false;
        return isOfWord(content.codePointBefore(start)) && isOfWord(content.codePointAt(start));
    }

    /// Whether a character may have its word's other ones beside it. Ideographs are words themselves.
    private static boolean isOfWord(int character) {
        return Character.isUnicodeIdentifierPart(character) && !Character.isIdeographic(character);
    }

    private TokenBatches.Row row(Part part) {
        int[] ids = Arrays.copyOf(before, special() + part.ids.length);
        System.arraycopy(part.ids, 0, ids, before.length, part.ids.length);
        System.arraycopy(after, 0, ids, before.length + part.ids.length, after.length);
        return new TokenBatches.Row(ids, new int[ids.length]);
    }

    private float[] pooled(Value y, int row, int tokens) {
        Shape shape = y.shape();
        int rank = shape.rank();
        if (y.type() != ElementType.FLOAT || rank < 2 || rank > 3) {
            throw new ModelFormatException(
                    NAME,
                    "expects a model whose first output has a vector for each token, got " + y.type() + " " + shape);
        }
        int size = shape.extent(rank - 1);
        float[] array = y.tensor().array();
        if (tokens == 0) return new float[size];
        int first = y.offset() + row * (rank == 3 ? shape.extent(1) : 1) * size;
        if (rank == 2 || settings.pooling == Pooling.CLS) return Arrays.copyOfRange(array, first, first + size);
        double[] sum = new double[size];
        for (int t = 0; t < tokens; t++) for (int i = 0; i < size; i++) sum[i] += array[first + t * size + i];
        float[] mean = new float[size];
        for (int i = 0; i < size; i++) mean[i] = (float) (sum[i] / tokens);
        return mean;
    }

    private TextVector joined(List<Part> parts, List<float[]> vectors) {
        float[] vector = vectors.getFirst();
        int tokens = parts.stream().mapToInt(each -> each.ids.length).sum();
        if (parts.size() > 1) {
            double[] sum = new double[vector.length];
            for (int p = 0; p < vectors.size(); p++) {
                double weight = parts.get(p).ids.length;
                for (int i = 0; i < sum.length; i++) sum[i] += weight * vectors.get(p)[i];
            }
            vector = new float[sum.length];
            for (int i = 0; i < sum.length; i++) vector[i] = (float) (sum[i] / tokens);
        }
        TextVector all = new TextVector(vector, tokens);
        return settings.normalizes ? all.normalized() : all;
    }
}
