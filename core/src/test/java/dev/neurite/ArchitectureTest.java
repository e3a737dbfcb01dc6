package dev.neurite;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.beAnnotatedWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import dev.neurite.data.augment.Augmentation;
import dev.neurite.io.Catalog;
import dev.neurite.kernel.Activation;
import dev.neurite.loss.Loss;
import dev.neurite.model.Initializer;
import dev.neurite.model.Node;
import dev.neurite.network.Architecture;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Schedule;
import dev.neurite.tensor.Matrix;
import dev.neurite.tensor.Tensor;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The rules of the structure (ARCHITECTURE.md), each of which fails the build.
class ArchitectureTest {
    private static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.neurite");

    /// Each package may use those before it in a line, and itself.
    private static final List<List<String>> ALLOWED = List.of(
            List.of("error"),
            List.of("error", "tensor"),
            List.of("kernel.math"),
            List.of(
                    "error",
                    "tensor",
                    "kernel.math",
                    "kernel.cpu",
                    "kernel.cpu.conv",
                    "kernel.cpu.plane",
                    "kernel.cpu.sequence",
                    "kernel"),
            List.of("tensor", "kernel.cpu.tile"),
            List.of("error", "tensor", "kernel.math", "kernel.cpu.tile", "kernel", "kernel.cpu"),
            List.of(
                    "error",
                    "tensor",
                    "kernel",
                    "kernel.cpu.tile",
                    "kernel.cpu",
                    "kernel.cpu.plane",
                    "kernel.cpu.conv"),
            List.of("error", "tensor", "kernel", "kernel.cpu", "kernel.cpu.plane"),
            List.of("error", "tensor", "kernel", "kernel.cpu", "kernel.cpu.sequence"),
            List.of("error", "tensor", "kernel", "model.engine", "model"),
            List.of("error", "tensor", "kernel", "model", "model.engine"),
            List.of("error", "tensor", "kernel", "model", "layer"),
            List.of("error", "tensor", "kernel", "model", "loss"),
            List.of("error", "tensor", "kernel", "model", "layer", "generate"),
            List.of("error", "metric"),
            List.of("error", "io.json"),
            List.of("error", "io.limit"),
            List.of("error", "io.kind"),
            List.of("error", "tensor", "io.kind", "io.limit", "io.pytorch"),
            List.of("error", "kernel", "optim"),
            List.of("error", "tensor", "kernel", "data.augment"),
            List.of("error", "tensor", "model", "data.image"),
            List.of("error", "tensor", "kernel", "model", "layer", "loss", "data.augment", "data.image", "data"),
            List.of("error", "tensor", "model", "data", "data.table"),
            List.of("error", "tensor", "model", "data", "data.table", "data.series"),
            List.of(
                    "error",
                    "tensor",
                    "kernel",
                    "model",
                    "loss",
                    "data",
                    "data.image",
                    "data.table",
                    "data.series",
                    "signature"),
            List.of("error", "tensor", "kernel", "model", "layer", "loss", "data", "network"),
            List.of(
                    "error",
                    "tensor",
                    "kernel",
                    "model",
                    "loss",
                    "metric",
                    "optim",
                    "data.augment",
                    "data",
                    "signature",
                    "train.probing",
                    "train.shard",
                    "train"),
            List.of("error", "tensor", "kernel", "model", "train", "train.probing"),
            List.of("error", "kernel", "model", "loss", "metric", "data", "train", "search"),
            List.of("error", "tensor", "kernel", "data", "train.shard"),
            List.of("error", "model", "data", "train", "train.cluster"),
            List.of(
                    "error",
                    "tensor",
                    "kernel",
                    "model",
                    "layer",
                    "network",
                    "loss",
                    "metric",
                    "optim",
                    "data",
                    "data.augment",
                    "data.table",
                    "data.series",
                    "data.image",
                    "signature",
                    "train",
                    "io.json",
                    "io.kind",
                    "io.pytorch",
                    "io"),
            List.of("error", "tensor", "kernel", "model", "layer", "io.json", "io.kind", "io.limit", "io", "io.keras"),
            List.of(
                    "error",
                    "tensor",
                    "model",
                    "layer",
                    "loss",
                    "metric",
                    "optim",
                    "data",
                    "data.augment",
                    "train",
                    "train.cluster",
                    "io.json",
                    "io",
                    "settings"),
            List.of(
                    "error",
                    "tensor",
                    "kernel",
                    "model",
                    "generate",
                    "data",
                    "data.table",
                    "data.series",
                    "data.image",
                    "signature",
                    "train",
                    "io",
                    "predict"),
            List.of(
                    "error",
                    "tensor",
                    "kernel",
                    "model",
                    "layer",
                    "loss",
                    "metric",
                    "optim",
                    "data",
                    "data.table",
                    "train",
                    "check"));

    @TestFactory
    List<DynamicTest> eachPackageUsesOnlyThoseAboveIt() {
        return ALLOWED.stream()
                .map(line -> DynamicTest.dynamicTest(line.getLast(), () -> {
                    String[] allowed =
                            line.stream().map(name -> "dev.neurite." + name).toArray(String[]::new);
                    classes()
                            .that()
                            .resideInAPackage("dev.neurite." + line.getLast())
                            .should()
                            .onlyDependOnClassesThat(resideInAnyPackage(allowed)
                                    .or(resideInAnyPackage(
                                            "java..",
                                            "jdk.incubator.vector..",
                                            "jdk.jfr..",
                                            "com.sun.management..",
                                            "org.jspecify..")))
                            .check(CORE);
                }))
                .toList();
    }

    @Test
    void everyPackageHasARule() {
        List<String> ruled =
                ALLOWED.stream().map(line -> "dev.neurite." + line.getLast()).toList();
        assertThat(CORE.stream().map(JavaClass::getPackageName).distinct()).allMatch(ruled::contains);
    }

    @Test
    void packagesHaveNoCycles() {
        SlicesRuleDefinition.slices()
                .matching("dev.neurite.(*)..")
                .should()
                .beFreeOfCycles()
                .check(CORE);
    }

    /// Layers and users call `kernel`. Only two of its classes use the backend behind it.
    @Test
    void onlyBackendsAndKernelMemoryUseTheProcessorsKernels() {
        assertUsers("dev.neurite.kernel.cpu..", "kernel.Backends", "kernel.KernelMemory");
    }

    /// Layers and users call `model`. Only three of its classes use the engine behind it.
    @Test
    void onlyNetworksModelsAndSessionsUseTheEngine() {
        assertUsers("dev.neurite.model.engine", "model.Network", "model.Model", "model.PredictionSession");
    }

    /// Asserts that a package is used only by itself and by these classes.
    private static void assertUsers(String usedPackage, String... users) {
        var rule = noClasses().that().resideOutsideOfPackage(usedPackage);
        for (String user : users) rule = rule.and().doNotHaveFullyQualifiedName("dev.neurite." + user);
        rule.should().dependOnClassesThat().resideInAPackage(usedPackage).check(CORE);
    }

    @Test
    void onlyTheProcessorsKernelsUseTheVectorApi() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.neurite.kernel.cpu..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jdk.incubator.vector..")
                .check(CORE);
    }

    @Test
    void onlyTheEngineMakesEventsOfFlightRecorder() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.neurite.model.engine")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jdk.jfr..")
                .check(CORE);
    }

    @Test
    void onlyTheLogOfTheEngineAsksTheJvmAboutItsCompiler() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.neurite.kernel")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.sun.management..", "java.lang.management..")
                .check(CORE);
    }

    @Test
    void layersAndLossesNeverTouchATensorsArray() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.neurite.layer", "dev.neurite.loss")
                .should()
                .callMethod(Tensor.class, "array")
                .orShould()
                .callMethod(Matrix.class, "array")
                .check(CORE);
    }

    @Test
    void nothingPrintsOrExits() {
        noClasses()
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethod(System.class, "exit", int.class)
                .check(CORE);
    }

    @Test
    void nothingIsLoadedByNameOrDeserialized() {
        noClasses()
                .that()
                .haveNameNotMatching(".*\\.VectorModule\\$Late") // two names of the JDK, written there
                .should()
                .callMethodWhere(com.tngtech.archunit.core.domain.JavaCall.Predicates.target(
                        com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching(
                                "forName|loadClass|findClass|defineClass")))
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.beans.XMLDecoder")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.io.ObjectInputStream")
                .check(CORE);
    }

    @Test
    void everyClassIsFinalARecordSealedOrAnInterface() {
        classes()
                .that(new com.tngtech.archunit.base.DescribedPredicate<JavaClass>("are written by hand") {
                    @Override
                    public boolean test(JavaClass type) {
                        return !type.isAnonymousClass() && !type.getSimpleName().equals("package-info");
                    }
                })
                .should(new ArchCondition<JavaClass>("be final, a record, sealed or an interface") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        boolean closed = type.isInterface()
                                || type.isEnum()
                                || type.getModifiers().contains(JavaModifier.FINAL)
                                || type.reflect().isSealed();
                        events.add(new SimpleConditionEvent(type, closed, type.getName() + " can be extended"));
                    }
                })
                .check(CORE);
    }

    @Test
    void recordsHoldNoArrays() {
        for (JavaClass type : CORE) {
            if (!type.isRecord()) continue;
            for (RecordComponent component : type.reflect().getRecordComponents()) {
                assertThat(component.getType().isArray())
                        .as("%s.%s", type.getName(), component.getName())
                        .isFalse();
            }
        }
    }

    /// Generated tiles are kept for all kernels of a process, see docs/adr/0031.
    private static final Set<String> KEPT_FOR_ALL = Set.of("Tiles.MADE", "Tiles.OF_PRODUCTS", "Tiles.OF_PIXELS");

    /// Nor does what it refers to, as far as its type tells: arrays of numbers are tables.
    @Test
    void noStaticFieldChanges() {
        Set<String> changing = CORE.stream()
                .flatMap(type -> type.getFields().stream())
                .filter(field -> field.getModifiers().contains(JavaModifier.STATIC))
                .filter(field -> !field.getModifiers().contains(JavaModifier.SYNTHETIC)) // of enums
                .filter(field -> !field.getModifiers().contains(JavaModifier.FINAL) || changes(field.getRawType()))
                .map(field -> field.getOwner().getSimpleName() + "." + field.getName())
                .collect(Collectors.toSet());
        assertThat(changing).isEqualTo(KEPT_FOR_ALL);
    }

    private static boolean changes(JavaClass type) {
        return (type.isArray() && !type.getBaseComponentType().isPrimitive())
                || type.getPackageName().startsWith("java.util.concurrent")
                || type.isAssignableTo(ThreadLocal.class);
    }

    /// Records without a name of their own: their text consists of the texts of others.
    private static final Set<String> MADE_OF_OTHERS = Set.of("Graph", "PerEpoch", "Lasting", "Sequence");

    @Test
    void everyThingThatCanBeChosenHasAName() {
        List<Class<?>> kinds = List.of(
                Node.class,
                Activation.class,
                Initializer.class,
                Optimizer.class,
                Schedule.class,
                Loss.class,
                Augmentation.class,
                Architecture.class);
        Set<Class<?>> named = Catalog.standard().entries(Object.class).stream()
                .map(Catalog.Entry::type)
                .collect(Collectors.toSet());
        for (JavaClass type : CORE) {
            boolean open = type.isRecord() && type.getModifiers().contains(JavaModifier.PUBLIC);
            if (!open || MADE_OF_OTHERS.contains(type.getSimpleName())) continue;
            if (kinds.stream().anyMatch(type::isAssignableTo)) assertThat(named).contains(type.reflect());
        }
    }

    @Test
    void everyPackageIsNullMarked() {
        classes()
                .that()
                .haveSimpleName("package-info")
                .should(beAnnotatedWith(NullMarked.class))
                .check(CORE);
        assertThat(CORE.that(alwaysTrue()).stream()
                        .map(JavaClass::getPackageName)
                        .distinct()
                        .count())
                .isEqualTo(CORE.stream()
                        .filter(type -> type.getSimpleName().equals("package-info"))
                        .count());
    }
}
