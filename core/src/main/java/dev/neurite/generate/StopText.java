package dev.neurite.generate;

import java.util.List;
import java.util.function.Consumer;

/// Passes on a text that is written in pieces, up to where a stop sequence begins. What may be the beginning of one is
/// held back until more is there.
public final class StopText {
    private final List<String> stops;
    private final Consumer<String> out;
    private final StringBuilder held = new StringBuilder();

    /// @param stops none of them empty
    /// @param out takes the text that is not held back, never an empty one
    public StopText(List<String> stops, Consumer<String> out) {
        this.stops = stops;
        this.out = out;
    }

    /// Takes the next piece.
    /// @return whether a stop sequence has come; the text has ended before it
    public boolean add(String piece) {
        held.append(piece);
        int stop = stops.stream()
                .mapToInt(held::indexOf)
                .filter(at -> at >= 0)
                .min()
                .orElse(-1);
        pass(stop >= 0 ? stop : held.length() - beginning());
        return stop >= 0;
    }

    /// Passes on what was held back, as no more comes.
    public void end() {
        pass(held.length());
    }

    private void pass(int end) {
        String text = held.substring(0, end);
        held.delete(0, end);
        if (!text.isEmpty()) out.accept(text);
    }

    /// The most characters at the end that a stop sequence begins with.
    private int beginning() {
        int longest = 0;
        for (String stop : stops) {
            int most = Math.min(stop.length() - 1, held.length());
            for (int n = most; n > longest; n--) {
                if (stop.startsWith(held.substring(held.length() - n))) longest = n;
            }
        }
        return longest;
    }
}
