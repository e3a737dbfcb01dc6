package dev.neurite.text;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// What the module uses; ARCHITECTURE.md says it.
final class ArchitectureTest {
    private static final String BASE = "dev.neurite.text";

    private static final Set<String> OF_CORE =
            Set.of("dev.neurite.error", "dev.neurite.io", "dev.neurite.io.json", "dev.neurite.signature");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .importUrl(Tokenizer.class.getProtectionDomain().getCodeSource().getLocation())
            .that(DescribedPredicate.describe(
                    "are of the module", each -> each.getPackageName().equals(BASE)));

    @Test
    void ofCoreItUsesErrorsFilesAndJson() {
        Set<String> wrong = new TreeSet<>();
        for (JavaClass each : CLASSES) {
            each.getDirectDependenciesFromSelf().stream()
                    .map(dependency -> dependency.getTargetClass().getPackageName())
                    .filter(target -> target.startsWith("dev.neurite"))
                    .filter(target -> !target.equals(BASE) && !OF_CORE.contains(target))
                    .forEach(target -> wrong.add(each.getName() + " uses " + target));
        }
        assertThat(CLASSES).isNotEmpty();
        assertThat(wrong).isEmpty();
    }

    /// A computer whose language has other digits or letters finds the same tokens.
    @Test
    void textDependsOnNoLocaleOfTheMachine() {
        noClasses()
                .should()
                .callMethod(String.class, "format", String.class, Object[].class)
                .orShould()
                .callMethod(String.class, "formatted", Object[].class)
                .orShould()
                .callMethod(String.class, "toLowerCase")
                .orShould()
                .callMethod(String.class, "toUpperCase")
                .check(CLASSES);
    }
}
