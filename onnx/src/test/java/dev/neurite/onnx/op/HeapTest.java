package dev.neurite.onnx.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ResourceException;
import org.junit.jupiter.api.Test;

class HeapTest {
    @Test
    void whatFitsIsMade() {
        assertThat(Heap.allocate("rows", 400, () -> new float[100])).hasSize(100);
    }

    @Test
    void whatDoesNotFitIsRefusedWithFigures() {
        long bytes = 2 * Runtime.getRuntime().maxMemory();
        assertThatThrownBy(() -> Heap.allocate("rows", bytes, () -> new float[1]))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("rows")
                .hasMessageContaining("MB left")
                .hasMessageContaining("-Xmx");
    }

    @Test
    void whatAnotherThreadHasTakenIsRefused() {
        assertThatThrownBy(() -> Heap.allocate("rows", 1, () -> {
                    throw new OutOfMemoryError();
                }))
                .isInstanceOf(ResourceException.class);
    }
}
