package dev.neurite.llm.tokenizer;

import dev.neurite.text.Tokenizer;
import java.util.Arrays;

/// Makes text of tokens while a model writes them. A character whose bytes are in several tokens comes when it
/// is whole. Not thread-safe.
///
/// All parts together are the text of all tokens, where that is text: bytes that are none may take bytes before them
/// along in [Tokenizer#decode], which have been returned here. Each call decodes only the last tokens.
public final class TextStream {
    /// Tokens that wait for the rest of a character. It has four bytes at most, so that more are no text.
    private static final int LONGEST_WAIT = 8;

    private static final char REPLACEMENT = '\uFFFD';

    private final Tokenizer tokenizer;
    private final boolean skipSpecialTokens;
    private int[] context = {}; // whose text has been returned, but decides how the next tokens begin
    private int[] waiting = {};

    TextStream(Tokenizer tokenizer, boolean skipSpecialTokens) {
        this.tokenizer = tokenizer;
        this.skipSpecialTokens = skipSpecialTokens;
    }

    /// Takes the next token.
    /// @param id from 0, below the size of the vocabulary
    /// @return the text that it completes, often empty
    /// @throws dev.neurite.error.DataException for another id
    public String add(int id) {
        if (skipSpecialTokens && tokenizer.decode(new int[] {id, id}, true).isEmpty()) return "";
        waiting = Arrays.copyOf(waiting, waiting.length + 1);
        waiting[waiting.length - 1] = id;
        String text = waitingText();
        boolean begun = !text.isEmpty() && text.charAt(text.length() - 1) == REPLACEMENT;
        if (text.isEmpty() || (begun && waiting.length < LONGEST_WAIT)) return "";
        context = waiting;
        waiting = new int[0];
        return text;
    }

    /// The text of the tokens that wait for more, with U+FFFD for what is no text. Ends the stream.
    public String end() {
        String text = waitingText();
        context = new int[0];
        waiting = new int[0];
        return text;
    }

    private String waitingText() {
        int[] all = Arrays.copyOf(context, context.length + waiting.length);
        System.arraycopy(waiting, 0, all, context.length, waiting.length);
        String before = tokenizer.decode(context, skipSpecialTokens);
        String both = tokenizer.decode(all, skipSpecialTokens);
        return both.startsWith(before) ? both.substring(before.length()) : tokenizer.decode(waiting, skipSpecialTokens);
    }
}
