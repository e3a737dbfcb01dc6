package dev.neurite.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.neurite.FreshJvm;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Kernels on vectors are worth their code. Each engine runs in JVMs of its own, in turn with the other, as code that
/// has seen both is compiled otherwise; the best of its medians counts. Not in every build, as what it measures is the
/// machine's load too; that kernels are compiled to vectors is what [CompiledKernelsTest] sees.
@Tag("measures-time")
@Tag("thorough")
class VectorSpeedTest {
    private static final int ATTEMPTS = 3;
    private static final Map<String, Double> LEAST = Map.ofEntries(
            Map.entry("product", 3.0),
            Map.entry("tanh", 2.0),
            Map.entry("softmax", 2.0),
            Map.entry("gelu", 3.0),
            Map.entry("gelu'", 3.0),
            Map.entry("mish", 3.0),
            Map.entry("mish'", 3.0),
            Map.entry("softplus", 3.0),
            Map.entry("softplus'", 3.0));

    @Test
    void productsAndFunctionsAreSeveralTimesAsFastOnVectors() {
        var scalar = new HashMap<String, Long>();
        var vector = new HashMap<String, Long>();
        Map<String, Double> slow = LEAST;
        for (int i = 0; i < ATTEMPTS && !slow.isEmpty(); i++) {
            measure(false, scalar);
            measure(true, vector);
            slow = new HashMap<>();
            for (String kernel : LEAST.keySet()) {
                double times = (double) scalar.getOrDefault(kernel, 0L) / vector.getOrDefault(kernel, 1L);
                if (times < LEAST.getOrDefault(kernel, 0.0)) slow.put(kernel, times);
            }
        }
        assertThat(slow).as("kernels that are only so many times as fast").isEmpty();
    }

    private static void measure(boolean vectors, Map<String, Long> best) {
        List<String> lines =
                FreshJvm.run(SpeedMeter.class, vectors, List.of()).out().lines().toList();
        assumeTrue(!lines.getFirst().contains("128-bit"), "vectors are at least 256 bits wide");
        for (String line : lines.subList(1, lines.size())) {
            String[] fields = line.split(" ", -1);
            best.merge(fields[0], Long.parseLong(fields[1]), Math::min);
        }
    }
}
