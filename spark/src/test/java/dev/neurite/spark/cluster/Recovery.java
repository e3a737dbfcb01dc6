package dev.neurite.spark.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.scheduler.StageInfo;
import scala.jdk.javaapi.CollectionConverters;

/// Measures how long a training stands still after a fault: until all workers of an epoch run that then succeeds.
public final class Recovery extends SparkListener {
    private long fault; // 0: none yet
    private int stage = -1;
    private int attempt;
    private int absent; // workers of the stage that do not run yet
    private long complete; // when all ran
    private int epochs; // barrier stages whose workers all ran
    private final List<String> hosts = new ArrayList<>(); // of the stage's workers
    private boolean failed; // whether a stage has failed since the fault
    private double seconds = Double.NaN;

    /// Notes a fault: now.
    public synchronized void begin() {
        fault = System.nanoTime();
        failed = false;
        seconds = Double.NaN;
    }

    @Override
    public synchronized void onStageSubmitted(SparkListenerStageSubmitted event) {
        StageInfo info = event.stageInfo();
        if (CollectionConverters.asJava(info.rddInfos()).stream().noneMatch(each -> each.isBarrier())) return;
        stage = info.stageId();
        attempt = info.attemptNumber();
        absent = info.numTasks();
        hosts.clear();
    }

    @Override
    public synchronized void onTaskStart(SparkListenerTaskStart event) {
        if (event.stageId() != stage || event.stageAttemptId() != attempt) return;
        hosts.add(event.taskInfo().host());
        if (--absent > 0) return;
        complete = System.nanoTime();
        epochs++;
    }

    @Override
    public synchronized void onStageCompleted(SparkListenerStageCompleted event) {
        StageInfo info = event.stageInfo();
        if (info.stageId() != stage || info.attemptNumber() != attempt || fault == 0) return;
        if (info.failureReason().isDefined()) failed = true;
        else if (failed && Double.isNaN(seconds)) seconds = (complete - fault) * 1e-9;
    }

    /// The number of epochs, and of attempts of them, whose workers have all begun.
    public synchronized int epochs() {
        return epochs;
    }

    /// The hosts of the workers that have begun the present epoch.
    public synchronized List<String> hosts() {
        return List.copyOf(hosts);
    }

    /// The seconds since the last fault; empty if no epoch has failed because of it.
    public synchronized OptionalDouble seconds() {
        return Double.isNaN(seconds) ? OptionalDouble.empty() : OptionalDouble.of(seconds);
    }
}
