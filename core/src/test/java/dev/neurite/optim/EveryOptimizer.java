package dev.neurite.optim;

import static dev.neurite.optim.WeightDecay.coupled;
import static dev.neurite.optim.WeightDecay.decoupled;

import java.util.LinkedHashMap;
import java.util.Map;

/// Every rule with every option that changes its loop, by name: the names of
/// `scripts/golden/optimizers.py`, with its settings. A new rule is entered here, and in the script.
public final class EveryOptimizer {
    private EveryOptimizer() {}

    /// All of them.
    public static Map<String, Optimizer> byName() {
        Map<String, Optimizer> all = new LinkedHashMap<>();
        all.put("sgd", new Sgd(0.1));
        all.put("sgd-momentum", new Sgd(0.05).withMomentum(0.9));
        all.put("sgd-dampening", new Sgd(0.2).withMomentum(0.9).withDampening(0.5));
        all.put("sgd-nesterov", new Sgd(0.05).withMomentum(0.9).withNesterov());
        all.put("adam", new Adam(0.01));
        all.put("adam-amsgrad", new Adam(0.02).withBetas(0.8, 0.7).withAmsgrad());
        all.put("rmsprop", new RmsProp(0.01));
        all.put("rmsprop-momentum", new RmsProp(0.003).withRho(0.9).withMomentum(0.8));
        all.put("rmsprop-centered", new RmsProp(0.01).withRho(0.95).withCentered());
        all.put(
                "rmsprop-centered-momentum",
                new RmsProp(0.003).withMomentum(0.8).withCentered());
        all.put("nadam", new Nadam(0.01));
        all.put("nadam-keras", new Nadam(0.01).withBetas(0.8, 0.99).withMomentumDecay(1));
        all.put("radam", new Radam(0.02));
        all.put("radam-short", new Radam(0.02).withBetas(0.8, 0.6));
        all.put("adamax", new Adamax(0.01).withBetas(0.9, 0.95));
        all.put("adagrad", new Adagrad(0.05));
        all.put("adagrad-decay", new Adagrad(0.1).withRateDecay(0.1).withAccumulator(0.1));
        all.put("adadelta", new Adadelta(1));
        all.put("adadelta-rho", new Adadelta(5).withRho(0.95));
        all.put("rprop", new Rprop(0.01));
        all.put("rprop-factors", new Rprop(0.01).withFactors(0.4, 1.5).withSteps(0.008, 0.03));
        all.put("lion", new Lion(0.01));
        all.put("lion-betas", new Lion(0.01).withBetas(0.8, 0.95));
        Map<String, Optimizer> decayed = new LinkedHashMap<>();
        all.forEach((name, each) -> {
            if (name.contains("-")) return;
            decayed.put(name + " coupled", withDecay(each, coupled(0.01)));
            decayed.put(name + " decoupled", withDecay(each, decoupled(0.1)));
        });
        all.putAll(decayed);
        return all;
    }

    private static Optimizer withDecay(Optimizer optimizer, WeightDecay decay) {
        return switch (optimizer) {
            case Sgd each -> each.withDecay(decay);
            case Adam each -> each.withDecay(decay);
            case RmsProp each -> each.withDecay(decay);
            case Nadam each -> each.withDecay(decay);
            case Radam each -> each.withDecay(decay);
            case Adamax each -> each.withDecay(decay);
            case Adagrad each -> each.withDecay(decay);
            case Adadelta each -> each.withDecay(decay);
            case Rprop each -> each.withDecay(decay);
            case Lion each -> each.withDecay(decay);
            default -> throw new IllegalArgumentException(optimizer.toString());
        };
    }
}
