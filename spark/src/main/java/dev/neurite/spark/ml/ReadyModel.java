package dev.neurite.spark.ml;

import dev.neurite.io.ModelFile;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Model;
import dev.neurite.predict.Predictor;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// A model that is ready to predict, with kernels for one thread: tasks run at the same time, one on each core.
/// Safe to use from many threads.
/// @param file the model and its notes
/// @param classes how its outputs become classes; without use for a regression
/// @param predictor takes raw values
/// @param kernels for one thread
record ReadyModel(ModelFile file, ClassOutputs classes, Predictor predictor, Kernels kernels) {
    static ReadyModel of(byte[] bytes) {
        ModelFile file = ModelBytes.read(bytes, "model");
        return new ReadyModel(file, ClassOutputs.of(file), Predictor.of(file), Kernels.create(1));
    }

    Model model() {
        return file.model();
    }

    /// The shape of a row's inputs.
    Shape inputs() {
        return model().network().inputs().getFirst();
    }

    /// @param values row after row
    Tensor batch(float[] values, int rows) {
        return Tensor.view(inputs().forRows(rows), values, 0);
    }
}
