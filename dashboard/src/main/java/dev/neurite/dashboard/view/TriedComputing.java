package dev.neurite.dashboard.view;

import dev.neurite.generate.Sampling;
import dev.neurite.kernel.Kernels;
import dev.neurite.predict.Prediction;
import dev.neurite.predict.Predictor;
import dev.neurite.signature.Output;
import java.util.List;
import java.util.function.Consumer;

/// What computes for a model that a person tries, also what explains its answers.
public interface TriedComputing {
    /// Predicts raw rows, as [Predictor#predictAll]; it may also give what is not finite, which [TriedModel] refuses by
    /// the place of its cause.
    List<Prediction> predict(List<?> rows);

    /// Continues a prompt, as [Predictor#generate(String, int, Sampling, Consumer)].
    void write(String prompt, int most, Sampling sampling, Consumer<String> pieces);

    /// What computes gradients.
    Kernels kernels();

    /// A predictor, at once.
    static TriedComputing of(Predictor predictor) {
        return of(predictor, Kernels.shared());
    }

    /// A predictor, at once, with these kernels.
    static TriedComputing of(Predictor predictor, Kernels kernels) {
        return new TriedComputing() {
            @Override
            public List<Prediction> predict(List<?> rows) {
                boolean whole = predictor.forecaster().isPresent()
                        || predictor.signature().output() instanceof Output.Continuation;
                return rows.isEmpty() || whole
                        ? predictor.predictAll(rows)
                        : predictor.predictPrepared(predictor.encode(rows), kernels);
            }

            @Override
            public void write(String prompt, int most, Sampling sampling, Consumer<String> pieces) {
                predictor.generate(prompt, most, sampling, pieces);
            }

            @Override
            public Kernels kernels() {
                return kernels;
            }
        };
    }
}
