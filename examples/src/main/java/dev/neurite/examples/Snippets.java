package dev.neurite.examples;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.*;
import static dev.neurite.loss.Losses.*;
import static dev.neurite.model.Quantization.EIGHT_BITS;
import static dev.neurite.optim.Optimizers.*;

import dev.neurite.check.GradientCheck;
import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.PreprocessingSettings;
import dev.neurite.data.table.Table;
import dev.neurite.data.table.TableSplit;
import dev.neurite.datasets.Csv;
import dev.neurite.datasets.ImageFolder;
import dev.neurite.datasets.Iris;
import dev.neurite.io.LoraFile;
import dev.neurite.io.ModelFile;
import dev.neurite.layer.Lora;
import dev.neurite.loss.Criterion;
import dev.neurite.loss.Targets;
import dev.neurite.metric.Average;
import dev.neurite.metric.Metrics;
import dev.neurite.model.Model;
import dev.neurite.network.ResNet;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Schedule;
import dev.neurite.optim.Schedules;
import dev.neurite.predict.Prediction;
import dev.neurite.predict.Predictor;
import dev.neurite.search.CrossValidation;
import dev.neurite.search.FoldResults;
import dev.neurite.search.Point;
import dev.neurite.search.Range;
import dev.neurite.search.Search;
import dev.neurite.search.SearchResult;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Callback;
import dev.neurite.train.Evaluation;
import dev.neurite.train.Learner;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingEvent.EpochEnded;
import dev.neurite.train.TrainingSession;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// The examples in the Javadoc of the classes that people meet first. `JavadocTest` compares them.
public final class Snippets {
    private Snippets() {}

    /// Runs all of them.
    /// @param folder for the model file
    static void run(PrintStream out, Path folder) {
        Dataset train = Iris.load().train();
        data(out);
        networks(out, train, folder.resolve("iris.safetensors"));
        training(out, train);
        judging(out, train);
        tensors(out);
    }

    private static void data(PrintStream out) {
        // region dataset
        float[][] inputs = {{5.1f, 3.5f}, {6.2f, 2.9f}, {4.9f, 3.1f}};
        Dataset classes = Dataset.of(inputs, new int[] {0, 1, 0}, List.of("setosa", "virginica"));
        Dataset values = Dataset.of(inputs, new float[][] {{1.4f}, {4.3f}, {1.5f}});
        // endregion
        out.println(classes + ", " + values);
        // region split
        DataSplit iris = Iris.load(); //                                    a training and a test part
        DataSplit halves = DataSplit.of(iris.train(), 0.5, 1); //           at random, by seed 1
        List<DataSplit> folds = DataSplit.kFold(iris.train(), 5, 1); //     for cross-validation
        // endregion
        out.println(halves.test() + ", " + folds.size());
        // region table
        record Fruit(double weight, String color, String kind) {}
        Table table = Table.of(List.of( //                 or Csv.read(path)
                new Fruit(150, "green", "apple"),
                new Fruit(7, "red", "cherry"),
                new Fruit(160, "red", "apple"),
                new Fruit(6, "black", "cherry")));
        // endregion
        out.println(table);
    }

    /// A table from its file to what a network learns.
    static DataSplit table(Path file) {
        // region csv
        Table table = Csv.read(file);
        DataSplit fruit = table.toClassify("kind", how -> how.withMissingFilled());
        // endregion
        // region preprocessing
        TableSplit split = TableSplit.stratified(table, "kind", 0.2, 0);
        Preprocessing fitted = Preprocessing.fit(
                split.train(), PreprocessingSettings.classes("kind").withMissingFilled());
        Dataset train = fitted.apply(split.train());
        Dataset test = fitted.apply(split.test());
        // endregion
        return new DataSplit(train, test).test().size() == fruit.test().size() ? fruit : DataSplit.of(train, 0.2, 0);
    }

    /// A network for the images of a folder.
    static Run images(Path folder) {
        // region images
        DataSplit photos = ImageFolder.load(folder); //           folder/cat/1.png, folder/dog/1.png, …
        Model model = Model.of(photos.train(), conv2d(16, 3, RELU), maxPool2d(2));
        Run run = Trainer.of(model).epochs(10).fit(photos.train(), photos.test());
        // endregion
        return run;
    }

    private static void quantized(PrintStream out, Model trained, Path file) {
        // region quantized
        Model small = trained.quantized(EIGHT_BITS); //           a quarter of the memory
        ModelFile.save(small, file); //                           and of the file
        // endregion
        out.println(small.parameters().encoded().values());
    }

    private static void lora(PrintStream out, Model model, Dataset other, Path directory) {
        // region lora
        Model adapted = Lora.of(model, 4).withAlpha(8).adapted(); // computes what the model does, at first
        Model tuned = Trainer.of(adapted).epochs(5).fit(other).model();
        LoraFile.save(tuned, directory); //                         the adapters alone
        Model again = LoraFile.load(directory, model); //           beside the model, which may have fewer bits
        Model whole = Lora.merged(tuned); //                        without adapters
        // endregion
        out.println(again.equals(tuned) + " " + whole.parameters().size());
    }

    private static void networks(PrintStream out, Dataset train, Path file) {
        // region model
        Model model = Model.of(train, dense(32, RELU)); //        the last layer is made for the data
        Model same = Model.of(features(4), dense(32, RELU), dense(3, SOFTMAX));
        float[] probabilities = model.predict(5.1f, 3.5f, 1.4f, 0.2f);
        // endregion
        out.println(model.equals(same) + " " + probabilities.length);
        // region layers
        Model convolutions = Model.of(
                image(1, 28, 28), conv2d(16, 3, RELU), maxPool2d(2), flatten(), dropout(0.2), dense(10, SOFTMAX));
        // endregion
        out.println(convolutions.network().outputs());
        // region architecture
        Model resnet = new ResNet(20).model(image(3, 32, 32), 10);
        // endregion
        out.println(resnet.parameters().size());
        Run run = Trainer.of(model).fit(train);
        // region file
        ModelFile.save(run, file); //                             with columns, classes and scales
        Model loaded = ModelFile.load(file);
        // endregion
        out.println(loaded.equals(run.model()));
        Model wide = Model.of(features(64), dense(128, RELU), dense(10));
        quantized(out, wide, file.resolveSibling("small.safetensors"));
        lora(out, loaded, train, file.resolveSibling("adapters"));
        // region predictor
        Predictor predictor = Predictor.load(file); //            or Predictor.of(run)
        Prediction said = predictor.predict(5.1f, 3.5f, 1.4f, 0.2f);
        String label = said.label(); //                           its class
        Map<String, Double> each = said.probabilities();
        // endregion
        out.println(label.length() + " " + each.size());
    }

    private static void training(PrintStream out, Dataset train) {
        DataSplit data = DataSplit.of(train, 0.2, 0);
        Model model = Model.of(train, dense(8, RELU));
        // region trainer
        Run run = Trainer.of(model)
                .loss(crossEntropy())
                .optimizer(adam(0.01))
                .epochs(30)
                .fit(data.train(), data.test());
        double accuracy = run.accuracy();
        // endregion
        // region run
        double loss = run.loss(); //                              after the last epoch
        Model trained = run.model();
        for (var epoch : run.history().epochs()) out.println(epoch.loss());
        // endregion
        out.println(accuracy + loss > 0);
        // region optimizers
        Optimizer usual = adam(1e-3);
        Optimizer decoupled = adamW(1e-3);
        Optimizer plain = sgd(0.1).withMomentum(0.9).withNesterov();
        // endregion
        // region schedules
        Schedule falling = Schedules.cosine();
        Schedule warm = Schedules.sequence(Schedules.warmup(500), Schedules.cosine());
        Schedule patient = Schedules.reduceOnPlateau().withPatience(3);
        // endregion
        out.println(List.of(usual, decoupled, plain).size()
                + List.of(falling, warm, patient).size());
        // region losses
        Criterion classes = crossEntropy().withSmoothing(0.1);
        Criterion values = huber(1);
        Criterion both = joint(crossEntropy(), weighted(0.5, meanSquaredError()));
        // endregion
        out.println(classes + " " + values + " " + both);
        // region callback
        Callback patience = training -> event -> {
            if (event instanceof EpochEnded(var result) && result.loss() < 0.1) training.finish("good enough");
        };
        Run shortened = Trainer.of(model).epochs(30).callback(patience).fit(train);
        // endregion
        out.println(shortened.history().epochs().size() <= 30);
        // region batches
        var batches = new Batches(train, 32);
        batches.shuffle(1, 1); //                                 by seed 1, for epoch 1
        try (TrainingSession session = Trainer.of(model).begin(batches.batch(0))) {
            for (Batch batch : batches) session.step(batch);
        }
        // endregion
        // region learner
        Model logits = Model.of(features(4), dense(8, RELU), dense(3)); // the loss has the softmax
        try (Learner learner = Trainer.of(logits).learner()) {
            Batch batch = Batch.of(train);
            learner.forward(batch.input());
            double sum = learner.addLoss(crossEntropy(), batch.targets());
            learner.backward();
            learner.step();
            out.println(sum > 0);
        }
        // endregion
        out.println(trained.parameters().size());
    }

    private static void judging(PrintStream out, Dataset train) {
        Model model = Model.of(train, dense(8, RELU));
        // region evaluation
        Evaluation evaluation = Evaluation.of(model, train, crossEntropy(), Metrics.mcc(), Metrics.f1(Average.MACRO));
        double accuracy = evaluation.accuracy().orElseThrow();
        // endregion
        // region metrics
        Run run = Trainer.of(model)
                .metrics(Metrics.balancedAccuracy(), Metrics.rocAuc())
                .fit(train, train);
        // endregion
        out.println(accuracy < 1 && run.validation().metrics().size() == 2);
        // region search
        SearchResult result = Search.random(20)
                .over("rate", Range.log(1e-4, 1e-1))
                .over("units", 16, 32, 64)
                .run(
                        point -> Trainer.of(Model.of(train, dense(point.whole("units"), RELU)))
                                .optimizer(adam(point.number("rate")))
                                .epochs(5),
                        train);
        Point best = result.best().point();
        // endregion
        out.println(best);
        // region folds
        Trainer trainer = Trainer.of(model).optimizer(adam(0.01)).epochs(60);
        FoldResults folds = CrossValidation.of(5).run(trainer, train);
        out.println(folds.accuracy()); //                         mean ± standard deviation
        // endregion
    }

    private static void tensors(PrintStream out) {
        // region tensor
        Tensor matrix = Tensor.of(new float[][] {{1, 2, 3}, {4, 5, 6}});
        Tensor ones = Tensor.filled(Shape.of(2, 3), 1);
        Tensor sum = matrix.plus(ones).times(2);
        int[] largest = sum.argMaxOfRows(); //                    [2, 2]
        // endregion
        out.println(largest.length);
        // region check
        GradientCheck.of(dense(3, RELU), features(4)).requirePassed(); //   a layer
        Tensor outputs = Tensor.of(new float[][] {{0.2f, 1.5f}});
        Targets targets = Targets.values(Tensor.of(new float[][] {{0.7f, 1.1f}}));
        GradientCheck.of(huber(1), outputs, targets).requirePassed(); //    a loss
        // endregion
    }
}
