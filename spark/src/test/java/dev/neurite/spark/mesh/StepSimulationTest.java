package dev.neurite.spark.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.data.Percentage.withPercentage;

import dev.neurite.spark.mesh.StepSimulation.Link;
import dev.neurite.spark.mesh.StepSimulation.Work;
import dev.neurite.train.shard.ShardNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StepSimulationTest {
    private static final Work NOTHING = new Work(0, 0);

    private static StepSimulation of(Link link, int workers, int shards) {
        return new StepSimulation(StepSimulation.MEASURED, link, workers, shards);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 10, 100, 1000})
    void theFormulaIsTheSimulationIfAllBeginTogether(int workers) {
        for (Link link : StepSimulation.ETHERNET) {
            for (long bytes : new long[] {1_000_000, 40_000_000}) {
                double formula = StepSimulation.formula(StepSimulation.MEASURED, link, workers, bytes);
                assertThat(of(link, workers, workers).step(bytes, NOTHING)).isCloseTo(formula, withPercentage(3));
            }
        }
    }

    @Test
    void aWorkerSendsLessThanTwiceTheParametersIfItHasOneNode() {
        for (int workers = 2; workers <= 64; workers++) {
            for (int shards : new int[] {workers, 4 * workers, 16 * workers}) { // times a power of two
                int count = workers;
                assertThat(IntStream.range(0, workers)
                                .map(rank -> ShardNode.root(shards)
                                        .within(
                                                AllReduce.first(rank, count, shards),
                                                AllReduce.first(rank + 1, count, shards))
                                        .size()))
                        .as("%d workers, %d shards", workers, shards)
                        .containsOnly(1);
            }
            assertThat(of(StepSimulation.LOOPBACK, workers, workers).sent(40_000_000))
                    .isCloseTo(StepSimulation.bytes(workers, 40_000_000), withPercentage(0.1));
        }
        assertThat(of(StepSimulation.LOOPBACK, 3, 8).sent(40_000_000)).isGreaterThan(1.3 * 40_000_000);
    }

    @Test
    void moreWorkersWaitForASlowerOne() {
        Work equal = new Work(1, 0);
        Work different = new Work(1, 0.05);
        Link link = StepSimulation.ETHERNET.get(1);
        assertThat(of(link, 10, 10).step(1_000_000, equal)).isCloseTo(1, within(0.02));
        // the largest of 10 normal numbers is 1.54 on average, of 100 2.51
        assertThat(of(link, 10, 10).step(1_000_000, different)).isCloseTo(1 + 1.54 * 0.05, within(0.02));
        assertThat(of(link, 100, 100).step(1_000_000, different)).isCloseTo(1 + 2.51 * 0.05, within(0.02));
    }

    @Test
    void thePageShowsTheseTables() throws IOException {
        Path module = Path.of(System.getProperty("basedir", "")); // of the build
        assertThat(Files.readString(module.resolve("../docs/spark-figures.md")))
                .contains(StepSimulation.communication())
                .contains(StepSimulation.speedUp());
    }
}
