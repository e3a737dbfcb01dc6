package dev.neurite.train;

import dev.neurite.kernel.Kernels;
import dev.neurite.model.Executor;
import dev.neurite.model.Model;
import dev.neurite.model.Network;
import dev.neurite.model.Parameter;
import dev.neurite.model.Parameters;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// The parameters and running statistics of a model while they change, and what changes them: what steps of training
/// and those of one's own have in common.
final class Learned {
    private final Model model;
    private final Network network;
    private final Plan plan;
    private final float[] theta;
    private final float[] statistics;
    private final ParameterUpdate update;
    private Rates rates;

    /// @param network what runs: that of the model, perhaps without its last activation
    Learned(Model model, Network network, Plan plan, Kernels kernels) {
        this.model = model;
        this.network = network;
        this.plan = plan;
        this.theta = model.parameters().toArray();
        this.statistics = model.statistics().toArray();
        this.update = new ParameterUpdate(network.trained(), network.statistics(), plan, theta, kernels);
        this.rates = plan.rates(0, 0);
    }

    /// Runs the network with the parameters as they are at each moment.
    /// @param parameters [#theta()], or a mean of them
    /// @param gradient where theirs go; of length 0 for an executor that only predicts
    Executor executor(Kernels kernels, float[] parameters, float[] gradient) {
        return network.executor(kernels, parameters, statistics, gradient);
    }

    /// Says how long the run will be, which schedules may depend on.
    void expect(long steps, int epochs) {
        rates = plan.rates(steps, epochs);
    }

    /// An epoch begins, from 1: some parameters may learn from now on, or learn no more.
    void beginEpoch(int number, Executor executor) {
        update.beginEpoch(number);
        rates.beginEpoch(number);
        executor.trainOnly(update.learning()::contains);
        Set<String> moving = network.statistics().stream()
                .filter(update::moves)
                .map(Parameter::name)
                .collect(Collectors.toSet());
        executor.updateStatisticsOnly(moving::contains);
    }

    /// A step: parameters change, and running statistics become what the executor was asked for.
    /// @param gradient of the sum of the losses; changed too
    /// @param scale what makes it the gradient of what is trained
    /// @param watched whether to measure what happens to each parameter
    /// @return what was measured; empty if it was not watched
    List<ParameterFlow> step(float[] gradient, double scale, boolean watched, Executor executor) {
        rates.next(update.steps());
        List<ParameterFlow> flows = update.apply(gradient, scale, rates.rate(), rates.momentum(), watched);
        executor.commitStatistics();
        return flows;
    }

    /// All parameters, to be changed; not a copy.
    float[] theta() {
        return theta;
    }

    /// What changes them.
    ParameterUpdate update() {
        return update;
    }

    Rates rates() {
        return rates;
    }

    /// The model with the parameters that training gives as it is now: their mean where one is kept. A copy.
    Model model() {
        return modelOf(update.result().clone(), statistics.clone());
    }

    /// The model with the parameters as the last step left them: a copy.
    Model last() {
        return modelOf(theta.clone(), statistics.clone());
    }

    /// [#model()], which takes over the arrays: no step may follow.
    Model finalModel() {
        return modelOf(update.result(), statistics);
    }

    /// [#last()], which takes over the arrays: no step may follow.
    Model finalLast() {
        return modelOf(theta, statistics);
    }

    private Model modelOf(float[] values, float[] measured) {
        return model.with(Parameters.owning(model.parameters().parts(), values))
                .withStatistics(Parameters.owning(model.statistics().parts(), measured));
    }

    void save(Snapshot memory) {
        memory.put("theta", theta);
        memory.put("statistics", statistics);
        update.save(memory.scope("update"));
        rates.save(memory.scope("rates"));
    }

    void restore(Snapshot memory) {
        memory.read("theta", theta);
        memory.read("statistics", statistics);
        update.restore(memory.scope("update"));
        rates.restore(memory.scope("rates"));
    }
}
