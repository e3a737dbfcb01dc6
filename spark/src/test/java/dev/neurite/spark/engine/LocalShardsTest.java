package dev.neurite.spark.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.data.Batch;
import dev.neurite.spark.mesh.Secret;
import dev.neurite.tensor.Shape;
import dev.neurite.train.Trainer;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import scala.Tuple2;

class LocalShardsTest {
    private static final int SHARDS = 4;
    private static final int ROWS = 12;

    private final LocalShards local = new LocalShards();
    private int reads;

    private static WorkerPlan plan(long training) {
        return new WorkerPlan(
                training, Secret.random(), Trainer::of, SHARDS, 1, 3, ROWS, 1, 0, List.of("a", "b"), "", 1_000, "");
    }

    /// Takes the rows of some shards, and says whether they were read from Spark.
    private boolean reads(long training, int first, int end, boolean alone, Long... running) {
        int before = reads;
        var rows = new WorkerRows(
                () -> {
                    reads++;
                    return LongStream.range(0, ROWS)
                            .filter(number -> number % SHARDS >= first && number % SHARDS < end)
                            .mapToObj(number -> new Tuple2<>(
                                    number, new Sample(new float[] {number}, new float[] {number % 2}, 1).bytes()))
                            .iterator();
                },
                Set.of(running),
                alone);
        LocalShards.Own own = local.get(plan(training), Shape.of(1), first, end, rows, 1 << 20);
        assertThat(own.shards()).hasSize(end - first);
        for (int i = 0; i < own.shards().size(); i++) {
            assertThat(Batch.of(own.shards().get(i).rows(0)).input().get(0, 0)).isEqualTo(first + i);
        }
        return reads > before;
    }

    @Test
    void rowsStayForTheNextEpochOfTheirTrainingAlsoWhenTwoRunAtOnce() {
        assertThat(reads(1, 0, 4, true, 1L)).isTrue();
        assertThat(reads(1, 0, 4, true, 1L)).isFalse();
        assertThat(reads(2, 0, 4, true, 1L, 2L)).isTrue();
        assertThat(reads(1, 0, 4, true, 1L, 2L)).isFalse();
        assertThat(reads(2, 0, 4, true, 1L, 2L)).isFalse();
    }

    @Test
    void rowsOfATrainingThatHasEndedAreForgotten() {
        assertThat(reads(1, 0, 4, true, 1L)).isTrue();
        assertThat(reads(2, 0, 4, true, 2L)).isTrue();
        assertThat(reads(1, 0, 4, true, 1L, 2L)).isTrue();
    }

    @Test
    void aWorkerForgetsTheShardsThatAnotherOneHasNow() {
        assertThat(reads(1, 0, 4, true, 1L)).isTrue(); // it was alone
        assertThat(reads(1, 0, 2, true, 1L)).isFalse();
        assertThat(reads(1, 0, 2, true, 1L)).isFalse();
        assertThat(reads(1, 2, 4, true, 1L)).isTrue();
    }

    @Test
    void workersOfOneJvmKeepEachOthersShards() {
        assertThat(reads(1, 0, 2, false, 1L)).isTrue();
        assertThat(reads(1, 2, 4, false, 1L)).isTrue();
        assertThat(reads(1, 0, 2, false, 1L)).isFalse();
        assertThat(reads(1, 2, 4, false, 1L)).isFalse();
    }
}
