package dev.neurite.generate;

import dev.neurite.error.ShapeException;
import java.util.Arrays;

/// Which tokens may come next, such as those that go on with a text in a grammar. Immutable.
public final class TokenMask {
    /// All tokens.
    public static final TokenMask ALL = new TokenMask(new long[0], Integer.MAX_VALUE);

    private final long[] words; // bit t mod 64 of word t / 64 for token t
    private final int size;

    private TokenMask(long[] words, int size) {
        this.words = words;
        this.size = size;
    }

    /// A mask.
    /// @param size the tokens that it knows; any others may not come
    /// @param words token t may come if bit t mod 64 of word t / 64 is set; as many as `size` needs, copied
    /// @throws ShapeException for another number of words
    public static TokenMask of(int size, long... words) {
        int needed = (int) ((size + 63L) / 64);
        if (size < 0 || size == Integer.MAX_VALUE || words.length != needed) {
            throw new ShapeException(
                    "token mask", "expects " + needed + " words for " + size + " tokens, got " + words.length);
        }
        long[] own = words.clone();
        if (size % 64 != 0) own[needed - 1] &= (1L << size % 64) - 1;
        return new TokenMask(own, size);
    }

    /// A mask of these tokens alone.
    /// @throws ShapeException for a token that is not below `size`
    public static TokenMask ofTokens(int size, int... tokens) {
        long[] words = new long[(int) ((size + 63L) / 64)];
        for (int token : tokens) {
            if (token < 0 || token >= size) {
                throw new ShapeException("token mask", "expects tokens from 0 to below " + size + ", got " + token);
            }
            words[token / 64] |= 1L << token % 64;
        }
        return new TokenMask(words, size);
    }

    /// The number of tokens that it knows.
    public int size() {
        return size;
    }

    /// Whether a token may come: no for those that it does not know.
    public boolean allows(int token) {
        if (token < 0 || token >= size) return false;
        return all() || (words[token / 64] >>> token % 64 & 1) != 0;
    }

    /// Whether it is [#ALL].
    boolean all() {
        return size == Integer.MAX_VALUE;
    }

    /// The number of tokens that may come.
    public int count() {
        if (all()) return size;
        int count = 0;
        for (long word : words) count += Long.bitCount(word);
        return count;
    }

    /// Copies the scores of tokens that may come; those of all others are −∞.
    void copy(float[] scores, int from, float[] to, int count) {
        if (all()) {
            System.arraycopy(scores, from, to, 0, count);
            return;
        }
        Arrays.fill(to, 0, count, Float.NEGATIVE_INFINITY);
        int most = Math.min(words.length, (count + 63) / 64);
        for (int word = 0; word < most; word++) {
            for (long left = words[word]; left != 0; left &= left - 1) {
                int token = 64 * word + Long.numberOfTrailingZeros(left);
                if (token < count) to[token] = scores[from + token];
            }
        }
    }
}
