package dev.neurite.text;

import dev.neurite.error.DataException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Cuts the added tokens out of a text, and normalizes what is between them. Immutable.
final class AddedTokens {
    private final List<AddedToken> tokens;
    private final Normalizer normalizer;
    private final Map<String, AddedToken> byContent = new HashMap<>();
    private final Map<Integer, AddedToken> byId = new HashMap<>();
    private final Set<String> special = new HashSet<>();
    private final Trie plain = new Trie();
    private final Trie normalized = new Trie();

    /// A part of a text: an added token, or what comes between two.
    /// @param id of the added token, or −1
    record Piece(AlignedText text, int id) {}

    /// @param tokens in the order of their ids, none empty
    /// @throws DataException if normalizing them takes too long, or if they are too long
    AddedTokens(List<AddedToken> tokens, Normalizer normalizer) {
        this.tokens = tokens;
        this.normalizer = normalizer;
        var steps = new Steps(
                tokens.stream().mapToLong(each -> each.content().length()).sum());
        for (AddedToken each : tokens) {
            byContent.put(each.content(), each);
            byId.put(each.id(), each);
            if (each.special()) special.add(each.content());
            String content = each.content();
            if (each.normalized())
                content = normalizer.normalize(AlignedText.of(content, steps)).text();
            if (!content.isEmpty()) (each.normalized() ? normalized : plain).put(content, each.id());
        }
    }

    List<AddedToken> tokens() {
        return tokens;
    }

    /// The id of a token, or −1.
    int id(String token) {
        AddedToken added = byContent.get(token);
        return added == null ? -1 : added.id();
    }

    boolean has(int id) {
        return byId.containsKey(id);
    }

    String content(int id) {
        AddedToken added = byId.get(id);
        return added == null ? "" : added.content();
    }

    boolean isSpecial(String token) {
        return special.contains(token);
    }

    /// The pieces of a text, none of them empty: first the tokens that are not normalized are cut out, then, of the
    /// normalized rest, the others.
    List<Piece> cut(AlignedText text) {
        List<Piece> pieces = new ArrayList<>();
        for (Piece each : cut(text, plain)) {
            if (each.id >= 0) pieces.add(each);
            else pieces.addAll(cut(normalizer.normalize(each.text), normalized));
        }
        return pieces;
    }

    private List<Piece> cut(AlignedText text, Trie wanted) {
        List<Piece> pieces = new ArrayList<>();
        String chars = text.text();
        int covered = 0;
        for (int at = 0; at < chars.length(); ) {
            int end = wanted.longest(chars, at);
            if (end < 0) {
                at++;
                continue;
            }
            AddedToken token = byId.get(wanted.after(chars.substring(at, end)).value());
            if (token != null && (!token.singleWord() || standsAlone(chars, at, end))) {
                int from = token.left() ? Math.max(covered, at - spacesBefore(chars, at)) : at;
                int to = token.right() ? end + spacesAfter(chars, end) : end;
                if (covered < from) pieces.add(new Piece(text.slice(covered, from), -1));
                pieces.add(new Piece(text.slice(from, to), token.id()));
                covered = to;
            }
            at = end;
        }
        if (covered < chars.length()) pieces.add(new Piece(text.slice(covered, chars.length()), -1));
        return pieces;
    }

    private static boolean standsAlone(String text, int from, int to) {
        boolean before = from > 0 && CodePoints.isWord(text.codePointBefore(from));
        boolean after = to < text.length() && CodePoints.isWord(text.codePointAt(to));
        return !before && !after;
    }

    private static int spacesBefore(String text, int end) {
        int count = 0;
        while (count < end && CodePoints.isWhitespace(text.charAt(end - 1 - count))) count++;
        return count;
    }

    private static int spacesAfter(String text, int from) {
        int count = 0;
        while (from + count < text.length() && CodePoints.isWhitespace(text.charAt(from + count))) count++;
        return count;
    }
}
