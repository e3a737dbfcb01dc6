package dev.neurite.spring;

import dev.neurite.predict.Interceptor;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.function.Supplier;

/// An observation `neurite.predict` for each prediction: a timer where Micrometer counts, a span where it traces.
/// @param model its name, the tag `model`
record ObservedPredictions(ObservationRegistry registry, String model) implements Interceptor {
    @Override
    public <T> T around(Supplier<T> prediction) {
        return Observation.createNotStarted("neurite.predict", registry)
                .lowCardinalityKeyValue("model", model)
                .observe(prediction);
    }
}
