package dev.neurite.examples;

import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.kernel.Activation.TANH;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.loss.Losses.crossEntropy;
import static dev.neurite.metric.Metrics.balancedAccuracy;
import static dev.neurite.metric.Metrics.calibrationError;
import static dev.neurite.metric.Metrics.f1;
import static dev.neurite.metric.Metrics.logLoss;
import static dev.neurite.metric.Metrics.mcc;
import static dev.neurite.metric.Metrics.rocAuc;
import static dev.neurite.metric.Metrics.topK;
import static dev.neurite.optim.Optimizers.adamW;
import static dev.neurite.optim.Optimizers.sgd;

import dev.neurite.check.Checkup;
import dev.neurite.check.UpdateListener;
import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.FeatureStatistics;
import dev.neurite.datasets.Wine;
import dev.neurite.metric.Average;
import dev.neurite.metric.Confusion;
import dev.neurite.metric.Predictions;
import dev.neurite.model.Model;
import dev.neurite.model.ParameterView;
import dev.neurite.model.Role;
import dev.neurite.model.TensorView;
import dev.neurite.optim.Averaging;
import dev.neurite.optim.Clip;
import dev.neurite.optim.Constraint;
import dev.neurite.optim.Penalty;
import dev.neurite.optim.Schedules;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Evaluation;
import dev.neurite.train.ParameterGroup;
import dev.neurite.train.Probe;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingEvent.EpochEnded;
import dev.neurite.train.TrainingEvent.StepEnded;
import dev.neurite.train.TrainingSession;
import java.io.PrintStream;
import java.util.OptionalDouble;

/// Settings, listeners, standardized features, evaluation, metrics, single steps, probes, profile.
public final class Training {
    private Training() {}

    public static void main(String[] args) {
        run(System.out);
    }

    static void run(PrintStream out) {
        // region standardize
        var wine = Wine.load();
        var statistics = FeatureStatistics.of(wine.train());
        var model = Model.of(features(13), statistics.standardize(), dense(24, TANH), dense(3, SOFTMAX));
        // endregion
        // region trainer
        Trainer trainer = Trainer.of(model)
                .loss(crossEntropy())
                .optimizer(sgd(0.05).withMomentum(0.9))
                .epochs(30)
                .batchSize(16)
                .seed(1);
        // endregion
        // region listener
        Run run = trainer.listener(event -> {
                    if (event instanceof EpochEnded(var epoch)) out.println(epoch.epoch() + " " + epoch.loss());
                })
                .fit(wine.train(), wine.test());
        // endregion
        out.println(Evaluation.of(run.model(), wine.test(), crossEntropy())
                .confusion()
                .orElseThrow());
        // region metrics
        Evaluation evaluation = Evaluation.of(
                run.model(), wine.test(), crossEntropy(), logLoss(), topK(2), f1(Average.WEIGHTED), rocAuc());
        evaluation.metrics().forEach((name, figure) -> out.println(name + " " + Confusion.show(figure)));
        // endregion
        // region epochs
        Run measured = trainer.metrics(mcc(), calibrationError()).fit(wine.train(), wine.test());
        out.println(measured.validation().metrics());
        // endregion
        // region predictions
        double[] weights = new double[wine.test().size()];
        int[] labels = new int[weights.length];
        float[][] inputs = new float[weights.length][13];
        for (int row = 0; row < weights.length; row++) {
            wine.test().readInput(row, inputs[row], 0);
            labels[row] = wine.test().label(row);
            weights[row] = labels[row] == 0 ? 3 : 1; // rows of this class count three times
        }
        float[] probabilities = run.model().predict(Tensor.of(inputs)).toArray();
        OptionalDouble recall = balancedAccuracy()
                .of(Predictions.ofClasses(3, probabilities, labels).withWeights(weights));
        // endregion
        out.println("balanced accuracy, weighted " + Confusion.show(recall));

        // region session
        var batches = new Batches(wine.train(), 16);
        try (TrainingSession session = trainer.begin(batches.batch(0))) {
            for (Batch each : batches) out.println("loss " + session.step(each));
            out.println(session.model().parameters().size() + " trained parameters");
        }
        // endregion
        // region update
        Run fine = trainer.optimizer(adamW(0.01))
                .group(ParameterGroup.withoutDecay()) //                                 no decay for biases
                .group(ParameterGroup.matching("dense1.*").withRate(0.1).frozenFor(5))
                .group(ParameterGroup.of(Role.WEIGHT).withConstraint(Constraint.maxNorm(3)))
                .group(ParameterGroup.matching("dense2.weight").withPenalty(Penalty.l1(1e-4)))
                .clip(Clip.globalNorm(1))
                .accumulate(2) //                                                        steps of 2 · 16 rows
                .average(Averaging.ema(0.99))
                .fit(wine.train(), wine.test());
        // endregion
        out.println("mean "
                + Evaluation.of(fine.model(), wine.test(), crossEntropy()).loss());
        out.println("last "
                + Evaluation.of(fine.last(), wine.test(), crossEntropy()).loss());

        // region schedule
        trainer.schedule(Schedules.sequence(Schedules.warmup(50), Schedules.cosine()))
                .listener(event -> {
                    if (event instanceof StepEnded step) out.println(step.step() + " rate " + step.rate());
                })
                .fit(wine.train());
        // endregion
        // region check
        Checkup checkup = Checkup.of(trainer, wine.train());
        out.println(checkup); // a page; checkup.verdict() is OK, WARNING or PROBLEM
        // endregion
        // region watch
        var updates = new UpdateListener();
        trainer.watchUpdates(10).listener(updates).fit(wine.train());
        out.println(updates.gradientFlow());
        out.println(updates.updateRatios());
        // endregion
        // region probe
        var probe = new Probe() {
            @Override
            public boolean looksAt(long step) {
                return true;
            }

            @Override
            public void output(Sample sample, String layer, TensorView output) {
                out.println(sample.step() + ", " + layer + ": "
                        + output.histogram(8).counts());
            }

            @Override
            public void update(Sample sample, ParameterView parameter, TensorView update) {
                double size = parameter.value().statistics().norm();
                out.println(
                        parameter.name() + " changes by " + update.statistics().norm() / size);
            }
        };
        trainer.probe(Probe.every(100, probe)).fit(wine.train());
        // endregion
        // region profile
        out.println(trainer.profile(true).fit(wine.train()).profile());
        // endregion
    }
}
