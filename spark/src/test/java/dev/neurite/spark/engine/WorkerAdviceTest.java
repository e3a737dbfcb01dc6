package dev.neurite.spark.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WorkerAdviceTest {
    private static EpochReport report(int rank, double compute, double wait) {
        return new EpochReport(rank, "0", "host", 1, "", List.of(), 0, 0, 0, compute, wait);
    }

    @Test
    void workersThatTakeLongerThanOneDoNotPay() {
        assertThat(new WorkerAdvice(2, 0.003, 0.005).text())
                .contains(
                        "more than 1 worker does not pay: a step computes 3.0 ms and communicates 5.0 ms on 2 workers,"
                                + " and would take about 6.0 ms on one; take 1 worker, or larger batches");
    }

    @Test
    void moreWorkersDoNotPayWhereAStepCommunicatesAThirdOfItsTime() {
        assertThat(new WorkerAdvice(4, 0.100, 0.040).text())
                .contains("more workers do not pay: a step computes 100 ms and communicates 40.0 ms on 4 workers; take"
                        + " larger batches, or leave it at 4");
        assertThat(new WorkerAdvice(4, 0.100, 0.030).text()).isEmpty();
        assertThat(new WorkerAdvice(1, 0.100, 0).text()).isEmpty();
    }

    /// While code is compiled, a worker computes longer, and the others seem to pay.
    @Test
    void theFirstWarmEpochDecides() {
        var cold = new WorkerAdvice(2, 0.010, 0.006);
        var warm = new WorkerAdvice(2, 0.002, 0.005);
        var advisor = new Advisor();
        assertThat(advisor.text()).isEmpty();
        assertThat(advisor.epoch(cold, 0.6 * Advisor.WARM, false)).isEmpty();
        assertThat(advisor.text())
                .as("so far")
                .hasValueSatisfying(text -> assertThat(text).contains("leave it at 2"));
        assertThat(advisor.epoch(cold, 0.6 * Advisor.WARM, false)).isEmpty();
        assertThat(advisor.epoch(warm, 0.6 * Advisor.WARM, false)).contains(warm);
        assertThat(advisor.epoch(cold, 1, false)).as("told once").isEmpty();
        assertThat(advisor.epoch(cold, 1, true)).isEmpty();
        assertThat(advisor.text()).hasValueSatisfying(text -> assertThat(text).contains("take 1 worker"));
    }

    @Test
    void aShortTrainingIsJudgedByItsLastEpoch() {
        var cold = new WorkerAdvice(2, 0.010, 0.006);
        var last = new WorkerAdvice(2, 0.002, 0.005);
        var advisor = new Advisor();
        assertThat(advisor.epoch(cold, 1, false)).isEmpty();
        assertThat(advisor.epoch(last, 1, true)).contains(last);
        assertThat(advisor.text()).isEqualTo(last.text());
        assertThat(new Advisor().epoch(cold, 1, true)).contains(cold);
    }

    /// Whoever is slow makes the others wait, which is no communication.
    @Test
    void theSlowestComputesAndTheOneThatWaitsLeastCommunicates() {
        assertThat(WorkerAdvice.of(List.of(report(0, 0.1, 0.9), report(1, 0.9, 0.1))))
                .isEqualTo(new WorkerAdvice(2, 0.9, 0.1));
    }
}
