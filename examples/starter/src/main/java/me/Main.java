package me;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.optim.Optimizers.adam;

import dev.neurite.data.DataSplit;
import dev.neurite.datasets.Iris;
import dev.neurite.model.Model;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;

public final class Main {
    private Main() {}

    public static void main(String[] args) {
        DataSplit iris = Iris.load();
        Model model = Model.of(features(4), dense(16, RELU), dense(3, SOFTMAX));
        Run run = Trainer.of(model).optimizer(adam(0.01)).epochs(50).fit(iris.train(), iris.test());
        System.out.println("accuracy " + run.accuracy());
    }
}
