package dev.neurite.io;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.Dataset;
import dev.neurite.error.ModelFormatException;
import dev.neurite.model.Model;
import dev.neurite.train.Callback;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingEvent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Models, checkpoints and tensors in streams.
class ModelStreamsTest {
    private static final Dataset DATA =
            Dataset.of(new float[][] {{0, 1}, {1, 0}, {1, 1}, {0, 0}, {2, 1}, {1, 2}}, new int[] {0, 1, 0, 1, 0, 1});
    private static final Catalog CATALOG = Catalog.standard();

    @TempDir
    private Path temp;

    private static Model model() {
        return Model.of(features(2), dense(3, RELU), batchNorm(), dense(2, SOFTMAX))
                .initialize(4);
    }

    private static Trainer trainer() {
        return Trainer.of(model()).batchSize(3).epochs(4).threads(1);
    }

    private static byte[] written() throws IOException {
        var out = new ByteArrayOutputStream();
        new ModelFile(model(), Map.of("by", "hand")).write(out, CATALOG);
        return out.toByteArray();
    }

    /// The checkpoint after two epochs.
    private static Checkpoint checkpoint() {
        AtomicReference<Checkpoint> made = new AtomicReference<>();
        trainer()
                .callback(training -> new Callback.Observer() {
                    @Override
                    public void on(TrainingEvent event) {
                        if (event instanceof TrainingEvent.EpochEnded(TrainingEvent.EpochResult result)
                                && result.epoch() == 2) training.pause("enough");
                    }

                    @Override
                    public void afterEvents() {
                        if (training.epoch() == 3) {
                            made.set(new Checkpoint(new ModelFile(training.model(), Map.of()), training.state()));
                        }
                    }
                })
                .fit(DATA);
        return made.get();
    }

    @Test
    void aStreamHasTheBytesOfTheFileAndIsNotClosed() throws IOException {
        Path file = temp.resolve("model.safetensors");
        new ModelFile(model(), Map.of("by", "hand")).write(file, CATALOG);
        var bytes = new ByteArrayOutputStream();
        OutputStream open = new FilterOutputStream(bytes) {
            @Override
            public void close() {
                throw new AssertionError("closed");
            }
        };
        new ModelFile(model(), Map.of("by", "hand")).write(open, CATALOG);
        assertThat(bytes.toByteArray()).isEqualTo(Files.readAllBytes(file));
    }

    @Test
    void aModelInTheMiddleOfAStreamIsReadAndTheRestIsLeft() throws IOException {
        byte[] model = written();
        var around = new ByteArrayOutputStream();
        around.writeBytes("before".getBytes(StandardCharsets.UTF_8));
        around.writeBytes(model);
        around.writeBytes("after".getBytes(StandardCharsets.UTF_8));
        InputStream in = new FilterInputStream(new ByteArrayInputStream(around.toByteArray())) {
            @Override
            public int read(byte[] to, int at, int length) throws IOException {
                return super.read(to, at, Math.min(length, 7)); // as a network does
            }

            @Override
            public void close() {
                throw new AssertionError("closed");
            }
        };
        assertThat(in.readNBytes(6)).asString(StandardCharsets.UTF_8).isEqualTo("before");
        ModelFile read = ModelFile.read(in, model.length, "stream", CATALOG);
        assertThat(read.model()).isEqualTo(model());
        assertThat(read.notes()).containsEntry("by", "hand");
        assertThat(in.readAllBytes()).asString(StandardCharsets.UTF_8).isEqualTo("after");
    }

    @Test
    void aTrainingGoesOnFromACheckpointInAStream() throws IOException {
        var out = new ByteArrayOutputStream();
        checkpoint().write(out, CATALOG);
        byte[] bytes = out.toByteArray();
        Checkpoint read = Checkpoint.read(new ByteArrayInputStream(bytes), bytes.length, "stream", CATALOG);
        assertThat(trainer().resume(read.state()).fit(DATA).model())
                .isEqualTo(trainer().fit(DATA).model());
        byte[] model = written();
        assertThatThrownBy(() -> Checkpoint.read(new ByteArrayInputStream(model), model.length, "stream", CATALOG))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("stream")
                .hasMessageContaining("expects a checkpoint");
    }

    @Test
    void tensorsOfOtherSoftwareAreRead() throws IOException {
        byte[] bytes = written();
        Safetensors read = Safetensors.read(new ByteArrayInputStream(bytes), bytes.length, "stream");
        assertThat(read.tensors()).containsKeys("dense1.weight", "dense2.bias");
        assertThat(read.tensors().get("dense1.weight"))
                .isEqualTo(model().parameters().get("dense1.weight"));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.001, 0.5, 0.999})
    void aStreamThatEndsEarlyIsRefused(double share) throws IOException {
        byte[] whole = written();
        byte[] part = Arrays.copyOf(whole, (int) (share * whole.length));
        for (int promised : new int[] {whole.length, part.length}) {
            assertThatThrownBy(() -> ModelFile.read(new ByteArrayInputStream(part), promised, "stream", CATALOG))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageStartingWith("stream");
        }
    }

    @Test
    void aLengthThatIsNotThatOfTheContentIsRefused() throws IOException {
        byte[] bytes = written();
        byte[] more = Arrays.copyOf(bytes, bytes.length + 8);
        for (int length : new int[] {-1, 0, 8, bytes.length - 4, bytes.length + 4}) {
            assertThatThrownBy(() -> Safetensors.read(new ByteArrayInputStream(more), length, "stream"))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageStartingWith("stream");
        }
    }

    @Test
    void aHeaderThatAsksForMoreThanTheLengthIsRefusedBeforeMemoryIsAllocated() {
        String json = "{\"a\":{\"dtype\":\"F32\",\"shape\":[536870911],\"data_offsets\":[0,2147483644]}}";
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length()).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length()).put(json.getBytes(StandardCharsets.US_ASCII));
        assertThatThrownBy(() -> Safetensors.read(new ByteArrayInputStream(bytes.array()), bytes.capacity(), "stream"))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("2147483644 bytes of numbers, got 0");
    }

    @Test
    void anErrorOfTheStreamStaysWhatItIs() throws IOException {
        byte[] bytes = written();
        InputStream broken = new FilterInputStream(new ByteArrayInputStream(bytes)) {
            @Override
            public int read(byte[] to, int at, int length) throws IOException {
                throw new IOException("the network is gone");
            }
        };
        assertThatThrownBy(() -> ModelFile.read(broken, bytes.length, "stream", CATALOG))
                .isInstanceOf(IOException.class)
                .hasMessage("the network is gone");
        OutputStream full = new FilterOutputStream(new ByteArrayOutputStream()) {
            @Override
            public void write(byte[] from, int at, int length) throws IOException {
                throw new IOException("the disk is full");
            }
        };
        assertThatThrownBy(() -> new ModelFile(model(), Map.of()).write(full, CATALOG))
                .isInstanceOf(IOException.class)
                .hasMessage("the disk is full");
    }
}
