package dev.neurite.network;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.SequenceKernels.Summary;
import dev.neurite.layer.Layers;
import dev.neurite.model.Graph;
import dev.neurite.model.Wire;
import dev.neurite.network.TextClassifier.Encoder;
import dev.neurite.tensor.Shape;
import java.util.List;

/// A network for rows with a text and the columns of a table: the vector that a [TextClassifier] makes of the text
/// beside a hidden layer of the columns, and a hidden layer of both.
///
/// ```
/// ids ─────── embedding ── dropout ── encoder ── pool ──┐
/// columns ─── dense, ReLU ──────────────────────────────┴── dropout ── dense, ReLU ── dense
/// ```
///
/// ```java
/// Dataset table = preprocessing.apply(rows);
/// Dataset data = Dataset.of(RowSource.joint(texts, table), table);
/// ```
/// @param encoder of the text, [Encoder#GRU] by default
/// @param vocabulary the number of tokens; 0, the default, for that of the texts, which the command line and
/// [#withVocabulary] fill in
/// @param features of a token, at least 1, for the transformer a multiple of 16; 64 by default
/// @param units of the encoder, at least 1; 64 by default
/// @param layers of the encoder, from 1, the default, to 100
/// @param pool what stands for the text; [Summary#MAX] by default
/// @param hidden the units of the hidden layer of the columns, and of that of both, at least 1; 64 by default
/// @param dropout the rate of tokens' features, between the encoder's layers, and before the hidden layer of both;
/// 0.2 by default
public record TextAndTable(
        Encoder encoder, int vocabulary, int features, int units, int layers, Summary pool, int hidden, double dropout)
        implements TokenArchitecture {
    private static final String NAME = "text-and-table";

    /// The defaults: those of [TextClassifier], and 64 hidden units.
    public TextAndTable() {
        this(Encoder.GRU, 0, 64, 64, 1, Summary.MAX, 64, 0.2);
    }

    /// @throws ConfigException for settings that a [TextClassifier] does not take, or less than one hidden unit
    public TextAndTable {
        TextClassifier.check(NAME, encoder, vocabulary, features, units, layers, dropout);
        if (hidden < 1) throw new ConfigException(NAME, "expects at least 1 hidden unit, got " + hidden);
    }

    @Override
    public TextAndTable withVocabulary(int tokens) {
        return new TextAndTable(encoder, tokens, features, units, layers, pool, hidden, dropout);
    }

    /// Refuses rows of one input.
    /// @throws ShapeException in any case
    @Override
    public Graph graph(Shape input, int outputs, Activation end) {
        return graph(List.of(input), outputs, end);
    }

    /// The network.
    /// @param inputs a text `[time]`, mostly with an open axis, and the columns `[features]`
    /// @throws ShapeException for other inputs
    /// @throws ConfigException without a vocabulary
    @Override
    public Graph graph(List<Shape> inputs, int outputs, Activation end) {
        boolean fits = inputs.size() == 2
                && inputs.get(0).rank() == 1
                && inputs.get(1).rank() == 1
                && inputs.get(1).isKnown();
        if (!fits) {
            throw new ShapeException(
                    NAME,
                    "expects rows of two inputs, ids of tokens [time] and columns [features], got " + inputs,
                    "Such rows come from --text beside other columns, in the library RowSource.joint(texts, table)");
        }
        if (vocabulary == 0) throw new ConfigException(NAME, "expects a vocabulary of at least 1 token, got 0");
        Graph body =
                Graph.chain(new TextClassifier(encoder, vocabulary, features, units, layers, pool, dropout).body());
        return Graph.of((text, table) -> {
            Wire columns = table.then(Layers.named("columns", Layers.dense(hidden, Activation.RELU)));
            Wire both = text.then(Layers.named("text", body)).join(Layers.concat(), columns);
            if (dropout > 0) both = both.then(Layers.dropout(dropout));
            return both.then(Layers.dense(hidden, Activation.RELU), Layers.dense(outputs, end));
        });
    }
}
