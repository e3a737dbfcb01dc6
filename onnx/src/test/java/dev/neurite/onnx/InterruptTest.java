package dev.neurite.onnx;

import static dev.neurite.onnx.Protos.BOOL;
import static dev.neurite.onnx.Protos.FLOAT;
import static dev.neurite.onnx.Protos.attribute;
import static dev.neurite.onnx.Protos.body;
import static dev.neurite.onnx.Protos.graph;
import static dev.neurite.onnx.Protos.model;
import static dev.neurite.onnx.Protos.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ResourceException;
import dev.neurite.onnx.proto.GraphProto;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// An interrupt of its thread ends a run with one kind of exception, wherever the run is.
class InterruptTest {
    private static final Value X = Value.of(Shape.of(2), 1f, 2);

    private static void assertEnds(GraphProto.Builder graph) {
        OnnxModel model = OnnxModel.read(model(graph).build().toByteArray());
        try {
            assertThatThrownBy(() -> model.run(X))
                    .isInstanceOf(ResourceException.class)
                    .hasMessageContaining("got an interrupt of its thread");
        } finally {
            assertThat(Thread.interrupted()).as("the thread stays interrupted").isTrue();
        }
    }

    @Test
    void ofAPlan() {
        Thread.currentThread().interrupt();
        assertEnds(graph(node("Exp", "x", "y")));
    }

    /// The body has no steps: its outputs are its inputs.
    @Test
    @Timeout(60)
    void ofALoopWithoutEnd() throws Exception {
        var loop = body(List.of("i", "go", "before"), List.of("go", "before"));
        loop.setInput(1, Protos.value("go", BOOL));
        loop.setInput(2, Protos.value("before", FLOAT, 2L));
        try (ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor()) {
            Thread own = Thread.currentThread();
            Future<?> interrupt = timer.schedule(own::interrupt, 200, TimeUnit.MILLISECONDS);
            assertEnds(graph(node("Loop", "", "y", attribute("body", loop))
                    .addInput("")
                    .addInput("")
                    .addInput("x")));
            interrupt.get(10, TimeUnit.SECONDS);
        }
    }
}
