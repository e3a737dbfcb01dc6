package dev.neurite.serve;

import com.sun.net.httpserver.HttpServer;
import dev.neurite.predict.Predictor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.Executors;

/// What docs/serve.md and [NeuriteServer] show.
final class ServeExample {
    private ServeExample() {}

    static void serve(Path run) throws IOException {
        // region serve
        try (var _ = NeuriteServer.of(run).port(8080).start()) {
            System.in.read(); //                                                             until Enter
        }
        // endregion
    }

    static ModelHandler handler(Predictor predictor, int port) throws IOException {
        // region handler
        ModelHandler models = NeuriteServer.of().model("fruit", predictor).handler();
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/models", models); //                                  /models/predict/fruit, …
        server.start();
        // endregion
        return models;
    }
}
