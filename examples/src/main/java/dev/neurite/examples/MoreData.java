package dev.neurite.examples;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.kernel.Activation.TANH;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.loss.Losses.crossEntropy;

import dev.neurite.data.DataParts;
import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.data.FeatureStatistics;
import dev.neurite.data.RowWriter;
import dev.neurite.data.StoredRows;
import dev.neurite.datasets.Digits;
import dev.neurite.datasets.Iris;
import dev.neurite.io.ModelFile;
import dev.neurite.layer.Standardize;
import dev.neurite.model.Model;
import dev.neurite.predict.Predictor;
import dev.neurite.search.CrossValidation;
import dev.neurite.search.FoldResults;
import dev.neurite.signature.Signature;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingSession;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/// Data from a stream of records, splits and cross-validation, and training that continues with new rows.
public final class MoreData {
    private MoreData() {}

    public static void main(String[] args) {
        run(System.out);
    }

    // region records
    /// A row of your program.
    record Visit(double minutes, int pages, boolean bought) {
        float[] numbers() {
            return new float[] {(float) minutes, pages};
        }
    }

    static Dataset dataset(Stream<Visit> visits) {
        return Dataset.labeled(visits, Visit::numbers, visit -> visit.bought() ? 1 : 0, List.of("left", "bought"));
    }
    // endregion

    // region stored
    /// Any number of scans, one byte per pixel, which need not fit into memory.
    static Dataset scans(int count, IntFunction<byte[]> scan, int[] labels) {
        try (var writer = RowWriter.ofBytes("scans", count, 32 * 32, StoredRows.heapBytes())) {
            for (int i = 0; i < count; i++) writer.write(i, 1, scan.apply(i), 0);
            return Dataset.ofImages(writer.finish(), image(1, 32, 32), labels, List.of("clear", "torn"));
        }
    }
    // endregion

    // region predictor
    /// A predictor of a model that a loop of your own has trained on this data.
    static Predictor predictor(Model model, Dataset data) {
        Signature signature = Signature.of(model, data, crossEntropy()); // with the names of the classes
        return Predictor.of(new ModelFile(model, Map.of(), signature));
    }
    // endregion

    static void run(PrintStream out) {
        Dataset visits =
                dataset(Stream.iterate(0, i -> i + 1).limit(200).map(i -> new Visit(i % 50 / 5.0, i % 7, i % 50 > 45)));
        // region balanced
        DataParts parts = DataParts.of(visits, 0.2, 0.2, 1); // to learn from, to choose by, to test with
        Dataset train = parts.train().balanced(1); //           as many who bought as who left
        // endregion
        out.println("rows " + parts.train().size() + ", balanced " + train.size());

        // region folds
        Dataset flowers = Iris.load().train();
        Trainer trainer = Trainer.of(Model.of(flowers, dense(16, TANH)))
                .epochs(60)
                .batchSize(8)
                .dropLast(true);
        FoldResults folds = CrossValidation.of(5).seed(1).run(trainer, flowers);
        out.println("accuracy " + folds.accuracy()); // mean ± standard deviation
        // endregion

        DataSplit digits = Digits.load();
        DataSplit halves = DataSplit.of(digits.train(), 0.5, 1);
        // region channels
        DataSplit images = digits.withInputShape(image(1, 8, 8));
        FeatureStatistics pixels = FeatureStatistics.ofChannels(images.train()); // of all pixels of a channel
        Model scaling = Model.of(images.train(), pixels.standardize(), conv2d(16, 3, RELU));
        // endregion
        out.println(Trainer.of(scaling)
                .epochs(10)
                .fit(images.train(), images.test())
                .accuracy());
        // region sixteenths
        var sixteenths =
                new Standardize(Tensor.zeros(Shape.of(64)), Tensor.filled(Shape.of(64), 1 / 16f)); // (x − 0)/16
        Model scaled = Model.of(digits.train(), sixteenths, dense(32, RELU)); // takes rows from 0 to 16
        // endregion
        out.println(
                Trainer.of(scaled).epochs(10).fit(digits.train(), digits.test()).accuracy());
        float[] row = new float[64];
        digits.test().readInput(0, row, 0);
        // region partial
        Model model = Model.of(features(64), dense(32, RELU), dense(10, SOFTMAX));
        Run run = Trainer.of(model).epochs(20).fit(halves.train());
        try (TrainingSession session = Trainer.of(run.model()).begin(halves.test())) { // a warm start
            for (int day = 1; day <= 3; day++) {
                double loss = session.partialFit(halves.test()); // new rows, as they come in
                out.printf(Locale.ROOT, "day %d: loss %.3f%n", day, loss);
            }
            out.println(session.evaluate(digits.test()).accuracy().orElseThrow());
            Predictor predictor = predictor(session.model(), halves.train()); // see below
            out.println(predictor.predict(row).label());
        }
        // endregion
        out.println("scans " + scans(10, i -> new byte[32 * 32], new int[10]).size());
    }
}
