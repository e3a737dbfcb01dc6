package dev.neurite.serve.model;

import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Set;

/// What is unusual about files, logged once as long as it is so.
final class Notices {
    private static final System.Logger LOG = System.getLogger("dev.neurite.serve");

    private Set<String> said = Set.of();

    /// Warns of those that were not there the last time.
    void say(List<String> now) {
        for (String each : now) if (!said.contains(each)) LOG.log(Level.WARNING, each);
        said = Set.copyOf(now);
    }
}
