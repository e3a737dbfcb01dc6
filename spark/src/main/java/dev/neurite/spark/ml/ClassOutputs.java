package dev.neurite.spark.ml;

import dev.neurite.error.ConfigException;
import dev.neurite.io.Catalog;
import dev.neurite.io.ModelFile;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Sigmoid;
import dev.neurite.kernel.Activation.Softmax;
import dev.neurite.kernel.Kernels;
import dev.neurite.loss.Loss;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.signature.Output;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;

/// How a network's outputs become what Spark ML calls raw predictions, probabilities and predictions of classes.
///
/// Raw predictions are the logits, the values before the softmax or sigmoid. A network with one output, the
/// logit z of the second of two classes, has the raw predictions −z and z.
/// @param logits the model without its last softmax or sigmoid
/// @param end turns logits into probabilities
/// @param outputs the number of outputs
record ClassOutputs(Model logits, Activation end, int outputs) {
    /// The note of a model file that has its loss.
    static final String LOSS = "loss";

    static ClassOutputs of(ModelFile file) {
        Model model = file.model();
        Activation last = model.outputActivation();
        boolean probable = last instanceof Softmax || last instanceof Sigmoid;
        Graph graph = probable ? model.graph().withoutOutputActivation(0) : model.graph();
        Model logits =
                Model.of(model.network().inputs(), graph, model.parameters()).withStatistics(model.statistics());
        return new ClassOutputs(
                logits,
                probable ? last : toProbabilities(file),
                model.network().outputs().getFirst().size());
    }

    /// What makes probabilities of outputs, by what the file says they are, or else by its loss.
    private static Activation toProbabilities(ModelFile file) {
        if (file.signature().output() instanceof Output.Classes classes) {
            return switch (classes.meaning()) {
                case LOGITS -> Activation.SOFTMAX;
                case SIGMOID_LOGITS -> Activation.SIGMOID;
                case PROBABILITIES, SCORES -> Activation.IDENTITY;
            };
        }
        String loss = file.notes().getOrDefault(LOSS, "cross-entropy");
        return Catalog.standard().read(LOSS, Loss.class, loss).toProbabilities();
    }

    /// @throws ConfigException for outputs that are no probabilities, or not one for each class
    ClassOutputs checked(int classes) {
        if (end instanceof Activation.Identity) {
            throw new ConfigException(
                    "loss", "expects one whose outputs become probabilities, such as cross-entropy, got scores");
        }
        Shape shape = logits.network().outputs().getFirst();
        if (shape.rank() != 1 || classes() != classes) {
            throw new ConfigException("network", "expects an output for each of " + classes + " classes, got " + shape);
        }
        return this;
    }

    int classes() {
        return Math.max(2, outputs);
    }

    // ------------------------------------------------------------------------------------------------------- values

    Tensor logits(Tensor rows, Kernels kernels) {
        return logits.predict(rows, kernels);
    }

    /// The probabilities of logits, or of one output that of the second class.
    Tensor probabilities(Tensor z, Kernels kernels) {
        Tensor y = Tensor.zeros(z.shape());
        Model.activate(kernels, end, z, y);
        return y;
    }

    /// The raw predictions of a row of logits.
    /// @param at where the row begins
    double[] raw(float[] z, int at) {
        return outputs == 1 ? new double[] {-z[at], z[at]} : doubles(z, at);
    }

    /// @param at where the row begins
    double[] probability(float[] y, int at) {
        return outputs == 1 ? new double[] {1 - y[at], y[at]} : doubles(y, at);
    }

    private double[] doubles(float[] values, int at) {
        double[] row = new double[outputs];
        for (int i = 0; i < outputs; i++) row[i] = values[at + i];
        return row;
    }

    /// The probabilities of raw predictions, in their place.
    Vector probabilityInPlace(Vector raw, Kernels kernels) {
        double[] values = ((DenseVector) raw).values();
        float[] z = new float[outputs];
        for (int i = 0; i < outputs; i++) z[i] = (float) values[values.length - outputs + i];
        Tensor y = probabilities(Tensor.view(Shape.of(1, outputs), z, 0), kernels);
        System.arraycopy(probability(y.toArray(), 0), 0, values, 0, values.length);
        return raw;
    }

    /// The predicted class: the most probable one, or the one whose probability is the largest multiple of its
    /// threshold, as in MLlib. Of equal ones the first.
    /// @param thresholds of each class; empty for none
    static double prediction(double[] probability, List<Double> thresholds) {
        if (thresholds.isEmpty()) return Vectors.dense(probability).argmax();
        double[] scaled = new double[probability.length];
        for (int i = 0; i < scaled.length; i++) {
            double threshold = thresholds.get(i);
            scaled[i] = threshold == 0 ? Double.POSITIVE_INFINITY : probability[i] / threshold;
        }
        return Vectors.dense(scaled).argmax();
    }
}
