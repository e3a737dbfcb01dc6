package dev.neurite.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.protobuf.DynamicMessage;
import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EventFileTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochMilli(1_764_000_000_123L));
    private static final String GOLDEN = "golden.tfevents";

    @TempDir
    private Path directory;

    private static EventFile writer(OutputStream out, List<String> warnings) {
        return EventFile.of(Path.of("x"), OptionalLong.of(0), warnings::add, CLOCK, out);
    }

    /// A file with an event of each kind.
    private static byte[] sample() {
        var bytes = new ByteArrayOutputStream();
        SequencedMap<String, Object> hparams = new LinkedHashMap<>();
        hparams.put("optimizer.rate", 0.001);
        hparams.put("nesterov", true);
        hparams.put("activation", "relu");
        try (EventFile file = writer(bytes, new ArrayList<>())) {
            file.start(hparams, List.of("loss/validation"));
            file.scalar("loss/train", 1, 0.75);
            file.scalar("loss/train", 300, Double.NaN);
            file.histogram("parameters/dense1.weight", 300, new float[] {0, 1, 1, 2, 3, Float.NaN});
            file.histogram("parameters/empty", 300, new float[0]);
            file.histogram("parameters/constant", 300, new float[] {2, 2});
            file.image("confusion/validation", 300, 2, 1, 1, new byte[] {1, 2, 3});
            file.end(true);
        }
        return bytes.toByteArray();
    }

    @Test
    void theNameHasTheDigitsOfEveryComputer() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("ar-EG"));
        try (EventFile file = EventFile.create(directory, OptionalLong.empty(), _ -> {}, CLOCK)) {
            assertThat(file.path().getFileName()).hasToString("events.out.tfevents.1764000000.neurite");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void eachRecordHasItsChecksums() {
        // "123456789" has the CRC-32C 0xe3069283 (RFC 3720); rotated and masked by TensorFlow's rule:
        int crc = 0xe3069283;
        int masked = (crc >>> 15 | crc << 17) + 0xa282ead8;
        assertThat(EventFile.checksum("123456789".getBytes(StandardCharsets.US_ASCII), 0, 9))
                .isEqualTo(masked);
        byte[] file = sample();
        assertThat(Events.read(file)).hasSizeGreaterThan(8);
        for (int at : new int[] {0, 9, 14, file.length - 1}) {
            byte[] damaged = file.clone();
            damaged[at] ^= 1;
            assertThatThrownBy(() -> Events.read(damaged)).isInstanceOf(AssertionError.class);
        }
    }

    @Test
    void theFileBeginsWithVersionAndStart() {
        List<DynamicMessage> events = Events.read(sample());
        assertThat(Events.text(events.get(0), "file_version")).isEqualTo("brain.Event:2");
        assertThat(Events.get(events.get(0), "wall_time")).isEqualTo(1_764_000_000.123);
        assertThat(Events.get(Events.inner(events.get(1), "session_log"), "status"))
                .isEqualTo(1);
    }

    @Test
    void valuesAreReadAsTheyWereWritten() throws IOException {
        Files.write(directory.resolve("events.out.tfevents.1.x"), sample());
        assertThat(Events.scalars(directory).getOrDefault("loss/train", List.of()))
                .extracting(each -> each.getKey() + "=" + each.getValue())
                .containsExactly("1=0.75", "300=NaN");
        double[][] rows = Events.histogram(
                Events.values(directory, "parameters/dense1.weight").getFirst());
        assertThat(rows).hasDimensions(30, 3);
        assertThat(rows[0]).containsExactly(0, 0.1, 1);
        assertThat(rows[10][2]).isEqualTo(2);
        assertThat(rows[29][1]).isEqualTo(3);
        assertThat(Arrays.stream(rows).mapToDouble(each -> each[2]).sum()).isEqualTo(5);
        for (int i = 1; i < rows.length; i++) assertThat(rows[i][0]).isEqualTo(rows[i - 1][1]);
        assertThat(Events.histogram(Events.values(directory, "parameters/empty").getFirst()))
                .isEmpty();
        assertThat(Events.histogram(
                        Events.values(directory, "parameters/constant").getFirst()))
                .isEqualTo(new double[][] {{1.5, 2.5, 2}});
        DynamicMessage image =
                Events.inner(Events.values(directory, "confusion/validation").getFirst(), "image");
        assertThat(Events.get(image, "width")).isEqualTo(2);
        assertThat(Events.get(image, "height")).isEqualTo(1);
        assertThat(Events.get(image, "colorspace")).isEqualTo(1);
    }

    @Test
    void hyperparametersHaveTheirKinds() throws IOException {
        Files.write(directory.resolve("events.out.tfevents.1.x"), sample());
        DynamicMessage experiment = Events.inner(Events.hparams(directory, "_hparams_/experiment"), "experiment");
        assertThat(Events.list(experiment, "hparam_infos"))
                .extracting(each -> Events.text(each, "name") + "=" + Events.get(each, "type"))
                .containsExactly("optimizer.rate=3", "nesterov=2", "activation=1");
        assertThat(Events.list(experiment, "metric_infos"))
                .extracting(each -> Events.text(Events.inner(each, "name"), "tag"))
                .containsExactly("loss/validation");
        DynamicMessage start =
                Events.inner(Events.hparams(directory, "_hparams_/session_start_info"), "session_start_info");
        assertThat(Events.list(start, "hparams"))
                .extracting(each -> Events.text(each, "key"))
                .containsExactly("optimizer.rate", "nesterov", "activation");
        assertThat(Events.get(Events.inner(Events.list(start, "hparams").getFirst(), "value"), "number_value"))
                .isEqualTo(0.001);
        assertThat(Events.text(start, "group_name")).hasSize(8);
        DynamicMessage end = Events.inner(Events.hparams(directory, "_hparams_/session_end_info"), "session_end_info");
        assertThat(Events.get(end, "status")).isEqualTo(1);
    }

    @Test
    void theBytesAreTheGoldenOnes() throws IOException {
        byte[] golden;
        try (var file = EventFileTest.class.getResourceAsStream(GOLDEN)) {
            golden = file == null ? new byte[0] : file.readAllBytes();
        }
        byte[] now = sample();
        if (!Arrays.equals(now, golden)) { // to look at, or to commit
            Files.write(Files.createDirectories(Path.of("target")).resolve(GOLDEN), now);
        }
        assertThat(now).isEqualTo(golden);
    }

    @Test
    void aCutOffRecordIsLeftOut() {
        byte[] file = sample();
        int all = Events.read(file).size();
        for (int cut = 1; cut < 40; cut++) {
            assertThat(Events.read(Arrays.copyOf(file, file.length - cut))).hasSize(all - 1);
        }
    }

    @Test
    void pythonReadsTheSame() throws Exception {
        Path python = Path.of("/usr/bin/python3");
        assumeThat(Files.isExecutable(python)).as("python3").isTrue();
        Path file = directory.resolve("events.out.tfevents.1.x");
        Files.write(file, sample());
        var process = new ProcessBuilder(
                        python.toString(),
                        Path.of("src/test/python/read_events.py").toString(),
                        file.toString())
                .redirectErrorStream(true)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assumeThat(process.exitValue()).as("python3 has protobuf: " + out).isNotEqualTo(77);
        assertThat(process.exitValue()).as(out).isZero();
        assertThat(out.lines())
                .contains(
                        "version brain.Event:2",
                        "scalar 1 loss/train 0.75",
                        "scalar 300 loss/train nan",
                        "histogram 300 parameters/dense1.weight 30 rows 5.0 numbers",
                        "hparams _hparams_/session_start_info");
    }

    @Test
    void laterFilesAreSortedBehindEarlierOnes() {
        InstantSource early = InstantSource.fixed(Instant.ofEpochSecond(1_000));
        for (int i = 0; i < 3; i++) {
            EventFile.create(directory, OptionalLong.of(i), _ -> {}, i == 1 ? early : CLOCK)
                    .close();
        }
        EventFile.next(directory, _ -> {}).close();
        List<Path> files = Events.files(directory);
        assertThat(files).hasSize(4);
        assertThat(files)
                .allMatch(each -> EventFile.isEventFile(each.getFileName().toString()));
        assertThat(Events.ofDirectory(directory).stream()
                        .filter(each -> Events.has(each, "session_log"))
                        .map(Events::step))
                .containsExactly(0L, 1L, 2L);
    }

    @Test
    void aFullDiskWarnsOnce() {
        List<String> warnings = new ArrayList<>();
        var full = new OutputStream() {
            private int room = 200;

            @Override
            public void write(int b) throws IOException {
                if (room-- <= 0) throw new IOException("No space left on device");
            }
        };
        try (EventFile file = writer(full, warnings)) {
            for (int i = 0; i < 100; i++) file.scalar("loss", i, i);
            file.flush();
        }
        assertThat(warnings).containsExactly("warning: x can no longer be written: No space left on device");
    }

    @Test
    void aDirectoryThatIsNoneIsRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "x");
        assertThatThrownBy(() -> EventFile.create(file, 0, _ -> {})).isInstanceOf(ResourceException.class);
    }

    @Test
    void edgesMustFitCounts() {
        try (EventFile file = writer(new ByteArrayOutputStream(), new ArrayList<>())) {
            assertThatThrownBy(() -> file.histogram("a", 1, new double[] {1}, new double[] {1}))
                    .isInstanceOf(DataException.class);
        }
    }

    @Test
    void eventsAreOnTheDiskAfterASecond() throws Exception {
        try (EventFile file = EventFile.create(directory, 0, _ -> {})) {
            long begin = Files.size(file.path());
            assertThat(begin).isPositive(); // the first events at once
            file.scalar("loss", 1, 1);
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (Files.size(file.path()) == begin) {
                assertThat(System.nanoTime()).isLessThan(deadline);
                Thread.sleep(50);
                file.scalar("loss", 2, 1);
            }
        }
    }
}
