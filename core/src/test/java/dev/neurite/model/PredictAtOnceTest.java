package dev.neurite.model;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.BothEngines;
import dev.neurite.data.Batch;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.loss.Targets;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Sixty-four threads ask one model at once, each about rows of its own, and get the answers that each of
/// them would get alone.
@BothEngines
@Timeout(60)
class PredictAtOnceTest {
    private static final int THREADS = 64;
    private static final int ROUNDS = 60;

    enum Kind {
        PLATFORM,
        VIRTUAL;

        ExecutorService threads() {
            return this == PLATFORM
                    ? Executors.newFixedThreadPool(THREADS)
                    : Executors.newVirtualThreadPerTaskExecutor();
        }
    }

    private static final Model MODEL = Model.of(
                    features(23), dense(71, Activation.RELU), dense(37, Activation.TANH), dense(5, Activation.SOFTMAX))
            .initialize(4);

    /// The rows of a thread in a round: 1 to 100, so that some are shared among threads and some are not.
    private static Tensor rows(int thread, int round) {
        var random = new KeyedRandom(thread, round);
        Shape shape = Shape.of(round % 3 == 0 ? 1 : 1 + random.below(100), 23);
        float[] x = new float[shape.size()];
        for (int i = 0; i < x.length; i++) x[i] = 4 * random.uniform(i) - 2;
        return Tensor.view(shape, x, 0);
    }

    private static List<Tensor> questions(int thread) {
        List<Tensor> all = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) all.add(rows(thread, round));
        return all;
    }

    private static List<List<Tensor>> serialAnswers() {
        List<List<Tensor>> all = new ArrayList<>();
        try (Kernels kernels = Kernels.create(1)) {
            for (int thread = 0; thread < THREADS; thread++) {
                all.add(questions(thread).stream()
                        .map(x -> MODEL.predict(x, kernels))
                        .toList());
            }
        }
        return all;
    }

    /// All threads ask a model that has not answered yet, on the kernels that are there at the moment.
    private static void assertSerialAnswers(Kind kind, Supplier<Kernels> kernels) throws Exception {
        List<List<Tensor>> expected = serialAnswers();
        Model model = MODEL.with(MODEL.parameters());
        var ready = new CountDownLatch(THREADS);
        List<Future<?>> all = new ArrayList<>();
        try (ExecutorService threads = kind.threads()) {
            for (int i = 0; i < THREADS; i++) {
                int thread = i;
                List<Tensor> questions = questions(thread);
                all.add(threads.submit(() -> {
                    ready.countDown();
                    ready.await();
                    for (int round = 0; round < ROUNDS; round++) {
                        assertThat(model.predict(questions.get(round), kernels.get()))
                                .as("round %d of thread %d", round, thread)
                                .isEqualTo(expected.get(thread).get(round));
                    }
                    return null;
                }));
            }
            for (Future<?> each : all) each.get();
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void theyShareTheirKernels(Kind kind) throws Exception {
        assertSerialAnswers(kind, Kernels::shared);
        try (Kernels kernels = Kernels.create(3)) {
            assertSerialAnswers(kind, () -> kernels);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void theirKernelsAreClosedMeanwhile(Kind kind) throws Exception {
        var current = new AtomicReference<>(Kernels.create(2));
        var done = new AtomicBoolean();
        try (ExecutorService closing = Executors.newSingleThreadExecutor()) {
            Future<Integer> closed = closing.submit(() -> {
                int count = 0;
                for (; !done.get(); count++) {
                    Thread.sleep(1);
                    current.getAndSet(Kernels.create(2)).close();
                }
                return count;
            });
            try {
                assertSerialAnswers(kind, current::get);
            } finally {
                done.set(true);
            }
            assertThat(closed.get()).isPositive();
        }
        current.get().close();
    }

    @Test
    void anotherThreadTrainsMeanwhile() throws Exception {
        int[] labels = new int[32];
        for (int i = 0; i < labels.length; i++) labels[i] = i % 5;
        float[] x = new float[32 * 23];
        for (int i = 0; i < x.length; i++) x[i] = new KeyedRandom(i).uniform(0);
        var batch = new Batch(Tensor.view(Shape.of(32, 23), x, 0), Targets.labels(labels));
        var done = new AtomicBoolean();
        long steps;
        Model trained;
        try (var session = Trainer.of(MODEL).threads(2).begin(batch);
                ExecutorService training = Executors.newSingleThreadExecutor()) {
            Future<?> end = training.submit(() -> {
                while (!done.get() || session.steps() < 50) session.step(batch);
            });
            try {
                assertSerialAnswers(Kind.PLATFORM, Kernels::shared);
            } finally {
                done.set(true);
            }
            end.get();
            steps = session.steps();
            trained = session.model();
        }
        try (var alone = Trainer.of(MODEL).threads(1).begin(batch)) {
            for (long i = 0; i < steps; i++) alone.step(batch);
            assertThat(trained).isEqualTo(alone.model());
        }
    }
}
