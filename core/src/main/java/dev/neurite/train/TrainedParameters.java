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

/// The parameters and running statistics of a model while it is trained, and what updates them: what
/// [Step] and [Learner] have in common.
final class TrainedParameters {
    private final Model model;
    private final Network network;
    private final TrainerSettings settings;
    private final float[] theta;
    private final float[] statistics;
    private final ParameterUpdate update;
    private Rates rates;

    /// @param network the model's, perhaps without its last activation
    TrainedParameters(TrainerSettings settings, Network network, Kernels kernels) {
        this.model = settings.model();
        this.network = network;
        this.settings = settings;
        this.theta = model.parameters().toArray();
        this.statistics = model.statistics().toArray();
        this.update = new ParameterUpdate(network.trained(), network.statistics(), settings, theta, kernels);
        this.rates = settings.rates(0, 0);
    }

    /// Runs the network with these parameters, also as they change.
    /// @param parameters [#theta()], or an average of them
    /// @param gradient receives their gradients; of length 0 for an executor that only predicts
    Executor executor(Kernels kernels, float[] parameters, float[] gradient) {
        return network.executor(kernels, parameters, statistics, gradient);
    }

    /// Sets the length of the run, which schedules may depend on.
    void expect(long steps, int epochs) {
        rates = settings.rates(steps, epochs);
    }

    /// An epoch begins, from 1: groups may be frozen or unfrozen by it.
    void beginEpoch(int number, Executor executor) {
        update.beginEpoch(number);
        rates.beginEpoch(number);
        executor.trainOnly(update.unfrozen()::contains);
        Set<String> moving = network.statistics().stream()
                .filter(update::moves)
                .map(Parameter::name)
                .collect(Collectors.toSet());
        executor.updateStatisticsOnly(moving::contains);
    }

    /// A step: updates the parameters, and the running statistics from those that the executor has
    /// gathered.
    /// @param gradient of the sum of the losses; overwritten
    /// @param scale what it is to be multiplied by
    /// @param watched whether to measure the update of each parameter
    /// @return what was measured; empty unless watched
    List<ParameterFlow> step(float[] gradient, double scale, boolean watched, Executor executor) {
        rates.next(update.steps());
        List<ParameterFlow> flows = update.apply(gradient, scale, rate(), rates.momentum(), watched);
        executor.commitStatistics();
        return flows;
    }

    /// The flat array of all parameters; not a copy.
    float[] theta() {
        return theta;
    }

    /// What updates them.
    ParameterUpdate update() {
        return update;
    }

    Rates rates() {
        return rates;
    }

    /// The learning rate of the last step; before the first one of this run, of the next.
    double rate() {
        return rates.rate(update.steps());
    }

    /// The model with the parameters that training would give now: their average where one is kept. A
    /// copy.
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
