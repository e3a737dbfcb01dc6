package dev.neurite.spark.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.neurite.spark.cluster.Host;
import dev.neurite.spark.cluster.Namespaces;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Needs a machine with two cores that do nothing else.
@Tag("thorough")
@Tag("measures-time")
@Timeout(900)
class OverlapCostTest {
    /// How many times as fast a step is with buckets.
    private static double gain(String link, Host first, Host second) throws IOException {
        OverlapCost.Result result = OverlapCost.measure(first.onCore(0), second.onCore(1));
        System.out.printf(Locale.ROOT, "| %s | %s | %s |%n", link, result.one(), result.several());
        return result.one().step() / result.several().step();
    }

    @Test
    void bucketsCostNothingWhereTheLinkIsFast() throws IOException {
        assertThat(gain("loopback", Host.LOOPBACK, Host.LOOPBACK)).isGreaterThan(0.97);
    }

    @Test
    void bucketsHideTheCommunicationOfASlowLink() throws IOException {
        Namespaces.obstacle().ifPresent(each -> assumeTrue(false, each));
        try (var hosts = new Namespaces(2)) {
            for (String rate : List.of("1gbit", "100mbit")) {
                for (int i = 0; i < 2; i++) hosts.limit(i, rate);
                assertThat(gain(rate, hosts.host(0), hosts.host(1)))
                        .as(rate)
                        .isGreaterThan(rate.equals("1gbit") ? 1.02 : 1.2);
            }
        }
    }
}
