package dev.neurite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WarmUpTest {
    private static final int SIDE = 24;

    @TempDir
    Path temp;

    @Test
    void layersThatMadeUpImagesAreTooSmallForTrainAsEver() {
        assertThat(trained("20")).isEqualTo(new Cli(0, "", ""));
    }

    @Test
    void theMadeUpTrainingSaysNothing() {
        assertThat(trained("3")).isEqualTo(new Cli(0, "", ""));
    }

    /// Trains on images larger than the made-up ones; leaves out what it tells of the result.
    private Cli trained(String kernel) {
        Path data = temp.resolve("data");
        for (String part : new String[] {"train", "t10k"}) {
            TinyData.write(data.resolve(part + "-images-idx3-ubyte"), images(20));
            TinyData.write(data.resolve(part + "-labels-idx1-ubyte"), TinyData.labels(20));
        }
        Cli run = Cli.run(
                "train",
                data.toString(),
                "--stack",
                "conv2d:channels=2,kernel=" + kernel,
                "--stack",
                "flatten",
                "--stack",
                "dense:units=3",
                "--epochs",
                "1",
                "--quiet",
                "--out",
                temp.resolve("run").toString());
        assertThat(run.out()).as(run.err()).startsWith("test accuracy").hasLineCount(1);
        return new Cli(run.code(), "", run.err());
    }

    private static byte[] images(int count) {
        int pixels = count * SIDE * SIDE;
        ByteBuffer file = ByteBuffer.allocate(16 + pixels)
                .putInt(0x803)
                .putInt(count)
                .putInt(SIDE)
                .putInt(SIDE);
        for (int i = 0; i < pixels; i++) file.put((byte) (i * 7));
        return file.array();
    }
}
