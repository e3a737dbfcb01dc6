package dev.neurite.cli;

import dev.neurite.data.Dataset;
import dev.neurite.data.Split;
import dev.neurite.tensor.Shape;
import java.util.Collections;
import java.util.Random;

/// Trains on made-up images while the real data is still being read: the same layers, loss and update, so that the JVM
/// has compiled by then what a step needs. The result is thrown away, and so is whatever goes wrong.
final class WarmUp implements AutoCloseable {
    private static final Shape IMAGE = Shape.of(1, 16, 16);
    private static final int CLASSES = 10;

    /// Few, as code that is not compiled yet may take a second for what will be a millisecond.
    private static final int ROWS = 16;

    private static final int STEPS = 500;

    private volatile boolean over;

    /// Begins in another thread. With one processor nothing happens: it would be taken from the data.
    void begin(Settings settings) {
        if (Runtime.getRuntime().availableProcessors() == 1) return;
        Thread.ofPlatform().daemon().name("neurite-warm-up").start(() -> {
            try {
                run(settings);
            } catch (RuntimeException | Error _) {
                // Not what was asked for: the training itself will tell what does not do.
            }
        });
    }

    private void run(Settings settings) {
        Dataset images = images();
        Task task = Task.of(settings, LoadedData.of(new Split(images, images), settings));
        task.trainer()
                .threads(1)
                .batchSize(ROWS)
                .epochs(1)
                .callback(training -> event -> {
                    if (over) training.pause("warm");
                })
                .fit(task.train(), task.watched());
    }

    private static Dataset images() {
        var random = new Random(0);
        byte[] pixels = new byte[STEPS * ROWS * IMAGE.size()];
        random.nextBytes(pixels);
        byte[] labels = new byte[STEPS * ROWS];
        for (int row = 0; row < labels.length; row++) labels[row] = (byte) (row % CLASSES);
        return Dataset.ofImages(pixels, IMAGE, labels, Collections.nCopies(CLASSES, ""));
    }

    /// Lets it end with the step that it takes now.
    @Override
    public void close() {
        over = true;
    }
}
