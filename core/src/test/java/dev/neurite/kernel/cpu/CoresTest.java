package dev.neurite.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.kernel.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CoresTest {
    @TempDir
    Path processors;

    private void processor(int number, String siblings) throws IOException {
        Path topology = Files.createDirectories(processors.resolve("cpu" + number + "/topology"));
        Files.writeString(topology.resolve("thread_siblings_list"), siblings + "\n");
    }

    @Test
    void twoHardwareThreadsOfACoreCountOnce() throws IOException {
        for (int i = 0; i < 4; i++) processor(i, i % 2 + "," + (i % 2 + 2));
        Files.createDirectories(processors.resolve("cpufreq"));
        assertThat(Cores.available(processors, 4)).isEqualTo(2);
    }

    @Test
    void noMoreCountThanTheProcessWasGiven() throws IOException {
        for (int i = 0; i < 8; i++) processor(i, Integer.toString(i));
        assertThat(Cores.available(processors, 3)).isEqualTo(3);
    }

    @Test
    void whereNothingIsToldEveryProcessorCounts() throws IOException {
        assertThat(Cores.available(processors.resolve("none"), 6)).isEqualTo(6);
        Files.createDirectories(processors.resolve("cpu0"));
        assertThat(Cores.available(processors, 6)).isEqualTo(6);
    }

    @Test
    void trainersAndModelsUseAThreadForEachOfThem() {
        assertThat(Kernels.defaultThreads())
                .isEqualTo(Cores.available())
                .isBetween(1, Runtime.getRuntime().availableProcessors());
        assertThat(Kernels.shared().threads()).isEqualTo(Kernels.defaultThreads());
    }
}
