package dev.neurite.layer;

import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// What goes through a sequence step by step, with a state: a [RecurrentLayer], one in both directions, or several
/// stacked.
///
/// | input, output | shape of a row |
/// |---|---|
/// | x | `[time × in]`; may be padded, see [Tensor#withLengths] |
/// | then, or none: the states before the first step | `[units]` each, in the order of [#states()] |
/// | y | `[width]`, the output after the last step; with [#withSequences()] `[time × width]`, after each step |
/// | then, [#withStates()]: the states after the last step | as before the first |
///
/// Without initial states they are 0; in a [session][dev.neurite.model.PredictionSession] the first part begins with
/// them, and the next ones continue. Of a padded row, the last step is its own last one. As a [Layer] it has one input
/// and one output.
public sealed interface Recurrent extends Layer permits RecurrentLayer, Bidirectional, Stacked {
    /// The elements of each state: h, of an LSTM then c. Both directions have first those that run forwards; stacked
    /// layers have first those of the first layer.
    List<Integer> states();

    /// A copy whose output is that after each step.
    Recurrent withSequences();

    /// A copy whose states after the last step are further outputs.
    Recurrent withStates();

    @Override
    List<Shape> build(List<Shape> in, Declarations declare);

    @Override
    List<Tensor> forward(List<Tensor> in, Pass pass);

    @Override
    default Shape build(Shape in, Declarations declare) {
        return build(List.of(in), declare).getFirst();
    }

    @Override
    default Tensor forward(Tensor x, Pass pass) {
        return forward(List.of(x), pass).getFirst();
    }

    /// True: what follows the end of a row does not count.
    @Override
    default boolean acceptsPadding() {
        return true;
    }

    /// True for x.
    @Override
    default boolean givesLengths(int input) {
        return input == 0;
    }
}
