package dev.neurite.peers;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/// DJL over libtorch.
final class Djl implements Peer {
    private Djl() {}

    /// See [Peer#main(Peer, String\[\])].
    public static void main(String[] arguments) {
        Peer.main(new Djl(), arguments);
    }

    @Override
    public String engine() {
        return "djl " + Engine.getDjlVersion() + " libtorch "
                + Engine.getInstance().getVersion();
    }

    @Override
    public Net net(Case what) {
        return new DjlNet(what);
    }

    private static final class DjlNet implements Net {
        private final Model model = Model.newInstance("peer", Device.cpu());
        private final Trainer trainer;
        private final Predictor<NDList, NDList> predictor;
        private final NDManager manager;
        private final NDArray inputs;
        private final NDArray labels;

        DjlNet(Case what) {
            model.setBlock(block(what));
            Optimizer optimizer = what.adam()
                    ? Optimizer.adam()
                            .optLearningRateTracker(Tracker.fixed(1e-6f))
                            .build()
                    : Optimizer.sgd()
                            .setLearningRateTracker(Tracker.fixed(1e-5f))
                            .optMomentum(0.9f)
                            .build();
            trainer = model.newTrainer(new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                    .optOptimizer(optimizer)
                    .optDevices(new Device[] {Device.cpu()}));
            Shape batch = new Shape(
                    Arrays.stream(what.batch()).mapToLong(each -> each).toArray());
            trainer.initialize(batch);
            predictor = model.newPredictor(new NoopTranslator());
            manager = trainer.getManager();
            inputs = manager.randomNormal(batch);
            labels = manager.randomUniform(0, what.classes(), new Shape(what.rows()))
                    .floor()
                    .toType(DataType.FLOAT32, false);
        }

        // Results belong to the manager of the arrays they come from: one of their own for each step gives them back.
        @Override
        public void step() {
            try (NDManager own = manager.newSubManager()) {
                own.tempAttachAll(inputs, labels);
                NDList batch = new NDList(inputs);
                NDList targets = new NDList(labels);
                try (GradientCollector gradients = trainer.newGradientCollector()) {
                    gradients.backward(trainer.getLoss().evaluate(targets, trainer.forward(batch, targets)));
                }
                trainer.step();
            }
        }

        @Override
        public void predict() {
            try (NDManager own = manager.newSubManager()) {
                own.tempAttachAll(inputs);
                predictor.predict(new NDList(inputs));
            } catch (TranslateException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            predictor.close();
            trainer.close();
            model.close();
        }
    }

    private static Block block(Case what) {
        if (what.isMlp()) return mlp(what.widths());
        return switch (what.network()) {
            case "lenet5" -> lenet5();
            case "keras-cnn" -> kerasCnn();
            case "vgg32" -> vgg32();
            case "resnet20" -> resnet20();
            default -> throw new IllegalArgumentException("no network " + what.network());
        };
    }

    private static Block mlp(int[] widths) {
        var layers = new SequentialBlock();
        for (int i = 1; i < widths.length; i++) {
            layers.add(linear(widths[i]));
            if (i < widths.length - 1) layers.add(Activation::relu);
        }
        return layers;
    }

    private static Block lenet5() {
        return new SequentialBlock()
                .add(convolution(6, 5, 1, 2, true))
                .add(Activation::relu)
                .add(maxPool())
                .add(convolution(16, 5, 1, 0, true))
                .add(Activation::relu)
                .add(maxPool())
                .add(Blocks.batchFlattenBlock())
                .add(linear(120))
                .add(Activation::relu)
                .add(linear(84))
                .add(Activation::relu)
                .add(linear(10));
    }

    private static Block kerasCnn() {
        return new SequentialBlock()
                .add(convolution(32, 3, 1, 0, true))
                .add(Activation::relu)
                .add(convolution(64, 3, 1, 0, true))
                .add(Activation::relu)
                .add(maxPool())
                .add(Dropout.builder().optRate(0.25f).build())
                .add(Blocks.batchFlattenBlock())
                .add(linear(128))
                .add(Activation::relu)
                .add(Dropout.builder().optRate(0.5f).build())
                .add(linear(10));
    }

    private static Block vgg32() {
        var layers = new SequentialBlock();
        for (int channels : new int[] {32, 64, 128}) {
            for (int i = 0; i < 2; i++) normed(layers, channels, 3, 1).add(Activation::relu);
            layers.add(maxPool());
        }
        return layers.add(Blocks.batchFlattenBlock()).add(linear(10));
    }

    private static Block resnet20() {
        SequentialBlock layers = normed(new SequentialBlock(), 16, 3, 1).add(Activation::relu);
        for (int channels : new int[] {16, 32, 64}) {
            for (int i = 0; i < 3; i++) residual(layers, channels, i == 0 && channels > 16 ? 2 : 1);
        }
        return layers.add(Pool.globalAvgPool2dBlock())
                .add(Blocks.batchFlattenBlock())
                .add(linear(10));
    }

    private static void residual(SequentialBlock layers, int channels, int stride) {
        SequentialBlock body =
                normed(new SequentialBlock(), channels, 3, stride).add(Activation::relu);
        normed(body, channels, 3, 1);
        Block around = stride == 1 ? Blocks.identityBlock() : normed(new SequentialBlock(), channels, 1, stride);
        Function<List<NDList>, NDList> sum = both ->
                new NDList(both.get(0).singletonOrThrow().add(both.get(1).singletonOrThrow()));
        layers.add(new ParallelBlock(sum, List.of(body, around))).add(Activation::relu);
    }

    private static SequentialBlock normed(SequentialBlock layers, int channels, int kernel, int stride) {
        return layers.add(convolution(channels, kernel, stride, kernel / 2, false))
                .add(BatchNorm.builder().build());
    }

    private static Block convolution(int channels, int kernel, int stride, int padding, boolean bias) {
        return Conv2d.builder()
                .setFilters(channels)
                .setKernelShape(new Shape(kernel, kernel))
                .optStride(new Shape(stride, stride))
                .optPadding(new Shape(padding, padding))
                .optBias(bias)
                .build();
    }

    private static Block maxPool() {
        return Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2));
    }

    private static Block linear(int units) {
        return Linear.builder().setUnits(units).build();
    }
}
