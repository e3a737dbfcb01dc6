package dev.neurite.cli;

import dev.neurite.data.Dataset;
import dev.neurite.data.Split;
import dev.neurite.data.Statistics;
import dev.neurite.kernel.Activation;
import dev.neurite.layer.Layers;
import dev.neurite.layer.Standardize;
import dev.neurite.loss.Loss;
import dev.neurite.loss.Losses;
import dev.neurite.model.Model;
import dev.neurite.model.Node;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A network that fits a data set, and what to train it with.
/// @param model with its initial parameters
/// @param loss what to make small
/// @param data what to learn from and to test with
/// @param scale how the answers in `data` were scaled; empty where they are classes
record Task(Model model, Loss loss, Split data, Optional<TargetScale> scale) {
    /// Builds the network: images are flattened, features standardized with the figures of the training
    /// part; then the hidden layers, and an output a class (softmax, cross-entropy) or an output an
    /// answer (linear, squared error).
    /// @throws dev.neurite.error.NeuriteException if layers do not fit
    static Task of(Settings settings, Split data) {
        Dataset train = data.train();
        Shape input = train.inputShape();
        List<Node> layers = new ArrayList<>();
        if (input.rank() > 1) {
            layers.add(Layers.flatten());
        } else {
            Statistics statistics = Statistics.of(train);
            layers.add(new Standardize(statistics.means(), statistics.factors()));
        }
        for (int units : settings.layers()) {
            layers.add(Layers.dense(units, settings.activation().function()));
        }
        if (train.isLabeled()) {
            layers.add(Layers.dense(train.classNames().size(), Activation.SOFTMAX));
            return new Task(model(input, layers, settings), Losses.crossEntropy(), data, Optional.empty());
        }
        layers.add(Layers.dense(train.targetShape().size()));
        TargetScale scale = TargetScale.of(train);
        Split scaled = new Split(scale.apply(train), scale.apply(data.test()));
        return new Task(model(input, layers, settings), Losses.meanSquaredError(), scaled, Optional.of(scale));
    }

    private static Model model(Shape input, List<Node> layers, Settings settings) {
        return Model.of(input, layers.toArray(Node[]::new)).initialize(settings.seed());
    }

    /// The trained model, giving answers in the units of the data.
    Model finished(Model trained) {
        return scale.map(each -> each.undo(trained)).orElse(trained);
    }
}
