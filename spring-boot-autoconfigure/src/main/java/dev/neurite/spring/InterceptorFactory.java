package dev.neurite.spring;

import dev.neurite.predict.Interceptor;

/// Makes what is around the predictions of a model. A bean of this type takes the place of the one that observes them.
@FunctionalInterface
public interface InterceptorFactory {
    /// @param model its name
    Interceptor of(String model);
}
