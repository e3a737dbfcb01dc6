package dev.neurite.train;

import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.Dataset;
import dev.neurite.data.Prefetch;
import dev.neurite.error.DivergedException;
import dev.neurite.model.Profile.Phase;
import dev.neurite.model.Profiler;
import java.util.Optional;

/// Steps of an optimizer on batches, one after the other, reported as they are taken.
final class StepsHere implements EpochSteps {
    private final TrainerSettings settings;
    private final Step step;
    private final Batches batches;
    private Optional<Prefetch> prefetch = Optional.empty();
    private int skipped; // the number of diverged steps in a row

    StepsHere(TrainerSettings settings, Step step, Batches batches) {
        this.settings = settings;
        this.step = step;
        this.batches = batches;
    }

    @Override
    public int count() {
        return batches.count();
    }

    @Override
    public long steps(Loop loop) {
        return step.steps();
    }

    @Override
    public void checkProbe() {}

    @Override
    public void begin(Loop loop) {
        settings.beginEpoch(batches, loop.epoch());
        int ahead = settings.prefetch(batches);
        if (ahead > 0 && prefetch.isEmpty()) prefetch = Optional.of(new Prefetch(batches, ahead));
        prefetch.ifPresent(each -> each.begin(loop.batch()));
    }

    @Override
    public boolean take(Loop loop) {
        Profiler profiler = step.profiler();
        while (loop.batch() < batches.count()) {
            profiler.enter(Phase.DATA);
            Batch next = prefetch.isPresent() ? prefetch.get().next() : batches.batch(loop.batch());
            profiler.leave(next.rows(), 0, 4 * next.inputValues());
            boolean taken = take(next, loop);
            if (taken && settings.hasCallbacks()) {
                report(next, loop);
                loop.afterEvents();
            }
            if (loop.isOver()) return false;
        }
        return true;
    }

    /// Returns true for a step, and false if it was skipped.
    private boolean take(Batch next, Loop loop) {
        int index = loop.batch();
        step.setBatchNumber(index + 1);
        loop.beginChange();
        try {
            step.take(next, batches, index);
        } catch (DivergedException e) {
            boolean tooMany = skipped == settings.get(TrainerSettings.MOST_SKIPPED);
            loop.cancelChange(tooMany ? index : index + 1);
            if (tooMany) throw e;
            skipped++;
            loop.report(new TrainingEvent.StepSkipped(loop.epoch(), index + 1, step.steps() + 1, e));
            loop.afterEvents();
            return false;
        }
        skipped = 0;
        loop.endChange(step.losses(), index + 1);
        return true;
    }

    private void report(Batch taken, Loop loop) {
        loop.reportStep(
                loop.batch(),
                step.steps(),
                taken.rows(),
                step.losses(),
                step.trained().rate());
        if (!step.flows().isEmpty()) {
            loop.report(new TrainingEvent.UpdatesMeasured(loop.epoch(), step.steps(), step.flows()));
        }
        int every = settings.get(TrainerSettings.VALIDATE_EVERY);
        if (every > 0 && step.steps() % every == 0) loop.validation().ifPresent(data -> validate(data, loop));
    }

    private void validate(Dataset data, Loop loop) {
        Evaluation evaluation = step.evaluate(data, loop.metrics());
        loop.report(new TrainingEvent.Validated(loop.epoch(), step.steps(), evaluation));
    }

    @Override
    public void save(Snapshot memory) {
        memory.put("skipped", skipped);
    }

    @Override
    public void restore(Snapshot memory, Loop loop) {
        skipped = memory.small("skipped");
    }

    @Override
    public void close() {
        prefetch.ifPresent(Prefetch::close);
    }
}
