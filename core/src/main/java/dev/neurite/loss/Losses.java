package dev.neurite.loss;

import dev.neurite.tensor.Tensor;
import java.util.Arrays;

/// Short names for losses, for static imports.
///
/// <!-- Snippets#losses -->
/// ```java
/// Criterion classes = crossEntropy().withSmoothing(0.1);
/// Criterion values = huber(1);
/// Criterion both = joint(crossEntropy(), weighted(0.5, meanSquaredError()));
/// ```
public final class Losses {
    private Losses() {}

    // ------------------------------------------------------------------------------------------------- of classes

    /// Cross-entropy of class probabilities, see [CrossEntropy].
    public static CrossEntropy crossEntropy() {
        return new CrossEntropy();
    }

    /// Binary cross-entropy of each output, see [BinaryCrossEntropy].
    public static BinaryCrossEntropy binaryCrossEntropy() {
        return new BinaryCrossEntropy();
    }

    /// Negative log likelihood of log-probabilities, see [NegativeLogLikelihood].
    public static NegativeLogLikelihood negativeLogLikelihood() {
        return new NegativeLogLikelihood();
    }

    /// Focal loss with the paper's γ = 2, see [Focal].
    public static Focal focal() {
        return focal(2);
    }

    /// Focal loss, see [Focal].
    /// @param gamma γ, at least 0
    public static Focal focal(double gamma) {
        return new Focal(gamma, Tensor.EMPTY);
    }

    /// Kullback-Leibler divergence from probabilities, see [KullbackLeibler].
    public static KullbackLeibler kullbackLeibler() {
        return new KullbackLeibler();
    }

    /// Hinge loss, see [Hinge].
    public static Hinge hinge() {
        return new Hinge(false);
    }

    /// Squared hinge loss, see [Hinge].
    public static Hinge squaredHinge() {
        return new Hinge(true);
    }

    /// Hinge loss of many classes with power 1 and margin 1, PyTorch's defaults, see [MultiMargin].
    public static MultiMargin multiMargin() {
        return new MultiMargin(1, 1);
    }

    /// Hinge loss of many classes, see [MultiMargin].
    /// @param power 1 or 2
    /// @param margin above 0
    public static MultiMargin multiMargin(int power, double margin) {
        return new MultiMargin(power, margin);
    }

    // ------------------------------------------------------------------------------------------------- of numbers

    /// Mean squared error, see [MeanSquaredError].
    public static MeanSquaredError meanSquaredError() {
        return new MeanSquaredError();
    }

    /// Mean absolute error, see [MeanAbsoluteError].
    public static MeanAbsoluteError meanAbsoluteError() {
        return new MeanAbsoluteError();
    }

    /// Huber's loss with delta 1, PyTorch's and Keras's default, see [Huber].
    public static Huber huber() {
        return new Huber(1);
    }

    /// Huber's loss, see [Huber].
    /// @param delta above 0
    public static Huber huber(double delta) {
        return new Huber(delta);
    }

    /// Smooth L1 with beta 1, PyTorch's default, see [SmoothL1].
    public static SmoothL1 smoothL1() {
        return new SmoothL1(1);
    }

    /// Smooth L1, see [SmoothL1].
    /// @param beta above 0
    public static SmoothL1 smoothL1(double beta) {
        return new SmoothL1(beta);
    }

    /// The logarithm of the error's cosh, see [LogCosh].
    public static LogCosh logCosh() {
        return new LogCosh();
    }

    /// Quantile loss, see [Quantile].
    /// @param quantiles each above 0 and below 1
    public static Quantile quantile(double... quantiles) {
        return new Quantile(Arrays.stream(quantiles).boxed().toList());
    }

    /// Negative log likelihood of Poisson counts for outputs that are log rates, PyTorch's default; see
    /// [PoissonNegativeLogLikelihood].
    public static PoissonNegativeLogLikelihood poisson() {
        return new PoissonNegativeLogLikelihood(true);
    }

    /// Negative log likelihood of Poisson counts for outputs that are rates, see
    /// [PoissonNegativeLogLikelihood].
    public static PoissonNegativeLogLikelihood poissonOfRates() {
        return new PoissonNegativeLogLikelihood(false);
    }

    // ---------------------------------------------------------------------------------------------- of directions

    /// 1 − cos of output and target, see [CosineDistance].
    public static CosineDistance cosineDistance() {
        return new CosineDistance();
    }

    /// Triplet margin loss with margin 1, PyTorch's default, see [TripletMargin].
    public static TripletMargin tripletMargin() {
        return new TripletMargin(1);
    }

    /// Triplet margin loss, see [TripletMargin].
    /// @param margin above 0
    public static TripletMargin tripletMargin(double margin) {
        return new TripletMargin(margin);
    }

    /// Hinge embedding loss with margin 1, PyTorch's default, see [HingeEmbedding].
    public static HingeEmbedding hingeEmbedding() {
        return new HingeEmbedding(1);
    }

    /// Hinge embedding loss, see [HingeEmbedding].
    /// @param margin above 0
    public static HingeEmbedding hingeEmbedding(double margin) {
        return new HingeEmbedding(margin);
    }

    /// Contrastive loss with margin 1, see [Contrastive].
    public static Contrastive contrastive() {
        return new Contrastive(1);
    }

    /// Contrastive loss, see [Contrastive].
    /// @param margin above 0
    public static Contrastive contrastive(double margin) {
        return new Contrastive(margin);
    }

    // ------------------------------------------------------------------------------------------ of several outputs

    /// A loss with a factor, for [#joint].
    /// @param factor at least 0
    public static Weighted weighted(double factor, Loss loss) {
        return new Weighted(factor, loss);
    }

    /// The sum of one loss for each output: `joint(crossEntropy(), weighted(0.3, meanSquaredError()))`.
    /// @param losses one for each output of the network, in order
    public static Joint joint(Criterion... losses) {
        return new Joint(
                Arrays.stream(losses).flatMap(each -> each.losses().stream()).toList());
    }
}
