package dev.neurite.text;

import dev.neurite.error.DataException;
import java.util.Arrays;

/// A set of strings with a number each, which finds those that a text begins with. Filled once, then only read.
final class Trie {
    static final int NONE = -1;

    private static final int LONGEST = 1_000; // chars of a string
    private static final int MOST = 4_000_000; // chars of all: twice those of the largest vocabularies in use

    private char[] letters = {};
    private Trie[] next = {};
    private int value = NONE;
    private int chars; // of the strings that were added here

    /// Adds a string; of equal ones the first stays.
    /// @throws DataException if it is too long, or all of them together: a char takes up to 80 bytes
    void put(String key, int number) {
        chars += key.length();
        if (key.length() > LONGEST || chars > MOST) {
            throw new DataException(
                    "tokens",
                    "expects tokens of at most " + LONGEST + " characters, " + MOST + " in all, got "
                            + (key.length() > LONGEST ? "one of " + key.length() : "more"));
        }
        Trie node = this;
        for (int i = 0; i < key.length(); i++) node = node.child(key.charAt(i));
        if (node.value == NONE) node.value = number;
    }

    private Trie child(char letter) {
        int at = Arrays.binarySearch(letters, letter);
        if (at >= 0) return next[at];
        int insertion = -at - 1;
        char[] moreLetters = Arrays.copyOf(letters, letters.length + 1);
        Trie[] moreNext = Arrays.copyOf(next, next.length + 1);
        System.arraycopy(letters, insertion, moreLetters, insertion + 1, letters.length - insertion);
        System.arraycopy(next, insertion, moreNext, insertion + 1, next.length - insertion);
        moreLetters[insertion] = letter;
        var child = new Trie();
        moreNext[insertion] = child;
        letters = moreLetters;
        next = moreNext;
        return child;
    }

    /// What follows a letter; this with no strings if there is nothing.
    Trie after(char letter) {
        int at = Arrays.binarySearch(letters, letter);
        return at < 0 ? Nothing.TRIE : next[at];
    }

    /// What follows a string.
    Trie after(String prefix) {
        Trie node = this;
        for (int i = 0; i < prefix.length(); i++) node = node.after(prefix.charAt(i));
        return node;
    }

    /// The number of the string that ends here, or [#NONE].
    int value() {
        return value;
    }

    boolean isLeaf() {
        return next.length == 0;
    }

    /// The end of the longest string that begins at a place of a text, or −1.
    int longest(String text, int from) {
        int end = -1;
        Trie node = this;
        for (int at = from; at < text.length() && !node.isLeaf(); ) {
            node = node.after(text.charAt(at++));
            if (node.value != NONE) end = at;
        }
        return end;
    }

    /// A holder, as a class cannot make an object of itself before its fields are there.
    private static final class Nothing {
        static final Trie TRIE = new Trie();

        private Nothing() {}
    }
}
