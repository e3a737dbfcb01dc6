package dev.neurite.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.neurite.FreshJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What fresh JVMs make of whole trainings: in which order methods are compiled, and with which profiles, differs
/// from one JVM to the next. A kernel that is badly compiled makes objects of its vectors, megabytes in each step.
class CompiledNetworksTest {
    /// Those of a page, to which LauncherTest of the command line compares the launcher's.
    private static final List<String> LAUNCHER = launcher();

    private static final Pattern EARLY =
            Pattern.compile("-XX:CompileCommand=CompileThresholdScaling,(dev\\.neurite\\.[^*:]*)(\\*?)::.*,0\\.02");

    /// They use the Vector API, but compute nothing that has to be fast soon.
    private static final Set<String> LATE = Set.of("MicroKernels", "FmaPeak");

    private static final JavaClasses KERNELS = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.neurite.kernel.cpu");

    private static final String PATIENCE = "120"; // seconds of a processor; a few are enough for most networks

    private static List<String> launcher() {
        try {
            return Files.readAllLines(Path.of("..", "docs", "performance.md")).stream()
                    .filter(line -> line.startsWith("-XX:"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void allThatComputesWithVectorsIsCompiledEarly() {
        assertThat(KERNELS)
                .filteredOn(type -> !LATE.contains(outermost(type).getSimpleName()))
                .filteredOn(type -> type.getDirectDependenciesFromSelf().stream()
                        .anyMatch(it -> it.getTargetClass().getPackageName().equals("jdk.incubator.vector")))
                .isNotEmpty()
                .allMatch(type -> isCompiledEarly(type.getName()));
    }

    /// A method of FloatVector that has seen two classes is compiled for both wherever it is called.
    @Test
    void floatsAreInVectorsOfOneClass() {
        assertThat(KERNELS)
                .flatMap(JavaClass::getFieldAccessesFromSelf)
                .filteredOn(it -> it.getTargetOwner().getName().equals("jdk.incubator.vector.FloatVector"))
                .isNotEmpty()
                .allMatch(it -> it.getName().equals("SPECIES_PREFERRED"));
    }

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(CompiledNetworksTest::outermost).orElse(type);
    }

    private static boolean isCompiledEarly(String type) {
        return LAUNCHER.stream()
                .map(EARLY::matcher)
                .filter(Matcher::matches)
                .anyMatch(option ->
                        option.group(2).isEmpty() ? type.equals(option.group(1)) : type.startsWith(option.group(1)));
    }

    @Test
    void withTheOptionsOfTheLauncherATrainingAllocatesNoVectors() {
        allocatesNoVectors("mixed", LAUNCHER);
    }

    @Test
    @Tag("thorough")
    void withoutOptionsATrainingAllocatesNoVectors() {
        allocatesNoVectors("lenet5", List.of());
    }

    @ParameterizedTest
    @CsvSource({"mlp", "lenet5", "mixed", "tiles", "recurrent"})
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
