package dev.neurite.spark;

import static com.tngtech.archunit.lang.conditions.ArchConditions.beAnnotatedWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.neurite.spark.mesh.Mesh;
import dev.neurite.train.Trainer;
import dev.neurite.yaml.YamlReader;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/// Which package uses which, as in ARCHITECTURE.md; and what nobody else checks, as this module has no descriptor.
class ArchitectureTest {
    private static final String BASE = "dev.neurite.spark";

    private static final Map<String, Set<String>> USES = Map.of(
            "examples", Set.of("ml"),
            "ml", Set.of("", "frame", "engine"),
            "", Set.of("frame", "engine"),
            "frame", Set.of("engine"),
            "engine", Set.of("mesh"),
            "mesh", Set.of());

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .importUrl(Mesh.class.getProtectionDomain().getCodeSource().getLocation());

    private static String name(JavaClass each) {
        return each.getPackageName().substring(BASE.length()).replaceFirst("^\\.", "");
    }

    /// There are no cycles among them, as the table has none.
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
    void theMeshKnowsNothingOfSpark() {
        noClasses()
                .that()
                .resideInAPackage(BASE + ".mesh")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache..", "scala..")
                .check(CLASSES);
    }

    /// On the class path nothing else keeps it from what other modules do not export.
    @Test
    void onlyWhatOtherModulesExportIsUsed() throws URISyntaxException {
        Set<String> exported = new TreeSet<>(exported(Trainer.class, "dev.neurite.core"));
        exported.addAll(exported(YamlReader.class, "dev.neurite.yaml"));
        assertThat(exported).contains("dev.neurite.train", "dev.neurite.yaml");
        assertThat(CLASSES.stream()
                        .flatMap(each -> each.getDirectDependenciesFromSelf().stream())
                        .map(each -> each.getTargetClass().getPackageName())
                        .filter(each -> each.startsWith("dev.neurite.") && !each.startsWith(BASE)))
                .isNotEmpty()
                .allMatch(exported::contains);
    }

    private static Set<String> exported(Class<?> type, String module) throws URISyntaxException {
        var place =
                Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        ModuleDescriptor descriptor =
                ModuleFinder.of(place).find(module).orElseThrow().descriptor();
        return descriptor.exports().stream()
                .filter(each -> !each.isQualified())
                .map(ModuleDescriptor.Exports::source)
                .collect(Collectors.toSet());
    }

    @Test
    void nothingPrintsOrExits() {
        noClasses()
                .that()
                .resideOutsideOfPackage(BASE + ".examples")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethod(System.class, "exit", int.class)
                .check(CLASSES);
    }

    @Test
    void everyClassIsFinalARecordSealedOrAnInterface() {
        assertThat(CLASSES)
                .filteredOn(each -> !each.isAnonymousClass() && !each.isInterface() && !each.isEnum())
                .allMatch(each -> each.getModifiers().contains(JavaModifier.FINAL)
                        || each.reflect().isSealed());
    }

    @Test
    void noStaticFieldChanges() {
        assertThat(CLASSES)
                .flatExtracting(JavaClass::getFields)
                .allMatch(field -> !field.getModifiers().contains(JavaModifier.STATIC)
                        || field.getModifiers().contains(JavaModifier.FINAL));
    }

    @Test
    void everyPackageIsNullMarked() {
        classes()
                .that()
                .haveSimpleName("package-info")
                .should(beAnnotatedWith(NullMarked.class))
                .check(CLASSES);
        assertThat(CLASSES.stream().map(JavaClass::getPackageName).distinct())
                .hasSameSizeAs(CLASSES.stream()
                        .filter(each -> each.getSimpleName().equals("package-info"))
                        .toList());
    }
}
