package dev.neurite.cli.library;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Locale;

/// Directories of runs that nobody has trained.
/// @param directory of the runs
record SampleRuns(Path directory) {
    /// Makes a run of two epochs that has ended. Its log is older than those that are made later.
    /// @param loss on the validation data after each epoch
    /// @param rate the learning rate
    /// @param more lines of its configuration
    Path make(String name, double[] loss, String rate, String more) throws IOException {
        Path run = Files.createDirectories(directory.resolve(name));
        Files.writeString(
                run.resolve("config.yaml"),
                "data: {source: iris, validation: 0.2}\nnetwork:\n  layers: [8]\noptimizer: {name: adam, rate: " + rate
                        + "}\nepochs: " + loss.length + "\n" + more);
        Files.writeString(run.resolve("env.json"), "{\"directory\":\"" + directory.toAbsolutePath() + "\"}\n");
        var log = new StringBuilder();
        for (int i = 0; i < loss.length; i++) {
            log.append(line(10 * i + 5, i + 1, "train", 2.0, 0.25))
                    .append(line(10 * i + 10, i + 1, "train", 1.0, 0.75));
            log.append(line(10 * i + 10, i + 1, "val", loss[i], 1 - loss[i] / 10));
        }
        Files.writeString(run.resolve("metrics.jsonl"), log);
        Files.writeString(
                run.resolve("test.json"), "{\"v\":1,\"rows\":30,\"score\":\"acc\",\"m\":{\"acc\":0.9,\"loss\":0.5}}\n");
        Files.writeString(run.resolve("model.safetensors"), "a model");
        for (String each : new String[] {"config.yaml", "metrics.jsonl"}) {
            Files.setLastModifiedTime(run.resolve(each), FileTime.fromMillis(1_700_000_000_000L + time(name)));
        }
        return run;
    }

    Path make(String name, double... loss) throws IOException {
        return make(name, loss, "0.01", "");
    }

    private static long time(String name) {
        return 1000L * name.charAt(0);
    }

    private static String line(int step, int epoch, String kind, double loss, double accuracy) {
        String number = Double.isFinite(loss) ? Double.toString(loss) : "\"" + loss + "\"";
        return String.format(
                Locale.ROOT,
                "{\"v\":1,\"t\":%d.5,\"step\":%d,\"epoch\":%d,\"k\":\"%s\",\"m\":{\"loss\":%s,\"acc\":%s}}%n",
                1_700_000_000 + step,
                step,
                epoch,
                kind,
                number,
                Double.isFinite(accuracy) ? Double.toString(accuracy) : "\"" + accuracy + "\"");
    }

    /// The arguments of a command below `runs`, for this directory.
    String[] words(String... words) {
        String[] all = new String[words.length + 3];
        all[0] = "runs";
        System.arraycopy(words, 0, all, 1, words.length);
        all[words.length + 1] = "--in";
        all[words.length + 2] = directory.toString();
        return all;
    }
}
