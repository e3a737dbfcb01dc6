package dev.neurite.datasets;

import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.error.DataException;
import dev.neurite.error.NeuriteException;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// The four files of a data set like MNIST. [#load] reads them in parallel and checks that they fit
/// together.
/// @param trainImages reads the training images
/// @param trainLabels reads their labels
/// @param testImages reads the test images
/// @param testLabels reads their labels
public record IdxParts(
        Supplier<Idx> trainImages, Supplier<Idx> trainLabels, Supplier<Idx> testImages, Supplier<Idx> testLabels) {

    /// Reads the files. The classes are the numbers from 0 to the largest training label.
    /// @throws DataException if a file is invalid, images and labels do not fit together, the test
    /// images have another size, or a test label does not occur in training
    public DataSplit load() {
        Loaded parts = read();
        int[] counts = parts.trainLabels.labelCounts();
        int largest = IntStream.range(0, counts.length)
                .filter(label -> counts[label] > 0)
                .max()
                .orElse(0);
        return parts.split(
                IntStream.rangeClosed(0, largest).mapToObj(Integer::toString).toList());
    }

    /// Reads the files, with class names.
    /// @param classNames the names, by label
    /// @throws DataException as [#load()], and if a label has no name
    public DataSplit load(List<String> classNames) {
        return read().split(classNames);
    }

    /// Reads the training images, the largest file, in this thread, and the others in another one.
    private Loaded read() {
        try (ExecutorService other = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("neurite-idx").factory())) {
            var readTestImages = CompletableFuture.supplyAsync(testImages, other);
            var readTestLabels = CompletableFuture.supplyAsync(testLabels, other);
            var readTrainLabels = CompletableFuture.supplyAsync(trainLabels, other);
            Idx images = trainImages.get();
            return new Loaded(images, result(readTrainLabels), result(readTestImages), result(readTestLabels));
        }
    }

    private static Idx result(CompletableFuture<Idx> part) {
        try {
            return part.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof NeuriteException known) throw known;
            throw e;
        }
    }

    private record Loaded(Idx trainImages, Idx trainLabels, Idx testImages, Idx testLabels) {
        DataSplit split(List<String> classNames) {
            Dataset train = trainImages.withLabels(trainLabels, classNames);
            Shape image = train.inputShape();
            if (!testImages.imageShape().equals(image)) {
                throw new DataException(
                        testImages.where(),
                        "expects images of shape " + image + ", as " + trainImages.where() + " has, got "
                                + testImages.imageShape());
            }
            requireKnownClasses();
            return new DataSplit(train, testImages.withLabels(testLabels, classNames));
        }

        private void requireKnownClasses() {
            int[] known = trainLabels.labelCounts();
            testLabels.labelCounts();
            for (int row = 0; row < testLabels.rows(); row++) {
                int label = testLabels.label(row);
                if (known[label] == 0) {
                    throw new DataException(
                            testLabels.where() + ", label " + row,
                            "expects a label that occurs in " + trainLabels.where() + ", got " + label);
                }
            }
        }
    }
}
