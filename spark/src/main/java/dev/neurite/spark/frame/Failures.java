package dev.neurite.spark.frame;

import dev.neurite.error.NeuriteException;
import java.util.concurrent.Callable;

/// Errors of the library in Spark's tasks, such as of a row. Spark wraps them; users get them as they are.
public final class Failures {
    private Failures() {}

    /// Runs jobs.
    /// @throws NeuriteException the error of a task, as it was there
    @SuppressWarnings("IllegalCatch") // Spark throws checked exceptions without declaring them
    public static <T> T unwrapped(Callable<T> jobs) {
        try {
            return jobs.call();
        } catch (Exception e) {
            for (Throwable each = e; each != null; each = each.getCause()) {
                if (!(each instanceof NeuriteException known)) continue;
                if (known != e) known.addSuppressed(e);
                throw known;
            }
            Failures.<RuntimeException>throwAsItIs(e);
            throw new AssertionError("not reached", e);
        }
    }

    @SuppressWarnings("unchecked") // the compiler then knows of no checked exception
    private static <E extends Exception> void throwAsItIs(Exception e) throws E {
        throw (E) e;
    }
}
