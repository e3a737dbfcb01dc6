package dev.neurite.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.JsonText;
import dev.neurite.cli.bench.JvmState.Machine;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DoctorTest {
    private static final Machine QUIET = new Machine(4, 4, 0.5, 16_000, 4_000);

    private static final String SHARING = "mixed mode, sharing";

    private static JvmState jvm(Machine machine, String mode, String... arguments) {
        return new JvmState(true, List.of(arguments), mode, _ -> "", Map.of("NEURITE_COMMAND", "./neurite"), machine);
    }

    @Test
    void aHealthyMachineGetsNoAdvice() {
        assertThat(jvm(QUIET, SHARING, "-Xmx4g", "-XX:AOTCache=/lib/x.aot").advice())
                .isEmpty();
        assertThat(new SpeedCheck(80, 270, 0.85, 20, 4, 4).advice()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-agentlib:jdwp=transport=dt_socket -> An agent runs in the JVM",
                "-javaagent:trace.jar -> Start it without -javaagent:trace.jar",
                "-XX:TieredStopAtLevel=1 -> second compiler is off",
                "-XX:AOTCache=/lib/x.aot -> The AOT cache is not used"
            })
    void anOptionThatMakesItSlowIsNamed(String line) {
        String[] parts = line.split(" -> ", 2);
        assertThat(jvm(QUIET, "mixed mode", parts[0]).advice())
                .singleElement()
                .asString()
                .contains(parts[1]);
    }

    @Test
    void whatTheJvmLacksIsNamed() {
        assertThat(new JvmState(true, List.of(), SHARING, name -> "" + name.equals("UseJVMCICompiler"), Map.of(), QUIET)
                        .advice())
                .singleElement()
                .asString()
                .contains("-XX:-UseJVMCICompiler");
        var bare = new JvmState(false, List.of(), "interpreted mode", _ -> "", Map.of(), QUIET);
        assertThat(bare.advice()).hasSize(2);
        assertThat(bare.advice().getFirst()).contains("--add-modules jdk.incubator.vector");
        assertThat(bare.advice().getLast()).contains("-Xint");
    }

    @Test
    void whatTheMachineDoesNotGiveIsNamed() {
        var container = new Machine(2, 8, 7.5, 700, 175);
        List<String> advice = jvm(container, SHARING).advice();
        assertThat(advice).hasSize(3);
        assertThat(advice.get(0)).startsWith("The JVM may use 2 of 8 processors.");
        assertThat(advice.get(1)).startsWith("The heap has 175 MB.");
        assertThat(advice.get(2)).startsWith("Other programs compute: 7.5 want 2 processors.");
    }

    @Test
    void itSaysWhyThereIsNoCache() {
        assertThat(jvm(QUIET, SHARING, "-XX:AOTCache=x").cache()).isEqualTo("in use");
        assertThat(jvm(QUIET, SHARING).cache()).startsWith("none: it is made in the background");
        assertThat(new JvmState(true, List.of(), SHARING, _ -> "", Map.of(), QUIET).cache())
                .contains("not started by the script");
        assertThat(new JvmState(true, List.of(), SHARING, _ -> "", Map.of("NEURITE_AOT", "off"), QUIET).cache())
                .isEqualTo("off, by NEURITE_AOT=off");
    }

    @Test
    void productsThatAreSlowForTheThreadsAreNamed() {
        var shared = new SpeedCheck(40, 60, 0.75, 20, 4, 2);
        assertThat(shared.peakLine()).isEqualTo("40 GFLOP/s a thread");
        assertThat(shared.productLine()).isEqualTo("60 GFLOP/s, 75 % of what the threads reach at most");
        assertThat(shared.advice()).singleElement().asString().contains("4 threads share 2 cores");
        assertThat(new SpeedCheck(80, 80, 0.5, 20, 2, 2).advice())
                .singleElement()
                .asString()
                .contains("neurite bench gemm --threads 1");
    }

    @Test
    void aPeakBelowWhatProductsReachIsNotShown() {
        var disturbed = new SpeedCheck(0.3, 48, 80.49, 20, 2, 2);
        assertThat(disturbed.peakLine()).isEqualTo("not measured: the machine is busy");
        assertThat(disturbed.productLine()).isEqualTo("48 GFLOP/s");
        assertThat(disturbed.advice()).singleElement().asString().startsWith("Other programs disturbed the measuring");
    }

    @Tag("thorough") // seconds
    @Test
    void itMeasures() {
        Map<String, Object> json = JsonText.object(
                Cli.ok("doctor", "--seconds", "0.01", "--json", "-q").out());
        assertThat((Double) json.get("peak_gflops")).isPositive();
        assertThat((Double) json.get("product_gflops")).isPositive();
        assertThat((Double) json.get("peak_fraction")).isBetween(0.05, 1.1);
        assertThat((Double) json.get("gbps")).isPositive();
        assertThat(json.get("advice")).isInstanceOf(List.class);
    }

    @Test
    void itIsReadByPeople() {
        String shown = Cli.ok("doctor", "--seconds", "0").out();
        assertThat(shown.lines()
                        .filter(line -> !line.isEmpty())
                        .map(line -> line.split(" {2,}")[0])
                        .limit(8))
                .containsExactly("neurite", "java", "system", "threads", "memory", "kernels", "AOT cache", "self-test");
        assertThat(Cli.run("doctor", "--seconds", "-1").err()).contains("--seconds: expects a number from 0 to 60");
    }
}
