package dev.neurite.datasets.parquet;

/// Bytes that are not what the format says; becomes a `DataException` that says where in the file they are.
final class Malformed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String problem;
    private final String hint;

    Malformed(String problem) {
        this(problem, "The file is damaged");
    }

    Malformed(String problem, String hint) {
        super(problem, null, false, false);
        this.problem = problem;
        this.hint = hint;
    }

    String problem() {
        return problem;
    }

    String hint() {
        return hint;
    }
}
