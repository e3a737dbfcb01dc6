package dev.neurite.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.FreshJvm;
import dev.neurite.kernel.cpu.tile.Tiles;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the compiler makes of the kernels: in JVMs of their own, each of which runs every kernel until it
/// allocates nothing and says what it compiles. CompiledNetworksTest and StepAllocationTest look at whole networks in
/// every build.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CompiledKernelsTest {
    private static final Pattern TILE =
            Pattern.compile("\\s4\\s+dev\\.neurite\\.kernel\\.cpu\\.tile\\.(ProductTile\\w+)/");

    /// What transforms [dev.neurite.kernel.Convolutions]' tiles of 4×4.
    private static final Pattern TRANSFORM =
            Pattern.compile("dev\\.neurite\\.kernel\\.cpu\\.conv\\.(\\w+Winograd::\\w+)");

    private static final List<String> TRANSFORMS =
            List.of("ofPixels", "ofWeights", "ofSums", "ofGradients", "toWeights");

    private final Map<String, FreshJvm.Output> outputs = new HashMap<>();

    private FreshJvm.Output output(String engine, String option) {
        FreshJvm.Output known = outputs.get(engine + option);
        if (known != null) return known;
        // of build/jvm.options: within attention, C2 would have too many nodes with vectors of 256 bits
        String exponentials = "-XX:CompileCommand=dontinline,dev.neurite.kernel.cpu.VectorLosses::exps";
        var options = List.of("-Xbatch", "-XX:+PrintCompilation", "-XX:+DisplayVMOutputToStderr", exponentials, option);
        FreshJvm.Output output = FreshJvm.run(KernelMeter.class, engine.equals("vector"), options);
        outputs.put(engine + option, output);
        // Without AVX-512 the JVM has done what it was not asked for: a second one would do it again.
        if (output.err().contains("UseAVX=3 is not supported on this CPU, setting it to UseAVX=2")) {
            outputs.put(engine + "-XX:UseAVX=2", output);
        }
        return output;
    }

    @ParameterizedTest
    @Tag("thorough")
    @CsvSource({"vector, -XX:UseAVX=3", "vector, -XX:UseAVX=2", "vector, -XX:MaxVectorSize=16", "scalar, -XX:UseAVX=3"})
    void everyKernelAllocatesNothingOrAMaskAtTheEndOfAnArray(String engine, String option) {
        assertThat(output(engine, option).out().lines().findFirst()).hasValue(engine + " []");
    }

    /// C2 learns the class of a vector from a profile too, but the JDK's methods may have none when it compiles: a
    /// kernel that needs one allocates in some JVMs and in others not.
    @Test
    @Tag("thorough")
    void noKernelNeedsAProfileToAllocateNothing() {
        everyKernelAllocatesNothingOrAMaskAtTheEndOfAnArray("vector", "-XX:-UseTypeProfile");
    }

    @ParameterizedTest
    @Tag("thorough")
    @CsvSource({"vector, -XX:UseAVX=3", "vector, -XX:UseAVX=2", "vector, -XX:MaxVectorSize=16", "scalar, -XX:UseAVX=3"})
    void compilingDoesNotChangeTheBits(String engine, String option) {
        String bits = output(engine, option).out().lines().toList().getLast();
        EveryKernelsBitsTest.Hashes expected = EveryKernelsBitsTest.Definition.HASHES;
        assertThat(bits).isEqualTo("[%s] [%s]", expected.small(), expected.large());
    }

    @ParameterizedTest
    @Tag("thorough")
    @CsvSource({"vector, -XX:UseAVX=3", "vector, -XX:UseAVX=2", "vector, -XX:MaxVectorSize=16", "scalar, -XX:UseAVX=3"})
    void theCompilerSkipsNoKernel(String engine, String option) {
        List<String> log = output(engine, option).err().lines().toList();
        assertThat(log)
                .filteredOn(line -> line.contains("COMPILE SKIPPED"))
                .filteredOn(line -> line.contains("dev.neurite.") || line.contains("vector"))
                .noneMatch(line -> !line.contains("concurrent class loading")); // which is tried again
        var tiles = new TreeSet<String>();
        for (String line : log) {
            var matcher = TILE.matcher(line);
            if (matcher.find()) tiles.add(matcher.group(1));
        }
        int vectors = option.equals("-XX:UseAVX=3") ? Tiles.PANEL : 2;
        List<String> whole = List.of("ProductTile6x" + vectors + "PANELS", "ProductTile6x" + vectors + "STRIDED");
        if (engine.equals("vector"))
            assertThat(tiles).as("the tiles that were compiled").containsAll(whole);
        else assertThat(tiles).isEmpty();
    }

    /// Else nothing here would say anything of them: which shapes they compute is decided elsewhere.
    @ParameterizedTest
    @Tag("thorough")
    @CsvSource({"vector, Blocked", "scalar, Scalar"})
    void winogradsTilesAreAmongTheKernels(String engine, String prefix) {
        var transforms = new TreeSet<String>();
        for (String line : output(engine, "-XX:UseAVX=3").err().lines().toList()) {
            var matcher = TRANSFORM.matcher(line);
            if (matcher.find()) transforms.add(matcher.group(1));
        }
        assertThat(transforms)
                .containsAll(TRANSFORMS.stream()
                        .map(each -> prefix + "Winograd::" + each)
                        .toList());
    }

    @Test
    void everyPublicKernelIsAmongThem() {
        try (Kernels kernels = Kernels.create(1)) {
            var called = new TreeSet<String>();
            for (EveryKernel.Case each : EveryKernel.of(kernels, 2, 2, 2)) called.add(each.kernel());
            var others = List.of(
                    "engineName",
                    "threads",
                    "close",
                    "isClosed",
                    "norms",
                    "pools",
                    "planes",
                    "convolutions",
                    "activations",
                    "losses",
                    "noise",
                    "distributions",
                    "axes",
                    "recurrent",
                    "sequences",
                    "attention",
                    "positions");
            var there = new TreeSet<>(kernels("", Kernels.class));
            there.removeAll(others);
            there.addAll(kernels("norms.", Norms.class));
            there.addAll(kernels("activations.", ActivationKernels.class));
            there.addAll(kernels("losses.", LossKernels.class));
            there.addAll(kernels("noise.", NoiseKernels.class));
            there.addAll(kernels("distributions.", Distributions.class));
            there.addAll(kernels("axes.", AxisKernels.class));
            there.addAll(kernels("recurrent.", RecurrentKernels.class));
            there.addAll(kernels("sequences.", SequenceKernels.class));
            there.addAll(kernels("attention.", AttentionKernels.class));
            there.addAll(kernels("positions.", PositionKernels.class));
            there.addAll(kernels("pools.", Pools.class));
            there.addAll(kernels("planes.", Planes.class));
            there.addAll(kernels("convolutions.", Convolutions.class));
            assertThat(called).containsExactlyElementsOf(there);
        }
    }

    private static List<String> kernels(String accessor, Class<?> theme) {
        return Stream.of(theme.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .map(Method::getName)
                .map(accessor::concat)
                .toList();
    }
}
