package dev.neurite.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;

/// Learns the merges of a byte-pair encoding. For each pair of neighbors it keeps how often the pair is there and in
/// which words, so that a merge visits only those.
final class BpeTraining {
    private final List<String> tokens;
    private final Map<String, Integer> ids = new HashMap<>();
    private final int[][] words; // by word, the ids of its tokens
    private final long[] counts; // by word, how often it is there
    private final int[] visited; // by word, the last merge that changed it
    private final Map<Long, Pair> pairs = new HashMap<>();
    private final List<Bpe.Merge> merges = new ArrayList<>();

    /// Pairs by frequency. An entry whose count has changed since is put back with the new one when its turn comes.
    private final PriorityQueue<Candidate> queue = new PriorityQueue<>(
            Comparator.comparingLong(Candidate::count).reversed().thenComparingLong(each -> each.pair.key));

    /// Two neighbors.
    private static final class Pair {
        private final int first;
        private final int second;
        private final long key;
        private long count;
        private boolean merged;
        private int[] words = new int[4]; // where it is, or was
        private int size;

        Pair(int first, int second) {
            this.first = first;
            this.second = second;
            this.key = PairTable.pair(first, second);
        }

        void add(int word) {
            if (size > 0 && words[size - 1] == word) return;
            if (size == words.length) words = Arrays.copyOf(words, 2 * size);
            words[size++] = word;
        }
    }

    private record Candidate(long count, Pair pair) {}

    /// @param tokens the first tokens, among them all characters of the words
    /// @param frequencies of words
    BpeTraining(List<String> tokens, Map<String, Long> frequencies) {
        this.tokens = new ArrayList<>(tokens);
        for (int id = 0; id < tokens.size(); id++) ids.put(tokens.get(id), id);
        this.words = new int[frequencies.size()][];
        this.counts = new long[words.length];
        this.visited = new int[words.length];
        int word = 0;
        for (Map.Entry<String, Long> each : frequencies.entrySet()) {
            words[word] = each.getKey()
                    .chars()
                    .map(letter -> id(Character.toString(letter)))
                    .toArray();
            counts[word] = each.getValue();
            count(word, counts[word], -1);
            word++;
        }
        pairs.values().forEach(this::offer);
    }

    private int id(String token) {
        return ids.getOrDefault(token, -1);
    }

    /// Adds a word's pairs to their counts.
    /// @param times how often the word is there; negative to take it out
    /// @param token only pairs with this token have it in their lists, as others had it before; −1 for all
    /// @return the pairs
    private List<Pair> count(int word, long times, int token) {
        int[] symbols = words[word];
        List<Pair> counted = new ArrayList<>(symbols.length);
        for (int at = 0; at + 1 < symbols.length; at++) {
            int first = symbols[at];
            int second = symbols[at + 1];
            Pair pair = pairs.computeIfAbsent(PairTable.pair(first, second), _ -> new Pair(first, second));
            pair.count += times;
            if (times > 0 && (token < 0 || first == token || second == token)) pair.add(word);
            counted.add(pair);
        }
        return counted;
    }

    private void offer(Pair pair) {
        if (pair.count > 0) queue.add(new Candidate(pair.count, pair));
    }

    /// @param size the largest number of tokens
    /// @param least how often a pair must be there
    Bpe train(int size, long least) {
        for (int step = 1; tokens.size() < size && !queue.isEmpty(); ) {
            Candidate top = queue.remove();
            if (top.count != top.pair.count) {
                offer(top.pair);
            } else if (top.count < least) {
                break;
            } else {
                merge(top.pair, step++);
            }
        }
        Map<String, Integer> vocabulary = HashMap.newHashMap(tokens.size());
        for (int id = 0; id < tokens.size(); id++) vocabulary.put(tokens.get(id), id);
        return new Bpe(
                new Vocabulary(vocabulary), merges, new Bpe.Settings(Optional.empty(), "", "", false, false, false));
    }

    private void merge(Pair pair, int step) {
        String text = tokens.get(pair.first) + tokens.get(pair.second);
        int merged = ids.computeIfAbsent(text, _ -> {
            tokens.add(text);
            return tokens.size() - 1;
        });
        // A pair that was merged can come back where another merge makes one of its tokens.
        if (!pair.merged) merges.add(new Bpe.Merge(pair.first, pair.second, merged));
        pair.merged = true;
        int[] places = Arrays.copyOf(pair.words, pair.size);
        pair.size = 0;
        Set<Pair> grown = new LinkedHashSet<>();
        for (int word : places) {
            if (visited[word] == step) continue;
            visited[word] = step;
            int[] after = replaced(words[word], pair, merged);
            if (after.length == words[word].length) continue;
            count(word, -counts[word], -1);
            words[word] = after;
            for (Pair each : count(word, counts[word], merged)) {
                if (each.first == merged || each.second == merged) grown.add(each);
            }
        }
        grown.forEach(this::offer);
    }

    private static int[] replaced(int[] symbols, Pair pair, int merged) {
        int[] after = new int[symbols.length];
        int count = 0;
        for (int at = 0; at < symbols.length; at++) {
            boolean here = at + 1 < symbols.length && symbols[at] == pair.first && symbols[at + 1] == pair.second;
            after[count++] = here ? merged : symbols[at];
            if (here) at++;
        }
        return Arrays.copyOf(after, count);
    }
}
