package dev.neurite.spark.ml;

import dev.neurite.error.DataException;
import dev.neurite.tensor.Tensor;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.ml.linalg.Vectors;

/// The columns that a model adds to rows.
sealed interface RowOutputs extends Serializable {
    int count();

    /// Computes the columns of rows.
    /// @return for each row the values of its columns
    /// @throws DataException for outputs that are not finite
    Object[][] of(ReadyModel model, Tensor rows);

    private static Tensor finite(Tensor outputs) {
        if (outputs.isFinite()) return outputs;
        throw new DataException(
                "features",
                "expects finite predictions, got NaN or infinite ones",
                "A row may have values far outside the range of the training data");
    }

    /// Of a classification: raw prediction, probability and prediction, as far as they are wanted.
    /// @param thresholds of each class; empty for none
    record OfClasses(boolean raw, boolean probability, boolean prediction, List<Double> thresholds)
            implements RowOutputs {
        public OfClasses {
            thresholds = List.copyOf(thresholds);
        }

        @Override
        public int count() {
            return (raw ? 1 : 0) + (probability ? 1 : 0) + (prediction ? 1 : 0);
        }

        @Override
        public Object[][] of(ReadyModel model, Tensor rows) {
            ClassOutputs classes = model.classes();
            Tensor logits = finite(classes.logits(rows, model.kernels()));
            float[] z = logits.toArray();
            float[] y = classes.probabilities(logits, model.kernels()).toArray();
            Object[][] values = new Object[rows.rows()][count()];
            for (int row = 0; row < values.length; row++) {
                int at = row * classes.outputs();
                double[] probable = classes.probability(y, at);
                int column = 0;
                if (raw) values[row][column++] = Vectors.dense(classes.raw(z, at));
                if (probability) values[row][column++] = Vectors.dense(probable);
                if (prediction) values[row][column] = ClassOutputs.prediction(probable, thresholds);
            }
            return values;
        }
    }

    /// Of a regression: the predicted value.
    record OfValues() implements RowOutputs {
        @Override
        public int count() {
            return 1;
        }

        @Override
        public Object[][] of(ReadyModel model, Tensor rows) {
            float[] y = finite(model.model().predict(rows, model.kernels())).toArray();
            Object[][] values = new Object[rows.rows()][1];
            for (int row = 0; row < values.length; row++) values[row][0] = (double) y[row];
            return values;
        }
    }
}
