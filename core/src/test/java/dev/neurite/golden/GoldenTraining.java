package dev.neurite.golden;

import static dev.neurite.layer.Layers.bidirectional;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.embedding;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.globalAvgPool;
import static dev.neurite.layer.Layers.gru;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.layer.Layers.lstm;
import static dev.neurite.layer.Layers.meanOfPositions;
import static dev.neurite.layer.Layers.selfAttention;
import static dev.neurite.layer.Layers.sinusoidalPositions;
import static dev.neurite.layer.Layers.transformerBlock;

import dev.neurite.data.Dataset;
import dev.neurite.data.Sequences;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.model.Model;
import dev.neurite.optim.Adam;
import dev.neurite.optim.Averaging;
import dev.neurite.optim.Clip;
import dev.neurite.optim.Constraint;
import dev.neurite.optim.Penalty;
import dev.neurite.optim.Sgd;
import dev.neurite.optim.WeightDecay;
import dev.neurite.tensor.Shape;
import dev.neurite.train.ParameterGroup;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/// Small trainings whose parameters are the same bits on every JVM; the hashes below are numerics versions 1 to
/// 5, but for PLANES and SEQUENCES, which are 5: the second differs in losses but not in the gradients of
/// softmax and cross-entropy, the others in convolutions.
///
/// Run on its own it prints the hashes of the tiny net, that of the net of convolutions if it is asked for, and which
/// kernels computed them.
public final class GoldenTraining {
    /// SHA-256 of the tiny net's parameters.
    static final String TINY = "7aa0f9480940830d8da1443a1a88282f15d90d0bb47ee3352034aa26c435d54b";

    /// SHA-256 of the parameters of a net that is large enough for threads and blocks.
    static final String WIDE = "dda4ef2ef0e0f06df42b5899d143fbd796909de5c91fe0d7fbeb4c2f68f5fb18";

    /// SHA-256 of the parameters, and of their mean, of the tiny net trained with everything that an update may do.
    static final String UPDATES = "9f99b1d561c85e74fa4025193a45b65eed835006f1f7a30d6ea43e5c88c87f70";

    /// SHA-256 of the parameters of a net of convolutions, one of which is computed by tiles.
    static final String PLANES = "a7a58d4d5f7622470533d897ce104a6e46bb85bcec66aa4c2c3ab4c97d436d02";

    /// SHA-256 of the parameters of a net of recurrent layers in both directions and of attention, for sequences of
    /// different lengths.
    static final String SEQUENCES = "3d785c9962e56bf1c07537b0e6b04a9028770214a7513df9c1a53b70ab0da7e9";

    private GoldenTraining() {}

    /// Prints one line.
    /// @param arguments `planes` for the net of convolutions too, which takes minutes where nothing is compiled
    public static void main(String[] arguments) {
        String hashes = tiny(2) + " " + updates(2) + (arguments.length == 0 ? "" : " " + planes(2));
        System.out.println(hashes + " " + Kernels.shared().engineName());
    }

    static String tiny(int threads) {
        return hash(trained(tinyNet(), data(40, 6), 16, 3, threads));
    }

    private static Model tinyNet() {
        return Model.of(
                features(6),
                dense(9, Activation.TANH),
                dense(17, Activation.RELU),
                dense(7, Activation.SIGMOID),
                dense(3, Activation.SOFTMAX));
    }

    /// Groups with rates, decays, penalties, bounds and epochs of their own, clipping, accumulated batches cut into
    /// shards, means: twice, with what excludes each other.
    static String updates(int threads) {
        Dataset data = data(40, 6);
        Trainer trainer = Trainer.of(tinyNet())
                .batchSize(5)
                .accumulate(3)
                .shards(2)
                .epochs(3)
                .threads(threads)
                .group(ParameterGroup.withoutDecay().withRate(2))
                .group(ParameterGroup.matching("dense1.*").frozenFor(1))
                .group(ParameterGroup.matching("dense4.*").frozenAfter(2))
                .group(ParameterGroup.matching("dense2.weight").withPenalty(Penalty.elasticNet(1e-3, 1e-2)))
                .group(ParameterGroup.matching("dense3.*").withConstraint(Constraint.maxNorm(0.7)));
        Run first = trainer.optimizer(new Sgd(0.1).withMomentum(0.9).withDecay(WeightDecay.coupled(0.01)))
                .clip(Clip.globalNorm(0.2))
                .average(Averaging.ema(0.8))
                .fit(data);
        Run second = trainer.optimizer(new Adam(0.01).withDecay(WeightDecay.decoupled(0.1)))
                .clip(Clip.value(0.05))
                .average(Averaging.swa(2))
                .fit(data);
        Run third = trainer.clip(Clip.norm(0.1)).fit(data);
        return hash(first.model(), first.last(), second.model(), second.last(), third.last());
    }

    static String wide(int threads) {
        Model model = Model.of(
                features(300),
                dense(197, Activation.TANH),
                dense(101, Activation.RELU),
                dense(64, Activation.SIGMOID),
                dense(3, Activation.SOFTMAX));
        return hash(trained(model, data(150, 300), 128, 2, threads));
    }

    static String planes(int threads) {
        Model model = Model.of(
                image(2, 9, 7),
                conv2d(32, 3, Activation.RELU).withPadding(1),
                conv2d(32, 3, Activation.RELU).withPadding(1),
                conv2d(33, 3, Activation.RELU),
                conv2d(5, 3).withStride(2),
                globalAvgPool(),
                dense(3, Activation.SOFTMAX));
        return hash(trained(model, data(20, 126).withInputShape(Shape.of(2, 9, 7)), 8, 2, threads));
    }

    static String sequences(int threads) {
        var random = new KeyedRandom(9);
        int[][] ids = new int[24][];
        int[] labels = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = new int[1 + random.below(21)];
            for (int t = 0; t < ids[i].length; t++) ids[i][t] = random.below(13);
            labels[i] = ids[i][0] % 3;
        }
        Model model = Model.of(
                Shape.of(Shape.OPEN),
                embedding(13, 20),
                bidirectional(lstm(9)).withSequences(),
                gru(16).withSequences(),
                sinusoidalPositions(),
                transformerBlock(selfAttention(4).withDropout(0.1), 33)
                        .withActivation(Activation.GELU)
                        .withDropout(0.1),
                meanOfPositions(),
                dense(3, Activation.SOFTMAX));
        return hash(trained(model, Dataset.of(Sequences.ofTokens(ids), labels, List.of("a", "b", "c")), 8, 2, threads));
    }

    /// First with momentum, then with Adam.
    private static Model trained(Model model, Dataset data, int batchSize, int epochs, int threads) {
        Trainer first = Trainer.of(model).batchSize(batchSize).epochs(epochs).threads(threads);
        Model half = first.optimizer(new Sgd(0.1).withMomentum(0.9)).fit(data).model();
        Trainer second = Trainer.of(half).batchSize(batchSize).epochs(epochs).threads(threads);
        return second.optimizer(new Adam(0.01).withDecay(WeightDecay.coupled(1e-4)))
                .seed(1)
                .fit(data)
                .model();
    }

    private static Dataset data(int rows, int features) {
        var random = new KeyedRandom(rows, features);
        float[][] inputs = new float[rows][features];
        int[] labels = new int[rows];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < features; j++) inputs[i][j] = (float) (2 * random.nextDouble() - 1);
            labels[i] = random.below(3);
        }
        return Dataset.of(inputs, labels);
    }

    private static String hash(Model... models) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Model model : models) {
                float[] values = model.parameters().toArray();
                ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(values);
                digest.update(bytes.array());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
