package dev.neurite.onnx;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.File;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What the packages use, and that all is Java; ARCHITECTURE.md says it.
final class ArchitectureTest {
    private static final String BASE = "dev.neurite.onnx";
    private static final String GENERATED = BASE + ".proto";
    private static final int MOST_FILES = 40; // of a package

    /// From top to bottom: a package uses only packages after it in this list.
    private static final List<String> PACKAGES = List.of(
            "",
            ".export",
            ".layers",
            ".plan",
            ".format",
            ".registry",
            ".op.ml",
            ".op.text",
            ".op.quantized",
            ".op.nn",
            ".op.math",
            ".op.shape",
            ".op",
            ".graph",
            ".value");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .importUrl(OnnxModel.class.getProtectionDomain().getCodeSource().getLocation())
            .that(DescribedPredicate.describe(
                    "are of the module",
                    each -> each.getPackageName().startsWith(BASE)
                            && !each.getPackageName().equals(GENERATED)));

    private static int place(JavaClass each) {
        return PACKAGES.indexOf(each.getPackageName().substring(BASE.length()));
    }

    @Test
    void packagesUseOnlyThoseBelowThem() {
        Set<String> wrong = new TreeSet<>();
        for (JavaClass each : CLASSES) {
            assertThat(place(each)).as(each.getName()).isNotNegative();
            each.getDirectDependenciesFromSelf().stream()
                    .map(dependency -> dependency.getTargetClass())
                    .filter(target -> target.getPackageName().startsWith(BASE))
                    .filter(target -> !target.getPackageName().equals(GENERATED))
                    .filter(target -> place(target) < place(each))
                    .forEach(target -> wrong.add(each.getName() + " uses " + target.getName()));
        }
        assertThat(CLASSES).isNotEmpty();
        assertThat(wrong).isEmpty();
    }

    @Test
    void onlyTheReaderKnowsProtobuf() {
        noClasses()
                .that()
                .resideOutsideOfPackage(BASE + ".format")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.google.protobuf..", GENERATED)
                .check(CLASSES);
    }

    @Test
    void packagesAreSmall() {
        Map<String, Set<String>> files = new TreeMap<>();
        for (JavaClass each : CLASSES) {
            String file =
                    each.getSource().flatMap(source -> source.getFileName()).orElseThrow();
            files.computeIfAbsent(each.getPackageName(), _ -> new TreeSet<>()).add(file);
        }
        assertThat(files.values()).allSatisfy(each -> assertThat(each).hasSizeLessThanOrEqualTo(MOST_FILES));
    }

    /// So it runs wherever Java does, as on Alpine, and leaves nothing behind.
    @Test
    void nothingIsNativeOrTemporary() {
        assertThat(CLASSES.stream()
                        .flatMap(each -> each.getMethods().stream())
                        .filter(method -> method.getModifiers().contains(JavaModifier.NATIVE))
                        .collect(Collectors.toSet()))
                .isEmpty();
        noClasses()
                .should()
                .callMethodWhere(DescribedPredicate.describe(
                        "load a library or make a temporary file",
                        call -> (call.getTarget().getName().matches("load|loadLibrary")
                                        && call.getTargetOwner().isAssignableTo(System.class))
                                || (call.getTarget().getName().startsWith("createTemp")
                                        && (call.getTargetOwner().isAssignableTo(Files.class)
                                                || call.getTargetOwner().isAssignableTo(File.class)))))
                .check(CLASSES);
    }
}
