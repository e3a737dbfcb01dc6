package dev.neurite.spring;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What nobody else checks, as this module has no descriptor.
class ArchitectureTest {
    private static final String BASE = "dev.neurite.spring";
    private static final Set<String> USED = Set.of(
            BASE,
            "dev.neurite.error",
            "dev.neurite.generate",
            "dev.neurite.kernel",
            "dev.neurite.llm",
            "dev.neurite.llm.chat",
            "dev.neurite.llm.grammar",
            "dev.neurite.llm.network",
            "dev.neurite.model",
            "dev.neurite.network",
            "dev.neurite.onnx",
            "dev.neurite.onnx.value",
            "dev.neurite.predict",
            "dev.neurite.tensor",
            "dev.neurite.text");
    private static final Set<String> OF_ONNX = Set.of("OnnxModels", "SpringAiEmbeddingModel");
    private static final Set<String> OF_LANGUAGE = Set.of("LanguageModels", "SpringAiChatModel", "SpringAiChatOptions");
    private static final Set<String> OF_HEALTH = Set.of("NeuriteHealthAutoConfiguration", "NeuriteHealthIndicator");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .importUrl(NeuriteAutoConfiguration.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation());

    @Test
    void onlyWhatOtherModulesExportIsUsed() {
        assertThat(CLASSES.stream()
                        .flatMap(each -> each.getDirectDependenciesFromSelf().stream())
                        .map(each -> each.getTargetClass().getPackageName())
                        .filter(each -> each.startsWith("dev.neurite.")))
                .isNotEmpty()
                .allMatch(USED::contains);
    }

    /// What a program may lack is known to few classes, which are loaded where it is there.
    @Test
    void optionalLibrariesAreKnownToFewClasses() {
        check("dev.neurite.onnx..", OF_ONNX);
        check("dev.neurite.text..", OF_ONNX);
        check("dev.neurite.llm..", OF_LANGUAGE);
        check("org.springframework.ai..", Set.of("SpringAiEmbeddingModel", "SpringAiChatModel", "SpringAiChatOptions"));
        check("reactor..", Set.of("SpringAiChatModel"));
        check("org.springframework.boot.health..", OF_HEALTH);
        check("dev.neurite.langchain4j..", Set.of());
    }

    private static void check(String packages, Set<String> known) {
        noClasses()
                .that(DescribedPredicate.describe(
                        "are not " + known,
                        each -> known.stream().noneMatch(name -> each.getName().startsWith(BASE + "." + name))))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(packages)
                .check(CLASSES);
    }

    @Test
    void everyClassIsFinalAndNoStaticFieldChanges() {
        assertThat(CLASSES)
                .filteredOn(each -> !each.isInterface() && !each.getModifiers().contains(JavaModifier.SYNTHETIC))
                .isNotEmpty()
                .allMatch(each -> each.getModifiers().contains(JavaModifier.FINAL));
        assertThat(CLASSES)
                .flatExtracting(JavaClass::getFields)
                .allMatch(field -> !field.getModifiers().contains(JavaModifier.STATIC)
                        || field.getModifiers().contains(JavaModifier.FINAL));
    }
}
