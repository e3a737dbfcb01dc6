package dev.neurite.llm.grammar;

import dev.neurite.error.ConfigException;
import dev.neurite.generate.TokenMask;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which tokens of a vocabulary may come in a state of a grammar. Keeps the last masks, as states come again: all
/// tokens within a string have one state. May be used by several threads.
/// ```java
/// TokenMasks masks = new TokenMasks(vocabulary, Set.of(endOfText));
/// GrammarState state = JsonGrammar.value().start();
/// int token = sampler.choose(scores, history, masks.mask(state), 0, 0);
/// state = masks.after(state, token);
/// ```
public final class TokenMasks {
    private static final int MOST_KEPT = 256; // masks: 19 KB each with 150,000 tokens

    private final int size;
    private final Set<Integer> ends;
    private final byte[] @Nullable [] tokens;
    private final List<List<Integer>> byLength = new ArrayList<>(); // tokens of n characters of a string
    private final List<Integer> hard = new ArrayList<>(); // tokens that may end a string, or are parts of characters
    private final Map<Integer, ByteTree> trees = new HashMap<>(); // of the hard tokens and those of more characters
    private final List<long[]> plain = new ArrayList<>(); // tokens of up to n characters of a string, n from 0
    private final SequencedMap<Key, TokenMask> kept = new LinkedHashMap<>(64, 0.75f, true);

    private record Key(Grammar grammar, long state) {}

    /// Masks for a vocabulary.
    /// @param ends the tokens that end a text: they may come when it is complete
    /// @throws ConfigException for an end that is not in the vocabulary
    public TokenMasks(TokenBytes vocabulary, Set<Integer> ends) {
        this.size = vocabulary.size();
        this.ends = Set.copyOf(ends);
        for (int end : ends) {
            if (end < 0 || end >= size) {
                throw new ConfigException("end token", "expects a token from 0 to below " + size + ", got " + end);
            }
        }
        this.tokens = new byte[size][];
        for (int token = 0; token < size; token++) {
            byte[] bytes = this.ends.contains(token) ? null : vocabulary.bytes(token);
            if (bytes == null || bytes.length == 0) continue; // an empty one would never end
            tokens[token] = bytes.clone();
            int characters = characters(bytes);
            if (characters < 0) {
                hard.add(token);
                continue;
            }
            while (byLength.size() <= characters) byLength.add(new ArrayList<>());
            byLength.get(characters).add(token);
        }
        long[] words = new long[(size + 63) / 64];
        for (List<Integer> some : byLength) {
            for (int token : some) words[token / 64] |= 1L << token % 64;
            plain.add(words.clone());
        }
    }

    /// The tokens that are walked through where this number of characters fits.
    private ByteTree tree(int room) {
        synchronized (trees) {
            return trees.computeIfAbsent(room, _ -> {
                List<Integer> some = new ArrayList<>(hard);
                for (int length = room + 1; length < byLength.size(); length++) some.addAll(byLength.get(length));
                return new ByteTree(tokens, some);
            });
        }
    }

    /// The characters of a token that fits into any string; −1 if it does not.
    private static int characters(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        boolean fits = text.chars().allMatch(each -> each >= ' ' && each != '"' && each != '\\' && each != '\uFFFD');
        return fits ? text.codePointCount(0, text.length()) : -1; // parts of characters become U+FFFD
    }

    /// The tokens that may come.
    public TokenMask mask(GrammarState state) {
        var key = new Key(state.grammar(), state.number());
        synchronized (kept) {
            TokenMask known = kept.get(key);
            if (known != null) return known;
        }
        TokenMask mask = computed(state);
        synchronized (kept) {
            kept.put(key, mask);
            if (kept.size() > MOST_KEPT) kept.pollFirstEntry();
        }
        return mask;
    }

    private TokenMask computed(GrammarState state) {
        int room = Math.min(state.room(), plain.size() - 1); // tokens with so many characters fit for sure
        long[] words = room > 0 ? plain.get(room).clone() : new long[(size + 63) / 64];
        tree(Math.max(room, 0)).mark(state, words);
        if (state.isComplete()) for (int end : ends) words[end / 64] |= 1L << end % 64;
        return TokenMask.of(size, words);
    }

    /// The state after a token.
    /// @return null after one that ends the text
    /// @throws ConfigException for a token that may not come
    public @Nullable GrammarState after(GrammarState state, int token) {
        if (ends.contains(token) && state.isComplete()) return null;
        byte[] bytes = token < 0 || token >= size ? null : tokens[token];
        GrammarState after = bytes == null ? null : state.accept(bytes).orElse(null);
        if (after != null) return after;
        throw new ConfigException("grammar", "expects a token that its mask allows, got " + token);
    }

    /// Tokens in the order of their bytes. A token shares a number of first bytes with the one before; if the grammar
    /// refuses a byte, all tokens that have it there are passed over.
    private static final class ByteTree {
        private final int[] order;
        private final byte[] bytes; // of all, one after the other
        private final int[] starts;
        private final int[] shared;
        private final int longest;

        ByteTree(byte[] @Nullable [] tokens, List<Integer> some) {
            List<Integer> sorted = new ArrayList<>(some);
            sorted.sort((a, b) -> Arrays.compareUnsigned(of(tokens, a), of(tokens, b)));
            order = sorted.stream().mapToInt(token -> token).toArray();
            starts = new int[order.length + 1];
            shared = new int[order.length];
            int most = 0;
            for (int i = 0; i < order.length; i++) {
                byte[] token = of(tokens, order[i]);
                starts[i + 1] = Math.addExact(starts[i], token.length);
                most = Math.max(most, token.length);
                if (i == 0) continue;
                int mismatch = Arrays.mismatch(of(tokens, order[i - 1]), token);
                shared[i] = mismatch < 0 ? token.length : mismatch;
            }
            bytes = new byte[starts[order.length]];
            for (int i = 0; i < order.length; i++) {
                System.arraycopy(of(tokens, order[i]), 0, bytes, starts[i], starts[i + 1] - starts[i]);
            }
            longest = most;
        }

        private static byte[] of(byte[] @Nullable [] tokens, int token) {
            byte[] bytes = tokens[token];
            if (bytes == null) throw new IllegalStateException("token " + token + " has no bytes");
            return bytes;
        }

        /// Marks the tokens that may come.
        void mark(GrammarState start, long[] words) {
            GrammarState[] states = new GrammarState[longest + 1]; // after so many bytes of the token before
            Arrays.fill(states, start);
            int known = 0; // bytes of the token before that the grammar took
            for (int i = 0; i < order.length; i++) {
                if (shared[i] > known) continue; // begins with bytes that it refused
                int length = starts[i + 1] - starts[i];
                int at = shared[i];
                GrammarState state = states[at];
                while (at < length) {
                    state = state.after(bytes[starts[i] + at] & 0xFF);
                    if (state.isDead()) break;
                    states[++at] = state;
                }
                known = at;
                if (at == length) words[order[i] / 64] |= 1L << order[i] % 64;
            }
        }
    }
}
