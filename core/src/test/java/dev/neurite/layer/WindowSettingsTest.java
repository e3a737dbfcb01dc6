package dev.neurite.layer;

import static dev.neurite.layer.Layers.avgPool2d;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.convTranspose2d;
import static dev.neurite.layer.Layers.depthwiseConv2d;
import static dev.neurite.layer.Layers.maxPool2d;
import static dev.neurite.layer.Layers.separableConv2d;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.kernel.Window;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WindowSettingsTest {
    @Test
    void averagesHaveNoDilation() {
        assertThat(AvgPool2d.class.getMethods())
                .noneMatch(each -> each.getName().equals("withDilation"));
        assertThat(MaxPool2d.class.getMethods()).anyMatch(each -> each.getName().equals("withDilation"));
    }

    @Test
    void aKernelThatIsNoSquareLeavesStrideAndDilation() {
        var window = new Window(5, 3, 2, 1, 1, 4); // kernel, stride, dilation
        assertThat(Stream.of(
                        conv2d(2, 1)
                                .withStride(2, 1)
                                .withDilation(1, 4)
                                .withKernel(5, 3)
                                .window(),
                        depthwiseConv2d(1)
                                .withStride(2, 1)
                                .withDilation(1, 4)
                                .withKernel(5, 3)
                                .window(),
                        separableConv2d(2, 1)
                                .withStride(2, 1)
                                .withDilation(1, 4)
                                .withKernel(5, 3)
                                .window(),
                        convTranspose2d(2, 1)
                                .withStride(2, 1)
                                .withDilation(1, 4)
                                .withKernel(5, 3)
                                .window(),
                        maxPool2d(1)
                                .withStride(2, 1)
                                .withDilation(1, 4)
                                .withKernel(5, 3)
                                .window()))
                .containsOnly(window);
        assertThat(avgPool2d(1).withStride(2, 1).withKernel(5, 3).window()).isEqualTo(new Window(5, 3, 2, 1, 1, 1));
        assertThat(maxPool2d(1).withWindow(window).window()).isEqualTo(window);
    }
}
