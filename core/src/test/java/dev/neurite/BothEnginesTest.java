package dev.neurite;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class BothEnginesTest {
    /// What results are compared with.
    private static final Set<String> DEFINITIONS =
            Set.of("Golden", "GoldenTraining", "Trajectory", "EveryKernel", "KernelBits", "Samples");

    private static final List<String> WITHOUT_KERNELS = List.of(
            "AugmentationGoldenTest",
            "NumpyFilesTest",
            "NpyArrayTest",
            "NpyTextsTest",
            "PytorchFileTest",
            "HostilePicklesTest",
            "ConfusionTest",
            "EncodedMatrixTest",
            "MetricsGoldenTest");

    /// They name the engine, or start JVMs with and without vectors.
    private static final List<String> WITH_BOTH_ENGINES =
            List.of("CompiledKernelsTest", "EveryKernelsBitsTest", "BlockNormsTest", "BlockedDepthwiseTest");

    @Test
    void everyTestThatComparesKernelsWithTheirDefinitionRunsOnBothEngines() {
        var untagged = new TreeSet<String>();
        for (JavaClass each : new ClassFileImporter().importPath(FreshJvm.classes(BothEngines.class))) {
            if (!each.getSimpleName().endsWith("Test") || tagged(each)) continue;
            boolean compares = each.getDirectDependenciesFromSelf().stream()
                    .anyMatch(it -> DEFINITIONS.contains(it.getTargetClass().getSimpleName()));
            if (compares) untagged.add(each.getSimpleName());
        }
        var expected = new TreeSet<>(WITHOUT_KERNELS);
        expected.addAll(WITH_BOTH_ENGINES);
        assertThat(untagged).as("tests without @BothEngines").isEqualTo(expected);
    }

    private static boolean tagged(JavaClass type) {
        return type.isAnnotatedWith(BothEngines.class)
                || type.getMethods().stream().anyMatch(method -> method.isAnnotatedWith(BothEngines.class));
    }
}
