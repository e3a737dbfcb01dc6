package dev.neurite.text;

import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonNull;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Byte-pair encoding: a word begins as its characters, and the pair of neighbors whose merge was learned first becomes
/// one token, until there is no such pair. Sennrich et al. 2016, "Neural machine translation of rare words with subword
/// units".
///
/// A word of n characters takes O(n log n): neighbors are a linked list, and possible merges wait in a heap. The tokens
/// of up to 10,000 short words are remembered.
final class Bpe implements TokenModel {
    private static final int MOST_WORDS = 10_000;
    private static final int LONGEST_WORD = 256; // chars of a word that is remembered

    private final Vocabulary vocabulary;
    private final List<Merge> merges;
    private final Settings settings;
    private final PairTable ranks;
    private final int[] merged; // by rank, the new token
    private final int unknown; // −1: none
    private final int[] bytes; // by byte, its token; −1: none
    private final Map<String, Pieces> words = new ConcurrentHashMap<>();

    /// The ids of two tokens that become one.
    record Merge(int first, int second, int merged) {}

    /// @param unknown the token of unknown characters; without one they are left out
    /// @param prefix what marks characters that do not begin a word; empty for none
    /// @param suffix what marks the last character of a word; empty for none
    /// @param fuse whether neighboring unknown characters are one token
    /// @param byBytes whether an unknown character becomes tokens such as `<0xE2>`, one for each byte
    /// @param wholeWords whether a word that is a token is taken without merges
    record Settings(
            Optional<String> unknown,
            String prefix,
            String suffix,
            boolean fuse,
            boolean byBytes,
            boolean wholeWords) {}

    /// The tokens of a word, with their places.
    @SuppressWarnings("ArrayRecordComponent") // not compared
    private record Pieces(int[] ids, int[] starts, int[] ends) {}

    /// @param merges in the order of their ranks
    Bpe(Vocabulary vocabulary, List<Merge> merges, Settings settings) {
        this.vocabulary = vocabulary;
        this.merges = merges;
        this.settings = settings;
        this.ranks = new PairTable(merges.size());
        this.merged = new int[merges.size()];
        for (int rank = 0; rank < merged.length; rank++) {
            Merge merge = merges.get(rank);
            ranks.put(merge.first, merge.second, rank);
            merged[rank] = merge.merged;
        }
        this.unknown = settings.unknown.map(vocabulary::id).orElse(-1);
        this.bytes = new int[256];
        var hex = HexFormat.of().withUpperCase();
        for (int each = 0; each < bytes.length; each++) {
            bytes[each] = vocabulary.id("<0x" + hex.toHexDigits((byte) each) + ">");
        }
    }

    @Override
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    @Override
    public int unknownId() {
        return unknown;
    }

    @Override
    public void tokenize(String word, TokenSink out) {
        int whole = settings.wholeWords ? vocabulary.id(word) : -1;
        if (whole >= 0) {
            out.add(whole, word, 0, word.length());
            return;
        }
        Pieces pieces = words.get(word);
        if (pieces == null) {
            pieces = new Word(word).merge();
            if (word.length() < LONGEST_WORD && words.size() < MOST_WORDS) words.put(word, pieces);
        }
        for (int i = 0; i < pieces.ids.length; i++) {
            out.add(pieces.ids[i], vocabulary.token(pieces.ids[i]), pieces.starts[i], pieces.ends[i]);
        }
    }

    @Override
    public Json json() {
        List<List<String>> pairs = new ArrayList<>(merges.size());
        for (Merge each : merges) pairs.add(List.of(vocabulary.token(each.first), vocabulary.token(each.second)));
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("type", "BPE");
        members.put("dropout", new JsonNull());
        members.put("unk_token", settings.unknown.isPresent() ? settings.unknown.get() : new JsonNull());
        members.put("continuing_subword_prefix", settings.prefix);
        members.put("end_of_word_suffix", settings.suffix);
        members.put("fuse_unk", settings.fuse);
        members.put("byte_fallback", settings.byBytes);
        members.put("ignore_merges", settings.wholeWords);
        members.put("vocab", vocabulary.json());
        members.put("merges", pairs);
        return Json.of(members);
    }

    /// A word while it is merged: symbols, a linked list over arrays.
    private final class Word {
        private int[] ids;
        private int[] starts;
        private int[] ends;
        private int[] next = {};
        private int[] previous = {};
        private int count;
        private final LongHeap queue = new LongHeap();

        /// Where unknown characters that are not symbols yet begin and end; −1: there are none.
        private int unknownFrom = -1;

        private int unknownTo;

        Word(String word) {
            this.ids = new int[word.length()];
            this.starts = new int[word.length()];
            this.ends = new int[word.length()];
            for (int at = 0; at < word.length(); ) {
                int end = at + Character.charCount(word.codePointAt(at));
                addCharacter(word, at, end);
                at = end;
            }
            addUnknown();
        }

        private void addCharacter(String word, int from, int to) {
            String symbol = word.substring(from, to);
            if (from > 0) symbol = settings.prefix + symbol;
            if (to == word.length()) symbol += settings.suffix;
            int id = vocabulary.id(symbol);
            if (id >= 0) {
                addUnknown();
                add(id, from, to);
            } else if (!settings.byBytes || !addBytes(symbol, from, to)) {
                if (unknown < 0) return;
                if (!settings.fuse) addUnknown();
                if (unknownFrom < 0) unknownFrom = from;
                unknownTo = to;
            }
        }

        private boolean addBytes(String symbol, int from, int to) {
            byte[] values = symbol.getBytes(StandardCharsets.UTF_8);
            for (byte each : values) if (bytes[each & 0xFF] < 0) return false;
            for (byte each : values) add(bytes[each & 0xFF], from, to);
            return true;
        }

        private void addUnknown() {
            if (unknownFrom >= 0) add(unknown, unknownFrom, unknownTo);
            unknownFrom = -1;
        }

        private void add(int id, int from, int to) {
            if (count == ids.length) {
                ids = Arrays.copyOf(ids, 2 * count);
                starts = Arrays.copyOf(starts, 2 * count);
                ends = Arrays.copyOf(ends, 2 * count);
            }
            ids[count] = id;
            starts[count] = from;
            ends[count++] = to;
        }

        Pieces merge() {
            next = new int[count];
            previous = new int[count];
            for (int at = 0; at < count; at++) {
                next[at] = at + 1 < count ? at + 1 : -1;
                previous[at] = at - 1;
            }
            for (int at = 0; at + 1 < count; at++) offer(at);
            while (!queue.isEmpty()) {
                long top = queue.take();
                merge((int) top, (int) (top >>> 32));
            }
            return pieces();
        }

        /// Lets the merge of a symbol with the next one wait, if there is such a merge. The lowest rank comes first, of
        /// equal ones the leftmost.
        private void offer(int at) {
            int rank = at < 0 || next[at] < 0 ? -1 : ranks.rank(ids[at], ids[next[at]]);
            if (rank >= 0) queue.add(((long) rank << 32) | at);
        }

        private void merge(int at, int rank) {
            int right = next[at];
            if (ids[at] < 0 || right < 0) return; // merged into another one, or at the end by now
            int now = ranks.rank(ids[at], ids[right]);
            if (now < 0 || merged[now] != merged[rank]) return; // a neighbor has changed
            ids[at] = merged[rank];
            ends[at] = ends[right];
            ids[right] = -1;
            next[at] = next[right];
            if (next[at] >= 0) previous[next[at]] = at;
            offer(previous[at]);
            offer(at);
        }

        private Pieces pieces() {
            int left = 0;
            for (int at = 0; at < count; at++) {
                if (ids[at] < 0) continue;
                ids[left] = ids[at];
                starts[left] = starts[at];
                ends[left++] = ends[at];
            }
            return new Pieces(Arrays.copyOf(ids, left), Arrays.copyOf(starts, left), Arrays.copyOf(ends, left));
        }
    }

    /// A binary heap of numbers, the smallest first.
    private static final class LongHeap {
        private long[] items = new long[16];
        private int size;

        boolean isEmpty() {
            return size == 0;
        }

        void add(long item) {
            if (size == items.length) items = Arrays.copyOf(items, 2 * size);
            int at = size++;
            for (int parent = (at - 1) >> 1; at > 0 && items[parent] > item; parent = (at - 1) >> 1) {
                items[at] = items[parent];
                at = parent;
            }
            items[at] = item;
        }

        long take() {
            long top = items[0];
            long item = items[--size];
            int at = 0;
            for (int child = 1; child < size; child = 2 * at + 1) {
                if (child + 1 < size && items[child + 1] < items[child]) child++;
                if (items[child] >= item) break;
                items[at] = items[child];
                at = child;
            }
            items[at] = item;
            return top;
        }
    }
}
