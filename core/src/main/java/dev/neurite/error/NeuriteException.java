package dev.neurite.error;

/// The base of all exceptions that Neurite throws. The message reads `<where>: <problem>. <hint>`; each part is also
/// available separately. Control characters are escaped, so a message is safe to print on a terminal.
public abstract sealed class NeuriteException extends RuntimeException
        permits ShapeException,
                ConfigException,
                DataException,
                ModelFormatException,
                DivergedException,
                ResourceException {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST = 2_000;

    private final String where;
    private final String problem;
    private final String hint;

    NeuriteException(String where, String problem, String hint) {
        super(printable(where + ": " + problem + (hint.isEmpty() ? "" : ". " + hint)));
        this.where = printable(where);
        this.problem = printable(problem);
        this.hint = printable(hint);
    }

    /// Where the error is: a layer's name, a file with line or byte, an option, an argument.
    public String where() {
        return where;
    }

    /// What was expected, and what was found instead.
    public String problem() {
        return problem;
    }

    /// What to do about it; empty if there is no hint.
    public String hint() {
        return hint;
    }

    private static String printable(String text) {
        var out = new StringBuilder();
        for (int i = 0; i < text.length() && out.length() < LONGEST; i++) {
            char c = text.charAt(i);
            boolean pair = i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1));
            boolean plain = !Character.isISOControl(c) && !Character.isSurrogate(c) && c != '\u2028' && c != '\u2029';
            if (plain || pair) {
                out.append(c);
                if (pair) out.append(text.charAt(++i));
            } else {
                out.append(String.format("\\u%04x", (int) c));
            }
        }
        return out.length() < LONGEST ? out.toString() : out + "…";
    }
}
