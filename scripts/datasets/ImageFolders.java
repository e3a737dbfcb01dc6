import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import javax.imageio.ImageIO;

/// Writes three directories of PNG images with a subdirectory for each class, as `neurite train` reads them:
///
/// | directory | images |
/// |---|---|
/// | `shapes` | 300 pictures of 5 drawn shapes in color, of different sizes, in any place, turned and noisy, and 200 to
/// test |
/// | `digits` | the data set digits: 1,438 handwritten digits of 8×8 pixels, and 359 to test |
/// | `few-digits` | the first 400 of them, and 100 to test; only if asked |
/// | `clothes` | the first 2,000 images of Fashion-MNIST, and the first 1,000 of its test part |
///
/// The same images each time. From the root of the repository, on a JDK 25:
/// ```
/// java scripts/datasets/ImageFolders.java /tmp/images [shapes | digits | few-digits | clothes]
/// ```
final class ImageFolders {
    private static final List<String> SHAPES = List.of("circle", "cross", "square", "star", "triangle");
    private static final List<String> CLOTHES =
            List.of("t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot");

    private ImageFolders() {}

    public static void main(String[] args) throws IOException {
        System.setProperty("java.awt.headless", "true");
        Path to = Path.of(args[0]);
        List<String> which =
                args.length > 1 ? List.of(args).subList(1, args.length) : List.of("shapes", "digits", "clothes");
        if (which.contains("shapes")) {
            shapes(to.resolve("shapes/train"), 60, new Random(1));
            shapes(to.resolve("shapes/test"), 40, new Random(2));
        }
        if (which.contains("digits")) digits(to.resolve("digits"), Integer.MAX_VALUE);
        if (which.contains("few-digits")) digits(to.resolve("few-digits"), 500);
        if (which.contains("clothes")) {
            clothes(to.resolve("clothes/train"), "train", 2000);
            clothes(to.resolve("clothes/test"), "t10k", 1000);
        }
    }

    private static void write(Path directory, String label, int number, BufferedImage image) throws IOException {
        Path of = Files.createDirectories(directory.resolve(label));
        ImageIO.write(image, "png", of.resolve("%04d.png".formatted(number)).toFile());
    }

    // -------------------------------------------------------------------------------------------------- shapes

    private static void shapes(Path directory, int each, Random random) throws IOException {
        for (int i = 0; i < each; i++) {
            for (String name : SHAPES) write(directory, name, i, picture(name, random));
        }
    }

    /// A shape on a photograph-like ground: the shorter side has 48 to 96 pixels, the longer up to half as many more.
    private static BufferedImage picture(String name, Random random) {
        int shorter = 48 + random.nextInt(49);
        int longer = shorter + random.nextInt(shorter / 2 + 1);
        boolean wide = random.nextBoolean();
        var image = new BufferedImage(wide ? longer : shorter, wide ? shorter : longer, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        float hue = random.nextFloat();
        float bright = 0.2f + 0.8f * random.nextFloat();
        g.setColor(Color.getHSBColor(hue, random.nextFloat() * 0.6f, bright));
        g.fillRect(0, 0, image.getWidth(), image.getHeight());
        double radius = shorter * (0.22 + 0.2 * random.nextDouble());
        double most = shorter / 2.0 - radius;
        var place = new AffineTransform();
        place.translate(
                image.getWidth() / 2.0 + most * (2 * random.nextDouble() - 1),
                image.getHeight() / 2.0 + most * (2 * random.nextDouble() - 1));
        place.rotate(Math.toRadians(20 * (2 * random.nextDouble() - 1)));
        place.scale(radius, radius);
        float drawnBright =
                bright > 0.6f ? bright * (0.2f + 0.4f * random.nextFloat()) : 0.7f + 0.3f * random.nextFloat();
        g.setColor(Color.getHSBColor(
                hue + 0.3f + 0.4f * random.nextFloat(), 0.4f + 0.6f * random.nextFloat(), drawnBright));
        Shape drawn = place.createTransformedShape(shape(name));
        if (random.nextInt(3) == 0) {
            g.setStroke(new BasicStroke((float) (radius * 0.2)));
            g.draw(drawn);
        } else {
            g.fill(drawn);
        }
        g.dispose();
        return noisy(image, random);
    }

    /// A shape of radius 1 around the origin.
    private static Shape shape(String name) {
        return switch (name) {
            case "circle" -> new Ellipse2D.Double(-1, -1, 2, 2);
            case "square" -> new Rectangle2D.Double(-0.85, -0.85, 1.7, 1.7);
            case "triangle" -> polygon(3, 1);
            case "star" -> polygon(10, 0.45);
            case "cross" -> {
                var cross = new Path2D.Double(new Rectangle2D.Double(-1, -0.3, 2, 0.6));
                cross.append(new Rectangle2D.Double(-0.3, -1, 0.6, 2), false);
                yield cross;
            }
            default -> throw new IllegalArgumentException(name);
        };
    }

    /// A polygon whose corners have the distances 1 and `inner` in turn.
    private static Shape polygon(int corners, double inner) {
        var path = new Path2D.Double();
        for (int i = 0; i < corners; i++) {
            double radius = i % 2 == 0 ? 1 : inner;
            if (corners == 3) radius = 1;
            double angle = 2 * Math.PI * i / corners - Math.PI / 2;
            if (i == 0) path.moveTo(radius * Math.cos(angle), radius * Math.sin(angle));
            else path.lineTo(radius * Math.cos(angle), radius * Math.sin(angle));
        }
        path.closePath();
        return path;
    }

    private static BufferedImage noisy(BufferedImage image, Random random) {
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                int rgb = image.getRGB(x, y);
                int changed = 0;
                for (int shift = 16; shift >= 0; shift -= 8) {
                    int value = (rgb >> shift & 0xff) + (int) Math.round(10 * random.nextGaussian());
                    changed |= Math.clamp(value, 0, 255) << shift;
                }
                image.setRGB(x, y, changed);
            }
        }
        return image;
    }

    // -------------------------------------------------------------------------------------------------- data sets

    /// Every fifth row is a test image.
    private static void digits(Path to, int most) throws IOException {
        List<String> lines = Files.readAllLines(Path.of("datasets/src/main/resources/dev/neurite/datasets/digits.csv"));
        for (int row = 1; row < Math.min(lines.size(), most + 1L); row++) {
            String[] cells = lines.get(row).split(",");
            var image = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
            for (int i = 0; i < 64; i++) {
                int gray = (int) Math.round(Double.parseDouble(cells[i]) * 255 / 16);
                image.getRaster().setSample(i % 8, i / 8, 0, gray);
            }
            write(to.resolve(row % 5 == 0 ? "test" : "train"), cells[64], row, image);
        }
    }

    private static void clothes(Path to, String part, int count) throws IOException {
        Path from = Path.of("dataset-fashion-mnist/src/main/resources/fashion-mnist");
        try (var images = idx(from.resolve(part + "-images-idx3-ubyte.gz"), 16);
                var labels = idx(from.resolve(part + "-labels-idx1-ubyte.gz"), 8)) {
            for (int row = 0; row < count; row++) {
                var image = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
                for (int i = 0; i < 28 * 28; i++)
                    image.getRaster().setSample(i % 28, i / 28, 0, images.readUnsignedByte());
                write(to, CLOTHES.get(labels.readUnsignedByte()), row, image);
            }
        }
    }

    private static DataInputStream idx(Path file, int header) throws IOException {
        var in = new DataInputStream(new GZIPInputStream(Files.newInputStream(file)));
        in.skipNBytes(header);
        return in;
    }
}
