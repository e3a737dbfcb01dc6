package dev.neurite.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.neurite.FreshJvm;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Row kernels leave nothing to the garbage collector: scalar ones never, vector ones once they are compiled.
/// A vector kernel that goes on allocating has a call that C2 did not inline, and is many times slower.
class AllocationTest {
    @ParameterizedTest
    @ValueSource(strings = {"vector", "scalar"})
    void rowKernelsAllocateNothing(String engine) {
        assumeTrue(Kernels.vectorsPresent(), "the other run of this suite has started these JVMs already");
        String output = FreshJvm.run(AllocationMeter.class, engine.equals("vector"), List.of())
                .out();
        assertThat(output.strip()).isEqualTo(engine + " []");
    }
}
