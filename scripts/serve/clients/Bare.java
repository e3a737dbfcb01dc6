import dev.neurite.onnx.TextEmbedder;
import dev.neurite.predict.Predictor;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Rows a second of a model in a loop, one after the other: `Bare.java MODEL SECONDS`. The first half of the
/// time warms up.
final class Bare {
    public static void main(String[] arguments) {
        Path model = Path.of(arguments[0]);
        double seconds = Double.parseDouble(arguments[1]);
        Runnable row = Files.exists(model.resolve("tokenizer.json")) ? sentence(model) : image(model);
        measure(row, seconds / 2);
        System.out.println("%.1f".formatted(measure(row, seconds)));
    }

    private static double measure(Runnable row, double seconds) {
        long begin = System.nanoTime();
        long count = 0;
        do {
            row.run();
            count++;
        } while (System.nanoTime() - begin < seconds * 1e9);
        return count / ((System.nanoTime() - begin) / 1e9);
    }

    private static Runnable image(Path run) {
        Predictor predictor = Predictor.load(run.resolve("model.safetensors"));
        Tensor image = Tensor.zeros(Shape.of(1, 28, 28));
        return () -> predictor.predictAll(List.of(image));
    }

    private static Runnable sentence(Path folder) {
        TextEmbedder embedder = TextEmbedder.load(folder.resolve("model.onnx"), folder.resolve("tokenizer.json"));
        String[] sentences = sentences();
        int[] next = {0};
        return () -> embedder.embed(sentences[next[0]++ % sentences.length]);
    }

    /// Those of sentences.lua.
    private static String[] sentences() {
        String[] words = {
            "cat", "dog", "rain", "sea", "door", "bird", "dawn", "garden", "letter", "winter", "street", "river"
        };
        String[] all = new String[64];
        for (int i = 1; i <= all.length; i++) {
            var text = new StringBuilder();
            for (int j = 1; j <= 4 + i * 7 % 28; j++) {
                if (j > 1) text.append(' ');
                text.append(words[(i * 5 + j * j) % words.length]);
            }
            all[i - 1] = text.append('.').toString();
        }
        return all;
    }
}
