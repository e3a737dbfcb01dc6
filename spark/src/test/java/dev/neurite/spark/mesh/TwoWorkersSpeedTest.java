package dev.neurite.spark.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import dev.neurite.data.Dataset;
import dev.neurite.layer.Layers;
import dev.neurite.model.Model;
import dev.neurite.network.Vgg32;
import dev.neurite.optim.Optimizers;
import dev.neurite.spark.ClusterRows;
import dev.neurite.spark.ClusterTrainer;
import dev.neurite.spark.ClusterTraining;
import dev.neurite.spark.cluster.Host;
import dev.neurite.spark.cluster.RandomRows;
import dev.neurite.spark.cluster.StandaloneCluster;
import dev.neurite.spark.engine.EpochFigures;
import dev.neurite.train.Trainer;
import dev.neurite.train.cluster.TrainerSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Needs a machine with two cores that do nothing else.
@Tag("thorough")
@Tag("measures-time")
@Timeout(900)
class TwoWorkersSpeedTest {
    private static final int BATCH = 128;
    private static final int STEPS = 30; // of an epoch
    private static final int EPOCHS = 3; // of a training
    private static final int ROUNDS = 3; // of which the first is not counted

    /// Also compares the simulation.
    @Test
    void twoWorkersTakeStepsOfVgg32AtLeastOneAndSevenTenthsTimesAsFastAsOne() throws Exception {
        Model model = new Vgg32().model(Layers.image(3, 32, 32), 10);
        Dataset data = RandomRows.of(model, STEPS * BATCH);
        TrainerSource source = each -> Trainer.of(each)
                .optimizer(Optimizers.adam(1e-3))
                .batchSize(BATCH)
                .shards(2)
                .epochs(EPOCHS);
        try (var cluster = StandaloneCluster.start(0)) {
            for (int i = 0; i < 2; i++)
                cluster.addWorker(Host.LOOPBACK.onCore(i), cluster.home().localFiles());
            try (var spark = new JavaSparkContext(cluster.conf())) {
                spark.setLogLevel("ERROR");
                cluster.awaitExecutors(spark, 2);
                ClusterRows rows = ClusterRows.of(spark, data);
                List<List<EpochFigures>> epochs = List.of(new ArrayList<>(), new ArrayList<>());
                for (int round = 0; round < ROUNDS; round++) {
                    for (int workers = 1; workers <= 2; workers++) {
                        ClusterTraining training =
                                ClusterTrainer.on(spark).workers(workers).fit(source.trainer(model), source, rows);
                        if (round == 0) continue; // it compiles
                        List<EpochFigures> later = training.epochs();
                        epochs.get(workers - 1).addAll(later.subList(1, later.size())); // the first reads the rows
                    }
                }
                check(epochs.getFirst(), epochs.getLast());
            }
        }
    }

    private static void check(List<EpochFigures> one, List<EpochFigures> two) {
        double single = median(one, each -> each.computeSeconds() + each.waitSeconds()) / STEPS;
        double step = median(two, each -> each.computeSeconds() + each.waitSeconds()) / STEPS;
        double wait = median(two, EpochFigures::waitSeconds) / STEPS;
        double whole = median(one, EpochFigures::seconds) / median(two, EpochFigures::seconds);
        System.out.printf(
                Locale.ROOT,
                "| workers | steps a second | a step | of which it waits | epoch |%n|---|---|---|---|---|%n"
                        + "| 1 | %.2f | %.0f ms | | %.1f s |%n| 2 | %.2f | %.0f ms | %.1f ms | %.1f s |%n"
                        + "steps %.2f times as fast, epochs with their start %.2f times%n",
                1 / single,
                1e3 * single,
                median(one, EpochFigures::seconds),
                1 / step,
                1e3 * step,
                1e3 * wait,
                median(two, EpochFigures::seconds),
                single / step,
                whole);
        assertThat(single / step).as("steps a second, 2 workers against 1").isGreaterThanOrEqualTo(1.7);
        var simulation = new StepSimulation(StepSimulation.MEASURED, StepSimulation.LOOPBACK, 2, 2);
        double simulated = simulation.step(
                StepSimulation.VGG32_BYTES, new StepSimulation.Work(single / 2, StepSimulation.VGG32.spread()));
        System.out.printf(Locale.ROOT, "simulated step of 2 workers %.0f ms%n", 1e3 * simulated);
        assertThat(simulated).as("simulated").isCloseTo(step, withPercentage(15));
    }

    private static double median(List<EpochFigures> epochs, ToDoubleFunction<EpochFigures> figure) {
        return epochs.stream().mapToDouble(figure).sorted().toArray()[epochs.size() / 2];
    }
}
