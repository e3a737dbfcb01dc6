package dev.neurite.examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.neurite.error.DataException;
import dev.neurite.predict.Prediction;
import dev.neurite.predict.Predictor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/// Predictions over HTTP, with the server of the JDK.
public final class Service {
    private Service() {}

    /// Runs the service until the process ends.
    /// @param args a model file, such as `runs/fruit/model.safetensors`
    public static void main(String[] args) throws IOException {
        HttpServer server = serve(Path.of(args[0]), 8081);
        System.out.println("http:/" + server.getAddress() + "/predict");
    }

    // region serve
    static HttpServer serve(Path file, int port) throws IOException {
        Predictor predictor = Predictor.load(file); //            once; all threads use it
        predictor.predict(Map.of("weight", 150, "diameter", 7.1, "color", "green")); // the first one takes longer
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(Executors.newFixedThreadPool(2));
        server.createContext("/predict", exchange -> answer(exchange, predictor));
        server.start();
        return server;
    }

    private static void answer(HttpExchange exchange, Predictor predictor) throws IOException {
        int status = 200;
        String text;
        try {
            Prediction said = predictor.predict(row(exchange.getRequestURI().getRawQuery()));
            String each = said.probabilities().entrySet().stream()
                    .map(one -> quoted(one.getKey()) + ": " + one.getValue())
                    .collect(Collectors.joining(", "));
            text = "{\"label\": " + quoted(said.label()) + ", \"probabilities\": {" + each + "}}";
        } catch (DataException e) { //                            a wrong row: the message says what is wrong
            status = 400;
            text = "{\"error\": " + quoted(String.valueOf(e.getMessage())) + "}";
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        try (exchange) {
            exchange.getResponseBody().write(bytes);
        }
    }

    /// A text as JSON has it: quotes, backslashes and control characters by their numbers.
    static String quoted(String text) {
        return text.codePoints()
                .mapToObj(c -> c < ' ' || c == '"' || c == '\\' ? "\\u%04x".formatted(c) : Character.toString(c))
                .collect(Collectors.joining("", "\"", "\""));
    }
    // endregion

    /// `weight=150&color=green` as a row: each value by its column.
    private static Map<String, String> row(String query) {
        Map<String, String> row = new LinkedHashMap<>();
        for (String each : query.split("&", -1)) {
            String[] parts = each.split("=", 2);
            row.put(decoded(parts[0]), parts.length == 1 ? "" : decoded(parts[1]));
        }
        return row;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
