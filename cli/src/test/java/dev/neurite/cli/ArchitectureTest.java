package dev.neurite.cli;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
    private static final String BASE = "dev.neurite.cli";

    /// From top to bottom: a package uses only packages after it in this list.
    private static final List<String> PACKAGES = List.of(
            "", "command", "bench", "search", "run", "input", "config", "option", "network", "report", "console");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .importUrl(Main.class.getProtectionDomain().getCodeSource().getLocation())
            .that(DescribedPredicate.describe(
                    "are of cli", each -> each.getPackageName().startsWith(BASE)));

    @Test
    void packagesUseOnlyThoseBelowThem() {
        Set<String> wrong = new TreeSet<>();
        for (JavaClass each : CLASSES) {
            int from = PACKAGES.indexOf(name(each));
            assertThat(from).as(each.getName()).isNotNegative();
            each.getDirectDependenciesFromSelf().stream()
                    .map(dependency -> dependency.getTargetClass())
                    .filter(target -> target.getPackageName().startsWith(BASE))
                    .filter(target -> PACKAGES.indexOf(name(target)) < from)
                    .forEach(target -> wrong.add(each.getName() + " uses " + target.getName()));
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching(BASE + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void allPackagesAreThere() {
        assertThat(Stream.of(CLASSES.toArray(JavaClass[]::new)).map(ArchitectureTest::name))
                .containsAll(PACKAGES);
    }

    @Test
    void benchmarksAreNotMixedWithSearches() {
        assertThat(CLASSES)
                .filteredOn(each -> name(each).equals("bench"))
                .flatExtracting(JavaClass::getDirectDependenciesFromSelf)
                .extracting(each -> each.getTargetClass().getPackageName())
                .doesNotContain(BASE + ".search");
    }

    private static String name(JavaClass each) {
        return each.getPackageName().substring(BASE.length()).replaceFirst("^\\.", "");
    }
}
