package dev.neurite.charts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ResourceException;
import dev.neurite.metric.Confusion;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

final class ChartTest {
    private static final String HOSTILE = "</text><script>alert(1)</script>\u0000\u001b[31m\u202e\"'&\ud800";

    private static Chart line(String name, double... y) {
        double[] x = new double[y.length];
        for (int i = 0; i < x.length; i++) x[i] = i + 1;
        return Charts.lines("Loss", "epoch", "loss", Scale.LINEAR, List.of(new Line(name, x, y)));
    }

    @Test
    void svgIsWellFormedAndHasTitleAndDescription() {
        Chart chart = line("training", 3, 2, 1);
        Document svg = Svg.parse(chart.svg());
        assertThat(svg.getDocumentElement().getAttribute("role")).isEqualTo("img");
        assertThat(Svg.elements(svg, "title"))
                .extracting(Element::getTextContent)
                .containsExactly("Loss");
        assertThat(Svg.elements(svg, "desc"))
                .extracting(Element::getTextContent)
                .containsExactly(chart.description())
                .first()
                .asString()
                .contains("training from 3.0000 to 1.0000");
        assertThat(Svg.elements(svg, "title").getFirst().getParentNode()).isEqualTo(svg.getDocumentElement());
        assertThat(Svg.texts(chart.svg())).contains("training", "epoch", "loss");
    }

    @Test
    void theSameInputGivesTheSameBytes() {
        assertThat(line("a", 3, 2, 1).svg()).isEqualTo(line("a", 3, 2, 1).svg());
        assertThat(line("a", 3, 2, 1).png(400, 300))
                .isEqualTo(line("a", 3, 2, 1).png(400, 300));
        assertThat(line("a", 3, 2, 1).svg()).isNotEqualTo(line("a", 3, 2, 1.5).svg());
    }

    @Test
    void namesAreOnlyText() {
        var confusion = new Confusion(List.of(HOSTILE, "b"));
        confusion.add(0, 1);
        for (Chart chart : List.of(line(HOSTILE, 1, 2), Charts.confusion(confusion))) {
            String svg = chart.svg();
            Document document = Svg.parse(svg);
            assertThat(Svg.elements(document, "script")).isEmpty();
            assertThat(svg).doesNotContain("\u0000", "\u001b", "\u202e");
            assertThat(svg).contains("&lt;/text&gt;&lt;script&gt;");
        }
    }

    @Test
    void numbersThatAreNotFiniteInterruptALine() {
        String svg =
                line("a", 1, 2, Double.NaN, 3, 4, Double.POSITIVE_INFINITY, 5).svg();
        assertThat(svg.replaceAll("<desc>.*?</desc>", "")).doesNotContain("NaN", "Infinity");
        // The legend's sample, the axes, two pieces; the last point alone is a dot. Grid lines and ticks have class
        // grid
        // or axis.
        assertThat(Svg.elements(Svg.parse(svg), "polyline"))
                .filteredOn(each -> each.getAttribute("class").equals("stroke s0"))
                .hasSize(3);
        assertThat(Svg.elements(Svg.parse(svg), "circle")).hasSize(1);
        assertThat(line("a", Double.NaN, Double.NaN).description()).contains("no finite values");
        Svg.parse(line("a", Double.NaN, Double.NaN).svg());
    }

    @Test
    void aLongLineKeepsItsPeaks() {
        double[] y = new double[200_000];
        java.util.Arrays.fill(y, 1);
        y[77_777] = 100;
        y[123_456] = -50;
        Chart chart = line("a", y);
        Element longest = Svg.elements(Svg.parse(chart.svg()), "polyline").stream()
                .max(java.util.Comparator.comparingInt(
                        each -> each.getAttribute("points").length()))
                .orElseThrow();
        double[] heights = Stream.of(longest.getAttribute("points").split(" ", -1))
                .mapToDouble(point -> Double.parseDouble(point.substring(point.indexOf(',') + 1)))
                .toArray();
        assertThat(heights.length).isLessThan(5_000);
        double usual = heights[0];
        assertThat(java.util.Arrays.stream(heights).boxed())
                .anyMatch(each -> each < usual - 100)
                .anyMatch(each -> each > usual + 50);
    }

    @Test
    void pngHasTheAskedSizeAndIsNotEmpty() throws IOException {
        BufferedImage image =
                ImageIO.read(new ByteArrayInputStream(line("a", 3, 2, 1).png(800, 500)));
        assertThat(image.getWidth()).isEqualTo(800);
        assertThat(image.getHeight()).isEqualTo(500);
        long colors = java.util.stream.IntStream.range(0, 800 * 500)
                .map(i -> image.getRGB(i % 800, i / 800))
                .distinct()
                .count();
        assertThat(colors).isGreaterThan(10);
        assertThat(image.getRGB(0, 0) & 0xffffff).isEqualTo(0xffffff);
    }

    @Test
    void theEndingChoosesTheFormat(@TempDir Path directory) throws IOException {
        Chart chart = line("a", 3, 2, 1);
        chart.save(directory.resolve("a.SVG"));
        assertThat(directory.resolve("a.SVG")).hasContent(chart.svg());
        chart.save(directory.resolve("a.png"));
        BufferedImage image = ImageIO.read(directory.resolve("a.png").toFile());
        assertThat(image.getWidth()).isEqualTo(2 * 760);
        assertThatThrownBy(() -> chart.save(directory.resolve("a.pdf")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(".svg or .png");
        assertThatThrownBy(() -> chart.save(directory.resolve("none/a.svg")))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("no such file or directory");
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).hasSize(2); // no temporary files
        }
    }

    @Test
    void sizesOutOfRangeAreRefused() {
        Chart chart = line("a", 1, 2);
        assertThatThrownBy(() -> chart.png(119, 500)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> chart.withSize(500, 16_385)).isInstanceOf(ConfigException.class);
        assertThat(chart.withSize(500, 300).svg()).contains("viewBox=\"0 0 500 300\"");
    }

    @Test
    void colorsHaveContrastAndDashesDiffer() {
        for (int i = 0; i < 8; i++) {
            double contrast = 1.05 / (Ink.series(i).luminance() + 0.05);
            assertThat(contrast).as("series " + i).isGreaterThan(3);
            for (int j = 0; j < i; j++) assertThat(Ink.dashes(i)).isNotEqualTo(Ink.dashes(j));
        }
        for (Ink text : List.of(Ink.TEXT, Ink.SOFT)) {
            assertThat(1.05 / (text.luminance() + 0.05)).isGreaterThan(4.5);
        }
        for (double share = 0; share <= 1; share += 0.01) {
            Ink shade = Ink.shade(share);
            double lighter = Math.max(shade.luminance(), Ink.on(shade).luminance()) + 0.05;
            double darker = Math.min(shade.luminance(), Ink.on(shade).luminance()) + 0.05;
            assertThat(lighter / darker).as("shade " + share).isGreaterThan(4.5);
        }
    }
}
