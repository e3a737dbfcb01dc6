package dev.neurite.examples;

import static dev.neurite.layer.Layers.cell;
import static dev.neurite.layer.Layers.concat;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.gru;
import static dev.neurite.layer.Layers.lastPosition;

import dev.neurite.data.Dataset;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.loss.MeanSquaredError;
import dev.neurite.model.Declarations;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.model.Node;
import dev.neurite.model.Pass;
import dev.neurite.model.Wire;
import dev.neurite.optim.Adam;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Trainer;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/// A loop of one's own over a recurrent cell: a series is continued, each step reads what the one before it gave.
public final class OwnLoop {
    private static final int SEEN = 20;
    private static final int AHEAD = 10;
    private static final int UNITS = 24;

    private OwnLoop() {}

    // region loop
    /// Continues a series from its last value `[1]` and a state.
    public record Continued(int steps, int units) implements Node {
        @Override
        public List<Shape> build(List<Shape> in, Declarations declare) {
            declare.child("cell", cell(gru(units)), in);
            declare.child("next", dense(1), List.of(in.get(1)));
            return List.of(Shape.of(steps));
        }

        @Override
        public List<Tensor> forward(List<Tensor> in, Pass pass) {
            Tensor x = in.get(0);
            Tensor state = in.get(1);
            List<Tensor> values = new ArrayList<>();
            for (int step = 0; step < steps; step++) {
                state = pass.apply(0, List.of(x, state)).getFirst();
                x = pass.apply(1, state); //                                    read by the next step
                values.add(x);
            }
            return concat().forward(values, pass);
        }
    }
    // endregion

    public static void main(String[] args) {
        run(System.out);
    }

    static void run(PrintStream out) {
        // region states
        Graph graph = Graph.of(series -> {
            List<Wire> seen = series.split(gru(UNITS).withStates(), 2); //      the output, and the state
            return series.then(lastPosition()).join(new Continued(AHEAD, UNITS), seen.get(1));
        });
        // endregion
        Model model = Model.of(List.of(Shape.of(SEEN, 1)), graph);
        var run = Trainer.of(model)
                .loss(new MeanSquaredError())
                .optimizer(new Adam(0.01))
                .epochs(15)
                .fit(waves(1000, 1), waves(200, 2));
        out.println(run.loss());
    }

    /// Sine waves of random period and phase, and how they go on.
    private static Dataset waves(int count, long seed) {
        var random = new KeyedRandom(seed);
        float[] seen = new float[count * SEEN];
        float[] ahead = new float[count * AHEAD];
        for (int row = 0; row < count; row++) {
            double speed = 0.2 + 0.4 * random.nextDouble();
            double phase = 6 * random.nextDouble();
            for (int t = 0; t < SEEN; t++) seen[row * SEEN + t] = (float) StrictMath.sin(phase + speed * t);
            for (int t = 0; t < AHEAD; t++) ahead[row * AHEAD + t] = (float) StrictMath.sin(phase + speed * (SEEN + t));
        }
        return Dataset.of(Tensor.of(Shape.of(count, SEEN, 1), seen), Tensor.of(Shape.of(count, AHEAD), ahead));
    }
}
