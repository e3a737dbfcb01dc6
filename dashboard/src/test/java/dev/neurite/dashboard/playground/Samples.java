package dev.neurite.dashboard.playground;

import java.util.List;
import java.util.function.UnaryOperator;

/// Experiments that differ from others in a few settings.
final class Samples {
    private final Experiment of;

    private Samples(Experiment of) {
        this.of = of;
    }

    static Experiment with(Experiment base, UnaryOperator<Samples> change) {
        return change.apply(new Samples(base)).of;
    }

    private static Samples of(
            Experiment e,
            PlaygroundData data,
            double noise,
            double share,
            int batch,
            List<Feature> features,
            List<Integer> layers,
            HiddenActivation activation,
            ErrorMeasure loss) {
        return new Samples(new Experiment(
                data,
                noise,
                share,
                batch,
                e.shuffle(),
                e.seed(),
                features,
                layers,
                activation,
                loss,
                e.optimizer(),
                e.rate(),
                e.penalty(),
                e.strength(),
                e.dropout(),
                e.edits()));
    }

    private Samples trained(
            long seed, UpdateRule optimizer, double rate, Regularization penalty, double strength, double dropout) {
        return new Samples(new Experiment(
                of.data(),
                of.noise(),
                of.share(),
                of.batch(),
                of.shuffle(),
                seed,
                of.features(),
                of.layers(),
                of.activation(),
                of.loss(),
                optimizer,
                rate,
                penalty,
                strength,
                dropout,
                of.edits()));
    }

    Samples data(PlaygroundData other) {
        ErrorMeasure loss = other.classifies() || !of.loss().needsClasses() ? of.loss() : ErrorMeasure.SQUARED;
        return of(of, other, of.noise(), of.share(), of.batch(), of.features(), of.layers(), of.activation(), loss);
    }

    Samples noise(double other) {
        return of(of, of.data(), other, of.share(), of.batch(), of.features(), of.layers(), of.activation(), of.loss());
    }

    Samples share(double other) {
        return of(of, of.data(), of.noise(), other, of.batch(), of.features(), of.layers(), of.activation(), of.loss());
    }

    Samples batch(int other) {
        return of(of, of.data(), of.noise(), of.share(), other, of.features(), of.layers(), of.activation(), of.loss());
    }

    Samples features(List<Feature> other) {
        return of(of, of.data(), of.noise(), of.share(), of.batch(), other, of.layers(), of.activation(), of.loss());
    }

    Samples layers(List<Integer> other) {
        return of(of, of.data(), of.noise(), of.share(), of.batch(), of.features(), other, of.activation(), of.loss());
    }

    Samples activation(HiddenActivation other) {
        return of(of, of.data(), of.noise(), of.share(), of.batch(), of.features(), of.layers(), other, of.loss());
    }

    Samples loss(ErrorMeasure other) {
        return of(
                of, of.data(), of.noise(), of.share(), of.batch(), of.features(), of.layers(), of.activation(), other);
    }

    Samples seed(long other) {
        return trained(other, of.optimizer(), of.rate(), of.penalty(), of.strength(), of.dropout());
    }

    Samples optimizer(UpdateRule other) {
        return trained(of.seed(), other, of.rate(), of.penalty(), of.strength(), of.dropout());
    }

    Samples rate(double other) {
        return trained(of.seed(), of.optimizer(), other, of.penalty(), of.strength(), of.dropout());
    }

    Samples penalty(Regularization other) {
        return trained(of.seed(), of.optimizer(), of.rate(), other, of.strength(), of.dropout());
    }

    Samples strength(double other) {
        return trained(of.seed(), of.optimizer(), of.rate(), of.penalty(), other, of.dropout());
    }

    Samples dropout(double other) {
        return trained(of.seed(), of.optimizer(), of.rate(), of.penalty(), of.strength(), other);
    }
}
