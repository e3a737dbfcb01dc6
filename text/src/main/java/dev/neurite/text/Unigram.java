package dev.neurite.text;

import dev.neurite.error.DataException;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonNull;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// The tokens of a word with the greatest sum of scores (Viterbi). Neighboring unknown characters are one token. Kudo
/// 2018, "Subword regularization".
final class Unigram implements TokenModel {
    private static final double UNKNOWN_PENALTY = 10;

    private final Vocabulary vocabulary;
    private final double[] scores;
    private final OptionalInt unknown;
    private final boolean byBytes;
    private final Trie tokens = new Trie();
    private final double unknownScore;

    /// @param scores logarithms of probabilities, by id
    /// @param byBytes whether unknown characters become tokens such as `<0xE2>`, one for each byte
    Unigram(Vocabulary vocabulary, double[] scores, OptionalInt unknown, boolean byBytes) {
        this.vocabulary = vocabulary;
        this.scores = scores;
        this.unknown = unknown;
        this.byBytes = byBytes;
        for (int id = 0; id < vocabulary.size(); id++) {
            if (!vocabulary.token(id).isEmpty()) tokens.put(vocabulary.token(id), id);
        }
        this.unknownScore = Arrays.stream(scores).min().orElse(0) - UNKNOWN_PENALTY;
    }

    @Override
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    @Override
    public int unknownId() {
        return unknown.orElse(-1);
    }

    @Override
    public void tokenize(String word, TokenSink out) {
        var path = new Path(word);
        path.find();
        int from = 0;
        for (int end : path.ends()) {
            add(word.substring(from, end), from, end, out);
            from = end;
        }
    }

    private void add(String piece, int from, int to, TokenSink out) {
        int id = vocabulary.id(piece);
        if (id >= 0) {
            out.add(id, piece, from, to);
        } else if (!byBytes || !addBytes(piece, from, to, out)) {
            out.add(unknown(piece), piece, from, to);
        }
    }

    private boolean addBytes(String piece, int from, int to, TokenSink out) {
        var hex = HexFormat.of().withUpperCase();
        byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
        List<String> names = IntStream.range(0, bytes.length)
                .mapToObj(i -> "<0x" + hex.toHexDigits(bytes[i]) + ">")
                .toList();
        if (!names.stream().allMatch(each -> vocabulary.id(each) >= 0)) return false;
        names.forEach(each -> out.add(vocabulary.id(each), each, from, to));
        return true;
    }

    private int unknown(String piece) {
        return unknown.orElseThrow(() -> new DataException(
                "tokenizer",
                "expects characters of its vocabulary, got '" + piece + "'",
                "Its model has no unknown token, 'unk_id'"));
    }

    @Override
    public Json json() {
        List<List<Object>> pairs = IntStream.range(0, scores.length)
                .mapToObj(id -> List.<Object>of(vocabulary.token(id), scores[id]))
                .toList();
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("type", "Unigram");
        members.put("unk_id", unknown.isPresent() ? unknown.getAsInt() : new JsonNull());
        members.put("vocab", pairs);
        members.put("byte_fallback", byBytes);
        return Json.of(members);
    }

    /// For each place of a word, the best tokens up to there.
    private final class Path {
        private final String word;
        private final double[] best;
        private final int[] from; // where the last token begins; −1: no token ends here
        private final boolean[] isUnknown;

        Path(String word) {
            this.word = word;
            this.best = new double[word.length() + 1];
            this.from = new int[word.length() + 1];
            this.isUnknown = new boolean[word.length() + 1];
            Arrays.fill(from, -1);
        }

        void find() {
            for (int at = 0; at < word.length(); ) {
                int character = at + Character.charCount(word.codePointAt(at));
                boolean single = false;
                Trie node = tokens;
                for (int end = at; end < word.length() && !node.isLeaf(); ) {
                    node = node.after(word.charAt(end++));
                    int id = node.value();
                    if (id == Trie.NONE) continue;
                    offer(at, end, best[at] + scores[id], unknown.isPresent() && id == unknown.getAsInt());
                    single |= end == character;
                }
                if (!single && offer(at, character, best[at] + unknownScore, true)) {
                    unknown(word.substring(at, character));
                }
                at = character;
            }
        }

        private boolean offer(int at, int end, double score, boolean unknownToken) {
            if (from[end] >= 0 && score <= best[end]) return false;
            from[end] = at;
            best[end] = score;
            isUnknown[end] = unknownToken;
            return true;
        }

        /// The ends of the tokens, unknown neighbors as one.
        int[] ends() {
            int[] ends = new int[word.length()];
            int count = 0;
            boolean after = false; // whether the token after this one is unknown
            for (int end = word.length(); end > 0; end = from[end]) {
                if (!after || !isUnknown[end]) ends[count++] = end;
                after = isUnknown[end];
            }
            int[] forward = new int[count];
            for (int i = 0; i < count; i++) forward[i] = ends[count - 1 - i];
            return forward;
        }
    }
}
