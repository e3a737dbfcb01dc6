package dev.neurite.dashboard.browser;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.imageio.ImageIO;

/// Makes pictures of pages a third as large: 256 colors are enough for them. Median cut (Heckbert 1982), with the
/// square root of how often a color is there, so that small things keep their colors.
final class Palette {
    private static final int COLORS = 256;

    private Palette() {}

    /// A color and how much it counts.
    private record Counted(int color, double weight) {
        int channel(int c) {
            return (color >> (8 * c)) & 255;
        }
    }

    /// A PNG with a palette.
    static byte[] png(byte[] picture) throws IOException {
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(picture));
        int width = image.getWidth();
        int height = image.getHeight();
        int[] pixels = image.getRGB(0, 0, width, height, null, 0, width);
        Map<Integer, Integer> counts = new HashMap<>();
        for (int pixel : pixels) counts.merge(pixel & 0xffffff, 1, Integer::sum);
        List<Counted> all = new ArrayList<>();
        counts.forEach((color, count) -> all.add(new Counted(color, Math.sqrt(count))));
        List<List<Counted>> boxes = boxes(all);

        byte[][] table = new byte[3][boxes.size()];
        Map<Integer, Byte> index = new HashMap<>();
        for (int i = 0; i < boxes.size(); i++) {
            // The color that is there most often, so that backgrounds stay exactly what they are.
            Counted most = boxes.get(i).stream()
                    .max(Comparator.comparingDouble(Counted::weight))
                    .orElseThrow();
            for (int c = 0; c < 3; c++) table[c][i] = (byte) most.channel(2 - c);
            for (Counted each : boxes.get(i)) index.put(each.color, (byte) i);
        }
        var colors = new IndexColorModel(8, boxes.size(), table[0], table[1], table[2]);
        var result = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_INDEXED, colors);
        byte[] line = new byte[width];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++)
                line[x] = Objects.requireNonNull(index.get(pixels[y * width + x] & 0xffffff));
            result.getRaster().setDataElements(0, y, width, 1, line);
        }
        var out = new ByteArrayOutputStream();
        ImageIO.write(result, "png", out);
        return out.toByteArray();
    }

    private static List<List<Counted>> boxes(List<Counted> all) {
        List<List<Counted>> boxes = new ArrayList<>(List.of(all));
        while (boxes.size() < COLORS) {
            List<Counted> widest = boxes.stream()
                    .max(Comparator.comparingDouble(Palette::spread))
                    .orElseThrow();
            if (spread(widest) == 0) break; // each color has its own box
            int channel = widestChannel(widest);
            List<Counted> sorted = widest.stream()
                    .sorted(Comparator.comparingInt(each -> each.channel(channel)))
                    .toList();
            double half = sorted.stream().mapToDouble(Counted::weight).sum() / 2;
            int at = 0;
            for (double sum = 0; at < sorted.size() - 1 && (at == 0 || sum < half); at++)
                sum += sorted.get(at).weight();
            boxes.remove(widest);
            boxes.add(sorted.subList(0, at));
            boxes.add(sorted.subList(at, sorted.size()));
        }
        return boxes;
    }

    /// How much a box wants to be divided.
    private static double spread(List<Counted> box) {
        return range(box, widestChannel(box))
                * Math.sqrt(box.stream().mapToDouble(Counted::weight).sum());
    }

    private static int widestChannel(List<Counted> box) {
        int widest = 0;
        for (int c = 1; c < 3; c++) if (range(box, c) > range(box, widest)) widest = c;
        return widest;
    }

    private static int range(List<Counted> box, int channel) {
        int least = 255;
        int most = 0;
        for (Counted each : box) {
            least = Math.min(least, each.channel(channel));
            most = Math.max(most, each.channel(channel));
        }
        return most - least;
    }
}
