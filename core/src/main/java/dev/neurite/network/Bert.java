package dev.neurite.network;

import static dev.neurite.layer.Layers.add;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.firstPosition;
import static dev.neurite.layer.Layers.layerNorm;
import static dev.neurite.layer.Layers.named;
import static dev.neurite.layer.Layers.selfAttention;
import static dev.neurite.layer.Layers.transformerBlock;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.layer.Dropout;
import dev.neurite.layer.Embedding;
import dev.neurite.layer.Initializers;
import dev.neurite.layer.PositionEmbedding;
import dev.neurite.layer.TransformerBlock;
import dev.neurite.model.Graph;
import dev.neurite.model.Initializer;
import dev.neurite.model.Model;
import dev.neurite.model.Node;
import dev.neurite.model.Wire;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/// BERT's encoder: a vector for each position of a text, which sees all others, and a classifier of texts on
/// it. Devlin et al. 2018, arXiv:1810.04805.
///
/// ```
/// ids   ── word_embeddings + position_embeddings ── + ── LayerNorm ── encoder.0 ── … ── vectors ── pooler ──
/// head types ── token_type_embeddings ───────────────────┘
/// ```
///
/// | settings | parameters of [#encoder] with BERT's vocabulary of 30,522 |
/// |---|---|
/// | 12 layers, 12 heads, width 768, 512 positions: base | 108,891,648 |
/// | 24, 16, 1024, 512: large | 334,092,288 |
///
/// Blocks have their norms after what they belong to, with ε 1e-12, and exact GELU between. Weights begin
/// normal with deviation 0.02. `dev.neurite.io.PretrainedWeights.bert()` gives BERT's weights the names of
/// this network.
/// @param layers the number of blocks, at least 1
/// @param heads of each attention, a divisor of the width
/// @param width the features of a position, at most 32,768
/// @param vocabulary the number of tokens
/// @param positions the longest text, in tokens
/// @param types the number of types of tokens, such as first and second sentence, whose ids are a second
/// input, of the same lengths; 0 for none. BERT has 2
/// @param dropout of embeddings, attention and what blocks add, while training; 0.1 in BERT
public record Bert(int layers, int heads, int width, int vocabulary, int positions, int types, double dropout)
        implements TokenArchitecture {
    private static final Initializer WEIGHTS = Initializers.normal(0, 0.02);
    private static final int MOST_WIDTH = 1 << 15; // of weights [4·width × width] that an array holds
    private static final double EPSILON = 1e-12;

    /// BERT base, uncased.
    public Bert() {
        this(12, 12, 768, 30_522, 512, 2, 0.1);
    }

    /// @throws ConfigException for numbers that are too small, a width that is too large, or heads that do not divide
    /// it
    public Bert {
        boolean valid =
                layers > 0 && heads > 0 && width > 0 && width <= MOST_WIDTH && width % heads == 0 && positions > 0;
        if (!valid || vocabulary < 1 || types < 0) {
            throw new ConfigException(
                    "bert",
                    "expects at least 1 layer, token and position, and heads that divide a width up to " + MOST_WIDTH
                            + ", got " + layers
                            + " layers, " + heads + " heads, width " + width + ", " + vocabulary + " tokens, "
                            + positions + " positions, " + types + " types");
        }
    }

    @Override
    public Bert withVocabulary(int tokens) {
        return new Bert(layers, heads, width, tokens, positions, types, dropout);
    }

    /// The encoder alone, with parameters initialized with seed 0: texts of any length become `[time × width]`.
    public Model encoder() {
        return Model.of(inputs(Shape.of(Shape.OPEN)), Graph.of(types > 0 ? 2 : 1, in -> List.of(encoded(in))));
    }

    /// A classifier of texts of any length, with parameters initialized with seed 0: dense layer and tanh on
    /// the first position, which is `pooler`, and a dense layer `classifier`. It returns scores.
    public Model classifier(int classes) {
        Shape input = Shape.of(Shape.OPEN);
        return Model.of(inputs(input), graph(input, classes, Activation.IDENTITY));
    }

    private List<Shape> inputs(Shape ids) {
        return types > 0 ? List.of(ids, ids) : List.of(ids);
    }

    /// [#classifier] for these inputs.
    /// @param input the shape of a row: ids of tokens, `[time]`, mostly with an open axis; with types the
    /// other input has the same
    /// @param outputs the number of classes
    /// @throws ShapeException for another input
    @Override
    public Graph graph(Shape input, int outputs, Activation end) {
        if (input.rank() != 1) throw new ShapeException("bert", "expects rows of ids of tokens [time], got " + input);
        return Graph.of(types > 0 ? 2 : 1, in -> {
            Wire pooled = encoded(in)
                    .then(
                            firstPosition(),
                            named("pooler", dense(width, Activation.TANH).withWeights(WEIGHTS)));
            if (dropout > 0) pooled = pooled.then(new Dropout(dropout));
            return List.of(pooled.then(named("classifier", dense(outputs, end).withWeights(WEIGHTS))));
        });
    }

    private Wire encoded(List<Wire> in) {
        Wire x = in.getFirst()
                .then(
                        named("word_embeddings", embedding(vocabulary)),
                        named("position_embeddings", new PositionEmbedding(positions, WEIGHTS)));
        if (types > 0) x = x.join(add(), in.getLast().then(named("token_type_embeddings", embedding(types))));
        x = x.then(named("LayerNorm", layerNorm().withEpsilon(EPSILON)));
        if (dropout > 0) x = x.then(new Dropout(dropout));
        List<Node> blocks = new ArrayList<>();
        for (int i = 0; i < layers; i++) blocks.add(named("" + i, block()));
        return x.then(named("encoder", Graph.chain(blocks)));
    }

    private Embedding embedding(int tokens) {
        return new Embedding(tokens, width, Embedding.NO_PADDING, WEIGHTS);
    }

    private TransformerBlock block() {
        return transformerBlock(selfAttention(heads).withDropout(dropout).withWeights(WEIGHTS), 4 * width)
                .withNormAfter()
                .withNorm(layerNorm().withEpsilon(EPSILON))
                .withDropout(dropout)
                .withWeights(WEIGHTS);
    }
}
