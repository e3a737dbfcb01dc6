package dev.neurite.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.FreshJvm;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Steady training and predicting leave next to nothing to the garbage collector.
class StepAllocationTest {
    @Test
    void aSteadyStepAllocatesNoArrayAndAtMost64BytesALayer() {
        var options = List.of("-Xbatch", "-XX:TLABSize=2k", "-XX:MinTLABSize=2k", "-XX:-ResizeTLAB");
        String output = FreshJvm.run(StepMeter.class, true, options).out();
        assertThat(output.lines())
                .containsExactly(
                        "a step of Adam on 1 threads: little []",
                        "a step of SGD on 1 threads: little []",
                        "a step of everything on 1 threads: little []",
                        "a step at which no probe looks on 1 threads: little []",
                        "predicting 200 rows on 1 threads: little []",
                        "predicting a row on 1 threads: little []",
                        "a step of Adam on 2 threads: little []",
                        "a step of SGD on 2 threads: little []",
                        "a step of everything on 2 threads: little []",
                        "a step at which no probe looks on 2 threads: little []",
                        "predicting 200 rows on 2 threads: little []",
                        "predicting a row on 2 threads: little []");
    }
}
