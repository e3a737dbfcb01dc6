package dev.neurite.charts;

import dev.neurite.error.Escapes;
import java.util.List;
import java.util.Locale;

/// Draws SVG. The same drawing gives the same text: without dates, random names or fonts of the machine.
final class SvgCanvas implements Canvas {
    private static final String FONTS = "Helvetica, Arial, 'Liberation Sans', sans-serif";

    private final StringBuilder out = new StringBuilder();

    /// Begins a picture.
    /// @param title its accessible name
    /// @param description the same in words, for people who do not see it
    SvgCanvas(double width, double height, String title, String description) {
        out.append("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" role=\"img\" width=\"")
                .append(number(width))
                .append("\" height=\"")
                .append(number(height))
                .append("\" viewBox=\"0 0 ")
                .append(number(width))
                .append(' ')
                .append(number(height))
                .append("\" font-family=\"")
                .append(FONTS)
                .append("\">\n<title>")
                .append(escaped(title))
                .append("</title>\n<desc>")
                .append(escaped(description))
                .append("</desc>\n");
    }

    /// The picture.
    String end() {
        return out + "</svg>\n";
    }

    @Override
    public void rectangle(double x, double y, double width, double height, Ink ink) {
        out.append("<rect");
        number("x", x);
        number("y", y);
        number("width", width);
        number("height", height);
        color("fill", ink);
        out.append("/>\n");
    }

    @Override
    public void line(double[] x, double[] y, Ink ink, double width, List<Double> dashes) {
        out.append("<polyline points=\"");
        for (int i = 0; i < x.length; i++) {
            out.append(i == 0 ? "" : " ").append(number(x[i])).append(',').append(number(y[i]));
        }
        out.append("\" fill=\"none\"");
        color("stroke", ink);
        number("stroke-width", width);
        if (!dashes.isEmpty()) {
            out.append(" stroke-dasharray=\"")
                    .append(String.join(
                            " ", dashes.stream().map(SvgCanvas::number).toList()))
                    .append('"');
        }
        out.append(" stroke-linejoin=\"round\"/>\n");
    }

    @Override
    public void dot(double x, double y, double radius, Ink ink) {
        out.append("<circle");
        number("cx", x);
        number("cy", y);
        number("r", radius);
        color("fill", ink);
        out.append("/>\n");
    }

    @Override
    public void text(String text, double x, double y, Style style) {
        out.append("<text");
        number("x", x);
        number("y", y);
        finish(text, style);
    }

    @Override
    public void upwards(String text, double x, double y, Style style) {
        out.append("<text transform=\"translate(")
                .append(number(x))
                .append(' ')
                .append(number(y))
                .append(") rotate(-90)\"");
        finish(text, style);
    }

    private void finish(String text, Style style) {
        color("fill", style.ink());
        number("font-size", style.size());
        if (style.bold()) out.append(" font-weight=\"bold\"");
        switch (style.anchor()) {
            case START -> {}
            case MIDDLE -> out.append(" text-anchor=\"middle\"");
            case END -> out.append(" text-anchor=\"end\"");
        }
        out.append('>').append(escaped(text)).append("</text>\n");
    }

    private void color(String attribute, Ink ink) {
        if (!ink.name().isEmpty()) {
            out.append(" class=\"")
                    .append(attribute)
                    .append(' ')
                    .append(ink.name())
                    .append('"');
        }
        out.append(' ').append(attribute).append("=\"").append(ink.hex()).append('"');
        if (ink.opacity() < 1) number("opacity", ink.opacity());
    }

    private void number(String attribute, double value) {
        out.append(' ').append(attribute).append("=\"").append(number(value)).append('"');
    }

    /// A number with at most two decimals.
    static String number(double value) {
        long hundredths = Math.round(value * 100);
        String sign = hundredths < 0 ? "-" : "";
        long size = Math.abs(hundredths);
        String whole = sign + size / 100;
        if (size % 100 == 0) return whole;
        return whole + (size % 10 == 0 ? "." + size / 10 % 10 : String.format(Locale.ROOT, ".%02d", size % 100));
    }

    /// A text as XML content. Characters that XML does not allow, and others that change what a page shows, are
    /// escaped as in [Escapes].
    static String escaped(String text) {
        return Escapes.escape(text, "")
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("\uFFFE", "\\ufffe")
                .replace("\uFFFF", "\\uffff");
    }
}
