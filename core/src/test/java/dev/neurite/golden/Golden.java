package dev.neurite.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.io.Safetensors;
import dev.neurite.tensor.Tensor;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/// The golden files of `scripts/golden`, and how results are compared with them.
public final class Golden {
    private Golden() {}

    /// A file that is checked in.
    public static Path path(String name) {
        URL url = Objects.requireNonNull(Golden.class.getResource("/golden/" + name), name);
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /// What is in it.
    public static Safetensors read(String name) {
        return Safetensors.read(path(name));
    }

    /// What a map has under a key, which must be there.
    public static <V> V get(Map<String, V> map, String key) {
        return Objects.requireNonNull(map.get(key), key);
    }

    /// The keys that end with `.y`, without that end: the cases of a file that has their outputs.
    public static Stream<String> cases(Map<String, ?> map) {
        return map.keySet().stream()
                .filter(key -> key.endsWith(".y"))
                .map(key -> key.substring(0, key.length() - 2))
                .sorted();
    }

    /// Demands |a − b| ≤ 1e-5·max(1, |b|) of each element.
    public static void assertClose(Tensor actual, Tensor golden, String what) {
        assertThat(actual.shape()).as(what).isEqualTo(golden.shape());
        float[] a = actual.toArray();
        float[] b = golden.toArray();
        for (int i = 0; i < a.length; i++) {
            double bound = 1e-5 * Math.max(1, Math.abs((double) b[i]));
            assertThat(Math.abs((double) a[i] - b[i]))
                    .as("%s, element %d: %s instead of %s", what, i, a[i], b[i])
                    .isLessThanOrEqualTo(bound);
        }
    }
}
