package dev.neurite.peers;

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
    /// @param arguments NETWORK/bROWS, adam or sgd, threads, and seconds of a round; to be measured in turn
    /// with other processes also `--turns`, and train_ms or infer_ms: the one figure to measure
    static void main(Peer peer, String[] arguments) {
        Case what = Case.of(arguments[0], arguments[1]);
        double seconds = Double.parseDouble(arguments[3]);
        var watch = new Stopwatch(arguments.length > 4);
        String only = watch.inTurns() ? arguments[5] : "";
        String train = "null";
        String infer = "null";
        try (Net net = peer.net(what)) {
            if (what.rows() > 1 && !only.equals("infer_ms")) train = text(watch.millis(net::step, seconds));
            if (!only.equals("train_ms")) infer = text(watch.millis(net::predict, seconds / 2));
        }
        System.out.printf(
                Locale.ROOT,
                "{\"case\": \"%s\", \"optimizer\": \"%s\", \"threads\": %s, \"engine\": \"%s\", \"train_ms\": %s,"
                        + " \"infer_ms\": %s}%n",
                what.name(),
                what.optimizer(),
                arguments[2],
                peer.engine() + " java " + System.getProperty("java.version"),
                train,
                infer);
        System.exit(0); // whatever threads a library has left
    }

    private static String text(double milliseconds) {
        return String.format(Locale.ROOT, "%.5f", milliseconds);
    }
}
