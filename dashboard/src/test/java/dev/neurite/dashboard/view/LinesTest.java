package dev.neurite.dashboard.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

@NullUnmarked // members of JSON that are missing fail the test
final class LinesTest {
    static JsonObject json(String text) {
        try {
            return (JsonObject) Json.read(text);
        } catch (Json.SyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static JsonObject line(long step, int epoch, String kind, String figures) {
        return json("{\"v\":1,\"t\":" + (100 + step) + ".5,\"step\":" + step + ",\"epoch\":" + epoch + ",\"k\":\""
                + kind + "\",\"m\":" + figures + "}");
    }

    @Test
    void figuresBecomeSeriesByKindAndName() {
        var lines = new Lines();
        lines.add(line(1, 1, "train", "{\"loss\":2.5,\"acc\":0.1,\"lr\":0.001}"));
        lines.add(
                line(1, 1, "updates", "{\"dense1.weight\":{\"ratio\":0.002,\"norm\":\"NaN\"},\"b\":{\"ratio\":null}}"));
        lines.add(line(2, 1, "val", "{\"loss\":\"Infinity\",\"f1\":null}"));
        lines.add(line(2, 1, "skipped", "{\"batch\":3,\"problem\":\"a loss of NaN\"}"));
        Lines.Curves curves = lines.curves(0, 100);
        assertThat(curves.lines()).isEqualTo(4);
        assertThat(curves.series())
                .containsOnlyKeys(
                        "train.loss",
                        "train.acc",
                        "train.lr",
                        "updates.dense1.weight.ratio",
                        "updates.dense1.weight.norm",
                        "val.loss",
                        "skipped.batch");
        assertThat(curves.series().get("val.loss").value()).containsExactly(Double.POSITIVE_INFINITY);
        assertThat(curves.series().get("updates.dense1.weight.norm").value()).containsExactly(Double.NaN);
        assertThat(curves.series().get("train.loss").seconds()).containsExactly(101.5);
        assertThat(lines.newest("train.")).containsEntry("acc", 0.1);
        assertThat(lines.place()).isEqualTo(new Lines.Place(4, 2, 1, 101.5, 102.5));
    }

    @Test
    void linesAfterALine() {
        var lines = new Lines();
        for (int i = 1; i <= 10; i++) lines.add(line(i, 1, "train", "{\"loss\":" + i + "}"));
        assertThat(lines.after(7, 100)).extracting(Lines.Numbered::number).containsExactly(8L, 9L, 10L);
        assertThat(lines.after(0, 2)).extracting(Lines.Numbered::number).containsExactly(1L, 2L);
        assertThat(lines.after(10, 5)).isEmpty();
        assertThat(lines.after(99, 5)).isEmpty();
        assertThat(lines.after(7, 1).getFirst().text())
                .isEqualTo(line(8, 1, "train", "{\"loss\":8}").write());
        assertThat(lines.curves(7, 100).series().get("train.loss").value()).containsExactly(8, 9, 10);
    }

    @Test
    void oddLinesCountAndChangeNothing() {
        var lines = new Lines();
        lines.add(json("{}"));
        lines.add(json("{\"k\":\"train\",\"step\":\"x\",\"epoch\":1,\"t\":1,\"m\":{\"loss\":1}}"));
        lines.add(json("{\"k\":\"train\",\"step\":1,\"epoch\":1,\"t\":1,\"m\":[1]}"));
        assertThat(lines.curves(0, 8)).isEqualTo(new Lines.Curves(3, java.util.Map.of()));
    }

    @Test
    void onlyTheNewestLinesAreKeptAsTheyAre() {
        var lines = new Lines();
        JsonObject same = line(1, 1, "train", "{\"loss\":1}");
        for (int i = 0; i < Lines.KEPT + 5; i++) lines.add(same);
        assertThat(lines.after(0, 1).getFirst().number()).isEqualTo(6);
        assertThat(lines.after(Lines.KEPT, 100)).hasSize(5);
        assertThat(lines.curves(0, 8).lines()).isEqualTo(Lines.KEPT + 5);
        lines.clear();
        assertThat(lines.place().lines()).isZero();
        assertThat(lines.curves(0, 8).series()).isEmpty();
    }

    @Test
    void longLinesAreBoundedByTheirText() {
        var lines = new Lines();
        String text = "x".repeat(1 << 20);
        for (int i = 0; i < 40; i++) lines.add(json("{\"" + i + "\":\"" + text + "\"}"));
        List<Lines.Numbered> kept = new ArrayList<>();
        List<Lines.Numbered> part = lines.after(0, 500);
        assertThat(part).hasSize(1); // an answer is bounded, too
        for (; !part.isEmpty(); part = lines.after(kept.getLast().number(), 500)) kept.addAll(part);
        assertThat(kept)
                .extracting(Lines.Numbered::number)
                .isSorted()
                .hasSize(15)
                .endsWith(40L);
        assertThat(kept.stream().mapToLong(each -> each.text().length()).sum()).isLessThanOrEqualTo(Lines.KEPT_TEXT);
        lines.clear();
        lines.add(json("{\"text\":\"" + "x".repeat(Lines.KEPT_TEXT) + "\"}"));
        assertThat(lines.after(0, 1)).hasSize(1); // the newest is always there
    }

    @Test
    void thePointsOfAllSeriesAreBounded() {
        var lines = new Lines();
        for (int i = 1; i <= 4_000; i++) {
            var figures = new StringBuilder("{\"peak\":" + (i == 1_234 ? 9 : 0));
            for (int each = 0; each < 400; each++)
                figures.append(",\"").append(each).append("\":").append(i);
            lines.add(line(i, 1, "updates", figures + "}"));
            assertThat(lines.points()).isLessThanOrEqualTo(1 << 20);
        }
        Series.Points points = lines.curves(0, 2_000).series().get("updates.7");
        assertThat(points.value()).startsWith(1).endsWith(4_000).hasSizeGreaterThan(60);
        assertThat(lines.curves(0, 2_000).series().get("updates.peak").value()).contains(9);
        lines.add(line(1, 1, "updates", "{\"" + "n".repeat(600) + "\":1}"));
        assertThat(lines.newest("updates.n")).isEmpty(); // a name that is no name
    }
}
