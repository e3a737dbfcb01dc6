package dev.neurite.dashboard.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CurvesTest {
    private static final String LINE = "{\"v\":1,\"t\":%d,\"step\":%d,\"epoch\":1,\"k\":\"train\",\"m\":{\"loss\":1}}";

    @TempDir
    private Path place;

    @Test
    void linesAreBounded() throws IOException {
        Path file = place.resolve("metrics.jsonl");
        Files.writeString(file, LINE.formatted(1, 1) + "\r\n" + LINE.formatted(2, 2));
        assertThat(Curves.read(file).isEmpty()).isFalse();
        Files.writeString(file, LINE.formatted(1, 1) + "\n{\"v\":\"" + "x".repeat(2_000_000) + "\"}\n");
        assertThatThrownBy(() -> Curves.read(file))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("line 2")
                .hasMessageContaining("longer than 2 million characters");
    }
}
