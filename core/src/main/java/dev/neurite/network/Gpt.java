package dev.neurite.network;

import static dev.neurite.layer.Layers.layerNorm;
import static dev.neurite.layer.Layers.named;
import static dev.neurite.layer.Layers.selfAttention;
import static dev.neurite.layer.Layers.transformerBlock;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.layer.Activate;
import dev.neurite.layer.Dropout;
import dev.neurite.layer.Embedding;
import dev.neurite.layer.Initializers;
import dev.neurite.layer.PositionEmbedding;
import dev.neurite.layer.SelfAttention;
import dev.neurite.layer.TiedOutput;
import dev.neurite.layer.TransformerBlock;
import dev.neurite.model.Graph;
import dev.neurite.model.Initializer;
import dev.neurite.model.Model;
import dev.neurite.model.Node;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/// GPT-2, a model of language: for each position of a text the scores of the token that comes next. Radford
/// et al. 2019, "Language models are unsupervised multitask learners".
///
/// ```
/// ids ── wte + wpe ── h.0 ── h.1 ── … ── ln_f ── wteᵀ ── scores
/// ```
///
/// | settings | parameters with GPT-2's vocabulary of 50,257 |
/// |---|---|
/// | 12 layers, 12 heads, width 768, 1024 positions: GPT-2 | 124,439,808 |
/// | 24, 16, 1024, 1024: GPT-2 medium | 354,823,168 |
///
/// Blocks have their norms first, causal attention, and GELU in GPT-2's approximation between; the output
/// shares the weights of the embedding. Weights begin normal with deviation 0.02, those after which a block
/// adds to its input with 0.02 / √(2·layers). `dev.neurite.io.PretrainedWeights.gpt2()` gives GPT-2's weights
/// the names of this network.
/// @param layers the number of blocks, at least 1
/// @param heads of each attention, a divisor of the width
/// @param width the features of a position, at most 32,768
/// @param positions the longest text, in tokens
/// @param dropout of embeddings, attention and what blocks add, while training; GPT-2 has 0.1, which is the
/// default
public record Gpt(int layers, int heads, int width, int positions, double dropout) implements Architecture {
    private static final Initializer WEIGHTS = Initializers.normal(0, 0.02);
    private static final int MOST_WIDTH = 1 << 15; // of weights [4·width × width] that an array holds

    /// GPT-2 with 12 layers.
    public Gpt() {
        this(12, 12, 768, 1024, 0.1);
    }

    /// @throws ConfigException for numbers that are too small, a width that is too large, or heads that do not divide
    /// it
    public Gpt {
        if (layers < 1 || heads < 1 || width < 1 || width > MOST_WIDTH || width % heads != 0 || positions < 1) {
            throw new ConfigException(
                    "gpt",
                    "expects at least 1 layer and position, and heads that divide a width up to " + MOST_WIDTH
                            + ", got " + layers + " layers, " + heads + " heads, width " + width + ", " + positions
                            + " positions");
        }
    }

    /// A model for texts of any length up to the positions; it returns scores, with parameters initialized
    /// with seed 0.
    /// @param vocabulary the number of tokens
    public Model model(int vocabulary) {
        return model(Shape.of(Shape.OPEN), vocabulary);
    }

    /// The network.
    /// @param input the shape of a row: ids of tokens, `[time]`, mostly with an open axis
    /// @param outputs the size of the vocabulary
    /// @param end the activation of the scores
    /// @throws ShapeException for another input
    @Override
    public Graph graph(Shape input, int outputs, Activation end) {
        if (input.rank() != 1) throw new ShapeException("gpt", "expects rows of ids of tokens [time], got " + input);
        List<Node> network = new ArrayList<>();
        network.add(named("wte", new Embedding(outputs, width, Embedding.NO_PADDING, WEIGHTS)));
        network.add(named("wpe", new PositionEmbedding(positions, WEIGHTS)));
        if (dropout > 0) network.add(new Dropout(dropout));
        List<Node> blocks = new ArrayList<>();
        for (int i = 0; i < layers; i++) blocks.add(named("" + i, block()));
        network.add(named("h", Graph.chain(blocks)));
        network.add(named("ln_f", layerNorm()));
        network.add(named("head", new TiedOutput("wte.weight", false)));
        if (!end.equals(Activation.IDENTITY)) network.add(new Activate(end));
        return Graph.chain(network);
    }

    private TransformerBlock block() {
        Initializer last = Initializers.normal(0, 0.02 / Math.sqrt(2.0 * layers));
        SelfAttention attention = selfAttention(heads)
                .withCausal()
                .withDropout(dropout)
                .withWeights(WEIGHTS)
                .withOutWeights(last);
        return transformerBlock(attention, 4 * width)
                .withActivation(Activation.GELU_TANH)
                .withDropout(dropout)
                .withWeights(WEIGHTS)
                .withOutWeights(last);
    }
}
