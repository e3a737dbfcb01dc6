package dev.neurite.spark.engine;

import java.time.Duration;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.resource.ResourceProfileBuilder;
import org.apache.spark.resource.TaskResourceRequests;
import org.apache.spark.status.api.v1.ExecutorSummary;
import scala.jdk.javaapi.CollectionConverters;

/// The places that a Spark application has for workers: one on each executor, with all of its cores; in local
/// mode one for each thread, with `spark.task.cpus` of them.
final class Executors {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
    private static final Duration SETTLED = Duration.ofSeconds(2);

    private final SparkContext context;
    private final int cpus; // of an ordinary task
    private ResourceProfile profile; // of a worker
    private int cores; // of the profile

    Executors(SparkContext context) {
        SparkConf conf = context.getConf();
        this.context = context;
        this.cpus = conf.getInt("spark.task.cpus", 1);
        this.profile = context.resourceProfileManager().defaultResourceProfile();
        this.cores = cpus;
    }

    /// What a worker takes of an executor, as of the last look at [#slots].
    synchronized ResourceProfile profile() {
        return profile;
    }

    /// The number of workers that there are places for now.
    synchronized int slots() {
        if (!context.isLocal()) {
            List<ExecutorSummary> active = active();
            if (active.isEmpty()) return 0;
            use(active.stream().mapToInt(ExecutorSummary::totalCores).min().orElseThrow());
        }
        return context.maxNumConcurrentTasks(profile);
    }

    private List<ExecutorSummary> active() {
        return CollectionConverters.asJava(context.statusStore().executorList(true)).stream()
                .filter(each -> !each.id().equals("driver"))
                .toList();
    }

    /// Lets a worker take this many cores.
    private void use(int all) {
        if (all <= cpus || all == cores) return;
        profile = new ResourceProfileBuilder()
                .require(new TaskResourceRequests().cpus(all))
                .build();
        context.resourceProfileManager().addResourceProfile(profile);
        cores = all;
    }

    /// Waits until there are places for this many workers.
    /// @return how many there are; fewer than wanted after the limit
    int await(int wanted, Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        int slots = slots();
        while (slots < wanted && System.nanoTime() - end < 0 && !context.isLocal()) {
            Thread.sleep(BETWEEN_LOOKS);
            slots = slots();
        }
        return slots;
    }

    /// Waits for the executors that the application asks for; if it does not say how many, until no more come.
    /// @return the number of places; 0 if there is none after the limit
    int awaitAll(Duration limit) throws InterruptedException {
        int expected = expected();
        if (expected > 0) return await(expected, limit);
        long end = System.nanoTime() + limit.toNanos();
        int slots = await(1, limit);
        while (slots > 0 && System.nanoTime() - end < 0) {
            int more = await(slots + 1, SETTLED);
            if (more <= slots) return slots;
            slots = more;
        }
        return slots;
    }

    /// The number of executors that the application asks for; 0 if it does not say.
    private int expected() {
        SparkConf conf = context.getConf();
        if (conf.contains("spark.executor.instances")) return conf.getInt("spark.executor.instances", 0);
        int each = conf.getInt("spark.executor.cores", 0);
        return each == 0 ? 0 : conf.getInt("spark.cores.max", 0) / each;
    }
}
