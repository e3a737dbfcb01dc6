package dev.neurite.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.data.augment.Augmentation;
import dev.neurite.data.augment.Augmentations;
import dev.neurite.layer.Layers;
import dev.neurite.loss.Loss;
import dev.neurite.loss.Losses;
import dev.neurite.model.Node;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Optimizers;
import dev.neurite.optim.Schedule;
import dev.neurite.optim.Schedules;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What can be chosen by name has a factory in the class of its kind: nobody has to know which needs a constructor.
class FactoriesTest {
    static Stream<Arguments> kinds() {
        return Stream.of(
                Arguments.of(Node.class, Layers.class),
                Arguments.of(Loss.class, Losses.class),
                Arguments.of(Optimizer.class, Optimizers.class),
                Arguments.of(Schedule.class, Schedules.class),
                Arguments.of(Augmentation.class, Augmentations.class));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void eachEntryOfTheCatalogHasAFactory(Class<?> kind, Class<?> factories) {
        Set<Class<?>> made = new LinkedHashSet<>();
        for (Method each : factories.getMethods()) {
            if (Modifier.isStatic(each.getModifiers())) made.add(each.getReturnType());
        }
        Class<?>[] expected = Catalog.standard().entries(Object.class).stream()
                .map(Catalog.Entry::type)
                .filter(kind::isAssignableFrom)
                .distinct()
                .toArray(Class<?>[]::new);
        assertThat(made).contains(Arrays.copyOf(expected, expected.length));
    }
}
