package dev.neurite.network;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.embedding;
import static dev.neurite.layer.Layers.named;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.layer.Activate;
import dev.neurite.layer.Initializers;
import dev.neurite.layer.Layers;
import dev.neurite.layer.TiedOutput;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.model.Node;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/// A recurrent model of language, usually of characters: for each position of a text the scores of the token that
/// comes next. It has no longest text.
///
/// ```
/// ids ── embedding ── recurrent layers, dropout after each ── dense, or embeddingᵀ if tied ── scores
/// ```
///
/// 353,161 parameters with a vocabulary of 73 characters.
/// @param cell the kind of recurrent layers; [RecurrentKind#LSTM] by default
/// @param features of a token, at least 1; 64 by default
/// @param units the size of the state of each recurrent layer, at least 1; 256 by default
/// @param layers the number of recurrent layers, from 1, the default, to 100
/// @param dropout the rate after each recurrent layer, while training; 0.1 by default
/// @param tied whether the output shares the weights of the embedding, for which units and features must be equal;
/// false by default. Press and Wolf 2016, arXiv:1608.05859
public record CharRnn(RecurrentKind cell, int features, int units, int layers, double dropout, boolean tied)
        implements Architecture {
    private static final String NAME = "char-rnn";

    /// The defaults: one LSTM of 256 units.
    public CharRnn() {
        this(RecurrentKind.LSTM, 64, 256, 1, 0.1, false);
    }

    /// @throws ConfigException for less than one feature, unit or layer, more than 100 layers, a rate outside 0 to
    /// below 1, or a tied output of other units than features
    public CharRnn {
        if (features < 1) throw new ConfigException(NAME, "expects at least 1 feature, got " + features);
        RecurrentKind.check(NAME, units, layers, dropout);
        if (tied && units != features) {
            throw new ConfigException(
                    NAME,
                    "expects as many units as features for a tied output, got " + units + " units, " + features
                            + " features");
        }
    }

    /// A model for texts of any length; it returns scores, with parameters initialized with seed 0.
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
        if (input.rank() != 1) throw new ShapeException(NAME, "expects rows of ids of tokens [time], got " + input);
        List<Node> network = new ArrayList<>();
        var tokens = embedding(outputs, features);
        if (tied) tokens = tokens.withWeights(Initializers.normal(0, 1 / Math.sqrt(features))); // scores of deviation 1
        network.add(named("embedding", tokens));
        network.add(Layers.stacked(layers, cell.layer(units)).withSequences().withDropout(dropout));
        if (dropout > 0) network.add(Layers.dropout(dropout));
        if (!tied) {
            network.add(dense(outputs, end));
        } else {
            network.add(new TiedOutput("embedding.weight", true));
            if (!end.equals(Activation.IDENTITY)) network.add(new Activate(end));
        }
        return Graph.chain(network);
    }
}
