package dev.neurite.llm;

import dev.neurite.generate.StopText;
import dev.neurite.llm.tokenizer.TextStream;
import java.util.List;

/// The text of an answer, which is passed on while its tokens come, and ends before a stop.
final class AnswerText {
    private final TextStream tokens;
    private final PieceListener listener;
    private final StopText stops;
    private final StringBuilder text = new StringBuilder();
    private boolean goesOn = true;
    private boolean stopped;
    private boolean heard; // of the last token

    AnswerText(TextStream tokens, List<String> stops, PieceListener listener) {
        this.tokens = tokens;
        this.listener = listener;
        this.stops = new StopText(stops, this::pass);
    }

    private void pass(String piece) {
        heard = true;
        text.append(piece);
        goesOn &= listener.piece(piece);
    }

    /// Takes a token.
    /// @return whether the answer goes on
    boolean add(int token) {
        heard = false;
        String piece = tokens.add(token);
        stopped = !piece.isEmpty() && stops.add(piece);
        if (!heard) pass(""); // the listener may end the answer
        return goesOn && !stopped;
    }

    /// Whether a stop has come.
    boolean stopped() {
        return stopped;
    }

    /// Passes on what was held back.
    void end() {
        if (stopped) return;
        String piece = tokens.end();
        stopped = !piece.isEmpty() && stops.add(piece);
        if (!stopped) stops.end();
    }

    String text() {
        return text.toString();
    }
}
