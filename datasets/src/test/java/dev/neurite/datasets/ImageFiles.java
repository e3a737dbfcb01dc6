package dev.neurite.datasets;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;

/// Image files for tests.
final class ImageFiles {
    private ImageFiles() {}

    /// An image of one color.
    static BufferedImage plain(int width, int height, int rgb) {
        var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) for (int x = 0; x < width; x++) image.setRGB(x, y, rgb);
        return image;
    }

    /// An image of random pixels, which cannot be packed.
    static BufferedImage noise(int width, int height) {
        var random = new Random(1);
        var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) for (int x = 0; x < width; x++) image.setRGB(x, y, random.nextInt(1 << 24));
        return image;
    }

    /// The content of a JPEG file.
    static byte[] jpeg(BufferedImage image) {
        var content = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "jpeg", content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return content.toByteArray();
    }

    static Path write(Path file, BufferedImage image) {
        String name = file.toString();
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            ImageIO.write(image, name.endsWith(".png") ? "png" : "jpeg", file.toFile());
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path write(Path file, byte[] content) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            return Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
