package dev.neurite.cli.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Trials of a search share the data of the last variants.
final class SplitCacheTest {
    @Test
    void theVariantThatWasNotUsedForLongestIsReadAgain() {
        var cache = new SplitCache(2);
        List<String> read = new ArrayList<>();
        for (String key : List.of("a", "b", "a", "c", "a", "b")) {
            cache.get(key, () -> {
                read.add(key);
                return List.of();
            });
        }
        assertThat(read).containsExactly("a", "b", "c", "b");
    }
}
