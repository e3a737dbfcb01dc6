package dev.neurite.http;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.neurite.datasets.ImageFile;
import org.junit.jupiter.api.Test;

class HttpArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .importUrl(HttpService.class.getProtectionDomain().getCodeSource().getLocation());

    @Test
    void theServerKnowsNothingOfNeuralNetworks() {
        classes()
                .that()
                .resideInAPackage("dev.neurite.http")
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(
                                "dev.neurite.http",
                                "dev.neurite.error",
                                "dev.neurite.io.json",
                                "com.sun.net.httpserver",
                                "java..",
                                "javax.imageio..",
                                "javax.net.ssl",
                                "org.jspecify.annotations")
                        .or(type(ImageFile.class))) // reads uploads
                .check(CLASSES);
    }
}
