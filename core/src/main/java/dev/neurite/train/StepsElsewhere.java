package dev.neurite.train;

import dev.neurite.data.ShardedOrder;
import dev.neurite.error.ConfigException;
import dev.neurite.train.Setting.User;
import dev.neurite.train.shard.StepFigures;
import java.util.List;

/// Steps that an [EpochRunner] takes, reported after the last one of their epoch.
final class StepsElsewhere implements EpochSteps {
    private final TrainerSettings settings;
    private final Step step;
    private final EpochRunner runner;
    private final int count;
    private long reported; // the step whose event is reported now; 0 for none

    StepsElsewhere(TrainerSettings settings, Step step, EpochRunner runner) {
        this.settings = settings;
        this.step = step;
        this.runner = runner;
        this.count = settings.batchesByShard(runner.rows());
    }

    /// Refuses settings that need each step here.
    static void check(TrainerSettings settings) {
        require("minimizer", !settings.isMinimized(), "an optimizer, got a minimizer");
        require("probes", !settings.hasProbes(), "none, also of callbacks");
        require("profile", !settings.get(TrainerSettings.PROFILE), "false");
        require("skipped steps", settings.get(TrainerSettings.MOST_SKIPPED) == 0, "0");
        require("watched updates", settings.get(TrainerSettings.WATCH_UPDATES) == 0, "none");
        require("validation every so many steps", settings.get(TrainerSettings.VALIDATE_EVERY) == 0, "none");
        require("prefetched batches", settings.get(TrainerSettings.PREFETCH).orElse(0) == 0, "0");
        require("augmentations", !settings.get(TrainerSettings.AUGMENTATIONS).mixes(), "none that mix rows");
    }

    private static void require(String setting, boolean holds, String what) {
        if (holds) return;
        throw new ConfigException(
                setting, "expects " + what + " in a training whose steps are taken elsewhere, as on a cluster");
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public long steps(Loop loop) {
        return reported > 0 ? reported : step.steps(); // logs have the step of an event
    }

    @Override
    public void checkProbe() {
        throw new ConfigException("probe", "expects steps that are taken here, not elsewhere, as on a cluster");
    }

    @Override
    public boolean take(Loop loop) {
        if (loop.batch() == count) return true; // resumed between the last step and the end of its epoch
        EpochRunner.Result done;
        try {
            TrainingState before = TrainingSession.state(settings, step, loop.epoch() - 1);
            int epochs = settings.get(TrainerSettings.EPOCHS);
            done = runner.run(new EpochRunner.Epoch(before, loop.epoch(), epochs, count, settings.shardsPerStep()));
        } catch (InterruptedException _) {
            loop.interrupt();
            return false;
        }
        done.state().require(settings.compared(User.SESSION));
        if (done.steps().size() != count) {
            throw new IllegalStateException("expects " + count + " steps of epoch " + loop.epoch() + ", got "
                    + done.steps().size());
        }
        loop.beginChange();
        step.restore(done.state().memory().scope("step"));
        var all = new LossSums(step.objective());
        List<LossSums> each = done.steps().stream().map(this::losses).toList();
        each.forEach(all::add);
        loop.endChange(all, count);
        if (settings.hasCallbacks()) report(done.steps(), each, loop);
        return true;
    }

    private LossSums losses(StepFigures figures) {
        var all = new LossSums(step.objective());
        all.addWeights(figures.losses());
        all.addLosses(figures.losses());
        return all;
    }

    private void report(List<StepFigures> steps, List<LossSums> losses, Loop loop) {
        ShardedOrder order = settings.order(runner.rows());
        for (int i = 0; i < steps.size(); i++) {
            StepFigures each = steps.get(i);
            reported = each.step();
            loop.reportStep(i + 1, each.step(), order.first(i, order.shards()), losses.get(i), each.rate());
        }
        reported = 0;
    }

    @Override
    public void save(Snapshot memory) {
        memory.put("skipped", 0); // for who continues it here
    }

    @Override
    public void restore(Snapshot memory, Loop loop) {
        if (loop.batch() == 0 || loop.batch() == count) return;
        throw new ConfigException(
                "resume",
                "expects a state between two epochs where steps are taken elsewhere, as on a cluster, got one"
                        + " after batch " + loop.batch() + " of " + count + " of epoch " + loop.epoch(),
                "Continue it on one machine to the end of the epoch");
    }
}
