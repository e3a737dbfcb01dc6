package dev.neurite.serve;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

class ServeArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .importUrl(NeuriteServer.class.getProtectionDomain().getCodeSource().getLocation());

    @Test
    void modelsKnowNothingOfInterfacesAndInterfacesNothingOfServers() {
        noClasses()
                .that()
                .resideInAPackage("dev.neurite.serve.model")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.neurite.serve", "dev.neurite.serve.api..", "com.sun.net.httpserver")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("dev.neurite.serve.api..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.neurite.serve", "com.sun.net.httpserver")
                .check(CLASSES);
    }

    @Test
    void onlyTheServerKnowsMicrometer() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.neurite.serve.model", "dev.neurite.serve.api..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.micrometer..", "io.prometheus..")
                .check(CLASSES);
    }
}
