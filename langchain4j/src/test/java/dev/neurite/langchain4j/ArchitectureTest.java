package dev.neurite.langchain4j;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What nobody else checks, as this module has no descriptor.
class ArchitectureTest {
    private static final String BASE = "dev.neurite.langchain4j";
    private static final Set<String> USED = Set.of(
            BASE,
            "dev.neurite.error",
            "dev.neurite.generate",
            "dev.neurite.io.json",
            "dev.neurite.llm",
            "dev.neurite.llm.chat",
            "dev.neurite.llm.grammar",
            "dev.neurite.onnx",
            "dev.neurite.text");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .importUrl(NeuriteEmbeddingModel.class
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

    /// What computes the models in LangChain4j's artifacts is there for tests only.
    @Test
    void nothingKnowsOnnxruntimeOrWhatLangChain4jKeepsToItself() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "ai..", "dev.langchain4j.model.embedding.onnx..", "dev.langchain4j.internal..", "com.sun.jna..")
                .check(CLASSES);
    }

    @Test
    void everyClassIsFinalAndNoStaticFieldChanges() {
        assertThat(CLASSES)
                .filteredOn(each -> !each.isInterface())
                .isNotEmpty()
                .allMatch(each -> each.getModifiers().contains(JavaModifier.FINAL));
        assertThat(CLASSES)
                .flatExtracting(JavaClass::getFields)
                .allMatch(field -> !field.getModifiers().contains(JavaModifier.STATIC)
                        || field.getModifiers().contains(JavaModifier.FINAL));
    }
}
