package dev.neurite.charts;

import dev.neurite.error.ResourceException;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.font.TextAttribute;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;

/// Draws pixels with Java2D, which needs no display.
final class RasterCanvas implements Canvas {
    private final BufferedImage image;
    private final Graphics2D graphics;

    /// Begins a picture.
    /// @param scale pixels of a point
    RasterCanvas(int width, int height, double scale) {
        image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        graphics.scale(scale, scale);
    }

    byte[] png() {
        graphics.dispose();
        try (var bytes = new ByteArrayOutputStream()) {
            if (!ImageIO.write(image, "png", bytes)) throw new IllegalStateException("no PNG writer in this JDK");
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // in memory: cannot happen
        }
    }

    @Override
    public void rectangle(double x, double y, double width, double height, Ink ink) {
        graphics.setColor(color(ink));
        graphics.fill(new Rectangle2D.Double(x, y, width, height));
    }

    @Override
    public void line(double[] x, double[] y, Ink ink, double width, List<Double> dashes) {
        var path = new Path2D.Double();
        path.moveTo(x[0], y[0]);
        for (int i = 1; i < x.length; i++) path.lineTo(x[i], y[i]);
        float[] lengths = new float[dashes.size()];
        for (int i = 0; i < lengths.length; i++) lengths[i] = dashes.get(i).floatValue();
        int cap = BasicStroke.CAP_BUTT;
        int join = BasicStroke.JOIN_ROUND;
        graphics.setStroke(
                lengths.length == 0
                        ? new BasicStroke((float) width, cap, join)
                        : new BasicStroke((float) width, cap, join, 1, lengths, 0));
        graphics.setColor(color(ink));
        graphics.draw(path);
    }

    @Override
    public void dot(double x, double y, double radius, Ink ink) {
        graphics.setColor(color(ink));
        graphics.fill(new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius));
    }

    @Override
    public void text(String text, double x, double y, Style style) {
        if (text.isEmpty()) return;
        Font font = font(style);
        graphics.setFont(font);
        graphics.setColor(color(style.ink()));
        double width = graphics.getFontMetrics().stringWidth(text);
        double from = switch (style.anchor()) {
            case START -> x;
            case MIDDLE -> x - width / 2;
            case END -> x - width;
        };
        graphics.drawString(text, (float) from, (float) y);
    }

    @Override
    public void upwards(String text, double x, double y, Style style) {
        AffineTransform before = graphics.getTransform();
        graphics.translate(x, y);
        graphics.rotate(-Math.PI / 2);
        text(text, 0, 0, style);
        graphics.setTransform(before);
    }

    /// @throws ResourceException if the system has no fonts
    private static Font font(Style style) {
        Map<TextAttribute, Object> attributes = Map.of(
                TextAttribute.FAMILY,
                Font.SANS_SERIF,
                TextAttribute.SIZE,
                (float) style.size(),
                TextAttribute.WEIGHT,
                style.bold() ? TextAttribute.WEIGHT_BOLD : TextAttribute.WEIGHT_REGULAR);
        return new Font(attributes);
    }

    /// Refuses to draw where the JDK finds no font, as in a container without fontconfig.
    /// @throws ResourceException if so
    static void requireFonts() {
        try {
            new Font(Font.SANS_SERIF, Font.PLAIN, 12)
                    .createGlyphVector(new java.awt.font.FontRenderContext(null, true, true), "0")
                    .getLogicalBounds();
        } catch (RuntimeException | LinkageError | InternalError e) {
            var missing = new ResourceException(
                    "PNG",
                    "expects a font for the text of a chart, got none on this system",
                    "Install fontconfig and a font such as DejaVu Sans, or save the chart as SVG");
            missing.initCause(e);
            throw missing;
        }
    }

    private static Color color(Ink ink) {
        return new Color(
                ink.rgb() >> 16 & 0xff, ink.rgb() >> 8 & 0xff, ink.rgb() & 0xff, (int) Math.round(255 * ink.opacity()));
    }
}
