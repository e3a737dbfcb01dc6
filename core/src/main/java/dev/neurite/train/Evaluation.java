package dev.neurite.train;

import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.Dataset;
import dev.neurite.kernel.Kernels;
import dev.neurite.loss.Loss;
import dev.neurite.metric.Confusion;
import dev.neurite.model.Executor;
import dev.neurite.model.Mode;
import dev.neurite.model.Model;
import dev.neurite.tensor.Tensor;
import java.util.Optional;
import java.util.OptionalDouble;

/// How good a model is on a data set.
/// @param rows how many rows were looked at
/// @param loss the mean loss of a row
/// @param confusion which classes were taken for which; empty where answers are not classes
public record Evaluation(int rows, double loss, Optional<Confusion> confusion) {
    private static final int ROWS_AT_ONCE = 512;

    /// The share of rows predicted right; empty where answers are not classes.
    public OptionalDouble accuracy() {
        return confusion.map(Confusion::accuracy).orElse(OptionalDouble.empty());
    }

    /// Evaluates a model.
    /// @throws dev.neurite.error.ShapeException if the data does not fit the model or the loss
    public static Evaluation of(Model model, Dataset data, Loss loss) {
        return of(model, data, loss, Kernels.shared());
    }

    /// Evaluates a model on these kernels.
    /// @throws dev.neurite.error.ShapeException if the data does not fit the model or the loss
    public static Evaluation of(Model model, Dataset data, Loss loss, Kernels kernels) {
        var objective = Objective.of(model, loss, data);
        float[] theta = model.parameters().toArray();
        return of(objective, data, objective.network().executor(kernels, theta, new float[0]));
    }

    static Evaluation of(Objective objective, Dataset data, Executor executor) {
        var batches = new Batches(data, ROWS_AT_ONCE);
        var confusion = new Confusion(objective.classNames());
        double sum = 0;
        for (int i = 0; i < batches.count(); i++) {
            Batch batch = batches.batch(i);
            Tensor output = executor.forward(Mode.PREDICT, batch.inputs());
            sum += objective.loss(executor, output, batch.targets(), executor.like(output));
            if (objective.classifies()) objective.count(output, batch.targets(), confusion::add, executor.kernels());
        }
        executor.reset();
        return new Evaluation(
                data.size(), sum / data.size(), objective.classifies() ? Optional.of(confusion) : Optional.empty());
    }
}
