package dev.neurite.peers;

import java.util.Arrays;
import java.util.Locale;

/// A library that trains and predicts a case of `neurite bench`.
interface Peer {
    /// Steps of training and predictions of one network on one batch of random rows and labels.
    interface Net extends AutoCloseable {
        /// Forward, loss, backward, update.
        void step();

        /// A prediction of the batch.
        void predict();

        @Override
        void close();
    }

    /// What the library is called, with its version.
    String engine();

    /// A new network for that case.
    Net net(Case what);

    /// Measures a case and prints a line of JSON with the fields of `neurite bench --json`.
    ///
    /// @param arguments NETWORK/bROWS, adam or sgd, threads, and seconds of a round
    static void main(Peer peer, String[] arguments) {
        Case what = Case.of(arguments[0], arguments[1]);
        double seconds = Double.parseDouble(arguments[3]);
        String train = "null";
        double infer;
        try (Net net = peer.net(what)) {
            if (what.rows() > 1) train = String.format(Locale.ROOT, "%.5f", median(net::step, seconds));
            infer = median(net::predict, seconds / 2);
        }
        System.out.printf(
                Locale.ROOT,
                "{\"case\": \"%s\", \"optimizer\": \"%s\", \"threads\": %s, \"engine\": \"%s\", \"train_ms\": %s,"
                        + " \"infer_ms\": %.5f}%n",
                what.name(),
                what.optimizer(),
                arguments[2],
                peer.engine() + " java " + System.getProperty("java.version"),
                train,
                infer);
        System.exit(0); // whatever threads a library has left
    }

    /// Milliseconds each time takes: the median of five rounds, after a warm-up as long as two.
    private static double median(Runnable action, double seconds) {
        round(action, 2 * seconds);
        double[] rounds = new double[5];
        for (int i = 0; i < rounds.length; i++) rounds[i] = round(action, seconds);
        Arrays.sort(rounds);
        return rounds[2];
    }

    private static double round(Runnable action, double seconds) {
        long start = System.nanoTime();
        long times = 0;
        long nanos;
        do {
            action.run();
            times++;
            nanos = System.nanoTime() - start;
        } while (nanos < seconds * 1e9);
        return nanos * 1e-6 / times;
    }
}
