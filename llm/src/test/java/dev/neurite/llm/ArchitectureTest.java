package dev.neurite.llm;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.neurite.llm.gguf.GgufFile;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// What the packages of the module use; ARCHITECTURE.md says it.
final class ArchitectureTest {
    private static final String BASE = "dev.neurite.";

    /// The packages that each one may use, besides itself.
    private static final Map<String, Set<String>> ALLOWED = Map.of(
            "llm.chat",
            Set.of("error", "io.json"),
            "llm.grammar",
            Set.of("error", "io.json", "generate"),
            "llm.weights",
            Set.of("error", "tensor", "io", "io.json", "io.kind"),
            "llm.gguf",
            Set.of("error", "tensor", "kernel", "io", "io.kind", "llm.weights"),
            "llm.tokenizer",
            Set.of("error", "io.json", "text", "llm.chat", "llm.gguf"),
            "llm.network",
            Set.of("error", "tensor", "kernel", "model", "layer"),
            "llm.family",
            Set.of("error", "tensor", "kernel", "model", "layer", "io.json", "llm.gguf", "llm.network", "llm.weights"),
            "llm",
            Set.of(
                    "error",
                    "tensor",
                    "kernel",
                    "model",
                    "generate",
                    "data",
                    "io",
                    "predict",
                    "io.json",
                    "text",
                    "llm.chat",
                    "llm.family",
                    "llm.gguf",
                    "llm.grammar",
                    "llm.network",
                    "llm.tokenizer",
                    "llm.weights"));

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .importUrl(GgufFile.class.getProtectionDomain().getCodeSource().getLocation())
            .that(DescribedPredicate.describe(
                    "are of the module", each -> ALLOWED.containsKey(name(each.getPackageName()))));

    private static String name(String packageName) {
        return packageName.startsWith(BASE) ? packageName.substring(BASE.length()) : packageName;
    }

    @Test
    void aPackageUsesOnlyWhatItsLineSays() {
        Set<String> wrong = new TreeSet<>();
        for (JavaClass each : CLASSES) {
            String own = name(each.getPackageName());
            each.getDirectDependenciesFromSelf().stream()
                    .map(dependency -> dependency.getTargetClass().getPackageName())
                    .filter(target -> target.startsWith(BASE))
                    .map(ArchitectureTest::name)
                    .filter(target -> !target.equals(own)
                            && !ALLOWED.getOrDefault(own, Set.of()).contains(target))
                    .forEach(target -> wrong.add(each.getName() + " uses " + target));
        }
        assertThat(CLASSES).isNotEmpty();
        assertThat(wrong).isEmpty();
    }

    /// Each package of the module has a line.
    @Test
    void everyPackageHasALine() {
        var all = new ClassFileImporter()
                .importUrl(GgufFile.class.getProtectionDomain().getCodeSource().getLocation());
        List<String> packages =
                all.stream().map(each -> name(each.getPackageName())).distinct().toList();
        assertThat(packages).isNotEmpty().allMatch(each -> ALLOWED.containsKey(each) || each.isEmpty());
    }

    /// A computer whose language has other digits or letters reads and writes the same files.
    @Test
    void filesDependOnNoLocaleOfTheMachine() {
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
