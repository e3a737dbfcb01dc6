package dev.neurite.examples;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.globalAvgPool;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.layer.Layers.named;
import static dev.neurite.layer.Layers.reshape;
import static dev.neurite.layer.Layers.sequential;

import dev.neurite.data.Dataset;
import dev.neurite.datasets.Digits;
import dev.neurite.io.ModelFile;
import dev.neurite.io.PretrainedWeights;
import dev.neurite.model.Model;
import dev.neurite.network.ResNet;
import dev.neurite.train.ParameterGroup;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/// Transfer learning: a network starts from another one's weights.
public final class TransferLearning {
    private TransferLearning() {}

    /// A small network for images with named parts, body and head.
    static Model network(int classes) {
        return Model.of(
                features(64),
                reshape(1, 8, 8),
                named(
                        "body",
                        sequential(
                                conv2d(16, 3).withoutBias(),
                                batchNorm(RELU),
                                conv2d(32, 3).withoutBias(),
                                batchNorm(RELU))),
                globalAvgPool(),
                named("head", dense(classes)));
    }

    public static void main(String[] args) throws IOException {
        run(System.out);
    }

    static void run(PrintStream out) throws IOException {
        // region ready
        Model resnet = new ResNet(20).model(image(3, 32, 32), 10);
        out.println(resnet.parameters().size() + " parameters, from conv1.weight to fc.bias");
        // endregion

        Dataset digits = Digits.load().train();
        Run run = Trainer.of(network(10)).epochs(2).threads(1).fit(digits);
        Model pretrained = run.model();
        Path file = Files.createTempFile("digits", ".safetensors");
        ModelFile.save(run, file);

        // region transfer
        PretrainedWeights.Transfer transfer =
                PretrainedWeights.read(file).into(network(2)); //       what fits by name and shape
        out.println(transfer); //                                       … and what did not
        Model start = transfer.model();
        // endregion

        // region head
        Model other = pretrained.replace("head", dense(2)); //          all but the head stays as it is
        // endregion
        out.println("the same body: "
                + start.parameters()
                        .get("body.conv2d2.weight")
                        .equals(other.parameters().get("body.conv2d2.weight")));

        // region labels
        int[] parity = IntStream.range(0, digits.size())
                .map(row -> digits.label(row) % 2)
                .toArray();
        Dataset oddOrEven = Dataset.of(digits, parity, List.of("even", "odd")); // the same inputs
        // endregion

        // region freeze
        Model tuned = Trainer.of(start)
                .group(ParameterGroup.matching("body.*").frozenFor(1)) // first the head alone; frozen() is for always
                .epochs(3)
                .threads(1)
                .fit(oddOrEven)
                .model();
        // endregion
        out.println("trained on: " + tuned.network().outputs());
        Files.delete(file);
    }
}
