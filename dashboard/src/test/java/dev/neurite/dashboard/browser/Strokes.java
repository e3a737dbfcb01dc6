package dev.neurite.dashboard.browser;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.random.RandomGenerator;

/// Digits as people draw them: strokes of a round brush on white paper. Each has the width of its brush, its size,
/// slant, turn and place, and a hand that is not quite steady.
final class Strokes {
    /// Pixels of the pad, and of what the page sends of it.
    private static final int PAD = 280;

    static final int SENT = 140;

    /// The strokes of each digit as points in a box 0 to 1, downwards.
    private static final List<double[][]> SHAPES = List.of(
            new double[][] {ellipse(0.5, 0.5, 0.34, 0.5, -100, 260)},
            new double[][] {{0.3, 0.2, 0.52, 0, 0.52, 1}},
            new double[][] {join(ellipse(0.5, 0.28, 0.36, 0.28, -170, 40), 0.1, 1, 0.9, 1)},
            new double[][] {join(ellipse(0.45, 0.25, 0.36, 0.25, -150, 90), ellipse(0.45, 0.74, 0.4, 0.26, -90, 150))},
            new double[][] {{0.3, 0, 0.1, 0.58, 0.88, 0.58}, {0.7, 0.15, 0.66, 1}},
            new double[][] {join(new double[] {0.84, 0, 0.26, 0, 0.2, 0.42}, ellipse(0.45, 0.68, 0.4, 0.32, -115, 145))
            },
            new double[][] {
                join(
                        new double[] {0.7, 0, 0.4, 0.22, 0.2, 0.55, 0.15, 0.72},
                        ellipse(0.48, 0.73, 0.33, 0.27, 180, -180))
            },
            new double[][] {{0.1, 0, 0.9, 0, 0.42, 1}},
            new double[][] {join(ellipse(0.5, 0.25, 0.32, 0.25, 90, 450), ellipse(0.5, 0.75, 0.38, 0.25, -90, 270))},
            new double[][] {join(ellipse(0.48, 0.28, 0.34, 0.28, 0, -360), 0.82, 0.28, 0.78, 0.65, 0.66, 1)});

    private Strokes() {}

    /// An arc, from one angle to another, in degrees; 0 is right, 90 below.
    private static double[] ellipse(double x, double y, double rx, double ry, double from, double to) {
        int count = Math.max(3, (int) (Math.abs(to - from) / 12));
        double[] points = new double[2 * (count + 1)];
        for (int i = 0; i <= count; i++) {
            double angle = Math.toRadians(from + (to - from) * i / count);
            points[2 * i] = x + rx * Math.cos(angle);
            points[2 * i + 1] = y + ry * Math.sin(angle);
        }
        return points;
    }

    private static double[] join(double[] first, double... second) {
        double[] all = java.util.Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    /// The strokes of a digit as points in a box 0 to 1, downwards: x, y, x, y, …
    static double[][] of(int digit) {
        return SHAPES.get(digit);
    }

    /// A drawn digit as the page sends it: a byte for each of 140×140 pixels, white 255.
    static byte[] drawn(int digit, RandomGenerator random) {
        var pad = new BufferedImage(PAD, PAD, BufferedImage.TYPE_BYTE_GRAY);
        Graphics2D pen = pad.createGraphics();
        pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        pen.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        pen.setColor(Color.WHITE);
        pen.fillRect(0, 0, PAD, PAD);
        pen.setColor(new Color(0x11, 0x11, 0x11));
        double height = random.nextDouble(90, 230);
        double width = height * random.nextDouble(0.4, 1.0);
        var place = new AffineTransform();
        place.translate(
                random.nextDouble(width / 2 + 20, PAD - width / 2 - 20),
                random.nextDouble(height / 2 + 15, PAD - height / 2 - 15));
        place.rotate(Math.toRadians(random.nextDouble(-13, 13)));
        place.shear(random.nextDouble(-0.4, 0.2), 0);
        place.scale(width, height);
        place.translate(-0.5, -0.5);
        pen.setStroke(new BasicStroke(
                (float) Math.max(5, height * random.nextDouble(0.04, 0.18)),
                BasicStroke.CAP_ROUND,
                BasicStroke.JOIN_ROUND));
        for (double[] stroke : of(digit)) {
            var path = new Path2D.Double();
            for (int i = 0; i < stroke.length; i += 2) {
                double x = stroke[i] + random.nextGaussian(0, 0.025);
                double y = stroke[i + 1] + random.nextGaussian(0, 0.025);
                if (i == 0) path.moveTo(x, y);
                else path.lineTo(x, y);
            }
            pen.draw(place.createTransformedShape(path));
        }
        pen.dispose();
        return half(pad);
    }

    /// Halves the pad, as the page does: the mean of four pixels each.
    private static byte[] half(BufferedImage pad) {
        byte[] pixels = new byte[SENT * SENT];
        int[] four = new int[4];
        for (int i = 0; i < pixels.length; i++) {
            pad.getRaster().getSamples(2 * (i % SENT), 2 * (i / SENT), 2, 2, 0, four);
            pixels[i] = (byte) Math.round((four[0] + four[1] + four[2] + four[3]) / 4f);
        }
        return pixels;
    }
}
