package dev.neurite.dashboard;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Which package uses which; ARCHITECTURE.md has the table.
final class ArchitectureTest {
    private static final String BASE = "dev.neurite.dashboard";

    private static final Map<String, Set<String>> USES = Map.of(
            "", Set.of("api", "live", "runs", "playground", "report", "view"),
            "api", Set.of("live", "runs", "playground", "report", "view"),
            "live", Set.of("runs", "view"),
            "runs", Set.of("view"),
            "playground", Set.of("view"),
            "report", Set.of("runs", "view"),
            "view", Set.of());

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .importUrl(Dashboard.class.getProtectionDomain().getCodeSource().getLocation())
            .that(DescribedPredicate.describe(
                    "are of the dashboard", each -> each.getPackageName().startsWith(BASE)));

    private static String name(JavaClass each) {
        return each.getPackageName().substring(BASE.length()).replaceFirst("^\\.", "");
    }

    @Test
    void packagesUseOnlyTheirOwn() {
        Set<String> wrong = new TreeSet<>();
        for (JavaClass each : CLASSES) {
            assertThat(USES).as(each.getName()).containsKey(name(each));
            each.getDirectDependenciesFromSelf().stream()
                    .map(dependency -> dependency.getTargetClass())
                    .filter(target -> target.getPackageName().startsWith(BASE))
                    .filter(target -> !name(target).equals(name(each)))
                    .filter(target -> !USES.getOrDefault(name(each), Set.of()).contains(name(target)))
                    .forEach(target -> wrong.add(each.getName() + " uses " + target.getName()));
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching(BASE + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void nobodyUsesTheServerOfTheJdk() {
        assertThat(CLASSES)
                .flatExtracting(JavaClass::getDirectDependenciesFromSelf)
                .extracting(each -> each.getTargetClass().getPackageName())
                .doesNotContain("com.sun.net.httpserver");
    }

    @Test
    void onlyApiAndItsUsersKnowHttp() {
        assertThat(CLASSES)
                .filteredOn(each -> !Set.of("api", "").contains(name(each)))
                .flatExtracting(JavaClass::getDirectDependenciesFromSelf)
                .extracting(each -> each.getTargetClass().getPackageName())
                .doesNotContain("dev.neurite.http");
    }
}
