package dev.neurite.cli.network;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.io.Catalog;
import dev.neurite.kernel.Activation;
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

/// How a network ends, which follows from the loss and the data's answers.
/// @param outputs how many
/// @param activation after the last layer
/// @param scaled whether answers are brought to mean 0 and deviation 1 for training
public record OutputHead(int outputs, Activation activation, boolean scaled) {
    /// The option that says the loss.
    public static final String LOSS_OPTION = "--loss";

    /// The end for a loss of this data.
    /// @throws ConfigException for a loss of another kind of answers
    public static OutputHead of(Loss loss, Dataset data) {
        return data.isLabeled()
                ? ofClasses(loss, data.classNames().size())
                : ofValues(loss, data.targetShape().size());
    }

    private static OutputHead ofClasses(Loss loss, int classes) {
        return switch (loss) {
            case CrossEntropy _, Focal _, MeanSquaredError _ -> new OutputHead(classes, Activation.SOFTMAX, false);
            case NegativeLogLikelihood _, KullbackLeibler _ -> new OutputHead(classes, Activation.LOG_SOFTMAX, false);
            case MultiMargin _ -> new OutputHead(classes, Activation.IDENTITY, false);
            case BinaryCrossEntropy _ when classes == 2 -> new OutputHead(1, Activation.SIGMOID, false);
            case Hinge _ when classes == 2 -> new OutputHead(1, Activation.IDENTITY, false);
            case BinaryCrossEntropy _, Hinge _ -> throw misfit(loss, "data with 2 classes", classes + " classes");
            default -> throw misfit(loss, "to be a loss of classes for this data, as cross-entropy is", "another");
        };
    }

    private static OutputHead ofValues(Loss loss, int values) {
        return switch (loss) {
            case MeanSquaredError _, MeanAbsoluteError _, Huber _, SmoothL1 _, LogCosh _ -> linear(values);
            case Quantile(var quantiles) when quantiles.size() == 1 -> linear(values);
            case Quantile _ -> throw misfit(loss, "one quantile for each answer", "several");
            case PoissonNegativeLogLikelihood(boolean logInput)
            when !logInput -> new OutputHead(values, Activation.softplus(), false);
            case PoissonNegativeLogLikelihood _ ->
                throw misfit(loss, "log-input=false, so that it predicts counts", "log-input=true");
            default ->
                throw new ConfigException(
                        LOSS_OPTION + " " + Catalog.standard().brief(loss),
                        "expects data with a class for each row, got answers of " + values
                                + (values == 1 ? " number" : " numbers"),
                        "Take a loss of values, such as mse; or store class numbers instead of one-hot rows");
        };
    }

    private static OutputHead linear(int values) {
        return new OutputHead(values, Activation.IDENTITY, true);
    }

    private static ConfigException misfit(Loss loss, String expected, String got) {
        return new ConfigException(
                LOSS_OPTION + " " + Catalog.standard().brief(loss), "expects " + expected + ", got " + got);
    }
}
