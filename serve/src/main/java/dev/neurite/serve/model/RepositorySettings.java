package dev.neurite.serve.model;

import dev.neurite.error.ConfigException;
import java.time.Duration;

/// How the models of a server are loaded and replaced.
/// @param batches how requests are computed together
/// @param deadline how long a request waits at most, if it does not say it: more than zero
/// @param warmUp how long the models that are loaded together compute at most before they are ready, each at least a
/// few rows; zero for not at all. An ONNX model computes a few sample rows at loading in any case, to find out
/// what it takes
/// @param reload how often files are looked at for changes; zero for never
/// @param control whether clients may load and unload models
public record RepositorySettings(
        BatchSettings batches, Duration deadline, Duration warmUp, Duration reload, boolean control) {
    private static final Duration LONGEST = Duration.ofHours(1);

    /// A minute for requests, at most 2 seconds to warm up, a look at the files every second; clients may load and
    /// unload models.
    public static final RepositorySettings USUAL = new RepositorySettings(
            BatchSettings.USUAL, Duration.ofMinutes(1), Duration.ofSeconds(2), Duration.ofSeconds(1), true);

    /// Checks the times.
    /// @throws ConfigException if one is out of range
    public RepositorySettings {
        check("deadline", deadline, Duration.ofMillis(1));
        check("warm-up", warmUp, Duration.ZERO);
        check("reload", reload, Duration.ZERO);
    }

    private static void check(String where, Duration time, Duration least) {
        if (time.compareTo(least) < 0 || time.compareTo(LONGEST) > 0) {
            throw new ConfigException(
                    where, "expects " + least.toMillis() / 1e3 + " to 3600 seconds, got " + time.toMillis() / 1e3);
        }
    }

    public RepositorySettings batches(BatchSettings other) {
        return new RepositorySettings(other, deadline, warmUp, reload, control);
    }

    public RepositorySettings deadline(Duration other) {
        return new RepositorySettings(batches, other, warmUp, reload, control);
    }

    public RepositorySettings warmUp(Duration longest) {
        return new RepositorySettings(batches, deadline, longest, reload, control);
    }

    /// With the time of one of several models that are loaded together.
    RepositorySettings sharedBy(int models) {
        return warmUp(warmUp.dividedBy(Math.max(1, models)));
    }

    public RepositorySettings reload(Duration every) {
        return new RepositorySettings(batches, deadline, warmUp, every, control);
    }

    public RepositorySettings control(boolean allowed) {
        return new RepositorySettings(batches, deadline, warmUp, reload, allowed);
    }
}
