package dev.neurite.data.series;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/// A long text as training data of a model of language: windows of so many tokens, each with the token that
/// follows each position as its label. All windows share the ids of the text.
public final class TokenWindows implements Dataset {
    private final int[] ids;
    private final int length;
    private final int step;
    private final List<String> names;

    private TokenWindows(int[] ids, int length, int step, List<String> names) {
        this.ids = ids;
        this.length = length;
        this.step = step;
        this.names = names;
    }

    /// Windows that lie one behind the other.
    /// @param ids of the tokens of the text, from 0 to vocabulary − 1; copied
    /// @param vocabulary the number of tokens, 1 to [Dataset#MOST_CLASSES]
    /// @param length the tokens of a window, at least 1
    /// @throws DataException for an id outside the vocabulary, or a text that is not longer than a window
    public static TokenWindows of(int[] ids, int vocabulary, int length) {
        return of(ids, vocabulary, length, length);
    }

    /// Windows that begin every so many tokens.
    /// @param step the tokens from the beginning of a window to that of the next, at least 1: below the
    /// length, windows overlap
    public static TokenWindows of(int[] ids, int vocabulary, int length, int step) {
        if (vocabulary < 1 || vocabulary > MOST_CLASSES || length < 1 || step < 1) {
            throw new ConfigException(
                    "windows of tokens",
                    "expects 1 to " + MOST_CLASSES + " tokens, and lengths and steps from 1, got " + vocabulary
                            + " tokens, length " + length + ", step " + step);
        }
        if (ids.length <= length) {
            throw new DataException("text", "expects more tokens than a window of " + length + ", got " + ids.length);
        }
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] >= 0 && ids[i] < vocabulary) continue;
            throw new DataException("text, token " + i, "expects 0 to " + (vocabulary - 1) + ", got " + ids[i]);
        }
        List<String> names =
                IntStream.range(0, vocabulary).mapToObj(Integer::toString).toList();
        return new TokenWindows(ids.clone(), length, step, names);
    }

    @Override
    public int size() {
        return (ids.length - 1 - length) / step + 1;
    }

    @Override
    public Shape inputShape() {
        return Shape.of(length);
    }

    @Override
    public Shape targetShape() {
        return Shape.of(length);
    }

    /// The ids of all tokens.
    @Override
    public List<String> classNames() {
        return names;
    }

    @Override
    public boolean isPrepared() {
        return true;
    }

    private int first(int row) {
        return Objects.checkIndex(row, size()) * step;
    }

    @Override
    public void readInput(int row, float[] array, int at) {
        int first = first(row);
        for (int i = 0; i < length; i++) array[at + i] = ids[first + i];
    }

    @Override
    public void readLabels(int row, int[] array, int at) {
        System.arraycopy(ids, first(row) + 1, array, at, length);
    }

    @Override
    public int label(int row) {
        throw new UnsupportedOperationException("there is a label for each position");
    }

    @Override
    public void readTarget(int row, float[] array, int at) {
        throw new UnsupportedOperationException("the targets are labels");
    }
}
