package dev.neurite.text.data;

import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.model.RowOrigin;
import dev.neurite.signature.Input;
import dev.neurite.tensor.Shape;
import dev.neurite.text.Tokenizer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/// Windows over a long text as rows, for models of language: a row's input is `[steps]`, token ids, and each position
/// has the label of the token that follows. Rows are read from the tokens when they are needed.
public final class TextWindows implements Dataset {
    private final Tokens tokens;
    private final List<String> names;
    private final Tokenizer tokenizer;
    private final int steps;
    private final int stride;
    private final long from; // of the file's tokens
    private final long to;
    private final int size;

    private TextWindows(
            Tokens tokens, List<String> names, Tokenizer tokenizer, int steps, int stride, long from, long to) {
        this.tokenizer = tokenizer;
        this.tokens = tokens;
        this.names = names;
        this.steps = steps;
        this.stride = stride;
        this.from = from;
        this.to = to;
        long room = to - from - steps - 1;
        if (room < 0) {
            throw new DataException(
                    "text",
                    "expects at least " + (steps + 1L) + " tokens for a window of " + steps + " and the label of its"
                            + " last, got " + (to - from),
                    "Take a longer text or a shorter window");
        }
        if (room / stride >= Integer.MAX_VALUE) {
            throw new ConfigException("stride", "expects at most 2^31 windows, got " + (room / stride + 1));
        }
        this.size = (int) (room / stride + 1);
    }

    /// Windows that follow each other.
    /// @param tokens the ids of the text
    /// @param tokenizer the one that encoded it, which names the classes
    /// @param steps the tokens of a window, at least 1
    /// @throws ConfigException for less than 1 step, or more than 65,536 tokens in the vocabulary
    /// @throws DataException for a text that is shorter than a window, or of another vocabulary
    public static TextWindows of(Tokens tokens, Tokenizer tokenizer, int steps) {
        if (steps < 1) throw new ConfigException("window", "expects at least 1 step, got " + steps);
        int size = tokens.vocabularySize();
        if (size != tokenizer.vocabularySize()) {
            throw new DataException(
                    "tokens",
                    "expects ids of the tokenizer's " + tokenizer.vocabularySize() + " tokens, got ids of " + size);
        }
        if (size > MOST_CLASSES) {
            throw new ConfigException("vocabulary", "expects at most " + MOST_CLASSES + " tokens, got " + size);
        }
        List<String> names = IntStream.range(0, size)
                .mapToObj(id -> printable(tokenizer.token(id)))
                .toList();
        return new TextWindows(tokens, names, tokenizer, steps, steps, 0, tokens.count());
    }

    /// A token as the name of a class: `\n` for a line end, and likewise for other characters that do not print.
    private static String printable(String token) {
        var name = new StringBuilder();
        token.codePoints().forEach(c -> {
            switch (c) {
                case '\n' -> name.append("\\n");
                case '\r' -> name.append("\\r");
                case '\t' -> name.append("\\t");
                default -> {
                    if (Character.isISOControl(c)) name.append(String.format(Locale.ROOT, "\\u%04x", c));
                    else name.appendCodePoint(c);
                }
            }
        });
        return name.toString();
    }

    /// The tokenizer that encoded the text.
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /// The same text with a window at every so many tokens.
    /// @param tokensBetween at least 1; the window's length by default
    /// @throws ConfigException for less than 1
    public TextWindows withStride(int tokensBetween) {
        if (tokensBetween < 1) throw new ConfigException("stride", "expects at least 1 token, got " + tokensBetween);
        return new TextWindows(tokens, names, tokenizer, steps, tokensBetween, from, to);
    }

    /// Cuts the text in two: the windows of the test part are over its last tokens, and share none with the others.
    /// @param testShare the share of the tokens, above 0 and below 1
    /// @throws ConfigException for another share
    /// @throws DataException if a part is shorter than a window
    public DataSplit split(double testShare) {
        if (!(testShare > 0 && testShare < 1)) {
            throw new ConfigException("test share", "expects a number above 0 and below 1, got " + testShare);
        }
        long cut = to - Math.round((to - from) * testShare);
        return new DataSplit(
                new TextWindows(tokens, names, tokenizer, steps, stride, from, cut),
                new TextWindows(tokens, names, tokenizer, steps, stride, cut, to));
    }

    @Override
    public Optional<RowOrigin> origin() {
        return Optional.of(new Input.Text(tokenizer.json(), Optional.empty()));
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public Shape inputShape() {
        return Shape.of(steps);
    }

    @Override
    public Shape targetShape() {
        return Shape.of(steps);
    }

    @Override
    public List<String> classNames() {
        return names;
    }

    @Override
    public void readInput(int row, float[] array, int at) {
        int[] ids = new int[steps];
        tokens.read(from + (long) row * stride, steps, ids, 0);
        for (int i = 0; i < steps; i++) array[at + i] = ids[i];
    }

    @Override
    public int label(int row) {
        throw new UnsupportedOperationException("a text has a label for each position, not for a row");
    }

    @Override
    public void readLabels(int row, int[] array, int at) {
        tokens.read(from + (long) row * stride + 1, steps, array, at);
    }

    @Override
    public void readTarget(int row, float[] array, int at) {
        throw new UnsupportedOperationException("a text has class labels, not values");
    }

    /// True: ids are no numbers to scale.
    @Override
    public boolean isPrepared() {
        return true;
    }

    @Override
    public boolean isMapped() {
        return tokens.isMapped();
    }

    @Override
    public int vocabulary() {
        return tokens.vocabularySize();
    }

    @Override
    public String toString() {
        return describe();
    }
}
