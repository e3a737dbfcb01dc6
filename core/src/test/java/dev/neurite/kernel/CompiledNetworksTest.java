package dev.neurite.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.FreshJvm;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What fresh JVMs make of whole trainings: in which order methods are compiled, and with which profiles, differs
/// from one JVM to the next. A kernel that is badly compiled makes objects of its vectors, megabytes in each step.
class CompiledNetworksTest {
    private static final String KERNELS = ",dev.neurite.kernel.cpu.";
    private static final String EARLY = "-XX:CompileCommand=CompileThresholdScaling" + KERNELS;
    private static final List<String> LAUNCHER = List.of(
            EARLY + "Vector*::*,0.02",
            EARLY + "Gemm::*,0.02",
            EARLY + "Transposition::*,0.02",
            EARLY + "Pairs::*,0.02",
            EARLY + "conv.*::*,0.02",
            EARLY + "plane.*::*,0.02",
            EARLY + "tile.*::compute,0.02",
            "-XX:CompileCommand=CompileThresholdScaling,jdk.incubator.vector.*::*,10.0",
            "-XX:CompileCommand=CompileThresholdScaling,jdk.internal.vm.vector.*::*,10.0",
            "-XX:CompileCommand=BackgroundCompilation" + KERNELS + "tile.*::compute,false",
            "-XX:Tier4BackEdgeThreshold=1000000");
    private static final String PATIENCE = "120"; // seconds of a processor; a few are enough for most networks

    @Test
    void withTheOptionsOfTheLauncherATrainingAllocatesNoVectors() {
        allocatesNoVectors("mixed", LAUNCHER);
    }

    @Test
    void withoutOptionsATrainingAllocatesNoVectors() {
        allocatesNoVectors("lenet5", List.of());
    }

    @ParameterizedTest
    @CsvSource({"mlp", "lenet5", "mixed"})
    @Tag("thorough")
    void inTenJvmsWithTheOptionsAndTenWithoutNoneAllocatesVectors(String network) {
        for (int i = 0; i < 10; i++) {
            allocatesNoVectors(network, LAUNCHER);
            allocatesNoVectors(network, List.of());
        }
    }

    private static void allocatesNoVectors(String network, List<String> options) {
        FreshJvm.Output output = FreshJvm.run(NetworkMeter.class, true, options, network, PATIENCE);
        assertThat(output.out().lines().toList().getLast()).isEqualTo(network);
    }
}
