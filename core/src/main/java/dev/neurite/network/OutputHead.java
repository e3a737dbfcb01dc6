package dev.neurite.network;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Activation;
import dev.neurite.layer.Dense;
import dev.neurite.layer.Layers;
import dev.neurite.loss.BinaryCrossEntropy;
import dev.neurite.loss.CrossEntropy;
import dev.neurite.loss.Focal;
import dev.neurite.loss.Hinge;
import dev.neurite.loss.Huber;
import dev.neurite.loss.KullbackLeibler;
import dev.neurite.loss.LogCosh;
import dev.neurite.loss.Loss;
import dev.neurite.loss.MeanAbsoluteError;
import dev.neurite.loss.MeanSquaredError;
import dev.neurite.loss.MultiMargin;
import dev.neurite.loss.NegativeLogLikelihood;
import dev.neurite.loss.PoissonNegativeLogLikelihood;
import dev.neurite.loss.Quantile;
import dev.neurite.loss.SmoothL1;

/// The last layer of a network for a loss and the targets of a data set.
/// ```java
/// OutputHead head = OutputHead.of(crossEntropy(), train); // one output per class, softmax
/// Model model = Model.of(train.inputShape(), dense(16, RELU), head.layer());
/// ```
/// @param outputs the number of outputs
/// @param activation the activation of the last layer; the loss may fuse with it
/// @param scaled whether training on standardized targets helps, see
/// [dev.neurite.train.TargetScaler]
public record OutputHead(int outputs, Activation activation, boolean scaled) {
    /// The head for a loss and a data set.
    /// @throws ConfigException for a loss that does not take these targets
    public static OutputHead of(Loss loss, Dataset data) {
        return of(loss.toString(), loss, data);
    }

    /// The head for a loss and a data set.
    /// @param where the place that messages name
    /// @throws ConfigException for a loss that does not take these targets
    public static OutputHead of(String where, Loss loss, Dataset data) {
        int targets = data.targetsByOutput().size();
        if (targets != 1) throw misfit(where, "data with one target a row", Integer.toString(targets));
        return data.isLabeled()
                ? ofClasses(where, loss, data.classNames().size())
                : ofValues(where, loss, data.targetShape().size());
    }

    /// The layer: `dense(outputs, activation)`.
    public Dense layer() {
        return Layers.dense(outputs, activation);
    }

    private static OutputHead ofClasses(String where, Loss loss, int classes) {
        return switch (loss) {
            case CrossEntropy _, Focal _, MeanSquaredError _ -> new OutputHead(classes, Activation.SOFTMAX, false);
            case NegativeLogLikelihood _, KullbackLeibler _ -> new OutputHead(classes, Activation.LOG_SOFTMAX, false);
            case MultiMargin _ -> new OutputHead(classes, Activation.IDENTITY, false);
            case BinaryCrossEntropy _ when classes == 2 -> new OutputHead(1, Activation.SIGMOID, false);
            case Hinge _ when classes == 2 -> new OutputHead(1, Activation.IDENTITY, false);
            case BinaryCrossEntropy _, Hinge _ -> throw misfit(where, "data with 2 classes", classes + " classes");
            default -> throw misfit(where, "to be a loss of classes for this data, as cross-entropy is", "another");
        };
    }

    private static OutputHead ofValues(String where, Loss loss, int values) {
        return switch (loss) {
            case MeanSquaredError _, MeanAbsoluteError _, Huber _, SmoothL1 _, LogCosh _ -> linear(values);
            case Quantile(var quantiles) when quantiles.size() == 1 -> linear(values);
            case Quantile _ -> throw misfit(where, "one quantile for each target", "several");
            case PoissonNegativeLogLikelihood(boolean logInput)
            when !logInput -> new OutputHead(values, Activation.softplus(), false);
            case PoissonNegativeLogLikelihood _ ->
                throw misfit(where, "log-input=false, so that it predicts counts", "log-input=true");
            default ->
                throw new ConfigException(
                        where,
                        "expects data with a class for each row, got targets of " + values
                                + (values == 1 ? " number" : " numbers"),
                        "Take a loss of values, such as mse; or "
                                + (values == 1
                                        ? "train on classes: --task classify"
                                        : "store class numbers instead of one-hot rows"));
        };
    }

    private static OutputHead linear(int values) {
        return new OutputHead(values, Activation.IDENTITY, true);
    }

    private static ConfigException misfit(String where, String expected, String got) {
        return new ConfigException(where, "expects " + expected + ", got " + got);
    }
}
