package dev.neurite.train;

import dev.neurite.data.Dataset;
import dev.neurite.data.Sequences;
import dev.neurite.layer.Lora;
import dev.neurite.loss.Losses;
import dev.neurite.model.Model;
import dev.neurite.model.Parameter;
import dev.neurite.network.Gpt;
import dev.neurite.optim.Optimizers;
import dev.neurite.optim.Schedules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A GPT that knows one kind of text learns another with adapters as it does with all of its parameters.
class LoraLearnsTest {
    private static final int CHARACTERS = 96; // the printable ones of ASCII, and one for all others

    /// What a training of the second text came to.
    /// @param loss of what was held out, in the best epoch
    /// @param trained the number of parameters that were trained
    /// @param seconds of its steps
    private record Figures(double loss, long trained, double seconds) {
        static Figures of(Run run, Model model) {
            double best = Double.POSITIVE_INFINITY;
            double seconds = 0;
            for (TrainingEvent.EpochResult epoch : run.history().epochs()) {
                best = Math.min(best, epoch.validation().orElseThrow().loss());
                seconds += epoch.seconds();
            }
            long trained = model.kept().stream().mapToLong(Parameter::size).sum();
            return new Figures(best, trained, seconds);
        }
    }

    /// Windows of a text, each with the characters that come next.
    private static Dataset windows(String text, int length) {
        int count = (text.length() - 1) / length;
        int[][] ids = new int[count][];
        int[][] next = new int[count][];
        for (int i = 0; i < count; i++) {
            ids[i] = ids(text, i * length, length);
            next[i] = ids(text, i * length + 1, length);
        }
        List<String> names =
                IntStream.range(0, CHARACTERS).mapToObj(Integer::toString).toList();
        return Dataset.of(Sequences.ofTokens(ids), next, names);
    }

    private static int[] ids(String text, int from, int length) {
        return text.substring(from, from + length)
                .chars()
                .map(c -> c < 32 || c > 126 ? CHARACTERS - 1 : c - 32)
                .toArray();
    }

    private static Trainer trainer(Model model, double rate, int epochs) {
        return Trainer.of(model)
                .loss(Losses.crossEntropy())
                .optimizer(Optimizers.adamW(rate))
                .schedule(Schedules.warmup(20).then(Schedules.cosine()))
                .batchSize(32)
                .epochs(epochs)
                .seed(1);
    }

    @Test
    @Tag("thorough")
    void javaAfterEnglish() throws IOException {
        String english = all(Path.of("../docs/adr"), ".md");
        String java = all(Path.of("src/main/java/dev/neurite/optim"), ".java");
        long t = System.nanoTime();
        Model model = new Gpt(4, 4, 128, 64, 0).model(CHARACTERS).initialize(1);
        Dataset second = windows(java, 64);
        int cut = second.size() * 9 / 10;
        Dataset train = second.rows(IntStream.range(0, cut).toArray());
        Dataset test = second.rows(IntStream.range(cut, second.size()).toArray());
        Model base = trainer(model, 2e-3, Integer.getInteger("pre", 8))
                .fit(windows(english, 64))
                .model();
        System.out.println("base "
                + Evaluation.of(base, test, Losses.crossEntropy()).loss() + " " + (System.nanoTime() - t) / 1e9);
        int epochs = Integer.getInteger("ep", 8);
        for (double rate : new double[] {5e-4, 1e-3, 2e-3}) {
            Figures full = Figures.of(trainer(base, rate, epochs).fit(train, test), base);
            System.out.println("full " + rate + " " + full);
        }
        for (int rank : new int[] {4})
            for (double alpha : new double[] {8, 32})
                for (double rate : new double[] {2e-3, 5e-3, 1e-2}) {
                    Model adapted = Lora.of(base, rank).withAlpha(alpha).adapted();
                    Figures lora = Figures.of(trainer(adapted, rate, epochs).fit(train, test), adapted);
                    System.out.println("lora " + rank + " " + alpha + " " + rate + " " + lora);
                }
    }

    private static String all(Path directory, String end) throws IOException {
        StringBuilder text = new StringBuilder();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path each :
                    files.filter(file -> file.toString().endsWith(end)).sorted().toList())
                text.append(Files.readString(each));
        }
        return text.toString();
    }
}
