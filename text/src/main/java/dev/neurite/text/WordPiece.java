package dev.neurite.text;

import dev.neurite.io.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;

/// Takes the longest token that a word begins with, then the longest that continues it, and so on. A word that cannot
/// be covered is one unknown token. Schuster and Nakajima 2012, "Japanese and Korean voice search".
final class WordPiece implements TokenModel {
    private final Vocabulary vocabulary;
    private final String unknown;
    private final String prefix;
    private final int longestWord;
    private final Trie begin = new Trie();
    private final Trie rest;

    /// @param unknown the unknown token, one of the vocabulary
    /// @param prefix what marks tokens that continue a word, such as `##`
    /// @param longestWord in code points; a longer word is unknown
    WordPiece(Vocabulary vocabulary, String unknown, String prefix, int longestWord) {
        this.vocabulary = vocabulary;
        this.unknown = unknown;
        this.prefix = prefix;
        this.longestWord = longestWord;
        for (int id = 0; id < vocabulary.size(); id++) begin.put(vocabulary.token(id), id);
        this.rest = begin.after(prefix);
    }

    @Override
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    @Override
    public int unknownId() {
        return vocabulary.id(unknown);
    }

    @Override
    public void tokenize(String word, TokenSink out) {
        int[] ends = new int[word.length()];
        int count = word.codePointCount(0, word.length()) > longestWord ? 0 : cover(word, ends);
        if (count == 0) {
            out.add(vocabulary.id(unknown), unknown, 0, word.length());
            return;
        }
        int from = 0;
        for (int i = 0; i < count; i++) {
            String piece = word.substring(from, ends[i]);
            String token = from == 0 ? piece : prefix + piece;
            out.add(vocabulary.id(token), token, from, ends[i]);
            from = ends[i];
        }
    }

    /// Finds the ends of the tokens.
    /// @return how many there are, 0 if they do not cover the word
    private int cover(String word, int[] ends) {
        int count = 0;
        for (int from = 0; from < word.length(); count++) {
            int end = (from == 0 ? begin : rest).longest(word, from);
            if (end < 0) return 0;
            ends[count] = end;
            from = end;
        }
        return count;
    }

    @Override
    public Json json() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("type", "WordPiece");
        members.put("unk_token", unknown);
        members.put("continuing_subword_prefix", prefix);
        members.put("max_input_chars_per_word", longestWord);
        members.put("vocab", vocabulary.json());
        return Json.of(members);
    }
}
