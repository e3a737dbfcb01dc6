package dev.neurite.network;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.embedding;
import static dev.neurite.layer.Layers.layerNorm;
import static dev.neurite.layer.Layers.named;
import static dev.neurite.layer.Layers.selfAttention;
import static dev.neurite.layer.Layers.sinusoidalPositions;
import static dev.neurite.layer.Layers.transformerBlock;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.SequenceKernels.Summary;
import dev.neurite.layer.Initializers;
import dev.neurite.layer.Layers;
import dev.neurite.layer.SequencePool;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.model.Node;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/// A classifier of texts of any length: an encoder makes a vector for each token, in which those around it count,
/// too, and a dense layer classifies the maximum over all of them, of each feature.
///
/// ```
/// ids ── embedding ── dropout ── encoder ── maximum, or another pool ── dropout ── dense
/// ```
///
/// | encoder | is |
/// |---|---|
/// | `gru`, `lstm` | recurrent layers in both directions, each with a state of `units` |
/// | `transformer` | sinusoidal positions, and blocks with the norm first |
///
/// A block has a head for each 16 features, and a hidden layer of `units`.
///
/// With the maximum of an LSTM in both directions this is the encoder of Conneau et al. 2017, arXiv:1705.02364.
/// 114,178 parameters for 1,000 tokens and 2 classes.
/// @param encoder [Encoder#GRU] by default
/// @param vocabulary the number of tokens; 0, the default, for that of the texts, which the command line and
/// [#withVocabulary] fill in
/// @param features of a token, at least 1, for the transformer a multiple of 16; 64 by default
/// @param units of the encoder, at least 1; 64 by default
/// @param layers of the encoder, from 1, the default, to 100
/// @param pool what stands for the text; [Summary#MAX] by default
/// @param dropout the rate of tokens' features, between the encoder's layers, and before the last layer; 0.2 by
/// default
public record TextClassifier(
        Encoder encoder, int vocabulary, int features, int units, int layers, Summary pool, double dropout)
        implements TokenArchitecture {
    private static final String NAME = "text-classifier";
    private static final int HEAD = 16; // features
    private static final double DEVIATION = 0.1; // of embeddings, as of word vectors that were trained

    /// What makes the vectors of tokens.
    public enum Encoder {
        /// GRUs in both directions.
        GRU,
        /// LSTMs in both directions.
        LSTM,
        /// Blocks with self-attention.
        TRANSFORMER
    }

    /// The defaults: a GRU of 64 units in both directions, for texts of any vocabulary.
    public TextClassifier() {
        this(Encoder.GRU, 0, 64, 64, 1, Summary.MAX, 0.2);
    }

    /// @throws ConfigException for a negative vocabulary, less than one feature, unit or layer, more than 100
    /// layers, a rate outside 0 to below 1, or features of a transformer that are no multiple of 16
    public TextClassifier {
        check(NAME, encoder, vocabulary, features, units, layers, dropout);
    }

    /// Refuses settings that an encoder of texts does not take.
    static void check(
            String who, Encoder encoder, int vocabulary, int features, int units, int layers, double dropout) {
        if (vocabulary < 0) throw new ConfigException(who, "expects a vocabulary from 0, got " + vocabulary);
        if (features < 1) throw new ConfigException(who, "expects at least 1 feature, got " + features);
        RecurrentKind.check(who, units, layers, dropout);
        if (encoder == Encoder.TRANSFORMER && features % HEAD != 0) {
            throw new ConfigException(
                    who, "expects a multiple of " + HEAD + " features for a transformer, got " + features);
        }
    }

    @Override
    public TextClassifier withVocabulary(int tokens) {
        return new TextClassifier(encoder, tokens, features, units, layers, pool, dropout);
    }

    /// A model for texts of any length; it returns scores, with parameters initialized with seed 0.
    /// @param classes the number of classes
    /// @throws ConfigException without a vocabulary
    public Model model(int classes) {
        return model(Shape.of(Shape.OPEN), classes);
    }

    /// The network.
    /// @param input the shape of a row: ids of tokens, `[time]`, mostly with an open axis
    /// @throws ShapeException for another input
    /// @throws ConfigException without a vocabulary
    @Override
    public Graph graph(Shape input, int outputs, Activation end) {
        if (input.rank() != 1) {
            throw new ShapeException(
                    NAME,
                    "expects rows of ids of tokens [time], got " + input,
                    "Texts come from --text, in the library TextRows");
        }
        if (vocabulary == 0) throw new ConfigException(NAME, "expects a vocabulary of at least 1 token, got 0");
        List<Node> network = body();
        if (dropout > 0) network.add(Layers.dropout(dropout));
        network.add(dense(outputs, end));
        return Graph.chain(network);
    }

    /// The layers that make one vector of a text, without the classifier.
    List<Node> body() {
        List<Node> network = new ArrayList<>();
        network.add(named("embedding", embedding(vocabulary, features).withWeights(Initializers.normal(0, DEVIATION))));
        if (dropout > 0) network.add(Layers.dropout(dropout));
        network.addAll(encoded());
        network.add(new SequencePool(pool));
        return network;
    }

    private List<Node> encoded() {
        return switch (encoder) {
            case GRU -> recurrent(RecurrentKind.GRU);
            case LSTM -> recurrent(RecurrentKind.LSTM);
            case TRANSFORMER -> transformer();
        };
    }

    private List<Node> recurrent(RecurrentKind cell) {
        return List.of(Layers.stacked(layers, Layers.bidirectional(cell.layer(units)))
                .withSequences()
                .withDropout(dropout));
    }

    private List<Node> transformer() {
        List<Node> nodes = new ArrayList<>();
        nodes.add(sinusoidalPositions());
        for (int i = 0; i < layers; i++) {
            nodes.add(transformerBlock(selfAttention(features / HEAD), units).withDropout(dropout));
        }
        nodes.add(layerNorm());
        return nodes;
    }
}
