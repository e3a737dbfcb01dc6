package dev.neurite.spark.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import dev.neurite.spark.mesh.StepSimulation.Host;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/// Needs a machine that does nothing else.
@Tag("thorough")
@Tag("measures-time")
@Timeout(600)
@TestMethodOrder(MethodOrderer.MethodName.class)
class MeshCostTest {
    private static final int MEGABYTE = 250_000; // floats

    @Test
    void twoWorkersAddTheirGradientsInTime() throws IOException {
        List<Double> few = MeshCost.sums(2, 5, 4_000);
        List<Double> one = MeshCost.sums(MEGABYTE, 5, 3_000);
        List<Double> ten = MeshCost.sums(10 * MEGABYTE, 5, 400);
        List<Double> forty = MeshCost.sums(40 * MEGABYTE, 5, 100);
        System.out.println("| parameters | median step | medians of 5 pairs of JVMs |\n|---|---|---|");
        System.out.println(MeshCost.milliseconds("8 bytes", few));
        System.out.println(MeshCost.milliseconds("1 MB", one));
        System.out.println(MeshCost.milliseconds("10 MB", ten));
        System.out.println(MeshCost.milliseconds("40 MB", forty));
        double message = MeshCost.message();
        System.out.printf(Locale.ROOT, "a message costs %.1f µs%n", 1e6 * message);

        assertThat(MeshCost.median(one)).as("1 MB").isLessThanOrEqualTo(3e-3);
        assertThat(MeshCost.median(forty)).as("40 MB").isLessThanOrEqualTo(120e-3);

        // the other sums say what 10 MB take
        double wake = MeshCost.median(few) / 2 - message;
        double small = rate(Host.SMALL, one, few);
        double large = rate(Host.LARGE, forty, few);
        var host = new Host(message, small, large, wake);
        double simulated =
                new StepSimulation(host, StepSimulation.LOOPBACK, 2, 2).step(10_000_000, new StepSimulation.Work(0, 0));
        System.out.printf(
                Locale.ROOT,
                "1 MB %.2f GB/s, 40 MB %.2f GB/s, wake %.0f µs; 10 MB simulated %.2f ms%n",
                small / 1e9,
                large / 1e9,
                1e6 * wake,
                1e3 * simulated);
        assertThat(simulated).as("10 MB simulated").isCloseTo(MeshCost.median(ten), withPercentage(40));
    }

    /// The bytes a second of a sum, beside the time that a sum of few bytes takes.
    private static double rate(long bytes, List<Double> sums, List<Double> few) {
        return StepSimulation.bytes(2, bytes) / (MeshCost.median(sums) - MeshCost.median(few));
    }

    /// The simulation has about the figures of today.
    @Test
    void stepsOnOneCore() throws IOException {
        List<MeshCost.Step> vgg32 = new ArrayList<>();
        List<MeshCost.Step> mlp = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            vgg32.add(MeshCost.step("vgg32", 64, 80));
            mlp.add(MeshCost.step("mlp", 128, 4_000));
            System.out.println("vgg32, 64 rows: " + vgg32.getLast());
            System.out.println("784-128-10, 128 rows: " + mlp.getLast());
        }
        requireLike(StepSimulation.VGG32, vgg32);
        requireLike(StepSimulation.MLP, mlp);
    }

    private static void requireLike(StepSimulation.Work simulated, List<MeshCost.Step> measured) {
        double seconds =
                MeshCost.median(measured.stream().map(MeshCost.Step::seconds).toList());
        double spread =
                MeshCost.median(measured.stream().map(MeshCost.Step::spread).toList());
        assertThat(seconds).isBetween(0.5 * simulated.seconds(), 1.5 * simulated.seconds());
        assertThat(spread).isGreaterThan(0).isLessThan(3 * simulated.spread());
    }
}
