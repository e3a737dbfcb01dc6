package dev.neurite.peers;

import java.util.Arrays;
import java.util.ResourceBundle;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/// DL4J over ND4J's native backend.
final class Dl4j implements Peer {
    private Dl4j() {}

    /// See [Peer#main(Peer, String\[\])].
    public static void main(String[] arguments) {
        Peer.main(new Dl4j(), arguments);
    }

    @Override
    public String engine() {
        return "dl4j " + ResourceBundle.getBundle("versions").getString("dl4j"); // its jars do not tell
    }

    @Override
    public Net net(Case what) {
        return new Dl4jNet(what);
    }

    private static final class Dl4jNet implements Net {
        private final ComputationGraph network;
        private final INDArray inputs;
        private final DataSet batch;

        Dl4jNet(Case what) {
            network = new Layers(what).network();
            inputs = Nd4j.randn(
                    Arrays.stream(what.batch()).mapToLong(each -> each).toArray());
            INDArray labels = Nd4j.zeros(what.rows(), what.classes());
            for (int i = 0; i < what.rows(); i++) labels.putScalar(i, i * 7 % what.classes(), 1);
            batch = new DataSet(inputs, labels);
        }

        @Override
        public void step() {
            network.fit(batch);
        }

        @Override
        public void predict() {
            network.output(inputs);
        }

        @Override
        public void close() {
            network.close();
        }
    }

    /// A network in the making: each layer takes what the last one gives.
    private static final class Layers {
        private final Case what;
        private final GraphBuilder graph;
        private String last = "inputs";
        private int count;

        Layers(Case what) {
            this.what = what;
            int[] row = what.row();
            graph = new NeuralNetConfiguration.Builder()
                    .seed(1)
                    .weightInit(WeightInit.RELU)
                    .updater(what.adam() ? new Adam(1e-6) : new Nesterovs(1e-5, 0.9))
                    .graphBuilder()
                    .addInputs(last)
                    .setInputTypes(
                            what.isMlp()
                                    ? InputType.feedForward(row[0])
                                    : InputType.convolutional(row[1], row[2], row[0]));
        }

        ComputationGraph network() {
            if (what.isMlp()) mlp();
            else {
                switch (what.network()) {
                    case "lenet5" -> lenet5();
                    case "keras-cnn" -> kerasCnn();
                    case "vgg32" -> vgg32();
                    case "resnet20" -> resnet20();
                    default -> throw new IllegalArgumentException("no network " + what.network());
                }
            }
            add(new OutputLayer.Builder(LossFunction.MCXENT)
                    .activation(Activation.SOFTMAX)
                    .nOut(what.classes())
                    .build());
            var network = new ComputationGraph(graph.setOutputs(last).build());
            network.init();
            return network;
        }

        private void mlp() {
            int[] widths = what.widths();
            for (int i = 1; i < widths.length - 1; i++) dense(widths[i]);
        }

        private void lenet5() {
            convolution(6, 5, 1, 2, true);
            relu();
            maxPool();
            convolution(16, 5, 1, 0, true);
            relu();
            maxPool();
            dense(120);
            dense(84);
        }

        private void kerasCnn() {
            convolution(32, 3, 1, 0, true);
            relu();
            convolution(64, 3, 1, 0, true);
            relu();
            maxPool();
            add(new DropoutLayer.Builder(0.75).build()); // what is kept
            dense(128);
            add(new DropoutLayer.Builder(0.5).build());
        }

        private void vgg32() {
            for (int channels : new int[] {32, 64, 128}) {
                for (int i = 0; i < 2; i++) {
                    normed(channels, 3, 1);
                    relu();
                }
                maxPool();
            }
        }

        private void resnet20() {
            normed(16, 3, 1);
            relu();
            for (int channels : new int[] {16, 32, 64}) {
                for (int i = 0; i < 3; i++) residual(channels, i == 0 && channels > 16 ? 2 : 1);
            }
            add(new GlobalPoolingLayer.Builder(PoolingType.AVG).build());
        }

        private void residual(int channels, int stride) {
            String before = last;
            normed(channels, 3, stride);
            relu();
            normed(channels, 3, 1);
            String body = last;
            last = before;
            if (stride > 1) normed(channels, 1, stride);
            String around = last;
            last = "sum" + ++count;
            graph.addVertex(last, new ElementWiseVertex(ElementWiseVertex.Op.Add), body, around);
            relu();
        }

        private void normed(int channels, int kernel, int stride) {
            convolution(channels, kernel, stride, kernel / 2, false);
            add(new BatchNormalization.Builder().build());
        }

        private void convolution(int channels, int kernel, int stride, int padding, boolean bias) {
            add(new ConvolutionLayer.Builder(kernel, kernel)
                    .nOut(channels)
                    .stride(stride, stride)
                    .padding(padding, padding)
                    .hasBias(bias)
                    .activation(Activation.IDENTITY)
                    .build());
        }

        private void relu() {
            add(new ActivationLayer.Builder().activation(Activation.RELU).build());
        }

        private void maxPool() {
            add(new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                    .kernelSize(2, 2)
                    .stride(2, 2)
                    .build());
        }

        private void dense(int units) {
            add(new DenseLayer.Builder().nOut(units).activation(Activation.RELU).build());
        }

        private void add(Layer layer) {
            String name = "layer" + ++count;
            graph.addLayer(name, layer, last);
            last = name;
        }
    }
}
