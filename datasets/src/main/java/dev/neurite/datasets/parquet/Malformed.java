package dev.neurite.datasets.parquet;

/// Bytes that are not what the format says; becomes a `DataException` that says where in the file they are.
final class Malformed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String problem;

    Malformed(String problem) {
        super(problem, null, false, false);
        this.problem = problem;
    }

    String problem() {
        return problem;
    }
}
