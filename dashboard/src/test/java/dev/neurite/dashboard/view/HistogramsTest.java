package dev.neurite.dashboard.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HistogramsTest {
    private static String line(int step, int names) {
        String counts = String.join(",", Collections.nCopies(250, "1"));
        var text = new StringBuilder("{\"step\":" + step + ",\"epoch\":1,\"t\":1,\"m\":{\"first\":{}");
        for (int name = 0; name < names; name++) {
            text.append(",\"").append(name).append("\":{");
            for (String kind : List.of("value", "gradient", "update")) {
                text.append(kind.equals("value") ? "\"" : ",\"")
                        .append(kind)
                        .append("\":{\"counts\":[")
                        .append(counts)
                        .append("]}");
            }
            text.append('}');
        }
        return text.append("}}").toString();
    }

    @Test
    void manyLargeHistogramsAreBounded() {
        var histograms = new Histograms();
        for (int step = 1; step <= 60; step++) histograms.add(LinesTest.json(line(step, 200)));
        assertThat(histograms.count()).isEqualTo(60);
        assertThat(histograms.kept()).isLessThanOrEqualTo(26); // 200 × 3 × 266 numbers each, 4 << 20 in all
        assertThat(histograms.over("7", "value").step())
                .startsWith(1L)
                .endsWith(60L)
                .isSorted();
        histograms.clear();
        for (int step = 1; step <= 200; step++) histograms.add(LinesTest.json(line(step, 1)));
        assertThat(histograms.kept()).isEqualTo(200); // small ones stay
    }
}
