package dev.neurite.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.neurite.charts.Charts;
import dev.neurite.dashboard.Dashboard;
import dev.neurite.datasets.Idx;
import dev.neurite.javasource.JavaSource;
import dev.neurite.model.Model;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.tensorboard.TensorBoardLog;
import dev.neurite.text.Tokenizer;
import dev.neurite.yaml.YamlReader;
import java.io.PrintStream;
import java.net.URL;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
    private static final String BASE = "dev.neurite.cli";

    /// From top to bottom: a package uses only packages after it in this list.
    private static final List<String> PACKAGES = List.of(
            "",
            "command",
            "bench",
            "exchange",
            "library",
            "serve",
            "search",
            "run",
            "onnx",
            "input",
            "config",
            "option",
            "network",
            "report",
            "console");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .importUrl(classes(Main.class))
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

    /// A computer whose language has other digits or letters writes the same names, files and messages.
    @Test
    void textDependsOnNoLocaleOfTheMachine() {
        JavaClasses all = new ClassFileImporter()
                .importUrls(Stream.of(
                                Model.class,
                                Idx.class,
                                Charts.class,
                                TensorBoardLog.class,
                                Dashboard.class,
                                YamlReader.class,
                                Tokenizer.class,
                                OnnxModel.class,
                                JavaSource.class,
                                Main.class)
                        .map(ArchitectureTest::classes)
                        .toList());
        noClasses()
                .should()
                .callMethod(String.class, "format", String.class, Object[].class)
                .orShould()
                .callMethod(String.class, "formatted", Object[].class)
                .orShould()
                .callMethod(PrintStream.class, "printf", String.class, Object[].class)
                .orShould()
                .callMethod(String.class, "toLowerCase")
                .orShould()
                .callMethod(String.class, "toUpperCase")
                .check(all);
    }

    /// Where the module of a class has its classes.
    private static URL classes(Class<?> of) {
        return of.getProtectionDomain().getCodeSource().getLocation();
    }

    private static String name(JavaClass each) {
        return each.getPackageName().substring(BASE.length()).replaceFirst("^\\.", "");
    }
}
