package dev.neurite.train;

import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.Dataset;
import dev.neurite.model.Profile.Phase;
import dev.neurite.model.Profiler;
import dev.neurite.train.TrainingEvent.EpochResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/// Epochs of steps, and what is reported of them.
final class Loop {
    private final Trainer trainer;
    private final Step step;

    Loop(Trainer trainer, Step step) {
        this.trainer = trainer;
        this.step = step;
    }

    History run(Dataset train, Optional<Dataset> validation) {
        var batches = new Batches(train, trainer.rowsAStep());
        trainer.tell(new TrainingEvent.Started(trainer.epochs(), batches.count(), train.size(), step.parameterCount()));
        step.expect((long) trainer.epochs() * batches.count(), trainer.epochs());
        List<EpochResult> results = new ArrayList<>();
        for (int epoch = 1; epoch <= trainer.epochs(); epoch++) {
            if (trainer.shuffles()) batches.shuffle(trainer.seed(), epoch);
            step.beginEpoch(epoch);
            EpochResult result = epoch(epoch, batches, validation);
            results.add(result);
            step.watch(result.validation().map(Evaluation::loss).orElse(result.loss()));
            trainer.tell(new TrainingEvent.EpochEnded(result));
        }
        var history = new History(results);
        trainer.tell(new TrainingEvent.Ended(history));
        return history;
    }

    private EpochResult epoch(int epoch, Batches batches, Optional<Dataset> validation) {
        long start = System.nanoTime();
        var losses = new LossSums(step.objective());
        long correct = 0;
        long judged = 0;
        Profiler profiler = step.profiler();
        step.startClock();
        for (int i = 0; i < batches.count(); i++) {
            profiler.enter(Phase.DATA);
            Batch batch = batches.batch(i);
            profiler.leave(batch.rows(), 0, 4L * batch.inputs().size());
            step.atBatch(i + 1);
            step.take(batch);
            losses.add(step.losses());
            correct += step.correct();
            judged += step.judged();
            if (trainer.isHeard()) trainer.tell(ended(epoch, i + 1, batch.rows()));
            if (!step.flows().isEmpty()) {
                trainer.tell(new TrainingEvent.UpdatesMeasured(epoch, step.steps(), step.flows()));
            }
        }
        step.endEpoch();
        profiler.stop();
        double seconds = (System.nanoTime() - start) * 1e-9;
        return new EpochResult(
                epoch,
                losses.total(),
                losses.means(),
                accuracy(correct, judged),
                validation.map(data -> step.evaluate(data, trainer.measured())),
                seconds);
    }

    private TrainingEvent.StepEnded ended(int epoch, int batch, int rows) {
        return new TrainingEvent.StepEnded(
                epoch,
                batch,
                step.steps(),
                rows,
                step.losses().total(),
                accuracy(step.correct(), step.judged()),
                step.rate());
    }

    private static OptionalDouble accuracy(long correct, long judged) {
        return judged > 0 ? OptionalDouble.of((double) correct / judged) : OptionalDouble.empty();
    }
}
