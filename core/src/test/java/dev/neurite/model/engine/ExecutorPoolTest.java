package dev.neurite.model.engine;

import static dev.neurite.layer.Layers.dense;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.kernel.Kernels;
import dev.neurite.model.Executor;
import dev.neurite.model.Mode;
import dev.neurite.model.Network;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExecutorPoolTest {
    @Test
    void anExecutorWithLargeBuffersIsNotKept() {
        var small = new Network(dense(1), List.of(Shape.of(1)));
        var large = new Network(dense(1 << 20), List.of(Shape.of(1)));
        for (Network network : List.of(small, large)) {
            float[] theta = new float[network.size()];
            var pool = new ExecutorPool(kernels -> network.executor(kernels, theta, new float[0]));
            Executor executor = pool.take(Kernels.shared());
            executor.forward(Mode.PREDICT, Tensor.zeros(Shape.of(65, 1))); // of the large one, more than 256 MB
            pool.release(executor);
            boolean kept = pool.take(Kernels.shared()).equals(executor);
            assertThat(kept).isEqualTo(network.equals(small));
        }
    }
}
