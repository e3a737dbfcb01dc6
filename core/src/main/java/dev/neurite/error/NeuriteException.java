package dev.neurite.error;

/// The base of all exceptions that Neurite throws. The message reads `<where>: <problem>. <hint>`; each part is also
/// available separately. [Escapes] make a message safe to print on a terminal.
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
        String shown = Escapes.escape(text.length() > LONGEST ? text.substring(0, LONGEST) : text, "");
        if (shown.length() < LONGEST) return shown;
        boolean splits = Character.isHighSurrogate(shown.charAt(LONGEST - 1));
        return shown.substring(0, splits ? LONGEST - 1 : LONGEST) + "…";
    }
}
