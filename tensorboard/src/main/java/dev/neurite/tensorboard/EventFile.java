package dev.neurite.tensorboard;

import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// A file of events that TensorBoard reads: scalars, histograms, images and hyperparameters.
///
/// TensorBoard reads all files of a directory, in the order of their names, as one run. Each file begins with the step
/// from which it continues; TensorBoard then drops what earlier files have from that step on.
///
/// A full disk does not throw: the file warns once and takes nothing more. Written events are on the disk
/// after a second, or after [#flush()]. Not for use by several threads.
public final class EventFile implements AutoCloseable {
    private static final String PREFIX = "events.out.tfevents.";
    private static final String VERSION = "brain.Event:2";
    private static final String WRITER = "neurite";
    private static final int CHECKSUM_DELTA = 0xa282ead8;
    private static final long FLUSH_NANOS = 1_000_000_000;
    private static final String EXPERIMENT = "_hparams_/experiment";
    private static final String SESSION_START = "_hparams_/session_start_info";
    private static final String SESSION_END = "_hparams_/session_end_info";

    /// The number of bars of a histogram.
    static final int BARS = 30;

    private final Path file;
    private final Consumer<String> warnings;
    private final InstantSource clock;
    private @Nullable OutputStream out;
    private long flushed = System.nanoTime();

    private EventFile(Path file, Consumer<String> warnings, InstantSource clock, OutputStream out) {
        this.file = file;
        this.warnings = warnings;
        this.clock = clock;
        this.out = out;
    }

    /// Creates the next file of a directory.
    /// @param directory created if it does not exist
    /// @param step the number of the first step to come, from 0; what earlier files have from it on is
    /// dropped
    /// @param warnings receives the warning when the file cannot be written any more
    /// @throws ResourceException if it cannot be created
    public static EventFile create(Path directory, long step, Consumer<String> warnings) {
        return create(directory, OptionalLong.of(step), warnings, InstantSource.system());
    }

    /// Creates the next file of a directory, which adds to earlier ones.
    /// @param directory created if it does not exist
    /// @param warnings receives the warning when the file cannot be written any more
    /// @throws ResourceException if it cannot be created
    public static EventFile next(Path directory, Consumer<String> warnings) {
        return create(directory, OptionalLong.empty(), warnings, InstantSource.system());
    }

    static EventFile create(Path directory, OptionalLong step, Consumer<String> warnings, InstantSource clock) {
        try {
            Files.createDirectories(directory);
            Path file = directory.resolve(nextName(directory, clock.millis() / 1000));
            OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            return of(file, step, warnings, clock, new BufferedOutputStream(out, 1 << 16));
        } catch (IOException e) {
            throw new ResourceException(
                    directory.toString(), "takes no event file: " + ResourceException.reason(e), "Check the directory");
        }
    }

    /// @param step the first step to come; empty for a file that adds to earlier ones
    /// @param out takes the bytes
    static EventFile of(
            Path file, OptionalLong step, Consumer<String> warnings, InstantSource clock, OutputStream out) {
        var created = new EventFile(file, warnings, clock, out);
        created.event(
                step.orElse(0),
                event -> event.text(EventFields.EVENT_FILE_VERSION, VERSION)
                        .message(EventFields.EVENT_SOURCE, new EventMessage().text(EventFields.SOURCE_WRITER, WRITER)));
        if (step.isPresent()) {
            var start = new EventMessage().whole(EventFields.SESSION_STATUS, EventFields.SESSION_START);
            created.event(step.getAsLong(), event -> event.message(EventFields.EVENT_SESSION_LOG, start));
        }
        created.flush();
        return created;
    }

    public static boolean isEventFile(String name) {
        return name.startsWith(PREFIX);
    }

    /// A name that is sorted behind those of the files that are there, even if the clock was set back.
    private static String nextName(Path directory, long now) throws IOException {
        long seconds = now;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, PREFIX + "*")) {
            for (Path each : files) {
                String digits = String.valueOf(each.getFileName())
                        .substring(PREFIX.length())
                        .replaceFirst("\\D.*", "");
                // Longer ones are of another writer.
                if (!digits.isEmpty() && digits.length() <= 10) seconds = Math.max(seconds, Long.parseLong(digits) + 1);
            }
        }
        return PREFIX + String.format(Locale.ROOT, "%010d.%s", seconds, WRITER);
    }

    public Path path() {
        return file;
    }

    /// Writes a number.
    /// @param tag its name; TensorBoard groups by the part before the first `/`
    public void scalar(String tag, long step, double number) {
        value(step, value -> value.text(EventFields.VALUE_TAG, tag).small(EventFields.VALUE_SIMPLE, (float) number));
    }

    /// Writes a histogram of numbers, in 30 bars of equal width. Those that are not finite are not counted.
    /// @param tag its name; TensorBoard groups by the part before the first `/`
    public void histogram(String tag, long step, float[] numbers) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        int finite = 0;
        for (float each : numbers) {
            if (!Float.isFinite(each)) continue;
            low = Math.min(low, each);
            high = Math.max(high, each);
            finite++;
        }
        if (finite == 0) {
            histogram(tag, step, new double[0], new double[0]);
            return;
        }
        if (low == high) {
            histogram(tag, step, new double[] {low - 0.5, low + 0.5}, new double[] {finite});
            return;
        }
        double[] edges = new double[BARS + 1];
        for (int i = 0; i <= BARS; i++) edges[i] = i == BARS ? high : low + (high - low) * i / BARS;
        double[] counts = new double[BARS];
        for (float each : numbers) {
            if (Float.isFinite(each)) counts[Math.min(BARS - 1, (int) ((each - low) / (high - low) * BARS))]++;
        }
        histogram(tag, step, edges, counts);
    }

    /// Writes a histogram.
    /// @param tag its name; TensorBoard groups by the part before the first `/`
    /// @param edges of the bars, ascending; one more than counts, or none
    /// @param counts of the bars; none for a histogram of nothing
    /// @throws DataException if the numbers of edges and counts do not fit
    public void histogram(String tag, long step, double[] edges, double[] counts) {
        if (edges.length != counts.length + 1 && (edges.length > 0 || counts.length > 0)) {
            throw new DataException(
                    "histogram", "expects one edge more than counts, got " + edges.length + " and " + counts.length);
        }
        ByteBuffer rows = ByteBuffer.allocate(counts.length * 3 * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < counts.length; i++) {
            rows.putDouble(edges[i]).putDouble(edges[i + 1]).putDouble(counts[i]);
        }
        EventMessage tensor = new EventMessage()
                .whole(EventFields.TENSOR_TYPE, EventFields.TYPE_DOUBLE)
                .message(
                        EventFields.TENSOR_SHAPE,
                        new EventMessage()
                                .message(EventFields.SHAPE_DIMENSION, dimension(counts.length))
                                .message(EventFields.SHAPE_DIMENSION, dimension(3)))
                .bytes(EventFields.TENSOR_CONTENT, rows.array());
        value(
                step,
                value -> value.text(EventFields.VALUE_TAG, tag)
                        .message(EventFields.VALUE_TENSOR, tensor)
                        .message(
                                EventFields.VALUE_METADATA,
                                new EventMessage()
                                        .message(
                                                EventFields.METADATA_PLUGIN,
                                                new EventMessage().text(EventFields.PLUGIN_NAME, "histograms"))
                                        .whole(EventFields.METADATA_DATA_CLASS, EventFields.DATA_CLASS_TENSOR)));
    }

    private static EventMessage dimension(int size) {
        return new EventMessage().whole(EventFields.DIMENSION_SIZE, size);
    }

    /// Writes an image.
    /// @param tag its name; TensorBoard groups by the part before the first `/`
    /// @param png the image as a PNG file
    /// @param channels 1 for gray, 3 for red, green and blue
    public void image(String tag, long step, int width, int height, int channels, byte[] png) {
        EventMessage image = new EventMessage()
                .whole(EventFields.IMAGE_HEIGHT, height)
                .whole(EventFields.IMAGE_WIDTH, width)
                .whole(EventFields.IMAGE_COLORS, channels)
                .bytes(EventFields.IMAGE_ENCODED, png);
        value(step, value -> value.text(EventFields.VALUE_TAG, tag).message(EventFields.VALUE_IMAGE, image));
    }

    /// Writes the hyperparameters of a run, for the tab HParams. To be called once, at its beginning.
    /// @param hparams by name: numbers, booleans and texts; of other values the text
    /// @param metrics the tags of the scalars that runs are compared by
    public void start(SequencedMap<String, ?> hparams, Collection<String> metrics) {
        double now = seconds();
        var experiment = new EventMessage().number(EventFields.EXPERIMENT_CREATED, now);
        var start = new EventMessage();
        hparams.forEach((name, value) -> {
            experiment.message(
                    EventFields.EXPERIMENT_HPARAM,
                    new EventMessage().text(EventFields.HPARAM_NAME, name).whole(EventFields.HPARAM_TYPE, type(value)));
            start.message(
                    EventFields.START_HPARAM,
                    new EventMessage().text(EventFields.ENTRY_KEY, name).message(EventFields.ENTRY_VALUE, any(value)));
        });
        for (String tag : metrics) {
            experiment.message(
                    EventFields.EXPERIMENT_METRIC,
                    new EventMessage()
                            .message(EventFields.METRIC_NAME, new EventMessage().text(EventFields.METRIC_TAG, tag)));
        }
        start.text(EventFields.START_GROUP, group(hparams)).number(EventFields.START_TIME, now);
        hparams(EXPERIMENT, new EventMessage().message(EventFields.HPARAMS_EXPERIMENT, experiment));
        hparams(SESSION_START, new EventMessage().message(EventFields.HPARAMS_START, start));
    }

    /// Writes that the run of [#start] has ended.
    /// @param success whether it did not fail
    public void end(boolean success) {
        EventMessage end = new EventMessage()
                .whole(EventFields.END_STATUS, success ? EventFields.STATUS_SUCCESS : EventFields.STATUS_FAILURE)
                .number(EventFields.END_TIME, seconds());
        hparams(SESSION_END, new EventMessage().message(EventFields.HPARAMS_END, end));
        flush();
    }

    /// Runs with the same hyperparameters are one group.
    private static String group(Map<String, ?> hparams) {
        var check = new CRC32C();
        check.update(new TreeMap<>(hparams).toString().getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().toHexDigits((int) check.getValue());
    }

    private static long type(Object value) {
        return switch (value) {
            case Number _ -> EventFields.HPARAM_NUMBER;
            case Boolean _ -> EventFields.HPARAM_FLAG;
            default -> EventFields.HPARAM_TEXT;
        };
    }

    private static EventMessage any(Object value) {
        return switch (value) {
            case Number number -> new EventMessage().number(EventFields.ANY_NUMBER, number.doubleValue());
            case Boolean flag -> new EventMessage().flag(EventFields.ANY_FLAG, flag);
            default -> new EventMessage().text(EventFields.ANY_TEXT, value.toString());
        };
    }

    private void hparams(String tag, EventMessage content) {
        EventMessage plugin = new EventMessage()
                .text(EventFields.PLUGIN_NAME, "hparams")
                .message(EventFields.PLUGIN_CONTENT, content);
        value(
                0,
                value -> value.text(EventFields.VALUE_TAG, tag)
                        .message(
                                EventFields.VALUE_METADATA,
                                new EventMessage()
                                        .message(EventFields.METADATA_PLUGIN, plugin)
                                        .whole(EventFields.METADATA_DATA_CLASS, EventFields.DATA_CLASS_TENSOR)));
    }

    private void value(long step, Consumer<EventMessage> content) {
        var value = new EventMessage();
        content.accept(value);
        var summary = new EventMessage().message(EventFields.SUMMARY_VALUE, value);
        event(step, event -> event.message(EventFields.EVENT_SUMMARY, summary));
    }

    private void event(long step, Consumer<EventMessage> content) {
        if (out == null) return;
        var event = new EventMessage()
                .number(EventFields.EVENT_WALL_TIME, seconds())
                .whole(EventFields.EVENT_STEP, step);
        content.accept(event);
        byte[] record = framed(event.toBytes());
        attempt(stream -> stream.write(record));
        if (System.nanoTime() - flushed >= FLUSH_NANOS) flush();
    }

    private double seconds() {
        return clock.millis() / 1000.0;
    }

    /// A record of TensorFlow's format: length, its checksum, the data, its checksum, all little-endian.
    static byte[] framed(byte[] data) {
        ByteBuffer record = ByteBuffer.allocate(Long.BYTES + Integer.BYTES + data.length + Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        record.putLong(data.length);
        record.putInt(checksum(record.array(), 0, Long.BYTES));
        record.put(data);
        return record.putInt(checksum(data, 0, data.length)).array();
    }

    /// The masked CRC-32C of TensorFlow's records: a checksum of bytes that contain checksums would be weak.
    static int checksum(byte[] bytes, int from, int length) {
        var check = new CRC32C();
        check.update(bytes, from, length);
        return Integer.rotateRight((int) check.getValue(), 15) + CHECKSUM_DELTA;
    }

    /// Writes all events so far to the file.
    public void flush() {
        flushed = System.nanoTime();
        attempt(OutputStream::flush);
    }

    private interface Writing {
        void run(OutputStream stream) throws IOException;
    }

    private void attempt(Writing writing) {
        OutputStream stream = out;
        if (stream == null) return;
        try {
            writing.run(stream);
        } catch (IOException e) {
            out = null;
            warnings.accept("warning: " + file + " can no longer be written: " + ResourceException.reason(e));
            abandon(stream);
        }
    }

    private static void abandon(OutputStream stream) {
        try {
            stream.close();
        } catch (IOException _) {
            // what it still holds cannot be written: the warning said so
        }
    }

    @Override
    public void close() {
        attempt(OutputStream::close);
        out = null;
    }
}
