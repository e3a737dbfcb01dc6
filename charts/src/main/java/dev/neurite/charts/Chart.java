package dev.neurite.charts;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.AtomicFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/// A chart, made by [Charts]. The same input gives the same SVG on every machine. Colors and dashes tell lines
/// apart for everybody, on paper too.
///
/// SVG needs nothing; PNG needs a font of the system, but no display.
public final class Chart {
    private static final double MARGIN = 14; // in points
    private static final int LEAST = 120; // points or pixels of a side
    private static final int MOST = 16_384;

    private final String title;
    private final String description;
    private final Figure figure;
    private final int width;
    private final int height;

    Chart(String title, String description, Figure figure, int width, int height) {
        this.title = title;
        this.description = description;
        this.figure = figure;
        this.width = width;
        this.height = height;
    }

    public String title() {
        return title;
    }

    /// What the chart shows, in words and numbers.
    public String description() {
        return description;
    }

    /// The same chart with another size of the SVG.
    /// @param width in points, from 120 to 16,384
    /// @param height in points, from 120 to 16,384
    /// @throws ConfigException for a size out of range
    public Chart withSize(int width, int height) {
        check(width, height);
        return new Chart(title, description, figure, width, height);
    }

    private static void check(int width, int height) {
        if (width < LEAST || height < LEAST || width > MOST || height > MOST) {
            throw new ConfigException(
                    "chart",
                    "expects a width and height from " + LEAST + " to " + MOST + ", got " + width + "×" + height);
        }
    }

    /// The chart as SVG: one element `svg`, with a title and a description for screen readers. Its texts and lines
    /// have classes, so that a page's style sheet can give them other colors.
    public String svg() {
        var canvas = new SvgCanvas(width, height, title, description);
        paint(canvas, width, height);
        return canvas.end();
    }

    /// The chart as a PNG image. Texts and lines grow with the image.
    /// @param width in pixels, from 120 to 16,384
    /// @param height in pixels, from 120 to 16,384
    /// @throws ConfigException for a size out of range
    /// @throws ResourceException if the system has no font
    public byte[] png(int width, int height) {
        check(width, height);
        double scale = Math.min((double) width / this.width, (double) height / this.height);
        RasterCanvas.requireFonts();
        var canvas = new RasterCanvas(width, height, scale);
        paint(canvas, width / scale, height / scale);
        return canvas.png();
    }

    private void paint(Canvas canvas, double width, double height) {
        canvas.rectangle(0, 0, width, height, Ink.PAPER);
        figure.paint(canvas, new Box(MARGIN, MARGIN, width - 2 * MARGIN, height - 2 * MARGIN));
    }

    /// Writes the chart as a whole or not at all: as SVG, or as a PNG image with two pixels a point.
    /// @param file its name ends in `.svg` or `.png`
    /// @throws ConfigException for another ending
    /// @throws ResourceException if the file cannot be written, or for PNG if the system has no font
    public void save(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        byte[] bytes;
        if (name.endsWith(".svg")) bytes = svg().getBytes(StandardCharsets.UTF_8);
        else if (name.endsWith(".png")) bytes = png(Math.min(MOST, 2 * width), Math.min(MOST, 2 * height));
        else throw new ConfigException(file.toString(), "expects a name that ends in .svg or .png");
        AtomicFile.write(file, bytes);
    }

    @Override
    public String toString() {
        return title + ": " + description;
    }
}
