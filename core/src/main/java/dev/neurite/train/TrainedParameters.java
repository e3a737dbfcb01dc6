package dev.neurite.train;

import dev.neurite.kernel.Kernels;
import dev.neurite.model.Executor;
import dev.neurite.model.Model;
import dev.neurite.model.Network;
import dev.neurite.model.Parameter;
import dev.neurite.model.Parameters;
import dev.neurite.train.shard.ShardSums;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/// The parameters and running statistics of a model in training, and their update: the common part of
/// [Step] and [Learner]. Models are copied at any time, by any thread: a copy is of the end of one step.
final class TrainedParameters {
    private final Model model;
    private final Network network;
    private final TrainerSettings settings;
    private final List<Parameter> kept;
    private final float[] theta; // of those
    private final float[] statistics;
    private final ParameterUpdate update;
    private final ReentrantLock changing = new ReentrantLock(true); // fair: who only copies does not hold up steps
    private final ExclusiveUse.Use changed = changing::unlock;
    private Rates rates;

    /// @param network the model's network, perhaps without its last activation
    TrainedParameters(TrainerSettings settings, Network network, Kernels kernels) {
        this.model = settings.model();
        this.network = network;
        this.settings = settings;
        this.kept = model.kept();
        this.theta = model.parameters().toArray(kept);
        this.statistics = model.statistics().toArray();
        Set<String> trained = network.trained().stream().map(Parameter::name).collect(Collectors.toSet());
        List<Parameter> parts =
                kept.stream().filter(part -> trained.contains(part.name())).toList();
        this.update = new ParameterUpdate(parts, network.statistics(), settings, theta, kernels);
        this.rates = settings.rates(0, 0);
    }

    /// An executor of the network with these parameters, which reads them in each pass.
    /// @param parameters [#theta()], or an average of them
    /// @param gradient the array for their gradients; of length 0 for an executor that only predicts
    Executor executor(Kernels kernels, float[] parameters, float[] gradient) {
        return network.executor(kernels, model.parameters(), kept, parameters, statistics, gradient);
    }

    /// Sets the length of the run, which schedules may depend on.
    void setLength(long steps, int epochs) {
        rates = settings.rates(steps, epochs);
    }

    /// Begins an epoch, from 1: it decides which groups are frozen.
    void beginEpoch(int number, Executor executor) {
        update.beginEpoch(number);
        rates.beginEpoch(number);
        executor.trainOnly(update.unfrozen()::contains);
        Set<String> moving = network.statistics().stream()
                .filter(update::updates)
                .map(Parameter::name)
                .collect(Collectors.toSet());
        executor.updateStatisticsOnly(moving::contains);
    }

    /// Begins a change of parameters, their average and running statistics, which closing the result ends.
    /// Copies wait until then, and it waits for a copy that has begun.
    ExclusiveUse.Use change() {
        changing.lock();
        return changed;
    }

    /// Ends the epoch, before its validation.
    void endEpoch() {
        try (var _ = change()) {
            update.endEpoch();
        }
    }

    /// Updates the parameters, in a [#change()].
    /// @param gradient the gradient of the sum of the losses; overwritten
    /// @param scale its factor
    /// @param watched whether to measure the update of each parameter
    /// @return the measurements; empty unless watched
    List<ParameterFlow> step(float[] gradient, double scale, boolean watched) {
        rates.next(update.steps());
        return update.apply(gradient, scale, rate(), rates.momentum(), watched);
    }

    ShardSums newSums() {
        return new ShardSums(
                theta.length, statistics.length, network.statistics().size());
    }

    /// The parameters that are in [#theta()], by their places there, see [Model#kept()].
    List<Parameter> kept() {
        return kept;
    }

    /// The flat array of the parameters; not a copy.
    float[] theta() {
        return theta;
    }

    ParameterUpdate update() {
        return update;
    }

    Rates rates() {
        return rates;
    }

    /// The learning rate of the last step; before the first step of this run, that of the next.
    double rate() {
        return rates.rate(update.steps());
    }

    /// A copy of the model with the present parameters: their average if there is one.
    Model model() {
        try (var _ = change()) {
            return modelOf(update.result().clone(), statistics.clone());
        }
    }

    /// A copy of the model with the parameters of the last step.
    Model last() {
        try (var _ = change()) {
            return modelOf(theta.clone(), statistics.clone());
        }
    }

    /// A copy of the parameters that are kept, after the last step.
    Parameters parameters() {
        try (var _ = change()) {
            return Parameters.of(kept, theta);
        }
    }

    /// [#model()] without a copy: no step may follow.
    Model finalModel() {
        return modelOf(update.result(), statistics);
    }

    /// [#last()] without a copy: no step may follow.
    Model finalLast() {
        return modelOf(theta, statistics);
    }

    private Model modelOf(float[] values, float[] measured) {
        return model.withKept(values)
                .withStatistics(Parameters.owning(model.statistics().parts(), measured));
    }

    void save(Snapshot memory) {
        memory.put("theta", theta);
        memory.put("statistics", statistics);
        update.save(memory.scope("update"));
        rates.save(memory.scope("rates"));
    }

    void restore(Snapshot memory) {
        try (var _ = change()) {
            memory.read("theta", theta);
            memory.read("statistics", statistics);
            update.restore(memory.scope("update"));
        }
        rates.restore(memory.scope("rates"));
    }
}
